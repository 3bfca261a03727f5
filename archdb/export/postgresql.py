"""The views as tables of a PostgreSQL database, for who asks from there.

All happens in one transaction: the tables are filled in a schema beside the published one, which
then takes its place. Readers see the old dataset or the new one, and nothing where it fails. The
schema's comment says which dataset it holds, and that archdb made it: another schema of that name
is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from archdb.dataset.canonical import Relation, views
from archdb.dataset.release import release
from archdb.errors import ArchdbError, DatabaseError
from archdb.export.relations import Field, Table, describe_relations
from archdb.queries.catalogue import check_space
from archdb.queries.provenance import Release

if TYPE_CHECKING:
    import psycopg
    from psycopg.sql import Composed

    from archdb.queries.reader import Progress, Reader

SCHEMES = ("postgresql://", "postgres://")
#: How the comment of a schema begins that archdb may take away again.
OURS = "archdb dataset "
#: Types of Table Schema in the words of PostgreSQL; a flag is a boolean whatever SQLite holds.
TYPES = {"integer": "bigint", "number": "double precision", "string": "text"}
FLAG = "flag"
#: Columns by which rows are looked up, where a table has them.
LOOKED_UP = ("architecture", "input")


class Published(NamedTuple):
    """What a database has taken: tables, their rows, and where they stand."""

    tables: int
    rows: int
    schema: str
    place: str


def publish(
    reader: Reader, url: str, *, schema: str, spaces: Sequence[str], progress: Progress
) -> Published:
    """Put the views of a database, at native inputs, into a schema of PostgreSQL. Points of search
    spaces are left out, but for those of `spaces`.

    Raises ArchdbError where psycopg is missing, the URL is another's or no server answers there,
    and where the schema holds something else; DatabaseError where PostgreSQL refuses.
    """
    if not url.startswith(SCHEMES):
        raise ArchdbError(
            f"'{url.split(':')[0]}' is not where figures can be published",
            remedy="give postgresql://USER@HOST/DATABASE",
        )
    for space in spaces:
        check_space(reader, space)
    tables = describe_relations(reader, _published(reader, spaces))
    made = release(reader)
    place = _place(url)
    psycopg = _psycopg()
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            rows = _swap(connection, reader, tables, schema, made, progress)
    except psycopg.Error as error:
        raise DatabaseError(
            f"PostgreSQL says: {_sentence(error)}",
            remedy="nothing was changed there; mend that and publish again",
        ).at(place) from None
    return Published(len(tables) + 1, rows, schema, place)


def _psycopg() -> Any:
    try:
        import psycopg
    except ImportError:
        raise ArchdbError(
            "PostgreSQL needs psycopg, which is not installed",
            remedy="pip install 'archdb[postgresql]'",
        ) from None
    return psycopg


def _place(url: str) -> str:
    """Host and database of a URL, without who asks and by which password."""
    parts = urlsplit(url)
    return f"postgresql://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _sentence(error: psycopg.Error) -> str:
    """What went wrong and, where PostgreSQL says it, with what."""
    first = next(iter(str(error).strip().splitlines()), type(error).__name__)
    return "; ".join(text for text in (first, error.diag.message_detail) if text)


def _published(reader: Reader, spaces: Sequence[str]) -> Iterator[Relation]:
    """The views, each without the points that are not asked for."""
    listed = ", ".join("'{}'".format(name.replace("'", "''")) for name in spaces)
    wanted = f"(space is null or space in ({listed}))" if spaces else "space is null"
    for view in views(reader, native=True):
        if "space" in view.columns and "architecture" in view.columns:
            joined = " and " if " where " in view.source else " where "
            yield view._replace(source=f"{view.source}{joined}{wanted}")
        else:
            yield view


# The transaction.


def _swap(
    connection: psycopg.Connection[Any],
    reader: Reader,
    tables: list[Table],
    schema: str,
    made: Release,
    progress: Progress,
) -> int:
    """Fill a schema beside the published one and put it in its place; how many rows."""
    from psycopg.sql import SQL, Identifier, Literal

    beside = f"{schema}_incoming"
    readers = _readers_of(connection, schema)
    run = connection.execute
    run(SQL("create schema {}").format(Identifier(beside)))
    total = sum(table.rows for table in tables)
    rows = 0
    for table in tables:
        _create(connection, beside, table)
        rows += _fill(connection, reader, beside, table)
        _index(connection, beside, table)
        progress(rows, total)
    _name_dataset(connection, beside, made)
    for name in [*(table.name for table in tables), "dataset"]:
        run(SQL("drop table if exists {}").format(Identifier(schema, name)))
    run(SQL("drop schema if exists {}").format(Identifier(schema)))
    run(SQL("alter schema {} rename to {}").format(Identifier(beside), Identifier(schema)))
    said = f"{OURS}{made.version}, content {made.content}"
    run(SQL("comment on schema {} is {}").format(Identifier(schema), Literal(said)))
    for role in readers:
        to = SQL("public") if role == "public" else Identifier(role)
        run(SQL("grant usage on schema {} to {}").format(Identifier(schema), to))
        run(SQL("grant select on all tables in schema {} to {}").format(Identifier(schema), to))
    return rows


def _readers_of(connection: psycopg.Connection[Any], schema: str) -> list[str]:
    """Who may read the schema that is there, and shall read what takes its place; ArchdbError
    where archdb has not made it."""
    found = connection.execute(
        "select coalesce(obj_description(oid, 'pg_namespace'), '')"
        " from pg_namespace where nspname = %s",
        (schema,),
    ).fetchone()
    if found is None:
        return []
    if not found[0].startswith(OURS):
        raise ArchdbError(
            f"there is a schema {schema} that archdb has not made",
            remedy="name another with --schema",
        )
    roles = connection.execute(
        "select distinct coalesce(r.rolname, 'public') from pg_namespace n,"
        " aclexplode(n.nspacl) a left join pg_roles r on r.oid = a.grantee"
        " where n.nspname = %s and a.privilege_type = 'USAGE' and a.grantee <> n.nspowner",
        (schema,),
    )
    return [role for (role,) in roles]


def _create(connection: psycopg.Connection[Any], schema: str, table: Table) -> None:
    """An empty table, with what it and each column means as comments."""
    from psycopg.sql import SQL, Identifier, Literal

    name = Identifier(schema, table.name)
    columns = (
        SQL("{} {}").format(Identifier(field.name), SQL(column_type(field)))
        for field in table.fields
    )
    connection.execute(SQL("create table {} ({})").format(name, SQL(", ").join(columns)))
    comment = SQL("comment on table {} is {}")
    connection.execute(comment.format(name, Literal(table.description)))
    for field in table.fields:
        connection.execute(_comment(schema, table.name, field))


def column_type(field: Field) -> str:
    """The type of a column: counts are bigint, flags boolean."""
    return "boolean" if field.unit == FLAG else TYPES[field.type]


def _comment(schema: str, table: str, field: Field) -> Composed:
    from psycopg.sql import SQL, Identifier, Literal

    said = "; ".join(text for text in (field.unit, field.meaning) if text)
    column = Identifier(schema, table, field.name)
    return SQL("comment on column {} is {}").format(column, Literal(said or None))


def _fill(connection: psycopg.Connection[Any], reader: Reader, schema: str, table: Table) -> int:
    """Copy the rows, one by one as they are read; how many."""
    from psycopg.sql import SQL, Identifier

    flags = [at for at, field in enumerate(table.fields) if field.unit == FLAG]
    statement = SQL("copy {} from stdin").format(Identifier(schema, table.name))
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in reader.stream(table.statement):
            copy.write_row(_with_booleans(row, flags))
    return cursor.rowcount


def _with_booleans(row: tuple[Any, ...], flags: list[int]) -> list[Any]:
    values = list(row)
    for at in flags:
        values[at] = None if row[at] is None else bool(row[at])
    return values


def _index(connection: psycopg.Connection[Any], schema: str, table: Table) -> None:
    from psycopg.sql import SQL, Identifier

    names = [field.name for field in table.fields]
    if found := [Identifier(name) for name in LOOKED_UP if name in names]:
        statement = SQL("create index on {} ({})")
        listed = SQL(", ").join(found)
        connection.execute(statement.format(Identifier(schema, table.name), listed))


def _name_dataset(connection: psycopg.Connection[Any], schema: str, made: Release) -> None:
    """The table that says which dataset this is."""
    from psycopg.sql import SQL, Identifier

    name = Identifier(schema, "dataset")
    connection.execute(SQL("create table {} (version text, content text)").format(name))
    insert = SQL("insert into {} values (%s, %s)").format(name)
    connection.execute(insert, (made.version, made.content))
