"""What the sections of a Darknet cfg file that work on one output are in archdb's ops."""

from __future__ import annotations

from math import prod
from typing import Any

from archdb.errors import DefinitionError
from archdb.sources.darknet import Cfg, Section, section
from archdb.sources.laying import grouped
from archdb.sources.lowering.base import UnmappedError

#: Of blas.c: what is added to a variance.
EPSILON = 1e-6

#: Activations that one op is (activations.h), or none at all.
ACTIVATIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "linear": ("", {}),
    "relu": ("relu", {}),
    "leaky": ("leaky_relu", {"slope": 0.1}),
    "revleaky": ("leaky_relu", {"slope": 0.1}),
    "relie": ("leaky_relu", {"slope": 0.01}),
    "logistic": ("sigmoid", {}),
    "tanh": ("tanh", {}),
    "relu6": ("relu6", {}),
    "swish": ("swish", {}),
    "mish": ("mish", {}),
    "elu": ("elu", {}),
    "selu": ("selu", {}),
    "gelu": ("gelu", {"approximate": "tanh"}),
    "hardtan": ("clip", {"low": -1, "high": 1}),
}
#: Loss and decoding of boxes: no parameters, and nothing that a section behind reads.
HEADS = ("cost", "yolo", "region", "detection", "gaussian_yolo", "iseg", "contrastive")


def activate(cfg: Cfg, part: Section, default: str = "linear") -> None:
    """The activation that a section states."""
    kind = part.word("activation", default)
    if kind == "ramp":  # x where it is positive, and a tenth of x everywhere
        x = cfg.now
        tenth = cfg.lay("rescale", x, more="tenth", factor=0.1)
        relu = cfg.lay("relu", x, more="relu")
        cfg.lay("add", relu, tenth, more="ramp")
    elif kind in ACTIVATIONS:
        op, attributes = ACTIVATIONS[kind]
        if op:
            cfg.lay(op, more=kind, **attributes)
    else:
        why = "is an activation that archdb has no op for"
        shape = cfg.net.shapes[cfg.now]
        cfg.now = cfg.net.unknown(f"{cfg.own}_{kind}", kind, why, cfg.now, shape=shape)


def normalized(cfg: Cfg, part: Section) -> bool:
    """Whether a section has a batch normalisation in the place of a bias."""
    return part.integer("batch_normalize", 0) > 0 or part.integer("cbn", 0) > 0


@section("convolutional", "deconvolutional")
def convolution(cfg: Cfg, part: Section) -> None:
    """Convolution, batch normalisation, activation; pad=1 means half the kernel."""
    cfg.map()
    size = part.integer("size", 1)
    pad = size // 2 if part.integer("pad", 0) else part.integer("padding", 0)
    stride = part.integer("stride", 1)
    filters, groups = part.integer("filters", 1), part.integer("groups", 1)
    told: dict[str, Any] = {
        "kernel": size,
        "stride": [part.integer("stride_y", stride), part.integer("stride_x", stride)],
        "bias": not normalized(cfg, part),
    }
    if part.integer("antialiasing", 0) or part.integer("deform", 0):
        raise UnmappedError("with antialiasing is none of archdb's convolutions")
    dilation = part.integer("dilation", 1) if size > 1 else 1
    told |= {"dilation": dilation, "padding": pad * dilation}
    shared = _shared(cfg, part)
    op, own = "conv_transpose2d", {"filters": filters, "groups": groups}
    if part.kind == "convolutional":
        op, own = grouped(cfg.net.shapes[cfg.now], filters, groups)
    cfg.lay(op, weights_of=shared, **{**told, **own})
    if normalized(cfg, part):
        norm = f"{shared}_bn" if shared else None
        cfg.lay("batch_norm", more="bn", epsilon=EPSILON, weights_of=norm)
    if part.integer("xnor", 0) or part.integer("binary", 0):
        cfg.net.outcome.note("binary weights are counted as any others")
    activate(cfg, part, "logistic")


def _shared(cfg: Cfg, part: Section) -> str | None:
    """The layer whose weights this one uses."""
    if "share_index" not in part.options:
        return None
    number = part.integer("share_index", 0)
    number += len(cfg.outputs) if number < 0 else 0
    name = f"convolutional_{number}"
    if name not in cfg.net.layers:
        raise DefinitionError(f"'share_index' names layer {number}, which is no convolution")
    return cfg.net.layers[name].weights_of or name


