"""The bundled networks against figures that were published or worked out elsewhere.

None is copied from archdb. Where each comes from stands beside it; test_bundled_by_hand works
the totals out a second time from the tables of the papers.
"""

from typing import Any

import pytest
from bundled import profile

from archdb.errors import ShapeError

WHOLE_CATALOGUE = True

#: Parameters and MACs, from the layer tables of the papers and the released files.
FIGURES = {
    "lenet5": (60_000, 325_680),  # lecun1998, II.B: 60,000 trainable; MACs: test_bundled_lenet
    "lenet5_modern": (61_706, 416_520),  # dense C3 (2,416 for 1,516), 850 outputs
    "alexnet": (60_965_224, 724_406_816),  # BVLC deploy.prototxt
    "alexnet_owt": (61_100_840, 714_188_480),  # torchvision
    "vgg11": (132_863_336, 7_609_090_048),  # simonyan2015, Table 2: 133 million; A to E below
    "vgg11_lrn": (132_863_336, 7_609_090_048),  # normalisation has no parameters and no MACs
    "vgg13": (133_047_848, 11_308_466_176),
    "vgg16_c": (133_638_952, 11_770_888_192),
    "vgg16": (138_357_544, 15_470_264_320),
    "vgg19": (143_667_240, 19_632_062_464),
    "nin": (7_595_176, 1_100_188_800),  # 4 bytes each: the 29 MB of the model zoo
    "googlenet": (6_998_552, 1_582_671_872),  # without the auxiliary heads
    "resnet18": (11_689_512, 1_814_073_344),
    "resnet34": (21_797_672, 3_663_761_408),
    "resnet50": (25_557_032, 3_857_973_248),  # the paper: 3.8 × 10⁹
    "resnet50_v1_5": (25_557_032, 4_089_184_256),  # torchvision: 4.09
    "resnet101": (44_549_160, 7_570_194_432),
    "resnet152": (60_192_808, 11_282_415_616),
}


def params(name: str, shape: tuple[int, ...] | None = None) -> int:
    totals = profile(name, shape).totals
    return sum(totals[f"{role}_params"] for role in ("weight", "bias", "norm"))


def column(name: str, layer: str, column: str) -> Any:
    return profile(name).layer(layer)[column]


@pytest.mark.parametrize("name", FIGURES)
def test_params(name: str) -> None:
    assert params(name) == FIGURES[name][0]


@pytest.mark.parametrize("name", FIGURES)
def test_macs(name: str) -> None:
    assert profile(name).totals["macs"] == FIGURES[name][1]


@pytest.mark.parametrize("name", FIGURES)
def test_nothing_is_left_open(name: str) -> None:
    totals = profile(name).totals
    open_ = {key for key, value in totals.items() if value is None}
    assert open_ == {"note", "receptive_field_note"}


ACTIVATIONS = {  # outputs of convolution and linear layers
    "alexnet": 290_400 + 186_624 + 64_896 + 64_896 + 43_264 + 4096 + 4096 + 1000,  # 659,272
    "vgg11": 7_435_240,
    "vgg13": 12_252_136,
    "vgg16_c": 13_556_712,
    "vgg16": 13_556_712,
    "vgg19": 14_861_288,
    "resnet50_v1_5": 11_114_984,  # pycls gives 200,704 more, the output of the stem's pool
}


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations(name: str) -> None:
    assert profile(name).totals["activations"] == ACTIVATIONS[name]


#: Weight layers on the longest path, and all of them: every branch and projection.
DEPTHS = {
    "lenet5": (4, 4),  # C1, C3, C5, F6: the sums of S2 and S4 are no matrix products
    "lenet5_modern": (5, 5),
    "alexnet": (8, 8),
    "alexnet_owt": (8, 8),
    "vgg11": (11, 11),
    "vgg11_lrn": (11, 11),
    "vgg13": (13, 13),
    "vgg16_c": (16, 16),
    "vgg16": (16, 16),
    "vgg19": (19, 19),
    "nin": (12, 12),
    "googlenet": (22, 3 + 9 * 6 + 1),
    "resnet18": (18, 1 + 8 * 2 + 3 + 1),
    "resnet34": (34, 1 + 16 * 2 + 3 + 1),
    "resnet50": (50, 1 + 16 * 3 + 4 + 1),
    "resnet50_v1_5": (50, 1 + 16 * 3 + 4 + 1),
    "resnet101": (101, 1 + 33 * 3 + 4 + 1),
    "resnet152": (152, 1 + 50 * 3 + 4 + 1),
}


