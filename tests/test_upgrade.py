"""Databases of an older archdb: upgraded in one transaction, after a copy, or left as they are."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from command import archdb, files, refused
from rows import ask

from archdb import resources
from archdb.db import build, bundled_networks, connection, migrate, networks, writer
from archdb.errors import DefinitionError
from archdb.resources import bundled
from archdb.version import __version__

SEED = """name = "mine"
title = "Mine"
family = "Own"
year = 2024
variant_of = "vgg16"
aliases = ["own"]

[net]
input = [3, 8, 8]
layers = [
  ["conv", "conv2d", {filters = 4, kernel = 3}],
  ["stage", "conv_stage", {width = 8, kernels = [3]}],
]
"""
MINE = 4 * (3 * 9 + 1) + 8 * (4 * 9 + 1)


def tamper(database: Path, statements: str) -> None:
    with closing(sqlite3.connect(database)) as client:
        client.executescript(statements)


def params(database: Path, name: str) -> Any:
    answer = archdb("show", name, "--format", "json", database=database)
    return next(row[name] for row in json.loads(answer.out) if row["quantity"] == "params")


@pytest.fixture
def older(database: Path, tmp_path: Path) -> Path:
    """A database of an older archdb, with a network of the user's, and figures that are wrong."""
    seed = tmp_path / "mine.toml"
    seed.write_text(SEED, "utf-8")
    assert archdb("import", str(seed), database=database).status == 0
    archdb("show", "mine", "--input", "3x16x16", database=database)
    tamper(
        database,
        "pragma foreign_keys = on; update meta set value = '0.0.9';"
        "drop view op_summary; drop trigger layer_updated;"
        "update profile set weight_params = 7;"
        "drop trigger fact_row_updated; update fact_row set macs = 7;"
        "delete from network where name = 'nin'; update network set title = 'old'"
        " where origin = 'bundled'; delete from column_dictionary",
    )
    return database


def copies(database: Path) -> list[Path]:
    return sorted(database.parent.glob("*.bak"))


def test_any_command_upgrades_and_says_so(older: Path) -> None:
    before = older.read_bytes()
    answer = archdb("compare", "vgg16", "nin", database=older)
    assert answer.status == 0
    (copy,) = copies(older)
    assert answer.err == f"{older} was made by an older archdb: upgraded, after a copy to {copy}\n"
    assert "138,357,544" in answer.out
    version = "select value from meta where key = 'archdb_version'"
    assert ask(older, version) == [(__version__,)]
    assert archdb("check", database=older) == (0, "", "no faults\n")
    assert archdb("compare", "vgg16", "nin", database=older).err == "", "once"
    with closing(sqlite3.connect(copy)) as kept:
        assert kept.execute(version).fetchone() == ("0.0.9",)
    assert len(before) == copy.stat().st_size


def test_a_changed_convention_is_learnt_by_the_next_command(database: Path) -> None:
    """A file of seeds/conventions differs from what the database was made with."""
    whole = params(database, "lenet5")
    tamper(
        database,
        "update meta set value = '00000000' where key = 'conventions';"
        "update convention_weight set weight = 7 where convention = 'params'",
    )
    shown = ("show", "lenet5", "--convention", "params", "--format", "json")
    answer = archdb(*shown, database=database)
    (copy,) = copies(database)
    reason = "has other counting conventions than this archdb"
    assert answer.err == f"{database} {reason}: upgraded, after a copy to {copy}\n"
    assert [row["lenet5"] for row in json.loads(answer.out)][-1] == whole
    assert archdb(*shown, database=database).err == "", "once"


def test_conventions_are_told_apart_by_what_their_files_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = tmp_path / "conventions"
    shutil.copytree(resources.bundled("seeds/conventions"), files)
    shipped = resources.conventions_digest()
    monkeypatch.setattr(resources, "bundled", lambda name: files)
    assert resources.conventions_digest() == shipped
    file = files / "params.toml"
    file.write_text(file.read_text("utf-8") + "# changed\n", "utf-8")
    assert resources.conventions_digest() != shipped


def test_the_command_for_it(older: Path) -> None:
    answer = archdb("db", "upgrade", database=older)
    (copy,) = copies(older)
    assert answer == (0, "", f"upgraded {older}; the former state is in {copy}\n")
    assert ask(older, "select count(*) from network where title = 'old'") == [(0,)]


def test_imported_networks_are_kept_and_derived_again(older: Path) -> None:
    archdb("list", database=older)
    assert params(older, "mine") == MINE
    inputs = "select input, params from architecture_summary where architecture = 'mine'"
    assert ask(older, inputs + " order by input") == [("3x16x16", MINE), ("3x8x8", MINE)]
    assert ask(older, "select kind from block where name = 'stage'") == [("conv_stage",)]
    assert archdb("show", "own", database=older).status == 0, "by its other name too"


def test_an_analysts_own_views_are_kept(older: Path) -> None:
    own = 'create view "my ""own""" as select architecture, 100 % 7 as x from architecture_summary'
    tamper(
        older,
        f"{own}; create trigger mine instead of insert on layer_summary begin select 1; end;"
        'create view on_mine as select count(*) as n from [my "own"]',
    )
    assert archdb("db", "upgrade", database=older).status == 0
    assert ask(older, "select n from on_mine") == [(18 + 2,)], "and mine at two inputs"
    assert ask(older, "select count(*) from sqlite_master where name = 'mine'") == [(1,)]


