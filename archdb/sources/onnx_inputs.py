"""The inputs of an ONNX graph with the batch, and the extents that a user gives for open ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from archdb.errors import DefinitionError
from archdb.model.shape import Shape
from archdb.sources.neutral import Stated as StatedShapes
from archdb.sources.neutral import Tensor
from archdb.sources.sizes import Sizes, whole

#: Extents of an input: a word for one that the file leaves open; None where it has no shape.
Stated = Sequence[Any] | None


class OpenShapes:
    """The shapes of a graph's inputs, of which the file may leave extents open.

    The batch is the first axis of an input, and any other that has the same word as an open first
    one: `state` of (2, N, 128) beside `input` of (N, length).
    """

    def __init__(self, inputs: Mapping[str, Stated], sizes: Sizes, batch: int) -> None:
        self.inputs, self.sizes, self.batch = inputs, sizes, batch
        firsts = {shape[0] for shape in inputs.values() if shape}
        self.batches = {word for word in firsts if isinstance(word, str) and word}
        for word in self.batches:
            sizes.one(word)

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
        if self._without_batch(known):
            return self._asked(name, known) or tuple(known)
        rest = known[1:]
        open_ = [n for n in rest if not isinstance(n, int)]
        asked = self.sizes.shape(name, None if open_ else tuple(rest))
        if asked is None:
            raise _unsaid(name, rest)
        channels = rest[0] if len(known) == 4 and isinstance(rest[0], int) else None
        asked = whole(asked, (channels, 0, 0) if channels else None)
        return (self.batch, *(asked[1:] if len(asked) == len(known) else asked))

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

    def _asked(self, name: str, known: list[Any]) -> Shape | None:
        """What the user says of such an input, the batch where the file has it."""
        stated = tuple(1 if n == self.batch else n for n in known)
        whole_ = all(isinstance(n, int) for n in stated)
        asked = self.sizes.shape(name, stated if whole_ else None)
        if asked is None:
            raise _unsaid(name, known)
        if len(asked) != len(known):
            return None
        return tuple(
            self.batch if n == self.batch or (m == 1 and not isinstance(n, int)) else m
            for n, m in zip(known, asked, strict=True)
        )


def _unsaid(name: str, extents: Sequence[Any]) -> DefinitionError:
    """Which extents are open, and how to say them: by the axis where it has a name."""
    told = "×".join(str(n) if isinstance(n, int) else n or "?" for n in extents)
    words = dict.fromkeys(n for n in extents if not isinstance(n, int))
    if "" in words or not all(word.isidentifier() for word in words):
        say = f"{name}={'x'.join(str(n) if isinstance(n, int) else n or 'SIZE' for n in extents)}"
    else:
        say = ",".join(f"{word}=SIZE" for word in words)
    return DefinitionError(
        f"leaves extents of its input '{name}' open: {told}", remedy=f"say them: --input {say}"
    )
