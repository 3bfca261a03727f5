"""ONNX files: what they define, and what is said of those that are damaged or say too little."""

import struct
from collections import Counter
from pathlib import Path

import pytest
from onnx_writer import data, exported, graph, model, node, tensor, value_info
from recorded import load

from archdb.analysis.profile import Profile, derive
from archdb.errors import ArchdbError
from archdb.sources.base import from_onnx
from archdb.sources.folds import fold
from archdb.sources.lowering import Lowered, lower
from archdb.sources.onnx import read
from archdb.sources.wire import shortest

CONV = tensor("w", (8, 3, 3, 3))
IMAGE = value_info("x", ["batch", 3, 16, 16])
OUT = value_info("y", None)


def lowered(path: Path, inner: bytes, opset: int = 17, **sizes: tuple[int, ...]) -> Lowered:
    path.write_bytes(model(inner, opset))
    found = read(path, sizes)
    fold(found)
    return lower(found, "made")


def profile(path: Path, inner: bytes, opset: int = 17) -> Profile:
    return derive(lowered(path, inner, opset).network)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "made.onnx"


def test_layers_and_totals(path: Path) -> None:
    norms = [tensor(name, (8,)) for name in ("scale", "shift", "mean", "variance")]
    found = profile(
        path,
        graph(
            [
                node("Conv", ["x", "w"], "c", pads=[1, 1, 1, 1], strides=[2, 2]),
                node("BatchNormalization", ["c", "scale", "shift", "mean", "variance"], "b"),
                node("Relu", ["b"], "r"),
                node("GlobalAveragePool", ["r"], "p"),
                node("Flatten", ["p"], "f"),
                node("Gemm", ["f", "m", "bias"], "y", transB=1),
            ],
            [CONV, *norms, tensor("m", (10, 8)), tensor("bias", (10,))],
            [IMAGE],
            [OUT],
        ),
    )
    ops = [layer.op.name for layer in found.network]
    assert ops[1:] == ["conv2d", "batch_norm", "relu", "global_avg_pool2d", "flatten", "linear"]
    assert found.totals["weight_params"] == 8 * 27 + 80
    assert found.totals["bias_params"] == 10
    assert found.totals["norm_params"] == found.totals["buffers"] == 16
    assert found.totals["macs"] == 8 * 27 * 8 * 8 + 80


def test_a_chain_of_shapes_is_worked_out(path: Path) -> None:
    """How exporters write x.view(x.size(0), -1) for a batch that is left open."""
    found = lowered(
        path,
        graph(
            [
                node("Shape", ["x"], "s"),
                node("Gather", ["s", "zero"], "n", axis=0),
                node("Unsqueeze", ["n", "zeros"], "u"),
                node("Concat", ["u", "rest"], "shape", axis=0),
                node("Reshape", ["x", "shape"], "y"),
            ],
            [tensor("zero", (), [0]), tensor("zeros", (1,), [0]), tensor("rest", (1,), [-1])],
            [IMAGE],
            [OUT],
        ),
    )
    assert [layer.op.name for layer in found.network] == ["input", "flatten"]
    assert found.outcome.constant.total() == 4


def test_a_product_and_the_bias_behind_it_are_one_layer(path: Path) -> None:
    found = profile(
        path,
        graph(
            [node("MatMul", ["x", "m"], "p"), node("Add", ["bias", "p"], "y")],
            [tensor("m", (16, 5)), tensor("bias", (5,))],
            [value_info("x", [1, 7, 16])],
            [OUT],
        ),
    )
    assert [layer.op.name for layer in found.network] == ["input", "linear"]
    assert (found.totals["weight_params"], found.totals["bias_params"]) == (80, 5)
    assert found.totals["macs"] == 7 * 80


