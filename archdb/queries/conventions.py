"""What layers count for under a counting convention."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from archdb.errors import DatabaseError, NotFoundError, nearest

if TYPE_CHECKING:
    from archdb.queries.reader import Reader

Number = int | float


class Prices(NamedTuple):
    """A convention: what one of each (quantity) of an op counts for; no entry: not priced."""

    name: str
    sentence: str
    divisor: int
    weights: Mapping[str, Mapping[str, int]]

    def priced(self, op: str, counts: Mapping[str, Any]) -> int | None:
        """What these counts of an op weigh, not yet divided; None where that is open."""
        weights = self.weights.get(op)
        if weights is None or any(counts[quantity] is None for quantity in weights):
            return None
        return sum(weight * int(counts[quantity]) for quantity, weight in weights.items())

    def divided(self, total: int | None) -> Number | None:
        """A sum of weighed counts as the convention states it: whole wherever it can be."""
        if total is None or total % self.divisor:
            return None if total is None else total / self.divisor
        return total // self.divisor


def conventions(reader: Reader, name: str | None = None) -> list[Prices]:
    """All conventions of the database, or the one of that name, by name."""
    weights: dict[str, dict[str, dict[str, int]]] = {}
    for convention, op, quantity, weight in reader.run_named("weights", convention=name).rows:
        if fault := invalid_weight(convention, op, quantity):
            raise DatabaseError(fault, remedy=REMEDY).at(str(reader.path))
        weights.setdefault(convention, {}).setdefault(op, {})[quantity] = weight
    rows = reader.run_named("conventions", convention=name).rows
    return [
        Prices(name, sentence, divisor, weights.get(name, {})) for name, sentence, divisor in rows
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
    from archdb.analysis.conventions import QUANTITIES

    if quantity in QUANTITIES:
        return ""
    known = nearest(quantity, QUANTITIES) or f"there are: {', '.join(QUANTITIES)}"
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


def total(reader: Reader, name: str, input: str, convention: str) -> Number | None:
    """A network's total; None where it has an op that the convention does not price."""
    found = reader.run_named("priced", name=name, input=input, convention=convention).rows
    return found[0][0] if found else None


def groups(rows: Iterable[Mapping[str, Any]], by: str, prices: Prices) -> dict[Any, Number | None]:
    """What each group of layer rows counts for; None where it holds an op that is not priced."""
    sums: dict[Any, int | None] = {}
    for row in rows:
        value, sofar = prices.priced(row["op"], row), sums.get(row[by], 0)
        sums[row[by]] = None if value is None or sofar is None else sofar + value
    return {key: prices.divided(value) for key, value in sums.items()}


def unpriced(reader: Reader, name: str, input: str, convention: str) -> list[str]:
    """The ops of a network that a convention does not price, so that its total is open."""
    (prices,) = conventions(reader, convention)
    ops = reader.run_named("by_op", name=name, input=input).column("op")
    return [op for op in ops if op not in prices.weights]
