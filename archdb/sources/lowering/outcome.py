"""What a lowering lays, and what it has to say of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from archdb.ops import Op


@dataclass(slots=True)
class Row:
    """A layer being laid: `path` and `call` are where it comes from, for its name."""

    key: str
    op: Op
    inputs: tuple[str, ...]
    path: str
    main: bool
    tensors: tuple[str, ...] = ()
    weights_of: str | None = None


@dataclass
class Unknown:
    """A call that became an unknown layer; its parameters where they are known."""

    key: str
    kind: str
    why: str
    parameters: int | None


@dataclass
class Outcome:
    """What a lowering did, for the report."""

    unknown: list[Unknown] = field(default_factory=list)
    folded: Counter[str] = field(default_factory=Counter)
    constant: Counter[str] = field(default_factory=Counter)
    #: How many times more a tensor is read that is stored once and belongs to several layers.
    repeated: Counter[str] = field(default_factory=Counter)
    compared: int = 0
    shape_differs: str = ""
    notes: list[str] = field(default_factory=list)
    said: set[str] = field(default_factory=set)

    def note(self, words: str) -> None:
        """Something to be known, said once however often it comes up."""
        if words not in self.said:
            self.said.add(words)
            self.notes.append(words)
