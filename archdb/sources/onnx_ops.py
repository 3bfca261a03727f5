"""ONNX's ops without weights as calls."""

from __future__ import annotations

from archdb.sources.onnx_nodes import Node, Translated, translates

#: Ops of one input and no attributes.
_PLAIN = {
    "Relu": "relu",
    "Sigmoid": "sigmoid",
    "Tanh": "tanh",
    "HardSwish": "hard_swish",
    "Mish": "mish",
    "Softplus": "softplus",
    "Softsign": "softsign",
    "Selu": "selu",
    "Erf": "erf",
    "Exp": "exp",
    "Log": "log",
    "Sqrt": "sqrt",
    "Abs": "abs",
    "Neg": "neg",
    "Sign": "sign",
    "Reciprocal": "reciprocal",
    "Floor": "floor",
    "Ceil": "ceil",
    "Round": "round",
    "Sin": "sin",
    "Cos": "cos",
    "Not": "logical_not",
    "Identity": "identity",
    "Cast": "cast",
    "CastLike": "cast",
    "DequantizeLinear": "identity",
    "QuantizeLinear": "identity",
    "Swish": "silu",
    "Shape": "shape",
    "Size": "numel",
}
_TWO = {
    "Add": "add",
    "Sub": "sub",
    "Mul": "mul",
    "Div": "div",
    "Equal": "eq",
    "Less": "lt",
    "LessOrEqual": "le",
    "Greater": "gt",
    "GreaterOrEqual": "ge",
    "MatMul": "matmul",
    "Pow": "pow",
    "Mod": "remainder",
    "And": "logical_and",
    "Or": "logical_or",
    "Xor": "ne",
}
_REDUCED = {
    "ReduceMean": "mean",
    "ReduceSum": "sum",
    "ReduceMax": "amax",
    "ReduceMin": "amin",
    "ReduceProd": "prod",
    "ReduceL2": "norm",
    "ReduceL1": "sum_of_sizes",
    "ReduceSumSquare": "sum_of_squares",
    "ReduceLogSum": "log_of_sum",
    "ReduceLogSumExp": "log_of_sum_of_exp",
}
_SEVERAL = {"Sum": "sum_of", "Mean": "mean_of", "Max": "max_of", "Min": "min_of"}


@translates(*_PLAIN)
def plain(node: Node) -> Translated:
    kind = _PLAIN[node.op]
    if node.op == "Cast" and node.given("to") in (2, 3, 4, 5, 6, 7, 12, 13):
        kind = "cast_integer"
    given = {"input": node.at(0)}
    if node.op == "Shape":
        given |= {"start": node.given("start"), "end": node.given("end")}
    return kind, given


@translates(*_TWO)
def two(node: Node) -> Translated:
    return _TWO[node.op], {"input": node.at(0), "other": node.at(1)}


@translates(*_SEVERAL)
def several(node: Node) -> Translated:
    if len(node.inputs) == 1:
        return "identity", {"input": node.at(0)}
    return _SEVERAL[node.op], {"tensors": node.inputs}


@translates(*_REDUCED)
def reduced(node: Node) -> Translated:
    axes = node.either(1, "axes")
    given = {"input": node.at(0), "keepdim": bool(node.given("keepdims", 1))}
    if axes is not None:
        given["dim"] = axes
    elif node.given("noop_with_empty_axes"):
        return "identity", {"input": node.at(0)}
    return _REDUCED[node.op], given


@translates("ArgMax", "ArgMin")
def arg(node: Node) -> Translated:
    return "argmax", {
        "input": node.at(0),
        "dim": [node.given("axis", 0)],
        "keepdim": bool(node.given("keepdims", 1)),
    }


@translates("Concat")
def concat(node: Node) -> Translated:
    return "cat", {"tensors": node.inputs, "dim": node.given("axis", 0)}


@translates("Reshape")
def reshape(node: Node) -> Translated:
    return "reshape", {"input": node.at(0), "shape": node.either(1, "shape")}


@translates("Transpose")
def transpose(node: Node) -> Translated:
    if node.given("perm") is None:
        return "T", {"input": node.at(0)}
    return "permute", {"input": node.at(0), "dims": list(node.given("perm"))}


@translates("Flatten")
def flatten(node: Node) -> Translated:
    axis = node.given("axis", 1)
    if axis == 1:
        return "flatten", {"input": node.at(0), "start_dim": 1}
    return "flatten_at", {"input": node.at(0), "dim": axis}


@translates("Unsqueeze", "Squeeze")
def unsqueeze(node: Node) -> Translated:
    return node.op.lower(), {"input": node.at(0), "dim": node.either(1, "axes")}


@translates("Expand")
def expand(node: Node) -> Translated:
    return "broadcast_to", {"input": node.at(0), "size": node.at(1)}


@translates("Tile")
def tile(node: Node) -> Translated:
    return "repeat", {"input": node.at(0), "repeats": node.at(1)}


@translates("Where")
def where(node: Node) -> Translated:
    return "where", {"condition": node.at(0), "input": node.at(1), "other": node.at(2)}


@translates("Range")
def ranged(node: Node) -> Translated:
    return "arange", {"start": node.at(0), "end": node.at(1), "step": node.at(2)}


@translates("ConstantOfShape")
def constant_of_shape(node: Node) -> Translated:
    value = node.given("value")
    number = value.data[0] if value is not None and value.data else 0.0
    return "full", {"size": node.at(0), "value": number}


@translates("Pad")
def pad(node: Node) -> Translated:
    sides = node.either(1, "pads") or node.given("paddings")
    return "pad_around", {"input": node.at(0), "sides": sides, "mode": node.given("mode")}


@translates("Resize", "Upsample")
def resize(node: Node) -> Translated:
    scales = node.at(2) if len(node.inputs) > 2 else node.either(1, "scales")
    modes = {"linear": "bilinear", "cubic": "bicubic"}
    mode = node.given("mode", "nearest")
    return "resize", {
        "input": node.at(0),
        "scales": scales,
        "sizes": node.at(3),
        "mode": modes.get(mode, mode),
        "align_corners": node.given("coordinate_transformation_mode") == "align_corners",
    }


@translates("GridSample")
def grid_sample(node: Node) -> Translated:
    modes = {"linear": "bilinear", "cubic": "bicubic"}
    mode = node.given("mode", "linear")
    return "grid_sample", {"input": node.at(0), "grid": node.at(1), "mode": modes.get(mode, mode)}


@translates("DepthToSpace", "SpaceToDepth")
def depth_to_space(node: Node) -> Translated:
    block = node.given("blocksize", 1)
    if node.op == "DepthToSpace":
        return "pixel_shuffle", {"input": node.at(0), "upscale_factor": block}
    return "pixel_unshuffle", {"input": node.at(0), "downscale_factor": block}


@translates("CumSum")
def cumulative(node: Node) -> Translated:
    return "cumsum", {"input": node.at(0), "dim": node.at(1)}


@translates("Einsum")
def einsum(node: Node) -> Translated:
    return "einsum", {"equation": node.given("equation", ""), "operands": node.inputs}


@translates("Dropout")
def dropout(node: Node) -> Translated:
    return "dropout", {"input": node.at(0), "p": node.given("ratio", 0.5)}
