"""Ops that move, drop or rename elements, and compute nothing."""

from math import prod

from archdb.errors import DefinitionError, ShapeError
from archdb.ops.attributes import Count, Offset, Reshaping, Sides, Size
from archdb.ops.base import Op, image, no_params, no_work, op, point, same_shape
from archdb.ops.shape import Shape, channels, pretty, with_channels
from archdb.ops.window import Unbounded, Window


@op("pad2d")
class Pad2d(Op):
    """Zeros around a map, as a layer of its own."""

    padding: Sides

    params = no_params
    work = no_work

    def out(self, x: Shape) -> Shape:
        channels, height, width = image(self, x)
        return (channels, *self.window(x).slide(height, width))

    def window(self, x: Shape) -> Window:
        return Window(padding=self.padding)


@op("trim2d")
class Trim2d(Op):
    """Rows and columns cut off around a map (a factorised reduction shifts its map by padding one
    side and trimming the other: zoph2018)."""

    sides: Sides

    params = no_params
    work = no_work

    def out(self, x: Shape) -> Shape:
        channels, height, width = image(self, x)
        return (channels, *self.window(x).slide(height, width))

    def window(self, x: Shape) -> Window:
        """What is cut off is padding below zero: the first window starts that much later."""
        top, bottom, left, right = self.sides
        return Window(padding=(-top, -bottom, -left, -right))


@op("pad_channels")
class PadChannels(Op):
    """Zero maps before and after the channels (he2016, option A: shortcuts without parameters)."""

    before: Size = 0
    after: Size = 0

    params = no_params
    work = no_work
    window = point

    def out(self, x: Shape) -> Shape:
        return with_channels(x, self.before + channels(x) + self.after)


@op("slice_channels")
class SliceChannels(Op):
    """The channels from `start` up to, not including, `stop` (ma2018: channel split)."""

    start: Size = 0
    stop: Count

    params = no_params
    work = no_work
    window = point

    def out(self, x: Shape) -> Shape:
        if not self.start < self.stop <= channels(x):
            raise ShapeError(f"cannot take channels {self.start} to {self.stop} of {channels(x)}")
        return with_channels(x, self.stop - self.start)


@op("channel_shuffle")
class ChannelShuffle(Op):
    """Channels dealt out anew over the groups (zhang2018, Figure 1)."""

    groups: Count

    params = no_params
    work = no_work
    window = point

    def out(self, x: Shape) -> Shape:
        if channels(x) % self.groups:
            raise ShapeError(f"{channels(x)} channels do not divide into {self.groups} groups")
        return x

    def check(self) -> None:
        if self.groups < 2:
            raise DefinitionError(f"'groups' must be 2 or more, got {self.groups}").at(self.name)


@op("to_sequence")
class ToSequence(Op):
    """A map as the sequence of its positions, row by row: length height * width, each step the
    channels of one position (Caffe's Permute to height, width, channels: liu2016ssd)."""

    params = no_params
    work = no_work

    def out(self, x: Shape) -> Shape:
        channels, height, width = image(self, x)
        return (height * width, channels)

    def window(self, x: Shape) -> Unbounded:
        return Unbounded("a sequence has no height and width")


@op("reshape")
class Reshape(Op):
    """The same elements in the same order under another shape (Caffe's Reshape). Of the extents
    of `shape`, 0 keeps the input's own at that place, and -1 is what the others leave."""

    shape: Reshaping

    params = no_params
    work = no_work

    def out(self, x: Shape) -> Shape:
        kept = [extent or (x[i] if i < len(x) else 0) for i, extent in enumerate(self.shape)]
        stated = prod(extent for extent in kept if extent != -1)
        if not stated or prod(x) % stated or (-1 not in kept and prod(x) != stated):
            raise ShapeError(f"{pretty(x)} elements do not fill {pretty(self.shape)}")
        return tuple(prod(x) // stated if extent == -1 else extent for extent in kept)

    def window(self, x: Shape) -> Unbounded:
        return Unbounded("behind a reshape elements stand at other positions")


@op("crop2d")
class Crop2d(Op):
    """A map cut to the size of a second one (Caffe's Crop; ronneberger2015).

    `offset`: rows above and columns left that are cut off; without it the cut is in the middle.
    """

    arity = (2, 2)
    offset: Offset = None  # type: ignore[assignment]

    params = no_params
    work = no_work

    def out(self, *inputs: Shape) -> Shape:
        x, like = (image(self, shape) for shape in inputs)
        top, left = self.offset or (0, 0)
        if x[1] < top + like[1] or x[2] < left + like[2]:
            raise ShapeError(
                f"cannot cut {pretty(x)} to the size of {pretty(like)} from ({top}, {left})"
            )
        return (x[0], *like[1:])

    def window(self, *inputs: Shape) -> Unbounded:
        return Unbounded("behind a crop the field depends on where it cuts")


@op("zero")
class Zero(Op):
    """Zeros in the input's shape: an edge of a search space on which nothing passes (dong2020:
    operation none). What leads to it only, or from it only, has no part in the result."""

    constant = True

    out = same_shape
    params = no_params
    work = no_work
    window = point
