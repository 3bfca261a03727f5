"""Layers of Keras, where it has what torch has not: SAME at any stride, recurrent biases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from keras import Sequential, layers

from drawn.base import Draw, Given, Sample, two


def recurrent(kind: Any, own: str | None = None) -> Callable[[Draw], Sample]:
    """`own` is a flag that this layer alone has. Keras takes one step twice, to learn its shape.
    It has a second direction around the layer, and layers behind each other as a model."""

    def drawn(draw: Draw) -> Sample:
        given = {"units": draw.randint(1, 29), "bias": draw.coin(), "sequences": draw.coin()}
        rest = {"use_bias": given["bias"], "return_sequences": given["sequences"]}
        if own is not None:
            given[own] = rest[own] = draw.coin()
        given |= {"bidirectional": draw.coin(), "layers": draw.choice([1, 1, 2, 3])}

        def cell(sequences: bool) -> Any:
            made = kind(given["units"], **{**rest, "return_sequences": sequences})
            return layers.Bidirectional(made) if given["bidirectional"] else made

        def layer() -> Any:
            return Sequential(
                [*map(cell, [True] * (given["layers"] - 1)), cell(given["sequences"])]
            )

        return Sample(given, [draw.sequence()], layer, device="cpu", counted=False)

    return drawn


def norm(kind: Any) -> Callable[[Draw], Sample]:
    """With scale and shift, either or neither; groups where the layer has them, of two elements
    or more: Keras takes a group of one, of which nothing is left."""

    def drawn(draw: Draw) -> Sample:
        given: Given = {"scale": draw.coin(), "shift": draw.coin()}
        rest = {"scale": given["scale"], "center": given["shift"]}
        shape = draw.shape()
        if kind is layers.GroupNormalization:
            given["groups"] = rest["groups"] = draw.choice([1, 2, 3, 5])
            channels = given["groups"] * draw.randint(2, 5)
            shape = (channels, *shape[1:]) if len(shape) != 2 else (shape[0], channels)
        return Sample(given, [shape], lambda: kind(**rest), device="cpu")

    return drawn


def convolution(kind: Any, count: str, counted: str) -> Callable[[Draw], Sample]:
    """`count` is archdb's word for how many filters there are, `counted` is Keras's."""

    def drawn(draw: Draw) -> Sample:
        given = window(draw) | {count: draw.randint(1, 7), "bias": draw.coin()}
        rest = {
            **{"kernel_size": two(given["kernel"]), "padding": given["padding"]},
            **{"strides": given.get("stride", 1), counted: given[count]},
            **{"use_bias": given["bias"]},
        }
        if "stride" not in given and draw.coin():  # Keras takes one of the two
            given["dilation"] = rest["dilation_rate"] = draw.randint(1, 3)
        return Sample(given, [draw.image()], lambda: kind(**rest), device="cpu")

    return drawn


def conv_transpose2d(draw: Draw) -> Sample:
    given = window(draw) | {"filters": draw.randint(1, 7), "bias": draw.coin()}
    rest = {
        **{"kernel_size": two(given["kernel"]), "padding": given["padding"]},
        **{"strides": given.get("stride", 1), "use_bias": given["bias"]},
    }
    layer = lambda: layers.Conv2DTranspose(given["filters"], **rest)  # noqa: E731
    return Sample(given, [draw.image()], layer, device="cpu")


def pool(kind: Any) -> Callable[[Draw], Sample]:
    def drawn(draw: Draw) -> Sample:
        given = {"stride": 1, **window(draw), "rounding": "floor"}
        rest = {"strides": given["stride"], "padding": given["padding"]}
        layer = lambda: kind(two(given["kernel"]), **rest)  # noqa: E731
        return Sample(given, [draw.image()], layer, device="cpu")

    return drawn


def conv1d(draw: Draw) -> Sample:
    """Keras takes a stride or a dilation; causal padding it has along a sequence alone."""
    modes = ["same", "valid", "causal"]
    given = {"kernel": draw.randint(1, 5), "padding": draw.choice(modes)}
    given |= {"filters": draw.randint(1, 7), "bias": draw.coin()}
    rest = {"padding": given["padding"], "use_bias": given["bias"]}
    if draw.coin():
        given["stride"] = rest["strides"] = draw.randint(1, 4)
    elif draw.coin():
        given["dilation"] = rest["dilation_rate"] = draw.randint(1, 3)
    layer = lambda: layers.Conv1D(given["filters"], given["kernel"], **rest)  # noqa: E731
    return Sample(given, [(draw.randint(1, 29), draw.randint(1, 13))], layer, device="cpu")


def pool1d(kind: Any) -> Callable[[Draw], Sample]:
    def drawn(draw: Draw) -> Sample:
        given: Given = {"kernel": draw.randint(1, 5), "stride": draw.randint(1, 4)}
        given["padding"] = draw.choice(["same", "valid"])
        rest = {"strides": given["stride"], "padding": given["padding"]}
        layer = lambda: kind(given["kernel"], **rest)  # noqa: E731
        return Sample(given, [draw.sequence()], layer, device="cpu")

    return drawn


def whole(kind: Any) -> Callable[[Draw], Sample]:
    return lambda draw: Sample({}, [draw.sequence()], kind, device="cpu")


def window(draw: Draw) -> Given:
    """A kernel, perhaps a stride, and a mode of padding."""
    given: Given = {"kernel": draw.pair(1, 5), "padding": draw.choice(["same", "same", "valid"])}
    return given | {"stride": draw.randint(1, 4)} if draw.coin(0.8) else given
