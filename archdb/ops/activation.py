"""Element-wise non-linearities, softmax, and what does nothing at inference.

Counts per element follow from the formula in each docstring, evaluated as it stands.
"""

from math import prod

from archdb.errors import DefinitionError
from archdb.model.attributes import Number
from archdb.model.shape import Shape, channels
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
from archdb.ops.explained import Formulas
from archdb.ops.rewritable import kept


class ElementWise(Op):
    """Shared by all: shape kept, no parameters, position by position."""

    out = same_shape
    params = no_params
    window = point
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
    """Leaky ReLU whose slope is learnt, one for each channel (he2015)."""

    work = per_element(comparisons=1, muls=1)

    def params(self, *inputs: Shape) -> tuple[Tensor, ...]:
        (x,) = inputs
        return (Tensor("slope", WEIGHT, (channels(x),)),)

    def formulas(self, *inputs: Shape) -> Formulas:
        return {"slope": "channels"}


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
    (counted as an exponential), one addition, one product."""

    work = per_element(divisions=2, exponentials=1, adds=1, muls=1)


@op("softmax")
class Softmax(ElementWise):
    """exp(x_i) / sum of exp(x_j) over the n channels (or features) of each position: n
    exponentials, n - 1 additions, n divisions."""

    def work(self, out: Shape, x: Shape) -> Work:
        positions = prod(x) // channels(x)
        return Work(exponentials=prod(x), adds=prod(x) - positions, divisions=prod(x))

    def formulas(self, *inputs: Shape) -> Formulas:
        return {"adds": "positions · (channels − 1)"}


@op("dropout")
class Dropout(ElementWise):
    """Drops elements with probability `rate` in training; passes everything at inference."""

    rate: Number

    work = no_work

    def check(self) -> None:
        if not 0 <= self.rate <= 1:
            raise DefinitionError(f"'rate' must be from 0 to 1, got {self.rate:g}").at(self.name)
