"""Keras's activations, and layers that work element by element, in archdb's ops."""

from __future__ import annotations

from typing import Any

from archdb.model.shape import NamedShape
from archdb.sources.keras_config import Value
from archdb.sources.keras_net import Call, KerasNet, layer
from archdb.sources.laying import OpenError
from archdb.sources.lowering.base import UnmappedError

Ops = dict[str, tuple[str, dict[str, Any]]]

#: Activations by their names, which are functions too.
ACTIVATIONS: Ops = {
    "linear": ("", {}),
    "relu": ("relu", {}),
    "relu6": ("relu6", {}),
    "sigmoid": ("sigmoid", {}),
    "tanh": ("tanh", {}),
    "softmax": ("softmax", {}),
    "log_softmax": ("log_softmax", {}),
    "silu": ("swish", {}),
    "swish": ("swish", {}),
    "gelu": ("gelu", {}),
    "elu": ("elu", {}),
    "selu": ("selu", {}),
    "softplus": ("softplus", {}),
    "softsign": ("softsign", {}),
    "mish": ("mish", {}),
    "exponential": ("exp", {}),
    "hard_sigmoid": ("hard_sigmoid", {}),
    "hard_silu": ("hard_swish", {}),
    "hard_swish": ("hard_swish", {}),
    "leaky_relu": ("leaky_relu", {"slope": 0.2}),
    "celu": ("celu", {}),
    "log_sigmoid": ("log_sigmoid", {}),
}
#: At inference nothing happens.
NOTHING = (
    *("ActivityRegularization", "GaussianNoise", "GaussianDropout", "AlphaDropout", "Masking"),
    *("Identity", "op:identity", "op:stop_gradient", "op:cast", "op:convert_to_tensor"),
)
#: Changes to images in training.
AUGMENTING = (
    *("AugMix", "CutMix", "MixUp", "RandAugment", "RandomBrightness", "RandomColorDegeneration"),
    *("RandomColorJitter", "RandomContrast", "RandomElasticTransform", "RandomErasing"),
    *("RandomFlip", "RandomGaussianBlur", "RandomGrayscale", "RandomHeight", "RandomHue"),
    *("RandomInvert", "RandomPerspective", "RandomPosterization", "RandomRotation"),
    *("RandomSaturation", "RandomSharpness", "RandomShear", "RandomTranslation", "RandomWidth"),
    *("RandomZoom", "Solarization"),
)


#: What prepares data: words to numbers, colours to other colours.
PREPARING = (
    *("AutoContrast", "CategoryEncoding", "ContrastLimitedAdaptiveHistogramEqualization"),
    *("Discretization", "Equalization", "HashedCrossing", "Hashing", "IntegerLookup"),
    *("MaxNumBoundingBoxes", "RandomCrop", "StringLookup", "TextVectorization"),
)


def activated(net: KerasNet, call: Call, value: Value) -> Value:
    """The activation that a layer has within it, as a layer of its own."""
    return activate(net, call.config.get("activation"), value, "activation")


def activate(net: KerasNet, stated: Any, value: Value, more: str) -> Value:
    """An activation under its own name behind the layer's, or in its place where `more` is ''."""
    name = activation_name(stated)
    if name in OLD and net.version.startswith(("1.", "2.")):
        return OLD[name](net, value, more and name)
    if name not in ACTIVATIONS:
        raise UnmappedError(f"has the activation '{name}', which archdb has no op for")
    op, attributes = ACTIVATIONS[name]
    return net.lay(op, value, more=more and name, elementwise=True, **attributes) if op else value


def _old_hard_sigmoid(net: KerasNet, value: Value, more: str) -> Value:
    """0.2 x + 0.5, from 0 to 1."""
    scaled = net.lay("rescale", value, more="scaled", elementwise=True, factor=0.2)
    shifted = net.lay("add", scaled, more="shifted", elementwise=True, value=0.5)
    return net.lay("clip", shifted, more=more, elementwise=True, low=0, high=1)


#: Activations that were something else before Keras 3.
OLD = {"hard_sigmoid": _old_hard_sigmoid}


