"""Dual path units (chen2017) and the stages made of them, named as in the authors' MXNet files."""

from archdb.blocks.base import NetworkBuilder, block
from archdb.model.attributes import Count, Text
from archdb.ops.activation import Relu
from archdb.ops.arithmetic import Add
from archdb.ops.convolution import Conv2d
from archdb.ops.joining import Concat
from archdb.ops.normalization import BatchNorm
from archdb.ops.shaping import SliceChannels


def _norm_relu_conv(
    net: NetworkBuilder,
    name: str,
    filters: int,
    kernel: int,
    *inputs: str,
    stride: int = 1,
    groups: int = 1,
) -> str:
    """Normalisation and ReLU before the convolution, as in all units."""
    net.add(f"{name}__bn__bn", BatchNorm(epsilon=1e-3), *inputs)
    net.add(f"{name}__ac__relu", Relu())
    sliding = {"kernel": kernel, "padding": kernel // 2, "stride": stride}
    return net.add(f"{name}__conv", Conv2d(filters=filters, bias=False, groups=groups, **sliding))


def _split(net: NetworkBuilder, name: str, at: int, end: int) -> tuple[str, str]:
    """The first `at` maps of the layer just laid, and the rest of its `end`."""
    whole = net.last
    first = net.add(f"{name}-split1", SliceChannels(start=0, stop=at), whole)
    return first, net.add(f"{name}-split2", SliceChannels(start=at, stop=end), whole)


@block("dual_path_unit")
def dual_path_unit(
    net: NetworkBuilder,
    name: str,
    *,
    width: Count,
    out: Count,
    inc: Count,
    groups: Count,
    stride: Count = None,  # type: ignore[assignment]
    after: Text = None,  # type: ignore[assignment]
) -> None:
    """1×1, grouped 3×3, 1×1: `out` maps are added to the residual path, `inc` stacked on the
    densely connected one (chen2017, Figure 2d).

    `after`: the unit whose two paths this one reads. `stride`, of a stage's first unit: both
    paths begin anew from a 1×1 convolution of the input, the dense one with 2 `inc` maps.
    """
    residual, dense = f"{after}_sum", f"{after}_cat"
    if after:
        net.add(f"{name}_cat-input", Concat(), residual, dense)
    source = net.last
    if stride:
        part = f"{name}_c1x1-w(s/{stride})"
        _norm_relu_conv(net, part, out + 2 * inc, 1, source, stride=stride)
        residual, dense = _split(net, part, out, out + 2 * inc)
    _norm_relu_conv(net, f"{name}_c1x1-a", width, 1, source)
    _norm_relu_conv(net, f"{name}_c3x3-b", width, 3, stride=stride or 1, groups=groups)
    _norm_relu_conv(net, f"{name}_c1x1-c", out + inc, 1)
    added, stacked = _split(net, f"{name}_c1x1-c", out, out + inc)
    net.add(f"{name}_sum", Add(), residual, added)
    net.add(f"{name}_cat", Concat(), dense, stacked)


@block("dual_path_stage")
def dual_path_stage(
    net: NetworkBuilder,
    name: str,
    *,
    width: Count,
    out: Count,
    inc: Count,
    groups: Count,
    units: Count,
    stride: Count = 1,
    after: Text = None,  # type: ignore[assignment]
) -> None:
    """A row of chen2017, Table 1: [1×1, width; 3×3, width; 1×1, out (+inc)] × units.

    `after`: the last unit of the stage before, unless this is the first stage.
    """
    shared = {"width": width, "out": out, "inc": inc, "groups": groups}
    dual_path_unit(net, f"{name}__1", stride=stride, after=after, **shared)
    for number in range(2, units + 1):
        dual_path_unit(net, f"{name}__{number}", after=f"{name}__{number - 1}", **shared)
