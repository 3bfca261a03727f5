"""What a row of the table is, and the inputs that most rows have."""

from typing import Any, NamedTuple

from archdb.model.window import Unbounded, Window
from archdb.ops import Op, Work, make

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
