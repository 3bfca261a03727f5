"""ONNX's recurrent and spelled-out nodes, functions of a file's own, and graphs within nodes."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from onnx_writer import data, function, given, graph, model, node, scalar, tensor, value_info

from archdb.analysis.profile import Profile, derive
from archdb.errors import ArchdbError
from archdb.sources.base import from_graph, from_onnx
from archdb.sources.onnx import read

OUT = value_info("y", None)
X = value_info("x", ["batch", 7, 12])


def profile(
    path: Path, nodes: Sequence[bytes], tensors: Sequence[bytes] = (), **more: Any
) -> Profile:
    inputs = more.pop("inputs", [X])
    path.write_bytes(model(graph(nodes, tensors, inputs, [OUT]), **more))
    made = from_graph(read(path), "made", {})
    assert made.report.verdict in ("exact", "open")
    return derive(made.network)


def ops(found: Profile) -> list[str]:
    return [layer.op.name for layer in found.network][1:]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "made.onnx"


# Recurrent nodes: d features, n units, g gates, in each direction g n (d + n) weights each step.

RECURRENT = [  # op, directions, attributes, gates, biases
    ("LSTM", 1, {}, 4, True),
    ("LSTM", 2, {"direction": "bidirectional"}, 4, True),
    ("LSTM", 1, {}, 4, False),
    ("LSTM", 1, {"direction": "reverse"}, 4, True),
    ("GRU", 1, {"linear_before_reset": 1}, 3, True),
    ("GRU", 1, {}, 3, True),
    ("GRU", 2, {"direction": "bidirectional"}, 3, False),
    ("RNN", 1, {"activations": ["Relu"]}, 1, True),
]


@pytest.mark.parametrize(("op", "ways", "told", "gates", "biased"), RECURRENT)
@pytest.mark.parametrize("layout", [0, 1])
def test_a_recurrent_node_is_a_layer(
    path: Path, op: str, ways: int, told: dict[str, Any], gates: int, biased: bool, layout: int
) -> None:
    wide = gates * 16
    tensors = [tensor("w", (ways, wide, 12)), tensor("r", (ways, wide, 16))]
    tensors += [tensor("b", (ways, 2 * wide))] if biased else []
    names = ["x" if layout else "t", "w", "r", *(["b"] if biased else [])]
    turned = [] if layout else [node("Transpose", ["x"], "t", perm=[1, 0, 2])]
    own = node(op, names, "all", hidden_size=16, layout=layout, **told)
    order = [0, 1, 3, 2] if layout else [0, 2, 1, 3]
    found = profile(path, [*turned, own, node("Transpose", ["all"], "y", perm=order)], tensors)
    backwards = told.get("direction") == "reverse"
    assert [op for op in ops(found) if op not in ("permute", "reshape")][: 1 + 2 * backwards] == (
        ["flip", op.lower(), "flip"] if backwards else [op.lower()]
    )
    assert found.totals["weight_params"] == ways * wide * (12 + 16)
    assert found.totals["bias_params"] == biased * ways * 2 * wide
    assert found.totals["macs"] == 7 * ways * wide * (12 + 16)


def test_the_last_output_alone_is_asked_for_as_such(path: Path) -> None:
    tensors = [tensor("w", (1, 64, 12)), tensor("r", (1, 64, 16))]
    lstm = node("LSTM", ["x", "w", "r"], "", "h", hidden_size=16, layout=1)
    path.write_bytes(model(graph([lstm, node("Tanh", ["h"], "y")], tensors, [X], [OUT])))
    (_, layer, _) = from_graph(read(path), "made", {}).network.layers
    assert (layer.op.name, layer.op.sequences) == ("lstm", False)


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"clip": 1.0}, "has a limit"),
        ({"activations": ["Relu", "Tanh", "Tanh"]}, "relu, tanh, tanh in its cells"),
    ],
)
def test_a_cell_that_archdb_has_not_is_open(path: Path, told: dict[str, Any], why: str) -> None:
    tensors = [tensor("w", (1, 64, 12)), tensor("r", (1, 64, 16))]
    own = node("LSTM", ["x", "w", "r"], "y", hidden_size=16, layout=1, **told)
    path.write_bytes(model(graph([own], tensors, [X], [OUT])))
    made = from_onnx(path)
    assert made.report.verdict == "open"
    assert why in str(made.report.lines)
    assert derive(made.network).totals["weight_params"] == 64 * 28


# What older exporters spell out, by the definitions.

NUMBERS = [
    scalar("two", 2.0),
    scalar("eps", 1e-6),
    scalar("root2", 2**0.5),
    scalar("one", 1.0),
    scalar("half", 0.5),
    scalar("three", 3.0),
    scalar("six", 6.0),
    scalar("zero", 0.0),
    scalar("cube", 0.044715),
    scalar("tanh", 0.7978846),
]
NORM = [
    node("ReduceMean", ["x"], "mean", axes=[-1]),
    node("Sub", ["x", "mean"], "centred"),
    node("Pow", ["centred", "two"], "square"),
    node("ReduceMean", ["square"], "variance", axes=[-1]),
    node("Add", ["variance", "eps"], "sum"),
    node("Sqrt", ["sum"], "root"),
    node("Div", ["centred", "root"], "normal"),
]
ERF = [
    node("Div", ["x", "root2"], "scaled"),
    node("Erf", ["scaled"], "erf"),
    node("Add", ["erf", "one"], "sum"),
]
SPELLED = {
    "layer_norm": [*NORM, node("Mul", ["normal", "w"], "m"), node("Add", ["m", "b"], "y")],
    "gelu": [*ERF, node("Mul", ["x", "sum"], "m"), node("Mul", ["m", "half"], "y")],
    "gelu, ½ first": [*ERF, node("Mul", ["x", "half"], "m"), node("Mul", ["m", "sum"], "y")],
    "gelu, ½ within": [*ERF, node("Mul", ["half", "sum"], "m"), node("Mul", ["x", "m"], "y")],
    "gelu by tanh": [
        node("Pow", ["x", "three"], "p"),
        node("Mul", ["cube", "p"], "c"),
        node("Add", ["x", "c"], "a"),
        node("Mul", ["a", "tanh"], "s"),
        node("Tanh", ["s"], "t"),
        node("Add", ["one", "t"], "sum"),
        node("Mul", ["x", "sum"], "m"),
        node("Mul", ["m", "half"], "y"),
    ],
    "swish": [node("Sigmoid", ["x"], "s"), node("Mul", ["x", "s"], "y")],
    "mish": [
        node("Softplus", ["x"], "s"),
        node("Tanh", ["s"], "t"),
        node("Mul", ["t", "x"], "y"),
    ],
    "hard_swish": [
        node("Add", ["x", "three"], "a"),
        node("Clip", ["a", "zero", "six"], "c"),
        node("Mul", ["x", "c"], "m"),
        node("Div", ["m", "six"], "y"),
    ],
    "hard_swish, ⅙ first": [
        node("Add", ["x", "three"], "a"),
        node("Clip", ["a", "zero", "six"], "c"),
        node("Div", ["c", "six"], "d"),
        node("Mul", ["x", "d"], "y"),
    ],
}
#: A tensor between the first and the last node of each.
INNER = {"layer_norm": "sum", "gelu": "sum", "swish": "s", "mish": "s", "hard_swish": "a"}
LEARNED = [tensor("w", (12,)), tensor("b", (12,))]


@pytest.mark.parametrize("what", SPELLED)
def test_what_is_spelled_out_is_one_layer(path: Path, what: str) -> None:
    found = profile(path, SPELLED[what], [*NUMBERS, *(LEARNED if what == "layer_norm" else [])])
    assert len(ops(found)) == 1
    assert ops(found)[0].startswith(what.split(",")[0].split(" by ")[0])
    assert found.totals["norm_params"] == (24 if what == "layer_norm" else 0)


@pytest.mark.parametrize("what", SPELLED)
def test_but_not_where_something_else_reads_what_lies_between(path: Path, what: str) -> None:
    nodes = SPELLED[what][:-1]
    inner = INNER[what.split(",")[0].split(" by ")[0]]
    more = [SPELLED[what][-1], node("Relu", [inner], "z"), node("Tanh", ["z"], "w2")]
    path.write_bytes(
        model(graph([*nodes, *more], [*NUMBERS, *LEARNED], [X], [OUT, value_info("w2", None)]))
    )
    made = from_graph(read(path), "made", {})
    assert len(made.network.layers) > 4


def test_a_constant_that_is_another_is_not_folded(path: Path) -> None:
    nodes = [*ERF, node("Mul", ["x", "sum"], "m"), node("Mul", ["m", "three"], "y")]
    assert "gelu" not in ops(profile(path, nodes, NUMBERS))


# Functions of the file's own, and graphs within nodes.


def test_a_function_is_written_out_where_it_is_called(path: Path) -> None:
    inner = node("Concat", ["a", "a"], "twice")
    axis = data(5, given("axis", "along"))
    body = [inner + axis, node("Relu", ["twice"], "out")]
    twice = function("own", "Twice", ["a"], ["out"], body)
    calls = [
        node("Twice", ["x"], "one", domain="own", along=1),
        node("Twice", ["one"], "y", domain="own", along=2),
    ]
    found = profile(path, calls, functions=[twice])
    assert ops(found) == ["concat", "relu", "concat", "relu"]
    assert found.table.column("out_elements")[-1] == 14 * 24


def test_functions_that_call_each_other_for_ever_are_refused(path: Path) -> None:
    body = [node("Ever", ["a"], "out", domain="own")]
    ever = function("own", "Ever", ["a"], ["out"], body)
    with pytest.raises(ArchdbError, match="functions within functions"):
        profile(path, [node("Ever", ["x"], "y", domain="own")], functions=[ever])


def test_functions_that_double_again_and_again_are_refused(path: Path) -> None:
    levels = [
        function(
            "own",
            f"F{n}",
            ["a"],
            ["out"],
            [
                node(f"F{n + 1}" if n < 40 else "Relu", ["a"], "b", domain="own" * (n < 40)),
                node(f"F{n + 1}" if n < 40 else "Relu", ["b"], "out", domain="own" * (n < 40)),
            ],
        )
        for n in range(41)
    ]
    with pytest.raises(ArchdbError, match="more than 250,000 nodes"):
        profile(path, [node("F0", ["x"], "y", domain="own")], functions=levels)


BRANCHES = {
    "then_branch": graph([node("Relu", ["x"], "t")], (), (), [value_info("t", None)]),
    "else_branch": graph(
        [node("MatMul", ["x", "w"], "e")], [tensor("w", (12, 5))], (), [value_info("e", None)]
    ),
}


@pytest.mark.parametrize("condition", [1, 0])
def test_a_branch_by_a_known_condition_stands_in_its_place(path: Path, condition: int) -> None:
    nodes = [node("If", ["condition"], "y", **BRANCHES)]
    found = profile(path, nodes, [tensor("condition", (), [condition])])
    assert ("relu" in ops(found)) == bool(condition)
    assert found.totals["macs"] == (0 if condition else 7 * 12 * 5)


def test_a_branch_that_the_input_decides_is_open(path: Path) -> None:
    nodes = [node("ReduceMax", ["x"], "m"), node("If", ["m"], "y", **BRANCHES)]
    found = profile(path, nodes)
    assert found.totals["macs"] is None
    assert found.totals["weight_params"] == 60, "of both branches"
