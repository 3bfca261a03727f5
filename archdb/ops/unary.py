"""Functions of one element, of which activations and norms are spelled out.

What is no sum, product, quotient or comparison is counted as an exponential: roots, logarithms,
the error function, sines.
"""

from __future__ import annotations

from typing import Any

from archdb.errors import DefinitionError
from archdb.ops.activation import ElementWise
from archdb.ops.arithmetic import LaterNumber
from archdb.ops.base import op, per_element


@op("exp")
class Exp(ElementWise):
    """The exponential."""

    work = per_element(exponentials=1)


@op("log")
class Log(ElementWise):
    """The logarithm, counted as an exponential."""

    work = per_element(exponentials=1)


@op("sqrt")
class Sqrt(ElementWise):
    """The square root, counted as an exponential."""

    work = per_element(exponentials=1)


@op("rsqrt")
class Rsqrt(ElementWise):
    """One over the square root: a root, counted as an exponential, and a division."""

    work = per_element(exponentials=1, divisions=1)


@op("square")
class Square(ElementWise):
    """An element times itself."""

    work = per_element(muls=1)


@op("reciprocal")
class Reciprocal(ElementWise):
    """One over the element."""

    work = per_element(divisions=1)


@op("abs")
class Abs(ElementWise):
    """The absolute value: one comparison."""

    work = per_element(comparisons=1)


@op("negative")
class Negative(ElementWise):
    """Zero less the element: one addition."""

    work = per_element(adds=1)


@op("sign")
class Sign(ElementWise):
    """1, 0 or -1: two comparisons."""

    work = per_element(comparisons=2)


@op("sin")
class Sin(ElementWise):
    """The sine, counted as an exponential."""

    work = per_element(exponentials=1)


@op("cos")
class Cos(ElementWise):
    """The cosine, counted as an exponential."""

    work = per_element(exponentials=1)


@op("erf")
class Erf(ElementWise):
    """The error function, counted as an exponential."""

    work = per_element(exponentials=1)


@op("round")
class Round(ElementWise):
    """A whole number near the element, below it or above it: one comparison."""

    work = per_element(comparisons=1)


@op("clip")
class Clip(ElementWise):
    """No less than `low` and no more than `high`, of which one may be left out: one comparison for
    each (hardtanh: -1 and 1)."""

    low: LaterNumber = None  # type: ignore[assignment]
    high: LaterNumber = None  # type: ignore[assignment]

    def check(self) -> None:
        if self.low is None and self.high is None:
            raise DefinitionError("has neither 'low' nor 'high'").at(self.name)
        if self.low is not None and self.high is not None and self.low > self.high:
            raise DefinitionError(f"'low' {self.low:g} is above 'high' {self.high:g}").at(self.name)

    def work(self, *shapes: Any) -> Any:
        bounds = (self.low is not None) + (self.high is not None)
        return per_element(comparisons=bounds)(self, *shapes)
