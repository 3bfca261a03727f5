"""Recorded graphs become networks whose totals are those of the library that they come from.

The recordings are of torchvision 0.29 on torch 2.14. Parameters and buffers are those of the
modules themselves; multiply-accumulates were counted by hooks on convolutions and linear layers.
"""

from collections import Counter

import pytest
from recorded import load

from archdb.analysis.profile import derive
from archdb.sources.folds import fold
from archdb.sources.lowering import Lowered, lower
from archdb.sources.neutral import INPUT, PARAMETER, Call, Graph, Ref, Tensor
from archdb.sources.response_norms import response_norms

#: Parameters, those of them that are never read (auxiliary heads), running statistics that are,
#: and MACs.
TORCHVISION = {
    "alexnet": (61100840, 0, 0, 714188480),
    "convnext_tiny": (28589128, 0, 0, 4455531264),
    "googlenet": (13004888, 6379984, 14560, 1498376192),
    "mobilenet_v3_small": (2542856, 0, 12112, 56510400),
    "resnet18": (11689512, 0, 9600, 1814073344),
    "shufflenet_v2_x0_5": (1366792, 0, 7952, 40476448),
}


def lowered(name: str) -> tuple[Graph, Lowered]:
    graph = load(name)
    fold(graph)
    return graph, lower(graph, name)


@pytest.mark.parametrize("name", TORCHVISION)
def test_totals_are_the_library_s(name: str) -> None:
    graph, found = lowered(name)
    params, unread, buffers, macs = TORCHVISION[name]
    profile = derive(found.network)
    total = {role: profile.totals[f"{role}_params"] for role in ("weight", "bias", "norm")}
    left = [
        tensor
        for tensor in graph.tensors.values()
        if tensor.role == PARAMETER and tensor.name not in found.holders
    ]
    assert sum(total.values()) + unread == params
    assert sum(_elements(tensor) for tensor in left) == unread
    assert profile.totals["buffers"] == buffers
    assert profile.totals["macs"] == macs
    assert found.outcome.unknown == []


def _elements(tensor: Tensor) -> int:
    count = 1
    for extent in tensor.shape or ():
        count *= extent
    return count


@pytest.mark.parametrize("name", TORCHVISION)
def test_no_shape_differs_from_the_recorded_one(name: str) -> None:
    graph, found = lowered(name)
    assert found.outcome.shape_differs == ""
    assert found.outcome.compared == sum(len(call.writes) for call in graph.calls)


@pytest.mark.parametrize("name", TORCHVISION)
def test_no_call_is_lost(name: str) -> None:
    """Totals alone do not prove an import: an activation that is lost changes none of these."""
    graph, found = lowered(name)
    calls = Counter(call.kind for call in graph.calls)
    ops = Counter(layer.op.name for layer in found.network)
    linear = calls["conv2d"] + calls["linear"]
    assert ops["conv2d"] + ops["depthwise_conv2d"] + ops["linear"] == linear
    for kind, op in {"relu": "relu", "batch_norm": "batch_norm", "cat": "concat"}.items():
        assert ops[op] == calls[kind]
    assert ops["max_pool2d"] == calls["max_pool2d"]


def test_layers_are_named_by_the_paths_of_modules() -> None:
    _, found = lowered("resnet18")
    names = [layer.name for layer in found.network]
    assert names[:5] == ["input", "conv1", "bn1", "relu", "maxpool"]
    assert "layer1.0.conv2" in names
    assert names[names.index("layer1.0.add") + 1] == "layer1.0.relu~2"


def test_blocks_follow_the_tree_of_modules() -> None:
    _, found = lowered("resnet18")
    blocks = {block.name: block for block in found.network.blocks}
    assert blocks["layer2.0.downsample"].parent == "layer2.0"
    assert blocks["layer2.0"].kind == "BasicBlock"
    assert blocks["layer2.0"].parent == "layer2"
    assert blocks["layer2"].parent is None


def graph(calls: list[Call], **tensors: tuple[int, ...]) -> Graph:
    """A graph of these calls; what has a dot in its name is a parameter."""
    known = {"x": Tensor("x", (61, 3, 8, 8), "float32", "input")}
    for name, shape in tensors.items():
        role = PARAMETER if name.startswith("w") else "value"
        known[name] = Tensor(name, shape, "float32", role)
    return Graph("made", calls, known, ["x"], [], 61)


CONVOLUTION = {"input": Ref("x"), "weight": Ref("w"), "bias": None, "padding": [1, 1]}


