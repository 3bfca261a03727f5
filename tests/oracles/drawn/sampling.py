"""Other sizes, patches and pixels, and what reads where another input says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torchvision.ops import DeformConv2d

from drawn.base import Draw, Given, Sample, two
from drawn.convolution import grouped
from drawn.features import behind
from drawn.volumes import volume

Layer = Callable[..., Tensor]


def resize2d(draw: Draw) -> Sample:
    """To a size, by a factor, or by a scale."""
    given: Given = {"how": draw.choice(["nearest", "bilinear", "bicubic", "area"])}
    mode = {"mode": given["how"]}
    way = draw.randint(1, 3)
    if way == 1:
        given["size"] = draw.pair(1, 29)
        return Sample(given, [draw.image()], lambda: nn.Upsample(size=two(given["size"]), **mode))
    if way == 2:
        factors = [draw.choice([0.25, 0.5, 0.75, 1.5, 2.5]) for _ in range(2)]
        given["factor"] = factors
        return Sample(
            given, [draw.image()], lambda: nn.Upsample(scale_factor=tuple(factors), **mode)
        )
    given["scale"] = draw.pair(1, 4)
    factors = [float(n) for n in two(given["scale"])]
    return Sample(given, [draw.image()], lambda: nn.Upsample(scale_factor=tuple(factors), **mode))


def resize(axes: int) -> Any:
    """Of sequences and volumes."""

    def drawn(draw: Draw) -> Sample:
        how = draw.choice(["nearest", "linear" if axes == 1 else "trilinear"])
        given: Given = {"how": how}
        many: Any = draw.randint(1, 9)
        if axes == 3 and draw.coin():
            many = [draw.randint(1, 9) for _ in range(3)]
        each = (many,) * axes if isinstance(many, int) else tuple(many)
        if draw.coin():
            given["size"] = many
            layer: Callable[[], Layer] = lambda: nn.Upsample(size=each, mode=how)  # noqa: E731
        else:
            given["scale"] = many
            factors = tuple(map(float, each))
            layer = lambda: nn.Upsample(scale_factor=factors, mode=how)  # noqa: E731
        if axes == 1:
            return Sample(given, [draw.sequence()], behind(True, layer))
        return Sample(given, [volume(draw)], layer)

    return drawn


def pixel(kind: Any) -> Any:
    def drawn(draw: Draw) -> Sample:
        factor = draw.randint(1, 3)
        channels = factor**2 * draw.randint(1, 4) + draw.coin(0.05)
        height, width = (factor * draw.randint(1, 7) for _ in range(2))
        shape = (channels, height + draw.coin(0.05), width)
        return Sample({"factor": factor}, [shape], lambda: kind(factor))

    return drawn


def _patches(draw: Draw) -> Given:
    given = draw.window(modes=False)
    if "padding" in given:
        given["padding"] = draw.pair(0, 3)
    return given


def _told(given: Given) -> Given:
    named = {"kernel": "kernel_size"}
    return {named.get(name, name): two(value) for name, value in given.items()}


def unfold(draw: Draw) -> Sample:
    given = _patches(draw)
    return Sample(given, [draw.image()], lambda: nn.Unfold(**_told(given)))


def fold(draw: Draw) -> Sample:
    """Of the patches that an unfold gives, now and then one more."""
    given = _patches(draw)
    size = [draw.randint(3, 17), draw.randint(3, 17)]
    try:
        patches = nn.Unfold(**_told(given))(torch.zeros(1, draw.randint(1, 5), *size))
        shape = (patches.shape[1], patches.shape[2] + draw.coin(0.05))
    except RuntimeError:
        shape = (1, 1)
    layer = lambda: nn.Fold(tuple(size), **_told(given))  # noqa: E731
    return Sample({**given, "size": size}, [shape], layer)


def deform_conv2d(draw: Draw) -> Sample:
    """With offsets for one group of channels or several, with weights or without."""
    groups, channels, filters = grouped(draw)
    given = draw.window(modes=False)
    if "padding" in given:
        given["padding"] = draw.pair(0, 2)
    given |= {"filters": filters, "groups": groups, "bias": draw.coin()}
    rest = _told({n: v for n, v in given.items() if n not in ("filters", "groups", "bias")})
    shape = draw.image(channels)
    taps = rest["kernel_size"][0] * rest["kernel_size"][1]
    offsets = draw.choice([n for n in range(1, channels + 1) if channels % n == 0])
    try:
        plain = nn.Conv2d(channels, filters, groups=groups, **rest, device="meta")
        size = plain(torch.zeros(1, *shape, device="meta")).shape[2:]
    except (RuntimeError, ValueError):
        size = torch.Size((1, 1))
    inputs = [shape, (2 * taps * offsets, size[0] + draw.coin(0.05), size[1])]
    if draw.coin():
        inputs.append((taps * offsets, *inputs[1][1:]))

    def layer() -> nn.Module:
        return DeformConv2d(channels, filters, groups=groups, bias=given["bias"], **rest)

    return Sample(given, inputs, layer, device="cpu", counted=False)


def grid_sample(draw: Draw) -> Sample:
    how = draw.choice(["nearest", "bilinear", "bicubic"])
    grid = (draw.randint(1, 9), draw.randint(1, 9), 2 + draw.coin(0.1))
    sampled = lambda x, at: functional.grid_sample(x, at, mode=how, align_corners=True)  # noqa: E731
    return Sample({"how": how}, [draw.image(), grid], lambda: sampled, device="cpu")


def embedding_bag(draw: Draw) -> Sample:
    given = {"vocabulary": draw.randint(2, 97), "units": draw.randint(1, 19)}
    given["how"] = draw.choice(["mean", "sum", "max"])

    def layer() -> nn.Module:
        return nn.EmbeddingBag(given["vocabulary"], given["units"], mode=given["how"])

    return Sample(given, [(draw.randint(1, 29),)], layer, dtype=torch.long, device="cpu")


OPS: dict[str, Callable[[Draw], Sample]] = {
    "resize2d": resize2d,
    "resize1d": resize(1),
    "resize3d": resize(3),
    "pixel_shuffle": pixel(nn.PixelShuffle),
    "pixel_unshuffle": pixel(nn.PixelUnshuffle),
    "unfold": unfold,
    "fold": fold,
    "deform_conv2d": deform_conv2d,
    "grid_sample": grid_sample,
    "embedding_bag": embedding_bag,
}
