"""Channels scaled by how they respond beside each other."""

from math import prod

from archdb.model.attributes import Number
from archdb.model.shape import Shape, channels
from archdb.model.window import POINT, Unbounded, Window
from archdb.ops.base import NORM, Op, Tensor, Work, op, same_shape
from archdb.ops.explained import Formulas
from archdb.ops.normalization import WHOLE_MAP
from archdb.ops.rewritable import kept


@op("global_response_norm")
class GlobalResponseNorm(Op):
    """Global response normalisation (woo2023, section 4): each channel's Euclidean norm over all
    positions, divided by the mean of the channels' norms, scales the channel; a learnt scale and
    shift, and the input is added.

    For c channels of n positions: c·n products, c·(n - 1) additions and c roots (counted as
    exponentials) for the norms; c - 1 additions and a division for their mean, an addition of
    epsilon, c divisions; then two products and two additions for each element.
    """

    epsilon: Number = 1e-6

    out = same_shape
    channels = kept

    def params(self, x: Shape) -> tuple[Tensor, ...]:
        return (Tensor("scale", NORM, (channels(x),)), Tensor("shift", NORM, (channels(x),)))

    def work(self, out: Shape, x: Shape) -> Work:
        c, elements = channels(x), prod(x)
        return Work(
            muls=3 * elements,
            adds=(elements - c) + (c - 1) + 1 + 2 * elements,
            divisions=1 + c,
            exponentials=c,
        )

    def window(self, x: Shape) -> Window | Unbounded:
        return POINT if prod(x) == channels(x) else WHOLE_MAP

    def formulas(self, *inputs: Shape) -> Formulas:
        each = "channels · positions"
        return {
            **dict.fromkeys(("scale", "shift", "exponentials"), "channels"),
            "muls": f"3 · {each}",
            "adds": f"channels · (positions − 1) + (channels − 1) + 1 + 2 · {each}",
            "divisions": "1 + channels",
        }
