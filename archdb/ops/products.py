"""Products of two layers: of matrices, and by an equation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import prod
from typing import Annotated, Any

from archdb.errors import DefinitionError, ShapeError
from archdb.model.attributes import Flag, Kind
from archdb.model.shape import UNNAMED, Shape, axes_of, named, pretty
from archdb.model.window import NO_MAP, Unbounded
from archdb.ops.base import Gemm, Op, Work, no_params, op
from archdb.ops.explained import OUTPUT, Formulas, Stated
from archdb.ops.rewritable import Origin, whatever_arrives

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


def _equation(value: Any) -> str:
    if not isinstance(value, str) or not EQUATION.fullmatch(value.replace(" ", "")):
        raise ValueError
    return value.replace(" ", "")


EQUATION = re.compile(r"[a-zA-Z]+(,[a-zA-Z]+)?->[a-zA-Z]+")
Equation = Annotated[
    str,
    Kind("letters for the axes of one input or two, and of the output: hid,hjd->hij", _equation),
]


@op("einsum")
class Einsum(Op):
    """Einstein's sum: axes of one letter have one extent, and letters that the output has not are
    summed over (without the batch). Of two inputs, one multiply-accumulate for each combination of
    all letters where any is summed over, else one product for each element; what one input alone
    sums over is added up first. Of one input, an addition fewer than each sum has elements."""

    arity = (1, 2)
    equation: Equation

    params = no_params

    def check(self) -> None:
        *terms, out = re.split(",|->", self.equation)
        if any(len(set(term)) < len(term) for term in (*terms, out)) or set(out) - set(
            "".join(terms)
        ):
            raise DefinitionError(
                f"'{self.equation}' repeats a letter, or gives one of no input"
            ).at(self.name)

    def letters(self, *inputs: Shape) -> tuple[list[str], str, dict[str, int]]:
        """The letters of each input, of the output, and their extents."""
        *terms, out = re.split(",|->", self.equation)
        extents: dict[str, int] = {}
        if len(terms) != len(inputs) or any(
            len(term) != len(x) for term, x in zip(terms, inputs, strict=False)
        ):
            raise ShapeError(f"{self.equation} does not fit {' and '.join(map(pretty, inputs))}")
        for term, x in zip(terms, inputs, strict=True):
            for letter, extent in zip(term, x, strict=True):
                if extents.setdefault(letter, extent) != extent:
                    raise ShapeError(f"'{letter}' is {extents[letter]} and {extent}")
        return terms, out, extents

    def out(self, *inputs: Shape) -> Shape:
        terms, out, extents = self.letters(*inputs)
        names: dict[str, str] = {}
        for term, x in zip(terms, inputs, strict=True):
            names = {**dict(zip(term, axes_of(x), strict=True)), **names}
        called = [names[letter] for letter in out]
        once = [name if called.count(name) == 1 else UNNAMED for name in called]
        return named((extents[letter] for letter in out), tuple(once))

    def work(self, out: Shape, *inputs: Shape) -> Work:
        terms, result, extents = self.letters(*inputs)
        alone = zip(inputs, self._kept(terms, result, extents), strict=True)
        adds = sum(prod(x) - kept for x, kept in alone)
        if len(inputs) == 1:
            return Work(adds=adds)
        used = self._used(terms, result)
        products = prod(extents[letter] for letter in used)
        if set(used) == set(result):
            return Work(muls=products, adds=adds)
        return Work(macs=products, adds=adds)

    def _used(self, terms: list[str], result: str) -> list[str]:
        """The letters that a product of two inputs runs over."""
        every = dict.fromkeys("".join(terms))
        return [n for n in every if n in result or all(n in term for term in terms)]

    def _kept(self, terms: list[str], result: str, extents: dict[str, int]) -> Iterator[int]:
        """How many elements each input has behind the sums over letters that it has alone."""
        for at, term in enumerate(terms):
            others = {*result, *"".join(terms[:at] + terms[at + 1 :])}
            yield prod(extents[letter] for letter in term if letter in others)

    def formulas(self, *inputs: Shape) -> Formulas:
        terms, out, extents = self.letters(*inputs)
        listed = ", ".join(f"{letter} = {extent}" for letter, extent in extents.items())
        used = self._used(terms, out)
        product = Stated("·".join(used), "·".join(str(extents[letter]) for letter in used))
        alone = zip(inputs, self._kept(terms, out, extents), strict=True)
        numbers = " + ".join(f"{prod(x)} − {kept}" for x, kept in alone if kept < prod(x))
        sums = Stated("elements − sums, of what one input alone sums over", numbers)
        return {
            OUTPUT: Stated(f"{out} of {listed}", ""),
            "adds": sums,
            **dict.fromkeys(("macs", "muls"), product),
        }

    def window(self, *inputs: Shape) -> Unbounded:
        return PRODUCT
