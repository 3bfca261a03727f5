"""Caffe's prototxt files: totals as an independent count has them, and what is refused."""

from pathlib import Path

import pytest

from archdb.analysis.fingerprint import fingerprint
from archdb.analysis.layer_table import params
from archdb.analysis.profile import derive
from archdb.errors import ArchdbError
from archdb.model.graph import Layer, Network
from archdb.sources.caffe import Read, load, read
from tests.bundled import profile

WHOLE_CATALOGUE = True

FILES = Path(__file__).parent / "foreign" / "caffe"


def recorded() -> dict[str, list[int]]:
    lines = (FILES / "totals.txt").read_text("utf-8").splitlines()
    parts = [line.split() for line in lines if not line.startswith("#")]
    return {name: list(map(int, numbers)) for name, *numbers in parts}


def made(name: str) -> Read:
    return read(FILES / f"{name}.prototxt")


def layers(network: Network) -> dict[str, Layer]:
    return {layer.name: layer for layer in network}


@pytest.mark.parametrize("name", recorded())
def test_totals_are_those_of_the_same_layers_in_pytorch(name: str) -> None:
    totals = derive(made(name).network).totals
    assert [params(totals), totals["buffers"], totals["macs"]] == recorded()[name]


def test_scale_behind_batch_norm_is_one_layer_and_said() -> None:
    found = made("mixed")
    assert found.network.name == "mixed_net"
    assert found.outcome.folded == {"Scale": 1}
    norm = layers(found.network)["bn1"].op
    assert (norm.scale, norm.shift, norm.epsilon) == (True, True, 2e-5)
    assert layers(found.network)["relu1"].inputs == ("bn1",)


def test_tensors_of_one_name_are_shared() -> None:
    found = layers(made("twins").network)
    assert found["conv_p"].weights_of == "conv" and found["ip_p"].weights_of == "ip"
    assert found["pairs"].op.shape == (2, 20, 20)


def test_a_loss_of_little_weight_makes_a_head() -> None:
    found = made("heads")
    heads = [layer.name for layer in found.network if layer.auxiliary]
    assert heads == ["early/fc", "early/relu", "early/out"]
    assert found.outcome.folded == {"SoftmaxWithLoss": 2, "Accuracy": 1}
    assert [block.name for block in found.network.blocks] == ["early"]


def test_each_phase_has_its_own_layers() -> None:
    path = FILES / "heads.prototxt"
    assert "drop" not in layers(read(path).network)
    assert layers(read(path, phase="TRAIN").network)["drop"].op.rate == 0.3


def layer(name: str, kind: str, bottom: str, words: str = "") -> str:
    return f'layer {{ name: "{name}" type: "{kind}" bottom: "{bottom}" top: "{name}" {words} }}\n'


def alexnet(norm_first: bool) -> str:
    """The layers of bvlc_alexnet and, with pools before norms, of bvlc_reference_caffenet."""
    text = 'input: "data" input_dim: 10 input_dim: 3 input_dim: 227 input_dim: 227\n'
    last = "data"

    def add(name: str, kind: str, words: str = "") -> None:
        nonlocal text, last
        text, last = text + layer(name, kind, last, words), name

    for at, (filters, rest) in enumerate(
        (
            (96, "kernel_size: 11 stride: 4"),
            (256, "kernel_size: 5 pad: 2 group: 2"),
            (384, "kernel_size: 3 pad: 1"),
            (384, "kernel_size: 3 pad: 1 group: 2"),
            (256, "kernel_size: 3 pad: 1 group: 2"),
        ),
        1,
    ):
        words = f"convolution_param {{ num_output: {filters} {rest} }}"
        add(f"conv{at}", "Convolution", words)
        add(f"relu{at}", "ReLU")
        both = [("norm", "LRN", "lrn_param { local_size: 5 alpha: 0.0001 beta: 0.75 }")]
        both.insert(norm_first, ("pool", "Pooling", "pooling_param { kernel_size: 3 stride: 2 }"))
        for word, kind, own in both if at < 3 else [both[norm_first]] * (at == 5):
            add(f"{word}{at}", kind, own)
    for at, units in ((6, 4096), (7, 4096), (8, 1000)):
        add(f"fc{at}", "InnerProduct", f"inner_product_param {{ num_output: {units} }}")
        if at < 8:
            add(f"relu{at}", "ReLU")
            add(f"drop{at}", "Dropout", "dropout_param { dropout_ratio: 0.5 }")
    add("prob", "Softmax")
    return text


