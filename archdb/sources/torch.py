"""PyTorch modules, by recording the functions that one forward pass calls.

The pass runs on the meta device, where tensors have shapes and no numbers, so no weight is read and
nothing is computed. The batch is a prime (61): each extent then shows whether the batch is part of
it, also where it is folded into windows or moved by a permutation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn
from torch.nn import functional
from torch.nn.modules import module as hooks
from torch.overrides import TorchFunctionMode

from archdb.errors import ArchdbError, DefinitionError
from archdb.sources.neutral import (
    BUFFER,
    CONSTANT,
    INPUT,
    PARAMETER,
    VALUE,
    Call,
    Graph,
    Ref,
    Tensor,
)
from archdb.sources.torch_functions import arguments_of, kind_of
from archdb.sources.torch_inputs import (
    Fed,
    fed,
    shapes_of,
    stored_shape,
    tensors_in,
    without_numbers,
    written_to,
)
from archdb.sources.torch_numbers import ASKED, Numbers

#: Extents for the batch, in the order in which they are tried: one that no extent is a multiple of.
BATCHES = (61, 67, 71, 73, 79)
#: What is asked of a tensor and makes none, or none of its own.
_ASKED = {"size", "dim", "stride", "is_floating_point", "numel", "requires_grad_", "__len__"}
#: Methods that write into their first argument, or into a view's base, and return nothing new.
_WRITES = {"setitem"}
#: The kind of a write into a view by which the tensor that it is a part of changes, too.
THROUGH = "write_through_a_view"
#: Functions that ATen has by other names than the methods that are called as they are.
PATCHES = {functional.unfold: "im2col", functional.fold: "col2im"}


class _Recorder(TorchFunctionMode):
    """Writes down each call of a function that gives tensors, with the module that makes it."""

    def __init__(self, paths: dict[int, str]) -> None:
        super().__init__()
        self.paths = paths
        self.open: list[str] = []
        self.calls: list[Call] = []
        self.tensors: dict[str, Tensor] = {}
        self.names: dict[int, str] = {}
        self.kept: list[Any] = []
        self.numbers = Numbers()
        #: Tensors of which a part was written over: their name before, and that part.
        self.parts: dict[str, tuple[str, int]] = {}

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        kwargs = kwargs or {}
        version = written_to(args)
        name = getattr(func, "__name__", str(func))
        if name in ASKED:
            args = tuple(self.with_numbers(arg) for arg in args)
        out = func(*args, **kwargs)
        if name == "__get__":
            name = getattr(func.__self__, "__name__", name)
            if name in ("data", "grad", "real"):
                name = "detach"
        name = PATCHES.get(func, name)
        kind = kind_of(name)
        if kind in _WRITES:
            self.undo(args[0], args[-1])
        written = args[0] if kind in _WRITES else out
        made = list(tensors_in(written))
        if version == written_to(args):
            self.numbers.note(func, args, kwargs, made)
        else:
            self.numbers.written(args[0])
        if not made or name in _ASKED:
            return out
        given = self.told(arguments_of(kind, args, kwargs))
        path = self.open[-1] if self.open else ""
        self.calls.append(Call(kind, path, given, tuple(map(self.write, made))))
        if version != written_to(args) and out is args[0] and id(out._base) in self.names:
            self.through(out, path)
        return out

    def with_numbers(self, tensor: Any) -> Any:
        """A tensor that depends on shapes alone, with its numbers; any other as it is."""
        with torch._C.DisableTorchFunction():
            real = self.numbers.real(tensor)
        return tensor if real is None else real

    def through(self, view: Any, path: str) -> None:
        """A part of a tensor was written over: what reads the whole reads another than before."""
        before, part = Ref(self.names[id(view._base)]), Ref(self.names[id(view)])
        name = self.write(view._base)
        self.parts[name] = (before.name, id(view))
        self.calls.append(Call(THROUGH, path, {"input": before, "part": part}, (name,)))

    def undo(self, tensor: Any, value: Any) -> None:
        """x[1:] += y writes into a view, and then that view into the tensor, which is enough."""
        before, view = self.parts.get(self.names.get(id(tensor), ""), ("", 0))
        if view == id(value):
            self.names[id(tensor)] = before

    def write(self, tensor: Any) -> str:
        """A name for what a call gives: a new one where it gives its own input, written into."""
        name = f"v{len(self.tensors)}"
        return self.add(name, tensor, VALUE)

    def add(self, name: str, tensor: Any, role: str, of: Any = None) -> str:
        dtype = str(tensor.dtype).removeprefix("torch.")
        self.tensors[name] = Tensor(name, tuple(map(int, tensor.shape)), dtype, role, of)
        self.names[id(tensor)] = name
        self.kept.append(tensor)  # else another tensor could be given its id
        return name

    def told(self, value: Any) -> Any:
        """An argument with its tensors as Refs."""
        if isinstance(value, torch.Tensor):
            known = self.names.get(id(value))
            return Ref(known or self.add(f"constant{len(self.tensors)}", value, CONSTANT))
        if isinstance(value, torch.Size):
            return list(map(int, value))
        if isinstance(value, list | tuple):
            return [self.told(item) for item in value]
        if isinstance(value, dict):
            return {str(key): self.told(item) for key, item in value.items()}
        if isinstance(value, slice):
            return {"slice": [value.start, value.stop, value.step]}
        if value is Ellipsis:
            return "..."
        return value if isinstance(value, int | float | str | None) else str(value)

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Notes which module is running."""

        def enter(module: Any, args: Any) -> None:
            self.open.append(self.paths.get(id(module), self.open[-1] if self.open else ""))

        def leave(module: Any, args: Any, out: Any) -> None:
            self.open.pop()

        handles = (
            hooks.register_module_forward_pre_hook(enter),
            hooks.register_module_forward_hook(leave, always_call=True),
        )
        try:
            with torch.no_grad(), self:
                yield
        finally:
            for handle in handles:
                handle.remove()


