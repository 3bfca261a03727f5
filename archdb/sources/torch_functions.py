"""Torch's functions by name: what ATen calls them, and their arguments in order."""

from __future__ import annotations

from typing import Any

#: Methods, operators and functions that ATen has under another name.
RENAMED = {
    **{"__matmul__": "matmul", "__rmatmul__": "rmatmul", "__getitem__": "getitem"},
    **{"__setitem__": "setitem", "__rsub__": "rsub", "rsub": "rsub", "__rtruediv__": "rdiv"},
    **{"__rdiv__": "rdiv", "__rpow__": "rpow", "__neg__": "neg", "negative": "neg"},
    **{"subtract": "sub", "multiply": "mul", "divide": "div", "true_divide": "div"},
    **{"concat": "cat", "concatenate": "cat", "swapaxes": "transpose", "swapdims": "transpose"},
    **{"moveaxis": "movedim", "hardswish": "hard_swish", "hardsigmoid": "hard_sigmoid"},
    **{"upsample": "interpolate", "group_norm": "group_norm", "clip": "clamp"},
    **{"view_as": "reshape_as", "expand_as": "expand_as", "absolute": "abs"},
}
_WINDOW = "input weight bias stride padding dilation groups"
_TRANSPOSED = "input weight bias stride padding output_padding groups dilation"
_MAX = "input kernel_size stride padding dilation ceil_mode return_indices"
_AVG = "input kernel_size stride padding ceil_mode count_include_pad divisor_override"
_RECURRENT = "input hx weights has_biases num_layers dropout train bidirectional batch_first"
_REDUCE = "input dim keepdim"
_BINARY = "input other"
_DIM = "input dim"

