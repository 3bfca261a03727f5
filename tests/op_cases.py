"""The table of ops: what each states for some inputs, in arithmetic that can be seen.

A new op adds its rows here; test_ops holds every op to them. Extents are distinct primes
wherever nothing must divide, so that no two factors can be taken for each other.
"""

from typing import Any, NamedTuple

from archdb.ops import BIAS, BUFFER, NORM, WEIGHT, Op, Work, make
from archdb.ops.window import POINT, Unbounded, Window

Shape = tuple[int, ...]


class Case(NamedTuple):
    """An op on inputs, and its facts: output, parameters by role, work, window."""

    op: Op
    inputs: tuple[Shape, ...]
    out: Shape | None
    params: dict[str, int] | None
    work: Work | None
    window: Window | Unbounded


def on(name: str, *inputs: Shape, **attributes: Any) -> tuple[Op, tuple[Shape, ...]]:
    return make(name, attributes), inputs


MAP = (5, 17, 13)  # channels, height, width
VECTOR = (31,)
SEQUENCE = (19, 23)  # length, features
NOTHING: dict[str, int] = {}
# 7 filters of 3×2, stride (2, 3), a row of padding above and below: 9×4 positions.
OBLONG = {"filters": 7, "kernel": (3, 2), "stride": (2, 3), "padding": (1, 1, 0, 0)}
HIGH, WIDE = (17 + 1 + 1 - 3) // 2 + 1, (13 - 2) // 3 + 1
OBLONG_WINDOW = Window((3, 2), (2, 3), (1, 1, 0, 0))
POOL = {"kernel": (3, 2), "stride": (2, 3)}

