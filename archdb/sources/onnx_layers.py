"""ONNX's ops with weights, windows and limits, as calls."""

from __future__ import annotations

from typing import Any

from archdb.sources.onnx_nodes import Node, Translated, translates

#: By what number of axes the windows of a kernel slide.
_POOLS = {"MaxPool": "max_pool", "AveragePool": "avg_pool"}
#: The mode that pads before where an odd number of elements is needed.
LOWER = "same_lower"
_GLOBAL = {"GlobalAveragePool": "avg", "GlobalMaxPool": "max"}


def padding(node: Node, axes: int) -> Any:
    """Padding as pairs for each axis, or TensorFlow's mode."""
    mode = node.given("auto_pad", "NOTSET")
    if mode == "SAME_UPPER":
        return "same"
    if mode == "SAME_LOWER":
        return LOWER
    pads = node.given("pads") or [0] * (2 * axes)
    return [[pads[at], pads[at + axes]] for at in range(axes)]


@translates("Conv", "ConvInteger", "QLinearConv", "ConvTranspose")
def convolution(node: Node) -> Translated:
    quantised = node.op == "QLinearConv"
    weight, bias = node.at(3 if quantised else 1), node.at(8 if quantised else 2)
    if node.op == "ConvInteger":
        bias = None
    axes = (node.rank(3 if quantised else 1) or 4) - 2
    given = {
        "input": node.at(0),
        "weight": weight,
        "bias": bias,
        "stride": node.given("strides") or [1] * axes,
        "padding": padding(node, axes),
        "dilation": node.given("dilations") or [1] * axes,
        "groups": node.given("group", 1),
    }
    if node.op == "ConvTranspose":
        given["output_padding"] = node.given("output_padding") or [0] * axes
        return f"conv_transpose{axes}d", given
    return _padded(f"conv{axes}d", given)


def _padded(kind: str, given: dict[str, Any]) -> Translated:
    if given["padding"] == LOWER:
        return LOWER, {**given, "of": kind}
    return kind, given


@translates(*_POOLS)
def pool(node: Node) -> Translated:
    kernel = node.given("kernel_shape") or [1, 1]
    axes = len(kernel)
    given = {
        "input": node.at(0),
        "kernel_size": kernel,
        "stride": node.given("strides") or [1] * axes,
        "padding": padding(node, axes),
        "dilation": node.given("dilations") or [1] * axes,
        "ceil_mode": bool(node.given("ceil_mode", 0)),
    }
    return _padded(f"{_POOLS[node.op]}{axes}d", given)


@translates(*_GLOBAL)
def global_pool(node: Node) -> Translated:
    return "global_pool", {"input": node.at(0), "how": _GLOBAL[node.op]}


@translates("BatchNormalization")
def batch_norm(node: Node) -> Translated:
    given = dict(
        zip(("input", "weight", "bias", "running_mean", "running_var"), node.inputs, strict=False)
    )
    return "batch_norm", {**given, "eps": node.given("epsilon", 1e-5)}


@translates("InstanceNormalization")
def instance_norm(node: Node) -> Translated:
    given = dict(zip(("input", "weight", "bias"), node.inputs, strict=False))
    return "instance_norm", {**given, "eps": node.given("epsilon", 1e-5)}


@translates("LayerNormalization", "SimplifiedLayerNormalization", "RMSNormalization")
def layer_norm(node: Node) -> Translated:
    kind = "layer_norm" if node.op == "LayerNormalization" else "rms_norm"
    axis = node.given("axis", -1)
    rank = node.rank(1)
    shape = [0] * (rank or (-axis if axis < 0 else 1))
    return kind, {
        "input": node.at(0),
        "normalized_shape": shape,
        "weight": node.at(1),
        "bias": node.at(2),
        "eps": node.given("epsilon", 1e-5),
    }


@translates("GroupNormalization")
def group_norm(node: Node) -> Translated:
    return "group_norm", {
        "input": node.at(0),
        "num_groups": node.given("num_groups", 1),
        "weight": node.at(1),
        "bias": node.at(2),
        "eps": node.given("epsilon", 1e-5),
    }


@translates("LpNormalization")
def lp_norm(node: Node) -> Translated:
    given = {"input": node.at(0), "p": node.given("p", 2), "dim": node.given("axis", -1)}
    return "normalize", given


@translates("LRN")
def lrn(node: Node) -> Translated:
    return "local_response_norm", {
        "input": node.at(0),
        "size": node.given("size", 1),
        "alpha": node.given("alpha", 1e-4),
        "beta": node.given("beta", 0.75),
        "k": node.given("bias", 1.0),
    }


@translates("Gemm")
def gemm(node: Node) -> Translated:
    if node.given("transA", 0) or node.given("alpha", 1.0) != 1 or node.given("beta", 1.0) != 1:
        return "gemm", {f"{at}": ref for at, ref in enumerate(node.inputs)}
    return "linear", {
        "input": node.at(0),
        "weight": node.at(1),
        "bias": node.at(2),
        "turned": not node.given("transB", 0),
    }


@translates("Softmax", "LogSoftmax")
def softmax(node: Node) -> Translated:
    kind = "softmax" if node.op == "Softmax" else "log_softmax"
    axis = node.given("axis", -1 if node.version >= 13 else 1)
    return kind, {"input": node.at(0), "dim": axis}


@translates("Clip")
def clip(node: Node) -> Translated:
    given = {"input": node.at(0), "min": node.either(1, "min"), "max": node.either(2, "max")}
    return "clamp", given


@translates("LeakyRelu", "Elu", "Celu")
def sloped(node: Node) -> Translated:
    if node.op == "LeakyRelu":
        given = {"input": node.at(0), "negative_slope": node.given("alpha", 0.01)}
        return "leaky_relu", given
    return node.op.lower(), {"input": node.at(0), "alpha": node.given("alpha", 1.0)}


@translates("PRelu")
def prelu(node: Node) -> Translated:
    return "prelu", {"input": node.at(0), "weight": node.at(1)}


@translates("HardSigmoid")
def hard_sigmoid(node: Node) -> Translated:
    given = {"input": node.at(0), "alpha": node.given("alpha", 0.2)}
    return "hard_sigmoid_of", {**given, "beta": node.given("beta", 0.5)}


@translates("Gelu")
def gelu(node: Node) -> Translated:
    return "gelu", {"input": node.at(0), "approximate": node.given("approximate", "none")}


@translates("LSTM", "GRU", "RNN", "DynamicQuantizeLSTM")
def recurrent(node: Node) -> Translated:
    return f"onnx_{node.op.removeprefix('DynamicQuantize').lower()}", {
        "input": node.at(0),
        "weight": node.at(1),
        "recurrent": node.at(2),
        "bias": node.at(3),
        "hidden": node.given("hidden_size", 0),
        "direction": node.given("direction", "forward"),
        "layout": node.given("layout", 0),
        "before": bool(node.given("linear_before_reset", 0)),
        "activations": node.given("activations"),
        "lengths": node.at(4),
        "state": node.at(5),
        "cell": node.at(6),
        "read": [name in node.read for name in node.outputs],
        "refused": _refused(node),
    }


def _refused(node: Node) -> str:
    """What a cell has that archdb's have not; '' for nothing."""
    had = {
        "peepholes": node.at(7) is not None,
        "a limit": node.given("clip") is not None,
        "input and forget gates in one": bool(node.given("input_forget", 0)),
    }
    return ", ".join(what for what, given in had.items() if given)
