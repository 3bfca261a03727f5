"""Each rule on networks drawn for it: what it lays, and what it leaves alone and why."""

from typing import Any

import pytest
from drawing import chain, conv, data, draw, layer

from archdb.analysis.profile import derive
from archdb.errors import ArchdbError, DefinitionError, ShapeError
from archdb.model.graph import Block, Network
from archdb.ops import Op, make
from archdb.rewrite import apply

relu, norm = make("relu", {}), make("batch_norm", {})


def linear(units: int, **rest: Any) -> Op:
    op: Op = make("linear", {"units": units, **rest})
    return op


def notes(network: Network, rules: str) -> list[str]:
    """What the rules left alone, in sentences; nothing else may have changed."""
    made = apply(network, rules)
    assert made.network.layers == network.layers
    return list(map(str, made.notes))


def ops(network: Network) -> dict[str, Op]:
    return {layer.name: layer.op for layer in network}


# Kernels.

LEFT = [  # rule, op, why
    ("stack-3x3", conv(2, 1), "a kernel of 1×1 is no larger than 3×3"),
    ("stack-3x3", conv(2, 3), "a kernel of 3×3 is no larger than 3×3"),
    ("stack-3x3", conv(2, 4), "a kernel of 4×4 is even"),
    ("stack-3x3", conv(2, (1, 7)), "a kernel of 1×7 is not square"),
    (
        "stack-3x3",
        conv(2, 5, stride=2, rounding="ceil"),
        "padding in strides of 2 that are rounded up cannot be split",
    ),
    (
        "stack-3x3",
        conv(2, 5, stride=4, padding="same"),
        "padding 'same' in strides of 4 cannot be split",
    ),
    (
        "stack-3x3",
        make("locally_connected2d", {"filters": 2, "kernel": 5}),
        "no sums over a window that could be taken in steps",
    ),
    ("factorize", conv(2, 1), "a kernel of 1×1 has no second axis"),
    ("factorize", conv(2, (3, 1)), "a kernel of 3×1 has no second axis"),
    (
        "factorize",
        make("conv_transpose2d", {"filters": 2, "kernel": 5}),
        "behind upsampling the field depends on the position",
    ),
    ("bottleneck=2", conv(2, 1), "a kernel of 1×1 gains nothing"),
    ("bottleneck=4", conv(2, 3), "reads no more than 4 channels"),
    (
        "bottleneck=3",
        conv(4, 3, groups=2),
        "3 channels and 4 filters do not divide into 2 groups",
    ),
    (
        "bottleneck=2",
        make("depthwise_conv2d", {"kernel": 3}),
        "filters that do not read all channels",
    ),
    ("bottleneck=2", conv(4, 3, groups=4), "filters that do not read all channels"),
    ("depthwise-separable", conv(2, 1), "a kernel of 1×1 is pointwise already"),
    ("depthwise-separable", conv(4, 3, groups=2), "not one convolution over all channels"),
    (
        "depthwise-separable",
        make("depthwise_conv2d", {"kernel": 3}),
        "not one convolution over all channels",
    ),
]


@pytest.mark.parametrize(("rule", "op", "why"), LEFT, ids=[f"{row[0]}: {row[2]}" for row in LEFT])
def test_a_rule_says_why_it_leaves_a_layer_alone(rule: str, op: Op, why: str) -> None:
    assert notes(chain((4, 12, 12), op), rule) == [f"{rule} leaves 1 alone: {why}"]


def test_layers_left_for_one_reason_are_told_together() -> None:
    network = chain((4, 12, 12), *[conv(4, 1)] * 6)
    why = "a kernel of 1×1 is no larger than 3×3"
    assert notes(network, "stack-3x3") == [f"stack-3x3 leaves 1, 2, 3, 4 and 2 more alone: {why}"]


def test_what_is_not_of_a_rule_is_not_told() -> None:
    pool = make("max_pool2d", {"kernel": 5, "stride": 1, "rounding": "floor"})
    for rule in ("stack-3x3", "factorize", "fc-to-conv", "fold-bn", "drop-aux"):
        said = notes(chain((4, 12, 12), pool, relu), rule)
        assert said == [f"{rule}: there is no layer that it is for"]