def test_a_tensor_stored_once_for_two_layers_is_told(path: Path) -> None:
    convolutions = [
        node("Conv", ["x", "w", "bias"], "a", pads=[1, 1, 1, 1]),
        node("Conv", ["a", "w2", "bias"], "y"),
    ]
    tensors = [CONV, tensor("w2", (8, 8, 1, 1)), tensor("bias", (8,))]
    found = lowered(path, graph(convolutions, tensors, [IMAGE], [OUT]))
    assert found.outcome.repeated == {"bias": 1}
    assert derive(found.network).totals["bias_params"] == 16


@pytest.mark.parametrize(
    ("op", "domain"), [("Warp", ""), ("Conv", "com.example"), ("If", ""), ("Loop", "")]
)
def test_what_is_not_known_is_named_and_totals_are_open(path: Path, op: str, domain: str) -> None:
    branch = graph([node("Identity", ["in"], "out")], [tensor("in", (4, 4))])
    nodes = [
        node("Relu", ["x"], "r"),
        node(op, ["r"], "u", domain=domain, then_branch=branch),
        node("Conv", ["u", "w"], "y"),
    ]
    found = lowered(path, graph(nodes, [CONV], [IMAGE], [OUT]))
    totals = derive(found.network).totals
    assert totals["macs"] is None
    assert found.outcome.unknown[0].parameters == 16
    assert totals["weight_params"] == 8 * 27 + 16


def test_open_extents_are_asked_for_by_name(path: Path) -> None:
    inner = graph([node("Relu", ["x"], "y")], [], [value_info("x", ["n", 3, "high", 8])], [OUT])
    with pytest.raises(ArchdbError, match=r"(?s)3×high×8.*--input high=SIZE"):
        lowered(path, inner)
    found = lowered(path, inner, x=(3, 4, 8))
    assert found.network.layers[0].op.shape == (3, 4, 8)


def test_open_axes_are_given_by_their_names(path: Path) -> None:
    """The batch stands where it has the same word as the first axis of another input."""
    inputs = [value_info("x", ["N", 3, "high", 8]), value_info("state", [2, "N", 5])]
    nodes = [node("Relu", ["x"], "r"), node("Tanh", ["state"], "y")]
    found = lowered(path, graph(nodes, [], inputs, [OUT]), N=(1,), high=(4,))
    assert [layer.op.shape for layer in found.network.layers[:2]] == [(3, 4, 8), (2, 5)]
    with pytest.raises(ArchdbError, match=r"(?s)'N' is the batch.*N=1"):
        lowered(path, graph(nodes, [], inputs, [OUT]), N=(8,), high=(4,))
    with pytest.raises(ArchdbError, match="'high' is one axis"):
        lowered(path, graph(nodes, [], inputs, [OUT]), high=(4, 4))
    with pytest.raises(ArchdbError, match=r"(?s)no input 'hihg'.*x"):
        lowered(path, graph(nodes, [], inputs, [OUT]), high=(4,), hihg=(4,))


@pytest.mark.parametrize("exporter", ["torchscript", "dynamo"])
def test_exporters_write_the_convolutions_of_the_module(path: Path, exporter: str) -> None:
    """torchvision's ResNet-18 by both of PyTorch's exporters, beside what its forward pass calls.
    Equal tensors are stored once by the one, biases of zero left out by the other."""
    path.write_bytes(exported(f"resnet18_{exporter}"))
    found, recorded = lower(read(path), "made"), lower(load("resnet18"), "module")
    convolutions, theirs = (
        [
            (layer.name, layer.op.filters, layer.op.kernel, layer.op.stride, layer.op.padding)
            for layer in one.network
            if layer.op.name == "conv2d"
        ]
        for one in (found, recorded)
    )
    assert convolutions == theirs
    totals, others = (derive(one.network).totals for one in (found, recorded))
    assert totals["macs"] == others["macs"]
    assert totals["weight_params"] == others["weight_params"]
    assert totals["norm_params"] == 0, "folded into the convolutions"


