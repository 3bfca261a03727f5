"""Once for all (cai2020): the networks within one network of MobileNetV3's blocks.

Behind a stem and a block that does not expand come five units of two to four blocks; each block has
a kernel of 3, 5 or 7 and 3, 4 or 6 times the channels within. The authors trained the whole at two
widths (mit-han-lab/once-for-all, ofa_mbv3.py), and found what they release in it; at which
resolution it runs is no part of a network here, but an input.

There are 7371⁵ at a width, 2·10¹⁹, which is more than a number of 64 bits tells apart, so that they
are three spaces: by the kernel of the first block that has a choice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from functools import cache, partial
from itertools import product
from typing import NamedTuple

from archdb.model.graph import Network
from archdb.ops import make
from archdb.spaces.base import Grid, Point, Value, barred, parts_of, space
from archdb.spaces.once_for_all_releases import RELEASES


class Stage(NamedTuple):
    """What a unit is without a choice: channels at width 1, stride, squeeze-and-excitation, and
    which non-linearity."""

    channels: int
    stride: int
    squeeze: bool
    activation: str


UNITS = (
    Stage(24, 2, False, "RE"),
    Stage(40, 2, True, "RE"),
    Stage(80, 2, False, "HS"),
    Stage(112, 1, True, "HS"),
    Stage(160, 2, True, "HS"),
)
STEM, EXPANDED, MIXED = 16, 960, 1280
DEPTHS, KERNELS, TIMES = (2, 3, 4), (3, 5, 7), (3, 4, 6)
#: By what the authors' hub calls the whole: ofa_supernet_mbv3_w10, and w12.
WIDTHS = {"w10": Fraction(1), "w12": Fraction(6, 5)}

#: A kernel and how many times the channels it expands to, as k5e3; and all that a unit can be.
BLOCKS = [f"k{kernel}e{times}" for kernel, times in product(KERNELS, TIMES)]
CHOICES = ["|".join(blocks) for depth in DEPTHS for blocks in product(BLOCKS, repeat=depth)]


@cache
def grid(kernel: int) -> Grid:
    """All whose first block has that kernel."""
    first = [choice for choice in CHOICES if choice.startswith(f"k{kernel}")]
    return Grid({"unit_1": first} | {f"unit_{at}": CHOICES for at in range(2, len(UNITS) + 1)})


def _chosen(unit: str) -> list[tuple[int, int]]:
    """Kernel and expansion of each block."""
    return [(int(block[1]), int(block[3])) for block in unit.split("|")]


def network(name: str, width: Fraction, units: Sequence[str]) -> Network:
    """`units` have the blocks of each, as k3e4|k5e6."""
    # Here, because whoever names a space need not load the blocks of all networks.
    from archdb.blocks.base import NetworkBuilder
    from archdb.blocks.mobilenet import bneck, conv_norm
    from archdb.blocks.widths import scale_channels

    # The blocks are MobileNetV3's but for the term that keeps a division from zero.
    net = NetworkBuilder({"batch_norm": {"epsilon": 1e-5}})
    net.add("image", make("input", {"shape": (3, 224, 224)}))
    before = scale_channels(STEM, width)
    conv_norm(net, "first_conv", filters=before, kernel=3, stride=2, activation="hard_swish")
    bneck(net, "blocks.0", input=before, k=3, exp=before, out=before, nl="RE", s=1)
    at = 0
    for number, (stage, unit) in enumerate(zip(UNITS, units, strict=True), 1):
        after, stride = scale_channels(stage.channels, width), stage.stride
        with net.inside(f"unit_{number}", "once_for_all_unit", {"blocks": unit}):
            for kernel, times in _chosen(unit):
                at += 1
                within = scale_channels(before, times)
                shape = {"input": before, "k": kernel, "exp": within, "out": after, "s": stride}
                bneck(net, f"blocks.{at}", **shape, se=stage.squeeze, nl=stage.activation)
                before, stride = after, 1
    wide, mixed = (scale_channels(channels, width) for channels in (EXPANDED, MIXED))
    conv_norm(net, "final_expand_layer", filters=wide, kernel=1, activation="hard_swish")
    net.add("global_avg_pool", make("global_avg_pool2d", {}))
    net.add(
        "feature_mix_layer.conv", make("conv2d", {"filters": mixed, "kernel": 1, "bias": False})
    )
    net.add("feature_mix_layer.act", make("hard_swish", {}))
    net.add("flatten", make("flatten", {}))
    net.add("classifier", make("linear", {"units": 1000}))
    return net.network(name)


def _attributes(units: Sequence[str]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for number, blocks in enumerate(map(_chosen, units), 1):
        kernels, times = zip(*blocks, strict=True)
        found[f"depth_{number}"] = len(blocks)
        found[f"kernels_{number}"] = "|".join(map(str, kernels))
        found[f"expansions_{number}"] = "|".join(map(str, times))
    return found


def _points(width: str, points: Grid, numbers: Iterable[int]) -> Iterator[Point]:
    """Points named by their blocks, as ofa_mobilenet_v3_w10.|k3e4|k5e6|+|k7e3|…|."""
    for number in numbers:
        units = [*map(str, points[number].values())]
        name = f"ofa_mobilenet_v3_{width}.{barred(units)}"
        yield Point(number, _attributes(units), network(name, WIDTHS[width], units))


def _released(width: str, kernel: int, points: Grid) -> dict[str, int]:
    split = {name: parts_of(text) for name, text in RELEASES[width].items()}
    return {
        name: points.number(units)
        for name, units in split.items()
        if units[0].startswith(f"k{kernel}")
    }


for _width, _kernel in product(WIDTHS, KERNELS):
    _grid = grid(_kernel)
    space(
        f"ofa_mobilenet_v3_{_width}_k{_kernel}",
        title=f"Once for all: MobileNetV3 at width {float(WIDTHS[_width])}, first kernel {_kernel}",
        family="Once for all",
        year=2019,
        classes=1000,
        cite="cai2020",
        size=_grid.size,
        named=_released(_width, _kernel, _grid),
    )(partial(_points, _width, _grid))
