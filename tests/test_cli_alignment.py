"""archdb compare --by layer and --by block: networks aligned by structure."""

import json
from pathlib import Path
from typing import Any

import pytest
from command import Answer, archdb, refused
from variants import ROWS, put, seed

from archdb.api import Database

#: ROWS under other names, with a norm behind conv1 and conv2 at another stride.
RENAMED = {
    "a": ROWS["conv1"],
    "b": '"batch_norm"',
    "c": ROWS["relu1"],
    "d": ROWS["pool1"],
    "e": ROWS["conv2"],
    "f": '"add", ["d", "e"]',
    "g": ROWS["drop"],
    "h": '"linear", {units = 7}',
}


def compare(*words: str, database: Path) -> Answer:
    return archdb("compare", *words, database=database)


def rows(*words: str, database: Path) -> list[dict[str, Any]]:
    answer = compare(*words, "--format", "json", database=database)
    assert answer.status == 0, answer.err
    found: list[dict[str, Any]] = json.loads(answer.out)
    return found


@pytest.fixture
def two(opened: Database) -> Database:
    put(opened, seed("own", ROWS), seed("other", RENAMED))
    return opened


def test_layers_of_other_names_are_found(two: Database) -> None:
    result = two.compare("own", "other", by="layer")
    names = ["layer", "other change", "other layer"]
    assert [tuple(row[name] for name in names) for row in result.to_dicts()] == [
        ("data", "same", "data"),
        ("conv1", "same", "a"),
        ("b", "only in other (batch_norm)", "b"),
        ("relu1", "same", "c"),
        ("pool1", "same", "d"),
        ("conv2", "same", "e"),
        ("sum", "same", "f"),
        ("drop", "same", "g"),
        ("fc", "changed (units: 10 → 7)", "h"),
    ]
    assert result.notes == [
        "own → other: units: 10 → 7 in fc",
        "own → other: batch norm b added",
    ]


def test_the_difference_runs_to_that_of_the_totals(two: Database) -> None:
    result = two.compare("own", "other", by="layer", convention="mac")
    totals = {row["quantity"]: row for row in two.compare("own", "other").to_dicts()}
    for quantity in ("params", "macs"):
        total = totals[quantity]["other"] - totals[quantity]["own"]
        assert result.column(f"{quantity} difference")[-1] == total
    # the norm's 8 scales and 8 shifts; then three units of 8·8·8 weights and a bias less
    assert result.column("params difference") == [0, 0, 16, *[16] * 5, 16 - 3 * (512 + 1)]
    assert result.column("mac difference") == result.column("macs difference")


def test_differences_alone_are_told_together(two: Database) -> None:
    result = two.compare("own", "other", by="layer", only="differences")
    assert result.columns == [
        *("change", "layers", "layer", "params difference", "macs difference"),
    ]
    assert result.rows == [
        ("only in other (batch_norm)", 1, "b", 16, 0),
        ("changed (units: 10 → 7)", 1, "fc", -3 * 513, -3 * 512),
    ]


def test_what_reads_other_shapes_has_other_figures_and_is_the_same(opened: Database) -> None:
    thin = {**ROWS, "conv1": '"conv2d", {filters = 4, kernel = 3, padding = 1, groups = 2}'}
    thin |= {"conv2": ROWS["conv2"].replace("8", "4")}
    put(opened, seed("own", ROWS), seed("thin", thin))
    result = opened.compare("own", "thin", by="layer", only="differences")
    found = {row["change"]: row for row in result.to_dicts()}
    assert found["changed (filters: 8 → 4)"]["layer"] == "conv1 … conv2"
    follows = found["same, reads other shapes"]
    assert (follows["layer"], follows["params difference"]) == ("fc", -10 * 4 * 64)
    totals = {row["quantity"]: row for row in opened.compare("own", "thin").to_dicts()}
    whole = totals["params"]["thin"] - totals["params"]["own"]
    assert sum(result.column("params difference")) == whole


@pytest.mark.parametrize("by", ["layer", "block"])
def test_what_only_moves_elements_is_no_difference(by: str, opened: Database) -> None:
    """A linear layer flattens what it reads by itself: a layer that does it before is the same."""
    flat = {name: text for name, text in ROWS.items() if name != "fc"}
    put(opened, seed("own", ROWS), seed("other", {**flat, "flat": '"flatten"', "fc": ROWS["fc"]}))
    assert opened.path is not None
    told = compare("own", "other", "--by", by, database=opened.path)
    assert "same, written otherwise" in told.out
    told = compare("own", "other", "--by", by, "--only", "differences", database=opened.path)
    assert "flat" not in told.out and "written otherwise" in told.out + told.err


