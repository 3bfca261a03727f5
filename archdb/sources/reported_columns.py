"""The columns of the files of published figures, and what a cell of each may hold."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Any

from archdb.analysis.inputs import parse_shapes
from archdb.errors import ArchdbError
from archdb.model.attributes import Kind, Name, choice
from archdb.model.declaration import Declaration
from archdb.printed_number import LIMIT
from archdb.sources.written_sum import terms

#: What one of a printed unit is: of parameters, operations, elements, pixels or bytes.
UNITS = {
    "count": 1,
    "px": 1,
    "%": 1,
    "k": 10**3,
    "K": 10**3,
    "M": 10**6,
    "G": 10**9,
    "MB": 10**6,
    "Ki": 2**10,
    "MiB": 2**20,
}
#: What a figure may be of. The last two are stored for whoever plots them, and never derived.
QUANTITIES = (
    "params",
    "macs",
    "activations",
    "neurons",
    "connections",
    "file_bytes",
    "depth",
    "receptive_field",
    "effective_stride",
    "out_height",
    "top1_error",
    "top5_error",
)
#: How a figure came to be known: read in the source itself, or not.
SEEN = ("source", "conversion", "second-hand", "memory")
ROUNDED, TRUNCATED = "rounded", "truncated"
STATUS = ("erratum", "open", "not comparable")


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

_FIGURE: dict[str, Any] = {
    "figure": Name,
    "architecture": Name,
    "printed_as": Line,
    "quantity": Annotated[Any, choice(*QUANTITIES)],
    "scope": Line,
    "layers": Globs,
    "value": Digits,
    "unit": Unit,
    "convention": Name,
    "input": Input,
    "citation": Line,
    "place": Line,
    "seen": Annotated[Any, choice(*SEEN)],
    "note": Line,
}
_OPTIONAL = dict.fromkeys(("architecture", "scope", "convention", "input", "note"))
FIGURE = Declaration(_FIGURE, {**_OPTIONAL, "layers": ""})

_EXPLANATION: dict[str, Any] = {
    "figure": Name,
    "architecture": Name,
    "input": Input,
    "layers": Globs,
    "convention": Name,
    "unit": Unit,
    "digits": Annotated[Any, choice(ROUNDED, TRUNCATED)],
    "sum": Sum,
    "status": Annotated[Any, choice(*STATUS)],
    "because": Line,
}
#: All but the figure may be left out.
EXPLANATION = Declaration(_EXPLANATION, {**dict.fromkeys(list(_EXPLANATION)[1:]), "layers": ""})
