"""Points of search spaces through an upgrade: derived again where they must be, batch by batch."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from command import archdb, refused
from migrated import unpacked
from points import POINTS, SHOWN
from rows import ask, shown

import archdb as package
from archdb.db import derivation, profiles, writer
from archdb.db.shared_rows import checksum, said_columns
from archdb.db.shared_tables import fact_row, op_row
from archdb.errors import DefinitionError
from archdb.spaces import find


def tamper(path: Path, statements: str) -> None:
    with closing(sqlite3.connect(path)) as client:
        client.executescript(statements)


def everything(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """All that views show, and the structure hashes."""
    totals = ask(path, "select * from space_total where space is not null")
    structure = ask(path, "select name, structure, packed, stale from network order by name")
    return {**shown(path, *SHOWN), "space_total": sorted(totals, key=repr), "structure": structure}


PROFILES = "select p.id from profile p join network n on n.id = p.network_id where n.space {} null"
STALE = "select count(*) from network where stale"
#: What another archdb would have derived, and written down as its own.
OTHERWISE = """
update meta set value = 'another' where key = 'derivation';
drop trigger fact_row_updated; drop trigger op_row_updated; drop trigger profile_updated;
drop trigger structure_updated;
update fact_row set macs = macs + 1; update op_row set macs = macs + 1;
update profile set macs = macs + 1; update network set structure = 'x' where space is not null;
"""


def derived_otherwise(path: Path) -> None:
    tamper(path, OTHERWISE)
    with closing(sqlite3.connect(path)) as client, client:
        for table in (fact_row, op_row):
            columns = ", ".join(said_columns(table))
            for key, *row in client.execute(f"select id, {columns} from {table.name}").fetchall():
                client.execute(
                    f"update {table.name} set digest = ? where id = ?", [checksum(row), key]
                )


def test_points_of_the_same_derivation_are_left_alone(file: Path) -> None:
    before, own = everything(file), ask(file, PROFILES.format("is not"))
    catalogue = ask(file, PROFILES.format("is"))
    tamper(file, "update meta set value = '0.0.9' where key = 'archdb_version'")
    assert archdb("list", database=file).status == 0
    assert ask(file, PROFILES.format("is not")) == own
    assert set(ask(file, PROFILES.format("is"))).isdisjoint(catalogue), "these are"
    assert everything(file) == before


@pytest.mark.parametrize(
    "words",
    [("db", "upgrade"), ("query", "select 1"), ("list", "--space", "nasbench201")],
    ids=lambda words: words[0],
)
def test_points_of_another_derivation_are_derived_again(words: tuple[str, ...], file: Path) -> None:
    before = everything(file)
    derived_otherwise(file)
    tamper(file, "update meta set value = '0.0.9' where key = 'archdb_version'")
    assert everything(file) != before
    answer = archdb(*words, database=file)
    assert answer.status == 0, answer
    assert "derived again, because rows or archdb have changed: " in answer.err
    assert everything(file) == before
    assert ask(file, "select value from meta where key = 'derivation'") == [(derivation.digest(),)]
    assert archdb("check", database=file).err == "no faults\n"


def test_until_they_are_derived_nothing_is_told_of_them(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    derived_otherwise(file)
    with monkeypatch.context() as patch:
        patch.setattr(profiles, "_refresh_points", fails)
        refused(archdb("db", "upgrade", database=file), "made to fail")
    assert ask(file, STALE) == [(POINTS,)]
    for view in SHOWN:
        if view != "space_point":
            assert ask(file, f"select count(*) from {view} where space is not null") == [(0,)]


@pytest.mark.parametrize(
    "words",
    [
        ("list",),
        ("info",),
        ("compare", "vgg16", "alexnet"),
        ("plot", "totals", "--output", "plot.svg"),
    ],
    ids=lambda words: words[0],
)
def test_questions_about_the_catalogue_do_not_wait_for_points(
    words: tuple[str, ...], file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(file.parent)
    derived_otherwise(file)
    tamper(file, "update network set revision = revision + 1 where space is not null")
    answer = archdb(*words, database=file)
    assert (answer.status, ask(file, STALE)) == (0, [(POINTS,)]), answer


def fails(*_: Any) -> None:
    raise DefinitionError("made to fail")


def test_what_derives_is_known_by_all_its_sources() -> None:
    """All that the lists and totals of a profile are made by, but what only speaks of it."""
    loaded = subprocess.run(
        [sys.executable, "-c", "import sys, archdb.db.profile_lists, archdb.analysis.fingerprint,"
         " archdb.analysis.profile; print(*sys.modules)"],
        capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    speak = {
        *("archdb", "archdb.version", "archdb.errors", "archdb.resources", "archdb.text"),
        *("archdb.db", "archdb.db.columns", "archdb.db.connection", "archdb.db.dictionary"),
        *("archdb.db.engine", "archdb.db.expansion", "archdb.db.faults"),
    }
    names = {name for name in loaded if name.partition(".")[0] == "archdb"} - speak
    sources = [source.removesuffix(".py").replace("/", ".") for source in derivation.SOURCES]
    assert len(names) > 20
    for name in names:
        inside = name.removeprefix("archdb.")
        assert any(inside == s or inside.startswith(f"{s}.") for s in sources), name


def test_a_changed_source_is_another_derivation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = {derivation.digest()}
    monkeypatch.setattr(derivation, "_PACKAGE", tmp_path)
    for source in derivation.SOURCES:
        path = tmp_path / source / "x.py" if "." not in source else tmp_path / source
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    for path in sorted(tmp_path.rglob("*.py")):
        path.write_text("x = 1\n")
        found.add(derivation.digest())
    assert len(found) == 1 + len(derivation.SOURCES)
    assert Path(package.__file__).parent == Path(derivation.__file__).parent.parent


# Files from before points were packed.


#: Runs a command with batches of three points, and is killed where the given one ends, or begins
#: to be written.
KILLED = """
import os, signal, sys
from archdb.cli import main
from archdb.db import profiles, writer
profiles.BATCH = 3
place, number = sys.argv.pop(1), int(sys.argv.pop(1))
module = writer if place == "save_profile" else profiles
work, calls = getattr(module, place), []
def counted(connection, *arguments, **options):
    done = work(connection, *arguments, **options)
    key = "select space from network where id = ?"
    if module is profiles or connection.exec_driver_sql(key, (arguments[0],)).scalar():
        calls.append(1)
        if len(calls) == number:
            os.kill(os.getpid(), signal.SIGKILL)
    return done
