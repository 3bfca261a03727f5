"""The totals of the bundled networks against the arithmetic of by_hand.py."""

import pytest
from bundled import profile
from by_hand import BY_HAND

WHOLE_CATALOGUE = True


@pytest.mark.parametrize("name", BY_HAND)
def test_totals_by_hand(name: str) -> None:
    totals = profile(name).totals
    roles = ("weight_params", "bias_params", "norm_params")
    columns = (*roles, "macs", "activations")
    assert tuple(totals[column] for column in columns) == BY_HAND[name][:5]


@pytest.mark.parametrize("name", BY_HAND)
def test_what_is_kept_and_not_learnt_by_hand(name: str) -> None:
    """Running means and variances, as many as scales and shifts; filters that are given."""
    assert profile(name).totals["buffers"] == BY_HAND[name].norms + BY_HAND[name].fixed


def head(channels: int) -> int:
    """Parameters of an auxiliary classifier on a 14×14 map: its 5×5 pool of stride 3 gives 4×4."""
    return 128 * (channels + 1) + 1024 * (128 * 4 * 4 + 1) + 1000 * (1024 + 1)


def test_auxiliary_heads_of_googlenet() -> None:
    totals = profile("googlenet").totals
    assert totals["aux_params"] == head(512) + head(528) == 3_188_840 + 3_190_888
    assert 6_998_552 + totals["aux_params"] == 13_378_280
    weights = 128 * 512 * 16 + 128 * 528 * 16 + 2 * (1024 * 2048 + 1000 * 1024)
    assert totals["aux_macs"] == weights


def test_auxiliary_heads_hang_where_the_paper_has_them() -> None:
    network = profile("googlenet").network
    reads = {layer.name: layer.inputs for layer in network if layer.auxiliary}
    assert reads["loss1/ave_pool"] == ("inception_4a/output",)
    assert reads["loss2/ave_pool"] == ("inception_4d/output",)