@pytest.mark.parametrize("name", DEPTHS)
def test_depth(name: str) -> None:
    totals = profile(name).totals
    assert (totals["depth"], totals["weighted_layers"]) == DEPTHS[name]


#: Receptive field, effective stride and padding behind a layer. A convolution padded by 1 adds
#: its stride to the padding; the stages of VGG have strides 1, 2, 4, 8, 16.
FIELDS = [
    ("lenet5", "C1", 5, 1, 0),
    ("lenet5", "S2", 6, 2, 0),
    ("lenet5", "C3", 14, 2, 0),
    ("lenet5", "S4", 16, 4, 0),
    ("lenet5", "C5", 32, 4, 0),
    ("alexnet", "pool5", 195, 32, 2 * 8 + (1 + 1 + 1) * 16),  # 64
    ("alexnet", "fc6", 355, 32, 64),
    ("vgg11", "pool5", 150, 32, 1 * 1 + 1 * 2 + 2 * 4 + 2 * 8 + 2 * 16),
    ("vgg13", "pool5", 156, 32, 2 * 1 + 2 * 2 + 2 * 4 + 2 * 8 + 2 * 16),
    ("vgg16_c", "pool5", 156, 32, 2 * 1 + 2 * 2 + 2 * 4 + 2 * 8 + 2 * 16),
    ("vgg16", "pool5", 212, 32, 2 * 1 + 2 * 2 + 3 * 4 + 3 * 8 + 3 * 16),  # 90
    ("vgg19", "pool5", 268, 32, 2 * 1 + 2 * 2 + 4 * 4 + 4 * 8 + 4 * 16),
    ("vgg11", "fc6", 342, 32, 59),
    ("vgg13", "fc6", 348, 32, 62),
    ("vgg16_c", "fc6", 348, 32, 62),
    ("vgg16", "fc6", 404, 32, 90),
    ("vgg19", "fc6", 460, 32, 118),
    ("googlenet", "inception_5b/output", 715, 32, None),
    ("googlenet", "pool5/7x7_s1", 715 + (7 - 1) * 32, 32, None),  # 907
    ("resnet18", "res5b_relu", 435, 32, None),
    ("resnet34", "res5c_relu", 899, 32, None),
    ("resnet50", "res5c_relu", 483, 32, None),
    ("resnet50_v1_5", "res5c_relu", 427, 32, None),
    ("resnet101", "res5c_relu", 1027, 32, None),
    ("resnet152", "res5c_relu", 1507, 32, None),
]


@pytest.mark.parametrize(("name", "layer", "size", "stride", "padding"), FIELDS)
def test_receptive_field(
    name: str, layer: str, size: int, stride: int, padding: int | None
) -> None:
    for axis in "hw":
        assert column(name, layer, f"receptive_field_{axis}") == size
        assert column(name, layer, f"effective_stride_{axis}") == stride
        if padding is not None:
            assert column(name, layer, f"effective_padding_{axis}") == padding


LAST_MAPS = {"vgg16": "pool5", "alexnet": "pool5", "resnet50": "res5c_relu", "lenet5": "C5_squash"}


@pytest.mark.parametrize("name", LAST_MAPS)
def test_the_field_of_a_network_is_that_of_its_last_map(name: str) -> None:
    totals = profile(name).totals
    assert totals["receptive_field_layer"] == LAST_MAPS[name]
    behind = column(name, LAST_MAPS[name], "receptive_field_h")
    assert totals["receptive_field_h"] == behind


def test_alexnet_unpadded_at_224_still_works() -> None:
    """(224 - 11) / 4 + 1 = 54.25: maps 54, 27, 13, 6 as at 227, and a smaller first one only."""
    smaller = 96 * 3 * 11 * 11 * (55 * 55 - 54 * 54)
    assert profile("alexnet", (3, 224, 224)).totals["macs"] == 724_406_816 - smaller == 720_608_384
    assert params("alexnet", (3, 224, 224)) == 60_965_224


def test_another_input_changes_the_first_linear_layer_of_vgg16() -> None:
    grown = 4096 * 512 * (8 * 8 - 7 * 7)
    assert params("vgg16", (3, 256, 256)) == 138_357_544 + grown


def test_another_input_leaves_the_parameters_of_a_globally_pooled_network() -> None:
    assert params("resnet50", (3, 384, 384)) == 25_557_032


def test_an_input_that_a_window_cannot_fit_into_is_refused() -> None:
    """38 → (38 - 11) / 4 + 1 = 7 → 3 → 1, and a 3×3 pool is to follow."""
    with pytest.raises(ShapeError, match=r"alexnet, layer 'pool5' \(max_pool2d\): a 3×3 window"):
        profile("alexnet", (3, 38, 38))
