"""A count in few signs, for where there is no room for all of its digits."""

from __future__ import annotations

from archdb.rounding import fixed, nearest

#: How many digits are kept, and the signs of the powers of a thousand.
DIGITS, SIGNS = 3, ("", "k", "M", "G", "T", "P", "E")


def brief(count: int) -> str:
    """Three digits of a whole number of at least 0, halves up: 512, 25.6 M, 4.09 G, 20 M."""
    unit = 10 ** max(len(str(count)) - DIGITS, 0)
    rounded = nearest(count, unit) * unit
    power = min((len(str(rounded)) - 1) // 3, len(SIGNS) - 1)
    digits = fixed(rounded, DIGITS - 1, 1000**power).rstrip("0").rstrip(".")
    return f"{digits} {SIGNS[power]}".rstrip()