def test_one_whose_rows_are_broken_is_kept_and_shown_nowhere(older: Path) -> None:
    tamper(older, "update layer set kernel_h = null, kernel_w = null where name = 'conv'")
    answer = archdb("list", "mine", database=older)
    refused(answer, "left out: mine, layer 'conv'")
    assert ask(older, "select count(*) from architecture_summary where architecture = 'mine'") == [
        (0,)
    ]
    tamper(older, "update layer set kernel_h = 3, kernel_w = 3 where name = 'conv'")
    assert params(older, "mine") == MINE


def test_what_another_client_left_of_a_deleted_network_is_no_hindrance(older: Path) -> None:
    """It checks no foreign keys, so layers and aliases are left without their network."""
    tamper(older, "delete from network where name = 'googlenet'")
    assert ask(older, "pragma foreign_key_check") != []
    assert archdb("show", "bvlc_googlenet", database=older).status == 0


def test_an_upgrade_of_what_is_up_to_date_changes_nothing_to_see(database: Path) -> None:
    view = "select * from layer_summary order by architecture, position"
    before = ask(database, view)
    assert archdb("db", "upgrade", database=database).status == 0
    assert ask(database, view) == before
    assert archdb("check", database=database).err == "no faults\n"


def fails(*_: Any) -> None:
    raise DefinitionError("made to fail")


@pytest.mark.parametrize(
    ("module", "name"),
    [
        *[(build, "migrate"), (migrate, "describe"), (bundled_networks, "insert_bundled")],
        *[(networks, "columns_of"), (writer, "save_profile")],
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_failure_in_the_middle_leaves_the_old_state(
    module: Any, name: str, older: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = files(older.parent)
    with monkeypatch.context() as patch:
        patch.setattr(module, name, lambda *_, **__: fails())
        refused(archdb("list", database=older), "made to fail")
    assert files(older.parent) == before, "and no copy of what has not changed"
    assert archdb("list", database=older).status == 0, "the next one goes through"


def test_a_failure_at_the_last_network(older: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put, calls = writer.insert_seed, []

    def put_some(*arguments: Any) -> None:
        calls.append(arguments)
        put(*arguments)
        if len(calls) == 18:
            fails()

    before = files(older.parent)
    with monkeypatch.context() as patch:
        patch.setattr(writer, "insert_seed", put_some)
        refused(archdb("list", database=older), "made to fail")
    assert files(older.parent) == before


# A schema that has moved on.

#: Today's newest revision, whatever its number, and one after it.
NOW, LATER = connection.HEAD, "9999"
NEXT = f"""
import sqlalchemy as sa
from alembic import op

revision = "{LATER}"
down_revision = "{NOW}"


def upgrade():
    with op.batch_alter_table("network", recreate="always") as batch:
        batch.add_column(sa.Column("added", sa.Text()))
    with op.batch_alter_table("profile", recreate="always") as batch:
        batch.add_column(sa.Column("added", sa.Text()))
    op.create_table("another", sa.Column("x", sa.Integer()))
"""


@pytest.fixture
def moved_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Today's migrations and one more, which makes tables anew that others refer to."""
    migrations = tmp_path / "migrations"
    shutil.copytree(bundled("migrations"), migrations)
    (migrations / "versions" / f"{LATER}_next.py").write_text(NEXT, "utf-8")
    monkeypatch.setattr(build, "bundled", lambda name: migrations)
    monkeypatch.setattr(connection, "HEAD", LATER)
    return migrations


def test_a_migration_under_views_keeps_every_row(older: Path, moved_on: Path) -> None:
    rows = [ask(older, f"select count(*) from {t}") for t in ("alias", "source", "block", "edge")]
    answer = archdb("compare", "vgg16", "alexnet", database=older)
    assert answer.status == 0, answer.err
    assert ask(older, "select version_num from alembic_version") == [(LATER,)]
    assert ask(older, "select added from network where name = 'vgg16'") == [(None,)]
    assert params(older, "mine") == MINE
    assert ask(older, "pragma foreign_key_check") == []
    again = [ask(older, f"select count(*) from {t}") for t in ("alias", "source", "block", "edge")]
    assert all(new >= old for new, old in zip(again, rows, strict=True)), "nin is back, none lost"
    assert archdb("check", database=older).err == "no faults\n"


def test_a_migration_that_fails_half_way(older: Path, moved_on: Path) -> None:
    script = moved_on / "versions" / f"{LATER}_next.py"
    script.write_text(NEXT + "    op.execute('insert into nowhere values (1)')\n", "utf-8")
    before = files(older.parent)
    refused(archdb("list", database=older), "no such table: nowhere")
    assert files(older.parent) == before


def test_it_is_refused_by_the_archdb_before_it(
    older: Path, moved_on: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archdb("list", database=older)
    monkeypatch.undo()
    refused(archdb("list", database=older), f"(schema {LATER}), newer than this archdb")
