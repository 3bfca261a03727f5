"""PyTorch's exported programs (.pt2) as neutral graphs: a zip archive with one JSON.

Read without torch; no weight is looked at. Schema: torch/_export/serde/schema.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from archdb.errors import ArchdbError, DefinitionError
from archdb.sources.neutral import BUFFER, INPUT, PARAMETER, VALUE, Call, Graph, Ref, Stated, Tensor
from archdb.sources.onnx_inputs import OpenShapes
from archdb.sources.pt2_archive import Program, open_program
from archdb.sources.pt2_calls import told
from archdb.sources.sizes import Sizes, SizesLike

#: Extents for the batch: one that no extent of the program is a multiple of.
BATCHES = (61, 67, 71, 73, 79, 83)
#: What a program's inputs are, and what they are called by.
STORED = {
    "parameter": ("parameter_name", PARAMETER),
    "buffer": ("buffer_name", BUFFER),
    "tensor_constant": ("tensor_constant_name", BUFFER),
}


def read(path: Path, sizes: SizesLike = None) -> Graph:
    """The neutral graph of an exported program. `sizes`: shapes of inputs, without the batch, and
    extents of axes, where it leaves them open. Raises DefinitionError naming file and remedy."""
    try:
        return _Reading(open_program(path), path.stem, Sizes.of(sizes)).graph()
    except ArchdbError as error:
        raise error.at(str(path)) from None
    except (KeyError, TypeError, AttributeError, IndexError, ValueError) as error:
        raise DefinitionError(
            f"is no exported program that is known here: {type(error).__name__}: {error}",
            remedy="export it again by torch.export.save of torch 2.5 or newer",
        ).at(str(path)) from None


class _Reading:
    """A program being turned into calls."""

    def __init__(self, program: Program, name: str, sizes: Sizes) -> None:
        self.program, self.name, self.sizes = program, name, sizes
        self.values: Mapping[str, Any] = program.graph["tensor_values"]
        self.tensors: dict[str, Tensor] = {}
        #: Names in the JSON by those of the module: conv1.weight for p_conv1_weight.
        self.own: dict[str, str] = {}
        self.modules: dict[str, str] = {}

    def graph(self) -> Graph:
        inputs = list(self._begin())
        extents = {n for name in self.values for n in self._sizes(name) if isinstance(n, int)}
        extents |= {n for size in self.sizes.given.values() for n in size}
        batch = next(n for n in BATCHES if all(e % n for e in extents if e) or n == BATCHES[-1])
        shapes = OpenShapes({name: self._sizes(name) for name in inputs}, self.sizes, batch)
        for name in inputs:
            self.tensors[name] = Tensor(name, shapes.shape(name), self._dtype(name), INPUT)
        self.sizes.check(inputs)
        stated = shapes.stated({name: self._sizes(name) for name in self.values}, self.tensors)
        calls = list(self._calls(stated, batch, set(inputs)))
        outputs = [ref.name for ref in self._outputs()]
        source = {"format": "exported program", "library": f"torch {self.program.version}"}
        modules = {path: kind for path, kind in self.modules.items() if self._has_parts(path)}
        found = Graph(self.name, calls, self.tensors, inputs, outputs, batch, modules, source)
        found.stated = stated
        return found

    def _begin(self) -> Iterator[str]:
        """Take in what is stored, under the module's names; the names of the inputs."""
        for spec in self.program.inputs:
            ((what, given),) = spec.items()
            if what in STORED:
                key, role = STORED[what]
                name, own = given["arg"]["name"], self.program.same(given[key])
                self.own[name] = own
                shape = tuple(int(n) for n in self._sizes(name))
                self.tensors.setdefault(own, Tensor(own, shape, self._dtype(name), role))
            elif what == "user_input" and "as_tensor" in given["arg"]:
                yield given["arg"]["as_tensor"]["name"]

    def _sizes(self, name: str) -> list[Any]:
        """Extents, a word for one that is left open."""
        return [
            size["as_int"] if "as_int" in size else str(size["as_expr"]["expr_str"])
            for size in self.values[name]["sizes"]
        ]

    def _dtype(self, name: str) -> str:
        return DTYPES.get(self.values[name].get("dtype"), "float32")

    def _calls(self, stated: Stated, batch: int, alive: set[str]) -> Iterator[Call]:
        for node in self.program.graph["nodes"]:
            kind, given, writes = told(node, self.own)
            call = Call(kind, self._path(node), given, writes)
            depends = not alive.isdisjoint(call.reads())
            for name in writes:
                shape = stated.shapes.get(name) if name in self.values else None
                if shape and depends and shape[0] == stated.batch:
                    shape = (batch, *shape[1:])
                self.tensors[name] = Tensor(name, shape, "float32", VALUE)
            if depends:
                alive.update(writes)
            yield call

    def _path(self, node: Mapping[str, Any]) -> str:
        """The innermost module that a call stands in; the stack has key, path and class of each."""
        path = ""
        for entry in filter(None, node.get("metadata", {}).get("nn_module_stack", "").split(";")):
            _, _, rest = entry.partition(",")
            path, _, kind = rest.rpartition(",")
            path = path.partition("@")[0]  # the second call of a module
            self.modules.setdefault(path, kind.rpartition(".")[2])
        return path

    def _has_parts(self, path: str) -> bool:
        return bool(path) and any(other.startswith(f"{path}.") for other in self.modules)

    def _outputs(self) -> Iterator[Ref]:
        for spec in self.program.graph["outputs"]:
            if "as_tensor" in spec:
                yield Ref(spec["as_tensor"]["name"])


#: Whole numbers among the types of elements, by their number in the schema.
DTYPES = {1: "uint8", 2: "int8", 3: "int16", 4: "int32", 5: "int64", 12: "bool"}
