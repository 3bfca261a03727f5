"""What a search space is: a numbered family of networks and the function that yields them."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from math import prod
from typing import NamedTuple

from archdb.errors import ArchdbError, DefinitionError, NotFoundError, UsageError, nearest
from archdb.model.graph import Network
from archdb.model.names import legible, lower_case

Value = str | int


class Point(NamedTuple):
    """One network of a space: its number there, and where it stands in the space."""

    number: int
    attributes: Mapping[str, Value]
    network: Network

    @property
    def name(self) -> str:
        return self.network.name


#: Points of one build, which are counted one by one. A space that has more is sampled.
MOST = 10_000_000
#: Points that a database can tell apart: its whole numbers have 64 bits, one for the sign.
NUMBERED = 2**63

Points = Callable[[Iterable[int]], Iterator[Point]]


class Space(NamedTuple):
    """`size` points, numbered from 0; `points` yields those of the numbers that it is given.

    `cite` is the key of the publication that defines the space; `named` has the numbers of points
    that its authors gave a name.
    """

    name: str
    title: str
    family: str
    year: int
    classes: int
    cite: str
    size: int
    points: Points
    named: Mapping[str, int] = {}

    @contextlib.contextmanager
    def naming(self, number: int, *through: type[Exception]) -> Iterator[None]:
        """Whatever is raised inside is a DefinitionError that names that point; but what is of
        `through` is none of its."""
        place = f"search space '{self.name}', point {number}"
        try:
            yield
        except ArchdbError as error:
            raise error.at(place) from None
        except through:
            raise
        except Exception as error:
            raise DefinitionError(f"{type(error).__name__}: {error}").at(place) from error

    def lay(self, numbers: Iterable[int]) -> Iterator[Point]:
        """The points of these numbers. Raises DefinitionError naming the first for which the
        space's function fails, or yields anything else."""
        laid: Iterator[Point] | None = None
        for number in numbers:
            with self.naming(number):
                laid = iter(self.points(numbers)) if laid is None else laid
                point = _checked(next(laid, None), number)
            yield point

    def number(self, point: int | str) -> int:
        """Of a point by its number, or by what its authors call it. Raises UsageError."""
        if str(point) in self.named:
            return self.named[str(point)]
        try:
            return int(point)
        except ValueError:
            known = f"by name there are: {', '.join(self.named)}" if self.named else None
            raise UsageError(
                f"'{point}' is no point of '{self.name}'",
                remedy=nearest(str(point), self.named)
                or known
                or f"its points have numbers, 0 to {self.size - 1:,}",
            ) from None

    def sample(self, count: int, seed: int) -> list[int]:
        """So many numbers, each as likely as any other and none twice, in their order. A larger
        sample of the same seed holds a smaller one."""
        most = min(self.size, MOST)
        if not 0 < count <= most:
            raise UsageError(f"a sample of '{self.name}' has 1 to {most:,} points, got {count:,}")
        draw = random.Random(seed)
        drawn: set[int] = set()
        while len(drawn) < count:
            drawn.add(draw.randrange(self.size))
        return sorted(drawn)


def _checked(point: object, number: int) -> Point:
    """What is to be the point of that number. Raises DefinitionError where it is none."""
    function = "the function that lays the space"
    if point is None:
        raise DefinitionError(f"{function} ends before it")
    if not isinstance(point, Point) or not isinstance(point.network, Network):
        found = point.network if isinstance(point, Point) else point
        needed = "Network" if isinstance(point, Point) else "Point"
        raise DefinitionError(f"{function} yields no {needed}, but {type(found).__name__}")
    if point.number != number:
        raise DefinitionError(f"{function} yields {point.number!r} in its place")
    try:
        lower_case(point.name)
    except ValueError:
        raise DefinitionError(f"a name is a word in lower case, got {point.name!r}") from None
    _check_attributes(point.attributes)
    return point


def _check_attributes(attributes: object) -> None:
    """Each is a word with text or a whole number; DefinitionError where one is not."""
    if not isinstance(attributes, Mapping):
        raise DefinitionError(f"attributes are a mapping, got {type(attributes).__name__}")
    for name, value in attributes.items():
        if not isinstance(name, str) or not name:
            raise DefinitionError(f"an attribute's name is a word, got {name!r}")
        if isinstance(value, bool) or not isinstance(value, Value):
            raise DefinitionError(f"attribute '{name}' needs text or a whole number, got {value!r}")
        legible(name)
        legible(str(value))


def barred(parts: Iterable[str]) -> str:
    """Parts of a point's name as NAS-Bench-201 writes those of a cell: |a|+|b|."""
    return "+".join(f"|{part}|" for part in parts)


def parts_of(text: str) -> list[str]:
    """The parts of what `barred` has written."""
    return text.strip("|").split("|+|")


REGISTRY: dict[str, Space] = {}


def space(name: str, **facts: object) -> Callable[[Points], Points]:
    """Register a function that yields points as the space `name`."""

    def register(points: Points) -> Points:
        if name in REGISTRY:
            raise TypeError(f"space '{name}' is registered twice")
        found = Space(name=name, points=points, **facts)  # type: ignore[arg-type]
        if found.size > NUMBERED:
            raise TypeError(f"space '{name}' has {found.size:,} points, more than 64 bits number")
        REGISTRY[name] = found
        return points

    return register


def find(name: str) -> Space:
    """The space of that name; NotFoundError with the nearest names."""
    if name not in REGISTRY:
        raise NotFoundError(
            f"no search space is called '{name}'",
            remedy=nearest(name, REGISTRY) or f"there are: {', '.join(sorted(REGISTRY))}",
        )
    return REGISTRY[name]


def chosen(
    found: Space,
    limit: int | None = None,
    sample: int | None = None,
    seed: int = 0,
    points: Iterable[int | str] = (),
) -> Sequence[int]:
    """The numbers of the points that are asked for, in their order: all, the first `limit`, a
    sample, or `points` by number or name. Raises UsageError where they are too many, or none."""
    asked = sorted(set(map(found.number, points)))
    if sum((limit is not None, sample is not None, bool(asked))) > 1:
        raise UsageError("give one of a limit, a sample and single points")
    if sample is not None:
        return found.sample(sample, seed)
    if asked:
        if not 0 <= asked[0] <= asked[-1] < found.size:
            raise UsageError(f"the points of '{found.name}' are 0 to {found.size - 1:,}")
        return asked
    count = found.size if limit is None else min(limit, found.size)
    if count > MOST:
        raise UsageError(
            f"'{found.name}' has {found.size:,} points, too many to lay them all",
            remedy="--sample 10000 --seed 7 draws some, --point NUMBER names them",
        )
    return range(count)


class Grid:
    """All combinations of the values on some axes; the last axis moves first."""

    def __init__(self, axes: Mapping[str, Sequence[Value]]) -> None:
        self.axes = axes
        self.size = prod(map(len, axes.values()))

    def __getitem__(self, number: int) -> dict[str, Value]:
        chosen = []
        for name, values in reversed([*self.axes.items()]):
            number, at = divmod(number, len(values))
            chosen.append((name, values[at]))
        return dict(reversed(chosen))

    def number(self, values: Iterable[Value]) -> int:
        """Of the combination that has these values, one on each axis in their order."""
        number = 0
        for axis, value in zip(self.axes.values(), values, strict=True):
            number = number * len(axis) + axis.index(value)
        return number
