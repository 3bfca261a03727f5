"""Products of two layers, as matrices."""

from __future__ import annotations

from math import prod
from operator import add

from archdb.errors import ShapeError
from archdb.model.attributes import Flag
from archdb.model.shape import UNNAMED, Shape, axes_of, named, pretty
from archdb.model.window import NO_MAP, Unbounded
from archdb.ops.base import Gemm, Op, Work, no_params, op
from archdb.ops.explained import OUTPUT, Formulas, Stated
from archdb.ops.rewritable import Origin, whatever_arrives
from archdb.ops.written import Permuted, Steps, Writing, without_leading_ones

PRODUCT = Unbounded("behind a product of two layers the field depends on both")


def leading(inputs: tuple[Shape, ...], what: str) -> Shape:
    """The axes before the last two, which stand for so many products: equal, or 1 and spread."""
    most = max(map(len, inputs))
    if min(map(len, inputs)) < 2:
        raise ShapeError(f"cannot {what} {' and '.join(map(pretty, inputs))}: one is a vector")
    padded = [(1,) * (most - len(x)) + tuple(x[:-2]) for x in inputs]
    out = tuple(map(max, zip(*padded, strict=True)))
    if any(n not in (1, m) for x in padded for n, m in zip(x, out, strict=True)):
        raise ShapeError(f"cannot {what} {' and '.join(map(pretty, inputs))}: not so many products")
    return out


def _named(extents: Shape, rows: Shape, columns: str) -> Shape:
    """A product's shape: its axes are called as those of the rows, and its last one `columns`."""
    if len(extents) <= 2:
        return extents
    names = (UNNAMED,) * (len(extents) - len(rows)) + axes_of(rows)[:-1]
    return named(extents, (*names, UNNAMED if columns in names else columns))


@op("matmul")
class Matmul(Op):
    """Matrix product of two layers: n×k times k×m gives n×m, with k multiply-accumulates for each
    element and no parameters. Axes before the last two are so many products, 1 being spread.
    `transpose_first`, `transpose_second`: of that input the transpose is meant (queries times keys:
    length×features both)."""

    arity = (2, 2)
    transpose_first: Flag = False
    transpose_second: Flag = False

    params = no_params
    adapted = whatever_arrives

    def factors(self, *inputs: Shape) -> tuple[Shape, Shape]:
        """The matrices that are multiplied."""
        first, second = (tuple(x[-2:]) for x in inputs)
        left = first[::-1] if self.transpose_first else first
        return left, second[::-1] if self.transpose_second else second

    def out(self, *inputs: Shape) -> Shape:
        many = leading(inputs, "multiply")
        left, right = self.factors(*inputs)
        if left[1] != right[0]:
            raise ShapeError(
                f"cannot multiply {pretty(left)} by {pretty(right)}",
                remedy="the columns of the first are the rows of the second: transpose one?",
            )
        column = axes_of(inputs[1])[-2 if self.transpose_second else -1]
        rows = inputs[0]
        if self.transpose_first:
            names = axes_of(rows)
            rows = named(rows, (*names[:-2], names[-1], names[-2]))
        return _named((*many, left[0], right[1]), rows, column)

    def writing(self, *inputs: Shape) -> Writing:
        """With its matrices as they are multiplied."""
        turned = self.transpose_first, self.transpose_second
        before = [_transposed(x) if t else () for x, t in zip(inputs, turned, strict=True)]
        factors = self.factors(*inputs)
        shapes = [(*x[:-2], *two) for x, two in zip(inputs, factors, strict=True)]
        fewer, behind = without_leading_ones(self.out(*inputs), *shapes)
        return Writing(Matmul(), tuple(map(add, before, fewer)), behind)

    def channels(self, *inputs: Shape) -> Origin:
        return () if self.transpose_second or max(map(len, inputs)) > 2 else (1,)

    def work(self, out: Shape, *inputs: Shape) -> Work:
        return Work(macs=prod(out) * self.factors(*inputs)[0][1])

    def gemm(self, out: Shape, *inputs: Shape) -> Gemm:
        return Gemm(m=out[-2], n=out[-1], k=self.factors(*inputs)[0][1])

    def formulas(self, *inputs: Shape) -> Formulas:
        if max(map(len, inputs)) > 2:
            return self._of_many(*inputs)
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

    def _of_many(self, *inputs: Shape) -> Formulas:
        left, right = self.factors(*inputs)
        out = self.out(*inputs)
        return {
            OUTPUT: Stated(f"so many products of {pretty(left)} by {pretty(right)}", ""),
            "macs": Stated("out_elements · columns of the first", f"{prod(out)}·{left[1]}"),
            "gemm_m": Stated("rows of the first", str(left[0])),
            "gemm_n": Stated("columns of the second", str(right[1])),
            "gemm_k": Stated("columns of the first", str(left[1])),
        }

    def window(self, *inputs: Shape) -> Unbounded:
        return NO_MAP if max(map(len, inputs)) == 2 else PRODUCT


def _transposed(x: Shape) -> Steps:
    last = len(x) - 1
    return (Permuted((*range(last - 1), last, last - 1)),)
