"""Volumes, and sequences whose channels stand first, in a network and in a database."""

import json
from pathlib import Path
from typing import Any

import pytest
from command import archdb
from drawing import chain, draw, layer

from archdb.analysis.layer_costs import COUNTS, facts_of
from archdb.analysis.profile import derive
from archdb.errors import DefinitionError, ShapeError
from archdb.model.shape import axes_of, unnamed
from archdb.ops import make

SEED = """
name = "volumes"
title = "Volumes"
family = "F"
year = 2015
[net]
input = [3, 8, 16, 16]
layers = [
  ["conv1", "conv3d", {filters = 4, kernel = [1, 3, 3], stride = [1, 2, 2], padding = [0, 1, 1]}],
  ["norm1", "batch_norm"],
  ["pool1", "max_pool3d", {kernel = 2, stride = 2, rounding = "floor"}],
  ["conv2", "conv3d", {filters = 8, kernel = 3, padding = "same", bias = false}],
  ["pool2", "adaptive_avg_pool3d", {bins = 1}],
  ["flat", "flatten"],
  ["fc", "linear", {units = 5}],
]
"""


@pytest.fixture
def stored(database: Path) -> Path:
    file = database.with_name("volumes.toml")
    file.write_text(SEED, "utf-8")
    assert archdb("import", str(file), database=database).status == 0
    return database


def test_a_network_of_volumes_is_stored_and_read_as_it_was(stored: Path) -> None:
    rows = json.loads(
        archdb("show", "volumes", "--by", "layer", "--format", "json", database=stored).out
    )
    assert [row["output"] for row in rows] == [
        "3x8x16x16", "4x8x8x8", "4x8x8x8", "4x4x4x4", "8x4x4x4", "8x1x1x1", "8", "5"
    ]  # fmt: skip
    macs = {row["layer"]: row["macs"] for row in rows if row["macs"]}
    assert macs == {"conv1": 4 * 3 * 9 * 8 * 8 * 8, "conv2": 8 * 4 * 27 * 4 * 4 * 4, "fc": 8 * 5}
    assert archdb("check", database=stored).status == 0
    larger = ("show", "volumes", "--input", "3x16x32x32", "--by", "layer", "--format", "json")
    assert [row["output"] for row in json.loads(archdb(*larger, database=stored).out)][-4:] == [
        "8x8x8x8", "8x1x1x1", "8", "5"
    ]  # fmt: skip


def test_a_window_is_stored_in_the_columns_of_all_windows(stored: Path) -> None:
    statement = """select kernel_h, kernel_w, stride_h, pad_top, attributes from layer_summary
        where architecture = 'volumes' and layer = 'conv1'"""
    (row,) = json.loads(archdb("query", statement, "--format", "json", database=stored).out)
    own = json.loads(row.pop("attributes"))
    assert row == {"kernel_h": 3, "kernel_w": 3, "stride_h": 2, "pad_top": 1}
    assert {n: own[n] for n in own if n != "rounding"} == {
        "depth_kernel": 1, "depth_stride": 1, "depth_padding": [0, 0], "depth_dilation": 1
    }  # fmt: skip


@pytest.mark.parametrize(
    ("op", "given", "said"),
    [
        (
            "conv3d",
            {"kernel": [3, 3]},
            "conv3d: 'kernel' needs a positive integer or",
        ),
        ("conv3d", {"kernel": 3, "padding": [1, 1]}, "conv3d: 'padding' needs a number, [depth"),
        ("conv3d", {"kernel": 3, "stride": 0}, "'stride' needs a positive integer or [depth"),
        ("max_pool3d", {"kernel": 2, "rounding": "ceil"}, "max_pool3d: 'stride' is missing"),
        ("adaptive_avg_pool3d", {"bins": [1, 2]}, "adaptive_avg_pool3d: 'bins' needs a positive"),
        ("conv_transpose3d", {"kernel": 3, "output_padding": 1}, "must be less than stride or dil"),
    ],
)
def test_wrong_attributes_are_refused(op: str, given: dict[str, Any], said: str) -> None:
    filters = {"filters": 2} if op.startswith("conv") else {}
    with pytest.raises(DefinitionError) as caught:
        make(op, {**filters, **given})
    assert said in str(caught.value)


@pytest.mark.parametrize("name", ["conv3d", "conv_transpose3d", "max_pool3d"])
def test_an_op_over_a_volume_takes_nothing_else(name: str) -> None:
    given = {"filters": 2} if name.startswith("conv") else {"stride": 1, "rounding": "floor"}
    with pytest.raises(ShapeError, match="needs channels×depth×height×width, got 5×17×13"):
        facts_of(make(name, {**given, "kernel": 2}), ((5, 17, 13),))


def test_a_volume_of_depth_one_is_a_map() -> None:
    """The window routine is one: over a depth of 1 all counts are those of the map."""
    given = {"filters": 6, "stride": 2, "padding": [1, 2, 0, 1]}
    flat = facts_of(make("conv2d", {**given, "kernel": [3, 5]}), ((4, 17, 13),))
    six = {**given, "kernel": [1, 3, 5], "stride": [1, 2, 2], "padding": [0, 0, 1, 2, 0, 1]}
    deep = facts_of(make("conv3d", six), ((4, 1, 17, 13),))
    assert deep.out is not None and flat.out is not None
    assert (deep.out[0], *deep.out[2:]) == flat.out
    named = [dict(zip(COUNTS, facts.counts, strict=True)) for facts in (flat, deep)]
    for kind in ("weight_params", "bias_params", "macs", "bias_adds", "out_elements"):
        assert named[0][kind] == named[1][kind], kind


def test_channels_that_stand_first_come_to_the_same_as_last() -> None:
    ops = [
        make("conv1d", {"filters": 8, "kernel": 3, "stride": 2}),
        make("batch_norm", {}),
        make("relu", {}),
        make("max_pool1d", {"kernel": 2, "stride": 2, "rounding": "floor"}),
        make("global_avg_pool1d", {}),
        make("linear", {"units": 5}),
    ]
    last = derive(chain((40, 3), *ops))
    names = ["channel", "sequence"]
    rows = [layer("data", "input", shape=[3, 40], axis_names=names)]
    for number, op in enumerate(ops, start=1):
        rows.append(layer(str(number), op.name, rows[-1].name, **op.attributes()))
    first = derive(draw(*rows))
    assert {n: v for n, v in first.totals.items() if n != "note"} == {
        n: v for n, v in last.totals.items() if n != "note"
    }
    for row in ("1", "4"):
        columns = ("out_channels", "out_height", "out_width")
        assert [first.layer(row)[n] for n in columns] == [last.layer(row)[n] for n in columns]
    assert first.layer("1")["out_shape"] == "8x19"


def test_a_sequence_of_which_nothing_is_said_has_its_steps_first() -> None:
    facts = facts_of(make("conv1d", {"filters": 7, "kernel": 3}), (unnamed((19, 23)),))
    assert (facts.out, axes_of(facts.out or ())) == ((17, 7), ("sequence", "feature"))
    assert facts_of(make("adaptive_avg_pool1d", {"bins": 5}), (unnamed((19, 23)),)).out == (5, 23)
