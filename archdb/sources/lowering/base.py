"""The lowering: from the calls of a neutral graph to layers, by one small rule for each kind.

A rule takes the network being laid and a call, lays layers, and returns what the call gives. Where
it raises UnmappedError, the call becomes a layer `unknown` with its parameters and its
output's shape, and the report names it.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any, TypeGuard

from archdb.errors import DefinitionError
from archdb.model.attributes import MOST_AXES
from archdb.model.shape import USUAL, Shape, pretty
from archdb.ops import BIAS, BUFFER, NORM, WEIGHT, Op, make
from archdb.sources.lowering.axis_names import reshaped_names, usual
from archdb.sources.lowering.outcome import Outcome, Row
from archdb.sources.lowering.rules import RULES as RULES
from archdb.sources.lowering.rules import Given as Given
from archdb.sources.lowering.rules import Result as Result
from archdb.sources.lowering.rules import TiedError as TiedError
from archdb.sources.lowering.rules import UnmappedError as UnmappedError
from archdb.sources.lowering.rules import rule as rule
from archdb.sources.lowering.values import (
    ONE,
    Axis,
    Items,
    Known,
    Opaque,
    Stored,
    Value,
    axes_of,
    in_order,
)
from archdb.sources.neutral import Call, Graph, Ref


class Lowering:
    """A network being laid out of a graph."""

    def __init__(self, graph: Graph, apart: frozenset[str] = frozenset()) -> None:
        self.graph, self.batch = graph, graph.batch
        #: Tensors that are layers of their own, because layers of several kinds read them.
        self.apart = apart
        #: Those of which this came out only now.
        self.tied: frozenset[str] = frozenset()
        self.rows: list[Row] = []
        self.values: dict[str, Given] = {}
        self.owner: dict[str, Row] = {}
        #: What was laid once and may be read again: tensors brought into an order, learned ones.
        self.arranged: dict[tuple[Any, ...], Value] = {}
        self.outcome = Outcome()
        self.take: Callable[[Call], None]  # lays a call, for those with graphs of their own
        self.path = ""

    # what a call reads

    def get(self, ref: Any) -> Result:
        """What an argument is: a Ref's value, a number as Known."""
        if isinstance(ref, Ref):
            if ref.name not in self.values:
                raise UnmappedError("reads what an op gives that archdb does not have")
            found = self.values[ref.name]
            if isinstance(found, Items):
                raise UnmappedError("reads a list of tensors where one is needed")
            if isinstance(found, Opaque):
                raise UnmappedError("follows an op that archdb does not know, of unstated shape")
            return found
        if isinstance(ref, bool | int | float):
            return Known((), (ref,))
        if isinstance(ref, list | tuple) and all(isinstance(n, int | float) for n in ref):
            return Known((len(ref),), tuple(ref))
        raise UnmappedError(f"takes {ref!r}, which is no tensor")

    def value(self, ref: Any) -> Value:
        """A layer's output; Stored numbers become a layer of their own."""
        return self.realised(self.get(ref))

    def realised(self, found: Given) -> Value:
        """A layer's output, or a layer that has the numbers of the file or works them out."""
        if isinstance(found, Opaque | Items):
            raise UnmappedError("reads what archdb does not know, or a list of tensors")
        if isinstance(found, Value):
            return self._stated(found)
        return self.parameter(found) if isinstance(found, Stored) else self.table(found)

    def stored(self, ref: Any) -> Stored:
        """A tensor of the file, as it is."""
        found = self.get(ref)
        if not isinstance(found, Stored) or not found.whole:
            raise UnmappedError("needs a tensor of the file, and it is worked out")
        return found

    def _stated(self, value: Value) -> Value:
        """A layer's output; where it is told of by more axes than a layer may have, and the tensor
        has fewer, those alone."""
        own = [axis for axis in value.axes if axis.at]
        straight = [i for axis in own for i in axis.at] == list(range(len(value.shape)))
        if len(value.shape) <= MOST_AXES or len(own) > MOST_AXES or not straight:
            return value
        extents = zip(value.bare(), value.axes, strict=True)
        places = iter(range(len(own)))
        axes = tuple(axis._replace(at=(next(places),)) if axis.at else axis for axis in value.axes)
        return self.reshape(value, tuple(n for n, axis in extents if axis.at), axes, main=False)

    def learned(self, ref: Any) -> Stored:
        """A learned tensor of the file, as it is."""
        found = self.get(ref)
        if not self.trains(found):
            raise UnmappedError("needs a learned tensor of its own, and has none")
        return found

    def trains(self, found: Result | None) -> TypeGuard[Stored]:
        """Whether it is a learned tensor as the file has it, so that a layer may hold it."""
        if not isinstance(found, Stored) or not found.whole:
            return False
        return self.apart.isdisjoint(found.names) and self.role(found.names[0]) != BUFFER

    def integers(self, ref: Any) -> list[int]:
        """Whole numbers, of a Known or of a list of numbers and Knowns."""
        if isinstance(ref, list | tuple) and not isinstance(ref, Ref):
            return [number for item in ref for number in self.integers(item)]
        found = self.get(ref)
        if not isinstance(found, Known):
            raise UnmappedError("its shape depends on the numbers in a tensor")
        return [int(number) for number in found.data]

    def lay(
        self,
        op: Op,
        *inputs: Value,
        axes: tuple[Axis, ...],
        tensors: tuple[str, ...] = (),
        main: bool = True,
        shape: Shape | None = None,
    ) -> Value:
        """Lay a layer; `tensors` are the names of its own. Returns what it gives along `axes`."""
        arrives = tuple(value.shape for value in inputs)
        if shape is None:
            if any(len(x) > MOST_AXES for x in arrives):
                raise UnmappedError(f"works on {max(map(len, arrives))} axes at once")
            try:
                op.admit(arrives)
                shape = op.out(*arrives)
                op.params(*arrives)
            except DefinitionError as error:
                raise UnmappedError(str(error)) from None
        assert shape is not None
        if any(i >= len(shape) for axis in axes for i in axis.at):
            raise UnmappedError(f"keeps no axis of {pretty(arrives[0])} apart")
        row = Row(f"#{len(self.rows)}", op, tuple(v.layer for v in inputs), self.path, main)
        row.tensors = tensors
        self._share(row)
        self.rows.append(row)
        return Value(row.key, shape, axes)

    def reshape(self, value: Value, shape: Shape, axes: tuple[Axis, ...], main: bool) -> Value:
        """Lay the same elements under another shape, whatever that of the value is."""
        if len(value.shape) > MOST_AXES:
            value = value._replace(shape=(prod(value.shape),))
        names = reshaped_names(value.shape, shape) if shape != value.shape else USUAL[len(shape)]
        told = {} if usual(names) else {"axis_names": list(names)}
        op = self.make("reshape", shape=list(shape), **told)
        return self.lay(op, value, axes=axes, main=main)

    def make(self, name: str, **attributes: Any) -> Op:
        """An op of archdb's; UnmappedError where it has none, or not with these attributes."""
        try:
            return make(name, attributes)
        except DefinitionError as error:
            raise UnmappedError(str(error)) from None

    def _share(self, row: Row) -> None:
        """A layer whose tensors are another's uses that's, unless equal ones are stored once."""
        owners = [self.owner.get(name) for name in row.tensors]
        if any(owners):
            first = owners[0]
            again = [name for name in row.tensors if name in self.owner]
            shared = [name for name in again if not self.graph.alike_by_chance(name)]
            alike = bool(shared) and all(owner is first for owner in owners)
            if alike and first and first.tensors == row.tensors and first.op is row.op:
                row.weights_of = first.weights_of or first.key
            elif shared:
                raise TiedError(shared)
            else:
                self.outcome.repeated.update(again)
        for name in row.tensors:
            self.owner.setdefault(name, row)

    # what the file has

    def free(self, names: tuple[str, ...], op: Op) -> bool:
        """Whether no layer of another op holds any of these tensors."""
        held = (self.owner.get(name) for name in names)
        return all(row is None or row.op.name == op.name for row in held)

    def parameter(self, stored: Stored) -> Value:
        """Numbers of the file as layers that read nothing, and what works them out, if anything."""
        key = ("stored", stored.names, stored.shape, id(stored.call), stored.place)
        if key not in self.arranged:
            self.arranged[key] = self._held(stored) if stored.whole else self._worked_out(stored)
        return self.arranged[key]

    def _worked_out(self, stored: Stored) -> Value:
        """What a call that reads learned tensors alone gives; without any, it is a table."""
        if not stored.names:
            return self.table(Known(stored.shape, ()))
        if stored.call is None or stored.call.kind not in RULES:
            how = f" by {stored.call.kind}" if stored.call else ""
            raise UnmappedError(f"is worked out from learned tensors{how}")
        path, self.path = self.path, stored.call.path
        result = RULES[stored.call.kind](self, stored.call)
        self.path = path
        value = result[stored.place] if type(result) is list else result
        return self.realised(value)

    def _held(self, stored: Stored) -> Value:
        """A tensor of the file as a layer; its first extent, if it is 1, is the batch's place."""
        first = stored.shape[:1] == (1,) and len(stored.shape) > 1
        shape = stored.shape[1:] if first else stored.shape
        role = self.role(stored.names[0])
        if role == BUFFER:
            return self.table(Known(stored.shape, ()))
        op = self.make("parameter", shape=list(shape or (1,)), role=role)
        axes = in_order(len(shape), None)
        return self.lay(op, axes=(ONE, *axes) if first else axes, tensors=stored.names, main=False)

    def table(self, known: Known) -> Value:
        """Known numbers as a layer that reads nothing."""
        shape, axes = axes_of(known.shape, self.batch)
        key = ("table", known)
        if key not in self.arranged:
            op = self.make("constant", shape=list(shape or (1,)))
            self.arranged[key] = self.lay(op, axes=axes, main=False)
        return self.arranged[key]

    def role(self, name: str) -> str:
        """The role of a tensor of the file, by its name and rank where no op says it."""
        tensor = self.graph.tensors[name]
        if tensor.role in ROLES:
            return ROLES[tensor.role]
        if name.rpartition(".")[2].endswith(("bias", "beta")):
            return BIAS
        return WEIGHT if tensor.shape and len(tensor.shape) > 1 else NORM


ROLES = {"buffer": BUFFER, "constant": BUFFER}
