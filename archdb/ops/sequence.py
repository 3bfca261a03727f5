"""Layers over sequences (length×features): lookups, what is told of all steps, products."""

from math import prod

from archdb.errors import ShapeError
from archdb.model.attributes import Count, Flag
from archdb.model.shape import Shape, pretty
from archdb.model.window import NO_MAP, Unbounded
from archdb.ops.base import (
    WEIGHT,
    Gemm,
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
from archdb.ops.rewritable import Origin, kept, stated_by, whatever_arrives


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
        return Work(adds=prod(x) - x[1], divisions=x[1])


@op("global_max_pool1d")
class GlobalMaxPool1d(GlobalPool1d):
    """The largest element over the length of a sequence, for each feature."""

    def formulas(self, *inputs: Shape) -> Formulas:
        return {"out_features": "features", "comparisons": "features · (length − 1)"}

    def work(self, out: Shape, x: Shape) -> Work:
        return Work(comparisons=prod(x) - x[1])


@op("matmul")
class Matmul(Op):
    """Matrix product of two layers: n×k times k×m gives n×m, with k multiply-accumulates for each
    element and no parameters. `transpose_first`, `transpose_second`: of that input the transpose
    is meant (queries times keys: length×features both)."""

    arity = (2, 2)
    transpose_first: Flag = False
    transpose_second: Flag = False

    params = no_params
    adapted = whatever_arrives

    def factors(self, *inputs: Shape) -> tuple[Shape, Shape]:
        """The matrices that are multiplied."""
        first, second = (sequence(self, x) for x in inputs)
        left = first[::-1] if self.transpose_first else first
        return left, second[::-1] if self.transpose_second else second

    def out(self, *inputs: Shape) -> Shape:
        left, right = self.factors(*inputs)
        if left[1] != right[0]:
            raise ShapeError(
                f"cannot multiply {pretty(left)} by {pretty(right)}",
                remedy="the columns of the first are the rows of the second: transpose one?",
            )
        return (left[0], right[1])

    def channels(self, *inputs: Shape) -> Origin:
        return () if self.transpose_second else (1,)

    def work(self, out: Shape, *inputs: Shape) -> Work:
        return Work(macs=prod(out) * self.factors(*inputs)[0][1])

    def gemm(self, out: Shape, *inputs: Shape) -> Gemm:
        return Gemm(m=out[0], n=out[1], k=self.factors(*inputs)[0][1])

    def formulas(self, *inputs: Shape) -> Formulas:
        rows, inner = ("features", "length") if self.transpose_first else ("length", "features")
        columns = "length_2" if self.transpose_second else "features_2"
        return {
            "out_length": rows,
            "out_features": columns,
            "macs": f"out_length · out_features · {inner}",
            "gemm_m": rows,
            "gemm_n": columns,
            "gemm_k": inner,
        }

    def window(self, *inputs: Shape) -> Unbounded:
        return NO_MAP
