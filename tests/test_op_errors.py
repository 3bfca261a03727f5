"""What ops refuse: attributes that mean nothing, inputs that do not fit, and in which words."""

from typing import Any

import pytest
from op_cases.table import MAP, OBLONG, POOL, SEQUENCE, VECTOR, Shape

from archdb.analysis.layer_costs import facts_of
from archdb.errors import DefinitionError, ShapeError
from archdb.ops import make

UP = {"filters": 7, "kernel": 3}
ATTRIBUTES: list[tuple[str, dict[str, Any], str]] = [
    ("dropout", {"rate": 1.5}, "dropout: 'rate' must be from 0 to 1, got 1.5"),
    ("dropout", {"rate": -0.5}, "dropout: 'rate' must be from 0 to 1, got -0.5"),
    ("leaky_relu", {}, "leaky_relu: 'slope' is missing\n  it needs a number"),
    ("lrn", {"size": 4}, "lrn: 'size' must be odd, got 4"),
    ("rescale", {"factor": "0.1"}, "rescale: 'factor' needs a number, got '0.1'"),
    ("channel_shuffle", {"groups": 1}, "channel_shuffle: 'groups' must be 2 or more, got 1"),
    ("slice_channels", {"stop": 0}, "slice_channels: 'stop' needs a positive integer, got 0"),
    ("pad_channels", {"before": -1}, "pad_channels: 'before' needs a non-negative integer"),
    ("pad2d", {"padding": "same"}, "pad2d: 'padding' needs a number, [height, width] or [top,"),
    ("trim2d", {"sides": [1, 2, 3]}, "trim2d: 'sides' needs a number, [height, width] or [top,"),
    ("crop2d", {"offset": [-1, 0]}, "crop2d: 'offset' needs a non-negative integer or [height,"),
    ("reshape", {"shape": []}, "reshape: 'shape' needs one to six extents"),
    ("reshape", {"shape": [1, 2, 3, 5, 7, 11, 13]}, "reshape: 'shape' needs one to six extents"),
    ("reshape", {"shape": [-1, -1]}, "reshape: 'shape' needs one to six extents"),
    ("reshape", {"shape": [-2, 5]}, "reshape: 'shape' needs one to six extents"),
    ("resize2d", {"how": "cubic", "scale": 2}, "'how' needs one of nearest, bilinear, bicubic"),
    ("resize2d", {"how": "nearest", "scale": 0}, "resize2d: 'scale' needs a positive integer"),
    ("psroi_pool2d", {"bins": 0}, "psroi_pool2d: 'bins' needs a positive integer or [height"),
    ("depthwise_conv2d", {"kernel": 3, "filters": 7}, "has no attribute 'filters'"),
    ("depthwise_conv2d", {"kernel": 3, "multiplier": 0}, "'multiplier' needs a positive integer"),
    ("conv1d", {**UP, "kernel": [3, 2]}, "conv1d: 'kernel' needs a positive integer, got [3, 2]"),
    ("conv1d", {**UP, "padding": [1, 1, 1, 1]}, "a number, [before, after], same, valid or causal"),
    ("conv1d", {"filters": 3, "kernel": "x", "padding": "causal"}, "'kernel' needs a positive int"),
    ("max_pool1d", {"kernel": 3, "rounding": "floor"}, "max_pool1d: 'stride' is missing"),
    (
        *("conv_transpose2d", {**UP, "stride": 2, "padding": "same", "output_padding": 1}),
        "'output_padding' goes with explicit padding; 'same' states the size",
    ),
    (
        *("conv_transpose2d", {**UP, "stride": [2, 3], "output_padding": [1, 3]}),
        "conv_transpose2d: 'output_padding' must be less than stride or dilation, got 3",
    ),
    ("embedding", {"units": 7}, "embedding: 'vocabulary' is missing"),
    ("lstm", {"units": 7, "projection": 0}, "lstm: 'projection' needs a positive integer, got 0"),
    ("gru", {"units": 7, "projection": 3}, "gru: has no attribute 'projection'"),
]


@pytest.mark.parametrize(("name", "given", "said"), ATTRIBUTES)
def test_attributes_that_mean_nothing_are_refused(
    name: str, given: dict[str, Any], said: str
) -> None:
    with pytest.raises(DefinitionError) as caught:
        make(name, given)
    assert said in str(caught.value)