def test_a_name_that_the_base_gives_to_something_else_says_whose_it_is(opened: Database) -> None:
    put(
        opened,
        seed("own", {"x": '"relu"', "y": '"tanh"'}),
        seed("other", {"y": '"relu"', "x": '"batch_norm"', "z": '"tanh"'}),
    )
    result = opened.compare("own", "other", by="layer")
    assert result.column("layer") == ["data", "x", "other/x", "y"]
    assert result.column("other layer") == ["data", "y", "x", "z"]


def test_the_first_of_several_is_the_base(two: Database) -> None:
    put(two, seed("third", {**ROWS, "drop": '"dropout", {rate = 0.4}'}))
    result = two.compare("own", "other", "third", by="layer")
    changes = {row["layer"]: row for row in result.to_dicts()}
    assert changes["drop"]["other change"] == "same"
    assert changes["drop"]["third change"] == "changed (rate: 0.5 → 0.4)"
    assert changes["b"]["third change"] == ""
    assert changes["b"]["third layer"] is None
    alone = two.compare("own", "other", "third", by="layer", only="differences")
    assert alone.column("network") == ["other", "other", "third"]


# The catalogue, on the command line


def test_blocks_are_aligned(whole: Path) -> None:
    found = rows("resnet50", "resnet101", "--by", "block", database=whole)
    pairs = {row["block"]: row for row in found}
    assert pairs["res3b"]["resnet101 block"] == "res3b1"
    assert pairs["res3b"]["resnet101 change"] == "same"
    more = [row for row in found if row["resnet101 change"] == "only in resnet101"]
    assert [row["block"] for row in more] == [f"res4b{n}" for n in range(6, 23)]


def test_repeated_blocks_are_told_in_a_sentence(whole: Path) -> None:
    answer = compare("resnet50", "resnet101", "--by", "block", database=whole)
    assert answer.err == "note: resnet50 → resnet101: 17 more of res4x\n"
    answer = compare("resnet101", "resnet50", "--by", "layer", database=whole)
    assert answer.err == "note: resnet101 → resnet50: 17 fewer of res4x\n"


def test_a_change_that_is_repeated_is_one_row(whole: Path) -> None:
    words = ("resnet50", "resnet50_v1_5", "--only", "differences")
    found = rows(*words, "--by", "layer", database=whole)
    assert [(row["change"], row["layers"], row["layer"]) for row in found] == [
        ("changed (padding: 0 → 1; rounding: ceil → floor)", 1, "pool1"),
        ("changed (stride: 2 → 1)", 3, "res3a_branch2a … res5a_branch2a"),
        ("changed (stride: 1 → 2)", 3, "res3a_branch2b … res5a_branch2b"),
    ]
    (pool, blocks) = rows(*words, "--by", "block", database=whole)
    assert blocks["change"] == "changed (stride: 2 → 1; stride: 1 → 2)"
    assert blocks["blocks"] == 3
    assert pool["macs difference"] == 0


def test_of_vgg16_and_vgg19_the_layers_of_a_name_are_one(whole: Path) -> None:
    found = rows("vgg16", "vgg19", "--by", "layer", "--only", "differences", database=whole)
    assert [row["layer"] for row in found] == ["conv3_4 … conv5_4", "relu3_4 … relu5_4"]


def test_a_network_that_rules_make_is_aligned_with_its_base(built: Path) -> None:
    words = ("vgg16", "vgg16+factorize", "--by", "layer", "--only", "differences")
    found = rows(*words, database=built)
    assert {row["change"] for row in found} == {
        "only in vgg16+factorize (conv2d)",
        "changed (kernel: 3 → 1x3; padding: 1 → 0x1)",
    }


def test_the_same_structure_is_said(opened: Database) -> None:
    put(opened, seed("own", ROWS), seed("twin", ROWS))
    result = opened.compare("own", "twin", by="layer", only="differences")
    assert result.rows == []
    assert result.notes == ["own → twin: same structure"]


@pytest.mark.parametrize("by", ["total", "op", "resolution"])
def test_differences_alone_are_of_layers_and_blocks(by: str, built: Path) -> None:
    words = ("vgg16", "alexnet", "--by", by, "--only", "differences")
    refused(compare(*words, database=built), "by one of: block, layer", status=2)
