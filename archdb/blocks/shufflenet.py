"""Units of both ShuffleNets: v1 named by imgclsmob's module paths, v2 by torchvision's."""

from archdb.blocks.base import Draft, block
from archdb.model.attributes import Count, Flag
from archdb.ops.activation import Relu
from archdb.ops.convolution import Conv2d, DepthwiseConv2d
from archdb.ops.joining import Add, Concat
from archdb.ops.normalization import BatchNorm
from archdb.ops.pooling import AvgPool2d
from archdb.ops.shaping import ChannelShuffle, SliceChannels


@block("shuffle_unit")
def shuffle_unit(
    draft: Draft,
    name: str,
    *,
    input: Count,
    out: Count,
    groups: Count,
    halve: Flag = False,
    first_grouped: Flag = True,
) -> None:
    """ShuffleNet unit (zhang2018, Figure 2b; 2c where it halves the map, and its branch brings
    the channels that `input` lacks). Bottleneck channels are a quarter of `out` (section 3.3).

    The first pointwise convolution of the net is not grouped (Table 1, note); one group needs
    no shuffle.
    """
    source, middle = draft.last, out // 4
    branch = out - input if halve else out
    first = groups if first_grouped else 1
    squeeze = Conv2d(filters=middle, kernel=1, groups=first, bias=False)
    draft.add(f"{name}.compress_conv1", squeeze)
    draft.add(f"{name}.compress_bn1", BatchNorm())
    draft.add(f"{name}.compress_activ1", Relu())
    if groups > 1:
        draft.add(f"{name}.c_shuffle", ChannelShuffle(groups=groups))
    stride = 2 if halve else 1
    depthwise = DepthwiseConv2d(kernel=3, stride=stride, padding=1, bias=False)
    draft.add(f"{name}.dw_conv2", depthwise)
    draft.add(f"{name}.dw_bn2", BatchNorm())
    expand = Conv2d(filters=branch, kernel=1, groups=groups, bias=False)
    draft.add(f"{name}.expand_conv3", expand)
    grown = draft.add(f"{name}.expand_bn3", BatchNorm())
    if halve:
        pool = AvgPool2d(kernel=3, stride=2, padding=1, rounding="floor")
        pooled = draft.add(f"{name}.avgpool", pool, source)
        draft.add(f"{name}.cat", Concat(), grown, pooled)
    else:
        draft.add(f"{name}.add", Add(), grown, source)
    draft.add(f"{name}.activ", Relu())


@block("shuffle_stage")
def shuffle_stage(
    draft: Draft,
    name: str,
    *,
    input: Count,
    out: Count,
    groups: Count,
    units: Count,
    first_grouped: Flag = True,
) -> None:
    """A stage of zhang2018, Table 1, column of `groups`: one unit that halves the map, the rest
    in stride 1."""
    for i in range(1, units + 1):
        shuffle_unit(
            draft,
            f"{name}.unit{i}",
            input=input if i == 1 else out,
            out=out,
            groups=groups,
            halve=i == 1,
            first_grouped=first_grouped or i > 1,
        )


def _branch(draft: Draft, name: str, width: int, stride: int, *inputs: str) -> str:
    """1×1, depthwise 3×3, 1×1, all of `width`; the depthwise convolution is linear."""
    draft.add(f"{name}.0", Conv2d(filters=width, kernel=1, bias=False), *inputs)
    draft.add(f"{name}.1", BatchNorm())
    draft.add(f"{name}.2", Relu())
    depthwise = DepthwiseConv2d(kernel=3, stride=stride, padding=1, bias=False)
    draft.add(f"{name}.3", depthwise)
    draft.add(f"{name}.4", BatchNorm())
    draft.add(f"{name}.5", Conv2d(filters=width, kernel=1, bias=False))
    draft.add(f"{name}.6", BatchNorm())
    return draft.add(f"{name}.7", Relu())


def _downsample(draft: Draft, name: str, width: int) -> str:
    """Depthwise 3×3 in stride 2 and 1×1 to `width`; the depthwise convolution is linear."""
    draft.add(f"{name}.0", DepthwiseConv2d(kernel=3, stride=2, padding=1, bias=False))
    draft.add(f"{name}.1", BatchNorm())
    draft.add(f"{name}.2", Conv2d(filters=width, kernel=1, bias=False))
    draft.add(f"{name}.3", BatchNorm())
    return draft.add(f"{name}.4", Relu())


@block("split_unit")
def split_unit(draft: Draft, name: str, *, out: Count, halve: Flag = False) -> None:
    """ShuffleNet v2 unit (ma2018, Figure 3c; 3d where it halves the map): half of the channels
    pass, the other half go through a branch, then both are shuffled."""
    source, half = draft.last, out // 2
    if halve:
        left = _downsample(draft, f"{name}.branch1", half)
        right = _branch(draft, f"{name}.branch2", half, 2, source)
    else:
        left = draft.add(f"{name}.chunk.0", SliceChannels(stop=half))
        rest = SliceChannels(start=half, stop=out)
        draft.add(f"{name}.chunk.1", rest, source)
        right = _branch(draft, f"{name}.branch2", half, 1)
    draft.add(f"{name}.cat", Concat(), left, right)
    draft.add(f"{name}.channel_shuffle", ChannelShuffle(groups=2))


@block("split_stage")
def split_stage(draft: Draft, name: str, *, out: Count, units: Count) -> None:
    """A stage of ma2018, Table 5: one unit that halves the map, the rest in stride 1."""
    for i in range(units):
        split_unit(draft, f"{name}.{i}", out=out, halve=i == 0)
