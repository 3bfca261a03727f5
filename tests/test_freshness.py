"""No figure is shown stale, whoever changed the rows and however."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from command import archdb, files

VGG16 = "(select id from network where name = 'vgg16')"
#: Changes of vgg16 by another client, each with what its params become, by how much.
CONV1_1, CONV1_2 = 64 * (3 * 9 + 1), 64 * (64 * 9 + 1)
#: One filter more in conv1_1, which conv1_2 reads.
ONE_FILTER = (3 * 9 + 1) + 64 * 9
#: Units of fc7 and inputs of fc8, both 1024 less.
FC7 = 1024 * (4096 + 1) + 1000 * 1024


@pytest.fixture
def client(database: Path) -> Iterator[sqlite3.Connection]:
    """Any other SQL client, which checks no foreign keys, as SQLite's default is."""
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        yield connection


def seen(client: sqlite3.Connection, name: str = "vgg16") -> dict[str, int]:
    """How many rows of a network each view of derived figures shows to that client."""
    views = client.execute(
        "select relation, max(\"column\" = 'architecture') from column_dictionary"
        " group by relation having max(\"column\" = 'is_native')"
    ).fetchall()
    named = f"architecture = '{name}'"
    numbered = f"network = (select id from network where name = '{name}')"
    counts = "select count(*) from {} where {}"
    return {
        view: client.execute(counts.format(view, named if has_name else numbered)).fetchone()[0]
        for view, has_name in views
    }


def params(database: Path, name: str = "vgg16") -> int:
    answer = archdb("compare", name, "nin", "--format", "json", database=database)
    assert answer.status == 0, answer.err
    found: int = next(r[name] for r in json.loads(answer.out) if r["quantity"] == "params")
    return found


def rows(*words: str, database: Path) -> list[dict[str, Any]]:
    answer = archdb(*words, "--format", "json", database=database)
    found: list[dict[str, Any]] = json.loads(answer.out)
    return found


CHANGES = {
    "an updated row": (
        f"update layer set filters = 65 where name = 'conv1_1' and network_id = {VGG16}",
        ONE_FILTER,
    ),
    "another shared attribute": (
        f"update layer set units = 3072 where name = 'fc7' and network_id = {VGG16}",
        -FC7,
    ),
    "a JSON attribute": (
        "update layer set attributes = '{\"shape\": [1, 224, 224]}'"
        f" where op = 'input' and network_id = {VGG16}",
        -64 * 2 * 9,
    ),
    "another op": (
        f"update layer set op = 'sigmoid' where name = 'relu1_1' and network_id = {VGG16}",
        0,
    ),
    "a new name": (f"update layer set name = 'x' where name = 'fc6' and network_id = {VGG16}", 0),
    "a deleted last layer": (
        f"delete from layer where name = 'prob' and network_id = {VGG16}",
        0,
    ),
    "a deleted layer, its reader linked anew": (
        f"delete from layer where name = 'drop7' and network_id = {VGG16};"
        f"delete from edge where network_id = {VGG16} and reader = 37;"
        f"update edge set source = 36 where network_id = {VGG16} and source = 37",
        0,
    ),
    "an inserted layer": (
        "insert into layer (network_id, position, name, op, units, bias)"
        f" values ({VGG16}, 99, 'fc9', 'linear', 10, 1);"
        f"insert into edge (network_id, reader, slot, source) values ({VGG16}, 99, 0, 39)",
        10 * (1000 + 1),
    ),
    "a replaced row": (
        "insert or replace into layer (network_id, position, name, op, units, bias)"
        f" select network_id, position, name, op, 1001, bias from layer"
        f" where name = 'fc8' and network_id = {VGG16}",
        4096 + 1,
    ),
    "deleted profiles": (f"delete from profile where network_id = {VGG16}", 0),
    "no native profile": (f"update profile set is_native = 0 where network_id = {VGG16}", 0),
}


@pytest.mark.parametrize("kind", CHANGES)
def test_the_next_command_derives_again(
    kind: str, database: Path, client: sqlite3.Connection
) -> None:
    statement, difference = CHANGES[kind]
    before = params(database)
    client.executescript(statement)
    answer = archdb("compare", "vgg16", "nin", database=database)
    assert "derived again, because rows or archdb have changed: vgg16\n" in answer.err
    assert params(database) - before == difference
    again = archdb("compare", "vgg16", "nin", database=database)
    assert again.err == "", "once is enough"
    totals, layers = (
        client.execute(f"select {what} from {view} where architecture = 'vgg16'").fetchone()[0]
        for what, view in (("params", "architecture_summary"), ("sum(params)", "layer_summary"))
    )
    assert totals == layers == before + difference