#: The arguments of a kind in order; of others they are named by their place.
_ARGUMENTS = {
    **dict.fromkeys(("conv1d", "conv2d", "conv3d"), _WINDOW),
    **dict.fromkeys(("conv_transpose1d", "conv_transpose2d", "conv_transpose3d"), _TRANSPOSED),
    **dict.fromkeys(("max_pool1d", "max_pool2d", "max_pool3d"), _MAX),
    **dict.fromkeys(("avg_pool1d", "avg_pool2d", "avg_pool3d"), _AVG),
    **{
        f"adaptive_{how}_pool{n}d": "input output_size" for how in ("avg", "max") for n in (1, 2, 3)
    },
    **dict.fromkeys(("add", "sub", "rsub"), f"{_BINARY} alpha"),
    **dict.fromkeys(("mul", "div", "rdiv", "rpow", "matmul", "rmatmul", "bmm", "mm"), _BINARY),
    **dict.fromkeys(("maximum", "minimum", "eq", "ne", "lt", "gt", "le", "ge"), _BINARY),
    **dict.fromkeys(("mean", "sum", "amax", "amin", "prod", "logsumexp"), _REDUCE),
    **dict.fromkeys(("max", "min", "argmax", "cumsum", "any", "all"), _REDUCE),
    **dict.fromkeys(("var", "std"), "input dim unbiased keepdim"),
    **dict.fromkeys(("softmax", "log_softmax", "unbind", "unsqueeze", "squeeze", "glu"), _DIM),
    **{"linear": "input weight bias", "bilinear": "input1 input2 weight bias"},
    **{"batch_norm": "input running_mean running_var weight bias training momentum eps"},
    **{"instance_norm": "input running_mean running_var weight bias use_input_stats momentum eps"},
    **{"layer_norm": "input normalized_shape weight bias eps"},
    **{"rms_norm": "input normalized_shape weight eps"},
    **{"group_norm": "input num_groups weight bias eps"},
    **{"local_response_norm": "input size alpha beta k", "normalize": "input p dim eps"},
    **{"norm": "input p dim keepdim", "pow": "input exponent", "clamp": "input min max"},
    **{"dropout": "input p training", "gelu": "input approximate", "prelu": "input weight"},
    **{"leaky_relu": "input negative_slope", "elu": "input alpha", "celu": "input alpha"},
    **{"hardtanh": "input min_val max_val", "threshold": "input threshold value"},
    **{"softplus": "input beta threshold", "masked_fill": "input mask value"},
    **{"where": "condition input other", "getitem": "input index"},
    **{"setitem": "input index value", "copy": "input value"},
    **{"flatten": "input start_dim end_dim", "unflatten": "input dim sizes"},
    **{"reshape": "input shape", "view": "input shape", "expand": "input size"},
    **{"permute": "input dims", "repeat": "input repeats", "tile": "input repeats"},
    **{"transpose": "input dim0 dim1", "movedim": "input source destination"},
    **{"cat": "tensors dim", "stack": "tensors dim", "chunk": "input chunks dim"},
    **{"split": "input split_size dim", "split_with_sizes": "input split_size dim"},
    **{"tensor_split": "input indices_or_sections dim", "narrow": "input dim start length"},
    **{"select": "input dim index", "slice": "input dim start end step"},
    **{"index_select": "input dim index", "gather": "input dim index", "flip": "input dims"},
    **{"roll": "input shifts dims", "pad": "input pad mode value", "topk": "input k dim"},
    **{"repeat_interleave": "input repeats dim", "embedding": "input weight"},
    **{"interpolate": "input size scale_factor mode align_corners"},
    **{"pixel_shuffle": "input upscale_factor", "pixel_unshuffle": "input downscale_factor"},
    **{"channel_shuffle": "input groups", "einsum": "equation operands"},
    **dict.fromkeys(("lstm", "gru", "rnn_tanh", "rnn_relu"), _RECURRENT),
    **{"im2col": "input kernel_size dilation padding stride"},
    **{"col2im": "input output_size kernel_size dilation padding stride"},
    **{"unfold": "input dim size step"},
    **{"grid_sample": "input grid mode padding_mode align_corners"},
    **{"scaled_dot_product_attention": "query key value attn_mask dropout_p is_causal scale"},
    "multi_head_attention_forward": (
        "query key value embed_dim_to_check num_heads in_proj_weight in_proj_bias bias_k bias_v"
        " add_zero_attn dropout_p out_proj_weight out_proj_bias"
    ),
    **{"addmm": "bias mat1 mat2", "baddbmm": "input batch1 batch2", "rot90": "input k dims"},
}
ARGUMENTS = {kind: tuple(words.split()) for kind, words in _ARGUMENTS.items()}
#: What PyTorch's functions and .pt2 call an argument, where it is not what ATen's table has.
SYNONYMS = {
    **{"self": "input", "x": "input", "axis": "dim", "tensor": "input", "mat2": "other"},
    **{"split_size_or_sections": "split_size", "split_sizes": "split_size", "sizes": "shape"},
    **{"indices": "indices_or_sections", "sections": "indices_or_sections"},
}
#: Methods that take one list as several arguments: x.view(2, 3) and x.view([2, 3]).
SPREAD = {"reshape", "view", "expand", "permute", "repeat", "tile", "flip", "einsum"}


def kind_of(name: str) -> str:
    """The kind of a function of that name: add for add_, __iadd__ and torch.add."""
    if name in RENAMED:
        return RENAMED[name]
    bare = name
    if name.startswith("__") and name.endswith("__"):
        bare = name.strip("_")
        bare = bare[1:] if bare[:1] in "ir" and bare[1:] in _OPERATORS else bare
        bare = {"truediv": "div"}.get(bare, bare)
    elif name.endswith("_") and not name.startswith("_"):
        bare = name.rstrip("_")
    return RENAMED.get(bare, bare)


_OPERATORS = {"add", "sub", "mul", "truediv", "div", "pow", "matmul", "and", "or"}


def arguments_of(kind: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a call by name; those without a name by their place, '0', '1', …"""
    names = ARGUMENTS.get(kind, ("input",))
    if kind in SPREAD and len(args) > 2:
        args = (args[0], list(args[1:]))
    found = {
        names[place] if place < len(names) else str(place): value
        for place, value in enumerate(args)
    }
    return found | {SYNONYMS.get(name, name): value for name, value in kwargs.items()}
