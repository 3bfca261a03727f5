"""One walk over a network: the four facts of each op become the rows of a profile.

A profile is a network at one input size. Its layer rows hold shapes, parameters by role,
operations by kind, the im2col product and the receptive field; its totals are sums and folds
over them. Everything is an exact integer, or None where an unknown op leaves it open.

What a layer hands to its readers is a signal, a shape with the field behind it, and equal signals
are one object. So a step is known by its op and the signals that arrive, and equal steps are
worked out once, in whatever network they stand.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from archdb.errors import ArchdbError, ShapeError
from archdb.facts import FACT_COLUMNS, MEMORY, Facts, Row, check_size, layer_facts
from archdb.graph import Layer, Network
from archdb.ops import make
from archdb.ops.shape import Shape, pretty
from archdb.ops.window import POINT, Unbounded
from archdb.receptive import (
    FIELD_COLUMNS,
    NOT_AN_IMAGE,
    NOTHING,
    PIXEL,
    FieldOrReason,
    columns_of,
    through,
    union,
)
from archdb.sharing import check_shared
from archdb.totals import deepest, totals_of

#: Columns of a layer row, in the order in which `derive` yields them.
LAYER_COLUMNS = (*FACT_COLUMNS, "depth", *FIELD_COLUMNS)


class Profile(NamedTuple):
    """`rows` and `fields` follow `network.layers`, rows in LAYER_COLUMNS; `totals` is a row of
    columns. An op of the network that is told of another size is told nothing (`Op.unsized`)."""

    network: Network
    input: Shape
    rows: list[Row]
    totals: dict[str, Any]
    fields: list[FieldOrReason]

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
    try:
        walk = _Walk(network, native) if shape in (None, native) or _sized(network) else None
        if shape is not None and shape != native:
            walk = _Walk(at_input(network, shape), shape, walk)
        assert walk is not None
        network = walk.told()
        fields = [step.signal.field for step in walk.steps]
        facts = [step.facts for step in walk.steps]
        maps = [step.signal.map for step in walk.steps]
        totals = totals_of(network.layers, walk.reads, facts, walk.depths, fields, maps)
    except ArchdbError as error:
        raise error.at(network.name) from None
    return Profile(network, walk.input, walk.rows, totals, fields)


def _sized(network: Network) -> bool:
    """Whether what arrives at the native input matters at another one."""
    return any(layer.op.sized for layer in network.layers)


class _Signal:
    """What a layer hands on. Compared by identity: `_signal` makes one of each."""

    __slots__ = ("field", "map", "shape")

    def __init__(self, shape: Shape | None, field: FieldOrReason, is_map: bool) -> None:
        self.shape, self.field = shape, field
        #: Whether it is a map that grows with the input (`Op.ends_map`), or may be one.
        self.map = is_map


class _Step(NamedTuple):
    """A layer worked out; `field` is the signal's field as columns."""

    facts: Facts
    signal: _Signal
    field: Row


_SIGNALS: dict[tuple[Any, ...], _Signal] = {}
_STEPS: dict[tuple[Any, ...], _Step] = {}


def forget() -> None:
    """Let go of all signals and steps."""
    _SIGNALS.clear()
    _STEPS.clear()


