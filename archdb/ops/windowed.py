"""Ops whose attributes say which window slides over the height and width of a map."""

from __future__ import annotations

from archdb.model.attributes import Pads
from archdb.model.shape import Shape
from archdb.model.window import Window
from archdb.ops.base import Op, image


class Windowed(Op):
    """Shared by convolutions and pools: one window, the same whatever arrives."""

    kernel: tuple[int, int]
    stride: tuple[int, int]
    padding: Pads | str
    dilation: tuple[int, int]
    rounding: str

    def prepare(self) -> None:
        super().prepare()
        self.sliding = Window(self.kernel, self.stride, self.padding, self.dilation, self.rounding)

    def window(self, x: Shape, *read: Shape) -> Window:
        return self.sliding

    def positions(self, x: Shape) -> tuple[int, int]:
        """How often the window stands along height and width."""
        _, height, width = image(self, x)
        return self.sliding.slide(height, width)
