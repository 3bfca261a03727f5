"""Attention whole and spelled out, layers along axes of a map, weights that are inputs."""

from typing import Any

import pytest
from drawing import chain, data, draw, layer

from archdb.analysis.layer_costs import COUNTS, facts_of
from archdb.analysis.profile import Profile, derive
from archdb.errors import DefinitionError, ShapeError
from archdb.model.graph import Layer, Network
from archdb.model.shape import named
from archdb.ops import make
from archdb.rewrite import apply

HEADS, LENGTH, FEATURES = 3, 19, 12
SUMS = [name for name in COUNTS if name not in ("in_elements", "out_elements", "stride_elements")]


def projected() -> list[Layer]:
    """Queries, keys and values of three heads out of one matrix, as timm's Attention has it."""
    parts = {"q": 0, "k": 1, "v": 2}
    return [
        data(LENGTH, FEATURES),
        layer("qkv", "linear", "data", units=3 * FEATURES),
        layer("split", "reshape", "qkv", shape=[0, 3, HEADS, -1]),
        layer("heads", "permute", "split", order=[1, 2, 0, 3]),
        *(layer(name, "select", "heads", axis=0, index=i) for name, i in parts.items()),
    ]


def behind(last: str) -> list[Layer]:
    """The heads side by side, and the projection behind them."""
    return [
        layer("turned", "permute", last, order=[1, 0, 2]),
        layer("joined", "reshape", "turned", shape=[0, -1]),
        layer("proj", "linear", "joined", units=FEATURES),
    ]


def whole(*mask: Layer) -> Profile:
    read = ["q", "k", "v", *(each.name for each in mask)]
    attend = layer("attend", "scaled_dot_product_attention", *read)
    return derive(Network("whole", [*projected(), *mask, attend, *behind("attend")]))


def spelled_out(*mask: Layer, product: str = "matmul") -> Profile:
    given: dict[str, dict[str, Any]] = {
        "matmul": {"scores": {"transpose_second": True}, "values": {}},
        "einsum": {"scores": {"equation": "hid,hjd->hij"}, "values": {"equation": "hij,hjd->hid"}},
    }
    of = given[product]
    masked = [layer("masked", "add", "scaled", each.name) for each in mask]
    rows = [
        layer("scores", product, "q", "k", **of["scores"]),
        layer("scaled", "rescale", "scores", factor=0.5),
        *mask,
        *masked,
        layer("weights", "softmax", "masked" if masked else "scaled", axis=-1),
        layer("values", product, "weights", "v", **of["values"]),
    ]
    return derive(Network("spelled_out", [*projected(), *rows, *behind("values")]))


MASK = layer("mask", "constant", shape=[1, LENGTH, LENGTH])


@pytest.mark.parametrize("mask", [(), (MASK,)], ids=["plain", "masked"])
@pytest.mark.parametrize("product", ["matmul", "einsum"])
def test_attention_whole_and_spelled_out_come_to_the_same(
    mask: tuple[Layer, ...], product: str
) -> None:
    one, many = whole(*mask), spelled_out(*mask, product=product)
    assert {name: one.totals.get(name) for name in SUMS} == {
        name: many.totals.get(name) for name in SUMS
    }
    assert [one.totals["depth"], one.totals["weighted_layers"]] == [2, 2]
    assert [many.totals["depth"], many.totals["weighted_layers"]] == [2, 2]
    scores = HEADS * LENGTH * LENGTH
    projections = 4 * LENGTH * FEATURES * FEATURES
    assert one.totals["macs"] == projections + scores * 2 * FEATURES // HEADS


def test_attention_is_another_length_at_another_input() -> None:
    """Rows that state no length hold at any."""
    longer = derive(whole().network, (2 * LENGTH, FEATURES))
    scores = HEADS * (2 * LENGTH) ** 2
    assert longer.layer("attend")["macs"] == scores * 2 * FEATURES // HEADS
    assert longer.layer("attend")["out_shape"] == f"{HEADS}x{2 * LENGTH}x{FEATURES // HEADS}"