setattr(module, place, counted)
main()
"""


@pytest.mark.parametrize(
    ("place", "number", "left"),
    [
        ("save_profile", 1, POINTS),
        ("save_profile", 2, POINTS),
        ("_refresh_points", 1, POINTS),
        ("save_profile", 5, POINTS - 3),
        ("_refresh_points", 3, POINTS - 6),
        ("save_profile", POINTS, 3),
        ("_refresh_points", 4, 3),
    ],
)
def test_a_killed_upgrade_of_points_loses_one_batch_at_most(
    place: str, number: int, left: int, file: Path
) -> None:
    before = everything(file)
    unpacked(file)
    words = [sys.executable, "-c", KILLED, place, str(number), "--database", str(file), "derive"]
    ended = subprocess.run(words, env=dict(os.environ), capture_output=True, check=False)
    assert ended.returncode == -signal.SIGKILL
    packed = "select count(*) from network where packed"
    assert ask(file, STALE) == [(left,)]
    assert ask(file, packed) == [(POINTS - left,)]
    answer = archdb(
        "query",
        "select count(distinct architecture) as n from space_point",
        "--format",
        "json",
        database=file,
    )
    assert (answer.status, json.loads(answer.out)) == (0, [{"n": POINTS}])
    assert ask(file, packed) == [(POINTS,)]
    assert everything(file) == before
    assert archdb("check", database=file).err == "no faults\n"


def test_what_is_finished_is_not_derived_by_the_second_run(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unpacked(file)
    words = [
        sys.executable,
        "-c",
        KILLED,
        "_refresh_points",
        "4",
        "--database",
        str(file),
        "derive",
    ]
    subprocess.run(words, env=dict(os.environ), capture_output=True, check=False)
    refresh, again = writer.refresh, []
    monkeypatch.setattr(writer, "refresh", lambda c, key: (again.append(key), refresh(c, key)))
    assert archdb("derive", database=file).status == 0
    assert len(again) == 3


def test_a_fault_in_a_later_batch_says_what_is_kept(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    derived_otherwise(file)
    monkeypatch.setattr(profiles, "BATCH", 5)
    refreshed, calls = profiles._refresh_points, []

    def fail_later(*arguments: Any) -> Any:
        calls.append(arguments)
        return fails() if len(calls) == 3 else refreshed(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(profiles, "_refresh_points", fail_later)
        said = f"10 of {POINTS} networks are derived; archdb derive goes on from there"
        refused(archdb("db", "upgrade", database=file), "made to fail", said)
    assert ask(file, STALE) == [(POINTS - 10,)]
    assert archdb("derive", database=file).status == 0
    assert archdb("check", database=file).err == "no faults\n"


# Points that are a user's.


NAME = next(find("nasbench201").points([3])).name
ONE = f"(select id from network where name = '{NAME}')"


def test_a_point_that_was_unpacked_and_changed_stays_so(file: Path) -> None:
    tamper(
        file,
        f"update network set packed = 0 where name = '{NAME}';"
        f"update layer set units = 20 where network_id = {ONE} and op = 'linear'",
    )
    assert archdb("derive", NAME, database=file).status == 0
    before = everything(file)
    tamper(file, f"update layer set groups = null where network_id = {ONE}")
    derived_otherwise(file)
    assert archdb("db", "upgrade", database=file).status == 0
    assert everything(file) == before
    form = f"select distinct groups from layer where network_id = {ONE} and op = 'conv2d'"
    assert ask(file, form) == [(1,)]
    assert archdb("check", database=file).err == "no faults\n"
