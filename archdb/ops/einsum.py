"""Sums of products by an equation, of one layer or two."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import prod
from operator import add
from typing import Annotated, Any

from archdb.errors import DefinitionError, ShapeError
from archdb.model.attributes import Kind
from archdb.model.shape import UNNAMED, Shape, axes_of, named, pretty
from archdb.model.window import Unbounded
from archdb.ops.base import Op, Work, no_params, op
from archdb.ops.explained import OUTPUT, Formulas, Stated
from archdb.ops.products import PRODUCT, Matmul
from archdb.ops.written import Permuted, Reshaped, Steps, Writing, without_leading_ones


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

    def writing(self, *inputs: Shape) -> Writing:
        """As a product of matrices, where it is one: of letters that both have some are kept and
        the others summed over, and nothing else is."""
        terms, out, extents = self.letters(*inputs)
        if len(inputs) == 1:
            return Writing(self)
        first, second = terms
        many = [n for n in out if n in first and n in second]
        summed = [n for n in first if n in second and n not in out]
        rows, columns = ([n for n in out if n in a and n not in b] for a, b in (terms, terms[::-1]))
        if not summed or len(many + summed + rows) < len(first):
            return Writing(self)
        if len(many + summed + columns) < len(second):
            return Writing(self)

        def turned(term: str, *groups: list[str]) -> Steps:
            order = [*many, *groups[0], *groups[1]]
            return Permuted(tuple(term.index(n) for n in order)), Reshaped(sized(*groups))

        def sized(*groups: list[str]) -> Shape:
            sizes = (prod(extents[n] for n in group) for group in groups)
            return (*(extents[n] for n in many), *sizes)

        found = [*many, *rows, *columns]
        before = turned(first, rows, summed), turned(second, summed, columns)
        shapes = sized(rows, summed), sized(summed, columns)
        fewer, wide = without_leading_ones(Matmul().out(*shapes), *shapes)
        behind = (
            *wide,
            Reshaped(tuple(extents[n] for n in found)),
            Permuted(tuple(found.index(n) for n in out)),
        )
        return Writing(Matmul(), tuple(map(add, before, fewer)), behind)

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
