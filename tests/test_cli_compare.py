"""archdb compare: two real networks side by side, to the last digit."""

import csv
import io
import json
from math import prod
from pathlib import Path
from typing import Any

import pytest
from command import archdb, files, process, refused

#: alexnet: filters, size of one filter, output positions; groups halve the depth of a filter.
ALEXNET = [
    *[(96, 3 * 11 * 11, 55 * 55), (256, 48 * 5 * 5, 27 * 27)],
    *[(384, 256 * 3 * 3, 13 * 13), (384, 192 * 3 * 3, 13 * 13), (256, 192 * 3 * 3, 13 * 13)],
    *[(4096, 256 * 6 * 6, 1), (4096, 4096, 1), (1000, 4096, 1)],
]
#: vgg16: (filters, channels read, extent of the map), then the fully connected layers.
VGG16_MAPS = [
    *[(64, 3, 224), (64, 64, 224), (128, 64, 112), (128, 128, 112)],
    *[(256, 128, 56), (256, 256, 56), (256, 256, 56)],
    *[(512, 256, 28), (512, 512, 28), (512, 512, 28)],
    *[(512, 512, 14)] * 3,
]
VGG16 = [
    *[(filters, depth * 3 * 3, extent**2) for filters, depth, extent in VGG16_MAPS],
    *[(4096, 512 * 7 * 7, 1), (4096, 4096, 1), (1000, 4096, 1)],
]
GROUPINGS = ("op", "block", "resolution", "layer")


def params(layers: list[tuple[int, int, int]]) -> int:
    return sum(filters * (size + 1) for filters, size, _ in layers)


def macs(layers: list[tuple[int, int, int]]) -> int:
    return sum(map(prod, layers))


def rows(*words: str, database: Path) -> list[dict[str, Any]]:
    answer = archdb(*words, "--format", "json", database=database)
    assert answer.status == 0, answer.err
    found: list[dict[str, Any]] = json.loads(answer.out)
    return found


def totals(*words: str, database: Path) -> dict[str, dict[str, Any]]:
    return {row["quantity"]: row for row in rows("compare", *words, database=database)}


def test_a_row_is_a_quantity_and_a_column_a_network(database: Path) -> None:
    answer = archdb("compare", "vgg16", "alexnet", "--format", "csv", database=database)
    header, *body = csv.reader(io.StringIO(answer.out))
    assert header == ["quantity", "unit", "vgg16", "alexnet", "ratio"]
    assert {"params", "macs", "activations", "depth"} < {row[0] for row in body}
    assert len({row[0] for row in body}) == len(body)
    assert all(row[1] for row in body), "every quantity has a unit"


def test_figures_are_exact(database: Path) -> None:
    found = totals("vgg16", "alexnet", database=database)
    assert found["params"]["vgg16"] == params(VGG16)
    assert found["params"]["alexnet"] == params(ALEXNET)
    assert found["macs"]["vgg16"] == macs(VGG16)
    assert found["macs"]["alexnet"] == macs(ALEXNET)
    assert found["bias_params"]["alexnet"] == sum(filters for filters, _, _ in ALEXNET)
    assert found["activations"]["vgg16"] == sum(n * places for n, _, places in VGG16)


def test_the_ratio_is_the_first_to_the_second(database: Path) -> None:
    found = totals("vgg16", "alexnet", database=database)
    assert found["params"]["ratio"] == params(VGG16) / params(ALEXNET)
    assert found["depth"]["ratio"] == 16 / 8
    assert found["input"]["ratio"] is None, "there is none of words"
    assert found["norm_params"]["ratio"] is None, "nor of nothing to nothing"
    assert found["muls"]["ratio"] == 0, "but there is one of nothing to something"


def test_columns_stand_in_the_order_asked_for(database: Path) -> None:
    found = totals("alexnet", "vgg16", database=database)
    assert list(found["params"]) == ["quantity", "unit", "alexnet", "vgg16", "ratio"]
    assert found["params"]["ratio"] == params(ALEXNET) / params(VGG16)


def test_three_networks_have_no_ratio(database: Path) -> None:
    found = totals("vgg16", "alexnet", "nin", database=database)
    assert list(found["params"]) == ["quantity", "unit", "vgg16", "alexnet", "nin"]