@pytest.mark.parametrize("name", ["alexnet", "caffenet"])
def test_the_released_networks_are_those_of_the_catalogue(name: str) -> None:
    own = load(alexnet(name == "alexnet"), name).network
    assert fingerprint(own) == fingerprint(profile(name).network)


SIDES = "convolution_param { num_output: 4 kernel_size: 3 pad_t: 0 pad_b: 1 stride: 2 pad_r: 3 }"
NET = 'input: "data" input_dim: 1 input_dim: 3 input_dim: 8 input_dim: 8\n'


def test_a_type_that_archdb_does_not_know_leaves_totals_open() -> None:
    found = load(NET + layer("odd", "Odd", "data") + layer("relu", "ReLU", "odd"), "odd")
    assert [(u.key, u.kind) for u in found.outcome.unknown] == [("odd", "Odd")]
    totals = derive(found.network).totals
    assert params(totals) is None and totals["macs"] is None


def test_a_field_that_no_rule_knows_leaves_its_layer_open() -> None:
    """A fork's field may change what a layer does: passing over it would be silently wrong."""
    told = "convolution_param { num_output: 4 kernel_size: 3 spread: 2 }"
    found = load(NET + layer("conv", "Convolution", "data", told), "fork").outcome
    assert [(u.key, u.why) for u in found.unknown] == [
        ("conv", "is told 'spread', which archdb does not know of")
    ]
    filled = told.replace("spread: 2", "weight_filler { type: 'xavier' } engine: CAFFE")
    assert not load(NET + layer("conv", "Convolution", "data", filled), "known").outcome.unknown


@pytest.mark.parametrize(
    ("kind", "told", "op", "shape"),
    [
        ("ReLU", "relu_param { relu6: true }", "relu6", (3, 8, 8)),
        ("Convolution", SIDES, "conv2d", (4, 4, 5)),
        ("Pooling", "pooling_param { kernel_size: 2 pool: AVE }", "avg_pool2d", (3, 7, 7)),
        ("BN", "bn_param { frozen: true }", "batch_norm", (3, 8, 8)),
        ("Interp", "interp_param { zoom_factor: 2 }", "resize2d", (3, 15, 15)),
        ("Interp", "interp_param { height: 5 width: 6 }", "resize2d", (3, 5, 6)),
        ("SPP", "spp_param { pyramid_height: 3 }", "concat", (3 * (1 + 4 + 16),)),
        ("Bias", "bias_param { axis: 1 num_axes: 3 }", "add", (3, 8, 8)),
    ],
)
def test_layers_of_forks_are_laid(kind: str, told: str, op: str, shape: tuple[int, ...]) -> None:
    found = load(NET + layer("one", kind, "data", told), "fork")
    last = layers(found.network)["one"]
    assert not found.outcome.unknown and last.op.name == op
    table = derive(found.network).table
    extents = [table.column(f"out_{axis}")[-1] for axis in ("channels", "height", "width")]
    assert tuple(n for n in extents if n) == shape


def test_learned_extents_are_those_that_are_stated() -> None:
    told = "scale_param { axis: 2 num_axes: 1 bias_term: true }"
    found = load(NET + layer("one", "Scale", "data", told), "rows")
    assert params(derive(found.network).totals) == 8 + 8


def test_maxima_go_back_to_where_a_pool_found_them() -> None:
    told = 'top: "mask" pooling_param { kernel_size: 2 stride: 2 }'
    pool = layer("pool", "Pooling", "data", told)
    back = layer("up", "Upsample", "pool", 'bottom: "mask" upsample_param { scale: 2 }')
    found = load(NET + pool + back, "segnet")
    assert not found.outcome.unknown
    assert layers(found.network)["up"].inputs == ("pool", "pool")


