"""The tables: what migrations make is what the code declares, strict, checked, and undone again."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic import command as alembic
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from bundled import NAMES
from sqlalchemy import text
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateTable

from archdb.db.connection import HEAD
from archdb.db.engine import engine_for
from archdb.db.tables import metadata
from archdb.queries.reader import Reader
from archdb.resources import bundled
from archdb.sources.toml import bundled_references, load

TABLES = [table.name for table in metadata.sorted_tables]


@pytest.fixture
def client(database: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("pragma foreign_keys = on")
        yield connection


def config(connection: Any) -> Config:
    found = Config()
    found.set_main_option("script_location", str(bundled("migrations")))
    found.attributes["connection"] = connection
    return found


# Migrations.


def test_autogenerate_finds_nothing_to_do(database: Path) -> None:
    engine = engine_for(database, write=False)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_constraints_are_those_declared(client: sqlite3.Connection) -> None:
    """Autogenerate compares no CHECK, no STRICT and no AUTOINCREMENT: the texts do."""
    for table in metadata.sorted_tables:
        declared = str(CreateTable(table).compile(dialect=sqlite.dialect()))
        (made,) = client.execute("select sql from sqlite_master where name = ?", [table.name])
        assert clauses(made[0]) == clauses(declared)


def clauses(statement: str) -> set[tuple[str, ...]]:
    """The clauses of a CREATE TABLE, whatever their order, spacing and case: a column added by a
    later revision stands on one line with the one before it, and its CHECK behind it; so does
    its REFERENCES, which elsewhere follows FOREIGN KEY (autogenerate compares whose it is)."""
    text = re.sub(r"\s+", " ", statement.replace('"', "").lower())
    text = re.sub(r"foreign key ?\(\w+\) |(?<=references )(\w+) (?=\()", r"\1", text)
    text = re.sub(r"\) ?(strict|without rowid|, | )*$", "", text)
    parts = re.split(r",(?![^(]*\))|(?=\bconstraint )", text)
    return {tuple(sorted(part.strip(" ,").split())) for part in parts} - {()}


def test_head_is_the_newest_revision() -> None:
    assert ScriptDirectory.from_config(config(None)).get_heads() == [HEAD]


def test_down_and_up_again(tmp_path: Path) -> None:
    path = tmp_path / "empty.sqlite"
    engine = engine_for(path)
    with engine.begin() as connection:
        alembic.upgrade(config(connection), "head")
    made = schema_of(path)
    with engine.begin() as connection:
        alembic.downgrade(config(connection), "base")
    assert {name for name in schema_of(path) if not name.startswith("sqlite_")} == {
        "alembic_version"
    }
    with engine.begin() as connection:
        alembic.upgrade(config(connection), "head")
    engine.dispose()
    assert schema_of(path) == made


def schema_of(path: Path) -> dict[str, str]:
    with closing(sqlite3.connect(path)) as connection:
        return dict(connection.execute("select name, sql from sqlite_master where type = 'table'"))


# Tables.


def test_every_table_is_strict(client: sqlite3.Connection) -> None:
    rows = client.execute("select name, strict from pragma_table_list where type = 'table'")
    loose = {name for name, strict in rows if not strict}
    assert loose == {"sqlite_schema", "sqlite_temp_schema", "sqlite_sequence", "alembic_version"}


def test_every_table_says_what_a_row_is() -> None:
    assert [table.name for table in metadata.sorted_tables if not table.comment] == []


def test_a_wrong_type_is_refused(client: sqlite3.Connection) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="cannot store TEXT value in INTEGER column"):
        client.execute("update layer set kernel_h = 'three'")


def test_archdb_writes_with_foreign_keys_on(database: Path) -> None:
    engine = engine_for(database)
    with engine.begin() as connection:
        assert connection.execute(text("pragma foreign_keys")).scalar_one() == 1
    engine.dispose()


def test_what_hangs_on_a_network_goes_with_it(client: sqlite3.Connection) -> None:
    client.execute("delete from network where name = 'vgg11_lrn'")
    assert client.execute("pragma foreign_key_check").fetchall() == []
    for table in ("alias", "source", "block", "layer", "edge", "profile"):
        lost = f"select count(*) from {table} where network_id not in (select id from network)"
        assert client.execute(lost).fetchone() == (0,)
    lost = "select count(*) from profile_row where profile_id not in (select id from profile)"
    assert client.execute(lost).fetchone() == (0,)


CONV = "network_id = 9 and position = 1"
REFUSED = {
    "a padding mode that is none": f"update layer set padding = 'full' where {CONV}",
    "a rounding that is none": "update layer set rounding = 'up' where op = 'max_pool2d'",
    "a negative pad": f"update layer set pad_top = -1 where {CONV}",
    "a kernel of nothing": f"update layer set kernel_h = 0 where {CONV}",
    "a negative kernel": f"update layer set kernel_w = -3 where {CONV}",
    "a stride of nothing": f"update layer set stride_h = 0 where {CONV}",
    "a dilation of nothing": f"update layer set dilation_w = 0 where {CONV}",
    "no groups": f"update layer set groups = 0 where {CONV}",
    "no filters": f"update layer set filters = 0 where {CONV}",
    "no units": "update layer set units = 0 where op = 'linear'",
    "a bias that is neither yes nor no": f"update layer set bias = 2 where {CONV}",
    "an auxiliary that is neither": f"update layer set auxiliary = 2 where {CONV}",
    "attributes that are no JSON": f"update layer set attributes = '{{a: 1}}' where {CONV}",
    "half a kernel": f"update layer set kernel_w = null where {CONV}",
    "half a stride": f"update layer set stride_h = null where {CONV}",
    "half a dilation": f"update layer set dilation_h = null where {CONV}",
    "explicit padding without pads": f"update layer set pad_left = null where {CONV}",
    "pads under a mode": f"update layer set padding = 'same' where {CONV}",
    "pads without padding": "update layer set pad_top = 1 where op = 'relu'",
    "a layer without a name": f"update layer set name = '' where {CONV}",
    "a negative position": f"update layer set position = -1 where {CONV}",
    "a name given twice": f"update layer set name = 'data' where {CONV}",
    "an op of nothing": f"update layer set op = null where {CONV}",
    "a block that is not there": f"update layer set block = 'nowhere' where {CONV}",
    "an edge to itself": "update edge set source = reader",
    "a negative slot": "update edge set slot = -1",
    "an edge to nowhere": "update edge set source = 9999 where network_id = 9 and reader = 1",
    "a network in capitals": "update network set name = 'VGG' where id = 9",
    "a network with a space": "update network set name = 'v g' where id = 9",
    "a network without a name": "update network set name = '' where id = 9",
    "two networks of a name": "update network set name = 'nin' where id = 9",
    "a year before all": "update network set year = 1066 where id = 9",
    "an origin that is none": "update network set origin = 'found' where id = 9",
    "a variant of itself": "update network set variant_of = name where id = 9",
    "a variant of nothing": "update network set variant_of = 'ghost' where id = 9",
    "a source without a publication": "update source set citation = 'ghost2000'",
    "authors that are no JSON": "update citation set authors = 'He, Kaiming'",
    "a block that is no JSON": "update block set attributes = 'x'",
    "a profile that is neither native nor not": "update profile set is_native = 2",
    "two profiles at an input": "insert into profile (network_id, input, is_native, revision)"
    " select network_id, input, 0, 0 from profile",
    "an origin of a column": "update column_dictionary set origin = 'guessed'",
}


@pytest.mark.parametrize("kind", REFUSED)
def test_the_database_itself_refuses(kind: str, client: sqlite3.Connection) -> None:
    (name,) = client.execute("select name from network where id = 9").fetchone()
    assert client.execute(f"select op from layer where {CONV}").fetchone() == ("conv2d",), name
    with pytest.raises(sqlite3.IntegrityError):
        client.execute(REFUSED[kind])


# Rows and networks: of the whole catalogue.

SEEDS, REFERENCES = bundled("seeds"), bundled_references()


@pytest.mark.parametrize("name", NAMES)
def test_what_is_stored_is_loaded_as_it_was(name: str, whole: Path) -> None:
    network = load(SEEDS / "nets" / f"{name}.toml", REFERENCES).network
    with Reader(whole) as reader:
        stored = reader.load(name)
    assert stored.name == network.name
    assert stored.layers == network.layers
    assert [(b.name, b.kind, b.parent) for b in stored.blocks] == [
        (b.name, b.kind, b.parent) for b in network.blocks
    ]
    assert [dict(b.attributes) for b in stored.blocks] == [
        dict(b.attributes) for b in network.blocks
    ]


def test_the_saved_and_built_in_queries_use_indexes(client: sqlite3.Connection) -> None:
    """One network is found without reading the rows of all others."""
    plan = client.execute(
        "explain query plan select * from layer_summary where architecture = 'vgg16'"
        " and input = '3x224x224'"
    ).fetchall()
    scanned = {step[3] for step in plan if step[3].startswith("SCAN")}
    large = ("layer_row", "fact_row", "profile")
    assert not any(table in step for step in scanned for table in large)