@pytest.mark.parametrize(("op", "tensors"), [("Conv", ["w"]), ("MaxPool", [])])
def test_padding_to_the_same_size_may_begin_before(path: Path, op: str, tensors: list[str]) -> None:
    """16 pixels, a kernel of 3 and a stride of 2: 8 outputs need one element of padding."""
    own = node(op, ["x", *tensors], "y", strides=[2, 2], kernel_shape=[3, 3], auto_pad="SAME_LOWER")
    layer = lowered(path, graph([own], [CONV], [IMAGE], [OUT])).network.layers[-1]
    assert layer.op.padding == (1, 0, 1, 0)


def test_a_layer_whose_tensors_do_not_fit_it_is_named(path: Path) -> None:
    own = node("Conv", ["x", "w4"], "y")
    path.write_bytes(model(graph([own], [tensor("w4", (8, 4, 3, 3))], [IMAGE], [OUT])))
    report = from_onnx(path).report
    assert report.verdict == "differs"
    told = "parameters first layer that differs, 'Conv_y': 288 in the file, 216 derived"
    assert told in report.printed()


def test_an_extent_beyond_all_is_refused_with_the_file(path: Path) -> None:
    own = node("Conv", ["x", "w"], "y")
    path.write_bytes(model(graph([own], [tensor("w", (2**62, 2**62, 3, 3))], [IMAGE], [OUT])))
    with pytest.raises(ArchdbError, match="too large") as caught:
        from_onnx(path)
    assert str(path) in str(caught.value)


WHOLE = model(graph([node("Conv", ["x", "w"], "y")], [CONV], [IMAGE], [OUT]))
FAULTS = {
    "empty": (b"", "is empty"),
    "no protocol buffer": (b"\x00\x01\x02", "no protocol buffer"),
    "text": (b"not a model at all, but text", "cut off or damaged|no protocol buffer"),
    "no graph": (b"\x08\x08", "has no graph"),
    "cut off": (WHOLE[:-30], "cut off or damaged"),
    "too old": (model(graph([node("Relu", ["x"], "y")]), 5), "opset 5.*7 to"),
    "too new": (model(graph([node("Relu", ["x"], "y")]), 99), "opset 99"),
    "a cycle": (
        model(graph([node("Add", ["x", "b"], "a"), node("Relu", ["a"], "b")], [], [IMAGE])),
        "Add_a.*reads 'b'",
    ),
    "two graphs": (
        WHOLE + data(7, graph([node("Relu", ["x"], "y")], [], [IMAGE], [OUT])),
        "holds two graphs",
    ),
    "a name twice": (
        model(graph([node("Relu", ["x"], "a"), node("Relu", ["x"], "a")], [], [IMAGE])),
        "gives 'a' a second time",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_named_with_its_file(path: Path, fault: str) -> None:
    written, told = FAULTS[fault]
    path.write_bytes(written)
    with pytest.raises(ArchdbError, match=f"(?s){told}") as caught:
        read(path)
    assert str(path) in str(caught.value)


def test_any_damage_ends_in_an_error_or_a_network(path: Path) -> None:
    """A byte changed or the end cut off, at every place."""
    ends: Counter[str] = Counter()
    for at in range(len(WHOLE)):
        for written in (WHOLE[:at], WHOLE[:at] + bytes([WHOLE[at] ^ 255]) + WHOLE[at + 1 :]):
            path.write_bytes(written)
            try:
                lower(read(path), "made")
                ends["network"] += 1
            except ArchdbError:
                ends["error"] += 1
    assert min(ends["network"], ends["error"]) > 20


@pytest.mark.parametrize("written", [1e-6, 1e-5, 0.1, 0.001, 1 / 3, 6.0, -0.2, 3.4028235e38])
def test_a_number_of_32_bits_is_what_it_was_written_as(written: float) -> None:
    stored = struct.unpack("<f", struct.pack("<f", written))[0]
    assert struct.pack("<f", shortest(stored)) == struct.pack("<f", written), "the same 32 bits"
    assert len(repr(abs(shortest(stored)))) <= len(repr(abs(stored)))
    if written in (1e-6, 1e-5, 0.1, 0.001, 6.0, -0.2):
        assert shortest(stored) == written, "and not 9.999999974752427e-07"
