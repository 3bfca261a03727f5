"""What is said of ONNX files that cannot be read: where, and what to do."""

from pathlib import Path

import pytest
from onnx_writer import data, graph, model, named_node, node, number, tensor, value_info

from archdb.errors import DefinitionError
from archdb.sources import onnx_file
from archdb.sources.base import from_onnx

X, OUT = value_info("x", ["batch", 12]), value_info("y", None)
RELU = node("Relu", ["x"], "y")


def nested(depth: int) -> bytes:
    inner = graph([RELU], (), (), [OUT])
    for _ in range(depth):
        inner = graph([node("If", ["c"], "y", then_branch=inner)], (), (), [OUT])
    return inner


FAULTS = {
    "cut off": (model(graph([RELU], (), [X], [OUT]))[:-30], "cut off"),
    "no end of a number": (b"\x08" + b"\xff" * 12, "does not end"),
    "field 0": (b"\x00\x01", "number 0"),
    "group": (b"\x0b", "wire type 3"),
    "negative extent": (
        model(graph([RELU], [number(1, -3) + data(8, "w")], [X], [OUT])),
        "negative extent",
    ),
    "a circle": (
        model(graph([node("Add", ["x", "b"], "a"), node("Relu", ["a"], "b")], (), [X], [OUT])),
        "reads 'b', which no node before it gives",
    ),
    "a name twice": (
        model(graph([RELU, node("Tanh", ["x"], "y")], (), [X], [OUT])),
        "gives 'y' a second time",
    ),
    "two graphs": (model(graph([RELU], (), [X], [OUT])) + data(7, b""), "two graphs"),
    "graphs within graphs": (model(nested(20)), "more than 16 deep"),
    "no opset": (data(7, graph([RELU], (), [X], [OUT])), "no domain"),
    "an opset of tomorrow": (model(graph([RELU], (), [X], [OUT]), opset=99), "opset 99"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_has_a_place_and_a_remedy(tmp_path: Path, fault: str) -> None:
    written, what = FAULTS[fault]
    path = tmp_path / "bad.onnx"
    path.write_bytes(written)
    with pytest.raises(DefinitionError, match=what) as error:
        from_onnx(path)
    assert error.value.remedy
    assert str(path) in error.value.places


def test_a_graph_of_too_many_nodes_is_refused_with_what_makes_it_smaller(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(onnx_file, "MOST_NODES", 2)
    path = tmp_path / "long.onnx"
    nodes = [node("Relu", [f"x{n}" if n else "x"], f"x{n + 1}") for n in range(3)]
    path.write_bytes(model(graph(nodes, [tensor("w", (4,))], [X], [value_info("x3", None)])))
    with pytest.raises(DefinitionError, match="more than 2 nodes") as error:
        from_onnx(path)
    assert "simplify" in error.value.remedy


@pytest.mark.parametrize("op", ["Relu", "Mul", "Constant", "ConstantOfShape", "Identity", "LSTM"])
@pytest.mark.parametrize(("reads", "gives"), [([], ["y"]), (["x"], []), ([], []), ([""], [""])])
def test_a_node_without_what_its_op_needs_ends_in_an_error_or_a_network(
    tmp_path: Path, op: str, reads: list[str], gives: list[str]
) -> None:
    bare = named_node(op, "bare", reads, gives, {})
    path = tmp_path / "bare.onnx"
    last = RELU if gives != ["y"] else node("Relu", ["x"], "z")
    path.write_bytes(model(graph([bare, last], (), [X], [OUT])))
    try:
        made = from_onnx(path)
    except DefinitionError as error:
        assert error.places
    else:
        assert made.report.verdict in ("exact", "open")
