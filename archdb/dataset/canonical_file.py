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


def _fill(new: sqlite3.Connection, table: str) -> None:
    """The rows of one table that belong to the dataset, in the order of their new keys."""
    info = new.execute("select name, pk from pragma_table_info(?)", [table]).fetchall()
    values, joins = {}, ""
    for column, _ in info:
        ids = f"{table}_id" if column == "id" else column
        if ids in NUMBERED:
            joins += f' join temp.{ids} on {ids}.was = t."{column}"'
        values[column] = f"{ids}.id" if ids in NUMBERED else f't."{column}"'
        if column in COUNTERS:
            values[column] = "0"
    key = [values[name] for name, place in sorted(info, key=lambda c: c[1]) if place]
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
