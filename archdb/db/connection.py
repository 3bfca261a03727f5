"""Finding a database and opening it for reading: sqlite3 alone, because start-up counts.

Every state of the file that archdb cannot use is told apart here: missing, a directory, empty,
not SQLite, not archdb's, from a newer archdb, or from an older one that must be upgraded.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import stat
from pathlib import Path
from typing import NamedTuple

from archdb import __version__
from archdb.errors import ArchdbError, DatabaseError

#: 'arch' in ASCII, in the file's header: says that a SQLite file is archdb's.
APPLICATION_ID = 0x61726368
#: The newest Alembic revision that this archdb has; a test holds it to migrations/.
HEAD = "0007"
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


def make_directory(path: Path) -> None:
    """Make the directory of the default database; one that the user names must be there."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseError(
            f"the directory cannot be created: {error.strerror}",
            remedy="name another place with --database or ARCHDB_DATABASE",
        ).at(str(path)) from None


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
    try:
        found = path.stat()
    except FileNotFoundError:
        found = None
    except OSError as error:
        raise DatabaseError(f"cannot be opened: {error.strerror}").at(str(path)) from None
    if found is not None and not stat.S_ISREG(found.st_mode):
        what = "is a directory" if stat.S_ISDIR(found.st_mode) else "is not a regular file"
        raise DatabaseError(what, remedy="give the path of a file").at(str(path))
    if found is None:
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
    connection = read_only(path)
    try:
        connection.execute("pragma query_only = on")
        application = _application(connection, path)
        if application != APPLICATION_ID:
            raise DatabaseError(
                "is a SQLite database, but not one of archdb",
                remedy="give the path of a database made by archdb",
            ).at(str(path))
    except sqlite3.DatabaseError as error:
        connection.close()
        raise explained(error, path) from None
    except DatabaseError:
        connection.close()
        raise
    return connection


def read_only(path: Path) -> sqlite3.Connection:
    """SQLite's own connection that cannot write; the path is quoted, whatever is in it."""
    uri = path.resolve().as_uri() + "?mode=ro"
    return sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS)


def read_write(path: Path) -> sqlite3.Connection:
    """SQLite's own connection that can write."""
    return sqlite3.connect(path.absolute(), timeout=BUSY_SECONDS)


def _application(connection: sqlite3.Connection, path: Path) -> int:
    """The application id: the first read, which finds what a killed writer has left.

    Its journal must be rolled back before anyone can read, and only one that may write can.
    """
    question = "pragma application_id"
    try:
        return int(connection.execute(question).fetchone()[0])
    except sqlite3.DatabaseError as error:
        if "ROLLBACK" not in _code(error):
            raise
    with contextlib.closing(read_write(path)) as writer:
        writer.execute(question).fetchone()
    return int(connection.execute(question).fetchone()[0])


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
    code = _code(error)
    for sign, (what, remedy) in _FAULTS.items():
        if code.startswith(sign):
            return DatabaseError(what.format(wait=BUSY_SECONDS), remedy=remedy).at(str(path))
    text = str(getattr(error, "orig", None) or error)
    return DatabaseError(text, remedy="archdb check tells more").at(str(path))


def is_of_file(error: BaseException) -> bool:
    """Whether SQLite blames the file, the disk or another program, and not the statement."""
    return _code(error).startswith(tuple(_FAULTS))


def _code(error: BaseException) -> str:
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
    "SQLITE_CORRUPT": ("is damaged", "restore it from a copy, or create it anew with db init"),
    "SQLITE_NOTADB": ("is damaged or not a SQLite database", "restore it from a copy"),
}
