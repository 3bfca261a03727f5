"""Differences found between the rows of two networks, and stated ones held to them."""

import sqlite3
from contextlib import closing

import pytest
from variants import ROWS, put, seed

from archdb.analysis.differences import Change, summarize_changes
from archdb.api import Database
from archdb.queries.lineage import differences, undeclared_differences


def found(opened: Database, **changed: str | None) -> list[tuple[str, str, str, str]]:
    """The differences found between ROWS and ROWS with some rows changed, or taken away."""
    rows = {**ROWS, **changed}
    kept = {name: row for name, row in rows.items() if row is not None}
    put(opened, seed("base", ROWS), seed("variant", kept, base="base"))
    return [tuple(change) for change in differences(opened.reader, "base", "variant")]  # type: ignore[misc]


# Differences found in the rows

UNSCALED = '"batch_norm", {scale = false}'

CONV = '"conv2d", {filters = 8, kernel = 3, padding = 1, groups = 2'
ONE_LAYER = {
    "nothing": (ROWS["conv1"], []),
    "filters": (CONV.replace("8", "6") + "}", [("filters", "8", "6")]),
    "kernel and padding": (
        '"conv2d", {filters = 8, kernel = [1, 7], padding = [0, 3], groups = 2}',
        [("kernel", "3", "1x7"), ("padding", "1", "0x3")],
    ),
    "uneven padding": (
        CONV.replace("padding = 1", "padding = [1, 1, 0, 2]") + "}",
        [("padding", "1", "1,1,0,2")],
    ),
    "a mode": (CONV.replace("padding = 1", 'padding = "same"') + "}", [("padding", "1", "same")]),
    "stride": (CONV + ", stride = 2}", [("stride", "1", "2")]),
    "stride of one axis": (CONV + ", stride = [1, 2]}", [("stride", "1", "1x2")]),
    "dilation": (CONV + ", dilation = 2}", [("dilation", "1", "2")]),
    "groups": (CONV.replace("groups = 2", "groups = 1") + "}", [("groups", "2", "1")]),
    "bias": (CONV + ", bias = false}", [("bias", "true", "false")]),
    "op": ('"batch_norm"', [("op", "conv2d", "batch_norm")]),
}


@pytest.mark.parametrize("kind", ONE_LAYER)
def test_each_attribute_that_differs_is_found(kind: str, opened: Database) -> None:
    row, changes = ONE_LAYER[kind]
    assert found(opened, conv1=row, sum='"relu", ["conv2"]')[: len(changes)] == [
        (*change, "conv1") for change in changes
    ]
    behind = differences(opened.reader, "base", "variant")[len(changes) :]
    assert {change.layer for change in behind} == {"sum"}


def test_an_attribute_that_a_row_leaves_out_has_its_default(opened: Database) -> None:
    """A norm without scale differs from one that does not say that it has one."""
    rows = {**ROWS, "drop": '"batch_norm"'}
    put(opened, seed("base", rows), seed("variant", {**rows, "drop": UNSCALED}, base="base"))
    assert differences(opened.reader, "base", "variant") == [("scale", "true", "false", "drop")]


def test_an_attribute_that_only_the_op_has_is_found(opened: Database) -> None:
    floored = ROWS["pool1"].replace("ceil", "floor")
    assert found(opened, pool1=floored, drop='"dropout", {rate = 0.4}') == [
        ("rounding", "ceil", "floor", "pool1"),
        ("rate", "0.5", "0.4", "drop"),
    ]


def test_lists_and_what_is_left_unstated_have_words(opened: Database) -> None:
    table = '"partial_conv2d", {filters = 2, kernel = 1, connections = [[0], [1]]}'
    rows = {"a": table, "b": '"resize2d", {how = "nearest", scale = [2, 3]}'}
    other = {
        "a": table.replace("[1]", "[0, 1]"),
        "b": '"resize2d", {how = "nearest"}, ["a", "data"]',
    }
    put(opened, seed("base", rows), seed("variant", other, base="base"))
    assert differences(opened.reader, "base", "variant") == [
        Change("connections", "[[0], [1]]", "[[0], [0, 1]]", "a"),
        Change("inputs", "a", "a, data", "b"),
        Change("scale", "2x3", "", "b"),
    ]


def test_another_input_is_a_difference_of_its_layer(opened: Database) -> None:
    larger = seed("variant", ROWS, base="base").replace("16, 16", "24, 24")
    put(opened, seed("base", ROWS), larger)
    assert differences(opened.reader, "base", "variant") == [
        Change("shape", "4x16x16", "4x24x24", "data")
    ]


def test_a_layer_that_one_lacks_is_one_difference_and_not_also_of_those_behind(
    opened: Database,
) -> None:
    """pool1 reads relu1 in the base and conv1 here, which is the same but for relu1."""
    assert found(opened, relu1=None) == [("layer", "relu", "", "relu1")]
    assert differences(opened.reader, "variant", "base") == [Change("layer", "", "relu", "relu1")]


def test_layers_that_one_lacks_are_seen_through_one_behind_the_other(opened: Database) -> None:
    assert found(opened, drop=None, sum=None) == [
        ("layer", "add", "", "sum"),
        ("layer", "dropout", "", "drop"),
        ("inputs", "sum", "conv2", "fc"),
    ], "but not through one that joins two"


