"""What an op is: declared attributes and four facts.

Every op states, for given input shapes,
    out      the output shape,
    params   its parameter tensors, by role,
    work     its operations for one image, by kind,
    window   which input positions an output position reads.
Everything else in archdb (parameters, MACs, a convention's FLOPs, receptive fields, memory) is
a sum, a fold or a view over these. A fact that costs nothing is written (`params = no_params`),
never inherited: `op` refuses a class that leaves one out.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any, ClassVar, NamedTuple, TypeVar

from archdb.errors import DefinitionError, ShapeError, nearest
from archdb.model.attributes import LATER
from archdb.model.components import BIAS as BIAS  # as names that ops import from here
from archdb.model.components import BUFFER as BUFFER
from archdb.model.components import NORM as NORM
from archdb.model.components import WEIGHT as WEIGHT
from archdb.model.components import Work as Work
from archdb.model.declaration import REQUIRED, Declaration, declared
from archdb.model.shape import Shape, channels_first, pretty
from archdb.model.window import POINT, Unbounded, Window
from archdb.ops.explained import Explained
from archdb.ops.rewritable import Rewritable
from archdb.ops.written import Written

FACTS = ("out", "params", "work", "window")


class Tensor(NamedTuple):
    """A parameter tensor: its name in the literature, its role (`components`) and its shape."""

    name: str
    role: str
    shape: Shape


class Gemm(NamedTuple):
    """The matrix product m×k by k×n that im2col makes of a convolution, for one group."""

    m: int
    n: int
    k: int


class Op(Rewritable, Explained, Written):
    """Base of all ops. Instances are interned: equal attributes give the same object."""

    name: ClassVar[str]
    declaration: ClassVar[Declaration]
    #: Fewest and most inputs; None where there is no limit.
    arity: ClassVar[tuple[int, int | None]] = (1, 1)
    #: Whether this is where a network is given its input.
    source: ClassVar[bool] = False
    #: Whether the order of the inputs makes no difference.
    commutative: ClassVar[bool] = False
    #: Whether the output is the same whatever arrives.
    constant: ClassVar[bool] = False
    #: Whether the output lies there with the weights and is not worked out.
    stored: ClassVar[bool] = False
    #: False where there are no facts: a layer that must never count as nothing.
    known: ClassVar[bool] = True
    #: Whether it is told of the native input's size, on which what holds at another one hangs.
    sized: ClassVar[bool] = False
    _made: ClassVar[dict[tuple[Any, ...], Op]] = {}
    _values: dict[str, Any]
    _stated: dict[str, Any]

    out: Callable[..., Shape | None]
    params: Callable[..., tuple[Tensor, ...] | None]
    work: Callable[..., Work | None]
    window: Callable[..., Window | Unbounded]

    def __new__(cls, *args: Any, **attributes: Any) -> Any:
        if len(args) > len(cls.declaration.attributes):
            raise TypeError(f"{cls.name} takes {len(cls.declaration.attributes)} attributes")
        given = {**dict(zip(cls.declaration.attributes, args, strict=False)), **attributes}
        try:
            values = cls.declaration.parse(given)
        except DefinitionError as error:
            raise error.at(cls.name) from None
        key = (cls, *values.values())
        made = Op._made.get(key)
        if made is None:
            made = super().__new__(cls)
            left_out = cls.declaration.left_out()
            made._values = values
            made._stated = {n: v for n, v in values.items() if left_out.get(n, REQUIRED) != v}
            for attribute, value in values.items():
                setattr(made, attribute, value)
            made.check()
            made.prepare()
            Op._made[key] = made
        return made

    def check(self) -> None:
        """Raises DefinitionError where attributes that are valid alone do not go together."""

    def prepare(self) -> None:
        """Works out, once, what follows from the attributes alone."""

    def ends_map(self, *native: Shape | None) -> bool:
        """Whether the output has a stated number of positions, or none, however large the map is:
        behind it a receptive field tells the input's size. `native` arrives at native input."""
        return False

    def unsized(self) -> Any:
        """The op where another size arrives than the one that it is told of."""
        return self

    def stated(self) -> Shape | None:
        """The output shape where it is told whatever arrives, not worked out from the inputs."""
        return None

    @property
    def elementwise(self) -> bool:
        """Whether each element is worked out from one of the only input, by numbers that are the
        same for all."""
        own = type(self)
        return own.out is same_shape and own.params is no_params and own.window is point

    def gemm(self, out: Shape, *inputs: Shape) -> Gemm | None:
        """The op's im2col product; None for what is not a convolution or a linear layer."""
        return None

    def like(self, **changes: Any) -> Any:
        """The same op with some attributes changed."""
        return make(self.name, {**self._values, **changes})

    def attributes(self) -> dict[str, Any]:
        """The attributes in canonical form, in declared order, as a layer row states them."""
        return self._stated

    def admit(self, inputs: tuple[Shape, ...]) -> None:
        """Raises ShapeError where the op does not take that many inputs."""
        least, most = self.arity
        if len(inputs) < least or (most is not None and len(inputs) > most):
            upwards = f"{least} or more" if most is None else f"{least} to {most}"
            wanted = str(least) if most == least else upwards
            raise ShapeError(f"takes {wanted} input(s), got {len(inputs)}")

    def __repr__(self) -> str:
        stated = ", ".join(f"{name}={value!r}" for name, value in self._values.items())
        return f"{self.name}({stated})"

    def __reduce__(self) -> tuple[Any, ...]:
        return make, (self.name, self._values)


