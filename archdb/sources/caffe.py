"""Caffe's prototxt files: layers that read and write named blobs, perhaps in place.

A network is read as one of its two phases has it, TEST unless told. Losses and accuracies are left
out by name, and so is what reads data; the blobs that it would give are the inputs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from archdb.errors import ArchdbError, DefinitionError
from archdb.sources.caffe_left import DECODING, is_left_out, mark_heads, not_asked
from archdb.sources.caffe_net import Given, given_blobs, layers_of, network_of
from archdb.sources.laying import Laying, Read, file_text, name_of
from archdb.sources.lowering.base import UnmappedError
from archdb.sources.prototext import Message, parse
from archdb.sources.sizes import SizesLike

SUFFIX = ".prototxt"


class Prototxt:
    """A prototxt being laid out. `blobs`: the layer that has written each blob last."""

    def __init__(self, net: Laying, given: dict[str, Given]) -> None:
        self.net = net
        self.given = given
        self.blobs: dict[str, str] = {}
        self.layer = Message(0)
        self.own = ""
        self.readers: Counter[str] = Counter()
        #: Blobs that what is left out would give.
        self.gone: set[str] = set()
        self.weak: list[str] = []
        self.strong: list[str] = []

    def bottom(self, blob: str) -> str:
        """The layer whose output a blob is; an input is laid when it is first read."""
        if blob not in self.blobs:
            given = self.given.get(blob)
            if given is None:
                raise DefinitionError(
                    f"reads the blob '{blob}', which no layer before it gives",
                    remedy="a layer that gives it may belong to another phase or stage",
                )
            self.blobs[blob] = self.net.input(blob, given.shape, given.why, given.like)
        return self.blobs[blob]

    def bottoms(self) -> list[str]:
        """The layers that this one reads."""
        return [self.bottom(blob) for blob in self.layer.words("bottom")]

    def some(self) -> list[str]:
        """The layers that this one reads; DefinitionError where there are none."""
        found = self.bottoms()
        if not found:
            raise DefinitionError("reads no blob", remedy="a bottom names what it reads")
        return found

    def only(self) -> str:
        """The one layer that this one reads."""
        found = self.bottoms()
        if len(found) != 1:
            raise UnmappedError(f"reads {len(found)} blobs")
        return found[0]

    def lay(self, op: str, *inputs: str, more: str = "", **attributes: Any) -> str:
        """Lay a layer under this one's name, or behind it under a name of its own."""
        name = f"{self.own}/{more}" if more else self.own
        return self.net.lay(name, op, *inputs, **attributes)

    def weighted(self, op: str, *inputs: str, **attributes: Any) -> str:
        """Lay a layer with weights, which are another's where they have the same names."""
        names = tuple(_param_names(self.layer))
        if not names or not all(names):
            return self.lay(op, *inputs, **attributes)
        return self.net.weighted(names, self.own, op, *inputs, **attributes)

    def axis(self, name: str, axis: int) -> int:
        """One of Caffe's axes, of which the first is the batch, as one of archdb's."""
        rank = len(self.net.shape(name))
        found = axis + rank + 1 if axis < 0 else axis
        if not 0 < found <= rank:
            raise UnmappedError(f"works along axis {axis}, which is the batch or none")
        return found - 1


def _param_names(layer: Message) -> list[str]:
    """The names under which a layer's tensors are shared: of old layers these are words."""
    return [p.word("name") if isinstance(p, Message) else p for p in layer.all("param")]


Rule = Callable[[Prototxt, Message], str | list[str]]
RULES: dict[str, Rule] = {}


def layer(*types: str) -> Callable[[Rule], Rule]:
    """Register the rule of some types of layer: it lays layers and returns what the tops are."""

    def register(function: Rule) -> Rule:
        RULES.update(dict.fromkeys(types, function))
        return function

    return register


def read(path: Path, sizes: SizesLike = None, phase: str = "TEST", stages: Any = ()) -> Read:
    """The network in a prototxt file. `sizes`: the user's, by input.

    Raises ArchdbError naming the file, the layer and its line.
    """
    try:
        return load(file_text(path), name_of(path), sizes, phase, stages)
    except ArchdbError as error:
        raise error.at(str(path)) from None


