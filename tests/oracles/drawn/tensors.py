"""Tensors of any rank: axes moved, cut, joined and added, by functions of torch."""

from __future__ import annotations

from functools import partial
from math import prod
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from drawn.base import Draw, Sample

Shape = tuple[int, ...]


def tensor(draw: Draw, least: int = 1, most: int = 5) -> Shape:
    """A shape of so many axes, beside the batch."""
    return tuple(draw.randint(1, 7) for _ in range(draw.randint(least, most)))


def axis(draw: Draw, shape: Shape, wrong: float = 0.03) -> tuple[int, int]:
    """An axis as archdb numbers it, from either end, and as torch does, behind the batch; once in
    a while one that is not there, which torch counts in the batch."""
    if draw.coin(wrong):
        return len(shape), len(shape) + 1
    at = draw.randrange(len(shape))
    return (at, at + 1) if draw.coin() else (at - len(shape), at + 1)


def permute(draw: Draw) -> Sample:
    shape = tensor(draw)
    order = draw.sample(range(len(shape)), len(shape))
    return Sample(
        {"order": order}, [shape], lambda: lambda x: x.permute(0, *(at + 1 for at in order))
    )


def expand(draw: Draw) -> Sample:
    shape = tuple(1 if draw.coin(0.4) else n for n in tensor(draw, most=4))
    more = [draw.randint(1, 5) for _ in range(draw.randint(0, 2))]
    kept = [draw.randint(2, 5) if n == 1 or draw.coin(0.03) else n for n in shape]
    stated = more + [0 if n == m and draw.coin() else m for n, m in zip(shape, kept, strict=True)]
    return Sample({"shape": stated}, [shape], lambda: lambda x: x[0].expand(1, *more, *kept))


def roll(draw: Draw) -> Sample:
    shape = tensor(draw)
    axes = draw.sample(range(len(shape)), draw.randint(1, len(shape)))
    shifts = [draw.randint(-9, 9) for _ in axes]
    return Sample(
        {"axes": axes, "shifts": shifts},
        [shape],
        lambda: lambda x: x.roll(shifts, [at + 1 for at in axes]),
    )


def flip(draw: Draw) -> Sample:
    shape = tensor(draw)
    axes = draw.sample(range(len(shape)), draw.randint(1, len(shape)))
    return Sample({"axes": axes}, [shape], lambda: lambda x: x.flip([at + 1 for at in axes]))


def slice_(draw: Draw) -> Sample:
    shape = tensor(draw)
    ours, theirs = axis(draw, shape, wrong=0)
    count = shape[theirs - 1]
    given: dict[str, Any] = {"axis": ours, "start": draw.randint(-count, count)}
    if draw.coin():
        given["stop"] = draw.randint(1 - count, count) or count
    if draw.coin():
        given["step"] = draw.randint(1, 3)

    def cut(x: Tensor) -> Tensor:
        parts = [slice(None)] * x.ndim
        parts[theirs] = slice(given["start"], given.get("stop"), given.get("step"))
        return x[tuple(parts)]

    return Sample(given, [shape], lambda: cut)


def select(draw: Draw) -> Sample:
    shape = tensor(draw, least=2)
    ours, theirs = axis(draw, shape)
    index = (
        draw.randint(-shape[ours] - draw.coin(0.05), shape[ours] - 1) if ours < len(shape) else 0
    )
    return Sample(
        {"axis": ours, "index": index}, [shape], lambda: lambda x: x.select(theirs, index)
    )


def take(draw: Draw) -> Sample:
    """Along one axis, by a table of any shape."""
    shape, table = tensor(draw, most=3), tensor(draw, most=3)
    ours, theirs = axis(draw, shape)
    indices = torch.zeros(table, dtype=torch.long)

    def taken(x: Tensor) -> Tensor:
        return x[(slice(None),) * theirs + (indices.to(x.device),)]

    return Sample({"axis": ours, "shape": table}, [shape], lambda: taken, device="cpu")


def gather(draw: Draw) -> Sample:
    shape = tensor(draw)
    ours, theirs = axis(draw, shape)
    table = tuple(
        draw.randint(1, 9) if at == theirs - 1 else draw.randint(1, n + draw.coin(0.03))
        for at, n in enumerate(shape)
    )
    indices = torch.zeros(1, *table, dtype=torch.long)
    given = {"axis": ours, "shape": table}
    return Sample(given, [shape], lambda: lambda x: x.gather(theirs, indices), device="cpu")


def pad(draw: Draw) -> Sample:
    """torch pads the last axes, and in other modes than zeros two or three of them."""
    mode = draw.choice(["constant", "reflect", "replicate", "circular"])
    shape = tensor(draw) if mode == "constant" else tensor(draw, least=2, most=4)
    least = -2 if mode == "constant" else 0
    sides = [[draw.randint(least, 3), draw.randint(least, 3)] for _ in shape]
    if mode != "constant":
        sides[0] = [0, 0]
    flat = [n for pair in reversed(sides[mode != "constant" :]) for n in pair]
    padded = partial(functional.pad, pad=flat, mode=mode)
    return Sample({"sides": sides, "mode": mode}, [shape], lambda: padded, device="cpu")


def concat(draw: Draw) -> Sample:
    shape = tensor(draw)
    ours, theirs = axis(draw, shape)
    others = [
        tuple(
            draw.randint(1, 7) if at == theirs - 1 else n + draw.coin(0.01)
            for at, n in enumerate(shape)
        )
        for _ in range(draw.randint(1, 3))
    ]
    given = {"axis": ours}
    return Sample(given, [shape, *others], lambda: lambda *inputs: torch.cat(inputs, theirs))


def stack(draw: Draw) -> Sample:
    shape = tensor(draw)
    at = draw.randint(0, len(shape))
    ours = at if draw.coin() else at - len(shape) - 1
    inputs = [shape] * draw.randint(1, 4)
    if draw.coin(0.05):
        inputs.append((*shape[:-1], shape[-1] + 1))
    return Sample({"axis": ours}, inputs, lambda: lambda *inputs: torch.stack(inputs, at + 1))


def reshape(draw: Draw) -> Sample:
    """Into four to six axes."""
    shape = tensor(draw)
    extents = [1] * draw.randint(4, 6)
    for extent in shape:
        extents[draw.randrange(len(extents))] *= extent
    stated = [*extents]
    if draw.coin():
        stated[draw.randrange(len(stated))] = -1 if draw.coin(0.9) else prod(shape) + 1
    return Sample({"shape": stated}, [shape], lambda: lambda x: x.reshape(1, *stated))
