"""Kinds of convolution that are the same computation, or each other's reverse."""

from math import prod
from typing import Any

from drawing import applied, conv, last, out, params
from hypothesis import given
from hypothesis import strategies as st

from archdb.analysis.layer_costs import COUNTS
from archdb.ops import make

few = st.integers(1, 5)
pairs = st.tuples(few, few)
steps = st.tuples(st.integers(1, 3), st.integers(1, 3))
sides = st.integers(13, 19)
#: Everything a window can have; the largest extent, (5 - 1)·3 + 1, is that of the smallest map.
windows = st.fixed_dictionaries(
    {"kernel": pairs, "stride": steps, "dilation": steps},
    optional={
        "padding": st.one_of(st.integers(0, 4), st.sampled_from(["same", "valid"])),
        "rounding": st.sampled_from(["floor", "ceil"]),
        "bias": st.booleans(),
    },
)


@given(few, few, sides, sides, windows)
def test_a_depthwise_convolution_is_one_in_as_many_groups_as_channels(
    channels: int, multiplier: int, height: int, width: int, window: dict[str, Any]
) -> None:
    """Every column: shapes, pads, parameters, work, im2col product, receptive field."""
    shape = (channels, height, width)
    depthwise = make("depthwise_conv2d", {**window, "multiplier": multiplier})
    grouped = make("conv2d", {**window, "filters": channels * multiplier, "groups": channels})
    assert last(applied(shape, depthwise)) == last(applied(shape, grouped))


@given(few, few, sides, sides, pairs, steps, steps, st.integers(0, 4))
def test_a_transposed_convolution_gives_back_the_size_that_a_convolution_took(
    channels: int,
    filters: int,
    height: int,
    width: int,
    kernel: tuple[int, int],
    stride: tuple[int, int],
    dilation: tuple[int, int],
    padding: int,
) -> None:
    """Where the stride leaves rows or columns over, output_padding puts them back."""
    same = {"kernel": kernel, "stride": stride, "dilation": dilation, "padding": padding}
    over = tuple(
        (n + 2 * padding - ((k - 1) * d + 1)) % s
        for n, k, s, d in zip((height, width), kernel, stride, dilation, strict=True)
    )
    down = applied((channels, height, width), make("conv2d", {**same, "filters": filters}))
    up = make("conv_transpose2d", {**same, "filters": channels, "output_padding": over})
    back = applied(out(down), up)
    assert out(back) == (channels, height, width)
    assert params(back) - channels == params(down) - filters  # but for the biases
    assert back.totals["macs"] == down.totals["macs"]


@given(few, few, few, sides, pairs)
def test_groups_of_a_transposed_convolution_are_as_those_of_a_convolution(
    groups: int, channels: int, filters: int, side: int, kernel: tuple[int, int]
) -> None:
    """From in to out, or from out to in: the weights of a group are the same."""
    here, there = groups * channels, groups * filters
    up = make("conv_transpose2d", {"filters": there, "kernel": kernel, "groups": groups})
    down = conv(here, kernel, groups=groups)
    assert params(applied((here, side, side), up)) - there == (
        params(applied((there, side, side), down)) - here
    )


#: What only a window that slides over its input has.
OF_WINDOWS = ("stride_elements", "unbiased_kernels")


@given(few, few, sides)
def test_a_transposed_convolution_of_single_elements_is_a_convolution(
    channels: int, filters: int, side: int
) -> None:
    shape = (channels, side, side)
    up = last(applied(shape, make("conv_transpose2d", {"filters": filters, "kernel": 1})))
    plain = last(applied(shape, conv(filters, 1)))
    compared = (*set(COUNTS).difference(OF_WINDOWS), "gemm_m", "gemm_n", "gemm_k")
    assert {name: up[name] for name in compared} == {name: plain[name] for name in compared}


@given(few, few, sides, sides)
def test_a_convolution_that_stands_once_has_nothing_to_share(
    channels: int, filters: int, height: int, width: int
) -> None:
    shape, whole = (channels, height, width), {"filters": filters, "kernel": (height, width)}
    unshared = last(applied(shape, make("locally_connected2d", whole)))
    shared = last(applied(shape, make("conv2d", whole)))
    assert out(applied(shape, make("conv2d", whole)))[1:] == (1, 1)
    gemm = dict.fromkeys(("gemm_m", "gemm_n", "gemm_k"))
    assert unshared == shared | gemm  # no one matrix product where weights are not shared


@given(few, few, sides, windows)
def test_without_sharing_a_convolution_has_its_weights_once_a_position(
    channels: int, filters: int, side: int, window: dict[str, Any]
) -> None:
    shape, given_ = (channels, side, side), {**window, "filters": filters}
    unshared = applied(shape, make("locally_connected2d", given_))
    shared = applied(shape, make("conv2d", given_))
    assert out(unshared) == out(shared)
    assert params(unshared) == params(shared) * prod(out(shared)[1:])
    for column in ("macs", "bias_adds"):
        assert unshared.totals[column] == shared.totals[column]


@given(few, few, sides, windows, st.tuples(few, few, few, few))
def test_padding_may_be_a_layer_of_its_own(
    channels: int, filters: int, side: int, window: dict[str, Any], padding: tuple[int, ...]
) -> None:
    shape, window = (channels, side, side), {**window, "rounding": "floor"}
    within = applied(shape, conv(filters, **{**window, "padding": padding}))
    before = applied(
        shape, make("pad2d", {"padding": padding}), conv(filters, **{**window, "padding": 0})
    )
    assert out(within) == out(before)
    compared = ("macs", "weight_params", "receptive_field_h", "effective_padding_h")
    for column in (*compared, "effective_padding_w", "effective_stride_w"):
        assert last(within)[column] == last(before)[column]
