"""Totals of the same counts under many conventions."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from archdb.printed_number import Number, whole

if TYPE_CHECKING:
    from archdb.analysis.weighing import Convention
    from archdb.queries.candidates import Tally


class Totals:
    """What tallies weigh under one convention after another. Ops are weighed once by each of their
    rules: conventions have most of these in common."""

    def __init__(self, tallies: Sequence[Tally]) -> None:
        self.tallies = tallies
        self.ops = list(dict.fromkeys(op for tally in tallies for op in tally))
        self.weigh: dict[tuple[str, object], list[int | None]] = {}

    def by(self, convention: Convention) -> tuple[Number | None, ...]:
        """A total for each tally, exactly; None where an op is open or not priced."""
        parts = zip(*[self._of_op(op, convention) for op in self.ops], strict=True)
        sums = [None if None in part else sum(part) for part in parts]
        if convention.divisor == 1:
            return tuple(sums)
        return tuple(None if n is None else whole(Fraction(n, convention.divisor)) for n in sums)

    def _of_op(self, op: str, convention: Convention) -> list[int | None]:
        weights = convention.weights.get(op)
        rule = op, None if weights is None else tuple(weights.items())
        if rule not in self.weigh:
            self.weigh[rule] = [
                convention.weigh(op, tally[op]) if op in tally else 0 for tally in self.tallies
            ]
        return self.weigh[rule]
