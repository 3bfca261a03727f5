"""Names of layers and blocks from the paths of modules."""

from __future__ import annotations

from collections import Counter

from archdb.model.graph import Block, Layer
from archdb.sources.lowering.outcome import Row


def layers_of(
    rows: list[Row], modules: dict[str, str], inputs: dict[str, str]
) -> tuple[list[Layer], list[Block], dict[str, str]]:
    """The layers under their names, the blocks that they stand in, and the name of each row's key.

    A module without parts gives its path to its layer, or to that with its tensors; all others are
    called by what they do. The second of a name has a number: 'layer1.0.relu~2'.
    """
    chosen = _bearers(rows, modules)
    taken: Counter[str] = Counter(inputs.values())
    names = dict(inputs)
    for row in rows:
        name = row.path if row.key in chosen else _called(row)
        taken[name] += 1
        if taken[name] > 1:
            name = f"{name}~{taken[name]}"
        names[row.key] = name
    layers = [
        Layer(
            names[row.key],
            row.op,
            tuple(names[key] for key in row.inputs),
            block_of(row.path, modules),
            False,
            names[row.weights_of] if row.weights_of else None,
        )
        for row in rows
    ]
    return layers, _blocks(layers, modules), names


def _called(row: Row) -> str:
    what = str(getattr(row.op, "kind", row.op.name))
    return f"{row.path}.{what}" if row.path else what


def _bearers(rows: list[Row], modules: dict[str, str]) -> set[str]:
    """The rows that bear the path of their module alone."""
    by_path: dict[str, list[Row]] = {}
    for row in rows:
        if row.path and row.path not in modules:
            by_path.setdefault(row.path, []).append(row)
    bearers: set[str] = set()
    for own in by_path.values():
        main = [row for row in own if row.main] or own
        holding = [row for row in main if row.tensors] or main
        bearers.update(row.key for row in own if row.op.name == holding[0].op.name)
    return bearers


def block_of(path: str, modules: dict[str, str]) -> str | None:
    """The innermost module with parts that a path stands in; None for the network itself."""
    while path:
        if path in modules:
            return path
        path = path.rpartition(".")[0]
    return None


def _blocks(layers: list[Layer], modules: dict[str, str]) -> list[Block]:
    """The modules with parts that layers stand in, the outer before the inner."""
    found: dict[str, Block] = {}

    def add(path: str) -> None:
        if path not in found:
            parent = block_of(path.rpartition(".")[0], modules)
            if parent is not None:
                add(parent)
            found[path] = Block(path, modules[path], {}, parent)

    for layer in layers:
        if layer.block is not None:
            add(layer.block)
    return list(found.values())
