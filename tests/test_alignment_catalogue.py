"""The catalogue's variants are found to differ in no more than they say, by structure alone."""

from collections import Counter

import pytest
from alignments import held
from bundled import NAMES, network, seed
from networks import renamed

from archdb.analysis.alignment import align
from archdb.analysis.differences import changes_between, definitions
from archdb.rewrite import apply as rewrite

VARIANTS = {name: base for name in NAMES if (base := seed(name).variant_of)}
RULES = {
    "vgg16": ("width=0.5", "classes=10", "fc-to-conv", "factorize", "depthwise-separable"),
    "resnet50": ("width=0.5", "fold-bn", "dilate=8", "stack-3x3", "factorize"),
    "googlenet": ("drop-aux", "stack-3x3", "factorize"),
    "densenet121": ("fold-bn", "classes=7"),
    "unet": ("width=2", "depthwise-separable"),
}


@pytest.mark.parametrize("name", VARIANTS)
def test_a_variant_takes_no_more_edits_than_it_states(name: str) -> None:
    base, variant = network(VARIANTS[name]), network(name)
    stated = changes_between(definitions(base), definitions(variant))
    assert held(base, renamed(variant)).edits <= len(stated)
    assert held(variant, renamed(base)).edits <= len(stated)


@pytest.mark.parametrize(("name", "rule"), [(n, rule) for n in RULES for rule in RULES[n]])
def test_a_rule_is_found_by_exactly_what_it_made(name: str, rule: str) -> None:
    base = network(name)
    rewritten = rewrite(base, rule).network
    made = changes_between(definitions(base), definitions(rewritten))
    assert held(base, renamed(rewritten)).edits == len(made)


def test_the_norms_of_a_vgg_are_put_in_one_by_one() -> None:
    alignment = align(network("vgg16"), renamed(network("vgg16_bn")))
    alone = Counter(row.layer.op.name for row in alignment.rows if row.here is None)
    assert alone == {"batch_norm": 13, "adaptive_avg_pool2d": 1}
    assert [row.layer.op.name for row in alignment.rows if row.there is None] == ["softmax"]
    changed = [(row.layer.name, change) for row in alignment.rows for change in row.changes]
    assert changed == [(f"pool{n}", ("rounding", "ceil", "floor")) for n in range(1, 6)]


def test_layers_that_change_places_have_moved() -> None:
    alignment = align(network("alexnet"), renamed(network("caffenet")))
    found = [(row.layer.name, change) for row in alignment.rows for change in row.changes]
    assert found == [
        ("pool1", ("moved", "norm1", "relu1")),
        ("pool2", ("moved", "norm2", "relu2")),
    ]


@pytest.mark.parametrize(
    ("less", "more", "blocks"),
    [
        ("resnet50", "resnet101", [f"res4b{n}" for n in range(6, 23)]),
        (
            "resnet18",
            "resnet34",
            ["res2c", "res3c", "res3d", "res4c", "res4d", "res4e", "res4f", "res5b"],
        ),
        ("resnet_v2_50", "resnet_v2_101", [f"res4b{n}" for n in range(6, 23)]),
    ],
)
def test_a_deeper_network_has_whole_blocks_more(less: str, more: str, blocks: list[str]) -> None:
    deep = network(more)
    alignment = align(network(less), deep)
    alone = [row.layer for row in alignment.rows if row.here is None]
    assert alignment.edits == len(alone)
    sizes = Counter(layer.block for layer in deep)
    assert Counter(layer.block for layer in alone) == {name: sizes[name] for name in blocks}


@pytest.mark.parametrize("other", NAMES[::9])
@pytest.mark.parametrize("name", NAMES[4::29])
def test_any_network_is_made_of_any_other(name: str, other: str) -> None:
    held(network(name), network(other))
