"""A network as it is compared: by what its ops do to the shapes that arrive.

Each op is in its normal writing (`Op.writing`) at the network's native input. Layers that only
give elements another place or shape are taken together, and stand as far behind as they can: what
works element by element, or along an axis that they leave whole, is done before them. So what is
written in two ways becomes one network; what is in that form already is left as it is.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from functools import lru_cache
from math import prod
from typing import NamedTuple

from archdb.analysis.arrangement import Arrangement, unmoved, whole
from archdb.analysis.arrangement_ops import chosen_ops, moving_ops
from archdb.analysis.inputs import native_inputs
from archdb.analysis.trace import Trace
from archdb.errors import ArchdbError
from archdb.model.graph import Layer, Network
from archdb.model.shape import Shape, key_of
from archdb.ops import Op
from archdb.ops.cutting import Select, Slice
from archdb.ops.written import Reshaped, Steps, Writing


class NormalForm(NamedTuple):
    """`network`: in normal form, its layers called as those of the `original` that they are;
    `owners`: for layers of other names the original's that they belong to."""

    network: Network
    original: Network
    owners: Mapping[str, str]


@lru_cache(maxsize=16)
def normal_form(network: Network) -> NormalForm:
    """The normal form of a network; of one whose shapes cannot be worked out itself."""
    itself = NormalForm(network, network, {})
    if all(layer.op.written_plainly for layer in network):
        return itself
    try:
        trace = Trace(network, native_inputs(network))
    except ArchdbError:
        return itself
    writer = _Writer(network, [facts.out for facts in trace.facts])
    return NormalForm(writer.network(), network, writer.owners)


@lru_cache(maxsize=1 << 15)
def _writing(op: Op, shapes: tuple[Shape, ...], keys: tuple[Hashable, ...]) -> Writing:
    """Shapes of equal extents may have other axes: hence the keys, which tell them apart."""
    writing: Writing = op.writing(*shapes)
    return writing


class _Value(NamedTuple):
    """What a layer hands on: what a layer of the normal form does, otherwise arranged, by layers
    of the original. `made` is None where the shape is not known."""

    source: str
    made: Arrangement | None
    by: tuple[str, ...] = ()


