"""Moves that undo each other, and layers over sequences that are made of simpler ones."""

from typing import Any

from drawing import applied, conv, data, draw, last, layer, out, params
from hypothesis import given
from hypothesis import strategies as st

from archdb.analysis.layer_costs import COUNTS, facts_of
from archdb.analysis.profile import derive
from archdb.ops import Work, make

few = st.integers(1, 5)
sides = st.integers(7, 16)
shapes = st.one_of(st.tuples(st.integers(2, 9), sides, sides), st.tuples(sides, st.integers(2, 9)))


def channels_of(shape: tuple[int, ...]) -> int:
    return shape[1] if len(shape) == 2 else shape[0]


def out_of(name: str, *inputs: tuple[int, ...], **given_: Any) -> Any:
    return facts_of(make(name, given_), inputs).out


@given(shapes, st.data())
def test_channels_that_are_split_and_stacked_again_are_what_they_were(
    shape: tuple[int, ...], drawn: st.DataObject
) -> None:
    cut = drawn.draw(st.integers(1, channels_of(shape) - 1))
    network = draw(
        data(*shape),
        layer("first", "slice_channels", "data", stop=cut),
        layer("second", "slice_channels", "data", start=cut, stop=channels_of(shape)),
        layer("both", "concat", "first", "second"),
    )
    profile = derive(network)
    assert profile.layer("both")["out_elements"] == profile.layer("data")["out_elements"]
    assert profile.layer("both")["out_channels"] == channels_of(shape)
    for column in ("macs", "adds", "muls", "weight_params", "norm_params"):
        assert profile.totals[column] == 0


@given(shapes, few, few)
def test_channels_that_are_added_can_be_sliced_off(
    shape: tuple[int, ...], before: int, after: int
) -> None:
    wider = out_of("pad_channels", shape, before=before, after=after)
    stop = before + channels_of(shape)
    assert out_of("slice_channels", wider, start=before, stop=stop) == shape


@given(few, sides, sides, st.tuples(few, few, few, few))
def test_trimming_undoes_padding(
    channels: int, height: int, width: int, rim: tuple[int, ...]
) -> None:
    shape = (channels, height, width)
    pad, trim = make("pad2d", {"padding": rim}), make("trim2d", {"sides": rim})
    there_and_back = applied(shape, pad, trim)
    assert out(there_and_back) == shape
    bare = last(applied(shape, make("relu", {})))
    for axis in "hw":
        for column in ("receptive_field_", "effective_stride_", "effective_padding_"):
            assert last(there_and_back)[column + axis] == bare[column + axis]


@given(few, sides, sides, few, few)
def test_cropping_to_what_trimming_leaves_is_trimming(
    channels: int, height: int, width: int, top: int, left: int
) -> None:
    shape = (channels, height, width)
    trimmed = out_of("trim2d", shape, sides=(top, 0, left, 0))
    assert out_of("crop2d", shape, (3, *trimmed[1:]), offset=(top, left)) == trimmed


@given(few, sides, sides, few)
def test_a_linear_layer_over_a_map_read_as_a_sequence_is_a_1x1_convolution(
    channels: int, height: int, width: int, units: int
) -> None:
    shape = (channels, height, width)
    steps = last(applied(shape, make("to_sequence", {}), make("linear", {"units": units})))
    pixels = last(applied(shape, conv(units, 1)))
    assert {name: steps[name] for name in COUNTS} == {name: pixels[name] for name in COUNTS}


@given(shapes)
def test_a_reshape_to_one_extent_flattens_and_one_to_all_changes_nothing(
    shape: tuple[int, ...],
) -> None:
    assert out_of("reshape", shape, shape=[-1]) == out_of("flatten", shape)
    assert out_of("reshape", shape, shape=[0] * len(shape)) == shape


@given(few, sides, sides, st.tuples(few, few), st.data(), st.sampled_from(["floor", "ceil"]))
def test_unpooling_gives_back_the_size_that_a_pool_took(
    channels: int,
    height: int,
    width: int,
    kernel: tuple[int, int],
    drawn: st.DataObject,
    rounding: str,
) -> None:
    """Strides up to the kernel: the windows leave no gaps."""
    stride = tuple(drawn.draw(st.integers(1, extent)) for extent in kernel)
    window = {"kernel": kernel, "stride": stride}
    shape = (channels, height, width)
    pooled = out_of("max_pool2d", shape, **window, rounding=rounding)
    assert out_of("max_unpool2d", pooled, pooled, **window, size=(height, width)) == shape
    complete = [(n - k) % s == 0 for n, k, s in zip(shape[1:], kernel, stride, strict=True)]
    assert (out_of("max_unpool2d", pooled, pooled, **window) == shape) is all(complete)


