"""Layers over sequences: 19 steps of 23 features into 7 units."""

from archdb.model.shape import unnamed
from archdb.model.window import POINT
from archdb.ops import BIAS, WEIGHT, Work
from archdb.ops.recurrent import RECURRENT
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
    Case(  # PyTorch's second bias
        *on("lstm", SEQUENCE, units=7, recurrent_bias=True),
        (19, 7),
        {WEIGHT: (23 + 7) * 4 * 7, BIAS: 2 * 4 * 7},
        LSTM._replace(macs=19 * (23 + 7) * 4 * 7, bias_adds=19 * 2 * 4 * 7),
        RECURRENT,
    ),
    Case(  # both directions of both layers; those of the second read 3 features of each direction
        *on("lstm", SEQUENCE, units=7, projection=3, bidirectional=True, layers=2),
        (19, 2 * 3),
        {
            WEIGHT: 2 * ((23 + 3) * 4 * 7 + 7 * 3) + 2 * ((2 * 3 + 3) * 4 * 7 + 7 * 3),
            BIAS: 4 * 4 * 7,
        },
        Work(*(4 * count for count in LSTM))._replace(
            macs=19 * (2 * ((23 + 3) * 4 * 7 + 7 * 3) + 2 * ((2 * 3 + 3) * 4 * 7 + 7 * 3)),
            bias_adds=19 * 4 * 4 * 7,
        ),
        RECURRENT,
    ),
    Case(  # one tanh
        *on("rnn", SEQUENCE, units=7),
        (19, 7),
        {WEIGHT: (23 + 7) * 7, BIAS: 7},
        Work(
            macs=19 * (23 + 7) * 7,
            bias_adds=19 * 7,
            muls=19 * 7,
            adds=19 * 7 * 2,
            divisions=19 * 7,
            exponentials=19 * 7,
        ),
        RECURRENT,
    ),
    Case(  # one comparison; the last states of both directions
        *on("rnn", SEQUENCE, units=7, activation="relu", bidirectional=True, sequences=False),
        (2 * 7,),
        {WEIGHT: 2 * (23 + 7) * 7, BIAS: 2 * 7},
        Work(macs=19 * 2 * (23 + 7) * 7, bias_adds=19 * 2 * 7, comparisons=19 * 2 * 7),
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
    Case(  # a second bias, outside of what the reset gate multiplies, as in ONNX
        *on("gru", SEQUENCE, units=7, recurrent_bias=True),
        (19, 7),
        {WEIGHT: (23 + 7) * 3 * 7, BIAS: 2 * 3 * 7},
        GRU._replace(macs=19 * (23 + 7) * 3 * 7, bias_adds=19 * 2 * 3 * 7),
        RECURRENT,
    ),
    Case(  # three layers of one direction
        *on("gru", SEQUENCE, units=7, layers=3, bias=False),
        (19, 7),
        {WEIGHT: (23 + 7) * 3 * 7 + 2 * (7 + 7) * 3 * 7},
        Work(*(3 * count for count in GRU))._replace(
            macs=19 * ((23 + 7) * 3 * 7 + 2 * (7 + 7) * 3 * 7)
        ),
        RECURRENT,
    ),
    Case(
        *on("gru", SEQUENCE, units=7, reset_after=True, bias=False),
        (19, 7),
        {WEIGHT: (23 + 7) * 3 * 7},
        GRU._replace(macs=19 * (23 + 7) * 3 * 7),
        RECURRENT,
    ),
    Case(  # 17 rows of 13 steps at once, 5 features a step: every step of every row
        *on("lstm", unnamed((17, 1, 13, 5)), units=7, bidirectional=True),
        (17, 1, 13, 14),
        {WEIGHT: 2 * (5 + 7) * 28, BIAS: 2 * 28},
        Work(
            macs=221 * 2 * (5 + 7) * 28,
            bias_adds=221 * 2 * 28,
            adds=221 * 2 * (3 + 4 + 1) * 7,
            muls=221 * 2 * 5 * 7,
            divisions=221 * 2 * 5 * 7,
            exponentials=221 * 2 * 5 * 7,
        ),
        RECURRENT,
    ),
    Case(  # the last step of each of 17 rows
        *on("gru", unnamed((17, 1, 13, 5)), units=7, sequences=False, bias=False),
        (17, 1, 7),
        {WEIGHT: (5 + 7) * 21},
        Work(
            macs=221 * 12 * 21,
            adds=221 * 6 * 7,
            muls=221 * 4 * 7,
            divisions=221 * 3 * 7,
            exponentials=221 * 3 * 7,
        ),
        RECURRENT,
    ),
]