def activation_name(stated: Any) -> str:
    """The name of an activation, which may be written as an object."""
    if isinstance(stated, dict):
        config = stated.get("config")
        inner = config.get("name") if isinstance(config, dict) else config
        stated = inner if isinstance(inner, str) else stated.get("class_name")
    words = str(stated or "linear").rpartition(">")[2]
    return words.lower() if words.isupper() or words[:1].isupper() else words


@layer("Activation")
def activation(net: KerasNet, call: Call) -> Value:
    return activate(net, call.config.get("activation"), call.one(), "")


@layer("ReLU")
def relu(net: KerasNet, call: Call) -> Value:
    own, value = call.config, call.one()
    slope = own.get("negative_slope") or 0
    if own.get("threshold"):
        raise UnmappedError("begins at a threshold")
    if own.get("max_value") is None:
        if slope:
            return net.lay("leaky_relu", value, elementwise=True, slope=slope)
        return net.lay("relu", value, elementwise=True)
    if slope:
        raise UnmappedError("has a slope and an end")
    if own["max_value"] == 6:
        return net.lay("relu6", value, elementwise=True)
    return net.lay("clip", value, elementwise=True, low=0, high=own["max_value"])


@layer("LeakyReLU")
def leaky_relu(net: KerasNet, call: Call) -> Value:
    slope = call.config.get("negative_slope", call.config.get("alpha", 0.3))
    return net.lay("leaky_relu", call.one(), elementwise=True, slope=float(_number(slope)))


def _number(value: Any) -> Any:
    """A number, which Keras 2 may have written as an array."""
    return value.get("value") if isinstance(value, dict) else value


@layer("ELU")
def elu(net: KerasNet, call: Call) -> Value:
    alpha = float(_number(call.config.get("alpha", 1)))
    return net.lay("elu", call.one(), elementwise=True, alpha=alpha)


@layer("PReLU")
def prelu(net: KerasNet, call: Call) -> Value:
    """One slope for each channel where positions share theirs, else one for each of what is not
    shared: max(0, x) + slope min(0, x)."""
    value, shared = call.one(), call.config.get("shared_axes") or []
    shape = net.shape(value)
    if sorted(shared) == list(range(1, len(shape))):
        return net.weighted("prelu", value, elementwise=True)
    slopes = tuple(1 if at in shared else n for at, n in enumerate(shape, 1))
    slope = net.weighted("parameter", more="slopes", shape=list(net.turned(slopes)))
    below = net.lay("minimum", value, more="below", value=0)
    below = net.lay("multiply", below, slope, more="sloped")
    return net.lay("add", net.lay("relu", value, more="above"), below)


@layer("Softmax")
def softmax(net: KerasNet, call: Call) -> Value:
    value, axis = call.one(), call.config.get("axis", -1)
    usual = not isinstance(net.net.shape(value.layer), NamedShape)
    if usual and net.axis(value, axis) == net.axis(value, -1) and not net.channels_first:
        return net.lay("softmax", value, elementwise=True)
    return net.lay("softmax", value, axis=net.axis(value, axis))


@layer("Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D")
def dropout(net: KerasNet, call: Call) -> Value:
    return net.lay("dropout", call.one(), elementwise=True, rate=call.config.get("rate", 0.5))


@layer("StochasticDepth")
def stochastic_depth(net: KerasNet, call: Call) -> Value:
    rate = call.config.get("drop_path_rate", call.config.get("rate", 0))
    return net.lay("stochastic_depth", call.one(), elementwise=True, rate=rate)


@layer(*NOTHING, *AUGMENTING)
def nothing(net: KerasNet, call: Call) -> Value:
    """Nothing happens."""
    return call.one()


@layer("Lambda")
def code(net: KerasNet, call: Call) -> Value:
    """Never run."""
    raise UnmappedError("is code of its own, which archdb does not run")


@layer(*PREPARING)
def preparing(net: KerasNet, call: Call) -> Value:
    """No network's work, and without weights."""
    raise OpenError("prepares data, which archdb has no layer for")
