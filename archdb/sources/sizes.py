"""The sizes that a user gives for inputs of a file, before anything of the file is known."""

from __future__ import annotations

from archdb.analysis.inputs import parse_spec
from archdb.model.input_spec import InputSpec
from archdb.model.shape import Shape, parse


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