class _Writer:
    """Writes a network's layers one after the other."""

    def __init__(self, network: Network, shapes: list[Shape | None]) -> None:
        self.original = network
        self.layers: dict[str, Layer] = {}
        self.values: dict[str, _Value] = {}
        self.owners: dict[str, str] = {}
        self.tables: dict[str, Op] = {}
        self.choosing: set[str] = set()
        self.given = {layer.name: layer for layer in network}
        self.shapes = dict(zip(self.given, shapes, strict=True))
        self.known: dict[tuple[str, Op, bool], str] = {}
        for layer in network:
            self.values[layer.name] = self.write(layer)

    def network(self) -> Network:
        """What has been written; the original where that is the same."""
        read = {source for layer in self.original for source in layer.inputs}
        for layer in self.original:
            if layer.name not in read:
                self.end(self.values[layer.name], layer)
        layers = tuple(self.layers.values())
        if layers == self.original.layers:
            return self.original
        return Network(self.original.name, layers, self.original.blocks)

    def end(self, value: _Value, layer: Layer) -> None:
        """What the network gives. Axes of one element make no difference to it."""
        made = value.made
        if made and made.in_order and value.source not in self.tables:
            given, wanted = ([n for n in x if n > 1] for x in (made.given, made.shape))
            if given == wanted:
                return
        self.settle(value, layer)

    def write(self, layer: Layer) -> _Value:
        """Write one layer behind all that it reads; what it hands on."""
        arrive = [self.shapes[source] for source in layer.inputs]
        out = self.shapes[layer.name]
        values = [self.values[name] for name in layer.inputs]
        if out is None or None in arrive:
            return self.put(layer, layer.op, values, out)
        shapes = tuple(x for x in arrive if x is not None)
        writing = _writing(layer.op, shapes, tuple(map(key_of, shapes)))
        if (joined := self.joined(layer, values)) is not None:
            return joined
        if writing.op is None:
            if writing.chooses:
                self.choosing.add(layer.name)
            return self.follow(values[0], writing.behind, layer, (layer.name,))
        for slot, steps in enumerate(writing.before):
            values[slot] = self.follow(values[slot], steps, layer)
        if len(values) == 1 and (before := self.put_before(layer, writing.op, values[0], out)):
            return self.follow(before, writing.behind, layer)
        if writing.behind:
            read = (x.made.shape for x in values if x.made)
            out = writing.op.out(*read)
        return self.follow(self.put(layer, writing.op, values, out), writing.behind, layer)

    def joined(self, layer: Layer, values: list[_Value]) -> _Value | None:
        """All parts of one tensor beside each other, as a whole."""
        sources = {value.source for value in values}
        if len(sources) != 1 or not sources.isdisjoint(self.tables):
            return None
        axis = layer.op.joins_along(*(self.shapes[source] for source in layer.inputs))
        if axis is None or not (made := whole([x.made for x in values if x.made], axis)):
            return None
        by = tuple(dict.fromkeys(name for value in values for name in value.by))
        return _Value(values[0].source, made, (*by, layer.name))

    def follow(self, value: _Value, steps: Steps, layer: Layer, by: tuple[str, ...] = ()) -> _Value:
        """A value behind steps. What they cut otherwise than it was put together is settled first,
        if need be as one vector."""
        for step in steps:
            made = value.made and value.made.behind(step)
            if made is None:
                value = self.settle(value, layer)
                made = value.made and value.made.behind(step)
            if made is None:
                flat = Reshaped((prod(value.made.shape if value.made else ()),))
                value = self.settle(self.follow(value, (flat,), layer), layer)
                made = value.made and value.made.behind(step)
            value = value._replace(made=made)
        return value._replace(by=value.by + by)

    def put_before(self, layer: Layer, op: Op, value: _Value, out: Shape) -> _Value | None:
        """An op before the arrangement of what it reads, and behind what is chosen there; None
        where it makes a difference to it."""
        made = value.made
        if made is None or made == unmoved(made.given) or value.source in self.tables:
            return None
        axes = op.acts_along(made.shape)
        if axes is None:
            return None
        if made.chosen:
            value = self.choose(value, layer)
            made = value.made
            assert made is not None
        turned = made.along(axes)
        if turned is None:
            core = tuple(n for n in made.shape if n > 1)
            if core in ((), made.shape):
                return None
            narrow = self.settle(self.follow(value, (Reshaped(core),), layer), layer)
            wide = self.follow(narrow, (Reshaped(made.shape),), layer)
            return self.put_before(layer, op, wide, out)
        if axes:
            extent = out[axes[0]]
            if extent == 1:
                return None
            op = op.turned_to(made.given, turned)
            made = made.with_extent(turned[0], extent)
        self.layers[layer.name] = layer._replace(op=op, inputs=(value.source,))
        return _Value(layer.name, made, value.by)

    def put(self, layer: Layer, op: Op, values: list[_Value], out: Shape | None) -> _Value:
        """The layer itself, behind all that it reads."""
        made = values[0].made if values else None
        if made and made.in_order and op.reads_flat(made.shape) and len(made.axes) != 2:
            sources = [values[0], *(self.settle(value, layer) for value in values[1:])]
        else:
            sources = [self.settle(value, layer) for value in values]
        inputs = tuple(value.source for value in sources)
        if out is not None and op.in_shape(out) is not None:
            self.tables[layer.name] = op
            return _Value(layer.name, unmoved(out), (layer.name,))
        if op is not layer.op or inputs != layer.inputs:
            layer = layer._replace(op=op, inputs=inputs)
        self.layers[layer.name] = layer
        return _Value(layer.name, None if out is None else unmoved(out))

    def choose(self, value: _Value, reader: Layer) -> _Value:
        """With what is chosen taken."""
        assert value.made is not None
        for op, made in chosen_ops(value.made):
            value = value._replace(source=self.lay(value, op, reader), made=made)
        return value

    def settle(self, value: _Value, reader: Layer) -> _Value:
        """With all elements where they belong, in layers of their own."""
        if value.made is None:
            return value
        if value.source in self.tables:
            return self.settle_table(value, value.made, reader)
        if value.made.chosen:
            value = self.choose(value, reader)
        made = value.made
        assert made is not None
        for op, _ in moving_ops(made):
            value = value._replace(source=self.lay(value, op, reader))
        return _Value(value.source, unmoved(made.shape), value.by)

    def settle_table(self, value: _Value, made: Arrangement, reader: Layer) -> _Value:
        """Elements that are not told apart: for each reader, in the shape that it reads."""
        op = self.tables[value.source].in_shape(made.shape)
        like = self.given[value.source]
        name = self.name(value, op, like)
        self.layers[name] = Layer(name, op, (), like.block, like.auxiliary and reader.auxiliary)
        return _Value(name, unmoved(made.shape))

    def lay(self, value: _Value, op: Op, reader: Layer) -> str:
        """The name of a layer of one op behind another, which may be there already."""
        like = self.given[value.by[-1]] if value.by else reader
        key = (value.source, op, like.auxiliary)
        if key not in self.known:
            name = self.name(value, op, like)
            self.layers[name] = Layer(name, op, (value.source,), like.block, like.auxiliary)
            self.known[key] = name
        return self.known[key]

    def name(self, value: _Value, op: Op, like: Layer) -> str:
        """That of a layer that does the same, else of one whose place it takes, else a new one."""
        chooses = isinstance(op, Select | Slice)
        free = [name for name in value.by if name not in self.layers]
        free = [name for name in free if (name in self.choosing) == chooses]
        same = [name for name in free if self.given[name].op.name == op.name]
        if found := same or free:
            return found[0]
        name = f"{like.name}.{op.name}"
        while name in self.given or name in self.layers:
            name += "'"
        self.owners[name] = like.name
        return name
