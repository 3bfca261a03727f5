"""A stored network's figures on paper: derived from its layer rows as they stand, never stored."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from archdb.errors import ArchdbError, NotFoundError, UsageError
from archdb.queries.named import Made, rewritten, say_left
from archdb.queries.result import Result

if TYPE_CHECKING:
    from archdb.explain.network import Table, Walked
    from archdb.model.graph import Network
    from archdb.model.input_size import Words
    from archdb.queries.reader import Reader


def explain(reader: Reader, name: str, quantity: str | None, by: str, input: Words) -> Result:
    """NAME/LAYER step by step, or how NAME's totals (or one of them) come together.

    Raises NotFoundError where there is no such network or layer, UsageError on an unknown
    quantity, ShapeError where the network does not fit the input.
    """
    walked, layer = _asked(reader, name, input)
    if layer and quantity is None:
        return _steps(walked, layer)
    table = _table(walked, quantity, by, layer)
    return Result(table.columns, table.rows, table.notes)


def _table(walked: Walked, quantity: str | None, by: str, layer: str) -> Table:
    from archdb.explain.totals import FIELDS, explained, overview

    if quantity is None:
        return overview(walked)
    if layer and quantity not in FIELDS:
        raise UsageError(
            f"'{quantity}' is explained for a whole network",
            remedy=f"of one layer ask for all figures, or for one of: {', '.join(FIELDS)}",
        )
    return explained(walked, quantity, by, layer or None)


def _steps(walked: Walked, layer: str) -> Result:
    from archdb.explain.network import steps
    from archdb.explain.steps import Step

    return Result(Step._fields, steps(walked, layer))


def _asked(reader: Reader, words: str, input: Words) -> tuple[Walked, str]:
    """The network that the words mean, and the layer, if any.

    They part at the first slash that leaves a network and a layer of it: a rule's glob may hold
    slashes, as names of layers do.
    """
    from archdb.explain.network import check_layer

    faults: list[ArchdbError] = []
    found: tuple[Made, Walked, str] | None = None
    for name, layer in _readings(words):
        try:
            (made,) = rewritten(reader, [name])
        except (NotFoundError, UsageError) as fault:
            faults.append(fault)
            continue
        found = made, _walked(made.network, input), layer
        if layer in found[1].layers:
            break
    if found is None:
        raise faults[0]
    made, walked, layer = found
    if layer:
        check_layer(walked, layer)
    say_left(reader, [made])
    return walked, layer


def _readings(words: str) -> Iterator[tuple[str, str]]:
    """(network, layer) at each slash, and the words as one name."""
    for at, sign in enumerate(words):
        if sign == "/":
            yield words[:at], words[at + 1 :]
    yield words, ""


def _walked(network: Network, input: Words) -> Walked:
    from archdb.analysis.inputs import asked, native_inputs
    from archdb.explain.network import walk

    return walk(network, asked(input, native_inputs(network)) if input is not None else None)
