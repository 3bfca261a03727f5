"""What an ONNX file is made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Given(NamedTuple):
    """An attribute of a function's node that the function's caller gives under this name."""

    name: str


@dataclass(slots=True)
class OnnxTensor:
    """A tensor of the file; `data`: its numbers where it is small."""

    name: str = ""
    shape: tuple[int, ...] = ()
    dtype: str = "float32"
    data: tuple[Any, ...] | None = None
    external: bool = False
    #: Where its data are, if in another file: location, offset, length.
    place: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class OnnxNode:
    """A node; the graphs among its attributes are OnnxGraphs."""

    op: str = ""
    name: str = ""
    domain: str = ""
    inputs: list[str] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)
    attributes: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class OnnxGraph:
    """`inputs` and `shapes`: extents by name, a word for one that the file leaves open, None where
    nothing is said of it."""

    name: str = ""
    nodes: list[OnnxNode] = field(default_factory=list)
    tensors: dict[str, OnnxTensor] = field(default_factory=dict)
    inputs: dict[str, list[Any] | None] = field(default_factory=dict)
    outputs: list[str] = field(default_factory=list)
    shapes: dict[str, list[Any] | None] = field(default_factory=dict)
    dtypes: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class OnnxModel:
    """A file: `opsets` by domain; `functions` are graphs by domain and name."""

    producer: str = ""
    ir: int = 0
    opsets: dict[str, int] = field(default_factory=dict)
    graph: OnnxGraph | None = None
    functions: dict[tuple[str, str], OnnxGraph] = field(default_factory=dict)
    training: bool = False


def graphs(graph: OnnxGraph) -> Iterator[OnnxGraph]:
    """A graph and all that are within its nodes."""
    yield graph
    for node in graph.nodes:
        for value in node.attributes.values():
            if isinstance(value, OnnxGraph):
                yield from graphs(value)


def every(graph: OnnxGraph) -> Iterator[OnnxNode]:
    """The nodes of a graph and of all within it."""
    return (node for one in graphs(graph) for node in one.nodes)


def read_at(graph: OnnxGraph, places: Mapping[str, Sequence[int]]) -> set[str]:
    """The tensors that nodes read at these places, by op, and those that these are copies of."""
    copies = [n for n in every(graph) if n.op == "Identity" and n.inputs and n.outputs]
    same = {n.outputs[0]: n.inputs[0] for n in copies}
    found: set[str] = set()
    for node in every(graph):
        for place in places.get(node.op, ()):
            name = node.inputs[place] if place < len(node.inputs) else ""
            while name and name not in found:
                found.add(name)
                name = same.get(name, "")
    return found
