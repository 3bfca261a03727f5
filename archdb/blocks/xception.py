"""Blocks of Xception (chollet2017, Figure 5), named as in Keras Applications."""

from archdb.blocks.base import Draft, block
from archdb.model.attributes import Count, Counts, Flag
from archdb.ops.activation import Relu
from archdb.ops.convolution import Conv2d, DepthwiseConv2d
from archdb.ops.joining import Add
from archdb.ops.normalization import BatchNorm
from archdb.ops.pooling import MaxPool2d


@block("separable_conv")
def separable_conv(draft: Draft, name: str, *, filters: Count) -> None:
    """A 3×3 depthwise and a 1×1 pointwise convolution with nothing between them, and batch
    normalisation (chollet2017, section 2)."""
    draft.add(f"{name}/depthwise", DepthwiseConv2d(kernel=3, padding="same", bias=False))
    draft.add(f"{name}/pointwise", Conv2d(filters=filters, kernel=1, bias=False))
    draft.add(f"{name}_bn", BatchNorm(epsilon=1e-3))


def _separables(draft: Draft, name: str, widths: tuple[int, ...], relu: bool = True) -> str:
    """ReLU and a separable convolution, so many times; without the first ReLU on request."""
    for number, width in enumerate(widths, 1):
        part = f"{name}_sepconv{number}"
        if relu or number > 1:
            draft.add(f"{part}_act", Relu())
        separable_conv(draft, part, filters=width)
    return draft.last


@block("xception_down")
def xception_down(draft: Draft, name: str, *, widths: Counts, relu: Flag = True) -> None:
    """Separable convolutions and a pool beside a strided 1×1 convolution: the entry flow
    (chollet2017, Figure 5). `relu`: the block begins with one."""
    source = draft.last
    shortcut = Conv2d(filters=widths[-1], kernel=1, stride=2, padding="same", bias=False)
    draft.add(f"{name}_shortcut", shortcut)
    straight = draft.add(f"{name}_shortcut_bn", BatchNorm(epsilon=1e-3))
    draft.last = source
    _separables(draft, name, widths, relu)
    pool = MaxPool2d(kernel=3, stride=2, padding="same", rounding="floor")
    draft.add(f"{name}_pool", pool)
    draft.add(f"{name}_add", Add(), draft.last, straight)


@block("xception_middle")
def xception_middle(draft: Draft, name: str, *, widths: Counts) -> None:
    """Separable convolutions beside an identity: the middle flow (chollet2017, Figure 5)."""
    source = draft.last
    last = _separables(draft, name, widths)
    draft.add(f"{name}_add", Add(), last, source)
