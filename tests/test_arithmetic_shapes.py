"""Convolution arithmetic, case by case: shapes. The numbers are those of introductory texts."""

import pytest
from drawing import applied, conv, data, draw, field, last, layer, out, params

from archdb.analysis.profile import Profile, derive
from archdb.ops import make


@pytest.mark.parametrize(("n", "k", "s", "p"), [(227, 11, 4, 0), (224, 7, 2, 3), (13, 5, 3, 2)])
def test_s1_a_convolution_rounds_down(n: int, k: int, s: int, p: int) -> None:
    side = (n - k + 2 * p) // s + 1
    assert out(applied((3, n, n), conv(7, k, stride=s, padding=p))) == (7, side, side)


def test_s2_first_layer_of_alexnet() -> None:
    assert out(applied((3, 227, 227), conv(96, 11, stride=4))) == (96, 55, 55)


def test_s3_a_quotient_of_one_and_a_half_is_rounded_down() -> None:
    """(6 - 3) / 2 + 1 = 2.5."""
    assert out(applied((3, 6, 6), conv(64, 3, stride=2))) == (64, 2, 2)


def test_s4_the_same_quotient_rounded_up_where_the_layer_says_so() -> None:
    assert out(applied((3, 6, 6), conv(64, 3, stride=2, rounding="ceil"))) == (64, 3, 3)
    pool = {"kernel": 3, "stride": 2}
    assert out(applied((3, 6, 6), make("max_pool2d", pool | {"rounding": "ceil"}))) == (3, 3, 3)
    assert out(applied((3, 6, 6), make("max_pool2d", pool | {"rounding": "floor"}))) == (3, 2, 2)


def test_s4_a_last_window_beyond_the_input_is_dropped() -> None:
    """(4 + 2·1 - 2) / 3 + 1 = 2.33; a third window would begin at 2·3 - 1 = 5, beyond 4."""
    pool = make("max_pool2d", {"kernel": 2, "stride": 3, "padding": 1, "rounding": "ceil"})
    assert out(applied((3, 4, 4), pool)) == (3, 2, 2)


@pytest.mark.parametrize(("n", "k", "s"), [(13, 3, 2), (14, 3, 2), (7, 5, 3), (5, 1, 4)])
def test_s5_same_and_valid_follow_from_size_and_stride(n: int, k: int, s: int) -> None:
    same, valid = -(-n // s), -(-(n - k + 1) // s)
    assert out(applied((3, n, n), conv(7, k, stride=s, padding="same"))) == (7, same, same)
    assert out(applied((3, n, n), conv(7, k, stride=s, padding="valid"))) == (7, valid, valid)


def test_s5_the_extra_row_and_column_are_at_the_bottom_and_right() -> None:
    """14 in strides of 2 by a kernel of 3: (7 - 1)·2 + 3 - 14 = 1 to pad."""
    row = last(applied((3, 14, 14), conv(7, 3, stride=2, padding="same")))
    assert [row[f"pad_{side}"] for side in ("top", "bottom", "left", "right")] == [0, 1, 0, 1]


@pytest.mark.parametrize(("padding", "kernel"), [(1, 3), (2, 5), (3, 7)])
def test_s6_half_the_kernel_as_padding_keeps_the_size(padding: int, kernel: int) -> None:
    assert out(applied((3, 11, 13), conv(7, kernel, padding=padding))) == (7, 11, 13)


def test_s7_an_even_kernel_with_equal_padding_cannot_keep_the_size() -> None:
    assert out(applied((1, 4, 4), conv(1, 2, padding=1))) == (1, 5, 5)


def test_s8_two_filters_over_a_padded_image() -> None:
    profile = applied((3, 7, 7), conv(2, 3, stride=2))
    assert out(profile) == (2, 3, 3)
    assert out(applied((3, 5, 5), conv(2, 3, stride=2, padding=1))) == (2, 3, 3)
    (weight, _) = conv(2, 3, stride=2).params((3, 7, 7))
    filters, channels, height, width = weight.shape
    assert (height, width, channels, filters) == (3, 3, 3, 2)  # TensorFlow's order


@pytest.mark.parametrize("op", ["max_pool2d", "avg_pool2d"])
def test_s9_pooling_follows_the_same_rule_and_has_no_parameters(op: str) -> None:
    profile = applied((5, 13, 13), make(op, {"kernel": 3, "stride": 2, "rounding": "floor"}))
    assert out(profile) == (5, (13 - 3) // 2 + 1, (13 - 3) // 2 + 1)
    assert params(profile) == 0


def test_s10_dilation_widens_the_kernel_and_adds_no_parameters() -> None:
    """k + (k - 1)(d - 1) = 3 + 2·3 = 9."""
    plain, dilated = (applied((3, 17, 17), conv(7, 3, dilation=d)) for d in (1, 4))
    side = 17 - (3 + (3 - 1) * (4 - 1)) + 1
    assert out(dilated) == (7, side, side)
    assert params(dilated) == params(plain)
    assert (field(plain), field(dilated)) == ((3, 3), (9, 9))


def test_s11_network_in_network_in_parallel() -> None:
    same = {"padding": "same"}
    profile = derive(
        draw(
            data(2, 3, 3),
            layer("one", "conv2d", "data", filters=3, kernel=1, **same),
            layer("two", "conv2d", "data", filters=2, kernel=2, **same),
            layer("pool", "max_pool2d", "data", kernel=3, stride=1, **same),
            layer("depth", "concat", "one", "two", "pool"),
        )
    )
    assert out(profile) == (3 + 2 + 2, 3, 3)


@pytest.mark.parametrize("channels", [1, 3, 19])
def test_s12_output_channels_are_the_filters_whatever_the_input(channels: int) -> None:
    assert out(applied((channels, 11, 11), conv(7, 3)))[0] == 7


def test_s13_embedding_gives_a_vector_for_each_token() -> None:
    embedding = make("embedding", {"vocabulary": 101, "units": 7})
    assert sequence(applied((19,), embedding)) == (19, 7)


def test_s13_lstm_gives_its_units_for_each_step() -> None:
    assert sequence(applied((19, 7), make("lstm", {"units": 13}))) == (19, 13)
    row = last(applied((19, 7), make("lstm", {"units": 13, "sequences": False})))
    assert (row["out_channels"], row["out_height"]) == (13, None)


def sequence(profile: Profile) -> tuple[int, int]:
    """Length and features behind the last layer."""
    row = last(profile)
    assert row["out_width"] is None
    return row["out_height"], row["out_channels"]


def test_s14_im2col() -> None:
    row = last(applied((3, 4, 4), conv(6, 3)))
    assert (row["gemm_m"], row["gemm_k"], row["gemm_n"]) == (2 * 2, 3 * 3 * 3, 6)
    assert (row["out_height"], row["out_width"], row["out_channels"]) == (2, 2, 6)
