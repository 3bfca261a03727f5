"""What is written in the box of a drawing, whatever draws it."""

from __future__ import annotations

from archdb.queries.drawn import Node
from archdb.render.brief import brief


def lines(node: Node) -> list[str]:
    """Name, op or kind, shape, and what it costs in three digits: of one unit, where the box
    stands for several."""
    name, *rest = node.lines
    to = ", " if node.units == 2 else " … "
    title = f"{name}{to}{node.last} (×{node.units})" if node.units > 1 else name
    costs = [
        f"{'?' if count is None else brief(count)} {unit}"
        for count, unit in ((node.params, "params"), (node.macs, "MACs"))
        if count != 0
    ]
    each = "each " if node.units > 1 and costs else ""
    return [line for line in (title, *rest, each + ", ".join(costs)) if line]


def exact(node: Node) -> str:
    """The same costs to the last digit, for who points at the box; empty where there are none."""
    if not (node.params or node.macs):
        return ""
    params, macs = ("?" if count is None else f"{count:,}" for count in (node.params, node.macs))
    each = " each" if node.units > 1 else ""
    return f"{node.name}: {params} params, {macs} MACs{each}"
