"""The sizes that a user gives for inputs of a file, before anything of the file is known."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from archdb.analysis.inputs import parse_spec
from archdb.errors import UsageError, nearest
from archdb.model.input_spec import InputSpec
from archdb.model.shape import Shape, parse


class Sizes:
    """Shapes by the name of an input or of an axis that a file leaves open; '' stands for any input
    that is not named.

    Where `only_open`, they fill in what the file leaves open and nothing else: the words may be
    about other networks as well, and what the file states is changed when figures are derived.
    """

    def __init__(self, given: Mapping[str, Shape] | None = None, *, only_open: bool = False):
        self.given, self.only_open = dict(given or {}), only_open
        #: The extents of axes that the file has and a size was given for.
        self.extents: dict[str, int] = {}

    @classmethod
    def of(cls, given: SizesLike) -> Sizes:
        """The same, or as such what a mapping gives."""
        return given if isinstance(given, cls) else cls(given)  # type: ignore[arg-type]

    def __bool__(self) -> bool:
        return bool(self.given)

    def shape(self, name: str, stated: Shape | None) -> Shape | None:
        """The shape of an input, the user's before the file's own; None where neither says it."""
        if stated is not None and self.only_open:
            return stated
        return self.given.get(name, self.given.get("", stated))

    def extent(self, axis: str) -> int | None:
        """The extent of an axis that a file names; None where the user says nothing of it."""
        found = self.given.get(axis) if axis else None
        if found is None:
            return None
        if len(found) != 1:
            raise UsageError(f"'{axis}' is one axis, which takes one number")
        self.extents[axis] = found[0]
        return found[0]

    def one(self, axis: str) -> None:
        """The axis of the batch: UsageError where it is given another extent than 1."""
        if self.extent(axis) not in (None, 1):
            raise UsageError(
                f"'{axis}' is the batch, and figures are for one sample",
                remedy=f"leave it out, or write {axis}=1",
            )

    def check(self, inputs: Collection[str]) -> None:
        """UsageError where a size was given for an input that a network has not."""
        unused = [name for name in self.given if name and name not in {*inputs, *self.extents}]
        if unused and not self.only_open:
            there = ", ".join(inputs)
            remedy = nearest(unused[0], inputs) or f"there is: {there}"
            raise UsageError(f"has no input '{unused[0]}'", remedy=remedy)


#: As readers take them.
SizesLike = Sizes | Mapping[str, Shape] | None


def sizes(spec: InputSpec) -> dict[str, Shape]:
    """Shapes by the name of the input; '' for the one that is meant for all. UsageError where the
    words are no sizes."""
    size, named = parse_spec(spec or ())
    found = {name: tuple(parse(words)) for name, words in named.items()}
    return found if size is None else {"": tuple(parse(size)), **found}


def whole(size: Shape, native: Shape | None) -> Shape:
    """A size with the channels of the native one, where it is one number for an image."""
    if len(size) == 1 and native is not None and len(native) == 3:
        return (native[0], size[0], size[0])
    return size
