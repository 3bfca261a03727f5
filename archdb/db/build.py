"""Making a database, and bringing an older one up to date; each in one transaction."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError
from sqlalchemy import Connection, text

from archdb import __version__, conventions, published, seeds
from archdb.db import dictionary, profiles, publish, schema, store
from archdb.db.connection import APPLICATION_ID, check_file
from archdb.db.engine import Progress, insert_many, silent, writing
from archdb.db.files import copied, whole
from archdb.errors import DatabaseError
from archdb.paths import bundled


def create(path: Path, progress: Progress = silent, *, seeded: bool = True) -> None:
    """A new database at `path`, with all bundled networks unless `seeded` is False.

    It is built beside its place and put there whole: whoever looks sees nothing or all of it,
    and of two that create it at the same moment the second takes what the first has made.
    Raises DatabaseError where the directory is missing or there is no room.
    """
    with whole(path) as part:
        _fill(part, progress, seeded)


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
    try:
        command.upgrade(config, "head")
    except CommandError as error:  # a revision that no archdb has
        raise DatabaseError(
            f"cannot be upgraded: {error}", remedy="restore it from a copy"
        ) from None


def _describe(connection: Connection) -> None:
    """Views, triggers, column dictionary, conventions and version: all that is no migration."""
    for trigger in dictionary.triggers().values():
        connection.exec_driver_sql(trigger)
    for view in dictionary.views().values():
        connection.exec_driver_sql(view)
    for table in ("column_dictionary", "convention_weight", "convention", "meta"):
        connection.exec_driver_sql(f"delete from {table}")
    entries = dictionary.entries()
    insert_many(connection, schema.column_dictionary, entries[0]._fields, entries)
    cited = sorted({entry.citation for entry in entries if entry.citation})
    references = seeds.bundled_references()
    store.put_references(connection, [references[key] for key in cited])
    known = conventions.bundled()
    insert_many(
        connection,
        schema.convention,
        ("name", "sentence", "source", "divisor", "missing"),
        [c[:5] for c in known],
    )
    insert_many(
        connection,
        schema.convention_weight,
        ("convention", "op", "quantity", "weight"),
        [(c.name, *weight) for c in known for weight in c.weights],
    )
    insert_many(connection, schema.meta, ("key", "value"), [("archdb_version", __version__)])


def _undescribe(connection: Connection) -> list[str]:
    """Drop views and triggers, so that a migration may rebuild the tables under them.

    Returns the statements of those that are somebody else's, to be made again.
    """
    found = connection.exec_driver_sql(
        "select type, name, sql from sqlite_master where type in ('view', 'trigger')"
    ).all()
    for kind, name, _ in found:
        quoted = name.replace('"', '""')
        connection.exec_driver_sql(f'drop {kind} if exists "{quoted}"')
    ours = {**dictionary.views(), **dictionary.triggers()}
    return [statement for _, name, statement in found if name not in ours]


def put_bundled(connection: Connection, progress: Progress = silent) -> None:
    """All bundled networks, in place of those that an earlier release bundled, and what is
    published of them."""
    store.remove(connection, "origin = 'bundled'")
    files = seeds.bundled_files()
    references = seeds.bundled_references()
    for done, file in enumerate(files):
        progress(done, len(files))
        store.put_seed(connection, seeds.load(file, references), "bundled")
    publish.put_figures(
        connection, published.bundled_figures(), published.bundled_explanations(), references
    )
    progress(len(files), len(files))


def upgrade(path: Path, progress: Progress = silent) -> Path:
    """Bring a database of an older archdb (or of this one) up to date, after a copy.

    Tables are migrated, views and dictionary made anew, bundled networks replaced by today's,
    imported ones derived again (one whose rows define no network stays as it is, and stale).
    Returns the path of the copy.
    """
    check_file(path)
    copy = copied(path)
    try:
        _upgrade(path, progress)
    except BaseException:
        copy.unlink(missing_ok=True)  # of what is as it was
        raise
    return copy


def _upgrade(path: Path, progress: Progress) -> None:
    # A migration that makes a table anew drops the old one, and with foreign keys enforced its
    # rows would take with them all rows that refer to them.
    with writing(path, keys=False) as connection:
        before = _dangling(connection)
        others = _undescribe(connection)
        _migrate(connection)
        _describe(connection)
        put_bundled(connection, progress)
        imported = connection.execute(
            text(
                "update network set revision = revision + 1 where origin = 'imported'"
                " returning name"
            )
        )
        profiles.refresh_all(connection, imported.scalars().all(), progress)
        for statement in others:
            connection.exec_driver_sql(statement)
        if _dangling(connection) > before:
            raise DatabaseError(
                "cannot be upgraded: rows would be left that refer to missing ones",
                remedy="report this, with the version that made the database",
            ).at(str(path))


def _dangling(connection: Connection) -> int:
    """How many rows refer to rows that are missing, as other clients may leave them."""
    return len(connection.exec_driver_sql("pragma foreign_key_check").all())
