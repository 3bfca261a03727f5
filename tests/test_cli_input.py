"""Another input: derived, kept, used again; what it changes is said, a bad one changes nothing."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from command import archdb, files, refused

#: The first fully connected layer: 4096 units on the map that is left of the input.
VGG16_FC6 = {224: 4096 * (512 * 7 * 7 + 1), 384: 4096 * (512 * 12 * 12 + 1)}
ALEXNET_FC6 = {227: 4096 * (256 * 6 * 6 + 1), 384: 4096 * (256 * 11 * 11 + 1)}


def totals(*words: str, database: Path) -> dict[str, dict[str, Any]]:
    answer = archdb(*words, "--format", "json", database=database)
    assert answer.status == 0, answer.err
    return {row["quantity"]: row for row in json.loads(answer.out)}


def inputs(database: Path, name: str) -> list[str]:
    """The inputs at which a network is derived, native first, as any SQL client sees them."""
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute(
            "select input from architecture_summary where architecture = ?"
            " order by is_native desc, input",
            [name],
        )
        return [row[0] for row in rows]


def test_one_number_is_a_square(database: Path) -> None:
    one = archdb("compare", "vgg16", "alexnet", "--input", "384", database=database)
    full = archdb("compare", "vgg16", "alexnet", "--input", "3x384x384", database=database)
    assert one.out == full.out
    (line,) = (line for line in one.out.splitlines() if line.startswith("input "))
    assert line.split()[2:4] == ["3x384x384", "3x384x384"]


def test_it_is_derived_and_kept_and_used_again(database: Path) -> None:
    archdb("compare", "vgg16", "alexnet", "--input", "384", database=database)
    assert inputs(database, "vgg16") == ["3x224x224", "3x384x384"]
    assert inputs(database, "alexnet") == ["3x227x227", "3x384x384"]
    before = files(database.parent)
    again = archdb("compare", "alexnet", "vgg16", "--input", "384", database=database)
    assert again.status == 0
    assert files(database.parent) == before, "the second time nothing is written"


def test_the_native_size_is_nothing_new(database: Path) -> None:
    before = files(database.parent)
    answer = archdb("show", "vgg16", "--input", "224", database=database)
    assert answer.err == ""
    assert files(database.parent) == before


def test_figures_follow_the_size(database: Path) -> None:
    native = totals("show", "vgg16", database=database)
    found = totals("show", "vgg16", "--input", "384", database=database)
    more = VGG16_FC6[384] - VGG16_FC6[224]
    assert found["params"]["vgg16"] - native["params"]["vgg16"] == more
    # convolutions run at (384 / 224)² as many positions; fc6 has so many more weights; no bias
    linear = 4096 * 512 * 7 * 7 + 4096 * 4096 + 1000 * 4096
    convolutions = native["macs"]["vgg16"] - linear
    assert found["macs"]["vgg16"] == convolutions * 384**2 // 224**2 + linear + more
    assert found["receptive_field_h"] == native["receptive_field_h"], "a field has no input"


def test_the_layer_that_changes_is_named_with_both_counts(database: Path) -> None:
    answer = archdb("compare", "vgg16", "alexnet", "--input", "384", database=database)
    vgg16, alexnet = answer.err.splitlines()
    assert vgg16.startswith(
        f"note: vgg16 at 3x384x384: layer fc6 (linear) has {VGG16_FC6[384]:,} params"
        f" instead of {VGG16_FC6[224]:,} at the native 3x224x224"
    )
    assert f"{ALEXNET_FC6[384]:,} params instead of {ALEXNET_FC6[227]:,}" in alexnet


def test_it_is_said_for_every_grouping_and_by_show(database: Path) -> None:
    for by in ("total", "op", "block", "resolution", "layer"):
        answer = archdb("show", "vgg16", "--input", "384", "--by", by, database=database)
        assert "layer fc6 (linear)" in answer.err, by


def test_heads_that_change_are_named_too(database: Path) -> None:
    answer = archdb("show", "googlenet", "--input", "384", database=database)
    # inception_5b is 384 / 32 = 12 wide, and a 7×7 pool stands there 6 times
    changed = 1000 * (1024 * 6 * 6 + 1)
    assert f"layer loss3/classifier (linear) has {changed:,} params" in answer.err
    # inception_4a is 24 wide; a 5×5 pool of stride 3, rounded up, stands there 8 times
    assert f"layer loss1/fc (linear) has {1024 * (128 * 8 * 8 + 1):,} params" in answer.err


@pytest.mark.parametrize("name", ["resnet50", "nin"])
def test_a_network_without_a_fully_connected_map_changes_no_layer(
    name: str, database: Path
) -> None:
    native = totals("show", name, database=database)
    answer = archdb("show", name, "--input", "256", database=database)
    assert answer.err == ""
    found = totals("show", name, "--input", "256", database=database)
    assert found["params"] == native["params"]
    assert found["macs"][name] > native["macs"][name]


def test_alexnet_also_takes_224_without_changing(database: Path) -> None:
    """(224 - 11) / 4 + 1 = 54, and pools that round up still end at 6×6."""
    answer = archdb("show", "alexnet", "--input", "224", database=database)
    assert answer.err == ""
    found = totals("show", "alexnet", "--input", "224", database=database)
    native = totals("show", "alexnet", database=database)
    lost = 96 * 3 * 11 * 11 * (55 * 55 - 54 * 54)
    assert native["macs"]["alexnet"] - found["macs"]["alexnet"] == lost


def test_one_number_keeps_the_channels(database: Path) -> None:
    found = totals("compare", "lenet5", "vgg16", "--input", "64", database=database)
    assert found["input"]["lenet5"] == "1x64x64"
    assert found["input"]["vgg16"] == "3x64x64"


def test_oblong_inputs(database: Path) -> None:
    found = totals("show", "resnet18", "--input", "3x224x448", database=database)
    linear = 512 * 1000
    native = totals("show", "resnet18", database=database)
    twice = 2 * (native["macs"]["resnet18"] - linear) + linear
    assert found["macs"]["resnet18"] == twice


# Bad ones.

MALFORMED = {
    "0": "each extent must be from 1",
    "3x0x224": "each extent must be from 1",
    "-5": "got -5",
    "3x-1x5": "got -1",
    "big": "'big' is not an input size",
    "": "'' is not an input size",
    "3.5": "'3.5' is not an input size",
    "1e3": "'1e3' is not an input size",
    "3_84": "'3_84' is not an input size",
    "３８４": "'３８４' is not an input size",
    "3xx3": "'3xx3' is not an input size",
    str(2**31): f"from 1 to {2**31 - 1}",
    "9" * 30: f"from 1 to {2**31 - 1}",
    "9" * 5000: "is not an input size",
    "3x224": "has 2 extents",
    "1x3x224x224": "has 4 extents",
}


@pytest.mark.parametrize(("size", "sign"), MALFORMED.items(), ids=[w[:12] for w in MALFORMED])
@pytest.mark.parametrize("words", [("compare", "vgg16", "alexnet"), ("show", "vgg16")])
def test_a_malformed_size_is_wrong_usage(
    size: str, sign: str, words: tuple[str, ...], database: Path
) -> None:
    before = files(database.parent)
    refused(archdb(*words, "--input", size, database=database), sign, status=2)
    assert files(database.parent) == before


def test_an_input_that_a_window_does_not_fit_names_layer_map_and_window(database: Path) -> None:
    """38 → (38 - 11) / 4 + 1 = 7 → 3 → 1: too small a map for the last 3×3 pool."""
    before = files(database.parent)
    answer = archdb("show", "alexnet", "--input", "38", database=database)
    refused(answer, "layer 'pool5'", "3×3 window", "1×1 map", "3×38×38")
    assert files(database.parent) == before


def test_all_inputs_of_a_comparison_are_kept_or_none(database: Path) -> None:
    """vgg16 takes 38×38; what was derived for it is not kept when alexnet does not."""
    before = files(database.parent)
    refused(archdb("compare", "vgg16", "alexnet", "--input", "38", database=database), "alexnet")
    assert files(database.parent) == before


def test_other_channels_are_refused_where_groups_or_tables_need_theirs(database: Path) -> None:
    answer = archdb("show", "lenet5", "--input", "3x32x32", database=database)
    assert answer.status == 0, "C1 is a plain convolution and takes any channels"
    assert f"{6 * (3 * 25 + 1):,} params instead of {6 * (25 + 1):,}" in answer.err


def test_a_large_input_is_still_exact(database: Path) -> None:
    found = totals("show", "resnet18", "--input", "65536", database=database)
    stem = 64 * 3 * 7 * 7 * (65536 // 2) ** 2
    assert found["macs"]["resnet18"] > stem > 2**40
    layer = json.loads(
        archdb(
            "query",
            "select macs from layer_summary where architecture = 'resnet18' and layer = 'conv1'"
            " and is_native = 0",
            "--format",
            "json",
            database=database,
        ).out
    )
    assert layer == [{"macs": stem}]
