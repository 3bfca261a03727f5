"""An op on what reaches it: its facts, and the values of the names in its formulas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from archdb.analysis.layer_costs import FACT_COLUMNS, Facts, facts_of
from archdb.explain.steps import values_of
from archdb.model.shape import Shape, has_channels
from archdb.ops import Op
from archdb.ops.explained import Formulas, Stated


class LayerTrace(NamedTuple):
    """An op on inputs, with what came out: the facts, the op's own formulas, and the values of
    the names in them. Without facts there are no formulas either."""

    op: Op
    inputs: tuple[Shape, ...]
    facts: Facts
    columns: dict[str, Any]
    formulas: Formulas
    values: dict[str, int]
    #: The layer whose tensors it uses in place of its own.
    weights_of: str | None = None

    @property
    def out(self) -> Shape:
        return self.facts.out or ()


def trace_layer(
    op: Op, inputs: Sequence[Shape | None], weights_of: str | None = None
) -> LayerTrace:
    """ShapeError where the op does not take these inputs; None is the output of an op that archdb
    does not know."""
    facts = facts_of(op, tuple(inputs))
    columns = dict(zip(FACT_COLUMNS, facts.columns, strict=True))
    given = tuple(shape for shape in inputs if shape is not None)
    values = values_of(op, given, facts.out or ())
    if not facts.counted:
        return LayerTrace(op, given, facts, columns, {}, values)
    values |= {name: columns[name] for name in ("in_elements", "out_elements")}
    if given and has_channels(given[0]):
        values["positions"] = values["in_elements"] // values["channels"]
    formulas = op.formulas(*given)
    for name, formula in formulas.items():
        if isinstance(formula, Stated) and formula.value is not None:
            values[name] = formula.value
    return LayerTrace(op, given, facts, columns, formulas, values, weights_of)
