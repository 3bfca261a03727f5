"""What ONNX files that packages ship have in them, and exporters' files of light networks have not:
cells written out step by step, grids of coordinates, gates put into another order."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from onnx_writer import FLOAT, data, graph, model, node, number, scalar, tensor, value_info

from archdb.analysis.layer_table import params
from archdb.analysis.profile import Profile, derive
from archdb.errors import DefinitionError
from archdb.sources.base import Imported, from_onnx

OUT = value_info("y", None)


def whole(name: str, *numbers: int) -> bytes:
    return tensor(name, (len(numbers),), numbers)


def imported(
    path: Path, nodes: Sequence[bytes], tensors: Sequence[bytes], *shape: int | str, **more: Any
) -> Imported:
    inputs = [value_info("x", shape), *more.pop("inputs", ())]
    path.write_bytes(model(graph(nodes, tensors, inputs, [OUT])))
    return from_onnx(path, **more)


def exact(path: Path, nodes: Sequence[bytes], tensors: Sequence[bytes], *shape: Any) -> Profile:
    made = imported(path, nodes, tensors, *shape)
    assert made.report.verdict == "exact"
    return derive(made.network)


def ops(found: Profile) -> list[str]:
    return [layer.op.name for layer in found.network][1:]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "made.onnx"


def test_a_matrix_that_several_layers_read_is_one_and_their_vector_is_each_layers(
    path: Path,
) -> None:
    """A cell written out three times: 12 x 12 once, work and the bias, which may be equal by
    chance, each time."""
    steps = [
        node("Gemm", [source, "w", bias], out, transB=1)
        for source, bias, out in (("x", "b", "p"), ("p", "b", "q"), ("q", "b", "y"))
    ]
    found = exact(path, steps, [tensor("w", (12, 12)), tensor("b", (12,))], "batch", 12)
    assert found.totals["weight_params"] == 12 * 12
    assert found.totals["macs"] == 3 * 12 * 12


def test_gates_that_are_put_into_another_order_are_weights(path: Path) -> None:
    """PyTorch's gates i f g o as ONNX's i o f g: cut into slices and joined again."""
    nodes, parts = [], []
    for name in ("w", "r"):
        for gate, (start, stop) in enumerate([(0, 5), (15, 20), (5, 15)]):
            whole_ = [f"{start}", f"{stop}", "0"]
            nodes.append(node("Slice", [name, *whole_], f"{name}{gate}"))
        nodes.append(node("Concat", [f"{name}{n}" for n in range(3)], f"{name}c", axis=0))
        nodes.append(node("Unsqueeze", [f"{name}c", "0"], f"{name}u"))
    nodes.append(node("LSTM", ["x", "wu", "ru"], "y", hidden_size=5, layout=1))
    parts = [whole(str(n), n) for n in (0, 5, 15, 20)]
    stored = [tensor("w", (20, 7)), tensor("r", (20, 5)), *parts]
    found = exact(path, nodes, stored, "batch", 3, 7)
    assert ops(found)[0] == "lstm"
    assert params(found.totals) == 20 * (7 + 5)
    assert found.totals["macs"] == 3 * 20 * (7 + 5)


def test_a_grid_of_coordinates_of_more_numbers_than_are_kept_has_a_shape(path: Path) -> None:
    """As detectors make it of a map of 80 x 80: 2 x 6,400 numbers that are added."""
    nodes = [
        node("Shape", ["x"], "s"),
        node("Gather", ["s", "at"], "n", axis=0),
        node("Range", ["zero", "n", "one"], "r"),
        node("Unsqueeze", ["r", "a0"], "column"),
        node("Unsqueeze", ["r", "a1"], "row"),
        node("Expand", ["column", "square"], "columns"),
        node("Expand", ["row", "square"], "rows"),
        node("Unsqueeze", ["columns", "a0"], "c0"),
        node("Unsqueeze", ["rows", "a0"], "r0"),
        node("Concat", ["c0", "r0"], "grid", axis=0),
        node("Cast", ["grid"], "g", to=FLOAT),
        node("Add", ["x", "g"], "y"),
    ]
    numbers = [tensor(name, (), [n]) for name, n in (("at", 3), ("zero", 0), ("one", 1))]
    numbers += [whole("a0", 0), whole("a1", 1), whole("square", 80, 80)]
    found = exact(path, nodes, numbers, "batch", 2, 80, 80)
    assert ops(found) == ["constant", "add"]
    assert found.totals["adds"] == 2 * 80 * 80


def test_a_file_of_one_sample_has_1_where_the_batch_is(path: Path) -> None:
    """Heads of 2 levels, each reshaped to 1 x 6 x -1 and joined along the last axis."""
    nodes = [
        node("MaxPool", ["x"], "h", kernel_shape=[2, 2], strides=[2, 2]),
        node("Reshape", ["x", "flat"], "a"),
        node("Reshape", ["h", "flat"], "b"),
        node("Concat", ["a", "b"], "j", axis=2),
        node("Relu", ["j"], "y"),
    ]
    found = exact(path, nodes, [whole("flat", 1, 6, -1)], 1, 6, 8, 8)
    assert found.table.dicts(["out_elements"])[-1]["out_elements"] == 6 * (64 + 16)


def test_a_slice_backwards_is_a_flip_or_takes_elements(path: Path) -> None:
    ends = [whole("last", -1), whole("first", -(2**63)), whole("one", 1), whole("back", -1)]
    nodes = [node("Slice", ["x", "last", "first", "one", "back"], "f"), node("Relu", ["f"], "y")]
    assert ops(exact(path, nodes, ends, "batch", 7, 12)) == ["flip", "relu"]
    ends[1] = whole("first", 3)  # 6, 5, 4
    assert ops(exact(path, nodes, ends, "batch", 7, 12)) == ["take", "relu"]


SUMS = [  # what is done to each of 7 x 12, and to each of 7 sums
    ("ReduceSumSquare", {"adds": 7 * 11, "muls": 7 * 12}),
    ("ReduceL1", {"adds": 7 * 11}),
    ("ReduceLogSumExp", {"adds": 7 * 11, "exponentials": 7 * 12 + 7}),
]


@pytest.mark.parametrize(("op", "work"), SUMS)
def test_a_sum_of_a_function_is_both(path: Path, op: str, work: dict[str, int]) -> None:
    nodes = [node(op, ["x", "axes"], "y", keepdims=0)]
    found = exact(path, nodes, [whole("axes", -1)], "batch", 7, 12)
    assert {name: found.totals[name] for name in work} == work


def test_the_largest_of_all_is_that_of_one_sample(path: Path) -> None:
    nodes = [node("ReduceMax", ["x"], "m", keepdims=0), node("Sub", ["x", "m"], "y")]
    assert ops(exact(path, nodes, [], "batch", 7, 12)) == ["reduce_max", "subtract"]


def test_numbers_that_are_no_tensor_may_be_a_hundred_thousand(path: Path) -> None:
    """A state of zeros for each of a batch is a table, and none of it is learned."""
    nodes = [
        node("ConstantOfShape", ["wide"], "zeros"),
        node("Concat", ["x", "zeros"], "j", axis=1),
        node("Relu", ["j"], "y"),
    ]
    found = exact(path, nodes, [whole("wide", 1, 100_000)], 1, 12)
    assert params(found.totals) == 0


def filled(value: float) -> bytes:
    """An attribute that is a tensor of one number."""
    return data(1, "value") + data(5, number(1, 1) + scalar("", value)) + number(20, 4)


@pytest.mark.parametrize(("value", "learned"), [(0.0, 0), (1.0, 0), (0.02, 8)])
def test_one_number_again_and_again_is_a_weight_unless_it_is_zero_or_one(
    path: Path, value: float, learned: int
) -> None:
    made = node("ConstantOfShape", ["wide"], "w") + data(5, filled(value))
    found = exact(path, [made, node("Add", ["x", "w"], "y")], [whole("wide", 8)], "batch", 8)
    assert params(found.totals) == learned


def test_the_number_of_an_input_chooses_a_branch(path: Path) -> None:
    rate = data(1, "rate") + data(2, data(1, number(1, 7) + data(2, b"")))
    branches = {
        "then_branch": graph([node("Relu", ["x"], "t")], (), (), [value_info("t", None)]),
        "else_branch": graph([node("Exp", ["x"], "e")], (), (), [value_info("e", None)]),
    }
    nodes = [node("Equal", ["rate", "usual"], "c"), node("If", ["c"], "y", **branches)]
    usual = [tensor("usual", (), [16_000])]
    made = imported(path, nodes, usual, "batch", 8, inputs=[rate], input="rate=16000")
    assert [layer.op.name for layer in made.network] == ["input", "relu"]
    assert "note: holds where its input 'rate' is 16000" in made.report.printed()
    other = imported(path, nodes, usual, "batch", 8, inputs=[rate], input="rate=8000")
    assert [layer.op.name for layer in other.network] == ["input", "exp"]
    unsaid = imported(path, nodes, usual, "batch", 8, inputs=[rate])
    assert unsaid.report.verdict == "open"


def test_numbers_made_whole_by_a_scale_are_what_they_were(path: Path) -> None:
    nodes = [
        node("DynamicQuantizeLinear", ["x"], "q", "scale", "zero"),
        node("MatMulInteger", ["q", "w", "zero"], "m"),
        node("Cast", ["m"], "f", to=FLOAT),
        node("Mul", ["f", "scale"], "y"),
    ]
    found = exact(path, nodes, [tensor("w", (12, 5))], "batch", 7, 12)
    assert ops(found) == ["linear"]
    assert (params(found.totals), found.totals["macs"]) == (60, 7 * 60)


def test_a_file_without_ops_of_onnx_says_whose_it_has(path: Path) -> None:
    opsets = data(8, data(1, "ai.onnx.ml") + number(2, 3))
    inner = graph([node("Scaler", ["x"], "y")], (), [value_info("x", ["n", 4])], [OUT])
    path.write_bytes(number(1, 8) + data(7, inner) + opsets)
    with pytest.raises(DefinitionError, match=r"only of ai\.onnx\.ml 3"):
        from_onnx(path)


def test_a_loop_that_the_file_counts_is_written_out(path: Path) -> None:
    """Three steps x := relu(x w), of one matrix; each step's x is kept as well."""
    body = graph(
        [
            node("MatMul", ["v", "w"], "m"),
            node("Relu", ["m"], "next"),
            node("Identity", ["c"], "holds"),
            node("Identity", ["next"], "kept"),
        ],
        (),
        [value_info("i", []), value_info("c", []), value_info("v", None)],
        [value_info(name, None) for name in ("holds", "next", "kept")],
    )
    nodes = [node("Loop", ["three", "", "x"], "last", "all", body=body)]
    nodes += [node("ReduceSum", ["all"], "y", keepdims=0)]
    numbers = [tensor("three", (), [3]), tensor("w", (12, 12))]
    made = imported(path, nodes, numbers, "batch", 12)
    found = derive(made.network)
    assert made.report.verdict == "exact"
    assert found.totals["weight_params"] == 12 * 12
    assert found.totals["macs"] == 3 * 12 * 12
    assert [op for op in ops(found) if op != "parameter"] == [
        *3 * ["linear", "relu"],
        "stack",
        "reduce_sum",
    ]