IMAGES = {  # ops that need a map, with the attributes they must have
    "conv2d": UP,
    "partial_conv2d": {"filters": 1, "kernel": 3, "connections": [[0]]},
    "depthwise_conv2d": {"kernel": 3},
    "locally_connected2d": UP,
    "conv_transpose2d": UP,
    **{name: {**POOL, "rounding": "floor"} for name in ("max_pool2d", "avg_pool2d")},
    "subsample2d": POOL,
    **{name: {} for name in ("global_avg_pool2d", "global_max_pool2d", "to_sequence")},
    "adaptive_avg_pool2d": {"bins": 2},
    "resize2d": {"how": "nearest", "scale": 2},
    "pad2d": {"padding": 1},
    "trim2d": {"sides": 1},
}


@pytest.mark.parametrize("name", IMAGES)
@pytest.mark.parametrize(("shape", "shown"), [(VECTOR, "31"), (SEQUENCE, "19×23")], ids=str)
def test_an_op_over_a_map_takes_nothing_else(name: str, shape: Shape, shown: str) -> None:
    with pytest.raises(ShapeError, match=f"needs channels×height×width, got {shown}$"):
        facts_of(make(name, IMAGES[name]), (shape,))


@pytest.mark.parametrize("name", ["crop2d", "max_unpool2d", "psroi_pool2d"])
def test_so_does_one_of_two_inputs(name: str) -> None:
    given = {"crop2d": {}, "max_unpool2d": POOL, "psroi_pool2d": {"bins": 1}}[name]
    with pytest.raises(ShapeError, match=r"needs channels×height×width, got 19×23$"):
        facts_of(make(name, given), (SEQUENCE, SEQUENCE))


@pytest.mark.parametrize("name", ["lstm", "gru"])
@pytest.mark.parametrize(("shape", "shown"), [(VECTOR, "31"), (MAP, "5×17×13")], ids=str)
def test_a_recurrent_op_takes_a_sequence(name: str, shape: Shape, shown: str) -> None:
    with pytest.raises(ShapeError, match=f"needs length×features, got {shown}$"):
        facts_of(make(name, {"units": 7}), (shape,))


@pytest.mark.parametrize("shape", [SEQUENCE, MAP], ids=str)
def test_an_embedding_takes_tokens(shape: Shape) -> None:
    with pytest.raises(ShapeError, match=r"needs a sequence of tokens \(length\), got 19×23|5×17"):
        facts_of(make("embedding", {"vocabulary": 101, "units": 7}), (shape,))


