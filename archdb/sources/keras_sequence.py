"""Keras's layers over sequences in archdb's ops: recurrent ones, wrappers, attention."""

from __future__ import annotations

from typing import Any

from archdb.errors import DefinitionError
from archdb.sources.keras_config import Part, Value, part_of
from archdb.sources.keras_elementwise import activation_name
from archdb.sources.keras_net import RULES, Call, KerasNet, layer
from archdb.sources.lowering.base import UnmappedError

#: The activations of a cell's gates and of what goes through them.
GATES = ("sigmoid", "tanh")
#: How two directions may be merged.
MERGED = ("concat",)
CELLS = {"LSTM": "lstm", "GRU": "gru", "SimpleRNN": "rnn", "CuDNNLSTM": "lstm", "CuDNNGRU": "gru"}


@layer(*CELLS)
def recurrent(net: KerasNet, call: Call) -> Value:
    return _recurrent(net, call, call.part, both=False)


def _recurrent(net: KerasNet, call: Call, part: Part, both: bool) -> Value:
    own = part.config
    if own.get("return_state") or (own.get("go_backwards") and not both):
        raise UnmappedError("gives its state, or goes backwards")
    gates = activation_name(own.get("recurrent_activation", "sigmoid"))
    function = activation_name(own.get("activation", "tanh"))
    told: dict[str, Any] = {
        "units": own.get("units"),
        "sequences": bool(own.get("return_sequences", False)),
        "bias": bool(own.get("use_bias", True)),
    }
    if part.kind.endswith("GRU"):
        told["reset_after"] = bool(own.get("reset_after", part.kind.startswith("CuDNN")))
    if part.kind == "CuDNNLSTM":
        told["recurrent_bias"] = True
    if CELLS[part.kind] == CELLS["SimpleRNN"]:
        told["activation"] = function
    elif (gates, function) != GATES:
        raise UnmappedError(f"has {gates} and {function} in its cells")
    if both:
        told["bidirectional"] = True
    return net.weighted(CELLS[part.kind], call.one(), **told)


@layer("Bidirectional")
def bidirectional(net: KerasNet, call: Call) -> Value:
    """Both directions side by side."""
    inner = part_of(call.config.get("layer"), 0)
    if inner.kind not in CELLS or call.config.get("merge_mode", "concat") not in MERGED:
        raise UnmappedError("merges other than by joining, or no recurrent layer")
    return _recurrent(net, call, inner, both=True)


@layer("TimeDistributed")
def time_distributed(net: KerasNet, call: Call) -> Value:
    """What works on each step by itself anyway."""
    inner = part_of(call.config.get("layer"), 0)
    if inner.kind not in ("Dense", "Dropout", "Activation") or len(net.shape(call.one())) != 2:
        raise UnmappedError(f"distributes {inner.kind} over steps")
    made = RULES[inner.kind](net, call._replace(part=inner))
    if isinstance(made, list):
        raise DefinitionError("gives several tensors")
    return made


@layer("MultiHeadAttention")
def attention(net: KerasNet, call: Call) -> Value:
    """Projections, attention head by head, and the projection back."""
    own = call.config
    if len(call.inputs) > 3 or own.get("attention_axes") not in (None, [1], 1):
        raise UnmappedError("has a mask, or attends along other axes than steps")
    query, value, *rest = call.inputs if len(call.inputs) > 1 else call.inputs * 2
    key = rest[0] if rest else value
    shapes = [net.shape(x) for x in (query, key, value)]
    if any(len(shape) != 2 for shape in shapes):
        raise UnmappedError("attends over tensors that are no sequences")
    heads, of_key = own.get("num_heads"), own.get("key_dim")
    if not isinstance(heads, int) or not isinstance(of_key, int):
        raise DefinitionError("does not state num_heads and key_dim")
    of_value = own.get("value_dim") or of_key
    bias, causal = bool(own.get("use_bias", True)), bool(call.node.kwargs.get("use_causal_mask"))
    parts = [
        _heads(net, what, x, heads, size, bias)
        for what, x, size in (
            ("query", query, of_key),
            ("key", key, of_key),
            ("value", value, of_value),
        )
    ]
    told = {"causal": True} if causal else {}
    made = net.lay("scaled_dot_product_attention", *parts, more="attention", **told)
    made = net.lay("permute", made, more="steps", order=[1, 0, 2])
    made = net.lay("reshape", made, more="joined", shape=[shapes[0][0], heads * of_value])
    units = own.get("output_shape") or shapes[0][-1]
    units = units[-1] if isinstance(units, list) else units
    return net.weighted("linear", made, units=units, bias=bias)


def _heads(net: KerasNet, what: str, x: Value, heads: int, size: int, bias: bool) -> Value:
    """A projection, parted into heads, the heads first."""
    made = net.weighted("linear", x, more=what, units=heads * size, bias=bias)
    names = ["sequence", "heads", "feature"]
    shape = [net.shape(x)[0], heads, size]
    made = net.lay("reshape", made, more=f"{what}_parted", shape=shape, axis_names=names)
    return net.lay("permute", made, more=f"{what}_heads", order=[1, 0, 2])
