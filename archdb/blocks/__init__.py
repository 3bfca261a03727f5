"""Every block archdb knows: one function for each figure of a paper."""

from archdb.blocks import (  # noqa: F401  (importing registers them)
    classic,
    convnext,
    convnext_v2,
    darknet,
    deeplab,
    dense_prediction,
    densenet,
    detection,
    dpn,
    efficientnet,
    ghostnet,
    inception,
    inception_bn,
    inception_resnet,
    inception_v3,
    inception_v4,
    mobilenet,
    mobilenet_v4,
    nasnet,
    plain,
    preresnet,
    regnet,
    resnet,
    resnet_cifar,
    resnext,
    senet,
    shufflenet,
    slim,
    squeezenet,
    vit,
    xception,
)
from archdb.blocks.base import DECLARATIONS, REGISTRY, NetworkBuilder

__all__ = ["DECLARATIONS", "REGISTRY", "NetworkBuilder"]
