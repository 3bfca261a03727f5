"""PyTorch's exported programs: an archive with one JSON, read without torch."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from command import archdb, refused

from archdb.analysis.profile import derive
from archdb.errors import ArchdbError
from archdb.sources.base import read_file


def sizes(*extents: int | str) -> dict[str, Any]:
    return {
        "dtype": 7,
        "sizes": [
            {"as_int": n} if isinstance(n, int) else {"as_expr": {"expr_str": n}} for n in extents
        ],
    }


def named(name: str) -> dict[str, Any]:
    return {"as_tensor": {"name": name}}


def node(target: str, out: str, stack: str = "", **arguments: Any) -> dict[str, Any]:
    """A call of ATen's; stack: paths of the modules that it stands in, from the outside."""
    paths = ["", *stack.split()] if stack else [""]
    return {
        "target": f"torch.ops.aten.{target}",
        "inputs": [{"name": key, "arg": value, "kind": 1} for key, value in arguments.items()],
        "outputs": [named(out)],
        "metadata": {"nn_module_stack": ";".join(f"L__{p},{p},own.{p or 'Net'}" for p in paths)},
    }


def program(batch: int | str = 1) -> dict[str, Any]:
    """Convolution, batch norm, ReLU in place, a vector, and a linear layer, in two modules."""
    stored = {
        "p_conv": ("parameter", "features.conv.weight", (8, 3, 3, 3)),
        "p_scale": ("parameter", "features.bn.weight", (8,)),
        "p_shift": ("parameter", "features.bn.bias", (8,)),
        "b_mean": ("buffer", "features.bn.running_mean", (8,)),
        "b_var": ("buffer", "features.bn.running_var", (8,)),
        "p_fc": ("parameter", "fc.weight", (10, 8)),
    }
    shapes = {
        "x": (batch, 3, 16, 16),
        **dict.fromkeys(("c", "n", "r"), (batch, 8, 8, 8)),
        **{"m": (batch, 8, 1, 1), "v": (batch, 8), "y": (batch, 10)},
        **{name: shape for name, (_, _, shape) in stored.items()},
    }
    ints = {"stride": {"as_ints": [2, 2]}, "padding": {"as_ints": [1, 1]}}
    norm = dict(
        zip(("weight", "bias", "running_mean", "running_var"), list(stored)[1:5], strict=True)
    )
    nodes = [
        node(
            "conv2d.default",
            "c",
            "features features.conv",
            input=named("x"),
            weight=named("p_conv"),
            bias={"as_none": True},
            **ints,
        ),
        node(
            "batch_norm.default",
            "n",
            "features features.bn",
            input=named("c"),
            **{key: named(name) for key, name in norm.items()},
            eps={"as_float": 1e-05},
        ),
        node("relu_.default", "r", "features features.relu", self=named("n")),
        node("adaptive_avg_pool2d.default", "m", self=named("r"), output_size={"as_ints": [1, 1]}),
        node("flatten.using_ints", "v", self=named("m"), start_dim={"as_int": 1}),
        node("linear.default", "y", "fc", input=named("v"), weight=named("p_fc")),
    ]
    specs = [
        {role: {"arg": {"name": name}, f"{role}_name": own}}
        for name, (role, own, _) in stored.items()
    ]
    graph = {
        "nodes": nodes,
        "tensor_values": {name: sizes(*shape) for name, shape in shapes.items()},
        "outputs": [named("y")],
    }
    signature = {"input_specs": [*specs, {"user_input": {"arg": named("x")}}]}
    module = {"graph": graph, "signature": signature}
    return {"graph_module": module, "torch_version": "2.14.1"}


def written(path: Path, *models: Any, name: str = "net/models/model.json") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for at, one in enumerate(models):
            place = name.replace(".json", f"{at or ''}.json")
            archive.writestr(place, one if isinstance(one, str) else json.dumps(one))
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "net.pt2"


@pytest.mark.parametrize("name", ["net/models/model.json", "serialized_exported_program.json"])
@pytest.mark.parametrize("batch", [1, 2, "s0"])
def test_a_program_is_the_network_of_its_module(path: Path, name: str, batch: int | str) -> None:
    made = read_file(written(path, program(batch), name=name))
    assert made.report.verdict == "exact"
    assert [(layer.name, layer.op.name, layer.block) for layer in made.network] == [
        ("x", "input", None),
        ("features.conv", "conv2d", "features"),
        ("features.bn", "batch_norm", "features"),
        ("features.relu", "relu", "features"),
        ("global_avg_pool2d", "global_avg_pool2d", None),
        ("flatten", "flatten", None),
        ("fc", "linear", None),
    ]
    totals = derive(made.network).totals
    assert totals["weight_params"] == 8 * 27 + 80
    assert totals["norm_params"] == totals["buffers"] == 16
    assert totals["macs"] == 8 * 27 * 8 * 8 + 80
    assert "shapes all agree: 6" in made.report.printed()


def test_extents_that_are_open_are_asked_for(path: Path) -> None:
    opened = program()
    values = opened["graph_module"]["graph"]["tensor_values"]
    values |= {"x": sizes("s0", 3, "s1", 16), "c": sizes("s0", 8, "s2", 8)}
    written(path, opened)
    with pytest.raises(ArchdbError, match=r"(?s)3×s1×16.*--input s1=SIZE"):
        read_file(path)
    made = read_file(path, sizes={"s1": (32,)})
    assert derive(made.network).totals["macs"] == 8 * 27 * 16 * 8 + 80


def test_what_archdb_has_not_is_open_and_named(path: Path) -> None:
    strange = program()
    strange["graph_module"]["graph"]["nodes"][2]["target"] = "torch.ops.own.warp.default"
    made = read_file(written(path, strange))
    assert made.report.verdict == "open"
    assert "own.warp" in str(made.report.lines)
    assert derive(made.network).totals["weight_params"] == 8 * 27 + 80


FAULTS = {
    "no archive": ("", "is no archive of PyTorch"),
    "no program": ([], "holds no exported programs"),
    "two programs": ([program(), program()], "holds 2 exported programs"),
    "no JSON": (["{"], "a program that is no JSON"),
    "a nesting without end": (["[" * 100_000], "a program that is no JSON"),
    "another JSON": ([{"layers": []}], "no exported program that is known here"),
    "a list": ([[1, 2]], "no exported program that is known here"),
    "nodes that are none": (
        [{"graph_module": {"graph": {"nodes": 3}, "signature": {"input_specs": []}}}],
        "no exported program that is known here",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_named_with_its_file(path: Path, database: Path, fault: str) -> None:
    models, told = FAULTS[fault]
    if isinstance(models, str):
        path.write_bytes(b"not an archive")
    else:
        written(path, *models)
    refused(archdb("import", str(path), database=database), "net.pt2", told)


def test_a_bomb_is_not_unpacked(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archdb.sources.pt2_archive.LARGEST", 1000)
    with pytest.raises(ArchdbError, match="at most 1,000 are read"):
        read_file(written(path, program()))
