"""Where a network begins, where branches meet, and what archdb does not know."""

from archdb.model.window import POINT, Unbounded
from archdb.ops import BIAS, BUFFER, WEIGHT, Work
from archdb.ops.arithmetic import SPREAD, SPREAD_TERM
from op_cases.table import MAP, NOTHING, SEQUENCE, VECTOR, Case, on

CASES = [
    Case(*on("input", shape=MAP), MAP, NOTHING, Work(), POINT),
    Case(*on("concat", (2, 5, 7), (3, 5, 7)), (2 + 3, 5, 7), NOTHING, Work(), POINT),
    Case(*on("concat", (2,), (3,), (5,)), (2 + 3 + 5,), NOTHING, Work(), POINT),
    Case(*on("concat", (19, 2), (19, 3)), (19, 2 + 3), NOTHING, Work(), POINT),
    Case(*on("add", MAP, MAP), MAP, NOTHING, Work(adds=5 * 17 * 13), POINT),
    Case(*on("add", VECTOR, VECTOR, VECTOR), VECTOR, NOTHING, Work(adds=2 * 31), POINT),
    Case(
        *on("unknown", MAP, kind="mish"),
        None,
        None,
        None,
        Unbounded("'mish' is an op archdb does not know"),
    ),
    Case(  # its tensors are stated, so open is only what it does
        *on("unknown", MAP, kind="mish", parameters=[[5, 3], ["bias", [5]], ["buffer", [2]]]),
        None,
        {WEIGHT: 5 * 3, BIAS: 5, BUFFER: 2},
        None,
        Unbounded("'mish' is an op archdb does not know"),
    ),
    Case(*on("multiply", MAP, MAP), MAP, NOTHING, Work(muls=5 * 17 * 13), POINT),
    Case(*on("multiply", SEQUENCE, SEQUENCE), SEQUENCE, NOTHING, Work(muls=19 * 23), POINT),
    Case(*on("multiply", VECTOR, VECTOR), VECTOR, NOTHING, Work(muls=31), POINT),
    Case(  # a factor for each channel
        *on("multiply", MAP, (5, 1, 1)), MAP, NOTHING, Work(muls=5 * 17 * 13), SPREAD
    ),
    Case(*on("multiply", (5, 1, 1), MAP), MAP, NOTHING, Work(muls=5 * 17 * 13), SPREAD),
    Case(  # a factor for each position is at its place
        *on("multiply", (1, 17, 13), MAP), MAP, NOTHING, Work(muls=5 * 17 * 13), POINT
    ),
    Case(  # both spread over each other
        *on("multiply", (5, 1, 1), (1, 17, 13)), MAP, NOTHING, Work(muls=5 * 17 * 13), SPREAD
    ),
    Case(  # two sums for each element of the output
        *on("add", (5, 1, 13), MAP, (1, 17, 1)),
        MAP,
        NOTHING,
        Work(adds=2 * 5 * 17 * 13),
        SPREAD_TERM,
    ),
    Case(*on("add", SEQUENCE, (19, 1)), SEQUENCE, NOTHING, Work(adds=19 * 23), POINT),
]
