"""Functions that an ONNX file defines for itself, written out where they are called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from archdb.errors import DefinitionError
from archdb.sources.onnx_file import FEWER, MOST_NODES
from archdb.sources.onnx_parts import Given, OnnxGraph, OnnxModel, OnnxNode

#: Functions within functions deeper than this, or of more nodes when written out, are refused.
DEEPEST = 64


def inlined(model: OnnxModel) -> int:
    """Replace calls of the model's own functions by their nodes, in place; how many there were."""
    graph = model.graph
    if not model.functions or graph is None:
        return 0
    calls = sum((node.domain, node.op) in model.functions for node in graph.nodes)
    nodes: list[OnnxNode] = []
    for node in graph.nodes:
        for one in _written_out(node, model.functions, 0):
            nodes.append(one)
            if len(nodes) > MOST_NODES:
                raise DefinitionError(
                    f"has more than {MOST_NODES:,} nodes, its functions written out", remedy=FEWER
                )
    graph.nodes = nodes
    return calls


def _written_out(
    node: OnnxNode, functions: Mapping[tuple[str, str], OnnxGraph], depth: int
) -> Iterator[OnnxNode]:
    function = functions.get((node.domain, node.op))
    if function is None:
        yield node
        return
    if depth > DEEPEST:
        raise DefinitionError(
            f"has functions within functions, more than {DEEPEST} deep",
            remedy="export it with its functions written out (onnx.inliner)",
        ).at(f"node '{node.name or node.op}'")
    names = dict(zip(function.inputs, node.inputs, strict=False))
    names |= dict.fromkeys(list(function.inputs)[len(node.inputs) :], "")
    names |= dict(zip(function.outputs, node.outputs, strict=False))
    own = node.name or next(filter(None, node.outputs), node.op)
    for inner in function.nodes:
        for name in inner.outputs:
            names.setdefault(name, f"{own}/{name}" if name else "")
        yield from _written_out(_called(inner, node, names, own), functions, depth + 1)


def _called(inner: OnnxNode, call: OnnxNode, names: Mapping[str, str], own: str) -> OnnxNode:
    """A node of a function as one of the graph: with its tensors' names there, and the attributes
    that the call gives."""
    attributes: dict[str, Any] = {}
    for key, value in inner.attributes.items():
        if isinstance(value, Given):
            if value.name in call.attributes:
                attributes[key] = call.attributes[value.name]
        else:
            attributes[key] = value
    return OnnxNode(
        inner.op,
        f"{own}/{inner.name}" if inner.name else own,
        inner.domain,
        [names.get(name, name) for name in inner.inputs],
        [names[name] for name in inner.outputs],
        attributes,
        inner.metadata or call.metadata,
    )
