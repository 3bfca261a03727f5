"""Protobuf's text format: what it may say, and what is wrong with a line number."""

import pytest

from archdb.errors import DefinitionError
from archdb.sources.prototext import parse


def test_all_spellings_of_fields_are_read() -> None:
    top = parse(
        "# a comment\nname: 'a \\'b\\'' \"c\"; layer { n: 1, n: -2 } layer: < n: [3, 0x10] >\n"
        "layer: {} x: .5f y: -1e-3 [ext.field]: true kind: MAX"
    )
    assert top.word("name") == "a 'b'c"
    assert [part.integers("n") for part in top.messages("layer")] == [[1, -2], [3, 16], []]
    assert (top.number("x", 0), top.number("y", 0)) == (0.5, -1e-3)
    assert top.flag("[ext.field]", False)
    assert top.choice("kind", ("MAX", "AVE"), "AVE") == "MAX"
    assert parse("kind: 1").choice("kind", ("MAX", "AVE"), "MAX") == "AVE"
    assert parse("").fields == {}


WRONG = {
    "a {\n b: 1\n": "line 3: expected a field or '}', which is open since line 1",
    "a: {\n}}": "line 2: expected a field, found }",
    "a 1": "line 1: expected ':' or '{', found 1",
    "a:\n": "line 2: expected a value",
    "a: [1, 2": "expected a value, found the end of the file",
    "\n%": "line 2: '%' is no part of protobuf's text format",
    'a: "text\n': "is no part of protobuf's text format",
    "a {" * 100: "more than 64 deep",
    "a {" * 10**5: "more than 64 deep",
}


@pytest.mark.parametrize("text", WRONG, ids=range(len(WRONG)))
def test_what_is_wrong_is_said_with_its_line(text: str) -> None:
    with pytest.raises(DefinitionError) as error:
        parse(text)
    assert WRONG[text] in str(error.value)


@pytest.mark.parametrize("text", ["a: x", "a: 1.5", "a {}", f"a: {'9' * 30}"])
def test_a_value_that_is_no_integer_is_refused(text: str) -> None:
    with pytest.raises(DefinitionError, match="'a' needs"):
        parse(text).integer("a", 0)
