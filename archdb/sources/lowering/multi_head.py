"""PyTorch's nn.MultiheadAttention, which is one call: projections, heads, attention, projection."""

from __future__ import annotations

from typing import Any

from archdb.sources.lowering.arranging import plain
from archdb.sources.lowering.attention import mask_of
from archdb.sources.lowering.base import Lowering, UnmappedError, rule
from archdb.sources.lowering.dense import multiplied
from archdb.sources.lowering.shaping import reshaped
from archdb.sources.lowering.slicing import chosen, part
from archdb.sources.lowering.values import BATCH, Value
from archdb.sources.lowering.windows import Weights
from archdb.sources.neutral import Call, Ref

QUERY_KEY_VALUE = ("query", "key", "value")


@rule("multi_head_attention_forward")
def multi_head(net: Lowering, call: Call) -> list[Value]:
    """Its tensors have the length before the batch, unless they were turned for it."""
    given = call.arguments
    if given.get("bias_k") is not None or isinstance(given.get("key_padding_mask"), Ref):
        raise UnmappedError("has keys of its own, or leaves some out image by image")
    values = [net.value(given[name]) for name in QUERY_KEY_VALUE]
    length_first = values[0].axes[1] == BATCH
    if length_first:
        values = [_exchanged(value) for value in values]
    alone = given.get("in_proj_weight") is not None
    same = len({given[name] for name in QUERY_KEY_VALUE}) == 1
    width = values[0].bare()[-1]
    project = _packed if alone and same else _each
    parts = project(net, given, values, width // int(given["num_heads"]))
    if isinstance(given.get("attn_mask"), Ref):
        parts.append(mask_of(net, net.value(given["attn_mask"]), 3))
    op = net.make("scaled_dot_product_attention")
    attended = net.lay(op, *parts, axes=parts[0].axes, main=False)
    back = attended._replace(axes=tuple(attended.axes[i] for i in (0, 2, 1, 3)))
    merged = reshaped(net, back, [net.batch, values[0].bare()[1], width])
    out = multiplied(net, merged, _held(net, given, "out_proj_weight", "out_proj_bias"))
    return [_exchanged(out) if length_first else out]


def _packed(net: Lowering, given: dict[str, Any], values: list[Value], size: int) -> list[Value]:
    """Queries, keys and values of one tensor by one product."""
    (x, *_), heads = values, int(given["num_heads"])
    packed = multiplied(net, x, _held(net, given, "in_proj_weight", "in_proj_bias"))
    split = reshaped(net, packed, [net.batch, packed.bare()[1], 3, heads, size])
    turned = split._replace(axes=tuple(split.axes[i] for i in (2, 0, 3, 1, 4)))
    return [plain(net, chosen(net, turned, 0, at)) for at in range(3)]


def _each(net: Lowering, given: dict[str, Any], values: list[Value], size: int) -> list[Value]:
    """Each of its own tensor, by its part of the packed matrix or a matrix of its own."""
    found, heads = [], int(given["num_heads"])
    whole, biases = given.get("in_proj_weight"), given.get("in_proj_bias")
    rows = heads * size
    for at, (what, x) in enumerate(zip("qkv", values, strict=True)):
        bounds = (at * rows, (at + 1) * rows)
        named = given.get(f"{what}_proj_weight") if whole is None else whole
        matrix = net.value(named)
        matrix = plain(net, matrix if whole is None else part(net, matrix, 0, *bounds))
        told, inputs = {"bias": biases is not None, "kernel_input": True}, [matrix]
        if biases is not None:
            told["bias_input"] = True
            inputs.append(plain(net, part(net, net.value(biases), 0, *bounds)))
        made = multiplied(net, x, Weights((rows, x.bare()[-1]), (), told, inputs))
        split = reshaped(net, made, [net.batch, x.bare()[1], heads, size])
        found.append(plain(net, split._replace(axes=tuple(split.axes[i] for i in (0, 2, 1, 3)))))
    return found


def _exchanged(value: Value) -> Value:
    return value._replace(axes=(value.axes[1], value.axes[0], *value.axes[2:]))


def _held(net: Lowering, given: dict[str, Any], weight: str, bias: str) -> Weights:
    held = net.learned(given[weight])
    names, biased = held.names, given.get(bias) is not None
    if biased:
        names += net.learned(given[bias]).names
    return Weights(held.shape, names, {"bias": biased}, [])