def test_a_linear_layer_along_the_channels_of_a_map_is_a_convolution_of_one_position() -> None:
    """As ConvNeXt is written in PyTorch: the channels last, and back. The field goes on."""
    there, back = (make("permute", {"order": order}) for order in ([1, 2, 0], [2, 0, 1]))
    shape = (6, 17, 13)
    norm, conv = make("layer_norm", {}), make("conv2d", {"filters": 6, "kernel": 3})
    last = derive(
        chain(shape, conv, there, make("layer_norm", {"axis": -1}),
              make("linear", {"units": 24, "axis": -1}), back, conv)
    )  # fmt: skip
    first = derive(chain(shape, conv, norm, make("conv2d", {"filters": 24, "kernel": 1}), conv))
    assert {name: last.totals.get(name) for name in SUMS} == {
        name: first.totals.get(name) for name in SUMS
    }
    for name in ("receptive_field_h", "effective_padding_w", "depth", "activations"):
        assert last.totals[name] == first.totals[name], name


def test_a_linear_layer_along_the_channels_becomes_one() -> None:
    linear = make("linear", {"units": 7, "axis": 0})
    rewritten = apply(chain((6, 17, 13), linear), "fc-to-conv").network
    assert rewritten.layers[1].op == make("conv2d", {"filters": 7, "kernel": 1})
    assert derive(rewritten).totals["macs"] == derive(chain((6, 17, 13), linear)).totals["macs"]


def test_a_mean_over_positions_ends_the_map_as_a_global_pool_does() -> None:
    conv = make("conv2d", {"filters": 6, "kernel": 3})
    mean, head = make("reduce_mean", {"axes": [1, 2]}), make("linear", {"units": 5})
    told = derive(chain((3, 17, 13), conv, mean, head)).totals
    pooled = derive(chain((3, 17, 13), conv, make("global_avg_pool2d", {}), head)).totals
    assert {name: told.get(name) for name in SUMS} == {name: pooled.get(name) for name in SUMS}
    for name in ("receptive_field_layer", "receptive_field_h", "depth"):
        assert told[name] == pooled[name]


def standardised() -> Network:
    """A convolution whose kernel is normalised before it is used (qiao2019)."""
    return draw(
        data(3, 9, 9),
        layer("weight", "parameter", shape=[8, 27]),
        layer("gain", "parameter", shape=[8, 1], role="norm"),
        layer("normed", "layer_norm", "weight", scale=False, shift=False),
        layer("scaled", "multiply", "normed", "gain"),
        layer("kernel", "reshape", "scaled", shape=[8, 3, 3, 3]),
        layer("conv", "conv2d", "data", "kernel", filters=8, kernel=3, kernel_input=True),
        layer("relu", "relu", "conv"),
    )


def test_a_kernel_that_is_worked_out_has_its_parameters_where_it_is_made() -> None:
    profile = derive(standardised())
    totals = profile.totals
    assert [totals[f"{role}_params"] for role in ("weight", "bias", "norm")] == [8 * 27, 8, 8]
    assert totals["macs"] == 8 * 27 * 7 * 7
    assert totals["live_params"] == 8 * 27 + 8 + 8
    assert profile.layer("relu")["receptive_field_h"] == 3
    assert profile.layer("conv")["gemm_k"] == 27


def test_a_kernel_of_another_shape_is_refused() -> None:
    network = standardised()
    other = [
        each._replace(op=each.op.like(filters=7)) if each.name == "conv" else each
        for each in network
    ]
    with pytest.raises(ShapeError) as caught:
        derive(Network("net", other))
    assert "reads 8×3×3×3 where it needs 7×3×3×3" in str(caught.value)
    assert "layer 'conv' (conv2d)" in caught.value.places


