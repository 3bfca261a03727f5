"""Responses scaled: by their neighbours, by their length, by learnt or stated factors."""

from math import prod

from archdb.errors import DefinitionError
from archdb.model.attributes import Count, Flag, LaterFlag, Number
from archdb.model.axes import LaterAxis
from archdb.model.shape import Shape, axis_of
from archdb.model.window import POINT, Unbounded, Window
from archdb.ops.activation import MIXED
from archdb.ops.base import (
    NORM,
    WEIGHT,
    Op,
    Tensor,
    Work,
    image,
    no_params,
    op,
    per_element,
    point,
    same_shape,
)
from archdb.ops.explained import Formulas, Stated
from archdb.ops.moving import beside
from archdb.ops.rewritable import kept
from archdb.ops.written import Writing


@op("lrn")
class Lrn(Op):
    """Local response normalisation across channels (krizhevsky2012, section 3.3):
    b = a / (k + alpha * sum of squares over `size` neighbouring channels) ** beta.

    `divide_alpha`: alpha is divided by `size` first (Caffe), which changes no count. For each
    element: one square, the sum of `size` squares, a multiplication and an addition, one power
    (counted as an exponential) and one division. `within`: the neighbours are `size` by `size`
    positions of the same channel (Caffe's WITHIN_CHANNEL).
    """

    size: Count
    alpha: Number = 1e-4
    beta: Number = 0.75
    k: Number = 1.0
    divide_alpha: Flag = True
    within: LaterFlag = False

    out = same_shape
    params = no_params
    channels = kept

    def check(self) -> None:
        if self.size % 2 == 0:
            raise DefinitionError(f"'size' must be odd, got {self.size}").at(self.name)

    def window(self, x: Shape) -> Window:
        """Within a channel as a convolution of that size."""
        if not self.within:
            return POINT
        image(self, x)
        return Window((self.size, self.size), padding=(self.size // 2,) * 4)

    def work(self, out: Shape, x: Shape) -> Work:
        n = prod(out)
        neighbours = self.size**2 if self.within else self.size
        return Work(muls=2 * n, adds=neighbours * n, exponentials=n, divisions=n)

    def formulas(self, *inputs: Shape) -> Formulas:
        neighbours = "size · size" if self.within else "size"
        return {"adds": f"({neighbours} − 1 + 1) · out_elements"}


@op("l2_norm")
class L2Norm(Op):
    """Each position divided by its Euclidean norm over the channels (or along `axis`), then a
    learnt `scale` for each channel (liu2016parsenet): n products, n - 1 additions, one root
    (counted as an exponential), n divisions and n products for each position of n channels."""

    scale: LaterFlag = True
    axis: LaterAxis = None  # type: ignore[assignment]

    out = same_shape
    channels = kept

    def window(self, x: Shape) -> Window | Unbounded:
        return beside(x, (axis_of(x, self.axis),), MIXED)

    def params(self, x: Shape) -> tuple[Tensor, ...]:
        if not self.scale:
            return ()
        return (Tensor("scale", NORM, (x[axis_of(x, self.axis)],)),)

    def work(self, out: Shape, x: Shape) -> Work:
        n = x[axis_of(x, self.axis)]
        positions = prod(x) // n
        return Work(
            adds=positions * (n - 1),
            muls=positions * (1 + self.scale) * n,
            divisions=positions * n,
            exponentials=positions,
        )

    def formulas(self, *inputs: Shape) -> Formulas:
        if self.axis is None:
            adds = "positions · (channels − 1)"
            return {"scale": "channels", "adds": adds, "exponentials": "positions"}
        n = inputs[0][axis_of(inputs[0], self.axis)]
        groups = prod(inputs[0]) // n
        return {
            "adds": Stated("groups·(n − 1)", f"{groups}·({n} − 1)"),
            "exponentials": Stated("groups", str(groups)),
        }


@op("channel_scale")
class ChannelScale(Op):
    """A learnt factor for each channel (liu2022: layer scale); `axis`: that of the channels, where
    it is another."""

    axis: LaterAxis = None  # type: ignore[assignment]

    out = same_shape
    work = per_element(muls=1)
    window = point
    channels = kept

    def params(self, x: Shape) -> tuple[Tensor, ...]:
        return (Tensor("factor", WEIGHT, (x[axis_of(x, self.axis)],)),)

    def formulas(self, *inputs: Shape) -> Formulas:
        return {"factor": "channels"} if self.axis is None else {}


@op("rescale")
class Rescale(Op):
    """Every element times a constant (szegedy2017: residuals before they are added)."""

    factor: Number

    out = same_shape
    params = no_params
    work = per_element(muls=1)
    window = point
    channels = kept

    @property
    def written_plainly(self) -> bool:
        return bool(self.factor != 1)

    def writing(self, *inputs: Shape) -> Writing:
        """Times 1 nothing happens."""
        return Writing(None if self.factor == 1 else self)
