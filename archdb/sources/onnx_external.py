"""Whole numbers that an ONNX file keeps in another file beside it: tables of places and shapes.

Weights are never read, wherever they are; nor is any file outside the folder of the model's own.
"""

from __future__ import annotations

import struct
from math import prod
from pathlib import Path

from archdb.sources.onnx_file import SMALL
from archdb.sources.onnx_parts import OnnxGraph, OnnxTensor, graphs

WHOLE = {"int64": "q", "int32": "i"}


def read_whole_numbers(graph: OnnxGraph | None, folder: Path) -> None:
    """Give small tensors of whole numbers their data, in place; what cannot be had is left out."""
    for tensor in (t for one in (graphs(graph) if graph else ()) for t in one.tensors.values()):
        if tensor.place and tensor.dtype in WHOLE and prod(tensor.shape) <= SMALL:
            tensor.data = _data(tensor, folder)


def _data(tensor: OnnxTensor, folder: Path) -> tuple[int, ...] | None:
    code, count = WHOLE[tensor.dtype], prod(tensor.shape)
    size = struct.calcsize(code) * count
    try:
        path = (folder / tensor.place["location"]).resolve()
        if not path.is_relative_to(folder.resolve()):
            return None
        with path.open("rb") as file:
            file.seek(int(tensor.place.get("offset", 0)))
            found = file.read(size)
    except (OSError, ValueError, KeyError, OverflowError):
        return None
    return struct.unpack(f"<{count}{code}", found) if len(found) == size else None