def test_what_a_layer_reads_is_found(opened: Database) -> None:
    assert found(opened, sum='"add", ["relu1", "conv2"]', pool1=ROWS["relu1"])[-1] == (
        *("inputs", "pool1, conv2", "relu1, conv2", "sum"),
    )


def test_changes_are_told_equal_ones_together() -> None:
    layers = [f"conv{i}" for i in range(1, 9)]
    changes = [Change("groups", "2", "1", layer) for layer in layers[:3]]
    changes += [Change("layer", "", "lrn", layer) for layer in layers]
    assert summarize_changes(changes) == [
        "groups: 2 → 1 in conv1, conv2, conv3",
        "layer: none → lrn in conv1, conv2, conv3, conv4, conv5, conv6 and 2 more",
    ]


# Stated differences against them

VARIANT = {**ROWS, "conv1": CONV + ", bias = false}", "drop": '"dropout", {rate = 0.4}'}
STATED = ("bias: true → false in conv1", "rate: 0.5 → 0.4 in drop")

MISSTATED = {
    "all of it": (STATED, []),
    "by a glob": (("bias: true → false in conv?", "rate: 0.5 → 0.4 in d*"), []),
    "not all": (
        STATED[:1],
        ["differs from base without saying so: rate: 0.5 → 0.4 in drop"],
    ),
    "too much": (
        (*STATED, "groups: 2 → 1 in conv1"),
        ["says that it differs from base, but does not: groups: 2 → 1 in conv1"],
    ),
    "a layer too many": (
        ("bias: true → false in conv1, conv2", STATED[1]),
        ["says that it differs from base, but does not: bias: true → false in conv2"],
    ),
    "another layer": (
        ("bias: true → false in conv2", STATED[1]),
        [
            "differs from base without saying so: bias: true → false in conv1",
            "says that it differs from base, but does not: bias: true → false in conv2",
        ],
    ),
    "another value": (
        ("bias: true → false in conv1", "rate: 0.5 → 0.3 in drop"),
        [
            "differs from base without saying so: rate: 0.5 → 0.4 in drop",
            "says that it differs from base, but does not: rate: 0.5 → 0.3 in drop",
        ],
    ),
    "the other way round": (
        ("bias: false → true in conv1", STATED[1]),
        [
            "differs from base without saying so: bias: true → false in conv1",
            "says that it differs from base, but does not: bias: false → true in conv1",
        ],
    ),
}


@pytest.mark.parametrize("said", MISSTATED)
def test_what_is_stated_is_held_to_what_is_found(said: str, opened: Database) -> None:
    stated, faults = MISSTATED[said]
    put(opened, seed("base", ROWS), seed("variant", VARIANT, *stated, base="base"))
    assert undeclared_differences(opened.reader) == [("variant", fault) for fault in faults]
    assert opened.check().rows == [("lineage", "variant", fault) for fault in faults]


def test_an_imported_variant_may_state_nothing_a_bundled_one_may_not(opened: Database) -> None:
    put(opened, seed("base", ROWS), seed("variant", VARIANT, base="base"))
    assert undeclared_differences(opened.reader) == []
    with closing(sqlite3.connect(opened.path)) as client, client:
        client.execute("update network set origin = 'bundled'")
    assert undeclared_differences(opened.reader) == [
        ("variant", "differs from base without saying so: bias: true → false in conv1"),
        ("variant", "differs from base without saying so: rate: 0.5 → 0.4 in drop"),
    ]


def test_of_a_network_whose_rows_define_none_nothing_is_said(opened: Database) -> None:
    """Two layers that read each other, by another client: they are not walked round for ever."""
    longer = {**ROWS, "extra": '"relu"', "more": '"relu"'}
    longer["fc"] = longer.pop("fc")
    stated = "layer: → relu in extra, more"
    put(opened, seed("base", ROWS), seed("variant", longer, stated, base="base"))
    assert opened.check().rows == []
    with closing(sqlite3.connect(opened.path)) as client, client:
        client.execute(
            "update edge set source = (select position from layer where name = 'more')"
            " where reader = (select position from layer where name = 'extra')"
            " and network_id = (select id from network where name = 'variant')"
        )
    assert [fault[0] for fault in opened.check().rows] == ["derivation", "order"]


def test_a_layer_that_has_moved_may_be_said_to(opened: Database) -> None:
    """A pool behind the ReLU and not before it: by names three layers read something else."""
    names = ["conv1", "pool1", "relu1", "fc"]
    swapped = ["conv1", "relu1", "pool1", "fc"]
    put(
        opened,
        seed("base", {name: ROWS[name] for name in names}),
        *(
            seed(variant, {name: ROWS[name] for name in swapped}, stated, base="base")
            for variant, stated in (
                ("right", "moved: pool1 → conv1 in relu1"),
                ("wrong", "moved: pool1 → conv1 in fc"),
            )
        ),
    )
    assert undeclared_differences(opened.reader) == [
        ("wrong", "differs from base without saying so: moved: pool1 → conv1 in relu1"),
        ("wrong", "says that it differs from base, but does not: moved: pool1 → conv1 in fc"),
    ]
