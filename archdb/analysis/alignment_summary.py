"""What an alignment says, in a few sentences: what has moved, what is changed, put in, left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from archdb.analysis.aligned_layer import AlignedLayer, Changed
from archdb.analysis.alignment import Alignment
from archdb.analysis.differences import MOVED, Change, some, summarize_changes
from archdb.analysis.more_blocks import more_blocks
from archdb.model.graph import Layer, Network

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth")

Rows = list[AlignedLayer]


def summarize(alignment: Alignment) -> list[str]:
    """How the second network differs from the first, a sentence each; none where it does not."""
    changed: dict[Changed, Rows] = {}
    for row in alignment.rows:
        for change in row.changes:
            changed.setdefault(change, []).append(row)
    lines = list(_shifts(alignment.networks[0], changed))
    moved = [change for change in changed if change.what == MOVED]
    if moved:
        names = [row.layer.name for change in moved for row in changed.pop(change)]
        lines.append(f"{some(names)} moved")
    lines += summarize_changes(
        Change(*change, row.layer.name) for change, rows in changed.items() for row in rows
    )
    return [*lines, *_alone(alignment)]


def written_otherwise(alignment: Alignment) -> list[str]:
    """That layers are the same and written otherwise, in a sentence, if there are any."""
    count = sum(row.written and not row.changes for row in alignment.rows)
    what = "1 layer is" if count == 1 else f"{count} layers are"
    return [f"{what} written otherwise, the same at this input"] if count else []


def _shifts(network: Network, changed: dict[Changed, Rows]) -> Iterator[str]:
    """What is changed in one layer of a block and, the other way round, in another; it is taken
    out of the changes. 'stride moves from the first 1×1 to the 3×3 in 3 blocks'."""
    for change in list(changed):
        what, before, after = change
        back = Changed(what, after, before)
        if change not in changed or back not in changed:
            continue
        blocks, others = ([row.layer.block for row in changed[each]] for each in (change, back))
        if None in blocks or sorted(map(str, blocks)) != sorted(map(str, others)):
            continue
        pairs = changed.pop(change), changed.pop(back)
        source, target = pairs if _is_larger(before, after) else pairs[::-1]
        where = f"{len(blocks)} blocks" if len(blocks) > 1 else f"block {blocks[0]}"
        ends = (_called(network, rows[0].layer) for rows in (source, target))
        yield f"{what} moves from {' to '.join(ends)} in {where}"


def _is_larger(before: str, after: str) -> bool:
    """Whether what is there first is more: a stride of 2, and not one of 1, is said to move."""
    return (len(before), before) > (len(after), after)


def _called(network: Network, layer: Layer) -> str:
    """A layer by its kernel or op, and by its place among such of its block that it is in line
    with: 'the 3×3', 'the first 1×1'."""
    block = [each for each in network if each.block == layer.block]
    alike = {each.name for each in block if _kind(each) == _kind(layer)}
    before = _in_line(block, layer.name) & alike
    behind = {each.name for each in block if layer.name in _in_line(block, each.name)} & alike
    if not before and not behind:
        return f"the {_kind(layer)}"
    place = len(before)
    return f"the {_ORDINALS[place] if place < len(_ORDINALS) else f'{place + 1}th'} {_kind(layer)}"


def _in_line(block: Iterable[Layer], name: str) -> set[str]:
    """The layers of a block that lead to one of them."""
    inputs = {layer.name: layer.inputs for layer in block}
    found: set[str] = set()
    waiting = [name]
    while waiting:
        for source in inputs[waiting.pop()]:
            if source in inputs and source not in found:
                found.add(source)
                waiting.append(source)
    return found


def _kind(layer: Layer) -> str:
    kernel = layer.op.attributes().get("kernel")
    return "×".join(map(str, kernel)) if isinstance(kernel, tuple) else words(layer.op.name)


def words(op: str) -> str:
    """An op in words: 'batch norm', 'max pool'."""
    return op.removesuffix("2d").removesuffix("1d").removesuffix("3d").replace("_", " ")


def _alone(alignment: Alignment) -> Iterator[str]:
    """What only one network has: whole blocks of a kind that both have, then layers by op."""
    more = list(more_blocks(alignment))
    yield from map(str, more)
    told = {(each.first, name) for each in more for name in each.layers}
    for first, verb in ((False, "added"), (True, "removed")):
        ops: dict[str, list[str]] = {}
        for row in alignment.rows:
            layer = row.here if first else row.there
            if row.alone and layer is not None and (first, layer.name) not in told:
                ops.setdefault(layer.op.name, []).append(layer.name)
        for op, names in ops.items():
            what = f"{words(op)} {names[0]}" if len(names) == 1 else f"{len(names)} {_plural(op)}"
            yield f"{what} {verb}"


def _plural(op: str) -> str:
    word = words(op)
    if word.endswith("y"):
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith(("s", "x", "sh", "ch")) else f"{word}s"
