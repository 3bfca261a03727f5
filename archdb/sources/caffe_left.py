"""What of a prototxt is left out and named: losses, what decodes boxes, what reads only these."""

from __future__ import annotations

from archdb.sources.laying import Laying
from archdb.sources.prototext import Message

#: What compares an output with what it should be.
LOSSES = (
    *("Accuracy", "SoftmaxWithLoss", "EuclideanLoss", "HingeLoss", "InfogainLoss"),
    *("MultinomialLogisticLoss", "SigmoidCrossEntropyLoss", "ContrastiveLoss", "SmoothL1Loss"),
    *("MultiBoxLoss", "DetectionEvaluate", "HDF5Output", "Silence", "BoxAnnotatorOHEM"),
)
#: Boxes that are set beforehand, and what decodes others by them: no parameters (liu2016).
DECODING = ("PriorBox", "DetectionOutput")
#: Fields that change neither a shape nor what is counted at use.
HARMLESS = (
    *("engine", "use_global_stats", "moving_average_fraction", "frozen", "force_nd_im2col"),
    *("add_eps_before_sqrt", "transpose", "scale_train", "stable_prod_grad", "filler"),
)


def is_left_out(part: Message) -> bool:
    """Whether a layer is no part of the network."""
    kind = part.word("type")
    lost = kind in LOSSES or kind.endswith(("Loss", "LossOHEM", "Accuracy"))
    return lost or kind in DECODING or bool(part.numbers("loss_weight"))


def not_asked(part: Message) -> list[str]:
    """The fields of a layer's parameters that its rule did not ask for, and may matter."""
    return sorted(
        field
        for name, values in part.fields.items()
        if name in part.asked and name.endswith("_param")
        for value in values
        if isinstance(value, Message)
        for field in value.fields
        if field not in (*value.asked, *HARMLESS) and not field.endswith("_filler")
    )


def mark_heads(net: Laying, weak: list[str], strong: list[str]) -> None:
    """Layers that nothing but a loss of little weight needs are auxiliary."""
    layers = net.layers
    read = {source for layer in layers.values() for source in layer.inputs}
    ends = [name for name in layers if name not in read and name not in weak]
    wanted = [*ends, *strong]
    needed: set[str] = set()
    while wanted:
        name = wanted.pop()
        if name not in needed:
            needed.add(name)
            wanted += layers[name].inputs
    if needed and weak:
        for name in layers.keys() - needed:
            layers[name] = layers[name]._replace(auxiliary=True)
