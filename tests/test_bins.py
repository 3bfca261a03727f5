"""Bins over an axis, counted one by one against the closed form."""

from math import ceil, floor

from archdb.ops.pooling import spanned


def test_bins_read_as_many_elements_together_as_one_by_one() -> None:
    """Bin i of b on an axis of n: from floor(i n / b) up to, not including, ceil((i + 1) n / b)."""
    for size in range(1, 30):
        for bins in range(1, 30):
            ends = [(floor(i * size / bins), ceil((i + 1) * size / bins)) for i in range(bins)]
            assert spanned(size, bins) == sum(after - first for first, after in ends)
