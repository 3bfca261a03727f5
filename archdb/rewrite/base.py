"""What a rule is, and what it works on: a network's layers with the shapes they read and give."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple, TypeVar

from archdb.analysis.layer_costs import Facts, facts_of
from archdb.analysis.shared_weights import check_shared, sharing_layers
from archdb.errors import ArchdbError
from archdb.model.declaration import REQUIRED, Attribute, Declaration, declared
from archdb.model.graph import Layer, Network
from archdb.model.shape import Shape
from archdb.ops import Op


class Note(NamedTuple):
    """Layers that a rule left alone, and why; or, without layers, what it found."""

    rule: str
    layers: tuple[str, ...]
    why: str

    def __str__(self) -> str:
        if not self.layers:
            return f"{self.rule}: {self.why}"
        return f"{self.rule} leaves {some(self.layers)} alone: {self.why}"


def some(names: Sequence[str]) -> str:
    """A few names, and how many more there are."""
    shown = ", ".join(names[:4])
    return shown if len(names) <= 4 else f"{shown} and {len(names) - 4} more"


class TracedLayer(NamedTuple):
    """A layer where it stands: the shapes that arrive, and its facts on them."""

    layer: Layer
    inputs: tuple[Shape | None, ...]
    facts: Facts

    @property
    def name(self) -> str:
        return self.layer.name

    @property
    def op(self) -> Op:
        op: Op = self.layer.op
        return op


class RewriteContext:
    """A network as a rule sees it. Rules give new layers and say what they leave."""

    def __init__(self, network: Network, glob: str | None = None) -> None:
        self.network, self.glob = network, glob
        self.layers = trace_layers(network)
        self.readers: dict[str, list[str]] = {name: [] for name in self.layers}
        for layer in network:
            for source in layer.inputs:
                self.readers[source].append(layer.name)
        self.shared = sharing_layers(network)
        self.skipped: dict[str, list[str]] = {}
        self.said: list[str] = []
        self._new: set[str] = set()

    def chosen(self, name: str) -> bool:
        """Whether the rule is to change this layer."""
        if self.glob is None or self.glob in self.layers:  # a name is that layer's before a glob
            return self.glob in (None, name)
        return fnmatchcase(name, self.glob)

    def skip(self, name: str, why: str) -> None:
        """Note that a layer is left alone."""
        self.skipped.setdefault(why, []).append(name)

    def why_tied(self, name: str) -> str:
        """Why a layer's weights are not to be taken apart or changed; nothing where they are."""
        others = self.shared.get(name)
        return f"shares its weights with '{others[0]}'" if others else ""

    def notify(self, what: str) -> None:
        """Note something of the network as a whole."""
        self.said.append(what)

    def new_name(self, wanted: str) -> str:
        """A name for a new layer that none has."""
        name, number = wanted, 1
        while name in self.layers or name in self._new:
            number += 1
            name = f"{wanted}_{number}"
        self._new.add(name)
        return name

    def build(self, layer: Layer, parts: Sequence[tuple[str, Op]]) -> Iterable[Layer]:
        """A layer as several: the last bears its name, so that who reads it reads on."""
        inputs = layer.inputs
        for suffix, op in parts[:-1]:
            name = self.new_name(f"{layer.name}/{suffix}")
            yield layer._replace(name=name, op=op, inputs=inputs)
            inputs = (name,)
        yield layer._replace(op=parts[-1][1], inputs=inputs)


def trace_layers(network: Network) -> dict[str, TracedLayer]:
    """All layers by name, with their shapes; ShapeError naming the layer that does not derive."""
    layers: dict[str, TracedLayer] = {}
    for layer in network:
        inputs = tuple(layers[name].facts.out for name in layer.inputs)
        layers[layer.name] = TracedLayer(layer, inputs, facts_at(layer, inputs))
    check_shared(network, {name: traced.inputs for name, traced in layers.items()})
    return layers


def facts_at(layer: Layer, inputs: tuple[Shape | None, ...]) -> Facts:
    """The facts of a layer; the error where it has none names it."""
    try:
        return facts_of(layer.op, inputs, borrowed=layer.weights_of is not None)
    except ArchdbError as error:
        raise error.at(f"layer '{layer.name}' ({layer.op.name})") from None


class Rule(NamedTuple):
    """`change` is called with a RewriteContext and the value of `parameter`, if it has one."""

    name: str
    change: Callable[..., Iterable[Layer]]
    parameter: Attribute | None

    @property
    def usage(self) -> str:
        """The rule as it is written: 'width=FACTOR', 'stack-3x3[=BETWEEN]'."""
        if self.parameter is None:
            return self.name
        value = f"={self.parameter.name.upper()}"
        return self.name + (value if self.parameter.default is REQUIRED else f"[{value}]")

    @property
    def summary(self) -> str:
        """What it does, as its docstring begins."""
        return " ".join((self.change.__doc__ or "").split("\n\n")[0].split())


REGISTRY: dict[str, Rule] = {}

Change = TypeVar("Change", bound=Callable[..., Iterable[Layer]])


def rule(name: str) -> Callable[[Change], Change]:
    """Register `(subject, *, parameter: Kind = default)` as the rule `name`.

    Its annotation is of the same kinds as those of ops and blocks.
    """

    def register(change: Change) -> Change:
        if name in REGISTRY:
            raise TypeError(f"rule '{name}' is registered twice")
        parameters = Declaration(declared(change), change.__kwdefaults__ or {}).attributes
        REGISTRY[name] = Rule(name, change, next(iter(parameters.values()), None))
        return change

    return register
