"""Convolution arithmetic, case by case, as `archdb calc` answers it: shapes (S), parameters (P),
operations (O). The cases are those of test_arithmetic and test_arithmetic_shapes."""

import json
from typing import Any

import pytest
from command import archdb

Figures = dict[str, Any]


def calc(op: str, *inputs: str, **options: Any) -> Figures:
    """The figures of one layer by quantity."""
    words = [word for shape in inputs for word in ("--input", shape)]
    for name, value in options.items():
        words += [f"--{name.replace('_', '-')}", str(value)]
    answer = archdb("calc", op, *words, "--format", "json")
    assert answer.status == 0, answer.err
    return {row["quantity"]: row["value"] for row in json.loads(answer.out)}


def explained(op: str, *inputs: str, **options: Any) -> str:
    """The derivation on paper, lines joined by one space."""
    words = [word for shape in inputs for word in ("--input", shape)]
    for name, value in options.items():
        words += [f"--{name.replace('_', '-')}", str(value)]
    answer = archdb("calc", op, *words, "--explain")
    assert answer.status == 0, answer.err
    return " ".join(answer.out.split())


# Shapes


@pytest.mark.parametrize(("n", "k", "s", "p"), [(227, 11, 4, 0), (224, 7, 2, 3), (13, 5, 3, 2)])
def test_s1_a_convolution_rounds_down(n: int, k: int, s: int, p: int) -> None:
    side = (n - k + 2 * p) // s + 1
    layer = {"filters": 7, "kernel": k, "stride": s, "padding": p}
    assert calc("conv2d", f"3x{n}x{n}", **layer)["output"] == f"7x{side}x{side}"
    line = f"⌊({n} − {k} + 2·{p})/{s}⌋ + 1 = {side}"
    assert line in explained("conv2d", f"3x{n}x{n}", **layer)


def test_s2_first_layer_of_alexnet() -> None:
    assert calc("conv2d", "3x227x227", filters=96, kernel=11, stride=4)["output"] == "96x55x55"


def test_s3_a_quotient_of_two_and_a_half_is_rounded_down() -> None:
    """(6 - 3) / 2 + 1 = 2.5."""
    assert calc("conv2d", "3x6x6", filters=64, kernel=3, stride=2)["output"] == "64x2x2"


def test_s4_rounding_is_the_layers_own() -> None:
    """2.5 rounded up for a convolution that says so, and for pooling either way."""
    up = {"kernel": 3, "stride": 2, "rounding": "ceil"}
    assert calc("conv2d", "3x6x6", filters=64, **up)["output"] == "64x3x3"
    assert calc("max_pool2d", "3x6x6", **up)["output"] == "3x3x3"
    assert calc("max_pool2d", "3x6x6", **up | {"rounding": "floor"})["output"] == "3x2x2"
    assert "⌈(6 − 3 + 2·0)/2⌉ + 1 = 3" in explained("max_pool2d", "3x6x6", **up)


def test_s4_a_last_window_beyond_the_input_is_dropped() -> None:
    """(4 + 2·1 - 2) / 3 + 1 = 2.33; a third window would begin at row 2·3 of 4 + 1 padded ones."""
    pool = {"kernel": 2, "stride": 3, "padding": 1, "rounding": "ceil"}
    assert calc("max_pool2d", "3x4x4", **pool)["output"] == "3x2x2"
    paper = explained("max_pool2d", "3x4x4", **pool)
    assert "⌈(4 − 2 + 2·1)/3⌉ + 1 − 1 = 2" in paper
    assert "it would start at 2·3 ≥ 4 + 1" in paper


