"""The totals of networks, worked out a second time from the tables of the papers.

This arithmetic knows nothing of archdb: weights, biases and positions, row by row.
"""

from typing import NamedTuple


class Sum(NamedTuple):
    """What a network adds up to; `fixed` are filters that are given and not learnt."""

    weights: int = 0
    biases: int = 0
    norms: int = 0
    macs: int = 0
    activations: int = 0
    fixed: int = 0

    def __add__(self, other: object) -> "Sum":  # type: ignore[override]
        assert isinstance(other, Sum)
        return Sum(*(a + b for a, b in zip(self, other, strict=True)))


Size = int | tuple[int, int]


def area(size: Size) -> int:
    """Positions of a map: of size × size where one number says both."""
    height, width = (size, size) if isinstance(size, int) else size
    return height * width


def conv(channels: int, filters: int, kernel: int, size: Size, groups: int = 1) -> Sum:
    """A convolution with bias, to a map of this size."""
    weights = filters * (channels // groups) * kernel * kernel
    return Sum(weights, filters, 0, weights * area(size), filters * area(size))


def plain(channels: int, filters: int, kernel: int, size: Size, groups: int = 1) -> Sum:
    """A convolution without bias."""
    return conv(channels, filters, kernel, size, groups)._replace(biases=0)


def norm(channels: int) -> Sum:
    """A batch normalisation: scale and shift."""
    return Sum(norms=2 * channels)


def normed(channels: int, filters: int, kernel: int, size: Size, groups: int = 1) -> Sum:
    """A convolution without bias, and its batch normalisation."""
    return plain(channels, filters, kernel, size, groups) + norm(filters)


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
    """lin2014: a convolution and two 1×1 behind it, four times. lin2014caffe crops to 224:
    (224 - 11)/4 + 1 = 54 rounded down; 27, 13 and 6 behind the pools, rounded up."""
    total, channels = Sum(), 3
    rows = [(96, 11, 54), (256, 5, 27), (384, 3, 13), (1024, 3, 6)]
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


def overfeat_fast() -> Sum:
    """sermanet2014, Table 1, at 231: (231 - 11)/4 + 1 = 56, 28 pooled, 24, 12 pooled, 6 pooled."""
    return added(
        conv(3, 96, 11, 56),
        conv(96, 256, 5, 24),
        conv(256, 512, 3, 12),
        conv(512, 1024, 3, 12),
        conv(1024, 1024, 3, 12),
        *(linear(1024 * 6 * 6, 3072), linear(3072, 4096), linear(4096, 1000)),
    )


def overfeat_accurate() -> Sum:
    """sermanet2014, Table 3, at 221: (221 - 7)/2 + 1 = 108, 36 pooled, 30, 15 pooled, 5 pooled."""
    return added(
        conv(3, 96, 7, 108),
        conv(96, 256, 7, 30),
        *(conv(256, 512, 3, 15), conv(512, 512, 3, 15)),
        *(conv(512, 1024, 3, 15), conv(1024, 1024, 3, 15)),
        *(linear(1024 * 5 * 5, 4096), linear(4096, 4096), linear(4096, 1000)),
    )


def wrn(units: int, k: int) -> Sum:
    """zagoruyko2016, Table 1: 3×3 and 3×3, normalised before; a 1×1 where the width changes."""
    total, channels = plain(3, 16, 3, 32), 16
    for width, size in ((16 * k, 32), (32 * k, 16), (64 * k, 8)):
        total += plain(channels, width, 1, size)
        for _ in range(units):
            total += norm(channels) + plain(channels, width, 3, size)
            total += norm(width) + plain(width, width, 3, size)
            channels = width
    return total + norm(channels) + linear(channels, 10)


def preact_bottleneck(*units: int) -> Sum:
    """he2016identity, with the stride in the 3×3; the stem is normalised, so that the first unit
    does not begin with a normalisation."""
    total, channels, before = normed(3, 64, 7, 112), 64, 56
    for width, count in zip((64, 128, 256, 512), units, strict=True):
        size = 56 * 64 // width
        total += plain(channels, 4 * width, 1, size)
        for i in range(count):
            total += Sum() if (width, i) == (64, 0) else norm(channels)
            total += normed(channels, width, 1, before) + normed(width, width, 3, size)
            total += plain(width, 4 * width, 1, size)
            channels, before = 4 * width, size
    return total + norm(2048) + linear(2048, 1000)


def densenet_cifar(layers: int, growth: int = 12) -> Sum:
    """huang2017, section 3: 16 maps first; three blocks of 3×3, each normalised before; a 1×1 of
    unchanged width between them."""
    total, channels = plain(3, 16, 3, 32), 16
    for size in (32, 16, 8):
        for _ in range(layers):
            total += norm(channels) + plain(channels, growth, 3, size)
            channels += growth
        if size > 8:
            total += norm(channels) + plain(channels, channels, 1, size)
    return total + norm(channels) + linear(channels, 10)


def densenet(*layers: int, growth: int = 32) -> Sum:
    """huang2017, Table 1: a 1×1 to 4k and a 3×3 to k; transitions halve."""
    total, channels = normed(3, 2 * growth, 7, 112), 2 * growth
    for size, count in zip((56, 28, 14, 7), layers, strict=True):
        for _ in range(count):
            total += norm(channels) + normed(channels, 4 * growth, 1, size)
            total += plain(4 * growth, growth, 3, size)
            channels += growth
        if size > 7:
            total += norm(channels) + plain(channels, channels // 2, 1, size)
            channels //= 2
    return total + norm(channels) + linear(channels, 1000)


#: ioffe2015, Figure 5, with the pool projections of the release: map, #1×1, #3×3 reduce, #3×3,
#: double #3×3 reduce, double #3×3, pool proj. Without #1×1 and proj: stride 2 in the 3×3.
BN_MODULES = [
    (28, 64, 64, 64, 64, 96, 32),
    (28, 64, 64, 96, 64, 96, 64),
    (14, 0, 128, 160, 64, 96, 0),
    (14, 224, 64, 96, 96, 128, 128),
    (14, 192, 96, 128, 96, 128, 128),
    (14, 160, 128, 160, 128, 160, 128),
    (14, 96, 128, 192, 160, 192, 128),
    (7, 0, 128, 192, 192, 256, 0),
    (7, 352, 192, 320, 160, 224, 128),
    (7, 352, 192, 320, 192, 224, 128),
]


def bn_inception() -> Sum:
    total, channels = normed(3, 64, 7, 112) + normed(64, 64, 1, 56) + normed(64, 192, 3, 56), 192
    for size, n1, r3, n3, rd, nd, proj in BN_MODULES:
        before = size if n1 else 2 * size
        for width in (n1, proj):
            total += normed(channels, width, 1, size)
        total += normed(channels, r3, 1, before) + normed(r3, n3, 3, size)
        total += normed(channels, rd, 1, before) + normed(rd, nd, 3, before)
        total += normed(nd, nd, 3, size)
        channels = n1 + n3 + nd + (proj or channels)
    return total + linear(1024, 1000)


def vgg_maps(*sizes: int) -> Sum:
    """The thirteen convolutions of vgg16 where their maps have these sizes."""
    widths = [64] * 2 + [128] * 2 + [256] * 3 + [512] * 6
    pairs = zip([3, *widths], widths, sizes, strict=False)
    return added(*(conv(channels, width, 3, size) for channels, width, size in pairs))


def deeplab_largefov() -> Sum:
    """chen2015: 513, 257, 129 and 65 by padded pools of 3 and stride 2; then 65 to the end."""
    maps = vgg_maps(*[513] * 2, *[257] * 2, *[129] * 3, *[65] * 6)
    return added(maps, conv(512, 1024, 3, 65), conv(1024, 1024, 1, 65), conv(1024, 21, 1, 65))


def dilated_frontend() -> Sum:
    """yu2016: 900 without padding, so each 3×3 takes 2 rows; dilated by 2 it takes 4, and 7×7
    dilated by 4 takes 24. Pools: 896 to 448, 444 to 222, 216 to 108."""
    maps = vgg_maps(898, 896, 446, 444, 220, 218, 216, 106, 104, 102, 98, 94, 90)
    return added(maps, conv(512, 4096, 7, 66), conv(4096, 4096, 1, 66), conv(4096, 21, 1, 66))


def dilated_context(*widths: int) -> Sum:
    """yu2016, Table 1, on maps of 64 × 64: seven 3×3 and a 1×1, each padded to keep the map."""
    pairs = zip([21, *widths], widths, strict=False)
    return added(*(conv(a, b, 3, 64) for a, b in pairs), conv(widths[-1], 21, 1, 64))


def dilated_context_large() -> Sum:
    """The same with 2C, 2C, 4C, 8C, 16C, 32C, 32C maps, padded by 33 before the first layer:
    64 + 66 = 130, and 2, 2, 4, 8, 16, 32 and 2 rows go, so that 64 are left."""
    widths = [21 * m for m in (2, 2, 4, 8, 16, 32, 32)]
    sizes = [128, 126, 122, 114, 98, 66, 64]
    rows = zip([21, *widths], widths, sizes, strict=False)
    return added(*(conv(a, b, 3, size) for a, b, size in rows), conv(672, 21, 1, 64))


def fcn_alexnet() -> Sum:
    """long2015: (500 + 200 - 11)/4 + 1 = 173, 86 and 43 and 21 by pools of 3 and stride 2, rounded
    up; fc6 slides 6×6 to 16. Upsampled by a fixed 63×63 of stride 32, dense over the classes:
    work, but no weight layer."""
    upsampling = 21 * 21 * 63 * 63
    return added(
        conv(3, 96, 11, 173),
        conv(96, 256, 5, 86, groups=2),
        *(conv(256, 384, 3, 43), conv(384, 384, 3, 43, groups=2), conv(384, 256, 3, 43, groups=2)),
        *(conv(256, 4096, 6, 16), conv(4096, 4096, 1, 16), conv(4096, 21, 1, 16)),
        Sum(macs=upsampling * 16 * 16, fixed=upsampling),
    )


def segnet() -> Sum:
    """badrinarayanan2017, Figure 2, at 360 × 480: the convolutions of vgg16 and their mirror image,
    each with bias and normalised, but for the last, which scores 11 classes."""
    total, channels = Sum(), 3
    sizes = [(360, 480), (180, 240), (90, 120), (45, 60), (23, 30)]
    stages = [[64] * 2, [128] * 2, [256] * 3, [512] * 3, [512] * 3]
    back = [[512] * 3, [512, 512, 256], [256, 256, 128], [128, 64], [64]]
    for size, widths in zip(sizes + sizes[::-1], stages + back, strict=True):
        for width in widths:
            total += conv(channels, width, 3, size) + norm(width)
            channels = width
    return total + conv(64, 11, 3, (360, 480))


def unet() -> Sum:
    """ronneberger2015, Figure 1: unpadded, so each 3×3 takes 2 rows; 572 in, 388 out."""
    total, channels = Sum(), 1
    for width, size in ((64, 570), (128, 282), (256, 138), (512, 66), (1024, 30)):
        total += conv(channels, width, 3, size) + conv(width, width, 3, size - 2)
        channels = width
    for width, size in ((512, 56), (256, 104), (128, 200), (64, 392)):
        up = conv(channels, width, 2, size)  # stride 2: each output reads one of the 2×2
        total += up._replace(macs=up.macs // 4)
        total += conv(2 * width, width, 3, size - 2) + conv(width, width, 3, size - 4)
        channels = width
    return total + conv(64, 2, 1, 388)


def rfcn_resnet101() -> Sum:
    """dai2016, at 600 × 1000: 300 × 500, 150 × 250 pooled, 75 × 125, 38 × 63; the last stage keeps
    that. Behind it 1×1 to 1024 and to 7·7·21 and 7·7·8 maps; proposals from the fourth stage."""
    sizes = [(150, 250), (75, 125), (38, 63), (38, 63)]
    total, channels, last = normed(3, 64, 7, (300, 500)), 64, sizes[-1]
    for width, count, size in zip((64, 128, 256, 512), (3, 4, 23, 3), sizes, strict=True):
        total += normed(channels, 4 * width, 1, size)
        for _ in range(count):
            total += normed(channels, width, 1, size) + normed(width, width, 3, size)
            total += normed(width, 4 * width, 1, size)
            channels = 4 * width
    proposals = added(conv(1024, 512, 3, last), conv(512, 18, 1, last), conv(512, 36, 1, last))
    scores = added(conv(1024, 49 * 21, 1, last), conv(1024, 49 * 8, 1, last))
    return added(total, proposals, conv(2048, 1024, 1, last), scores)


def lenet5() -> Sum:
    """lecun1998, section II.B: C3 reads 60 pairs of maps (Table I); S2 and S4 sum, scale and shift;
    the centres of the output are fixed."""
    c3 = Sum(60 * 25, 16, 0, 60 * 25 * 100, 16 * 100)
    subsampling = Sum(weights=6 + 16, biases=6 + 16)
    ends = added(conv(1, 6, 5, 28), conv(16, 120, 5, 1), linear(120, 84), Sum(fixed=10 * 84))
    return added(c3, subsampling, ends)


def lstm_imdb() -> Sum:
    """keras2016imdb: 20,000 words of 128 numbers; four gates that read 128 numbers of the word and
    128 of the step before, 80 times; one output."""
    weights = 4 * 128 * (128 + 128)
    gates = Sum(weights, 4 * 128, 0, 80 * weights, 128)
    return added(Sum(weights=20_000 * 128), gates, linear(128, 1))


def dense_layers(channels: int, growth: int, count: int, size: int) -> Sum:
    total = Sum()
    for _ in range(count):
        total += norm(channels) + plain(channels, growth, 3, size)
        channels += growth
    return total


#: The papers' blocks that are stored as networks of their own, on the map of their seeds.
BLOCKS = {
    "block_conv5x5": plain(1, 1, 5, 31),  # 35 - 4
    "block_conv7x7": plain(1, 1, 7, 35),
    "block_dense": dense_layers(16, 4, 5, 32),
    "block_depthwise_separable": normed(512, 512, 3, 14, groups=512) + normed(512, 512, 1, 14),
    "block_inception_v1": added(
        *(conv(192, 64, 1, 28), conv(192, 96, 1, 28), conv(96, 128, 3, 28)),
        *(conv(192, 16, 1, 28), conv(16, 32, 5, 28), conv(192, 32, 1, 28)),
    ),
    "block_inception_v1_naive": added(
        *(conv(192, 64, 1, 28), conv(192, 128, 3, 28), conv(192, 32, 5, 28))
    ),
    "block_inception_v3_a": added(
        *(normed(288, 64, 1, 35), normed(288, 48, 1, 35), normed(48, 64, 3, 35)),
        *(normed(288, 64, 1, 35), normed(64, 96, 3, 35), normed(96, 96, 3, 35)),
        normed(288, 64, 1, 35),
    ),
}

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
    "resnet_v2_200": preact_bottleneck(3, 24, 36, 3),
    "wrn_16_8_cifar10": wrn(2, 8),
    "wrn_40_4_cifar10": wrn(6, 4),
    "densenet40_k12_cifar10": densenet_cifar(12),
    "densenet100_k12_cifar10": densenet_cifar(32),
    "densenet264": densenet(6, 12, 64, 48),
    "overfeat_fast": overfeat_fast(),
    "overfeat_accurate": overfeat_accurate(),
    "bn_inception": bn_inception(),
    "deeplab_largefov": deeplab_largefov(),
    "dilated_frontend": dilated_frontend(),
    "dilated_context": dilated_context(*[21] * 7),
    "dilated_context_large": dilated_context_large(),
    "fcn_alexnet": fcn_alexnet(),
    "segnet": segnet(),
    "unet": unet(),
    "rfcn_resnet101": rfcn_resnet101(),
    "lenet5": lenet5(),
    "lstm_imdb": lstm_imdb(),
    **BLOCKS,
}
