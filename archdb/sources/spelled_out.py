"""Folds of what exporters spell out: norms and activations written as elementary calls.

Only for files that an exporter has written, where the calls stand for one of the module's. All that
lies between must be read by nothing else, and constants must be those of the definition.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from math import pi, sqrt
from typing import Any

from archdb.sources.folds import Pattern, fold_each
from archdb.sources.neutral import CONSTANT, PARAMETER, Call, Graph, Ref

#: How far a constant may be from that of the definition: what half precision makes of it.
PRECISION = 1e-3
Terms = tuple[Ref, float]
#: Kinds of calls: such as take their tensors in either order, and functions.
EITHER_WAY, SIGMOID, TANH = frozenset(("add", "mul")), "sigmoid", "tanh"


class Spelled(Pattern):
    """A pattern read from its last call backwards."""

    def number(self, value: Any) -> float | None:
        """The one number that an argument is, a constant of the file or of the call."""
        if isinstance(value, int | float):
            return float(value)
        tensor = self.graph.tensors.get(value.name) if isinstance(value, Ref) else None
        if tensor is None or tensor.role != CONSTANT or not tensor.data or len(tensor.data) != 1:
            return None
        return float(tensor.data[0])

    def made_by(self, value: Any, *kinds: str) -> Call | None:
        """The call of one of these kinds that gives a tensor."""
        call = self.writer.get(value.name) if isinstance(value, Ref) else None
        return (
            call if call is not None and call.kind in kinds and id(call) not in self.gone else None
        )

    def terms(self, call: Call | None) -> Terms | None:
        """The tensor and the number that a call joins."""
        if call is None:
            return None
        one, other = (call.arguments.get(name) for name in ("input", "other"))
        if call.kind in EITHER_WAY and self.number(one) is not None:
            one, other = other, one
        number = self.number(other)
        return (one, number) if isinstance(one, Ref) and number is not None else None

    def joined(self, value: Any, kind: str, number: float) -> Ref | None:
        """What a call of that kind joins with that very number to give a tensor."""
        found = self.terms(self.made_by(value, kind))
        return found[0] if found and _near(found[1], number) else None

    def scaled(self, value: Any, factor: float) -> Ref | None:
        """The tensor that is multiplied by a factor, or divided by its reciprocal."""
        return self.joined(value, "mul", factor) or self.joined(value, "div", 1 / factor)

    def product(self, call: Call) -> list[tuple[Ref, Ref]]:
        """The two tensors of a product, either way round."""
        pair = [call.arguments.get(name) for name in ("input", "other")]
        if call.kind != "mul" or not all(isinstance(one, Ref) for one in pair):
            return []
        return [(pair[0], pair[1]), (pair[1], pair[0])]  # type: ignore[list-item]

    def fold(self, source: Ref, last: Call, kind: str, **more: Any) -> bool:
        """One call in place of all between a tensor and the last; False where anything else reads
        what lies between."""
        between = self._between(source, last)
        inner = {id(call) for call in between}
        outputs = set(self.graph.outputs)
        for call in between:
            for name in call.writes:
                readers = self.readers.get(name, [])
                if name in outputs or any(id(r) not in {*inner, id(last)} for r in readers):
                    return False
        self.gone.update(inner)
        last.kind, last.arguments = kind, {"input": source, **more}
        return True

    def _between(self, source: Ref, last: Call) -> list[Call]:
        found: dict[int, Call] = {}
        left = [last]
        while left:
            for name in left.pop().reads():
                call = self.writer.get(name)
                if name != source.name and call is not None and id(call) not in found:
                    found[id(call)] = call
                    left.append(call)
        return list(found.values())


def _near(number: float, wanted: float) -> bool:
    return abs(number - wanted) <= PRECISION * abs(wanted)


def gelu(pattern: Spelled, last: Call) -> bool:
    """x · ½ · (1 + erf(x/√2)), or by tanh, its factors in any order (hendrycks2016)."""
    if last.kind != "mul":
        return False
    half = pattern.terms(last)
    if half is not None and _near(half[1], 0.5):  # x · (…) first, then ½
        inner = pattern.made_by(half[0], "mul")
        pairs = pattern.product(inner) if inner is not None else []
    else:
        halved = ((one, other) for one, other in pattern.product(last))
        pairs = []
        for one, other in halved:
            if (source := pattern.scaled(one, 0.5)) is not None:  # ½ x, then · (…)
                pairs.append((source, other))
            elif (whole := pattern.scaled(other, 0.5)) is not None:  # ½ (…), then · x
                pairs.append((one, whole))
    for source, sum_ in pairs:
        function = pattern.joined(sum_, "add", 1.0)
        for form, inside in (("none", _erf), ("tanh", _tanh)):
            if function is not None and inside(pattern, function, source):
                return pattern.fold(source, last, "gelu", approximate=form)
    return False


def _erf(pattern: Spelled, value: Ref, source: Ref) -> bool:
    call = pattern.made_by(value, "erf")
    return call is not None and pattern.scaled(call.arguments["input"], sqrt(0.5)) == source


def _tanh(pattern: Spelled, value: Ref, source: Ref) -> bool:
    call = pattern.made_by(value, "tanh")
    sum_ = call and pattern.scaled(call.arguments["input"], sqrt(2 / pi))
    added = pattern.made_by(sum_, "add")
    if added is None:
        return False
    sides = [added.arguments.get(name) for name in ("input", "other")]
    if source not in sides:
        return False
    cube = pattern.scaled(sides[1 - sides.index(source)], 0.044715)
    return cube is not None and pattern.joined(cube, "pow", 3.0) == source


def silu(pattern: Spelled, last: Call) -> bool:
    """x · sigmoid(x), and x · tanh(softplus(x)), which is mish."""
    for source, gate in pattern.product(last):
        call = pattern.made_by(gate, SIGMOID, TANH)
        inside = call.arguments.get("input") if call is not None else None
        if call is not None and call.kind == SIGMOID and inside == source:
            return pattern.fold(source, last, "silu")
        soft = pattern.made_by(inside, "softplus") if call and call.kind == TANH else None
        if soft is not None and soft.arguments.get("input") == source:
            return pattern.fold(source, last, "mish")
    return False


def hard_swish(pattern: Spelled, last: Call) -> bool:
    """x · clip(x + 3, 0, 6) / 6, divided before or behind the product (howard2019)."""
    inner = pattern.made_by(pattern.scaled(Ref(last.writes[0]), 1 / 6), "mul")
    for source, gate in pattern.product(inner if inner is not None else last):
        clip = gate if inner is not None else pattern.scaled(gate, 1 / 6)
        if clip is not None and _clipped(pattern, clip) == source:
            return pattern.fold(source, last, "hard_swish")
        hard = pattern.made_by(gate, "hard_sigmoid_of") if inner is None else None
        if hard is not None and hard.arguments["input"] == source and _sixth(hard):
            return pattern.fold(source, last, "hard_swish")
    return False


def _sixth(call: Call) -> bool:
    return _near(call.arguments["alpha"], 1 / 6) and bool(call.arguments["beta"] == 0.5)


def _clipped(pattern: Spelled, value: Ref) -> Ref | None:
    call = pattern.made_by(value, "clamp")
    limits = [pattern.number(call.arguments.get(n)) for n in ("min", "max")] if call else []
    return (
        pattern.joined(call.arguments["input"], "add", 3.0) if call and limits == [0, 6] else None
    )


def layer_norm(pattern: Spelled, last: Call) -> bool:
    """(x − mean) / √(variance + ε), and the scale and shift behind it, if any (ba2016)."""
    if last.kind != "div":
        return False
    root = pattern.made_by(last.arguments.get("other"), "sqrt")
    sum_ = pattern.terms(pattern.made_by(root.arguments["input"], "add")) if root else None
    variance = pattern.made_by(sum_[0], "mean") if sum_ else None
    centred = last.arguments.get("input")
    square = pattern.made_by(variance.arguments["input"], "pow", "mul") if variance else None
    if square is None or sum_ is None or not _square_of(pattern, square, centred):
        return False
    difference = pattern.made_by(centred, "sub")
    source = difference.arguments.get("input") if difference is not None else None
    mean = pattern.made_by(difference.arguments.get("other"), "mean") if difference else None
    axes = [pattern.numbers(c.arguments.get("dim")) for c in (mean, variance) if c]
    if not isinstance(source, Ref) or len(axes) != 2 or axes[0] != axes[1] or not axes[0]:
        return False
    count = len(axes[0])
    if mean is None or mean.arguments["input"] != source or axes[0] != list(range(-count, 0)):
        return False
    told: dict[str, Any] = {"normalized_shape": [0] * count, "weight": None, "bias": None}
    end = last
    for name, kind in (("weight", "mul"), ("bias", "add")):
        following = pattern.next(end)
        learned = _learned(pattern, following, count) if following else None
        if following is None or following.kind != kind or learned is None:
            break
        told[name], end = learned, following
    return pattern.fold(source, end, "layer_norm", eps=sum_[1], **told)


def _square_of(pattern: Spelled, call: Call, value: Any) -> bool:
    if call.kind == "mul":
        return bool(call.arguments.get("input") == call.arguments.get("other") == value)
    return pattern.terms(call) == (value, 2.0)


def _learned(pattern: Spelled, call: Call, rank: int) -> Ref | None:
    """The learned tensor of as many axes that a call joins."""
    for name in ("input", "other"):
        value = call.arguments.get(name)
        tensor = pattern.graph.tensors.get(value.name) if isinstance(value, Ref) else None
        if tensor is not None and tensor.role == PARAMETER and len(tensor.shape or ()) == rank:
            return value
    return None


SPELLED_OUT: dict[str, Callable[[Spelled, Call], bool]] = {
    "layer_norm": layer_norm,
    "gelu": gelu,
    "silu": silu,
    "hard_swish": hard_swish,
}


def spelled_out(graph: Graph) -> Counter[str]:
    """Fold what a file spells out, in place; how many times which."""
    return fold_each(graph, Spelled, SPELLED_OUT)
