"""A layer that is in no database, or several in a line, worked out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from archdb.errors import DefinitionError, ShapeError, UsageError, nearest
from archdb.model.attribute_text import value
from archdb.model.attributes import Extents
from archdb.model.declaration import Declaration
from archdb.model.shape import Shape
from archdb.ops import REGISTRY
from archdb.queries.result import Derivation, Result

INPUT = Declaration({"input": Extents}, {})


def calc(op: str, /, *inputs: Any, explained: bool = False, **attributes: Any) -> Result:
    """Shape, parameters, operations and field of an op on inputs, or, `explained`, how each is
    worked out: calc("conv2d", "3x227x227", filters=96, kernel=11, stride=4); or a row for each of
    several layers in a line: calc("conv2d filters=20 kernel=1, relu", "200x30x40").

    Inputs and attributes are as Python or as the command line has them: (3, 227, 227) or
    '3x227x227'. Raises UsageError where they are none, ShapeError where they do not fit.
    """
    from archdb.explain.layer_trace import trace_layer
    from archdb.queries.chain import is_chain

    if is_chain(op):
        return _chain(op, inputs, attributes, explained=explained)
    if op not in REGISTRY:
        remedy = nearest(op, REGISTRY) or "archdb calc --help lists all ops"
        raise UsageError(f"there is no op '{op}'", remedy=remedy)
    try:
        shapes = list(map(_shape, inputs))
        made = REGISTRY[op](**{name: _value(given) for name, given in attributes.items()})
    except DefinitionError as error:
        raise UsageError(": ".join((*error.places, error.what)), remedy=error.remedy) from None
    try:
        on_paper = trace_layer(made, shapes)
    except ShapeError as error:
        raise error.at(op) from None
    if explained:
        from archdb.analysis.receptive_field import NOT_AN_IMAGE, PIXEL
        from archdb.explain.field import derivation
        from archdb.explain.steps import Step

        fields = [PIXEL if len(shape) == 3 else NOT_AN_IMAGE for shape in shapes]
        return Derivation(Step._fields, derivation(on_paper, fields, op))
    from archdb.explain.figures import COLUMNS, rows

    return Result(COLUMNS, rows(on_paper))


def _chain(
    text: str, inputs: Sequence[Any], attributes: Mapping[str, Any], *, explained: bool
) -> Result:
    from archdb.queries.chain import chain

    if len(inputs) != 1 or attributes:
        raise UsageError(
            "layers in a line read one input, and each says its own attributes",
            remedy="as in 'conv2d filters=20 kernel=1, relu' --input 200x30x40",
        )
    try:
        (shape,) = map(_shape, inputs)
    except DefinitionError as error:
        raise UsageError(": ".join((*error.places, error.what)), remedy=error.remedy) from None
    return chain(text, shape, explained=explained)


def _value(given: Any) -> Any:
    if isinstance(given, tuple):
        return list(given)
    return value(given) if isinstance(given, str) else given


def _shape(given: Any) -> Shape:
    """The shape that is meant; DefinitionError on anything else."""
    extents = _value(given)
    shape: Shape = INPUT.parse({"input": [extents] if isinstance(extents, int) else extents})[
        "input"
    ]
    return shape
