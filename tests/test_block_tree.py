"""The blocks of a network as they stand in each other."""

from __future__ import annotations

from pathlib import Path

from archdb.api import Database
from archdb.queries.block_tree import block_tree

WHOLE_CATALOGUE = True


def test_a_block_is_the_sum_of_what_is_in_it(whole: Path) -> None:
    with Database(whole, isolated=True, notify=lambda message: None) as opened:
        tree = opened.answer(lambda reader: block_tree(reader, "densenet121", None))
        totals = {row[0]: row[2] for row in opened.show("densenet121").rows}
        layers = [row[0] for row in opened.show("densenet121", by="layer").rows]
    outermost = [branch for branch in tree if branch.depth == 0]
    for quantity in ("params", "macs"):
        assert sum(getattr(branch, quantity) for branch in outermost) == totals[quantity]
    assert sorted(name for branch in outermost for name in branch.layers) == sorted(layers)
    # DenseNet-121: 6, 12, 24 and 16 dense layers, each within its dense block.
    inner = [branch for branch in tree if branch.depth == 1]
    assert len(inner) == 6 + 12 + 24 + 16
    at = tree.index(inner[0])
    around = tree[at - 1]
    assert (around.depth, set(inner[0].layers) < set(around.layers)) == (0, True)
    assert sum(branch.macs or 0 for branch in tree[at : at + 6]) == around.macs


def test_a_layer_in_no_block_stands_for_itself(whole: Path) -> None:
    with Database(whole, isolated=True, notify=lambda message: None) as opened:
        tree = opened.answer(lambda reader: block_tree(reader, "lenet5_modern", None))
    assert all(branch.kind is None and branch.layers == [branch.name] for branch in tree)
    # c1: 6 kernels of 5×5 and a bias each
    assert next(branch.params for branch in tree if branch.params) == 6 * (5 * 5 + 1)
