"""Figures as a paper prints them: scaled by thousands, millions or billions, and rounded.

The scale belongs to a column (or, where each row is a quantity of its own, to a row), so that
figures beneath each other can be compared; it is the largest that leaves all but a few of them
with a digit or two before the rounding.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from math import isfinite
from typing import Any, NamedTuple

from archdb.render.formats import cell
from archdb.rounding import fixed, ratio, significant

#: Units of counts, which are scaled; sizes, positions and names never are.
COUNTED = {"parameters", "numbers", "MAC", "operations", "elements", "by convention"}
PREFIXES = (("T", 12), ("G", 9), ("M", 6), ("k", 3))
#: Below this a column is printed to the last digit.
EXACT_BELOW = 100_000
DECIMALS = 2
#: Digits of a ratio, a percentage or an average.
SIGNIFICANT = 3

#: A heading that says in which multiple its column is: 'Params (M)', 'MACs (GMACs)', '(B FLOPs)'.
_STATED = re.compile(r"\((k|M|G|B|T)(?: [^()]*|MACs?|FLOPs?|[Oo]ps)?\)$")

RULE = (
    f"Figures in T, G, M or k (10¹², 10⁹, 10⁶, 10³) are rounded to {DECIMALS} decimals, fractions"
    f" to {SIGNIFICANT} significant digits or a tenth, whichever is finer, halves up (away from"
    " zero); all others are exact."
)


class Scale(NamedTuple):
    """By which power of ten figures are divided, and how that is written before their unit."""

    prefix: str = ""
    power: int = 0

    def cell(self, value: Any, column: str) -> str:
        """A figure at this scale; what is none, as everywhere."""
        if not self.power or not isinstance(value, int | float) or not isfinite(value):
            return fraction(value) if isinstance(value, float) else cell(value, column)
        scaled = fixed(value, DECIMALS, 10**self.power)
        nought = fixed(0, DECIMALS)
        return scaled if scaled != nought else f"< {nought[:-1]}1" if value else "0"

    def unit(self, unit: str) -> str:
        """'G MAC', 'M parameters', 'pixels'; a convention has no unit but its own name."""
        return " ".join(filter(None, (self.prefix, "" if unit == "by convention" else unit)))


def scale_of(values: Iterable[Any], unit: str) -> Scale:
    """The scale for these figures together; zeros go with any."""
    sizes = sorted(abs(value) for value in values if isinstance(value, int | float) and value)
    if unit not in COUNTED or not sizes or sizes[-1] < EXACT_BELOW:
        return Scale()
    small = sizes[len(sizes) // 4]  # three of four figures are at least half of the scale's unit
    return next((Scale(*found) for found in PREFIXES if 2 * small >= 10 ** found[1]), Scale())


def stated_scale(heading: str, unit: str) -> Scale | None:
    """The scale that a heading of one's own states; None where it states none."""
    found = _STATED.search(heading) if unit in COUNTED else None
    return found and Scale(found[1], {**dict(PREFIXES), "B": 9}[found[1]])


def is_rounded(text: str, value: Any) -> bool:
    """Whether the text of a figure is not the figure itself, but scaled or rounded."""
    if not isinstance(value, int | float):
        return False
    if text.startswith("<"):
        return True
    shown = text.replace(",", "")
    return shown != str(value) and ratio(float(shown)) != ratio(value)


def fraction(value: float) -> str:
    """A ratio or an average: 2.27, 0.115, 136,240,506.7, 4.19e-5, 1.00e300."""
    return significant(value, SIGNIFICANT)
