"""Networks at an input, ready to be asked about: stored ones, and such as are traced in memory.

A name with rules is traced in memory, and so is what a file has no profile of where none can be
kept. Every question can be put to both kinds, side by side.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from archdb.analysis.layer_table import LayerTable, params
from archdb.queries import lineage
from archdb.queries.freshness import (
    ensure_profiles,
    has_profile,
    is_stale,
    native_input,
    native_shapes,
    notify_derived,
)
from archdb.queries.named import NetworkRef, RewriteResult, without_axes, without_rules

if TYPE_CHECKING:
    from archdb.analysis.differences import Definitions
    from archdb.analysis.profile import Profile
    from archdb.model.graph import Layer, Network
    from archdb.model.input_spec import InputSpec
    from archdb.queries.reader import Reader

#: What is known of a network that is not in the database.
NONE = {"classes": None, "space": None}
#: Pairs (height, width) that a layer's op may have.
WINDOW = ("kernel", "stride", "dilation")


class StoredProfile:
    """A stored network at an input of which there is a fresh profile."""

    def __init__(self, reader: Reader, name: str, input: str) -> None:
        self.reader, self.name, self.input = reader, name, input

    @cached_property
    def layers(self) -> LayerTable:
        """Its layer rows."""
        return self._layers(self.input)

    @cached_property
    def native_input(self) -> str:
        """The input that it is defined at."""
        return native_input(self.reader, self.name)

    @cached_property
    def native(self) -> tuple[str, LayerTable]:
        """The input that it is defined at, and its layer rows there."""
        input = self.native_input
        return input, self.layers if input == self.input else self._layers(input)

    def _layers(self, input: str) -> LayerTable:
        found = self.reader.run_named("layers", name=self.name, input=input)
        return LayerTable(found.columns, found.rows)

    @cached_property
    def totals(self) -> dict[str, Any]:
        """Its totals, as architecture_summary has them."""
        return self._recall("summary")

    @cached_property
    def cost(self) -> dict[str, Any]:
        """Its parameters and MACs, and those of what its result depends on."""
        return self._recall("cost")

    def _recall(self, question: str) -> dict[str, Any]:
        """The one row that a question about it gives."""

        def ask(reader: Reader) -> dict[str, Any]:
            return reader.run_named(question, name=self.name, input=self.input).to_dicts()[0]

        found: dict[str, Any] = self.reader.once((question, self.name, self.input), ask)
        return found

    @cached_property
    def network(self) -> Network:
        """Its layers, as they are defined."""
        return self.reader.load(self.name)

    @cached_property
    def definitions(self) -> Definitions:
        """What defines each layer."""
        return lineage.definition_rows(self.reader, self.name)

    @cached_property
    def windows(self) -> list[dict[str, Any]]:
        """What a drawing says of each layer beside its place and shape: WINDOW, groups,
        weights_of, and inputs as a list of names."""
        rows = self.reader.run_named("windows", name=self.name, input=self.input).to_dicts()
        return [{**row, "inputs": json.loads(row["inputs"])} for row in rows]

    @cached_property
    def blocks(self) -> list[dict[str, Any]]:
        """Each of its blocks, what figure that is and which block it is part of."""
        return self.reader.run_named("blocks", name=self.name, input=self.input).to_dicts()

    def ancestors(self) -> list[str]:
        """It, what it is a variant of, what that is a variant of, and so on."""
        return lineage.ancestors(self.reader, self.name)


class TracedProfile:
    """The same of a network in memory: a stored one, or what rules have made of it."""

    def __init__(self, reader: Reader, made: RewriteResult, profile: Profile) -> None:
        self.reader, self.made, self.profile = reader, made, profile
        self.name, self.input = made.network.name, profile.input

    @property
    def network(self) -> Network:
        return self.made.network

    @cached_property
    def layers(self) -> LayerTable:
        return self.profile.table

    @property
    def native_input(self) -> str:
        return self.native[0]

    @cached_property
    def native(self) -> tuple[str, LayerTable]:
        from archdb.analysis.profile import derive

        found = derive(self.made.network)
        return found.input, found.table

    @cached_property
    def totals(self) -> dict[str, Any]:
        (header,) = self.reader.run_named("header", name=self.made.base.name).to_dicts() or [NONE]
        return {
            **self.profile.totals,
            "params": params(self.profile.totals),
            "input": self.input,
            "classes": self.made.classes(header["classes"]),
            "space": header["space"] if self.made.is_stored else None,
        }

    @property
    def cost(self) -> dict[str, Any]:
        return self.totals

    @cached_property
    def definitions(self) -> Definitions:
        from archdb.analysis.differences import definitions

        return definitions(self.made.network)

    @cached_property
    def windows(self) -> list[dict[str, Any]]:
        return list(map(_window, self.made.network))

    @cached_property
    def blocks(self) -> list[dict[str, Any]]:
        blocks = self.made.network.blocks
        return [{"block": b.name, "kind": b.kind, "parent": b.parent} for b in blocks]

    def ancestors(self) -> list[str]:
        if self.made.is_outside:
            return [self.name]
        own = [] if self.made.is_stored else [self.name]
        return own + lineage.ancestors(self.reader, self.made.base.name)


def _window(layer: Layer) -> dict[str, Any]:
    stated = layer.op.attributes()
    pairs = {
        f"{name}_{axis}": extent
        for name in WINDOW
        for axis, extent in zip("hw", stated.get(name, (None, None)), strict=True)
    }
    rest = {"groups": stated.get("groups"), "weights_of": layer.weights_of}
    return {**pairs, **rest, "inputs": list(layer.inputs)}


AnyProfile = StoredProfile | TracedProfile


@contextlib.contextmanager
def open_profiles(
    reader: Reader, networks: Sequence[NetworkRef], spec: InputSpec = None
) -> Iterator[list[AnyProfile]]:
    """These networks at the inputs that `spec` says, native where it is None, from one state of the
    file.

    Stored ones alone get the profiles that they lack. Beside a network in memory, and of a file
    that cannot be written, what there is no fresh profile of is traced, and nothing kept.
    """
    stored = [network for network in networks if isinstance(network, str)]
    kept = spec is None or reader.can_keep
    if kept and len(stored) == len(networks):
        with ensure_profiles(reader, stored, spec) as inputs:
            pairs = zip(stored, inputs, strict=True)
            yield [StoredProfile(reader, name, input) for name, input in pairs]
        return
    with reader.snapshot():
        yield list(_profiles_in_memory(reader, networks, spec))


def _profiles_in_memory(
    reader: Reader, networks: Sequence[NetworkRef], spec: InputSpec
) -> Iterator[AnyProfile]:
    from archdb.analysis.inputs import format_inputs, native_inputs, resolve_each
    from archdb.analysis.profile import derive

    spec = without_axes(spec, networks)
    networks = _with_stale_in_memory(reader, networks)
    natives = [
        native_shapes(reader, network)
        if isinstance(network, str)
        else native_inputs(network.network)
        for network in networks
    ]
    sizes = natives if spec is None else resolve_each(spec, natives)
    for network, inputs in zip(networks, sizes, strict=True):
        if isinstance(network, str):
            if has_profile(reader, network, format_inputs(inputs)):
                yield StoredProfile(reader, network, format_inputs(inputs))
                continue
            network = without_rules(reader.load(network))
        yield TracedProfile(reader, network, derive(network.network, inputs))


def _with_stale_in_memory(reader: Reader, networks: Sequence[NetworkRef]) -> list[NetworkRef]:
    """The networks, with those in memory whose stored figures are not of their rows."""
    from archdb.analysis.profile import derive

    stale = [name for name in networks if isinstance(name, str) and is_stale(reader, name)]
    loaded = {name: without_rules(reader.load(name)) for name in stale}
    for made in loaded.values():
        derive(made.network)  # rows that define no network are an error at every input
    notify_derived(reader, stale)
    return [loaded.get(name, name) if isinstance(name, str) else name for name in networks]
