"""What the batch is folded into, and what is moved about without a layer that computes.

Each case is what a network of timm does; extents and counts are worked out by hand.
"""

from math import prod
from typing import Any

import pytest

from archdb.analysis.profile import derive
from archdb.sources.lowering import Lowered, lower
from archdb.sources.neutral import BUFFER, PARAMETER, Call, Graph, Ref, Tensor

BATCH = 61
Shape = tuple[int, ...]


def run(
    *calls: tuple[str, dict[str, Any], Shape],
    x: Shape = (BATCH, 4, 8, 8),
    stored: dict[str, Shape] | None = None,
    buffers: tuple[str, ...] = (),
) -> Lowered:
    """A chain of calls: each writes y1, y2, …, of the shape beside it, and '<' is the last."""
    tensors = {"x": Tensor("x", x, "float32", "input")}
    for name, shape in (stored or {}).items():
        tensors[name] = Tensor(name, shape, "float32", BUFFER if name in buffers else PARAMETER)
    made = []
    last = "x"
    for at, (kind, arguments, shape) in enumerate(calls):
        name = f"y{at + 1}"
        tensors[name] = Tensor(name, shape)
        given = {key: Ref(last) if value == "<" else value for key, value in arguments.items()}
        made.append(Call(kind, f"m{at + 1}", given, (name,)))
        last = name
    return lower(Graph("made", made, tensors, ["x"], [last], BATCH), "made")


def ops(found: Lowered) -> list[str]:
    """Ops behind the input that compute something or hold something."""
    free = {"input", "reshape", "permute", "expand", "slice", "take", "select", "flatten"}
    return [layer.op.name for layer in found.network if layer.op.name not in free]


def exact(found: Lowered) -> dict[str, Any]:
    """The totals of what is laid in full, each shape as recorded."""
    assert [left.why for left in found.outcome.unknown] == []
    assert found.outcome.shape_differs == ""
    assert found.outcome.compared > 0
    return dict(derive(found.network).totals)


#: Windows of 4 by 4 of a map of 8 by 8, folded into the batch (sam2_hiera, efficientvit_m1).
WINDOWS = (
    ("view", {"input": "<", "shape": [BATCH, 4, 2, 4, 2, 4]}, (BATCH, 4, 2, 4, 2, 4)),
    ("permute", {"input": "<", "dims": [0, 2, 4, 1, 3, 5]}, (BATCH, 2, 2, 4, 4, 4)),
    ("reshape", {"input": "<", "shape": [-1, 4, 4, 4]}, (4 * BATCH, 4, 4, 4)),
)


def test_a_convolution_slides_over_each_window_that_the_batch_is_folded_into() -> None:
    weights = {"input": "<", "weight": Ref("w"), "bias": None, "padding": [1, 1]}
    found = run(*WINDOWS, ("conv2d", weights, (4 * BATCH, 6, 4, 4)), stored={"w": (6, 4, 3, 3)})
    totals = exact(found)
    assert totals["weight_params"] == 6 * 4 * 9
    assert totals["macs"] == 4 * 6 * 4 * 4 * 4 * 9
    assert totals["activations"] >= 4 * 6 * 4 * 4


def test_a_depthwise_convolution_of_folded_windows_has_as_many_groups() -> None:
    weights = {"input": "<", "weight": Ref("w"), "bias": None, "padding": [1, 1], "groups": 4}
    found = run(*WINDOWS, ("conv2d", weights, (4 * BATCH, 4, 4, 4)), stored={"w": (4, 1, 3, 3)})
    assert exact(found)["macs"] == 4 * 4 * 4 * 4 * 9


@pytest.mark.parametrize(
    ("kind", "arguments", "side", "op"),
    [
        ("max_pool2d", {"kernel_size": 2}, 2, "max_pool2d"),
        ("avg_pool2d", {"kernel_size": 2}, 2, "avg_pool2d"),
        ("adaptive_avg_pool2d", {"output_size": 2}, 2, "adaptive_avg_pool2d"),
        ("adaptive_avg_pool2d", {"output_size": 1}, 1, "global_avg_pool2d"),
        ("interpolate", {"scale_factor": 2, "mode": "bilinear"}, 8, "resize2d"),
    ],
)
def test_what_treats_each_channel_alone_takes_folded_windows_as_channels(
    kind: str, arguments: dict[str, Any], side: int, op: str
) -> None:
    found = run(*WINDOWS, (kind, {"input": "<", **arguments}, (4 * BATCH, 4, side, side)))
    assert exact(found)["weight_params"] == 0
    assert ops(found) == [op]


