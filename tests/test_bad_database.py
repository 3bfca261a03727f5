"""Databases that cannot be used: each is told apart, named, and left as it is."""

import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from command import archdb, files, killed_while_writing, process, refused

from archdb.db import faults

#: Commands that read, and commands that write.
READERS = [
    ("compare", "vgg16", "alexnet"),
    ("list",),
    ("query", "select 1"),
    ("check",),
    ("schema",),
]
WRITERS = [("show", "vgg16", "--input", "256"), ("derive", "--all"), ("db", "upgrade")]
EVERY = [*READERS, *WRITERS, ("db", "info"), ("import", "some.toml")]


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faults, "BUSY_SECONDS", 0.05)


def refuse(words: tuple[str, ...], database: Path, *signs: str) -> None:
    """A command names the file and the fault, and changes nothing in the directory."""
    before = files(database.parent)
    refused(archdb(*words, database=database), str(database), *signs)
    assert files(database.parent) == before


def foreign(path: Path) -> None:
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("create table network (name text)")


def damaged(path: Path) -> None:
    """The header is there, and rubbish behind it."""
    path.write_bytes(path.read_bytes()[:100] + b"\xa5" * 8000)


def cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


BAD: dict[str, tuple[Callable[[Path], object], str]] = {
    "text": (lambda path: path.write_text("name = 'vgg16'\n" * 9), "is not a SQLite database"),
    "a few bytes": (lambda path: path.write_bytes(b"SQLite"), "is not a SQLite database"),
    "an empty file": (lambda path: path.write_bytes(b""), "is an empty file"),
    "a foreign database": (
        lambda path: (path.unlink(), foreign(path)),
        "is a SQLite database, but not one of archdb",
    ),
    "a damaged one": (damaged, "is damaged"),
    "one cut off": (cut_off, "is damaged"),
}


@pytest.mark.parametrize("words", EVERY, ids=lambda words: " ".join(words[:2]))
@pytest.mark.parametrize("kind", BAD)
def test_what_is_no_database(kind: str, words: tuple[str, ...], database: Path) -> None:
    spoil, sign = BAD[kind]
    spoil(database)
    refuse(words, database, sign)


@pytest.mark.parametrize("words", EVERY, ids=lambda words: " ".join(words[:2]))
def test_a_directory(words: tuple[str, ...], tmp_path: Path) -> None:
    place = tmp_path / "place"
    place.mkdir()
    refuse(words, place, "is a directory")


@pytest.mark.parametrize("words", EVERY, ids=lambda words: " ".join(words[:2]))
def test_nothing_there(words: tuple[str, ...], tmp_path: Path) -> None:
    missing = tmp_path / "missing.sqlite"
    refuse(words, missing, "there is no database here", f"archdb --database {missing} db init")


@pytest.mark.parametrize("words", [*EVERY, ("db", "init")], ids=lambda words: " ".join(words[:2]))
def test_a_directory_that_does_not_exist(words: tuple[str, ...], tmp_path: Path) -> None:
    missing = tmp_path / "nowhere" / "archdb.sqlite"
    refused(archdb(*words, database=missing), str(missing), f"{missing.parent} does not exist")
    assert not missing.parent.exists()


@pytest.mark.parametrize("place", ["/dev/null", "/dev/zero"])
def test_a_device_is_no_file(place: str) -> None:
    if not Path(place).exists():
        pytest.skip(f"there is no {place} here")
    refused(archdb("list", database=place), "is not a regular file")


def test_a_file_in_place_of_a_directory(database: Path) -> None:
    refused(archdb("list", database=database / "x"), "cannot be opened: Not a directory")


def test_a_name_too_long(tmp_path: Path) -> None:
    refused(archdb("list", database=tmp_path / ("x" * 300)), "cannot be opened: File name too long")


def test_a_link_to_nothing(tmp_path: Path) -> None:
    link = tmp_path / "link.sqlite"
    link.symlink_to(tmp_path / "nowhere.sqlite")
    refused(archdb("list", database=link), "there is no database here")
    refused(archdb("db", "init", database=link), "is a link to a file that is not there")
    assert [path.name for path in tmp_path.iterdir()] == ["link.sqlite"]


@pytest.mark.parametrize("url", ["postgresql://u:secret@host/db", "mysql://x", "http://x"])
def test_other_databases_than_sqlite(url: str) -> None:
    answer = archdb("list", database=url)
    refused(answer, f"'{url.split(':')[0]}' databases cannot be opened")
    assert "secret" not in answer.err


@pytest.mark.parametrize(
    "name",
    ["a b.sqlite", "100%25.sqlite", "what?mode=memory", "#1.sqlite", "ü×.sqlite", ":memory:"],
)
def test_any_name_of_a_file_is_just_a_name(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    assert archdb("db", "init", database=path).status == 0
    assert archdb("show", "nin", "--input", "256", database=path).status == 0
    assert archdb("check", database=path).status == 0
    assert [found.name for found in tmp_path.iterdir()] == [name]


# From another archdb.


def stamp(path: Path, **values: str) -> None:
    with closing(sqlite3.connect(path)) as client, client:
        if "version" in values:
            client.execute("update meta set value = ?", [values["version"]])
        if "revision" in values:
            client.execute("update alembic_version set version_num = ?", [values["revision"]])


@pytest.mark.parametrize("words", EVERY, ids=lambda words: " ".join(words[:2]))
@pytest.mark.parametrize("newer", [{"version": "99.0"}, {"revision": "9999"}])
def test_a_newer_one(newer: dict[str, str], words: tuple[str, ...], database: Path) -> None:
    stamp(database, **newer)
    refuse(words, database, "newer than this archdb", "pip install --upgrade archdb")


def test_one_without_its_stamp(database: Path) -> None:
    with closing(sqlite3.connect(database)) as client, client:
        client.execute("drop table meta")
    refuse(("list",), database, "no such table: meta")


# Locked.


@pytest.mark.parametrize("words", EVERY[:-1], ids=lambda words: " ".join(words[:2]))
def test_locked_altogether(words: tuple[str, ...], database: Path) -> None:
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("begin exclusive")
        refuse(words, database, "is locked by another program", "try again")


@pytest.mark.parametrize("words", WRITERS, ids=lambda words: " ".join(words[:2]))
def test_locked_against_writers(words: tuple[str, ...], database: Path) -> None:
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("begin immediate")
        refuse(words, database, "is locked by another program")
        for reader in READERS:
            assert archdb(*reader, database=database).status == 0, "readers are not kept out"


def test_a_reader_waits_for_a_writer_to_finish(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(faults, "BUSY_SECONDS", 60)
    other = sqlite3.connect(database, isolation_level=None, check_same_thread=False)
    other.execute("begin exclusive")
    threading.Timer(0.2, other.rollback).start()
    assert archdb("list", database=database).status == 0
    other.close()


# Left by a writer that was killed.


@pytest.mark.parametrize("words", READERS, ids=lambda words: " ".join(words[:2]))
def test_a_change_that_was_cut_short_is_undone(words: tuple[str, ...], database: Path) -> None:
    before, expected = files(database.parent), archdb(*words, database=database)
    killed_while_writing(database)
    assert files(database.parent).keys() > before.keys(), "a journal was left"
    assert archdb(*words, database=database) == expected
    assert files(database.parent) == before


def test_no_traceback_from_a_process_either(database: Path) -> None:
    database.write_bytes(b"")
    refused(process("list", database=database), "is an empty file")
    assert database.stat().st_size == 0
