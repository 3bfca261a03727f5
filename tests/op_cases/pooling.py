"""Pooling."""

from archdb.model.window import Unbounded, Window
from archdb.ops import BIAS, WEIGHT, Work
from op_cases.table import MAP, NOTHING, POOL, Case, on

CASES = [
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
    Case(  # a bin of the whole map
        *on("adaptive_avg_pool2d", MAP, bins=1),
        (5, 1, 1),
        NOTHING,
        Work(adds=5 * (17 * 13 - 1), divisions=5),
        Window((17, 13), (17, 13)),
    ),
]
