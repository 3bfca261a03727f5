"""The models of torchvision and timm, built without weights on the meta device."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import torch

from archdb.errors import ArchdbError, DefinitionError, NotFoundError, nearest
from archdb.model.shape import Shape
from archdb.sources.neutral import Graph
from archdb.sources.sizes import whole
from archdb.sources.torch import record

#: What torchvision's models take that is not an image of 224: by the words in a model's name.
SIZES = (
    ("inception_v3", (3, 299, 299)),
    ("mc3_18", (3, 16, 112, 112)),
    ("r3d_18", (3, 16, 112, 112)),
    ("r2plus1d_18", (3, 16, 112, 112)),
    ("mvit", (3, 16, 224, 224)),
    ("swin3d", (3, 16, 224, 224)),
    ("s3d", (3, 16, 224, 224)),
)
USUAL = (3, 224, 224)
#: Models that take two images.
PAIRED = ("raft",)
DETECTORS = ("rcnn", "retinanet", "fcos", "ssd")


def names(library: str) -> list[str]:
    """The names of a library's models."""
    module = import_module(library)
    listed = module.models if library == "torchvision" else module
    return list(listed.list_models())


def build(library: str, model: str, sizes: dict[str, Shape]) -> Graph:
    """The neutral graph of a model at its native input, or another."""
    known = names(library)
    if model not in known:
        raise NotFoundError(f"{library} has no model '{model}'", remedy=nearest(model, known))
    made = _made(library, model)
    native = _native(made, model)
    shape = whole(sizes.get("", sizes.get("input", native)), native)
    count = 2 if any(word in model for word in PAIRED) else 1
    try:
        graph = record(made, [shape] * count, model)
    except ArchdbError as error:
        if any(word in model for word in DETECTORS):
            error.remedy = "a detector chooses boxes by their numbers: import its backbone instead"
        raise
    graph.source["library"] = (
        f"{library} {import_module(library).__version__}, {graph.source['library']}"
    )
    return graph


def _made(library: str, model: str) -> Any:
    """The module without weights; some cannot be built on the meta device."""
    for device in ("meta", "cpu"):
        try:
            with torch.device(device):
                return _built(library, model)
        except (RuntimeError, NotImplementedError) as error:
            failed = error
    raise DefinitionError(f"cannot be built: {failed}")


def _built(library: str, model: str) -> Any:
    module = import_module(library)
    if library == "timm":
        return module.create_model(model)
    try:
        return module.models.get_model(model, weights=None, weights_backbone=None)
    except TypeError:
        return module.models.get_model(model, weights=None)


def _native(made: Any, model: str) -> Shape:
    config = getattr(made, "default_cfg", None)
    if config and config.get("input_size"):
        return tuple(config["input_size"])
    return next((size for word, size in SIZES if word in model), USUAL)
