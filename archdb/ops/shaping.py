"""Ops that move, drop or rename elements, and compute nothing."""

from typing import Any

from archdb.errors import DefinitionError, ShapeError
from archdb.model.attributes import Count, Offset, Sides, Size
from archdb.model.shape import Shape, channel_axis, channels, pretty, with_channels
from archdb.model.window import NO_MAP, Unbounded, Window
from archdb.ops.base import Op, image, no_params, no_work, op, point, same_shape, whatever_size
from archdb.ops.cutting import Slice
from archdb.ops.explained import Formulas
from archdb.ops.rewritable import kept, kept_of_first, scaled
from archdb.ops.written import Permuted, Reshaped, Writing


@op("pad2d")
class Pad2d(Op):
    """Zeros around a map, as a layer of its own."""

    padding: Sides

    params = no_params
    work = no_work
    channels = kept

    def out(self, x: Shape) -> Shape:
        channels, height, width = image(self, x)
        return (channels, *self.window(x).slide(height, width))

    def formulas(self, *inputs: Shape) -> Formulas:
        return {
            "out_height": "height + pad_top + pad_bottom",
            "out_width": "width + pad_left + pad_right",
        }

    def window(self, x: Shape) -> Window:
        return Window(padding=self.padding)

    def dilated(self, rate: tuple[int, int], stride: tuple[int, int]) -> Any:
        return Pad2d(padding=scaled(self.padding, rate))


@op("trim2d")
class Trim2d(Op):
    """Rows and columns cut off around a map (a factorised reduction shifts its map by padding one
    side and trimming the other: zoph2018)."""

    sides: Sides

    params = no_params
    work = no_work
    channels = kept

    def out(self, x: Shape) -> Shape:
        channels, height, width = image(self, x)
        return (channels, *self.window(x).slide(height, width))

    def formulas(self, *inputs: Shape) -> Formulas:
        return {
            "out_height": "height − pad_top − pad_bottom",
            "out_width": "width − pad_left − pad_right",
        }

    def window(self, x: Shape) -> Window:
        """What is cut off is padding below zero: the first window starts that much later."""
        top, bottom, left, right = self.sides
        return Window(padding=(-top, -bottom, -left, -right))

    def dilated(self, rate: tuple[int, int], stride: tuple[int, int]) -> Any:
        return Trim2d(sides=scaled(self.sides, rate))


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

    def formulas(self, *inputs: Shape) -> Formulas:
        return dict.fromkeys(("out_channels", "out_features"), "before + channels + after")

    def adapted(self, old: tuple[Shape, ...], new: tuple[Shape, ...]) -> Any:
        """In proportion, rounded down."""
        was, now = channels(old[0]), channels(new[0])
        return PadChannels(before=self.before * now // was, after=self.after * now // was)


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

    def formulas(self, *inputs: Shape) -> Formulas:
        return {"out_channels": "stop − start", "out_features": "stop − start"}

    def writing(self, *inputs: Shape) -> Writing:
        (x,) = inputs
        part: Slice = Slice(axis=channel_axis(x), start=self.start, stop=self.stop)
        return part.writing(x)

    def adapted(self, old: tuple[Shape, ...], new: tuple[Shape, ...]) -> Any:
        """In proportion; rounded down, so that slices that met still meet."""
        was, now = channels(old[0]), channels(new[0])
        return SliceChannels(start=self.start * now // was, stop=self.stop * now // was)


@op("channel_shuffle")
class ChannelShuffle(Op):
    """Channels dealt out anew over the groups (zhang2018, Figure 1)."""

    groups: Count

    params = no_params
    work = no_work
    window = point
    channels = kept

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

    ends_map = whatever_size
    params = no_params
    work = no_work
    channels = kept

    def out(self, x: Shape) -> Shape:
        channels, height, width = image(self, x)
        return (height * width, channels)

    def writing(self, *inputs: Shape) -> Writing:
        channels, height, width = inputs[0]
        steps = Reshaped((channels, height * width)), Permuted((1, 0))
        return Writing(None, behind=steps)

    def formulas(self, *inputs: Shape) -> Formulas:
        return {"out_length": "height · width", "out_features": "channels"}

    def window(self, x: Shape) -> Unbounded:
        return NO_MAP


@op("crop2d")
class Crop2d(Op):
    """A map cut to the size of a second one (Caffe's Crop; ronneberger2015).

    `offset`: rows above and columns left that are cut off; without it the cut is in the middle.
    """

    arity = (2, 2)
    offset: Offset = None  # type: ignore[assignment]

    params = no_params
    work = no_work
    channels = kept_of_first

    def out(self, *inputs: Shape) -> Shape:
        x, like = (image(self, shape) for shape in inputs)
        top, left = self.offset or (0, 0)
        if x[1] < top + like[1] or x[2] < left + like[2]:
            raise ShapeError(
                f"cannot cut {pretty(x)} to the size of {pretty(like)} from ({top}, {left})"
            )
        return (x[0], *like[1:])

    def formulas(self, *inputs: Shape) -> Formulas:
        return {"out_height": "height_2", "out_width": "width_2"}

    def window(self, *inputs: Shape) -> Unbounded:
        return Unbounded("behind a crop the field depends on where it cuts")


@op("zero")
class Zero(Op):
    """Zeros in the input's shape: an edge of a search space on which nothing passes (dong2020:
    operation none). What leads to it only, or from it only, has no part in the result."""

    constant = True
    channels = kept

    out = same_shape
    params = no_params
    work = no_work
    window = point
