"""What a target is answered with, and what is wrong where it cannot be."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from archdb.errors import (
    ArchdbError,
    DatabaseError,
    DefinitionError,
    LimitError,
    NotFoundError,
)
from archdb.queries.result import Column, Result
from archdb.text import clipped, printable

#: The status of each kind of error, the first that it is one of.
STATUSES: tuple[tuple[type[ArchdbError], int], ...] = (
    (NotFoundError, 404),
    (LimitError, 422),
    (DefinitionError, 422),
    (DatabaseError, 503),
    (ArchdbError, 400),
)
TITLES = {
    400: "The request is not one that can be answered",
    403: "This service does not do that",
    404: "There is nothing of that name",
    405: "This address is only read",
    410: "This service has another dataset",
    413: "The request is too large",
    414: "The address is too long",
    416: "There are no such bytes",
    421: "This is another host",
    422: "The request cannot be met",
    429: "Too many requests",
    500: "A fault of archdb",
    501: "Something is not installed",
    503: "The service cannot answer now",
}
#: What can be done where an error says nothing of it.
LOOK = "/api lists every address with its parameters"
PROBLEM = "application/problem+json"


class Reply(NamedTuple):
    """A body with its media type; `links` is where to go instead, if anywhere."""

    media: str
    body: bytes


class Rows(NamedTuple):
    """What a statement of a visitor has come to, for its page: the statement and its parameters,
    columns (as of a Result) and rows, or what is wrong; how many rows a page shows, and how many
    seconds there are."""

    statement: str
    parameters: Mapping[str, Any]
    columns: Sequence[Sequence[Any]] | None = None
    rows: Sequence[tuple[Any, ...]] = ()
    notes: Sequence[str] = ()
    problem: Sequence[Any] | None = None
    most: int = 0
    seconds: float = 0.0

    def result(self) -> Result:
        """The rows as a Result."""
        return Result([Column(*column) for column in self.columns or ()], self.rows, self.notes)


class Problem(NamedTuple):
    """What is wrong, where and what can be done, as RFC 9457 says it."""

    status: int
    detail: str
    remedy: str = ""
    place: str = ""

    @classmethod
    def of(cls, error: ArchdbError) -> Problem:
        """The same of one of archdb's errors."""
        status = next(status for kind, status in STATUSES if isinstance(error, kind))
        place = "" if isinstance(error, DatabaseError) else ", ".join(error.places)
        return cls(
            status,
            *(clipped(printable(part)) for part in (error.what, error.remedy or LOOK, place)),
        )

    @property
    def title(self) -> str:
        return TITLES.get(self.status, "The request cannot be answered")

    def reply(self) -> Reply:
        """As a document for programs."""
        said = {"type": "about:blank", "title": self.title, **self._asdict()}
        text = json.dumps({key: value for key, value in said.items() if value != ""}, indent=1)
        return Reply(PROBLEM, f"{text}\n".encode())


class ProblemError(Exception):
    """A problem on its way to whoever asked."""

    def __init__(self, problem: Problem, headers: dict[str, str] | None = None) -> None:
        super().__init__(problem.detail)
        self.problem, self.headers = problem, headers or {}