def test_what_archdb_does_not_know_is_a_layer_with_its_parameters() -> None:
    found = lower(
        graph(
            [
                Call("conv2d", "a", CONVOLUTION, ("y",)),
                Call("warp", "b", {"input": Ref("y"), "table": Ref("w2")}, ("z",)),
                Call("relu", "c", {"input": Ref("z")}, ("r",)),
            ],
            w=(4, 3, 3, 3),
            w2=(4, 7),
            y=(61, 4, 8, 8),
            z=(61, 4, 5, 5),
            r=(61, 4, 5, 5),
        ),
        "made",
    )
    totals = derive(found.network).totals
    assert totals["weight_params"] == 4 * 3 * 9 + 4 * 7
    assert totals["macs"] is None
    assert "b" in str(totals["note"])
    (unknown,) = found.outcome.unknown
    assert (unknown.key, unknown.kind, unknown.parameters) == ("b", "warp", 28)
    assert found.network.layers[-1].op.name == "relu"


def test_a_weight_read_twice_is_counted_once() -> None:
    calls = [
        Call("conv2d", "a", CONVOLUTION, ("y",)),
        Call("conv2d", "b", {**CONVOLUTION, "input": Ref("y")}, ("z",)),
    ]
    made = graph(calls, w=(3, 3, 3, 3), y=(61, 3, 8, 8), z=(61, 3, 8, 8))
    found = lower(made, "made")
    totals = derive(found.network).totals
    assert totals["weight_params"] == 81
    assert totals["macs"] == 2 * 81 * 64
    assert found.network.layers[-1].weights_of == "a"


def test_an_extent_that_is_a_multiple_of_the_batch_is_not_taken_for_it() -> None:
    calls = [
        Call("conv2d", "a", CONVOLUTION, ("y",)),
        Call("flatten", "b", {"input": Ref("y"), "start_dim": 2}, ("f",)),
        Call("permute", "c", {"input": Ref("f"), "dims": [0, 2, 1]}, ("p",)),
        Call("linear", "d", {"input": Ref("p"), "weight": Ref("w2"), "bias": None}, ("z",)),
    ]
    shapes = {"y": (61, 122, 8, 8), "f": (61, 122, 64), "p": (61, 64, 122), "z": (61, 64, 5)}
    found = lower(graph(calls, w=(122, 3, 3, 3), w2=(5, 122), **shapes), "made")
    assert found.outcome.shape_differs == ""
    assert derive(found.network).totals["macs"] == 122 * 27 * 64 + 64 * 5 * 122
    ops = [layer.op.name for layer in found.network]
    assert ops == ["input", "conv2d", "linear"]


def test_a_shape_that_differs_from_the_recorded_one_is_told() -> None:
    calls = [Call("conv2d", "a", CONVOLUTION, ("y",))]
    found = lower(graph(calls, w=(4, 3, 3, 3), y=(61, 4, 7, 7)), "made")
    assert (
        "a (conv2d): (61, 4, 8, 8) derived, (61, 4, 7, 7) recorded" in found.outcome.shape_differs
    )


def _response_norm(**other: object) -> Graph:
    """timm's GlobalResponseNorm on maps of 5 channels, channels last, 7 samples: as recorded."""
    x, g, mean, sum_, ratio, bias, weight, product, scaled = (Ref(f"v{k}") for k in range(9))
    calls = [
        Call("norm", "grn", {"input": x, "p": 2, "dim": [1, 2], "keepdim": True, **other}, ("v1",)),
        Call("mean", "grn", {"input": g, "dim": -1, "keepdim": True}, ("v2",)),
        Call("add", "grn", {"input": mean, "other": 1e-6}, ("v3",)),
        Call("div", "grn", {"input": g, "other": sum_}, ("v4",)),
        Call("view", "grn", {"input": Ref("bias"), "shape": [1, 1, 1, -1]}, ("v5",)),
        Call("view", "grn", {"input": Ref("weight"), "shape": [1, 1, 1, -1]}, ("v6",)),
        Call("mul", "grn", {"input": x, "other": ratio}, ("v7",)),
        Call("addcmul", "grn", {"input": bias, "1": weight, "2": product}, ("v8",)),
        Call("add", "grn", {"input": x, "other": scaled}, ("out",)),
    ]
    tensors = [Tensor("v0", (7, 4, 3, 5), role=INPUT), Tensor("out", (7, 4, 3, 5))]
    tensors += [Tensor(f"v{k}", None) for k in range(1, 9)]
    tensors += [Tensor(name, (5,), role=PARAMETER) for name in ("bias", "weight")]
    return Graph("net", calls, {tensor.name: tensor for tensor in tensors}, ["v0"], ["out"], 7)


def test_a_response_norm_that_a_module_spells_out_is_one_layer() -> None:
    graph = _response_norm()
    assert response_norms(graph) == {"global_response_norm": 1}
    network = lower(graph, "net").network
    (norm,) = [layer for layer in network if layer.op.name == "global_response_norm"]
    assert norm.op.epsilon == 1e-6
    assert derive(network).totals["norm_params"] == 2 * 5


def test_what_is_no_response_norm_stays_as_it_is_spelled_out() -> None:
    for other in ({"p": 1}, {"dim": [1]}, {"dim": [1, 3]}):
        graph = _response_norm(**other)
        assert response_norms(graph) == {}
        assert len(graph.calls) == 9
