"""Keras's configurations: totals as Keras itself has them, all its containers, what is refused."""

import importlib.util
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from archdb.analysis.layer_table import params
from archdb.analysis.profile import derive
from archdb.errors import ArchdbError
from archdb.model.graph import Layer, Network
from archdb.sources.keras import Read, load, read
from archdb.sources.keras_files import LARGEST_FILE, from_json

FILES = Path(__file__).parent / "foreign" / "keras"


#: Of each class of keras.layers a model of it alone and its weights: benchmarks/keras_layers.py.
CLASSES = [json.loads(line) for line in (FILES / "layers.jsonl").read_text("utf-8").splitlines()]


def recorded() -> dict[str, list[int | None]]:
    lines = (FILES / "totals.txt").read_text("utf-8").splitlines()
    parts = [line.split() for line in lines if not line.startswith("#")]
    return {name: [None if n == "open" else int(n) for n in totals] for name, *totals in parts}


def made(name: str) -> Read:
    return read(FILES / f"{name}.json")


def layers(network: Network) -> dict[str, Layer]:
    return {layer.name: layer for layer in network}


def totals(network: Network) -> list[int | None]:
    found = derive(network).totals
    return [params(found), found["buffers"], found["macs"]]


@pytest.mark.parametrize("name", recorded())
def test_totals_and_shapes_are_those_of_keras(name: str) -> None:
    found = made(name)
    assert totals(found.network) == recorded()[name]
    assert found.outcome.compared > 2 and not found.outcome.shape_differs


@pytest.mark.parametrize("line", CLASSES, ids=lambda line: line["class"])
def test_each_class_of_keras_has_its_weights_and_shapes(line: dict[str, Any]) -> None:
    found = load(from_json(json.dumps(line["model"])), "one")
    learned, buffers, macs = totals(found.network)
    assert line["macs"] in (macs, None)
    if line["end"] == "exact" or learned is not None:
        assert (learned, buffers) != (None, None)
        assert (learned or 0) + (buffers or 0) == line["weights"]
    assert [u.kind for u in found.outcome.unknown] == [line["class"]] * (line["end"] == "open")
    assert found.outcome.compared and not found.outcome.shape_differs


def test_a_model_within_that_is_called_twice_has_its_weights_once() -> None:
    found = layers(made("image").network)
    assert found["unit/sep/depthwise~2"].weights_of == "unit/sep/depthwise"
    assert found["unit/ln~2"].weights_of == "unit/ln"
    assert {layer.block for layer in found.values()} >= {"unit", "unit/sep"}


def test_code_of_its_own_is_named_and_not_run() -> None:
    found = made("code").outcome
    assert [(u.key, u.kind, u.parameters) for u in found.unknown] == [("halved", "Lambda", 0)]


def entry(kind: str, name: str, reads: Any = (), **config: Any) -> dict[str, Any]:
    """A layer as Keras 2 writes it."""
    own = {"name": name, **config}
    return {"class_name": kind, "name": name, "config": own, "inbound_nodes": list(reads)}


def old(*entries: dict[str, Any], out: str = "", version: str = "2.4.0") -> Network:
    last = out or entries[-1]["name"]
    config = {
        "name": "Old Model",
        "layers": list(entries),
        "input_layers": [[entries[0]["name"], 0, 0]],
        "output_layers": [[last, 0, 0]],
    }
    model = {"class_name": "Model", "config": config, "keras_version": version}
    return load(from_json(json.dumps(model)), "old").network


IMAGE = entry("InputLayer", "image", batch_input_shape=[None, 16, 16, 3])


def reading(*names: str, **more: Any) -> list[list[list[Any]]]:
    return [[[name, 0, 0, more] for name in names]]


