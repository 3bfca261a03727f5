"""Files of other formats, by command and in Python: stored, compared, reported, refused."""

import json
import re
from pathlib import Path

import pytest
from command import archdb, files, refused
from onnx_writer import exported, graph, model, node, tensor, value_info
from recorded import load

from archdb.api import Database
from archdb.errors import UsageError
from archdb.resources import bundled
from archdb.sources.base import from_graph

IMAGE = value_info("x", ["batch", 3, 16, 16])


def written(path: Path, *nodes: bytes) -> Path:
    convolution = node("Conv", ["x", "w"], "c", pads=[1, 1, 1, 1])
    tensors = [tensor("w", (8, 3, 3, 3)), tensor("left", (5, 5))]
    path.write_bytes(model(graph([convolution, *nodes], tensors, [IMAGE])))
    return path


@pytest.fixture
def onnx(tmp_path: Path) -> Path:
    return written(tmp_path / "Mine One.onnx", node("Relu", ["c"], "y"))


def report(name: str, database: Path) -> list[dict[str, object]]:
    asked = f"select * from import_report where architecture = '{name}' order by number"
    return json.loads(archdb("query", asked, "--format", "json", database=database).out)


def test_a_file_is_stored_with_its_report(onnx: Path, database: Path) -> None:
    answer = archdb("import", str(onnx), database=database)
    assert answer.status == 0
    said = answer.err.splitlines()
    assert said[0] == "imported mine_one"
    assert re.match(r"  no relative in the catalogue: \S+, the nearest, takes \d+ edits", said[1])
    assert said[2] == "  source file: Mine One.onnx"
    assert "parameters never read: 25 in the file, 0 derived; left" in answer.err
    lines = report("mine_one", database)
    by_item = {(line["subject"], line["item"]): line for line in lines}
    assert by_item["parameters", "all"]["stated"] == 8 * 27 + 25
    assert by_item["parameters", "all"]["derived"] == 8 * 27
    assert by_item["tensor", "w"]["note"] == "Conv_c"
    assert by_item["source", "sha256"]["note"]
    assert ("verdict", "exact") in by_item
    assert archdb("check", database=database).err == "no faults\n"


def test_what_is_open_is_named(tmp_path: Path, database: Path) -> None:
    path = written(tmp_path / "mine.onnx", node("Warp", ["c"], "y"))
    answer = archdb("import", str(path), database=database)
    assert "unknown Warp_y" in answer.err
    assert "verdict open" in answer.err


def test_a_name_of_its_own_and_nothing_stored_in_a_dry_run(onnx: Path, database: Path) -> None:
    before = files(database.parent)
    dry = archdb("import", str(onnx), "--as", "own", "--dry-run", database=database)
    assert dry.err.startswith("would import own\n")
    assert files(database.parent) == before
    assert archdb("import", str(onnx), "--as", "own", database=database).status == 0
    refused(archdb("import", str(onnx), "--as", "own", database=database), "--as", "--replace")
    assert archdb("import", str(onnx), "--as", "own", "--replace", database=database).status == 0
    assert len([line for line in report("own", database) if line["subject"] == "verdict"]) == 1


def test_a_path_stands_for_a_name_and_is_not_stored(onnx: Path, database: Path) -> None:
    before = files(database.parent)
    answer = archdb("compare", str(onnx), "lenet5", "--format", "json", database=database)
    row = next(row for row in json.loads(answer.out) if row["quantity"] == "macs")
    assert row["Mine One.onnx"] == 8 * 27 * 256
    assert "verdict exact" in answer.err
    assert "Relu_y" in archdb("show", str(onnx), "--by", "layer", database=database).out
    assert archdb("explain", f"{onnx}/Conv_c", database=database).status == 0
    assert files(database.parent) == before


