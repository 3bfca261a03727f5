"""Numbers as they are printed: what digits stand for, read from words such as '4.11 GMACs'.

All is exact: the digits are decimal, the bounds of what they stand for are fractions, and no
binary floating point comes between. A number was printed by rounding, halves up (away from zero),
or by cutting digits off.

Commas, spaces, apostrophes and underscores group digits in threes from the point on, and dots do
where there are several; a comma behind such groups is a decimal comma. What can be read in two
ways and is not grouped in threes is refused, with both readings.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import NamedTuple

from archdb.errors import UsageError
from archdb.rounding import fixed

Number = int | Fraction
#: The least value, and the one that is already too large.
Interval = tuple[Fraction, Fraction]

#: What a suffix stands for; words are read in capitals, too.
SUFFIXES = {
    "": 1,
    "k": 10**3,
    "K": 10**3,
    "M": 10**6,
    "G": 10**9,
    "B": 10**9,
    "T": 10**12,
    "m": 10**6,
    "g": 10**9,
    "t": 10**12,
    "Ki": 2**10,
    "Mi": 2**20,
    "Gi": 2**30,
    "thousand": 10**3,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
    "mio": 10**6,
    "mln": 10**6,
    "bn": 10**9,
}
#: Sizes of files, in bytes; and what a decimal one may have been meant as.
BYTES = {"kB": 10**3, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
BINARY = {"kB": 2**10, "KB": 2**10, "MB": 2**20, "GB": 2**30, "TB": 2**40}
BYTES |= {f"{suffix[0].upper()}iB": size for suffix, size in BINARY.items()} | {"bytes": 1}
#: Bytes that a number of 32 bits takes.
WIDTH = 4

#: How the digits of a number were found from the value that it stands for.
ROUND, CUT, OTHER = "rounded", "cut off", "rounded, in {}iB"
FILLED = "rounded, zeros only fill"

#: No count that archdb keeps is as large; and no number that anyone prints has as many digits.
LIMIT, LONGEST = 2**63, 80
#: Narrow and unbreakable spaces, and minus signs and digits that are raised.
_ALIKE = str.maketrans(
    "\u00a0\u2006\u2007\u2008\u2009\u200a\u202f’⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "       '-0123456789"
)
_ABOUT = r"(?:[~≈∼≃≅]\s*|(?:about|approximately|approx\.?|around|roughly|circa|ca\.|c\.)\s+)?"
_DIGITS = r"(?:[0-9]|[.,'_ ](?=[0-9]))+"
_POWER = r"(?:[eE]([+-]?[0-9]+)|\s*[x×·*]\s*10(?:\^|\*\*)([+-]?[0-9]+))?"
_SUFFIX = "|".join(sorted((SUFFIXES | BYTES).keys() - {""}, key=len, reverse=True))
_SUFFIX = rf"({_SUFFIX}|(?i:thousand|million|billion|trillion|mio|mln|bn|bytes))?"
_COUNTED = (
    r"(?i:flops?|macs?|m(?:ult)?-?adds?|multiply-adds?|multiply-accumulates?|params?|parameters?|"
    r"ops|operations|weights|activations|elements)?"
)
_WORDS = re.compile(rf"{_ABOUT}({_DIGITS}){_POWER}\s*{_SUFFIX}\s*{_COUNTED}")
_RAISED = re.compile("(?<=10)(?=[⁻⁰¹²³⁴⁵⁶⁷⁸⁹])")

_PLAIN = re.compile(r"[0-9]*(\.[0-9]+)?")
_GROUPED = re.compile(r"[1-9][0-9]{0,2}([,'_ ])[0-9]{3}(\1[0-9]{3})*(\.[0-9]+)?")
_BY_DOTS = re.compile(r"[1-9][0-9]{0,2}(\.[0-9]{3}){2,}")
_WITH_COMMA = re.compile(r"[1-9][0-9]{0,2}([.'_ ])[0-9]{3}(\1[0-9]{3})*,[0-9]+")
_EITHER = re.compile(r"[0-9]+\.[0-9]{3},[0-9]{3}")
_BEHIND = re.compile(r"[0-9]+\.[0-9]{3}([_ ])([0-9]{3}\1)*[0-9]{1,3}")
_MARKS = re.compile(r"[,'_ ]")


class Printed(NamedTuple):
    """A number as it was printed, and what it stands for: by itself, rounded, and cut off.

    The size of a file is counted in numbers of 32 bits. `aside` says how else it can be read.
    """

    text: str
    decimal: str
    unit: Fraction
    suffix: str
    value: Number
    rounded: Interval
    cut: Interval
    aside: str = ""

    @property
    def bytes(self) -> bool:
        """Whether it is the size of a file."""
        return self.suffix in BYTES

    def digits(self, value: Number) -> str | None:
        """How a value gives these digits; None where it does not."""
        if self.rounded[0] <= value < self.rounded[1]:
            return ROUND
        if self.cut[0] <= value < self.cut[1]:
            return CUT
        if self.suffix in BINARY:  # printed as MB, meant as MiB
            least, below = (
                b * Fraction(BINARY[self.suffix], BYTES[self.suffix]) for b in self.rounded
            )
            if least <= value < below:
                return OTHER.format(self.suffix[0].upper())
        filled = self.filled()
        return FILLED if filled and filled[0] <= value < filled[1] else None

    def filled(self) -> Interval | None:
        """What gives these digits where the zeros at the end of a whole number only fill: two or
        more, behind two digits or more that say something (15300, and not 10). None where there
        are none such."""
        said = self.decimal.rstrip("0").lstrip("0")
        zeros = len(self.decimal) - len(self.decimal.rstrip("0"))
        if "." in self.decimal or zeros < 2 or len(said) < 2:
            return None
        least, below = span(self.decimal, zeros)
        return least * self.unit, below * self.unit


def whole(value: Fraction) -> Number:
    """An integer where it is one."""
    return value.numerator if value.denominator == 1 else value


def in_full(value: Number) -> str:
    """All digits, grouped by thousands: 59,999.5; of a number that was printed, or of a bound of
    one, which have an end."""
    value, places = Fraction(value), 0
    while (value * 10**places).denominator > 1:
        places += 1
    return fixed(value, places)


def span(decimal: str, filled: int = 0, *, cut: bool = False) -> Interval:
    """The least value that is printed in these digits, and the least above all that are.

    15.3: from 15.25 to 15.35, halves being rounded up; cut off: from 15.3 to 15.4. Of a whole
    number some zeros at the end may only fill: 15300, two of them: from 15250 to 15350.
    """
    last = Fraction(10) ** (filled - len(decimal.partition(".")[2]))
    least = Fraction(decimal) - (0 if cut else last / 2)
    return least, least + last


def parse(text: str) -> Printed:
    """The number that '4.11G', '25,557,032', '~4.1e9' or '97.8 MiB' is.

    Raises UsageError on anything else, on what can be read in two ways, and on what is larger
    than a count can be.
    """
    said = text.strip()
    if len(said) > LONGEST:
        raise UsageError(f"a number of {len(said):,} characters is none that anyone has printed")
    plain = _RAISED.sub("^", said).translate(_ALIKE)
    found = _WORDS.fullmatch(plain)
    if not found:
        raise _no_number(said)
    token, power, times, suffix = found.groups("")
    suffix = suffix if suffix in SUFFIXES | BYTES else suffix.lower()
    unit = Fraction(BYTES[suffix], WIDTH) if suffix in BYTES else Fraction(SUFFIXES[suffix])
    exponent = int(power or times or 0)
    if abs(exponent) > LONGEST:
        raise UsageError(f"'{said}' has a power of ten that no count has")
    unit *= Fraction(10) ** exponent
    decimal = _decimal(plain, token)
    bounds = (span(decimal), span(decimal, cut=True))
    rounded, cut = ((least * unit, below * unit) for least, below in bounds)
    if rounded[0] >= LIMIT:
        raise UsageError(f"'{said}' is more than any count can be: they are below 2⁶³")
    value = whole(Fraction(decimal) * unit)
    return Printed(said, decimal, unit, suffix, value, rounded, cut, _aside(token, unit))


def _decimal(said: str, token: str) -> str:
    """The digits without marks between groups, and a point; UsageError where that is open."""
    if _PLAIN.fullmatch(token):
        return f"0{token}" if token[0] == "." else token
    if _GROUPED.fullmatch(token) or _BEHIND.fullmatch(token):
        return _MARKS.sub("", token)
    if _BY_DOTS.fullmatch(token):
        return token.replace(".", "")
    digits, comma, decimals = token.rpartition(",")
    as_point = f"{_joined(digits)}.{decimals}"
    if _WITH_COMMA.fullmatch(token) and not _EITHER.fullmatch(token):
        return as_point
    if not comma or "." in decimals:
        raise _no_number(said)
    as_group = _joined(token) if "." not in token else f"{digits}{decimals}"
    raise UsageError(
        f"'{said}' can be read in two ways: commas that group digits do so in threes",
        remedy=f"write {said.replace(token, as_point)} if the comma is a decimal point,"
        f" {said.replace(token, as_group)} if it groups digits",
    )


def _joined(digits: str) -> str:
    return re.sub("[^0-9]", "", digits).lstrip("0") or "0"


def _aside(token: str, unit: Fraction) -> str:
    """How else digits with one mark before the last three can be read."""
    if not re.fullmatch(r"[1-9][0-9]{0,2}[.,][0-9]{3}", token):
        return ""
    if "," in token:
        other = token.replace(",", ".")
        return f"the comma in {token} groups digits; as a decimal point it is {other}" * (unit > 1)
    other = token.replace(".", "")
    return f"the dot in {token} is a decimal point; where it groups digits it is {other}" * (
        unit == 1
    )


def _no_number(said: str) -> UsageError:
    return UsageError(
        f"'{said}' is not a number as papers print them",
        remedy="write digits and a suffix: 4.11G, 25.6M, 25557032, 97.8MiB",
    )