@pytest.mark.parametrize(("n", "k", "s"), [(13, 3, 2), (14, 3, 2), (7, 5, 3), (5, 1, 4)])
def test_s5_same_and_valid(n: int, k: int, s: int) -> None:
    layer = {"filters": 7, "kernel": k, "stride": s}
    same, valid = -(-n // s), -(-(n - k + 1) // s)
    both = max((same - 1) * s + k - n, 0)
    figures = calc("conv2d", f"3x{n}x{n}", padding="same", **layer)
    assert figures["output"] == f"7x{same}x{same}"
    pads = [figures[f"pad_{side}"] for side in ("top", "bottom", "left", "right")]
    assert pads == [both // 2, both - both // 2] * 2, "what is left over is below and right"
    figures = calc("conv2d", f"3x{n}x{n}", padding="valid", **layer)
    assert figures["output"] == f"7x{valid}x{valid}"
    assert figures["pad_top"] == figures["pad_bottom"] == 0


def test_s5_the_concrete_pads_on_paper() -> None:
    """14 in strides of 2 by a kernel of 3: (7 - 1)·2 + 3 - 14 = 1 to pad, below and right."""
    layer = {"filters": 7, "kernel": 3, "stride": 2, "padding": "same"}
    paper = explained("conv2d", "3x14x14", **layer)
    assert "⌈14/2⌉ = 7" in paper
    assert "max((7 − 1)·2 + 3 − 14, 0) = 1" in paper
    assert "⌊1/2⌋ = 0" in paper
    assert "pad_bottom = pad_right = P − ⌊P/2⌋ = 1 − 0 = 1" in paper


@pytest.mark.parametrize(("padding", "kernel"), [(1, 3), (2, 5), (3, 7)])
def test_s6_half_the_kernel_as_padding_keeps_the_size(padding: int, kernel: int) -> None:
    layer = {"filters": 7, "kernel": kernel, "padding": padding}
    assert calc("conv2d", "3x11x13", **layer)["output"] == "7x11x13"


def test_s7_an_even_kernel_with_equal_padding_cannot_keep_the_size() -> None:
    assert calc("conv2d", "1x4x4", filters=1, kernel=2, padding=1)["output"] == "1x5x5"


def test_s8_two_filters_over_a_padded_image() -> None:
    figures = calc("conv2d", "3x7x7", filters=2, kernel=3, stride=2)
    assert figures["output"] == "2x3x3"
    assert figures["weight_tensorflow"] == "3x3x3x2", "kernel height, width, inputs, outputs"
    padded = calc("conv2d", "3x5x5", filters=2, kernel=3, stride=2, padding=1)
    assert padded["output"] == "2x3x3"


@pytest.mark.parametrize("op", ["max_pool2d", "avg_pool2d"])
def test_s9_pooling_follows_the_same_rule_and_has_no_parameters(op: str) -> None:
    figures = calc(op, "5x13x13", kernel=3, stride=2, rounding="floor")
    side = (13 - 3) // 2 + 1
    assert figures["output"] == f"5x{side}x{side}"
    assert figures["params"] == figures["buffers"] == 0


def test_s10_dilation_widens_the_kernel_and_adds_no_parameters() -> None:
    """k + (k - 1)(d - 1) = 3 + 2·3 = 9."""
    plain, dilated = (
        calc("conv2d", "3x17x17", filters=7, kernel=3, dilation=rate) for rate in (1, 4)
    )
    extent = 3 + (3 - 1) * (4 - 1)
    assert dilated["output"] == f"7x{17 - extent + 1}x{17 - extent + 1}"
    assert dilated["effective_kernel_h"] == dilated["receptive_field_h"] == extent == 9
    assert plain["receptive_field_h"] == 3
    assert dilated["params"] == plain["params"] == 7 * (3 * 3 * 3 + 1)
    paper = explained("conv2d", "3x17x17", filters=7, kernel=3, dilation=4)
    assert "3 + (3 − 1)·(4 − 1) = 9" in paper
    assert "atrous" in paper, "TensorFlow's name for it"


def test_s11_network_in_network_in_parallel() -> None:
    branches = [
        calc("conv2d", "2x3x3", filters=3, kernel=1, padding="same"),
        calc("conv2d", "2x3x3", filters=2, kernel=2, padding="same"),
        calc("max_pool2d", "2x3x3", kernel=3, stride=1, padding="same"),
    ]
    outputs = [branch["output"] for branch in branches]
    assert outputs == ["3x3x3", "2x3x3", "2x3x3"]
    assert calc("concat", *outputs)["output"] == f"{3 + 2 + 2}x3x3"


@pytest.mark.parametrize("channels", [1, 3, 19])
def test_s12_output_channels_are_the_filters_whatever_the_input(channels: int) -> None:
    assert calc("conv2d", f"{channels}x11x11", filters=7, kernel=3)["output"] == "7x9x9"


def test_s13_embedding_and_lstm_over_a_sequence() -> None:
    """For each sequence of a batch: length → length × dim, and length × depth → length × units."""
    assert calc("embedding", "19", vocabulary=1000, units=23)["output"] == "19x23"
    assert calc("lstm", "19x23", units=31)["output"] == "19x31"
    assert calc("lstm", "19x23", units=31, sequences="false")["output"] == "31"


def test_s14_im2col() -> None:
    figures = calc("conv2d", "3x4x4", filters=6, kernel=3)
    assert figures["output"] == "6x2x2"
    assert [figures[f"gemm_{side}"] for side in "mkn"] == [2 * 2, 3 * 3 * 3, 6]
    assert "4×27 times 27×6 = 4×6" in explained("conv2d", "3x4x4", filters=6, kernel=3)


# Parameters


@pytest.mark.parametrize("groups", [1, 2, 6])
def test_p1_a_convolution_with_bias(groups: int) -> None:
    figures = calc("conv2d", "12x11x11", filters=18, kernel="3x5", groups=groups)
    assert figures["params"] == 3 * 5 * (12 // groups) * 18 + 18


def test_p2_one_filter_on_one_channel() -> None:
    assert calc("conv2d", "1x32x32", filters=1, kernel=3, bias="false")["params"] == 3 * 3 * 1 == 9


def test_p3_three_filters_on_ten_channels() -> None:
    figures = calc("conv2d", "10x32x32", filters=3, kernel=3, bias="false")
    assert figures["params"] == 3 * 3 * 10 * 3 == 270


def test_p4_shared_weights() -> None:
    layer = {"filters": 96, "kernel": 11, "stride": 4}
    assert calc("conv2d", "3x227x227", **layer)["params"] == (11 * 11 * 3 + 1) * 96 == 34_944
    assert "34,848 + 96 = 34,944" in explained("conv2d", "3x227x227", **layer)


def test_p5_without_sharing_each_neuron_has_weights_of_its_own() -> None:
    figures = calc("locally_connected2d", "3x227x227", filters=96, kernel=11, stride=4)
    assert figures["out_elements"] == 55 * 55 * 96 == 290_400
    assert figures["bias_params"] == 290_400
    assert figures["params"] == 290_400 * (11 * 11 * 3 + 1) == 290_400 * 364 == 105_705_600


def test_p6_fully_connected_and_embedding() -> None:
    assert calc("linear", "31", units=17)["params"] == 31 * 17 + 17
    assert calc("embedding", "5", vocabulary=1000, units=17)["params"] == 1000 * 17


@pytest.mark.parametrize("projection", [None, 13])
def test_p7_lstm_with_and_without_projection(projection: int | None) -> None:
    """(d + h)·4n + 4n, with h = n or the projection's size, and then n·h more."""
    d, n = 23, 31
    h = projection or n
    options = {"projection": projection} if projection else {}
    figures = calc("lstm", f"19x{d}", units=n, **options)
    projected = n * h if projection else 0
    assert figures["params"] == (d + h) * 4 * n + 4 * n + projected
    assert figures["output"] == f"19x{h}"


def test_p8_fully_connected_layers_turned_into_convolution() -> None:
    connected = [calc("linear", "16x5x5", units=4096), calc("linear", "4096", units=1000)]
    turned = [
        calc("conv2d", "16x5x5", filters=4096, kernel=5),
        calc("conv2d", "4096x1x1", filters=1000, kernel=1),
    ]
    assert [f["weight_tensorflow"] for f in turned] == ["5x5x16x4096", "1x1x4096x1000"]
    expected = [5 * 5 * 16 * 4096 + 4096, 4096 * 1000 + 1000]
    for layers in (connected, turned):
        assert [figures["params"] for figures in layers] == expected
    assert [f["macs"] for f in connected] == [f["macs"] for f in turned]


FACTORED = [  # case, the stack, the kernel it stands for, weights of either, percent saved
    ("p9-two-for-one", (3, 3), 5, 2 * 3 * 3, 5 * 5, 28),
    ("p9-three-for-one", (3, 3, 3), 7, 3 * 3 * 3, 7 * 7, 45),
    ("p10-asymmetric", ("3x1", "1x3"), 3, 3 + 3, 3 * 3, 33),
]


@pytest.mark.parametrize(
    ("stack", "whole", "stacked", "single", "saved"),
    [row[1:] for row in FACTORED],
    ids=[row[0] for row in FACTORED],
)
def test_p9_p10_a_factored_kernel_has_fewer_weights(
    stack: tuple[Any, ...], whole: int, stacked: int, single: int, saved: int
) -> None:
    """For each pair of channels; the fields are compared in test_cases_fields."""

    def weights(kernel: Any) -> int:
        return int(calc("conv2d", "1x17x17", filters=1, kernel=kernel)["weight_params"])

    assert sum(map(weights, stack)) == stacked
    assert weights(whole) == single
    assert round(100 * (single - stacked) / single) == saved


@pytest.mark.parametrize("multiplier", [1, 2])
def test_p11_depthwise_convolution(multiplier: int) -> None:
    figures = calc("depthwise_conv2d", "7x11x11", kernel="3x5", multiplier=multiplier)
    assert figures["weight_params"] == 3 * 5 * 7 * multiplier
    assert figures["output"] == f"{7 * multiplier}x9x7"
    assert figures["weight_tensorflow"] == f"3x5x7x{multiplier}"


# Operations


def test_o1_multiplications_of_a_wide_layer() -> None:
    figures = calc("conv2d", "200x30x40", filters=55, kernel=5, padding="same", bias="false")
    assert figures["multiplications"] == 30 * 40 * 55 * 5 * 5 * 200 == 330_000_000


def test_o2_a_narrow_layer_before_it() -> None:
    first = calc("conv2d", "200x30x40", filters=20, kernel=1)["multiplications"]
    second = calc("conv2d", "20x30x40", filters=55, kernel=5, padding="same")["multiplications"]
    assert (first, second) == (30 * 40 * 20 * 200, 30 * 40 * 55 * 5 * 5 * 20)
    assert (first, second) == (4_800_000, 33_000_000)
    assert f"{(first + second) / 330_000_000:.4f}" == "0.1145"


def test_o3_additions_are_as_many_as_multiplications() -> None:
    """26 sums and a bias for each of 25,000 outputs; one text prints 225,000, a slip."""
    layer = {"filters": 10, "kernel": 3, "stride": 2, "padding": "same"}
    figures = calc("conv2d", "3x100x100", **layer)
    assert figures["output"] == "10x50x50"
    assert figures["kernel_applications"] == 50 * 50 * 10 * 3 == 75_000
    assert figures["multiplications"] == 75_000 * 9 == 675_000
    assert figures["additions"] == 25_000 * (26 + 1) == 75_000 * (9 + 1 - 1) == 675_000
    assert "25,000·(27 − 1) + 25,000 = 675,000" in explained("conv2d", "3x100x100", **layer)


def test_o6_a_mac_is_a_multiplication_and_an_addition_and_nothing_is_called_flops() -> None:
    """The first addition of a sum is the bias, where there is one; else there is one fewer."""
    with_bias = calc("conv2d", "3x9x9", filters=5, kernel=3)
    assert with_bias["macs"] == with_bias["multiplications"] == with_bias["additions"]
    without = calc("conv2d", "3x9x9", filters=5, kernel=3, bias="false")
    assert without["additions"] == without["macs"] - 5 * 7 * 7
    for figures in (with_bias, without):
        assert not [name for name in figures if "flop" in name.lower()]
    assert "flop" not in explained("conv2d", "3x9x9", filters=5, kernel=3).lower()