@pytest.mark.parametrize(
    ("op", "given", "inputs", "said"),
    [
        ("linear", {"units": 3}, [(2, 3, 5, 7)], "2×3×5×7 may be multiplied along any axis"),
        ("linear", {"units": 3, "bias_input": True}, [(5,)], "takes 2 input(s), got 1"),
        ("linear", {"units": 3, "bias_input": True}, [(5,), (4,)], "reads 4 where it needs 3"),
        ("scaled_dot_product_attention", {}, [(5,), (5,), (5,)], "needs queries, keys and values"),
        (
            *("scaled_dot_product_attention", {}),
            *([(4, 19, 7), (3, 19, 7), (3, 19, 7)], "4 heads of queries cannot be served by 3"),
        ),
        (
            *("scaled_dot_product_attention", {}, [(19, 7), (23, 7), (23, 7), (19, 19)]),
            "a mask 19×19 does not fit 19×23 scores",
        ),
        ("einsum", {"equation": "ij,jk->ik"}, [(3, 5), (7, 2)], "'j' is 5 and 7"),
        ("einsum", {"equation": "ij,jk->ik"}, [(3, 5)], "ij,jk->ik does not fit 3×5"),
        ("add", {"value": 1}, [(5,), (5,)], "takes 1 input(s) beside a value, got 2"),
        ("top_k", {"axis": 0, "k": 6}, [(5,)], "there are no 6 of 5 along axis 0 of 5"),
        ("softmax", {}, [named((2, 3), ("heads", "query"))], "no axis of 2×3 is that of channels"),
    ],
)
def test_shapes_that_do_not_fit_are_refused(
    op: str, given: dict[str, Any], inputs: list[tuple[int, ...]], said: str
) -> None:
    with pytest.raises(ShapeError) as caught:
        facts_of(make(op, given), tuple(inputs))
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("op", "given", "said"),
    [
        ("einsum", {"equation": "ij,jk"}, "'equation' needs letters for the axes"),
        ("einsum", {"equation": "ii->i"}, "'ii->i' repeats a letter"),
        ("einsum", {"equation": "ij->ik"}, "'ij->ik' repeats a letter, or gives one of no"),
        ("subtract", {"value_first": True}, "'value_first' goes with a value"),
        ("clip", {}, "has neither 'low' nor 'high'"),
        ("clip", {"low": 2, "high": 1}, "'low' 2 is above 'high' 1"),
        ("layer_norm", {"axis": 0, "axes": [1]}, "'axes' says it already"),
        (
            "conv2d",
            {"filters": 1, "kernel": 1, "bias": False, "bias_input": True},
            "'bias' is false",
        ),
    ],
)
def test_wrong_attributes_are_refused(op: str, given: dict[str, Any], said: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        make(op, given)
    assert said in str(caught.value)


# Rewriting


def test_widths_follow_through_attention_or_are_refused_with_the_reason() -> None:
    """What folds heads out of features speaks of particular features, so that their width stays."""
    rewritten = apply(whole().network, "width=2")
    assert rewritten.network.layers[1].op.units == 3 * FEATURES
    assert "'split' takes its input by particular channels" in " ".join(map(str, rewritten.notes))


def test_a_learnt_tensor_follows_the_width_of_what_it_meets() -> None:
    network = draw(
        data(3, 8, 8),
        layer("conv", "conv2d", "data", filters=6, kernel=3),
        layer("gate", "parameter", shape=[6, 1, 1]),
        layer("gated", "multiply", "conv", "gate"),
        layer("pool", "global_avg_pool2d", "gated"),
        layer("fc", "linear", "pool", units=5),
    )
    wider = apply(network, "width=2").network
    assert wider.layers[2].op == make("parameter", {"shape": [12, 1, 1]})
    assert derive(wider).totals["macs"] == 6 * 6 * 12 * 27 + 5 * 12
