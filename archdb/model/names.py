"""What may be a name: of a network, a family, a layer, a block, a reference."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from archdb.errors import DefinitionError
from archdb.text import printable

LONGEST_GLOB = 1000
#: Between a network's name and a rule, and between two rules.
PLUS = "+"


def legible(name: str) -> str:
    """A name, which people read and type; DefinitionError where nobody can, because signs in it
    are not seen or steer a terminal."""
    if printable(name) == name:
        return name
    unseen = dict.fromkeys(printable(sign) for sign in name if printable(sign) != sign)
    raise DefinitionError(
        f"'{name}' cannot be a name: it has signs that nobody can see or type",
        remedy=f"leave out {', '.join(unseen)}",
    )


def name_parts(name: str) -> Iterator[tuple[str, str | None]]:
    """What may be the name of a network, and the rules behind it, if any: the longest name first,
    since names, too, may have a plus."""
    yield name, None
    for at in reversed([i for i, sign in enumerate(name) if sign == PLUS]):
        yield name[:at], name[at + 1 :]


def short_glob(value: Any) -> str:
    """A glob of layers' names. One that is longer than any name would take ages to be compiled."""
    if not isinstance(value, str) or len(value) > LONGEST_GLOB:
        raise ValueError
    return value


def lower_case(value: Any) -> str:
    """A word that can name a network: no capitals and no spaces."""
    if not isinstance(value, str) or value != value.lower() or legible(value).split() != [value]:
        raise ValueError
    return value
