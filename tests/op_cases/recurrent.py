"""Layers over sequences: 19 steps of 23 features into 7 units."""

from archdb.ops import BIAS, WEIGHT, Work
from archdb.ops.recurrent import RECURRENT
from archdb.ops.window import POINT
from op_cases.table import SEQUENCE, Case, on

# The scalar work of a unit's step. LSTM: sigmoids of one addition, division and exponential for
# the three gates; tanh of one product, two additions, a division and an exponential, twice;
# c = f·c + i·g; h = o·tanh(c).
LSTM = Work(
    adds=19 * 7 * (3 * 1 + 2 * 2 + 1),
    muls=19 * 7 * (2 * 1 + 2 + 1),
    divisions=19 * 7 * (3 + 2),
    exponentials=19 * 7 * (3 + 2),
)
# GRU: two sigmoids, a tanh, r·h, and h = (1 - z)·g + z·h.
GRU = Work(
    adds=19 * 7 * (2 * 1 + 2 + 1 + 1),
    muls=19 * 7 * (1 + 1 + 2),
    divisions=19 * 7 * (2 + 1),
    exponentials=19 * 7 * (2 + 1),
)

CASES = [
    Case(  # a vector of 7 for each of 19 tokens, from a table of 101
        *on("embedding", (19,), vocabulary=101, units=7), (19, 7), {WEIGHT: 101 * 7}, Work(), POINT
    ),
    Case(
        *on("lstm", SEQUENCE, units=7),
        (19, 7),
        {WEIGHT: (23 + 7) * 4 * 7, BIAS: 4 * 7},
        LSTM._replace(macs=19 * (23 + 7) * 4 * 7, bias_adds=19 * 4 * 7),
        RECURRENT,
    ),
    Case(  # the state fed back has 3 features, projected from 7 at every step
        *on("lstm", SEQUENCE, units=7, projection=3, bias=False),
        (19, 3),
        {WEIGHT: (23 + 3) * 4 * 7 + 7 * 3},
        LSTM._replace(macs=19 * ((23 + 3) * 4 * 7 + 7 * 3)),
        RECURRENT,
    ),
    Case(  # the last state alone takes as much work
        *on("lstm", SEQUENCE, units=7, sequences=False),
        (7,),
        {WEIGHT: (23 + 7) * 4 * 7, BIAS: 4 * 7},
        LSTM._replace(macs=19 * (23 + 7) * 4 * 7, bias_adds=19 * 4 * 7),
        RECURRENT,
    ),
    Case(
        *on("gru", SEQUENCE, units=7),
        (19, 7),
        {WEIGHT: (23 + 7) * 3 * 7, BIAS: 3 * 7},
        GRU._replace(macs=19 * (23 + 7) * 3 * 7, bias_adds=19 * 3 * 7),
        RECURRENT,
    ),
    Case(  # a second bias, inside what the reset gate multiplies
        *on("gru", SEQUENCE, units=7, reset_after=True, sequences=False),
        (7,),
        {WEIGHT: (23 + 7) * 3 * 7, BIAS: 2 * 3 * 7},
        GRU._replace(macs=19 * (23 + 7) * 3 * 7, bias_adds=19 * 2 * 3 * 7),
        RECURRENT,
    ),
    Case(
        *on("gru", SEQUENCE, units=7, reset_after=True, bias=False),
        (19, 7),
        {WEIGHT: (23 + 7) * 3 * 7},
        GRU._replace(macs=19 * (23 + 7) * 3 * 7),
        RECURRENT,
    ),
]
