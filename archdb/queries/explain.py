"""A stored network's figures on paper: derived from its layer rows as they stand, never stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archdb.errors import UsageError
from archdb.queries.result import Result
from archdb.queries.rewritten import holding

if TYPE_CHECKING:
    from archdb.explain.network import Table, Walked
    from archdb.graph import Network
    from archdb.queries.reader import Reader


def explain(reader: Reader, name: str, quantity: str | None, by: str, input: str | None) -> Result:
    """NAME/LAYER step by step, or how NAME's totals (or one of them) come together.

    Raises NotFoundError where there is no such network or layer, UsageError on an unknown
    quantity, ShapeError where the network does not fit the input.
    """
    network, _, layer = name.partition("/")
    walked = _walked(reader, network, input)
    if layer:
        from archdb.explain.network import check_layer

        check_layer(walked, layer)
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


def _walked(reader: Reader, name: str, input: str | None) -> Walked:
    from archdb.derive import native_input
    from archdb.explain.network import walk
    from archdb.ops.shape import resize

    with holding(reader, [name]) as (held, names):
        network = _load(held, names[0])
    shape = resize(input, native_input(network)) if input is not None else None
    return walk(network, shape)


def _load(reader: Reader, name: str) -> Network:
    from archdb.db.engine import reading
    from archdb.db.rows import load
    from archdb.db.store import id_of

    with reading(reader.path) as connection:
        return load(connection, id_of(connection, reader.resolve(name)))
