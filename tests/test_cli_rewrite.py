"""archdb rewrite: what it shows, what it stores, and what it says on standard error."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from command import archdb, refused


def shown(database: Path, *words: str) -> list[dict[str, Any]]:
    answer = archdb("rewrite", *words, "--format", "json", database=database)
    assert answer.status == 0, answer.err
    rows: list[dict[str, Any]] = json.loads(answer.out)
    return rows


def before_and_after(row: dict[str, Any], figure: str) -> tuple[Any, Any]:
    return row[f"{figure} before"], row[f"{figure} after"]


def test_what_is_added_changed_and_what_follows_is_shown_in_order(database: Path) -> None:
    rows = shown(database, "lenet5_modern", "width=2@conv*", "stack-3x3@conv2")
    changes = {row["layer"]: row["change"] for row in rows}
    assert changes["conv2/3x3_1"] == "added"
    assert changes["conv1"] == changes["conv2"] == "changed"
    assert list(changes)[-1] == "total"
    names = list(changes)
    assert names.index("conv2/3x3_1") == names.index("conv2") - 1


def test_what_is_removed_stands_where_it_was(whole: Path) -> None:
    rows = shown(whole, "vgg11_bn", "fold-bn")
    assert [row["layer"] for row in rows[:2]] == ["bn1_1", "bn2_1"]
    assert {row["change"] for row in rows[:-1]} == {"removed"}
    assert before_and_after(rows[0], "params") == (64 + 64, None)
    before, after = before_and_after(rows[-1], "params")
    assert before - after == sum(row["params before"] for row in rows[:-1])


def test_totals_are_those_of_show(database: Path) -> None:
    total = shown(database, "resnet18", "width=0.5")[-1]
    assert archdb("rewrite", "resnet18", "width=0.5", "--as", "half", database=database).status == 0
    for name, when in (("resnet18", "before"), ("half", "after")):
        answer = archdb("show", name, "--format", "json", database=database)
        totals = {row["quantity"]: row[name] for row in json.loads(answer.out)}
        assert total[f"params {when}"] == totals["params"]
        assert total[f"macs {when}"] == totals["macs"]


def test_what_is_left_alone_is_told_on_standard_error(database: Path) -> None:
    answer = archdb("rewrite", "vgg16", "stack-3x3", database=database)
    assert answer.status == 0
    assert answer.err == (
        "note: stack-3x3 leaves conv1_1, conv1_2, conv2_1, conv2_2 and 9 more alone:"
        " a kernel of 3×3 is no larger than 3×3\n"
    )


def test_heads_are_left_out_of_totals_and_it_says_so(database: Path) -> None:
    answer = archdb("rewrite", "googlenet", "fc-to-conv", database=database)
    assert "note: totals are without auxiliary heads\n" in answer.err
    assert "loss1/classifier" in answer.out


def test_only_names_the_layers_of_a_rule(database: Path) -> None:
    rows = shown(database, "googlenet", "stack-3x3", "--only", "inception_3*/5x5")
    assert [row["layer"] for row in rows[:-1]] == [
        *("inception_3a/5x5/3x3_1", "inception_3a/5x5"),
        *("inception_3b/5x5/3x3_1", "inception_3b/5x5"),
    ]


def test_a_name_with_rules_is_rewritten_further(database: Path) -> None:
    at_once = shown(database, "vgg16", "fc-to-conv", "dilate=8")
    assert shown(database, "vgg16+fc-to-conv", "dilate=8") == at_once


STORED = [
    ("googlenet", ["drop-aux", "fc-to-conv", "dilate=8"]),
    ("googlenet", ["depthwise-separable=relu"]),
    ("resnet50", ["fold-bn", "classes=10"]),
    ("shufflenet_v2_x1_0", ["width=0.5"]),
    ("efficientnet_b0", ["stack-3x3"]),
    ("inception_v3", ["factorize@Mixed_5*", "bottleneck=24@Conv2d*"]),
    ("lenet5", ["fc-to-conv", "width=2"]),
]


def test_stored_variants_are_found_true(whole: Path, tmp_path: Path) -> None:
    database = Path(shutil.copy(whole, tmp_path))
    for i, (name, rules) in enumerate(STORED):
        answer = archdb("rewrite", name, *rules, "--as", f"variant{i}", database=database)
        assert answer.status == 0, answer.err
        assert answer.out == ""
        assert answer.err.endswith(f"stored variant{i}\n")
    answer = archdb("check", database=database)
    assert (answer.status, answer.out) == (0, "")
    assert answer.err.endswith("\nno faults\n")


def test_a_stored_variant_has_its_lineage(database: Path) -> None:
    archdb("rewrite", "vgg_16", "fc-to-conv", "classes=21", "--as", "mine", database=database)
    answer = archdb("show", "mine", "--lineage", "--format", "json", database=database)
    rows = json.loads(answer.out)
    told = {(row["what"], row["base"], row["here"], row["layers"]) for row in rows}
    assert ("op", "linear", "conv2d", '["fc6", "fc7", "fc8"]') in told
    assert {row["architecture"] for row in rows} == {"mine"}
    assert {row["variant_of"] for row in rows} == {"vgg16"}
    assert {row["why"] for row in rows} == {"fc-to-conv+classes=21"}
    header = archdb(
        *("query", "select title, classes, origin from network where name = 'mine'"),
        *("--format", "json"),
        database=database,
    )
    title = "VGG-16 (configuration D), fc-to-conv, classes=21"
    assert json.loads(header.out) == [{"title": title, "classes": 21, "origin": "imported"}]


def test_rules_may_be_stored_on_the_way(database: Path) -> None:
    archdb("rewrite", "resnet18", "width=0.5", "--as", "half", database=database)
    stored = shown(database, "half", "fc-to-conv", "fold-bn")[-1]
    at_once = shown(database, "resnet18", "width=0.5", "fc-to-conv", "fold-bn")[-1]
    for figure in ("params after", "macs after"):
        assert stored[figure] == at_once[figure]


def test_a_stored_variant_outlives_an_upgrade(database: Path) -> None:
    archdb("rewrite", "resnet18", "width=0.5", "--as", "half", database=database)
    assert archdb("db", "upgrade", database=database).status == 0
    assert archdb("show", "half", database=database).status == 0
    assert archdb("check", database=database).err == "no faults\n"


REFUSED = [  # words, status, signs
    (["resnet5", "fold-bn"], 1, ["no network is called 'resnet5'", "resnet50"]),
    (["resnet50", "foldbn"], 2, ["'foldbn' is no rule", "did you mean fold-bn"]),
    (["resnet50", "fold-bn@zzz"], 1, ["resnet50+fold-bn@zzz: no layer has a name like 'zzz'"]),
    (["vgg16", "dilate=8"], 1, ["vgg16+dilate=8, layer 'fc6' (linear)", "fc-to-conv"]),
    (["resnet50", "fold-bn", "--as", "vgg16"], 1, ["there is already a network 'vgg16'"]),
    (["resnet50", "fold-bn", "--as", "vgg_16"], 1, ["already belongs to 'vgg16'"]),
    (["resnet50", "fold-bn", "--as", "resnet50+x"], 2, ["a plus stands before a rule"]),
    (["resnet50", "fold-bn", "--as", "My net"], 2, ["needs a word in lower case"]),
    (["resnet50", "drop-aux", "--as", "same"], 1, ["nothing of it is changed", "no layer that"]),
    (["resnet50", "fold-bn", "--input", "big"], 2, ["'big' is not an input size"]),
    (["resnet50", "fold-bn", "--as", "new", "--input", "64"], 2, ["--as stores at the native"]),
    (["resnet50"], 2, ["Missing argument"]),
]


@pytest.mark.parametrize(
    ("words", "status", "signs"), REFUSED, ids=[" ".join(row[0]) for row in REFUSED]
)
def test_a_request_that_cannot_be_met_changes_nothing(
    database: Path, words: list[str], status: int, signs: list[str]
) -> None:
    was = database.read_bytes()
    refused(archdb("rewrite", *words, database=database), *signs, status=status)
    assert database.read_bytes() == was


def test_help_lists_every_rule() -> None:
    from archdb.rewrite import REGISTRY

    answer = archdb("rewrite", "--help")
    for rule in REGISTRY.values():
        assert f"\n  {rule.usage} " in answer.out
