"""Attention as one layer, and what marks positions in it."""

from __future__ import annotations

from math import prod

from archdb.errors import ShapeError
from archdb.model.attributes import Flag
from archdb.model.shape import Shape, axes_of, has_channels, named, pretty
from archdb.model.window import Unbounded
from archdb.ops.arithmetic import LaterNumber
from archdb.ops.base import Op, Work, no_params, op, per_element, point
from archdb.ops.explained import OUTPUT, Formulas, Stated
from archdb.ops.rewritable import Origin, kept_of_first

ATTENTION = Unbounded("attention: every query sees all keys")


@op("scaled_dot_product_attention")
class ScaledDotProductAttention(Op):
    """softmax(Q K^T / sqrt(d)) V (vaswani2017, equation 1), for queries, keys and values whose
    axes before the last two, the heads, are so many attentions; where there are fewer heads of keys
    and values, each serves several of queries. The projections are layers of their own.

    With heads h, n queries and m keys of d features, and values of v: h n m d multiply-accumulates
    for the scores, h n m v for the weighted values; for each score a product by the scale and, with
    a mask (a fourth input, or `causal`), an addition; for each query a softmax over m scores.
    """

    arity = (3, 4)
    causal: Flag = False
    scale: LaterNumber = None  # type: ignore[assignment]

    params = no_params

    def sizes(self, *inputs: Shape) -> tuple[int, int, int, int, int]:
        """Heads, queries, keys, features of a key and of a value."""
        query, key, value = inputs[:3]
        if min(map(len, (query, key, value))) < 2:
            raise ShapeError(
                "needs queries, keys and values of length×features, with or without heads"
            )
        if query[-1] != key[-1] or key[-2] != value[-2] or key[:-2] != value[:-2]:
            raise ShapeError(f"cannot attend: {', '.join(map(pretty, (query, key, value)))}")
        heads, served = prod(query[:-2]), prod(key[:-2])
        if query[:-2] != key[:-2] and (len(query) != len(key) or heads % served):
            raise ShapeError(f"{heads} heads of queries cannot be served by {served} of keys")
        return heads, query[-2], key[-2], key[-1], value[-1]

    def out(self, *inputs: Shape) -> Shape:
        *_, features = self.sizes(*inputs)
        query, key, *_ = inputs
        scores = (*query[:-1], key[-2])
        for mask in inputs[3:]:
            met = zip(mask[::-1], scores[::-1], strict=False)
            if len(mask) > len(scores) or any(n not in (1, m) for n, m in met):
                raise ShapeError(f"a mask {pretty(mask)} does not fit {pretty(scores)} scores")
        return named((*query[:-1], features), axes_of(query))

    def channels(self, *inputs: Shape) -> Origin:
        """As many as the values have."""
        return (2,) if all(map(has_channels, inputs[:3])) else ()

    def work(self, out: Shape, *inputs: Shape) -> Work:
        heads, queries, keys, features, values = self.sizes(*inputs)
        scores = heads * queries * keys
        masked = scores if self.causal or len(inputs) == 4 else 0
        return Work(
            macs=scores * (features + values),
            muls=scores,
            adds=masked + heads * queries * (keys - 1),
            exponentials=scores,
            divisions=scores,
        )

    def sums(self, out: Shape, *inputs: Shape) -> int:
        heads, queries, keys, *_ = self.sizes(*inputs)
        return heads * queries * keys + prod(out)

    def formulas(self, *inputs: Shape) -> Formulas:
        h, n, m, d, v = self.sizes(*inputs)
        masked = self.causal or len(inputs) == 4
        scores = Stated("heads·queries·keys", f"{h}·{n}·{m}")
        return {
            OUTPUT: Stated("queries × features of the values, for each head", ""),
            "macs": Stated("heads·queries·keys·(d + v)", f"{h}·{n}·{m}·({d} + {v})"),
            **dict.fromkeys(("muls", "exponentials", "divisions"), scores),
            "adds": Stated(
                f"heads·queries·({'keys + ' if masked else ''}keys − 1)",
                f"{h}·{n}·({f'{m} + ' if masked else ''}{m} − 1)",
            ),
        }

    def window(self, *inputs: Shape) -> Unbounded:
        return ATTENTION


@op("rope")
class Rope(Op):
    """Rotary position embedding (su2021): pairs of features turned by an angle that follows from
    the position: two products and an addition for each element. Sines and cosines are tables,
    perhaps further inputs."""

    arity = (1, 3)
    params = no_params
    channels = kept_of_first
    window = point
    work = per_element(muls=2, adds=1)

    def out(self, x: Shape, *tables: Shape) -> Shape:
        return x
