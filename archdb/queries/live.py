"""What layers of a search space's points have no part in the result, and the cost without them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archdb.queries.profiles import AnyProfile

UNITS = {"params": "parameters", "macs": "MAC"}


def live(found: Sequence[AnyProfile]) -> tuple[list[tuple[Any, ...]], list[str]]:
    """Rows (quantity, unit, one value for each network), and notes of what is left out of them.

    None where no network is a point of a search space: elsewhere nothing is laid in vain.
    """
    if all(one.totals["space"] is None for one in found):
        return [], []
    costs = [one.cost for one in found]
    rows = [
        (f"live_{q}", unit, *(cost[f"live_{q}"] for cost in costs)) for q, unit in UNITS.items()
    ]
    return rows, [note for one in found for note in _left_out(one.name, one.cost)]


def _left_out(name: str, cost: dict[str, Any]) -> list[str]:
    without = [(cost[quantity] or 0) - (cost[f"live_{quantity}"] or 0) for quantity in UNITS]
    if not any(without):
        return []
    return [
        f"{name}: {without[0]:,} params and {without[1]:,} MACs are counted of"
        " layers that the result does not depend on; live_params and live_macs leave them out"
    ]
