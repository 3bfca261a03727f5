"""Layers over sequences (length×features): lookups, what is told of all steps, products."""

from math import prod

from archdb.errors import ShapeError
from archdb.model.attributes import Count
from archdb.model.shape import Shape, channels_first, pretty
from archdb.model.window import NO_MAP, Unbounded
from archdb.ops.base import (
    WEIGHT,
    Op,
    Tensor,
    Work,
    no_params,
    no_work,
    op,
    point,
    sequence,
    whatever_size,
)
from archdb.ops.explained import Formulas
from archdb.ops.rewritable import kept, stated_by
from archdb.ops.written import Permuted, Writing


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


class GlobalPool1d(Op):
    """One value for each feature, whatever the length: a vector."""

    ends_map = whatever_size
    params = no_params
    channels = kept

    def out(self, x: Shape) -> Shape:
        return (sequence(self, x)[1],)

    def window(self, x: Shape) -> Unbounded:
        return NO_MAP


@op("global_avg_pool1d")
class GlobalAvgPool1d(GlobalPool1d):
    """The mean over the length of a sequence, for each feature: its sum, then one division."""

    def formulas(self, *inputs: Shape) -> Formulas:
        return {"out_features": "features", "adds": "features · (length − 1)"}

    def work(self, out: Shape, x: Shape) -> Work:
        return Work(adds=prod(x) - prod(out), divisions=prod(out))

    def writing(self, *inputs: Shape) -> Writing:
        """With the features last."""
        return Writing(self, ((Permuted((1, 0)),),) if channels_first(inputs[0]) else ())


@op("global_max_pool1d")
class GlobalMaxPool1d(GlobalPool1d):
    """The largest element over the length of a sequence, for each feature."""

    def formulas(self, *inputs: Shape) -> Formulas:
        return {"out_features": "features", "comparisons": "features · (length − 1)"}

    def work(self, out: Shape, x: Shape) -> Work:
        return Work(comparisons=prod(x) - prod(out))
