"""What a result rests on, as data: dataset, networks with their inputs, conventions, notes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Self


class Release(NamedTuple):
    """The archdb version that made a dataset, a hash of what is bundled in it, and how many
    networks of the user's own are beside that."""

    version: str
    content: str
    own: int = 0

    @property
    def short(self) -> str:
        """As much of the hash as fits on a line and still names one dataset."""
        return self.content[: len("sha256:") + 16]

    @property
    def beside(self) -> str:
        """' and 2 networks of your own'; nothing where there are none."""
        return f" and {self.own} network{'s' * (self.own > 1)} of your own" if self.own else ""

    def __str__(self) -> str:
        return f"archdb dataset {self.version}, content {self.content}{self.beside}"


class Subject(NamedTuple):
    """A network that figures belong to, and the input that they hold for ('3x224x224')."""

    name: str
    input: str


#: The kind of a note that says what could be shown besides, which no table for a paper repeats.
LEFT_OUT = "left out"


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


def is_aside(note: str) -> bool:
    """Whether a note only says what could be shown besides."""
    return isinstance(note, Note) and note.kind == LEFT_OUT


class Provenance(NamedTuple):
    """What has to be said of figures: `dataset` is None where they come from no database."""

    dataset: Release | None
    networks: tuple[Subject, ...]
    conventions: tuple[str, ...]
    notes: tuple[Note, ...]
