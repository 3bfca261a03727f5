"""Blocks: figures of papers as functions that lay layers into a draft.

A block function takes the draft and its own name, and keyword attributes declared by the same
kinds as those of ops. Each call is recorded, so that the database keeps the row of the paper's
table (kind and attributes) beside the layers that it stands for.
"""

import contextlib
import functools
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from archdb.blocks.widths import WIDTHS, Widths
from archdb.errors import DefinitionError
from archdb.model.declaration import Declaration, declared
from archdb.model.graph import Block, Layer, Network
from archdb.ops import REGISTRY as OPS
from archdb.ops import Op, make
from archdb.ops.activation import Relu
from archdb.ops.convolution import Conv2d
from archdb.ops.normalization import BatchNorm


class NetworkBuilder:
    """A network being laid out, layer by layer; each reads the one before unless told."""

    def __init__(self, each: Mapping[str, Mapping[str, Any]] | None = None) -> None:
        """`each`: op → attributes that all its layers have here, whatever row or block says."""
        self.each = each or {}
        self.layers: list[Layer] = []
        self.blocks: list[Block] = []
        self.last = ""
        self.auxiliary = False
        self._open: list[str] = []

    def add(
        self,
        name: str,
        op: Op,
        *inputs: str,
        weights_of: str | None = None,
        follows: bool = True,
    ) -> str:
        """Lay one layer, perhaps with the weights of another, and return its name. Unless it
        `follows`, one without inputs reads nothing."""
        if not inputs and op.arity[1] != 0 and follows:
            inputs = (self.last,) if self.last else ()
        block = self._open[-1] if self._open else None
        if changes := self.each.get(op.name):
            op = op.like(**changes)
        self.layers.append(Layer(name, op, inputs, block, self.auxiliary, weights_of))
        self.last = name
        return name

    def row(
        self, name: str, kind: str, attributes: dict[str, Any], inputs: tuple[str, ...] | None
    ) -> None:
        """Lay one row of a seed: an op, or a block that stands for several. Without inputs it
        reads the row above; with none, nothing."""
        if kind in REGISTRY:
            if inputs is not None and len(inputs) != 1:
                raise DefinitionError(f"a block reads one layer, got {len(inputs)}")
            self.last = inputs[0] if inputs else self.last
            REGISTRY[kind](self, name, **attributes)
        else:
            own = dict(attributes)
            shared = own.pop("weights_of", None)
            if shared is not None and (not isinstance(shared, str) or not shared):
                raise DefinitionError(f"'weights_of' needs the name of a layer, got {shared!r}")
            follows = inputs is None
            self.add(name, make(kind, own), *(inputs or ()), weights_of=shared, follows=follows)

    @contextlib.contextmanager
    def inside(self, name: str, kind: str, attributes: Mapping[str, Any]) -> Iterator[None]:
        """What is laid meanwhile belongs to a block that is spelled out; it may go on in a second
        place, if it is the same there."""
        block = Block(name, kind, attributes, self._open[-1] if self._open else None)
        known = next((other for other in self.blocks if other.name == name), None)
        if known is None:
            self.blocks.append(block)
        elif known != block:
            raise DefinitionError("goes on as another block than it began")
        self._open.append(name)
        try:
            yield
        finally:
            self._open.pop()

    def conv_relu(
        self, name: str, relu: str, filters: int, kernel: Any, *inputs: str, **rest: Any
    ) -> str:
        """A convolution with bias and its ReLU, under the two names its source gives them."""
        self.add(name, Conv2d(filters=filters, kernel=kernel, **rest), *inputs)
        return self.add(relu, Relu())

    def conv_bn(
        self, name: str, norm: str, filters: int, kernel: Any, *inputs: str, **rest: Any
    ) -> str:
        """A convolution without bias and its batch normalisation."""
        self.add(name, Conv2d(filters=filters, kernel=kernel, bias=False, **rest), *inputs)
        return self.add(norm, BatchNorm())

    def network(self, name: str) -> Network:
        """The finished network."""
        return Network(name, self.layers, self.blocks)


REGISTRY: dict[str, Callable[..., None]] = {}
DECLARATIONS: dict[str, Declaration] = {}

Draw = TypeVar("Draw", bound=Callable[..., None])


def block(kind: str, widths: Widths | None = None) -> Callable[[Draw], Draw]:
    """Register a function `(draft, name, *, attribute: Kind = default, ...)` as a block, perhaps
    with the width multiplier of its paper."""

    def register(draw: Draw) -> Draw:
        if kind in REGISTRY or kind in OPS:
            raise TypeError(f"'{kind}' is registered twice")
        declaration = Declaration(declared(draw), draw.__kwdefaults__ or {})

        @functools.wraps(draw)
        def laid(net: NetworkBuilder, name: str, **given: Any) -> None:
            values = declaration.parse(given)
            parent = net._open[-1] if net._open else None
            net.blocks.append(Block(name, kind, given, parent))
            net._open.append(name)
            draw(net, name, **values)
            net._open.pop()

        REGISTRY[kind] = laid
        DECLARATIONS[kind] = declaration
        if widths:
            WIDTHS[kind] = widths
        return laid  # type: ignore[return-value]

    return register
