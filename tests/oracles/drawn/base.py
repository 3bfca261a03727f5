"""What is drawn: attributes under archdb's names, input shapes, and the layer made of them."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

Given = dict[str, Any]
Layer = Callable[..., Tensor]


class Sample(NamedTuple):
    """`layer` is built only when called: a framework may refuse the attributes.

    `counted` is False where the framework does more than its formula says.
    """

    attributes: Given
    inputs: list[tuple[int, ...]]
    layer: Callable[[], Layer]
    dtype: torch.dtype = torch.float32
    device: str = "meta"
    counted: bool = True


class Draw(random.Random):
    """Attributes and shapes at random; the same ones for the same seed."""

    def coin(self, chance: float = 0.5) -> bool:
        return self.random() < chance

    def pair(self, low: int, high: int) -> Any:
        """A number for both axes, or one for each."""
        if self.coin():
            return self.randint(low, high)
        return [self.randint(low, high), self.randint(low, high)]

    def image(self, channels: int | None = None) -> tuple[int, int, int]:
        return channels or self.randint(1, 13), self.randint(1, 29), self.randint(1, 29)

    def shape(self) -> tuple[int, ...]:
        """An image, a sequence or a vector."""
        return self.choice([self.image(), self.sequence(), (self.randint(1, 97),)])

    def map(self) -> tuple[int, ...]:
        """An image or a sequence."""
        return self.choice([self.image(), self.sequence()])

    def sequence(self) -> tuple[int, int]:
        return self.randint(1, 19), self.randint(1, 23)

    def sides(self, most: int) -> Any:
        """Padding: a number, one for each axis, or all four."""
        four = [self.randint(0, most) for _ in range(4)]
        return four if self.coin(0.3) else self.pair(0, most)

    def window(self, dilated: bool = True, modes: bool = True) -> Given:
        """A kernel and, each perhaps, stride, dilation and padding (a mode such as same)."""
        given: Given = {"kernel": self.pair(1, 5)}
        if self.coin(0.7):
            given["stride"] = self.pair(1, 4)
        if dilated and self.coin(0.4):
            given["dilation"] = self.pair(1, 3)
        if self.coin(0.7):
            given["padding"] = self.sides(3)
        elif modes and self.coin():
            given["padding"] = "valid" if "stride" in given else "same"
        return given


def two(value: Any) -> tuple[int, int]:
    return (value, value) if isinstance(value, int) else (value[0], value[1])


def four(value: Any) -> tuple[int, int, int, int]:
    """Top, bottom, left, right."""
    if isinstance(value, list) and len(value) == 4:
        return tuple(value)
    return (two(value)[0], two(value)[0], two(value)[1], two(value)[1])


def sliding(given: Given, kind: Any, *channels: int, **more: Any) -> Layer:
    """torch's layer; padding that it does not have, one layer before it."""
    rest = {"kernel_size": two(given["kernel"]), "stride": two(given.get("stride", 1)), **more}
    if "dilation" in given:
        rest["dilation"] = two(given["dilation"])
    padding = given.get("padding", 0)
    if padding in ("same", "valid"):
        return kind(*channels, padding=padding, **rest)
    top, bottom, left, right = four(padding)
    if (top, left) == (bottom, right):
        return kind(*channels, padding=(top, left), **rest)
    return nn.Sequential(nn.ZeroPad2d((left, right, top, bottom)), kind(*channels, **rest))


def channels(shape: tuple[int, ...]) -> int:
    """Of an image, or the features of a sequence or vector."""
    return shape[1] if len(shape) == 2 else shape[0]