def test_functions_of_keras_2_are_layers() -> None:
    network = old(
        IMAGE,
        entry("Conv2D", "conv", reading("image"), filters=4, kernel_size=[3, 3], padding="same"),
        entry(
            "TFOpLambda",
            "plus",
            [["conv", 0, 0, {"y": 3.0, "name": None}]],
            function="__operators__.add",
        ),
        entry("ReLU", "six", reading("plus"), max_value=6.0),
        entry("TFOpLambda", "times", [["six", 0, 0, {"y": 0.1666}]], function="math.multiply"),
        entry(
            "TFOpLambda", "both", [["times", 0, 0, {"y": ["conv", 0, 0]}]], function="math.multiply"
        ),
    )
    found = layers(network)
    assert [layer.op.name for layer in network] == [
        "input",
        "conv2d",
        "add",
        "relu6",
        "rescale",
        "multiply",
    ]
    assert found["both"].inputs == ("times", "conv")
    assert found["times"].op.factor == 0.1666 and found["plus"].op.value == 3.0
    assert network.name == "old_model"


@pytest.mark.parametrize(("version", "ops"), [("2.4.0", 3), ("3.1.0", 1)])
def test_a_hard_sigmoid_is_what_its_version_has(version: str, ops: int) -> None:
    hard = entry("Activation", "hard", reading("image"), activation="hard_sigmoid")
    network = old(IMAGE, hard, version=version)
    assert len(network) == 1 + ops


def test_a_sequential_states_its_input_in_its_first_layer() -> None:
    config = [
        {
            "class_name": "Conv2D",
            "config": {
                "name": "c",
                "filters": 2,
                "kernel_size": [3, 3],
                "batch_input_shape": [None, 8, 6, 1],
            },
        },
        {"class_name": "Flatten", "config": {"name": "f"}},
        {"class_name": "Dense", "config": {"name": "d", "units": 5, "activation": "relu"}},
    ]
    found = load(from_json(json.dumps({"class_name": "Sequential", "config": config})), "seq")
    assert totals(found.network) == [2 * 9 + 2 + 48 * 5 + 5, 0, 9 * 2 * 24 + 48 * 5]


def test_channels_first_models_keep_their_axes() -> None:
    network = old(
        entry("InputLayer", "image", batch_input_shape=[None, 3, 8, 6]),
        entry(
            "Conv2D", "c", reading("image"), filters=2, kernel_size=3, data_format="channels_first"
        ),
        entry("BatchNormalization", "b", reading("c"), axis=1),
        entry("Reshape", "r", reading("b"), target_shape=[4, -1]),
    )
    assert derive(network).facts[-1].out == (4, 12)
    assert [layer.op.name for layer in network][-1] == "reshape"


def test_elements_are_reshaped_in_the_order_of_keras() -> None:
    """Channels last: what is next to each other in Keras is so in the rows."""
    network = old(IMAGE, entry("Reshape", "r", reading("image"), target_shape=[8, 8, 12]))
    assert [layer.op.name for layer in network] == ["input", "permute", "reshape", "permute"]
    assert derive(network).facts[-1].out == (12, 8, 8)


def test_layers_may_stand_before_what_they_read() -> None:
    act = entry("Activation", "a", reading("f"), activation="relu")
    network = old(IMAGE, act, entry("Flatten", "f", reading("image")), out="a")
    assert [layer.name for layer in network] == ["image", "f", "a"]


def test_a_class_that_archdb_does_not_know_leaves_totals_open() -> None:
    network = old(IMAGE, entry("Custom>Mixer", "m", reading("image")))
    assert totals(network) == [None, None, None]
    (unknown,) = [layer for layer in network if not layer.op.known]
    assert unknown.op.kind == "Mixer"


