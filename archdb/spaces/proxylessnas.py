"""ProxylessNAS (cai2019): MobileNetV2's inverted residuals, each of a kernel and an expansion.

A network is a stem, a unit that does not expand, and six stages of units, all but the last of four.
Each unit has a kernel of 3, 5 or 7 and 3 or 6 times the channels within, and is left out at
choice where it could be: where it has a shortcut. How wide the stages are is no matter of choice
in a search; the authors' four releases have four widths, so these are one axis more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from archdb.model.graph import Network
from archdb.ops import Op, make
from archdb.spaces.base import Grid, Point, barred, parts_of, space

if TYPE_CHECKING:
    from archdb.blocks.base import NetworkBuilder
    from archdb.blocks.mobilenet import Names


class Widths(NamedTuple):
    """Channels of the stem, of the first unit, of the stages, and before the classifier."""

    stem: int
    first: int
    stages: tuple[int, ...]
    last: int


#: By the release whose file has them (mit-han-lab/proxylessnas, model_zoo.py).
WIDTHS = {
    "cpu": Widths(40, 24, (32, 48, 88, 104, 216, 360), 1432),
    "gpu": Widths(40, 24, (32, 56, 112, 128, 256, 432), 1728),
    "mobile": Widths(32, 16, (32, 40, 80, 96, 192, 320), 1280),
    "mobile_14": Widths(48, 24, (40, 56, 112, 136, 256, 448), 1792),
}
#: How many units, and the stride of the first: search/imagenet_arch_search.py there.
STAGES = ((4, 2), (4, 2), (4, 2), (4, 1), (4, 2), (1, 1))
#: A kernel and how many times the channels it expands to, as k5e3.
UNITS = tuple(f"k{kernel}e{times}" for kernel, times in product((3, 5, 7), (3, 6)))
SKIP = "skip"
EPSILON = 1e-3
PARTS = {"expand": "inverted_bottleneck", "depthwise": "depth_conv", "project": "point_linear"}

GRID = Grid(
    {"widths": tuple(WIDTHS)}
    | {
        f"unit_{stage}_{unit}": UNITS if unit == 1 else (*UNITS, SKIP)
        for stage, (units, _) in enumerate(STAGES, 1)
        for unit in range(1, units + 1)
    }
)


#: What was found on a phone, and trained at two widths.
MOBILE = (
    "|k5e3|k3e3|skip|skip|+|k7e3|k3e3|k5e3|k5e3|+|k7e6|k5e3|k5e3|k5e3|"
    "+|k5e6|k5e3|k5e3|k5e3|+|k7e6|k7e6|k7e3|k7e3|+|k7e6|"
)
RELEASES = {
    "cpu": "|k3e6|k3e3|k3e3|k3e3|+|k3e6|k3e3|k3e3|k5e3|+|k3e6|skip|skip|k3e3|"
    "+|k5e6|k3e3|k3e3|k3e3|+|k5e6|k5e3|k5e3|k3e3|+|k5e6|",
    "gpu": "|k5e3|skip|skip|skip|+|k7e3|skip|skip|k3e3|+|k7e6|skip|skip|k5e3|"
    "+|k5e6|skip|k3e3|k5e3|+|k7e6|k7e6|k7e6|k5e6|+|k7e6|",
    "mobile": MOBILE,
    "mobile_14": MOBILE,
}
RELEASED = {
    f"proxyless_{widths}": GRID.number(
        [widths, *(unit for stage in parts_of(units) for unit in stage.split("|"))]
    )
    for widths, units in RELEASES.items()
}


@cache
def _conv(filters: int, kernel: int = 1, stride: int = 1) -> Op:
    padding = kernel // 2
    given = {"filters": filters, "kernel": kernel, "stride": stride, "padding": padding}
    return make("conv2d", {**given, "bias": False})


@cache
def _depthwise(kernel: int, stride: int) -> Op:
    given = {"kernel": kernel, "stride": stride, "padding": kernel // 2, "bias": False}
    return make("depthwise_conv2d", given)


def _members(name: str, activation: str = "") -> Names:
    return f"{name}.conv", f"{name}.bn", f"{name}.act"


def _unit(net: NetworkBuilder, name: str, shape: tuple[int, int, int], chosen: str) -> None:
    """An inverted residual; `shape` is the channels that come in, those that leave, and the
    stride, and `chosen` a kernel and an expansion."""
    from archdb.blocks.mobilenet import inverted  # as in `network`

    before, after, stride = shape
    kernel, times = int(chosen[1]), int(chosen[3])
    source = net.last
    with net.inside(name, "mobile_inverted_residual", {"kernel": kernel, "expand": times}):
        inverted(
            net,
            lambda part: f"{name}.{PARTS[part]}",
            _members,
            expanded=before * times if times > 1 else 0,
            depthwise=_depthwise(kernel, stride),
            out=after,
            activation="relu6",
            epsilon=EPSILON,
        )
        if stride == 1 and before == after:
            net.add(f"{name}.add", make("add", {}), net.last, source)


def network(name: str, widths: Widths, stages: Sequence[Sequence[str]]) -> Network:
    """`stages` have for each unit what is chosen."""
    # Here, because whoever names a space need not load the blocks of all networks.
    from archdb.blocks.base import NetworkBuilder
    from archdb.blocks.mobilenet import normed_conv

    net = NetworkBuilder()
    net.add("image", make("input", {"shape": (3, 224, 224)}))
    normed_conv(net, _members("first_conv"), _conv(widths.stem, 3, 2), "relu6", EPSILON)
    _unit(net, "blocks.0", (widths.stem, widths.first, 1), "k3e1")
    at, before = 0, widths.first
    for chosen, (_, stride), after in zip(stages, STAGES, widths.stages, strict=True):
        for unit in chosen:
            at += 1
            if unit != SKIP:
                _unit(net, f"blocks.{at}", (before, after, stride), unit)
                before, stride = after, 1
    normed_conv(net, _members("feature_mix_layer"), _conv(widths.last), "relu6", EPSILON)
    net.add("global_avg_pooling", make("global_avg_pool2d", {}))
    net.add("flatten", make("flatten", {}))
    net.add("classifier", make("linear", {"units": 1000}))
    return net.network(name)


@space(
    "proxylessnas",
    title="ProxylessNAS: inverted residuals of chosen kernels and expansions",
    family="ProxylessNAS",
    year=2018,
    classes=1000,
    cite="cai2019",
    size=GRID.size,
    named=RELEASED,
)
def proxylessnas(numbers: Iterable[int]) -> Iterator[Point]:
    """Points named by widths and units, as proxylessnas.gpu.|k5e3|skip|skip|skip|+|k7e3|…|."""
    for number in numbers:
        point = GRID[number]
        widths, *rest = map(str, point.values())
        units = iter(rest)
        stages = [[next(units) for _ in range(count)] for count, _ in STAGES]
        name = f"proxylessnas.{widths}.{barred(map('|'.join, stages))}"
        yield Point(number, point, network(name, WIDTHS[widths], stages))