@given(few, sides, sides, few)
def test_resizing_by_a_scale_is_resizing_to_a_map_of_that_size(
    channels: int, height: int, width: int, scale: int
) -> None:
    shape, how = (channels, height, width), {"how": "bilinear"}
    scaled = facts_of(make("resize2d", {**how, "scale": scale}), (shape,))
    like = facts_of(make("resize2d", how), (shape, (1, height * scale, width * scale)))
    assert scaled.out == like.out
    assert make("resize2d", how).work(scaled.out, shape) == Work(
        muls=4 * channels * height * width * scale**2, adds=3 * channels * height * width * scale**2
    )


@given(few, sides, sides)
def test_one_bin_that_is_sensitive_to_position_is_adaptive_pooling(
    channels: int, height: int, width: int
) -> None:
    shape = (channels, height, width)
    region = facts_of(make("psroi_pool2d", {"bins": 1}), (shape, (5,)))
    adaptive = facts_of(make("adaptive_avg_pool2d", {"bins": 1}), (shape,))
    assert region.out == adaptive.out
    work = make("psroi_pool2d", {"bins": 1}).work(region.out, shape, (5,))
    assert work == make("adaptive_avg_pool2d", {"bins": 1}).work(adaptive.out, shape)


def work(name: str, shape: tuple[int, ...], *more: tuple[int, ...]) -> Work:
    found: Work = make(name, {}).work(shape, shape, *more)
    return found


def added(*parts: Work) -> Work:
    return Work(*map(sum, zip(*parts, strict=True)))


@given(shapes)
def test_a_gate_is_a_sigmoid_and_a_product(shape: tuple[int, ...]) -> None:
    product = work("multiply", shape, shape)
    assert work("swish", shape) == added(work("sigmoid", shape), product)
    assert work("hard_swish", shape) == added(work("hard_sigmoid", shape), product)
    assert work("prelu", shape) == make("leaky_relu", {"slope": 0.1}).work(shape, shape)
    assert work("channel_scale", shape) == product


# Recurrent layers


def gates(number: int, features: int, fed_back: int, units: int) -> Any:
    """Gates, each a linear layer of the input and what is fed back."""
    gate = applied((features + fed_back,), make("linear", {"units": units}))
    return number * params(gate), number * gate.totals["macs"], number * gate.totals["bias_adds"]


def counted(shape: tuple[int, int], name: str, **given_: Any) -> Any:
    profile = applied(shape, make(name, given_))
    return params(profile), profile.totals["macs"], profile.totals["bias_adds"]


@given(few, few, few)
def test_an_lstm_is_four_gates_and_a_gru_three(length: int, features: int, units: int) -> None:
    for name, number in (("lstm", 4), ("gru", 3)):
        weights, macs, biases = gates(number, features, units, units)
        found = counted((length, features), name, units=units)
        assert found == (weights, length * macs, length * biases)


@given(few, few, few, few)
def test_a_projection_is_a_linear_layer_without_bias_that_is_fed_back(
    length: int, features: int, units: int, size: int
) -> None:
    weights, macs, biases = gates(4, features, size, units)
    found = counted((length, features), "lstm", units=units, projection=size)
    assert found == (weights + units * size, length * (macs + units * size), length * biases)


@given(few, few, few)
def test_an_lstm_without_bias_lacks_four_biases_a_unit_and_no_more(
    length: int, features: int, units: int
) -> None:
    weights, macs, biases = counted((length, features), "lstm", units=units)
    bare = counted((length, features), "lstm", units=units, bias=False)
    assert bare == (weights - 4 * units, macs, biases - length * 4 * units)


@given(few, few, few)
def test_a_reset_after_the_product_needs_a_second_bias_for_each_gate(
    length: int, features: int, units: int
) -> None:
    weights, macs, biases = counted((length, features), "gru", units=units)
    after = counted((length, features), "gru", units=units, reset_after=True)
    assert after == (weights + 3 * units, macs, biases + length * 3 * units)


@given(few, few, few)
def test_an_embedding_is_a_linear_layer_over_one_hot_tokens_without_the_work(
    length: int, vocabulary: int, units: int
) -> None:
    looked_up = applied((length,), make("embedding", {"vocabulary": vocabulary, "units": units}))
    hot = applied((length, vocabulary), make("linear", {"units": units, "bias": False}))
    assert params(looked_up) == params(hot) == vocabulary * units
    assert looked_up.totals["macs"] == 0
    assert last(looked_up)["out_elements"] == last(hot)["out_elements"] == length * units
