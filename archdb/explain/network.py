"""A whole network on paper: what stands behind each layer, and the steps of any one of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from archdb.analysis.inputs import Inputs
from archdb.analysis.layer_costs import Facts
from archdb.analysis.profile import LAYER_COLUMNS, Profile, derive
from archdb.analysis.receptive_field import FieldOrReason
from archdb.errors import NotFoundError, nearest
from archdb.explain import field
from archdb.explain.layer_trace import LayerTrace, trace_layer
from archdb.explain.steps import Step
from archdb.model.graph import Layer, Network


class Table(NamedTuple):
    """Rows under column names, and sentences that belong to them."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    notes: list[str]


class NetworkTrace(NamedTuple):
    """A derived network, each layer's row, facts and field by its name."""

    profile: Profile
    layers: dict[str, Layer]
    rows: dict[str, dict[str, Any]]
    facts: dict[str, Facts]
    fields: dict[str, FieldOrReason]

    @property
    def main(self) -> list[Layer]:
        """The layers that totals are over: all but those of auxiliary heads."""
        return [layer for layer in self.layers.values() if not layer.auxiliary]

    def layer_trace(self, name: str) -> LayerTrace:
        """The op of a layer on what reaches it."""
        row = self.layers[name]
        inputs = [self.facts[source].out for source in row.inputs]
        return trace_layer(row.op, inputs, row.weights_of)


def trace_network(network: Network, inputs: Inputs | None = None) -> NetworkTrace:
    """The network at its inputs, native unless given; ShapeError where it does not fit."""
    profile = derive(network, inputs)
    layers = {layer.name: layer for layer in profile.network}
    named = (dict(zip(LAYER_COLUMNS, row, strict=True)) for row in profile.rows)
    rows = dict(zip(layers, named, strict=True))
    facts = dict(zip(layers, profile.facts, strict=True))
    return NetworkTrace(
        profile, layers, rows, facts, dict(zip(layers, profile.fields, strict=True))
    )


def check_layer(trace: NetworkTrace, name: str) -> None:
    """NotFoundError with the nearest names where the network has no such layer."""
    if name not in trace.layers:
        network = trace.profile.network.name
        raise NotFoundError(
            f"{network} has no layer '{name}'",
            remedy=nearest(name, trace.layers) or f"archdb show {network} --by layer lists all",
        )


def steps(trace: NetworkTrace, name: str) -> Iterator[Step]:
    """All figures of one layer."""
    fields = [trace.fields[source] for source in trace.layers[name].inputs]
    return field.derivation(trace.layer_trace(name), fields, name)
