"""The inputs of a network, by name: as text, as a user specifies them, and at another size.

A profile is at one shape for each input. Its text is the shape alone where there is one input
('3x224x224'), else all by name, in the order of the rows ('left=3x32x32,right=3x32x32').
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from archdb.errors import DefinitionError, ShapeError, UsageError, nearest
from archdb.model import shape as shapes
from archdb.model.graph import Network
from archdb.model.input_spec import COMMA, EQUALS, parts, pretty, spec_of
from archdb.model.shape import Shape

Inputs = Mapping[str, Shape]


def native_inputs(network: Network) -> dict[str, Shape]:
    """The inputs a network is defined at; ShapeError where it has no input layer."""
    found = {layer.name: tuple(layer.op.shape) for layer in network if layer.op.source}
    if not found:
        raise ShapeError("has no input layer", remedy="begin with a layer of op input").at(
            network.name
        )
    return found


def check_names(network: Network) -> None:
    """DefinitionError where an input has a name that the text of several could not hold."""
    named = [layer.name for layer in network if layer.op.source]
    for name in named if len(named) > 1 else ():
        if COMMA in name or EQUALS in name:
            raise DefinitionError(
                "the name of an input has a comma or an equals sign",
                remedy="inputs are written as left=3x32x32,right=3x32x32",
            ).at(f"layer '{name}'")


def format_inputs(inputs: Inputs) -> str:
    """As the column `input` has it."""
    if len(inputs) == 1:
        return shapes.text(*inputs.values())
    return COMMA.join(f"{name}{EQUALS}{shapes.text(shape)}" for name, shape in inputs.items())


def parse_shapes(text: str) -> list[Shape]:
    """The shapes in such a text, in its order; UsageError where it is none."""
    return [shapes.parse(part.rpartition(EQUALS)[2]) for part in text.split(COMMA)]


def resize_network(network: Network, sizes: Shape | Inputs) -> Network:
    """The same network, its inputs given other shapes: one for all, which must be of equal shape,
    or one for each that is named."""
    inputs = complete_inputs(network, sizes)
    layers = [
        layer._replace(op=layer.op.like(shape=inputs[layer.name])) if layer.op.source else layer
        for layer in network
    ]
    return Network(network.name, layers, network.blocks)


def complete_inputs(network: Network, sizes: Shape | Inputs) -> dict[str, Shape]:
    """The shape of each input; UsageError where one is named that the network has not."""
    native = native_inputs(network)
    if not isinstance(sizes, Mapping):
        return resize_together(shapes.text(sizes), native)
    return resolve_inputs(spec_of(sizes) or (), native)


def resolve_inputs(
    spec: Sequence[str], native: Inputs, elsewhere: Collection[str] = ()
) -> dict[str, Shape]:
    """The inputs of a network that `spec` asks for: a size (384, 3x384x384) for all that are not
    named, NAME=SIZE for one, NAME=SIZE,NAME=SIZE for several.

    Inputs that are not named and given no size stay native. `elsewhere` are names of inputs of
    other networks that the question is about: what is said of them is not for this one. Raises
    UsageError where a size cannot be meant for all inputs, or a name is that of none.
    """
    size, named = parse_spec(spec)
    for name in named:
        if name not in native and name not in elsewhere:
            raise UsageError(
                f"no input is called '{name}'",
                remedy=nearest(name, native) or f"there is: {pretty(_name_each(native))}",
            )
    rest = {name: shape for name, shape in native.items() if name not in named}
    if size is not None and not rest and not elsewhere:
        raise UsageError(f"every input is named, so '{size}' is for none")
    found = dict(native)
    if size is not None and rest:
        found |= resize_together(size, rest)
    found |= {n: shapes.resize(size, native[n]) for n, size in named.items() if n in native}
    return found


def resolve_each(spec: Sequence[str], natives: Sequence[Inputs]) -> list[dict[str, Shape]]:
    """The same for each of several networks: what is said of an input by name is for those that
    have it."""
    every = {name for native in natives for name in native}
    return [resolve_inputs(spec, native, every - native.keys()) for native in natives]


def parse_spec(spec: Iterable[str]) -> tuple[str | None, dict[str, str]]:
    """The size for all, if any, and the size for each input that is named."""
    size: str | None = None
    named: dict[str, str] = {}
    for name, one in _split_spec(spec):
        if named.get(name, one) != one or (not name and size not in (None, one)):
            of = f" for '{name}'" if name else ""
            raise UsageError(
                f"two sizes are given{of}: {named.get(name, size)} and {one}",
                remedy="--input NAME=SIZE says which input is meant",
            )
        if name:
            named[name] = one
        else:
            size = one
    return size, named


def _split_spec(spec: Iterable[str]) -> Iterator[tuple[str, str]]:
    for argument in spec:
        for part in parts(argument):
            name, _, size = part.rpartition(EQUALS)
            if EQUALS in argument and not name:
                raise UsageError(
                    f"'{argument}' names no inputs", remedy="write NAME=SIZE,NAME=SIZE"
                )
            yield name, size


def resize_together(size: str, inputs: Inputs) -> dict[str, Shape]:
    """Inputs of equal shape at another; one number also sizes images of equal height and width."""
    native = set(inputs.values())
    maps = {shape[1:] for shape in native}
    images = all(len(shape) == 3 for shape in native) and len(maps) == 1
    if len(native) == 1 or (images and len(shapes.parse(size)) == 1):
        return {name: shapes.resize(size, shape) for name, shape in inputs.items()}
    each = " ".join(f"--input {part}" for part in _name_each(inputs).split(COMMA))
    raise UsageError(
        f"'{size}' cannot be meant for all of the inputs: {pretty(_name_each(inputs))}",
        remedy=f"say it of each: {each}",
    )


def _name_each(inputs: Inputs) -> str:
    return COMMA.join(f"{name}{EQUALS}{shapes.text(shape)}" for name, shape in inputs.items())
