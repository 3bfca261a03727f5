"""Detectors: what SSD and R-FCN lay over a classifier, named as in the authors' Caffe files."""

from archdb.blocks.base import NetworkBuilder, block
from archdb.model.attributes import Count, Offset
from archdb.ops.activation import Relu, Softmax
from archdb.ops.arithmetic import Add
from archdb.ops.convolution import Conv2d
from archdb.ops.dense import Flatten
from archdb.ops.moving import Reshape
from archdb.ops.shaping import ToSequence


@block("ssd_extra")
def ssd_extra(
    net: NetworkBuilder, name: str, *, reduce: Count, width: Count, stride: Count, padding: Offset
) -> None:
    """An extra feature layer of SSD: a 1×1 reduction and a 3×3 convolution that makes the map
    smaller (liu2016ssd, Figure 2)."""
    net.conv_relu(f"{name}_1", f"{name}_1_relu", reduce, 1)
    rest = {"stride": stride, "padding": padding}
    net.conv_relu(f"{name}_2", f"{name}_2_relu", width, 3, **rest)


@block("ssd_predictor")
def ssd_predictor(net: NetworkBuilder, name: str, *, boxes: Count, classes: Count) -> None:
    """3×3 convolutions over one map (liu2016ssd, section 2.1): for each of its `boxes` default
    boxes at a position, 4 offsets and a score for each class. Both as one vector."""
    source = net.last
    for part, filters in (("loc", boxes * 4), ("conf", boxes * classes)):
        net.add(f"{name}_{part}", Conv2d(filters=filters, kernel=3, padding=1), source)
        net.add(f"{name}_{part}_perm", ToSequence())
        net.add(f"{name}_{part}_flat", Flatten())


@block("dilated_bottleneck_stage")
def dilated_bottleneck_stage(
    net: NetworkBuilder, name: str, *, width: Count, out: Count, units: Count, dilation: Count
) -> None:
    """The last stage of a ResNet at stride 1, its 3×3 convolutions dilated instead (dai2016,
    section 2: the à trous trick); the units are otherwise those of he2016."""
    for i in range(units):
        unit = f"{name}{chr(ord('a') + i)}"
        bn, source = f"bn{unit.removeprefix('res')}", net.last
        straight = source
        if i == 0:
            straight = net.conv_bn(f"{unit}_branch1", f"{bn}_branch1", out, 1)
        net.conv_bn(f"{unit}_branch2a", f"{bn}_branch2a", width, 1, source)
        net.add(f"{unit}_branch2a_relu", Relu())
        rest = {"padding": dilation, "dilation": dilation}
        net.conv_bn(f"{unit}_branch2b", f"{bn}_branch2b", width, 3, **rest)
        net.add(f"{unit}_branch2b_relu", Relu())
        branch = net.conv_bn(f"{unit}_branch2c", f"{bn}_branch2c", out, 1)
        net.add(unit, Add(), straight, branch)
        net.add(f"{unit}_relu", Relu())


@block("rpn_head")
def rpn_head(net: NetworkBuilder, name: str, *, width: Count, anchors: Count) -> None:
    """Region proposal network (ren2015, Figure 3): a 3×3 convolution, then for each anchor at a
    position the odds of background and object, and 4 offsets of its box."""
    shared = net.conv_relu(f"{name}_conv/3x3", f"{name}_relu/3x3", width, 3, padding=1)
    net.add(f"{name}_cls_score", Conv2d(filters=2 * anchors, kernel=1))
    net.add(f"{name}_bbox_pred", Conv2d(filters=4 * anchors, kernel=1), shared)
    net.add(f"{name}_cls_score_reshape", Reshape(shape=(2, -1, 0)), f"{name}_cls_score")
    net.add(f"{name}_cls_prob", Softmax())
    net.add(f"{name}_cls_prob_reshape", Reshape(shape=(2 * anchors, -1, 0)))
