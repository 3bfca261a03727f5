"""Windows over volumes, transposed ones along a sequence, pools to a number of bins."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import Tensor, nn

from drawn.base import Draw, Given, Sample
from drawn.convolution import grouped
from drawn.features import behind

Shape = tuple[int, ...]


def _three(draw: Draw, low: int, high: int) -> Any:
    """A number for all axes, or one for each."""
    if draw.coin():
        return draw.randint(low, high)
    return [draw.randint(low, high) for _ in range(3)]


def _each(value: Any) -> tuple[int, ...]:
    return (value,) * 3 if isinstance(value, int) else tuple(value)


def volume(draw: Draw, channels: int | None = None, least: int = 1) -> Shape:
    positions = (draw.randint(least, 9) for _ in range(3))
    return (channels or draw.randint(1, 5), *positions)


def _window(draw: Draw, most: int = 3) -> Given:
    given: Given = {"kernel": _three(draw, 1, 4), "stride": _three(draw, 1, 3)}
    if draw.coin():
        given["padding"] = [draw.randint(0, min(most, n // 2)) for n in _each(given["kernel"])]
    return given


def _told(given: Given) -> Given:
    """As torch has it."""
    named = {"kernel": "kernel_size"}
    return {
        named.get(name, name): _each(value) if isinstance(value, (int, list)) else value
        for name, value in given.items()
        if name in ("kernel", "stride", "padding", "dilation", "output_padding")
    }


def conv3d(draw: Draw) -> Sample:
    groups, channels, filters = grouped(draw)
    given = _window(draw) | {"filters": filters, "groups": groups, "bias": draw.coin()}
    if draw.coin(0.4):
        given["dilation"] = _three(draw, 1, 2)
    if "dilation" not in given and draw.coin(0.2):
        given |= {"padding": "same", "stride": 1}
    rest = {"groups": groups, "bias": given["bias"], **_told(given)}
    layer = lambda: nn.Conv3d(channels, filters, **rest)  # noqa: E731
    return Sample(given, [volume(draw, channels)], layer)


def pool(kind: Any) -> Callable[[Draw], Sample]:
    def drawn(draw: Draw) -> Sample:
        given = _window(draw) | {"rounding": draw.choice(["floor", "ceil"])}
        rest = {"ceil_mode": given["rounding"] == "ceil", **_told(given)}
        # an average is refused by torch's meta device where padding alone makes it fit
        least = 4 if kind is nn.AvgPool3d else 1
        return Sample(given, [volume(draw, least=least)], lambda: kind(**rest))

    return drawn


def transposed3d(draw: Draw) -> Sample:
    groups, channels, filters = grouped(draw)
    given = _window(draw, most=2) | {"filters": filters, "groups": groups, "bias": draw.coin()}
    stride = _each(given["stride"])
    if draw.coin():
        given["output_padding"] = [draw.randint(0, step - 1) for step in stride]
    rest = {"groups": groups, "bias": given["bias"], **_told(given)}
    layer = lambda: nn.ConvTranspose3d(channels, filters, **rest)  # noqa: E731
    return Sample(given, [volume(draw, channels)], layer)


def transposed1d(draw: Draw) -> Sample:
    groups, features, filters = grouped(draw)
    given: Given = {"kernel": draw.randint(1, 5), "stride": draw.randint(1, 4)}
    given |= {"padding": draw.randint(0, 2), "dilation": draw.randint(1, 2)}
    given |= {"output_padding": draw.randint(0, given["stride"] - draw.coin(0.97))}
    given |= {"filters": filters, "groups": groups, "bias": draw.coin()}
    rest = {n: given[n] for n in ("stride", "padding", "output_padding", "dilation", "bias")}

    def layer() -> nn.Module:
        return nn.ConvTranspose1d(features, filters, given["kernel"], groups=groups, **rest)

    return Sample(given, [(draw.randint(1, 29), features)], behind(True, layer), device="cpu")


def adaptive(kind: Any, axes: int) -> Callable[[Draw], Sample]:
    def drawn(draw: Draw) -> Sample:
        if axes == 1:
            bins: Any = draw.randint(1, 9)
            layer: Callable[[], Callable[..., Tensor]] = behind(True, lambda: kind(bins))
            return Sample({"bins": bins}, [draw.sequence()], layer)
        bins = draw.pair(1, 9) if axes == 2 else _three(draw, 1, 9)
        shape = draw.image() if axes == 2 else volume(draw)
        return Sample({"bins": bins}, [shape], lambda: kind(bins))

    return drawn


OPS: dict[str, Callable[[Draw], Sample]] = {
    "conv3d": conv3d,
    "max_pool3d": pool(nn.MaxPool3d),
    "avg_pool3d": pool(nn.AvgPool3d),
    "conv_transpose1d": transposed1d,
    "conv_transpose3d": transposed3d,
    "adaptive_avg_pool1d": adaptive(nn.AdaptiveAvgPool1d, 1),
    "adaptive_max_pool1d": adaptive(nn.AdaptiveMaxPool1d, 1),
    "adaptive_max_pool2d": adaptive(nn.AdaptiveMaxPool2d, 2),
    "adaptive_avg_pool3d": adaptive(nn.AdaptiveAvgPool3d, 3),
    "adaptive_max_pool3d": adaptive(nn.AdaptiveMaxPool3d, 3),
}
