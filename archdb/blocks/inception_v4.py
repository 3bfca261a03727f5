"""Modules of Inception-v4 (szegedy2017), named as in TF-slim; widths are those of its figures."""

from archdb.blocks.base import NetworkBuilder, block
from archdb.blocks.slim import HALVE, Branch, avg_pool, conv, lay, max_pool, module, reduce
from archdb.model.attributes import Count


@block("inception_v4_stem")
def inception_v4_stem(net: NetworkBuilder, name: str) -> None:
    """From the image to 384 maps an eighth of its size (szegedy2017, Figure 3)."""
    lay(net, "", conv("1a", 32, 3, **HALVE))
    lay(net, "", conv("2a", 32, 3, padding="valid"))
    lay(net, "", conv("2b", 64, 3))
    module(net, "Mixed_3a", [[max_pool("0a", **HALVE)], [conv("0a", 96, 3, **HALVE)]])
    branches: list[Branch] = [
        [conv("0a", 64, 1), conv("1a", 96, 3, padding="valid")],
        [
            conv("0a", 64, 1),
            conv("0b", 64, (1, 7)),
            conv("0c", 64, (7, 1)),
            conv("1a", 96, 3, padding="valid"),
        ],
    ]
    module(net, "Mixed_4a", branches)
    module(net, "Mixed_5a", [[conv("1a", 192, 3, **HALVE)], [max_pool("1a", **HALVE)]])


@block("inception_v4_a")
def inception_v4_a(net: NetworkBuilder, name: str) -> None:
    """Inception-A, on the 35×35 map (szegedy2017, Figure 4)."""
    branches: list[Branch] = [
        [conv("0a", 96, 1)],
        [conv("0a", 64, 1), conv("0b", 96, 3)],
        [conv("0a", 64, 1), conv("0b", 96, 3), conv("0c", 96, 3)],
        [avg_pool("0a"), conv("0b", 96, 1)],
    ]
    module(net, name, branches)


@block("inception_reduction_a")
def inception_reduction_a(
    net: NetworkBuilder,
    name: str,
    *,
    k: Count,
    l: Count,  # noqa: E741  (the table's letter)
    m: Count,
    n: Count,
) -> None:
    """Reduction-A, from 35×35 to 17×17 (szegedy2017, Figure 7); k, l, m, n: its Table 1."""
    reduce(net, name, n, k, l, m)


@block("inception_v4_b")
def inception_v4_b(net: NetworkBuilder, name: str) -> None:
    """Inception-B, on the 17×17 map (szegedy2017, Figure 5)."""
    branches: list[Branch] = [
        [conv("0a", 384, 1)],
        [conv("0a", 192, 1), conv("0b", 224, (1, 7)), conv("0c", 256, (7, 1))],
        [
            conv("0a", 192, 1),
            conv("0b", 192, (7, 1)),
            conv("0c", 224, (1, 7)),
            conv("0d", 224, (7, 1)),
            conv("0e", 256, (1, 7)),
        ],
        [avg_pool("0a"), conv("0b", 128, 1)],
    ]
    module(net, name, branches)


@block("inception_v4_reduction_b")
def inception_v4_reduction_b(net: NetworkBuilder, name: str) -> None:
    """Reduction-B of Inception-v4, from 17×17 to 8×8 (szegedy2017, Figure 8)."""
    branches: list[Branch] = [
        [conv("0a", 192, 1), conv("1a", 192, 3, **HALVE)],
        [
            conv("0a", 256, 1),
            conv("0b", 256, (1, 7)),
            conv("0c", 320, (7, 1)),
            conv("1a", 320, 3, **HALVE),
        ],
        [max_pool("1a", **HALVE)],
    ]
    module(net, name, branches)


@block("inception_v4_c")
def inception_v4_c(net: NetworkBuilder, name: str) -> None:
    """Inception-C, on the 8×8 map (szegedy2017, Figure 6)."""
    branches: list[Branch] = [
        [conv("0a", 256, 1)],
        [conv("0a", 384, 1), (conv("0b", 256, (1, 3)), conv("0c", 256, (3, 1)))],
        [
            conv("0a", 384, 1),
            conv("0b", 448, (3, 1)),
            conv("0c", 512, (1, 3)),
            (conv("0d", 256, (1, 3)), conv("0e", 256, (3, 1))),
        ],
        [avg_pool("0a"), conv("0b", 256, 1)],
    ]
    module(net, name, branches)
