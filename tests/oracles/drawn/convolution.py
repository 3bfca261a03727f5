"""Convolutions."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from drawn.base import Draw, Given, Layer, Sample, four, sliding, two


def grouped(draw: Draw) -> tuple[int, int, int]:
    """Groups, and channels and filters that they divide; now and then one that they do not."""
    groups = draw.choice([1, 1, 1, 2, 3, 5])
    channels, filters = (groups * draw.randint(1, 5) for _ in range(2))
    return groups, channels, filters + draw.coin(0.05)


def conv2d(draw: Draw) -> Sample:
    groups, channels, filters = grouped(draw)
    given = draw.window() | {"filters": filters, "groups": groups, "bias": draw.coin()}
    more = {"groups": groups, "bias": given["bias"]}
    return Sample(
        given,
        [draw.image(channels)],
        lambda: sliding(given, nn.Conv2d, channels, filters, **more),
    )


def depthwise_conv2d(draw: Draw) -> Sample:
    channels, multiplier = draw.randint(1, 13), draw.randint(1, 5)
    given = draw.window() | {"multiplier": multiplier, "bias": draw.coin()}
    more = {"groups": channels, "bias": given["bias"]}
    return Sample(
        given,
        [draw.image(channels)],
        lambda: sliding(given, nn.Conv2d, channels, channels * multiplier, **more),
    )


class Unshared(nn.Module):
    """Patches times weights of their own at each position."""

    def __init__(self, given: Given, shape: tuple[int, ...]) -> None:
        super().__init__()
        x, filters = torch.zeros(1, *shape), given["filters"]
        self.unfold = sliding(given, nn.Unfold)
        self.size = sliding(given, nn.Conv2d, shape[0], filters)(x).shape
        _, patch, positions = self.unfold(x).shape
        self.weight = nn.Parameter(torch.zeros(positions, patch, filters))
        self.bias = nn.Parameter(torch.zeros(positions, 1, filters)) if given["bias"] else None

    def forward(self, x: Tensor) -> Tensor:
        found = torch.bmm(self.unfold(x).permute(2, 0, 1), self.weight)
        found = found if self.bias is None else found + self.bias
        return found.permute(1, 2, 0).reshape(self.size)


def locally_connected2d(draw: Draw) -> Sample:
    given = draw.window(modes=False) | {"filters": draw.randint(1, 7), "bias": draw.coin()}
    shape = draw.image()
    return Sample(given, [shape], lambda: Unshared(given, shape))


def conv_transpose2d(draw: Draw) -> Sample:
    """Uneven padding is cut off behind torch's layer. On the meta device too much output padding
    would pass."""
    groups, channels, filters = grouped(draw)
    given = draw.window(modes=False) | {"filters": filters, "groups": groups, "bias": draw.coin()}
    rest = {"stride": two(given.get("stride", 1)), "dilation": two(given.get("dilation", 1))}
    if draw.coin(0.3):
        pairs = zip(rest["stride"], rest["dilation"], strict=True)
        given["output_padding"] = [draw.randint(0, max(pair)) for pair in pairs]
        rest["output_padding"] = tuple(given["output_padding"])
    top, bottom, left, right = four(given.get("padding", 0))

    def layer() -> Layer:
        spread = nn.ConvTranspose2d(
            channels, filters, two(given["kernel"]), groups=groups, bias=given["bias"], **rest
        )
        if (top, left) == (bottom, right):
            spread.padding = (top, left)
            return spread
        return nn.Sequential(spread, nn.ZeroPad2d((-left, -right, -top, -bottom)))

    return Sample(given, [draw.image(channels)], layer, device="cpu")
