"""Windows along a sequence and products of two."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from drawn.base import Draw, Given, Sample
from drawn.convolution import grouped
from drawn.features import behind


def window(draw: Draw) -> Given:
    """A kernel, a stride, and perhaps dilation and padding."""
    given: Given = {"kernel": draw.randint(1, 5), "stride": draw.randint(1, 4)}
    if draw.coin(0.4):
        given["dilation"] = draw.randint(1, 3)
    if draw.coin():
        given["padding"] = draw.randint(0, given["kernel"] // 2)
    return given


def _said(given: Given) -> Given:
    return {
        **{"stride": given["stride"], "dilation": given.get("dilation", 1)},
        "padding": given.get("padding", 0),
    }


def conv1d(draw: Draw) -> Sample:
    groups, features, filters = grouped(draw)
    given = window(draw) | {"filters": filters, "groups": groups, "bias": draw.coin()}
    rest = {**_said(given), "groups": groups, "bias": given["bias"]}
    layer = behind(True, lambda: nn.Conv1d(features, filters, given["kernel"], **rest))
    return Sample(given, [(draw.randint(1, 29), features)], layer)


def pool(kind: Any) -> Callable[[Draw], Sample]:
    def drawn(draw: Draw) -> Sample:
        given = window(draw) | {"rounding": draw.choice(["floor", "ceil"])}
        rest = _said(given)
        if kind is nn.AvgPool1d:
            given.pop("dilation", None)
            del rest["dilation"]
        ceil = given["rounding"] == "ceil"
        layer = behind(True, lambda: kind(given["kernel"], ceil_mode=ceil, **rest))
        return Sample(given, [draw.sequence()], layer)

    return drawn


def over_all(told: Callable[[Tensor], Tensor]) -> Callable[[Draw], Sample]:
    """What is told of all steps."""
    return lambda draw: Sample({}, [draw.sequence()], lambda: told)


mean = over_all(lambda x: x.mean(1))
largest = over_all(lambda x: x.amax(1))


def matmul(draw: Draw) -> Sample:
    """Now and then two that do not meet."""
    given = {"transpose_first": draw.coin(), "transpose_second": draw.coin()}
    rows, inner, columns = (draw.randint(1, 17) for _ in range(3))
    first, second = (rows, inner), (inner + draw.coin(0.05), columns)
    inputs = [
        first[::-1] if given["transpose_first"] else first,
        second[::-1] if given["transpose_second"] else second,
    ]

    def product(x: Tensor, y: Tensor) -> Tensor:
        left = x.mT if given["transpose_first"] else x
        return torch.matmul(left, y.mT if given["transpose_second"] else y)

    return Sample(given, inputs, lambda: product)
