"""Finding a database and opening it for reading: sqlite3 alone, because start-up counts.

Every state of the file that archdb cannot use is told apart here: missing, a directory, empty,
not SQLite, not archdb's, from a newer archdb, or from an older one that must be upgraded.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import NamedTuple

from archdb import __version__
from archdb.errors import ArchdbError, DatabaseError

#: 'arch' in ASCII, in the file's header: says that a SQLite file is archdb's.
APPLICATION_ID = 0x61726368
#: The newest Alembic revision that this archdb has; a test holds it to migrations/.
HEAD = "0002"
#: How long to wait for another writer.
BUSY_SECONDS = 5.0


class Stamp(NamedTuple):
    """Which archdb wrote a database, and the schema revision it has."""

    version: str
    revision: str

    @property
    def newer(self) -> bool:
        return _parts(self.version) > _parts(__version__) or self.revision > HEAD

    @property
    def older(self) -> bool:
        return _parts(self.version) < _parts(__version__) or self.revision < HEAD


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def default_path() -> Path:
    """The database in the user's data directory."""
    from platformdirs import user_data_path  # not needed where a path is given

    return user_data_path("archdb", appauthor=False) / "archdb.sqlite"


def locate(given: str | os.PathLike[str] | None) -> Path | None:
    """The path that a --database value, a URL or the environment names; None for the default."""
    value = os.fspath(given) if given else os.environ.get("ARCHDB_DATABASE", "")
    if not value:
        return None
    if "://" not in value:
        return Path(value)
    if value.startswith("sqlite:///"):
        return Path(value.removeprefix("sqlite:///"))
    scheme = value.split("://")[0]
    raise DatabaseError(
        f"'{scheme}' databases cannot be opened yet",
        remedy="give the path of a SQLite file, or sqlite:///PATH",
    )


def check_file(path: Path) -> None:
    """Raises DatabaseError where there is no SQLite file at `path`, with the remedy."""
    if path.is_dir():
        raise DatabaseError("is a directory", remedy="give the path of a file").at(str(path))
    if not path.exists():
        create = f"create it with: archdb --database {path} db init"
        if not path.parent.is_dir():
            create = f"the directory {path.parent} does not exist either; create that first"
        raise DatabaseError("there is no database here", remedy=create).at(str(path))
    try:
        with path.open("rb") as file:
            header = file.read(16)
    except OSError as error:
        raise DatabaseError(f"cannot be read: {error.strerror}").at(str(path)) from None
    if not header:
        raise DatabaseError(
            "is an empty file, not a database",
            remedy=f"remove it and run: archdb --database {path} db init",
        ).at(str(path))
    if header != b"SQLite format 3\0":
        raise DatabaseError(
            "is not a SQLite database", remedy="give the path of a database made by archdb"
        ).at(str(path))


def connect(path: Path) -> sqlite3.Connection:
    """A connection that cannot write; raises DatabaseError where the file is not archdb's."""
    check_file(path)
    uri = path.resolve().as_uri() + "?mode=ro"
    connection = sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS)
    try:
        connection.execute("pragma query_only = on")
        application = connection.execute("pragma application_id").fetchone()[0]
    except sqlite3.DatabaseError as error:
        raise explained(error, path) from None
    if application != APPLICATION_ID:
        raise DatabaseError(
            "is a SQLite database, but not one of archdb",
            remedy="give the path of a database made by archdb",
        ).at(str(path))
    return connection


def stamp(connection: sqlite3.Connection, path: Path) -> Stamp:
    """Who wrote it; raises DatabaseError where that was a newer archdb."""
    try:
        version, revision = connection.execute(
            "select (select value from meta where key = 'archdb_version'),"
            " (select version_num from alembic_version)"
        ).fetchone()
    except sqlite3.DatabaseError as error:
        raise explained(error, path) from None
    found = Stamp(version or "0", revision or "")
    if found.newer:
        raise DatabaseError(
            f"was written by archdb {found.version} (schema {found.revision}), newer than this"
            f" archdb {__version__} (schema {HEAD})",
            remedy="upgrade archdb: pip install --upgrade archdb",
        ).at(str(path))
    return found


def explained(error: BaseException, path: Path) -> ArchdbError:
    """A fault that SQLite reports, in words and with a remedy."""
    text = str(getattr(error, "orig", None) or error)
    for sign, (what, remedy) in _FAULTS.items():
        if sign in text:
            return DatabaseError(what, remedy=remedy).at(str(path))
    return DatabaseError(text, remedy="archdb check tells more").at(str(path))


_FAULTS = {
    "locked": (
        f"is locked by another program (waited {BUSY_SECONDS:.0f} s)",
        "let the other writer finish, then try again",
    ),
    "readonly": ("cannot be written", "give a writable copy with --database"),
    "unable to open": ("cannot be opened", "look at the permissions of file and directory"),
    "disk is full": ("the disk is full; nothing was changed", "free some room, then try again"),
    "disk I/O error": (
        "the disk refused to read or write; nothing was changed",
        "look at the free room and the health of the disk, then try again",
    ),
    "malformed": ("is damaged", "restore it from a copy, or create it anew with db init"),
    "not a database": ("is damaged or not a SQLite database", "restore it from a copy"),
}
