"""The windows of Keras's convolutions and pools, and what they read."""

from __future__ import annotations

from typing import Any

from archdb.errors import DefinitionError
from archdb.ops.shaping import Pad2d
from archdb.sources.keras_config import Value
from archdb.sources.keras_net import Call, KerasNet


def dims(call: Call) -> str:
    """1d, 2d or 3d, as the class of a layer ends."""
    return next((word for word in ("1d", "3d") if word in call.part.kind.lower()), "2d")


def told(call: Call, name: str) -> Any:
    """An attribute that a layer must state."""
    if call.config.get(name) is None:
        raise DefinitionError(f"does not state its {name}")
    return call.config[name]


def window(call: Call, size: str) -> dict[str, Any]:
    """Kernel, stride and padding; a pool's stride is its kernel unless told."""
    kernel = told(call, size)
    stride = call.config.get("strides") or (kernel if size == "pool_size" else 1)
    padding = call.config.get("padding", "valid")
    if padding not in ("valid", "same", "causal"):
        raise DefinitionError(f"has a padding that is none: {padding!r}")
    return {
        "kernel": _spread(kernel),
        "stride": _spread(stride),
        "padding": 0 if padding == "valid" else padding,
    }


def _spread(value: Any) -> Any:
    """The one number of a list of one."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def sliding_of(call: Call) -> dict[str, Any]:
    dilation = _spread(call.config.get("dilation_rate") or 1)
    return {**window(call, "kernel_size"), "dilation": dilation}


def bias_of(call: Call) -> bool:
    return bool(call.config.get("use_bias", True))


def padded(net: KerasNet, call: Call) -> tuple[Value, dict[str, Any]]:
    """What a convolution of a map reads and its window, which has the padding of a layer before it
    where that pads for this one alone."""
    value, own = call.one(), sliding_of(call)
    before = net.net.layers[value.layer]
    if own["padding"] == "same" and own["kernel"] in (1, [1, 1]):
        return value, {**own, "padding": 0}
    alone = net.readers[value.layer] == 1 and len(before.inputs) == 1
    if own["padding"] != 0 or not isinstance(before.op, Pad2d) or not alone:
        return value, own
    del net.net.layers[before.name]
    net.net.outcome.folded["ZeroPadding2D"] += 1
    return Value(before.inputs[0]), {**own, "padding": list(before.op.padding)}
