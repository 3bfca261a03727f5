"""Kinds of attributes: what a value may be, and the one canonical form it is kept in.

Ops and blocks declare their attributes by annotation (`kernel: Pair = (1, 1)`); seed files,
database rows and command-line options all pass through the kind's `parse`, so a wrong value
is answered in the same words everywhere.
"""

from collections.abc import Callable
from math import isfinite
from typing import Annotated, Any, NamedTuple

from archdb.model.names import legible, lower_case

Pads = tuple[int, int, int, int]  # top, bottom, left, right

#: Paddings that follow from the input (TensorFlow).
MODES = ("same", "valid")

#: No attribute of a network is larger: a slip of the keyboard ends here, not in the database.
LARGEST = 2**31 - 1

#: Nor has a shape more axes beside the batch.
MOST_AXES = 6


#: Marks an attribute that came after its op's first release: a layer row states it only where it
#: is not at its default, so that the rows and hashes of older networks stay what they are.
LATER = "later"


class Kind(NamedTuple):
    """`takes` completes the sentence 'needs …'; `parse` raises ValueError on anything else, and
    OverflowError on what is too large. `why`: for what reason it must be said, where it must."""

    takes: str
    parse: Callable[[Any], Any]
    why: str = ""


def _integer(value: Any, least: int, most: int = LARGEST) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise ValueError
    if value > most:
        raise OverflowError(most)
    return value


def _pair(value: Any, least: int = 1) -> tuple[int, int]:
    """(height, width); a single number stands for both."""
    both = value if isinstance(value, (list, tuple)) else (value, value)
    if len(both) != 2:
        raise ValueError
    return _integer(both[0], least), _integer(both[1], least)


def _padding(value: Any) -> Pads | str:
    """All four sides: n for each, [height, width] for both of an axis, or the four themselves."""
    return str(value) if value in MODES else _sides(value)


def _sides(value: Any) -> Pads:
    sides = tuple(value) if isinstance(value, (list, tuple)) else (value, value)
    if len(sides) == 2:
        sides = (sides[0], sides[0], sides[1], sides[1])
    if len(sides) != 4:
        raise ValueError
    top, bottom, left, right = (_integer(side, 0) for side in sides)
    return top, bottom, left, right


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError
    if isinstance(value, int) and abs(value) > LARGEST:
        raise OverflowError(LARGEST)
    if not isfinite(value):
        raise ValueError
    return float(value)


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError
    return value


def counts_of(value: Any) -> tuple[int, ...]:
    """Positive integers, one or more."""
    if not isinstance(value, (list, tuple)) or not value:
        raise ValueError
    return tuple(_integer(item, 1) for item in value)


def _extents(value: Any) -> tuple[int, ...]:
    shape = counts_of(value)
    if len(shape) > MOST_AXES:
        raise ValueError
    return shape


def _table(value: Any) -> tuple[tuple[int, ...], ...]:
    if not isinstance(value, (list, tuple)) or not value or not all(value):
        raise ValueError
    return tuple(tuple(_integer(item, 0) for item in row) for row in value)


def choice(*values: str) -> Kind:
    """One of a few words."""

    def parse(value: Any) -> str:
        if value not in values:
            raise ValueError
        return str(value)

    return Kind("one of " + ", ".join(values), parse)


def said(attribute: Any, why: str) -> Kind:
    """The kind of an attribute that must be said, for a reason."""
    return kind_of(attribute)._replace(why=why)


def kind_of(attribute: Any) -> Kind:
    """What an annotation says that a value may be."""
    kind: Kind = attribute.__metadata__[0]
    return kind


def up_to(most: int) -> Kind:
    """A positive integer that has a limit of its own."""
    return Kind("a positive integer", lambda value: _integer(value, 1, most))


Size = Annotated[int, Kind("a non-negative integer", lambda value: _integer(value, 0))]
Count = Annotated[int, Kind("a positive integer", lambda value: _integer(value, 1))]
Pair = Annotated[tuple[int, int], Kind("a positive integer or [height, width]", _pair)]
Offset = Annotated[
    tuple[int, int],
    Kind("a non-negative integer or [height, width]", lambda value: _pair(value, 0)),
]
Padding = Annotated[
    Pads | str,
    Kind("a number, [height, width], [top, bottom, left, right], same or valid", _padding),
]
Sides = Annotated[
    Pads,
    Kind("a number, [height, width] or [top, bottom, left, right]", _sides),
]
Rounding = Annotated[str, choice("floor", "ceil")]
Flag = Annotated[bool, Kind("true or false", _flag)]
LaterFlag = Annotated[Flag, LATER]
Number = Annotated[float, Kind("a number", _number)]
Text = Annotated[str, Kind("a word", _text)]
Word = Annotated[str, Kind("a word", lambda value: legible(_text(value)))]
Name = Annotated[str, Kind("a word in lower case", lower_case)]
Year = Annotated[int, Kind("a year from 1943", lambda value: _integer(value, 1943, 2999))]
Counts = Annotated[tuple[int, ...], Kind("a list of positive integers", counts_of)]
Extents = Annotated[
    tuple[int, ...],
    Kind("[channels, height, width], [length, features], [features] or other extents", _extents),
]
Table = Annotated[
    tuple[tuple[int, ...], ...],
    Kind("a list of lists of map numbers, counted from 0", _table),
]
