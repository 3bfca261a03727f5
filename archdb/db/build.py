"""Making, upgrading and changing a database. Every function here is one transaction."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from archdb import __version__, conventions, seeds
from archdb.db import dictionary, schema, store
from archdb.db.connection import APPLICATION_ID, check_file, explained
from archdb.db.engine import engine_for, insert_many
from archdb.errors import ArchdbError, DatabaseError, DefinitionError
from archdb.ops.shape import parse
from archdb.paths import bundled

#: Called with (done, total) as long work proceeds.
Progress = Callable[[int, int], None]


def _silent(done: int, total: int) -> None:
    return None


@contextlib.contextmanager
def writing(path: Path) -> Iterator[Connection]:
    """One transaction that can write; SQLite's faults become DatabaseErrors."""
    engine = engine_for(path)
    try:
        with engine.begin() as connection:
            yield connection
    except (DBAPIError, sqlite3.Error) as error:
        raise explained(error, path) from None
    finally:
        engine.dispose()


def create(path: Path, progress: Progress = _silent, *, seeded: bool = True) -> None:
    """A new database at `path`, with all bundled networks unless `seeded` is False.

    It is built beside its place and put there whole: whoever looks sees nothing or all of it,
    and of two that create it at the same moment the second takes what the first has made.
    Raises DatabaseError where the directory is missing or there is no room.
    """
    if not path.parent.is_dir():
        raise DatabaseError(
            f"the directory {path.parent} does not exist", remedy="create it first"
        ).at(str(path))
    try:
        handle, name = tempfile.mkstemp(prefix=".archdb-", suffix=".part", dir=path.parent)
    except OSError as error:
        raise DatabaseError(f"cannot be created: {error.strerror}").at(str(path)) from None
    os.close(handle)
    part = Path(name)
    try:
        try:
            _fill(part, progress, seeded)
        except ArchdbError as error:
            # The user asked for `path` and has never heard of the file beside it.
            error.places = tuple(str(path) if p == str(part) else p for p in error.places)
            raise
        _place(part, path)
    finally:
        for left in (part, Path(f"{part}-journal")):
            left.unlink(missing_ok=True)


def _place(part: Path, path: Path) -> None:
    """Give the finished file its name, unless another process was faster."""
    part.chmod(0o666 & ~_umask())
    try:
        os.link(part, path)
    except FileExistsError:
        return
    except OSError:  # a file system without hard links
        if not path.exists():
            part.replace(path)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _fill(part: Path, progress: Progress, seeded: bool) -> None:
    with writing(part) as connection:
        connection.exec_driver_sql(f"pragma application_id = {APPLICATION_ID}")
        _migrate(connection)
        _describe(connection)
        if seeded:
            put_bundled(connection, progress)


