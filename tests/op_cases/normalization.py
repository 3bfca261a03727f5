"""Normalisation."""

from archdb.model.window import POINT
from archdb.ops import BUFFER, NORM, WEIGHT, Work
from archdb.ops.normalization import WHOLE_MAP
from op_cases.table import MAP, NOTHING, SEQUENCE, VECTOR, Case, on

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
    Case(  # scale and shift lie with the statistics
        *on("batch_norm", MAP, frozen=True),
        MAP,
        {BUFFER: 4 * 5},
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
    Case(  # the products and sums are those of the statistics too
        *on("batch_norm", MAP, scale=False),
        MAP,
        {NORM: 5, BUFFER: 2 * 5},
        Work(muls=5 * 17 * 13, adds=5 * 17 * 13),
        POINT,
    ),
    Case(
        *on("batch_norm", VECTOR, scale=False, shift=False),
        VECTOR,
        {BUFFER: 2 * 31},
        Work(muls=31, adds=31),
        POINT,
    ),
    Case(  # each of 5 channels by itself, over 221 positions: mean 220 + 1 division; 221
        # differences; variance 221 squares, 220, 1; epsilon 1; a root; 221 quotients; 221 products
        # of the scale, 221 sums of the shift
        *on("batch_norm", MAP, statistics=False),
        MAP,
        {NORM: 2 * 5},
        Work(
            adds=5 * (220 + 221 + 220 + 1 + 221),
            muls=5 * (221 + 221),
            divisions=5 * (1 + 1 + 221),
            exponentials=5,
        ),
        WHOLE_MAP,
    ),
    Case(  # 23 features over 19 steps, without scale: no second product
        *on("instance_norm", SEQUENCE, scale=False, shift=True),
        SEQUENCE,
        {NORM: 23},
        Work(
            adds=23 * (18 + 19 + 18 + 1 + 19),
            muls=23 * 19,
            divisions=23 * (1 + 1 + 19),
            exponentials=23,
        ),
        WHOLE_MAP,
    ),
    Case(  # with running statistics: as batch normalisation
        *on("instance_norm", MAP, scale=True, shift=True, statistics=True),
        MAP,
        {NORM: 2 * 5, BUFFER: 2 * 5},
        Work(muls=5 * 17 * 13, adds=5 * 17 * 13),
        POINT,
    ),
    Case(  # 15 channels in 3 groups, each of 5 channels over 221 positions: 1,105 elements
        *on("group_norm", (15, 17, 13), groups=3),
        (15, 17, 13),
        {NORM: 2 * 15},
        Work(
            adds=3 * (1104 + 1105 + 1104 + 1 + 1105),
            muls=3 * (1105 + 1105),
            divisions=3 * (1 + 1 + 1105),
            exponentials=3,
        ),
        WHOLE_MAP,
    ),
    Case(  # of a vector, 31 features in one group
        *on("group_norm", VECTOR, groups=1, scale=False, shift=False),
        VECTOR,
        NOTHING,
        Work(adds=30 + 31 + 30 + 1, muls=31, divisions=1 + 1 + 31, exponentials=1),
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
    Case(  # neither scale nor shift: without the last 23 products and additions
        *on("layer_norm", SEQUENCE, scale=False, shift=False),
        SEQUENCE,
        NOTHING,
        Work(
            adds=19 * (22 + 23 + 22 + 1),
            muls=19 * 23,
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
    Case(  # 5 norms over 221 positions, their mean, 5 quotients; x · quotient · scale + shift + x
        *on("global_response_norm", MAP),
        MAP,
        {NORM: 2 * 5},
        Work(
            muls=POSITIONS * 5 * (1 + 2),
            adds=5 * 220 + 4 + 1 + POSITIONS * 5 * 2,
            divisions=1 + 5,
            exponentials=5,
        ),
        WHOLE_MAP,
    ),
    Case(  # of one position a channel is its own norm
        *on("global_response_norm", VECTOR),
        VECTOR,
        {NORM: 2 * 31},
        Work(muls=31 * 3, adds=0 + 30 + 1 + 31 * 2, divisions=1 + 31, exponentials=31),
        POINT,
    ),
    Case(*on("channel_scale", MAP), MAP, {WEIGHT: 5}, Work(muls=5 * 17 * 13), POINT),
    Case(*on("channel_scale", SEQUENCE), SEQUENCE, {WEIGHT: 23}, Work(muls=19 * 23), POINT),
    Case(*on("rescale", MAP, factor=0.17), MAP, NOTHING, Work(muls=5 * 17 * 13), POINT),
]
