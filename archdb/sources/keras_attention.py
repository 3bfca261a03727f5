"""Keras's attention in archdb's ops: with heads and projections, or plain (luong2015)."""

from __future__ import annotations

from typing import Any

from archdb.errors import DefinitionError
from archdb.sources.keras_config import Value
from archdb.sources.keras_net import Call, KerasNet, layer
from archdb.sources.lowering.base import UnmappedError

HEADS = ["sequence", "heads", "feature"]


def _read(net: KerasNet, call: Call) -> list[Value]:
    """Query, key and value, which Keras has as query, value and perhaps key."""
    if not 1 <= len(call.inputs) <= 3 or call.node.kwargs.get("return_attention_scores"):
        raise UnmappedError("has a mask, or gives its scores")
    query, value, *rest = call.inputs if len(call.inputs) > 1 else call.inputs * 2
    found = [query, rest[0] if rest else value, value]
    if any(len(net.shape(x)) != 2 for x in found):
        raise UnmappedError("attends over tensors that are no sequences")
    return found


def _causal(call: Call) -> dict[str, Any]:
    return {"causal": True} if call.node.kwargs.get("use_causal_mask") else {}


@layer("MultiHeadAttention")
def multi_head(net: KerasNet, call: Call) -> Value:
    """Projections, attention head by head, and the projection back."""
    own = call.config
    if own.get("attention_axes") not in (None, [1], 1):
        raise UnmappedError("attends along other axes than steps")
    heads, of_key = own.get("num_heads"), own.get("key_dim")
    if not isinstance(heads, int) or not isinstance(of_key, int):
        raise DefinitionError("does not state num_heads and key_dim")
    sizes = (of_key, of_key, own.get("value_dim") or of_key)
    made = _attended(net, call, [(heads, size) for size in sizes])
    return _back(net, call, made, own.get("output_shape"))


@layer("GroupedQueryAttention", "GroupQueryAttention")
def grouped_query(net: KerasNet, call: Call) -> Value:
    """Each head of keys and values serves several of queries (ainslie2023)."""
    own = call.config
    if own.get("sliding_window"):
        raise UnmappedError("attends within a window that slides")
    size, many, few = (
        own.get(name) for name in ("head_dim", "num_query_heads", "num_key_value_heads")
    )
    if not (isinstance(size, int) and isinstance(many, int) and isinstance(few, int)):
        raise DefinitionError("does not state head_dim, num_query_heads and num_key_value_heads")
    made = _attended(net, call, [(many, size), (few, size), (few, size)])
    if own.get("use_gate"):
        gate = _projected(net, call, "gate", call.inputs[0], many * size)
        made = net.lay(
            "multiply", made, net.lay("sigmoid", gate, more="gate_sigmoid"), more="gated"
        )
    return _back(net, call, made, None)


def _attended(net: KerasNet, call: Call, heads: list[tuple[int, int]]) -> Value:
    """Attention over projections, heads and size of each stated, and the heads joined again."""
    parts = [
        _headed(net, call, what, x, *size)
        for what, x, size in zip(("query", "key", "value"), _read(net, call), heads, strict=True)
    ]
    made = net.lay("scaled_dot_product_attention", *parts, more="attention", **_causal(call))
    made = net.lay("permute", made, more="steps", order=[1, 0, 2])
    length, features = net.shape(call.inputs[0])[0], heads[0][0] * heads[2][1]
    return net.lay("reshape", made, more="joined", shape=[length, features])


def _headed(net: KerasNet, call: Call, what: str, x: Value, heads: int, size: int) -> Value:
    """A projection, parted into heads, the heads first."""
    made = _projected(net, call, what, x, heads * size)
    shape = [net.shape(x)[0], heads, size]
    made = net.lay("reshape", made, more=f"{what}_parted", shape=shape, axis_names=HEADS)
    return net.lay("permute", made, more=f"{what}_heads", order=[1, 0, 2])


def _projected(net: KerasNet, call: Call, what: str, x: Value, units: int) -> Value:
    bias = bool(call.config.get("use_bias", True))
    return net.weighted("linear", x, more=what, units=units, bias=bias)


def _back(net: KerasNet, call: Call, made: Value, stated: Any) -> Value:
    """The projection back, to as many features as the queries have unless told."""
    units = stated or net.shape(call.inputs[0])[-1]
    units = units[-1] if isinstance(units, list) else units
    return _projected(net, call, "", made, units)


@layer("Attention", "AdditiveAttention")
def plain(net: KerasNet, call: Call) -> Value:
    """Scores, softmax, and the sum that they weigh."""
    query, key, value = _read(net, call)
    if len(call.inputs) < 2 or _causal(call):
        raise UnmappedError("reads one tensor, or has a mask")
    stated = call.config.get("score_mode", "dot")
    score = _sums_of_tanh if call.part.kind == "AdditiveAttention" else SCORES.get(stated)
    if score is None:
        raise UnmappedError(f"scores by {stated}")
    weights = net.lay("softmax", score(net, call, query, key), more="weights")
    return net.lay("matmul", weights, value)


def _products(net: KerasNet, call: Call, query: Value, key: Value) -> Value:
    scores = net.lay("matmul", query, key, more="products", transpose_second=True)
    return _scaled(net, call, scores, [1, 1])


def _pairs(net: KerasNet, query: Value, key: Value) -> Value:
    """query + key, for each pair of them."""
    (queries, features), (keys, _) = net.shape(query), net.shape(key)
    rows = net.lay("reshape", query, more="rows", shape=[queries, 1, features])
    columns = net.lay("reshape", key, more="columns", shape=[1, keys, features])
    return net.lay("add", rows, columns, more="pairs")


def _scaled_sums(net: KerasNet, call: Call, query: Value, key: Value) -> Value:
    """The sum over features of the tanh of each pair, all scaled."""
    each = _scaled(net, call, _pairs(net, query, key), [1, 1, 1])
    each = net.lay("tanh", each, more="tanh")
    scores = net.lay("reduce_sum", each, more="scores", axes=[2], keep=False)
    return _times(net, scores, "concat_scale", [1, 1])


def _sums_of_tanh(net: KerasNet, call: Call, query: Value, key: Value) -> Value:
    """The sum over features of the tanh of each pair, scaled feature by feature."""
    each = net.lay("tanh", _pairs(net, query, key), more="tanh")
    each = _scaled(net, call, each, [1, 1, net.shape(key)[-1]])
    return net.lay("reduce_sum", each, more="scores", axes=[2], keep=False)


#: How pairs of queries and keys are scored.
SCORES = {"dot": _products, "concat": _scaled_sums}


def _scaled(net: KerasNet, call: Call, value: Value, shape: list[int]) -> Value:
    """Times a learned factor, where the layer has one."""
    if not call.config.get("use_scale"):
        return value
    return _times(net, value, "scale", shape)


def _times(net: KerasNet, value: Value, what: str, shape: list[int]) -> Value:
    factor = net.weighted("parameter", more=what, shape=shape)
    return net.lay("multiply", value, factor, more=f"{what}d")
