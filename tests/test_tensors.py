"""Tensors of any rank in a network: names of axes, columns, fields, other inputs, conventions."""

import json
import pickle
from pathlib import Path

import pytest
from command import archdb
from drawing import chain, data, draw, layer

from archdb.analysis import conventions
from archdb.analysis.layer_costs import facts_of
from archdb.analysis.profile import derive
from archdb.errors import DefinitionError, ShapeError
from archdb.explain.field import derivation
from archdb.explain.layer_trace import trace_layer
from archdb.model.graph import Network
from archdb.model.shape import axes_of, channels, is_image, named, unnamed
from archdb.ops import REGISTRY, make
from archdb.rewrite import apply

IMAGE = (5, 17, 13)
TURNED = named((17, 13, 5), ("height", "width", "channel"))


# Names of axes


def test_shapes_of_one_length_are_told_apart() -> None:
    heads = named((5, 17, 13), ("heads", "sequence", "feature"))
    assert heads == IMAGE  # as numbers they are the same
    assert (is_image(IMAGE), is_image(heads), is_image(unnamed(IMAGE))) == (True, False, False)
    assert (channels(IMAGE), channels(heads), channels(TURNED)) == (5, 13, 5)
    relu = make("relu", {})
    outs = [facts_of(relu, (shape,)).out for shape in (IMAGE, heads, TURNED)]
    assert list(map(axes_of, outs)) == list(map(axes_of, (IMAGE, heads, TURNED)))


def test_usual_axes_are_a_plain_tuple() -> None:
    assert type(named((19, 23), ("sequence", "feature"))) is tuple
    assert type(named((31,), ("channel",))) is tuple
    assert axes_of((5, 3, 17, 13)) == ("channel", "depth", "height", "width")
    assert axes_of(unnamed((2, 3))) == ("_", "_")


def test_a_shape_keeps_its_names_where_it_is_copied() -> None:
    assert axes_of(pickle.loads(pickle.dumps(TURNED))) == axes_of(TURNED)


def test_without_an_axis_of_channels_one_must_be_said() -> None:
    with pytest.raises(ShapeError, match="no axis of 2×3×5 is that of channels") as caught:
        channels(unnamed((2, 3, 5)))
    assert caught.value.remedy == "say which: axis"


@pytest.mark.parametrize(
    ("op", "given", "said"),
    [
        (
            "reshape",
            {"shape": [2, 3], "axis_names": ["heads"]},
            "'axis_names' has 1 names",
        ),
        (
            "reshape",
            {"shape": [2, 3], "axis_names": ["a", "a"]},
            "'axis_names' needs a word for each",
        ),
        ("parameter", {"shape": [2], "axis_names": "A"}, "'axis_names' needs a word for each axis"),
        ("permute", {"order": [1, 2]}, "'order' needs the axes in their new order"),
        ("permute", {"order": [0, 0]}, "'order' needs the axes in their new order"),
        ("roll", {"axes": [1], "shifts": [1, 2]}, "'shifts' has 2 numbers for 1 axes"),
        ("flip", {"axes": [6]}, "'axes' needs a list of axes"),
        ("pad", {"sides": [[1, 2, 3]]}, "'sides' needs [before, after] for each axis"),
        ("pad", {"sides": [[-1, 0]], "mode": "reflect"}, "in mode reflect nothing can be cut off"),
    ],
)
def test_wrong_attributes_are_refused(op: str, given: dict[str, object], said: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        make(op, given)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("op", "given", "inputs", "said"),
    [
        ("permute", {"order": [1, 0]}, [IMAGE], "orders 2 axes, and 5×17×13 has 3"),
        ("expand", {"shape": [0, 3]}, [(2, 2)], "cannot be spread over 0×3: 2×2"),
        ("slice", {"axis": 3}, [IMAGE], "has no axis 3: 5×17×13 has 3, counted from 0"),
        ("slice", {"axis": 1, "stop": 18}, [IMAGE], "cannot take 0 to 18 of axis 1 of 5×17×13"),
        ("slice", {"axis": 1, "start": 17}, [IMAGE], "cannot take 17 to the end of axis 1"),
        ("select", {"axis": 0, "index": 5}, [IMAGE], "there is no element 5 of axis 0 of 5×17×13"),
        ("take", {"axis": 0}, [IMAGE], "needs either the shape of a table or a second input"),
        ("gather", {"axis": 0, "shape": [3, 18, 13]}, [IMAGE], "a table 3×18×13 does not fit"),
        ("pad", {"sides": [[1, 1]]}, [IMAGE], "has sides for 1 axes, and 5×17×13 has 3"),
        ("pad", {"sides": [[5, 0]], "mode": "reflect"}, [(5,)], "5 has not so much to reflect"),
        ("pad", {"sides": [[-5, 0]]}, [(5,)], "leaves nothing of 5"),
        ("stack", {}, [IMAGE, (5, 17, 11)], "cannot be stacked: 5×17×13 and 5×17×11"),
        ("stack", {}, [(1, 2, 3, 4, 5, 6)], "has as many axes as a tensor may have"),
        (
            "concat",
            {"axis": 1},
            [IMAGE, (4, 17, 13)],
            "cannot be concatenated: 5×17×13",
        ),
    ],
)
def test_shapes_that_do_not_fit_are_refused(
    op: str, given: dict[str, object], inputs: list[tuple[int, ...]], said: str
) -> None:
    with pytest.raises(ShapeError) as caught:
        facts_of(make(op, given), tuple(inputs))
    assert said in str(caught.value)


