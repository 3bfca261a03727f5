"""Counting conventions: the weighted sums they say they are, in every grouping."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from command import archdb, files, refused

#: What `flop` adds to two for each multiply-accumulate: one for each of these.
SCALAR = ("bias_adds", "adds", "muls", "comparisons", "divisions", "exponentials")


def rows(*words: str, database: Path) -> list[dict[str, Any]]:
    answer = archdb(*words, "--format", "json", database=database)
    assert answer.status == 0, answer.err
    found: list[dict[str, Any]] = json.loads(answer.out)
    return found


def total(convention: str, database: Path) -> dict[str, Any]:
    words = ("compare", "googlenet", "resnet50", "--convention", convention)
    return rows(*words, database=database)[-1]


def by_hand(database: Path, name: str) -> dict[str, int]:
    """Two for each MAC and one for all else, summed by hand over the layers outside heads."""
    with closing(sqlite3.connect(database)) as connection:
        found = connection.execute(
            f"select sum(macs), sum({' + '.join(SCALAR)}) from layer_summary"
            " where architecture = ? and auxiliary = 0 and is_native = 1",
            [name],
        )
        macs, scalar = found.fetchone()
    return {"mac": macs, "flop": 2 * macs + scalar}


@pytest.mark.parametrize("convention", ["mac", "flop"])
def test_a_convention_adds_a_row_to_the_totals(convention: str, database: Path) -> None:
    row = total(convention, database)
    assert row["quantity"] == convention
    assert row["unit"] == "by convention"
    for name in ("googlenet", "resnet50"):
        assert row[name] == by_hand(database, name)[convention]
    assert row["ratio"] == row["googlenet"] / row["resnet50"]


@pytest.mark.parametrize("by", ["total", "op", "block", "resolution", "layer"])
def test_several_stand_in_the_order_given(by: str, database: Path) -> None:
    counted = ("--by", by, "--convention", "flop", "--convention", "mac", "--convention", "flop")
    table = rows("show", "nin", *counted, database=database)
    names = [row["quantity"] for row in table] if by == "total" else list(table[0])
    assert names[-2:] == ["flop", "mac"]
    table = rows("compare", "nin", "alexnet", *counted, database=database)
    if by == "total":
        assert [row["quantity"] for row in table][-2:] == ["flop", "mac"]
    else:
        assert {"nin flop", "alexnet mac"} < {*table[0]}


def test_several_in_a_sweep_a_list_and_an_explanation(database: Path) -> None:
    counted = ("--convention", "mac", "--convention", "fvcore")
    (row,) = rows("sweep", "nin", *counted, database=database)
    assert list(row)[-3:] == ["mac", "fvcore", "note"]
    (listed,) = rows("list", "nin", *counted, database=database)
    assert (listed["mac"], listed["fvcore"]) == (row["mac"], row["fvcore"])
    read = rows("explain-number", "nin", f"{row['mac']}", "--all", *counted, database=database)
    assert {name for line in read for name in line["convention"].split(", ")} <= {"mac", "fvcore"}
    refused(archdb("list", *counted, "--convention", "fvcor", database=database), "fvcore")


@pytest.mark.parametrize("by", ["op", "block", "resolution", "layer"])
@pytest.mark.parametrize("convention", ["mac", "flop"])
def test_its_groups_add_up(by: str, convention: str, database: Path) -> None:
    words = ("googlenet", "resnet50", "--by", by, "--convention", convention)
    table = rows("compare", *words, database=database)
    for name in ("googlenet", "resnet50"):
        parts = [row[f"{name} {convention}"] or 0 for row in table]
        assert sum(parts) == total(convention, database)[name]
    shown = rows("show", "googlenet", *words[2:], database=database)
    assert sum(row[convention] for row in shown) == total(convention, database)["googlenet"]


def test_the_view_says_the_same(database: Path) -> None:
    statement = (
        "select convention, value from convention_total"
        " where architecture = 'googlenet' and is_native = 1 and convention in ('mac', 'flop')"
    )
    values = {
        row["convention"]: row["value"] for row in rows("query", statement, database=database)
    }
    assert values == by_hand(database, "googlenet")


def test_an_op_without_a_price_leaves_the_total_open(database: Path) -> None:
    """A convention that prices no LRN has no total for a network with LRN: never one too small."""
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("delete from convention_weight where convention = 'mac' and op = 'lrn'")
    row = total("mac", database)
    assert row["googlenet"] is None
    assert row["resnet50"] == by_hand(database, "resnet50")["mac"]
    words = ("compare", "googlenet", "resnet50", "--by", "op", "--convention", "mac")
    lrn = next(row for row in rows(*words, database=database) if row["op"] == "lrn")
    assert lrn["googlenet mac"] is None


def test_an_unknown_convention_is_refused_before_anything_is_derived(database: Path) -> None:
    before = files(database.parent)
    words = ("compare", "vgg16", "alexnet", "--input", "256", "--convention", "flopp")
    refused(archdb(*words, database=database), "'flopp'", "did you mean flop")
    assert files(database.parent) == before
