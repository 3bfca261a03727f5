"""Totals of the same counts under many conventions, and the sum that one of them is."""

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
        self.known: dict[tuple[str, object], list[int | None]] = {}

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
        if rule not in self.known:
            self.known[rule] = [
                convention.weigh(op, tally[op]) if op in tally else 0 for tally in self.tallies
            ]
        return self.known[rule]


def weighed_sum(convention: Convention, tally: Tally) -> str:
    """The sum, its largest term first: '4,089,184,256 macs + 2 × 11,113,984 out_elements of …'."""
    terms: dict[tuple[int, str], list[tuple[str, int]]] = {}
    for op, counts in tally.items():
        for quantity, weight in convention.weights[op].items():
            if weight and (count := counts[quantity]):
                terms.setdefault((weight, quantity), []).append((op, count))
    ordered = sorted(terms.items(), key=lambda term: -abs(term[0][0] * sum(n for _, n in term[1])))
    parts = [
        f"{_times(weight)}{sum(count for _, count in ops):,} {quantity}{_of(ops)}"
        for (weight, quantity), ops in ordered
    ]
    text = " + ".join(parts).replace("+ -", "- ")
    return text if convention.divisor == 1 else f"({text}) / {convention.divisor}"


def _times(weight: int) -> str:
    return {1: "", -1: "-"}.get(weight, f"{weight} × ")


def _of(ops: list[tuple[str, int]]) -> str:
    """The ops that a term is of, where they are few."""
    return f" of {', '.join(op for op, _ in ops)}" if len(ops) <= 2 else ""