class _Walk:
    """One pass: what each layer, by position, reads and comes to.

    `native` is the pass at native input, where that is another one and matters.
    """

    def __init__(self, network: Network, given: Shape, native: _Walk | None = None) -> None:
        self.network, self.input, self.native = network, given, native
        self.layers: list[Layer] = []
        self.position: dict[str, int] = {}
        self.reads: list[list[int]] = []
        self.rows: list[Row] = []
        self.steps: list[_Step] = []
        self.depths: list[int | None] = []
        for layer in network.layers:
            self.take(layer)
        shapes = ([self.steps[source].signal.shape for source in reads] for reads in self.reads)
        check_shared(self.layers, dict(zip(self.position, shapes, strict=True)))

    def take(self, layer: Layer) -> None:
        position, steps, depths = self.position, self.steps, self.depths
        sources = [position[name] for name in layer.inputs]
        layer, ends = self.at_size(layer, sources)
        if len(sources) == 1:
            above = depths[sources[0]]
            key: tuple[Any, ...] = (layer.op, ends, steps[sources[0]].signal)
            if layer.weights_of is not None:
                key += (layer.weights_of,)
        else:  # where paths meet, what is said of them names the layer
            above = deepest([depths[source] for source in sources])
            key = (
                layer.op,
                layer.name,
                layer.weights_of,
                ends,
                *[steps[source].signal for source in sources],
            )
        step = _STEPS.get(key) or self.step(layer, sources, key, ends)
        self.layers.append(layer)
        facts = step.facts
        depth = above + facts.weighted if facts.settled and above is not None else None
        position[layer.name] = len(steps)
        self.reads.append(sources)
        steps.append(step)
        depths.append(depth)
        self.rows.append((*facts.columns, depth, *step.field))

    def at_size(self, layer: Layer, sources: Sequence[int]) -> tuple[Layer, bool]:
        """The layer with what holds of its op at this size, and whether it ends the map."""
        if not layer.op.sized:
            return layer, layer.op.ends_map()
        arrive = [self.steps[source].signal.shape for source in sources]
        known = self.native or self
        native = [known.steps[source].signal.shape for source in sources]
        ends = layer.op.ends_map(*native)
        if self.native and (None in arrive or arrive != native):
            layer = layer._replace(op=layer.op.unsized())
        return layer, ends

    def told(self) -> Network:
        """The network with its ops as they were taken."""
        given = self.network
        if all(a is b for a, b in zip(self.layers, given.layers, strict=True)):
            return given
        return Network(given.name, self.layers, given.blocks)

    def step(self, layer: Layer, sources: Sequence[int], key: tuple[Any, ...], ends: bool) -> _Step:
        """A step that is not known yet."""
        signals = [self.steps[source].signal for source in sources]
        try:
            facts = layer_facts(layer, tuple([signal.shape for signal in signals]))
            field = _field(layer, facts, signals)
        except ArchdbError as error:
            raise self.explained(error, layer) from None
        if len(_STEPS) >= MEMORY:
            forget()
        begins = not signals or any(signal.map for signal in signals)
        is_map = begins and not ends and (facts.out is None or len(facts.out) == 3)
        signal = _SIGNALS.setdefault((facts.out, field, is_map), _Signal(facts.out, field, is_map))
        return _STEPS.setdefault(key, _Step(facts, signal, columns_of(field)))

    def explained(self, error: ArchdbError, layer: Layer) -> ArchdbError:
        """The error with the layer, what reaches it from where, and the network's input."""
        arrives = ", ".join(
            f"'{name}' {pretty(self.steps[self.position[name]].signal.shape or ())}"
            for name in layer.inputs
        )
        origin = f"from {arrives} (input {pretty(self.input)})" if arrives else ""
        error.remedy = "\n  ".join(filter(None, (origin, error.remedy)))
        return error.at(f"layer '{layer.name}' ({layer.op.name})")


def _field(layer: Layer, facts: Facts, signals: list[_Signal]) -> FieldOrReason:
    """The receptive field behind a layer, from those behind its inputs."""
    window, fields = facts.window, [signal.field for signal in signals]
    if layer.op.constant or (fields and all(field is NOTHING for field in fields)):
        return NOTHING
    if isinstance(window, Unbounded):
        return window.reason
    if not fields:
        return PIXEL if len(facts.out or ()) == 3 else NOT_AN_IMAGE
    field = fields[0] if len(fields) == 1 else union(fields, layer.name)
    if isinstance(field, str):
        return field
    if len({signal.map for signal in signals if signal.field is not NOTHING}) > 1:
        return f"paths meet in '{layer.name}', one of which has seen the whole map"
    if window is POINT:
        return field
    grown = through(field, window, facts.pads)
    check_size((*grown.size, *grown.stride, *grown.padding))
    return grown
