"""What a result rests on, as data: dataset, networks with their inputs, conventions, notes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Self


class Release(NamedTuple):
    """The archdb version that made a dataset, and a hash of the rows that define it."""

    version: str
    content: str

    @property
    def short(self) -> str:
        """As much of the hash as fits on a line and still names one dataset."""
        return self.content[: len("sha256:") + 16]


class Subject(NamedTuple):
    """A network that figures belong to, and the input that they hold for ('3x224x224')."""

    name: str
    input: str


class Note(str):
    """A sentence that belongs to figures, and what it says as data.

    `kind` is one word ('variation', 'alias', 'open' …; empty where the sentence is all there is),
    `networks` are those that it is about, `facts` whatever else it tells.
    """

    __slots__ = ("facts", "kind", "networks")

    def __new__(cls, text: str, kind: str = "", networks: Sequence[str] = (), **facts: Any) -> Self:
        made = super().__new__(cls, text)
        made.kind, made.networks, made.facts = kind, tuple(networks), facts
        return made

    kind: str
    networks: tuple[str, ...]
    facts: dict[str, Any]


class Provenance(NamedTuple):
    """What has to be said of figures: `dataset` is None where they come from no database."""

    dataset: Release | None
    networks: tuple[Subject, ...]
    conventions: tuple[str, ...]
    notes: tuple[Note, ...]
