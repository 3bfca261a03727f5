"""Every block archdb knows: one function for each figure of a paper."""

from archdb.blocks import inception, plain, resnet  # noqa: F401  (importing registers them)
from archdb.blocks.base import DECLARATIONS, REGISTRY, Draft

__all__ = ["DECLARATIONS", "REGISTRY", "Draft"]
