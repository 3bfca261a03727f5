"""What counts weigh under a counting convention."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

Number = int | float


class Convention(NamedTuple):
    """What one of each (quantity) of an op counts for; an op that counts for nothing has weight 0,
    one without an entry is not priced.

    `missing` is what the tool counts besides, and no component holds.
    """

    name: str
    sentence: str
    source: str
    divisor: int
    missing: str | None
    weights: Mapping[str, Mapping[str, int]]

    def weigh(self, op: str, counts: Mapping[str, int | None]) -> int | None:
        """What these counts of an op weigh, not yet divided; None where that is open."""
        weights = self.weights.get(op)
        if weights is None:
            return None
        parts = [(weight, counts[quantity]) for quantity, weight in weights.items()]
        return None if any(n is None for _, n in parts) else sum(w * n for w, n in parts if n)

    def divide(self, total: int | None) -> Number | None:
        """A sum of weighed counts as the convention states it: whole wherever it can be."""
        if total is None or total % self.divisor:
            return None if total is None else total / self.divisor
        return total // self.divisor

    def rows(self) -> Iterator[tuple[str, str, int]]:
        """(op, quantity, weight), as the table has them."""
        for op, weights in self.weights.items():
            for quantity, weight in weights.items():
                yield op, quantity, weight
