"""The bundled networks, each read and derived once."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from archdb.analysis.profile import Profile, derive
from archdb.model.graph import Layer, Network
from archdb.sources.records import Seed
from archdb.sources.toml import bundled_files, bundled_references, load

FILES = {path.stem: path for path in bundled_files()}
NAMES = list(FILES)


@cache
def seed(name: str) -> Seed:
    """A bundled seed."""
    return load(FILES[name], bundled_references())


def network(name: str) -> Network:
    """A bundled network."""
    return seed(name).network


@cache
def profile(name: str, shape: tuple[int, ...] | None = None) -> Profile:
    """The profile of a bundled network, native unless a shape is given."""
    return derive(network(name), shape)


def weighted(found: Profile) -> Iterator[tuple[Layer, dict[str, Any]]]:
    """Main layers that contract their input: what the recorder hooks."""
    for layer in found.network.layers:
        row = found.layer(layer.name)
        if not layer.auxiliary and row["macs"]:
            yield layer, row


def shortcuts_last(found: Profile) -> list[tuple[Layer, dict[str, Any]]]:
    """Weight layers as torchvision runs them: a projection shortcut, which Caffe's files lay
    before the branch that it bypasses, runs behind it."""
    ordered: list[tuple[Layer, dict[str, Any]]] = []
    waiting: list[tuple[Layer, dict[str, Any]]] = []
    for layer, row in weighted(found):
        if waiting and waiting[0][0].block != layer.block:
            ordered += waiting
            waiting = []
        (waiting if layer.name.endswith("branch1") else ordered).append((layer, row))
    return ordered + waiting