# Columns


def test_columns_state_a_map_in_whatever_order_its_axes_are() -> None:
    row = derive(chain(IMAGE, make("permute", {"order": [1, 2, 0]}))).layer("1")
    assert [row[f"out_{axis}"] for axis in ("channels", "height", "width")] == [5, 17, 13]
    assert row["out_shape"] == "17x13x5"


def test_a_tensor_that_is_no_map_has_its_shape_in_text_alone() -> None:
    split = make("reshape", {"shape": [0, 3, 11, 7]})
    row = derive(chain((19, 231), split)).layer("1")
    assert [row[f"out_{axis}"] for axis in ("channels", "height", "width")] == [None] * 3
    assert (row["out_shape"], row["out_elements"]) == ("19x3x11x7", 19 * 231)


def test_a_window_reads_three_axes_as_a_map_whatever_they_are() -> None:
    conv = make("conv2d", {"filters": 2, "kernel": 3})
    row = derive(chain(IMAGE, make("permute", {"order": [1, 0, 2]}), conv)).layer("2")
    assert [row[f"in_{axis}"] for axis in ("channels", "height", "width")] == [17, 5, 13]
    assert row["receptive_field_h"] is None
    assert row["receptive_field_note"] == "the window slides over other axes than height and width"


def test_an_order_and_its_inverse_leave_the_field() -> None:
    there, back = (make("permute", {"order": order}) for order in ([1, 2, 0], [2, 0, 1]))
    conv = make("conv2d", {"filters": 5, "kernel": 3})
    turned = derive(chain(IMAGE, conv, there, back, conv))
    plain = derive(chain(IMAGE, conv, conv))
    for column in ("receptive_field_h", "effective_stride_w", "receptive_field_note"):
        assert turned.layer("4")[column] == plain.layer("2")[column]
    assert turned.totals["receptive_field_layer"] == "4"
    assert turned.totals["receptive_field_h"] == 5


def test_a_slice_of_a_map_is_a_window() -> None:
    """Every other row and column (a focus layer) and a convolution behind it."""
    cuts = [make("slice", {"axis": axis, "start": 1, "step": 2}) for axis in (1, 2)]
    row = derive(chain(IMAGE, *cuts, make("conv2d", {"filters": 2, "kernel": 3}))).layer("3")
    assert [row[f"receptive_field_{axis}"] for axis in "hw"] == [5, 5]
    assert [row[f"effective_stride_{axis}"] for axis in "hw"] == [2, 2]
    assert [row[f"effective_padding_{axis}"] for axis in "hw"] == [-1, -1]