def test_what_the_batch_is_folded_into_may_be_repeated() -> None:
    """The relative positions of botnet26t: along an axis of 1 behind the folded batch."""
    found = run(
        *WINDOWS,
        ("unsqueeze", {"input": "<", "dim": 2}, (4 * BATCH, 4, 1, 4, 4)),
        ("expand", {"input": "<", "size": [-1, -1, 3, -1, -1]}, (4 * BATCH, 4, 3, 4, 4)),
    )
    exact(found)
    assert found.network.layers[-1].op.name == "expand"


def test_repeated_queries_are_folded_into_the_batch() -> None:
    """gcvit: one query for all windows of an image, the windows behind the batch."""
    exact(run(("repeat_interleave", {"input": "<", "repeats": 4, "dim": 0}, (4 * BATCH, 4, 8, 8))))


def test_tiles_of_a_learned_tensor() -> None:
    """hieradet: a position embedding of a window, side by side over the map."""
    found = run(
        ("tile", {"input": Ref("w"), "repeats": [2, 2]}, (1, 4, 8, 8)),
        ("add", {"input": Ref("x"), "other": "<"}, (BATCH, 4, 8, 8)),
        stored={"w": (1, 4, 4, 4)},
    )
    assert exact(found)["weight_params"] == 4 * 4 * 4


def test_windows_along_an_axis_overlap() -> None:
    """halonet: blocks of 8 with a halo; as many elements are read as there are in all windows."""
    found = run(
        ("unfold", {"input": "<", "dim": 2, "size": 4, "step": 2}, (BATCH, 4, 3, 8, 4)),
        ("relu", {"input": "<"}, (BATCH, 4, 3, 8, 4)),
    )
    assert exact(found)["comparisons"] == 4 * 3 * 8 * 4
    assert ops(found) == ["relu"]


def test_patches_are_taken_apart_and_put_together() -> None:
    """volo: outlook attention."""
    window = {"kernel_size": 3, "padding": 1, "stride": 2}
    found = run(
        ("im2col", {"input": "<", **window}, (BATCH, 4 * 9, 16)),
        ("col2im", {"input": "<", "output_size": [8, 8], **window}, (BATCH, 4, 8, 8)),
    )
    assert exact(found)["adds"] == 4 * 9 * 16
    assert ops(found) == ["unfold", "fold"]


def test_a_part_that_is_written_over_is_joined_with_the_rest() -> None:
    """mvitv2_base_cls: scores[:, :, 1:, 1:] += relative positions."""
    whole = {"slice": [None, None, None]}
    index = [whole, whole, {"slice": [1, None, None]}, {"slice": [1, None, None]}]
    found = run(
        ("getitem", {"input": "<", "index": index}, (BATCH, 4, 7, 7)),
        ("relu", {"input": "<"}, (BATCH, 4, 7, 7)),
        ("setitem", {"input": Ref("x"), "index": index, "value": "<"}, (BATCH, 4, 8, 8)),
    )
    assert exact(found)["comparisons"] == 4 * 7 * 7
    assert [op for op in ops(found) if op != "trim2d"] == ["relu", "concat", "concat"]


def test_an_empty_part_is_joined_to_nothing() -> None:
    """eva without a class token: q[:, :, :0] before the rotated rest."""
    none = {"slice": [None, None, None]}
    empty = {"input": Ref("x"), "index": [none, none, {"slice": [None, 0, None]}]}
    found = run(
        ("getitem", empty, (BATCH, 4, 0, 8)),
        ("cat", {"tensors": [Ref("y1"), Ref("x")], "dim": 2}, (BATCH, 4, 8, 8)),
        ("relu", {"input": "<"}, (BATCH, 4, 8, 8)),
    )
    exact(found)
    assert ops(found) == ["relu"]


def test_elements_at_listed_places() -> None:
    """csatv2: the coefficients of a cosine transform, in zigzag."""
    none = {"slice": [None, None, None]}
    found = run(("getitem", {"input": "<", "index": [none, [2, 0, 1]]}, (BATCH, 3, 8, 8)))
    exact(found)
    assert found.network.layers[-1].op.name == "take"


def test_one_of_a_learned_vector_is_spread_over_all() -> None:
    """efficientvim: a weighted sum of heads."""
    found = run(
        ("softmax", {"input": Ref("w"), "dim": -1}, (4,)),
        ("getitem", {"input": "<", "index": 1}, ()),
        ("mul", {"input": "<", "other": Ref("x")}, (BATCH, 4, 8, 8)),
        stored={"w": (4,)},
    )
    totals = exact(found)
    assert totals["norm_params"] == 4
    assert totals["muls"] == 4 * 8 * 8


