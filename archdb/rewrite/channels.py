"""Which layers of a network are equally wide because they meet, and what the others follow from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from math import gcd, lcm

from archdb.analysis.layer_costs import facts_of
from archdb.errors import ShapeError
from archdb.model.graph import Layer
from archdb.model.shape import Shape
from archdb.ops.rewritable import Origin, count, with_count
from archdb.rewrite.base import RewriteContext, TracedLayer, facts_at

#: Sums and slices of several sets are each as wide as theirs make them, rounding and all.
ROUNDED_APART = "rounding parts widths that meet there: a power of two may keep them together"


class Channels:
    """Layers in sets of one width, each called by one of its layers, its root.

    `stated`: the layers whose attributes say how wide a set is. `unfree`: why the width of a set
    cannot be chosen; `pinned`: that, and why it is not to be.
    """

    def __init__(self, context: RewriteContext) -> None:
        self.layers = context.layers
        self.readers = context.readers
        self._parent = {name: name for name in self.layers}
        for traced in self.layers.values():
            for slot in _slots(traced):
                self._join(traced.layer.inputs[slot], traced.name)
            if traced.layer.weights_of is not None:  # the same weights read and give as much
                owner = self.layers[traced.layer.weights_of].layer
                self._join(traced.name, owner.name)
                for own, theirs in zip(traced.layer.inputs, owner.inputs, strict=False):
                    self._join(own, theirs)
        self.stated: dict[str, list[str]] = {}
        self.worked_out: dict[str, TracedLayer] = {}
        for name, traced in self.layers.items():
            if isinstance(_origin(traced), str):
                self.stated.setdefault(self.root(name), []).append(name)
            elif not _slots(traced):
                self.worked_out[self.root(name)] = traced
        self.unfree: dict[str, str] = {}
        for traced in self.layers.values():
            self._bind(traced)
        self.pinned = {
            self.root(name): "what the network gives out"
            for name, readers in self.readers.items()
            if not readers
        } | self.unfree

    def root(self, name: str) -> str:
        """The layer by which the set of this one is called."""
        while self._parent[name] != name:
            self._parent[name] = name = self._parent[self._parent[name]]
        return name

    def _join(self, name: str, other: str) -> None:
        """Two layers are equally wide."""
        self._parent[self.root(name)] = self.root(other)

    def width(self, root: str) -> int:
        """Channels (or features) in each layer of a set."""
        out = self.layers[root].facts.out
        return 0 if out is None else count(out)

    def divisor(self, root: str) -> int:
        """What the width of a set must be a multiple of."""
        return self._divisors.get(root, 1)

    @cached_property
    def _divisors(self) -> dict[str, int]:
        """By root: the groups into which layers of a set, or layers that read it, divide it; what
        makes a slice whole; and what a concatenation must be, each of its parts."""
        found: dict[str, int] = {}

        def refine(root: str, step: int) -> None:
            found[root] = lcm(gcd(step, self.width(root)), found.get(root, 1))

        for traced in self.layers.values():
            refine(self.root(traced.name), traced.op.multiple)
            for name in (traced.name, *traced.layer.inputs):
                refine(self.root(name), _groups(traced))
        for traced in reversed(self.layers.values()):
            if not _slots(traced) and not isinstance(_origin(traced), str):
                step, parts = found.get(self.root(traced.name), 1), traced.layer.inputs
                if len(parts) == 1:  # in proportion: so many that what comes out is a multiple
                    read = step * self.width(self.root(parts[0]))
                    step = read // gcd(read, self.width(self.root(traced.name)))
                for name in parts:
                    refine(self.root(name), step)
        return found

    def _bind(self, traced: TracedLayer) -> None:
        """What a layer that speaks of particular channels reads, and what is given, is not free."""
        if traced.op.source:
            self._fix(self.root(traced.name), f"as wide as '{traced.name}', which is given")
            return
        for slot in traced.op.single(*_known_inputs(traced)) if None not in traced.inputs else ():
            self._fix(self.root(traced.layer.inputs[slot]), f"spread over '{traced.name}'")
        if _slots(traced) or isinstance(_origin(traced), str):
            return
        try:
            if None in traced.inputs or not traced.op.known:
                raise ShapeError("is or follows an op that archdb does not know")
            double = _double(traced)
            facts_of(traced.op.adapted(_known_inputs(traced), double), double)
        except ShapeError as error:
            for name in traced.layer.inputs:
                self._fix(self.root(name), f"'{traced.name}' {error.what}")

    def _fix(self, root: str, why: str) -> None:
        """A set is not free, and neither is what its width is worked out from."""
        if root in self.unfree:
            return
        self.unfree[root] = why
        if root in self.worked_out:
            for name in self.worked_out[root].layer.inputs:
                self._fix(self.root(name), why)

    def build(self, wanted: Mapping[str, int]) -> Iterator[Layer]:
        """The network's layers where sets have other widths, by root; what is worked out from
        them follows, and what states the width of a set whose width is worked out."""
        shapes: dict[str, Shape | None] = {}
        widths: dict[str, int] = {}
        for traced in self.layers.values():
            op = traced.op
            new = tuple(shapes[name] for name in traced.layer.inputs)
            if None not in traced.inputs:
                op = op.adapted(_known_inputs(traced), tuple(x for x in new if x is not None))
                origin = _origin(traced)
                if isinstance(origin, str):
                    op = op.as_wide(origin, self._width(self.root(traced.name), wanted, widths))
            layer = traced.layer._replace(op=op)
            try:
                shapes[traced.name] = facts_at(layer, new).out
            except ShapeError as error:
                error.remedy = error.remedy or ROUNDED_APART
                raise
            yield layer

    def _width(self, root: str, wanted: Mapping[str, int], widths: dict[str, int]) -> int:
        """How wide a set becomes."""
        if root not in widths:
            traced = self.worked_out.get(root)
            if traced is None or traced.op.source or None in traced.inputs:
                widths[root] = wanted.get(root, self.width(root))
            else:
                parts = [self._width(self.root(n), wanted, widths) for n in traced.layer.inputs]
                new = tuple(map(with_count, _known_inputs(traced), parts))
                out = facts_of(traced.op.adapted(_known_inputs(traced), new), new).out
                widths[root] = count(out) if out is not None else self.width(root)
        return widths[root]


def _origin(traced: TracedLayer) -> Origin:
    """Where a layer's channels come from; of what is open nothing is known."""
    known = _known_inputs(traced)
    return traced.op.channels(*known) if len(known) == len(traced.inputs) else ()


def _known_inputs(traced: TracedLayer) -> tuple[Shape, ...]:
    """The shapes that arrive, as far as they are known."""
    return tuple(x for x in traced.inputs if x is not None)


def _slots(traced: TracedLayer) -> tuple[int, ...]:
    """The inputs of which each channel becomes one of the output's."""
    origin = _origin(traced)
    return () if isinstance(origin, str) else origin


def _double(traced: TracedLayer) -> tuple[Shape, ...]:
    """The same with twice the channels."""
    return tuple(with_count(x, 2 * count(x)) for x in _known_inputs(traced))


def _groups(traced: TracedLayer) -> int:
    """Into how many groups a layer divides channels, unless there are as many as channels."""
    groups = int(traced.op.attributes().get("groups", 1))
    if groups == 1 or None in traced.inputs:
        return 1
    twice = traced.op.adapted(_known_inputs(traced), _double(traced))
    return groups if twice.attributes()["groups"] == groups else 1
