"""Published figures: what papers, releases and tools print, and what explains it where our own
figure is another.

`seeds/published/*.csv` has a figure to the row, its digits as they were printed; the file of the
same name in `seeds/published/explanations/` has a row for each of them that needs explaining.
Figures are never used to derive anything; they are set beside what is derived. Two agree where
rounding ours to the printed digits gives the printed figure (halves are rounded up), and that is
all the tolerance there is.

An explanation says how the figure has to be read to agree: as that of another network, input,
choice of layers, counting convention or unit; with digits cut off instead of rounded, or zeros
that only fill; or as a sum that is written out, from our own value, so read, on where that is part
of it. Each such reading is checked in its turn. What no reading explains has a status: erratum,
open question, or not comparable.
"""

from __future__ import annotations

import ast
import csv
import operator
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, NamedTuple

from archdb.analysis.inputs import parse_shapes
from archdb.errors import ArchdbError, DefinitionError
from archdb.model.attributes import Kind, Name, choice
from archdb.model.declaration import Declaration
from archdb.printed_number import LIMIT, Interval, span
from archdb.resources import bundled

#: What one of a printed unit is: of parameters, operations, elements, pixels or bytes.
UNITS = {
    **{"count": 1, "px": 1, "%": 1, "k": 10**3, "K": 10**3, "M": 10**6, "G": 10**9},
    **{"MB": 10**6, "Ki": 2**10, "MiB": 2**20},
}
#: What a figure may be of. The last two are stored for whoever plots them, and never derived.
QUANTITIES = (
    *("params", "macs", "activations", "neurons", "connections", "file_bytes"),
    *("depth", "receptive_field", "effective_stride", "out_height"),
    *("top1_error", "top5_error"),
)
#: How a figure came to be known: read in the source itself, or not.
SEEN = ("source", "conversion", "second-hand", "memory")
ROUNDED, TRUNCATED = "rounded", "truncated"


class Figure(NamedTuple):
    """One printed figure; `architecture` is None where archdb does not have the network.

    `scope` is the part it is of, in the source's words, and `layers` are globs of our layers that
    are that part; both are empty for a whole network, of which auxiliary heads are no part.
    """

    figure: str
    architecture: str | None
    printed_as: str
    quantity: str
    scope: str | None
    layers: tuple[str, ...]
    value: str
    unit: str
    convention: str | None
    input: str | None
    citation: str
    place: str
    seen: str
    note: str | None

    def interval(self) -> Interval:
        """What agrees with the printed digits."""
        return interval(self.value, self.unit)


class Explanation(NamedTuple):
    """How a figure has to be read, or why it cannot be."""

    figure: str
    architecture: str | None
    input: str | None
    layers: tuple[str, ...]
    convention: str | None
    unit: str | None
    digits: str | None
    sum: str | None
    status: str | None
    because: str | None

    def interval(self, figure: Figure) -> Interval:
        """What agrees with the figure, so read."""
        return interval(figure.value, self.unit or figure.unit, self.digits)


def _digits(value: Any) -> str:
    Fraction(value)
    if not str(value).replace(".", "", 1).isdigit():
        raise ValueError
    return str(value)


def _shape(value: Any) -> str:
    try:
        parse_shapes(value)
    except ArchdbError:
        raise ValueError from None
    return str(value)


def _globs(value: Any) -> tuple[str, ...]:
    return tuple(value.split())


def _sum(value: Any) -> str:
    total = terms(value)[1]
    if total.denominator > 1 or abs(total) >= LIMIT:
        raise ValueError
    return str(value)


Line = Annotated[Any, Kind("text", str)]
Digits = Annotated[Any, Kind("digits as printed", _digits)]
Input = Annotated[Any, Kind("an input such as 3x224x224", _shape)]
Globs = Annotated[Any, Kind("globs between spaces, with '!' those of layers left out", _globs)]
Sum = Annotated[
    Any,
    Kind(
        "whole numbers with + - * / ** and parentheses, or 'ours' and these, that make a whole"
        " number below 2⁶³",
        _sum,
    ),
]
Unit = Annotated[Any, choice(*UNITS)]

