"""Issue 10, 'explain-number names the true reason': publications, sources, parts, whole tables."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from command import archdb, refused

from archdb.api import Database
from archdb.printed_number import parse

WHOLE_CATALOGUE = True

#: VGG-16's classifier: its matrices, and one bias for each unit.
FC6, FC7, FC8 = 25_088 * 4096, 4096 * 4096, 4096 * 1000
UNITS = 4096 + 4096 + 1000
#: Elements that the convolutions of VGG-16 put out.
MAPS = 2 * 64 * 224**2 + 2 * 128 * 112**2 + 3 * 256 * 56**2 + 3 * 512 * 28**2 + 3 * 512 * 14**2


@pytest.fixture(scope="module")
def database(whole: Path) -> Iterator[Database]:
    with Database(whole) as opened:
        yield opened


def rows(database: Database, *words: str, **options: Any) -> list[dict[str, Any]]:
    return database.explain_number(*words, **options).to_dicts()


# What is in print.


def test_a_figure_in_print_comes_first_with_its_explanation(database: Database) -> None:
    """vgg16 15.61G is thop of 2019: a linear layer's n products and n - 1 sums an output, biases
    of the convolutions; pools, ReLU and softmax are free."""
    row = rows(database, "vgg16", "15.61G")[0]
    value = 15_470_264_320 + MAPS + FC6 + FC7 + FC8 - UNITS
    assert (row["architecture"], row["input"], row["value"]) == ("vgg16", "3x224x224", value)
    assert row["published"].startswith("zhu2018: Lyken17/pytorch-OpCounter")


def test_a_relatives_explanation_is_looked_into(database: Database) -> None:
    """ResNet-50's 4.1 billion (Table 1 of xie2017) are those of its variant."""
    found = [row for row in rows(database, "resnet50", "4.1G") if row["published"]]
    assert {row["architecture"] for row in found} == {"resnet50_v1_5"}
    assert any("xie2017: Table 1" in row["published"] for row in found)


def test_what_is_in_print_and_not_explained_is_said(database: Database) -> None:
    """torchvision prints 97.781 MiB, the size of a file with names and framing in it."""
    notes = database.explain_number("resnet50", "97.8MiB").notes
    assert any(note.startswith("torchvision prints 97.781 MiB of resnet50_v1_5") for note in notes)


def test_figures_in_print_with_more_digits_are_named(database: Database) -> None:
    row = rows(database, "resnet50", "4.1G", convention="torchvision")[0]
    assert row["value"] == 4_089_184_256
    assert "torchvision" in row["published"]


# How strong the evidence is.


def test_how_many_readings_would_fit_by_chance(database: Database) -> None:
    notes = " / ".join(database.explain_number("vgg16", "24M").notes)
    assert "by chance" in notes
    assert "no reading of vgg16 at 3x224x224 gives it" in notes
    assert "may be a coincidence" in notes


def test_what_is_as_it_was_said_is_no_coincidence(database: Database) -> None:
    notes = " / ".join(database.explain_number("vgg16", "138.4M").notes)
    assert "coincidence" not in notes


@pytest.mark.parametrize("words", ["resnet50 4.12G", "vgg16 24M", "resnet50 97.8MiB"])
def test_another_network_or_input_alone_is_never_all_that_is_shown(
    words: str, database: Database
) -> None:
    network, number = words.split()
    found = rows(database, network, number)
    last = found[-1]
    assert (last["architecture"], last["input"], last["digits"]) == (network, "3x224x224", None)


def test_the_same_network_and_input_and_all_of_it_come_before_others(database: Database) -> None:
    found = [row for row in rows(database, "vgg16", "138M") if not row["published"]]
    unlike = [
        (row["architecture"] != "vgg16") + (row["head"] != "whole") + (row["digits"] != "rounded")
        for row in found
    ]
    assert unlike == sorted(unlike)


def test_inputs_that_give_equal_values_are_all_named(database: Database) -> None:
    """ResNet-50 rounds 299 and 300 up to the same maps: 150, 75, 38, 19, 10."""
    found = rows(database, "resnet50", "7.2G", convention="mac")
    assert "3x299x299, 3x300x300" in {row["input"] for row in found}


def test_an_input_that_changes_nothing_is_not_named(database: Database) -> None:
    found = rows(database, "vgg16", "138357544", convention="params")
    assert found[0]["input"] == "3x224x224"


# What narrows it.


def test_a_convention_is_asked_for(database: Database) -> None:
    found = rows(database, "resnet50", "4.1G", convention="fvcore")
    assert {row["convention"] for row in found} == {"fvcore"}


def test_a_source_is_asked_for(database: Database) -> None:
    """What speaks of thop: two conventions, and the table of zhu2018."""
    found = rows(database, "resnet50", "4.1G", source="THOP", everything=True)
    names = {name for row in found for name in row["convention"].split(", ")}
    assert names <= {"thop", "thop_2019", "ultralytics_thop"}


def test_a_source_that_nobody_has(whole: Path) -> None:
    words = ("explain-number", "resnet50", "4.1G", "--source", "nobody")
    refused(archdb(*words, database=whole), "'nobody'", "archdb published", status=1)


# Parts.


def test_the_classifier_alone(database: Database) -> None:
    row = rows(database, "vgg16", "124M", "params")[0]
    assert (row["head"], row["value"]) == ("classifier alone", FC6 + FC7 + FC8 + UNITS)


def test_one_layer(database: Database) -> None:
    """conv1 of ResNet-50: 64 kernels of 7×7×3 at 112×112 positions."""
    row = rows(database, "resnet50/conv1", "118M")[0]
    assert (row["head"], row["value"]) == ("conv1", 64 * 3 * 49 * 112**2)


