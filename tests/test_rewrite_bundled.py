"""Rules on the bundled networks: held to others that were laid down from their own sources, and
every rule to every kind of network."""

import bundled
import pytest
from drawing import params

from archdb.analysis.fingerprint import fingerprint
from archdb.analysis.inputs import resize_network
from archdb.analysis.profile import derive
from archdb.errors import ArchdbError
from archdb.model.graph import Network
from archdb.rewrite import REGISTRY, apply

WHOLE_CATALOGUE = True


def network(name: str) -> Network:
    return bundled.profile(name).network


@pytest.mark.parametrize("percent", [25, 50, 75])
def test_width_of_mobilenet_is_the_narrower_mobilenet(percent: int) -> None:
    """howard2017, section 3.3: the width multiplier; the narrower ones are seeds of their own."""
    made = apply(network("mobilenet_v1"), f"width={percent / 100}").network
    assert fingerprint(made) == fingerprint(network(f"mobilenet_v1_0{percent}"))


def test_dilated_resnet_is_the_backbone_of_deeplab() -> None:
    """chen2017deeplab at output stride 8, as torchvision has it: the same graph of equal ops."""
    made = apply(network("resnet50_v1_5"), "dilate=8").network
    deeplab = resize_network(network("deeplabv3_resnet50"), (3, 224, 224))
    backbone = [row for row in deeplab if row.op.source or row.name.startswith("backbone")]
    classifier = [row.op.name for row in made.layers[len(backbone) :]]
    assert classifier == ["global_avg_pool2d", "linear", "softmax"]
    parts = [Network("backbone", rows) for rows in (made.layers[: len(backbone)], backbone)]
    assert fingerprint(parts[0]) == fingerprint(parts[1])


@pytest.mark.parametrize("name", ["vgg11", "vgg13", "vgg16", "vgg19"])
def test_folded_vgg_has_the_parameters_of_the_one_without_norms(name: str) -> None:
    made = derive(apply(network(f"{name}_bn"), "fold-bn").network).totals
    plain = bundled.profile(name).totals
    for quantity in ("weight_params", "bias_params", "norm_params", "buffers", "macs", "bias_adds"):
        assert made[quantity] == plain[quantity]


@pytest.mark.parametrize("name", ["alexnet", "googlenet", "overfeat_fast", "vgg16"])
def test_a_dilated_classifier_sees_one_window_of_its_native_input(name: str) -> None:
    """Turned into convolutions, then dilated: every position of every map is there, and others
    between them; at the native input one window of the classifier fits, as before."""
    made = derive(apply(network(name), "drop-aux+fc-to-conv+dilate=8").network)
    last = made.layer(made.network.layers[-1].name)
    assert (last["out_height"], last["out_width"]) == (1, 1)
    before = bundled.profile(name).totals
    assert params(made) == sum(before[f"{role}_params"] for role in ("weight", "bias", "norm"))


def test_bn_inception_refuses_what_its_joins_do_not_allow() -> None:
    with pytest.raises(ArchdbError) as caught:
        apply(network("bn_inception"), "dilate=8")
    assert caught.value.places[:2] == (
        "bn_inception+dilate=8",
        "layer 'inception_3c/output' (concat)",
    )


def test_lenet5_keeps_what_its_table_speaks_of() -> None:
    made = apply(network("lenet5"), "width=2")
    filters = {row.name: row.op.attributes().get("filters") for row in made.network}
    assert [filters[name] for name in ("C1", "C3", "C5")] == [6, 16, 240]
    assert "'C3' takes its input by particular channels" in str(made.notes[0])


def test_classes_of_googlenet_are_those_of_its_heads() -> None:
    made = derive(apply(network("googlenet"), "classes=10").network)
    for name in ("loss1/classifier", "loss2/classifier", "loss3/classifier", "prob"):
        assert made.layer(name)["out_channels"] == 10


VALUES = {"bottleneck": "16", "dilate": "8", "width": "0.5", "classes": "37"}
WORDS = ["=".join(filter(None, [rule, VALUES.get(rule)])) for rule in REGISTRY]
#: With each rule every so many networks, from another one on, so that all are met.
STEP = 4


@pytest.mark.parametrize("rule", WORDS)
def test_a_rule_changes_every_network_or_says_why_not(rule: str) -> None:
    changed = 0
    for name in bundled.NAMES[WORDS.index(rule) % STEP :: STEP]:
        base = network(name)
        try:
            made, notes = apply(base, rule)
        except ArchdbError as error:
            assert error.places[0] == f"{name}+{rule}"
            continue
        if made.layers == base.layers:
            assert notes
        else:
            derive(made)
            changed += 1
    assert changed


def test_widths_that_rounding_parts_are_refused_with_a_remedy() -> None:
    """What a dual path adds is the remainder of a slice, rounded for itself."""
    assert apply(network("dpn92"), "width=0.5").network
    with pytest.raises(ArchdbError, match="conv3_x__1_sum") as caught:
        apply(network("dpn92"), "width=0.3")
    assert "a power of two" in str(caught.value)
