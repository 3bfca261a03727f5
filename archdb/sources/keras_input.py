"""The inputs of a Keras model, in archdb's order of axes."""

from __future__ import annotations

from typing import Any

from archdb.errors import DefinitionError
from archdb.sources.keras_config import Part, Value
from archdb.sources.laying import Laying


def input_of(net: Laying, part: Part, channels_first: bool) -> Value:
    """Lay an input; an extent that the model leaves open must be given."""
    config = part.config
    stated = config.get("batch_shape") or config.get("batch_input_shape")
    if stated is None and config.get("shape") is not None:
        stated = [None, *_listed(config["shape"])]
    if stated is None:
        return Value(net.input(part.name, None))
    extents = _listed(stated)[1:]
    if not all(n is None or (isinstance(n, int) and n > 0) for n in extents):
        raise DefinitionError(f"has a shape that is none: {stated!r}")
    if not extents:
        raise DefinitionError(
            "is one number a sample, which is no tensor", remedy="give it a shape"
        )
    turned = extents if len(extents) < 3 or channels_first else [extents[-1], *extents[:-1]]
    like = "x".join(str(n or (128 if len(turned) < 3 else 224)) for n in turned)
    shape = None if None in turned else tuple(turned)
    return Value(net.input(part.name, shape, f"leaves extents open: {stated}", like))


def _listed(value: Any) -> list[Any]:
    if isinstance(value, dict) and "items" in value:  # a tuple, as TensorFlow writes it
        value = value["items"]
    if not isinstance(value, list):
        raise DefinitionError(f"has a shape that is none: {value!r}")
    return value
