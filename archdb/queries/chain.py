"""Several layers in a line that are in no database, worked out: 'conv2d filters=20 kernel=1, relu'.

Each reads the one before, the first what is given.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from archdb.errors import ArchdbError, DefinitionError, UsageError, nearest
from archdb.explain.network import NetworkTrace, steps, trace_network
from archdb.explain.steps import Step
from archdb.model.attribute_text import value
from archdb.model.components import PARAMS
from archdb.model.graph import Layer, Network
from archdb.model.shape import Shape
from archdb.ops import REGISTRY, Op, make
from archdb.queries.result import Column, Derivation, Result

COLUMNS: tuple[str | Column, ...] = (
    "layer",
    "op",
    Column("output", "shape", "output"),
    Column("params", PARAMS.unit, "params"),
    Column("macs", "MAC", "macs"),
    Column("receptive_field_h", "pixels", "receptive_field_h"),
    Column("receptive_field_w", "pixels", "receptive_field_w"),
)
FIRST = ("layer", "output", "params", "macs")
#: What the input is called, and the network, where an error names it.
INPUT, NAME = "input", "chain"
#: A comma between two layers: what follows begins with a word and is no value (3,5; hid,hjd->hij).
_BETWEEN = re.compile(r",(?=\s*(?:$|[a-z_][\w-]*(?![\w=>-])))")
_ATTRIBUTE = re.compile(r"([a-z_][\w-]*)=(\S+)")


def is_chain(text: str) -> bool:
    """Whether the words are more than the name of an op."""
    return not re.fullmatch(r"[\w-]*", text)


def chain(text: str, shape: Shape, *, explained: bool = False) -> Result:
    """A row for each layer, then their totals; or, `explained`, how each figure is worked out.

    Raises UsageError where the words are no layers, ShapeError where one does not fit.
    """
    layers = [Layer(INPUT, make("input", {"shape": list(shape)}))]
    for op in _ops(text):
        taken = sum(layer.op.name == op.name for layer in layers)
        name = f"{op.name}_{taken + 1}" if taken else op.name
        layers.append(Layer(name, op, (layers[-1].name,)))
    trace = trace_network(Network(NAME, layers))
    if explained:
        return Derivation(("layer", *Step._fields), _derivations(trace))
    rows = [*_rows(trace), _total(trace)]
    return Result(COLUMNS, rows, _no_field(trace), priority=FIRST)


def _ops(text: str) -> Iterator[Op]:
    for number, part in enumerate(_BETWEEN.split(text), start=1):
        try:
            yield _op(part.split())
        except ArchdbError as error:
            what = ": ".join((*error.places, error.what))
            raise UsageError(f"layer {number}: {what}", remedy=error.remedy) from None


def _op(words: list[str]) -> Op:
    if not words:
        raise DefinitionError("there is none", remedy="layers stand between commas")
    name, *rest = words
    known = [other for other, op in REGISTRY.items() if op.known and not op.source]
    if name not in known:
        remedy = nearest(name, known) or "archdb calc --help lists all ops"
        raise DefinitionError(f"there is no op '{name}'", remedy=remedy)
    attributes: dict[str, Any] = {}
    for word in rest:
        found = _ATTRIBUTE.fullmatch(word)
        if found is None:
            raise DefinitionError(
                f"'{word}' is no attribute", remedy=f"write NAME=VALUE: {_usage(name)}"
            ).at(name)
        attributes[found[1].replace("-", "_")] = value(found[2])
    return make(name, attributes)


def _usage(name: str) -> str:
    attributes = REGISTRY[name].declaration.attributes
    return f"it takes {', '.join(attributes)}" if attributes else "it takes none"


def _rows(trace: NetworkTrace) -> Iterator[tuple[Any, ...]]:
    table = trace.profile.table
    figures = (table.column(name) for name in ("params", "macs", *_FIELD))
    yield from zip(
        table.column("layer"), table.column("op"), table.outputs(), *figures, strict=True
    )


_FIELD = ("receptive_field_h", "receptive_field_w")


def _total(trace: NetworkTrace) -> tuple[Any, ...]:
    *_, last = _rows(trace)
    table = trace.profile.table
    sums = (table.total("params"), table.total("macs"))
    return ("total", None, last[2], *sums, *last[5:])


def _no_field(trace: NetworkTrace) -> Iterator[str]:
    """The first layer without a receptive field, and why."""
    for name, field in trace.fields.items():
        if isinstance(field, str):
            yield f"no receptive field from {name} on: {field}"
            return


def _derivations(trace: NetworkTrace) -> Iterator[tuple[Any, ...]]:
    for name in list(trace.layers)[1:]:
        for step in steps(trace, name):
            yield (name, *step)