def load(
    text: str, name: str, sizes: SizesLike = None, phase: str = "TEST", stages: Any = ()
) -> Read:
    """As `read`, of a text."""
    from archdb.sources import (  # noqa: F401  importing a module registers its rules
        caffe_elementwise,
        caffe_joining,
        caffe_recurrent,
        caffe_scaling,
        caffe_weights,
        caffe_windows,
    )

    top = network_of(parse(text))
    layers = layers_of(top, phase, frozenset(stages), RULES)
    net = Prototxt(Laying(sizes), given_blobs(top, RULES))
    _count_readers(net, layers)
    for part in layers:
        try:
            _take(net, part)
        except ArchdbError as error:
            raise error.at(f"layer '{part.word('name')}' (line {part.line})") from None
    laid = net.net
    if all(layer.op.source for layer in laid.layers.values()):
        raise DefinitionError(
            f"has no layers in phase {phase} that archdb makes a layer of",
            remedy="a network's description has layer { … } with a type in each",
        )
    mark_heads(laid, net.weak, net.strong)
    laid.block_by_path()
    called = "_".join(top.word("name").lower().split()) or name
    source = {"format": "Caffe", "phase": phase, "layers": str(len(layers))}
    return Read(laid.network(called), laid.outcome, source)


def _count_readers(net: Prototxt, layers: list[Message]) -> None:
    """How many layers read what each one writes, by the names of layers."""
    writer: dict[str, str] = {}
    for part in layers:
        for blob in part.words("bottom"):
            net.readers[writer.get(blob, blob)] += 1
        for blob in part.words("top"):
            writer[blob] = part.word("name")


def _take(net: Prototxt, part: Message) -> None:
    """Lay what a layer of the file is."""
    kind = part.word("type")
    net.layer, net.own = part, part.word("name") or "_".join(part.words("top")) or kind
    if is_left_out(part) or _reads_what_is_left_out(net, part):
        _leave_out(net, kind)
        return
    read, tops = net.bottoms(), part.words("top")
    given = net.net.attempt(
        kind,
        lambda: _ruled(net, part),
        lambda why: net.net.open(net.own, _kind(part), why, *read, tensors=None),
    )
    made = [given] * len(tops) if isinstance(given, str) else given
    if len(made) != len(tops):
        raise DefinitionError(f"has {len(tops)} tops, and archdb makes {len(made)} of it")
    net.blobs.update(zip(tops, made, strict=True))
    net.gone.difference_update(tops)


def _ruled(net: Prototxt, part: Message) -> str | list[str]:
    """What a layer's rule makes of it; UnmappedError too where it is told what no rule knows."""
    if part.word("type") not in RULES:
        raise UnmappedError("is a type that archdb has no layer for")
    made = RULES[part.word("type")](net, part)
    left = not_asked(part)
    if left:
        raise UnmappedError(f"is told '{left[0]}', which archdb does not know of")
    return made


def _reads_what_is_left_out(net: Prototxt, part: Message) -> bool:
    """Whether nothing is left of what a layer reads, or not all, and what it is is not known."""
    read = part.words("bottom")
    gone = net.gone.intersection(read)
    return bool(gone) and (len(gone) == len(set(read)) or part.word("type") not in RULES)


def _kind(part: Message) -> str:
    """The type of a layer, and what a Python layer runs."""
    python = part.message("python_param")
    ran = ".".join(filter(None, (python.word("module"), python.word("layer"))))
    kind = part.word("type") or "layer"
    return f"{kind} {ran}" if ran else kind


def _leave_out(net: Prototxt, kind: str) -> None:
    """Name a loss; the layers that lead only to losses of little weight are heads."""
    net.net.outcome.folded[kind] += 1
    net.gone.update(net.layer.words("top"))
    read = [net.blobs[blob] for blob in net.layer.words("bottom") if blob in net.blobs]
    weight = max(net.layer.numbers("loss_weight"), default=1)
    if kind not in ("Silence", "Accuracy", *DECODING) and weight:
        (net.weak if weight < 1 else net.strong).extend(read)
    if read and kind not in ("Silence", "Accuracy"):
        net.net.outcome.note(f"{kind} '{net.own}' is left out, which reads '{read[0]}'")
