"""Fold of a norm that modules spell out: the global response norm (woo2023, section 4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from archdb.sources.folds import fold_each
from archdb.sources.neutral import PARAMETER, Call, Graph, Ref
from archdb.sources.spelled_out import Spelled

#: What the last call does.
_SUM = frozenset(("add",))


def global_response_norm(pattern: Spelled, last: Call) -> bool:
    """x + (bias + weight · x · g/(mean of g + epsilon)), where g is the norm of each channel over
    its positions."""
    if last.kind not in _SUM:
        return False
    for source, rest in _either_way(last, "input", "other"):
        scaled = pattern.made_by(rest, "addcmul")
        for weight, product in _either_way(scaled, "1", "2") if scaled else ():
            pair = pattern.made_by(product, "mul")
            learned = {"weight": _learned(pattern, weight)}
            learned["bias"] = _learned(pattern, scaled and scaled.arguments["input"])
            if pair is None or None in learned.values():
                continue
            for one, ratio in pattern.product(pair):
                told = _relative(pattern, ratio, source)
                if one == source and told:
                    return pattern.fold(source, last, "global_response_norm", **learned, **told)
    return False


def _either_way(call: Call, *names: str) -> Iterator[tuple[Ref, Ref]]:
    one, other = (call.arguments.get(name) for name in names)
    if isinstance(one, Ref) and isinstance(other, Ref):
        yield from ((one, other), (other, one))


def _learned(pattern: Spelled, value: Any) -> Ref | None:
    """The learnt vector that a view of it spreads."""
    view = pattern.made_by(value, "view", "reshape")
    found = view.arguments["input"] if view is not None else value
    tensor = pattern.graph.tensors.get(found.name) if isinstance(found, Ref) else None
    vector = tensor is not None and tensor.role == PARAMETER and len(tensor.shape or ()) == 1
    return found if vector else None


def _relative(pattern: Spelled, value: Ref, source: Ref) -> dict[str, Any] | None:
    """Axis of the channels and epsilon, where a value is each channel's norm over that of all."""
    ratio = pattern.made_by(value, "div")
    norm = pattern.made_by(ratio.arguments["input"], "norm") if ratio else None
    sum_ = pattern.terms(pattern.made_by(ratio.arguments.get("other"), "add")) if ratio else None
    mean = pattern.made_by(sum_[0], "mean") if sum_ else None
    if ratio is None or norm is None or sum_ is None or mean is None:
        return None
    over, dim = norm.arguments.get("dim"), mean.arguments.get("dim")
    dim = dim[0] if isinstance(dim, list) and len(dim) == 1 else dim
    known = (
        norm.arguments["input"] == source and mean.arguments["input"] == ratio.arguments["input"]
    )
    if not known or norm.arguments.get("p") != 2 or not isinstance(dim, int):
        return None
    if not isinstance(over, list) or sorted([*over, dim % 4]) != [1, 2, 3]:
        return None
    return {"dim": dim % 4, "eps": sum_[1]}


def response_norms(graph: Graph) -> Counter[str]:
    """Fold these norms, in place; how many."""
    return fold_each(graph, Spelled, {"global_response_norm": global_response_norm})