SCALE = {"how": "nearest", "scale": 2}
SHAPES: list[tuple[str, dict[str, Any], tuple[Shape, ...], str]] = [
    ("conv2d", {**UP, "groups": 3}, (MAP,), "5 channels and 7 filters do not divide into 3 groups"),
    (
        *("conv_transpose2d", {**UP, "groups": 5}, (MAP,)),
        "5 channels and 7 filters do not divide into 5 groups",
    ),
    ("conv_transpose2d", {**UP, "padding": 9}, ((5, 1, 1),), "leaves nothing of the 1×1 map"),
    ("depthwise_conv2d", {"kernel": 19}, (MAP,), "a 19×19 window does not fit the 17×13 map"),
    ("locally_connected2d", {**UP, "kernel": 19}, (MAP,), "does not fit the 17×13 map"),
    ("trim2d", {"sides": [8, 9, 0, 0]}, (MAP,), "does not fit the 17×13 map (padding top -8"),
    ("channel_shuffle", {"groups": 3}, (MAP,), "5 channels do not divide into 3 groups"),
    ("channel_shuffle", {"groups": 19}, (SEQUENCE,), "23 channels do not divide into 19 groups"),
    ("slice_channels", {"start": 3, "stop": 3}, (MAP,), "cannot take channels 3 to 3 of 5"),
    ("slice_channels", {"stop": 6}, (MAP,), "cannot take channels 0 to 6 of 5"),
    ("slice_channels", {"stop": 29}, (SEQUENCE,), "cannot take channels 0 to 29 of 23"),
    ("reshape", {"shape": [5, 17, 11]}, (MAP,), "5×17×13 elements do not fill 5×17×11"),
    ("reshape", {"shape": [-1, 7]}, (MAP,), "5×17×13 elements do not fill -1×7"),
    ("reshape", {"shape": [-1, 0]}, (VECTOR,), "31 elements do not fill -1×0"),
    ("crop2d", {}, (MAP, (3, 18, 7)), "cannot cut 5×17×13 to the size of 3×18×7 from (0, 0)"),
    ("crop2d", {"offset": 7}, (MAP, (3, 11, 6)), "cannot cut 5×17×13 to the size of 3×11×6 from"),
    ("crop2d", {}, (MAP, VECTOR), "needs channels×height×width, got 31"),
    ("resize2d", {"how": "nearest"}, (MAP,), "needs either a scale or a second input"),
    ("resize2d", SCALE, (MAP, MAP), "needs either a scale or a second input"),
    ("resize2d", {"how": "nearest"}, (MAP, VECTOR), "needs channels×height×width, got 31"),
    ("resize2d", SCALE, (MAP, MAP, MAP), "takes 1 to 2 input(s), got 3"),
    ("max_unpool2d", POOL, (MAP, (5, 17, 11)), "cannot go back to where 5×17×11 came from"),
    (  # a window of 3 in steps of 2 stands 17 times on 33 + 1 rows at the most
        *("max_unpool2d", {**POOL, "size": [37, 38]}, (MAP, MAP)),
        "no such pool of 37×38 gives 17×13\n  the size must be near 35×38",
    ),
    (
        *("max_unpool2d", {"kernel": 2, "stride": 1, "padding": 1}, ((5, 1, 1), (5, 1, 1))),
        "no such pool of 0×0 gives 1×1",
    ),
    ("psroi_pool2d", {"bins": 2}, (MAP, VECTOR), "5 channels do not divide into 4 bins"),
    ("psroi_pool2d", {"bins": 1}, (MAP, MAP), "needs a vector as its region, got 5×17×13"),
    ("multiply", {}, (MAP, (17, 1, 1)), "cannot be multiplied: 5×17×13 and 17×1×1"),
    ("multiply", {}, (MAP, (5, 2, 13)), "cannot be multiplied: 5×17×13 and 5×2×13"),
    ("multiply", {}, (MAP, (5,)), "cannot be multiplied: 5×17×13 and 5"),
    ("multiply", {}, ((5,), (5, 1, 1)), "cannot be multiplied: 5 and 5×1×1"),
    ("multiply", {}, (SEQUENCE, (19, 1, 1)), "cannot be multiplied: 19×23 and 19×1×1"),
    ("multiply", {}, (MAP,), "takes 2 input(s), got 1"),
    ("conv1d", UP, (MAP,), "needs length×features, got 5×17×13"),
    ("conv1d", {**UP, "kernel": 20}, (SEQUENCE,), "a 20×1 window does not fit the 19×1 map"),
    ("conv1d", {**UP, "groups": 7}, (SEQUENCE,), "23 channels and 7 filters do not divide"),
    ("global_avg_pool1d", {}, (VECTOR,), "needs length×features, got 31"),
    ("matmul", {}, (SEQUENCE, SEQUENCE), "cannot multiply 19×23 by 19×23"),
    ("matmul", {}, (SEQUENCE, MAP), "cannot multiply 19×23 by 17×13"),
    ("matmul", {}, (SEQUENCE, VECTOR), "cannot multiply 19×23 and 31: one is a vector"),
    ("matmul", {}, ((2, 3, 5), (3, 5, 2)), "cannot multiply 2×3×5 and 3×5×2: not so many products"),
    ("add", {}, (MAP, (5,)), "reshape it to [-1, 1, 1] first"),
    ("add", {}, (MAP,), "takes 2 or more input(s), got 1"),
    ("concat", {}, (MAP, (7, 17, 11)), "cannot be concatenated: 5×17×13 and 7×17×11"),
    ("concat", {}, (SEQUENCE, (17, 23)), "cannot be concatenated: 19×23 and 17×23"),
    ("concat", {}, (MAP, VECTOR), "cannot be concatenated: 5×17×13 and 31"),
    ("lstm", {"units": 7}, (SEQUENCE, SEQUENCE), "takes 1 input(s), got 2"),
]


@pytest.mark.parametrize(("name", "given", "inputs", "said"), SHAPES)
def test_inputs_that_do_not_fit_are_refused(
    name: str, given: dict[str, Any], inputs: tuple[Shape, ...], said: str
) -> None:
    with pytest.raises(ShapeError) as caught:
        facts_of(make(name, given), inputs)
    assert said in str(caught.value)


def test_what_is_left_of_a_map_is_enough() -> None:
    """The smallest that the refusals above leave: one row, one group, one channel."""
    assert make("trim2d", {"sides": [8, 8, 0, 0]}).out(MAP) == (5, 1, 13)
    assert make("conv_transpose2d", {**UP, "padding": 1}).out((5, 1, 1)) == (7, 1, 1)
    assert make("slice_channels", {"start": 4, "stop": 5}).out(MAP) == (1, 17, 13)
    grown = make("conv_transpose2d", {**OBLONG, "output_padding": [1, 2]}).out(MAP)
    assert grown == (7, 16 * 2 + 3 - 1 - 1 + 1, 12 * 3 + 2 + 2)
