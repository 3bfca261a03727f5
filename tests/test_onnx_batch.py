"""Where the batch of an ONNX input stands: behind the steps too, and whatever sizes are given."""

from pathlib import Path

import pytest
from onnx_writer import graph, model, node, tensor, value_info

from archdb.analysis.fingerprint import fingerprint
from archdb.analysis.profile import derive
from archdb.errors import ArchdbError
from archdb.model.graph import Network
from archdb.sources.base import from_onnx

#: An input of 7 steps of 12 features, the steps first, and what a user gives for it.
STEPS_FIRST = [
    ((7, 1, 12), None),
    ((7, "n", 12), None),
    ((7, "n", 12), "n=1"),
    ((7, "n", 12), "x=7x12"),
    (("t", "n", 12), "t=7"),
    (("t", "n", 12), "t=7,n=1"),
    (("t", "n", 12), "x=7x12"),
    (("t", 1, 12), "t=7"),
]


def recurrent(path: Path, shape: tuple[int | str, ...], ways: int, given: str | None) -> Network:
    """An LSTM of 128 units that begins with zeros for each sample; what it gives last, made
    features and doubled, so that it takes all samples for themselves."""
    direction = "bidirectional" if ways == 2 else "forward"
    reads = ["x", "w", "r", "", "", "zeros", "zeros"]
    nodes = [
        node("Shape", ["x"], "extents"),
        node("Gather", ["extents", "second"], "samples", axis=0),
        node("Concat", ["ways", "samples", "units"], "size", axis=0),
        node("ConstantOfShape", ["size"], "zeros"),
        node("LSTM", reads, "all", "last", hidden_size=128, direction=direction),
        node("Transpose", ["last"], "turned", perm=[1, 0, 2]),
        node("Reshape", ["turned", "flat"], "features"),
        node("Add", ["features", "features"], "y"),
        node("Relu", ["all"], "z"),
    ]
    numbers = {"second": [1], "ways": [ways], "units": [128], "flat": [-1, 128 * ways]}
    tensors = [tensor("w", (ways, 512, 12)), tensor("r", (ways, 512, 128))]
    tensors += [tensor(name, (len(values),), values) for name, values in numbers.items()]
    outputs = [value_info("y", None), value_info("z", None)]
    path.write_bytes(model(graph(nodes, tensors, [value_info("x", shape)], outputs)))
    return from_onnx(path, input=given).network


@pytest.mark.parametrize("ways", [1, 2])
def test_steps_may_come_before_the_batch(tmp_path: Path, ways: int) -> None:
    found = set()
    for shape, given in STEPS_FIRST:
        network = recurrent(tmp_path / "steps.onnx", shape, ways, given)
        profile = derive(network)
        assert network.layers[0].op.attributes()["shape"] == (7, 12)
        assert profile.totals["macs"] == 7 * ways * 512 * (12 + 128)
        assert profile.totals["weight_params"] == ways * 512 * (12 + 128)
        found.add(fingerprint(network))
    assert len(found) == 1


SIZES = [  # what an input is in the file, what a user gives, what is said
    (("n", 3, "h", "w"), "x=2x3x8x8", "one sample, not 2"),
    (("n", 3, "h", "w"), "x=8x8", "3 axes beside the batch, and 2 sizes"),
    (("n", 3, "h", "w"), "x=3x8x8x8x8", "3 axes beside the batch, and 5 sizes"),
    ((5, "w"), "x=5x8x8", "2 axes beside the batch, and 3 sizes are given"),
    (("n", "t"), "n=2,t=8", "'n' is the batch"),
]


@pytest.mark.parametrize(("shape", "given", "said"), SIZES)
def test_sizes_that_are_not_those_of_the_axes_are_refused(
    tmp_path: Path, shape: tuple[int | str, ...], given: str, said: str
) -> None:
    path = tmp_path / "sizes.onnx"
    inputs, outputs = [value_info("x", shape)], [value_info("y", None)]
    path.write_bytes(model(graph([node("Relu", ["x"], "y")], [], inputs, outputs)))
    with pytest.raises(ArchdbError, match=said) as refused:
        from_onnx(path, input=given)
    assert refused.value.remedy


