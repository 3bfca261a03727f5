"""The one rule by which figures are rounded: to the nearest, halves up (away from zero).

A whole number or a fraction is rounded as it is, a float as the digits say that stand for it
everywhere else: 2.675 to two decimals is 2.68, although the nearest binary fraction is less.
"""

from __future__ import annotations

from math import isfinite
from typing import Any

#: Floats from here on, and below, are written with a power of ten, as in every other format.
LARGE, SMALL = 1e16, 1e-4


class Written(float):
    """A float that keeps the digits it is written in, for where it multiplies a count."""

    def __new__(cls, digits: str) -> Written:
        made = super().__new__(cls, digits)
        made.digits = digits
        return made

    digits: str


def ratio(value: Any) -> tuple[int, int]:
    """Numerator and denominator of an int, Fraction or Decimal, or of a float's digits.

    Raises ValueError where these are more than Python reads.
    """
    if not isinstance(value, float):
        numerator, denominator = value.as_integer_ratio()
        return numerator, denominator
    written = value.digits if isinstance(value, Written) else repr(value)
    digits, _, power = written.lower().replace("_", "").partition("e")
    whole, _, decimals = digits.partition(".")
    exponent = int(power or 0) - len(decimals)
    return int(whole + decimals) * 10 ** max(exponent, 0), 10 ** max(-exponent, 0)


def nearest(numerator: int, denominator: int = 1) -> int:
    """The nearest whole number to a ratio; of two, the one further from zero."""
    size = (2 * abs(numerator) + denominator) // (2 * denominator)
    return -size if numerator < 0 else size


def fixed(value: Any, decimals: int, of: int = 1) -> str:
    """A value, in parts of which one is `of`, to so many decimals: '1,234.57'."""
    numerator, denominator = ratio(value)
    scaled = nearest(numerator * 10**decimals, denominator * of)
    whole, rest = divmod(abs(scaled), 10**decimals)
    sign = "-" if scaled < 0 else ""
    return f"{sign}{whole:,}" + (f".{rest:0{decimals}d}" if decimals else "")


def significant(value: float, digits: int) -> str:
    """So many digits of a value that need not be whole, and a tenth where these are fewer:
    21.4, 136,240,506.7, 4.19e-5, 1.00e300."""
    if not isfinite(value) or not value:
        return f"{abs(value):.0f}" if not value else str(value)
    last = digits - 1
    if SMALL <= abs(value) < LARGE and repr(value)[-1] != "5" and type(value) is float:
        # Digits that end in no 5 are no half of any place: the binary fraction that they stand
        # for, nearer to it than to what is shorter, is rounded to the same side.
        power = int(f"{value:.{last}e}".partition("e")[2])
        return f"{value:,.{max(last - power, 1)}f}"
    power = int(f"{value:.16e}".partition("e")[2])
    power += abs(_scaled(value, last - power)) == 10**digits  # 9.996 is rounded to 10.0
    if SMALL <= abs(value) < LARGE:
        return fixed(value, max(last - power, 1))
    return f"{fixed(_scaled(value, last - power), last, 10**last)}e{power}"


def _scaled(value: float, power: int) -> int:
    numerator, denominator = ratio(value)
    return nearest(numerator * 10 ** max(power, 0), denominator * 10 ** max(-power, 0))
