"""Where a printed number comes from: which network, input, head and way of counting gives it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bundled import profile
from command import archdb, refused
from hypothesis import given
from hypothesis import strategies as st

from archdb.api import Database
from archdb.errors import UsageError
from archdb.printed_number import parse

WHOLE_CATALOGUE = True

#: Multiply-accumulates of ResNet-50 v1.5: convolutions, and the classifier's 2048 * 1000; elements
#: of its batch normalisations (the outputs of its convolutions).
CONVOLUTIONS, CLASSIFIER, NORMALISED = 4_087_136_256, 2048 * 1000, 11_113_984


@pytest.fixture(scope="module")
def database(whole: Path) -> Iterator[Database]:
    with Database(whole) as opened:
        yield opened


def readings(database: Database, *words: str, **options: Any) -> list[dict[str, Any]]:
    result = database.explain_number(*words, **options)
    return [dict(zip(result.columns, row, strict=True)) for row in result.rows]


def first(database: Database, convention: str, *words: str) -> tuple[str, str, int]:
    """What comes first; the convention is among those that give it, which grow in number."""
    row = readings(database, *words)[0]
    assert row["digits"] == "rounded"
    assert convention in row["convention"].split(", ")
    return row["architecture"], row["head"], row["value"]


# Numbers that have puzzled people.


def test_resnet50_411g_is_another_variant_with_normalisation_counted(database: Database) -> None:
    """Stride in the 3×3, and a counter that takes two operations for each normalised element."""
    value = CONVOLUTIONS + CLASSIFIER + 2 * NORMALISED
    assert first(database, "timm", "resnet50", "4.11G") == ("resnet50_v1_5", "whole", value)


def test_vgg16_3097g_is_two_for_each_mac_and_one_for_all_else(database: Database) -> None:
    rows = readings(database, "vgg16", "30.97G", convention="flop")
    assert (rows[0]["architecture"], rows[0]["head"]) == ("vgg16", "whole")
    value = rows[0]["value"]
    macs = 15_470_264_320
    biases = 13_547_520 + 4096 + 4096 + 1000
    relus = 13_547_520 + 4096 + 4096
    pools = 3 * (64 * 112**2 + 128 * 56**2 + 256 * 28**2 + 512 * 14**2 + 512 * 7**2)
    softmax = 999 + 1000 + 1000
    assert value == 2 * macs + biases + relus + pools + softmax


def test_googlenet_130m_has_its_auxiliary_heads_in_another_variant(database: Database) -> None:
    name, head, value = first(database, "params", "googlenet", "13.0M")
    assert (name, head) == ("googlenet_torchvision", "with auxiliary heads")
    assert value == 13_004_888


def test_alexnet_624m_is_without_groups(database: Database) -> None:
    name, _, value = first(database, "params", "alexnet", "62.4M")
    halves = 256 * 48 * 5**2 + 384 * 192 * 3**2 + 256 * 192 * 3**2  # what the groups have saved
    assert (name, value) == ("alexnet_ungrouped", 60_965_224 + halves)


def test_resnet50_256m_is_its_trainable_parameters(database: Database) -> None:
    assert first(database, "params", "resnet50", "25.6M") == ("resnet50", "whole", 25_557_032)
    rows = readings(database, "resnet50", "25.6M")
    moving = [row for row in rows if "keras_params" in row["convention"]]
    assert moving[0]["value"] == 25_557_032 + 2 * 26_560, "and with moving statistics, too"


def test_vgg16_153g_leaves_the_classifier_out(database: Database) -> None:
    convolutions = 15_470_264_320 - (25_088 * 4096 + 4096 * 4096 + 4096 * 1000)
    rows = readings(database, "vgg16", "15.3G")
    counted = {row["convention"]: row for row in rows if row["input"] == "3x224x224"}
    found = [row for names, row in counted.items() if "conv_only" in names.split(", ")]
    assert found[0]["value"] == convolutions
    assert found[0]["digits"] == "rounded"


def test_another_input_size(database: Database) -> None:
    macs = profile("resnet50", (3, 299, 299)).totals["macs"]
    found = readings(database, "resnet50", f"{macs}")
    assert ("resnet50", "3x299x299") in {
        (row["architecture"], input) for row in found for input in row["input"].split(", ")
    }


def test_bytes_are_four_for_each_stored_number(database: Database) -> None:
    rows = readings(database, "vgg16", "527.8MiB")
    assert rows[0]["value"] == 138_357_544
    assert 527.75 <= 4 * 138_357_544 / 2**20 < 527.85
    assert {row["quantity"] for row in rows} <= {"params", "activations"}


def test_a_file_in_mb_may_be_meant_in_mib(database: Database) -> None:
    """4 * 138,357,544 bytes are 553.4 MB and 527.8 MiB; Keras prints 528 MB."""
    rows = readings(database, "vgg16", "528MB")
    assert (rows[0]["architecture"], rows[0]["value"]) == ("vgg16", 138_357_544)
    assert rows[0]["digits"] == "rounded, in MiB"


@pytest.mark.parametrize("words", ["4.11 GFLOPs", "4.11GMACs", "4.11B", "4.11 GFLOPS"])
def test_what_is_counted_may_stand_behind_it(words: str) -> None:
    assert parse(words).value == 4_110_000_000


# The order, and what is said.


def test_each_reading_gives_the_digits(database: Database) -> None:
    rows = readings(database, "resnet50", "4.1G", everything=True)
    given = [row for row in rows if row["digits"]]
    assert len(given) > 12
    for row in given:
        rounded = 4_050_000_000 <= row["value"] < 4_150_000_000
        assert row["digits"] == ("rounded" if rounded else "cut off")
        assert row["off"] == row["value"] - 4_100_000_000


def test_the_nearest_where_none_gives_them(database: Database) -> None:
    result = database.explain_number("lenet5", "999G")
    assert any("no reading gives it" in note for note in result.notes)
    off = [abs(row[result.columns.index("off")]) for row in result.rows]
    assert off == sorted(off)
    assert all(digits is None for digits in result.column("digits"))


def test_the_quantity_can_be_said(database: Database) -> None:
    for quantity in ("params", "activations", "macs"):
        rows = readings(database, "alexnet", "60M", quantity)
        assert {row["quantity"] for row in rows} == {quantity}


def test_a_variant_says_how_it_differs(database: Database) -> None:
    notes = database.explain_number("alexnet", "62.4M").notes
    assert "alexnet_ungrouped is not alexnet: groups: 2 → 1 in conv2, conv4, conv5" in notes


def test_the_sum_that_is_shown_is_the_value(database: Database) -> None:
    for row in readings(database, "resnet50", "4.11G"):
        words = row["because"].replace(",", "").replace("×", "*")
        assert eval(re.sub(r"\b[a-z_]+[0-9a-z_]*\b", "", words)) == row["value"], row["because"]


# The command.


def test_the_command_prints_rows(whole: Path) -> None:
    answer = archdb("explain-number", "alexnet", "62.4M", "--format", "json", database=whole)
    assert json.loads(answer.out)[0]["architecture"] == "alexnet_ungrouped"
    assert "note: 62.4M is 62,350,000 up to, not including, 62,450,000, rounded" in answer.err


@pytest.mark.parametrize(
    ("words", "signs", "status"),
    [
        (("vgg16", "many"), ("'many' is not a number", "4.11G"), 2),
        (("vgg16", "4.11X"), ("'4.11X' is not a number",), 2),
        (("vgg16", "-4"), ("-4",), 2),
        (("vgg61", "4.11G"), ("no network is called 'vgg61'", "did you mean"), 1),
        (("vgg16", "4.11G", "--quantity", "flops"), ("flops", "macs"), 2),
    ],
)
def test_bad_input_is_refused(
    words: tuple[str, ...], signs: tuple[str, ...], status: int, whole: Path
) -> None:
    refused(archdb("explain-number", *words, database=whole), *signs, status=status)


@given(st.integers(1, 10**15), st.integers(0, 6))
def test_digits_stand_for_what_rounds_to_them(thousandths: int, places: int) -> None:
    """A number rounded by the schoolbook is within what its own digits stand for."""
    unit = 10**6
    digits = (thousandths * 10**places + unit // 2) // unit
    whole, rest = divmod(digits, 10**places)
    words = f"{whole}.{rest:0{places}d}M" if places else f"{whole}M"
    assert parse(words).digits(thousandths) == "rounded"


@pytest.mark.parametrize("words", ["", "G", "1.2.3", "1ee6", "٣", "1 2", "0x10", "nan"])
def test_what_is_no_number(words: str) -> None:
    with pytest.raises(UsageError):
        parse(words)