@pytest.mark.parametrize("by", GROUPINGS)
@pytest.mark.parametrize("names", [("vgg16", "googlenet"), ("resnet50", "lenet5", "nin")])
def test_groups_add_up_to_the_totals(by: str, names: tuple[str, ...], database: Path) -> None:
    whole = totals(*names, database=database)
    table = rows("compare", *names, "--by", by, database=database)
    for name in names:
        for quantity in ("params", "macs") + (("layers",) if by != "layer" else ()):
            parts = [row[f"{name} {quantity}"] or 0 for row in table]
            assert sum(parts) == whole[quantity][name], (name, quantity)


@pytest.mark.parametrize("by", GROUPINGS)
def test_every_key_stands_once(by: str, database: Path) -> None:
    keys = [row[by] for row in rows("compare", "vgg16", "resnet18", "--by", by, database=database)]
    assert len(set(keys)) == len(keys)
    one = [row[by] for row in rows("show", "vgg16", "--by", by, database=database)]
    assert [key for key in keys if key in one] == one, "the first network keeps its order"


def test_a_key_that_a_network_lacks_leaves_its_cells_empty(database: Path) -> None:
    table = rows("compare", "vgg16", "alexnet", "--by", "op", database=database)
    lrn = next(row for row in table if row["op"] == "lrn")
    assert lrn["vgg16 layers"] is None
    assert lrn["alexnet layers"] == 2


def test_maps_stand_by_falling_size(database: Path) -> None:
    table = rows("compare", "vgg16", "alexnet", "--by", "resolution", database=database)
    keys = [row["resolution"] for row in table]
    assert keys[-1] == "vector"
    extents = [int(key.split("x")[0]) for key in keys[:-1]]
    assert extents == sorted(extents, reverse=True)
    assert {224, 227, 112, 55, 27, 13, 7, 6} < set(extents)


def test_ops_of_two_families_are_aligned(database: Path) -> None:
    table = rows("compare", "vgg16", "alexnet", "--by", "op", database=database)
    linear = next(row for row in table if row["op"] == "linear")
    assert linear["vgg16 params"] == params(VGG16[-3:])
    assert linear["alexnet params"] == params(ALEXNET[-3:])
    assert (linear["vgg16 layers"], linear["alexnet layers"]) == (3, 3)


def test_layers_show_their_outputs(database: Path) -> None:
    table = rows("compare", "vgg16", "alexnet", "--by", "layer", database=database)
    pool = next(row for row in table if row["layer"] == "pool5")
    assert (pool["vgg16 output"], pool["alexnet output"]) == ("512x7x7", "256x6x6")
    assert pool["vgg16 params"] == 0


def test_auxiliary_heads_are_left_out_and_said(database: Path) -> None:
    # loss1 and loss2: a 4×4 map to 128 channels, 1024 units, 1000 classes
    head = 128 * 4 * 4 * 1024 + 1024 + 1024 * 1000 + 1000
    both = (512 * 128 + 128 + head) + (528 * 128 + 128 + head)
    answer = archdb("compare", "googlenet", "vgg16", "--by", "op", database=database)
    assert f"googlenet: 14 layers of auxiliary heads are left out ({both:,} params" in answer.err
    found = totals("googlenet", "vgg16", database=database)
    assert found["aux_params"]["googlenet"] == both
    assert found["aux_params"]["vgg16"] == 0


# Names.


def test_aliases_are_answered_under_the_name(database: Path) -> None:
    answer = archdb("compare", "VGG_D", "caffe_alexnet", "--format", "json", database=database)
    assert list(json.loads(answer.out)[0])[2:4] == ["vgg16", "alexnet"]
    assert "note: VGG_D is another name of vgg16" in answer.err
    assert "note: caffe_alexnet is another name of alexnet" in answer.err


def test_case_does_not_matter(database: Path) -> None:
    answer = archdb("compare", "VGG16", "AlexNet", database=database)
    assert answer.status == 0
    assert answer.err == ""


