"""Issue 10, 'What could not be said': layers that frameworks have, each with its arithmetic."""

from __future__ import annotations

import csv
from math import prod
from pathlib import Path
from typing import Any

import pytest
from command import archdb
from drawing import applied, chain, conv, data, draw, layer
from variants import put, seed

from archdb.analysis.fingerprint import fingerprint
from archdb.analysis.layer_costs import COUNTED, COUNTS, facts_of
from archdb.analysis.profile import derive
from archdb.api import Database
from archdb.errors import ArchdbError, DefinitionError, ShapeError
from archdb.model.graph import Layer, Network
from archdb.ops import make
from archdb.queries.lineage import differences
from archdb.rewrite import apply

Shape = tuple[int, ...]
MAP = (6, 5, 7)  # 6 channels, 35 positions


def counts(op: str, *inputs: Shape, **attributes: Any) -> dict[str, int]:
    facts = facts_of(make(op, attributes), inputs)
    return dict(zip(COUNTS, facts.columns[COUNTED], strict=True))


# Norms.

SWITCHES = [(True, True), (True, False), (False, True), (False, False)]
NORMS: list[tuple[str, dict[str, Any], int]] = [  # op, attributes, running statistics
    ("batch_norm", {}, 2),
    ("batch_norm", {"statistics": False}, 0),
    ("instance_norm", {}, 0),
    ("instance_norm", {"statistics": True}, 2),
    ("group_norm", {"groups": 3}, 0),
    ("layer_norm", {}, 0),
]


@pytest.mark.parametrize(("scale", "shift"), SWITCHES)
@pytest.mark.parametrize(("op", "own", "running"), NORMS, ids=str)
def test_each_switch_of_a_norm_takes_a_number_for_each_channel(
    op: str, own: dict[str, Any], running: int, scale: bool, shift: bool
) -> None:
    found = counts(op, MAP, **own, scale=scale, shift=shift)
    assert found["norm_params"] == 6 * scale + 6 * shift
    assert found["buffers"] == 6 * running


@pytest.mark.parametrize(("scale", "shift"), SWITCHES)
@pytest.mark.parametrize(
    ("op", "own", "groups"),
    [
        ("batch_norm", {"statistics": False}, 6),
        ("instance_norm", {}, 6),
        ("group_norm", {"groups": 3}, 3),
        ("layer_norm", {}, 35),
    ],
    ids=str,
)
def test_statistics_of_the_sample_are_worked_out_each_time(
    op: str, own: dict[str, Any], groups: int, scale: bool, shift: bool
) -> None:
    """Each group of n elements: mean, differences, variance, epsilon, root, quotients, and then
    what is learnt."""
    found, n = counts(op, MAP, **own, scale=scale, shift=shift), 6 * 35 // groups
    assert found["adds"] == groups * ((n - 1) + n + (n - 1) + 1 + n * shift)
    assert found["muls"] == groups * (n + n * scale)
    assert found["divisions"] == groups * (1 + 1 + n)
    assert found["exponentials"] == groups


@pytest.mark.parametrize(("scale", "shift"), SWITCHES)
def test_constant_statistics_are_one_product_and_one_sum(scale: bool, shift: bool) -> None:
    """(x - mean) / root · scale + shift is x · a + b, whatever of it is learnt."""
    found = counts("batch_norm", MAP, scale=scale, shift=shift)
    assert (found["muls"], found["adds"]) == (6 * 35, 6 * 35)


@pytest.mark.parametrize(
    ("op", "own", "shape"),
    [
        ("batch_norm", {"statistics": False}, (6, 1, 1)),
        ("batch_norm", {"statistics": False}, (6,)),
        ("instance_norm", {"scale": True, "shift": True}, (1, 6)),
        ("group_norm", {"groups": 6}, (6,)),
    ],
    ids=str,
)
def test_a_norm_of_single_elements_is_refused(op: str, own: dict[str, Any], shape: Shape) -> None:
    with pytest.raises(ShapeError, match=r"normalises each element of .* by itself"):
        facts_of(make(op, own), (shape,))


