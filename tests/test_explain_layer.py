"""What is written on paper is what archdb derives: every step, worked out again, of every op."""

from math import prod
from typing import Any

import pytest
from drawing import conv
from hypothesis import given
from hypothesis import strategies as st
from op_cases import CASES
from paper import worked_out

from archdb.analysis.layer_costs import COUNTED, COUNTS
from archdb.analysis.receptive_field import PIXEL, Field, through
from archdb.explain import field
from archdb.explain.layer import additions, multiplications, steps
from archdb.explain.layer_trace import LayerTrace, trace_layer
from archdb.explain.steps import Step
from archdb.ops import BUFFER, Op, Work, make
from archdb.ops.explained import OUT_AXES
from archdb.render.derivation import written

KNOWN = [case for case in CASES if case.op.known and case.inputs]
MAP, SEQUENCE = (5, 17, 13), (19, 23)
# what the table may not have: modes, dilation, rounding, groups, sequences
MORE = [
    (
        make(
            "conv2d",
            {"filters": 7, "kernel": (2, 3), "stride": 2, "padding": "valid", "dilation": 2},
        ),
        [MAP],
    ),
    (conv(7, 3, stride=(1, 2), padding=(0, 1, 2, 3)), [MAP]),
    (
        make("max_pool2d", {"kernel": 2, "stride": 3, "padding": 1, "rounding": "ceil"}),
        [(3, 4, 4)],
    ),
    (
        make(
            "conv_transpose2d",
            {"filters": 4, "kernel": 3, "stride": 2, "dilation": 2, "groups": 2},
        ),
        [(6, 5, 7)],
    ),
    (make("conv_transpose2d", {"filters": 4, "kernel": 5, "stride": 2, "padding": "same"}), [MAP]),
    (
        make("conv_transpose2d", {"filters": 4, "kernel": 2, "stride": 3, "padding": "valid"}),
        [MAP],
    ),
    (make("conv1d", {"filters": 4, "kernel": 3, "stride": 2, "rounding": "ceil"}), [(8, 6)]),
    (make("conv1d", {"filters": 4, "kernel": 3, "padding": "valid", "groups": 2}), [(8, 6)]),
    # three windows would begin at 0, 3 and 6, of which the last is beyond the input of 5 and 1
    (make("max_pool1d", {"kernel": 2, "stride": 3, "padding": 1, "rounding": "ceil"}), [(5, 6)]),
    (make("concat", {}), [SEQUENCE, SEQUENCE]),
    (make("add", {}), [(5, 1, 1), (1, 17, 13), (1, 17, 1)]),
    (make("pad_channels", {"before": 2, "after": 3}), [MAP]),
    (make("resize2d", {"how": "bilinear", "scale": (2, 3), "align_corners": True}), [MAP]),
    (make("resize2d", {"how": "nearest"}), [MAP, (2, 7, 11)]),
    (make("reshape", {"shape": [0, -1]}), [MAP]),
    (make("softmax", {}), [SEQUENCE]),
    (make("linear", {"units": 3}), [SEQUENCE]),
    (make("rbf", {"units": 3}), [(7,)]),
    (make("lstm", {"units": 3, "projection": 2, "sequences": False}), [SEQUENCE]),
    (make("gru", {"units": 3, "reset_after": True}), [SEQUENCE]),
    (make("rnn", {"units": 3, "layers": 2, "sequences": False}), [SEQUENCE]),
    (make("lstm", {"units": 3, "projection": 2, "layers": 3, "bidirectional": True}), [SEQUENCE]),
    (make("embedding", {"vocabulary": 11, "units": 3}), [(7,)]),
    (make("psroi_pool2d", {"bins": (2, 3)}), [(12, 7, 5), (4,)]),
    (make("adaptive_avg_pool2d", {"bins": (3, 2)}), [(4, 7, 5)]),
]
LAYERS = [trace_layer(case.op, case.inputs) for case in KNOWN] + [
    trace_layer(*more) for more in MORE
]

each = pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.op.name)


def found(layer: LayerTrace) -> dict[str, Step]:
    return {step.quantity: step for step in steps(layer)}


