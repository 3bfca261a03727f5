"""Random attributes for archdb's ops, and the layers that torch and Keras make of the same.

What archdb has and no framework does (connection tables, trainable subsampling, radial basis
functions, position-sensitive regions) is not here.
"""

from collections.abc import Callable

from keras import layers
from torch import nn

from drawn import (
    along,
    convolution,
    features,
    products,
    resolution,
    sampling,
    shapes,
    tensors,
    volumes,
    with_keras,
)
from drawn.base import Draw, Sample
from drawn.features import plain
from drawn.resolution import pool

_TORCH: dict[str, Callable[[Draw], Sample]] = {
    "conv2d": convolution.conv2d,
    "depthwise_conv2d": convolution.depthwise_conv2d,
    "locally_connected2d": convolution.locally_connected2d,
    "conv_transpose2d": convolution.conv_transpose2d,
    "max_pool2d": pool(nn.MaxPool2d),
    "avg_pool2d": pool(nn.AvgPool2d),
    "adaptive_avg_pool2d": resolution.adaptive_avg_pool2d,
    "resize2d": resolution.resize2d,
    "max_unpool2d": resolution.max_unpool2d,
    "pad2d": shapes.pad2d,
    "trim2d": shapes.trim2d,
    "pad_channels": shapes.pad_channels,
    "slice_channels": shapes.slice_channels,
    "channel_shuffle": shapes.channel_shuffle,
    "reshape": shapes.reshape,
    "crop2d": shapes.crop2d,
    "concat": shapes.concat,
    "add": shapes.add,
    "multiply": shapes.multiply,
    "linear": features.linear,
    "embedding": features.embedding,
    "lstm": features.lstm,
    "gru": features.gru,
    "rnn": features.rnn,
    "conv1d": along.conv1d,
    "max_pool1d": along.pool(nn.MaxPool1d),
    "avg_pool1d": along.pool(nn.AvgPool1d),
    "matmul": along.matmul,
    "batch_norm": features.batch_norm,
    "instance_norm": features.instance_norm,
    "group_norm": features.group_norm,
    "layer_norm": features.layer_norm,
}
_FEW: dict[str, Callable[[Draw], Sample]] = {
    "global_avg_pool2d": resolution.whole(nn.AdaptiveAvgPool2d),
    "global_max_pool2d": resolution.whole(nn.AdaptiveMaxPool2d),
    "global_avg_pool1d": along.mean,
    "global_max_pool1d": along.largest,
    "to_sequence": shapes.to_sequence,
    "flatten": shapes.flatten,
    "lrn": features.lrn,
    "prelu": features.prelu,
    "softmax": features.softmax,
    "relu": plain(nn.ReLU),
    "sigmoid": plain(nn.Sigmoid),
    "tanh": plain(nn.Tanh),
    "relu6": plain(nn.ReLU6),
    "leaky_relu": plain(lambda: nn.LeakyReLU(0.1), slope=0.1),
    "swish": plain(nn.SiLU),
    "hard_sigmoid": plain(nn.Hardsigmoid),
    "hard_swish": plain(nn.Hardswish),
    "gelu": plain(nn.GELU),
    "dropout": plain(lambda: nn.Dropout(0.5).eval(), rate=0.5),
}
_KERAS: dict[str, Callable[[Draw], Sample]] = {
    "conv2d": with_keras.convolution(layers.Conv2D, "filters", "filters"),
    "depthwise_conv2d": with_keras.convolution(
        layers.DepthwiseConv2D, "multiplier", "depth_multiplier"
    ),
    "conv_transpose2d": with_keras.conv_transpose2d,
    "max_pool2d": with_keras.pool(layers.MaxPooling2D),
    "avg_pool2d": with_keras.pool(layers.AveragePooling2D),
    "conv1d": with_keras.conv1d,
    "max_pool1d": with_keras.pool1d(layers.MaxPooling1D),
    "avg_pool1d": with_keras.pool1d(layers.AveragePooling1D),
    "global_avg_pool1d": with_keras.whole(layers.GlobalAveragePooling1D),
    "global_max_pool1d": with_keras.whole(layers.GlobalMaxPooling1D),
    "lstm": with_keras.recurrent(layers.LSTM),
    "gru": with_keras.recurrent(layers.GRU, "reset_after"),
    "rnn": with_keras.recurrent(layers.SimpleRNN),
    "batch_norm": with_keras.norm(layers.BatchNormalization),
    "layer_norm": with_keras.norm(layers.LayerNormalization),
    "group_norm": with_keras.norm(layers.GroupNormalization),
}

#: What works on tensors of any rank; recorded into a file of its own.
TENSORS: dict[str, Callable[[Draw], Sample]] = {
    "reshape": tensors.reshape,
    "permute": tensors.permute,
    "expand": tensors.expand,
    "roll": tensors.roll,
    "flip": tensors.flip,
    "slice": tensors.slice_,
    "select": tensors.select,
    "take": tensors.take,
    "gather": tensors.gather,
    "pad": tensors.pad,
    "concat": tensors.concat,
    "stack": tensors.stack,
    **products.OPS,
    **volumes.OPS,
    **sampling.OPS,
}

#: By library and op.
OPS = {
    **{("torch", op): draw for op, draw in (_TORCH | _FEW).items()},
    **{("keras", op): draw for op, draw in _KERAS.items()},
}
#: Ops that have few attributes or none: not much to draw.
FEW = frozenset(_FEW)