def test_attributes_that_came_later_leave_older_rows_and_hashes_as_they_were() -> None:
    """At their default they are in no row; away from it they are, and make another structure."""
    plain = make("batch_norm", {"scale": True, "shift": True, "statistics": True})
    assert plain is make("batch_norm", {})
    assert plain.attributes() == {"epsilon": 1e-5}
    unscaled = make("batch_norm", {"scale": False})
    assert unscaled.attributes() == {"epsilon": 1e-5, "scale": False}
    hashes = {fingerprint(chain(MAP, conv(6, 3), op)) for op in (plain, unscaled)}
    assert len(hashes) == 2


def seed_of(folder: Path, name: str, *rows: str, shape: str = "[3, 8, 8]") -> Path:
    """The file of a network of these rows."""
    seed = folder / f"{name}.toml"
    seed.write_text(
        f'name = "{name}"\ntitle = "{name}"\nfamily = "T"\nyear = 2020\n'
        '[[source]]\nclaim = "layer table"\ncite = "ioffe2015"\nwhere = "here"\n'
        f"[net]\ninput = {shape}\nlayers = [{', '.join(rows)}]\n"
    )
    return seed


def stored(database: Path, folder: Path, name: str, *rows: str, shape: str = "[3, 8, 8]") -> None:
    """That network imported."""
    answer = archdb("import", str(seed_of(folder, name, *rows, shape=shape)), database=database)
    assert answer.status == 0, answer.err


def test_a_norm_without_scale_is_stored_and_compared(database: Path, tmp_path: Path) -> None:
    """A 3×3 convolution from 3 to 4 without bias: 108; scale and shift 4 + 4, shift alone 4."""
    filters = '["c", "conv2d", {filters = 4, kernel = 3, bias = false}]'
    stored(database, tmp_path, "scaled", filters, '["n", "batch_norm"]')
    stored(database, tmp_path, "unscaled", filters, '["n", "batch_norm", {scale = false}]')
    shown = archdb("compare", "scaled", "unscaled", "--format", "csv", database=database).out
    assert "params,parameters,116,112," in shown
    statement = (
        "select attributes from layer_summary where architecture = 'unscaled' and layer = 'n'"
    )
    assert (
        '""scale"": false' in archdb("query", statement, "--format", "csv", database=database).out
    )
    assert archdb("check", database=database).status == 0


def test_only_constant_statistics_can_be_folded_into_a_convolution() -> None:
    assert make("batch_norm", {"scale": False, "shift": False}).affine
    assert not make("batch_norm", {"statistics": False}).affine
    assert not make("group_norm", {"groups": 3}).affine


def test_statistics_of_the_whole_map_leave_no_field() -> None:
    own = {"scale": True, "shift": True}
    profile = applied((3, 9, 9), conv(6, 3), make("instance_norm", own))
    assert profile.layer("2")["receptive_field_note"] == (
        "behind a norm whose statistics come from the whole map"
    )
    assert (
        applied((3, 9, 9), conv(6, 3), make("layer_norm", {})).layer("2")["receptive_field_h"] == 3
    )


# Item 8: a pool whose stride nobody said.


@pytest.mark.parametrize("op", ["max_pool2d", "avg_pool2d"])
@pytest.mark.parametrize("own", [{"rounding": "floor"}, {"padding": "same"}], ids=str)
def test_item_8_a_pool_must_say_its_stride(op: str, own: dict[str, Any]) -> None:
    """PyTorch and Keras take 25 → 12 in steps of the kernel, Caffe 25 → 24 in steps of 1."""
    words = [f"--{name}={value}" for name, value in own.items()]
    answer = archdb("calc", op, "--input", "1x25x25", "--kernel", "2", *words)
    assert answer.status == 2 and answer.out == ""
    assert "'stride' is missing" in answer.err
    assert "PyTorch and Keras take the kernel, Caffe takes 1" in answer.err


