"""What a rewrite asks of an op: where its channels come from, and what stands in its place.

An op that says nothing here is left as it is. Where the channels come from (`channels`) is the
attribute that says how many come out ('filters'), or the inputs, by slot, of which each channel
becomes one of the output's. An empty tuple: they are worked out in another way, and `adapted`
gives the op for other channels.
"""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from archdb.errors import ShapeError
from archdb.model.attributes import Pads
from archdb.model.shape import Shape, channel_axis, has_channels, with_extent
from archdb.model.window import Window

Origin = str | tuple[int, ...]


def count(shape: Shape) -> int:
    """Channels of a map; features of a step, or of a vector; of a tensor whose axes are others
    the last extent."""
    return shape[_axis(shape)]


def with_count(shape: Shape, channels: int) -> Shape:
    """The same shape with so many channels (or features)."""
    return with_extent(shape, _axis(shape), channels)


def _axis(shape: Shape) -> int:
    return channel_axis(shape) if has_channels(shape) else len(shape) - 1


class Rewritable:
    """The answers of an op that has no other."""

    #: Whether it makes one vector of a map and does nothing else.
    flattens: ClassVar[bool] = False

    #: Whether it moves elements by a stated number of positions.
    by_distance: ClassVar[bool] = False

    @property
    def affine(self) -> bool:
        """Whether at inference it only scales and shifts each channel by constants."""
        return False

    def channels(self, *inputs: Shape) -> Origin:
        """Where the output's channels come from."""
        return ()

    def adapted(self, old: tuple[Shape, ...], new: tuple[Shape, ...]) -> Any:
        """The op where inputs of other channels arrive than those it was laid for; ShapeError
        where its attributes speak of those channels."""
        if self.channels(*old) or list(map(count, old)) == list(map(count, new)):
            return self
        raise ShapeError("takes its input by particular channels")

    def single(self, *inputs: Shape) -> tuple[int, ...]:
        """The inputs, by slot, whose one channel is spread over those of the others."""
        return ()

    @property
    def multiple(self) -> int:
        """What the number of its output's channels is a multiple of."""
        return 1

    def as_wide(self, attribute: str, channels: int) -> Any:
        """The op that gives so many channels, where `attribute` says how many."""
        return self.like(**{attribute: channels})  # type: ignore[attr-defined]

    def dilated(self, rate: tuple[int, int], stride: tuple[int, int]) -> Any:
        """The op that reads the same positions on a map `rate` times as fine, in steps of `stride`
        on that map; ShapeError where there is none."""
        raise ShapeError("cannot be dilated")

    def chain(self, windows: Sequence[Window]) -> tuple[Any, ...]:
        """Ops like this one behind each other, one for each window; () where it is no sum over a
        window that could be taken in steps."""
        return ()

    def separated(self) -> tuple[Any, ...]:
        """An op that works on each channel by itself, and one that then sums over channels; ()
        where this one is not both at once."""
        return ()

    def as_convolution(self, x: Shape) -> Any:
        """The convolution that does the same on a map of this shape: None for an op that has none,
        ShapeError where what arrives is no map."""
        return None


# Answers that many ops share, by name.


def kept(self: Any, *inputs: Shape) -> Origin:
    """Every channel stays itself; several inputs meet channel by channel."""
    return tuple(range(len(inputs))) if all(map(has_channels, inputs)) else ()


def kept_of_first(self: Any, *inputs: Shape) -> Origin:
    """Every channel of the first input stays itself; a second one lends its size alone."""
    return (0,)


def stated_by(attribute: str) -> Callable[..., Origin]:
    """As many as an attribute says, whatever arrives."""

    def channels(self: Any, *inputs: Shape) -> Origin:
        return attribute

    return channels


def whatever_arrives(self: Any, old: tuple[Shape, ...], new: tuple[Shape, ...]) -> Any:
    """The op itself: none of its attributes speaks of channels."""
    return self


def window_dilated(self: Any, rate: tuple[int, int], stride: tuple[int, int]) -> Any:
    """Dilation and padding grow with the map (chen2015, section 3.1: the hole algorithm)."""
    axes = zip(self.kernel, self.dilation, rate, strict=True)
    dilation = tuple(d * r if kernel > 1 else d for kernel, d, r in axes)
    padding = scaled(self.padding, rate)
    return self.like(stride=stride, dilation=dilation, padding=padding)


def scaled(padding: Pads | str, rate: tuple[int, int]) -> Pads | str:
    """The same padding in positions of a map `rate` times as fine; a mode stays one."""
    if isinstance(padding, str):
        return padding
    top, bottom, left, right = padding
    return top * rate[0], bottom * rate[0], left * rate[1], right * rate[1]