def test_a_loop_that_the_input_counts_is_open_and_leaves_nothing_behind(path: Path) -> None:
    body = graph(
        [node("Relu", ["v"], "next"), node("ReduceMax", ["next"], "holds", keepdims=0)],
        (),
        [value_info("i", []), value_info("c", []), value_info("v", None)],
        [value_info(name, None) for name in ("holds", "next")],
    )
    nodes = [node("Loop", ["", "", "x"], "last", body=body), node("Relu", ["last"], "y")]
    made = imported(path, nodes, [], "batch", 12)
    assert made.report.verdict == "open"
    assert [layer.op.name for layer in made.network] == ["input", "unknown", "unknown"]
    assert "until its numbers end it" in str(made.report.printed())


def test_parts_in_a_list_are_the_parts(path: Path) -> None:
    nodes = [
        node("SplitToSequence", ["x", "sizes"], "parts", axis=1),
        node("SequenceAt", ["parts", "one"], "b"),
        node("SequenceEmpty", [], "none"),
        node("SequenceInsert", ["none", "b"], "some"),
        node("SequenceInsert", ["some", "b", "zero"], "more"),
        node("ConcatFromSequence", ["more"], "j", axis=1),
        node("Relu", ["j"], "y"),
    ]
    numbers = [whole("sizes", 4, 8), tensor("one", (), [1]), tensor("zero", (), [0])]
    found = exact(path, nodes, numbers, "batch", 12)
    assert ops(found)[-2:] == ["concat", "relu"]
    assert found.table.dicts(["out_elements"])[-1]["out_elements"] == 8 + 8


