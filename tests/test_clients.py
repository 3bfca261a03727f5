"""Other programs on the same file: each view opens in each of them."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy
from command import archdb

from archdb.db import dictionary

VIEWS = sorted(dictionary.views())
each = pytest.mark.parametrize("view", VIEWS)


@pytest.fixture(scope="module")
def path(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with rows in every view but those of imports from elsewhere."""
    place = tmp_path_factory.mktemp("clients") / "archdb.sqlite"
    place.write_bytes(built.read_bytes())
    archdb("space", "build", "nasbench201", "--limit", "3", database=place)
    return place


@pytest.fixture
def client(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path)) as connection:
        yield connection


def columns(view: str, client: sqlite3.Connection) -> list[str]:
    return [name for _, name, *_ in client.execute(f"pragma table_info({view})")]


@each
def test_duckdb_can_say_every_view_again(view: str, client: sqlite3.Connection) -> None:
    """Its SQLite scanner parses a view, writes it down anew in words of its own, and has SQLite run
    that: a count(*) becomes a count_star(), a LIKE a ~~, and SQLite knows neither. The scanner
    is fetched when it is first used; this is what it does, without it."""
    duckdb = pytest.importorskip("duckdb")
    (statement,) = client.execute(
        "select sql from sqlite_master where type = 'view' and name = ?", [view]
    ).fetchone()
    said = statement[statement.index(" as") + len(" as") :]
    again = "select json_deserialize_sql(json_serialize_sql(?::varchar))"
    with closing(duckdb.connect()) as other:
        (in_its_words,) = other.execute(again, [said]).fetchone()
    found = client.execute(f"select * from ({in_its_words}) limit 50")
    assert [column[0] for column in found.description] == columns(view, client)
    expected = client.execute(f"select * from {view} limit 50").fetchall()
    assert sorted(map(repr, found.fetchall())) == sorted(map(repr, expected))


@each
def test_pandas_reads_every_view(view: str, client: sqlite3.Connection) -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.read_sql(f"select * from {view}", client)
    assert list(frame.columns) == columns(view, client)
    (rows,) = client.execute(f"select count(1) from {view}").fetchone()
    assert len(frame) == rows


@each
def test_polars_reads_every_view(view: str, client: sqlite3.Connection) -> None:
    """It looks at so many rows for the types; SQLite tells it none."""
    polars = pytest.importorskip("polars")
    frame = polars.read_database(f"select * from {view}", client, infer_schema_length=None)
    assert frame.columns == columns(view, client)


def test_sqlalchemy_reflects_every_view(path: Path) -> None:
    engine = sqlalchemy.create_engine(f"sqlite:///{path}")
    try:
        inspector = sqlalchemy.inspect(engine)
        assert sorted(inspector.get_view_names()) == VIEWS
        with engine.connect() as connection:
            for view in VIEWS:
                table = sqlalchemy.Table(view, sqlalchemy.MetaData(), autoload_with=connection)
                assert connection.execute(sqlalchemy.select(table).limit(1)).fetchall() is not None
                assert list(table.columns.keys())
    finally:
        engine.dispose()
