"""archdb space: built in batches, resumed after anything, and read like all else."""

import json
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from command import archdb, command, refused

from archdb import spaces as known_spaces
from archdb.db import build, engine, faults, spaces
from archdb.errors import DatabaseError, DefinitionError
from archdb.model.graph import Network
from archdb.ops import make
from archdb.spaces import Point, Space, find

ZERO, ONE = (next(find("nasbench201").points([n])).name for n in (0, 1))


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of no bundled network and twelve points: never written."""
    path = tmp_path_factory.mktemp("filled") / "archdb.sqlite"
    build.create(path, seeded=False)
    spaces.build(path, find("nasbench201"), 12)
    return path


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    path = tmp_path / "archdb.sqlite"
    build.create(path, seeded=False)
    return path


def rows(path: Path, statement: str) -> list[Any]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(statement).fetchall()


def numbers(path: Path) -> list[int]:
    return [n for (n,) in rows(path, "select number from network order by number")]


def test_points_are_rows_like_all_others(filled: Path) -> None:
    assert numbers(filled) == list(range(12))
    ((shown, stored),) = rows(
        filled, "select (select count(*) from layer_summary), (select count(*) from layer_row)"
    )
    assert shown > 12 * 100
    assert stored < shown
    assert rows(filled, "pragma foreign_key_check") == []
    assert rows(filled, "pragma integrity_check") == [("ok",)]


def test_check_finds_no_fault_in_what_was_built(filled: Path) -> None:
    assert archdb("check", database=filled).status == 0


def test_the_catalogue_does_not_show_points_unless_asked(filled: Path) -> None:
    assert json.loads(archdb("list", "--format", "json", database=filled).out) == []
    listed = archdb(
        "list", "--space", "nasbench201", "--sort", "macs", "--format", "json", database=filled
    )
    macs = [row["macs"] for row in json.loads(listed.out)]
    assert len(macs) == 12
    assert macs == sorted(macs)


def test_points_are_listed_in_the_benchmarks_order(filled: Path) -> None:
    listed = json.loads(
        archdb("list", "--space", "nasbench201", "--format", "json", database=filled).out
    )
    assert [row["architecture"] for row in listed] == [
        point.name for point in find("nasbench201").points(range(12))
    ]


def test_a_misspelt_point_is_answered_with_where_to_look(filled: Path) -> None:
    refused(
        archdb("show", ONE.replace("skip", "jump"), database=filled),
        "archdb list --space nasbench201 those of its points",
    )


def test_what_a_result_does_not_depend_on_is_said_apart(filled: Path) -> None:
    """Cell 9 ends in a skip; of its 15 dead 3×3 convolutions each stage has five."""
    nine = next(find("nasbench201").points([9])).name
    answer = archdb("compare", nine, ONE, "--format", "json", database=filled)
    found = {row["quantity"]: row for row in json.loads(answer.out)}
    dead = {
        "params": sum(5 * (9 * c * c + 2 * c) for c in (16, 32, 64)),
        "macs": sum(5 * 9 * c * c * side * side for c, side in ((16, 32), (32, 16), (64, 8))),
    }
    for quantity, cost in dead.items():
        assert found[quantity][nine] - found[f"live_{quantity}"][nine] == cost
        assert found[quantity][ONE] == found[f"live_{quantity}"][ONE]
    said = f"{dead['params']:,} params and {dead['macs']:,} MACs are counted of layers"
    assert said in answer.err
    assert answer.err.count("does not depend on") == 1


def test_listing_a_space_that_is_not_there_names_the_remedy(filled: Path) -> None:
    refused(
        archdb("list", "--space", "vgg_widths", database=filled),
        "no search space 'vgg_widths'",
        "archdb space build vgg_widths",
    )


@pytest.mark.parametrize("by", ["total", "op", "block", "resolution", "layer"])
def test_points_are_compared_by_their_strings(filled: Path, by: str) -> None:
    answer = archdb("compare", ZERO, ONE, "--by", by, "--format", "json", database=filled)
    assert answer.status == 0
    assert any(ONE in column for column in json.loads(answer.out)[0])


def test_a_point_is_shown_at_another_input_in_the_benchmarks_convention(
    filled: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.sqlite"
    copy.write_bytes(filled.read_bytes())
    words = ("show", ONE, "--convention", "nasbench201", "--format", "json")
    shown = {row["quantity"]: row[ONE] for row in json.loads(archdb(*words, database=copy).out)}
    assert shown["nasbench201"] == 113_951_370
    small = json.loads(archdb(*words, "--input", "16", database=copy).out)
    at_16 = {row["quantity"]: row[ONE] for row in small}
    # ImageNet16-120 is printed with 28.50 M: a quarter of the maps, and 120 classes instead of 10
    assert round((at_16["nasbench201"] + 110 * 65) / 1e6, 2) == 28.50


def test_the_attributes_of_points_can_be_queried(filled: Path) -> None:
    statement = "select attribute, value from space_point where number = 1 order by attribute"
    found = json.loads(archdb("query", statement, "--format", "json", database=filled).out)
    values = {row["attribute"]: row["value"] for row in found}
    assert values.pop("live_cell")
    assert list(values.values()) == [
        *("nor_conv_3x3", "nor_conv_3x3", "skip_connect"),
        *("avg_pool_3x3", "nor_conv_3x3", "skip_connect"),
    ]


def test_space_list_says_how_much_is_there(filled: Path) -> None:
    listed = json.loads(archdb("space", "list", "--format", "json", database=filled).out)
    built = {row["space"]: (row["size"], row["wanted"], row["built"]) for row in listed}
    assert built["nasbench201"] == (15_625, 12, 12)
    assert built["natsbench_size"] == (32_768, 0, 0)


def test_a_space_of_ones_own_is_listed_too(empty: Path) -> None:
    spaces.build(empty, find("vgg_widths")._replace(name="mine"), 3)
    listed = json.loads(archdb("space", "list", "--format", "json", database=empty).out)
    built = {row["space"]: (row["size"], row["wanted"], row["built"]) for row in listed}
    assert built == {
        "darts_cifar": ((180 * 7**8) ** 2, 0, 0),
        "darts_imagenet": ((180 * 7**8) ** 2, 0, 0),
        "mine": (1280, 3, 3),
        "nasbench101": (423_624, 0, 0),
        "nasbench201": (15_625, 0, 0),
        "natsbench_size": (32_768, 0, 0),
        **{
            f"ofa_mobilenet_v3_{width}_k{kernel}": (7371**5 // 3, 0, 0)
            for width in ("w10", "w12")
            for kernel in (3, 5, 7)
        },
        "proxylessnas": (4 * 6**6 * 7**15, 0, 0),
        "vgg_widths": (1280, 0, 0),
    }


def test_an_unknown_space_is_refused(empty: Path) -> None:
    refused(
        archdb("space", "build", "nasbench", database=empty),
        "did you mean nasbench201, nasbench101",
    )


def test_building_again_adds_only_what_is_missing(empty: Path) -> None:
    assert (
        "5 points added, 0 were"
        in archdb("space", "build", "vgg_widths", "--limit", "5", database=empty).err
    )
    before = rows(empty, "select id, name, revision from network order by id")
    assert (
        "3 points added, 5 were"
        in archdb("space", "build", "vgg_widths", "--limit", "8", database=empty).err
    )
    assert rows(empty, "select id, name, revision from network order by id")[:5] == before
    assert numbers(empty) == list(range(8))


def test_points_that_were_removed_are_missed_and_built_again(empty: Path) -> None:
    archdb("space", "build", "vgg_widths", "--limit", "6", database=empty)
    with closing(sqlite3.connect(empty)) as connection, connection:
        connection.execute("pragma foreign_keys = on")
        connection.execute("delete from network where number in (2, 4)")
    answer = archdb("check", database=empty)
    assert answer.status == 1
    assert "2 of 6 points are missing" in answer.out
    assert (
        "2 points added"
        in archdb("space", "build", "vgg_widths", "--limit", "6", database=empty).err
    )
    assert numbers(empty) == list(range(6))
    assert archdb("check", database=empty).status == 0


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spaces, "BATCH", 4)


def faulty(change: Callable[[Point], Point | None]) -> Space:
    """Plain networks, of which the tenth is changed, or the last where it comes to nothing."""
    sound = find("vgg_widths")

    def points(numbers: Iterable[int]) -> Iterator[Point]:
        for point in sound.points(numbers):
            laid = change(point) if point.number == 9 else point
            if laid is None:
                return
            yield laid

    return sound._replace(points=points)


def relaid(point: Point, **attributes: Any) -> Point:
    """The point with another first convolution; its name is the-tenth."""
    layers = list(point.network)
    conv = make("conv2d", {"filters": 8, **attributes})
    layers[1] = layers[1]._replace(op=conv)
    return point._replace(network=Network("the-tenth", layers))


def valued(point: Point, width: Any) -> Point:
    return point._replace(attributes={**point.attributes, "width": width})


def in_a_circle(point: Point) -> Point:
    layers = list(point.network)
    layers[1] = layers[1]._replace(inputs=(layers[2].name,))
    return point._replace(network=Network("the-tenth", layers))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda point: relaid(point, kernel=99), "the-tenth, layer 'conv1_1' (conv2d): "),
        (lambda point: relaid(point, kernel=0), "conv2d: 'kernel' needs"),
        (in_a_circle, "the-tenth: these layers read each other in a cycle"),
        (lambda point: 1 // 0, "ZeroDivisionError"),
        (lambda point: point._replace(number=3), "yields 3 in its place"),
        (lambda point: None, "ends before it"),
        (lambda point: tuple(point), "yields no Point, but tuple"),
        (lambda point: point._replace(network=None), "yields no Network, but NoneType"),
        (lambda point: valued(point, 1.5), "attribute 'width' needs text or a whole number"),
        (lambda point: valued(point, None), "got None"),
        (lambda point: valued(point, ["a"]), "got ['a']"),
        (lambda point: valued(point, True), "got True"),
        (lambda point: valued(point, "\ud800"), "leave out"),
        (lambda point: point._replace(attributes=[("width", 8)]), "attributes are a mapping"),
        (lambda point: point._replace(attributes={None: 8}), "an attribute's name is a word"),
        (lambda point: json.loads("{"), "JSONDecodeError"),
        (lambda point: sqlite3.connect("/"), "OperationalError"),
        (lambda point: point._replace(network=Network("The Tenth", point.network)), "lower case"),
    ],
)
def test_an_invalid_point_is_named_and_finished_batches_stay(
    change: Any, said: str, empty: Path, small_batches: None
) -> None:
    with pytest.raises(DefinitionError) as caught:
        spaces.build(empty, faulty(change), 16)
    assert str(caught.value).startswith("search space 'vgg_widths', point 9")
    assert said in str(caught.value)
    assert "8 points are kept" in str(caught.value)
    assert numbers(empty) == list(range(8))
    assert "8 of 16 points are missing" in archdb("check", database=empty).out
    spaces.build(empty, find("vgg_widths"), 16)
    assert numbers(empty) == list(range(16))
    assert archdb("check", database=empty).status == 0


def test_an_invalid_point_ends_the_command_in_words(
    empty: Path, small_batches: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = faulty(lambda point: relaid(point, kernel=99))
    monkeypatch.setitem(known_spaces.REGISTRY, "vgg_widths", broken)
    refused(
        archdb("space", "build", "vgg_widths", database=empty),
        "point 9, the-tenth, layer 'conv1_1' (conv2d)",
        "8 points are kept; archdb space build vgg_widths",
    )


def test_a_space_that_cites_nothing_known_is_refused(empty: Path) -> None:
    with pytest.raises(DefinitionError, match="cites 'simonyan2041'"):
        spaces.build(empty, find("vgg_widths")._replace(cite="simonyan2041"), 1)
    assert rows(empty, "select name from space") == []


def test_a_name_that_is_taken_is_said(empty: Path, small_batches: None) -> None:
    def twice(numbers: Iterable[int]) -> Iterator[Point]:
        same = next(find("vgg_widths").points([0]))
        return (same._replace(number=number) for number in numbers)

    with pytest.raises(DefinitionError, match="vgg_s1_n1_w8_k1"):
        spaces.build(empty, find("vgg_widths")._replace(points=twice), 8)


def test_memory_of_what_was_derived_is_bounded(
    empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from archdb.analysis import layer_costs, trace

    trace.forget()
    monkeypatch.setattr(trace, "MEMORY", 50)
    monkeypatch.setattr(layer_costs, "MEMORY", 50)
    spaces.build(empty, find("natsbench_size"), 20)
    assert 0 < len(trace._SEEN) <= len(trace._BEHIND) <= 50
    assert 0 < len(layer_costs.KNOWN) <= 50
    assert archdb("check", database=empty).status == 0


#: Builds as processes of their own, fifty points to a batch.
IN_FIFTIES = (
    "import sys; from archdb.cli import main; from archdb.db import spaces;"
    " spaces.BATCH = 50; main(sys.argv[1:], prog_name='archdb')"
)


def started(path: Path, limit: int, **options: Any) -> "subprocess.Popen[str]":
    words = ["--database", str(path), "space", "build", "vgg_widths", "--limit", str(limit)]
    piped = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "encoding": "utf-8"}
    return subprocess.Popen([sys.executable, "-c", IN_FIFTIES, *words], **piped, **options)


def test_progress_is_said_where_there_is_no_terminal(empty: Path) -> None:
    _, said = started(empty, 150).communicate()
    assert said.splitlines() == [
        "50 of 150 points",
        "100 of 150 points",
        "150 of 150 points",
        "vgg_widths: 150 points added, 0 were there",
    ]


def test_a_build_needs_nobody_who_hears_of_it(empty: Path) -> None:
    """Standard error may be closed."""
    words = command("space", "build", "nasbench201", "--limit", "12", database=empty)
    closed = ["sh", "-c", 'exec "$0" "$@" 2>&-', *words]
    assert subprocess.run(closed, check=False).returncode == 0
    assert numbers(empty) == list(range(12))


#: A build to which a signal comes while Python clears an object away, where nothing can be ended.
CLEARING = """
import os, sys
from archdb.cli import main
from archdb.db import spaces
class Cleared:
    def __del__(self):
        os.kill(os.getpid(), int(sys.argv[-1]))
        [*range(1000)]
