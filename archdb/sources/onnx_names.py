"""The paths of modules that exporters leave in ONNX files."""

from __future__ import annotations

import ast
from pathlib import PurePosixPath

from archdb.sources.onnx_parts import OnnxGraph, OnnxNode

#: Where PyTorch's newer exporter keeps the modules that a node stands in, and their classes.
SCOPES, CLASSES = "pkg.torch.onnx.name_scopes", "pkg.torch.onnx.class_hierarchy"


class Scopes:
    """The path of each node: of its module where the file has it, else its own name."""

    def __init__(self, graph: OnnxGraph) -> None:
        self.classes: dict[str, str] = {}
        self.paths: dict[int, str] = {}
        self.used: set[str] = set()
        self.add(graph)

    def add(self, graph: OnnxGraph) -> None:
        """Take in a graph within the graph as well."""
        for node in graph.nodes:
            self.paths[id(node)] = self._path(node)
        for node in graph.nodes:
            if SCOPES in node.metadata or node.name.startswith("/"):
                self.used.update(_above(self.paths[id(node)]))

    def path(self, node: OnnxNode) -> str:
        return self.paths[id(node)]

    def modules(self) -> dict[str, str]:
        """Class by path, of all that has parts."""
        return {path: self.classes.get(path, "module") for path in sorted(self.used)}

    def _path(self, node: OnnxNode) -> str:
        if SCOPES in node.metadata:
            scopes = _words(node.metadata[SCOPES])
            classes = _words(node.metadata.get(CLASSES, "[]"))
            for scope, kind in zip(scopes, classes, strict=False):
                if scope:
                    self.classes[scope] = kind.rpartition(".")[2]
            return _of_weight(node) or next((s for s in reversed(scopes[:-1]) if s), "")
        if node.name.startswith("/"):
            return _joined(PurePosixPath(node.name).parts[1:-1])
        return node.name or (node.outputs[0] if node.outputs else "")


def _of_weight(node: OnnxNode) -> str:
    """The module whose weight a convolution reads: the exporter that folds a norm into it leaves
    the norm's scope."""
    name = node.inputs[1] if node.op == "Conv" and len(node.inputs) > 1 else ""
    path, dot, weight = name.rpartition(".")
    return path if dot and weight == "weight" else ""


def _words(text: str) -> list[str]:
    try:
        words = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return []
    return [str(word) for word in words] if isinstance(words, list) else []


def _joined(parts: tuple[str, ...]) -> str:
    """'/layer1/layer1.0/conv1' as layer1.0.conv1: a part may begin with the one before it."""
    found: list[str] = []
    for part in parts:
        if found and part.startswith(f"{found[-1]}."):
            found[-1] = part
        else:
            found.append(part)
    return ".".join(found)


def _above(path: str) -> list[str]:
    """The modules that a path stands in."""
    parts = path.split(".")
    return [".".join(parts[:n]) for n in range(1, len(parts))]
