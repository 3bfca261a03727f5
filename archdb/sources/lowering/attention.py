"""Attention that is one call, and products by an equation."""

from __future__ import annotations

import re
from typing import Any

from archdb.sources.lowering.arranging import plain
from archdb.sources.lowering.base import Lowering, UnmappedError, rule
from archdb.sources.lowering.elementwise import number
from archdb.sources.lowering.values import BATCH, Axis, Value
from archdb.sources.neutral import Call, Ref


@rule("scaled_dot_product_attention")
def attention(net: Lowering, call: Call) -> Value:
    """Scores, softmax and weighted values."""
    given = call.arguments
    inputs = [plain(net, net.value(given[name])) for name in ("query", "key", "value")]
    query = inputs[0]
    if BATCH in query.axes[-2:]:
        raise UnmappedError("attends along the batch")
    if isinstance(given.get("attn_mask"), Ref):
        inputs.append(mask_of(net, net.value(given["attn_mask"]), len(query.shape)))
    attributes: dict[str, Any] = {"causal": bool(given.get("is_causal"))}
    if given.get("scale") is not None:
        attributes["scale"] = float(number(net, given["scale"]))
    op = net.make("scaled_dot_product_attention", **attributes)
    return net.lay(op, *inputs, axes=query.axes)


def mask_of(net: Lowering, mask: Value, rank: int) -> Value:
    """A mask without the axes of 1 that the scores have not."""
    x = plain(net, mask)
    while len(x.shape) > rank and x.shape[0] == 1:
        more = tuple(Axis(tuple(i - 1 for i in a.at if i), a.batch) for a in x.axes)
        x = net.reshape(x, tuple(x.shape[1:]), more, main=False)
    return x


@rule("einsum")
def einsum(net: Lowering, call: Call) -> Value:
    """A product by an equation, from which the letter of the batch is left out."""
    operands = call.arguments["operands"]
    refs = operands if isinstance(operands, list) else [operands]
    values = [plain(net, net.value(ref)) for ref in refs]
    terms, out = _letters(str(call.arguments["equation"]), [len(v.axes) for v in values])
    pairs = [
        pair for t, v in zip(terms, values, strict=True) for pair in zip(t, v.axes, strict=True)
    ]
    batch, folded = _batch(pairs)
    bare = ["".join(n for n in term if n not in batch) for term in terms]
    left = [n for n in out if n not in batch]
    op = net.make("einsum", equation=f"{','.join(bare)}->{''.join(left)}")
    places = {n: Axis((at,), n in folded, folded.get(n, False)) for at, n in enumerate(left)}
    return net.lay(op, *values, axes=tuple(places.get(n, BATCH) for n in out))


def _batch(pairs: list[tuple[str, Axis]]) -> tuple[set[str], dict[str, bool]]:
    """The letter that is the batch, and the one that it is folded into, and whether behind it."""
    batch = {letter for letter, axis in pairs if axis == BATCH}
    folded = {n: axis.inner for n, axis in pairs if axis.batch and axis.at}
    if len(batch) + len(folded) > 1:
        raise UnmappedError("gives the batch two letters")
    if any((n in batch and axis != BATCH) or (n in folded and not axis.batch) for n, axis in pairs):
        raise UnmappedError("meets the batch with an axis of its own")
    return batch, folded


def _letters(equation: str, ranks: list[int]) -> tuple[list[str], str]:
    """The letters of each operand and of the result, an ellipsis written out."""
    words = equation.replace(" ", "")
    left, arrow, out = words.partition("->")
    terms = left.split(",")
    free = [letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if letter not in words]
    for at, (term, rank) in enumerate(zip(terms, ranks, strict=True)):
        more = free[: rank - len(term.replace("...", ""))]
        terms[at] = term.replace("...", "".join(more))
        out = out.replace("...", "".join(more))
    if not arrow:
        once = sorted(n for n in set("".join(terms)) if "".join(terms).count(n) == 1)
        out = "".join(once)
    if not re.fullmatch("[a-zA-Z]*", out):
        raise UnmappedError(f"has the equation {equation}")
    return terms, out