def test_a_sequence_of_three_vectors_is_convolved_over_their_features() -> None:
    """coat: the class tokens of three scales are the channels, their features the length."""
    found = run(
        ("select", {"input": "<", "dim": 3, "index": 0}, (BATCH, 4, 8)),
        ("permute", {"input": "<", "dims": [0, 2, 1]}, (BATCH, 8, 4)),
        ("linear", {"input": "<", "weight": Ref("v"), "bias": None}, (BATCH, 8, 5)),
        ("conv1d", {"input": "<", "weight": Ref("w"), "bias": None}, (BATCH, 2, 5)),
        stored={"v": (5, 4), "w": (2, 8, 1)},
    )
    totals = exact(found)
    assert totals["weight_params"] == 5 * 4 + 2 * 8
    assert totals["macs"] == 8 * 5 * 4 + 2 * 8 * 5


def test_a_fixed_kernel_is_no_parameter() -> None:
    """resnetblur: what blurs is a table."""
    weights = {"input": "<", "weight": Ref("w"), "bias": None, "stride": 2, "groups": 4}
    found = run(("conv2d", weights, (BATCH, 4, 3, 3)), stored={"w": (4, 1, 3, 3)}, buffers=("w",))
    totals = exact(found)
    assert (totals["weight_params"], totals["buffers"]) == (0, 0)
    assert totals["macs"] == 4 * 3 * 3 * 9
    assert ops(found) == ["constant", "conv2d"]


def test_what_layers_of_two_kinds_read_is_a_layer_of_its_own() -> None:
    """A matrix that multiplies, and stands transposed in another product: counted once."""
    found = run(
        ("linear", {"input": "<", "weight": Ref("w"), "bias": None}, (BATCH, 4, 8, 8)),
        ("linear", {"input": "<", "weight": Ref("w"), "bias": Ref("b")}, (BATCH, 4, 8, 8)),
        stored={"w": (8, 8), "b": (8,)},
    )
    totals = exact(found)
    assert (totals["weight_params"], totals["bias_params"]) == (64, 8)
    assert totals["macs"] == 2 * prod((4, 8, 8, 8))
    assert ops(found) == ["parameter", "linear", "linear"]


def test_an_equation_keeps_what_the_batch_is_folded_into() -> None:
    """samvit: relative positions of each window by an equation."""
    operands = {"equation": "bhwc,hkc->bhwk", "operands": [Ref("y3"), Ref("w")]}
    found = run(*WINDOWS, ("einsum", operands, (4 * BATCH, 4, 4, 5)), stored={"w": (4, 5, 4)})
    totals = exact(found)
    assert totals["weight_params"] == 4 * 5 * 4
    assert totals["macs"] == 4 * 4 * 4 * 5 * 4


def test_rows_of_a_map_are_sequences_of_their_own() -> None:
    """sequencer2d: an LSTM in both directions along each row, PyTorch's two biases in each."""
    one = {"ih": (12, 4), "hh": (12, 3), "bih": (12,), "bhh": (12,)}
    stored = {f"w{name}{way}": shape for way in ("", "_back") for name, shape in one.items()}
    cell = {
        "input": "<",
        "hx": [Ref("zero"), Ref("zero")],
        "weights": [Ref(name) for name in stored],
        "has_biases": True,
        "num_layers": 1,
        "bidirectional": True,
        "batch_first": True,
    }
    found = run(
        ("permute", {"input": "<", "dims": [0, 2, 3, 1]}, (BATCH, 8, 8, 4)),
        ("reshape", {"input": "<", "shape": [-1, 8, 4]}, (8 * BATCH, 8, 4)),
        ("lstm", cell, (8 * BATCH, 8, 6)),
        stored={**stored, "zero": (2, 8 * BATCH, 3)},
        buffers=("zero",),
    )
    totals = exact(found)
    assert totals["weight_params"] == 2 * 12 * (4 + 3)
    assert totals["bias_params"] == 2 * 2 * 12
    assert totals["macs"] == 2 * 8 * 8 * 12 * (4 + 3)


def test_a_fixed_factor_for_each_channel_is_no_parameter() -> None:
    """csatv2: an image is divided by the deviations of ImageNet."""
    found = run(
        ("unsqueeze", {"input": Ref("w"), "dim": [1, 2]}, (4, 1, 1)),
        ("mul", {"input": Ref("x"), "other": "<"}, (BATCH, 4, 8, 8)),
        stored={"w": (4,)},
        buffers=("w",),
    )
    assert exact(found)["norm_params"] == 0
    assert ops(found) == ["constant", "multiply"]


