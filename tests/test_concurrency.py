"""Several archdb at the same moment, and one that is killed: the file is whole or not there."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest
from command import archdb, command, files, patient, process

from archdb.db import files as database_files
from archdb.db.connection import APPLICATION_ID
from archdb.db.unfinished import workplace

#: How many at once; the machine may have fewer processors.
MANY = 4


def together(*commands: list[str], env: dict[str, str]) -> list[tuple[int, str, str]]:
    """Run them at the same moment; status and both streams of each."""
    started = [
        subprocess.Popen(
            words,
            env={**os.environ, **env},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        for words in commands
    ]
    ended = [running.communicate() for running in started]
    return [(running.returncode, *streams) for running, streams in zip(started, ended, strict=True)]


def whole(path: Path) -> bool:
    with closing(sqlite3.connect(path)) as client:
        (count,) = client.execute("select count(*) from architecture_summary").fetchone()
        return bool(count == 18 and client.execute("pragma integrity_check").fetchone() == ("ok",))


# First uses.


def test_first_uses_at_the_same_moment(tmp_path: Path) -> None:
    env = {"XDG_DATA_HOME": str(tmp_path)}
    words = command("compare", "vgg16", "alexnet", "--format", "csv")
    answers = together(*[words] * MANY, env=env)
    assert [status for status, _, _ in answers] == [0] * MANY, answers
    assert len({out for _, out, _ in answers}) == 1
    assert list(files(tmp_path / "archdb")) == ["archdb.sqlite"], "one database, nothing else"
    assert whole(tmp_path / "archdb" / "archdb.sqlite")


def test_whoever_looks_meanwhile_sees_nothing_or_all(tmp_path: Path) -> None:
    path = tmp_path / "archdb" / "archdb.sqlite"
    with subprocess.Popen(
        command("list"),
        env={**os.environ, "XDG_DATA_HOME": str(tmp_path)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as running:
        while running.poll() is None:
            if path.exists():
                assert whole(path)
            time.sleep(0.005)
    assert whole(path)


def test_the_second_of_two_takes_what_the_first_has_made(tmp_path: Path) -> None:
    """Another process puts its database there while this one is still building."""
    path = tmp_path / "archdb.sqlite"
    with database_files.whole(path) as part:
        part.write_bytes(b"mine")
        path.write_bytes(b"theirs")
    assert files(tmp_path) == {"archdb.sqlite": b"theirs"}


def test_without_hard_links_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError("no hard links here")

    monkeypatch.setattr(os, "link", refuse)
    path = tmp_path / "archdb.sqlite"
    assert archdb("db", "init", database=path).status == 0
    assert list(files(tmp_path)) == ["archdb.sqlite"]
    assert whole(path)


# Killed.

#: Builds, and is killed as it stores its ninth network.
KILLED = """
import os, signal
from archdb.cli import main
from archdb.db import writer
put, stored = writer.insert_seed, []
def put_or_die(*arguments):
    put(*arguments)
    stored.append(arguments)
    if len(stored) == 9:
        os.kill(os.getpid(), signal.SIGKILL)
writer.insert_seed = put_or_die
main()
"""


def test_a_build_that_is_killed_leaves_no_database(tmp_path: Path) -> None:
    env = {"XDG_DATA_HOME": str(tmp_path)}
    ((status, _, _),) = together([sys.executable, "-c", KILLED, "list"], env=env)
    assert status == -9
    place = tmp_path / "archdb"
    left = [path.name for path in place.iterdir()]
    assert left
    assert all(name.startswith(".archdb-") for name in left), "only what is unfinished"
    assert process("list", env=env).status == 0
    assert not any(path.name in left for path in place.iterdir())
    assert whole(place / "archdb.sqlite")


def test_what_a_killed_process_left_is_swept_by_the_next(tmp_path: Path) -> None:
    """Issue 10, litter: whatever the clock says, and never what a live process is at work on."""
    hold = "from archdb.db.unfinished import workplace; from pathlib import Path; import os, signal"
    kill = f"{hold}\nwith workplace(Path({str(tmp_path)!r})): os.kill(os.getpid(), signal.SIGKILL)"
    assert subprocess.run([sys.executable, "-c", kill]).returncode == -signal.SIGKILL
    (left,) = tmp_path.iterdir()
    (tmp_path / ".other.part").mkdir()
    with workplace(tmp_path) as alive:
        (alive / "archdb.sqlite").write_bytes(b"half")
        assert archdb("db", "init", database=tmp_path / "archdb.sqlite").status == 0
        named = {path.name for path in tmp_path.iterdir()}
        assert named == {"archdb.sqlite", alive.name, ".other.part"}
        assert (alive / "archdb.sqlite").exists()
    assert not left.exists()
    assert {path.name for path in tmp_path.iterdir()} == {"archdb.sqlite", ".other.part"}


def test_also_what_was_left_beside_a_finished_database(tmp_path: Path) -> None:
    """Killed when the file had its name, before the directory that it was made in was gone."""
    env = {"XDG_DATA_HOME": str(tmp_path)}
    script = """
