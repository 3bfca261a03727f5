"""ONNX files, written byte by byte, so that tests need no library for it."""

import json
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

#: Files that exporters wrote, as text: nodes, and of tensors names and shapes.
FOREIGN = Path(__file__).parent / "foreign" / "onnx"

FLOAT, INT64 = 1, 7


def varint(value: int) -> bytes:
    value &= (1 << 64) - 1
    found = bytearray()
    while value > 127:
        found.append(value & 127 | 128)
        value >>= 7
    return bytes([*found, value])


def number(field: int, value: int) -> bytes:
    return varint(field << 3) + varint(value)


def data(field: int, value: bytes | str) -> bytes:
    inner = value.encode() if isinstance(value, str) else value
    return varint(field << 3 | 2) + varint(len(inner)) + inner


def tensor(
    name: str, shape: Sequence[int], values: Sequence[int] | None = None, external: bool = True
) -> bytes:
    """A tensor: of whole numbers where they are given, else of floats that are not there, as in a
    file whose weights are elsewhere."""
    told = b"".join(number(1, n) for n in shape)
    if values is None:
        return told + number(2, FLOAT) + data(8, name) + (number(14, 1) if external else b"")
    raw = struct.pack(f"<{len(values)}q", *values)
    return told + number(2, INT64) + data(8, name) + data(9, raw)


def scalar(name: str, value: float) -> bytes:
    """One floating-point number."""
    return number(2, FLOAT) + data(8, name) + data(9, struct.pack("<f", value))


def attribute(name: str, value: Any) -> bytes:
    told = data(1, name)
    if isinstance(value, float):
        return told + varint(2 << 3 | 5) + struct.pack("<f", value) + number(20, 1)
    if isinstance(value, int):
        return told + number(3, value) + number(20, 2)
    if isinstance(value, str):
        return told + data(4, value) + number(20, 3)
    if isinstance(value, bytes):  # a graph
        return told + data(6, value) + number(20, 5)
    if isinstance(value, dict):
        return told + data(5, tensor("", *value["tensor"])) + number(20, 4)
    if value and isinstance(value[0], str):
        return told + b"".join(data(9, word) for word in value) + number(20, 8)
    return told + b"".join(number(8, n) for n in value) + number(20, 7)


def given(name: str, outer: str) -> bytes:
    """An attribute of a function's node that its caller gives."""
    return data(1, name) + data(21, outer) + number(20, 2)


def function(
    domain: str, name: str, inputs: Sequence[str], outputs: Sequence[str], nodes: Sequence[bytes]
) -> bytes:
    """A function of the model's own."""
    parts = [(4, inputs), (5, outputs), (7, nodes)]
    told = b"".join(data(field, one) for field, several in parts for one in several)
    return data(1, name) + told + data(10, domain)


def node(op: str, inputs: Sequence[str], *outputs: str, domain: str = "", **given: Any) -> bytes:
    told = named_node(op, f"{op}_{outputs[0]}", inputs, outputs, given)
    return told + (data(7, domain) if domain else b"")


def named_node(
    op: str,
    name: str,
    inputs: Sequence[str],
    outputs: Sequence[str],
    given: Mapping[str, Any],
    metadata: Mapping[str, str] | None = None,
) -> bytes:
    told = b"".join(data(1, name) for name in inputs) + b"".join(data(2, name) for name in outputs)
    told += data(3, name) + data(4, op)
    told += b"".join(data(5, attribute(*pair)) for pair in given.items())
    pairs = (metadata or {}).items()
    return told + b"".join(data(9, data(1, key) + data(2, value)) for key, value in pairs)


def value_info(name: str, shape: Sequence[int | str] | None) -> bytes:
    dims = b"".join(
        data(1, number(1, n) if isinstance(n, int) else data(2, n)) for n in shape or ()
    )
    kind = number(1, FLOAT) + (b"" if shape is None else data(2, dims))
    return data(1, name) + data(2, data(1, kind))


def graph(
    nodes: Sequence[bytes],
    tensors: Sequence[bytes] = (),
    inputs: Sequence[bytes] = (),
    outputs: Sequence[bytes] = (),
) -> bytes:
    parts = [(1, nodes), (5, tensors), (11, inputs), (12, outputs)]
    return b"".join(data(field, one) for field, several in parts for one in several)


def model(
    inner: bytes, opset: int = 17, producer: str = "by hand", functions: Sequence[bytes] = ()
) -> bytes:
    opsets = data(8, data(1, "") + number(2, opset))
    own = b"".join(data(25, one) for one in functions)
    return number(1, 8) + data(2, producer) + data(7, inner) + opsets + own


def exported(name: str) -> bytes:
    """The file that an exporter wrote, of its text: without the numbers of its weights. The first
    line is the header; then there is a tensor to the line, and a node."""
    first, second = (FOREIGN / f"{name}.txt").read_text("utf-8").split("\n\n")
    head, *tensors = map(json.loads, first.splitlines())
    nodes = [named_node(*json.loads(line)) for line in second.splitlines()]
    inputs = [value_info(*pair) for pair in head["inputs"].items()]
    outputs = [value_info(name, None) for name in head["outputs"]]
    stored = [tensor(name, shape, *values, external=False) for name, shape, *values in tensors]
    return model(graph(nodes, stored, inputs, outputs), head["opset"], head["producer"])
