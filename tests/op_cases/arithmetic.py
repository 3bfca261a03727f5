"""Arithmetic of tensors and numbers, functions of one element, and further activations, on 5
channels of 17 by 13 and on 3 groups of 19 by 23: N and M elements."""

from archdb.model.window import POINT
from archdb.ops import Work
from archdb.ops.arithmetic import SPREAD, SPREAD_TERM
from op_cases.table import MAP, NOTHING, SEQUENCE, Case, Shape, on

N = 5 * 17 * 13
M = 3 * 19 * 23
GROUPED = (3, 19, 23)


def elements(name: str, work: Work, x: Shape = MAP, **attributes: object) -> Case:
    """An op that keeps the shape and each position by itself."""
    return Case(*on(name, x, **attributes), x, NOTHING, work, POINT)


CASES = [
    # of two tensors, an extent of 1 spread
    Case(*on("subtract", MAP, MAP), MAP, NOTHING, Work(adds=N), POINT),
    Case(*on("divide", MAP, (5, 1, 1)), MAP, NOTHING, Work(divisions=N), SPREAD),
    Case(*on("power", SEQUENCE, (1, 23)), SEQUENCE, NOTHING, Work(exponentials=19 * 23), SPREAD),
    Case(*on("maximum", MAP, MAP), MAP, NOTHING, Work(comparisons=N), POINT),
    Case(*on("minimum", MAP, MAP), MAP, NOTHING, Work(comparisons=N), POINT),
    Case(*on("compare", MAP, MAP, how="less"), MAP, NOTHING, Work(comparisons=N), POINT),
    Case(*on("where", MAP, MAP, MAP), MAP, NOTHING, Work(), POINT),
    Case(*on("where", (1, 17, 13), MAP, value=0), MAP, NOTHING, Work(), POINT),
    Case(*on("add", (3, 19, 1), (1, 19, 23)), GROUPED, NOTHING, Work(adds=M), SPREAD_TERM),
    # of a tensor and a number
    elements("add", Work(adds=N), value=3),
    elements("multiply", Work(muls=N), value=0.125),
    elements("subtract", Work(adds=N), value=1, value_first=True),
    elements("divide", Work(divisions=N), value=8),
    elements("power", Work(exponentials=N), value=3),
    elements("maximum", Work(comparisons=N), value=0),
    elements("minimum", Work(comparisons=N), value=6),
    elements("compare", Work(comparisons=N), value=0, how="greater"),
    # of one element
    elements("exp", Work(exponentials=N)),
    elements("log", Work(exponentials=N)),
    elements("sqrt", Work(exponentials=N)),
    elements("rsqrt", Work(exponentials=N, divisions=N)),
    elements("square", Work(muls=N)),
    elements("reciprocal", Work(divisions=N)),
    elements("abs", Work(comparisons=N)),
    elements("negative", Work(adds=N)),
    elements("sign", Work(comparisons=2 * N)),
    elements("sin", Work(exponentials=M), GROUPED),
    elements("cos", Work(exponentials=M), GROUPED),
    elements("erf", Work(exponentials=N)),
    elements("round", Work(comparisons=N)),
    elements("clip", Work(comparisons=2 * N), low=-1, high=1),
    elements("clip", Work(comparisons=N), low=0),
    # activations
    elements("elu", Work(comparisons=N, exponentials=N, adds=N, muls=N)),
    elements("selu", Work(comparisons=N, exponentials=N, adds=N, muls=2 * N)),
    elements(
        "celu", Work(comparisons=2 * N, divisions=N, exponentials=N, adds=2 * N, muls=N), alpha=2
    ),
    elements("softplus", Work(exponentials=2 * N, adds=N)),
    elements("softsign", Work(comparisons=N, adds=N, divisions=N)),
    # a softplus (2, 1), a tanh (1 exponential, 2 additions, 1 product, 1 division), a product
    elements("mish", Work(exponentials=3 * N, adds=3 * N, muls=2 * N, divisions=N)),
    elements("log_sigmoid", Work(exponentials=2 * N, adds=3 * N)),
    elements("hard_shrink", Work(comparisons=2 * N)),
    elements("stochastic_depth", Work(), rate=0.1),
    # x / 2, x^3 (2), c x^3, x +, s (…), the tanh (1, 1, 2, 1), 1 +, the product
    elements(
        "gelu",
        Work(divisions=2 * N, exponentials=N, adds=(1 + 2 + 1) * N, muls=6 * N),
        approximate="tanh",
    ),
    elements("gelu", Work(divisions=N, exponentials=N, adds=N, muls=2 * N), approximate="sigmoid"),
]