import os, signal
from archdb.cli import main
from archdb.db import files
place = files._place
def place_and_die(*arguments):
    place(*arguments)
    os.kill(os.getpid(), signal.SIGKILL)
files._place = place_and_die
main()
"""
    ((status, _, _),) = together([sys.executable, "-c", script, "list"], env=env)
    assert status == -9
    place = tmp_path / "archdb"
    assert len(list(place.iterdir())) == 2
    with workplace(place) as alive:  # which sweeps, too
        left = place / ".archdb-left.part"
        left.mkdir()
        (left / "lock").touch()
        assert process("list", env=env).status == 0
        assert {path.name for path in place.iterdir()} == {"archdb.sqlite", alive.name}
    assert [path.name for path in place.iterdir()] == ["archdb.sqlite"]


def test_a_killed_import_leaves_the_database_as_it_was(database: Path, tmp_path: Path) -> None:
    expected = archdb("list", database=database).out
    script = KILLED.replace("== 9", "== 1")
    seed = Path(__file__).parents[1] / "seeds" / "nets" / "resnet152.toml"
    words = [sys.executable, "-c", script, "--database", str(database)]
    ((status, _, _),) = together([*words, "import", "--replace", str(seed)], env={})
    assert status == -9
    assert archdb("list", database=database).out == expected
    assert archdb("check", database=database).err == "no faults\n"


# Readers and writers.


def test_writers_take_turns(database: Path) -> None:
    sizes = [str(224 + 32 * i) for i in range(MANY)]
    words = [patient("compare", "vgg16", "nin", "--input", s, database=database) for s in sizes]
    answers = together(*words, env={})
    assert [status for status, _, _ in answers] == [0] * MANY, answers
    assert archdb("check", database=database).err == "no faults\n"


def test_two_derive_the_same_at_once(database: Path) -> None:
    words = patient("show", "vgg16", "--input", "384", "--format", "csv", database=database)
    answers = together(*[words] * MANY, env={})
    assert len({(status, out) for status, out, _ in answers}) == 1, answers
    assert answers[0][0] == 0
    assert archdb("check", database=database).err == "no faults\n"


def test_two_upgrades_at_once(database: Path) -> None:
    with closing(sqlite3.connect(database)) as client, client:
        client.execute("update meta set value = '0.0.1'")
    answers = together(*[patient("list", "nin", database=database)] * 2, env={})
    assert [status for status, _, _ in answers] == [0, 0], answers
    assert archdb("check", database=database).err == "no faults\n"


def test_no_figure_is_mixed_while_another_program_writes(database: Path) -> None:
    """Filters go from 64 to 65 and back all the time; a comparison shows one or the other."""
    stop = threading.Event()

    def keep_changing() -> None:
        with closing(sqlite3.connect(database, timeout=60, isolation_level=None)) as client:
            while not stop.is_set():
                for filters in (65, 64):
                    client.execute(
                        "update layer set filters = ? where name = 'conv1_1' and network_id ="
                        " (select id from network where name = 'vgg16')",
                        [filters],
                    )
                    time.sleep(0.02)

    writer = threading.Thread(target=keep_changing)
    writer.start()
    try:
        seen = {tuple(sums(database)) for _ in range(10)} - {()}
    finally:
        stop.set()
        writer.join()
    one_more = (3 * 9 + 1) + 64 * 9
    plain = 138_357_544
    assert seen <= {(total, total) for total in (plain, plain + one_more)}


def sums(database: Path) -> list[int]:
    """vgg16's parameters as a total and as the sum of its layers; nothing where it was refused."""
    words = ("show", "vgg16", "--by", "layer", "--format", "json")
    answer = archdb(*words, database=database)
    if answer.status != 0:
        assert "keeps changing" in answer.err
        return []
    layers = {row["layer"]: row["params"] for row in json.loads(answer.out)}
    assert len(layers) == 40
    first = layers["conv1_1"] // (3 * 9 + 1)
    assert layers["conv1_2"] == 64 * (first * 9 + 1)
    return [sum(layers.values())] * 2


def test_the_file_says_whose_it_is(database: Path) -> None:
    assert APPLICATION_ID.to_bytes(4, "big") == b"arch" == database.read_bytes()[68:72]
