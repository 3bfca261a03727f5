"""One layer of two networks that are aligned."""

from __future__ import annotations

from typing import NamedTuple

from archdb.model.graph import Layer

SAME, CHANGED, FIRST_ONLY, SECOND_ONLY = "same", "changed", "only in A", "only in B"


class Changed(NamedTuple):
    """`what` differs between two layers that are one: an attribute, op, inputs, auxiliary,
    weights_of, or moved, with what it reads."""

    what: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.what}: {self.before or 'none'} → {self.after or 'none'}"


class AlignedLayer(NamedTuple):
    """One layer of either network or of both, and how the second's differs from the first's.

    `written`: it is the same, written otherwise: another op that does what its partner does with
    what arrives, or a layer that the other network needs none for.
    """

    here: Layer | None
    there: Layer | None
    changes: tuple[Changed, ...] = ()
    written: bool = False

    @property
    def status(self) -> str:
        """SAME, CHANGED, FIRST_ONLY or SECOND_ONLY."""
        if self.alone:
            return SECOND_ONLY if self.here is None else FIRST_ONLY
        return CHANGED if self.changes else SAME

    @property
    def alone(self) -> bool:
        """Whether only one network has it."""
        return (self.here is None or self.there is None) and not self.written

    @property
    def layer(self) -> Layer:
        """The first network's, where it has one."""
        layer = self.here or self.there
        assert layer is not None
        return layer

    @property
    def edits(self) -> int:
        """How many edits it takes: one to leave a layer out or put it in, one for each change."""
        return 1 if self.alone else len(self.changes)
