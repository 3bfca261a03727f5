"""Responses scaled: by their neighbours, by their length, by learnt or stated factors."""

from math import prod

from archdb.errors import DefinitionError
from archdb.model.attributes import Count, Flag, Number
from archdb.model.shape import Shape, channels
from archdb.ops.base import (
    NORM,
    WEIGHT,
    Op,
    Tensor,
    Work,
    no_params,
    op,
    per_element,
    point,
    same_shape,
)
from archdb.ops.explained import Formulas
from archdb.ops.rewritable import kept


@op("lrn")
class Lrn(Op):
    """Local response normalisation across channels (krizhevsky2012, section 3.3):
    b = a / (k + alpha * sum of squares over `size` neighbouring channels) ** beta.

    `divide_alpha`: alpha is divided by `size` first (Caffe), which changes no count. For each
    element: one square, the sum of `size` squares, a multiplication and an addition, one power
    (counted as an exponential) and one division.
    """

    size: Count
    alpha: Number = 1e-4
    beta: Number = 0.75
    k: Number = 1.0
    divide_alpha: Flag = True

    out = same_shape
    params = no_params
    window = point
    channels = kept

    def check(self) -> None:
        if self.size % 2 == 0:
            raise DefinitionError(f"'size' must be odd, got {self.size}").at(self.name)

    def work(self, out: Shape, x: Shape) -> Work:
        n = prod(out)
        return Work(muls=2 * n, adds=self.size * n, exponentials=n, divisions=n)

    def formulas(self, *inputs: Shape) -> Formulas:
        return {"adds": "(size − 1 + 1) · channels · positions"}


@op("l2_norm")
class L2Norm(Op):
    """Each position divided by its Euclidean norm over the channels, then a learnt scale for each
    channel (liu2016parsenet): n products, n - 1 additions, one root (counted as an exponential),
    n divisions and n products for each position of n channels."""

    out = same_shape
    window = point
    channels = kept

    def params(self, x: Shape) -> tuple[Tensor, ...]:
        return (Tensor("scale", NORM, (channels(x),)),)

    def work(self, out: Shape, x: Shape) -> Work:
        n = channels(x)
        positions = prod(x) // n
        return Work(
            adds=positions * (n - 1),
            muls=positions * 2 * n,
            divisions=positions * n,
            exponentials=positions,
        )

    def formulas(self, *inputs: Shape) -> Formulas:
        adds = "positions · (channels − 1)"
        return {"scale": "channels", "adds": adds, "exponentials": "positions"}


@op("channel_scale")
class ChannelScale(Op):
    """A learnt factor for each channel (liu2022: layer scale)."""

    out = same_shape
    work = per_element(muls=1)
    window = point
    channels = kept

    def params(self, x: Shape) -> tuple[Tensor, ...]:
        return (Tensor("factor", WEIGHT, (channels(x),)),)

    def formulas(self, *inputs: Shape) -> Formulas:
        return {"factor": "channels"}


@op("rescale")
class Rescale(Op):
    """Every element times a constant (szegedy2017: residuals before they are added)."""

    factor: Number

    out = same_shape
    params = no_params
    work = per_element(muls=1)
    window = point
    channels = kept