@pytest.mark.parametrize("kind", [kind for kind in CHANGES if "native" not in kind])
def test_no_view_shows_what_is_stale(kind: str, database: Path, client: sqlite3.Connection) -> None:
    client.executescript(CHANGES[kind][0])
    shown = {view: count for view, count in seen(client).items() if count}
    assert shown == {}
    assert min(n for n in seen(client, "vgg19").values() if n) > 0, "the others stay"


COMMANDS = [
    *[("list",), ("query", "select architecture, params from architecture_summary")],
    *[("show", "vgg16"), ("show", "vgg16", "--by", "layer"), ("derive",)],
]


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
def test_every_command_that_reads_derives_first(
    words: tuple[str, ...], database: Path, client: sqlite3.Connection
) -> None:
    client.execute(CHANGES["an updated row"][0])
    answer = archdb(*words, database=database)
    assert answer.status == 0
    assert "derived again, because rows or archdb have changed: vgg16\n" in answer.err
    assert seen(client)["architecture_summary"] == 1


def test_only_what_is_asked_for_is_derived(database: Path, client: sqlite3.Connection) -> None:
    client.execute(CHANGES["an updated row"][0])
    before = files(database.parent)
    assert archdb("compare", "vgg19", "alexnet", database=database).err == ""
    assert files(database.parent) == before


def test_layers_keep_their_own_figures(database: Path, client: sqlite3.Connection) -> None:
    """Positions with gaps and out of order, as other clients leave them."""
    client.execute("pragma foreign_keys = on")
    client.execute(
        f"update layer set position = 500 where name = 'relu1_1' and network_id = {VGG16}"
    )
    table = rows("show", "vgg16", "--by", "layer", database=database)
    found = {row["layer"]: (row["params"], row["output"]) for row in table}
    assert len(found) == 40
    assert found["conv1_2"] == (CONV1_2, "64x224x224")
    assert found["conv1_1"] == (CONV1_1, "64x224x224")
    assert found["relu1_1"] == (0, "64x224x224")
    assert found["fc8"] == (1000 * 4097, "1000")


def test_other_inputs_are_derived_again_too(database: Path, client: sqlite3.Connection) -> None:
    archdb("show", "vgg16", "--input", "384", database=database)
    client.execute(CHANGES["an updated row"][0])
    archdb("show", "vgg16", database=database)
    at_384 = "select params from architecture_summary where input = '3x384x384'"
    (row,) = client.execute(at_384).fetchall()
    assert row[0] - params(database) == 4096 * 512 * (12 * 12 - 7 * 7)


def test_an_input_that_no_longer_fits_is_dropped(
    database: Path, client: sqlite3.Connection
) -> None:
    archdb("show", "vgg16", "--input", "32", database=database)
    client.execute(
        "update layer set kernel_h = 20, kernel_w = 20, stride_h = 20, stride_w = 20"
        f" where name = 'pool1' and network_id = {VGG16}"
    )  # 32 → 2, and without its padding the next convolution needs a 3×3 map
    client.execute(
        "update layer set pad_top = 0, pad_bottom = 0, pad_left = 0, pad_right = 0"
        f" where name = 'conv2_1' and network_id = {VGG16}"
    )
    answer = archdb("show", "vgg16", database=database)
    assert answer.status == 0
    inputs = client.execute("select input from architecture_summary where architecture = 'vgg16'")
    assert inputs.fetchall() == [("3x224x224",)]


def test_the_counter_counts_and_is_no_clock(client: sqlite3.Connection) -> None:
    def revision() -> int:
        found: int = client.execute(f"select revision from network where id = {VGG16}").fetchone()[
            0
        ]
        return found

    before = revision()
    for expected in (1, 2, 3):
        client.execute(f"update layer set bias = 1 where name = 'fc8' and network_id = {VGG16}")
        assert revision() - before == expected


def test_a_change_and_its_undoing_are_two_changes(
    database: Path, client: sqlite3.Connection
) -> None:
    before = params(database)
    client.execute(CHANGES["an updated row"][0])
    client.execute(CHANGES["an updated row"][0].replace("65", "64"))
    assert sum(seen(client).values()) == 0
    assert params(database) == before


def test_a_change_that_was_rolled_back_is_none(database: Path, client: sqlite3.Connection) -> None:
    client.execute("begin")
    client.execute(CHANGES["an updated row"][0])
    client.execute("rollback")
    assert archdb("list", database=database).err == ""


def test_many_changed_networks_are_named_in_short(
    database: Path, client: sqlite3.Connection
) -> None:
    client.execute("update layer set name = name where op = 'input'")
    answer = archdb("list", database=database)
    assert answer.err == (
        "derived again, because rows or archdb have changed: alexnet, alexnet_owt, googlenet"
        " and 15 more\n"
    )