def test_an_unknown_name_is_answered_with_the_nearest(database: Path) -> None:
    before = files(database.parent)
    answer = archdb("compare", "vgg61", "alexnet", "--input", "256", database=database)
    refused(answer, "no network is called 'vgg61'", "did you mean", "vgg16")
    assert files(database.parent) == before


@pytest.mark.parametrize(
    "names", [("vgg16",), ("vgg16", "vgg16"), ("vgg16", "vgg_d"), ("vgg16", "alexnet", "VGG16")]
)
def test_a_comparison_is_of_two_networks_or_more(names: tuple[str, ...], database: Path) -> None:
    refused(archdb("compare", *names, database=database), status=2)


# As a process.


def test_results_and_notes_are_kept_apart(database: Path) -> None:
    answer = process("compare", "vgg_d", "alexnet", database=database)
    assert answer.status == 0
    assert answer.out.startswith("quantity")
    assert answer.err == "note: vgg_d is another name of vgg16\n"


def test_a_pipe_gets_no_colour(database: Path) -> None:
    for setting in ({}, {"FORCE_COLOR": "1"}):
        answer = process("compare", "vgg16", "alexnet", database=database, env=setting)
        assert "\x1b" not in answer.out
        assert f"{params(VGG16):,}" in answer.out


def test_an_error_is_on_standard_error_alone(database: Path) -> None:
    refused(process("compare", "vgg16", "nonesuch", database=database), "nonesuch")


# In words: what people look for first.

LEADING = ["params", "macs", "activations", "depth", "receptive_field", "input"]


def shown(*words: str, database: Path) -> list[list[str]]:
    """The names of the rows above and below the line of a table."""
    answer = archdb(*words, database=database)
    assert answer.status == 0 and answer.err == ""
    parts: list[list[str]] = []
    for line in answer.out.splitlines():
        if line.startswith("─"):
            parts.append([])
        elif parts:
            parts[-1].append(line.split()[0])
    return parts


def test_what_people_look_for_stands_first(database: Path) -> None:
    words = ("compare", "vgg16", "alexnet", "--convention", "flop")
    first, rest = shown(*words, database=database)
    assert first == [*LEADING, "flop"]
    assert "muls" in rest, "which is 0 in one of them alone"
    assert not {"norm_params", "buffers", "aux_macs"} & {*rest}
    assert {"effective_stride", "effective_padding"} < {*rest}, "equal on both sides"


def test_all_has_every_row_as_programs_have(database: Path) -> None:
    words = ("compare", "vgg16", "alexnet")
    table = json.loads(archdb(*words, "--format", "json", database=database).out)
    first, rest = shown(*words, "--all", database=database)
    assert first == ["params", "macs", "activations", "depth",
                     "receptive_field_h", "receptive_field_w", "input"]  # fmt: skip
    assert sorted([*first, *rest]) == sorted(row["quantity"] for row in table)
    assert table[0]["quantity"] == "classes", "in the order of the view"


def test_a_line_parts_them_in_a_paper_too(database: Path) -> None:
    answer = archdb("compare", "vgg16", "nin", "--format", "latex", database=database)
    parts = answer.out.split("\\midrule\n")
    assert [line.split(" & ")[0].strip() for line in parts[1].rstrip().splitlines()] == [
        name.replace("_", "\\_") for name in LEADING
    ]
    assert "left out" not in answer.out + answer.err


def test_transposed_there_is_a_row_for_each_network(database: Path) -> None:
    words = ("compare", "vgg16", "alexnet", "nin", "--transpose", "--convention", "mac")
    table = json.loads(archdb(*words, "--format", "json", database=database).out)
    assert [row["architecture"] for row in table] == ["vgg16", "alexnet", "nin"]
    for row in table:
        assert row["mac"] == row["macs"]
        assert row["params"] == row["weight_params"] + row["bias_params"] + row["norm_params"]
    head = archdb(*words, database=database).out.splitlines()[0].split()
    assert head == ["architecture", *LEADING, "mac"]
    chosen = ("--columns", "architecture,muls,buffers")
    head = archdb(*words, *chosen, database=database).out.splitlines()[0].split()
    assert head == ["architecture", "muls", "buffers"]
    refused(archdb(*words, "--by", "op", database=database), "only totals", status=2)
