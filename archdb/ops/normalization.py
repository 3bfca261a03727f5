"""Normalisation, as it runs at inference."""

from math import prod

from archdb.errors import DefinitionError
from archdb.ops.attributes import Count, Flag, Number
from archdb.ops.base import (
    BUFFER,
    NORM,
    Op,
    Tensor,
    Work,
    no_params,
    op,
    per_element,
    point,
    same_shape,
)
from archdb.ops.shape import Shape


@op("batch_norm")
class BatchNorm(Op):
    """Batch normalisation with its scale and shift (ioffe2015, Algorithm 2): at inference the
    statistics are constants, so each element takes one multiplication and one addition."""

    epsilon: Number = 1e-5

    out = same_shape
    work = per_element(muls=1, adds=1)
    window = point

    def params(self, x: Shape) -> tuple[Tensor, ...]:
        channels = (x[-1],) if len(x) == 2 else (x[0],)
        return (
            Tensor("scale", NORM, channels),
            Tensor("shift", NORM, channels),
            Tensor("running mean", BUFFER, channels),
            Tensor("running variance", BUFFER, channels),
        )


@op("lrn")
class Lrn(Op):
    """Local response normalisation across channels (krizhevsky2012, section 3.3):
    b = a / (k + alpha * sum of squares over `size` neighbouring channels) ** beta.

    `divide_alpha`: alpha is divided by `size` first (Caffe), which changes no count. For each
    element: one square, the sum of `size` squares, a multiplication and an addition, one power
    (counted as an exponential) and one division.
    """

    size: Count
    alpha: Number = 1e-4
    beta: Number = 0.75
    k: Number = 1.0
    divide_alpha: Flag = True

    out = same_shape
    params = no_params
    window = point

    def check(self) -> None:
        if self.size % 2 == 0:
            raise DefinitionError(f"'size' must be odd, got {self.size}").at(self.name)

    def work(self, out: Shape, x: Shape) -> Work:
        n = prod(out)
        return Work(muls=2 * n, adds=self.size * n, exponentials=n, divisions=n)
