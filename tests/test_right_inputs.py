"""Right answers about inputs: several of them, large ones, and what is known at one size only."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from command import archdb, files, refused
from drawing import draw, layer

from archdb.analysis import inputs
from archdb.analysis.inputs import resize_network
from archdb.analysis.profile import derive
from archdb.api import Database
from archdb.errors import UsageError
from archdb.model.graph import Network

SEED = """
name = "{name}"
title = "{name}"
family = "Test"
year = 2015
[net]
input_name = "{first}"
input = {shape}
layers = [
{rows}
]
"""
#: On each of two images a convolution, whose maps are averaged; the features are stacked.
TWINS = [
    '["right", "input", {shape = [3, 32, 32]}]',
    '["conv1", "conv2d", {filters = 8, kernel = 3}, ["left"]]',
    '["pool1", "global_avg_pool2d"]',
    '["conv2", "conv2d", {filters = 8, kernel = 3}, ["right"]]',
    '["pool2", "global_avg_pool2d"]',
    '["both", "concat", ["pool1", "pool2"]]',
    '["fc", "linear", {units = 1}]',
]
#: An image and a vector.
MIXED = [
    '["age", "input", {shape = [4]}]',
    '["conv", "conv2d", {filters = 8, kernel = 3}, ["left"]]',
    '["pool", "global_avg_pool2d"]',
    '["flat", "flatten"]',
    '["both", "concat", ["flat", "age"]]',
    '["fc", "linear", {units = 1}]',
]
AT_64 = 2 * 8 * 27 * 62**2 + 16
ONE_AT_64 = 8 * 27 * (62**2 + 30**2) + 16
BOTH = "left=3x64x64,right=3x64x64"


def stored(
    database: Path, name: str, rows: list[str], shape: Any = (3, 32, 32), **words: str
) -> Path:
    """The database with one network more."""
    text = SEED.format(
        name=name, first=words.get("first", "left"), shape=list(shape), rows=",\n".join(rows)
    )
    file = database.parent / f"{name}.toml"
    file.write_text(text, encoding="utf-8")
    answer = archdb("import", str(file), database=database)
    assert answer.status == 0, answer.err
    file.unlink()
    return database


@pytest.fixture
def twins(database: Path) -> Path:
    return stored(database, "twins", TWINS)


@pytest.fixture
def mixed(database: Path) -> Path:
    return stored(database, "mixed", MIXED)


def rows(*words: str, database: Path) -> list[dict[str, Any]]:
    answer = archdb(*words, "--format", "json", database=database)
    assert answer.status == 0, answer.err
    found: list[dict[str, Any]] = json.loads(answer.out)
    return found


def totals(name: str, *words: str, database: Path) -> dict[str, Any]:
    found = rows("show", name, *words, database=database)
    return {row["quantity"]: row[name] for row in found}


# Item 1: a network with more than one input, at another size.


def test_item_1_the_arithmetic() -> None:
    assert AT_64 == 1_660_624
    assert ONE_AT_64 == 1_024_720


@pytest.mark.parametrize(
    "words",
    [
        ("--input", "64"),
        ("--input", "3x64x64"),
        ("--input", BOTH),
        ("--input", "left=64", "--input", "right=3x64x64"),
        ("--input", "right=64", "--input", "64"),
    ],
    ids=" ".join,
)
def test_item_1_show_and_compare(words: tuple[str, ...], twins: Path) -> None:
    found = totals("twins", *words, database=twins)
    assert (found["macs"], found["input"]) == (AT_64, BOTH)
    beside = rows("compare", "twins", "twins+width=2", *words, database=twins)
    assert {row["quantity"]: row for row in beside}["macs"]["twins"] == AT_64


def test_item_1_every_other_command(twins: Path) -> None:
    at = ("--input", "64")
    explained = rows("explain", "twins", "--quantity", "macs", *at, database=twins)
    assert explained[-1]["value"] == AT_64
    by_layer = rows("show", "twins", "--by", "layer", *at, database=twins)
    assert sum(row["macs"] for row in by_layer) == AT_64
    ruled = totals("twins+width=2", *at, database=twins)
    assert ruled["macs"] == 2 * (AT_64 - 16) + 32
    rewritten = rows("rewrite", "twins", "width=2", *at, database=twins)
    assert rewritten[-1]["macs before"] == AT_64
    swept = rows("sweep", "twins", "--input", "32..64:32", database=twins)
    assert [row["macs"] for row in swept] == [2 * 8 * 27 * 30**2 + 16, AT_64]
    assert swept[1]["input"] == BOTH
    number = rows("explain-number", "twins", str(AT_64), "--quantity", "macs", database=twins)
    assert ("twins", BOTH) in {(row["architecture"], row["input"]) for row in number}
    drawn = archdb("graph", "twins", *at, database=twins)
    assert BOTH in drawn.out
    assert drawn.out.count("3×64×64") == 2
    assert "left=3x64x64" in archdb("derive", "twins", *at, database=twins).err
    assert archdb("check", database=twins).status == 0


def test_item_1_every_method(twins: Path) -> None:
    everything: list[Any] = [
        *(64, "64", "3x64x64", (3, 64, 64), BOTH),
        *({"left": 64, "right": (3, 64, 64)}, ["left=64", "right=64"]),
    ]
    with Database(twins) as database:
        for given in everything:
            found = {row["quantity"]: row for row in database.show("twins", input=given).to_dicts()}
            assert found["macs"]["twins"] == AT_64, given
        told = database.explain("twins", quantity="macs", input={"left": 64}).to_dicts()
        assert told[-1]["value"] == ONE_AT_64
        swept = database.sweep("twins", input={"left": "32,64", "right": 64}).to_dicts()
        assert [row["macs"] for row in swept] == [ONE_AT_64, AT_64]


def test_item_1_sizes_of_each_input_are_swept_in_every_combination(twins: Path) -> None:
    swept = rows("sweep", "twins", "--input", "left=32,64,right=32,64", database=twins)
    by_input = {row["input"]: row["macs"] for row in swept}
    assert by_input == {
        "left=3x32x32,right=3x32x32": 2 * 8 * 27 * 30**2 + 16,
        "left=3x32x32,right=3x64x64": ONE_AT_64,
        "left=3x64x64,right=3x32x32": ONE_AT_64,
        BOTH: AT_64,
    }


def test_item_1_one_input_alone_is_another_profile(twins: Path) -> None:
    found = totals("twins", "--input", "left=64", database=twins)
    assert (found["macs"], found["input"]) == (ONE_AT_64, "left=3x64x64,right=3x32x32")


def test_item_1_profiles_are_derived_again_at_all_their_inputs(twins: Path) -> None:
    totals("twins", "--input", "64", database=twins)
    with closing(sqlite3.connect(twins)) as client, client:
        client.execute("update layer set filters = 4 where name = 'conv1'")
        client.execute("update layer set filters = 4 where name = 'conv2'")
    found = rows(
        "query",
        "select input, macs from architecture_summary where architecture = 'twins' order by input",
        database=twins,
    )
    assert found == [
        {"input": "left=3x32x32,right=3x32x32", "macs": 2 * 4 * 27 * 30**2 + 8},
        {"input": BOTH, "macs": 2 * 4 * 27 * 62**2 + 8},
    ]


def test_item_1_profiles_of_an_older_archdb_name_the_first_input_alone(twins: Path) -> None:
    totals("twins", "--input", "64", database=twins)
    with closing(sqlite3.connect(twins)) as client, client:
        client.execute("update profile set input = '3x64x64' where input = ?", [BOTH])
    archdb("derive", "twins", database=twins)
    assert totals("twins", "--input", "64", database=twins)["macs"] == AT_64
    assert archdb("check", database=twins).status == 0


@pytest.mark.parametrize("size", ["64", "3x64x64"])
def test_item_1_a_size_that_cannot_be_meant_for_all_names_the_inputs(
    size: str, mixed: Path
) -> None:
    before = files(mixed.parent)
    for words in (("show", "mixed"), ("explain", "mixed"), ("sweep", "mixed"), ("graph", "mixed")):
        answer = archdb(*words, "--input", size, database=mixed)
        refused(answer, "left 3×32×32, age 4", "--input left=3x32x32 --input age=4", status=2)
    assert files(mixed.parent) == before


def test_item_1_an_image_and_a_vector_are_named(mixed: Path) -> None:
    found = totals("mixed", "--input", "left=64", database=mixed)
    assert found["macs"] == 8 * 27 * 62**2 + 8 + 4
    assert found["input"] == "left=3x64x64,age=4"
    found = totals("mixed", "--input", "64", "--input", "age=9", database=mixed)
    assert (found["macs"], found["params"]) == (8 * 27 * 62**2 + 8 + 9, 8 * 28 + 8 + 9 + 1)


def test_item_1_a_comparison_of_networks_with_other_inputs(mixed: Path) -> None:
    words = ("compare", "mixed", "nin", "--input", "left=64", "--input", "data=224")
    found = {row["quantity"]: row for row in rows(*words, database=mixed)}
    assert (found["input"]["mixed"], found["input"]["nin"]) == ("left=3x64x64,age=4", "3x224x224")


WRONG = {
    "lft=64": "no input is called 'lft'\n  did you mean left?",
    "=64": "'=64' names no inputs",
    "left=big": "'big' is not an input size",
    "left=64,left=32": "two sizes are given for 'left': 64 and 32",
    "left=3x64": "has 2 extents",
    "left=64,32": "'left=64,32' names no inputs",
}


@pytest.mark.parametrize(("size", "sign"), WRONG.items())
def test_item_1_words_that_are_wrong(size: str, sign: str, twins: Path) -> None:
    before = files(twins.parent)
    refused(archdb("show", "twins", "--input", size, database=twins), sign, status=2)
    assert files(twins.parent) == before


def pair(first: tuple[int, ...], second: tuple[int, ...]) -> Network:
    return draw(
        layer("a", "input", shape=first),
        layer("b", "input", shape=second),
        layer("flat", "flatten", "a"),
        layer("other", "flatten", "b"),
        layer("both", "concat", "flat", "other"),
    )


TOGETHER = [  # native inputs, what is asked, and what that means
    ((3, 8, 8), (1, 8, 8), "16", {"a": (3, 16, 16), "b": (1, 16, 16)}),
    ((20, 5), (20, 5), "30x5", {"a": (30, 5), "b": (30, 5)}),
    ((7,), (7,), "9", {"a": (9,), "b": (9,)}),
]


@pytest.mark.parametrize(("first", "second", "size", "meant"), TOGETHER)
def test_item_1_inputs_that_scale_together(
    first: tuple[int, ...], second: tuple[int, ...], size: str, meant: Any
) -> None:
    assert inputs.resolve_inputs([size], inputs.native_inputs(pair(first, second))) == meant


APART = [((3, 8, 8), (1, 8, 8), "3x16x16"), ((3, 8, 8), (3, 9, 9), "16"), ((20, 5), (5,), "9")]


@pytest.mark.parametrize(("first", "second", "size"), APART)
def test_item_1_inputs_that_do_not(first: tuple[int, ...], second: Any, size: str) -> None:
    with pytest.raises(UsageError, match=r"cannot be meant for all of the inputs: a .*, b "):
        inputs.resolve_inputs([size], inputs.native_inputs(pair(first, second)))


def test_item_1_derive_and_at_input_take_a_shape_for_all_or_shapes_by_name() -> None:
    network = pair((3, 8, 8), (3, 8, 8))
    assert derive(network, (3, 4, 4)).input == "a=3x4x4,b=3x4x4"
    assert derive(network, {"b": (3, 4, 4)}).input == "a=3x8x8,b=3x4x4"
    assert inputs.native_inputs(resize_network(network, (3, 4, 4)))["b"] == (3, 4, 4)
    with pytest.raises(UsageError, match="no input is called 'c'"):
        derive(network, {"c": (3, 4, 4)})


def test_item_1_names_of_inputs_can_be_told_apart(database: Path) -> None:
    file = database.parent / "odd.toml"
    text = SEED.format(name="odd", first="a,b", shape=[3, 32, 32], rows=",\n".join(TWINS))
    file.write_text(text.replace('"left"', '"a,b"'), encoding="utf-8")
    answer = archdb("import", str(file), database=database)
    refused(answer, "'a,b'", "the name of an input has a comma")


# Item 9: the bound of an input is that of its counts.

SOUND = ['["conv", "conv2d", {filters = 4, kernel = [1, 9]}]']


def test_item_9_a_sound_can_be_asked_for(database: Path) -> None:
    stored(database, "sound", SOUND, (1, 1, 96000))
    for at in ("1x1x96000", "1x1x192000"):
        length = int(at.rpartition("x")[2])
        found = totals("sound", "--input", at, database=database)
        assert found["macs"] == 4 * 9 * (length - 8)
    swept = rows("sweep", "sound", "--input", "1x1x96000", database=database)
    assert swept[0]["macs"] == 4 * 9 * (96000 - 8)
    assert archdb("check", database=database).status == 0


def test_item_9_what_a_seed_may_be_passes_check(database: Path) -> None:
    stored(database, "wide", ['["conv", "conv2d", {filters = 1, kernel = 1}]'], (3_000_000, 32, 32))
    assert totals("wide", database=database)["macs"] == 3_000_000 * 32 * 32
    assert totals("wide", "--input", "3000000x32x32", database=database)["params"] == 3_000_001
    assert archdb("check", database=database).status == 0
    assert archdb("list", "--convention", "flop", database=database).status == 0


def test_item_9_what_exceeds_64_bits_is_refused_before(database: Path) -> None:
    """Each count alone fits, but a convention could not add them up: 2·macs + bias_adds + two
    ReLUs is 5·2147483647·10⁹ = 1.07·10¹⁹, above 2⁶³."""
    file = database.parent / "over.toml"
    rows = ['["conv", "conv2d", {filters = 1, kernel = 1}]', '["r1", "relu"]', '["r2", "relu"]']
    shape = [1, 2147483647, 1_000_000_000]
    text = SEED.format(name="over", first="data", shape=shape, rows=",\n".join(rows))
    file.write_text(text, encoding="utf-8")
    refused(archdb("import", str(file), database=database), "over: its counts exceed 64 bits")
    answer = archdb("show", "nin", "--input", "3x2147483647x2147483647", database=database)
    refused(answer, "exceed", "64 bits", "ask for a smaller input")
    assert archdb("check", database=database).status == 0


def test_an_input_of_height_width_and_channels_gets_a_note(database: Path) -> None:
    file = database.parent / "last.toml"
    text = SEED.format(name="last", first="data", shape=[256, 192, 3], rows=SOUND[0])
    file.write_text(text.replace("[1, 9]", "1"), encoding="utf-8")
    answer = archdb("import", str(file), database=database)
    said = "256×192×3 looks like height×width×channels; channels come first: 3×256×192"
    assert (answer.status, answer.err) == (0, f"imported last\n  {said}\n")
    file.write_text(text.replace("last", "more"), encoding="utf-8")  # a window that does not fit
    refused(archdb("import", str(file), database=database), said)


@pytest.mark.parametrize("shape", [(3, 256, 256), (1, 1, 96000), (64, 8, 8), (4, 4, 3), (20, 3)])
def test_no_other_input_gets_that_note(shape: tuple[int, ...]) -> None:
    from archdb.model.shape import hint

    assert hint(shape) == ""


def test_an_input_that_looks_like_a_batch_is_told() -> None:
    from archdb.model.shape import hint, named

    assert hint((1, 3, 224, 224)).endswith("3×224×224 is an image")
    assert hint((1, 16, 112, 112)) == "", "a volume of 16 layers is meant"
    assert hint(named((1, 3, 8, 8), ("heads", "_", "_", "_"))) == ""