spaces.BATCH, insert = 50, spaces._insert_batch
def inserted(*arguments):
    if spaces.first:
        spaces.first = False
        Cleared()
    return insert(*arguments)
spaces.first, spaces._insert_batch = True, inserted
main(sys.argv[1:-1], prog_name="archdb")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize(
    ("number", "said"), [("SIGINT", ["interrupted"]), ("SIGTERM", []), ("SIGHUP", [])]
)
def test_no_signal_is_lost(number: str, said: list[str], empty: Path) -> None:
    sent = getattr(signal, number)
    words = ["--database", str(empty), "space", "build", "vgg_widths", str(int(sent))]
    ended = subprocess.run(
        [sys.executable, "-c", CLEARING, *words], capture_output=True, encoding="utf-8", check=False
    )
    assert ended.returncode == 128 + sent
    assert [line for line in ended.stderr.splitlines() if " points" not in line] == said
    assert not empty.with_name(f"{empty.name}-journal").exists()


@pytest.mark.parametrize("writing", [False, True], ids=["between batches", "in a batch"])
def test_a_killed_build_leaves_whole_batches_and_goes_on(empty: Path, writing: bool) -> None:
    journal = empty.with_name(empty.name + "-journal")
    running = started(empty, 700)
    while running.poll() is None and not (visible(empty) and (journal.exists() or not writing)):
        time.sleep(0.001)
    running.send_signal(signal.SIGKILL)
    running.communicate()
    found = numbers(empty)
    assert found == list(range(len(found)))
    assert len(found) % 50 == 0 and 0 < len(found) < 700
    assert rows(empty, "pragma integrity_check") == [("ok",)]
    assert f"{700 - len(found)} of 700 points are missing" in archdb("check", database=empty).out
    again = archdb("space", "build", "vgg_widths", "--limit", "700", database=empty)
    assert f"{700 - len(found)} points added, {len(found)} were there" in again.err
    assert numbers(empty) == list(range(700))


