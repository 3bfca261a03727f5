"""Modules of Inception-v3 (szegedy2016), named as in TF-slim."""

from archdb.blocks.base import NetworkBuilder, block
from archdb.blocks.slim import HALVE, Branch, avg_pool, conv, max_pool, module, reduce
from archdb.model.attributes import Count


@block("inception_v3_a")
def inception_v3_a(
    net: NetworkBuilder,
    name: str,
    *,
    n1: Count,
    r5: Count,
    n5: Count,
    rd: Count,
    nd: Count,
    proj: Count,
    kernel: Count = 5,
) -> None:
    """Inception module whose 5×5 has become two 3×3 (szegedy2016, Figure 5).

    1×1 of `n1`; `r5` to `kernel`×`kernel` of `n5`; `rd` to a double 3×3 of `nd`; average pool
    to `proj`. Where the figure has a single 3×3, the released networks have a 5×5.
    """
    branches: list[Branch] = [
        [conv("0a", n1, 1)],
        [conv("0a", r5, 1), conv("0b", n5, kernel)],
        [conv("0a", rd, 1), conv("0b", nd, 3), conv("0c", nd, 3)],
        [avg_pool("0a"), conv("0b", proj, 1)],
    ]
    module(net, name, branches)


@block("inception_v3_reduction_a")
def inception_v3_reduction_a(
    net: NetworkBuilder, name: str, *, n3: Count, rd: Count, nd: Count
) -> None:
    """Reduction of the map by strided branches beside a pool (szegedy2016, Figure 10)."""
    reduce(net, name, n3, rd, nd, nd)


@block("inception_v3_b")
def inception_v3_b(
    net: NetworkBuilder, name: str, *, n1: Count, r7: Count, n7: Count, proj: Count
) -> None:
    """Inception module with n×n factorised into 1×n and n×1, n = 7 (szegedy2016, Figure 6).

    1×1 of `n1`; 1×7 and 7×1, and twice that, of width `r7` up to the last, which has `n7`.
    """
    branches: list[Branch] = [
        [conv("0a", n1, 1)],
        [conv("0a", r7, 1), conv("0b", r7, (1, 7)), conv("0c", n7, (7, 1))],
        [
            conv("0a", r7, 1),
            conv("0b", r7, (7, 1)),
            conv("0c", r7, (1, 7)),
            conv("0d", r7, (7, 1)),
            conv("0e", n7, (1, 7)),
        ],
        [avg_pool("0a"), conv("0b", proj, 1)],
    ]
    module(net, name, branches)


@block("inception_v3_reduction_b")
def inception_v3_reduction_b(
    net: NetworkBuilder, name: str, *, r3: Count, n3: Count, n7: Count
) -> None:
    """The second reduction: one branch factorised as in Figure 6 (tfslim)."""
    branches: list[Branch] = [
        [conv("0a", r3, 1), conv("1a", n3, 3, **HALVE)],
        [
            conv("0a", n7, 1),
            conv("0b", n7, (1, 7)),
            conv("0c", n7, (7, 1)),
            conv("1a", n7, 3, **HALVE),
        ],
        [max_pool("1a", **HALVE)],
    ]
    module(net, name, branches)


@block("inception_v3_c")
def inception_v3_c(
    net: NetworkBuilder, name: str, *, n1: Count, n3: Count, rd: Count, nd: Count, proj: Count
) -> None:
    """Inception module with expanded filter banks (szegedy2016, Figure 7).

    1×1 of `n1`; 1×1 of `n3`, then 1×3 and 3×1 side by side; `rd` to 3×3 of `nd`, then 1×3 and
    3×1 side by side; average pool to `proj`.
    """
    branches: list[Branch] = [
        [conv("0a", n1, 1)],
        [conv("0a", n3, 1), (conv("0b", n3, (1, 3)), conv("0c", n3, (3, 1)))],
        [
            conv("0a", rd, 1),
            conv("0b", nd, 3),
            (conv("0c", nd, (1, 3)), conv("0d", nd, (3, 1))),
        ],
        [avg_pool("0a"), conv("0b", proj, 1)],
    ]
    module(net, name, branches)
