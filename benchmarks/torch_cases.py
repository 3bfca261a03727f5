"""What each class of torch.nn is built with and reads, for torch_modules.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

SEQ, MAP, VOL, VEC = (6, 12), (6, 12, 10), (6, 8, 6, 4), (24,)
IMAGES, TOKENS = [(3, 64, 64)], [(16,)]
Case = tuple[Callable[[], Any], list[Any]]


def real(*shape: int) -> torch.Tensor:
    """An example of one sample, where a shape alone would be tokens."""
    return torch.zeros(1, *shape)


def whole(high: int, *shape: int) -> torch.Tensor:
    return torch.randint(high, (1, *shape))


#: What each class is built with, and what it reads.
NN: dict[str, Case] = {
    "AdaptiveLogSoftmaxWithLoss": (
        lambda: nn.AdaptiveLogSoftmaxWithLoss(24, 20, [5, 10]),
        [real(24), torch.zeros(1, dtype=torch.long)],
    ),
    "AvgPool1d": (lambda: nn.AvgPool1d(2), [real(*SEQ)]),
    "Bilinear": (lambda: nn.Bilinear(24, 24, 5), [real(24), real(24)]),
    "CosineSimilarity": (nn.CosineSimilarity, [real(24), real(24)]),
    "Embedding": (lambda: nn.Embedding(20, 5), TOKENS),
    "EmbeddingBag": (lambda: nn.EmbeddingBag(20, 5), TOKENS),
    "Fold": (lambda: nn.Fold((4, 5), 2), [real(24, 12)]),
    "GRU": (lambda: nn.GRU(12, 5, batch_first=True), [SEQ]),
    "GRUCell": (lambda: nn.GRUCell(24, 5), [real(24)]),
    "GroupNorm": (lambda: nn.GroupNorm(3, 6), [MAP]),
    "LSTM": (lambda: nn.LSTM(12, 5, batch_first=True, bidirectional=True), [SEQ]),
    "LSTMCell": (lambda: nn.LSTMCell(24, 5), [real(24)]),
    "LayerNorm": (lambda: nn.LayerNorm(12), [SEQ]),
    "Linear": (lambda: nn.Linear(12, 5), [SEQ]),
    **{
        f"{how}Pool3d": (lambda how=how: getattr(nn, f"{how}Pool3d")(2), [VOL])
        for how in ("Avg", "Max", "AdaptiveAvg", "AdaptiveMax")
    },
    "InstanceNorm3d": (lambda: nn.InstanceNorm3d(6), [VOL]),
    "LPPool1d": (lambda: nn.LPPool1d(2, 2), [SEQ]),
    "LPPool2d": (lambda: nn.LPPool2d(2, 2), [MAP]),
    "LPPool3d": (lambda: nn.LPPool3d(2, 2), [VOL]),
    "LocalResponseNorm": (lambda: nn.LocalResponseNorm(5), [MAP]),
    "MultiheadAttention": (
        lambda: nn.MultiheadAttention(12, 3, batch_first=True),
        [SEQ, SEQ, SEQ],
    ),
    "PairwiseDistance": (nn.PairwiseDistance, [real(24), real(24)]),
    "PixelShuffle": (lambda: nn.PixelShuffle(2), [(8, 6, 5)]),
    "PixelUnshuffle": (lambda: nn.PixelUnshuffle(2), [(8, 6, 4)]),
    "RMSNorm": (lambda: nn.RMSNorm(12), [SEQ]),
    "RNN": (lambda: nn.RNN(12, 5, batch_first=True), [SEQ]),
    "RNNCell": (lambda: nn.RNNCell(24, 5), [real(24)]),
    "Softmax2d": (nn.Softmax2d, [MAP]),
    "Transformer": (
        lambda: nn.Transformer(12, 3, 2, 2, 20, batch_first=True),
        [SEQ, SEQ],
    ),
    "TransformerDecoderLayer": (
        lambda: nn.TransformerDecoderLayer(12, 3, 20, batch_first=True),
        [SEQ, SEQ],
    ),
    "TransformerDecoder": (
        lambda: nn.TransformerDecoder(nn.TransformerDecoderLayer(12, 3, 20, batch_first=True), 2),
        [SEQ, SEQ],
    ),
    "TransformerEncoderLayer": (
        lambda: nn.TransformerEncoderLayer(12, 3, 20, batch_first=True),
        [SEQ],
    ),
    "TransformerEncoder": (
        lambda: nn.TransformerEncoder(nn.TransformerEncoderLayer(12, 3, 20, batch_first=True), 2),
        [SEQ],
    ),
    "Unflatten": (lambda: nn.Unflatten(1, (4, 6)), [real(24)]),
    "Unfold": (lambda: nn.Unfold(3), [MAP]),
    "Upsample": (lambda: nn.Upsample(scale_factor=2), [MAP]),
    "UpsamplingNearest2d": (lambda: nn.UpsamplingNearest2d(scale_factor=2), [MAP]),
    "UpsamplingBilinear2d": (lambda: nn.UpsamplingBilinear2d(scale_factor=2), [MAP]),
    "Sequential": (lambda: nn.Sequential(nn.Linear(12, 5), nn.ReLU()), [SEQ]),
    "Flatten": (nn.Flatten, [MAP]),
    "CircularPad1d": (lambda: nn.CircularPad1d(2), [SEQ]),
    "CircularPad2d": (lambda: nn.CircularPad2d(2), [MAP]),
    "ChannelShuffle": (lambda: nn.ChannelShuffle(3), [MAP]),
    "GLU": (lambda: nn.GLU(1), [MAP]),
    "Threshold": (lambda: nn.Threshold(0.1, 20), [MAP]),
}
#: Classes that no network is made of: containers that are not called, losses, and those that a
#: first input of its shape makes.
NONE = ("Container", "Module", "ModuleDict", "ModuleList", "ParameterDict", "ParameterList")


def tried(made: Any) -> list[Case]:
    """Calls of a class with usual arguments."""
    arguments: list[tuple[Any, ...]] = [(), (2,), (6, 5, 3), (6,), (0.5,), (1.0, 2.0)]
    reads = [[MAP], [SEQ], [VOL], [real(24)], [SEQ, SEQ]]
    return [(lambda given=given: made(*given), inputs) for given in arguments for inputs in reads]


def first(made: Any) -> Case | None:
    """The first of them that torch itself runs."""
    for build, inputs in tried(made):
        try:
            module = build().eval()
            with torch.no_grad():
                module(*[x if isinstance(x, torch.Tensor) else torch.zeros(1, *x) for x in inputs])
        except Exception:  # whatever torch raises
            continue
        return build, inputs
    return None


def nn_cases() -> dict[str, Case | None]:
    names = [
        name
        for name, made in vars(nn).items()
        if isinstance(made, type)
        and issubclass(made, nn.Module)
        and name not in NONE
        and not name.endswith("Loss")
        and not name.startswith("Lazy")
    ]
    return {name: NN.get(name) or first(getattr(nn, name)) for name in sorted(names)}