def record(module: Any, inputs: Sequence[Any], name: str = "") -> Graph:
    """The neutral graph of a module's forward pass.

    `inputs`: for each argument its shape without the batch, or an example tensor with it; None;
    or a dictionary of such by the names of arguments. The module is left as it was. Raises
    DefinitionError where the pass fails on the meta device.
    """
    name = name or type(module).__name__
    stored = dict(module.named_parameters()) | dict(module.named_buffers())
    extents = {extent for key, tensor in stored.items() for extent in stored_shape(key, tensor)}
    extents |= {extent for shape in shapes_of(inputs) for extent in shape}
    batch = next((n for n in BATCHES if all(e % n for e in extents if e)), BATCHES[0])
    recorder = _Recorder({id(part): path for path, part in module.named_modules()})
    meta = {key: without_numbers(tensor) for key, tensor in stored.items()}
    trained = {key for key, _ in module.named_parameters()}
    for key, tensor in meta.items():
        recorder.add(key, tensor, PARAMETER if key in trained else BUFFER)
    given = fed(inputs, batch)
    for key, tensor in given.tensors.items():
        recorder.add(key, tensor, INPUT)
    out = _run(module, recorder, meta, given, name)
    outputs = [
        recorder.names[id(tensor)] for tensor in tensors_in(out) if id(tensor) in recorder.names
    ]
    return Graph(
        name,
        _read_again(recorder.calls, outputs),
        recorder.tensors,
        list(given.tensors),
        outputs,
        batch,
        {path: type(part).__name__ for path, part in module.named_modules() if _has_parts(part)},
        {"format": "PyTorch module", "library": f"torch {torch.__version__}"},
        _frozen(module),
    )


def _read_again(calls: list[Call], outputs: list[str]) -> list[Call]:
    """The calls without writes through views into what nothing reads again."""
    read = {name for call in calls for name in call.reads() if call.kind != THROUGH} | set(outputs)
    return [call for call in calls if call.kind != THROUGH or call.writes[0] in read]


def _run(module: Any, recorder: _Recorder, meta: dict[str, Any], given: Fed, name: str) -> Any:
    training = [part for part in module.modules() if part.training]
    module.eval()
    try:
        with recorder.watched():
            return torch.func.functional_call(module, meta, given.args, given.kwargs)
    except ArchdbError:
        raise
    except Exception as error:  # whatever a stranger's code raises
        raise DefinitionError(
            f"its forward pass fails on the meta device: {type(error).__name__}: {_first(error)}",
            remedy="shapes must not depend on the numbers in a tensor; is the input of that size?",
        ).at(name) from None
    finally:
        for part in training:
            part.training = True


def _first(error: Exception) -> str:
    return (str(error).splitlines() or [""])[0]


def _frozen(module: Any) -> list[str]:
    frozen = [key for key, tensor in module.named_parameters() if not tensor.requires_grad]
    return [f"frozen, and counted as parameters: {', '.join(frozen)}"] if frozen else []


def _has_parts(module: nn.Module) -> bool:
    return next(module.children(), None) is not None
