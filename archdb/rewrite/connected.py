"""Fully connected layers turned into convolutions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from archdb.errors import ShapeError
from archdb.model.graph import Layer
from archdb.model.shape import Shape
from archdb.ops import Op
from archdb.ops.base import same_shape
from archdb.rewrite.base import RewriteContext, TracedLayer, facts_at, rule


@rule("fc-to-conv")
def fc_to_conv(context: RewriteContext) -> Iterator[Layer]:
    """A fully connected layer on a map as a convolution with a kernel of the map's size, those
    behind it as 1×1 convolutions (long2015, section 3.1): the same parameters and MACs at the
    native input, and at a larger one a map of scores in place of one.

    A flatten that only such layers read goes.
    """
    turn = _Turn(context)
    for traced in context.layers.values():
        yield from turn.step(traced)


@dataclass
class _Turn:
    """One pass: the shapes behind the layers as they become, and what is read for a flatten."""

    context: RewriteContext
    shapes: dict[str, Shape | None] = field(default_factory=dict)
    instead: dict[str, str] = field(default_factory=dict)

    def step(self, traced: TracedLayer) -> Iterator[Layer]:
        layer = traced.layer
        inputs = tuple(self.instead.get(name, name) for name in layer.inputs)
        shapes = tuple(self.shapes[name] for name in inputs)
        if traced.op.flattens and self.only_converted(layer.name, shapes[0]):
            self.instead[layer.name] = inputs[0]
            return
        op = self.convert(layer, shapes) if self.context.chosen(layer.name) else traced.op
        turned = layer._replace(op=op, inputs=inputs)
        self.shapes[layer.name] = facts_at(turned, shapes).out
        yield turned

    def convert(self, layer: Layer, shapes: tuple[Shape | None, ...]) -> Op:
        op: Op = layer.op
        if len(shapes) != 1 or shapes[0] is None:
            return op
        try:
            convolution: Op | None = op.as_convolution(shapes[0])
        except ShapeError as error:
            self.context.skip(layer.name, error.what)
            return op
        return convolution or op

    def only_converted(self, name: str, x: Shape | None) -> bool:
        """Whether all that reads this layer will read the map itself, perhaps through layers that
        keep whatever shape arrives."""
        readers = self.context.readers[name]
        return x is not None and bool(readers) and all(self.turns(reader, x) for reader in readers)

    def turns(self, name: str, x: Shape) -> bool:
        op = self.context.layers[name].op
        if type(op).out is same_shape:
            return self.only_converted(name, x)
        return len(x) == 3 and self.context.chosen(name) and op.as_convolution(x) is not None
