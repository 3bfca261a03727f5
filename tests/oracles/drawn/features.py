"""Fully connected and recurrent layers, normalisation, and what works element by element."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from drawn.base import Draw, Given, Sample, channels


def linear(draw: Draw) -> Sample:
    """A map is flattened first."""
    given = {"units": draw.randint(1, 37), "bias": draw.coin()}
    shape = draw.shape()
    features = shape[1] if len(shape) == 2 else torch.Size(shape).numel()
    first = nn.Flatten() if len(shape) == 3 else nn.Identity()
    return Sample(
        given,
        [shape],
        lambda: nn.Sequential(first, nn.Linear(features, given["units"], bias=given["bias"])),
    )


class Behind(nn.Module):
    """A layer between a move of the first axis behind the others and the move back."""

    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.layer = layer

    def forward(self, x: Tensor) -> Tensor:
        return self.layer(x.movedim(1, -1)).movedim(-1, 1)


def behind(moved: bool, layer: Callable[[], nn.Module]) -> Callable[[], nn.Module]:
    """A layer that may have its channels in another place than the input has them."""
    return lambda: Behind(layer()) if moved else layer()


def _scaled(draw: Draw) -> Given:
    """torch has scale and shift both or neither."""
    both = draw.coin()
    return {"scale": both, "shift": both}


def of_channels(kinds: tuple[type[nn.Module], type[nn.Module]]) -> Callable[[Draw], Sample]:
    """Batch and instance normalisation, of one and of two axes. torch has them under one set of
    names; on the meta device statistics of a single element would pass."""

    def sampled(draw: Draw) -> Sample:
        shape = draw.shape() if kinds[0] is nn.BatchNorm1d else draw.map()
        given = _scaled(draw) | {"statistics": draw.coin()}
        more = {"affine": given["scale"], "track_running_stats": given["statistics"]}
        kind = kinds[len(shape) == 3]
        return Sample(
            given,
            [shape],
            behind(len(shape) == 2, lambda: kind(channels(shape), **more).eval()),
            device="cpu",
        )

    return sampled


batch_norm = of_channels((nn.BatchNorm1d, nn.BatchNorm2d))
instance_norm = of_channels((nn.InstanceNorm1d, nn.InstanceNorm2d))


def group_norm(draw: Draw) -> Sample:
    groups, shape = draw.choice([1, 1, 2, 3, 5]), draw.shape()
    if len(shape) != 2:
        shape = (groups * draw.randint(1, 5) + draw.coin(0.05), *shape[1:])
    given = _scaled(draw) | {"groups": groups}
    return Sample(
        given,
        [shape],
        behind(
            len(shape) == 2,
            lambda: nn.GroupNorm(groups, channels(shape), affine=given["scale"]),
        ),
        device="cpu",
    )


def layer_norm(draw: Draw) -> Sample:
    """torch can leave out the shift alone."""
    shape, given = draw.shape(), {"scale": draw.coin()}
    given["shift"] = given["scale"] and draw.coin()
    more = {"elementwise_affine": given["scale"], "bias": given["shift"]}
    return Sample(
        given, [shape], behind(len(shape) == 3, lambda: nn.LayerNorm(channels(shape), **more))
    )


def lrn(draw: Draw) -> Sample:
    size = 2 * draw.randint(0, 4) + 1
    return Sample({"size": size}, [draw.image()], lambda: nn.LocalResponseNorm(size))


def prelu(draw: Draw) -> Sample:
    shape = draw.shape()
    return Sample({}, [shape], behind(len(shape) == 2, lambda: nn.PReLU(channels(shape))))


def softmax(draw: Draw) -> Sample:
    """Over the channels of an image, the features of a sequence or vector."""
    shape = draw.shape()
    return Sample({}, [shape], lambda: nn.Softmax(dim=2 if len(shape) == 2 else 1))


def plain(layer: Callable[..., nn.Module], **given: Any) -> Callable[[Draw], Sample]:
    return lambda draw: Sample(given, [draw.shape()], layer)


def embedding(draw: Draw) -> Sample:
    given = {"vocabulary": draw.randint(1, 997), "units": draw.randint(1, 37)}
    length = (draw.randint(1, 47),)
    return Sample(given, [length], lambda: nn.Embedding(*given.values()), torch.int64)


class Last(nn.Module):
    """torch gives every step's output, and the states; `every`, or only the last of the steps."""

    def __init__(self, layer: nn.Module, every: bool) -> None:
        super().__init__()
        self.layer, self.every = layer, every

    def forward(self, x: Tensor) -> Tensor:
        steps, _ = self.layer(x)
        return steps if self.every else steps[:, -1]


def recurrent(kind: Any, own: Callable[[Draw, Given], Given]) -> Callable[[Draw], Sample]:
    """`own` gives torch what archdb has been given besides, and the other way round. torch's
    layers have a second bias wherever they have one."""

    def drawn(draw: Draw) -> Sample:
        given: Given = {"units": draw.randint(2, 29), "bias": draw.coin(), "sequences": draw.coin()}
        given |= {"bidirectional": draw.coin(), "layers": draw.choice([1, 1, 2, 3])}
        rest = {"bias": given["bias"], "bidirectional": given["bidirectional"]}
        rest |= {"num_layers": given["layers"], "batch_first": True, **own(draw, given)}
        shape = draw.sequence()
        return Sample(
            given,
            [shape],
            lambda: Last(kind(shape[1], given["units"], **rest), given["sequences"]),
        )

    return drawn


def _lstm(draw: Draw, given: Given) -> Given:
    given["recurrent_bias"] = given["bias"]
    if draw.coin():
        given["projection"] = draw.randint(1, given["units"] - 1)
    return {"proj_size": given.get("projection", 0)}


def _gru(draw: Draw, given: Given) -> Given:
    given["reset_after"] = True
    return {}


def _rnn(draw: Draw, given: Given) -> Given:
    given["recurrent_bias"] = given["bias"]
    given["activation"] = draw.choice(["tanh", "relu"])
    return {"nonlinearity": given["activation"]}


lstm, gru = recurrent(nn.LSTM, _lstm), recurrent(nn.GRU, _gru)
rnn = recurrent(nn.RNN, _rnn)
