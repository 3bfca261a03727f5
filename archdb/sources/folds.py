"""Folds of the neutral graph: several calls that are one, by patterns that hold for any format.

A pattern is folded only where all between its first and its last call is read by nothing else, so
nothing that another call needs is lost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from archdb.sources.neutral import PARAMETER, Call, Graph, Ref

#: What gives the elements that it reads, and so may stand anywhere in a pattern.
_SAME = frozenset(("contiguous", "clone", "identity", "cast"))


class Pattern:
    """The calls of a graph by what they write and who reads it."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.writer = {name: call for call in graph.calls for name in call.writes}
        self.readers: dict[str, list[Call]] = {}
        for call in graph.calls:
            for name in dict.fromkeys(call.reads()):
                self.readers.setdefault(name, []).append(call)
        self.gone: set[int] = set()

    def next(self, call: Call) -> Call | None:
        """The one call that reads what a call gives, if it is alone."""
        if len(call.writes) != 1 or call.writes[0] in self.graph.outputs:
            return None
        readers = self.readers.get(call.writes[0], [])
        return readers[0] if len(readers) == 1 else None

    def line(self, call: Call) -> Iterator[Call]:
        """The calls behind one, each the only reader of the one before."""
        following = self.next(call)
        while following is not None:
            yield following
            following = self.next(following)

    def numbers(self, value: Any) -> list[int] | None:
        """Whole numbers that a call is given; None where they are not known yet."""
        if isinstance(value, Ref):
            data = self.graph.tensors[value.name].data
            return [int(n) for n in data] if data is not None else None
        if isinstance(value, list) and all(isinstance(n, int) for n in value):
            return value
        return None

    def replace(self, first: Call, last: Call, between: list[Call], kind: str, **more: Any) -> None:
        """One call in place of several: where the last stood, it reads what the first did."""
        self.gone.update(id(call) for call in (first, *between))
        read = {"input": first.arguments["input"], **more}
        last.kind, last.arguments, last.path = kind, read, first.path
        self.readers.setdefault(first.arguments["input"].name, []).append(last)


AnyPattern = TypeVar("AnyPattern", bound=Pattern)


def fold_each(
    graph: Graph,
    pattern_of: Callable[[Graph], AnyPattern],
    rules: Mapping[str, Callable[[AnyPattern, Call], bool]],
) -> Counter[str]:
    """Fold what each rule finds, in place, rule after rule; how many times which."""
    done: Counter[str] = Counter()
    for name, matches in rules.items():
        pattern = pattern_of(graph)
        for call in graph.calls:
            if id(call) not in pattern.gone and matches(pattern, call):
                done[name] += 1
        graph.calls = [call for call in graph.calls if id(call) not in pattern.gone]
    return done


def fold(graph: Graph) -> Counter[str]:
    """Fold what can be folded, in place; how many times which."""
    return fold_each(graph, Pattern, FOLDS)


def channel_shuffle(pattern: Pattern, first: Call) -> bool:
    """Channels split into groups, turned, and merged again (zhang2018)."""
    split = _shape(pattern, first)
    if split is None or len(split) != 5:
        return False
    between: list[Call] = []
    turned = False
    for call in pattern.line(first):
        merged = _shape(pattern, call)
        if turned and merged is not None:
            if len(merged) != 4 or merged[1] not in (-1, split[1] * split[2]):
                return False
            pattern.replace(first, call, between, "channel_shuffle", groups=split[1])
            return True
        if not turned and _swaps(pattern, call):
            turned = True
        elif call.kind not in _SAME:
            return False
        between.append(call)
    return False


def _shape(pattern: Pattern, call: Call) -> list[int] | None:
    if call.kind not in _RESHAPES or not isinstance(call.arguments.get("input"), Ref):
        return None
    return pattern.numbers(call.arguments.get("shape"))


_RESHAPES = frozenset(("view", "reshape"))


def _swaps(pattern: Pattern, call: Call) -> bool:
    """Whether a call of rank 5 exchanges the second and the third axis."""
    given = call.arguments
    if "dims" in given:
        return pattern.numbers(given["dims"]) == [0, 2, 1, 3, 4]
    return {given.get("dim0"), given.get("dim1")} == {1, 2}


def linear(pattern: Pattern, first: Call) -> bool:
    """A product with a learned matrix, and the bias that is added to it alone."""
    weight = first.arguments.get("other")
    if first.kind not in _PRODUCTS or not _learned(pattern, weight, 2):
        return False
    told = {"weight": weight, "bias": None, "turned": True}
    following = pattern.next(first)
    if following is not None and following.kind in _SUMS:
        sides = [following.arguments.get(name) for name in ("input", "other")]
        bias = next((side for side in sides if _learned(pattern, side, 1)), None)
        if bias is not None and following.arguments.get("alpha", 1) == 1:
            pattern.replace(first, following, [], "linear", **{**told, "bias": bias})
            return True
    first.kind = "linear"
    first.arguments = {"input": first.arguments["input"], **told}
    return True


_PRODUCTS, _SUMS = frozenset(("matmul",)), frozenset(("add",))


def _learned(pattern: Pattern, value: Any, rank: int) -> bool:
    """Whether it is a learned tensor of that many axes."""
    if not isinstance(value, Ref):
        return False
    tensor = pattern.graph.tensors[value.name]
    return tensor.role == PARAMETER and tensor.shape is not None and len(tensor.shape) == rank


FOLDS: dict[str, Callable[[Pattern, Call], bool]] = {
    "channel_shuffle": channel_shuffle,
    "linear": linear,
}
