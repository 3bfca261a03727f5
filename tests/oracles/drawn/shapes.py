"""Layers that move or drop elements, or join maps."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from drawn.base import Draw, Sample, four


def pad2d(draw: Draw) -> Sample:
    padding = draw.sides(5)
    top, bottom, left, right = four(padding)
    return Sample(
        {"padding": padding}, [draw.image()], lambda: nn.ZeroPad2d((left, right, top, bottom))
    )


def trim2d(draw: Draw) -> Sample:
    sides = draw.sides(5)
    top, bottom, left, right = four(sides)
    return Sample(
        {"sides": sides}, [draw.image()], lambda: nn.ZeroPad2d((-left, -right, -top, -bottom))
    )


def pad_channels(draw: Draw) -> Sample:
    before, after = draw.randint(0, 5), draw.randint(0, 5)
    given, sides = {"before": before, "after": after}, (0, 0, 0, 0, before, after)
    return Sample(given, [draw.image()], lambda: lambda x: functional.pad(x, sides))


def slice_channels(draw: Draw) -> Sample:
    shape = draw.image()
    start, stop = draw.randint(0, shape[0]), draw.randint(1, shape[0] + 1)
    given = {"start": start, "stop": stop}
    return Sample(given, [shape], lambda: lambda x: x.narrow(1, start, stop - start))


def channel_shuffle(draw: Draw) -> Sample:
    groups = draw.randint(2, 5)
    shape = draw.image(groups * draw.randint(1, 5) + draw.coin(0.1))
    return Sample({"groups": groups}, [shape], lambda: nn.ChannelShuffle(groups))


def to_sequence(draw: Draw) -> Sample:
    return Sample({}, [draw.image()], lambda: lambda x: x.flatten(2).transpose(1, 2))


def reshape(draw: Draw) -> Sample:
    """Extents of the input dealt out anew, one perhaps left open, some perhaps kept."""
    shape = draw.shape()
    left, extents = list(shape), [1] * draw.randint(1, 3)
    for extent in left:
        extents[draw.randrange(len(extents))] *= extent
    extents[0] += draw.coin(0.05)
    open_ = [*extents]
    if draw.coin():
        open_[draw.randrange(len(open_))] = -1
    stated = [0 if i < len(shape) and n == shape[i] else n for i, n in enumerate(open_)]
    return Sample({"shape": stated}, [shape], lambda: lambda x: x.reshape(1, *open_))


def crop2d(draw: Draw) -> Sample:
    shape = draw.image()
    like = (draw.randint(1, 5), draw.randint(1, shape[1]), draw.randint(1, shape[2]))
    spare = [n - m for n, m in zip(shape[1:], like[1:], strict=True)]
    offset = [draw.randint(0, extent) for extent in spare]
    given = {"offset": offset} if draw.coin() else {}

    def crop(x: Tensor, other: Tensor) -> Tensor:
        top, left = offset if given else (extent // 2 for extent in spare)
        height, width = other.shape[2:]
        return x[:, :, top : top + height, left : left + width]

    return Sample(given, [shape, like], lambda: crop)


def flatten(draw: Draw) -> Sample:
    return Sample({}, [draw.shape()], nn.Flatten)


def joined(layer: Callable[[list[Tensor]], Tensor], inputs: list[Any]) -> Sample:
    return Sample({}, inputs, lambda: lambda *tensors: layer([*tensors]))


def concat(draw: Draw) -> Sample:
    """Along the channels or features; now and then of maps that do not meet."""
    first = draw.shape()
    inputs = [first]
    for _ in range(draw.randint(1, 4)):
        count = draw.randint(1, 13)
        inputs.append((first[0], count) if len(first) == 2 else (count, *first[1:]))
    if len(first) > 1 and draw.coin(0.1):
        place = 0 if len(first) == 2 else 2
        inputs[-1] = tuple(n + (i == place) for i, n in enumerate(inputs[-1]))
    along = 2 if len(first) == 2 else 1
    return joined(lambda tensors: torch.cat(tensors, along), inputs)


def add(draw: Draw) -> Sample:
    shapes = spread(draw, draw.randint(2, 5))
    return joined(lambda tensors: reduce(torch.add, tensors), shapes)


def spread(draw: Draw, inputs: int) -> list[tuple[int, ...]]:
    """A shape and others of as many axes, each equal or 1; now and then one that is neither."""
    shape = draw.shape()
    if draw.coin(0.4):
        return [shape] * inputs
    return [
        tuple(draw.choice([n, n, 1]) + (draw.coin(0.02) and 1) for n in shape)
        for _ in range(inputs)
    ]


def multiply(draw: Draw) -> Sample:
    return joined(lambda tensors: tensors[0] * tensors[1], spread(draw, 2))
