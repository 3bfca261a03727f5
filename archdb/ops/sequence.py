"""Layers over sequences (length×features)."""

from archdb.errors import ShapeError
from archdb.ops.attributes import Count
from archdb.ops.base import WEIGHT, Op, Tensor, no_work, op, point
from archdb.ops.explained import Formulas
from archdb.ops.rewritable import stated_by
from archdb.ops.shape import Shape, pretty


@op("embedding")
class Embedding(Op):
    """A vector of `units` features for each token: a row of a table, looked up, not computed."""

    vocabulary: Count
    units: Count

    work = no_work
    window = point
    channels = stated_by("units")

    def out(self, x: Shape) -> Shape:
        if len(x) != 1:
            raise ShapeError(f"needs a sequence of tokens (length), got {pretty(x)}")
        return (x[0], self.units)

    def params(self, x: Shape) -> tuple[Tensor, ...]:
        return (Tensor("table", WEIGHT, (self.vocabulary, self.units)),)

    def formulas(self, *inputs: Shape) -> Formulas:
        return {"out_length": "length", "out_features": "units", "table": "vocabulary · units"}
