"""ONNX files as neutral graphs, read in place: weights are never loaded, nothing is run."""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from archdb.errors import ArchdbError, DefinitionError
from archdb.sources import onnx_cutting as onnx_cutting
from archdb.sources import onnx_layers as onnx_layers
from archdb.sources import onnx_ops as onnx_ops
from archdb.sources.neutral import (
    CONSTANT,
    INPUT,
    STORED,
    VALUE,
    Call,
    Graph,
    Ref,
    Tensor,
)
from archdb.sources.onnx_external import read_whole_numbers
from archdb.sources.onnx_file import model_of
from archdb.sources.onnx_functions import inlined
from archdb.sources.onnx_inputs import OpenShapes, batch_behind_steps
from archdb.sources.onnx_names import Scopes
from archdb.sources.onnx_nodes import TRANSLATIONS, Node
from archdb.sources.onnx_notes import notes
from archdb.sources.onnx_order import in_order, opset
from archdb.sources.onnx_parts import (
    OnnxGraph,
    OnnxModel,
    OnnxNode,
    OnnxTensor,
    every,
    graphs,
    read_at,
)
from archdb.sources.onnx_quantised import SCALES, WHOLE_BUT_LEARNED
from archdb.sources.onnx_stored import stored_tensor
from archdb.sources.sizes import Sizes, SizesLike

#: The extent that stands for the batch: no extent of the file is a multiple of it.
BATCHES = (61, 67, 71, 73, 79, 83)
#: What has a graph of its own that runs again and again, or not at all.
CONTROL = frozenset({"If", "Loop", "Scan", "SequenceMap"})
HOME = ("", "ai.onnx", "com.microsoft")
#: What gives of its input the shape alone.
SHAPES = frozenset({"Shape", "Size"})
#: Which inputs of a node are statistics or parts of a table, not learned.
STATISTICS = {"BatchNormalization": (3, 4), "ScatterND": (2,)}
#: Which inputs are numbers that say what a node does.
NUMBERS = {"Resize": (1, 2), "Upsample": (1,), **SCALES}


def read(path: Path, sizes: SizesLike = None) -> Graph:
    """The neutral graph of an ONNX file. `sizes`: shapes of inputs, without the batch, and
    extents of axes, where the file leaves them open. Raises DefinitionError naming file, node and
    remedy."""
    try:
        with path.open("rb") as file:
            if not path.stat().st_size:
                raise DefinitionError("is empty", remedy="is it downloaded whole?")
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            model = model_of(memoryview(data))
        read_whole_numbers(model.graph, path.parent)
        return _Reading(model, path.stem, Sizes.of(sizes)).graph()
    except OSError as error:
        raise DefinitionError(f"cannot be read: {error.strerror}").at(str(path)) from None
    except ArchdbError as error:
        raise error.at(str(path)) from None


