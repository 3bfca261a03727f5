"""Width multipliers as papers define them: how many channels a network of their figures has at
another width.

A block may state the rule of its family once, for the seeds that draw it (`scale_channels`) and for
`width=FACTOR` on networks that hold it. Networks whose blocks state none are scaled plainly.
"""

from collections.abc import Callable
from fractions import Fraction
from typing import Any, NamedTuple

from archdb.rounding import nearest, ratio


def plain(channels: int, factor: Any) -> int:
    """To the nearest whole number, halves up, and at least 1 (howard2017, section 3.3)."""
    times, parts = ratio(factor)
    return max(nearest(channels * times, parts), 1)


def scale_channels(channels: int, factor: Any, divisor: int = 8) -> int:
    """`channels` times a width multiplier α (howard2017, section 3.3; `width` of tan2019, eq. 3),
    to the nearest multiple of `divisor`, halves up, unless that loses more than a tenth: then
    the next one (sandler2018slim, _make_divisible; tan2019tpu, round_filters)."""
    times, parts = ratio(factor)
    rounded = max(divisor, nearest(channels * times, parts * divisor) * divisor)
    return rounded + divisor if 10 * rounded * parts < 9 * channels * times else rounded


def keep_channels(channels: int, factor: Any) -> int:
    """As many as there are at any width."""
    return channels


def not_shrunk(channels: int, factor: Any) -> int:
    """Scaled, but never fewer (sandler2018, section 4: at multipliers below one all layers are
    narrower but the very last convolution)."""
    return max(channels, scale_channels(channels, factor))


def in_proportion(was: int, read: int, reads: int) -> int:
    """As many times what the unit reads as before, as an expansion by 6 or a squeeze to 1/4."""
    return max(was * reads // read, 1)


def in_eighths(was: int, read: int, reads: int) -> int:
    """The same in multiples of eight; what squeezes has a quarter of what it reads (howard2019,
    section 5.3, and the authors' mobilenet_v3.py)."""
    if was < read:
        was, read = 1, 4
    return scale_channels(reads, Fraction(was, read))


class Widths(NamedTuple):
    """The rule of a family: channels between units, as a function of them and the factor, and the
    same of the first and the last layer that is free; channels within a unit, as a function of
    what they were, what they read and what they read now."""

    between: Callable[[int, Any], int]
    within: Callable[[int, int, int], int] | None = None
    first: Callable[[int, Any], int] | None = None
    last: Callable[[int, Any], int] | None = None


PLAIN = Widths(plain)
#: sandler2018, section 4, and howard2019, section 6.1, by the authors' files.
MOBILENET_V2 = Widths(scale_channels, in_proportion, last=not_shrunk)
MOBILENET_V3 = Widths(scale_channels, in_eighths, last=not_shrunk)
#: tan2019mnasnet by the authors' file, whose last convolution has 1280 filters at any width.
MNASNET = Widths(scale_channels, in_proportion, last=keep_channels)
#: tan2019, equation 3; tan2019tpu.
EFFICIENTNET = Widths(scale_channels, in_proportion)
#: zagoruyko2016, Table 1: k widens the three groups, and not the convolution before them.
WIDE_RESNET = Widths(plain, first=keep_channels)

#: The rules by kind of block.
WIDTHS: dict[str, Widths] = {}
