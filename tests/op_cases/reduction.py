"""Tensors told in fewer numbers along axes; distributions and norms along stated axes."""

from archdb.model.shape import named, unnamed
from archdb.model.window import POINT, Window
from archdb.ops import NORM, WEIGHT, Work
from archdb.ops.activation import MIXED
from archdb.ops.normalization import WHOLE_MAP
from archdb.ops.reduction import REDUCED
from op_cases.table import MAP, NOTHING, SEQUENCE, VECTOR, Case, on

N = 5 * 17 * 13
TURNED = named((17, 13, 5), ("height", "width", "channel"))
H = unnamed((11, 19, 7))
WHOLE = Window(kernel=(17, 13))

CASES = [
    # 5 channels of 221 positions; 221 positions of 5 channels; 17 rows
    Case(
        *on("reduce_mean", MAP, axes=[1, 2], keep=True),
        (5, 1, 1),
        NOTHING,
        Work(adds=5 * 220, divisions=5),
        WHOLE,
    ),
    Case(*on("reduce_sum", MAP, axes=[-2, -1]), (5,), NOTHING, Work(adds=5 * 220), WHOLE),
    Case(
        *on("reduce_max", MAP, axes=[0], keep=True),
        (1, 17, 13),
        NOTHING,
        Work(comparisons=17 * 13 * 4),
        POINT,
    ),
    Case(
        *on("reduce_min", MAP, axes=[2], keep=True),
        (5, 17, 1),
        NOTHING,
        Work(comparisons=5 * 17 * 12),
        Window(kernel=(1, 13)),
    ),
    Case(
        *on("reduce_mean", TURNED, axes=[0, 1]),
        (5,),
        NOTHING,
        Work(adds=5 * 220, divisions=5),
        REDUCED,
    ),
    Case(
        *on("reduce_mean", SEQUENCE, axes=[0]),
        (23,),
        NOTHING,
        Work(adds=23 * 18, divisions=23),
        POINT,
    ),
    Case(*on("reduce_product", SEQUENCE, axes=[1]), (19,), NOTHING, Work(muls=19 * 22), POINT),
    Case(*on("reduce_sum", VECTOR, axes=[0]), (1,), NOTHING, Work(adds=30), POINT),
    Case(*on("argmax", SEQUENCE, axes=[-1]), (19,), NOTHING, Work(comparisons=19 * 22), POINT),
    Case(
        *on("reduce_norm", MAP, axes=[1, 2], keep=True),
        (5, 1, 1),
        NOTHING,
        Work(muls=N, adds=5 * 220, exponentials=5),
        WHOLE,
    ),
    Case(  # mean, differences, squares and their mean
        *on("reduce_variance", SEQUENCE, axes=[1], keep=True),
        (19, 1),
        NOTHING,
        Work(adds=19 * (22 + 23 + 22), muls=19 * 23, divisions=19 * 2),
        POINT,
    ),
    Case(  # 22, 21 and 20 comparisons for the three largest of 23
        *on("top_k", SEQUENCE, axis=1, k=3), (19, 3), NOTHING, Work(comparisons=19 * 63), POINT
    ),
    Case(*on("cumulative_sum", SEQUENCE, axis=0), SEQUENCE, NOTHING, Work(adds=23 * 18), POINT),
    # distributions along an axis: 19 · 7 of 11; of a map, 13 columns of 17 rows of 5 channels
    Case(
        *on("softmax", H, axis=0),
        (11, 19, 7),
        NOTHING,
        Work(exponentials=11 * 19 * 7, adds=19 * 7 * 10, divisions=11 * 19 * 7),
        POINT,
    ),
    Case(
        *on("softmax", MAP, axis=1),
        MAP,
        NOTHING,
        Work(exponentials=N, adds=5 * 13 * 16, divisions=N),
        MIXED,
    ),
    Case(
        *on("log_softmax", SEQUENCE),
        SEQUENCE,
        NOTHING,
        Work(exponentials=19 * (23 + 1), adds=19 * (22 + 23)),
        POINT,
    ),
    Case(
        *on("log_softmax", H, axis=-1),
        (11, 19, 7),
        NOTHING,
        Work(exponentials=11 * 19 * (7 + 1), adds=11 * 19 * (6 + 7)),
        POINT,
    ),
    # norms along stated axes
    Case(  # 11 · 19 groups of 7
        *on("layer_norm", H, axes=[-1]),
        (11, 19, 7),
        {NORM: 2 * 7},
        Work(
            adds=11 * 19 * (6 + 7 + 6 + 1 + 7),
            muls=11 * 19 * 14,
            divisions=11 * 19 * (2 + 7),
            exponentials=11 * 19,
        ),
        POINT,
    ),
    Case(  # the whole map as one group, without scale and shift
        *on("layer_norm", MAP, axes=[0, 1, 2], scale=False, shift=False),
        MAP,
        NOTHING,
        Work(adds=3 * N - 1, muls=N, divisions=N + 2, exponentials=1),
        WHOLE_MAP,
    ),
    Case(
        *on("layer_norm", TURNED, axis=-1),
        (17, 13, 5),
        {NORM: 10},
        Work(adds=221 * (4 + 5 + 4 + 1 + 5), muls=221 * 10, divisions=221 * 7, exponentials=221),
        POINT,
    ),
    Case(  # squares, their mean, epsilon, root, quotients, scale
        *on("rms_norm", SEQUENCE),
        SEQUENCE,
        {NORM: 23},
        Work(adds=19 * (22 + 1), muls=19 * 46, divisions=19 * (1 + 23), exponentials=19),
        POINT,
    ),
    Case(
        *on("rms_norm", H, axes=[-1], scale=False),
        (11, 19, 7),
        NOTHING,
        Work(adds=11 * 19 * 7, muls=11 * 19 * 7, divisions=11 * 19 * 8, exponentials=11 * 19),
        POINT,
    ),
    Case(  # queries of length one
        *on("l2_norm", H, axis=-1, scale=False),
        (11, 19, 7),
        NOTHING,
        Work(adds=11 * 19 * 6, muls=11 * 19 * 7, divisions=11 * 19 * 7, exponentials=11 * 19),
        POINT,
    ),
    Case(
        *on("l2_norm", MAP, axis=1, scale=False),
        MAP,
        NOTHING,
        Work(adds=5 * 13 * 16, muls=N, divisions=N, exponentials=5 * 13),
        MIXED,
    ),
    Case(
        *on("batch_norm", (5, 19), axis=0),
        (5, 19),
        {NORM: 10, "buffer": 10},
        Work(muls=95, adds=95),
        POINT,
    ),
    Case(
        *on("group_norm", (6, 19), groups=3, axis=0),
        (6, 19),
        {NORM: 12},
        Work(adds=3 * (37 + 38 + 37 + 1 + 38), muls=2 * 114, divisions=3 * 40, exponentials=3),
        WHOLE_MAP,
    ),
    Case(*on("channel_scale", (5, 19), axis=0), (5, 19), {WEIGHT: 5}, Work(muls=95), POINT),
    Case(*on("prelu", MAP, shared=True), MAP, {WEIGHT: 1}, Work(comparisons=N, muls=N), POINT),
    Case(*on("prelu", (5, 19), axis=0), (5, 19), {WEIGHT: 5}, Work(comparisons=95, muls=95), POINT),
    Case(  # 9 squares of neighbouring positions
        *on("lrn", MAP, size=3, within=True),
        MAP,
        NOTHING,
        Work(muls=2 * N, adds=(8 + 1) * N, exponentials=N, divisions=N),
        Window((3, 3), padding=(1, 1, 1, 1)),
    ),
]
