"""Issue 10, item 10: every network is the one that its sources describe, and is confirmed."""

import re
from collections import defaultdict

import pytest
from bundled import NAMES, profile
from confirmed import confirmations

from archdb.sources.toml import Reference, Seed, bundled_files, bundled_references, load

WHOLE_CATALOGUE = True
REFERENCES = bundled_references()


def seed(name: str) -> Seed:
    path = next(path for path in bundled_files() if path.stem == name)
    return load(path, REFERENCES)


def test_nin_is_at_the_size_that_its_file_crops_to() -> None:
    """224: conv1 has (224 - 11)/4 + 1 = 54 rows, its pool of 3 and stride 2 rounds (54 - 3)/2 up
    to 26, so that 27 follow, then 13 and 6; by_hand.nin adds up what that costs."""
    assert [profile("nin").layer(name)["out_height"] for name in ("conv1", "pool0")] == [54, 27]
    totals = profile("nin").totals
    assert (totals["macs"], totals["activations"]) == (1_100_188_800, 1_704_096)
    at_227 = profile("nin", (3, 227, 227)).totals  # 55, 27, 13, 6: what other copies of it crop to
    first = 96 * (3 * 121 + 96 + 96)  # of conv1 and the two 1×1 behind it, at one position
    assert at_227["macs"] - totals["macs"] == (55**2 - 54**2) * first == 5_807_520
    assert at_227["activations"] - totals["activations"] == (55**2 - 54**2) * 3 * 96


def test_lstm_imdb_is_of_the_year_of_its_file_and_says_what_it_drops() -> None:
    found = seed("lstm_imdb")
    assert found.year == 2016
    (claim,) = [source.claim for source in found.sources if "dropout" in source.claim]
    assert "whole words in the embedding" in claim and "0.2" in claim


def test_mnasnet_b1_does_not_cite_the_figure_of_a1() -> None:
    """tan2019mnasnet, Figure 7, is MnasNet-A1; B, found without squeeze-and-excitation, is in
    section 6.1 and Table 2."""
    places = [source.where for source in seed("mnasnet1_0").sources]
    assert not any("Figure 7" in place for place in places)


def told_apart_by(reference: Reference) -> dict[str, str]:
    """What no two publications share."""
    words = {
        "title": re.sub(r"\W+", " ", reference.title.casefold()).strip(),
        "doi": (reference.doi or "").casefold(),
        "url": re.sub(r"^https?://(www\.)?|(\.git)?/?$", "", (reference.url or "").casefold()),
    }
    preprint = re.search(r"arXiv:(\d{4}\.\d{4,5})", reference.venue or "")
    return {**words, "preprint": preprint[1] if preprint else ""}


@pytest.mark.parametrize("what", ["title", "doi", "url", "preprint"])
def test_no_publication_is_kept_under_two_keys(what: str) -> None:
    keys = defaultdict(list)
    for key, reference in REFERENCES.items():
        keys[told_apart_by(reference)[what]].append(key)
    doubled = {word: found for word, found in keys.items() if word and len(found) > 1}
    assert doubled == {}


#: Networks whose MACs nothing outside confirmed when issue 10 was written: nin was wrong.
NINETEEN = [
    *("deeplab_largefov", "densenet100_k12_cifar10", "densenet40_k12_cifar10", "densenet264"),
    *("dilated_context", "dilated_context_large", "dilated_frontend", "fcn_alexnet", "lenet5"),
    *("lstm_imdb", "nin", "overfeat_fast", "overfeat_accurate", "resnet_v2_200", "segnet"),
    *("unet", "vgg16_c", "wrn_16_8_cifar10", "wrn_40_4_cifar10"),
]


@pytest.mark.parametrize("name", NAMES)
def test_something_outside_confirms_every_network(name: str) -> None:
    """A network without must not be added: record it, count its file, or work its table out."""
    assert any(confirmations()[name].values())


def test_nothing_is_confirmed_that_is_not_here() -> None:
    assert set(confirmations()) <= set(NAMES)


@pytest.mark.parametrize("name", NINETEEN)
def test_the_nineteen_are_worked_out_by_hand_too(name: str) -> None:
    assert confirmations()[name]["by hand"]
