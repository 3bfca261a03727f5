"""Maps, sequences and volumes interpolated to another size."""

from __future__ import annotations

from math import prod
from typing import Annotated, Any, ClassVar

from archdb.errors import ShapeError
from archdb.model.attributes import LATER, Count, Flag, Kind, Pair, choice, kind_of
from archdb.model.shape import Shape
from archdb.model.window import NO_MAP, UPSAMPLED, Unbounded
from archdb.ops.along import arranged, stepwise
from archdb.ops.base import Op, Work, image, no_params, op, sequence
from archdb.ops.explained import Formulas, Stated
from archdb.ops.factor import Factor
from archdb.ops.pooling import spanned
from archdb.ops.rewritable import kept_of_first
from archdb.ops.volume import VOLUME, volume
from archdb.rounding import ratio

#: Elements that are weighed for one of the output: as many products, and an addition fewer.
TAPS = {"nearest": 0, "linear": 2, "bilinear": 4, "bicubic": 16, "trilinear": 8}


def _factors(value: Any) -> tuple[float, float]:
    both = value if isinstance(value, (list, tuple)) else (value, value)
    if len(both) != 2:
        raise ValueError
    first, second = (kind_of(Factor).parse(each) for each in both)
    return first, second


def _three(value: Any) -> tuple[int, ...]:
    three = value if isinstance(value, (list, tuple)) else (value,) * 3
    if len(three) != 3:
        raise ValueError
    return tuple(kind_of(Count).parse(each) for each in three)


Factors = Annotated[
    tuple[float, float], Kind("a positive number up to 1024 or [height, width]", _factors), LATER
]
Three = Annotated[tuple[int, ...], Kind("a positive integer or [depth, height, width]", _three)]


def interpolated(how: str, out: Shape) -> Work:
    """The work of weighing neighbours."""
    taps = TAPS[how]
    return Work(muls=taps * prod(out), adds=max(taps - 1, 0) * prod(out))


def multiplied(size: int, factor: float) -> int:
    """So many times the size, rounded down, by the digits of the factor."""
    numerator, denominator = ratio(factor)
    return size * numerator // denominator


@op("resize2d")
class Resize2d(Op):
    """A map interpolated to `scale` times its size, or to the size of a second input; with
    `align_corners` to (n - 1) scale + 1 (Caffe's Interp: chen2015), or with `sized_by` = scale to
    n scale all the same (PyTorch, TensorFlow). In place of a scale there may be a `size`, or a
    `factor` that need not be whole, of which the size is rounded down.

    `align_corners`: the outermost elements stay where they are. In Caffe's rule `scale` - 1 come
    between two neighbours; in PyTorch and TensorFlow the size does not depend on it. Bilinear:
    four products and three additions for each output element; bicubic: sixteen and fifteen;
    nearest: none; area: means over bins as adaptive_avg_pool2d has them.
    """

    arity = (1, 2)
    how: Annotated[str, choice("nearest", "bilinear", "bicubic", "area")]
    scale: Pair = None  # type: ignore[assignment]
    align_corners: Flag = False
    sized_by: Annotated[str, choice("interp", "scale"), LATER] = "interp"
    size: Annotated[Pair, LATER] = None  # type: ignore[assignment]
    factor: Factors = None  # type: ignore[assignment]

    params = no_params
    channels = kept_of_first

    def ends_map(self, *native: Shape | None) -> bool:
        """Where the size is stated."""
        return self.size is not None

    def out(self, *inputs: Shape) -> Shape:
        channels, *size = image(self, inputs[0])
        stated = [way for way in (self.scale, self.size, self.factor) if way is not None]
        if len(stated) != 2 - len(inputs):
            raise ShapeError("needs either a scale or a second input that gives the size")
        if len(inputs) == 2:
            return (channels, *image(self, inputs[1])[1:])
        if self.scale is not None:
            return (channels, self._scaled(size[0], 0), self._scaled(size[1], 1))
        if self.size is not None:
            return (channels, *self.size)
        height, width = map(multiplied, size, self.factor)
        if min(height, width) < 1:
            raise ShapeError(f"of {size[0]}×{size[1]} nothing is left")
        return (channels, height, width)

    def formulas(self, *inputs: Shape) -> Formulas:
        return {**self._extents(*inputs), **self._area(*inputs)}

    def _area(self, *inputs: Shape) -> Formulas:
        if self.how != "area":
            return {}
        (_, height, width), (_, *bins) = inputs[0], self.out(*inputs)
        read = (spanned(height, bins[0]), spanned(width, bins[1]))
        told = f"{inputs[0][0]}·{read[0]}·{read[1]} − {prod(self.out(*inputs))}"
        return {"adds": Stated("elements of all bins − out_elements", told)}

    def _extents(self, *inputs: Shape) -> Formulas:
        if len(inputs) == 2:
            return {"out_height": "height_2", "out_width": "width_2"}
        if self.size is not None:
            return {"out_height": "size_h", "out_width": "size_w"}
        if self.factor is not None:
            names = zip(("out_height", "out_width"), inputs[0][1:], self.factor, strict=True)
            return {
                name: Stated("⌊size·factor⌋", f"⌊{n}·{over}/{under}⌋")
                for name, n, (over, under) in ((name, n, ratio(f)) for name, n, f in names)
            }
        rule = "({0} − 1) · scale_{1} + 1" if self._between() else "{0} · scale_{1}"
        return {"out_height": rule.format("height", "h"), "out_width": rule.format("width", "w")}

    def _scaled(self, size: int, axis: int) -> int:
        scale = self.scale[axis]
        return (size - 1) * scale + 1 if self._between() else size * scale

    def _between(self) -> bool:
        """Whether new elements come between neighbours only."""
        return self.align_corners and self.sized_by == "interp"

    def work(self, out: Shape, *inputs: Shape) -> Work:
        if self.how != "area":
            return interpolated(self.how, out)
        channels, height, width = inputs[0]
        read = channels * spanned(height, out[1]) * spanned(width, out[2])
        return Work(adds=read - prod(out), divisions=prod(out))

    def window(self, *inputs: Shape) -> Unbounded:
        return UPSAMPLED


