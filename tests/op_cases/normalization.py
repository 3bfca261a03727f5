"""Normalisation."""

from archdb.ops import BUFFER, NORM, WEIGHT, Work
from archdb.ops.window import POINT
from op_cases.table import MAP, NOTHING, SEQUENCE, Case, on

#: Positions of MAP, each with 5 channels; a sequence has 19 of 23 features.
POSITIONS = 17 * 13

CASES = [
    Case(
        *on("batch_norm", MAP),
        MAP,
        {NORM: 2 * 5, BUFFER: 2 * 5},
        Work(muls=5 * 17 * 13, adds=5 * 17 * 13),
        POINT,
    ),
    Case(  # of a sequence, the features are normalised
        *on("batch_norm", SEQUENCE),
        SEQUENCE,
        {NORM: 2 * 23, BUFFER: 2 * 23},
        Work(muls=19 * 23, adds=19 * 23),
        POINT,
    ),
    Case(  # square, alpha; 4 sums of 5 squares and k; power; quotient
        *on("lrn", MAP, size=5),
        MAP,
        NOTHING,
        Work(
            muls=2 * 5 * 17 * 13,
            adds=(4 + 1) * 5 * 17 * 13,
            exponentials=5 * 17 * 13,
            divisions=5 * 17 * 13,
        ),
        POINT,
    ),
    Case(  # mean 4 + 1 additions and divisions; 5 differences; variance 5, 4, 1; epsilon 1; a
        # root; 5 divisions; 5 products and 5 additions
        *on("layer_norm", MAP),
        MAP,
        {NORM: 2 * 5},
        Work(
            adds=POSITIONS * (4 + 5 + 4 + 1 + 5),
            muls=POSITIONS * (5 + 5),
            divisions=POSITIONS * (1 + 1 + 5),
            exponentials=POSITIONS,
        ),
        POINT,
    ),
    Case(
        *on("layer_norm", SEQUENCE),
        SEQUENCE,
        {NORM: 2 * 23},
        Work(
            adds=19 * (22 + 23 + 22 + 1 + 23),
            muls=19 * (23 + 23),
            divisions=19 * (1 + 1 + 23),
            exponentials=19,
        ),
        POINT,
    ),
    Case(  # 5 squares, 4 sums of them, a root, 5 quotients, 5 scaled
        *on("l2_norm", MAP),
        MAP,
        {NORM: 5},
        Work(
            muls=POSITIONS * (5 + 5),
            adds=POSITIONS * 4,
            exponentials=POSITIONS,
            divisions=POSITIONS * 5,
        ),
        POINT,
    ),
    Case(
        *on("l2_norm", SEQUENCE),
        SEQUENCE,
        {NORM: 23},
        Work(muls=19 * (23 + 23), adds=19 * 22, exponentials=19, divisions=19 * 23),
        POINT,
    ),
    Case(*on("channel_scale", MAP), MAP, {WEIGHT: 5}, Work(muls=5 * 17 * 13), POINT),
    Case(*on("channel_scale", SEQUENCE), SEQUENCE, {WEIGHT: 23}, Work(muls=19 * 23), POINT),
    Case(*on("rescale", MAP, factor=0.17), MAP, NOTHING, Work(muls=5 * 17 * 13), POINT),
]
