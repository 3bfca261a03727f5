"""Variants of variants: their line, what they have in common, and what the commands say of it."""

import json
from pathlib import Path
from typing import Any

import pytest
from command import archdb, refused
from variants import ROWS, put, seed

from archdb.api import Database
from archdb.errors import DefinitionError
from archdb.queries.lineage import undeclared_differences

LINE = (
    seed("base", ROWS),
    seed("second", {**ROWS, "fc": '"linear", {units = 7}'}, "units: 10 → 7 in fc", base="base"),
    seed("third", {**ROWS, "fc": '"linear", {units = 5}'}, "units: 7 → 5 in fc", base="second"),
    seed("sister", {**ROWS, "fc": '"linear", {units = 3}'}, "units: 10 → 3 in fc", base="base"),
    seed("stranger", {"only": '"relu"'}),
)


def test_a_line_begins_with_the_network_itself(opened: Database) -> None:
    put(opened, *LINE)
    result = opened.lineage("third")
    assert [(row["architecture"], row["variant_of"], row["here"]) for row in result.to_dicts()] == [
        ("third", "second", "5"),
        ("second", "base", "7"),
    ]
    assert result.notes == ["third is a variant of second", "second is a variant of base"]
    assert opened.lineage("base").rows == []
    assert opened.lineage("base").notes == ["base is a variant of no other network"]


def test_two_variants_of_one_base_are_compared_row_by_row(opened: Database) -> None:
    put(opened, *LINE)
    for by in ("total", "layer"):
        notes = opened.compare("third", "sister", by=by).notes
        assert notes == ["third → sister: units: 5 → 3 in fc"]
    assert opened.compare("sister", "third").notes == ["sister → third: units: 3 → 5 in fc"]
    assert opened.compare("third", "stranger").notes == []
    assert opened.compare("base", "second", "third").notes == []


@pytest.mark.parametrize(
    ("seeds", "said"),
    [
        ([seed("own", ROWS, base="own")], "own: is a variant of itself"),
        ([seed("own", ROWS, base="bass")], "own: is a variant of 'bass', which is no network"),
        (
            [seed("a", ROWS, base="b"), seed("b", ROWS, base="c"), seed("c", ROWS, base="a")],
            "a: is a variant of itself: a → b → c → a",
        ),
    ],
)
def test_a_base_is_another_network(seeds: list[str], said: str, opened: Database) -> None:
    with pytest.raises(DefinitionError) as caught:
        put(opened, *seeds)
    assert said in str(caught.value)
    assert opened.names() == []


# The catalogue, on the command line


def lines(*words: str, database: Path) -> list[str]:
    answer = archdb(*words, database=database)
    assert answer.status == 0
    return answer.err.splitlines()


def test_show_lineage(built: Path) -> None:
    answer = archdb("show", "resnet50_v1_5", "--lineage", "--format", "json", database=built)
    rows: list[dict[str, Any]] = json.loads(answer.out)
    assert {(row["what"], row["base"], row["here"]) for row in rows} == {
        ("stride", "2", "1"),
        ("stride", "1", "2"),
        ("padding", "0", "1"),
        ("rounding", "ceil", "floor"),
    }
    assert answer.err == "note: resnet50_v1_5 is a variant of resnet50\n"


def test_show_lineage_takes_an_alias_and_refuses_a_stranger(built: Path) -> None:
    by_alias = archdb("show", "resnet50_torchvision", "--lineage", database=built)
    assert by_alias == archdb("show", "resnet50_v1_5", "--lineage", database=built)
    refused(archdb("show", "resnet5", "--lineage", database=built), "no network is called")


def test_compare_lists_what_it_finds_between_a_variant_and_its_base(built: Path) -> None:
    assert lines("compare", "resnet50", "resnet50_v1_5", database=built) == [
        "note: resnet50 → resnet50_v1_5: stride moves from the first 1×1 to the 3×3 in 3 blocks",
        "note: resnet50 → resnet50_v1_5: padding: 0 → 1 in pool1",
        "note: resnet50 → resnet50_v1_5: rounding: ceil → floor in pool1",
    ]


def test_what_the_bundled_variants_say_is_what_is_found(whole: Path) -> None:
    with Database(whole) as database:
        assert len(database.reader.run_named("variants").rows) > 20
        assert undeclared_differences(database.reader) == []
