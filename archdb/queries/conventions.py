"""The counting conventions that a database holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archdb.analysis.weighing import Convention
from archdb.errors import DatabaseError, NotFoundError, nearest
from archdb.model.components import QUANTITIES

if TYPE_CHECKING:
    from archdb.queries.reader import Reader


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


def check(reader: Reader, convention: str | None) -> None:
    """Raises NotFoundError, with the nearest names, where there is no such convention."""
    if convention is None:
        return
    known = reader.run_named("conventions", convention=None).column("name")
    if convention not in known:
        raise NotFoundError(
            f"no counting convention is called '{convention}'",
            remedy=nearest(convention, known) or f"there are: {', '.join(known)}",
        )