def test_one_block(database: Database) -> None:
    """res2b: 256 channels through 64, 64 and 256, on 56×56."""
    row = rows(database, "resnet50/res2b", "218M")[0]
    assert row["value"] == (256 * 64 + 64 * 64 * 9 + 64 * 256) * 56**2


def test_all_up_to_a_block(database: Database) -> None:
    first = 64 * 3 * 49 * 112**2
    stage = 56**2 * (64 * 256 + 3 * (64 * 64 * 9 + 64 * 256) + 64 * 64 + 2 * 256 * 64)
    row = rows(database, "resnet50", str(first + stage), until="res2c", convention="mac")[0]
    assert (row["head"], row["value"]) == ("up to res2c", first + stage)


@pytest.mark.parametrize(
    ("words", "signs", "status"),
    [
        (("resnet50/res9z", "4G"), ("no layer or block 'res9z'", "did you mean"), 1),
        (("resnet50", "4G", "--until", "res9z"), ("no layer or block 'res9z'",), 1),
        (("resnet50/conv1", "4G", "--until", "res2c"), ("not of both",), 2),
        (("resnet50",), ("a name and a number", "--table"), 2),
        (("resnet50", "4G", "--convention", "tim"), ("'tim'", "did you mean timm"), 1),
    ],
)
def test_bad_input_is_refused(
    words: tuple[str, ...], signs: tuple[str, ...], status: int, whole: Path
) -> None:
    refused(archdb("explain-number", *words, database=whole), *signs, status=status)


# A whole table.

TABLE = """model,params,GFLOPs
resnet18,11.69M,1.82G
resnet50_v1_5,25.56M,4.11G
resnet101_v1_5,44.55M,7.83G
vgg16_bn,138.4M,15.5G
densenet121,7.98M,2.87G
mobilenet_v2,3.50M,0.31G
"""


def explained(tmp_path: Path, whole: Path, text: str, *options: str) -> Any:
    file = tmp_path / "table.csv"
    file.write_text(text, "utf-8")
    words = ("explain-number", "--table", str(file), *options, "--format", "json")
    return archdb(*words, database=whole)


def test_the_convention_that_fits_most_rows_decides(tmp_path: Path, whole: Path) -> None:
    """'15.5G' and '1.82G' alone fit several; with the other rows they are timm's."""
    answer = explained(tmp_path, whole, TABLE)
    found = [row for row in json.loads(answer.out) if row["column"] == "GFLOPs"]
    assert len(found) == 6
    assert {row["convention"] for row in found} == {"timm"}
    assert "GFLOPs: timm gives 6 of 6" in answer.err


def test_each_column_is_counted_in_its_own_way(tmp_path: Path, whole: Path) -> None:
    answer = explained(tmp_path, whole, TABLE)
    params = [row for row in json.loads(answer.out) if row["column"] == "params"]
    assert {row["convention"] for row in params} == {"params"}
    assert [row["network"] for row in params][:2] == ["resnet18", "resnet50_v1_5"]


def test_a_table_without_headings(tmp_path: Path, whole: Path) -> None:
    answer = explained(tmp_path, whole, "vgg16,138.4M\nalexnet,61.0M\n")
    assert [row["value"] for row in json.loads(answer.out)] == [138_357_544, 60_965_224]


def test_a_row_that_nothing_gives_shows_by_how_much_it_is_off(tmp_path: Path, whole: Path) -> None:
    text = "name,params\nvgg16,138357544\nalexnet,60965224\nlenet5,60001\n"
    last = json.loads(explained(tmp_path, whole, text).out)[-1]
    assert (last["network"], last["digits"], last["off"]) == ("lenet5", None, last["value"] - 60001)


@pytest.mark.parametrize(
    ("text", "signs", "status"),
    [
        ("", ("no figures",), 2),
        ("name,params\nvgg16,many\n", ("row 1 'vgg16'", "'many' is not a number"), 2),
        ("name,params\nvgg61,3M\n", ("no network is called 'vgg61'",), 1),
    ],
)
def test_a_bad_table_is_refused(
    text: str, signs: tuple[str, ...], status: int, tmp_path: Path, whole: Path
) -> None:
    refused(explained(tmp_path, whole, text), *signs, status=status)


# Zeros that only fill.


def test_zeros_that_only_fill_are_tried_after_the_literal_reading(database: Database) -> None:
    """7,630,000,000 with three digits that say something: 7.625 to 7.635 thousand million."""
    found = rows(database, "vgg11", "7630000000", "macs")
    filled = [row for row in found if row["digits"] == "rounded, zeros only fill"]
    assert filled
    assert all(7_625_000_000 <= row["value"] < 7_635_000_000 for row in filled)


def test_digits_that_are_all_zeros_fill_nothing() -> None:
    assert parse("0").filled() is None
    assert parse("0.00").filled() is None


@pytest.mark.parametrize(
    ("words", "value", "digits"),
    [
        ("4.1G", 4_149_999_999, "rounded"),
        ("4.1G", 4_150_000_000, "cut off"),
        ("4.2G", 4_150_000_000, "rounded"),
        ("0.00402M", 4015, "rounded"),
        ("0.00402M", 4014, None),
        ("2.080810M", 2_080_811, None),
        ("2.080811M", 2_080_811, "rounded"),
        ("9007199254740993", 2**53 + 1, "rounded"),
        ("9007199254740993", 2**53, None),
    ],
)
def test_what_digits_stand_for_is_exact(words: str, value: int, digits: str | None) -> None:
    """Item 3: no bound passes through binary floating point."""
    assert parse(words).digits(value) == digits