def test_the_stack_has_the_stride_last_and_the_padding_dealt_out() -> None:
    whole = conv(6, 7, stride=(2, 3), padding=[3, 2, 1, 0], groups=2, dilation=2, bias=False)
    made = ops(apply(chain((4, 40, 40), whole), "stack-3x3").network)
    shared = {"filters": 6, "kernel": 3, "groups": 2, "dilation": 2, "bias": False}
    assert made["1/3x3_1"] == make("conv2d", {**shared, "padding": [1, 1, 1, 0]})
    assert made["1/3x3_2"] == make("conv2d", {**shared, "padding": [1, 1, 0, 0]})
    assert made["1"] == make("conv2d", {**shared, "padding": [1, 0, 0, 0], "stride": (2, 3)})


def test_a_depthwise_stack_multiplies_channels_once() -> None:
    whole = make("depthwise_conv2d", {"kernel": 5, "multiplier": 3, "padding": 2})
    made = ops(apply(chain((4, 9, 9), whole), "stack-3x3").network)
    assert [made[name].multiplier for name in ("1/3x3_1", "1")] == [3, 1]


@pytest.mark.parametrize("rule", ["stack-3x3", "factorize", "depthwise-separable"])
def test_a_relu_stands_between_where_it_is_asked_for(rule: str) -> None:
    network = chain((4, 9, 9), conv(2, 5), conv(2, 3))
    bare, between = (apply(network, r).network for r in (rule, f"{rule}=relu"))
    added = [layer for layer in between if layer.name not in ops(bare)]
    assert {layer.op for layer in added} == {relu}
    for inserted in added:
        (reader,) = (layer for layer in between if inserted.name in layer.inputs)
        assert reader.op == ops(bare)[reader.name]


def test_separable_gives_the_bias_to_the_sum_over_channels() -> None:
    made = ops(
        apply(chain((4, 9, 9), conv(6, 3, stride=2, padding=1)), "depthwise-separable").network
    )
    window = {"kernel": 3, "stride": 2, "padding": 1}
    assert made["1/depthwise"] == make("depthwise_conv2d", {**window, "bias": False})
    assert made["1"] == conv(6, 1)


@pytest.mark.parametrize("bias", [True, False])
def test_a_bottleneck_has_a_bias_where_the_convolution_has(bias: bool) -> None:
    made = ops(apply(chain((4, 9, 9), conv(6, 3, bias=bias)), "bottleneck=2").network)
    assert made["1/1x1"] == conv(2, 1, bias=bias)


# Fully connected layers.


def test_fc_to_conv_reads_a_map_through_a_flatten_that_goes() -> None:
    flat = [make("flatten", {}), make("dropout", {"rate": 0.5}), linear(7), relu, linear(5)]
    made = apply(chain((3, 4, 6), conv(2, 1), *flat), "fc-to-conv").network
    assert [layer.name for layer in made] == ["data", "1", "3", "4", "5", "6"]
    assert (ops(made)["4"], ops(made)["6"]) == (conv(7, (4, 6)), conv(5, 1))


def test_fc_to_conv_keeps_a_flatten_that_others_read() -> None:
    network = draw(
        data(3, 4, 4),
        layer("flat", "flatten", "data"),
        layer("other", "lstm", "sequence", units=2),
        layer("sequence", "to_sequence", "data"),
        layer("fc", "linear", "flat", units=5),
        layer("both", "concat", "fc", "flat"),
    )
    assert notes(network, "fc-to-conv") == ["fc-to-conv leaves fc alone: reads a vector, not a map"]


def test_fc_to_conv_leaves_vectors_and_sequences_alone() -> None:
    vector, sequence = chain((9,), linear(3)), chain((4, 9), linear(3))
    for network, what in ((vector, "vector"), (sequence, "sequence")):
        said = f"fc-to-conv leaves 1 alone: reads a {what}, not a map"
        assert notes(network, "fc-to-conv") == [said]


def test_fc_to_conv_of_a_glob_turns_those_alone() -> None:
    made = apply(chain((3, 4, 4), linear(7), linear(5)), "fc-to-conv@1").network
    assert [op.name for op in ops(made).values()] == ["input", "conv2d", "linear"]


