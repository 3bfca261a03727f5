"""Keras models from their configuration alone: .keras archives, JSON, and H5 where h5py is.

Weights are not read, and nothing of a file is run: a Lambda is kept by its name. Channels come
last in most files; layers are laid with archdb's order, and axes are turned to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from archdb.errors import ArchdbError, DefinitionError
from archdb.sources.keras_files import Stored, stored
from archdb.sources.keras_net import KerasNet
from archdb.sources.laying import Read, Tensors, name_of
from archdb.sources.sizes import SizesLike

SUFFIXES = (".keras", ".json", ".h5", ".hdf5")


def read(path: Path, sizes: SizesLike = None) -> Read:
    """The network that a file is the configuration of. `sizes`: the user's, by input, in archdb's
    order of axes.

    Raises ArchdbError naming the file, the layer and its class.
    """
    try:
        return load(stored(path), name_of(path), sizes)
    except ArchdbError as error:
        raise error.at(str(path)) from None


def load(
    model: Stored, name: str, sizes: SizesLike = None, tensors: Mapping[str, Tensors] | None = None
) -> Read:
    """As `read`, of a configuration that is read already. `tensors`: those of layers, by name,
    where the model is in memory; asked for those that archdb does not know."""
    from archdb.sources import (  # noqa: F401  importing a module registers its rules
        keras_attention,
        keras_axes,
        keras_elementwise,
        keras_functions,
        keras_joining,
        keras_pools,
        keras_products,
        keras_sequence,
        keras_shaping,
        keras_weights,
    )

    net = KerasNet(sizes, model.version, tensors or {})
    try:
        net.run(model.config)
    except RecursionError:
        raise DefinitionError(
            "holds layers within layers too deep to be followed",
            remedy="no model that Keras builds is so deep: the file is damaged, or made to do harm",
        ) from None
    laid = net.net
    if all(layer.op.source for layer in laid.layers.values()):
        raise DefinitionError("has no layer that archdb makes one of")
    laid.block_by_path()
    called = _name(model.config) or name
    source = {"format": "Keras", "version": model.version, "layers": str(net.calls)}
    told = {item: words for item, words in source.items() if words}
    return Read(laid.network(called), laid.outcome, told)


def _name(config: dict[str, Any]) -> str:
    own = config.get("config")
    named = own.get("name") if isinstance(own, dict) else None
    return "_".join(named.lower().split()) if isinstance(named, str) else ""
