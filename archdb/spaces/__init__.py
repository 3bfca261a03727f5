"""Search spaces: families of networks laid by a function, not by a seed file each."""

from archdb.spaces import (  # noqa: F401  (importing a module registers its spaces)
    darts,
    nasbench,
    nasbench101,
    once_for_all,
    proxylessnas,
    vgg,
)
from archdb.spaces.base import REGISTRY, Grid, Point, Space, chosen, find, space

__all__ = ["REGISTRY", "Grid", "Point", "Space", "chosen", "find", "space"]
