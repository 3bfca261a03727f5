"""A Keras model being laid out: models within models, calls in an order that serves, axes turned.

A tensor of three axes or more has its channels last in Keras and first in archdb. A global pool
gives a map of one position, which Keras has as a vector: `flat` says so, until someone needs more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from archdb.errors import ArchdbError, DefinitionError
from archdb.model.shape import Shape
from archdb.sources.keras_config import (
    DEEPEST,
    MODELS,
    Node,
    Part,
    Ref,
    Value,
    ends,
    in_order,
    kind_of,
    part_of,
    parts_of,
)
from archdb.sources.keras_config import Call as Call
from archdb.sources.keras_input import input_of
from archdb.sources.keras_masks import without_masks
from archdb.sources.laying import Laying, Tensors
from archdb.sources.lowering.base import UnmappedError
from archdb.sources.sizes import SizesLike

Rule = Callable[["KerasNet", Call], Value | list[Value]]
RULES: dict[str, Rule] = {}
Bound = TypeVar("Bound", bound=Rule)
Given = dict[tuple[str, int], list[Value]]


def layer(*kinds: str) -> Callable[[Bound], Bound]:
    """Register the rule of some classes of layer; a function of Keras is `op:NAME`."""

    def register(function: Bound) -> Bound:
        RULES.update(dict.fromkeys(kinds, function))
        return function

    return register


class KerasNet:
    """A model being laid out."""

    def __init__(self, sizes: SizesLike, version: str, tensors: Mapping[str, Tensors]) -> None:
        self.net = Laying(sizes)
        self.tensors = tensors
        self.version = version
        self.path, self.calls = "", 0
        #: How many copies are being laid of a layer that works on each step by itself.
        self.times = 1
        self.channels_first = False
        self.recorded: dict[tuple[str, int, int], tuple[int | None, ...]] = {}
        self.readers: Counter[str] = Counter()
        self.native = not sizes

    def run(self, model: dict[str, Any]) -> None:
        """Lay a whole model out of its configuration."""
        part = part_of(model, 0)
        if part.kind not in MODELS and "layers" not in part.config:
            raise DefinitionError(
                f"is of class {part.kind}, whose configuration does not list its layers",
                remedy="what such a class does is code: give a functional or sequential model, or"
                " what model.export has written as ONNX",
            )
        self.channels_first = '"channels_first"' in repr(model).replace("'", '"')
        self.model(part.config, None, "", 0)

    # models

    def model(
        self, config: dict[str, Any], given: list[Value] | None, scope: str, depth: int
    ) -> list[Value]:
        """The layers of a model; `given` is what it reads where it is a part of another."""
        if depth > DEEPEST:
            raise DefinitionError(f"has models more than {DEEPEST} deep")
        parts, masked = without_masks(parts_of(config), ends(config, "output_layers"))
        if masked:
            self.net.outcome.note("figures are of sequences without padding: masks change none")
        read = [ref for part in parts for node in part.nodes for ref in node.refs()]
        for ref in [*read, *ends(config, "output_layers")]:
            own = f"{scope}/{ref.layer}" if scope else ref.layer
            self.readers[own] += 1
            if ref.shape is not None:
                self.recorded[(own, ref.call, ref.tensor)] = ref.shape
        if "input_layers" not in config:
            return self._sequence(config, parts, given, scope, depth)
        inputs = ends(config, "input_layers")
        values: Given = {}
        if given is not None and len(given) != len(inputs):
            raise DefinitionError(f"has {len(inputs)} inputs, and is given {len(given)}")
        for ref, value in zip(inputs, given or (), strict=False):
            values[ref.key] = [value]
        for part, node, key in in_order(parts):
            if key not in values:
                arrived = [self._value(values, ref) for ref in node.refs()]
                values[key] = self.call(Call(part, node, arrived), scope, depth, key)
        return [self._value(values, ref) for ref in ends(config, "output_layers")]

    def _sequence(
        self,
        config: dict[str, Any],
        parts: list[Part],
        given: list[Value] | None,
        scope: str,
        depth: int,
    ) -> list[Value]:
        """A Sequential: each layer reads the one before."""
        self.readers.update(f"{scope}/{part.name}" if scope else part.name for part in parts)
        values = given
        if values is None and parts[0].kind != "InputLayer":
            shape = parts[0].config.get("batch_input_shape") or config.get("build_input_shape")
            parts = [Part("input", "InputLayer", "", {"batch_shape": shape}, []), *parts]
        for part in parts:
            if part.kind == "InputLayer":
                values = values or [input_of(self.net, part, self.channels_first)]
            else:
                call = Call(part, Node([], {}), values or [])
                values = self.call(call, scope, depth, (part.name, 0))
        return values or []

    def _value(self, values: Given, ref: Ref) -> Value:
        made = values.get(ref.key)
        if made is None or not 0 <= ref.tensor < len(made):
            raise DefinitionError(f"reads output {ref.tensor} of '{ref.layer}', which has none")
        value = made[ref.tensor]
        shape = self.net.shapes[value.layer]
        if ref.shape is not None and None not in ref.shape and shape is not None and self.native:
            self.net.outcome.compared += 1
            if self.shape(value) != ref.shape and not self.net.outcome.shape_differs:
                said = f"{ref.layer}: {self.shape(value)} derived, {ref.shape} recorded"
                self.net.outcome.shape_differs = said
        return value

    # calls

    def call(self, call: Call, scope: str, depth: int, key: tuple[str, int]) -> list[Value]:
        """Lay what one call is, or what its model is made of."""
        part, self.calls = call.part, self.calls + 1
        own = f"{scope}/{part.name}" if scope else part.name
        where = f"layer '{part.name}' ({part.kind})"
        try:
            if part.kind in MODELS or (part.module == "" and "layers" in part.config):
                return self.model(part.config, call.inputs, own, depth + 1)
            if part.kind == "InputLayer":
                return [input_of(self.net, part, self.channels_first)]
            self.path = own
            return self._ruled(call, key)
        except ArchdbError as error:
            raise error.at(where) from None
        except (TypeError, ValueError) as error:  # JSON holds any value in any place
            raise DefinitionError(f"has a value that makes no sense: {error}").at(where) from None

    def _ruled(self, call: Call, key: tuple[str, int]) -> list[Value]:
        rule = RULES.get(kind_of(call.part), _missing)
        made = self.net.attempt(
            call.part.kind, lambda: rule(self, call), lambda why: self._unknown(call, why, key)
        )
        return made if isinstance(made, list) else [made]

    def inner(self, call: Call, path: str, times: int) -> list[Value]:
        """A layer or model within a layer, one of so many copies of it."""
        self.times *= times
        try:
            if call.part.kind in MODELS:
                return self.model(call.part.config, call.inputs, path, 1)
            made = RULES.get(kind_of(call.part), _missing)(self, call)
        finally:
            self.times //= times
        return made if isinstance(made, list) else [made]

    def _unknown(self, call: Call, why: UnmappedError, key: tuple[str, int]) -> Value:
        """A layer that archdb does not know, of the shape that its readers are said to read."""
        shape = self.recorded.get((self.path, key[1], 0)) if self.native else None
        own = None if shape is None or None in shape else self.turned(tuple(n or 0 for n in shape))
        names = [value.layer for value in call.inputs]
        kind = kind_of(call.part).removeprefix("op:")
        weightless = kind_of(call.part) != call.part.kind or kind == "Lambda"
        tensors = () if weightless else self.tensors.get(self.path)
        return Value(self.net.open(self.path, kind, why, *names, shape=own, tensors=tensors))

    def lay(
        self, op: str, *values: Value, more: str = "", elementwise: bool = False, **attributes: Any
    ) -> Value:
        """Lay a layer under the name of the call, or what is named by `more` and follows. Where
        it works `elementwise` a vector that is a 1×1 map stays one."""
        name = f"{self.path}/{more}" if more else self.path
        flat = elementwise and bool(values) and all(value.flat for value in values)
        names = [value.layer if flat else self.plain(value) for value in values]
        return Value(self.net.lay(name, op, *names, **attributes), flat)

    def weighted(self, op: str, *values: Value, more: str = "", **told: Any) -> Value:
        """Lay a layer with weights, in a later call those of the first."""
        key = f"{self.path}/{more}"
        made = self.lay(op, *values, more=more, weights_of=self.net.owners.get(key), **told)
        self.net.owners.setdefault(key, made.layer)
        return made

    def plain(self, value: Value) -> str:
        """The layer that gives a value as Keras has it: a vector where it is flat."""
        if not value.flat:
            return value.layer
        return self.net.lay(f"{value.layer}.flatten", "flatten", value.layer)

    # axes

    def turned(self, shape: Shape) -> Shape:
        """A shape in Keras's order in archdb's."""
        return shape if len(shape) < 3 or self.channels_first else (shape[-1], *shape[:-1])

    def shape(self, value: Value) -> Shape:
        """The shape as Keras has it, without the batch."""
        shape = tuple(self.net.shape(value.layer))
        if value.flat:
            return shape[:1]
        return shape if len(shape) < 3 or self.channels_first else (*shape[1:], shape[0])

    def axis(self, value: Value, axis: Any) -> int:
        """One of Keras's axes, of which the first is the batch, as one of archdb's."""
        shape = self.shape(value)
        rank = len(shape)
        number = axis[0] if isinstance(axis, list) and len(axis) == 1 else axis
        if not isinstance(number, int) or not -rank <= number <= rank or number == 0:
            raise UnmappedError(f"works along axis {axis}")
        at = number - 1 if number > 0 else number + rank
        return at if rank < 3 or self.channels_first else (at + 1) % rank


def _missing(net: KerasNet, call: Call) -> Value:
    raise UnmappedError("is a class that archdb has no layer for")