REGISTRY: dict[str, type[Op]] = {}

OpClass = TypeVar("OpClass", bound=type[Op])


def op(name: str) -> Callable[[OpClass], OpClass]:
    """Register a class as the op `name`; TypeError where one of the four facts is not stated.

    A family's base class may state facts for its members; `Op` itself states none.
    """

    def register(cls: OpClass) -> OpClass:
        for fact in FACTS:
            if not hasattr(cls, fact):
                raise TypeError(f"op '{name}' does not state its {fact}")
        if name in REGISTRY:
            raise TypeError(f"op '{name}' is registered twice")
        annotations: dict[str, Any] = {}
        for base in reversed(cls.__mro__):
            if base is not Op and issubclass(base, Op):
                annotations |= declared(base)
        annotations = dict(sorted(annotations.items(), key=lambda a: LATER in a[1].__metadata__))
        cls.name = name
        cls.declaration = Declaration(
            annotations, {n: getattr(cls, n, REQUIRED) for n in annotations}
        )
        REGISTRY[name] = cls
        return cls

    return register


def make(name: str, attributes: dict[str, Any]) -> Op:
    """The op of that name; raises DefinitionError on an unknown name or wrong attributes."""
    if name not in REGISTRY:
        raise DefinitionError(
            f"unknown op '{name}'",
            remedy=nearest(name, REGISTRY) or "an op archdb does not know is written as 'unknown'",
        )
    made: Op = REGISTRY[name](**attributes)
    return made


# Facts that many ops share, by name.


def whatever_size(self: Op, *native: Shape | None) -> bool:
    """The op ends the map (`ends_map`)."""
    return True


def same_shape(self: Op, x: Shape) -> Shape:
    """The output has the input's shape."""
    return x


def no_params(self: Op, *inputs: Shape) -> tuple[Tensor, ...]:
    """The op has no parameters, trainable or fixed."""
    return ()


def no_work(self: Op, out: Shape, *inputs: Shape) -> Work:
    """The op moves or selects numbers and computes none."""
    return Work()


def point(self: Op, *inputs: Shape) -> Window:
    """Each output position reads the same position of each input."""
    return POINT


def per_element(**each: int) -> Callable[..., Work]:
    """Work that is so much of each kind for every output element."""
    of_one = Work(**each)

    def work(self: Op, out: Shape, *inputs: Shape) -> Work:
        elements = prod(out)
        return Work._make([count * elements for count in of_one])

    return work


def image(op: Op, x: Shape) -> tuple[int, int, int]:
    """(channels, height, width), or ShapeError where the input is not an image."""
    if len(x) != 3:
        raise ShapeError(f"needs channels×height×width, got {pretty(x)}")
    return x[0], x[1], x[2]


def sequence(op: Op, x: Shape) -> tuple[int, int]:
    """(length, features), in whatever order its axes are; ShapeError where the input is no sequence
    of vectors."""
    if len(x) != 2:
        raise ShapeError(f"needs length×features, got {pretty(x)}")
    return (x[1], x[0]) if channels_first(x) else (x[0], x[1])
