"""Rows that define no network: the fault and its layer are named, and nothing else suffers."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from command import archdb, files, refused

VGG16 = "(select id from network where name = 'vgg16')"
FIRST = f"name = 'conv1_1' and network_id = {VGG16}"

#: What another client may do to vgg16, and what is said of it.
BROKEN = {
    "no window": (
        f"update layer set kernel_h = null, kernel_w = null where {FIRST}",
        "vgg16, layer 'conv1_1', conv2d: 'kernel' is missing",
    ),
    "an attribute of another op": (
        f"update layer set units = 3 where {FIRST}",
        "vgg16, layer 'conv1_1', conv2d: has no attribute 'units'",
    ),
    "attributes that are a list": (
        f"update layer set attributes = '[1]' where {FIRST}",
        "vgg16, layer 'conv1_1': attributes must be a JSON object, got [1]",
    ),
    "attributes that are null": (
        f"update layer set attributes = 'null' where name = 'drop6' and network_id = {VGG16}",
        "vgg16, layer 'drop6': attributes must be a JSON object, got null",
    ),
    "a shared attribute in the JSON": (
        f"update layer set attributes = '{{\"filters\": 3}}' where {FIRST}",
        "vgg16, layer 'conv1_1': 'filters' has columns of its own",
    ),
    "an input of words": (
        'update layer set attributes = \'{"shape": "large"}\''
        f" where op = 'input' and network_id = {VGG16}",
        "vgg16, layer 'data', input: 'shape' needs",
    ),
    "groups that do not divide": (
        f"update layer set groups = 5 where {FIRST}",
        "vgg16, layer 'conv1_1'",
    ),
    "a window that does not fit": (
        f"update layer set kernel_h = 999, kernel_w = 999 where {FIRST}",
        "a 999×999 window does not fit the 224×224 map",
    ),
    "filters without end": (
        f"update layer set filters = 9223372036854775807 where {FIRST}",
        "vgg16, layer 'conv1_1', conv2d: 'filters' is too large",
    ),
    "a deleted layer that another reads": (
        f"delete from layer where name = 'pool1' and network_id = {VGG16}",
        "vgg16, layer 'conv2_1': reads position 5, where there is no layer",
    ),
    "a deleted edge": (
        f"delete from edge where reader = 3 and network_id = {VGG16}",
        "vgg16, layer 'conv1_2' (conv2d): takes 1 input(s), got 0",
    ),
    "an edge into the future": (
        f"update edge set source = 5 where reader = 3 and network_id = {VGG16}",
        "vgg16: these layers read each other in a cycle: conv1_2 → pool1 → relu1_2 → conv1_2",
    ),
    "a lone layer": (
        f"insert into layer (network_id, position, name, op) values ({VGG16}, 99, 'x', 'relu')",
        "vgg16, layer 'x' (relu): takes 1 input(s), got 0",
    ),
    "a head that the network reads": (
        f"update layer set auxiliary = 1 where name = 'fc7' and network_id = {VGG16}",
        "vgg16, layer 'relu7': reads 'fc7', which is part of an auxiliary head",
    ),
    "nothing but heads": (
        f"update layer set auxiliary = 1 where network_id = {VGG16}",
        "vgg16: has auxiliary heads alone, and no layer that they hang off",
    ),
    "no layers": (f"delete from layer where network_id = {VGG16}", "vgg16: has no layers"),
    "no input layer": (
        f"update layer set op = 'relu', attributes = null where op = 'input'"
        f" and network_id = {VGG16}",
        "vgg16: has no input layer",
    ),
}
every = pytest.mark.parametrize("kind", BROKEN)


@pytest.fixture
def client(database: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        yield connection


@every
def test_who_asks_for_it_is_told(kind: str, database: Path, client: sqlite3.Connection) -> None:
    statement, sign = BROKEN[kind]
    client.execute(statement)
    before = files(database.parent)
    for words in (("compare", "alexnet", "vgg16"), ("show", "vgg16", "--input", "256")):
        answer = archdb(*words, database=database)
        refused(answer, sign)
        assert "derived again" not in answer.err
    refused(archdb("derive", "vgg16", database=database), sign)
    assert files(database.parent) == before


@every
def test_lists_and_queries_leave_it_out_and_say_so(
    kind: str, database: Path, client: sqlite3.Connection
) -> None:
    statement, sign = BROKEN[kind]
    client.execute(statement)
    question = ("query", "select architecture from architecture_summary")
    for words in (("list",), question):
        answer = archdb(*words, "--format", "json", database=database)
        assert answer.status == 0
        names = {row["architecture"] for row in json.loads(answer.out)}
        assert len(names) == 17
        assert "vgg16" not in names
        assert "left out: vgg16" in answer.err
        assert sign in answer.err


@every
def test_check_finds_it(kind: str, database: Path, client: sqlite3.Connection) -> None:
    statement, sign = BROKEN[kind]
    client.execute(statement)
    answer = archdb("check", "--format", "json", database=database)
    assert answer.status == 1
    faults = [row for row in json.loads(answer.out) if row["check"] == "derivation"]
    assert [row["network"] for row in faults] == ["vgg16"]
    assert sign in faults[0]["fault"]


def test_a_list_of_nothing_else_is_no_list(database: Path, client: sqlite3.Connection) -> None:
    client.execute(
        "update layer set groups = 5 where op = 'conv2d' and network_id ="
        " (select id from network where name = 'nin')"
    )
    refused(archdb("list", "--family", "NIN", database=database), "of family NIN has figures")
    answer = archdb("list", "nin", database=database)
    refused(answer, "left out: nin, layer", "no network matches 'nin'")
    assert "did you mean nin" not in answer.err


def test_the_others_are_derived_all_the_same(database: Path, client: sqlite3.Connection) -> None:
    client.execute(BROKEN["a deleted edge"][0])
    client.execute(
        "update layer set filters = 65 where name = 'conv1_1' and network_id <> " + VGG16
    )
    answer = archdb("list", database=database)
    assert (
        "derived again, because rows or archdb have changed: vgg11, vgg11_lrn, vgg13" in answer.err
    )
    assert "left out: vgg16, layer 'conv1_2'" in answer.err
    again = archdb("list", database=database)
    assert again.err.count("\n") == 1, "only what is still broken is said again"


def test_mended_rows_are_derived_again(database: Path, client: sqlite3.Connection) -> None:
    expected = archdb("show", "vgg16", database=database)
    client.execute(f"update layer set groups = 5 where {FIRST}")
    refused(archdb("show", "vgg16", database=database), "conv1_1")
    client.execute(f"update layer set groups = 1 where {FIRST}")
    assert archdb("show", "vgg16", database=database).out == expected.out


def test_an_op_of_another_archdb_is_unknown_and_counted_as_open(
    database: Path, client: sqlite3.Connection
) -> None:
    client.execute(f"update layer set op = 'wavelet' where name = 'prob' and network_id = {VGG16}")
    answer = archdb("show", "vgg16", "--format", "json", database=database)
    found = {row["quantity"]: row["vgg16"] for row in json.loads(answer.out)}
    assert found["params"] is None
    assert "note: vgg16: not counted, so totals are open: prob" in answer.err
    (layer,) = client.execute(f"select op from layer where name = 'prob' and network_id = {VGG16}")
    assert layer == ("wavelet",), "it is stored as it is"


def test_what_is_left_of_a_deleted_network_haunts_no_other(
    database: Path, client: sqlite3.Connection
) -> None:
    """A client that checks no foreign keys leaves layers behind: no new network gets their id."""
    client.execute("delete from network where id = (select max(id) from network)")
    client.execute("delete from profile where id = (select max(id) from profile)")
    seed = Path(__file__).parents[1] / "seeds" / "nets" / "nin.toml"
    answer = archdb("import", "--replace", str(seed), database=database)
    assert (answer.status, answer.err) == (0, "imported nin\n")
    expected = 96 * (3 * 11 * 11 + 1)
    words = (
        "query",
        "select params from layer_summary where architecture = 'nin' and position = 1",
    )
    answer = archdb(*words, "--format", "json", database=database)
    assert json.loads(answer.out) == [{"params": expected}]
