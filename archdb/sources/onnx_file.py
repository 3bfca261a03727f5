"""ONNX files as they are: nodes, tensors, inputs. Weights stay in the file, unread."""

from __future__ import annotations

import struct
from collections.abc import Callable
from math import prod
from typing import Any

from archdb.errors import DefinitionError
from archdb.sources.onnx_parts import Given, OnnxGraph, OnnxModel, OnnxNode, OnnxTensor
from archdb.sources.wire import Field, damaged, fields, packed, packed32, shortest

#: What ONNX calls the types of elements, and how Python's struct does.
TYPES = {
    1: ("float32", "f"),
    2: ("uint8", "B"),
    3: ("int8", "b"),
    4: ("uint16", "H"),
    5: ("int16", "h"),
    6: ("int32", "i"),
    7: ("int64", "q"),
    8: ("string", ""),
    9: ("bool", "?"),
    10: ("float16", "e"),
    11: ("float64", "d"),
    12: ("uint32", "I"),
    13: ("uint64", "Q"),
    16: ("bfloat16", ""),
}
#: Constants of more elements are not read; subgraphs deeper than this are refused.
SMALL, DEEPEST, MOST_NODES = 4096, 16, 250_000
#: What helps where a graph has more.
FEWER = "simplify it (onnxsim, onnxslim), or import parts of it (onnx.utils.extract_model)"


def model_of(data: memoryview) -> OnnxModel:
    """The model in a file; DefinitionError where it is none, or damaged."""
    model = OnnxModel()
    version = ""
    for one in fields(data):
        if one.number == 1:
            model.ir = one.value
        elif one.number == 2:
            model.producer = one.text()
        elif one.number == 3:
            version = one.text()
        elif one.number == 7:
            if model.graph is not None:
                raise DefinitionError("holds two graphs", remedy="split it: a model has one")
            model.graph = _graph(one.data, 0)
        elif one.number == 8:
            domain, number = _opset(one.data)
            model.opsets[domain] = number
        elif one.number == 20:
            model.training = True
        elif one.number == 25:
            key, graph = _function(one.data)
            model.functions[key] = graph
    model.producer = f"{model.producer} {version}".strip()
    return model


def _opset(data: memoryview) -> tuple[str, int]:
    domain, version = "", 0
    for one in fields(data):
        if one.number == 1:
            domain = one.text()
        elif one.number == 2:
            version = one.value
    return domain.replace("ai.onnx", "") if domain == "ai.onnx" else domain, version


def _graph(data: memoryview, depth: int) -> OnnxGraph:
    if depth > DEEPEST:
        raise DefinitionError(
            f"has graphs within graphs, more than {DEEPEST} deep",
            remedy="export it with its functions and branches written out",
        )
    graph = OnnxGraph()
    for one in fields(data):
        if one.number == 1:
            graph.nodes.append(_node(one.data, depth))
            if len(graph.nodes) > MOST_NODES:
                raise DefinitionError(f"has more than {MOST_NODES:,} nodes", remedy=FEWER)
        elif one.number == 2:
            graph.name = one.text()
        elif one.number == 5:
            tensor = _tensor(one.data)
            graph.tensors[tensor.name] = tensor
        elif one.number in (11, 12, 13):
            name, dtype, shape = _value_info(one.data)
            graph.dtypes[name] = dtype
            (graph.inputs if one.number == 11 else graph.shapes)[name] = shape
            if one.number == 12:
                graph.outputs.append(name)
    return graph


def _function(data: memoryview) -> tuple[tuple[str, str], OnnxGraph]:
    graph, domain = OnnxGraph(), ""
    for one in fields(data):
        if one.number == 1:
            graph.name = one.text()
        elif one.number == 4:
            graph.inputs[one.text()] = None
        elif one.number == 5:
            graph.outputs.append(one.text())
        elif one.number == 7:
            graph.nodes.append(_node(one.data, 0))
        elif one.number == 10:
            domain = one.text()
    return (domain, graph.name), graph


