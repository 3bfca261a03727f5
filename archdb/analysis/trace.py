"""One walk over a network: the four facts of each op, the field and the depth of each layer.

Both are worked out once for equal steps, in whatever network they stand: the facts of an op by
the shapes that arrive, what has been seen behind it by these facts and what had been seen before.
An op that goes position by position hands on what it reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from archdb.analysis.inputs import Inputs, format_inputs
from archdb.analysis.layer_costs import (
    BORROWED,
    KNOWN,
    MEMORY,
    Facts,
    learn,
    unfit_facts,
)
from archdb.analysis.receptive_field import (
    NOT_AN_IMAGE,
    NOTHING,
    PIXEL,
    FieldOrReason,
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
from archdb.model.window import Unbounded
from archdb.ops import Op


class Seen:
    """What an output has seen of the input. Compared by identity: `_seen` makes one of each."""

    __slots__ = ("field", "map")

    def __init__(self, field: FieldOrReason, is_map: bool) -> None:
        self.field = field
        #: Whether it is a map that grows with the input (`Op.ends_map`), or may be one.
        self.map = is_map


#: What is seen, each once; and behind a step, by its facts and what had been seen before.
_SEEN: dict[tuple[FieldOrReason, bool], Seen] = {}
_BEHIND: dict[tuple[Any, ...], Seen] = {}


def forget() -> None:
    """Let go of all that was worked out."""
    _SEEN.clear()
    _BEHIND.clear()
    KNOWN.clear()


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
        self.facts: list[Facts] = []
        self.seen: list[Seen] = []
        self.depths: list[int | None] = []
        self.walk()
        if self.shares:
            arrive = [self.arriving(reads) for reads in network.reads]
            names = [layer.name for layer in network]
            check_shared(self.network_at_inputs(), dict(zip(names, arrive, strict=True)))

    def walk(self) -> None:
        """Each layer behind what it reads; what is not known yet is worked out."""
        known, seen, depths = self.facts, self.seen, self.depths
        for layer, reads in zip(self.network.layers, self.network.reads, strict=True):
            op, ends = layer.op, None
            if op.sized:
                layer, ends = self.resize_layer(layer, reads)
                op = layer.op
            if len(reads) == 1:
                above = depths[reads[0]]
                key: tuple[Any, ...] = (op, known[reads[0]].key)
            else:
                above = deepest([depths[source] for source in reads])
                key = (op, *[known[source].key for source in reads])
            if layer.weights_of is not None:
                key = (*key, BORROWED)
                self.shares = True
            try:
                facts = KNOWN.get(key) or learn(key, tuple([known[i].out for i in reads]))
                if len(reads) == 1:
                    sees = seen[reads[0]]
                    if not facts.still or (sees.map and (ends or not facts.goes_on)):
                        sees = _BEHIND.get((facts, ends, sees)) or _look(layer, facts, ends, [sees])
                else:  # where paths meet, what is said of them names the layer
                    met = [seen[source] for source in reads]
                    sees = _BEHIND.get((facts, ends, *met, layer.name)) or _look(
                        layer, facts, ends, met
                    )
            except ArchdbError as error:
                facts, sees = self.take_unfit(layer, reads, error)
            known.append(facts)
            seen.append(sees)
            depths.append(above + facts.weighted if above is not None and facts.settled else None)

    def arriving(self, reads: Sequence[int]) -> list[Shape | None]:
        """The shapes that a layer reads."""
        return [self.facts[source].out for source in reads]

    def resize_layer(self, layer: Layer, reads: Sequence[int]) -> tuple[Layer, bool]:
        """The layer with what holds of its op at this size, and whether it ends the map: of an op
        that hangs on what arrives at native input."""
        arrive = self.arriving(reads)
        native = (self.native or self).arriving(reads)
        ends = layer.op.ends_map(*native)
        if self.native and (None in arrive or arrive != native):
            layer = layer._replace(op=layer.op.unsized())
            self.resized[len(self.facts)] = layer
        return layer, ends

    def network_at_inputs(self) -> Network:
        """The network with its ops as they were taken."""
        given = self.network
        if not self.resized:
            return given
        layers = [self.resized.get(i, layer) for i, layer in enumerate(given)]
        return Network(given.name, layers, given.blocks)

    def take_unfit(
        self, layer: Layer, reads: Sequence[int], error: ArchdbError
    ) -> tuple[Facts, Seen]:
        """What stands for a layer of a head that cannot take what arrives; elsewhere than in a
        head, or at native input, that is an error. It says what reaches the layer from where, and
        the network's input."""
        if self.elsewhere and layer.auxiliary and isinstance(error, ShapeError):
            reason = f"does not fit: {error.what}"
            return unfit_facts(reason), _one(reason, False)
        arrives = ", ".join(
            f"'{name}' {shapes.pretty(shape or ())}"
            for name, shape in zip(layer.inputs, self.arriving(reads), strict=True)
        )
        origin = f"from {arrives} (input {pretty(format_inputs(self.inputs))})" if arrives else ""
        hints = map(shapes.hint, self.inputs.values())
        error.remedy = "\n  ".join(filter(None, (origin, error.remedy, *hints)))
        raise error.at(f"layer '{layer.name}' ({layer.op.name})") from None


def _look(layer: Layer, facts: Facts, ends: bool | None, before: Sequence[Seen]) -> Seen:
    """What is seen behind a step that is not known yet."""
    where: tuple[str, ...] = ()
    if len(before) == 1:
        field, is_map = before[0].field, before[0].map
    else:
        field, is_map = _meet(layer, facts, before)
        where = (layer.name,)
    seen = _one(_carried(field, layer.op, facts), is_map and facts.goes_on and not ends)
    if len(_BEHIND) >= MEMORY:
        _BEHIND.clear()
        _SEEN.clear()
    _BEHIND[(facts, ends, *before, *where)] = seen
    return seen


def _one(field: FieldOrReason, is_map: bool) -> Seen:
    """The object that stands for all that is seen alike."""
    key = (field, is_map)
    return _SEEN.get(key) or _SEEN.setdefault(key, Seen(field, is_map))


def _meet(layer: Layer, facts: Facts, before: Sequence[Seen]) -> tuple[FieldOrReason, bool]:
    """The field that reaches a layer on several paths or begins with it, and whether on a map."""
    if not before:
        field = PIXEL if shapes.is_image(facts.out) else NOT_AN_IMAGE
        return field, not layer.op.constant
    met = [seen for seen in before if seen.field is not NOTHING]
    field = union([seen.field for seen in met], layer.name)
    if len({seen.map for seen in met}) > 1 and not isinstance(field, str):
        field = f"paths meet in '{layer.name}', one of which has seen the whole map"
    return field, any(seen.map for seen in before)


def _carried(field: FieldOrReason, op: Op, facts: Facts) -> FieldOrReason:
    """The receptive field behind an op, from that in front of it."""
    if op.constant or field is NOTHING:
        return NOTHING
    if isinstance(facts.window, Unbounded):
        return facts.window.reason
    if facts.still or isinstance(field, str):
        return field
    return through(field, facts.window, facts.pads)