@each
def test_the_numbers_of_every_step_give_its_result(layer: LayerTrace) -> None:
    for step in steps(layer):
        if step.numbers and "×" not in step.numbers:
            assert worked_out(step.numbers) == step.result, step


@each
def test_every_fact_has_a_step(layer: LayerTrace) -> None:
    by_name = found(layer)
    if "output" not in by_name:
        for name, extent in zip(OUT_AXES[len(layer.out)], layer.out, strict=True):
            assert by_name[name].result == extent
    for tensor in layer.op.params(*layer.inputs):
        step = by_name[tensor.name]
        assert step.result == prod(tensor.shape)
        assert step.numbers, "its arithmetic is shown"
    counts = dict(zip(COUNTS, layer.facts.columns[COUNTED], strict=True))
    for kind, count in counts.items():
        if count and kind in Work._fields:
            assert by_name[kind].result == count
            assert by_name[kind].numbers, f"the arithmetic of {kind} is shown"
    for name in ("gemm_m", "gemm_n", "gemm_k"):
        if layer.columns[name] is not None:
            assert by_name[name].result == layer.columns[name]


@each
def test_the_roles_add_up_to_the_parameters(layer: LayerTrace) -> None:
    trained = sum(layer.columns[f"{role}_params"] for role in ("weight", "bias", "norm"))
    assert found(layer)["params"].result == trained
    assert found(layer).get("buffers", Step("", "", "", 0)).result == layer.columns["buffers"]


@each
def test_names_in_a_formula_are_all_replaced(layer: LayerTrace) -> None:
    words = {"max", "gcd", "times"}
    for step in steps(layer):
        left = "".join(char if char.isalpha() and char.isascii() else " " for char in step.numbers)
        assert set(left.split()) <= words, step


@each
def test_a_derivation_can_be_written_down(layer: LayerTrace) -> None:
    text = written(field.derivation(layer, [PIXEL] * len(layer.inputs), "layer"))
    assert text.endswith("\n")
    assert "None" not in text


# Sums, and so additions, one by one.


def tallied(layer: LayerTrace, positions: list[Any]) -> int:
    """Additions where each product goes to one of the positions: all but the first are added."""
    return len(positions) - len(set(positions))


@given(st.integers(1, 6), st.integers(1, 5), st.integers(1, 5), st.integers(1, 4))
def test_a_transposed_convolution_adds_where_kernels_overlap(
    size: int, kernel: int, stride: int, dilation: int
) -> None:
    op = make(
        "conv_transpose2d",
        {
            **{"filters": 1, "kernel": (kernel, 1), "stride": (stride, 1)},
            **{"dilation": (dilation, 1), "bias": False},
        },
    )
    layer = trace_layer(op, [(1, size, 1)])
    fallen = [i * stride + tap * dilation for i in range(size) for tap in range(kernel)]
    assert multiplications(layer) == len(fallen)
    assert additions(layer) == tallied(layer, fallen)


SUMMED = [  # op, input, products, sums, other additions
    (conv(2, 3, bias=False), (3, 5, 5), 2 * 9 * 27, 2 * 9, 0),
    (conv(4, 3, groups=2), (6, 5, 5), 4 * 9 * 27, 4 * 9, 4 * 9),
    (make("linear", {"units": 5}), (7,), 5 * 7, 5, 5),
    # two maps read by the first filter, one by the second: 18 and 9 products a position
    (
        make("partial_conv2d", {"filters": 2, "kernel": 3, "connections": [[0, 1], [2]]}),
        (3, 5, 5),
        27 * 9,
        2 * 9,
        2 * 9,
    ),
    # 7 steps, 4 gates of 3 units from 5 features and 2 outputs, then 2 sums over 3 units; the
    # additions of five sigmoids and tanh and of the cell: 8 for each unit
    (
        make("lstm", {"units": 3, "projection": 2}),
        (7, 5),
        7 * (12 * (5 + 2) + 2 * 3),
        7 * (12 + 2),
        7 * (12 + 8 * 3),
    ),
    # of two layers, both directions: 4 cells, those behind reading 2 · 3 features
    (
        make("rnn", {"units": 3, "layers": 2, "bidirectional": True}),
        (7, 5),
        7 * 2 * 3 * (5 + 3 + 6 + 3),
        7 * 4 * 3,
        7 * 4 * 3 * (1 + 2),
    ),
    # a bias for each gate, twice; the additions of the gates and of the state: 6 for each unit
    (
        make("gru", {"units": 3, "reset_after": True}),
        (7, 5),
        7 * 9 * (5 + 3),
        7 * 9,
        7 * (2 * 9 + 6 * 3),
    ),
]


