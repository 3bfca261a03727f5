"""Rows that many networks share: each is stored once, and found again by what it says."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any, Generic, TypeVar
from zlib import crc32

from sqlalchemy import Table

from archdb.db import dictionary
from archdb.db.shared_tables import LISTED, PARTS

Row = tuple[Any, ...]
Value = TypeVar("Value")


class Recent(Generic[Value]):
    """What was looked up lately. Two generations bound its size, and keep what is in use."""

    def __init__(self, most: int = 2**14) -> None:
        self.most = most
        self._young: dict[Any, Value] = {}
        self._old: dict[Any, Value] = {}

    def get(self, key: Any) -> Value | None:
        found = self._young.get(key)
        if found is None and (found := self._old.get(key)) is not None:
            self.put(key, found)
        return found

    def get_each(self, keys: Sequence[Any]) -> list[Value | None]:
        """The same of each key: most are of the young generation."""
        found = list(map(self._young.get, keys))
        if None in found:
            found = [
                self.get(key) if value is None else value
                for key, value in zip(keys, found, strict=True)
            ]
        return found

    def put(self, key: Any, value: Value) -> Value:
        if len(self._young) >= self.most:
            self._old, self._young = self._young, {}
        self._young[key] = value
        return value


def checksum(row: Sequence[Any]) -> int:
    """What finds a row again, and tells whether it is as it was written. Other rows may have the
    same."""
    return crc32(ascii(tuple(row)).encode())


def find_or_add(connection: sqlite3.Connection, table: Table, rows: Sequence[Row]) -> list[int]:
    """The id of each row; those that are not there yet are added."""
    columns = ", ".join(said_columns(table))
    digests = {row: checksum(row) for row in rows}
    wanted = json.dumps(list(digests.values()))
    alike = (
        f"select id, {columns} from {table.name} where digest in (select value from json_each(?))"
    )
    ids: dict[Row, int] = {tuple(row): key for key, *row in connection.execute(alike, [wanted])}
    new = [row for row in digests if row not in ids]
    if new:
        (last,) = connection.execute(f"select max(id) from {table.name}").fetchone()
        ids.update(zip(new, range((last or 0) + 1, 2**63), strict=False))
        marks = ", ".join("?" * (len(new[0]) + 2))
        insert = f"insert into {table.name} (id, digest, {columns}) values ({marks})"
        connection.executemany(insert, [(ids[row], digests[row], *row) for row in new])
    return [ids[row] for row in rows]


def said_columns(table: Table) -> list[str]:
    """The columns of a shared table that say something: all but its id and its checksum."""
    return [column.name for column in table.columns if column.name not in ("id", "digest")]


def sweep(connection: sqlite3.Connection) -> None:
    """Delete the rows that no list holds any longer. The triggers that guard them are taken away
    for that, and made again: whoever knows rows by their ids sees that the schema was touched."""
    for table, column in LISTED.items():
        _sweep(connection, table, f"select value from profile_row, json_each({column})")
    for table, column in PARTS.items():
        _sweep(connection, table, f"select {column} from layer_row")


def _sweep(connection: sqlite3.Connection, table: Table, used: str) -> None:
    guard = f"{table.name}_deleted"
    connection.execute(f"drop trigger if exists {guard}")
    connection.execute(f"delete from {table.name} where id not in ({used})")
    connection.execute(dictionary.triggers()[guard])


def broken_rows(connection: sqlite3.Connection) -> Iterator[tuple[str, list[str]]]:
    """Rows that are missing or not as they were written, in words, and the networks they are of."""
    for table, column in LISTED.items():
        broken = _broken(connection, table, f"select value from profile_row, json_each({column})")
        for key, fault in broken.items():
            yield f"{table.name} {key} {fault}", _networks(connection, column, [key])
    for table, column in PARTS.items():
        for key, fault in _broken(connection, table, f"select {column} from layer_row").items():
            rows = connection.execute(f"select id from layer_row where {column} = ?", [key])
            layers = [layer for (layer,) in rows]
            yield f"{table.name} {key} {fault}", _networks(connection, "layers", layers)


def _broken(connection: sqlite3.Connection, table: Table, used: str) -> dict[int, str]:
    missing = f"select distinct * from ({used}) except select id from {table.name}"
    found = {key: "is missing" for (key,) in connection.execute(missing)}
    rows = connection.execute(
        f"select id, digest, {', '.join(said_columns(table))} from {table.name}"
    )
    return found | {
        key: "is not as it was written" for key, digest, *row in rows if checksum(row) != digest
    }


def _networks(connection: sqlite3.Connection, column: str, keys: list[int]) -> list[str]:
    listed = f"select 1 from json_each(x.{column}) e join json_each(:keys) k on k.value = e.value"
    rows = connection.execute(
        "select distinct n.name from network n join profile p on p.network_id = n.id"
        f" join profile_row x on x.profile_id = p.id where exists ({listed}) order by n.name",
        {"keys": json.dumps(keys)},
    )
    return [name for (name,) in rows]
