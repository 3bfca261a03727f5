"""One walk over a network: the four facts of each op become the rows of a profile.

A profile is a network at one input size. Its layer rows hold shapes, parameters by role,
operations by kind, the im2col product and the receptive field; its totals are sums and folds
over them. Everything is an exact integer, or None where an unknown op leaves it open.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from archdb.errors import ArchdbError, ShapeError
from archdb.facts import FACT_COLUMNS, Facts, Row, check_size, facts_of
from archdb.graph import Layer, Network
from archdb.ops import make
from archdb.ops.shape import Shape, pretty
from archdb.ops.window import POINT, Unbounded
from archdb.receptive import (
    FIELD_COLUMNS,
    NOT_AN_IMAGE,
    PIXEL,
    FieldOrReason,
    columns_of,
    through,
    union,
)
from archdb.totals import deepest, totals_of

#: Columns of a layer row, in the order in which `derive` yields them.
LAYER_COLUMNS = (*FACT_COLUMNS, "depth", *FIELD_COLUMNS)


class Profile(NamedTuple):
    """`rows` follow `network.layers`, each in LAYER_COLUMNS; `totals` is a row of columns."""

    network: Network
    input: Shape
    rows: list[Row]
    totals: dict[str, Any]

    def layer(self, name: str) -> dict[str, Any]:
        """One layer's row; KeyError where the network has no such layer."""
        for layer, row in zip(self.network.layers, self.rows, strict=True):
            if layer.name == name:
                return dict(zip(LAYER_COLUMNS, row, strict=True))
        raise KeyError(name)


def native_input(network: Network) -> Shape:
    """The input a network is defined at; ShapeError where it has no input layer."""
    for layer in network:
        if layer.op.source:
            return tuple(layer.op.shape)
    raise ShapeError("has no input layer", remedy="begin with a layer of op input").at(network.name)


def at_input(network: Network, shape: Shape) -> Network:
    """The same network, its (first) input given another shape."""
    layers = list(network)
    first = next(i for i, layer in enumerate(layers) if layer.op.source)
    layers[first] = layers[first]._replace(op=make(layers[first].op.name, {"shape": shape}))
    return Network(network.name, layers, network.blocks)


def derive(network: Network, shape: Shape | None = None) -> Profile:
    """The profile of a network at an input shape, native unless given.

    Raises ShapeError naming network, layer, what arrived and from where.
    """
    native = native_input(network)
    if shape is not None and shape != native:
        network = at_input(network, shape)
    try:
        walk = _Walk(network, shape or native)
        totals = totals_of(network.layers, walk.facts, walk.depths, walk.fields)
    except ArchdbError as error:
        raise error.at(network.name) from None
    return Profile(network, walk.input, walk.rows, totals)


class _Walk:
    """One pass: what each layer, by position, hands to those that read it."""

    def __init__(self, network: Network, given: Shape) -> None:
        self.network, self.input = network, given
        self.position: dict[str, int] = {}
        self.rows: list[Row] = []
        self.facts: list[Facts] = []
        self.fields: list[FieldOrReason] = []
        self.depths: list[int | None] = []
        for layer in network.layers:
            self.step(layer)

    def step(self, layer: Layer) -> None:
        sources = [self.position[name] for name in layer.inputs]
        try:
            facts = facts_of(layer.op, tuple([self.facts[source].out for source in sources]))
            field = self.field(layer, facts, sources)
        except ArchdbError as error:
            raise self.explained(error, layer) from None
        above = deepest([self.depths[source] for source in sources])
        depth = above + facts.weighted if facts.counted and above is not None else None
        self.position[layer.name] = len(self.rows)
        self.facts.append(facts)
        self.depths.append(depth)
        self.fields.append(field)
        self.rows.append((*facts.columns, depth, *columns_of(field)))

    def field(self, layer: Layer, facts: Facts, sources: Sequence[int]) -> FieldOrReason:
        """The receptive field behind this layer."""
        window = facts.window
        if isinstance(window, Unbounded):
            return window.reason
        if not sources:
            return PIXEL if len(facts.out or ()) == 3 else NOT_AN_IMAGE
        field = self.fields[sources[0]]
        if len(sources) > 1:
            field = union([self.fields[source] for source in sources], layer.name)
        if window is POINT or isinstance(field, str):
            return field
        grown = through(field, window, facts.pads)
        check_size((*grown.size, *grown.stride, *grown.padding))
        return grown

    def explained(self, error: ArchdbError, layer: Layer) -> ArchdbError:
        """The error with the layer, what reaches it from where, and the network's input."""
        arrives = ", ".join(
            f"'{name}' {pretty(self.facts[self.position[name]].out or ())}" for name in layer.inputs
        )
        origin = f"from {arrives} (input {pretty(self.input)})" if arrives else ""
        error.remedy = "\n  ".join(filter(None, (origin, error.remedy)))
        return error.at(f"layer '{layer.name}' ({layer.op.name})")
