"""What holds of the alignment of any two networks, on random ones."""

import networks
from alignments import held
from hypothesis import given
from hypothesis import strategies as st
from networks import renamed, reordered, small_graphs

from archdb.analysis.alignment import align
from archdb.analysis.differences import changes_between, definitions
from archdb.model.graph import Network
from archdb.rewrite import apply as rewrite

RULES = ("width=0.5", "classes=3", "fold-bn", "dilate=4", "fc-to-conv", "stack-3x3", "factorize")


@given(small_graphs(most=9), small_graphs(most=9))
def test_edits_make_any_network_of_any_other(first: Network, second: Network) -> None:
    held(first, second)


@given(networks.graphs(), networks.graphs())
def test_and_of_networks_as_they_are_drawn(first: Network, second: Network) -> None:
    held(first, second)


@given(small_graphs(most=9), st.integers(0, 99))
def test_neither_names_nor_the_order_of_rows_make_a_difference(network: Network, seed: int) -> None:
    assert align(network, renamed(reordered(network, seed))).edits == 0


@given(networks.graphs(), st.sampled_from(RULES))
def test_a_rule_is_found_by_no_more_edits_than_it_made(network: Network, rule: str) -> None:
    rewritten = rewrite(network, rule).network
    made = changes_between(definitions(network), definitions(rewritten))
    assert held(network, renamed(rewritten)).edits <= len(made)
