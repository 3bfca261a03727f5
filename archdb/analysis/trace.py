"""One walk over a network: the four facts of each op, the field and the depth of each layer.

What a layer hands to its readers is a signal, a shape with the field behind it, and equal signals
are one object. So a step is known by its op and the signals that arrive, and equal steps are
worked out once, in whatever network they stand.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from archdb.analysis.inputs import Inputs, format_inputs
from archdb.analysis.layer_costs import MEMORY, Facts, Row, check_size, layer_facts, unfit_facts
from archdb.analysis.receptive_field import (
    NOT_AN_IMAGE,
    NOTHING,
    PIXEL,
    FieldOrReason,
    columns_of,
    through,
    union,
)
from archdb.analysis.shared_weights import check_shared
from archdb.analysis.totals import deepest
from archdb.errors import ArchdbError, ShapeError
from archdb.model import shape as shapes
from archdb.model.graph import Layer, Network
from archdb.model.input_spec import pretty
from archdb.model.shape import Shape
from archdb.model.window import POINT, Unbounded


class _Signal:
    """What a layer hands on. Compared by identity: `_signal` makes one of each."""

    __slots__ = ("field", "map", "shape")

    def __init__(self, shape: Shape | None, field: FieldOrReason, is_map: bool) -> None:
        self.shape, self.field = shape, field
        #: Whether it is a map that grows with the input (`Op.ends_map`), or may be one.
        self.map = is_map


class TraceStep(NamedTuple):
    """A layer worked out; `field` is the signal's field as columns."""

    facts: Facts
    signal: _Signal
    field: Row


_SIGNALS: dict[tuple[Any, ...], _Signal] = {}
_STEPS: dict[tuple[Any, ...], TraceStep] = {}


def forget() -> None:
    """Let go of all signals and steps."""
    _SIGNALS.clear()
    _STEPS.clear()


class Trace:
    """One pass: what each layer, by position, reads and comes to.

    `native` is the pass at native input, where that is another one and matters. `elsewhere`: the
    input is not the native one, so an auxiliary head may not fit it: the network does without.
    """

    def __init__(
        self,
        network: Network,
        inputs: Inputs,
        native: Trace | None = None,
        *,
        elsewhere: bool = False,
    ) -> None:
        self.network, self.inputs, self.native = network, inputs, native
        self.elsewhere = elsewhere
        #: Layers whose op is another at this size, by position; whether any shares weights.
        self.resized: dict[int, Layer] = {}
        self.shares = False
        self.position: dict[str, int] = {}
        self.reads: list[list[int]] = []
        self.rows: list[Row] = []
        self.steps: list[TraceStep] = []
        self.depths: list[int | None] = []
        for layer in network.layers:
            self.add_layer(layer)
        if self.shares:
            arrive = [[self.steps[i].signal.shape for i in reads] for reads in self.reads]
            check_shared(self.network_at_inputs(), dict(zip(self.position, arrive, strict=True)))

    def add_layer(self, layer: Layer) -> None:
        position, steps, depths = self.position, self.steps, self.depths
        sources = [position[name] for name in layer.inputs]
        ends = None
        if layer.op.sized:
            layer, ends = self.resize_layer(layer, sources)
        if len(sources) == 1:
            above = depths[sources[0]]
            key: tuple[Any, ...] = (layer.op, steps[sources[0]].signal)
        else:  # where paths meet, what is said of them names the layer
            above = deepest([depths[source] for source in sources])
            key = (layer.op, layer.name, *[steps[source].signal for source in sources])
        if ends is not None:
            key += (ends,)
        if layer.weights_of is not None:
            key += (layer.weights_of,)
            self.shares = True
        step = _STEPS.get(key) or self.derive_step(layer, sources, key, ends)
        facts = step.facts
        settled = above is not None and (facts.counted or facts.settled)
        depth = above + facts.weighted if settled else None  # type: ignore[operator]
        position[layer.name] = len(steps)
        self.reads.append(sources)
        steps.append(step)
        depths.append(depth)
        self.rows.append((*facts.columns, depth, *step.field))

    def resize_layer(self, layer: Layer, sources: Sequence[int]) -> tuple[Layer, bool]:
        """The layer with what holds of its op at this size, and whether it ends the map: of an op
        that hangs on what arrives at native input."""
        arrive = [self.steps[source].signal.shape for source in sources]
        known = self.native or self
        native = [known.steps[source].signal.shape for source in sources]
        ends = layer.op.ends_map(*native)
        if self.native and (None in arrive or arrive != native):
            layer = layer._replace(op=layer.op.unsized())
            self.resized[len(self.steps)] = layer
        return layer, ends

    def network_at_inputs(self) -> Network:
        """The network with its ops as they were taken."""
        given = self.network
        if not self.resized:
            return given
        layers = [self.resized.get(i, layer) for i, layer in enumerate(given)]
        return Network(given.name, layers, given.blocks)

    def derive_step(
        self, layer: Layer, sources: Sequence[int], key: tuple[Any, ...], ends: bool | None
    ) -> TraceStep:
        """A step that is not known yet."""
        signals = [self.steps[source].signal for source in sources]
        try:
            facts = layer_facts(layer, tuple([signal.shape for signal in signals]))
            field = _field(layer, facts, signals)
        except ArchdbError as error:
            if self.elsewhere and layer.auxiliary and isinstance(error, ShapeError):
                return _unfit_step(error)
            raise self.locate(error, layer) from None
        if len(_STEPS) >= MEMORY:
            forget()
        if ends is None:
            ends = layer.op.ends_map(*[signal.shape for signal in signals])
        begins = any(signal.map for signal in signals) if signals else not layer.op.constant
        is_map = begins and not ends and (facts.out is None or shapes.is_map(facts.out))
        handed = (facts.out, getattr(facts.out, "axes", None), field, is_map)
        signal = _SIGNALS.setdefault(handed, _Signal(facts.out, field, is_map))
        return _STEPS.setdefault(key, TraceStep(facts, signal, columns_of(field)))

    def locate(self, error: ArchdbError, layer: Layer) -> ArchdbError:
        """The error with the layer, what reaches it from where, and the network's input."""
        arrives = ", ".join(
            f"'{name}' {shapes.pretty(self.steps[self.position[name]].signal.shape or ())}"
            for name in layer.inputs
        )
        origin = f"from {arrives} (input {pretty(format_inputs(self.inputs))})" if arrives else ""
        hints = map(shapes.hint, self.inputs.values())
        error.remedy = "\n  ".join(filter(None, (origin, error.remedy, *hints)))
        return error.at(f"layer '{layer.name}' ({layer.op.name})")


def _unfit_step(error: ShapeError) -> TraceStep:
    """The step of a head's layer that cannot take what arrives. It is not kept: the same layer in
    the network itself is an error."""
    reason = f"does not fit: {error.what}"
    signal = _SIGNALS.setdefault((None, reason, False), _Signal(None, reason, False))
    return TraceStep(unfit_facts(reason), signal, columns_of(reason))


def _field(layer: Layer, facts: Facts, signals: list[_Signal]) -> FieldOrReason:
    """The receptive field behind a layer, from those behind its inputs."""
    window, fields = facts.window, [signal.field for signal in signals]
    if layer.op.constant or (fields and all(field is NOTHING for field in fields)):
        return NOTHING
    if isinstance(window, Unbounded):
        return window.reason
    if not fields:
        return PIXEL if shapes.is_image(facts.out) else NOT_AN_IMAGE
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
