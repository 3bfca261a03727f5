"""Small networks, drawn in a line or two."""

from typing import Any

from archdb.analysis.profile import Profile, derive
from archdb.model.graph import Layer, Network
from archdb.ops import Op, make

Shape = tuple[int, ...]


def layer(name: str, op: str, *inputs: str, auxiliary: bool = False, **attributes: Any) -> Layer:
    """A layer by the name of its op, as a row of a seed has it."""
    return Layer(name, make(op, attributes), inputs, auxiliary=auxiliary)


def data(*shape: int) -> Layer:
    """The input layer 'data'."""
    return layer("data", "input", shape=shape)


def draw(*layers: Layer) -> Network:
    """A network called 'net'."""
    return Network("net", layers)


def chain(shape: Shape, *ops: Op) -> Network:
    """An input of `shape` and ops behind each other, named by their number from 1."""
    names = ["data", *(str(number) for number in range(1, len(ops) + 1))]
    behind = zip(names[1:], ops, names, strict=False)
    return draw(data(*shape), *(Layer(name, op, (source,)) for name, op, source in behind))


def conv(filters: int, kernel: Any, **rest: Any) -> Op:
    """A convolution, which is what most small networks are made of."""
    op: Op = make("conv2d", {"filters": filters, "kernel": kernel, **rest})
    return op


def applied(shape: Shape, *ops: Op) -> Profile:
    """The profile of a chain."""
    return derive(chain(shape, *ops))


def last(profile: Profile) -> dict[str, Any]:
    """The row of the last layer."""
    return profile.layer(profile.network.layers[-1].name)


def out(profile: Profile) -> Shape:
    """Channels, height and width behind the last layer."""
    row = last(profile)
    return tuple(row[f"out_{axis}"] for axis in ("channels", "height", "width"))


def params(profile: Profile) -> int:
    """Trainable parameters in all."""
    return sum(profile.totals[f"{role}_params"] for role in ("weight", "bias", "norm"))


def field(profile: Profile) -> tuple[int, int]:
    """Height and width of the receptive field behind the last layer."""
    row = last(profile)
    return row["receptive_field_h"], row["receptive_field_w"]
