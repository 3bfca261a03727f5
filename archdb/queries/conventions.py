"""The counting conventions that a database holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from archdb.analysis.weighing import Convention
from archdb.errors import DatabaseError, NotFoundError, nearest
from archdb.model.components import QUANTITIES

if TYPE_CHECKING:
    from archdb.queries.reader import Reader

#: A convention by name, several, or none.
Names = str | Sequence[str] | None


def as_names(given: Names) -> tuple[str, ...]:
    """Each name once, in the order given."""
    return tuple(dict.fromkeys([given] if isinstance(given, str) else given or ()))


def chosen(reader: Reader, given: Names) -> list[Convention]:
    """These conventions, in the order given; of a name that there is none of, none."""
    return [found for name in as_names(given) for found in conventions(reader, name)]


def conventions(reader: Reader, name: str | None = None) -> list[Convention]:
    """All conventions of the database, or the one of that name, by name."""
    weights: dict[str, dict[str, dict[str, int]]] = {}
    for convention, op, quantity, weight in reader.run_named("weights", convention=name).rows:
        if fault := invalid_weight(convention, op, quantity):
            raise DatabaseError(fault, remedy=REMEDY).at(str(reader.path))
        weights.setdefault(convention, {}).setdefault(op, {})[quantity] = weight
    rows = reader.run_named("conventions", convention=name).rows
    return [
        Convention(name, sentence, source, divisor, missing, weights.get(name, {}))
        for name, sentence, source, divisor, missing in rows
    ]


#: What to do about a price that is none.
REMEDY = (
    "correct or delete the row in convention_weight; archdb db repair puts archdb's own conventions"
    " back"
)


def invalid_weight(convention: str, op: str, quantity: str) -> str:
    """What is wrong with a price that somebody has written into the table; nothing, if it is one.

    An op that archdb does not know is priced all the same: a layer may have it.
    """
    names = [each.name for each in QUANTITIES]
    if quantity in names:
        return ""
    known = nearest(quantity, names) or f"there are: {', '.join(names)}"
    return f"convention '{convention}' counts '{quantity}' of {op}, which is no component ({known})"


def check(reader: Reader, given: Names) -> None:
    """Raises NotFoundError, with the nearest names, where there is no such convention."""
    if not as_names(given):
        return
    known = reader.run_named("conventions", convention=None).column("name")
    for name in as_names(given):
        if name not in known:
            raise NotFoundError(
                f"no counting convention is called '{name}'",
                remedy=nearest(name, known) or f"there are: {', '.join(known)}",
            )