@pytest.mark.parametrize(("op", "shape", "products", "sums", "others"), SUMMED, ids=str)
def test_a_sum_takes_one_addition_fewer_than_it_has_products(
    op: Op, shape: tuple[int, ...], products: int, sums: int, others: int
) -> None:
    layer = trace_layer(op, [shape])
    assert layer.columns["macs"] == products
    assert additions(layer) == products - sums + others


def test_what_does_no_products_adds_what_it_adds() -> None:
    layer = trace_layer(
        make("avg_pool2d", {"kernel": 3, "stride": 1, "rounding": "floor"}), [(2, 5, 5)]
    )
    assert (multiplications(layer), additions(layer)) == (0, 2 * 9 * (9 - 1))


# TensorFlow's order of weights.

ORDERED = [  # op, input, kernel height and width, inputs, outputs
    (conv(7, (3, 5)), (4, 9, 9), (3, 5, 4, 7)),
    (conv(6, (3, 5), groups=2), (4, 9, 9), (3, 5, 4 // 2, 6)),
    (make("depthwise_conv2d", {"kernel": (3, 5), "multiplier": 2}), (4, 9, 9), (3, 5, 4, 2)),
    (make("conv_transpose2d", {"filters": 7, "kernel": (3, 5)}), (4, 9, 9), (3, 5, 7, 4)),
    (make("linear", {"units": 7}), (4, 3, 3), (36, 7)),
]


@pytest.mark.parametrize(("op", "shape", "ordered"), ORDERED, ids=str)
def test_a_weight_in_tensorflows_order(
    op: Op, shape: tuple[int, ...], ordered: tuple[int, ...]
) -> None:
    assert op.tensorflow(shape) == ordered
    (weight,) = (tensor for tensor in op.params(shape) if tensor.name == "weight")
    assert prod(ordered) == prod(weight.shape)
    assert weight.role != BUFFER


# The receptive field.


@each
def test_the_step_of_a_field_is_that_of_a_network(layer: LayerTrace) -> None:
    before = Field(11, 13, 4, 8, 1, 3)
    written_down = {
        step.quantity: step for step in field.steps(layer, [before] * len(layer.inputs), "layer")
    }
    if "receptive_field" in written_down:
        assert written_down["receptive_field"].result is None
        assert written_down["receptive_field"].formula.startswith("none: ")
        return
    behind = through(before, layer.facts.window, layer.facts.pads)  # type: ignore[arg-type]
    sizes = [written_down[f"receptive_field_{axis}"].result for axis in "hw"]
    assert tuple(sizes) == behind.size
    for step in written_down.values():
        if step.numbers:
            assert worked_out(step.numbers) == step.result, step


def test_both_axes_are_written_once_where_they_are_alike() -> None:
    alike = written(steps(trace_layer(conv(1, 3, padding="same"), [(1, 6, 6)])))
    assert "out_height = out_width = ⌈n/s⌉" in alike
    assert "pad_top = pad_left = ⌊P/2⌋" in alike
    different = written(steps(trace_layer(conv(1, 3, padding="same"), [(1, 6, 7)])))
    assert "  out_height = ⌈n/s⌉\n             = ⌈6/1⌉ = 6\n" in different
    assert "  out_width = ⌈n/s⌉\n            = ⌈7/1⌉ = 7\n" in different


def test_an_unknown_op_is_explained_as_unknown() -> None:
    layer = trace_layer(make("unknown", {"kind": "warp", "shape": (1, 7, 7)}), [(1, 5, 5)])
    assert found(layer)["output"].result == "1×7×7"
    assert found(layer)["params"].result is None
    assert "'warp' is an op archdb does not know" in found(layer)["params"].formula
    behind = trace_layer(conv(1, 3), [None])
    assert found(behind)["output"].result is None
