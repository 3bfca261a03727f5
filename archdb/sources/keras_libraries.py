"""The models of keras.applications, built without weights; only their configuration is read."""

from __future__ import annotations

from typing import Any

import keras

from archdb.errors import ArchdbError, DefinitionError, NotFoundError, nearest
from archdb.model.shape import Shape
from archdb.ops import BIAS, BUFFER, NORM, WEIGHT
from archdb.sources.keras import load
from archdb.sources.keras_files import from_json
from archdb.sources.laying import Read
from archdb.sources.sizes import SizesLike


def names(library: str) -> list[str]:
    """The names of the models."""
    found = vars(keras.applications)
    return sorted(name for name in found if name[:1].isupper() and callable(found[name]))


def build(library: str, model: str, sizes: SizesLike) -> Read:
    """A model as Keras builds it, without weights."""
    known = names(library)
    if model not in known:
        raise NotFoundError(f"keras has no application '{model}'", remedy=nearest(model, known))
    try:
        made = getattr(keras.applications, model)(weights=None)
    except ArchdbError:
        raise
    except Exception as error:  # whatever a library raises
        raise DefinitionError(f"cannot be built: {type(error).__name__}: {error}") from None
    return configured(made, sizes)


def configured(model: Any, sizes: SizesLike = None) -> Read:
    """The network of a Keras model in memory."""
    stored = from_json(model.to_json(), keras.__version__)
    read = load(stored, model.name.lower(), sizes, _tensors(model))
    read.source["library"] = f"keras {keras.__version__}"
    return read


def _tensors(model: Any) -> dict[str, list[tuple[str, Shape]]]:
    """Role and shape of each tensor of the layers, by name, for those that archdb does not know."""
    return {
        layer.name: [(_role(tensor), tuple(tensor.shape) or (1,)) for tensor in layer.weights]
        for layer in model.layers
    }


def _role(tensor: Any) -> str:
    if not tensor.trainable:
        return BUFFER
    if len(tensor.shape) > 1:
        return WEIGHT
    return BIAS if "bias" in tensor.name else NORM