def test_rules_stand_behind_a_path_too(tmp_path: Path, database: Path) -> None:
    """What they make is what they make of it, stored."""
    for name in ("mine.onnx", "a+b.onnx"):
        path = written(tmp_path / name, node("Relu", ["c"], "y"))
        archdb("import", str(path), "--as", "own", "--replace", database=database)
        before = files(database.parent)
        told = archdb("show", f"{path}+factorize", "--format", "csv", database=database)
        stored = archdb("show", "own+factorize", "--format", "csv", database=database)
        assert told.out.splitlines()[1:] == stored.out.splitlines()[1:]
        assert told.out.startswith(f"quantity,unit,{name}+factorize\n")
        assert told.out != archdb("show", str(path), "--format", "csv", database=database).out
        refused(archdb("show", f"{path}+halve", database=database), "'halve' is no rule", status=2)
        words = ("rewrite", f"{path}+factorize", "fold-bn", "--as", "mine")
        refused(archdb(*words, database=database), name, "store it first", status=2)
        assert files(database.parent) == before


@pytest.mark.parametrize("name", ["mine.tflite", "mine.yaml", "mine.onnx+factorize"])
def test_a_file_of_another_format_is_told_what_is_read(
    name: str, tmp_path: Path, database: Path
) -> None:
    path = tmp_path / name
    path.write_text("a: 1", "utf-8")
    refused(archdb("import", str(path), database=database), name, "no format", ".onnx")
    if "+" not in name:
        refused(archdb("show", str(path), database=database), name, "no format", ".onnx")


def test_what_a_file_is_and_how_it_differs_is_said_first(tmp_path: Path, database: Path) -> None:
    path = tmp_path / "my_model.onnx"
    path.write_bytes(exported("resnet18_torchscript"))
    said = archdb("compare", str(path), "resnet18", database=database).err.splitlines()
    assert said[0] == "note: my_model.onnx: ONNX, opset 20, pytorch 2.14.1"
    assert any("nearest in the catalogue resnet18+fold-bn: 3 edits" in line for line in said)
    assert "note: my_model.onnx → resnet18: 20 batch norms added" in said


def test_open_axes_are_given_wherever_a_file_stands(tmp_path: Path, database: Path) -> None:
    path = tmp_path / "mine.onnx"
    norm = node("LayerNormalization", ["p", "scale", "shift"], "y")
    nodes = [node("MatMul", ["x", "w"], "p"), norm]
    tensors = [tensor("w", (16, 8)), tensor("scale", (8,)), tensor("shift", (8,))]
    inputs = [value_info("x", ["batch", "seq", 16])]
    path.write_bytes(model(graph(nodes, tensors, inputs, [value_info("y", None)])))
    refused(archdb("show", str(path), database=database), "open: seq×16", "--input seq=SIZE")
    given = ("--input", "batch=1,seq=7")
    for words in (
        ("show", str(path)),
        ("compare", str(path), "lenet5"),
        ("nearest", str(path)),
        ("explain", f"{path}/MatMul_p"),
        ("import", str(path), "--dry-run"),
    ):
        answer = archdb(*words, *given, database=database)
        assert answer.status == 0, answer
    shown = archdb("show", str(path), *given, "--format", "json", database=database).out
    assert {"quantity": "macs", "unit": "MAC", "mine.onnx": 7 * 16 * 8} in json.loads(shown)
    wrong = archdb("compare", str(path), "lenet5", "--input", "seq=7,hihg=7", database=database)
    refused(wrong, "no input is called 'hihg'", status=2)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("weights.pt", "from_torch"),
        ("weights.pth", "pickle"),
        ("net.caffemodel", ".prototxt"),
        ("net.weights", ".cfg"),
        ("net.safetensors", "weights"),
        ("none.onnx", "no such file"),
    ],
)
def test_what_is_not_read_says_what_to_do(
    tmp_path: Path, database: Path, name: str, told: str
) -> None:
    if name != "none.onnx":
        (tmp_path / name).write_bytes(b"anything")
    before = files(database.parent)
    for command in (("import",), ("show",)):
        refused(archdb(*command, str(tmp_path / name), database=database), name, told)
    assert files(database.parent) == before