@pytest.mark.parametrize(("op", "learned"), [("ScatterND", 0), ("ScatterElements", 2)])
def test_what_is_written_into_places_is_taken_from_both(path: Path, op: str, learned: int) -> None:
    """Learned numbers, or those of a mask, among those that arrive."""
    nodes = [node(op, ["x", "places", "new"], "s"), node("MatMul", ["s", "w"], "y")]
    places = tensor("places", (1, 2), [0, 3])
    found = exact(
        path, nodes, [places, tensor("new", (1, 2)), tensor("w", (12, 5))], "batch", 7, 12
    )
    assert {"concat", "take"} <= set(ops(found))
    assert (params(found.totals), found.totals["macs"]) == (learned + 60, 7 * 60)


def test_one_sample_of_which_a_part_is_taken_where_the_batch_is_folded(path: Path) -> None:
    """Frames of a signal: 1 x 32 as 8 x 4, of which 8 - 3 begin a window each."""
    nodes = [
        node("Reshape", ["x", "frames"], "f"),
        node("Slice", ["f", "three", "far", "zero"], "s"),
        node("MatMul", ["s", "w"], "y"),
    ]
    numbers = [whole("frames", -1, 4), whole("three", 3), whole("far", 1000), whole("zero", 0)]
    found = exact(path, nodes, [*numbers, tensor("w", (4, 6))], 1, 32)
    assert found.totals["macs"] == 5 * 4 * 6


def test_what_follows_an_op_that_is_not_known_is_counted(path: Path) -> None:
    """Of a sine's inverse the shape is known, though not its work."""
    nodes = [node("Asin", ["x"], "a"), node("MatMul", ["a", "w"], "y")]
    made = imported(path, nodes, [tensor("w", (12, 5))], "batch", 7, 12)
    assert made.report.verdict == "open"
    assert [layer.op.name for layer in made.network] == ["input", "unknown", "linear"]
