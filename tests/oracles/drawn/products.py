"""Products of tensors of any rank, attention, norms and reductions along axes, weights that are
inputs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from drawn.base import Draw, Sample
from drawn.tensors import Shape, axis, tensor


def _spread(draw: Draw, shape: Shape) -> Shape:
    """The same extents, some of them 1, once in a while one that does not meet."""
    return tuple(1 if draw.coin(0.2) else n + draw.coin(0.02) for n in shape)


def elementwise(function: Callable[..., Tensor], inputs: int = 2, **given: Any) -> Any:
    """Of tensors that meet, an extent of 1 being spread."""

    def sampled(draw: Draw) -> Sample:
        shape = tensor(draw)
        return Sample(given, [_spread(draw, shape) for _ in range(inputs)], lambda: function)

    return sampled


def where(draw: Draw) -> Sample:
    shape = tensor(draw)
    shapes = [_spread(draw, shape) for _ in range(3)]
    return Sample({}, shapes, lambda: lambda c, x, y: torch.where(c > 0, x, y))


def plain(function: Callable[[Tensor], Tensor], **given: Any) -> Any:
    """Of one element."""
    return lambda draw: Sample(given, [tensor(draw)], lambda: function)


def matmul(draw: Draw) -> Sample:
    """Leading axes that meet, or one matrix for many."""
    lead = tuple(draw.randint(1, 5) for _ in range(draw.randint(0, 3)))
    n, k, m = (draw.randint(1, 13) for _ in range(3))
    k2 = k + draw.coin(0.05)
    given = {f"transpose_{which}": draw.coin() for which in ("first", "second")}
    first, second = _spread(draw, lead), _spread(draw, lead)
    left, right = [n, k], [k2, m]
    if given["transpose_first"]:
        left.reverse()
    if given["transpose_second"]:
        right.reverse()

    def product(a: Tensor, b: Tensor) -> Tensor:
        a = a.transpose(-1, -2) if given["transpose_first"] else a
        return a @ (b.transpose(-1, -2) if given["transpose_second"] else b)

    return Sample(given, [(*first, *left), (*second, *right)], lambda: product)


def attention(draw: Draw) -> Sample:
    """Heads of queries; as many of keys, or fewer that divide them; perhaps a mask."""
    heads, groups = draw.randint(1, 4), draw.randint(1, 3)
    n, m, d, v = (draw.randint(1, 11) for _ in range(4))
    causal = draw.coin()
    if causal:
        m = n
    served = heads * groups if draw.coin(0.7) else heads
    inputs: list[Shape] = [(heads * groups, n, d), (served, m, d), (served, m, v)]
    if draw.coin(0.1):
        inputs[1] = (served, m + 1, d)
    if not causal and draw.coin():
        inputs.append((n, m))

    def attend(query: Tensor, key: Tensor, value: Tensor, *mask: Tensor) -> Tensor:
        repeats = query.shape[1] // key.shape[1]
        key, value = (x.repeat_interleave(repeats, 1) for x in (key, value))
        scores = query @ key.transpose(-1, -2) * d**-0.5
        if mask:
            scores = scores + mask[0]
        return scores.softmax(-1) @ value

    return Sample({"causal": causal}, inputs, lambda: attend)


def einsum(draw: Draw) -> Sample:
    """Up to three letters in both, two in each alone; some of them summed over. Over one element
    torch sums nothing, so each has two or more."""
    letters = {letter: draw.randint(2, 7) for letter in "abcdefg"}
    shared, left, right = draw.sample("abc", draw.randint(0, 3)), "de", "fg"
    terms = [[*shared, *draw.sample(own, draw.randint(0, 2))] for own in (left, right)]
    for term in terms:
        term.extend([] if term else ["d"])
        draw.shuffle(term)
    every = sorted({*terms[0], *terms[1]})
    out = draw.sample(every, draw.randint(1, len(every)))
    equation = f"{','.join(map(''.join, terms))}->{''.join(out)}"
    batched = f"z{''.join(terms[0])},z{''.join(terms[1])}->z{''.join(out)}"
    inputs = [tuple(letters[letter] for letter in term) for term in terms]
    return Sample({"equation": equation}, inputs, lambda: lambda *x: torch.einsum(batched, *x))


def reduction(function: Callable[..., Tensor], axes: int = 3) -> Any:
    """Along one axis or several, which stay or go."""

    def sampled(draw: Draw) -> Sample:
        shape = tensor(draw, least=2)
        along = draw.sample(range(len(shape)), draw.randint(1, min(axes, len(shape) - 1)))
        keep = draw.coin()
        theirs: Any = [at + 1 for at in along] if axes > 1 else along[0] + 1
        given = {"axes": [at - len(shape) if draw.coin() else at for at in along], "keep": keep}
        return Sample(given, [shape], lambda: lambda x: function(x, dim=theirs, keepdim=keep))

    return sampled


def along(function: Callable[[Tensor, int], Tensor]) -> Any:
    """Along one axis, the shape being kept."""

    def sampled(draw: Draw) -> Sample:
        shape = tensor(draw)
        ours, theirs = axis(draw, shape)
        return Sample({"axis": ours}, [shape], lambda: lambda x: function(x, theirs), device="cpu")

    return sampled


def top_k(draw: Draw) -> Sample:
    shape = tensor(draw)
    ours, theirs = axis(draw, shape, wrong=0)
    k = draw.randint(1, shape[ours] + draw.coin(0.1))
    return Sample({"axis": ours, "k": k}, [shape], lambda: lambda x: x.topk(k, theirs)[0])


class Turned(nn.Module):
    """A layer on the last axis, on another one."""

    def __init__(self, layer: nn.Module, at: int) -> None:
        super().__init__()
        self.layer, self.at = layer, at

    def forward(self, x: Tensor, *read: Tensor) -> Tensor:
        return self.layer(x.movedim(self.at, -1), *read).movedim(-1, self.at)


def linear(draw: Draw) -> Sample:
    """Of a matrix and a bias of its own, or of a bias that is an input."""
    if draw.coin(0.3):
        return biased(draw)
    shape = tensor(draw)
    ours, theirs = axis(draw, shape)
    units, bias = draw.randint(1, 17), draw.coin()
    features = shape[ours] if ours < len(shape) else 1
    return Sample(
        {"units": units, "bias": bias, "axis": ours},
        [shape],
        lambda: Turned(nn.Linear(features, units, bias=bias), theirs),
    )


def norm(kind: Any) -> Any:
    """Over the last axes; a scale, and a shift where there is one, of as many axes."""

    def sampled(draw: Draw) -> Sample:
        shape = tensor(draw)
        count, scale = draw.randint(1, len(shape)), draw.coin()
        given = {"axes": list(range(-count, 0)), "scale": scale}
        if kind is nn.LayerNorm:
            given["shift"] = scale
        return Sample(given, [shape], lambda: kind(shape[-count:], elementwise_affine=scale))

    return sampled


def channel_norm(kind: str, **given: Any) -> Any:
    """Of channels that stand first in a sequence or a volume, as torch has them."""

    def sampled(draw: Draw) -> Sample:
        groups = draw.randint(1, 3)
        shape = (groups * draw.randint(1, 5), *tensor(draw, most=1), draw.randint(2, 7))
        if kind == "group_norm":
            shape = (*shape[:2], *tensor(draw, most=2), shape[-1])
            layer = lambda: nn.GroupNorm(groups, shape[0])  # noqa: E731
            return Sample({"groups": groups, "axis": 0}, [shape], layer)
        shape = (*shape[:-1], 2, 3)
        layer = lambda: nn.BatchNorm3d(shape[0]).eval()  # noqa: E731
        return Sample({"axis": 0}, [shape], layer)

    return sampled


def prelu(draw: Draw) -> Sample:
    shape = tensor(draw)
    shared = draw.coin()
    given = {"shared": True} if shared else {"axis": 0}
    return Sample(given, [shape], lambda: nn.PReLU(1 if shared else shape[0]))


def conv2d(draw: Draw) -> Sample:
    """Both tensors, or one of them, as inputs."""
    groups = draw.randint(1, 3)
    x = draw.image(groups * draw.randint(1, 4))
    filters, kernel = groups * draw.randint(1, 4), (draw.randint(1, 4), draw.randint(1, 4))
    weight = (filters, x[0] // groups + draw.coin(0.05), *kernel)
    given: dict[str, Any] = {"filters": filters, "kernel": kernel, "groups": groups}
    given["kernel_input"] = True
    given["bias"] = given["bias_input"] = draw.coin()
    inputs = [x, weight, (filters,)] if given["bias"] else [x, weight]

    def convolved(x: Tensor, *read: Tensor) -> Tensor:
        return functional.conv2d(x, *(each[0] for each in read), groups=groups)

    return Sample(given, inputs, lambda: convolved)


class Biased(nn.Module):
    """A matrix of its own and a bias that is an input."""

    def __init__(self, features: int, units: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(units, features))

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        return functional.linear(x, self.weight, bias[0])


def biased(draw: Draw) -> Sample:
    shape, units = tensor(draw), draw.randint(1, 17)
    given = {"units": units, "axis": -1, "bias_input": True}
    return Sample(given, [shape, (units,)], lambda: Biased(shape[-1], units))


def l2_norm(draw: Draw) -> Sample:
    shape = tensor(draw)
    ours, theirs = axis(draw, shape)
    given = {"axis": ours, "scale": False}
    return Sample(given, [shape], lambda: lambda x: functional.normalize(x, dim=theirs))


def lrn(draw: Draw) -> Sample:
    """Within a channel: Caffe's, a mean of squares of torch's."""
    size = draw.choice([1, 3, 5])

    def normalized(x: Tensor) -> Tensor:
        return x / (1 + functional.avg_pool2d(x * x, size, 1, size // 2)) ** 0.75

    return Sample({"size": size, "within": True}, [draw.image()], lambda: normalized)


def product(x: Tensor, dim: Any, keepdim: bool) -> Tensor:
    return x.prod(dim, keepdim)


OPS: dict[str, Callable[[Draw], Sample]] = {
    "add": elementwise(lambda *inputs: sum(inputs[1:], inputs[0]), inputs=3),
    "multiply": elementwise(torch.mul),
    "subtract": elementwise(torch.sub),
    "divide": elementwise(torch.div),
    "power": elementwise(torch.pow),
    "maximum": elementwise(torch.maximum),
    "minimum": elementwise(torch.minimum),
    "compare": elementwise(torch.lt, how="less"),
    "where": where,
    **{name: plain(getattr(torch, name)) for name in ("exp", "log", "sqrt", "rsqrt", "square")},
    **{name: plain(getattr(torch, name)) for name in ("reciprocal", "abs", "negative", "sign")},
    **{name: plain(getattr(torch, name)) for name in ("sin", "cos", "erf", "round")},
    "clip": plain(lambda x: x.clip(0, 1), low=0, high=1),
    "elu": plain(nn.ELU()),
    "selu": plain(nn.SELU()),
    "celu": plain(nn.CELU()),
    "softplus": plain(nn.Softplus()),
    "softsign": plain(nn.Softsign()),
    "mish": plain(nn.Mish()),
    "log_sigmoid": plain(nn.LogSigmoid()),
    "hard_shrink": plain(nn.Hardshrink()),
    "stochastic_depth": plain(nn.Identity(), rate=0.1),
    "gelu": plain(nn.GELU("tanh"), approximate="tanh"),
    "matmul": matmul,
    "scaled_dot_product_attention": attention,
    "einsum": einsum,
    "reduce_mean": reduction(torch.mean),
    "reduce_sum": reduction(torch.sum),
    "reduce_product": reduction(product, axes=1),
    "reduce_max": reduction(torch.amax),
    "reduce_min": reduction(torch.amin),
    "reduce_norm": reduction(torch.linalg.vector_norm),
    "reduce_variance": reduction(torch.var),
    "argmax": reduction(torch.argmax, axes=1),
    "top_k": top_k,
    "cumulative_sum": along(torch.cumsum),
    "softmax": along(torch.softmax),
    "log_softmax": along(torch.log_softmax),
    "linear": linear,
    "layer_norm": norm(nn.LayerNorm),
    "rms_norm": norm(nn.RMSNorm),
    "group_norm": channel_norm("group_norm"),
    "batch_norm": channel_norm("batch_norm"),
    "prelu": prelu,
    "conv2d": conv2d,
    "l2_norm": l2_norm,
    "lrn": lrn,
}
