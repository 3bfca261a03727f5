"""Issue 10, 'A question sees one state': whatever another program writes between two reads.

The writer does not race: it writes once, behind the n-th statement that a question puts to the
file, for every n.
"""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from command import Answer, archdb, refused

from archdb.cli import main
from archdb.db import connection, faults

SEED = """name = "w1"
title = "Of {filters} filters"
family = "Own"
year = {year}
[net]
input = [3, 8, 8]
layers = [
  ["conv", "conv2d", {{filters = {filters}, kernel = 3, padding = 1}}],
  ["last", "conv2d", {{filters = {filters}, kernel = 1}}],
]
"""
#: Two networks under one name: f · (3 · 3² + 1) + f · (f + 1) parameters.
OLD, NEW = 8, 20


def params(filters: int) -> int:
    return filters * (3 * 9 + 1) + filters * (filters + 1)


@pytest.fixture
def w1(database: Path, tmp_path: Path) -> Path:
    """A database that holds the old one."""
    write(tmp_path, OLD)
    assert archdb("import", str(tmp_path / f"{OLD}.toml"), database=database).status == 0
    write(tmp_path, NEW)
    return database


def write(place: Path, filters: int) -> None:
    text = SEED.format(filters=filters, year=2000 + filters)
    (place / f"{filters}.toml").write_text(text, "utf-8")


class Counting(sqlite3.Connection):
    """A connection that has somebody else act behind one of its statements."""

    left = -1
    act: Callable[[], object]

    def execute(self, *arguments: Any) -> sqlite3.Cursor:
        done = super().execute(*arguments)
        Counting.left -= 1
        if Counting.left == 0:
            Counting.act()
        return done


@pytest.fixture
def between(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Answer]]:
    """Runs a command while somebody acts behind its n-th statement through a reader."""
    plain = connection.read_only

    def counting(path: Path) -> sqlite3.Connection:
        uri = path.resolve().as_uri() + "?mode=ro"
        return sqlite3.connect(uri, uri=True, factory=Counting)

    def run(database: Path, behind: int, act: Callable[[], object], *words: str) -> Answer:
        def once() -> None:
            monkeypatch.setattr(connection, "read_only", plain)
            act()
            monkeypatch.setattr(connection, "read_only", counting)

        Counting.left, Counting.act = behind, staticmethod(once)
        monkeypatch.setattr(connection, "read_only", counting)
        done = CliRunner().invoke(main, ["--database", str(database), *words])
        monkeypatch.setattr(connection, "read_only", plain)
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Answer(done.exit_code, done.stdout, done.stderr)

    return run


def replaced(database: Path, place: Path) -> None:
    """What another program does: the new network in place of the old one. It waits for nobody."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(faults, "BUSY_SECONDS", 0)
        script = ["--database", str(database), "import", "--replace", str(place / f"{NEW}.toml")]
        CliRunner().invoke(main, script)


def replaced_rows(database: Path) -> None:
    """The same by a client that knows the tables, and derives nothing."""
    with closing(sqlite3.connect(database, timeout=0)) as client:
        try:
            client.executescript(
                f"begin immediate; update layer set filters = {NEW} where network_id ="
                " (select id from network where name = 'w1') and op = 'conv2d';"
                f"update network set title = 'Of {NEW} filters', year = {2000 + NEW}"
                " where name = 'w1'; commit"
            )
        except sqlite3.OperationalError as error:
            assert "locked" in str(error)


QUESTIONS = [
    ("compare", "w1", "w1+width=0.5"),
    ("compare", "w1", "nin", "--by", "layer", "--convention", "mac"),
    ("show", "w1", "--format", "latex"),
    ("show", "w1+width=0.5", "--format", "markdown"),
    ("show", "w1", "--input", "16"),
    ("show", "w1", "--lineage"),
    ("list", "w1", "--convention", "flop"),
    ("explain", "w1/last"),
    ("explain", "w1", "--quantity", "params", "--format", "latex"),
    ("explain-number", "w1", str(params(OLD))),
    ("rewrite", "w1", "width=0.5"),
    ("sweep", "w1", "w1+width=0.25..0.5:0.25", "--convention", "mac"),
    ("graph", "w1"),
    ("graph", "w1+width=0.5"),
    ("cite", "w1"),
    ("info",),
]


#: Which statement somebody writes behind: every early one, of the later ones some.
BEHIND = (1, 2, 3, 4, 5, 7, 9, 12, 16, 22, 30, 45, 70)


@pytest.mark.parametrize(
    ("words", "writer"),
    [*((words, "a client") for words in QUESTIONS), (QUESTIONS[0], "an import")],
    ids=lambda value: value if isinstance(value, str) else " ".join(value),
)
def test_an_answer_is_of_one_state(
    words: tuple[str, ...], writer: str, w1: Path, tmp_path: Path, between: Callable[..., Answer]
) -> None:
    """An answer is that of the old network or that of the new one, to the last byte."""
    original = w1.read_bytes()

    def act() -> None:
        replaced(w1, tmp_path) if writer == "an import" else replaced_rows(w1)

    old = archdb(*words, database=w1)
    w1.write_bytes(original)
    act()
    new = archdb(*words, database=w1)
    assert (old.status, new.status) == (0, 0)
    seen = set()
    for behind in BEHIND:
        w1.write_bytes(original)
        answer = between(w1, behind, act, *words)
        assert answer.status == 0, answer
        seen.add(answer.out)
        if Counting.left > 0:  # the question has put fewer statements
            break
    assert seen <= {old.out, new.out}
    assert old.out in seen


def test_a_variant_is_stored_of_what_its_base_is(
    w1: Path, tmp_path: Path, between: Callable[..., Answer]
) -> None:
    """Of f filters the first convolution keeps f/2, so half has f/2 · 28 + f · (f/2 + 1)."""
    original = w1.read_bytes()
    for behind in BEHIND:
        w1.write_bytes(original)
        words = ("rewrite", "w1", "width=0.5", "--as", "half")
        answer = between(w1, behind, lambda: replaced(w1, tmp_path), *words)
        assert answer.status == 0, answer
        shown = archdb("compare", "w1", "half", "--format", "json", database=w1)
        assert shown.status == 0
        found = next(row for row in json.loads(shown.out) if row["quantity"] == "params")
        (filters,) = (f for f in (OLD, NEW) if found["w1"] == params(f))
        assert found["half"] == filters // 2 * 28 + filters * (filters // 2 + 1)
        if Counting.left > 0:
            break
    assert archdb("check", database=w1).err.endswith("no faults\n")


def test_a_network_that_goes_meanwhile_is_no_traceback(
    w1: Path, between: Callable[..., Answer]
) -> None:
    original = w1.read_bytes()

    def act() -> None:
        with closing(sqlite3.connect(w1, timeout=0)) as client:
            try:
                client.execute("pragma foreign_keys = on")
                client.executescript("delete from network where name = 'w1'")
            except sqlite3.OperationalError as error:
                assert "locked" in str(error)

    for behind in (1, 2, 3, 4, 5, 6, 8, 10, 13, 17):
        for words in (("compare", "w1", "nin"), ("show", "w1+width=0.5"), ("derive", "w1")):
            w1.write_bytes(original)
            answer = between(w1, behind, act, *words)
            if answer.status:
                refused(answer, "w1")