def test_a_window_over_other_axes_is_explained_as_it_slides() -> None:
    conv = make("conv2d", {"filters": 2, "kernel": 3})
    steps = {
        step.quantity: step for step in derivation(trace_layer(conv, [unnamed(IMAGE)]), [""], "c")
    }
    assert steps["out_height"].numbers == "⌊(17 − 3 + 2·0)/1⌋ + 1"
    assert steps["out_height"].result == 15
    assert steps["macs"].result == 15 * 11 * 2 * 5 * 9


# Learnt tensors


def embedded() -> Network:
    """A class token before a sequence of patches, and a position embedding added."""
    return draw(
        data(3, 8, 8),
        layer("patches", "conv2d", "data", filters=6, kernel=4, stride=4),
        layer("sequence", "to_sequence", "patches"),
        layer("token", "parameter", shape=[1, 6]),
        layer("tokens", "concat", "token", "sequence", axis=0),
        layer("position", "parameter", shape=[5, 6]),
        layer("sum", "add", "tokens", "position"),
        layer("first", "select", "sum", axis=0, index=0),
        layer("head", "linear", "first", units=7),
    )


def test_learnt_tensors_count_where_they_stand() -> None:
    profile = derive(embedded())
    assert profile.layer("tokens")["out_shape"] is None
    assert (profile.layer("tokens")["out_height"], profile.layer("tokens")["out_channels"]) == (
        5,
        6,
    )
    weights = 6 * 3 * 4 * 4 + 1 * 6 + 5 * 6 + 7 * 6
    assert profile.totals["weight_params"] == weights
    assert profile.totals["live_params"] == weights + 6 + 7  # the result hangs on all of them
    assert profile.totals["macs"] == 4 * 6 * 3 * 4 * 4 + 7 * 6


def test_learnt_tensors_are_no_activations() -> None:
    """They lie with the weights: at the peak are the image and the patches."""
    assert derive(embedded()).totals["peak_activation_elements"] == 3 * 8 * 8 + 4 * 6


def test_behind_a_learnt_tensor_alone_nothing_depends_on_the_input() -> None:
    profile = derive(embedded())
    assert profile.layer("token")["receptive_field_note"] == "does not depend on the input"
    assert profile.layer("tokens")["receptive_field_note"] == "a sequence has no height and width"


def test_a_text_beside_a_learnt_table_is_what_the_network_depends_on() -> None:
    text = draw(
        data(7), layer("table", "parameter", shape=[5, 6]), layer("rows", "take", "table", "data")
    )
    assert derive(text).totals["receptive_field_note"] == "the input is not an image"


def test_another_input_is_refused_by_the_row_that_holds_at_one_size() -> None:
    with pytest.raises(ShapeError) as caught:
        derive(embedded(), (3, 16, 16))
    assert caught.value.places == ("net", "layer 'sum' (add)")
    assert "cannot be added: 17×6 and 5×6" in str(caught.value)


# In a database


SEED = """
name = "tensors"
title = "Tensors"
family = "F"
year = 2020
[net]
input = [3, 8, 8]
layers = [
  ["conv", "conv2d", {filters = 6, kernel = 4, stride = 4}],
  ["split", "reshape", {shape = [3, 2, 2, 2]}],
  ["turned", "permute", {order = [0, 2, 3, 1]}],
  ["bias", "parameter", {shape = [3, 2, 2, 2]}],
  ["sum", "add", ["turned", "bias"]],
]
"""


@pytest.fixture
def stored(database: Path) -> Path:
    file = database.with_name("tensors.toml")
    file.write_text(SEED, "utf-8")
    assert archdb("import", str(file), database=database).status == 0
    return database