CASES = [
    Case(*on("input", shape=MAP), MAP, NOTHING, Work(), POINT),
    Case(
        *on("conv2d", MAP, **OBLONG),
        (7, HIGH, WIDE),
        {WEIGHT: 7 * 5 * 3 * 2, BIAS: 7},
        Work(macs=7 * 5 * 3 * 2 * HIGH * WIDE, bias_adds=7 * HIGH * WIDE),
        OBLONG_WINDOW,
    ),
    Case(
        *on("conv2d", MAP, **OBLONG, bias=False),
        (7, HIGH, WIDE),
        {WEIGHT: 7 * 5 * 3 * 2},
        Work(macs=7 * 5 * 3 * 2 * HIGH * WIDE),
        OBLONG_WINDOW,
    ),
    Case(  # 3 groups: each of 21 filters reads 15 / 3 channels
        *on("conv2d", (15, 17, 13), filters=21, kernel=2, groups=3),
        (21, 16, 12),
        {WEIGHT: 21 * (15 // 3) * 2 * 2, BIAS: 21},
        Work(macs=21 * (15 // 3) * 2 * 2 * 16 * 12, bias_adds=21 * 16 * 12),
        Window((2, 2)),
    ),
    Case(  # dilated by (3, 2), 3×5 reaches over 7×9; same: 17 / 2 and 13 / 1, rounded up
        *on(
            "conv2d", MAP, filters=7, kernel=(3, 5), stride=(2, 1), dilation=(3, 2), padding="same"
        ),
        (7, 9, 13),
        {WEIGHT: 7 * 5 * 3 * 5, BIAS: 7},
        Work(macs=7 * 5 * 3 * 5 * 9 * 13, bias_adds=7 * 9 * 13),
        Window((3, 5), (2, 1), "same", (3, 2)),
    ),
    Case(  # 2 + 3 + 1 connections for 3 filters
        *on("partial_conv2d", MAP, filters=3, kernel=2, connections=[[0, 4], [1, 2, 3], [4]]),
        (3, 16, 12),
        {WEIGHT: (2 + 3 + 1) * 2 * 2, BIAS: 3},
        Work(macs=(2 + 3 + 1) * 2 * 2 * 16 * 12, bias_adds=3 * 16 * 12),
        Window((2, 2)),
    ),
    Case(  # the whole map is one vector of 5·17·13 features
        *on("linear", MAP, units=11),
        (11,),
        {WEIGHT: 11 * 5 * 17 * 13, BIAS: 11},
        Work(macs=11 * 5 * 17 * 13, bias_adds=11),
        Window((17, 13)),
    ),
    Case(
        *on("linear", VECTOR, units=11, bias=False),
        (11,),
        {WEIGHT: 11 * 31},
        Work(macs=11 * 31),
        POINT,
    ),
    Case(  # each of 19 steps alone
        *on("linear", SEQUENCE, units=11),
        (19, 11),
        {WEIGHT: 11 * 23, BIAS: 11},
        Work(macs=19 * 11 * 23, bias_adds=19 * 11),
        POINT,
    ),
    Case(  # 31 differences and squares, 30 sums of them, for each of 11 units
        *on("rbf", VECTOR, units=11),
        (11,),
        {BUFFER: 11 * 31},
        Work(adds=11 * (31 + 30), muls=11 * 31),
        POINT,
    ),
    Case(*on("flatten", MAP), (5 * 17 * 13,), NOTHING, Work(), Window((17, 13))),
    Case(*on("concat", (2, 5, 7), (3, 5, 7)), (2 + 3, 5, 7), NOTHING, Work(), POINT),
    Case(*on("concat", (2,), (3,), (5,)), (2 + 3 + 5,), NOTHING, Work(), POINT),
    Case(*on("concat", (19, 2), (19, 3)), (19, 2 + 3), NOTHING, Work(), POINT),
    Case(*on("add", MAP, MAP), MAP, NOTHING, Work(adds=5 * 17 * 13), POINT),
    Case(*on("add", VECTOR, VECTOR, VECTOR), VECTOR, NOTHING, Work(adds=2 * 31), POINT),
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
    Case(  # ceiling: 14 / 2 + 1 rows; 11 / 3 is 3.67, rounded up, and one more
        *on("max_pool2d", MAP, **POOL, rounding="ceil"),
        (5, 8, 5),
        NOTHING,
        Work(comparisons=5 * 8 * 5 * (3 * 2 - 1)),
        Window((3, 2), (2, 3), rounding="ceil"),
    ),
    Case(
        *on("avg_pool2d", MAP, **POOL, rounding="floor"),
        (5, 8, 4),
        NOTHING,
        Work(adds=5 * 8 * 4 * (3 * 2 - 1), divisions=5 * 8 * 4),
        Window((3, 2), (2, 3)),
    ),
    Case(  # a coefficient and a bias for each map
        *on("subsample2d", MAP, **POOL),
        (5, 8, 4),
        {WEIGHT: 5, BIAS: 5},
        Work(adds=5 * 8 * 4 * (3 * 2 - 1), muls=5 * 8 * 4, bias_adds=5 * 8 * 4),
        Window((3, 2), (2, 3)),
    ),
    Case(
        *on("global_avg_pool2d", MAP),
        (5, 1, 1),
        NOTHING,
        Work(adds=5 * (17 * 13 - 1), divisions=5),
        Window((17, 13)),
    ),
    Case(
        *on("global_max_pool2d", MAP),
        (5, 1, 1),
        NOTHING,
        Work(comparisons=5 * (17 * 13 - 1)),
        Window((17, 13)),
    ),
    Case(  # 21 / 3 rows and 10 / 2 columns in each bin
        *on("adaptive_avg_pool2d", (7, 21, 10), bins=(3, 2)),
        (7, 3, 2),
        NOTHING,
        Work(adds=7 * 3 * 2 * (7 * 5 - 1), divisions=7 * 3 * 2),
        Window((7, 5), (7, 5)),
    ),
    Case(  # rows 0-3, 3-6 of 7 overlap in row 3; columns 0-1, 1-3, 3-4 of 5 in 1 and 3
        *on("adaptive_avg_pool2d", (2, 7, 5), bins=(2, 3)),
        (2, 2, 3),
        NOTHING,
        Work(adds=2 * ((4 + 4) * (2 + 3 + 2) - 2 * 3), divisions=2 * 2 * 3),
        Unbounded("bins of unequal size: 7×5 pooled to 2×3"),
    ),
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
    Case(
        *on("unknown", MAP, kind="mish"),
        None,
        None,
        None,
        Unbounded("'mish' is an op archdb does not know"),
    ),
]
