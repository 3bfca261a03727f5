"""Keras's layers with weights or windows in archdb's ops."""

from __future__ import annotations

from typing import Any

from archdb.sources.keras_config import Value
from archdb.sources.keras_elementwise import activated
from archdb.sources.keras_net import Call, KerasNet, layer
from archdb.sources.keras_windows import bias_of, dims, padded, sliding_of, told, window
from archdb.sources.laying import grouped
from archdb.sources.lowering.base import UnmappedError


@layer("Conv2D", "Convolution2D", "Conv1D", "Convolution1D", "Conv3D", "Convolution3D")
def convolution(net: KerasNet, call: Call) -> Value:
    filters, groups = told(call, "filters"), call.config.get("groups", 1)
    if dims(call) != "2d":
        own = {"filters": filters, "groups": groups, **sliding_of(call)}
        made = net.weighted(f"conv{dims(call)}", call.one(), bias=bias_of(call), **own)
    else:
        value, sliding = padded(net, call)
        op, counts = grouped(net.net.shapes[value.layer], filters, groups)
        made = net.weighted(op, value, bias=bias_of(call), **{**sliding, **counts})
    return activated(net, call, made)


@layer("DepthwiseConv2D", "DepthwiseConv1D")
def depthwise(net: KerasNet, call: Call) -> Value:
    made = _depthwise(net, call, bias=bias_of(call), more="")
    return activated(net, call, made)


def _depthwise(net: KerasNet, call: Call, bias: bool, more: str) -> Value:
    multiplier = call.config.get("depth_multiplier", 1)
    if "2D" in call.part.kind:
        value, own = padded(net, call)
        own |= {"bias": bias, "multiplier": multiplier}
        return net.weighted("depthwise_conv2d", value, more=more, **own)
    features = net.shape(call.one())[-1]
    told_1d = {**sliding_of(call), "filters": features * multiplier, "groups": features}
    return net.weighted("conv1d", call.one(), more=more, bias=bias, **told_1d)


@layer("SeparableConv2D", "SeparableConvolution2D", "SeparableConv1D", "SeparableConvolution1D")
def separable(net: KerasNet, call: Call) -> Value:
    """Depthwise, then one position at a time, with the bias behind both."""
    made = _depthwise(net, call, bias=False, more="depthwise")
    op = "conv2d" if "2D" in call.part.kind else "conv1d"
    made = net.weighted(op, made, filters=told(call, "filters"), kernel=1, bias=bias_of(call))
    return activated(net, call, made)


@layer("Conv2DTranspose", "Convolution2DTranspose", "Conv1DTranspose", "Conv3DTranspose")
def transposed(net: KerasNet, call: Call) -> Value:
    """Without explicit padding, unless the output is told to be larger."""
    own = {**sliding_of(call), "padding": call.config.get("padding", "valid")}
    if call.config.get("output_padding") is not None:
        raise UnmappedError("is told its output's padding")
    own |= {"filters": told(call, "filters"), "bias": bias_of(call)}
    made = net.weighted(f"conv_transpose{dims(call)}", call.one(), **own)
    return activated(net, call, made)


@layer("LocallyConnected1D")
def local_1d(net: KerasNet, call: Call) -> Value:
    """As over a map of one column."""
    length, features = net.shape(call.one())
    if call.config.get("padding", "valid") != "valid":
        raise UnmappedError(f"has the padding {call.config['padding']}")
    turned = net.lay("permute", call.one(), more="features", order=[1, 0])
    value = net.lay("reshape", turned, more="column", shape=[features, length, 1])
    own, filters = window(call, "kernel_size"), told(call, "filters")
    sliding = {"kernel": [own["kernel"], 1], "stride": [own["stride"], 1], "padding": 0}
    sliding |= {"filters": filters, "bias": bias_of(call)}
    made = net.weighted("locally_connected2d", value, more="local", **sliding)
    steps = net.net.shape(made.layer)[1]
    made = net.lay("reshape", made, more="filters", shape=[filters, steps])
    return activated(net, call, net.lay("permute", made, order=[1, 0]))


@layer("LocallyConnected2D")
def local(net: KerasNet, call: Call) -> Value:
    own = window(call, "kernel_size")
    filters = told(call, "filters")
    made = net.weighted(
        "locally_connected2d", call.one(), filters=filters, bias=bias_of(call), **own
    )
    return activated(net, call, made)


