"""What can be wrong with an analyst's statement, in words and with a remedy."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path
from typing import NamedTuple

from archdb.db.faults import is_of_file, to_database_error
from archdb.errors import ArchdbError, LimitError, QueryError, nearest
from archdb.queries.sql import saved_names

MEGABYTE = 1_000_000
#: Longest text or blob that a statement may build, in bytes.
LONGEST = 50 * MEGABYTE
#: Faults that Python finds on the way to SQLite.
NOT_SQL = {
    "UnicodeEncodeError": ("the statement or a parameter is not UTF-8 text", ""),
    "OverflowError": ("a parameter is too large an integer", "SQLite's have 64 bits"),
}
#: Faults by what SQLite says of them.
SAID = {
    "one statement": ("there are two statements", "run them one after the other"),
    "no statement": ("there is no statement", "archdb query 'select …'"),
    "too big": (
        "SQL: string or blob too big",
        f"a text or blob has at most {LONGEST // MEGABYTE} MB here",
    ),
}


class Fault(NamedTuple):
    """A fault as the process that runs statements reports it: the kind of exception, its text,
    SQLite's name for it, and 'late' or 'refused' where it is its own doing."""

    kind: str
    text: str
    name: str
    why: str

    def to_database_error(self, path: Path, memory: int, seconds: float) -> ArchdbError:
        """The error, given the file and the limits that the statement had."""
        if self.why == "late":
            return too_late(seconds)
        if self.why == "refused":
            return QueryError(
                "the statement is refused: only one that reads can be run",
                remedy="change networks with archdb import; the file is open to any SQLite client",
            )
        if self.kind == "MemoryError":
            return LimitError(
                f"the statement needs more than {memory / MEGABYTE:g} MB of memory and was stopped",
                remedy="narrow it down, or give it more with --memory",
            )
        error = sqlite3.Error(self.text)
        error.sqlite_errorname = self.name
        if is_of_file(error):
            return to_database_error(error, path)
        what, remedy = f"SQL: {self.text}", _known(self.text)
        for sign, said in SAID.items():
            if sign in self.text:
                what, remedy = said
        what, remedy = NOT_SQL.get(self.kind, (what, remedy))
        kind = LimitError if "too big" in self.text else QueryError
        return kind(what, remedy=remedy)


def _known(text: str) -> str:
    """Where SQL names a view or column that there is not: those that are most like it; where it is
    the name of a saved query, how that is run."""
    word = re.search(r'near "(\w+)": syntax error', text)
    if word is not None and word[1] in saved_names():
        return f"a saved query is run by: archdb query --saved {word[1]}"
    found = re.search(r"no such (table|column): (?:\w+\.)*(\w+)", text)
    near = ""
    if found is not None:
        from archdb.db import dictionary

        names = {"table": dictionary.views, "column": _columns}[found[1]]()
        near = nearest(found[2].lower(), names)
    return near or "archdb schema lists all views and columns"


def _columns() -> set[str]:
    from archdb.db import dictionary

    return {entry.column for entry in dictionary.entries()}


def too_late(seconds: float) -> LimitError:
    """The error of a statement that has used up its time."""
    return LimitError(
        f"the statement took longer than {seconds:g} s and was stopped",
        remedy="narrow it down, or give it more time with --timeout",
    )