_OPTIONAL = dict.fromkeys(("architecture", "scope", "convention", "input", "note"))
FIGURE = Declaration(
    {
        **{"figure": Name, "architecture": Name, "printed_as": Line},
        **{"quantity": Annotated[Any, choice(*QUANTITIES)], "scope": Line, "layers": Globs},
        **{"value": Digits, "unit": Unit, "convention": Name, "input": Input},
        **{"citation": Line, "place": Line, "seen": Annotated[Any, choice(*SEEN)], "note": Line},
    },
    {**_OPTIONAL, "layers": ""},
)
EXPLANATION = Declaration(
    {
        **{"figure": Name, "architecture": Name, "input": Input, "layers": Globs},
        **{"convention": Name, "unit": Unit},
        **{"digits": Annotated[Any, choice(ROUNDED, TRUNCATED)], "sum": Sum},
        **{"status": Annotated[Any, choice("erratum", "open", "not comparable")], "because": Line},
    },
    {
        **{"architecture": None, "input": None, "layers": "", "convention": None, "unit": None},
        **{"digits": None, "sum": None, "status": None, "because": None},
    },
)


def interval(value: str, unit: str, digits: str | None = None) -> Interval:
    """Least value that is printed as `value`, and the least above all that are.

    15.3 G: from 15.25 to 15.35 thousand million. `digits` is ROUNDED where the zeros at the end
    of a whole number only fill (15300: from 15250 to 15350), TRUNCATED where digits were cut off
    (3.8: from 3.8 to 3.9).
    """
    whole, _, decimals = value.partition(".")
    filled = len(whole) - len(whole.rstrip("0")) if digits == ROUNDED and not decimals else 0
    if digits == ROUNDED and not filled:
        raise DefinitionError(f"{value} has no zeros at its end that could only fill")
    least, below = span(value, filled, cut=digits == TRUNCATED)
    return least * UNITS[unit], below * UNITS[unit]


_OPERATORS = {
    **{ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul},
    **{ast.Div: operator.truediv, ast.Pow: operator.pow},
}


def evaluated(text: str) -> Fraction:
    """The value of a sum such as '55*48*96'; ValueError where it is anything else."""
    try:
        return _value(ast.parse(text, mode="eval").body)
    except (SyntaxError, KeyError, ArithmeticError, AttributeError, RecursionError, MemoryError):
        raise ValueError(text) from None


def terms(text: str) -> tuple[bool, Fraction]:
    """Whether our own value is the first term, as in 'ours - 9600/2', and the sum of the others."""
    mine = text.startswith(("ours + ", "ours - "))
    return mine, evaluated(f"0{text.removeprefix('ours')}" if mine else text)


def _value(node: Any) -> Fraction:
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return Fraction(node.value)
    left, right = _value(node.left), _value(node.right)
    if isinstance(node.op, ast.Pow) and (right.denominator > 1 or abs(right) > 64 or left > LIMIT):
        raise ValueError(right)
    return Fraction(_OPERATORS[type(node.op)](left, right))


def bundled_figures() -> list[Figure]:
    """The figures that archdb ships, file by file."""
    return [Figure(**row) for row in _rows(_directory(), FIGURE)]


def bundled_explanations() -> list[Explanation]:
    """What explains those that need it."""
    return [Explanation(**row) for row in _rows(_directory() / "explanations", EXPLANATION)]


def _directory() -> Path:
    return bundled("seeds") / "published"


def _rows(directory: Path, declared: Declaration) -> Iterator[dict[str, Any]]:
    for path in sorted(directory.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for number, row in enumerate(csv.DictReader(file), start=2):
                try:
                    yield declared.parse(_filled(row))
                except DefinitionError as error:
                    raise error.at(f"line {number}").at(str(path)) from None


def _filled(row: Mapping[Any, Any]) -> dict[str, str]:
    """The cells of a row that hold something; DefinitionError where there are too many."""
    if None in row:
        raise DefinitionError(f"has more cells than columns: {row[None]}")
    return {name: cell for name, cell in row.items() if cell}