@pytest.mark.parametrize(("stride", "out"), [(1, 24), (2, (25 - 2) // 2 + 1)])
def test_item_8_as_said(stride: int, out: int) -> None:
    op = make("max_pool2d", {"kernel": 2, "stride": stride, "rounding": "floor"})
    assert op.out((1, 25, 25)) == (1, out, out)


def test_item_8_a_seed_must_say_it_too(database: Path, tmp_path: Path) -> None:
    seed = seed_of(tmp_path, "unsaid", '["p", "max_pool2d", {kernel = 2, rounding = "ceil"}]')
    answer = archdb("import", str(seed), database=database)
    assert answer.status == 1
    assert "row 1 'p'" in answer.err and "'stride' is missing" in answer.err


def test_a_mode_of_padding_needs_no_rounding_and_others_do() -> None:
    """SAME states its size, ⌈25/2⌉ = 13, and VALID ⌈(25 - 2 + 1)/2⌉ = 12."""
    for mode, out in (("same", 13), ("valid", 12)):
        op = make("max_pool2d", {"kernel": 2, "stride": 2, "padding": mode})
        assert op.out((1, 25, 25)) == (1, out, out)
        assert op is make("max_pool2d", {**op.attributes(), "rounding": "floor"})
    with pytest.raises(DefinitionError, match="'rounding' is missing"):
        make("max_pool2d", {"kernel": 2, "stride": 2, "padding": 1})


# Errors that did not help: transposed convolution with same, align_corners.


TRANSPOSED = [  # kernel, stride, mode, input, output, concrete padding
    (16, 8, "same", (46, 62), (46 * 8, 62 * 8), (4, 4, 4, 4)),  # 16 - 8 shared by both sides
    (3, 2, "same", (5, 7), (5 * 2, 7 * 2), (0, 1, 0, 1)),  # the larger half after
    (2, 3, "same", (5, 7), (5 * 3, 7 * 3), (0, 0, 0, 0)),  # a gap of one behind each kernel
    (16, 8, "valid", (46, 62), (45 * 8 + 16, 61 * 8 + 16), (0, 0, 0, 0)),
    (2, 3, "valid", (5, 7), (5 * 3, 7 * 3), (0, 0, 0, 0)),
]


@pytest.mark.parametrize(("kernel", "stride", "mode", "size", "out", "pads"), TRANSPOSED)
def test_a_transposed_convolution_takes_the_modes(
    kernel: int, stride: int, mode: str, size: Shape, out: Shape, pads: Shape
) -> None:
    """TensorFlow's and Keras's rule: the convolution of that padding takes the output to the
    input, and its padding is what is cut off."""
    op = make(
        "conv_transpose2d", {"filters": 2, "kernel": kernel, "stride": stride, "padding": mode}
    )
    facts = facts_of(op, ((3, *size),))
    assert (facts.out, facts.pads) == ((2, *out), pads)
    back = conv(3, kernel, stride=stride, padding=mode)
    assert back.out((2, *out)) == (3, *size)
    assert back.window(()).pads(*out) == pads
    assert counts("conv_transpose2d", (3, *size), **op.attributes())["macs"] == (
        3 * size[0] * size[1] * 2 * kernel * kernel
    )


def test_a_transposed_convolution_with_same_on_the_command_line() -> None:
    words = [
        "--input",
        "3x46x62",
        "--filters",
        "2",
        "--kernel",
        "16",
        "--stride",
        "8",
        "--padding",
        "same",
    ]
    answer = archdb("calc", "conv_transpose2d", *words, "--format", "csv")
    assert "output,shape,2x368x496" in answer.out
    assert "pad_top,pixels,4" in answer.out


@pytest.mark.parametrize(
    ("own", "out"), [({}, 31 * 2 + 1), ({"sized_by": "interp"}, 63), ({"sized_by": "scale"}, 64)]
)
def test_align_corners_says_whose_rule_gives_the_size(own: dict[str, str], out: int) -> None:
    """Caffe's Interp makes (n - 1)·scale + 1 of n, PyTorch n·scale."""
    given = {"how": "bilinear", "scale": 2, "align_corners": True, **own}
    assert make("resize2d", given).out((3, 32, 32)) == (3, out, out)


def test_whose_rule_stands_in_the_derivation() -> None:
    words = [
        "--input",
        "3x32x32",
        "--how",
        "bilinear",
        "--scale",
        "2",
        "--align-corners",
        "true",
        "--explain",
    ]
    answer = archdb("calc", "resize2d", *words).out
    assert "Caffe's Interp" in answer and "`sized_by` = scale" in answer and "PyTorch" in answer


# Broadcasting.

SPREAD = [  # inputs, output
    ([(8, 5, 7), (1, 5, 7)], (8, 5, 7)),
    ([(8, 5, 7), (8, 1, 1)], (8, 5, 7)),
    ([(8, 1, 1), (1, 5, 7)], (8, 5, 7)),
    ([(8, 5, 1), (1, 1, 7)], (8, 5, 7)),
    ([(11, 8), (1, 8)], (11, 8)),
    ([(11, 1), (1, 8)], (11, 8)),
    ([(8,), (1,)], (8,)),
]


@pytest.mark.parametrize(("inputs", "out"), SPREAD, ids=str)
def test_extents_of_one_are_spread_as_frameworks_do(inputs: list[Shape], out: Shape) -> None:
    """One operation for each element of the output, whichever input comes first."""
    elements = prod(out)
    for given in (inputs, inputs[::-1]):
        assert facts_of(make("add", {}), tuple(given)).out == out
        assert counts("add", *given)["adds"] == elements
        assert facts_of(make("multiply", {}), tuple(given)).out == out
        assert counts("multiply", *given)["muls"] == elements


@pytest.mark.parametrize("op", ["add", "multiply"])
def test_a_vector_and_a_map_do_not_meet(op: str) -> None:
    """NumPy would take the vector as width; what is meant is one for each channel."""
    with pytest.raises(ShapeError, match="cannot be") as caught:
        facts_of(make(op, {}), ((8, 5, 8), (8,)))
    assert "reshape it to [-1, 1, 1] first" in str(caught.value)
    assert make("reshape", {"shape": [-1, 1, 1]}).out((8,)) == (8, 1, 1)


def test_a_factor_for_each_position_keeps_the_field_and_its_one_channel() -> None:
    """A map of attention: 1×1 convolution to one channel, times the map. Twice as wide, the one
    stays one; a field of 3 stays 3."""
    network = draw(
        data(3, 9, 9),
        Layer("body", conv(4, 3), ("data",)),
        Layer("where", conv(1, 1), ("body",)),
        layer("scaled", "multiply", "body", "where"),
        Layer("last", conv(2, 1), ("scaled",)),
    )
    assert derive(network).layer("scaled")["receptive_field_h"] == 3
    wide = apply(network, "width=2")
    assert {each.name: each.op.filters for each in wide.network if hasattr(each.op, "filters")} == {
        "body": 8, "where": 1, "last": 2
    }  # fmt: skip
    assert "spread over 'scaled'" in " ".join(map(str, wide.notes))


# Sequences.


def test_a_network_over_a_sequence(database: Path, tmp_path: Path) -> None:
    """16,000 samples in one channel (a sound), 8 filters of 10 in steps of 5: 3,199 steps; pooled
    by 4 to 799; causal convolution to 16; the mean; 3 classes."""
    rows = (
        '["c1", "conv1d", {filters = 8, kernel = 10, stride = 5}]',
        '["p1", "max_pool1d", {kernel = 4, stride = 4, rounding = "floor"}]',
        '["c2", "conv1d", {filters = 16, kernel = 3, dilation = 2, padding = "causal"}]',
        '["mean", "global_avg_pool1d"]',
        '["fc", "linear", {units = 3}]',
    )
    stored(database, tmp_path, "sound", *rows, shape="[16000, 1]")
    shown = archdb("show", "sound", "--format", "csv", database=database).out
    steps, pooled = (16000 - 10) // 5 + 1, (3199 - 4) // 4 + 1
    assert (steps, pooled) == (3199, 799)
    macs = steps * 8 * 10 + pooled * 16 * 8 * 3 + 16 * 3
    assert f"macs,MAC,{macs}\n" in shown
    assert f"params,parameters,{8 * 11 + 16 * (8 * 3 + 1) + 3 * 17}\n" in shown
    assert archdb("check", database=database).status == 0
    # along a sequence nothing is fully connected; the linear layer behind the mean is
    asked = "select linear_macs from cost_summary where architecture = 'sound'"
    assert archdb("query", asked, "--format", "csv", database=database).out.split()[1] == "48"


def test_attention_of_products() -> None:
    """11 tokens of 12 features, 4 of them in queries and keys: 3 projections, q·kᵀ 11·11·4,
    weights times values 11·11·5."""
    network = draw(
        data(11, 12),
        layer("q", "linear", "data", units=4),
        layer("k", "linear", "data", units=4),
        layer("v", "linear", "data", units=5),
        layer("scores", "matmul", "q", "k", transpose_second=True),
        layer("weights", "softmax", "scores"),
        layer("out", "matmul", "weights", "v"),
    )
    profile = derive(network)
    assert profile.totals["macs"] == 11 * 12 * (4 + 4 + 5) + 11 * 11 * 4 + 11 * 11 * 5
    out = profile.layer("out")
    assert (out["out_height"], out["out_channels"]) == (11, 5)
    wide = derive(apply(network, "width=2").network)
    assert wide.totals["macs"] == 11 * 12 * (8 + 8 + 5) + 11 * 11 * 8 + 11 * 11 * 5


def test_causal_padding_is_the_padding_that_it_stands_for() -> None:
    """All (3 - 1)·4 before: no output reads a later step."""
    causal = make("conv1d", {"filters": 2, "kernel": 3, "dilation": 4, "padding": "causal"})
    assert causal is make("conv1d", {"filters": 2, "kernel": 3, "dilation": 4, "padding": [8, 0]})


# Recurrent layers.

RECURRENT = [  # op, features, attributes, parameters, whose
    ("lstm", 10, {"units": 20}, 4 * 20 * (10 + 20 + 1), 2480),
    ("lstm", 10, {"units": 20, "recurrent_bias": True}, 4 * 20 * (10 + 20 + 2), 2560),
    ("gru", 10, {"units": 20}, 3 * 20 * (10 + 20 + 1), 1860),
    ("gru", 10, {"units": 20, "reset_after": True}, 3 * 20 * (10 + 20 + 2), 1920),
    ("rnn", 1, {"units": 1}, 1 + 1 + 1, 3),
    ("rnn", 1, {"units": 1, "recurrent_bias": True}, 1 + 1 + 2, 4),
    ("lstm", 10, {"units": 20, "recurrent_bias": True, "bidirectional": True}, 2 * 2560, 5120),
    # PyTorch's LSTM(10, 20, num_layers=2, bidirectional=True): the second reads 40 features
    (
        *("lstm", 10, {"units": 20, "recurrent_bias": True, "bidirectional": True, "layers": 2}),
        *(2 * 2560 + 2 * 4 * 20 * (40 + 20 + 2), 15040),
    ),
]


@pytest.mark.parametrize(("op", "features", "own", "worked_out", "params"), RECURRENT, ids=str)
def test_recurrent_layers_have_the_biases_and_directions_that_are_said(
    op: str, features: int, own: dict[str, Any], worked_out: int, params: int
) -> None:
    found = counts(op, (7, features), **own)
    assert found["weight_params"] + found["bias_params"] == worked_out == params


def test_two_directions_give_twice_the_features_and_stay_so_at_another_width() -> None:
    """Twice as wide: 6 units in each of two directions, 12 features for the next layer."""
    op = make("lstm", {"units": 3, "bidirectional": True})
    network = chain((5, 4), op, make("linear", {"units": 2}))
    layers = {layer.name: layer.op for layer in apply(network, "width=2").network}
    assert layers["1"].out((5, 4)) == (5, 12)
    assert layers["1"].units == 6


def test_a_second_bias_without_a_first_is_refused() -> None:
    with pytest.raises(DefinitionError, match="'recurrent_bias' is a second bias"):
        make("rnn", {"units": 1, "bias": False, "recurrent_bias": True})


# Shared weights.

ONE = "{filters = 1, kernel = 3, padding = 1}"
SHARING = (
    f'["a", "conv2d", {ONE}]',
    '["cut", "trim2d", {sides = 6}, ["data"]]',
    '["b", "conv2d", {filters = 1, kernel = 3, padding = 1, weights_of = "a"}]',
    '["mean_a", "global_avg_pool2d", ["a"]]',
    '["mean_b", "global_avg_pool2d", ["b"]]',
    '["sum", "add", ["mean_a", "mean_b"]]',
)


def shares(**own: Any) -> Network:
    """A 3×3 convolution from 1 to 1 with bias, on 28×28 and, with the same weights, on 16×16."""
    filtered = make("conv2d", {"filters": 1, "kernel": 3, "padding": 1, **own})
    return draw(
        data(1, 28, 28),
        Layer("a", conv(1, 3, padding=1), ("data",)),
        layer("cut", "trim2d", "data", sides=6),
        Layer("b", filtered, ("cut",), weights_of="a"),
        layer("mean_a", "global_avg_pool2d", "a"),
        layer("mean_b", "global_avg_pool2d", "b"),
        layer("sum", "add", "mean_a", "mean_b"),
    )


def test_shared_weights_are_counted_once_and_used_twice() -> None:
    """9 weights and a bias; 9 products at each of 28 · 28 + 16 · 16 positions."""
    profile = derive(shares())
    assert sum(profile.totals[f"{role}_params"] for role in ("weight", "bias", "norm")) == 9 + 1
    assert profile.totals["macs"] == 9 * (28 * 28 + 16 * 16) == 9360
    assert profile.totals["bias_adds"] == 28 * 28 + 16 * 16
    assert (profile.totals["weighted_layers"], profile.totals["depth"]) == (2, 1)
    assert profile.layer("b")["weight_params"] == profile.layer("b")["bias_params"] == 0
    assert profile.layer("b")["macs"] == 9 * 256


def test_statistics_are_shared_too() -> None:
    """Two branches of one batch normalisation: 4 + 4 parameters and 4 + 4 buffers."""
    norm = make("batch_norm", {})
    network = draw(
        data(4, 9, 9),
        Layer("a", norm, ("data",)),
        layer("cut", "trim2d", "data", sides=1),
        Layer("b", norm, ("cut",), weights_of="a"),
    )
    totals = derive(network).totals
    assert (totals["norm_params"], totals["buffers"]) == (8, 8)
    assert totals["muls"] == 4 * 81 + 4 * 49


def test_shared_weights_in_every_view_convention_and_command(
    database: Path, tmp_path: Path
) -> None:
    stored(database, tmp_path, "shares", *SHARING, shape="[1, 28, 28]")
    alone = (row.replace(', weights_of = "a"', "") for row in SHARING)
    stored(database, tmp_path, "apart", *alone, shape="[1, 28, 28]")

    def asked(statement: str) -> str:
        return archdb("query", statement, "--format", "csv", database=database).out

    for view in ("architecture_summary", "op_summary", "block_summary", "resolution_summary"):
        found = asked(f"select sum(params), sum(macs) from {view} where architecture = 'shares'")
        assert found.splitlines()[1] == "10,9360", view
    weights = "select convention, value from convention_total where architecture = '{}' and {}"
    ours = "convention in ('params', 'stored_numbers', 'keras_params', 'mac')"
    assert asked(weights.format("shares", ours)).split()[1:] == [
        "keras_params,10", "mac,9360", "params,10", "stored_numbers,10"
    ]  # fmt: skip
    columns = "layer, weights_of, params, macs"
    rows = asked(
        f"select {columns} from layer_summary where architecture = 'shares' and op = 'conv2d'"
    )
    assert rows.split()[1:] == ["a,,10,7056", "b,a,0,2304"]

    compared = archdb("compare", "apart", "shares", "--format", "csv", database=database).out
    assert "params,parameters,20,10," in compared
    on_paper = archdb("explain", "shares/b", database=database).out
    assert "params = those of 'a', counted there" in on_paper
    assert "macs" in on_paper and "2304" in on_paper
    assert "conv2d 3×3, weights of a" in archdb("graph", "shares", database=database).out
    assert archdb("check", database=database).status == 0


def test_a_variant_that_shares_says_so(opened: Database) -> None:
    rows = {"data2": '"relu"', "a": '"conv2d", {filters = 4, kernel = 1}'}
    apart = {**rows, "b": '"conv2d", {filters = 4, kernel = 1}'}
    ties = {**rows, "b": '"conv2d", {filters = 4, kernel = 1, weights_of = "a"}'}
    put(opened, seed("base", apart), seed("variant", ties, base="base"))
    assert differences(opened.reader, "base", "variant") == [("weights_of", "", "a", "b")]


def test_sharing_is_part_of_the_structure_and_whose_it_is_called_is_not() -> None:
    """Which of two that share has the weights is a matter of names."""
    apart = draw(*(each._replace(weights_of=None) for each in shares()))
    turned = {"a": "b", "b": None}
    other = draw(*(
        each._replace(weights_of=turned.get(each.name)) for each in shares()
    ))  # fmt: skip
    assert fingerprint(apart) != fingerprint(shares())
    assert fingerprint(other) == fingerprint(shares())
    assert derive(other).totals == {**derive(shares()).totals}


WRONG = [  # the layer that shares, and what is said
    (
        Layer("b", conv(2, 3), ("data",), weights_of="a"),
        "needs weight 2×1×3×3, bias 2, and 'a' has weight 1×1×3×3, bias 1",
    ),
    (
        Layer("b", conv(1, 3, bias=False), ("data",), weights_of="a"),
        "needs weight 1×1×3×3, and 'a' has weight 1×1×3×3, bias 1",
    ),
    (Layer("b", conv(1, 3), ("data",), weights_of="aa"), "'aa', which is no layer of this network"),
    (Layer("b", conv(1, 3), ("data",), weights_of="c"), "which uses those of 'a'"),
    (Layer("b", conv(1, 3), ("data",), weights_of="b"), "which uses those of 'b'"),
    (
        Layer("b", make("linear", {"units": 1}), ("data",), weights_of="a"),
        "which is a conv2d and this a linear",
    ),
    (Layer("b", make("relu", {}), ("data",), weights_of="r"), "has no weights"),
    (Layer("b", conv(1, 3), ("data",), weights_of="head"), "which is part of an auxiliary head"),
]


@pytest.mark.parametrize(("wrong", "said"), WRONG, ids=lambda part: str(part)[-40:])
def test_weights_that_cannot_be_shared_are_refused(wrong: Layer, said: str) -> None:
    with pytest.raises(ArchdbError, match="layer 'b'") as caught:
        derive(
            draw(
                data(1, 9, 9),
                layer("r", "relu", "data"),
                Layer("a", conv(1, 3), ("data",)),
                Layer("c", conv(1, 3), ("data",), weights_of="a"),
                Layer("head", conv(1, 3), ("data",), auxiliary=True),
                wrong,
            )
        )
    assert said in str(caught.value)


def test_rules_keep_layers_that_share_in_step() -> None:
    """Twice as wide, both are; what would take one apart leaves both."""
    network = draw(
        data(3, 28, 28),
        Layer("a", conv(4, 5), ("data",)),
        layer("cut", "trim2d", "data", sides=6),
        Layer("b", conv(4, 5), ("cut",), weights_of="a"),
        Layer("after_a", conv(2, 3), ("a",)),
        Layer("after_b", conv(2, 3), ("b",), weights_of="after_a"),
        layer("mean_a", "global_avg_pool2d", "after_a"),
        layer("mean_b", "global_avg_pool2d", "after_b"),
        layer("sum", "add", "mean_a", "mean_b"),
    )
    wide = apply(network, "width=2").network
    filters = {each.name: each.op.filters for each in wide if hasattr(each.op, "filters")}
    assert filters == {"a": 8, "b": 8, "after_a": 2, "after_b": 2}  # the sum is given out
    left = apply(network, "stack-3x3")
    assert left.network.layers == network.layers
    assert "shares its weights with" in " ".join(map(str, left.notes))
    # a glob for one of both asks for too little
    alone = apply(network, "width=2@a")
    assert alone.network.layers == network.layers


def test_a_norm_behind_shared_weights_is_not_folded_into_them() -> None:
    norm = make("batch_norm", {})
    network = draw(
        data(3, 9, 9),
        Layer("a", conv(4, 3, bias=False), ("data",)),
        Layer("norm_a", norm, ("a",)),
        Layer("b", conv(4, 3, bias=False), ("data",), weights_of="a"),
        Layer("norm_b", norm, ("b",)),
    )
    folded = apply(network, "fold-bn")
    assert folded.network.layers == network.layers
    assert "shares its weights with" in " ".join(map(str, folded.notes))


def test_an_export_says_whose_weights_are_used(database: Path, tmp_path: Path) -> None:
    stored(database, tmp_path, "shares", *SHARING, shape="[1, 28, 28]")
    target = tmp_path / "out"
    assert archdb("export", str(target), "--no-parquet", database=database).status == 0
    (table,) = target.rglob("layer_summary.csv")
    with table.open() as file:
        rows = {
            row["layer"]: row for row in csv.DictReader(file) if row["architecture"] == "shares"
        }
    assert (rows["a"]["weights_of"], rows["b"]["weights_of"]) == ("", "a")
