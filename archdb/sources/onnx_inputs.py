"""The inputs of an ONNX graph with the batch, and the extents that a user gives for open ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from archdb.errors import DefinitionError
from archdb.model.shape import Shape
from archdb.sources.neutral import Stated as StatedShapes
from archdb.sources.neutral import Tensor
from archdb.sources.onnx_parts import OnnxGraph, every, read_at
from archdb.sources.sizes import Sizes, whole

#: Extents of an input: a word for one that the file leaves open; None where it has no shape.
Stated = Sequence[Any] | None


def batch_behind_steps(graph: OnnxGraph) -> dict[str, int]:
    """The axis of the batch in what recurrent nodes read: the second, behind the steps."""
    names = read_at(graph, dict.fromkeys(("LSTM", "GRU", "RNN"), (0,)))
    first = any(node.attributes.get("layout") for node in every(graph))
    return {} if first else dict.fromkeys(names, 1)


class OpenShapes:
    """The shapes of a graph's inputs, of which the file may leave extents open.

    The batch is the first axis of an input, and any other that has the same word as an open first
    one: `state` of (2, N, 128) beside `input` of (N, length). It is another axis where what reads
    the input says so (`placed`, by the input's name), or the user, who gives it the extent 1 and
    the first one more.
    """

    def __init__(
        self,
        inputs: Mapping[str, Stated],
        sizes: Sizes,
        batch: int,
        placed: Mapping[str, int] | None = None,
    ) -> None:
        self.inputs, self.sizes, self.batch = inputs, sizes, batch
        #: Whether all that is fed in is one sample.
        self.of_one = {shape[0] for shape in inputs.values() if shape} == {1}
        known = placed or {}
        self.places = {
            name: self._place(name, shape, known.get(name, 0))
            for name, shape in inputs.items()
            if shape
        }
        words = {shape[self.places[name]] for name, shape in inputs.items() if shape}
        self.batches = {word for word in words if isinstance(word, str) and word}
        for word in self.batches:
            sizes.one(word)

    def _place(self, name: str, stated: Sequence[Any], told: int) -> int:
        """The axis of an input that is the batch, unless its extent says otherwise."""
        asked = self._asked_by_axis(name, stated)
        if asked[told] in (None, 1) and (told or asked[0] in (None, 1)):
            return told
        ones = [at for at, n in enumerate(asked) if n == 1 and not isinstance(stated[at], int)]
        return ones[0] if len(ones) == 1 else 0

    def _asked_by_axis(self, name: str, stated: Sequence[Any]) -> Sequence[int | None]:
        """What the user gives for each axis, or else the file; None where neither does."""
        whole_ = self.sizes.given.get(name, self.sizes.given.get("", ()))
        if len(whole_) == len(stated):
            return whole_
        return [n if isinstance(n, int) else self.sizes.extent(n) for n in stated]

    def shape(self, name: str) -> Shape:
        """The shape of an input with the batch; DefinitionError where an extent is open."""
        stated = self.inputs[name]
        if stated is None:
            asked = self.sizes.shape(name, None)
            if asked is None:
                raise DefinitionError(
                    f"input '{name}' has no shape", remedy=f"say it: --input {name}=3x224x224"
                )
            return (self.batch, *asked)
        if not stated:
            return ()
        known = [self._extent(word) for word in stated]
        if place := self.places[name]:
            known[place] = self.batch
        if self._without_batch(known):
            return self._asked(name, known)
        return self._behind_batch(name, known)

    def _behind_batch(self, name: str, known: list[Any]) -> Shape:
        """The shape of an input that begins with the batch."""
        rest = known[1:]
        open_ = [n for n in rest if not isinstance(n, int)]
        asked = self.sizes.shape(name, None if open_ else tuple(rest))
        if asked is None:
            raise _unsaid(name, rest)
        channels = rest[0] if len(known) == 4 and isinstance(rest[0], int) else None
        asked = whole(asked, (channels, 0, 0) if channels else None)
        if len(asked) == len(known):
            if asked[0] != 1:
                raise _several(name, asked)
            asked = asked[1:]
        if len(asked) != len(rest):
            raise _otherwise(name, rest, asked)
        return (self.batch, *asked)

    def stated(self, shapes: Mapping[str, Stated], made: Mapping[str, Tensor]) -> StatedShapes:
        """Of the shapes that the file states for values, those that hold at these inputs."""
        firsts = {shape[0] for shape in self.inputs.values() if shape and len(shape) in (4, 5)}
        numbers = {n for n in firsts if isinstance(n, int)}
        batch = max(numbers, default=1)
        if len(numbers) > 1 or any(self._changed(name, made[name].shape) for name in self.inputs):
            return StatedShapes({}, batch)
        found = {}
        for name, shape in shapes.items():
            known = [
                batch if n in self.batches else self.sizes.extents.get(n, n) for n in shape or ()
            ]
            extents = tuple(n for n in known if isinstance(n, int))
            if known and len(extents) == len(known):
                found[name] = extents
        return StatedShapes(found, batch)

    def _changed(self, name: str, made: Shape | None) -> bool:
        """Whether the user has given another size than the file states."""
        pairs = zip(self.inputs[name] or (), made or (), strict=False)
        return any(isinstance(n, int) and m not in (n, self.batch) for n, m in pairs)

    def _extent(self, word: Any) -> Any:
        """An extent of the file: a number, or a word that the user may give one for."""
        if not isinstance(word, str):
            return word
        return self.batch if word in self.batches else self.sizes.extent(word) or word

    def _without_batch(self, known: list[Any]) -> bool:
        """Whether the first axis is another than the batch: it has a fixed extent above one, and
        the input is no image or volume, or has the batch elsewhere."""
        first = known[0]
        if self.batch in known[1:]:
            return bool(first != self.batch)
        fixed = isinstance(first, int) and first > 1 and first != self.batch
        return fixed and len(known) not in (4, 5)

    def _asked(self, name: str, known: list[Any]) -> Shape:
        """What the user says of such an input, the batch where the file has it."""
        stated = tuple(1 if n == self.batch else n for n in known)
        asked = self.sizes.shape(name, stated if _all_known(stated) else None)
        if asked is None:
            raise _unsaid(name, known)
        if len(asked) == len(known) - 1 and self.batch in known:
            at = known.index(self.batch)
            asked = (*asked[:at], 1, *asked[at:])
        if len(asked) != len(known):
            if name not in self.sizes.given and _all_known(known):
                return tuple(known)  # the size is meant for another input
            raise _otherwise(name, [n for n in known if n != self.batch], asked)
        return tuple(
            self.batch if n == self.batch or (m == 1 and not isinstance(n, int)) else m
            for n, m in zip(known, asked, strict=True)
        )


def _all_known(extents: Sequence[Any]) -> bool:
    return all(isinstance(n, int) for n in extents)


def _several(name: str, asked: Shape) -> DefinitionError:
    rest = "x".join(map(str, asked[1:]))
    return DefinitionError(
        f"input '{name}' begins with the batch, and figures are for one sample, not {asked[0]}",
        remedy=f"--input {name}={rest}",
    )


def _otherwise(name: str, own: Sequence[Any], asked: Shape) -> DefinitionError:
    """Sizes for another number of axes than the file has."""
    return DefinitionError(
        f"input '{name}' has {len(own)} axes beside the batch, and {len(asked)} sizes are given",
        remedy=f"one for each: --input {name}={_sizes(own)}",
    )


def _sizes(extents: Sequence[Any]) -> str:
    """Extents as a size is written, a word where one is open."""
    return "x".join(str(n) if isinstance(n, int) else n or "SIZE" for n in extents)


def _unsaid(name: str, extents: Sequence[Any]) -> DefinitionError:
    """Which extents are open, and how to say them: by the axis where it has a name."""
    told = "×".join(str(n) if isinstance(n, int) else n or "?" for n in extents)
    words = dict.fromkeys(n for n in extents if not isinstance(n, int))
    if "" in words or not all(word.isidentifier() for word in words):
        say = f"{name}={_sizes(extents)}"
    else:
        say = ",".join(f"{word}=SIZE" for word in words)
    return DefinitionError(
        f"leaves extents of its input '{name}' open: {told}", remedy=f"say them: --input {say}"
    )
