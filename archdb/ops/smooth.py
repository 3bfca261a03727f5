"""Activations beside the rectifiers: smooth ones, and those that saturate.

Counts per element follow from the formula in each docstring, evaluated as it stands.
"""

from __future__ import annotations

from archdb.model.attributes import Number
from archdb.ops.activation import ElementWise
from archdb.ops.base import no_work, op, per_element


@op("elu")
class Elu(ElementWise):
    """x, or alpha (exp(x) - 1) below zero (clevert2016): one comparison, one exponential, one
    addition, one product."""

    alpha: Number = 1.0

    work = per_element(comparisons=1, exponentials=1, adds=1, muls=1)


@op("selu")
class Selu(ElementWise):
    """An ELU of a fixed alpha times a fixed scale (klambauer2017): a product more."""

    work = per_element(comparisons=1, exponentials=1, adds=1, muls=2)


@op("celu")
class Celu(ElementWise):
    """max(0, x) + min(0, alpha (exp(x / alpha) - 1)) (barron2017): two comparisons, one division,
    one exponential, two additions, one product."""

    alpha: Number = 1.0

    work = per_element(comparisons=2, divisions=1, exponentials=1, adds=2, muls=1)


@op("softplus")
class Softplus(ElementWise):
    """log(1 + exp(x)): two exponentials, the logarithm being counted as one, and one addition."""

    work = per_element(exponentials=2, adds=1)


@op("softsign")
class Softsign(ElementWise):
    """x / (1 + |x|): one comparison, one addition, one division."""

    work = per_element(comparisons=1, adds=1, divisions=1)


@op("mish")
class Mish(ElementWise):
    """x tanh(log(1 + exp(x))) (misra2020): a softplus, a tanh and a product."""

    work = per_element(exponentials=3, adds=3, muls=2, divisions=1)


@op("log_sigmoid")
class LogSigmoid(ElementWise):
    """-log(1 + exp(-x)): two exponentials, the logarithm being counted as one, and three
    additions, two of them for the signs."""

    work = per_element(exponentials=2, adds=3)


@op("hard_shrink")
class HardShrink(ElementWise):
    """x where its size is above `threshold`, else 0: two comparisons."""

    threshold: Number = 0.5

    work = per_element(comparisons=2)


@op("stochastic_depth")
class StochasticDepth(ElementWise):
    """Drops a whole branch with probability `rate` in training (huang2016); passes it at
    inference."""

    rate: Number

    work = no_work
