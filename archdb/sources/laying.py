"""Layers laid one by one, by the front ends whose kinds are near archdb's own.

Darknet, Caffe and Keras say what each layer is, so their readers need no lowering: they lay a layer
for each of the file's, with the shape that archdb derives for it beside it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from math import prod
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from archdb.analysis.inputs import check_names
from archdb.errors import DefinitionError, UsageError
from archdb.model import shape as shapes
from archdb.model.graph import Block, Layer, Network
from archdb.model.names import legible
from archdb.model.shape import Shape
from archdb.ops import BUFFER, REGISTRY, make
from archdb.sources.lowering.base import UnmappedError
from archdb.sources.lowering.outcome import Outcome, Unknown
from archdb.sources.sizes import Sizes, SizesLike

#: Role and shape of each stored tensor of a layer that archdb does not know.
Tensors = Iterable[tuple[str, Shape]]
#: What a front end takes a layer of its file for: the names of layers, or values of its own.
Made = TypeVar("Made")
#: A file that describes a network has no weights in it and is far smaller.
LARGEST_FILE = 64 * 2**20


class Read(NamedTuple):
    """A network read from a file, what became of its layers, and what the file says of itself."""

    network: Network
    outcome: Outcome
    source: dict[str, str]


class OpenError(UnmappedError):
    """A layer whose work archdb cannot count, and whose tensors it knows."""

    def __init__(self, why: str, tensors: Tensors = (), shape: Shape | None = None) -> None:
        super().__init__(why)
        self.tensors, self.shape = tensors, shape


class Laying:
    """A network being laid out. Names that are taken get a number: 'conv~2'."""

    def __init__(self, sizes: SizesLike = None) -> None:
        self.sizes = Sizes.of(sizes)
        self.asked: set[str] = set()
        self.layers: dict[str, Layer] = {}
        self.taken: Counter[str] = Counter()
        self.blocks: list[Block] = []
        #: The layer that has the weights which go by a key.
        self.owners: dict[Hashable, str] = {}
        self.shapes: dict[str, Shape | None] = {}
        self.outcome = Outcome()
        self.block: str | None = None

    def input(
        self,
        name: str,
        stated: Shape | None,
        why: str = "states no size",
        like: str = "3x224x224",
    ) -> str:
        """Lay an input: its size is the user's where one was given, else what the file states.

        Raises DefinitionError, which says how to give it, where neither is.
        """
        self.asked.add(name)
        shape = self.sizes.shape(name, stated)
        native = stated or tuple(map(int, like.split("x")))
        if shape is not None and len(shape) == 1 and len(native) == 3:  # 384: square
            shape = (native[0], *shape, *shape)
        if shape is None:
            raise DefinitionError(why, remedy=f"give it: --input {name}={like}, or its own").at(
                f"input '{name}'"
            )
        return self.lay(name, "input", shape=list(shape))

    def lay(
        self, name: str, op: str, *inputs: str, weights_of: str | None = None, **attributes: Any
    ) -> str:
        """Lay a layer and return its name; UnmappedError where archdb has no such op, and
        DefinitionError where what arrives does not suit it."""
        if op not in REGISTRY:
            raise UnmappedError(f"is '{op}', which archdb has no layer for")
        made = make(op, attributes)
        arrives = tuple(self.shapes[source] for source in inputs)
        shape = made.stated()
        if None not in arrives:
            known = tuple(x for x in arrives if x is not None)
            made.admit(known)
            shape = made.out(*known)
            made.params(*known)
        return self._add(name, Layer("", made, inputs, self.block, False, weights_of), shape)

    def weighted(self, key: Hashable, name: str, op: str, *inputs: str, **attributes: Any) -> str:
        """Lay a layer with weights, which are those of the first one under that key."""
        made = self.lay(name, op, *inputs, weights_of=self.owners.get(key), **attributes)
        self.owners.setdefault(key, made)
        return made

    def attempt(
        self, kind: str, rule: Callable[[], Made], otherwise: Callable[[UnmappedError], Made]
    ) -> Made:
        """What a rule lays for a layer of the file; where it cannot, all that it has laid is taken
        back. A layer of which nothing is laid is counted as folded."""
        before, last = len(self.layers), next(reversed(self.layers), "")
        try:
            made = rule()
        except UnmappedError as why:
            self._back(before)
            return otherwise(why)
        if next(reversed(self.layers), "") == last:
            self.outcome.folded[kind] += 1
        return made

    def _add(self, name: str, layer: Layer, shape: Shape | None) -> str:
        own = legible(name)
        while own in self.layers:
            self.taken[name] += 1
            own = f"{name}~{self.taken[name] + 1}"
        self.layers[own] = layer._replace(name=own)
        self.shapes[own] = shape
        return own

    def unknown(
        self,
        name: str,
        kind: str,
        why: str,
        *inputs: str,
        shape: Shape | None = None,
        tensors: Tensors | None = (),
    ) -> str:
        """Lay a layer that archdb does not know: totals of work are open behind it, and those of
        parameters too where its tensors are None, which means not told."""
        told = None if tensors is None else [(role, list(x)) for role, x in tensors]
        attributes: dict[str, Any] = {"kind": kind, "parameters": told}
        if told is not None and not told:
            attributes["parameters"] = 0
        if shape is not None:
            attributes["shape"] = list(shape)
        own = self.lay(name, "unknown", *inputs, **attributes)
        counted = None if told is None else sum(prod(x) for role, x in told if role != BUFFER)
        self.outcome.unknown.append(Unknown(own, kind, why, counted))
        return own

    def open(self, name: str, kind: str, why: UnmappedError, *inputs: str, **known: Any) -> str:
        """Lay a layer of which something is left open, and no more than that; `known` is what the
        file says of its `tensors` and its `shape`, where the rule does not."""
        if isinstance(why, OpenError):
            known = {"tensors": why.tensors, "shape": why.shape or known.get("shape")}
        return self.unknown(name, kind, str(why), *inputs, **known)

    def _back(self, count: int) -> None:
        """Take back all but the first `count` layers."""
        while len(self.layers) > count:
            name, _ = self.layers.popitem()
            del self.shapes[name]
        unknown = self.outcome.unknown
        while unknown and unknown[-1].key not in self.layers:
            unknown.pop()
        while self.owners and next(reversed(self.owners.values())) not in self.layers:
            self.owners.popitem()

    def shape(self, name: str) -> Shape:
        """What a layer gives; UnmappedError where that is not known."""
        shape = self.shapes[name]
        if shape is None:
            raise UnmappedError("follows a layer whose output has an unknown shape")
        return shape

    def image(self, name: str) -> str:
        """The layer's output as a map: a vector as one of 1×1, behind a reshape."""
        shape = self.shapes[name]
        if shape is None or len(shape) != 1:
            return name
        return self.lay(f"{name}.map", "reshape", name, shape=[-1, 1, 1])

    def block_by_path(self) -> None:
        """Put layers whose names begin alike, up to the last slash, in a block of that name."""
        places = Counter(name.rpartition("/")[0] for name in self.layers)
        for name, layer in self.layers.items():
            place = name.rpartition("/")[0]
            if place and places[place] > 1 and layer.block is None:
                self.layers[name] = layer._replace(block=place)
        blocks = dict.fromkeys(layer.block for layer in self.layers.values())
        self.blocks += [Block(place, "group", {}) for place in blocks if place]

    def network(self, name: str) -> Network:
        """The finished network; UsageError where a size was given for an input that it has not."""
        try:
            self.sizes.check(self.asked)
        except UsageError as error:
            raise error.at(name) from None
        made = Network(name, self.layers.values(), self.blocks)
        check_names(made)
        return made


