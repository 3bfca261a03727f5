"""Functions of PyTorch's that networks of others call: what each is in layers, by hand."""

from typing import Any

import pytest

from archdb.analysis.layer_table import params
from archdb.analysis.profile import derive
from archdb.sources.lowering import lower
from archdb.sources.neutral import (
    BUFFER,
    CONSTANT,
    INPUT,
    PARAMETER,
    VALUE,
    Call,
    Graph,
    Ref,
    Tensor,
)

B = 61
ROLES = {"w": PARAMETER, "b": BUFFER, "c": CONSTANT, "x": INPUT, "y": VALUE, "z": VALUE}
Shapes = dict[str, tuple[int, ...]]


def graph(kind: str, arguments: dict[str, Any], **shapes: tuple[int, ...]) -> Graph:
    """One call that gives y, and one that reads it where z is given: x… are inputs, w… parameters,
    b… buffers, c… constants."""
    tensors = {
        name: Tensor(name, shape, "float32", ROLES[name[0]]) for name, shape in shapes.items()
    }

    def call(kind: str, arguments: dict[str, Any], gives: str) -> Call:
        given = {
            key: Ref(value) if isinstance(value, str) and value in shapes else value
            for key, value in arguments.items()
        }
        return Call(kind, "m", given, (gives,))

    calls = [call(kind, arguments, "y")]
    if "z" in shapes:
        calls.append(call(*THEN[kind], "z"))
    inputs = [name for name in shapes if name[0] == "x"]
    return Graph("made", calls, tensors, inputs, [calls[-1].writes[0]], B)


#: What reads a result that depends on no input.
THEN: dict[str, tuple[str, dict[str, Any]]] = {
    "embedding": ("add", {"input": "x", "other": "y"}),
    "cat": ("relu", {"input": "y"}),
    "_weight_norm": ("conv1d", {"input": "x", "weight": "y"}),
}
MHA = {
    **{"query": "x", "key": "x2", "value": "x2", "num_heads": 2},
    **{"in_proj_weight": "w", "in_proj_bias": "w2", "out_proj_weight": "w3", "out_proj_bias": "w4"},
}
CASES: list[tuple[str, dict[str, Any], Shapes, int, int]] = [
    # tokens of two axes, here rows of positions: 20 · 5 weights
    (
        "embedding",
        {"input": "x", "weight": "w"},
        {"x": (B, 3, 4), "w": (20, 5), "y": (B, 3, 4, 5)},
        100,
        0,
    ),
    (
        "embedding",
        {"input": "b", "weight": "w"},
        {"x": (B, 4, 5), "b": (1, 4), "w": (20, 5), "y": (1, 4, 5), "z": (B, 4, 5)},
        100,
        0,
    ),
    # a product whose matrix stands turned: 5 · 6 and 6, 5 · 6 for each of 4 steps
    (
        "addmm",
        {"bias": "w2", "mat1": "x", "mat2": "w"},
        {"x": (B * 4, 5), "w": (5, 6), "w2": (6,), "y": (B * 4, 6)},
        36,
        120,
    ),
    # what has no elements is joined to nothing
    (
        "cat",
        {"tensors": [Ref("c"), Ref("x")], "dim": -2},
        {"c": (0,), "x": (B, 3, 4), "y": (B, 3, 4), "z": (B, 3, 4)},
        0,
        0,
    ),
    # elements by a table of places for each image
    (
        "take_along_dim",
        {"input": "x", "dim": 1, "index": "x2"},
        {"x": (B, 9, 4), "x2": (B, 3, 4), "y": (B, 3, 4)},
        0,
        0,
    ),
    # a direction of 2·3·4 and a length for each of 2
    (
        "_weight_norm",
        {"input": "w", "1": "w2", "2": 0},
        {"x": (B, 3, 9), "w": (2, 3, 4), "w2": (2, 1, 1), "y": (2, 3, 4), "z": (B, 2, 6)},
        26,
        24 * 6,
    ),
    # 3 · 5 · 4 products of 7 features… scaled, and a sum
    (
        "baddbmm",
        {"input": "x3", "batch1": "x", "batch2": "x2", "beta": 1.0, "alpha": 0.5},
        {"x": (B, 4, 7), "x2": (B, 7, 5), "x3": (B, 4, 5), "y": (B, 4, 5)},
        0,
        4 * 7 * 5,
    ),
    (
        "pixel_shuffle",
        {"input": "x", "upscale_factor": 2},
        {"x": (B, 8, 3, 3), "y": (B, 2, 6, 6)},
        0,
        0,
    ),
    ("softmin", {"input": "x", "dim": -1}, {"x": (B, 3, 4), "y": (B, 3, 4)}, 0, 0),
    ("tanhshrink", {"input": "x"}, {"x": (B, 3, 4), "y": (B, 3, 4)}, 0, 0),
    ("rrelu", {"input": "x"}, {"x": (B, 3, 4), "y": (B, 3, 4)}, 0, 0),
    (
        "clamp",
        {"input": "x", "min": "b", "max": 3},
        {"x": (B, 3, 4), "b": (), "y": (B, 3, 4)},
        0,
        0,
    ),
    # 5 queries of 4 features on 6 keys: 4 matrices of 4 · 4 with biases,
    # projections 16 (5 + 6 + 6 + 5), scores and values 2 · 5 · 6 · 4
    (
        "multi_head_attention_forward",
        MHA,
        {
            **{
                "x": (5, B, 4),
                "x2": (6, B, 4),
                "w": (12, 4),
                "w2": (12,),
                "w3": (4, 4),
                "w4": (4,),
            },
            "y": (5, B, 4),
        },
        4 * (16 + 4),
        16 * 22 + 240,
    ),
]


@pytest.mark.parametrize(
    ("kind", "arguments", "shapes", "learned", "macs"), CASES, ids=[case[0] for case in CASES]
)
def test_a_function_is_layers_of_its_shape_and_work(
    kind: str, arguments: dict[str, Any], shapes: Shapes, learned: int, macs: int
) -> None:
    found = lower(graph(kind, arguments, **shapes), "made")
    assert not found.outcome.unknown
    assert found.outcome.compared and not found.outcome.shape_differs
    totals = derive(found.network).totals
    assert (params(totals), totals["macs"]) == (learned, macs)
