"""Neutral graphs as text: what a front end read once, so that tests need no library for it."""

import json
from pathlib import Path
from typing import Any

from archdb.sources.neutral import Call, Graph, Ref, Tensor

PLACE = Path(__file__).parent / "recordings"


def dump(graph: Graph) -> str:
    """A graph as JSON, a call and a tensor to the line."""
    head = {
        **{"name": graph.name, "batch": graph.batch, "inputs": graph.inputs},
        **{"outputs": graph.outputs, "modules": graph.modules, "source": graph.source},
        "notes": graph.notes,
    }
    tensors = [[t.name, t.shape, t.dtype, t.role, t.data] for t in graph.tensors.values()]
    calls = [[c.kind, c.path, _told(c.arguments), c.writes] for c in graph.calls]
    lines = [json.dumps(head), *map(json.dumps, tensors), "", *map(json.dumps, calls)]
    return "\n".join(lines) + "\n"


def load(name: str) -> Graph:
    """The graph of a recording."""
    text = (PLACE / f"{name}.txt").read_text("utf-8")
    first, second = text.split("\n\n")
    head, *tensors = (json.loads(line) for line in first.splitlines())
    calls = [json.loads(line) for line in second.splitlines()]
    found = [
        Tensor(name, _tuple(shape), dtype, role, _tuple(data))
        for name, shape, dtype, role, data in tensors
    ]
    return Graph(
        head["name"],
        [Call(kind, path, _refs(given), tuple(writes)) for kind, path, given, writes in calls],
        {tensor.name: tensor for tensor in found},
        **{key: head[key] for key in ("inputs", "outputs", "batch", "modules", "source", "notes")},
    )


def _tuple(value: Any) -> Any:
    return None if value is None else tuple(value)


def _told(value: Any) -> Any:
    if isinstance(value, Ref):
        return {"ref": value.name}
    if isinstance(value, dict):
        return {key: _told(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_told(item) for item in value]
    return value


def _refs(value: Any) -> Any:
    if isinstance(value, dict):
        return (
            Ref(value["ref"]) if set(value) == {"ref"} else {k: _refs(v) for k, v in value.items()}
        )
    if isinstance(value, list):
        return [_refs(item) for item in value]
    return value
