"""Files and directories that cannot be written: what can be read is read, the rest is said.

The modes of a file do not bind root, so root takes these tests as somebody else.
"""

import importlib
import os
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from command import archdb, files, killed_while_writing, refused

from archdb import cli
from archdb.db import faults

#: A user who owns nothing.
NOBODY = 65534
READERS = [("compare", "vgg16", "alexnet"), ("list",), ("query", "select 1"), ("check",)]
WRITERS = [("derive", "vgg16", "--input", "256"), ("derive", "--all"), ("db", "upgrade")]
#: Questions at an input that no profile is stored of.
ELSEWHERE = [
    ("show", "vgg16", "--input", "256"),
    ("show", "vgg16", "--by", "layer", "--input", "256"),
    ("compare", "vgg16", "alexnet", "--input", "256"),
    ("compare", "vgg16", "vgg16+fc-to-conv", "--input", "256"),
    ("graph", "vgg16", "--input", "256"),
    ("explain", "vgg16", "--input", "256"),
    ("sweep", "vgg16", "--input", "256"),
]


@contextmanager
def as_nobody() -> Iterator[None]:
    """Nobody's rights, where we are root; everybody else keeps their own."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        yield
        return
    for name in cli.COMMANDS.values():  # nobody may not read what Python has not yet loaded
        importlib.import_module(f"archdb.cli.{name}")
    os.setegid(NOBODY)
    os.seteuid(NOBODY)
    try:
        if not os.access(cli.__file__, os.R_OK, effective_ids=True):
            pytest.skip("the checkout is where only root can read it")
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)


@pytest.fixture
def place(built: Path) -> Iterator[Path]:
    """A directory that everybody can reach, with a database in it; pytest's own is private."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        directory.chmod(0o755)
        shutil.copy(built, directory / "archdb.sqlite")
        yield directory
        directory.chmod(0o755)


@pytest.fixture
def locked_up(place: Path) -> Path:
    """A database that cannot be written, in a directory that cannot be written."""
    database = place / "archdb.sqlite"
    database.chmod(0o444)
    place.chmod(0o555)
    return database


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faults, "BUSY_SECONDS", 0.05)


def runs_python() -> bool:
    """Whether who we are may start Python, as a statement's own process is; nobody may not where it
    is root's own."""
    return os.access(sys.executable, os.X_OK, effective_ids=os.access in os.supports_effective_ids)


@pytest.mark.parametrize("words", READERS, ids=lambda words: words[0])
def test_reading_needs_no_more_than_reading(words: tuple[str, ...], locked_up: Path) -> None:
    expected = archdb(*words, database=locked_up)
    with as_nobody():
        if words[0] == "query" and not runs_python():
            pytest.skip("Python is where only root can run it")
        assert archdb(*words, database=locked_up) == expected


@pytest.mark.parametrize("words", WRITERS, ids=lambda words: words[0])
def test_what_must_be_written_is_refused(words: tuple[str, ...], locked_up: Path) -> None:
    before = files(locked_up.parent)
    with as_nobody():
        refused(archdb(*words, database=locked_up), str(locked_up))
    assert files(locked_up.parent) == before


@pytest.mark.parametrize("words", ELSEWHERE, ids=" ".join)
def test_another_input_is_answered_and_not_kept(words: tuple[str, ...], locked_up: Path) -> None:
    """Issue 10: the same answer as of a file that can be written, and the file as it was."""
    before = files(locked_up.parent)
    with tempfile.TemporaryDirectory() as other:
        copy = Path(shutil.copy(locked_up, Path(other) / "archdb.sqlite"))
        copy.chmod(0o644)
        expected = archdb(*words, database=copy)
    with as_nobody():
        answer = archdb(*words, database=locked_up)
    assert (answer.status, answer.out) == (0, expected.out)
    assert files(locked_up.parent) == before


def test_a_file_that_cannot_be_written_in_a_directory_that_can(place: Path) -> None:
    database = place / "archdb.sqlite"
    database.chmod(0o444)
    place.chmod(0o777)
    before = files(place)
    with as_nobody():
        answer = archdb("derive", "vgg16", "--input", "256", database=database)
    refused(answer, "cannot be written", "give a writable copy with --database")
    assert files(place) == before


def test_a_directory_that_cannot_be_written(place: Path) -> None:
    """SQLite writes its journal beside the file."""
    database = place / "archdb.sqlite"
    database.chmod(0o666)
    place.chmod(0o555)
    before = files(place)
    with as_nobody():
        answer = archdb("derive", "vgg16", "--input", "256", database=database)
    refused(answer, "cannot be written", "give a writable copy with --database")
    assert files(place) == before


def test_figures_that_are_stale_are_not_shown(locked_up: Path) -> None:
    with closing(sqlite3.connect(locked_up)) as client, client:
        client.execute("update layer set filters = 65 where name = 'conv1_1'")
    before = files(locked_up.parent)
    for words in (("compare", "vgg16", "alexnet"), ("list",), ("query", "select 1")):
        with as_nobody():
            if words[0] == "query" and not runs_python():
                continue
            answer = archdb(*words, database=locked_up)
        refused(answer, "rows of vgg", "have changed and cannot be derived again")
    with as_nobody():
        fresh = archdb("compare", "alexnet", "nin", database=locked_up)
    assert fresh.status == 0, "whose rows have not changed is shown"
    assert files(locked_up.parent) == before


def test_what_cannot_be_read(place: Path) -> None:
    database = place / "archdb.sqlite"
    database.chmod(0o000)
    with as_nobody():
        refused(archdb("list", database=database), "cannot be read: Permission denied")
    place.chmod(0o000)
    with as_nobody():
        refused(archdb("list", database=database), "cannot be opened: Permission denied")
    place.chmod(0o755)


def test_a_database_cannot_be_made_there(place: Path) -> None:
    place.chmod(0o555)
    with as_nobody():
        answer = archdb("db", "init", database=place / "new.sqlite")
    refused(answer, "cannot be created: Permission denied")
    assert list(files(place)) == ["archdb.sqlite"]


def test_the_default_database_cannot_be_made_there(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.chmod(0o555)
    monkeypatch.setenv("XDG_DATA_HOME", str(place))
    for words in (("list",), ("db", "init")):
        with as_nobody():
            answer = archdb(*words)
        refused(answer, "the directory cannot be created", "--database or ARCHDB_DATABASE")
    assert list(files(place)) == ["archdb.sqlite"]


def test_an_older_one_that_cannot_be_upgraded(locked_up: Path) -> None:
    with closing(sqlite3.connect(locked_up)) as client, client:
        client.execute("update meta set value = '0.0.1'")
    before = files(locked_up.parent)
    with as_nobody():
        refused(archdb("list", database=locked_up), str(locked_up))
    assert files(locked_up.parent) == before


def test_a_change_cut_short_cannot_be_undone_there(locked_up: Path) -> None:
    killed_while_writing(locked_up)
    before = files(locked_up.parent)
    assert len(before) == 2
    with as_nobody():
        answer = archdb("list", database=locked_up)
    refused(answer, "was left in the middle of a change")
    assert files(locked_up.parent) == before
