"""Pooling, and what makes maps larger again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from drawn.base import Draw, Given, Layer, Sample, sliding, two


def pool(kind: Any) -> Callable[[Draw], Sample]:
    """torch takes padding up to half the kernel."""

    def drawn(draw: Draw) -> Sample:
        given = {"stride": 1, **draw.window(dilated=False, modes=False)}
        given["rounding"] = draw.choice(["floor", "ceil"])
        if "padding" in given:
            most = [extent // 2 for extent in two(given["kernel"])]
            given["padding"] = [draw.randint(0, extent) for extent in most]
        ceil = given["rounding"] == "ceil"
        return Sample(given, [draw.image()], lambda: sliding(given, kind, ceil_mode=ceil))

    return drawn


def adaptive_avg_pool2d(draw: Draw) -> Sample:
    bins = draw.pair(1, 9)
    return Sample({"bins": bins}, [draw.image()], lambda: nn.AdaptiveAvgPool2d(two(bins)))


def whole(kind: Any) -> Callable[[Draw], Sample]:
    """One bin for the whole map."""
    return lambda draw: Sample({}, [draw.image()], lambda: kind(1))


def resize2d(draw: Draw) -> Sample:
    """By a scale, or to the size of a second input."""
    given: Given = {"how": draw.choice(["nearest", "bilinear"])}
    if draw.coin():
        given["scale"] = draw.pair(1, 5)
        rest = {"scale_factor": tuple(map(float, two(given["scale"]))), "mode": given["how"]}
        if given["how"] == "bilinear" and draw.coin():
            given |= {"align_corners": True, "sized_by": "scale"}
            rest["align_corners"] = True
        return Sample(given, [draw.image()], lambda: nn.Upsample(**rest))
    inputs = [draw.image(), draw.image()]
    layer = nn.Upsample(size=inputs[1][1:], mode=given["how"])
    return Sample(given, inputs, lambda: lambda x, like: layer(x))


def max_unpool2d(draw: Draw) -> Sample:
    """With a size or without; of a size that the pool cannot have had, too."""
    given: Given = {"kernel": draw.pair(1, 5), "stride": draw.pair(1, 4)}
    kernel, stride = two(given["kernel"]), two(given["stride"])
    if draw.coin():
        given["padding"] = [draw.randint(0, extent // 2) for extent in kernel]
    padding = two(given.get("padding", 0))
    shape = draw.image()
    size = None
    if draw.coin():
        axes = zip(shape[1:], kernel, stride, padding, strict=True)
        near = [(n - 1) * s + k - 2 * p + draw.randint(-s, s) for n, k, s, p in axes]
        size = given["size"] = [max(extent, 1) for extent in near]

    def layer() -> Layer:
        unpool = nn.MaxUnpool2d(kernel, stride, padding)
        return lambda x, at: unpool(x, at.long(), None if size is None else torch.Size(size))

    return Sample(given, [shape, shape], layer)