@pytest.mark.parametrize(
    ("shape", "given", "own"),
    [
        (("n", 3, "h", "w"), "x=1x3x8x9", [3, 8, 9]),
        (("n", 3, "h", "w"), "x=3x8x9", [3, 8, 9]),
        (("n", 3, "h", "w"), "8", [3, 8, 8]),
        (("n", 3, "h", "w"), "h=8,w=9", [3, 8, 9]),
        ((5, "w"), "x=5x9", [5, 9]),
        (("n", "t"), "t=9", [9]),
    ],
)
def test_sizes_are_given_with_the_batch_or_without(
    tmp_path: Path, shape: tuple[int | str, ...], given: str, own: list[int]
) -> None:
    path = tmp_path / "sizes.onnx"
    inputs, outputs = [value_info("x", shape)], [value_info("y", None)]
    path.write_bytes(model(graph([node("Relu", ["x"], "y")], [], inputs, outputs)))
    assert from_onnx(path, input=given).network.layers[0].op.attributes()["shape"] == tuple(own)


@pytest.mark.parametrize("samples", [1, "n"])
@pytest.mark.parametrize("steps", [1, 5])
def test_rows_of_all_samples_hold_the_features(
    tmp_path: Path, samples: int | str, steps: int
) -> None:
    """Steps of each sample before 4 heads of 3, as attention gives them, as rows of 12 features for
    a matrix: of a file that fixes its batch to 1 only the elements before tell where it is."""
    rows = steps if samples == 1 else -1
    nodes = [
        node("Transpose", ["x"], "turned", perm=[2, 0, 1, 3]),
        node("Reshape", ["turned", "rows"], "r"),
        node("Gemm", ["r", "w"], "made", transB=1),
        node("Relu", ["made"], "y"),
    ]
    tensors = [tensor("rows", (2,), (rows, 12)), tensor("w", (9, 12))]
    inputs, outputs = [value_info("x", (samples, 4, steps, 3))], [value_info("y", None)]
    path = tmp_path / "rows.onnx"
    path.write_bytes(model(graph(nodes, tensors, inputs, outputs)))
    profile = derive(from_onnx(path).network)
    assert profile.totals["macs"] == steps * 12 * 9
    assert profile.totals["weight_params"] == 9 * 12


def test_learned_queries_meet_keys_of_each_sample(tmp_path: Path) -> None:
    """Queries that depend on no input, with an extent of 1 where the keys have the batch."""
    nodes = [
        node("Relu", ["queries"], "r"),
        node("Reshape", ["r", "heads"], "h"),
        node("Transpose", ["h"], "t", perm=[1, 0, 2]),
        node("Reshape", ["t", "one"], "q"),
        node("MatMul", ["q", "x"], "scores"),
        node("Transpose", ["x"], "values", perm=[0, 1, 3, 2]),
        node("MatMul", ["scores", "values"], "made"),
        node("Relu", ["made"], "y"),
    ]
    inputs, outputs = [value_info("x", (1, 2, 8, 7))], [value_info("y", None)]
    path = tmp_path / "queries.onnx"
    numbers = {"heads": (5, 2, 8), "one": (1, 2, 5, 8)}
    tensors = [tensor(name, (len(shape),), shape) for name, shape in numbers.items()]
    tensors.append(tensor("queries", (5, 1, 16)))
    path.write_bytes(model(graph(nodes, tensors, inputs, outputs)))
    profile = derive(from_onnx(path).network)
    assert profile.totals["macs"] == 2 * (2 * 5 * 8 * 7)
    assert profile.table.dicts(["out_elements"])[-1]["out_elements"] == 2 * 5 * 8