def test_what_decodes_boxes_is_left_out_with_what_reads_only_that() -> None:
    prior = layer("prior", "PriorBox", "conv", 'bottom: "data" prior_box_param { min_size: 9 }')
    joined = layer("priors", "Concat", "prior", 'bottom: "prior"')
    end = layer("out", "DetectionOutput", "conv", 'bottom: "priors"')
    told = "convolution_param { num_output: 4 kernel_size: 3 }"
    conv = layer("conv", "Convolution", "data", told)
    found = load(NET + conv + prior + joined + end, "ssd")
    assert [layer.name for layer in found.network] == ["data", "conv"]
    assert not found.outcome.unknown
    assert [note.split(" is ")[0] for note in found.outcome.notes] == [
        "PriorBox 'prior'",
        "DetectionOutput 'out'",
    ]


def test_what_reads_nothing_brings_data_whatever_its_type_is() -> None:
    text = 'layer { name: "in" type: "Python" top: "data" } ' + layer("r", "ReLU", "data")
    with pytest.raises(ArchdbError, match=r"is read from data \(Python\)"):
        load(text, "rois")
    assert len(load(text, "rois", {"data": (3, 8, 8)}).network) == 2


def test_a_solver_that_holds_its_network_is_that_network() -> None:
    text = "base_lr: 0.1 net_param { " + NET + layer("r", "ReLU", "data") + " }"
    assert [layer.name for layer in load(text, "solver").network] == ["data", "r"]


@pytest.mark.parametrize(("kind", "count"), [("LSTM", 4 * 6 * (5 + 1 + 6)), ("RNN", 114)])
def test_a_recurrent_layer_has_its_tensors_and_open_work(kind: str, count: int) -> None:
    """An RNN of 6 units on 5 numbers: 6 (5 + 1) and 6 · 6, and 6 (6 + 1) for its output."""
    shapes = "input_shape { dim: 9 dim: 2 dim: 5 } input_shape { dim: 9 dim: 2 }"
    net = f'input: "x" input: "cont" {shapes}'
    words = 'bottom: "cont" recurrent_param { num_output: 6 }'
    totals = derive(load(f"{net} {layer('cell', kind, 'x', words)}", "net").network).totals
    assert (params(totals), totals["macs"]) == (count, None)


def test_a_size_can_be_given_where_the_file_has_none() -> None:
    text = (
        'layer { name: "d" type: "Data" top: "data" transform_param { crop_size: 24 } }\n'
        + layer("ip", "InnerProduct", "data", "inner_product_param { num_output: 2 }")
    )
    with pytest.raises(ArchdbError, match="--input data=3x24x24"):
        load(text, "net")
    assert (
        derive(load(text, "net", {"data": (3, 24, 24)}).network).totals["macs"] == 3 * 24 * 24 * 2
    )


PAIR = 'input: "a=b" input: "c"\n' + "input_shape { dim: 1 dim: 2 }\n" * 2
WRONG = {
    "": "is empty",
    'net: "train.prototxt"\nbase_lr: 0.1': "give 'train.prototxt'",
    "a: 1": "has no layers",
    "layers { layer { name: 'conv' } }": "upgrade_net_proto_text",
    NET: "has no layers in phase TEST",
    NET + layer("c", "Convolution", "data"): "layer 'c' (line 2): does not say its kernel_size",
    NET + layer("r", "ReLU", "nowhere"): "reads the blob 'nowhere'",
    NET + layer("c", "Convolution", "data", "convolution_param { kernel_size: 9 num_output: 1 }"): (
        "does not fit"
    ),
    NET + layer("s", "Slice", "data", "slice_param { slice_point: 5 }"): "cannot part 3 into 1",
    NET + layer("c", "Convolution", "data", "convolution_param: 3"): "needs fields in braces",
    NET + "layer { name: 'cut off'": "expected a field or '}'",
    NET + 'layer { name: "s" type: "Scale" top: "s" }': "reads no blob",
    PAIR + layer("s", "Sigmoid", "a=b") + layer("t", "Sigmoid", "c"): "the name of an input has",
    "layer: 3": "'layer' needs fields in braces",
}


@pytest.mark.parametrize("text", WRONG, ids=range(len(WRONG)))
def test_what_is_wrong_is_said_with_its_place(text: str, tmp_path: Path) -> None:
    path = tmp_path / "net.prototxt"
    path.write_text(text, "utf-8")
    with pytest.raises(ArchdbError) as error:
        read(path)
    assert WRONG[text] in str(error.value)
    assert str(error.value).startswith(str(path))