def test_one_bad_file_of_several_stores_none(onnx: Path, database: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.onnx"
    bad.write_bytes(onnx.read_bytes()[:-9])
    before = files(database.parent)
    refused(archdb("import", str(onnx), str(bad), database=database), "bad.onnx", "cut off")
    assert files(database.parent) == before


def test_a_network_in_memory_is_compared_and_stored(database: Path) -> None:
    """What archdb.from_torch gives, of a recording."""
    made = from_graph(load("resnet18"), "mine", {"model": "recorded"})
    assert made.report.verdict == "exact"
    with Database(database) as opened:
        rows = {row["quantity"]: row for row in opened.compare(made, "resnet18").to_dicts()}
        assert rows["params"]["mine"] == rows["params"]["resnet18"]
        assert rows["macs"]["mine"] == rows["macs"]["resnet18"]
        assert list(opened.import_(made, name="kept")) == ["kept"]
        assert opened.show("kept").to_dicts()
        assert "verdict exact" in opened.store(made)[-1]
        assert opened.show("mine").to_dicts()
        with pytest.raises(UsageError, match="store it first"):
            opened.store(made, "fold-bn", new_name="folded")


def test_a_seed_stands_for_a_name_too_under_its_own_file_name(
    tmp_path: Path, database: Path
) -> None:
    """vgg16 with 10 classes in place of 1,000: 990 rows of 4096 weights and a bias fewer."""
    seed = tmp_path / "mine.toml"
    text = (bundled("seeds") / "nets" / "vgg16.toml").read_text("utf-8")
    seed.write_text(text.replace("units = 1000", "units = 10"), "utf-8")
    answer = archdb("compare", str(seed), "vgg16", "--format", "json", database=database)
    row = next(row for row in json.loads(answer.out) if row["quantity"] == "params")
    assert row["vgg16"] - row["mine.toml"] == 990 * 4097
    assert "mine" not in archdb("list", database=database).out


@pytest.mark.parametrize(
    ("suffix", "said"),
    [
        ("pt", "archdb.from_torch"),
        ("pth", "archdb.from_torch"),
        ("safetensors", "the network's own file"),
        ("caffemodel", ".prototxt"),
        ("weights", ".cfg"),
    ],
)
def test_what_is_no_network_is_refused_with_what_to_do(
    suffix: str, said: str, tmp_path: Path, database: Path
) -> None:
    path = tmp_path / f"model.{suffix}"
    path.write_bytes(b"PK")
    for command in ("import", "show"):
        refused(archdb(command, str(path), database=database), f"model.{suffix}", said)


def test_a_prototxt_is_read_in_the_phase_that_is_asked_for(tmp_path: Path, database: Path) -> None:
    path = tmp_path / "net.prototxt"
    path.write_text(
        """input: "x" input_shape { dim: 1 dim: 3 dim: 8 dim: 8 }
        layer { name: "c" type: "Convolution" bottom: "x" top: "c"
          convolution_param { num_output: 4 kernel_size: 3 } include { phase: TRAIN } }
        layer { name: "r" type: "ReLU" bottom: "x" top: "r" include { phase: TEST } }"""
    )
    for phase, told in (("train", "108 weights"), ("test", "0 weights")):
        words = ("import", str(path), "--phase", phase, "--as", phase)
        assert archdb(*words, database=database).status == 0
        shown = json.loads(archdb("show", phase, "--format", "json", database=database).out)
        weights = next(row[phase] for row in shown if row["quantity"] == "weight_params")
        assert f"{weights} weights" == told
    onnx = written(tmp_path / "mine.onnx", node("Relu", ["c"], "y"))
    refused(
        archdb("import", str(onnx), "--phase", "test", database=database), "no phases", status=2
    )


@pytest.mark.parametrize("command", ["derive", "published", "remove"])
def test_where_a_network_must_be_stored_a_file_is_told_how(
    command: str, onnx: Path, database: Path
) -> None:
    answer = archdb(command, str(onnx), database=database)
    refused(answer, f"archdb import '{onnx}' stores it")