def _node(data: memoryview, depth: int) -> OnnxNode:
    node = OnnxNode()
    for one in fields(data):
        if one.number == 1:
            node.inputs.append(one.text())
        elif one.number == 2:
            node.outputs.append(one.text())
        elif one.number == 3:
            node.name = one.text()
        elif one.number == 4:
            node.op = one.text()
        elif one.number == 5:
            name, value = _attribute(one.data, depth)
            node.attributes[name] = value
        elif one.number == 7:
            node.domain = one.text()
        elif one.number == 9:
            node.metadata.update([_pair(one.data)])
    return node


def _pair(data: memoryview) -> tuple[str, str]:
    pair = {part.number: part.text() for part in fields(data)}
    return pair.get(1, ""), pair.get(2, "")


def _attribute(data: memoryview, depth: int) -> tuple[str, Any]:
    name, value = "", None
    several: list[Any] = []
    for one in fields(data):
        if one.number == 1:
            name = one.text()
        elif one.number in _SINGLE:
            value = _SINGLE[one.number](one, depth)
        elif one.number == 7:
            several += packed32(one)
        elif one.number == 8:
            several += packed(one)
        elif one.number in (9, 10, 11):
            several.append(_SINGLE[one.number - 5](one, depth))
        elif one.number == 20 and one.value in (6, 7, 8):
            value = several
        elif one.number == 21 and one.data:
            value = Given(one.text())
    return name, several or value


_SINGLE: dict[int, Callable[[Field, int], Any]] = {
    2: lambda one, depth: one.number32(),
    3: lambda one, depth: one.signed(),
    4: lambda one, depth: one.text(),
    5: lambda one, depth: _tensor(one.data),
    6: lambda one, depth: _graph(one.data, depth + 1),
}


def _tensor(data: memoryview) -> OnnxTensor:
    tensor, dims = OnnxTensor(), []
    raw: memoryview | None = None
    numbers: list[Any] = []
    kind = 1
    for one in fields(data):
        if one.number == 1:
            dims += packed(one)
        elif one.number == 2:
            kind = one.value
        elif one.number == 8:
            tensor.name = one.text()
        elif one.number == 9:
            raw = one.data
        elif one.number in (4, 5, 7) and len(one.data) <= 10 * SMALL:
            numbers += packed32(one) if one.number == 4 else packed(one)
        elif one.number == 13:
            tensor.place.update([_pair(one.data)])
        elif one.number == 14:
            tensor.external = one.value == 1
    if any(n < 0 for n in dims):
        raise damaged("has a negative extent").at(f"tensor '{tensor.name}'")
    tensor.shape = tuple(dims)
    tensor.dtype, code = TYPES.get(kind, (f"type {kind}", ""))
    count = prod(dims)
    if count <= SMALL and raw is not None and code:
        size = struct.calcsize(code) * count
        if len(raw) == size:
            numbers = list(struct.unpack(f"<{count}{code}", raw))
            if code == "f":
                numbers = list(map(shortest, numbers))
    if len(numbers) == count and count <= SMALL:
        tensor.data = tuple(numbers)
    return tensor


def _value_info(data: memoryview) -> tuple[str, str, list[Any] | None]:
    name, dtype, shape = "", "float32", None
    for one in fields(data):
        if one.number == 1:
            name = one.text()
        elif one.number == 2:
            for kind in fields(one.data):
                if kind.number == 1:
                    dtype, shape = _tensor_type(kind.data)
    return name, dtype, shape


def _tensor_type(data: memoryview) -> tuple[str, list[Any] | None]:
    dtype, shape = "float32", None
    for one in fields(data):
        if one.number == 1:
            dtype = TYPES.get(one.value, (f"type {one.value}", ""))[0]
        elif one.number == 2:
            shape = [_extent(dim.data) for dim in fields(one.data) if dim.number == 1]
    return dtype, shape


def _extent(data: memoryview) -> Any:
    """A number, or the word for one that is open ('' where it has none)."""
    for one in fields(data):
        if one.number == 1:
            return one.signed() if one.signed() > 0 else ""
        if one.number == 2:
            return one.text()
    return ""
