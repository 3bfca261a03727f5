"""Layers that use the tensors of another layer: one set of weights, applied more than once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from archdb.errors import ShapeError
from archdb.model.graph import Layer
from archdb.model.shape import Shape, pretty

Shapes = Sequence[Shape | None]


def check_shared(layers: Iterable[Layer], inputs: Mapping[str, Shapes]) -> None:
    """Raises ShapeError where a layer uses another's tensors, and either has none or needs tensors
    of other shapes. `inputs`: the shapes that reach each layer; where one is open, so is this."""
    borrowers = [layer for layer in layers if layer.weights_of is not None]
    if not borrowers:
        return
    owners = {layer.name: layer for layer in layers}
    for layer in borrowers:
        owner = owners[str(layer.weights_of)]
        ours, theirs = (_tensors(each, inputs[each.name]) for each in (layer, owner))
        if ours is None or theirs is None:
            continue
        why = "has no weights, so it can use no others'" if not ours else ""
        if ours != theirs:
            why = f"needs {_list_tensors(ours)}, and '{owner.name}' has {_list_tensors(theirs)}"
        if why:
            raise ShapeError(
                why, remedy="layers that share weights read as many channels and give as many"
            ).at(f"layer '{layer.name}' (weights of '{owner.name}')")


def sharing_layers(layers: Iterable[Layer]) -> dict[str, list[str]]:
    """The layers that share weights, by name, each with the others that use the same."""
    groups: dict[str, list[str]] = {}
    for layer in layers:
        if layer.weights_of is not None:
            groups.setdefault(layer.weights_of, [layer.weights_of]).append(layer.name)
    return {
        name: [other for other in group if other != name]
        for group in groups.values()
        for name in group
    }


def _tensors(layer: Layer, inputs: Shapes) -> dict[str, Shape] | None:
    """Its tensors by name; None where they are not known."""
    tensors = None if None in inputs else layer.op.params(*inputs)
    return None if tensors is None else {tensor.name: tensor.shape for tensor in tensors}


def _list_tensors(tensors: Mapping[str, Shape]) -> str:
    return ", ".join(f"{name} {pretty(shape)}" for name, shape in tensors.items()) or "none"