def _migrate(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(bundled("migrations")).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _describe(connection: Connection) -> None:
    """Views, triggers, column dictionary, conventions and version: all that is no migration."""
    for trigger in dictionary.triggers():
        connection.exec_driver_sql(trigger)
    for view in dictionary.views().values():
        connection.exec_driver_sql(view)
    for table in ("column_dictionary", "convention_weight", "convention", "meta"):
        connection.exec_driver_sql(f"delete from {table}")
    entries = dictionary.entries()
    insert_many(connection, schema.column_dictionary, entries[0]._fields, entries)
    known = conventions.bundled()
    insert_many(
        connection,
        schema.convention,
        ("name", "sentence", "source"),
        [(c.name, c.sentence, c.source) for c in known],
    )
    insert_many(
        connection,
        schema.convention_weight,
        ("convention", "op", "quantity", "weight"),
        [(c.name, *weight) for c in known for weight in c.weights],
    )
    insert_many(connection, schema.meta, ("key", "value"), [("archdb_version", __version__)])


def _undescribe(connection: Connection) -> None:
    """Drop views and triggers, so that a migration may rebuild the tables under them."""
    found = connection.exec_driver_sql(
        "select type, name from sqlite_master where type in ('view', 'trigger')"
    ).all()
    for kind, name in found:
        connection.exec_driver_sql(f'drop {kind} "{name}"')


def put_bundled(connection: Connection, progress: Progress = _silent) -> None:
    """All bundled networks, in place of those that an earlier release bundled."""
    connection.execute(text("delete from network where origin = 'bundled'"))
    files = seeds.bundled_files()
    references = seeds.bundled_references()
    for done, file in enumerate(files):
        progress(done, len(files))
        store.put_seed(connection, seeds.load(file, references), "bundled")
    progress(len(files), len(files))


def upgrade(path: Path, progress: Progress = _silent) -> Path:
    """Bring a database of an older archdb (or of this one) up to date, after a copy.

    Tables are migrated, views and dictionary made anew, bundled networks replaced by today's,
    imported ones derived again. Returns the path of the copy.
    """
    check_file(path)
    copy = _copy(path)
    with writing(path) as connection:
        connection.exec_driver_sql("pragma defer_foreign_keys = on")
        _undescribe(connection)
        _migrate(connection)
        _describe(connection)
        put_bundled(connection, progress)
        imported = connection.execute(text("select id from network where origin = 'imported'"))
        for network_id in imported.scalars().all():
            store.refresh(connection, network_id)
    return copy


def _copy(path: Path) -> Path:
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    copy = path.with_name(f"{path.name}.{moment}.bak")
    try:
        with (
            contextlib.closing(sqlite3.connect(path)) as old,
            contextlib.closing(sqlite3.connect(copy)) as new,
        ):
            old.backup(new)
    except sqlite3.Error as error:
        copy.unlink(missing_ok=True)
        raise explained(error, path) from None
    return copy


def import_files(path: Path, files: Iterable[Path], *, replace: bool = False) -> list[str]:
    """Store the networks of seed files; all of them or none. Returns their names."""
    references = seeds.bundled_references()
    loaded = [(file, seeds.load(file, references)) for file in files]
    with writing(path) as connection:
        for file, seed in loaded:
            try:
                _may_store(connection, seed.name, replace)
                store.put_seed(connection, seed, "imported")
            except ArchdbError as error:
                raise error.at(str(file)) from None
    return [seed.name for _, seed in loaded]


def _may_store(connection: Connection, name: str, replace: bool) -> None:
    row = connection.execute(
        text("select origin from network where name = :name"), {"name": name}
    ).one_or_none()
    if row is not None and not replace:
        raise DefinitionError(
            f"there is already a network '{name}' ({row.origin})",
            remedy="give it another name, or put it in place of the other with --replace",
        )


def refresh(path: Path, names: Iterable[str], progress: Progress = _silent) -> list[ArchdbError]:
    """Derive the profiles of these networks again, in one transaction.

    Returns the faults of those whose rows define no network: these stay stale.
    """
    wanted, failures = list(names), []
    with writing(path) as connection:
        for done, name in enumerate(wanted):
            progress(done, len(wanted))
            try:
                with connection.begin_nested():
                    store.refresh(connection, _id_of(connection, name))
            except ArchdbError as error:
                failures.append(error)
        progress(len(wanted), len(wanted))
    return failures


def differing(path: Path, progress: Progress = _silent) -> list[tuple[str, str]]:
    """Networks whose stored figures are not what their rows derive to, and at which input."""
    engine = engine_for(path, write=False)
    try:
        with engine.connect() as connection:
            rows = connection.execute(
                text(
                    "select n.id, n.name, p.id, p.input from network n"
                    " join profile p on p.network_id = n.id and p.revision = n.revision"
                )
            ).all()
            found = []
            for done, (network_id, name, profile_id, words) in enumerate(rows):
                progress(done, len(rows))
                if not store.agrees(connection, network_id, profile_id, parse(words)):
                    found.append((name, f"{words}: stored figures differ from derived ones"))
            progress(len(rows), len(rows))
            return found
    except (DBAPIError, sqlite3.Error) as error:
        raise explained(error, path) from None
    finally:
        engine.dispose()


def add_profile(path: Path, name: str, shape: tuple[int, ...]) -> None:
    """Derive and store the profile of a network at one more input size."""
    with writing(path) as connection:
        store.profile_at(connection, _id_of(connection, name), shape)


def _id_of(connection: Connection, name: str) -> int:
    found: int = connection.execute(
        text("select id from network where name = :name"), {"name": name}
    ).scalar_one()
    return found