@layer("Dense")
def dense(net: KerasNet, call: Call) -> Value:
    """Along the last axis: of a map a convolution of one position."""
    value, units, bias = call.one(), told(call, "units"), bias_of(call)
    rank = 1 if value.flat else len(net.net.shape(value.layer))
    if rank == 3 and not net.channels_first:
        made = net.weighted("conv2d", value, filters=units, kernel=1, bias=bias)
    elif rank > 3:
        made = net.weighted("linear", value, units=units, bias=bias, axis=net.axis(value, -1))
    else:
        made = net.weighted("linear", value._replace(flat=False), units=units, bias=bias)
    return activated(net, call, made)


@layer("BatchNormalization", "BatchNormalizationV1", "SyncBatchNormalization")
def batch_norm(net: KerasNet, call: Call) -> Value:
    value = call.one()
    _channels(net, value, call.config.get("axis", -1))
    return net.weighted("batch_norm", value, elementwise=True, **_affine(call))


def _affine(call: Call) -> dict[str, Any]:
    return {
        "epsilon": call.config.get("epsilon", 1e-3),
        "scale": bool(call.config.get("scale", True)),
        "shift": bool(call.config.get("center", True)),
    }


def _channels(net: KerasNet, value: Value, axis: Any) -> None:
    """UnmappedError where an axis is not that of channels."""
    if net.axis(value, axis) != net.axis(value, 1 if net.channels_first else -1):
        raise UnmappedError(f"works along axis {axis}, which is not that of channels")


@layer("LayerNormalization")
def layer_norm(net: KerasNet, call: Call) -> Value:
    value = call.one()
    _channels(net, value, call.config.get("axis", -1))
    own = _affine(call)
    if call.config.get("rms_scaling"):
        return net.weighted("rms_norm", value, elementwise=True, **{**own, "shift": False})
    return net.weighted("layer_norm", value, elementwise=True, **own)


@layer("RMSNormalization")
def rms_norm(net: KerasNet, call: Call) -> Value:
    value = call.one()
    _channels(net, value, call.config.get("axis", -1))
    epsilon = call.config.get("epsilon", 1e-6)
    return net.weighted("rms_norm", value, elementwise=True, epsilon=epsilon)


@layer("GroupNormalization")
def group_norm(net: KerasNet, call: Call) -> Value:
    """-1 groups are as many as channels."""
    value, groups = call.one(), call.config.get("groups", 32)
    _channels(net, value, call.config.get("axis", -1))
    count = net.shape(value)[0 if net.channels_first else -1]
    return net.weighted(
        "group_norm", value, groups=count if groups == -1 else groups, **_affine(call)
    )


@layer("LayerScale")
def layer_scale(net: KerasNet, call: Call) -> Value:
    """A factor for each channel (keras.applications has it as a layer of its own)."""
    return net.weighted("channel_scale", call.one(), elementwise=True)


@layer("Normalization")
def normalization(net: KerasNet, call: Call) -> Value:
    """(x - mean) / deviation: stated numbers, or statistics of the data that are kept."""
    value = call.one()
    if call.config.get("invert") or call.config.get("axis") in (None, []):
        raise UnmappedError("is inverted, or with one mean for all")
    _channels(net, value, call.config.get("axis", -1))
    if call.config.get("mean") is not None:
        shape = _beside(net, value)
        mean = net.lay("constant", more="mean", shape=shape)
        deviation = net.lay("constant", more="deviation", shape=shape)
        return net.lay("divide", net.lay("subtract", value, mean, more="centred"), deviation)
    note = f"'{net.path}' keeps how many images it has seen, a number that is not counted"
    net.net.outcome.note(note)
    return net.weighted("batch_norm", value, epsilon=1e-7, scale=False, shift=False)


def _beside(net: KerasNet, value: Value) -> list[int]:
    """The shape of a tensor with one number for each channel of a value."""
    shape = [1] * len(net.net.shape(value.layer))
    at = net.axis(value, -1)
    shape[at] = net.net.shape(value.layer)[at]
    return shape


@layer("Rescaling")
def rescaling(net: KerasNet, call: Call) -> Value:
    """Times a number, or one for each channel, and another added."""
    value, scale, offset = call.one(), call.config.get("scale", 1), call.config.get("offset", 0)
    if isinstance(scale, list):
        factors = net.lay("constant", more="factors", shape=_beside(net, value))
        value = net.lay("multiply", value, factors, more="scaled" if offset else "")
    else:
        value = net.lay("rescale", value, more="scaled" if offset else "", factor=scale)
    if isinstance(offset, list):
        return net.lay("add", value, net.lay("constant", more="terms", shape=_beside(net, value)))
    return net.lay("add", value, value=offset) if offset else value
