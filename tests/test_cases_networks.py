"""The whole networks that texts on convolution arithmetic name: what they state of each, asked of
the catalogue through the command line."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from command import archdb

WHOLE_CATALOGUE = True
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def ask(whole: Path) -> Any:
    """Rows of a command."""

    def rows(*words: str) -> Rows:
        answer = archdb(*words, "--format", "json", database=whole)
        assert answer.status == 0, answer.err
        found: Rows = json.loads(answer.out)
        return found

    return rows


def layers(ask: Any, name: str, condition: str = "1") -> Rows:
    where = f"architecture = '{name}' and is_native and not auxiliary and ({condition})"
    rows: Rows = ask("query", f"select * from layer_summary where {where} order by position")
    return rows


def ops(ask: Any, name: str) -> Counter[str]:
    return Counter(row["op"] for row in layers(ask, name))


def totals(ask: Any, name: str) -> dict[str, Any]:
    return {row["quantity"]: row[name] for row in ask("show", name)}


def test_lenet5_of_1998_and_what_it_is_today(ask: Any) -> None:
    """The original keeps its partial table, trainable subsampling, scaled tanh and RBF output; the
    modern form pools and uses ReLU."""
    original, modern = ops(ask, "lenet5"), ops(ask, "lenet5_modern")
    assert (original["partial_conv2d"], original["subsample2d"], original["rbf"]) == (1, 2, 1)
    assert original["scaled_tanh"] > 0 == original["relu"]
    assert set(modern) == {"input", "conv2d", "max_pool2d", "linear", "relu", "softmax"}


def test_alexnet(ask: Any) -> None:
    """5 convolutional and 3 fully connected layers, 1000-way softmax, two GPUs, 60 million
    parameters; 650,000 neurons, where one text prints 65,000."""
    found = ops(ask, "alexnet")
    assert (found["conv2d"], found["linear"], found["softmax"]) == (5, 3, 1)
    assert layers(ask, "alexnet")[-1]["out_channels"] == 1000
    apart = layers(ask, "alexnet", "groups = 2")
    assert [row["layer"] for row in apart] == ["conv2", "conv4", "conv5"]
    quantities = totals(ask, "alexnet")
    assert round(quantities["params"], -7) == 60_000_000
    neurons = quantities["activations"]
    assert round(neurons, -4) == 660_000
    convolved = sum(row["out_elements"] for row in layers(ask, "alexnet", "op = 'conv2d'"))
    assert round(convolved, -4) == 650_000


@pytest.mark.parametrize(
    ("name", "depth"),
    [
        ("vgg11", 11),
        ("vgg11_lrn", 11),
        ("vgg13", 13),
        ("vgg16_c", 16),
        ("vgg16", 16),
        ("vgg19", 19),
    ],
)
def test_vgg_from_a_to_e(ask: Any, name: str, depth: int) -> None:
    """Weight layers of configurations A, A-LRN, B, C, D and E (simonyan2015, table 1)."""
    assert totals(ask, name)["weighted_layers"] == depth
    kernels = {row["kernel_h"] for row in layers(ask, name, "op = 'conv2d'")}
    assert kernels == ({1, 3} if name == "vgg16_c" else {3})


def test_inception_v1_reduces_before_it_convolves(ask: Any) -> None:
    reduce = layers(ask, "googlenet", "layer like 'inception%reduce' and op = 'conv2d'")
    assert len(reduce) == 9 * 2
    assert all(row["kernel_h"] == 1 and row["out_channels"] < row["in_channels"] for row in reduce)


def test_inception_v2_normalises_batches_and_stacks_3x3(ask: Any) -> None:
    found = ops(ask, "bn_inception")
    assert found["batch_norm"] == found["conv2d"] > 0
    assert layers(ask, "bn_inception", "kernel_h = 5 and op = 'conv2d'") == []


def test_inception_v3_is_asymmetric_deep_in_the_net(ask: Any) -> None:
    """Factors of 7 on maps of 17×17, of 3 on maps of 8×8; an auxiliary classifier."""
    factors = layers(ask, "inception_v3", "kernel_h <> kernel_w")
    assert {(max(row["kernel_h"], row["kernel_w"]), row["out_height"]) for row in factors} == {
        (7, 17),
        (3, 8),
    }
    assert totals(ask, "inception_v3")["aux_params"] > 0


@pytest.mark.parametrize("name", ["resnet50", "wide_resnet50_2", "wrn_28_10_cifar10"])
def test_residual_and_wide_residual_networks(ask: Any, name: str) -> None:
    found = ops(ask, name)
    assert found["add"] > 0
    assert found["batch_norm"] > 0


def test_wide_is_wide(ask: Any) -> None:
    """Twice the filters inside each bottleneck: four times the weights of its 3×3 kernels."""
    inner = "kernel_h = 3 and op = 'conv2d'"
    pairs = zip(
        layers(ask, "resnet50_v1_5", inner), layers(ask, "wide_resnet50_2", inner), strict=True
    )
    assert {wide["params"] / plain["params"] for plain, wide in pairs} == {4}


def test_network_in_network(ask: Any) -> None:
    """Two 1×1 convolutions behind each larger one, and a global average in place of classifiers."""
    kernels = [row["kernel_h"] for row in layers(ask, "nin", "op = 'conv2d'")]
    assert kernels == [11, 1, 1, 5, 1, 1, 3, 1, 1, 3, 1, 1]
    assert ops(ask, "nin")["linear"] == 0


def test_fcn_slides_the_classifier_over_a_larger_image(ask: Any) -> None:
    """224 → 7×7×512; 384 → 12×12×512 → 6×6 scores, as windows of 224 slid by 32."""
    for size, side in ((224, 7), (384, 12)):
        words = ("show", "vgg16+fc-to-conv", "--by", "layer", "--input", str(size))
        outputs = {row["layer"]: row["output"] for row in ask(*words)}
        scores = (size - 224) // 32 + 1
        assert outputs["pool5"] == f"512x{side}x{side}"
        assert outputs["prob"] == f"1000x{scores}x{scores}"


@pytest.mark.parametrize("name", ["fcn32s", "fcn16s", "fcn8s", "fcn_alexnet", "rfcn_resnet101"])
def test_fcn_and_r_fcn_have_no_fully_connected_layer(ask: Any, name: str) -> None:
    found = ops(ask, name)
    assert found["linear"] == 0
    assert found["conv2d"] > 0


def test_dilated_networks_predict_densely(ask: Any) -> None:
    """yu2016, table 1: dilation 1, 1, 2, 4, 8, 16, 1 on maps that keep their size; fields of 3, 5,
    9, 17, 33, 65, 67."""
    found = layers(ask, "dilated_context", "kernel_h = 3")
    assert [row["dilation_h"] for row in found] == [1, 1, 2, 4, 8, 16, 1]
    assert [row["receptive_field_h"] for row in found] == [3, 5, 9, 17, 33, 65, 67]
    assert {row["out_height"] for row in found} == {64}


@pytest.mark.parametrize("name", ["mobilenet_v1", "xception"])
def test_depthwise_networks(ask: Any, name: str) -> None:
    """Each depthwise convolution is followed by one of 1×1, which has most of the weights."""
    depthwise = layers(ask, name, "op = 'depthwise_conv2d'")
    pointwise = layers(ask, name, "op = 'conv2d' and kernel_h = 1")
    assert 0 < len(depthwise) <= len(pointwise)
    assert sum(row["params"] for row in depthwise) < sum(row["params"] for row in pointwise) / 10
