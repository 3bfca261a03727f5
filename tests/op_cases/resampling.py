"""What changes the resolution of a map, or samples regions of it."""

from archdb.model.window import UPSAMPLED, Unbounded
from archdb.ops import Work
from op_cases.table import MAP, NOTHING, POOL, Case, on

REGION = Unbounded("a region is chosen by the data")

CASES = [
    Case(
        *on("resize2d", MAP, how="nearest", scale=(3, 2)),
        (5, 17 * 3, 13 * 2),
        NOTHING,
        Work(),
        UPSAMPLED,
    ),
    Case(  # four products and three sums of them for each element
        *on("resize2d", MAP, how="bilinear", scale=(3, 2)),
        (5, 17 * 3, 13 * 2),
        NOTHING,
        Work(muls=4 * 5 * 51 * 26, adds=3 * 5 * 51 * 26),
        UPSAMPLED,
    ),
    Case(  # 2 and 1 elements between any two neighbours
        *on("resize2d", MAP, how="bilinear", scale=(3, 2), align_corners=True),
        (5, 17 + 16 * 2, 13 + 12 * 1),
        NOTHING,
        Work(muls=4 * 5 * 49 * 25, adds=3 * 5 * 49 * 25),
        UPSAMPLED,
    ),
    Case(  # in PyTorch the corners change nothing of the size
        *on("resize2d", MAP, how="bilinear", scale=(3, 2), align_corners=True, sized_by="scale"),
        (5, 17 * 3, 13 * 2),
        NOTHING,
        Work(muls=4 * 5 * 51 * 26, adds=3 * 5 * 51 * 26),
        UPSAMPLED,
    ),
    Case(  # to the size of another map
        *on("resize2d", MAP, (2, 29, 37), how="bilinear"),
        (5, 29, 37),
        NOTHING,
        Work(muls=4 * 5 * 29 * 37, adds=3 * 5 * 29 * 37),
        UPSAMPLED,
    ),
    Case(  # 17 windows of 3 in steps of 2, 13 of 2 in steps of 3
        *on("max_unpool2d", MAP, MAP, **POOL),
        (5, 16 * 2 + 3, 12 * 3 + 2),
        NOTHING,
        Work(),
        UPSAMPLED,
    ),
    Case(  # less the padding; the pool has left a row and two columns over
        *on("max_unpool2d", MAP, MAP, **POOL, padding=(1, 1, 0, 0), size=(34, 40)),
        (5, 16 * 2 + 3 - 1 - 1 + 1, 12 * 3 + 2 + 2),
        NOTHING,
        Work(),
        UPSAMPLED._replace(pads=(1, 1, 0, 0)),
    ),
    Case(  # 42 / (3·2) channels a bin; rows 0-5, 5-11, 11-16 of 17 and columns 0-6, 6-12 of 13
        *on("psroi_pool2d", (42, 17, 13), (5,), bins=(3, 2)),
        (7, 3, 2),
        NOTHING,
        Work(adds=7 * ((6 + 7 + 6) * (7 + 7) - 3 * 2), divisions=7 * 3 * 2),
        REGION,
    ),
]
