"""Residual units in which batch normalisation and ReLU come before each convolution
(he2016identity) and the stages made of them.

No release names their layers; they are called as in the Caffe files of he2016, and each
normalisation and ReLU after the convolution that it precedes.
"""

from typing import Annotated

from archdb.blocks.base import Draft, block
from archdb.blocks.resnet import StrideIn, lay_stage, padded, unit_names
from archdb.blocks.widths import WIDE_RESNET
from archdb.ops.activation import Relu
from archdb.ops.attributes import Count, Flag, choice
from archdb.ops.convolution import Conv2d
from archdb.ops.joining import Add
from archdb.ops.normalization import BatchNorm

#: Where a unit's first normalisation and ReLU stand: in its branch; before the split, so that
#: the shortcut reads them too; or nowhere, because what it reads is activated already.
Activation = Annotated[str, choice("branch", "split", "none")]
#: identity; a strided 1×1 convolution and nothing else; or zero maps (option A of he2016).
Shortcut = Annotated[str, choice("identity", "projection", "padding")]


def _activate(draft: Draft, conv: str) -> None:
    """Batch normalisation and ReLU before the convolution of that name."""
    draft.add(f"bn{conv.removeprefix('res')}", BatchNorm())
    draft.add(f"{conv}_relu", Relu())


def _split(
    draft: Draft, name: str, out: int, stride: int, activation: str, shortcut: str
) -> tuple[str, str]:
    """Lay what precedes the branch; the names of what the branch and the addition read."""
    straight = draft.last
    if activation != "none":
        _activate(draft, f"{name}_branch2a")
    entrance = draft.last
    if activation == "split":
        straight = entrance
    draft.last = straight
    if shortcut == "padding":
        straight = padded(draft, name, out, stride)
    elif shortcut == "projection":
        projection = Conv2d(filters=out, kernel=1, stride=stride, bias=False)
        straight = draft.add(f"{name}_branch1", projection)
    return entrance, straight


@block("preact_basic_unit", WIDE_RESNET)
def preact_basic_unit(
    draft: Draft,
    name: str,
    *,
    width: Count,
    stride: Count = 1,
    activation: Activation = "branch",
    shortcut: Shortcut = "identity",
) -> None:
    """Two 3×3 convolutions, each behind its activation (he2016identity, Figure 4e)."""
    entrance, straight = _split(draft, name, width, stride, activation, shortcut)
    first = Conv2d(filters=width, kernel=3, stride=stride, padding=1, bias=False)
    draft.add(f"{name}_branch2a", first, entrance)
    _activate(draft, f"{name}_branch2b")
    draft.add(f"{name}_branch2b", Conv2d(filters=width, kernel=3, padding=1, bias=False))
    draft.add(name, Add(), straight, draft.last)


@block("preact_bottleneck_unit")
def preact_bottleneck_unit(
    draft: Draft,
    name: str,
    *,
    width: Count,
    out: Count,
    stride: Count = 1,
    stride_in: StrideIn = "1x1",
    activation: Activation = "branch",
    shortcut: Shortcut = "identity",
) -> None:
    """1×1 to `width`, 3×3, 1×1 to `out`, each behind its activation (he2016identity, section
    4.1)."""
    entrance, straight = _split(draft, name, out, stride, activation, shortcut)
    first, second = (stride, 1) if stride_in == "1x1" else (1, stride)
    reduce = Conv2d(filters=width, kernel=1, stride=first, bias=False)
    draft.add(f"{name}_branch2a", reduce, entrance)
    _activate(draft, f"{name}_branch2b")
    middle = Conv2d(filters=width, kernel=3, stride=second, padding=1, bias=False)
    draft.add(f"{name}_branch2b", middle)
    _activate(draft, f"{name}_branch2c")
    draft.add(f"{name}_branch2c", Conv2d(filters=out, kernel=1, bias=False))
    draft.add(name, Add(), straight, draft.last)


@block("preact_basic_stage", WIDE_RESNET)
def preact_basic_stage(
    draft: Draft,
    name: str,
    *,
    width: Count,
    units: Count,
    stride: Count = 1,
    shortcut: Shortcut = "projection",
) -> None:
    """Units of two 3×3 convolutions; the first has its activation before the split."""
    first = {"stride": stride, "activation": "split", "shortcut": shortcut}
    lay_stage(draft, unit_names(name, units, True), preact_basic_unit, first, {"width": width})


@block("preact_bottleneck_stage")
def preact_bottleneck_stage(
    draft: Draft,
    name: str,
    *,
    width: Count,
    out: Count,
    units: Count,
    stride: Count = 1,
    stride_in: StrideIn = "1x1",
    activation: Activation = "split",
    numbered: Flag = False,
) -> None:
    """Bottleneck units; the first projects its shortcut and, unless `activation` says otherwise,
    has its activation before the split. `numbered` as in bottleneck_stage."""
    first = {"stride": stride, "stride_in": stride_in, "activation": activation}
    first |= {"shortcut": "projection"}
    shared = {"width": width, "out": out}
    lay_stage(draft, unit_names(name, units, numbered), preact_bottleneck_unit, first, shared)