def visible(path: Path) -> list[int]:
    try:
        return numbers(path)
    except sqlite3.OperationalError:  # the writer has it to itself for a moment
        return []


def test_two_builds_at_once_leave_one_space(empty: Path) -> None:
    both = [started(empty, 400), started(empty, 400)]
    for process in both:
        _, said = process.communicate()
        assert process.returncode == 0, said
    assert numbers(empty) == list(range(400))
    assert rows(empty, "select count(distinct name) from network") == [(400,)]
    assert archdb("check", database=empty).status == 0


@pytest.mark.parametrize("turns", [0, 1, 5])
def test_a_build_waits_while_others_get_on(
    turns: int, empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One who has the file writes, so many times, and takes it again before anybody else can."""
    monkeypatch.setattr(faults, "BUSY_SECONDS", 0)
    version, left = engine._version, [*range(turns)]
    with closing(sqlite3.connect(empty, isolation_level=None)) as other:
        other.execute("begin immediate")

        def seen(connection: sqlite3.Connection) -> int:
            if left:
                other.execute(f"insert into meta values ('turn', '{left.pop()}')"
                              " on conflict do update set value = excluded.value")  # fmt: skip
                other.execute("commit")
                if left:
                    other.execute("begin immediate")
            return version(connection)

        monkeypatch.setattr(engine, "_version", seen)
        if turns:
            assert spaces.build(empty, find("vgg_widths"), 3).added == 3
        else:
            with pytest.raises(DatabaseError, match="is locked by another program"):
                spaces.build(empty, find("vgg_widths"), 3)


@pytest.mark.skipif(sys.platform == "win32", reason="limits are set by POSIX means")
def test_a_disk_that_fills_up_keeps_finished_batches(empty: Path) -> None:
    most = empty.stat().st_size + 500_000
    limited = started(
        empty, 400, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    )
    _, said = limited.communicate()
    assert limited.returncode == 1
    assert "Traceback" not in said
    found = numbers(empty)
    assert f"{len(found)} points are kept" in said
    assert found == list(range(len(found)))
    assert len(found) % 50 == 0 and 0 < len(found) < 400
    assert rows(empty, "pragma integrity_check") == [("ok",)]
    assert rows(empty, "pragma foreign_key_check") == []
    assert "points are missing" in archdb("check", database=empty).out
    archdb("space", "build", "vgg_widths", "--limit", "400", database=empty)
    assert numbers(empty) == list(range(400))


def test_rules_go_behind_a_points_name(filled: Path) -> None:
    name = f"{ONE}+width=0.5"
    answer = archdb("compare", ONE, name, "--format", "json", database=filled)
    assert answer.status == 0, answer.err
    params = next(row for row in json.loads(answer.out) if row["quantity"] == "params")
    assert params[name] < params[ONE] / 2


def test_a_point_with_a_dead_edge_can_be_rewritten(filled: Path) -> None:
    dead = next(p.name for p in find("nasbench201").points(range(12)) if "none" in p.name)
    answer = archdb("rewrite", dead, "width=0.5", database=filled)
    assert answer.status == 0, answer.err


def test_a_point_cites_the_paper_of_its_space(filled: Path) -> None:
    assert "{dong2020," in archdb("cite", ONE, database=filled).out
