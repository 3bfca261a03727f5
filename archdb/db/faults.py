"""Faults of a file, a disk or another program, in words and with a remedy: one place for all."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from json import JSONDecodeError
from pathlib import Path

from archdb.errors import ArchdbError, DatabaseError

#: How long to wait for another writer.
BUSY_SECONDS = 5.0


def to_database_error(error: BaseException, path: Path) -> ArchdbError:
    """A fault that SQLite reports, in words and with a remedy."""
    code = code_of(error)
    for sign, (what, remedy) in _FAULTS.items():
        if code.startswith(sign):
            return DatabaseError(what.format(wait=BUSY_SECONDS), remedy=remedy).at(str(path))
    text = str(getattr(error, "orig", None) or error)
    if any(sign in text for sign in _MISSING):
        return DatabaseError(
            f"is not as archdb made it: {text}",
            remedy="archdb db repair makes views, triggers and indexes again; tables and columns"
            " come from a copy",
        ).at(str(path))
    if isinstance(error, DAMAGE) or any(sign in text for sign in _GARBLED):
        return damage_error(text, path)
    return DatabaseError(text, remedy="archdb check tells more").at(str(path))


#: What SQLite says where a table, view or column is gone.
_MISSING = ("no such table: ", "no such column: ", "has no column named ")
#: What it says where text is no text, and JSON no JSON; and what Python says.
_GARBLED = ("Could not decode to UTF-8", "malformed JSON")
DAMAGE = (UnicodeDecodeError, JSONDecodeError)
#: All that reading or writing a file may raise.
FAULTS: tuple[type[Exception], ...] = (sqlite3.Error, *DAMAGE)
_RESTORE = "restore it from a copy, or create it anew with db init"


@contextlib.contextmanager
def as_database_errors(path: Path) -> Iterator[None]:
    """What reading rows inside the block may raise becomes a DatabaseError of the file."""
    try:
        yield
    except FAULTS as error:
        raise to_database_error(error, path) from None


def damage_error(what: str, path: Path) -> ArchdbError:
    """The error of a file that does not hold what archdb has written."""
    return DatabaseError(f"is damaged: {what}", remedy=_RESTORE).at(str(path))


def is_of_file(error: BaseException) -> bool:
    """Whether SQLite blames the file, the disk or another program, and not the statement."""
    return code_of(error).startswith(tuple(_FAULTS))


def code_of(error: BaseException) -> str:
    """SQLite's name for a fault; SQLAlchemy keeps the fault in `orig`."""
    return str(getattr(getattr(error, "orig", None) or error, "sqlite_errorname", ""))


_FAULTS = {
    "SQLITE_BUSY": (
        "is locked by another program (waited {wait:g} s)",
        "let the other writer finish, then try again",
    ),
    "SQLITE_READONLY_ROLLBACK": (
        "was left in the middle of a change, which cannot be undone here",
        "open it once with archdb where its directory can be written",
    ),
    "SQLITE_READONLY": ("cannot be written", "give a writable copy with --database"),
    "SQLITE_CANTOPEN": ("cannot be opened", "look at the permissions of file and directory"),
    "SQLITE_FULL": ("the disk is full; nothing was changed", "free some room, then try again"),
    "SQLITE_IOERR": (
        "the disk refused to read or write; nothing was changed",
        "look at the free room and the health of the disk, then try again",
    ),
    "SQLITE_CORRUPT": ("is damaged", _RESTORE),
    "SQLITE_NOTADB": ("is damaged or not a SQLite database", "restore it from a copy"),
}
