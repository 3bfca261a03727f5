"""Maps, sequences and volumes at another size, taken apart and put together, read where others say:
MAP has 5 channels of 17 by 13."""

from archdb.model.shape import named, unnamed
from archdb.model.window import NO_MAP, POINT, UPSAMPLED, Unbounded, Window
from archdb.ops import BIAS, WEIGHT, Work
from archdb.ops.volume import VOLUME
from op_cases.table import MAP, NOTHING, SEQUENCE, Case, Shape, on

V = (5, 7, 17, 13)
ALONE = {"padding": 1, "groups": 5, "bias": False}
DATA = Unbounded("where it reads follows from the data")


def resized(name: str, x: Shape, out: Shape, taps: int, field: Unbounded, **given: object) -> Case:
    """So many neighbours are weighed for each element: products, and an addition fewer."""
    elements = 1
    for extent in out:
        elements *= extent
    work = Work(muls=taps * elements, adds=(taps - 1) * elements if taps else 0)
    return Case(*on(name, x, **given), out, NOTHING, work, field)


CASES = [
    resized("resize2d", MAP, (5, 34, 26), 16, UPSAMPLED, how="bicubic", scale=2),
    resized("resize2d", MAP, (5, 29, 31), 4, UPSAMPLED, how="bilinear", size=[29, 31]),
    # 17 · 1.5 = 25.5, 13 · 0.25 = 3.25
    resized("resize2d", MAP, (5, 25, 3), 0, UPSAMPLED, how="nearest", factor=[1.5, 0.25]),
    Case(  # 4 bins of 17 rows and 13 of 13 columns
        *on("resize2d", MAP, how="area", size=[4, 13]),
        (5, 4, 13),
        NOTHING,
        Work(adds=5 * (17 + 4 - 1) * 13 - 5 * 4 * 13, divisions=5 * 4 * 13),
        UPSAMPLED,
    ),
    resized("resize1d", SEQUENCE, (57, 23), 2, NO_MAP, how="linear", scale=3),
    resized("resize1d", SEQUENCE, (7, 23), 0, NO_MAP, how="nearest", size=7),
    resized("resize3d", V, (5, 14, 17, 39), 8, VOLUME, how="trilinear", scale=[2, 1, 3]),
    resized("resize3d", V, (5, 2, 3, 5), 0, VOLUME, how="nearest", size=[2, 3, 5]),
    Case(*on("pixel_shuffle", (18, 17, 13), factor=3), (2, 51, 39), NOTHING, Work(), UPSAMPLED),
    Case(
        *on("pixel_unshuffle", (5, 18, 12), factor=3),
        (45, 6, 4),
        NOTHING,
        Work(),
        Window((3, 3), (3, 3)),
    ),
    Case(  # (17 + 2 - 3) / 2 + 1 = 9 by 13 - 2 + 1 = 12 positions
        *on("unfold", MAP, kernel=[3, 2], stride=[2, 1], padding=[1, 1, 0, 0]),
        named((5 * 6, 9 * 12), ("channel", "sequence")),
        NOTHING,
        Work(),
        NO_MAP._replace(pads=(1, 1, 0, 0)),
    ),
    Case(
        *on("fold", (5 * 6, 9 * 12), size=[17, 13], kernel=[3, 2], stride=[2, 1], padding=[1, 0]),
        MAP,
        NOTHING,
        Work(adds=5 * 6 * 9 * 12),
        UPSAMPLED._replace(pads=(1, 1, 0, 0)),
    ),
    Case(  # 15 by 11 positions, 9 taps of two offsets
        *on("deform_conv2d", MAP, (18, 15, 11), filters=7, kernel=3),
        (7, 15, 11),
        {WEIGHT: 7 * 5 * 9, BIAS: 7},
        Work(
            macs=7 * 5 * 9 * 15 * 11,
            bias_adds=7 * 15 * 11,
            muls=4 * 5 * 9 * 15 * 11,
            adds=3 * 5 * 9 * 15 * 11 + 18 * 15 * 11,
        ),
        DATA,
    ),
    Case(  # each of 5 channels with offsets and weights of its own
        *on(
            "deform_conv2d",
            MAP,
            (90, 17, 13),
            (45, 17, 13),
            filters=5,
            kernel=3,
            **ALONE,
        ),
        MAP,
        {WEIGHT: 5 * 9},
        Work(
            macs=5 * 9 * 17 * 13,
            muls=5 * 5 * 9 * 17 * 13,
            adds=3 * 5 * 9 * 17 * 13 + 90 * 17 * 13,
        ),
        DATA._replace(pads=(1, 1, 1, 1)),
    ),
    Case(
        *on("grid_sample", MAP, (7, 11, 2)),
        (5, 7, 11),
        NOTHING,
        Work(muls=4 * 5 * 7 * 11, adds=3 * 5 * 7 * 11),
        DATA,
    ),
    Case(
        *on("grid_sample", unnamed((4, *MAP)), unnamed((4, 7, 11, 2)), how="nearest"),
        unnamed((4, 5, 7, 11)),
        NOTHING,
        Work(),
        DATA,
    ),
    Case(
        *on("embedding_bag", (19,), vocabulary=101, units=7),
        (7,),
        {WEIGHT: 101 * 7},
        Work(adds=18 * 7, divisions=7),
        POINT,
    ),
    Case(
        *on("embedding_bag", (19,), vocabulary=101, units=7, how="max"),
        (7,),
        {WEIGHT: 101 * 7},
        Work(comparisons=18 * 7),
        POINT,
    ),
]
