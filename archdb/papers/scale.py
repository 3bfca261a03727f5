"""Figures as a paper prints them: scaled by thousands, millions or milliards, and rounded.

The scale belongs to a column (or, where each row is a quantity of its own, to a row), so that
figures beneath each other can be compared; it is the largest that leaves all but a few of them
with a digit or two before the rounding.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, NamedTuple

from archdb.render import cell

#: Units of counts, which are scaled; sizes, positions and names never are.
COUNTED = {"parameters", "numbers", "MAC", "operations", "elements", "by convention"}
PREFIXES = (("T", 12), ("G", 9), ("M", 6), ("k", 3))
#: Below this a column is printed to the last digit.
EXACT_BELOW = 100_000
#: A scale is taken where three of four figures are at least so much of it.
ENOUGH = Decimal("0.5")
DECIMALS = 2
#: Digits of a ratio or a percentage.
SIGNIFICANT = 3
#: What has so many digits that nobody reads them is written with a power of ten.
WHOLE = 1e15
LEAST = Decimal(1).scaleb(-DECIMALS)

RULE = (
    f"Figures in T, G, M or k (10¹², 10⁹, 10⁶, 10³) are rounded to {DECIMALS} decimals, halves to"
    f" even; fractions have {SIGNIFICANT} significant digits; all others are exact."
)


class Scale(NamedTuple):
    """By which power of ten figures are divided, and how that is written before their unit."""

    prefix: str = ""
    power: int = 0

    def cell(self, value: Any, column: str) -> str:
        """A figure at this scale; what is none, as everywhere."""
        if not self.power or not isinstance(value, int | float):
            return fraction(value) if isinstance(value, float) else cell(value, column)
        scaled = Decimal(value).scaleb(-self.power).quantize(LEAST)
        return f"{scaled:,}" if scaled else f"< {LEAST}" if value else "0"

    def unit(self, unit: str) -> str:
        """'G MAC', 'M parameters', 'pixels'; a convention has no unit but its own name."""
        return " ".join(filter(None, (self.prefix, "" if unit == "by convention" else unit)))


def scale_of(values: Iterable[Any], unit: str) -> Scale:
    """The scale for these figures together; zeros go with any."""
    sizes = sorted(abs(value) for value in values if isinstance(value, int | float) and value)
    if unit not in COUNTED or not sizes or sizes[-1] < EXACT_BELOW:
        return Scale()
    small = sizes[len(sizes) // 4]
    return next((Scale(*found) for found in PREFIXES if small >= ENOUGH.scaleb(found[1])), Scale())


def rounded(text: str, value: Any) -> bool:
    """Whether the text of a figure is not the figure itself, but scaled or rounded."""
    if not isinstance(value, int | float):
        return False
    return text.startswith("<") or Decimal(text.replace(",", "")) != value


def fraction(value: float) -> str:
    """A ratio: 2.27, 0.115, 4.19e-5, 1.00e300; one above a thousand is rounded to a whole."""
    if not value:
        return "0"
    if 1000 <= abs(value) < WHOLE:
        return f"{value:,.0f}"
    return re.sub(r"e([-+])0*", r"e\1", f"{value:#.{SIGNIFICANT}g}").rstrip(".").replace("e+", "e")