def test_shapes_are_shown_and_stored_exactly(stored: Path) -> None:
    rows = json.loads(
        archdb("show", "tensors", "--by", "layer", "--format", "json", database=stored).out
    )
    assert {row["layer"]: row["output"] for row in rows} == {
        **{"data": "3x8x8", "conv": "6x2x2", "split": "3x2x2x2"},
        **{"turned": "3x2x2x2", "bias": "3x2x2x2", "sum": "3x2x2x2"},
    }
    grouped = json.loads(
        archdb("show", "tensors", "--by", "resolution", "--format", "json", database=stored).out
    )
    assert [row["resolution"] for row in grouped] == ["8x8", "2x2", "3x2x2x2"]
    assert "3×2×2×2" in archdb("graph", "tensors", database=stored).out


def test_what_is_stored_is_read_as_it_was(stored: Path) -> None:
    statement = (
        "select attributes from layer_summary where architecture = 'tensors' and layer = 'turned'"
    )
    shown = json.loads(archdb("query", statement, "--format", "json", database=stored).out)
    assert json.loads(shown[0]["attributes"]) == {"order": [0, 2, 3, 1]}
    assert archdb("check", database=stored).status == 0


# Conventions


def test_a_convention_that_names_ops_leaves_others_open(stored: Path) -> None:
    statement = "select convention, value from convention_total where architecture = 'tensors'"
    rows = json.loads(archdb("query", statement, "--format", "json", database=stored).out)
    counted = {row["convention"] for row in rows if row["value"] is not None}
    ops = {"input", "conv2d", "reshape", "permute", "parameter", "add"}
    assert counted == {each.name for each in conventions.bundled() if ops <= each.weights.keys()}
    assert {"mac", "flop", "params", "weights_and_biases", "keras_params"} <= counted
    assert counted.isdisjoint({"thop_2019", "nasbench201", "conv_only", "convnet_burden"})


def test_only_conventions_by_component_price_every_op() -> None:
    known = {name for name, op in REGISTRY.items() if op.known}
    for convention in conventions.bundled():
        if known <= convention.weights.keys():
            prices = {frozenset(weights.items()) for weights in convention.weights.values()}
            assert len(prices) == 1, convention.name


# Rewriting


def strided() -> Network:
    """Every other row and column, twice: by slices and by a convolution; then a window."""
    return draw(
        data(3, 32, 32),
        layer("rows", "slice", "data", axis=1, start=1, step=2),
        layer("columns", "slice", "rows", axis=-1, step=2),
        layer("conv", "conv2d", "columns", filters=4, kernel=3, padding=1, stride=2),
        layer("turned", "permute", "conv", order=[1, 2, 0]),
        layer("mixed", "linear", "turned", units=4, axis=-1),
        layer("back", "permute", "mixed", order=[2, 0, 1]),
        layer("last", "conv2d", "back", filters=2, kernel=3, padding=1),
    )


@pytest.mark.parametrize("stride", [1, 2])
def test_strides_of_slices_are_strides(stride: int) -> None:
    """The fields of all layers stay where what is behind reads a finer map."""
    network = strided()
    dilated = apply(network, f"dilate={stride}").network
    before, after = derive(network), derive(dilated)
    for each in network:
        for column in ("receptive_field_h", "receptive_field_w", "effective_padding_h"):
            ours = [profile.layer(each.name)[column] for profile in (before, after)]
            assert ours[0] == ours[1], (each.name, column)
    assert before.totals["effective_stride_h"] == 4
    assert after.totals["effective_stride_h"] == stride
    assert after.totals["macs"] > before.totals["macs"]


def test_what_moves_by_distance_is_not_laid_on_a_finer_map() -> None:
    network = draw(
        data(3, 32, 32),
        layer("conv", "conv2d", "data", filters=4, kernel=3, padding=1, stride=2),
        layer("rolled", "roll", "conv", axes=[1], shifts=[3]),
    )
    with pytest.raises(DefinitionError) as caught:
        apply(network, "dilate=1")
    assert "layer 'rolled' (roll)" in caught.value.places
    assert "moves elements by so many positions of the map as it was" in str(caught.value)
