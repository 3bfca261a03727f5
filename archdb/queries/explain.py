"""A stored network's figures on paper: derived from its layer rows as they stand, never stored."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from archdb.errors import ArchdbError, NotFoundError, UsageError
from archdb.queries.named import RewriteResult, notify_skipped, rewrite_named, without_axes
from archdb.queries.result import Derivation, Result

if TYPE_CHECKING:
    from archdb.explain.network import NetworkTrace, Table
    from archdb.model.graph import Network
    from archdb.model.input_spec import InputSpec
    from archdb.queries.reader import Reader


def explain(reader: Reader, name: str, quantity: str | None, by: str, spec: InputSpec) -> Result:
    """NAME/LAYER step by step, or how NAME's totals (or one of them) come together.

    Raises NotFoundError where there is no such network or layer, UsageError on an unknown
    quantity, ShapeError where the network does not fit the input.
    """
    trace, layer = _find_layer(reader, name, spec)
    if layer and quantity is None:
        return _steps(trace, layer)
    table = _table(trace, quantity, by, layer)
    profile = trace.profile
    subjects = [(profile.network.name, profile.input)]
    return Result(table.columns, table.rows, table.notes, networks=subjects)


def _table(trace: NetworkTrace, quantity: str | None, by: str, layer: str) -> Table:
    from archdb.explain.totals import FIELDS, explain_total, overview

    if quantity is None:
        return overview(trace)
    if layer and quantity not in FIELDS:
        raise UsageError(
            f"'{quantity}' is explained for a whole network",
            remedy=f"of one layer ask for all figures, or for one of: {', '.join(FIELDS)}",
        )
    return explain_total(trace, quantity, by, layer or None)


def _steps(trace: NetworkTrace, layer: str) -> Result:
    from archdb.explain.network import steps
    from archdb.explain.steps import Step

    profile = trace.profile
    subjects = [(profile.network.name, profile.input)]
    return Derivation(Step._fields, steps(trace, layer), networks=subjects)


def _find_layer(reader: Reader, text: str, spec: InputSpec) -> tuple[NetworkTrace, str]:
    """The network that the words mean, and the layer, if any.

    They part at the first slash that leaves a network and a layer of it: a rule's glob may hold
    slashes, as names of layers do.
    """
    from archdb.explain.network import check_layer

    faults: list[ArchdbError] = []
    found: tuple[RewriteResult, NetworkTrace, str] | None = None
    for name, layer in _splits(text):
        try:
            (made,) = rewrite_named(reader, [name], spec=spec)
        except (NotFoundError, UsageError) as fault:
            faults.append(fault)
            continue
        found = made, _trace(made.network, without_axes(spec, [made])), layer
        if layer in found[1].layers:
            break
    if found is None:
        raise faults[0]
    made, trace, layer = found
    if layer:
        check_layer(trace, layer)
    notify_skipped(reader, [made])
    return trace, layer


def _splits(text: str) -> Iterator[tuple[str, str]]:
    """(network, layer) at each slash, and the words as one name."""
    for at, sign in enumerate(text):
        if sign == "/":
            yield text[:at], text[at + 1 :]
    yield text, ""


def _trace(network: Network, spec: InputSpec) -> NetworkTrace:
    from archdb.analysis.inputs import native_inputs, resolve_inputs
    from archdb.explain.network import trace_network

    return trace_network(
        network, resolve_inputs(spec, native_inputs(network)) if spec is not None else None
    )
