"""Dense blocks and transitions of huang2017, named as in TorchVision."""

from archdb.blocks.base import NetworkBuilder, block
from archdb.model.attributes import Count, Flag
from archdb.ops.activation import Relu
from archdb.ops.convolution import Conv2d
from archdb.ops.joining import Concat
from archdb.ops.normalization import BatchNorm
from archdb.ops.pooling import AvgPool2d


def _norm_relu_conv(net: NetworkBuilder, name: str, part: str, filters: int, kernel: int) -> str:
    """BN-ReLU-Conv, the composite function of huang2017, section 3."""
    net.add(f"{name}.norm{part}", BatchNorm())
    net.add(f"{name}.relu{part}", Relu())
    conv = Conv2d(filters=filters, kernel=kernel, padding=kernel // 2, bias=False)
    return net.add(f"{name}.conv{part}", conv)


@block("dense_layer")
def dense_layer(net: NetworkBuilder, name: str, *, growth: Count, bottleneck: Flag = True) -> None:
    """One layer of a dense block: `growth` new maps, stacked on all that it reads
    (huang2017, Figure 1).

    `bottleneck`: a 1×1 convolution to 4 `growth` maps comes before the 3×3 (DenseNet-B).
    """
    source, last = net.last, "1"
    if bottleneck:
        _norm_relu_conv(net, name, "1", 4 * growth, 1)
        last = "2"
    new = _norm_relu_conv(net, name, last, growth, 3)
    net.add(f"{name}.concat", Concat(), source, new)


@block("dense_block")
def dense_block(
    net: NetworkBuilder, name: str, *, layers: Count, growth: Count, bottleneck: Flag = True
) -> None:
    """A dense block: each layer reads the maps of all before it (huang2017, Figure 1)."""
    for number in range(1, layers + 1):
        part = f"{name}.denselayer{number}"
        dense_layer(net, part, growth=growth, bottleneck=bottleneck)


@block("dense_transition")
def dense_transition(net: NetworkBuilder, name: str, *, filters: Count) -> None:
    """A 1×1 convolution to `filters` maps and a 2×2 average pool (huang2017, Table 1)."""
    _norm_relu_conv(net, name, "", filters, 1)
    net.add(f"{name}.pool", AvgPool2d(kernel=2, stride=2, rounding="floor"))
