"""The totals of the bundled networks, worked out a second time from the tables of the papers.

This arithmetic knows nothing of archdb's ops: weights, biases and positions, row by row.
"""

from typing import NamedTuple

import pytest
from bundled import profile

WHOLE_CATALOGUE = True


class Sum(NamedTuple):
    """What a network adds up to."""

    weights: int = 0
    biases: int = 0
    norms: int = 0
    macs: int = 0
    activations: int = 0

    def __add__(self, other: object) -> "Sum":  # type: ignore[override]
        assert isinstance(other, Sum)
        return Sum(*(a + b for a, b in zip(self, other, strict=True)))


def conv(channels: int, filters: int, kernel: int, size: int, groups: int = 1) -> Sum:
    """A convolution with bias, to a map of size × size."""
    weights, positions = filters * (channels // groups) * kernel * kernel, size * size
    return Sum(weights, filters, 0, weights * positions, filters * positions)


def normed(channels: int, filters: int, kernel: int, size: int) -> Sum:
    """A convolution without bias, and a batch normalisation: scale and shift."""
    return conv(channels, filters, kernel, size)._replace(biases=0, norms=2 * filters)


def linear(features: int, units: int) -> Sum:
    return conv(features, units, 1, 1)


def added(*parts: Sum) -> Sum:
    return sum(parts, Sum())


def classifier(features: int) -> Sum:
    return added(linear(features, 4096), linear(4096, 4096), linear(4096, 1000))


def vgg(*stages: list[int]) -> Sum:
    """simonyan2015, Table 1: the kernels of each stage; a pool by 2 behind each."""
    total, channels, size = Sum(), 3, 224
    for width, kernels in zip((64, 128, 256, 512, 512), stages, strict=True):
        for kernel in kernels:
            total += conv(channels, width, kernel, size)
            channels = width
        size //= 2
    return total + classifier(512 * 7 * 7)


def basic(*units: int) -> Sum:
    """he2016, Table 1: two 3×3 to a unit."""
    total, channels, size = normed(3, 64, 7, 112), 64, 112
    for width, count in zip((64, 128, 256, 512), units, strict=True):
        size //= 2
        if channels != width:
            total += normed(channels, width, 1, size)
        for _ in range(count):
            total += normed(channels, width, 3, size) + normed(width, width, 3, size)
            channels = width
    return total + linear(512, 1000)


def bottleneck(*units: int, stride_in_3x3: bool = False) -> Sum:
    """he2016, Table 1: 1×1, 3×3 and 1×1 to a unit, four times as wide behind as within."""
    total, channels, before = normed(3, 64, 7, 112), 64, 56
    for width, count in zip((64, 128, 256, 512), units, strict=True):
        size = 56 * 64 // width
        total += normed(channels, 4 * width, 1, size)
        for _ in range(count):
            first = before if stride_in_3x3 else size
            total += normed(channels, width, 1, first) + normed(width, width, 3, size)
            total += normed(width, 4 * width, 1, size)
            channels, before = 4 * width, size
    return total + linear(2048, 1000)


#: szegedy2015, Table 1: map, #1×1, #3×3 reduce, #3×3, #5×5 reduce, #5×5, pool proj.
MODULES = [
    (28, 64, 96, 128, 16, 32, 32),
    (28, 128, 128, 192, 32, 96, 64),
    (14, 192, 96, 208, 16, 48, 64),
    (14, 160, 112, 224, 24, 64, 64),
    (14, 128, 128, 256, 24, 64, 64),
    (14, 112, 144, 288, 32, 64, 64),
    (14, 256, 160, 320, 32, 128, 128),
    (7, 256, 160, 320, 32, 128, 128),
    (7, 384, 192, 384, 48, 128, 128),
]


def googlenet() -> Sum:
    total = added(conv(3, 64, 7, 112), conv(64, 64, 1, 56), conv(64, 192, 3, 56))
    channels = 192
    for size, n1, r3, n3, r5, n5, proj in MODULES:
        total += conv(channels, n1, 1, size) + conv(channels, proj, 1, size)
        total += conv(channels, r3, 1, size) + conv(r3, n3, 3, size)
        total += conv(channels, r5, 1, size) + conv(r5, n5, 5, size)
        channels = n1 + n3 + n5 + proj
    return total + linear(1024, 1000)


def nin() -> Sum:
    """lin2014: a convolution and two 1×1 behind it, four times; maps of 55, 27, 13 and 6."""
    total, channels = Sum(), 3
    rows = [(96, 11, 55), (256, 5, 27), (384, 3, 13), (1024, 3, 6)]
    for width, kernel, size in rows:
        last = 1000 if width == 1024 else width
        total += conv(channels, width, kernel, size)
        total += conv(width, width, 1, size) + conv(width, last, 1, size)
        channels = last
    return total


def alexnet() -> Sum:
    """krizhevsky2012, section 3.5: conv2, 4 and 5 read the maps on their own GPU only."""
    return added(
        conv(3, 96, 11, 55),
        conv(96, 256, 5, 27, groups=2),
        conv(256, 384, 3, 13),
        conv(384, 384, 3, 13, groups=2),
        conv(384, 256, 3, 13, groups=2),
        classifier(256 * 6 * 6),
    )


def alexnet_owt() -> Sum:
    return added(
        conv(3, 64, 11, 55),
        conv(64, 192, 5, 27),
        conv(192, 384, 3, 13),
        conv(384, 256, 3, 13),
        conv(256, 256, 3, 13),
        classifier(256 * 6 * 6),
    )


def lenet5_modern() -> Sum:
    maps = conv(1, 6, 5, 28) + conv(6, 16, 5, 10)
    return added(maps, linear(16 * 5 * 5, 120), linear(120, 84), linear(84, 10))


BY_HAND = {
    "lenet5_modern": lenet5_modern(),
    "alexnet": alexnet(),
    "alexnet_owt": alexnet_owt(),
    "vgg11": vgg([3], [3], [3, 3], [3, 3], [3, 3]),
    "vgg11_lrn": vgg([3], [3], [3, 3], [3, 3], [3, 3]),
    "vgg13": vgg([3, 3], [3, 3], [3, 3], [3, 3], [3, 3]),
    "vgg16_c": vgg([3, 3], [3, 3], [3, 3, 1], [3, 3, 1], [3, 3, 1]),
    "vgg16": vgg([3, 3], [3, 3], [3] * 3, [3] * 3, [3] * 3),
    "vgg19": vgg([3, 3], [3, 3], [3] * 4, [3] * 4, [3] * 4),
    "nin": nin(),
    "googlenet": googlenet(),
    "resnet18": basic(2, 2, 2, 2),
    "resnet34": basic(3, 4, 6, 3),
    "resnet50": bottleneck(3, 4, 6, 3),
    "resnet50_v1_5": bottleneck(3, 4, 6, 3, stride_in_3x3=True),
    "resnet101": bottleneck(3, 4, 23, 3),
    "resnet152": bottleneck(3, 8, 36, 3),
}


@pytest.mark.parametrize("name", BY_HAND)
def test_totals_by_hand(name: str) -> None:
    totals = profile(name).totals
    roles = ("weight_params", "bias_params", "norm_params")
    columns = (*roles, "macs", "activations")
    assert tuple(totals[column] for column in columns) == BY_HAND[name]


@pytest.mark.parametrize("name", BY_HAND)
def test_running_statistics_are_as_many_as_scales_and_shifts(name: str) -> None:
    assert profile(name).totals["buffers"] == BY_HAND[name].norms


def head(channels: int) -> int:
    """Parameters of an auxiliary classifier on a 14×14 map: its 5×5 pool of stride 3 gives 4×4."""
    return 128 * (channels + 1) + 1024 * (128 * 4 * 4 + 1) + 1000 * (1024 + 1)


def test_auxiliary_heads_of_googlenet() -> None:
    totals = profile("googlenet").totals
    assert totals["aux_params"] == head(512) + head(528) == 3_188_840 + 3_190_888
    assert 6_998_552 + totals["aux_params"] == 13_378_280
    weights = 128 * 512 * 16 + 128 * 528 * 16 + 2 * (1024 * 2048 + 1000 * 1024)
    assert totals["aux_macs"] == weights


def test_auxiliary_heads_hang_where_the_paper_has_them() -> None:
    network = profile("googlenet").network
    reads = {layer.name: layer.inputs for layer in network if layer.auxiliary}
    assert reads["loss1/ave_pool"] == ("inception_4a/output",)
    assert reads["loss2/ave_pool"] == ("inception_4d/output",)
