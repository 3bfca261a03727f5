"""A network as nodes and edges to draw: its layers, or the blocks that a paper's figure shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from archdb.analysis.layer_table import PLACE
from archdb.queries.drawn import Node as Node
from archdb.queries.drawn import Outline, folded
from archdb.queries.named import network_refs
from archdb.queries.profiles import open_profiles

if TYPE_CHECKING:
    from archdb.model.input_spec import InputSpec
    from archdb.queries.reader import Reader


class _Blocks(NamedTuple):
    """The blocks of a network: which figure each is, which it is part of, which have layers."""

    kind: dict[str, str]
    parent: dict[str, str | None]
    filled: set[str]

    def line(self, block: str | None) -> tuple[str, ...]:
        """The blocks around a layer, from the outermost."""
        found: tuple[str, ...] = ()
        while block is not None:
            found, block = (block, *found), self.parent[block]
        return found

    def box(self, line: tuple[str, ...]) -> int:
        """How many blocks of a line stay around the one that is drawn as a box: it is the first
        that has layers of its own, and is not made up of other blocks."""
        return next(i for i, block in enumerate(line) if block in self.filled)


def outline(
    reader: Reader, name: str, spec: InputSpec, *, layers: bool, fold: bool = True
) -> Outline:
    """A network at an input (native where `spec` is None), collapsed to blocks unless `layers`.

    Equal blocks in a row are one node, unless `fold` is false.
    """
    (network,) = network_refs(reader, [name], spec)
    if isinstance(network, str):
        network = reader.resolve(network)
    with open_profiles(reader, [network], spec) as (one,):
        table = one.layers
        parts = zip(
            table.dicts((*PLACE, "params", "macs")), table.outputs(), one.windows, strict=True
        )
        rows = [{**place, "out_shape": shape, **window} for place, shape, window in parts]
        blocks = one.blocks
    found = _Blocks(
        {row["block"]: row["kind"] for row in blocks},
        {row["block"]: row["parent"] for row in blocks},
        {row["block"] for row in rows if row["block"]},
    )
    homes = {row["layer"]: _home(row, found, layers) for row in rows}
    members: dict[_Home, list[dict[str, Any]]] = {}
    for row in rows:
        members.setdefault(homes[row["layer"]], []).append(row)
    crossing = [(source, row["layer"]) for row in rows for source in _crossing(row, homes)]
    read = {source for source, _ in crossing}
    nodes = [_node(home, inside, found, read) for home, inside in members.items()]
    pairs = [(homes[source].name, homes[reader].name) for source, reader in crossing]
    groups = {group: found.kind[group] for node in nodes for group in node.groups}
    drawn = Outline(one.name, one.input, nodes, list(dict.fromkeys(pairs)), groups)
    if layers or not fold:
        return drawn
    structure = {
        home.name: (found.kind[home.name], home.groups, _structure(inside))
        for home, inside in members.items()
        if home.block
    }
    return folded(drawn, structure)


class _Home(NamedTuple):
    """The box that a layer is drawn in, the groups around it, and whether it is a block."""

    name: str
    groups: tuple[str, ...]
    block: bool


def _home(row: dict[str, Any], blocks: _Blocks, layers: bool) -> _Home:
    line = blocks.line(row["block"])
    if line and not layers:
        at = blocks.box(line)
        return _Home(line[at], line[:at], True)
    namesake = not layers and row["layer"] in blocks.kind
    return _Home(row["layer"] + (" (layer)" if namesake else ""), line, False)


def _crossing(row: dict[str, Any], homes: dict[str, _Home]) -> list[str]:
    """What a layer reads out of another box than its own."""
    own = homes[row["layer"]]
    return [source for source in row["inputs"] if homes[source] != own]


def _node(home: _Home, rows: list[dict[str, Any]], blocks: _Blocks, read: set[str]) -> Node:
    outputs = [row for row in rows if row["layer"] in read] or rows[-1:]
    shapes = dict.fromkeys(map(_shape, outputs))
    what = blocks.kind[home.name] if home.block else _operation(rows[0])
    auxiliary = all(row["auxiliary"] for row in rows)
    lines = [home.name, what, ", ".join(shapes)]
    costs = (_sum(rows, "params"), _sum(rows, "macs"))
    return Node(home.name, lines, home.groups, auxiliary, home.block, *costs)


def _sum(rows: list[dict[str, Any]], quantity: str) -> int | None:
    values = [row[quantity] for row in rows]
    return None if None in values else sum(values)


def _structure(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """What a block's layers are and read, but for names."""
    place = {row["layer"]: at for at, row in enumerate(rows)}
    return [
        (
            *(_operation(row), row["out_shape"], row["params"], row["macs"], row["auxiliary"]),
            *map(place.get, row["inputs"]),
        )
        for row in rows
    ]


def _operation(row: dict[str, Any]) -> str:
    """'conv2d 7×7 / 2, 3 groups', '… dilated by 2, weights of conv1': an op with its window."""
    words = [row["op"]]
    if row["kernel_h"] is not None:
        words.append(f"{row['kernel_h']}×{row['kernel_w']}")
    if row["stride_h"] is not None and (row["stride_h"], row["stride_w"]) != (1, 1):
        words.append(f"/ {_pair(row['stride_h'], row['stride_w'])}")
    if row["dilation_h"] is not None and (row["dilation_h"], row["dilation_w"]) != (1, 1):
        words.append(f"dilated by {_pair(row['dilation_h'], row['dilation_w'])}")
    groups = f", {row['groups']} groups" if (row["groups"] or 1) > 1 else ""
    shared = f", weights of {row['weights_of']}" if row["weights_of"] else ""
    return " ".join(words) + groups + shared


def _pair(height: int, width: int) -> str:
    return str(height) if height == width else f"{height}×{width}"


def _shape(row: dict[str, Any]) -> str:
    """'256×28×28', '4096', '80×128' of a sequence; a question mark behind an unknown op."""
    return "?" if row["out_shape"] is None else str(row["out_shape"]).replace("x", "×")
