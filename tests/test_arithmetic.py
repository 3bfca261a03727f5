"""Convolution arithmetic, case by case: parameters (P), operations (O), receptive fields (R).

The numbers are those of introductory texts on convolution; where one of them slips, the test
says so. Shapes (S) stand in test_arithmetic_shapes, R1 and R5 in test_receptive.
"""

from typing import Any

import pytest
from drawing import applied, conv, field, last, out, params

from archdb.analysis.profile import Profile
from archdb.ops import make

# Parameters


@pytest.mark.parametrize("groups", [1, 2, 6])
def test_p1_a_convolution_with_bias(groups: int) -> None:
    profile = applied((12, 11, 11), conv(18, (3, 5), groups=groups))
    assert params(profile) == 3 * 5 * (12 // groups) * 18 + 18


def test_p2_one_filter_on_one_channel() -> None:
    assert params(applied((1, 32, 32), conv(1, 3, bias=False))) == 3 * 3 * 1 == 9


def test_p3_three_filters_on_ten_channels() -> None:
    assert params(applied((10, 32, 32), conv(3, 3, bias=False))) == 3 * 3 * 10 * 3 == 270


def test_p4_shared_weights() -> None:
    profile = applied((3, 227, 227), conv(96, 11, stride=4))
    assert params(profile) == (11 * 11 * 3 + 1) * 96 == 34_944


def test_p5_without_sharing_each_neuron_has_weights_of_its_own() -> None:
    alone = make("locally_connected2d", {"filters": 96, "kernel": 11, "stride": 4})
    profile = applied((3, 227, 227), alone)
    assert last(profile)["out_elements"] == 55 * 55 * 96 == 290_400
    assert params(profile) == 290_400 * (11 * 11 * 3 + 1) == 105_705_600
    shared = applied((3, 227, 227), conv(96, 11, stride=4))
    assert profile.totals["macs"] == shared.totals["macs"]


def test_p6_fully_connected() -> None:
    assert params(applied((31,), make("linear", {"units": 17}))) == 31 * 17 + 17


def test_p6_embedding() -> None:
    embedding = make("embedding", {"vocabulary": 10_007, "units": 31})
    assert params(applied((19,), embedding)) == 10_007 * 31


def lstm(**given: Any) -> int:
    """Parameters on sequences of 13 features with 7 units."""
    return params(applied((19, 13), make("lstm", {"units": 7, **given})))


def test_p7_lstm() -> None:
    """(d + h)·4n + 4n with h = n."""
    assert lstm() == (13 + 7) * 4 * 7 + 4 * 7


def test_p7_lstm_with_a_projection_has_its_kernel_too() -> None:
    """(d + h)·4n + 4n with h = 3, and n·h, which one text leaves out."""
    assert lstm(projection=3) == (13 + 3) * 4 * 7 + 4 * 7 + 7 * 3


def test_p8_fully_connected_layers_turned_into_convolution() -> None:
    shape = (16, 5, 5)
    connected = applied(shape, make("linear", {"units": 4096}), make("linear", {"units": 1000}))
    turned = applied(shape, conv(4096, 5), conv(1000, 1))
    assert params(turned) == params(connected) == 5 * 5 * 16 * 4096 + 4096 + 4096 * 1000 + 1000
    assert turned.totals["macs"] == connected.totals["macs"]
    assert out(turned) == (1000, 1, 1)


def pair(*kernels: Any) -> Profile:
    """Convolutions from one channel to one channel, so that weights are those of a pair."""
    return applied((1, 17, 17), *(conv(1, kernel, bias=False) for kernel in kernels))


FACTORED = [  # case, the stack, the kernel it stands for, weights of either, percent saved
    ("p9: two for one", (3, 3), 5, 2 * 3 * 3, 5 * 5, 28),
    ("p9: three for one", (3, 3, 3), 7, 3 * 3 * 3, 7 * 7, 45),
    ("p10: asymmetric", ((3, 1), (1, 3)), 3, 3 + 3, 3 * 3, 33),
]


@pytest.mark.parametrize(
    ("stack", "whole", "stacked", "single", "saved"),
    [row[1:] for row in FACTORED],
    ids=[row[0] for row in FACTORED],
)
def test_p9_p10_a_factored_kernel_sees_as_much_with_fewer_weights(
    stack: tuple[Any, ...], whole: int, stacked: int, single: int, saved: int
) -> None:
    assert params(pair(*stack)) == stacked
    assert params(pair(whole)) == single
    assert round(100 * (single - stacked) / single) == saved
    assert field(pair(*stack)) == field(pair(whole)) == (whole, whole)


@pytest.mark.parametrize("multiplier", [1, 2])
def test_p11_depthwise_convolution(multiplier: int) -> None:
    op = conv(7 * multiplier, (3, 5), groups=7, bias=False)
    assert params(applied((7, 11, 11), op)) == 3 * 5 * 7 * multiplier


# Operations


def test_o1_multiplications_of_a_wide_layer() -> None:
    profile = applied((200, 30, 40), conv(55, 5, padding="same"))
    assert profile.totals["macs"] == 30 * 40 * 55 * 5 * 5 * 200 == 330_000_000


def test_o2_a_narrow_layer_before_it() -> None:
    profile = applied((200, 30, 40), conv(20, 1), conv(55, 5, padding="same"))
    first, second = 30 * 40 * 20 * 200, 30 * 40 * 55 * 5 * 5 * 20
    assert (first, second) == (4_800_000, 33_000_000)
    assert profile.totals["macs"] == first + second == 37_800_000
    assert f"{37_800_000 / 330_000_000:.4f}" == "0.1145"


def test_o3_additions_are_as_many_as_multiplications() -> None:
    """26 sums and a bias for each of 25,000 outputs; one text prints 225,000, a slip."""
    row = last(applied((3, 100, 100), conv(10, 3, stride=2, padding="same")))
    outputs = 50 * 50 * 10
    assert row["out_elements"] == outputs
    assert row["macs"] // (3 * 3) == outputs * 3 == 75_000  # two-dimensional kernels applied
    assert row["macs"] == 675_000
    sums = row["macs"] - row["out_elements"]
    assert sums == outputs * 26
    assert sums + row["bias_adds"] == 675_000


@pytest.mark.parametrize("size", [5, 7, 10, 11, 12, 100])
def test_o4_a_stack_is_dearer_on_small_maps(size: int) -> None:
    def macs(*kernels: int) -> int:
        ops = (conv(1, kernel, bias=False) for kernel in kernels)
        return int(applied((1, size, size), *ops).totals["macs"])

    assert macs(3, 3) == 9 * (size - 2) ** 2 + 9 * (size - 4) ** 2
    assert macs(5) == 25 * (size - 4) ** 2
    assert (macs(3, 3) < macs(5)) is (size >= 11)
    if size == 5:
        assert (macs(3, 3), macs(5)) == (90, 25)


def test_o5_three_for_one_with_padding_that_keeps_the_size() -> None:
    stack = applied((1, 17, 17), *[conv(1, 3, padding=1, bias=False)] * 3).totals["macs"]
    whole = applied((1, 17, 17), conv(1, 7, padding=3, bias=False)).totals["macs"]
    assert (stack, whole) == (27 * 17 * 17, 49 * 17 * 17)
    assert round(100 * (whole - stack) / whole) == 45


# Receptive fields


def test_r2_padding_does_not_cut_a_field_off() -> None:
    assert field(applied((1, 3, 3), *[conv(1, 3, padding=1)] * 4)) == (9, 9)


def test_r3_two_kernels_of_three_see_five_and_three_see_seven() -> None:
    assert field(applied((1, 17, 17), *[conv(1, 3)] * 2)) == (5, 5)
    assert field(applied((1, 17, 17), *[conv(1, 3)] * 3)) == (7, 7)


def test_r4_a_dilated_kernel_counts_as_its_extent() -> None:
    stack = [conv(1, 3, dilation=dilation) for dilation in (1, 2, 4)]
    assert field(applied((1, 17, 17), *stack)) == (1 + 2 + 4 + 8, 1 + 2 + 4 + 8)


def test_fully_convolutional_vgg_slides_its_window_over_a_larger_image() -> None:
    """(384 - 224) / 32 + 1 = 6: as many positions as windows of 224 slid by 32."""
    pools = [make("max_pool2d", {"kernel": 2, "stride": 2, "rounding": "floor"})] * 5
    for size, side in ((224, 1), (384, (384 - 224) // 32 + 1)):
        assert out(applied((512, size, size), *pools, conv(21, 7))) == (21, side, side)
