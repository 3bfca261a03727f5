"""The neutral graph: calls and tensors as any file or library has them.

Readers write it and the lowering reads it, so that neither knows the other. Kinds are ATen's names
(conv2d, layer_norm, scaled_dot_product_attention), tensors have all their axes, the batch included.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

#: Roles of a tensor. Parameters are trained, buffers are not; a constant is known to the reader.
INPUT, PARAMETER, BUFFER, CONSTANT, VALUE = "input", "parameter", "buffer", "constant", "value"
STORED = (PARAMETER, BUFFER, CONSTANT)

Shape = tuple[int, ...]


class Ref(NamedTuple):
    """A tensor among the arguments of a call."""

    name: str


class Tensor(NamedTuple):
    """`shape` is as recorded, the batch included: evidence, nothing is derived from it. None where
    the file does not say. `data`: the numbers of a small constant, in order."""

    name: str
    shape: Shape | None
    dtype: str = "float32"
    role: str = VALUE
    data: tuple[Any, ...] | None = None


@dataclass(slots=True)
class Call:
    """`arguments` by the name that ATen gives them, tensors as Refs, perhaps in lists."""

    kind: str
    path: str
    arguments: dict[str, Any]
    writes: tuple[str, ...]

    def reads(self) -> Iterator[str]:
        """The names of the tensors that it reads, in the order of the arguments."""
        return refs(self.arguments)


class Stated(NamedTuple):
    """Shapes of values as a file states them, of so many samples."""

    shapes: dict[str, Shape]
    batch: int


@dataclass
class Graph:
    """A network as it was read: `batch` is the extent that stands for the batch in all shapes.

    `modules`: class by path, for what has parts. `source`: what is said of the file in the report.
    """

    name: str
    calls: list[Call]
    tensors: dict[str, Tensor]
    inputs: list[str]
    outputs: list[str]
    batch: int
    modules: dict[str, str] = field(default_factory=dict)
    source: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    #: Whether equal tensors are kept once, so that a tensor read twice need not be shared.
    stored_once: bool = False
    #: Whether the shapes that calls state are those of one sample, with 1 where the batch is.
    one_sample: bool = False
    #: Shapes that the file states, where its batch is another than `batch`; then `Tensor.shape` of
    #: values is no evidence.
    stated: Stated | None = None

    def alike_by_chance(self, name: str) -> bool:
        """Whether a tensor that several calls read may be the tensors of each, stored once since
        they are equal: a vector of zeros or ones may, a matrix or a kernel is not equal to another
        by chance."""
        extents = [n for n in self.tensors[name].shape or () if n > 1]
        return self.stored_once and len(extents) < 2


def refs(value: Any) -> Iterator[str]:
    """The names of the Refs anywhere in a value."""
    if isinstance(value, Ref):
        yield value.name
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from refs(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from refs(item)


def mapped(value: Any, change: Any) -> Any:
    """The value with every Ref in it changed."""
    if isinstance(value, Ref):
        return change(value)
    if isinstance(value, Mapping):
        return {key: mapped(item, change) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [mapped(item, change) for item in value]
    return value
