"""Ops that move, drop or rename elements: shapes and windows, and no work."""

from archdb.model.window import POINT, Unbounded, Window
from archdb.ops import Work
from op_cases.table import MAP, NOTHING, SEQUENCE, VECTOR, Case, on

NO_SIZE = Unbounded("a sequence has no height and width")
ELSEWHERE = Unbounded("behind a reshape elements stand at other positions")
CUT = Unbounded("behind a crop the field depends on where it cuts")

CASES = [
    Case(
        *on("pad2d", MAP, padding=(1, 2, 3, 7)),
        (5, 1 + 17 + 2, 3 + 13 + 7),
        NOTHING,
        Work(),
        Window(padding=(1, 2, 3, 7)),
    ),
    Case(
        *on("trim2d", MAP, sides=(1, 2, 3, 7)),
        (5, 17 - 1 - 2, 13 - 3 - 7),
        NOTHING,
        Work(),
        Window(padding=(-1, -2, -3, -7)),
    ),
    Case(*on("pad_channels", MAP, before=2, after=3), (2 + 5 + 3, 17, 13), NOTHING, Work(), POINT),
    Case(  # of a sequence, the features; of a vector, too
        *on("pad_channels", SEQUENCE, after=3), (19, 23 + 3), NOTHING, Work(), POINT
    ),
    Case(*on("pad_channels", VECTOR, before=2), (2 + 31,), NOTHING, Work(), POINT),
    Case(*on("slice_channels", MAP, start=1, stop=4), (4 - 1, 17, 13), NOTHING, Work(), POINT),
    Case(*on("slice_channels", SEQUENCE, stop=21), (19, 21), NOTHING, Work(), POINT),
    Case(*on("channel_shuffle", (15, 17, 13), groups=3), (15, 17, 13), NOTHING, Work(), POINT),
    Case(*on("channel_shuffle", (19, 21), groups=7), (19, 21), NOTHING, Work(), POINT),
    Case(*on("to_sequence", MAP), (17 * 13, 5), NOTHING, Work(), NO_SIZE),
    Case(*on("reshape", MAP, shape=(17, 5, 13)), (17, 5, 13), NOTHING, Work(), ELSEWHERE),
    Case(  # the first extent kept, the rest in one
        *on("reshape", MAP, shape=(0, -1)), (5, 17 * 13), NOTHING, Work(), ELSEWHERE
    ),
    Case(*on("reshape", VECTOR, shape=(-1, 31, 1)), (1, 31, 1), NOTHING, Work(), ELSEWHERE),
    Case(*on("crop2d", MAP, (3, 11, 7)), (5, 11, 7), NOTHING, Work(), CUT),
    Case(*on("crop2d", MAP, (3, 11, 7), offset=(6, 6)), (5, 11, 7), NOTHING, Work(), CUT),
]
