"""Inception modules, named as in the Caffe release of GoogLeNet."""

from archdb.blocks.base import Draft, block
from archdb.ops.activation import Dropout, Relu
from archdb.ops.attributes import Count
from archdb.ops.dense import Linear
from archdb.ops.joining import Concat
from archdb.ops.pooling import AvgPool2d, MaxPool2d


@block("inception")
def inception(
    draft: Draft,
    name: str,
    *,
    n1: Count,
    r3: Count,
    n3: Count,
    r5: Count,
    n5: Count,
    proj: Count,
) -> None:
    """Inception module with dimension reductions (szegedy2015, Figure 2b).

    The columns of szegedy2015, Table 1: #1×1, #3×3 reduce, #3×3, #5×5 reduce, #5×5, pool proj.
    """
    source = draft.last

    def conv(part: str, filters: int, kernel: int, *inputs: str) -> str:
        names = f"{name}/{part}", f"{name}/relu_{part}"
        return draft.conv_relu(*names, filters, kernel, *inputs, padding=kernel // 2)

    one = conv("1x1", n1, 1, source)
    conv("3x3_reduce", r3, 1, source)
    three = conv("3x3", n3, 3)
    conv("5x5_reduce", r5, 1, source)
    five = conv("5x5", n5, 5)
    pool = MaxPool2d(kernel=3, stride=1, padding=1, rounding="ceil")
    draft.add(f"{name}/pool", pool, source)
    pooled = conv("pool_proj", proj, 1)
    draft.add(f"{name}/output", Concat(), one, three, five, pooled)


@block("inception_head")
def inception_head(
    draft: Draft, name: str, *, filters: Count, units: Count, classes: Count
) -> None:
    """Auxiliary classifier of GoogLeNet, for training only (szegedy2015, section 5)."""
    pool = AvgPool2d(kernel=5, stride=3, rounding="ceil")
    draft.add(f"{name}/ave_pool", pool)
    draft.conv_relu(f"{name}/conv", f"{name}/relu_conv", filters, 1)
    draft.add(f"{name}/fc", Linear(units=units))
    draft.add(f"{name}/relu_fc", Relu())
    draft.add(f"{name}/drop_fc", Dropout(rate=0.7))
    draft.add(f"{name}/classifier", Linear(units=classes))
