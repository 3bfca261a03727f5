"""Element-wise non-linearities, softmax and dropout."""

from archdb.model.window import POINT
from archdb.ops import WEIGHT, Work
from op_cases.table import MAP, NOTHING, SEQUENCE, VECTOR, Case, on

ALL = 5 * 17 * 13

CASES = [
    Case(*on("relu", MAP), MAP, NOTHING, Work(comparisons=5 * 17 * 13), POINT),
    Case(
        *on("sigmoid", MAP),
        MAP,
        NOTHING,
        Work(exponentials=5 * 17 * 13, adds=5 * 17 * 13, divisions=5 * 17 * 13),
        POINT,
    ),
    Case(
        *on("tanh", VECTOR),
        VECTOR,
        NOTHING,
        Work(muls=31, exponentials=31, adds=2 * 31, divisions=31),
        POINT,
    ),
    Case(
        *on("scaled_tanh", VECTOR),
        VECTOR,
        NOTHING,
        Work(muls=2 * 31, exponentials=31, adds=2 * 31, divisions=31),
        POINT,
    ),
    Case(  # over the channels at each of 17·13 positions
        *on("softmax", MAP),
        MAP,
        NOTHING,
        Work(exponentials=5 * 17 * 13, adds=17 * 13 * (5 - 1), divisions=5 * 17 * 13),
        POINT,
    ),
    Case(
        *on("softmax", SEQUENCE),
        SEQUENCE,
        NOTHING,
        Work(exponentials=19 * 23, adds=19 * (23 - 1), divisions=19 * 23),
        POINT,
    ),
    Case(*on("dropout", MAP, rate=0.5), MAP, NOTHING, Work(), POINT),
    Case(*on("zero", MAP), MAP, NOTHING, Work(), POINT),
    Case(  # min(max(0, x), 6)
        *on("relu6", MAP), MAP, NOTHING, Work(comparisons=2 * ALL), POINT
    ),
    Case(*on("leaky_relu", MAP, slope=0.1), MAP, NOTHING, Work(comparisons=ALL, muls=ALL), POINT),
    Case(  # a slope for each channel
        *on("prelu", MAP), MAP, {WEIGHT: 5}, Work(comparisons=ALL, muls=ALL), POINT
    ),
    Case(
        *on("prelu", SEQUENCE),
        SEQUENCE,
        {WEIGHT: 23},
        Work(comparisons=19 * 23, muls=19 * 23),
        POINT,
    ),
    Case(*on("prelu", VECTOR), VECTOR, {WEIGHT: 31}, Work(comparisons=31, muls=31), POINT),
    Case(  # x · 1 / (1 + exp(-x))
        *on("swish", MAP),
        MAP,
        NOTHING,
        Work(muls=ALL, exponentials=ALL, adds=ALL, divisions=ALL),
        POINT,
    ),
    Case(  # min(max(0, x + 3), 6) / 6
        *on("hard_sigmoid", MAP),
        MAP,
        NOTHING,
        Work(adds=ALL, comparisons=2 * ALL, divisions=ALL),
        POINT,
    ),
    Case(  # x times that
        *on("hard_swish", MAP),
        MAP,
        NOTHING,
        Work(adds=ALL, comparisons=2 * ALL, divisions=ALL, muls=ALL),
        POINT,
    ),
    Case(  # x / 2 · (1 + erf(x / √2))
        *on("gelu", SEQUENCE),
        SEQUENCE,
        NOTHING,
        Work(divisions=2 * 19 * 23, exponentials=19 * 23, adds=19 * 23, muls=19 * 23),
        POINT,
    ),
]
