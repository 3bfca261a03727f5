"""An op that archdb does not know: stored and shown, and never counted as nothing."""

from archdb.ops.attributes import Extents, Text
from archdb.ops.base import Op, Tensor, Work, op
from archdb.ops.shape import Shape
from archdb.ops.window import Unbounded


@op("unknown")
class Unknown(Op):
    """A layer of a `kind` that archdb has no facts for. Totals over it are NULL with the reason.

    Where its output shape is stated (`shape`), what follows it can still be derived.
    """

    arity = (0, None)
    known = False
    kind: Text
    shape: Extents = None  # type: ignore[assignment]

    def stated(self) -> Shape | None:
        return self.shape

    def out(self, *inputs: Shape) -> Shape | None:
        return self.shape

    def params(self, *inputs: Shape) -> tuple[Tensor, ...] | None:
        return None

    def work(self, out: Shape, *inputs: Shape) -> Work | None:
        return None

    def window(self, *inputs: Shape) -> Unbounded:
        return Unbounded(f"'{self.kind}' is an op archdb does not know")
