"""What a Keras configuration says: layers, and what each of their calls reads.

Keras 3 writes a call as arguments in which tensors stand as objects with their shape; Keras 1 and
2 write lists of [layer, call, tensor, further arguments].
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from heapq import heapify, heappop, heappush
from typing import Any, NamedTuple

from archdb.errors import DefinitionError
from archdb.sources.lowering.base import UnmappedError

#: Of a model within a model, so many deep.
DEEPEST = 32
MODELS = ("Functional", "Model", "Sequential")


class Value(NamedTuple):
    """What a call gives: a layer's output, `flat` where Keras has the vector of a 1×1 map."""

    layer: str
    flat: bool = False


class Ref(NamedTuple):
    """One tensor that a call of a layer gives, and its shape without the batch if it is said."""

    layer: str
    call: int
    tensor: int
    shape: tuple[int | None, ...] | None = None

    @property
    def key(self) -> tuple[str, int]:
        """The call that gives it."""
        return self.layer, self.call


class Node(NamedTuple):
    """One call: its arguments, in which tensors are Refs."""

    args: list[Any]
    kwargs: dict[str, Any]

    def refs(self) -> list[Ref]:
        """The tensors that it reads, in order."""
        return [*refs(self.args), *refs(self.kwargs)]


class Part(NamedTuple):
    """One layer of a model: `module` is where Keras 3 has its class."""

    name: str
    kind: str
    module: str
    config: dict[str, Any]
    nodes: list[Node]


class Call(NamedTuple):
    """One call of a layer, as a rule sees it."""

    part: Part
    node: Node
    inputs: list[Value]

    @property
    def config(self) -> dict[str, Any]:
        """The layer's own configuration."""
        return self.part.config

    def one(self) -> Value:
        """What it reads; UnmappedError where that is more than one tensor."""
        if len(self.inputs) != 1:
            raise UnmappedError(f"reads {len(self.inputs)} tensors")
        return self.inputs[0]


def refs(value: Any) -> Iterator[Ref]:
    """The Refs anywhere in arguments."""
    if isinstance(value, Ref):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from refs(item)
    elif isinstance(value, list):
        for item in value:
            yield from refs(item)


def part_of(data: Any, at: int) -> Part:
    """A layer's entry; DefinitionError where it is none."""
    if not isinstance(data, dict) or not isinstance(data.get("class_name"), str):
        raise DefinitionError(f"layer {at} has no class_name")
    config = data.get("config")
    own: dict[str, Any] = config if isinstance(config, dict) else {"layers": config}
    kind = data["class_name"].rpartition(">")[2]  # of a registered package
    name = data.get("name") or own.get("name") or f"{kind.lower()}_{at}"
    if not isinstance(name, str):
        raise DefinitionError(f"layer {at} has a name that is none: {name!r}")
    nodes = data.get("inbound_nodes")
    listed = nodes if isinstance(nodes, list) else []
    return Part(name, kind, str(data.get("module") or ""), own, [_node(node) for node in listed])


def parts_of(config: dict[str, Any]) -> list[Part]:
    """The layers of a model."""
    listed = config.get("layers")
    if not isinstance(listed, list) or not listed:
        raise DefinitionError("has no layers")
    parts = [part_of(data, at) for at, data in enumerate(listed)]
    twice = [name for name, count in Counter(part.name for part in parts).items() if count > 1]
    if twice:
        raise DefinitionError(
            f"has several layers of the name '{twice[0]}'",
            remedy="Keras tells layers apart by their names: give each its own",
        )
    return parts


def ends(config: dict[str, Any], which: str) -> list[Ref]:
    """The inputs or outputs of a functional model."""
    stated = config.get(which)
    if isinstance(stated, list) and stated and isinstance(stated[0], str):
        stated = [stated]
    return list(refs(_argument(stated, old=True)))


def _node(data: Any) -> Node:
    if isinstance(data, dict):
        found = _argument(data.get("args", []), old=False)
        more = _argument(data.get("kwargs") or {}, old=False)
        args = found if isinstance(found, list) else [found]
        return Node(args, more if isinstance(more, dict) else {})
    if not isinstance(data, list):
        raise DefinitionError(f"has a call that archdb cannot read: {data!r}")
    entries = [data] if data and isinstance(data[0], str) else data
    tensors = [_argument(entry, old=True) for entry in entries]
    kwargs: dict[str, Any] = {}
    for entry in entries:
        if isinstance(entry, list) and len(entry) > 3 and isinstance(entry[3], dict):
            kwargs |= entry[3]
    return Node(tensors if len(tensors) == 1 else [tensors], _argument(kwargs, old=True))


def _argument(value: Any, old: bool, depth: int = 0) -> Any:
    """Arguments with Refs in the place of what stands for a tensor."""
    if depth > DEEPEST:
        raise DefinitionError(f"has arguments more than {DEEPEST} deep")
    if isinstance(value, dict):
        if value.get("class_name") == "__keras_tensor__":
            return _tensor(value.get("config"))
        return {key: _argument(item, old, depth + 1) for key, item in value.items()}
    if not isinstance(value, list):
        return value
    if old and len(value) >= 3 and isinstance(value[0], str) and isinstance(value[1], int):
        if value[0] == "_CONSTANT_VALUE":
            return value[2]
        if isinstance(value[2], int):
            return Ref(value[0], value[1], value[2])
    return [_argument(item, old, depth + 1) for item in value]


def _tensor(config: Any) -> Ref:
    try:
        layer, call, tensor = config["keras_history"]
        shape = config.get("shape")
        stated = None if shape is None else tuple(n and int(n) for n in shape[1:])
        return Ref(str(layer), int(call), int(tensor), stated)
    except (TypeError, ValueError, KeyError, AttributeError):
        raise DefinitionError(f"has a tensor that archdb cannot read: {config!r}") from None


def kind_of(part: Part) -> str:
    """The class of a layer, or the function that a layer is: op:add of several spellings."""
    if part.kind in ("TFOpLambda", "SlicingOpLambda"):
        function = str(part.config.get("function") or part.name)
        return f"op:{function.rpartition('.')[2]}"
    if ".ops." in part.module:
        return f"op:{_snake(part.kind)}"
    return part.kind


def _snake(words: str) -> str:
    return "".join(f"_{sign.lower()}" if sign.isupper() else sign for sign in words).lstrip("_")


def in_order(parts: list[Part]) -> list[tuple[Part, Node, tuple[str, int]]]:
    """Every call behind all that it reads, otherwise as the file has them."""
    calls = [
        (part, node, (part.name, at))
        for part in parts
        for at, node in enumerate(part.nodes or [Node([], {})])
    ]
    place = {key: at for at, (_, _, key) in enumerate(calls)}
    waits = [{place[ref.key] for ref in node.refs() if ref.key in place} for _, node, _ in calls]
    readers: list[list[int]] = [[] for _ in calls]
    for at, sources in enumerate(waits):
        for source in sources:
            readers[source].append(at)
    counts = [len(sources) for sources in waits]
    ready = [at for at, count in enumerate(counts) if not count]
    heapify(ready)
    order = []
    while ready:
        at = heappop(ready)
        order.append(calls[at])
        for reader in readers[at]:
            counts[reader] -= 1
            if not counts[reader]:
                heappush(ready, reader)
    if len(order) < len(calls):
        left = [calls[at][0].name for at, count in enumerate(counts) if count]
        raise DefinitionError(f"these layers read each other in a cycle: {', '.join(left[:5])}")
    return order
