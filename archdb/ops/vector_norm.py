"""Normalisation of each position by itself, over its features or over stated axes."""

from __future__ import annotations

from math import prod

from archdb.errors import DefinitionError
from archdb.model.attributes import LaterFlag, Number
from archdb.model.axes import LaterAxes
from archdb.model.shape import Shape, axis_of
from archdb.model.window import Unbounded, Window
from archdb.ops.base import Work, op
from archdb.ops.moving import beside
from archdb.ops.normalization import WHOLE_MAP, Norm
from archdb.ops.written import Writing


class VectorNorm(Norm):
    """Shared by norms over the channels (or features) of each position, or over stated `axes`, each
    of whose elements has a scale and a shift of its own."""

    axes: LaterAxes = None  # type: ignore[assignment]

    def check(self) -> None:
        if self.axes is not None and self.axis is not None:
            raise DefinitionError("'axes' says it already, and 'axis' is more").at(self.name)

    def along(self, x: Shape) -> tuple[int, ...]:
        """The axes that are normalised over, from the first."""
        return tuple(sorted(axis_of(x, axis) for axis in self.axes or (self.axis,)))

    @property
    def written_plainly(self) -> bool:
        return self.axis is None and self.axes is None

    def writing(self, *inputs: Shape) -> Writing:
        """Along one axis, where `axes` is but one."""
        one = self.axes is not None and len(self.axes) == 1
        own = self.like(axes=None, axis=self.axes[0]) if one else self
        return Writing(own.like(**own.axes_written(inputs[0])))

    def wide(self, x: Shape) -> Shape:
        return tuple(x[axis] for axis in self.along(x))

    def usual(self, x: Shape) -> bool:
        return self.axes is None and super().usual(x)

    def window(self, x: Shape) -> Window | Unbounded:
        return beside(x, self.along(x), WHOLE_MAP)

    def groups_of(self, x: Shape) -> int:
        return prod(x) // prod(self.wide(x))

    def grouped(self, x: Shape) -> tuple[str, str]:
        return "positions", "channels"


@op("layer_norm")
class LayerNorm(VectorNorm):
    """Layer normalisation over the channels (or features) of each position (ba2016), or over
    stated `axes`.

    For each position of n channels: mean (n - 1 additions, 1 division), differences (n
    additions), variance (n products, n - 1 additions, 1 division), epsilon (1 addition), root
    (counted as an exponential), n divisions, then n products for the scale and n additions for
    the shift.
    """

    epsilon: Number = 1e-6


@op("rms_norm")
class RmsNorm(VectorNorm):
    """Division by the root of the mean square over the channels (or features) of each position, or
    over stated `axes` (zhang2019): n products, n - 1 additions, a division, the epsilon's addition,
    a root (counted as an exponential), n divisions, then n products for the scale."""

    epsilon: Number = 1e-6
    shift: LaterFlag = False

    def _worked(self, groups: str, n: str) -> dict[str, str]:
        shift = f" + {n}" if self.shift else ""
        return {
            "muls": f"{groups} · {'2 · ' if self.scale else ''}{n}",
            "adds": f"{groups} · (({n} − 1) + 1{shift})",
            "divisions": f"{groups} · (1 + {n})",
            "exponentials": groups,
        }

    def work(self, out: Shape, x: Shape) -> Work:
        groups = self.groups_of(x)
        n = prod(x) // groups
        return Work(
            adds=groups * (n + n * self.shift),
            muls=prod(x) * (1 + self.scale),
            divisions=groups * (n + 1),
            exponentials=groups,
        )
