"""An op that archdb does not know: stored and shown, and never counted as nothing."""

from typing import Annotated, Any

from archdb.model.attributes import LATER, Extents, Kind, Text, counts_of
from archdb.model.shape import Shape
from archdb.model.window import Unbounded
from archdb.ops.base import BIAS, BUFFER, NORM, WEIGHT, Op, Tensor, Work, op

Stated = tuple[tuple[str, Shape], ...]


def _tensors(value: Any) -> Stated:
    """Role and shape of each; a shape alone is a weight's, and 0 is none at all."""
    if value == 0 and not isinstance(value, bool):
        return ()
    if not isinstance(value, (list, tuple)):
        raise ValueError
    return tuple(map(_tensor, value))


def _tensor(value: Any) -> tuple[str, Shape]:
    if not isinstance(value, (list, tuple)):
        raise ValueError
    role, shape = value if value and isinstance(value[0], str) else (WEIGHT, value)
    if role not in (WEIGHT, BIAS, NORM, BUFFER):
        raise ValueError
    return role, counts_of(shape)


Tensors = Annotated[
    Stated,
    Kind('0, or a list of shapes, each perhaps with its role: ["bias", [64]]', _tensors),
    LATER,
]


@op("unknown")
class Unknown(Op):
    """A layer of a `kind` that archdb has no facts for. Totals over it are NULL with the reason.

    Where its output shape is stated (`shape`), what follows it can still be derived, at the
    input that it is stated at. Where its tensors are (`parameters`), totals of parameters are not
    open, only those of operations.
    """

    arity = (0, None)
    known = False
    sized = True
    kind: Text
    shape: Extents = None  # type: ignore[assignment]
    parameters: Tensors = None  # type: ignore[assignment]

    def unsized(self) -> Any:
        """What was stated for one size says nothing of another."""
        return self.like(shape=None)

    def stated(self) -> Shape | None:
        return self.shape

    def out(self, *inputs: Shape) -> Shape | None:
        return self.shape

    def params(self, *inputs: Shape) -> tuple[Tensor, ...] | None:
        if self.parameters is None:
            return None
        numbered = enumerate(self.parameters, start=1)
        return tuple(Tensor(f"{role} {n}", role, shape) for n, (role, shape) in numbered)

    def work(self, out: Shape, *inputs: Shape) -> Work | None:
        return None

    def window(self, *inputs: Shape) -> Unbounded:
        return Unbounded(f"'{self.kind}' is an op archdb does not know")
