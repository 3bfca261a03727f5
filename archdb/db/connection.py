"""Finding a database and opening it for reading: sqlite3 alone, because start-up counts.

Every state of the file that archdb cannot use is told apart here: missing, a directory, empty,
not SQLite, not archdb's, from a newer archdb, or from an older one that must be upgraded.
"""

from __future__ import annotations

import contextlib
import os
import re
import sqlite3
import stat
from pathlib import Path
from typing import NamedTuple

from archdb.db import faults
from archdb.db.faults import FAULTS, code_of, to_database_error
from archdb.errors import ArchdbError, DatabaseError
from archdb.resources import conventions_digest
from archdb.version import __version__

#: How the name begins, and ends, of a directory in which a file is made until it is finished.
UNFINISHED = (".archdb-", ".part")
#: 'arch' in ASCII, in the file's header: says that a SQLite file is archdb's.
APPLICATION_ID = 0x61726368
#: The newest Alembic revision that this archdb has; a test holds it to migrations/.
HEAD = "0014"


class Stamp(NamedTuple):
    """Which archdb wrote a database, the schema revision and the counting conventions it has."""

    version: str
    revision: str
    conventions: str | None

    @property
    def newer(self) -> bool:
        return _parts(self.version) > _parts(__version__) or self.revision > HEAD

    @property
    def older(self) -> bool:
        return _parts(self.version) < _parts(__version__) or self.revision < HEAD

    @property
    def outdated(self) -> str | None:
        """Why it must be upgraded; None where it need not."""
        if self.older:
            return "was made by an older archdb"
        same = self.conventions == conventions_digest()
        return None if same else "has other counting conventions than this archdb"


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"(?<![^.])\d{1,9}(?![^.])", version, re.ASCII))


def has_unfinished(directory: Path) -> bool:
    """Whether something is being made in a directory, or was when its maker was killed."""
    with contextlib.suppress(OSError):
        return any(directory.glob("*".join(UNFINISHED)))
    return False


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
    value = os.fsdecode(given) if given else os.environ.get("ARCHDB_DATABASE", "")
    if not value:
        return None
    _check_path(value)
    if "://" not in value:
        return Path(value)
    if value.startswith("sqlite:///"):
        return Path(value.removeprefix("sqlite:///"))
    scheme = value.split("://")[0]
    remedy = "give the path of a SQLite file, or sqlite:///PATH"
    if scheme in ("postgresql", "postgres"):
        remedy += "; 'archdb publish' puts the figures of one into PostgreSQL"
    raise DatabaseError(f"'{scheme}' databases cannot be opened", remedy=remedy)


def _check_path(value: str) -> None:
    """Raises DatabaseError where no file can have such a name: a NUL, or half a character."""
    try:
        named = b"\0" not in os.fsencode(value)
    except UnicodeEncodeError:
        named = False
    if not named:
        raise DatabaseError(
            "cannot be the name of a file", remedy="give the path of a database made by archdb"
        ).at(ascii(value))


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
    except FAULTS as error:
        connection.close()
        raise to_database_error(error, path) from None
    except DatabaseError:
        connection.close()
        raise
    return connection


def read_only(path: Path) -> sqlite3.Connection:
    """SQLite's own connection that cannot write; the path is quoted, whatever is in it."""
    uri = path.resolve().as_uri() + "?mode=ro"
    # Each thread has a connection of its own; that it is closed by another one is no harm.
    return sqlite3.connect(uri, uri=True, timeout=faults.BUSY_SECONDS, check_same_thread=False)


def read_write(path: Path) -> sqlite3.Connection:
    """SQLite's own connection that can write."""
    return sqlite3.connect(path.absolute(), timeout=faults.BUSY_SECONDS)


def _application(connection: sqlite3.Connection, path: Path) -> int:
    """The application id: the first read, which finds what a killed writer has left.

    Its journal must be rolled back before anyone can read, and only one that may write can.
    """
    question = "pragma application_id"
    try:
        return int(connection.execute(question).fetchone()[0])
    except sqlite3.DatabaseError as error:
        if "ROLLBACK" not in code_of(error):
            raise
    with contextlib.closing(read_write(path)) as writer:
        writer.execute(question).fetchone()
    return int(connection.execute(question).fetchone()[0])


def state(path: Path) -> tuple[object, ...]:
    """What is another one when a file has been changed: the counter in its header, and the size and
    time of a log of changes that are not in it yet."""
    with path.open("rb") as file:
        header = file.read(28)
    log = path.resolve().with_name(f"{path.resolve().name}-wal")
    found = log.stat() if log.exists() else None
    return (header[24:], *((found.st_size, found.st_mtime_ns) if found else ()))


def can_be_written(path: Path) -> bool:
    """Whether who we are may write a file, and beside it what SQLite needs for a change."""
    effective = os.access in os.supports_effective_ids
    both = (path, path.parent)
    return all(os.access(place, os.W_OK, effective_ids=effective) for place in both)


def stamp(connection: sqlite3.Connection, path: Path) -> Stamp:
    """Who wrote it; raises DatabaseError where that was a newer archdb, or none at all."""
    try:
        version, conventions, revision, _ = connection.execute(
            "select (select value from meta where key = 'archdb_version'),"
            " (select value from meta where key = 'conventions'),"
            " (select version_num from alembic_version), (select count(*) from network)"
        ).fetchone()
    except FAULTS as error:
        if code_of(error) == "SQLITE_ERROR":
            raise _unmarked_error(path, str(error)) from None
        raise to_database_error(error, path) from None
    found = Stamp(str(version or "0"), str(revision), conventions)
    if not re.fullmatch(r"\d{4}", found.revision, re.ASCII):
        raise _unmarked_error(path, f"its schema is '{found.revision}'")
    if found.newer:
        raise DatabaseError(
            f"was written by archdb {found.version} (schema {found.revision}), newer than this"
            f" archdb {__version__} (schema {HEAD})",
            remedy="upgrade archdb: pip install --upgrade archdb",
        ).at(str(path))
    return found


def _unmarked_error(path: Path, why: str) -> ArchdbError:
    return DatabaseError(
        f"bears the mark of archdb, but is not one of its databases: {why}",
        remedy="restore it from a copy, or give the path of a database made by archdb",
    ).at(str(path))