# Strides.


def test_dilate_removes_strides_from_behind_and_dilates_what_follows() -> None:
    half = conv(2, 3, stride=2, padding=1)
    made = ops(apply(chain((1, 33, 33), half, half, half, conv(2, 1), half), "dilate=4").network)
    strides = [made[str(number)].stride for number in range(1, 6)]
    dilations = [made[str(number)].dilation for number in range(1, 6)]
    assert strides == [(2, 2), (2, 2), (1, 1), (1, 1), (1, 1)]
    assert dilations == [(1, 1), (1, 1), (1, 1), (1, 1), (2, 2)]
    assert made["5"].padding == (2, 2, 2, 2)


def test_dilate_takes_a_part_of_a_stride_where_it_divides() -> None:
    network = chain((1, 33, 33), conv(2, 3, stride=4), conv(2, 3))
    made = ops(apply(network, "dilate=2").network)
    assert made["1"].stride == (2, 2)
    assert made["2"].dilation == (2, 2)


def test_dilate_goes_axis_by_axis() -> None:
    network = chain((1, 33, 33), conv(2, 3, stride=(2, 1)), conv(2, 3, padding=1))
    made = ops(apply(network, "dilate=1").network)
    assert made["2"].dilation == (2, 1)
    assert made["2"].padding == (2, 2, 1, 1)


def test_dilate_of_a_glob_removes_the_strides_of_those_alone() -> None:
    half = conv(2, 3, stride=2, padding=1)
    made = ops(apply(chain((1, 33, 33), half, half, half), "dilate=1@2").network)
    assert [made[name].stride for name in "123"] == [(2, 2), (1, 1), (2, 2)]
    assert made["3"].dilation == (2, 2)


def test_dilate_reaches_as_far_as_windows_that_were_rounded_up() -> None:
    """3 in strides of 2 on 6 rows, rounded up: three windows, the last hanging over by one row."""
    pool = make("max_pool2d", {"kernel": 3, "stride": 2, "rounding": "ceil"})
    made = apply(chain((1, 6, 6), pool), "dilate=1").network
    assert ops(made)["1"].padding == (0, 1, 0, 1)
    assert derive(made).layer("1")["out_height"] == (3 - 1) * 2 + 1


def test_a_global_pool_sees_the_finer_map() -> None:
    half, pool = conv(2, 3, stride=2, padding=1), make("global_avg_pool2d", {})
    made = derive(apply(chain((1, 33, 33), half, half, pool, linear(5)), "dilate=2").network)
    assert made.layer("2")["out_height"] == 17
    assert made.layer("4")["weight_params"] == 2 * 5


def test_scaled_channels_stay_on_the_finer_map() -> None:
    """A squeeze-and-excitation: one branch forgets the map, the other keeps its rate."""
    network = draw(
        data(4, 16, 16),
        layer("conv", "conv2d", "data", filters=4, kernel=3, stride=2, padding=1),
        layer("pool", "global_avg_pool2d", "conv"),
        layer("fc", "conv2d", "pool", filters=4, kernel=1),
        layer("scale", "multiply", "conv", "fc"),
        layer("next", "conv2d", "scale", filters=4, kernel=3, padding=1),
    )
    made = ops(apply(network, "dilate=1").network)
    assert made["next"].dilation == (2, 2)


def test_dilate_says_where_there_is_nothing_to_remove() -> None:
    said = notes(chain((1, 33, 33), conv(2, 3, stride=2)), "dilate=2")
    assert said == ["dilate=2: no stride that it may remove goes beyond 2"]


