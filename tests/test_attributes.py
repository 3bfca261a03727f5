"""What an attribute may be, and what is said of a value that it may not be."""

from typing import Any

import pytest

from archdb.errors import DefinitionError
from archdb.model.attributes import LARGEST
from archdb.ops import make
from archdb.ops.activation import Relu
from archdb.ops.convolution import Conv2d

CONV = {"filters": 7, "kernel": 3}
PARTIAL = {"filters": 2, "kernel": 3}

REFUSED = [  # op, the attributes that are right, the wrong one, its value, what it needs
    *[("conv2d", CONV, "filters", value, "a positive integer") for value in (0, -7, 2.5, "7")],
    ("conv2d", CONV, "filters", True, "a positive integer"),
    ("conv2d", CONV, "kernel", 0, "a positive integer or [height, width]"),
    ("conv2d", CONV, "kernel", [3], "a positive integer or [height, width]"),
    ("conv2d", CONV, "kernel", [3, 3, 3], "a positive integer or [height, width]"),
    ("conv2d", CONV, "stride", [2, "2"], "a positive integer or [height, width]"),
    *[
        ("conv2d", CONV, "padding", value, "[top, bottom, left, right], same or valid")
        for value in (-1, "SAME", [1, 2, 3], 0.5, {})
    ],
    ("conv2d", CONV, "rounding", "round", "one of floor, ceil"),
    ("conv2d", CONV, "rounding", ["ceil"], "one of floor, ceil"),
    ("conv2d", CONV, "bias", 1, "true or false"),
    ("conv2d", CONV, "bias", "yes", "true or false"),
    *[("dropout", {}, "rate", value, "a number") for value in ("half", True, float("nan"))],
    ("unknown", {}, "kind", "", "a word"),
    ("unknown", {}, "kind", 7, "a word"),
    *[
        ("input", {}, "shape", value, "[length, features], [features] or other extents")
        for value in (224, [], [3, 0, 224], [1, 2, 3, 4, 5, 6, 7], "3x224x224")
    ],
    *[
        ("partial_conv2d", PARTIAL, "connections", value, "a list of lists of map numbers")
        for value in (7, [], [0, 1], [[0], []], [[0], [-1]], [[0], ["1"]])
    ],
]


@pytest.mark.parametrize(("op", "right", "name", "value", "needs"), REFUSED, ids=str)
def test_a_wrong_value_is_named_with_what_is_needed(
    op: str, right: dict[str, Any], name: str, value: Any, needs: str
) -> None:
    with pytest.raises(DefinitionError) as caught:
        make(op, right | {name: value})
    message = str(caught.value)
    assert message.startswith(f"{op}: '{name}' needs ")
    assert needs in message
    assert message.endswith(f"got {value!r}")


def test_a_number_too_large_for_any_network_is_refused() -> None:
    assert make("linear", {"units": LARGEST})
    with pytest.raises(DefinitionError, match=r"linear: 'units' is too large: at most 2147483647"):
        make("linear", {"units": LARGEST + 1})
    with pytest.raises(DefinitionError, match=r"'rate' is too large"):
        make("dropout", {"rate": 10**400})


CANONICAL = [  # as given, as kept
    ("kernel", 3, (3, 3)),
    ("kernel", [3, 5], (3, 5)),
    ("padding", 2, (2, 2, 2, 2)),
    ("padding", [1, 2], (1, 1, 2, 2)),
    ("padding", [1, 2, 3, 4], (1, 2, 3, 4)),
    ("padding", "same", "same"),
    ("padding", "valid", "valid"),
    ("bias", None, True),
]


@pytest.mark.parametrize(("name", "given", "kept"), CANONICAL, ids=str)
def test_a_value_is_kept_in_one_form(name: str, given: Any, kept: Any) -> None:
    op = make("conv2d", CONV | {name: given})
    assert op.attributes()[name] == kept
    assert getattr(op, name) == kept


def test_an_unknown_attribute_is_answered_with_the_nearest() -> None:
    with pytest.raises(DefinitionError, match="has no attribute 'strides'\n  did you mean stride"):
        make("conv2d", CONV | {"strides": 2})


def test_an_unknown_attribute_near_to_none_is_answered_with_all() -> None:
    with pytest.raises(DefinitionError, match="has no attribute 'xyz'\n  it takes: units, bias"):
        make("linear", {"xyz": 2})


@pytest.mark.parametrize("given", [{"filters": 7}, {"filters": 7, "kernel": None}], ids=str)
def test_a_missing_attribute_is_named_with_what_it_needs(given: dict[str, Any]) -> None:
    with pytest.raises(DefinitionError, match="'kernel' is missing\n  it needs a positive integer"):
        make("conv2d", given)


def test_an_unknown_op_is_answered_with_the_nearest() -> None:
    with pytest.raises(DefinitionError, match="unknown op 'conv4d'\n  did you mean conv"):
        make("conv4d", {})


def test_an_unknown_op_near_to_none_is_answered_with_the_remedy() -> None:
    with pytest.raises(DefinitionError, match="an op archdb does not know is written as 'unknown'"):
        make("zzz", {})


TOGETHER = [
    ("lrn", {"size": 4}, "'size' must be odd, got 4"),
    ("partial_conv2d", PARTIAL | {"connections": [[0]]}, "has 1 rows for 2 filters"),
]


@pytest.mark.parametrize(("op", "given", "message"), TOGETHER, ids=str)
def test_attributes_valid_alone_must_go_together(
    op: str, given: dict[str, Any], message: str
) -> None:
    with pytest.raises(DefinitionError, match=message):
        make(op, given)


def test_positional_attributes_follow_the_declared_order() -> None:
    assert Conv2d(7, 3, 2) is Conv2d(filters=7, kernel=(3, 3), stride=(2, 2))


def test_more_positional_attributes_than_declared_are_refused() -> None:
    with pytest.raises(TypeError, match="relu takes 0 attributes"):
        Relu(5)
