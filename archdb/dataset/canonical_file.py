"""A database file whose every byte follows from what it says.

Rows are laid in the order of their keys, ids are numbered anew in the order of names, counters of
changes begin at nought, and only profiles of the dataset are kept: native ones, and those at
inputs that published figures are read at. So files of equal datasets are equal, whatever has
happened to the databases that they were made from.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from archdb.db import owned
from archdb.db.connection import connect
from archdb.db.faults import FAULTS, to_database_error
from archdb.db.shared_rows import checksum

#: The oldest SQLite that reads strict tables. The header names it in place of the one that wrote
#: the file, so that this makes no difference to the bytes.
SQLITE_VERSION = 3_037_000
#: Where a file's header counts its changes and names its writer, and what stands there.
HEADER = {24: 1, 92: 1, 96: SQLITE_VERSION}
PAGE_SIZE = 4096
#: Bytes before the first page's own, and in the header of each kind of B-tree page: of an index
#: and of a table, with children or without.
FILE_HEADER = 100
B_TREE = {2: 12, 5: 12, 10: 8, 13: 8}

#: New numbers for the ids that other rows refer to, by the column that they do it in.
NUMBERED = {
    "network_id": "select id, row_number() over (order by name) from old.network",
    "profile_id": "select p.id, row_number() over (order by n.name, p.input)"
    " from old.profile p join old.network n on n.id = p.network_id"
    " where p.revision = n.revision and (p.is_native = 1{read})",
}
READ = " or (n.name, p.input) in (select architecture, input from old.figure_reading)"
#: Rows that profiles share, by the column that refers to them: of layer_row, and of profile_row.
PARTS = {"fact": "fact_row", "field": "field_row"}
LISTED = {
    "layers": "layer_row",
    "ops": "op_row",
    "blocks": "block_row",
    "resolutions": "resolution_row",
}
LISTS = """select e.value from old.profile_row x
    join temp.profile_id on profile_id.was = x.profile_id join json_each(x.{}) e"""
LAYERS = LISTS.format("layers")
#: A list in the new file.
LIST = """(select json_group_array(id) from (select i.id from json_each(t."{column}") e
    join temp.{table}_id i on i.was = e.value order by e.key))"""
#: Counters of what has happened to a row.
COUNTERS = {"revision"}


def write(source: Path, target: Path) -> None:
    """The dataset of a database as a new file at `target`.

    Raises DatabaseError where the one cannot be read or the other not be written.
    """
    connect(source).close()  # tells every state of the file that archdb cannot use
    try:
        new = sqlite3.connect(f"{target.resolve().as_uri()}?mode=rwc", uri=True)
        with closing(new):
            new.isolation_level = None
            new.execute("attach ? as old", [f"{source.resolve().as_uri()}?mode=ro"])
            _copy(new)
    except FAULTS as error:
        raise to_database_error(error, source) from None
    _settle(target)


def _copy(new: sqlite3.Connection) -> None:
    for pragma in ("application_id", "user_version"):
        (value,) = new.execute(f"pragma old.{pragma}").fetchone()
        new.execute(f"pragma main.{pragma} = {value}")
    new.execute(f"pragma main.page_size = {PAGE_SIZE}")
    new.execute("pragma main.secure_delete = on")  # else what is free in a page may hold anything
    new.execute("begin")
    tables = _statements(new, "table")
    for statement in tables.values():
        new.execute(statement)
    _number(new)
    for table in tables:
        _fill(new, table)
    for kind in ("index", "trigger", "view"):  # triggers last: they count changes
        for statement in _statements(new, kind).values():
            new.execute(statement)
    new.execute("commit")
    new.execute("vacuum main")


def _statements(new: sqlite3.Connection, kind: str) -> dict[str, str]:
    """Names and `create` statements of what is archdb's own in the old file."""
    return {item.name: item.statement for item in owned.items(new, "old") if item.kind == kind}