def test_a_table_of_words_that_a_product_reads_too_is_counted_once() -> None:
    """A language model whose last layer is its embedding."""
    found = run(
        ("embedding", {"input": "<", "weight": Ref("w")}, (BATCH, 7, 4)),
        ("linear", {"input": "<", "weight": Ref("w"), "bias": None}, (BATCH, 7, 9)),
        x=(BATCH, 7),
        stored={"w": (9, 4)},
    )
    totals = exact(found)
    assert totals["weight_params"] == 9 * 4
    assert totals["macs"] == 7 * 9 * 4
    assert ops(found) == ["parameter", "linear"]


def test_a_sum_over_seven_axes_takes_neighbours_for_one() -> None:
    """mvit: relative positions along height and width of queries and keys, of each head."""
    none = {"slice": [None, None, None]}
    found = run(
        ("view", {"input": "<", "shape": [BATCH, 2, 2, 2, 2, 4, 4]}, (BATCH, 2, 2, 2, 2, 4, 4)),
        (
            "getitem",
            {"input": "<", "index": [none] * 6 + [None, none]},
            (BATCH, 2, 2, 2, 2, 4, 1, 4),
        ),
        ("add", {"input": "<", "other": Ref("w")}, (BATCH, 2, 2, 2, 2, 4, 3, 4)),
        ("reshape", {"input": "<", "shape": [BATCH, 16, 48]}, (BATCH, 16, 48)),
        ("relu", {"input": "<"}, (BATCH, 16, 48)),
        x=(BATCH, 4, 8, 8),
        stored={"w": (3, 1)},
    )
    totals = exact(found)
    assert totals["weight_params"] == 3
    assert totals["adds"] == totals["comparisons"] == 16 * 48


def test_what_works_on_seven_axes_at_once_is_left_open() -> None:
    found = run(
        ("unsqueeze", {"input": "<", "dim": 1}, (BATCH, 1, 4, 8, 8)),
        ("expand", {"input": "<", "size": [-1, 2, 4, 8, 8]}, (BATCH, 2, 4, 8, 8)),
        (
            "view",
            {"input": "<", "shape": [BATCH, 2, 2, 2, 2, 4, 2, 4]},
            (BATCH, 2, 2, 2, 2, 4, 2, 4),
        ),
        ("relu", {"input": "<"}, (BATCH, 2, 2, 2, 2, 4, 2, 4)),
    )
    assert found.outcome.unknown


def test_kernels_of_each_image_are_read_by_its_convolution() -> None:
    """CondConv (yang2019): the batch is folded into the channels, and into the groups."""
    found = run(
        ("mean", {"input": Ref("x"), "dim": [2, 3]}, (BATCH, 4)),
        ("linear", {"input": "<", "weight": Ref("w"), "bias": None}, (BATCH, 6 * 4 * 9)),
        ("view", {"input": "<", "shape": [BATCH * 6, 4, 3, 3]}, (BATCH * 6, 4, 3, 3)),
        ("view", {"input": Ref("x"), "shape": [1, BATCH * 4, 8, 8]}, (1, BATCH * 4, 8, 8)),
        (
            "conv2d",
            {"input": "<", "weight": Ref("y3"), "bias": None, "padding": [1, 1], "groups": BATCH},
            (1, BATCH * 6, 8, 8),
        ),
        ("view", {"input": "<", "shape": [BATCH, 6, 8, 8]}, (BATCH, 6, 8, 8)),
        ("relu", {"input": "<"}, (BATCH, 6, 8, 8)),
        stored={"w": (6 * 4 * 9, 4)},
    )
    totals = exact(found)
    assert totals["weight_params"] == 6 * 4 * 9 * 4
    assert totals["macs"] == 6 * 4 * 9 * 4 + 6 * 4 * 9 * 64


def test_volumes_that_the_batch_is_folded_into_share_their_kernel() -> None:
    """mvit: each head's keys are pooled by one convolution."""
    kernel = {"input": "<", "weight": Ref("w"), "bias": None, "padding": [1, 1, 1], "groups": 2}
    found = run(
        ("reshape", {"input": "<", "shape": [2 * BATCH, 2, 4, 4, 4]}, (2 * BATCH, 2, 4, 4, 4)),
        ("conv3d", kernel, (2 * BATCH, 2, 4, 4, 4)),
        x=(BATCH, 4, 4, 16),
        stored={"w": (2, 1, 3, 3, 3)},
    )
    totals = exact(found)
    assert totals["weight_params"] == 2 * 27
    assert totals["macs"] == 2 * 2 * 64 * 27


