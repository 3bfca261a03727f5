"""What a search space is: a numbered family of networks and the function that yields them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from math import prod
from typing import NamedTuple

from archdb.errors import NotFoundError, nearest
from archdb.model.graph import Network

Value = str | int


class Point(NamedTuple):
    """One network of a space: its number there, and where it stands in the space."""

    number: int
    attributes: Mapping[str, Value]
    network: Network

    @property
    def name(self) -> str:
        return self.network.name


Points = Callable[[Iterable[int]], Iterator[Point]]


class Space(NamedTuple):
    """`size` points, numbered from 0; `points` yields those of the numbers that it is given.

    `cite` is the key of the publication that defines the space.
    """

    name: str
    title: str
    family: str
    year: int
    classes: int
    cite: str
    size: int
    points: Points


REGISTRY: dict[str, Space] = {}


def space(name: str, **facts: object) -> Callable[[Points], Points]:
    """Register a function that yields points as the space `name`."""

    def register(points: Points) -> Points:
        if name in REGISTRY:
            raise TypeError(f"space '{name}' is registered twice")
        REGISTRY[name] = Space(name=name, points=points, **facts)  # type: ignore[arg-type]
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
