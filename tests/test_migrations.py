"""Migration 0002 (lineage in rows): up from 0001 with every row kept, and down again."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from command import archdb
from migrated import migrate
from rows import ask
from variants import ROWS, put, seed

from archdb.api import Database
from archdb.db.connection import HEAD
from archdb.resources import bundled

#: Two networks of the user's, with a row in each table that hangs on them.
ROWS_OF_0001 = """
insert into citation (key, kind, authors, title, year)
    values ('doe', 'misc', '["Doe, Jane"]', 'T', 2001);
insert into network (id, name, title, family, year, variant_of, origin) values
    (1, 'base', 'B', 'F', 2000, null, 'imported'),
    (2, 'own', 'O', 'F', 2001, 'base', 'imported');
insert into alias values ('mine', 2);
insert into source values (2, 0, 'paper', 'doe', 'Table 1');
insert into block (network_id, name, position, kind, attributes) values (2, 'b', 0, 'stage', '{}');
insert into layer (network_id, position, name, op, attributes)
    values (2, 0, 'data', 'input', '{"shape": [3, 5, 7]}'), (2, 1, 'relu', 'relu', null);
insert into edge values (2, 1, 0, 0);
"""
TABLES = ("citation", "network", "alias", "source", "block", "layer", "edge")


def up(path: Path, revision: str = "0002") -> None:
    migrate(path, command.upgrade, revision)


def down(path: Path) -> None:
    migrate(path, command.downgrade, "0001")


def contents(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of the first schema's tables, in the columns that these have had from the first."""
    found = {}
    for table in TABLES:
        names = [name for _, name, *_ in ask(path, f"pragma table_info({table})")]
        kept = [name for name in names if name not in ("classes", "structure")]
        found[table] = ask(path, f"select {', '.join(kept)} from {table}")
    return found


@pytest.fixture
def first(tmp_path: Path) -> Path:
    """A database of the first schema, with rows."""
    path = tmp_path / "first.sqlite"
    up(path, "0001")
    with closing(sqlite3.connect(path)) as client:
        client.executescript("pragma foreign_keys = on;" + ROWS_OF_0001)
    return path


def schema(path: Path) -> dict[str, Any]:
    """What each table is made of: columns, indexes and keys, and how it is stored."""
    tables = [row[1] for row in ask(path, "pragma table_list") if not row[1].startswith("sqlite_")]
    parts = ("table_info", "index_list", "foreign_key_list", "table_list")
    return {
        table: [sorted(map(str, ask(path, f"pragma {part}({table})"))) for part in parts]
        for table in tables
    }


def test_every_row_is_kept_on_the_way_up_and_down(first: Path) -> None:
    before = contents(first)
    assert all(before.values())
    up(first)
    assert contents(first) == before
    assert ask(first, "pragma foreign_key_check") == []
    down(first)
    assert contents(first) == before


def test_the_new_columns_are_empty_until_they_are_derived(first: Path) -> None:
    up(first)
    assert ask(first, "select classes, structure from network") == [(None, ""), (None, "")]
    assert ask(first, "select count(*) from difference") == [(0,)]


def test_down_is_the_first_schema_again(first: Path) -> None:
    before = schema(first)
    up(first)
    assert schema(first).keys() - before.keys() == {"difference"}
    down(first)
    assert schema(first) == before


@pytest.mark.parametrize(
    ("statement", "sign"),
    [
        ("update network set classes = 0", "ck_network_classes"),
        ("update network set classes = 'ten'", "cannot store TEXT value in INTEGER column"),
        ("insert into difference values (2, 0, 'stride', '1', '1', '[]', '')", "difference_change"),
        ("insert into difference values (2, 0, 'stride', '1', '2', 'x', '')", "difference_layers"),
        ("insert into difference values (3, 0, 'stride', '1', '2', '[]', '')", "FOREIGN KEY"),
    ],
)
def test_the_new_columns_take_no_nonsense(first: Path, statement: str, sign: str) -> None:
    up(first)
    with closing(sqlite3.connect(first)) as client:
        client.execute("pragma foreign_keys = on")
        with pytest.raises(sqlite3.IntegrityError, match=sign):
            client.execute(statement)


def test_a_difference_goes_with_its_network(first: Path) -> None:
    up(first)
    with closing(sqlite3.connect(first)) as client, client:
        client.execute("pragma foreign_keys = on")
        client.execute("insert into difference values (2, 0, 'stride', '1', '2', '[]', '')")
        client.execute("delete from network where id = 2")
    assert ask(first, "select * from difference") == []


def test_the_head_is_the_last_migration() -> None:
    versions = bundled("migrations") / "versions"
    assert max(path.name[:4] for path in versions.glob("0*.py")) == HEAD


# By way of archdb

OLDER = "update meta set value = '0.0.1'"


@pytest.fixture
def older(opened: Database) -> Path:
    """A database of the archdb before: schema 0001, with two networks of the user's."""
    fc = '"linear", {units = 7}'
    put(opened, seed("base", ROWS), seed("own", {**ROWS, "fc": fc}, base="base"))
    with closing(sqlite3.connect(opened.path)) as client:
        views = client.execute("select name from sqlite_master where type = 'view'").fetchall()
        for (view,) in views:
            client.execute(f"drop view {view}")
        client.execute(OLDER)
        client.commit()
    down(opened.path)
    return opened.path


def test_imported_networks_get_their_structure(older: Path) -> None:
    answer = archdb("show", "own", "--by", "layer", database=older)
    assert answer.status == 0
    assert "upgraded, after a copy" in answer.err
    found = "select {} from network where name in ('base', 'own') order by name"
    rows = ask(older, found.format("name, length(structure), classes"))
    assert rows == [("base", 2 * 16, None), ("own", 2 * 16, None)]
    assert ask(older, found.format("count(distinct structure)")) == [(2,)]
    assert archdb("compare", "base", "own", database=older).err == (
        "note: base → own: units: 10 → 7 in fc\n"
    )


def test_bundled_networks_bring_their_differences_each_time_anew(older: Path) -> None:
    """A second upgrade replaces them; nothing is left of the first, and nothing doubled."""
    archdb("list", database=older)
    stated = "select architecture, number, what, base, here from variant_difference"
    first = ask(older, stated)
    assert len(first) > 10
    with closing(sqlite3.connect(older)) as client, client:
        client.execute(OLDER)
    assert archdb("list", database=older).status == 0
    assert sorted(ask(older, stated)) == sorted(first)
    assert ask(older, "select count(*) from difference") == [(len(first),)]
    assert ask(older, "pragma foreign_key_check") == []