half = {"filters": 2, "kernel": 1, "stride": 2}
REFUSED = [
    (
        "weights for each position",
        [layer("half", "conv2d", "data", **half), layer("fc", "linear", "half", units=3)],
        "layer 'fc' (linear): has weights for each position of its map, which would be finer",
    ),
    (
        "upsampling",
        [
            layer("half", "conv2d", "data", **half),
            layer("up", "resize2d", "half", how="nearest", scale=2),
        ],
        "layer 'up' (resize2d): restores a size or by a factor that fits the map as it was",
    ),
    (
        "an op that has no dilation",
        [
            layer("half", "conv2d", "data", **half),
            layer("sub", "subsample2d", "half", kernel=2, stride=2),
        ],
        "layer 'sub' (subsample2d): cannot be dilated",
    ),
    (
        "paths of different grids",
        [
            layer("half", "conv2d", "data", **half),
            layer("pool", "adaptive_avg_pool2d", "data", bins=4),
            layer("whole", "conv2d", "data", filters=2, kernel=5),
            layer("sum", "add", "half", "whole"),
        ],
        "layer 'sum' (add): here meet paths that have not lost the same strides",
    ),
]


@pytest.mark.parametrize(
    ("layers", "what"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_dilate_refuses_what_cannot_stand_on_a_finer_map(layers: list[Any], what: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        apply(draw(data(2, 8, 8), *layers), "dilate=1")
    assert str(caught.value).startswith(f"net+dilate=1, {what}")


# Widths.


def test_width_is_rounded_to_the_groups_that_divide_it() -> None:
    network = chain((3, 9, 9), conv(12, 3), conv(12, 3, groups=4), conv(2, 1))
    made = ops(apply(network, "width=0.45").network)  # 12 · 0.45 = 5.4: 4 is the nearest of 4, 8
    assert [made[name].filters for name in "12"] == [4, 4]


def test_what_is_added_stays_equally_wide() -> None:
    network = draw(
        data(3, 9, 9),
        layer("a", "conv2d", "data", filters=8, kernel=1),
        layer("b", "conv2d", "a", filters=8, kernel=1),
        layer("sum", "add", "a", "b"),
        layer("fc", "linear", "sum", units=5),
    )
    made = ops(apply(network, "width=0.5").network)
    assert (made["a"].filters, made["b"].filters, made["fc"].units) == (4, 4, 5)
    assert notes(network, "width=0.5@a") == [
        "width=0.5@a leaves a alone: joined with 'b', which was not asked for"
    ]


def test_what_joins_a_concatenation_is_as_wide_as_its_parts_make_it() -> None:
    """7 and 7 halved are 4 and 4, so what was 14 is 8, and not 7."""
    network = draw(
        data(3, 9, 9),
        layer("whole", "conv2d", "data", filters=14, kernel=1),
        layer("a", "conv2d", "data", filters=7, kernel=1),
        layer("b", "conv2d", "data", filters=7, kernel=1),
        layer("both", "concat", "a", "b"),
        layer("sum", "add", "whole", "both"),
        layer("fc", "linear", "sum", units=5),
    )
    assert ops(apply(network, "width=0.5").network)["whole"].filters == 8


def test_slices_and_shuffles_follow() -> None:
    network = draw(
        data(3, 9, 9),
        layer("conv", "conv2d", "data", filters=12, kernel=1),
        layer("left", "slice_channels", "conv", start=0, stop=6),
        layer("right", "slice_channels", "conv", start=6, stop=12),
        layer("b", "conv2d", "right", filters=6, kernel=1),
        layer("both", "concat", "left", "b"),
        layer("shuffle", "channel_shuffle", "both", groups=2),
        layer("fc", "linear", "shuffle", units=5),
    )
    made = ops(apply(network, "width=1.5").network)
    # 18 halved is 9, and 9 and 9 make 18; but either part of a shuffle in two groups is even
    assert made["left"] == make("slice_channels", {"start": 0, "stop": 10})
    assert made["right"] == make("slice_channels", {"start": 10, "stop": 20})
    assert made["b"].filters == 10


def test_shortcuts_that_pad_channels_follow() -> None:
    network = draw(
        data(3, 9, 9),
        layer("narrow", "conv2d", "data", filters=8, kernel=1),
        layer("wide", "conv2d", "narrow", filters=16, kernel=1),
        layer("pad", "pad_channels", "narrow", before=4, after=4),
        layer("sum", "add", "wide", "pad"),
        layer("fc", "linear", "sum", units=5),
    )
    made = ops(apply(network, "width=0.5").network)
    assert made["pad"] == make("pad_channels", {"before": 2, "after": 2})
    assert made["wide"].filters == 8


@pytest.mark.parametrize("op", ["depthwise_conv2d", "conv2d"])
def test_depthwise_convolutions_follow_what_they_read(op: str) -> None:
    own = {"kernel": 3} if op == "depthwise_conv2d" else {"kernel": 3, "filters": 8, "groups": 8}
    network = chain((3, 9, 9), conv(8, 1), make(op, own), conv(5, 1))
    made = derive(apply(network, "width=0.5").network)
    assert made.layer("2")["out_channels"] == 4
    assert made.layer("2")["weight_params"] == 4 * 3 * 3


def test_what_speaks_of_particular_channels_keeps_them() -> None:
    table = [[0, 1], [1, 2]]
    partial = make("partial_conv2d", {"filters": 2, "kernel": 1, "connections": table})
    made = apply(chain((1, 9, 9), conv(3, 1), partial, conv(4, 1), linear(5)), "width=2")
    assert ops(made.network)["1"].filters == 3
    assert ops(made.network)["3"].filters == 8
    assert list(map(str, made.notes)) == [
        "width=2 leaves 1 alone: '2' takes its input by particular channels",
        "width=2 leaves 4 alone: what the network gives out",
    ]


def test_what_an_unknown_op_reads_keeps_its_width() -> None:
    unknown = make("unknown", {"kind": "warp", "shape": (3, 9, 9)})
    made = apply(chain((1, 9, 9), conv(3, 1), unknown, conv(4, 1), linear(5)), "width=2")
    assert [ops(made.network)[name].filters for name in "13"] == [3, 8]
    assert "op that archdb does not know" in str(made.notes[0])


def test_sequences_are_scaled_as_well() -> None:
    network = chain(
        (20,),
        make("embedding", {"vocabulary": 9, "units": 6}),
        make("lstm", {"units": 8}),
        linear(5),
    )
    made = ops(apply(network, "width=0.5").network)
    assert (made["1"].units, made["2"].units, made["3"].units) == (3, 4, 5)


def test_classes_of_heads_and_of_what_is_added_to_the_classifier() -> None:
    network = draw(
        data(3, 8, 8),
        layer("score", "conv2d", "data", filters=21, kernel=1, stride=2),
        layer("up", "conv_transpose2d", "score", filters=21, kernel=2, stride=2, fixed=True),
        layer("skip", "conv2d", "data", filters=21, kernel=1),
        layer("fuse", "add", "up", "skip"),
        layer("head", "linear", "data", units=21, auxiliary=True),
        layer("other", "linear", "data", units=4, auxiliary=True),
    )
    made = derive(apply(network, "classes=7").network)
    for name in ("score", "up", "skip", "fuse", "head"):
        assert made.layer(name)["out_channels"] == 7
    assert made.layer("other")["out_channels"] == 4


CLASSLESS = [
    (
        "worked out",
        [
            layer("a", "conv2d", "data", filters=2, kernel=1),
            layer("both", "concat", "a", "data"),
        ],
        "leaves both alone: as wide as 'both' makes it of what it reads",
    ),
    (
        "given",
        [layer("relu", "relu", "data")],
        "leaves relu alone: as wide as 'data', which is given",
    ),
]


@pytest.mark.parametrize(
    ("layers", "what"), [row[1:] for row in CLASSLESS], ids=[row[0] for row in CLASSLESS]
)
def test_classes_leaves_a_network_without_a_classifier_alone(layers: list[Any], what: str) -> None:
    assert notes(draw(data(3, 8, 8), *layers), "classes=7") == [f"classes=7 {what}"]


# What goes.


def test_fold_bn_gives_a_bias_to_what_stood_before() -> None:
    made = apply(chain((3, 9, 9), conv(4, 3, bias=False), norm, relu), "fold-bn").network
    assert ops(made) == {"data": made.layers[0].op, "1": conv(4, 3), "3": relu}
    assert made.layers[-1].inputs == ("1",)


def test_fold_bn_folds_into_linear_and_depthwise_layers() -> None:
    depthwise = make("depthwise_conv2d", {"kernel": 3, "bias": False})
    network = chain((3, 9, 9), depthwise, norm, linear(4, bias=False), norm)
    assert [op.name for op in ops(apply(network, "fold-bn").network).values()] == [
        *("input", "depthwise_conv2d", "linear")
    ]


def test_fold_bn_folds_one_behind_the_other() -> None:
    made = apply(chain((3, 9, 9), conv(4, 3), norm, norm), "fold-bn").network
    assert list(ops(made)) == ["data", "1"]


def test_fold_bn_says_why_a_norm_stays() -> None:
    network = draw(
        data(3, 9, 9),
        layer("first", "batch_norm", "data"),
        layer("shared", "conv2d", "first", filters=3, kernel=1),
        layer("second", "batch_norm", "shared"),
        layer("sum", "add", "second", "shared"),
        layer("up", "conv_transpose2d", "sum", filters=3, kernel=2, fixed=True),
        layer("third", "batch_norm", "up"),
        layer("fourth", "layer_norm", "third"),
    )
    assert notes(network, "fold-bn") == [
        "fold-bn leaves first alone: no convolution stands before it",
        "fold-bn leaves second alone: the convolution before it has other readers",
        "fold-bn leaves third alone: the weights of the convolution before it are fixed",
    ]


def headed() -> Network:
    return draw(
        data(3, 9, 9),
        layer("conv", "conv2d", "data", filters=4, kernel=3),
        layer("fc", "linear", "conv", units=5),
        layer("head1/conv", "conv2d", "conv", filters=2, kernel=1, auxiliary=True),
        layer("head1/fc", "linear", "head1/conv", units=5, auxiliary=True),
        layer("head2/fc", "linear", "conv", units=5, auxiliary=True),
    )


def test_drop_aux_drops_the_heads_and_nothing_else() -> None:
    made = apply(headed(), "drop-aux").network
    assert list(ops(made)) == ["data", "conv", "fc"]
    before, after = derive(headed()).totals, derive(made).totals
    assert after["aux_params"] == after["aux_macs"] == 0
    same = [name for name in before if not name.startswith("aux_")]
    assert [after[name] for name in same] == [before[name] for name in same]


@pytest.mark.parametrize("glob", ["head1/*", "head1/conv", "head1/fc"])
def test_drop_aux_drops_a_head_whole(glob: str) -> None:
    made = apply(headed(), f"drop-aux@{glob}").network
    assert list(ops(made)) == ["data", "conv", "fc", "head2/fc"]


# Blocks.


def test_a_block_that_was_changed_loses_the_numbers_of_the_paper() -> None:
    layers = [
        data(3, 9, 9),
        layer("a", "conv2d", "data", filters=4, kernel=5)._replace(block="one"),
        layer("b", "conv2d", "a", filters=4, kernel=3)._replace(block="two"),
        layer("c", "batch_norm", "b")._replace(block="three"),
    ]
    names = [("stage", None), ("one", "stage"), ("two", None), ("three", None)]
    blocks = [Block(name, "figure", {"width": 4}, parent) for name, parent in names]
    network = Network("net", layers, blocks)
    stacked = {b.name: b.attributes for b in apply(network, "stack-3x3").network.blocks}
    assert stacked == {"stage": {}, "one": {}, "two": {"width": 4}, "three": {"width": 4}}
    assert [row.block for row in apply(network, "stack-3x3").network] == [
        *(None, "one", "one", "two", "three")
    ]
    folded = {b.name: b.attributes for b in apply(network, "fold-bn").network.blocks}
    assert folded == {"stage": {"width": 4}, "one": {"width": 4}, "two": {"width": 4}}


def test_what_does_not_derive_is_an_error_that_names_the_layer() -> None:
    network = draw(
        data(3, 9, 9),
        layer("a", "conv2d", "data", filters=3, kernel=3, stride=2),
        layer("b", "avg_pool2d", "data", kernel=2, stride=2, rounding="floor"),
        layer("sum", "add", "a", "b"),
    )
    with pytest.raises(ShapeError, match=r"net\+dilate=1, layer 'sum' \(add\): shapes") as caught:
        apply(network, "dilate=1")
    assert isinstance(caught.value, ArchdbError)
