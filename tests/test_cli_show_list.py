"""archdb show, list and schema."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from command import archdb, refused

BUNDLED = {
    *("lenet5", "lenet5_modern", "alexnet", "alexnet_owt", "nin", "googlenet"),
    *("vgg11", "vgg11_lrn", "vgg13", "vgg16", "vgg16_c", "vgg19"),
    *("resnet18", "resnet34", "resnet50", "resnet50_v1_5", "resnet101", "resnet152"),
}


def rows(*words: str, database: Path) -> list[dict[str, Any]]:
    answer = archdb(*words, "--format", "json", database=database)
    assert answer.status == 0, answer.err
    found: list[dict[str, Any]] = json.loads(answer.out)
    return found


def names(*words: str, database: Path) -> list[str]:
    return [row["architecture"] for row in rows("list", *words, database=database)]


# show


def test_show_gives_the_totals_of_one_network(database: Path) -> None:
    table = rows("show", "resnet50", database=database)
    assert list(table[0]) == ["quantity", "unit", "resnet50"]
    found = {row["quantity"]: row["resnet50"] for row in table}
    # a scale and a shift for each channel of conv1, and of each stage's units and its projection
    stages = [(64, 256, 3), (128, 512, 4), (256, 1024, 6), (512, 2048, 3)]
    normalised = 64 + sum(units * (2 * width + out) + out for width, out, units in stages)
    assert found["norm_params"] == 2 * normalised
    assert found["buffers"] == 2 * normalised, "a running mean and a running variance each"
    assert found["depth"] == 1 + 3 * (3 + 4 + 6 + 3) + 1
    assert found["weighted_layers"] == found["depth"] + 4, "and a projection in each stage"


def head(*words: str, database: Path) -> list[str]:
    """What stands above the totals."""
    answer = archdb("show", *words, database=database)
    assert answer.status == 0
    above, _, table = answer.out.partition("\n\n")
    assert table.startswith("quantity")
    return above.splitlines()


def test_show_begins_with_what_the_network_is(database: Path) -> None:
    title, paper, called = head("vgg16", database=database)
    assert title == "title: VGG-16 (configuration D) (VGG, 2014)"
    assert paper.startswith("paper: Simonyan and Zisserman (2015): Very Deep Convolutional")
    assert paper.endswith("[simonyan2015]")
    assert called == "also called: vgg_16, vgg_d"
    (base,) = [
        line for line in head("resnet50_v1_5", database=database) if line.startswith("variant of")
    ]
    assert base.startswith("variant of: resnet50 (stride: 2 → 1 in res[345]a_branch2a")
    rewritten = head("vgg16+fc-to-conv", database=database)
    assert rewritten[0] == ("title: VGG-16 (configuration D), rewritten by fc-to-conv (VGG, 2014)")
    assert rewritten[-1] == "variant of: vgg16"


def test_accuracies_on_record_keep_their_digits(whole: Path) -> None:
    (said,) = [line for line in head("mobilenet_v2", database=whole) if "accuracy" in line]
    assert "72.0 % (sandler2018)" in said, "100 less the 28.0 of its Table 4"
    assert "71.8 % (sandler2018slim)" in said, "the best of five inputs"
    (said,) = [line for line in head("vgg16", database=whole) if "accuracy" in line]
    assert said.endswith("more: archdb published vgg16")


def test_what_is_read_by_programs_or_by_layer_has_no_head(database: Path) -> None:
    for words in (("--format", "csv"), ("--by", "op"), ("--format", "markdown")):
        answer = archdb("show", "nin", *words, database=database)
        assert "title: " not in answer.out


def test_show_takes_an_alias(database: Path) -> None:
    answer = archdb("show", "bvlc_googlenet", database=database)
    assert answer.out == archdb("show", "googlenet", database=database).out
    assert "bvlc_googlenet is another name of googlenet" in answer.err


def test_blocks_are_the_rows_of_the_papers_table(database: Path) -> None:
    table = rows("show", "googlenet", "--by", "block", database=database)
    modules = [row for row in table if row["kind"] == "inception"]
    assert "".join(row["block"][-2:] for row in modules) == "3a3b4a4b4c4d4e5a5b"
    # 3a reads 192: 64 of 1×1, 96 → 128 of 3×3, 16 → 32 of 5×5, 32 after the pool
    weights = 192 * (64 + 96 + 16 + 32) + 96 * 128 * 9 + 16 * 32 * 25
    biases = 64 + 96 + 128 + 16 + 32 + 32
    assert modules[0]["params"] == weights + biases
    assert modules[0]["macs"] == weights * 28 * 28
    assert next(row for row in table if row["block"] == "prob")["kind"] is None


def test_layers_are_shown_in_order_of_execution(database: Path) -> None:
    table = rows("show", "alexnet", "--by", "layer", database=database)
    assert [row["layer"] for row in table[:5]] == ["data", "conv1", "relu1", "norm1", "pool1"]
    conv1 = table[1]
    assert (conv1["kernel"], conv1["stride"], conv1["output"]) == ("11x11", "4x4", "96x55x55")
    assert conv1["params"] == 96 * (3 * 11 * 11 + 1)
    assert conv1["receptive_field"] == 11
    pool1 = table[4]
    assert pool1["receptive_field"] == 11 + (3 - 1) * 4


def test_show_of_an_unknown_name_gives_the_nearest(database: Path) -> None:
    refused(archdb("show", "resnet05", database=database), "'resnet05'", "resnet50")
    refused(archdb("show", "qqqqqqqq", database=database), "archdb list shows all names")


# list


def test_list_is_the_whole_catalogue(database: Path) -> None:
    assert set(names(database=database)) == BUNDLED
    by_name = {row["architecture"]: row for row in rows("list", database=database)}
    assert by_name["alexnet_owt"]["variant_of"] == "alexnet"
    assert by_name["vgg16"]["variant_of"] is None
    assert by_name["lenet5"]["params"] == 60_000
    assert by_name["lenet5"]["year"] == 1998
    assert by_name["lenet5"]["input"] == "1x32x32"


def test_it_stands_by_year(database: Path) -> None:
    years = [row["year"] for row in rows("list", database=database)]
    assert years == sorted(years)


def test_other_inputs_do_not_repeat_a_network(database: Path) -> None:
    archdb("show", "nin", "--input", "256", database=database)
    assert names("nin", database=database) == ["nin"]


@pytest.mark.parametrize("pattern", ["vgg*", "VGG*", "vgg1[1369]*"])
def test_a_pattern_is_a_glob(pattern: str, database: Path) -> None:
    assert set(names(pattern, database=database)) == {n for n in BUNDLED if n.startswith("vgg")}


def test_a_pattern_also_finds_aliases(database: Path) -> None:
    assert names("caffe_*", database=database) == ["alexnet", "googlenet"]


@pytest.mark.parametrize("family", ["VGG", "vgg"])
def test_a_family(family: str, database: Path) -> None:
    assert len(names("--family", family, database=database)) == 6


def test_pattern_and_family_both_count(database: Path) -> None:
    assert names("*5", "--family", "LeNet", database=database) == ["lenet5"]


def test_sorting(database: Path) -> None:
    macs = [row["macs"] for row in rows("list", "--sort", "macs", database=database)]
    assert macs == sorted(macs)
    falling = [
        row["macs"] for row in rows("list", "--sort", "macs", "--reverse", database=database)
    ]
    assert falling == macs[::-1]


def test_what_is_empty_is_sorted_last(database: Path) -> None:
    bases = [r["variant_of"] for r in rows("list", "--sort", "variant_of", database=database)]
    known = [base for base in bases if base is not None]
    assert bases == sorted(known) + [None] * (len(bases) - len(known))


@pytest.mark.parametrize(
    ("words", "status", "sign"),
    [
        (("vgg",), 1, "did you mean"),
        (("zzz*",), 1, "patterns are globs"),
        (("",), 1, "no network matches ''"),
        (("--family", "VVG"), 1, "did you mean VGG?"),
        (("--family", ""), 1, "there are: AlexNet, Inception"),
        (("res*", "--family", "VGG"), 1, "no network matches 'res*'"),
        (("--sort", "mac"), 2, "did you mean macs"),
        (("--sort", "zzz"), 2, "by one of: architecture, title"),
    ],
)
def test_what_is_not_there(words: tuple[str, ...], status: int, sign: str, database: Path) -> None:
    refused(archdb("list", *words, database=database), sign, status=status)


def test_names_globs_titles_and_names_with_rules_are_rows_in_that_order(database: Path) -> None:
    words = ("vgg16", "ResNet-50", "vgg16+fc-to-conv", "lenet5*", "VGG-16 (configuration D)")
    table = rows("list", *words, database=database)
    wanted = ["vgg16", "resnet50", "vgg16+fc-to-conv", "lenet5", "lenet5_modern"]
    assert [row["architecture"] for row in table] == wanted
    rewritten = table[2]
    assert rewritten["params"] == table[0]["params"]
    assert rewritten["title"] == "VGG-16 (configuration D), rewritten by fc-to-conv"
    assert (rewritten["family"], rewritten["year"], rewritten["variant_of"]) == (
        "VGG",
        None,
        "vgg16",
    )


def test_columns_are_any_of_the_summary_behind_the_name(database: Path) -> None:
    words = ("alexnet", "alexnet+width=0.5", "--columns", "buffers,receptive_field_h,flop,params")
    counted = ("--convention", "mac", "--convention", "flop")
    first, second = rows("list", *words, *counted, database=database)
    assert list(first) == [
        *("architecture", "buffers", "receptive_field_h", "flop", "params", "mac"),
    ]
    assert (first["buffers"], first["receptive_field_h"]) == (0, 195)
    assert second["mac"] < first["mac"] < first["flop"]
    shown = rows("show", "alexnet+width=0.5", *counted, database=database)
    totals = {row["quantity"]: row["alexnet+width=0.5"] for row in shown}
    assert (second["mac"], second["flop"]) == (totals["mac"], totals["flop"])


def test_a_column_that_is_sorted_by_need_not_be_shown(database: Path) -> None:
    table = rows("list", "vgg1?", "--columns", "year", "--sort", "layers", database=database)
    assert [row["architecture"] for row in table] == ["vgg11", "vgg13", "vgg16", "vgg19"]
    assert list(table[0]) == ["architecture", "year"]


def test_a_column_that_is_not_there_is_answered_with_the_nearest(database: Path) -> None:
    words = ("list", "--columns", "parms")
    refused(archdb(*words, database=database), "'parms'", "did you mean params", status=2)


def test_a_title_stands_for_its_network(database: Path) -> None:
    answer = archdb("show", "ResNet-50 v1.5 (stride in the 3×3)", database=database)
    assert answer.status == 0 and "resnet50_v1_5" in answer.out
    assert "is another name of resnet50_v1_5" in answer.err
    assert archdb("compare", "vgg-16", "AlexNet", database=database).status == 0


def test_a_title_of_several_networks_means_none(database: Path) -> None:
    client = sqlite3.connect(database)
    client.execute("update network set title = 'VGG-16 (another)' where name = 'vgg13'")
    client.commit()
    client.close()
    refused(archdb("show", "VGG-16", database=database), "several networks", "vgg13, vgg16")


# schema


def test_schema_tells_every_column_of_a_view(database: Path) -> None:
    table = rows("schema", "op_summary", database=database)
    assert list(table[0]) == ["relation", "column", "unit", "meaning", "origin", "citation"]
    assert [row["column"] for row in table[:4]] == ["architecture", "input", "is_native", "op"]
    assert {row["relation"] for row in table} == {"op_summary"}
    assert next(row["unit"] for row in table if row["column"] == "macs") == "MAC"


def test_schema_tells_all_views(database: Path) -> None:
    relations = {row["relation"] for row in rows("schema", database=database)}
    assert {"architecture_summary", "layer_summary", "column_dictionary"} < relations


def test_an_unknown_view_is_answered_with_the_nearest(database: Path) -> None:
    refused(archdb("schema", "layers_summary", database=database), "did you mean layer_summary")


def test_help_is_there_for_every_command() -> None:
    for words in ((), ("compare",), ("show",), ("list",), ("query",), ("schema",), ("derive",)):
        answer = archdb(*words, "--help")
        assert answer.status == 0
        assert answer.out.startswith("Usage: ")


def test_a_misspelt_command_is_answered_with_the_nearest() -> None:
    refused(archdb("compair", "vgg16"), "did you mean compare", status=2)
