"""What an ONNX file must hold to be read: an opset that is known, and nodes in their order."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from archdb.errors import DefinitionError
from archdb.sources.onnx_parts import OnnxNode
from archdb.sources.wire import damaged

OLDEST, NEWEST = 7, 28


def opset(versions: Mapping[str, int]) -> int:
    """The version of ONNX's own ops, of those of all domains; DefinitionError where it is not
    read."""
    version = versions.get("")
    if version is None:
        there = ", ".join(f"{domain} {number}" for domain, number in sorted(versions.items()))
        raise DefinitionError(
            f"has no ops of ONNX's own, only of {there or 'no domain'}",
            remedy="archdb reads neural networks, whose ops are of the domain ai.onnx",
        )
    if not OLDEST <= version <= NEWEST:
        raise DefinitionError(
            f"is of opset {version}; archdb reads {OLDEST} to {NEWEST}",
            remedy="export it again for an opset among these",
        )
    return version


def in_order(nodes: list[OnnxNode], given: Collection[str]) -> list[OnnxNode]:
    """The nodes, which must each follow what they read, beside what is `given`; DefinitionError
    naming the first that does not, as in a graph that is a circle."""
    seen = set(given)
    for node in nodes:
        where = f"node '{node.name or node.op}'"
        if not node.op:
            raise damaged("has no op").at(where)
        for name in node.inputs:
            if name and name not in seen:
                raise DefinitionError(
                    f"reads '{name}', which no node before it gives",
                    remedy="the nodes of an ONNX graph stand in the order in which they run",
                ).at(where)
        for name in node.outputs:
            if name and name in seen:
                raise DefinitionError(
                    f"gives '{name}' a second time",
                    remedy="each tensor of an ONNX graph is given once: export it again",
                ).at(where)
        seen.update(node.outputs)
    return nodes