def _number(new: sqlite3.Connection) -> None:
    read = READ if "figure_reading" in _statements(new, "view") else ""
    for column, statement in NUMBERED.items():
        new.execute(f"create temp table {column} (was integer primary key, id integer)")
        new.execute(f"insert into {column} {statement.format(read=read)}")
    if "profile_row" in _statements(new, "table"):
        new.create_function("checksum", -1, lambda *row: checksum(row), deterministic=True)
        for column, table in PARTS.items():
            _number_rows(new, table, f"select {column} from old.layer_row where id in ({LAYERS})")
        for column, table in LISTED.items():
            _number_rows(new, table, LISTS.format(column))


def _number_rows(new: sqlite3.Connection, table: str, kept: str) -> None:
    """Number the rows that profiles share, those that are kept, by what they say."""
    values, joins = _values(new, table)
    order = ", ".join(value for column, value in values.items() if column not in ("id", "digest"))
    new.execute(f"create temp table {table}_id (was integer primary key, id integer)")
    new.execute(
        f"insert into {table}_id select t.id, row_number() over (order by {order})"
        f" from old.{table} t {joins} where t.id in ({kept})"
    )


def _values(new: sqlite3.Connection, table: str) -> tuple[dict[str, str], str]:
    """What stands in each column of a table in the new file, and the joins that it takes."""
    values, joins = {}, ""
    for (column,) in new.execute("select name from pragma_table_info(?)", [table]).fetchall():
        ids = _ids(table, column)
        if ids and _is_numbered(new, ids):
            joins += f' join temp.{ids} on {ids}.was = t."{column}"'
            values[column] = f"{ids}.id"
        elif table == "profile_row":
            values[column] = LIST.format(column=column, table=LISTED[column])
        else:
            values[column] = "0" if column in COUNTERS else f't."{column}"'
    if "digest" in values:
        said = [value for column, value in values.items() if column not in ("id", "digest")]
        values["digest"] = f"checksum({', '.join(said)})"
    return values, joins


def _ids(table: str, column: str) -> str:
    """The table of new numbers for a column that holds ids."""
    if column == "id":
        return f"{table}_id"
    return f"{PARTS[column]}_id" if table == "layer_row" and column in PARTS else column


def _is_numbered(new: sqlite3.Connection, ids: str) -> bool:
    question = "select 1 from temp.sqlite_master where name = ?"
    return new.execute(question, [ids]).fetchone() is not None


def _fill(new: sqlite3.Connection, table: str) -> None:
    """The rows of one table that belong to the dataset, in the order of their new keys."""
    values, joins = _values(new, table)
    question = "select name from pragma_table_info(?) where pk > 0 order by pk"
    key = [values[name] for (name,) in new.execute(question, [table])]
    columns = ", ".join(f'"{column}"' for column in values)
    new.execute(
        f'insert into main."{table}" ({columns}) select {", ".join(values.values())}'
        f' from old."{table}" t{joins} order by {", ".join(key or values.values())}'
    )


def _settle(target: Path) -> None:
    """Write into the header, and into gaps, what does not depend on how the file came to be."""
    with target.open("r+b") as file:
        while page := file.read(PAGE_SIZE):
            start = file.tell() - len(page)
            blanked = _blank_gap(page, FILE_HEADER if start == 0 else 0)
            if blanked != page:
                file.seek(start)
                file.write(blanked)
        for offset, value in HEADER.items():
            file.seek(offset)
            file.write(value.to_bytes(4, "big"))


def _blank_gap(page: bytes, at: int) -> bytes:
    """A page of a B-tree with nothing between its list of cells and the cells: there SQLite leaves
    what it has moved away, one version of it more than another.

    A page of another kind begins with the number of a page, which in no file of less than a
    hundred gigabytes looks like a B-tree's mark.
    """
    if page[at] not in B_TREE:
        return page
    cells, start = (int.from_bytes(page[at + i : at + i + 2], "big") for i in (3, 5))
    end = at + B_TREE[page[at]] + 2 * cells
    return page[:end] + bytes(start - end) + page[start:]
