"""Layers that are the same computation written in two ways must count the same."""

from typing import Any

from drawing import applied, chain, conv, data, draw, last, layer, out, params
from hypothesis import given
from hypothesis import strategies as st

from archdb.analysis.layer_costs import COUNTS
from archdb.analysis.profile import derive
from archdb.ops import make

few = st.integers(1, 5)
sides = st.integers(7, 16)
kernels = st.tuples(few, few)


def counts(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in (*COUNTS, "out_channels")}


@given(few, few, few, kernels, sides, sides)
def test_a_grouped_convolution_is_split_convolution_concatenation(
    groups: int, channels: int, filters: int, kernel: tuple[int, int], height: int, width: int
) -> None:
    grouped = applied(
        (groups * channels, height, width), conv(groups * filters, kernel, groups=groups)
    )
    parts = [f"part{i}" for i in range(groups)]
    towers = [f"tower{i}" for i in range(groups)]
    inputs = [layer(part, "input", shape=(channels, height, width)) for part in parts]
    split = derive(
        draw(
            *inputs,
            *(
                layer(tower, "conv2d", part, filters=filters, kernel=kernel)
                for tower, part in zip(towers, parts, strict=True)
            ),
            *([layer("joined", "concat", *towers)] if groups > 1 else []),
        )
    )
    assert out(grouped) == out(split)
    assert params(grouped) == params(split)
    for column in ("macs", "bias_adds", "activations"):
        assert grouped.totals[column] == split.totals[column]


@given(few, few, sides, sides)
def test_a_linear_layer_is_a_convolution_with_a_kernel_of_the_whole_map(
    channels: int, units: int, height: int, width: int
) -> None:
    linear = applied((channels, height, width), make("linear", {"units": units}))
    whole = applied((channels, height, width), conv(units, (height, width)))
    assert counts(last(linear)) == counts(last(whole))
    for column in ("gemm_m", "gemm_n", "gemm_k", "receptive_field_h", "receptive_field_w"):
        assert last(linear)[column] == last(whole)[column]


@given(few, few, sides)
def test_a_linear_layer_may_be_given_the_map_or_its_features(
    channels: int, units: int, side: int
) -> None:
    shape, linear = (channels, side, side), make("linear", {"units": units})
    flat = applied(shape, make("flatten", {}), linear)
    assert counts(last(flat)) == counts(last(applied(shape, linear)))


@given(few, few, few)
def test_a_linear_layer_over_a_sequence_is_a_1x1_convolution(
    length: int, features: int, units: int
) -> None:
    steps = last(applied((length, features), make("linear", {"units": units})))
    pixels = last(applied((features, length, 1), conv(units, 1)))
    assert counts(steps) == counts(pixels)


@given(few, few, kernels, sides)
def test_a_full_connection_table_is_a_plain_convolution(
    channels: int, filters: int, kernel: tuple[int, int], side: int
) -> None:
    table = [list(range(channels))] * filters
    given_ = {"filters": filters, "kernel": kernel, "connections": table}
    partial = applied((channels, side, side), make("partial_conv2d", given_))
    plain = applied((channels, side, side), conv(filters, kernel))
    assert counts(last(partial)) == counts(last(plain))


@given(few, kernels, sides)
def test_a_depthwise_convolution_is_a_connection_table_of_single_maps(
    channels: int, kernel: tuple[int, int], side: int
) -> None:
    table = [[i] for i in range(channels)]
    given_ = {"filters": channels, "kernel": kernel, "connections": table}
    partial = applied((channels, side, side), make("partial_conv2d", given_))
    depthwise = applied((channels, side, side), conv(channels, kernel, groups=channels))
    assert counts(last(partial)) == counts(last(depthwise))
    assert params(depthwise) == channels * (kernel[0] * kernel[1] + 1)


@given(few, sides, sides)
def test_global_pooling_is_pooling_by_a_window_of_the_whole_map(
    channels: int, height: int, width: int
) -> None:
    shape, window = (channels, height, width), {"kernel": (height, width), "stride": 1}
    for kind in ("avg", "max"):
        whole = applied(shape, make(f"{kind}_pool2d", {**window, "rounding": "floor"}))
        assert last(applied(shape, make(f"global_{kind}_pool2d", {}))) == last(whole)


@given(few, few, few, few, few)
def test_adaptive_pooling_to_bins_that_fit_is_pooling_in_steps_of_a_bin(
    channels: int, high: int, wide: int, bin_h: int, bin_w: int
) -> None:
    shape, cell = (channels, high * bin_h, wide * bin_w), (bin_h, bin_w)
    fixed = make("avg_pool2d", {"kernel": cell, "stride": cell, "rounding": "floor"})
    adaptive = make("adaptive_avg_pool2d", {"bins": (high, wide)})
    assert last(applied(shape, adaptive)) == last(applied(shape, fixed))


@given(few, few, st.sampled_from([1, 3, 5, 7]), st.integers(1, 3), sides)
def test_same_padding_is_half_the_extent_of_an_odd_kernel_at_stride_1(
    channels: int, filters: int, kernel: int, dilation: int, side: int
) -> None:
    half = (kernel - 1) * dilation // 2
    explicit = conv(filters, kernel, dilation=dilation, padding=half)
    same = conv(filters, kernel, dilation=dilation, padding="same")
    shape = (channels, side, side)
    assert last(applied(shape, same)) == last(applied(shape, explicit))


@given(few, few, sides)
def test_valid_padding_is_none(channels: int, filters: int, side: int) -> None:
    shape = (channels, side, side)
    valid, none = conv(filters, 3, stride=2, padding="valid"), conv(filters, 3, stride=2)
    assert last(applied(shape, valid)) == last(applied(shape, none))


@given(few, sides, st.integers(2, 5))
def test_adding_several_is_adding_one_after_the_other(channels: int, side: int, n: int) -> None:
    at_once = derive(draw(data(channels, side, side), layer("sum", "add", *["data"] * n)))
    first = [data(channels, side, side), layer("1", "add", "data", "data")]
    further = [layer(str(i), "add", str(i - 1), "data") for i in range(2, n)]
    assert at_once.totals["adds"] == derive(draw(*first, *further)).totals["adds"]


def test_what_does_nothing_at_inference_changes_no_count() -> None:
    conv3 = conv(5, 3)
    with_dropout = derive(chain((3, 11, 13), conv3, make("dropout", {"rate": 0.5}))).totals
    without = derive(chain((3, 11, 13), conv3)).totals
    for column in ("weight_params", "macs", "bias_adds", "comparisons", "activations", "depth"):
        assert with_dropout[column] == without[column]
