"""Element-wise non-linearities, softmax, and what does nothing at inference.

Counts per element follow from the formula in each docstring, evaluated as it stands.
"""

from collections.abc import Callable
from math import prod
from typing import Annotated

from archdb.errors import DefinitionError
from archdb.model.attributes import LATER, LaterFlag, Number, choice
from archdb.model.axes import LaterAxis
from archdb.model.shape import Shape, axis_of
from archdb.model.window import Unbounded, Window
from archdb.ops.base import (
    WEIGHT,
    Op,
    Tensor,
    Work,
    no_params,
    no_work,
    op,
    per_element,
    point,
    same_shape,
)
from archdb.ops.explained import Formulas, Stated
from archdb.ops.moving import beside
from archdb.ops.rewritable import kept

#: Why a map has no field behind what mixes its positions.
MIXED = Unbounded("behind a distribution over positions")

#: The work of the forms of a GELU on one element.
GELU = {
    "none": {"divisions": 2, "exponentials": 1, "adds": 1, "muls": 1},
    "tanh": {"divisions": 2, "exponentials": 1, "adds": 4, "muls": 6},
    "sigmoid": {"divisions": 1, "exponentials": 1, "adds": 1, "muls": 2},
}


class ElementWise(Op):
    """Shared by all: shape kept, no parameters, position by position."""

    out = same_shape
    params = no_params
    window: Callable[..., Window | Unbounded] = point
    channels = kept


@op("relu")
class Relu(ElementWise):
    """max(0, x): one comparison (nair2010)."""

    work = per_element(comparisons=1)


@op("sigmoid")
class Sigmoid(ElementWise):
    """1 / (1 + exp(-x)): one exponential, one addition, one division."""

    work = per_element(exponentials=1, adds=1, divisions=1)


@op("tanh")
class Tanh(ElementWise):
    """(1 - exp(-2x)) / (1 + exp(-2x)): one product, one exponential, two additions, one
    division."""

    work = per_element(muls=1, exponentials=1, adds=2, divisions=1)


@op("scaled_tanh")
class ScaledTanh(ElementWise):
    """amplitude * tanh(slope * x) (lecun1998, section II.B); the slope joins tanh's own factor,
    so there is one product more than in tanh."""

    amplitude: Number = 1.7159
    slope: Number = 2 / 3

    work = per_element(muls=2, exponentials=1, adds=2, divisions=1)


@op("relu6")
class Relu6(ElementWise):
    """min(max(0, x), 6): two comparisons (howard2017)."""

    work = per_element(comparisons=2)


@op("leaky_relu")
class LeakyRelu(ElementWise):
    """x, or slope * x below zero: one comparison, one product."""

    slope: Number

    work = per_element(comparisons=1, muls=1)


@op("prelu")
class Prelu(ElementWise):
    """Leaky ReLU whose slope is learnt, one for each channel (he2015), or `shared` one for all.
    `axis`: that of the channels, where it is another."""

    shared: LaterFlag = False
    axis: LaterAxis = None  # type: ignore[assignment]

    work = per_element(comparisons=1, muls=1)

    def params(self, *inputs: Shape) -> tuple[Tensor, ...]:
        (x,) = inputs
        return (Tensor("slope", WEIGHT, (1 if self.shared else x[axis_of(x, self.axis)],)),)

    def formulas(self, *inputs: Shape) -> Formulas:
        return {"slope": "channels"} if self.axis is None and not self.shared else {}


@op("swish")
class Swish(ElementWise):
    """x * sigmoid(x), also called SiLU (ramachandran2017): a sigmoid and a product."""

    work = per_element(exponentials=1, adds=1, divisions=1, muls=1)


@op("hard_sigmoid")
class HardSigmoid(ElementWise):
    """relu6(x + 3) / 6 (howard2019): one addition, two comparisons, one division."""

    work = per_element(adds=1, comparisons=2, divisions=1)


@op("hard_swish")
class HardSwish(ElementWise):
    """x * relu6(x + 3) / 6 (howard2019): a hard sigmoid and a product."""

    work = per_element(adds=1, comparisons=2, divisions=1, muls=1)


@op("gelu")
class Gelu(ElementWise):
    """x / 2 * (1 + erf(x / sqrt(2))) (hendrycks2016): two divisions, one error function
    (counted as an exponential), one addition, one product.

    `approximate`: tanh is x / 2 * (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))): a division, five
    products and two additions beside the tanh's own; sigmoid is x * sigmoid(1.702 x): two products
    and a sigmoid.
    """

    approximate: Annotated[str, choice(*GELU), LATER] = "none"

    def work(self, out: Shape, x: Shape) -> Work:
        return per_element(**GELU[self.approximate])(self, out, x)


class Distribution(ElementWise):
    """Shared by what makes a distribution of the n channels (or features) of each position, or of
    the n elements along `axis`."""

    axis: LaterAxis = None  # type: ignore[assignment]

    def counted(self, x: Shape) -> tuple[int, int]:
        """How many distributions there are, and how many elements each has."""
        n = x[axis_of(x, self.axis)]
        return prod(x) // n, n

    def window(self, x: Shape) -> Window | Unbounded:
        return beside(x, (axis_of(x, self.axis),), MIXED)

    def groups(self, x: Shape, formula: str) -> str | Stated:
        """A formula of groups and n, in the names of the channels where these are meant."""
        if self.axis is None:
            return formula.format(groups="positions", n="channels")
        groups, n = self.counted(x)
        names, numbers = ({"groups": "groups", "n": "n"}, {"groups": groups, "n": n})
        return Stated(formula.format(**names), formula.format(**numbers))


@op("softmax")
class Softmax(Distribution):
    """exp(x_i) / sum of exp(x_j) over the n channels (or features) of each position, or along
    `axis`: n exponentials, n - 1 additions, n divisions."""

    def work(self, out: Shape, x: Shape) -> Work:
        groups, n = self.counted(x)
        return Work(exponentials=prod(x), adds=groups * (n - 1), divisions=prod(x))

    def formulas(self, *inputs: Shape) -> Formulas:
        return {"adds": self.groups(inputs[0], "{groups} · ({n} − 1)")}


@op("log_softmax")
class LogSoftmax(Distribution):
    """x_i - log(sum of exp(x_j)) over the channels (or features) of each position, or along
    `axis`: n exponentials, n - 1 additions, a logarithm (counted as an exponential), n
    additions."""

    def work(self, out: Shape, x: Shape) -> Work:
        groups, n = self.counted(x)
        return Work(exponentials=groups * (n + 1), adds=groups * (2 * n - 1))

    def formulas(self, *inputs: Shape) -> Formulas:
        return {
            "exponentials": self.groups(inputs[0], "{groups} · ({n} + 1)"),
            "adds": self.groups(inputs[0], "{groups} · (2 · {n} − 1)"),
        }


@op("dropout")
class Dropout(ElementWise):
    """Drops elements with probability `rate` in training; passes everything at inference."""

    rate: Number

    work = no_work

    def check(self) -> None:
        if not 0 <= self.rate <= 1:
            raise DefinitionError(f"'rate' must be from 0 to 1, got {self.rate:g}").at(self.name)
