"""Normalisation, as it runs at inference."""

from math import prod
from typing import Annotated

from archdb.errors import ShapeError
from archdb.model.attributes import Count, Flag, LaterFlag, Number, said
from archdb.model.axes import LaterAxis
from archdb.model.shape import Shape, axis_of, has_channels, pretty
from archdb.model.window import POINT, Unbounded, Window
from archdb.ops.base import BUFFER, NORM, Op, Tensor, Work, op, same_shape
from archdb.ops.explained import Formulas, Stated
from archdb.ops.rewritable import kept

Said = Annotated[bool, said(Flag, "unsaid, PyTorch has neither, ONNX both")]

#: Why an output of a norm that looks at the whole map has no receptive field of its own.
WHOLE_MAP = Unbounded("behind a norm whose statistics come from the whole map")


#: What batch normalisation keeps of each channel.
STATISTICS = ("running mean", "running variance")


class Norm(Op):
    """Shared by all that normalise by mean and variance. `scale` and `shift` say whether each
    channel has a learnt factor and a learnt addend; `axis` says which axis is that of the channels,
    where it is another than usual.

    Where the statistics come from the sample itself, each group of n elements takes: mean (n - 1
    additions, 1 division), differences (n additions), variance (n products, n - 1 additions, 1
    division), epsilon (1 addition), root (counted as an exponential), n divisions, then n
    products for the scale and n additions for the shift.
    """

    epsilon: Number = 1e-5
    scale: LaterFlag = True
    shift: LaterFlag = True
    axis: LaterAxis = None  # type: ignore[assignment]

    out = same_shape
    channels = kept

    def wide(self, x: Shape) -> Shape:
        """The extents of the learnt factors."""
        return (x[axis_of(x, self.axis)],)

    def groups_of(self, x: Shape) -> int:
        """How many groups of elements are normalised, each by statistics of its own."""
        raise NotImplementedError

    def grouped(self, x: Shape) -> tuple[str, str]:
        """What counts the groups and the elements of one, in the names of a formula."""
        raise NotImplementedError

    def roles(self) -> dict[str, str]:
        """Its tensors by name, with their roles."""
        return dict.fromkeys(["scale"] * self.scale + ["shift"] * self.shift, NORM)

    def prepare(self) -> None:
        super().prepare()
        self.tensors = tuple(self.roles().items())

    def params(self, x: Shape) -> tuple[Tensor, ...]:
        each = self.wide(x)
        return tuple([Tensor(name, role, each) for name, role in self.tensors])

    def work(self, out: Shape, x: Shape) -> Work:
        groups = self.groups_of(x)
        n = prod(x) // groups
        return Work(
            adds=groups * (3 * n - 1 + n * self.shift),
            muls=prod(x) * (1 + self.scale),
            divisions=groups * (n + 2),
            exponentials=groups,
        )

    def formulas(self, *inputs: Shape) -> Formulas:
        (x,) = inputs
        if not self.usual(x):
            return self._counted(x)
        groups, n = self.grouped(x)
        return {**dict.fromkeys(("scale", "shift"), "channels"), **self._worked(groups, n)}

    def usual(self, x: Shape) -> bool:
        """Whether what is normalised can be told in the names of channels and positions."""
        return self.axis is None and has_channels(x)

    def _counted(self, x: Shape) -> Formulas:
        """The same where the axes have no names that formulas know."""
        groups = self.groups_of(x)
        names = self._worked("groups", "n")
        numbers = self._worked(str(groups), str(prod(x) // groups))
        return {kind: Stated(names[kind], numbers[kind]) for kind in names}

    def _worked(self, groups: str, n: str) -> dict[str, str]:
        once, shift = f"({n} − 1)", f" + {n}" if self.shift else ""
        return {
            "muls": f"{groups} · {'2 · ' if self.scale else ''}{n}",
            "adds": f"{groups} · ({once} + {n} + {once} + 1{shift})",
            "divisions": f"{groups} · (1 + 1 + {n})",
            "exponentials": groups,
        }


class ChannelNorm(Norm):
    """Shared by norms whose groups are single channels over all positions. With running
    `statistics` these are constants at inference, so each element takes one multiplication and
    one addition whatever is scaled and shifted."""

    statistics: LaterFlag = True

    @property
    def affine(self) -> bool:
        return self.statistics

    def groups_of(self, x: Shape) -> int:
        return self.wide(x)[0]

    def grouped(self, x: Shape) -> tuple[str, str]:
        return "channels", "positions"

    def out(self, x: Shape) -> Shape:
        return x if self.statistics else several(x, self.groups_of(x))

    def roles(self) -> dict[str, str]:
        return super().roles() | dict.fromkeys(STATISTICS if self.statistics else (), BUFFER)

    def work(self, out: Shape, x: Shape) -> Work:
        if not self.statistics:
            return super().work(out, x)
        elements = prod(x)
        return Work(muls=elements, adds=elements)

    def window(self, x: Shape) -> Window | Unbounded:
        return POINT if self.statistics else WHOLE_MAP

    def formulas(self, *inputs: Shape) -> Formulas:
        if not self.statistics:
            return super().formulas(*inputs)
        if not self.usual(inputs[0]):
            return {}
        return dict.fromkeys(("scale", "shift", *STATISTICS), "channels")


def several(x: Shape, groups: int) -> Shape:
    """The shape, or ShapeError where a group has one element, which is its own mean: PyTorch
    refuses it, and elsewhere nothing of the input is left."""
    if prod(x) == groups:
        raise ShapeError(
            f"normalises each element of {pretty(x)} by itself, which leaves nothing of it",
            remedy="it needs more positions, or statistics that were learnt",
        )
    return x


@op("batch_norm")
class BatchNorm(ChannelNorm):
    """Batch normalisation (ioffe2015, Algorithm 2): at inference the statistics are constants, so
    each element takes one multiplication and one addition, with or without scale and shift.

    Without `statistics` (PyTorch's track_running_stats false) those of the sample itself are
    taken, for each channel over all positions of the one image, as in instance_norm. Where it is
    `frozen`, scale and shift are kept as they were and not learnt: buffers, as the statistics
    (carion2020; torchvision's FrozenBatchNorm2d).
    """

    frozen: LaterFlag = False

    def roles(self) -> dict[str, str]:
        roles = super().roles()
        return dict.fromkeys(roles, BUFFER) if self.frozen else roles


@op("instance_norm")
class InstanceNorm(ChannelNorm):
    """Instance normalisation (ulyanov2016): each channel by its own mean and variance over all
    positions. Whether it has scale and shift must be said: PyTorch's has neither unless asked,
    ONNX's has both. With `statistics` (PyTorch's track_running_stats) it runs as batch_norm does.
    """

    scale: Said
    shift: Said
    statistics: Flag = False


@op("group_norm")
class GroupNorm(Norm):
    """Group normalisation (wu2018): the channels in `groups`, each by its mean and variance over
    its channels and all positions; scale and shift for each channel."""

    groups: Count

    def out(self, x: Shape) -> Shape:
        (wide,) = self.wide(x)
        if wide % self.groups:
            raise ShapeError(f"{wide} channels do not divide into {self.groups} groups")
        return several(x, self.groups)

    def groups_of(self, x: Shape) -> int:
        return self.groups

    def grouped(self, x: Shape) -> tuple[str, str]:
        return "groups", "channels/groups · positions"

    def window(self, x: Shape) -> Window | Unbounded:
        return POINT if (prod(x),) == self.wide(x) else WHOLE_MAP