def test_two_batches_behind_each_other_come_apart_again() -> None:
    """RAFT: both images through one encoder, instance norm by instance norm."""
    found = run(
        ("cat", {"tensors": [Ref("x"), Ref("x")], "dim": 0}, (2 * BATCH, 4, 8, 8)),
        ("conv2d", {"input": "<", "weight": Ref("w"), "bias": None}, (2 * BATCH, 6, 8, 8)),
        (
            "instance_norm",
            {"input": "<", "running_mean": None, "running_var": None, "eps": 1e-5},
            (2 * BATCH, 6, 8, 8),
        ),
        ("narrow", {"input": "<", "dim": 0, "start": BATCH, "length": BATCH}, (BATCH, 6, 8, 8)),
        ("relu", {"input": "<"}, (BATCH, 6, 8, 8)),
        stored={"w": (6, 4, 1, 1)},
    )
    totals = exact(found)
    assert totals["weight_params"] == 24
    assert totals["macs"] == 2 * 6 * 4 * 64


def test_each_position_reads_a_map_of_its_own() -> None:
    """RAFT: correlations of each position, read around a point."""
    folded = (16 * BATCH, 1, 4, 4)
    found = run(
        ("reshape", {"input": "<", "shape": list(folded)}, folded),
        ("reshape", {"input": Ref("x"), "shape": [16 * BATCH, 2, 4, 2]}, (16 * BATCH, 2, 4, 2)),
        ("grid_sample", {"input": Ref("y1"), "grid": "<"}, (16 * BATCH, 1, 2, 4)),
        x=(BATCH, 4, 8, 8),
    )
    assert exact(found)["muls"] == 4 * 16 * 2 * 4


def test_two_tables_pick_from_two_axes_at_once() -> None:
    """lambda_resnet26rpt: a table of relative positions, read by rows and columns."""
    found = run(
        ("getitem", {"input": Ref("w"), "index": [Ref("rows"), Ref("columns")]}, (4, 8, 8)),
        ("add", {"input": Ref("x"), "other": "<"}, (BATCH, 4, 8, 8)),
        stored={"w": (15, 15), "rows": (4, 8, 1), "columns": (1, 8)},
        buffers=("rows", "columns"),
    )
    assert exact(found)["weight_params"] == 15 * 15


@pytest.mark.parametrize("part", ["w", "t"])
@pytest.mark.parametrize("kind", ["write_through_a_view", "ScatterND"])
def test_zeros_written_into_a_learned_tensor_leave_it_what_it_is(kind: str, part: str) -> None:
    """Swin 2: the bias of keys is set to zero before it is added."""
    calls = [
        Call(kind, "m", {"0": Ref("w"), "1": Ref(part)}, ("y1",)),
        Call("add", "m", {"input": Ref("x"), "other": Ref("y1")}, ("y2",)),
    ]
    graph = Graph(
        "made",
        calls,
        {
            "x": Tensor("x", (BATCH, 8, 4), "float32", "input"),
            "w": Tensor("w", (4,), "float32", PARAMETER),
            "t": Tensor("t", (2,), "float32", BUFFER),
            "y1": Tensor("y1", (4,)),
            "y2": Tensor("y2", (BATCH, 8, 4)),
        },
        ["x"],
        ["y2"],
        BATCH,
    )
    totals = exact(lower(graph, "made"))
    assert sum(totals[f"{role}_params"] for role in ("weight", "bias", "norm")) == 4


def test_a_learned_tensor_written_into_another_is_open() -> None:
    calls = [
        Call("ScatterND", "m", {"0": Ref("w"), "1": Ref("v")}, ("y1",)),
        Call("add", "m", {"input": Ref("x"), "other": Ref("y1")}, ("y2",)),
    ]
    tensors = {name: Tensor(name, (4,), "float32", PARAMETER) for name in "wv"}
    tensors["x"] = Tensor("x", (BATCH, 8, 4), "float32", "input")
    tensors |= {"y1": Tensor("y1", (4,)), "y2": Tensor("y2", (BATCH, 8, 4))}
    found = lower(Graph("made", calls, tensors, ["x"], ["y2"], BATCH), "made")
    assert any("another" in left.why for left in found.outcome.unknown)