def archive(path: Path, config: str, **more: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("config.json", config)
        for name, text in more.items():
            file.writestr(f"{name}.json", text)
    return path


def test_a_padding_mask_is_left_out_with_what_works_it_out() -> None:
    found = made("masked")
    ops = {layer.op.name for layer in found.network}
    assert not ops & {"unknown", "constant"} and found.outcome.unknown == []
    assert found.outcome.notes == ["figures are of sequences without padding: masks change none"]
    model = json.loads((FILES / "masked.json").read_text("utf-8"))
    compared = [layer for layer in model["config"]["layers"] if layer["class_name"] == "NotEqual"]
    model["config"]["output_layers"] = [["classes", 0, 0], [compared[0]["name"], 0, 0]]
    found = load(from_json(json.dumps(model)), "masked")
    assert [unknown.kind for unknown in found.outcome.unknown] == ["not_equal"]  # given out itself


def test_an_archive_is_read_by_its_configuration(tmp_path: Path) -> None:
    text = (FILES / "image.json").read_text("utf-8")
    path = archive(tmp_path / "model.keras", text, metadata='{"keras_version": "3.15.1"}')
    found = read(path)
    assert totals(found.network) == recorded()["image"]
    assert found.source["version"] == "3.15.1"


@pytest.mark.skipif(importlib.util.find_spec("h5py") is None, reason="h5py is not installed")
def test_an_h5_file_is_read_by_its_attribute(tmp_path: Path) -> None:
    import h5py

    path = tmp_path / "model.h5"
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = (FILES / "image.json").read_text("utf-8")
    assert totals(read(path).network) == recorded()["image"]


@pytest.mark.skipif(importlib.util.find_spec("h5py") is not None, reason="h5py is installed")
def test_an_h5_file_without_h5py_is_refused_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "model.h5"
    path.write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(100))
    with pytest.raises(ArchdbError, match="archdb\\[h5\\]"):
        read(path)


def test_a_zip_that_unpacks_without_end_is_refused(tmp_path: Path) -> None:
    path = archive(tmp_path / "bomb.keras", " " * (LARGEST_FILE + 1))
    assert path.stat().st_size < 2**20
    with pytest.raises(ArchdbError, match="unpacks to more than 64 MB"):
        read(path)


def test_a_size_that_a_model_leaves_open_is_asked_for() -> None:
    image = entry("InputLayer", "image", batch_input_shape=[None, None, None, 3])
    conv = entry("Conv2D", "c", reading("image"), filters=2, kernel_size=3)
    with pytest.raises(ArchdbError, match="--input image=3x224x224"):
        old(image, conv)
    config = {
        "name": "m",
        "layers": [image, conv],
        "input_layers": [["image", 0, 0]],
        "output_layers": [["c", 0, 0]],
    }
    model = from_json(json.dumps({"class_name": "Functional", "config": config}))
    found = load(model, "m", {"image": (3, 10, 10)}).network
    assert totals(found) == [2 * 27 + 2, 0, 2 * 27 * 64]


def broken(*entries: dict[str, Any]) -> str:
    config = {"layers": list(entries), "input_layers": [["image", 0, 0]], "output_layers": []}
    return json.dumps({"class_name": "Model", "config": config})


WRONG = {
    "": "is empty",
    "{": "is not JSON",
    "[" * 10**5: "is not JSON",
    "[]": "no Keras model's configuration",
    '{"class_name": "Model", "config": {"layers": []}}': "has no layers",
    '{"class_name": "Mine", "config": {}}': "is of class Mine",
    broken({"config": {}}): "layer 0 has no class_name",
    broken(IMAGE, entry("Dense", "d", reading("gone"), units=3)): "reads output 0 of 'gone'",
    broken(IMAGE, entry("Dense", "d", reading("image"))): "does not state its units",
    broken(IMAGE, entry("Dense", "d", reading("image"), units="x")): "layer 'd' (Dense)",
    broken(IMAGE, entry("Reshape", "r", reading("image"), target_shape=[7, -1])): "cannot make",
    broken(IMAGE, entry("ReLU", "a", reading("b")), entry("ReLU", "b", reading("a"))): "in a cycle",
    broken(IMAGE, entry("Conv2D", "c", reading("image"), filters=1, kernel_size=[99, 99])): (
        "does not fit"
    ),
    broken(entry("InputLayer", "image", batch_input_shape="x")): "a shape that is none",
    broken(IMAGE): "has no layer that archdb makes one of",
    "PK\x03\x04 and no more": "is a damaged zip",
}