class Resize(Op):
    """Shared by those of sequences and volumes: to `scale` times the size, or to a `size`."""

    align_corners: Flag = False

    params = no_params
    channels = kept_of_first
    scale: Any
    size: Any
    how: str
    #: What a field is behind it.
    field: ClassVar[Unbounded]

    def ends_map(self, *native: Shape | None) -> bool:
        return self.size is not None

    def resized(self, sizes: tuple[int, ...]) -> tuple[int, ...]:
        """The size along each axis."""
        if (self.scale is None) == (self.size is None):
            raise ShapeError("needs either a scale or a size")
        stated = self.size if self.scale is None else self.scale
        many = stated if isinstance(stated, tuple) else (stated,)
        if self.scale is None:
            return many
        return tuple(size * times for size, times in zip(sizes, many, strict=True))

    def work(self, out: Shape, x: Shape) -> Work:
        return interpolated(self.how, out)

    def window(self, x: Shape) -> Unbounded:
        return self.field


@op("resize1d")
class Resize1d(Resize):
    """A sequence interpolated to `scale` times its length, or to a length of `size`. Linear: two
    products and one addition for each output element; nearest: none."""

    how: Annotated[str, choice("nearest", "linear")]
    scale: Count = None  # type: ignore[assignment]
    size: Count = None  # type: ignore[assignment]

    field = NO_MAP

    def out(self, x: Shape) -> Shape:
        length, features = sequence(self, x)
        return arranged(x, self.resized((length,))[0], features)

    def formulas(self, *inputs: Shape) -> Formulas:
        length = "size" if self.scale is None else "length · scale"
        return stepwise(inputs[0], length, "features")


@op("resize3d")
class Resize3d(Resize):
    """A volume interpolated to `scale` times its size, or to a `size`. Trilinear: eight products
    and seven additions for each output element; nearest: none."""

    how: Annotated[str, choice("nearest", "trilinear")]
    scale: Three = None  # type: ignore[assignment]
    size: Three = None  # type: ignore[assignment]

    field = VOLUME

    def out(self, x: Shape) -> Shape:
        channels, *positions = volume(self, x)
        return (channels, *self.resized(tuple(positions)))

    def formulas(self, *inputs: Shape) -> Formulas:
        names = ("out_depth", "out_height", "out_width")
        axes = zip(
            names, inputs[0][1:], self.out(*inputs)[1:], self.scale or (0, 0, 0), strict=True
        )
        return {
            name: Stated("size · scale", f"{n}·{times}") if times else Stated("as stated", str(out))
            for name, n, out, times in axes
        }