@section("connected")
def connected(cfg: Cfg, part: Section) -> None:
    """Every input with every output; a map is flattened."""
    cfg.lay("linear", units=part.integer("output", 1), bias=not normalized(cfg, part))
    if normalized(cfg, part):
        cfg.lay("batch_norm", more="bn", epsilon=EPSILON)
    activate(cfg, part, "logistic")


@section("local")
def local(cfg: Cfg, part: Section) -> None:
    """A convolution with kernels of their own at each position."""
    cfg.map()
    size = part.integer("size", 1)
    cfg.lay(
        "locally_connected2d",
        filters=part.integer("filters", 1),
        kernel=size,
        stride=part.integer("stride", 1),
        padding=size // 2 if part.integer("pad", 0) else 0,
    )
    activate(cfg, part, "logistic")


@section("maxpool", "local_avgpool")
def pool(cfg: Cfg, part: Section) -> None:
    """A pool whose `padding`, of both sides together, is the kernel less one unless told: of that
    the smaller half comes before. A stride less one behind the map is rounding up."""
    cfg.map()
    if part.integer("maxpool_depth", 0) or part.integer("antialiasing", 0):
        raise UnmappedError("over channels or with antialiasing is none of archdb's pools")
    stride = part.integer("stride", 1)
    size = part.integer("size", stride)
    strides = part.integer("stride_y", stride), part.integer("stride_x", stride)
    padding = part.integer("padding", size - 1)
    before, after = padding // 2, padding - padding // 2
    up = not before and strides == (after + 1, after + 1)
    cfg.lay(
        "max_pool2d" if part.kind == "maxpool" else "avg_pool2d",
        kernel=size,
        stride=list(strides),
        rounding="ceil" if up and after else "floor",
        padding=0 if up else [before, after, before, after],
    )


@section("avgpool")
def global_pool(cfg: Cfg, part: Section) -> None:
    """The mean of each map."""
    cfg.map()
    cfg.lay("global_avg_pool2d")


@section("dropout")
def dropout(cfg: Cfg, part: Section) -> None:
    cfg.lay("dropout", rate=part.number("probability", 0.5))


@section("lrn")
def lrn(cfg: Cfg, part: Section) -> None:
    """Across channels; alpha is not divided by the number of neighbours."""
    cfg.map()
    cfg.lay(
        "lrn",
        size=part.integer("size", 5),
        alpha=part.number("alpha", 1e-4),
        beta=part.number("beta", 0.75),
        k=part.number("kappa", 1),
        divide_alpha=False,
    )


@section("batchnorm")
def batch_norm(cfg: Cfg, part: Section) -> None:
    cfg.map()
    cfg.lay("batch_norm", epsilon=EPSILON)


@section("activation")
def activation(cfg: Cfg, part: Section) -> None:
    activate(cfg, part)


@section("logistic")
def logistic(cfg: Cfg, part: Section) -> None:
    cfg.lay("sigmoid")


@section("l2norm")
def l2_norm(cfg: Cfg, part: Section) -> None:
    cfg.map()
    cfg.lay("l2_norm", scale=False)


@section("softmax")
def softmax(cfg: Cfg, part: Section) -> None:
    """Over all that arrives, over each of so many groups of it, or with `spatial` over the channels
    of each position."""
    if "tree" in part.options:
        raise UnmappedError("over the classes of a tree, which is another file")
    groups, shape = part.integer("groups", 1), cfg.net.shape(cfg.now)
    if not part.number("spatial", 0):
        if groups > 1:
            if prod(shape) % groups:
                raise DefinitionError(f"{prod(shape)} numbers do not divide into {groups} groups")
            cfg.lay("reshape", more="groups", shape=[groups, -1])
        elif prod(shape) != shape[0]:
            cfg.lay("flatten", more="flatten")
    cfg.lay("softmax")


@section("implicit")
def implicit(cfg: Cfg, part: Section) -> None:
    """A learnt tensor that reads nothing."""
    shape = [part.integer("filters", 128), part.integer("atoms", 1), 1]
    cfg.now = cfg.net.lay(cfg.own, "parameter", shape=shape)


@section("empty")
def empty(cfg: Cfg, part: Section) -> None:
    """Nothing happens."""


@section(*HEADS)
def head(cfg: Cfg, part: Section) -> None:
    """What a head reads is an output; what it does of its own is named, and not counted."""
    note = f"{part.kind} {len(cfg.outputs)} is left out: it decodes boxes or is a loss"
    cfg.net.outcome.note(f"{note}, and reads '{cfg.now}'")