@pytest.mark.parametrize("text", WRONG, ids=range(len(WRONG)))
def test_what_is_wrong_is_said_with_its_place(text: str, tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    path.write_text(text, "utf-8")
    with pytest.raises(ArchdbError) as error:
        read(path)
    assert WRONG[text] in str(error.value)
    assert str(error.value).startswith(str(path))


def test_padding_before_a_convolution_alone_is_its_own() -> None:
    padding = entry("ZeroPadding2D", "p", reading("image"), padding=[[0, 1], [2, 0]])
    conv = entry("Conv2D", "c", reading("p"), filters=2, kernel_size=[3, 3])
    assert layers(old(IMAGE, padding, conv))["c"].op.padding == (0, 1, 2, 0)
    config = {"layers": [IMAGE, padding, conv], "input_layers": [["image", 0, 0]]}
    config["output_layers"] = [["c", 0, 0]]
    found = load(from_json(json.dumps({"class_name": "Model", "config": config})), "padded")
    assert found.outcome.folded == {"ZeroPadding2D": 1}
    both = old(IMAGE, padding, conv, entry("Add", "a", reading("p", "p")), out="a")
    assert layers(both)["c"].inputs == ("p",)


def test_an_elementary_hard_sigmoid_is_one_layer_where_nothing_else_reads_it() -> None:
    def function(name: str, reads: str, what: str, y: float | None = None) -> dict[str, Any]:
        more = {} if y is None else {"y": y}
        return entry("TFOpLambda", name, [[reads, 0, 0, more]], function=what)

    parts = (
        IMAGE,
        function("plus", "image", "math.add", 3),
        function("six", "plus", "nn.relu6"),
        function("sixth", "six", "math.multiply", 1 / 6),
    )
    assert [layer.op.name for layer in old(*parts)] == ["input", "hard_sigmoid"]
    beside = old(*parts, entry("Add", "sum", reading("six", "sixth")))
    assert [layer.op.name for layer in beside][1:4] == ["add", "relu6", "rescale"]


@pytest.mark.parametrize(
    ("kind", "config", "why"),
    [
        ("Attention", {"score_mode": "cosine"}, "scores by cosine"),
        ("Dot", {"axes": [1, 2], "normalize": True}, "normalizes them"),
        ("EinsumDense", {"equation": "abc,cb->ac", "output_shape": [8]}, "is no linear layer"),
        ("EinsumDense", {"equation": "sum"}, "sums by 'sum'"),
    ],
)
def test_products_that_are_none_of_these_are_open(
    kind: str, config: dict[str, Any], why: str
) -> None:
    steps = entry("InputLayer", "steps", batch_input_shape=[None, 6, 4])
    several = ["steps"] if kind == "EinsumDense" else ["steps", "steps"]
    own = entry(kind, "product", reading(*several), **config)
    whole = {"layers": [steps, own], "input_layers": [["steps", 0, 0]]}
    whole["output_layers"] = [["product", 0, 0]]
    text = json.dumps({"class_name": "Model", "config": whole})
    (unknown,) = load(from_json(text), "made").outcome.unknown
    assert unknown.key == "product" and why in unknown.why


@pytest.mark.parametrize("kind", ["Functional", "Sequential"])
def test_layers_of_one_name_are_refused(kind: str) -> None:
    """One would stand for the other, or be taken for its second call and count nothing."""
    conv = entry("Conv2D", "c", reading("image"), filters=2, kernel_size=3)
    config: dict[str, Any] = {"layers": [IMAGE, conv, conv]}
    if kind == "Functional":
        config |= {"input_layers": [["image", 0, 0]], "output_layers": [["c", 0, 0]]}
    with pytest.raises(ArchdbError, match="several layers of the name 'c'"):
        load(from_json(json.dumps({"class_name": kind, "config": config})), "twice")


@pytest.mark.parametrize("kind", ["SpectralNormalization", "TimeDistributed"])
def test_layers_within_layers_end(kind: str) -> None:
    inner: dict[str, Any] = entry("Dense", "d", units=2)
    for at in range(300):
        inner = {"class_name": kind, "config": {"name": f"t{at}", "layer": inner}}
    steps = entry("InputLayer", "steps", batch_input_shape=[None, 60, 60, 60, 60, 3])
    config = {"layers": [steps, inner]}
    text = json.dumps({"class_name": "Sequential", "config": config})
    try:
        assert len(load(from_json(text), "deep").network) < 200
    except ArchdbError as error:
        assert "too deep" in error.what
