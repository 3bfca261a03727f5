"""Rules as words, and what is wrong with them."""

import pytest
from drawing import chain, conv

from archdb.errors import ArchdbError, NotFoundError, UsageError
from archdb.ops import make
from archdb.rewrite import REGISTRY, apply, split_name
from archdb.rewrite.base import rule

NETWORK = chain((3, 9, 9), conv(4, 5, padding=2), make("relu", {}), conv(2, 3))


@pytest.mark.parametrize(
    ("name", "base", "rules"),
    [
        ("vgg16", "vgg16", ()),
        ("vgg16+fc-to-conv", "vgg16", ("fc-to-conv",)),
        ("vgg16+fc-to-conv@fc*", "vgg16", ("fc-to-conv@fc*",)),
        ("a+width=0.5+fold-bn", "a", ("width=0.5", "fold-bn")),
        ("a+bottleneck=16@inception_3a/*", "a", ("bottleneck=16@inception_3a/*",)),
        ("a+stack-3x3=relu@conv[1-3]", "a", ("stack-3x3=relu@conv[1-3]",)),
    ],
)
def test_a_name_splits_into_a_network_and_its_rules(
    name: str, base: str, rules: tuple[str, ...]
) -> None:
    assert split_name(name) == (base, rules)


WRONG = [
    ("stack3x3", "'stack3x3' is no rule", "did you mean stack-3x3"),
    ("zzz", "'zzz' is no rule", "there are: "),
    ("", "'' is no rule", "there are: "),
    ("width", "width needs a positive number up to 1024", "write width=VALUE"),
    ("width=wide", "width needs a positive number up to 1024, got 'wide'", ""),
    ("width=0", "width needs a positive number up to 1024, got '0'", ""),
    ("width=-1", "width needs a positive number up to 1024, got '-1'", ""),
    ("width=1025", "width needs a positive number up to 1024, got '1025'", ""),
    ("width=nan", "width needs a positive number up to 1024, got 'nan'", ""),
    ("bottleneck=1.5", "bottleneck needs a positive integer, got '1.5'", ""),
    ("dilate=0", "dilate needs a positive integer, got '0'", ""),
    ("classes=9999999999", "classes=9999999999 is too large", ""),
    ("stack-3x3=tanh", "stack-3x3 needs one of linear, relu, got 'tanh'", ""),
    ("fold-bn=1", "fold-bn takes no value, got '1'", ""),
    ("fold-bn@", "a glob of layer names must follow the @", ""),
]


@pytest.mark.parametrize(("words", "what", "remedy"), WRONG, ids=[row[0] for row in WRONG])
def test_wrong_words_are_answered_with_a_remedy(words: str, what: str, remedy: str) -> None:
    for asked in (lambda: split_name(f"net+{words}"), lambda: apply(NETWORK, words)):
        with pytest.raises(UsageError) as caught:
            asked()
        assert what in str(caught.value)
        assert remedy in str(caught.value)


def test_rules_are_applied_in_turn_and_named_in_turn() -> None:
    made = apply(NETWORK, ["bottleneck=1@1", "stack-3x3"]).network
    assert made.name == "net+bottleneck=1@1+stack-3x3"
    assert [layer.name for layer in made] == ["data", "1/1x1", "1/3x3_1", "1", "2", "3"]
    assert apply(NETWORK, "bottleneck=1@1+stack-3x3").network.layers == made.layers


def test_a_name_that_is_taken_is_numbered() -> None:
    made = apply(NETWORK, "bottleneck=2+bottleneck=1").network
    names = [layer.name for layer in made]
    assert names == ["data", "1/1x1", "1/1x1_2", "1", "2", "3/1x1", "3/1x1_2", "3"]


def test_only_is_for_rules_without_a_glob_of_their_own() -> None:
    made = apply(NETWORK, ["factorize@3", "bottleneck=1"], only="1").network
    assert made.name == "net+factorize@3+bottleneck=1@1"
    assert [layer.name for layer in made] == ["data", "1/1x1", "1", "2", "3/3x1", "3"]


def test_a_glob_that_no_layer_matches_is_an_error() -> None:
    with pytest.raises(NotFoundError, match=r"net\+fold-bn@conv\*: no layer has a name like"):
        apply(NETWORK, "fold-bn@conv*")


def test_a_network_is_found_at_fault_under_its_rules() -> None:
    network = chain((1, 9, 9), conv(2, 3, stride=2), make("linear", {"units": 3}))
    with pytest.raises(ArchdbError) as caught:
        apply(network, "width=2+dilate=1")
    assert str(caught.value).startswith("net+width=2+dilate=1, layer '2' (linear): ")
    assert "fc-to-conv" in caught.value.remedy


def test_every_rule_says_what_it_does_and_how_it_is_written() -> None:
    usages = {each.usage for each in REGISTRY.values()}
    assert {"fc-to-conv", "width=FACTOR", "stack-3x3[=BETWEEN]"} <= usages
    assert all(len(each.summary) > 40 for each in REGISTRY.values())


def test_a_rule_is_registered_once() -> None:
    with pytest.raises(TypeError, match="registered twice"):
        rule("fold-bn")(REGISTRY["fold-bn"].change)