def grouped(x: Shape | None, filters: int, groups: int) -> tuple[str, dict[str, int]]:
    """The op that a convolution in groups is, and its filters in that op's terms: with a group for
    each channel it is a depthwise one."""
    if x is not None and len(x) == 3 and groups == x[0] > 1 and filters % groups == 0:
        return "depthwise_conv2d", {"multiplier": filters // groups}
    return "conv2d", {"filters": filters, "groups": groups}


def file_text(path: Path) -> str:
    """A text file, whole; DefinitionError where it is none, is empty or is not to be read."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise DefinitionError(f"cannot be read: {error.strerror}") from None
    except ValueError:  # a NUL in the path
        raise DefinitionError("cannot be the name of a file") from None
    if len(data) > LARGEST_FILE:
        raise DefinitionError(
            f"has more than {LARGEST_FILE // 2**20} MB, which no description of a network has",
            remedy="give the file that describes the network, not that of its weights",
        )
    if b"\0" in data:
        raise DefinitionError("is not text", remedy="give the file that describes the network")
    text = data.decode("utf-8-sig", "replace")  # comments may be in any encoding
    if not text.strip():
        raise DefinitionError("is empty")
    return text


def name_of(path: Path) -> str:
    """A network's name from its file's: in lower case, spaces as underscores."""
    return "_".join(path.stem.lower().split()) or "network"


def pretty(shape: Shape | None) -> str:
    """A shape for a message."""
    return "an unknown shape" if shape is None else shapes.pretty(shape)