class _Reading:
    """A model being turned into calls."""

    def __init__(self, model: OnnxModel, name: str, sizes: Sizes) -> None:
        if model.graph is None or not model.graph.nodes:
            raise DefinitionError("has no graph: it is no ONNX model", remedy="is it a .onnx file?")
        self.model, self.own, self.name, self.sizes = model, model.graph, name, sizes
        self.version = opset(model.opsets)
        self.tensors: dict[str, Tensor] = {}
        self.calls: list[Call] = []
        self.notes: list[str] = []
        self.made: set[str] = set()
        #: What depends on an input.
        self.alive: set[str] = set()
        #: Inputs whose number the user has said.
        self.chosen: list[str] = []
        #: The stored tensor that another name stands for.
        self.same: dict[str, str] = {}
        functions = inlined(model)
        if functions:
            self.notes.append(f"{functions} calls of its own functions are written out")
        self.buffers = read_at(self.own, STATISTICS)
        self.numbers = read_at(self.own, NUMBERS)
        self.learned = read_at(self.own, WHOLE_BUT_LEARNED)
        self.read = {name for node in every(self.own) for name in node.inputs}
        self.read |= {name for graph in graphs(self.own) for name in graph.outputs}
        self.scopes = Scopes(self.own)
        self.batch = next(n for n in BATCHES if all(e % n for e in self.extents() if e) or n == 83)

    def extents(self) -> set[int]:
        found = {n for tensor in self.own.tensors.values() for n in tensor.shape}
        return found | {n for size in self.sizes.given.values() for n in size}

    def graph(self) -> Graph:
        self.stored(self.own)
        own = self.own.inputs
        inputs = [n for n in own if n not in self.own.tensors and not self.numbered(n)]
        stated = {name: own[name] for name in inputs}
        open_ = OpenShapes(stated, self.sizes, self.batch, batch_behind_steps(self.own))
        for name in inputs:
            dtype = self.own.dtypes.get(name, "float32")
            self.tensors[name] = Tensor(name, open_.shape(name), dtype, INPUT)
            self.made.add(name)
            self.alive.add(name)
        self.sizes.check([*inputs, *self.chosen])
        for node in in_order(self.own.nodes, self.made):
            self.calls += self.taken(node)
        source = {"format": "ONNX", "library": f"opset {self.version}"}
        if self.model.producer:
            source["producer"] = self.model.producer
        self.notes += notes(self.model, self.own)
        return Graph(
            self.name,
            self.calls,
            self.tensors,
            inputs,
            self.own.outputs,
            self.batch,
            self.scopes.modules(),
            source,
            self.notes,
            stored_once=True,
            one_sample=open_.of_one,
            stated=open_.stated(self.own.shapes, self.tensors),
        )

    def numbered(self, name: str) -> bool:
        """Whether an input is one whole number, and the user says which."""
        given = self.sizes.given.get(name)
        whole = self.own.inputs[name] == [] and self.own.dtypes.get(name) in ("int64", "int32")
        if given is None or len(given) != 1 or not whole:
            return False
        self.tensors[name] = Tensor(name, (), "int64", CONSTANT, given)
        self.made.add(name)
        self.chosen.append(name)
        self.notes.append(f"holds where its input '{name}' is {given[0]}")
        return True

    def stored(self, graph: OnnxGraph) -> None:
        """Initialisers by what they are: whole numbers and single ones are constants, statistics of
        batch norms are buffers, all others are learned."""
        for name, tensor in graph.tensors.items():
            self.tensors[name] = self.kept(name, tensor)
            self.made.add(name)

    def kept(self, name: str, tensor: OnnxTensor) -> Tensor:
        if name in self.numbers:
            return Tensor(name, tensor.shape, tensor.dtype, CONSTANT, tensor.data)
        return stored_tensor(name, tensor, name in self.buffers, name in self.learned)

    def taken(self, node: OnnxNode) -> Iterator[Call]:
        """The call that a node is; none where it is a constant."""
        writes = tuple(
            name or f"{node.name or node.op} output {at}" for at, name in enumerate(node.outputs)
        )
        alive = not self.alive.isdisjoint(node.inputs) or node.op in CONTROL
        alive = alive and node.op not in SHAPES
        for name in writes:
            shape = self.recorded(name, alive)
            self.tensors[name] = Tensor(name, shape, "float32", VALUE)
        if alive:
            self.alive.update(writes)
        node.inputs = [self.same.get(name, name) for name in node.inputs]
        if node.op == "Constant" and writes:
            self.constant(node)
        elif node.op == "Identity" and self.is_stored(node.inputs):
            self.same[node.outputs[0]] = node.inputs[0]  # equal tensors are stored once
        elif writes and (node.op != "ConstantOfShape" or not self.filled(node)):
            kind, given = self.translated(node)
            yield Call(kind, self.scopes.path(node), given, writes)

    def is_stored(self, names: list[str]) -> bool:
        return bool(names) and names[0] in self.tensors and self.tensors[names[0]].role in STORED

    def constant(self, node: OnnxNode) -> None:
        name = node.outputs[0]
        for key, value in node.attributes.items():
            if isinstance(value, OnnxTensor):
                self.tensors[name] = self.kept(name, value)
            elif key.startswith("value_"):
                data = tuple(value) if isinstance(value, list) else (value,)
                shape = (len(data),) if isinstance(value, list) else ()
                self.tensors[name] = Tensor(name, shape, "", CONSTANT, data)

    def filled(self, node: OnnxNode) -> bool:
        """Whether it stands for a weight: floating-point numbers, all alike, of a stated shape.
        Zeros and ones are none: they begin a state, or a mask."""
        value = node.attributes.get("value")
        if not isinstance(value, OnnxTensor) or not value.data or value.data[0] in (0, 1):
            return False
        shape = self.tensors.get(node.inputs[0]) if node.inputs else None
        if shape is None or shape.data is None or not value.dtype.startswith("float"):
            return False
        name = node.outputs[0]
        alike = OnnxTensor(name, tuple(int(n) for n in shape.data))
        self.tensors[name] = self.kept(name, alike)
        return True

    def translated(self, node: OnnxNode) -> tuple[str, dict[str, Any]]:
        translate = TRANSLATIONS.get(node.op) if node.domain in HOME else None
        if node.op in CONTROL or translate is None:
            given: dict[str, Any] = {
                str(at): Ref(name) for at, name in enumerate(node.inputs) if name
            }
            for key, value in node.attributes.items():
                given[key] = self.inner(value) if isinstance(value, OnnxGraph) else value
            return f"{node.domain}.{node.op}" if node.domain not in HOME[:2] else node.op, given
        return translate(Node(node, self.version, self.rank, self.read))

    def inner(self, graph: OnnxGraph) -> dict[str, Any]:
        """A graph within a node: its calls, what it gives, and the tensors that it reads."""
        self.stored(graph)
        self.scopes.add(graph)
        for name in graph.inputs:
            self.tensors.setdefault(name, Tensor(name, None, "float32", VALUE))
        calls = [call for node in graph.nodes for call in self.taken(node)]
        made = {name for call in calls for name in call.writes}
        read = [*graph.tensors, *(name for call in calls for name in call.reads())]
        reads = [Ref(n) for n in dict.fromkeys(read) if n in self.tensors and n not in made]
        outputs = [self.same.get(name, name) for name in graph.outputs]
        own = {"inputs": list(graph.inputs), "outputs": outputs}
        return {"calls": calls, "reads": reads, **own}

    def rank(self, ref: Ref) -> int | None:
        shape = self.tensors[ref.name].shape if ref.name in self.tensors else None
        return len(shape) if shape is not None else None

    def recorded(self, name: str, alive: bool) -> tuple[int, ...] | None:
        """The shape that the file states for a value, with the batch where it is `alive`, which
        means that it depends on an input; None where it is open."""
        shape = self.own.shapes.get(name)
        if not shape or any(not isinstance(n, int) for n in shape[1:]):
            return None
        first = shape[0] if isinstance(shape[0], int) else 1
        return (self.batch if alive and first == 1 else first, *shape[1:])
