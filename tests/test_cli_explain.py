"""archdb explain: a stored layer step by step, a network's totals term by term."""

import json
from pathlib import Path
from typing import Any

import pytest
from command import Answer, archdb, refused
from paper import worked_out

from archdb.explain import paths, quantity
from archdb.explain.chain import table, target
from archdb.explain.network import trace_network
from archdb.explain.quantity import SUMS
from archdb.sources.toml import bundled_files, bundled_references, load


def explain(*words: str, database: Path) -> Answer:
    answer = archdb("explain", *words, database=database)
    assert answer.status == 0, answer.err
    return answer


def rows(*words: str, database: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(
        explain(*words, "--format", "json", database=database).out
    )
    return found


# One layer


def test_a_layer_is_explained_step_by_step(built: Path) -> None:
    paper = explain("alexnet/conv2", database=built).out
    assert "⌊(27 − 5 + 2·2)/1⌋ + 1 = 27\n" in paper
    assert "256·(96/2)·5·5 = 307,200\n" in paper, "the weights of two groups"
    assert "27·27·256·(96/2)·5·5 = 223,948,800\n" in paper
    assert "19 + (5 − 1)·8 = 51\n" in paper, "the field of pool1, and eight pixels a position"


def test_its_steps_are_rows_in_other_formats(built: Path) -> None:
    steps = {row["quantity"]: row for row in rows("alexnet/pool1", database=built)}
    assert steps["out_height"]["formula"] == "⌈(n − k + 2p)/s⌉ + 1"
    assert steps["out_height"]["numbers"] == "⌈(55 − 3 + 2·0)/2⌉ + 1"
    assert steps["out_height"]["result"] == 27
    assert "Caffe's pooling" in steps["out_height"]["rule"]


def test_a_layers_name_may_have_a_slash(built: Path) -> None:
    paper = explain("googlenet/inception_3a/output", database=built).out
    assert "64 + 128 + 32 + 32 = 256\n" in paper


def test_it_takes_an_alias_and_another_input(built: Path) -> None:
    paper = explain("bvlc_googlenet/conv1/7x7_s2", "--input", "448", database=built).out
    assert "⌊(448 − 7 + 2·3)/2⌋ + 1 = 224\n" in paper


def test_the_field_of_one_layer(built: Path) -> None:
    found = rows("vgg16/conv2_1", "--quantity", "receptive_field", database=built)
    assert [row["layer"] for row in found] == ["data", "conv1_1", "conv1_2", "pool1", "conv2_1"]
    assert [row["field"] for row in found] == [1, 3, 5, 6, 6 + 2 * 2]


# Totals


def test_a_sum_by_block_has_its_terms_the_largest_and_the_sum(built: Path) -> None:
    answer = explain("googlenet", "--quantity", "params", "--format", "json", database=built)
    found = json.loads(answer.out)
    *terms, total = found
    module = next(row for row in terms if row["block"] == "inception_3a")
    # 1×1, 3×3, 5×5 and pool branch, as the paper's table has them
    weights = 192 * (64 + 96 + 16 + 32) + 96 * 128 * 9 + 16 * 32 * 25
    assert module["value"] == weights + 64 + 96 + 128 + 16 + 32 + 32
    assert (module["layers"], module["largest"]) == (6, "inception_3a/3x3")
    assert module["numbers"] == "110,592 + 128"
    assert worked_out(module["numbers"]) == 96 * 128 * 9 + 128
    assert total["value"] == sum(row["value"] for row in terms)
    assert (total["block"], total["percent"]) == ("total", 100.0)
    assert "the largest terms: loss3/classifier 1,025,000 (14.6 %)" in answer.err
    assert "params: trainable numbers" in answer.err


def test_a_sum_by_layer_shows_the_arithmetic_of_each(built: Path) -> None:
    *terms, total = rows("vgg16", "--quantity", "macs", "--by", "layer", database=built)
    assert len(terms) == total["layers"] == 16
    for row in terms:
        assert worked_out(row["numbers"]) == row["value"]
    assert terms[0]["numbers"] == "224·224·64·3·3·3"
    assert total["value"] == 15_470_264_320


def test_activations_are_outputs_of_weighted_layers(built: Path) -> None:
    *terms, total = rows("alexnet", "--quantity", "activations", database=built)
    assert [row["numbers"] for row in terms][:2] == ["96·55·55", "256·27·27"]
    assert total["value"] == sum(worked_out(row["numbers"]) for row in terms)


def test_depth_is_the_longest_path(built: Path) -> None:
    found = rows("googlenet", "--quantity", "depth", database=built)
    assert [row["depth"] for row in found] == list(range(1, 22 + 1))
    assert [row["layer"] for row in found][:3] == [
        *("conv1/7x7_s2", "conv2/3x3_reduce", "conv2/3x3")
    ]


def test_the_peak_is_what_is_alive_at_once(built: Path) -> None:
    answer = explain(
        *("resnet50", "--quantity", "peak_activation_elements", "--format", "json"), database=built
    )
    *alive, total = json.loads(answer.out)
    assert total["elements"] == sum(row["elements"] for row in alive)
    assert all(worked_out(row["output"]) == row["elements"] for row in alive)
    # the projection waits for the sum while the last convolution is normalised
    assert [row["layer"] for row in alive] == ["bn2a_branch1", "res2a_branch2c", "bn2a_branch2c"]
    assert [row["last_read_by"] for row in alive] == ["res2a", "bn2a_branch2c", "res2a"]
    assert total["elements"] == 3 * 256 * 56 * 56
    assert "reached when bn2a_branch2c has run" in answer.err


def test_auxiliary_heads_have_totals_of_their_own(built: Path) -> None:
    *terms, total = rows("googlenet", "--quantity", "aux_params", database=built)
    assert {row["block"].split("/")[0] for row in terms} == {"loss1", "loss2"}
    assert total["value"] == sum(row["value"] for row in terms) > 0


def test_without_a_quantity_all_totals_at_a_glance(built: Path) -> None:
    found = {row["quantity"]: row for row in rows("vgg16", database=built)}
    assert found["params"]["value"] == 138_357_544
    assert found["params"]["made_of"] == "16 layers, the largest fc6 (74.3 %)"
    assert found["depth"]["value"] == 16
    assert found["receptive_field"]["value"] == "212x212"
    assert found["receptive_field"]["made_of"] == "of pool5"


def test_another_input_changes_the_terms(built: Path) -> None:
    found = rows("vgg16", "--quantity", "params", "--input", "384", database=built)
    fc6 = next(row for row in found if row["block"] == "fc6")
    assert fc6["value"] == 4096 * (512 * 12 * 12 + 1)


def test_there_is_no_field_behind_upsampling(whole: Path) -> None:
    answer = explain("unet", "--quantity", "receptive_field", "--format", "json", database=whole)
    last = json.loads(answer.out)[-1]
    assert last["forward"] == "none: behind upsampling the field depends on the position"
    assert last["field"] is None
    assert "has no receptive field: behind upsampling" in answer.err


# What is refused


@pytest.mark.parametrize(
    ("words", "sign", "status"),
    [
        (("vgg61",), "no network is called 'vgg61'\n  did you mean vgg19, vgg16", 1),
        (("vgg16/fc9",), "vgg16 has no layer 'fc9'\n  did you mean fc8", 1),
        (("vgg16/qqqqq",), "archdb show vgg16 --by layer lists all", 1),
        (("vgg16", "--quantity", "param"), "no quantity is called 'param'\n  did you mean", 2),
        (("vgg16", "--quantity", "qqqqq"), "there are: params, weight_params", 2),
        (("vgg16/fc6", "--quantity", "params"), "is explained for a whole network", 2),
        (("vgg16", "--input", "3x"), "'3x' is not an input size", 2),
        (("alexnet", "--input", "7"), "alexnet, layer 'conv1' (conv2d): a 11×11 window", 1),
        ((), "Missing argument", 2),
    ],
)
def test_what_is_refused(words: tuple[str, ...], sign: str, status: int, built: Path) -> None:
    refused(archdb("explain", *words, database=built), sign, status=status)


def test_nothing_is_written(built: Path) -> None:
    before = built.read_bytes()
    explain("alexnet", "--input", "259", database=built)
    explain("alexnet/conv1", database=built)
    assert built.read_bytes() == before


# Every network: what is explained is what is derived.


@pytest.fixture(scope="module")
def references() -> dict[str, Any]:
    return bundled_references()


@pytest.mark.parametrize("path", bundled_files(), ids=lambda path: path.stem)
def test_terms_paths_and_recursions_end_at_the_totals(
    path: Path, references: dict[str, Any]
) -> None:
    walked = trace_network(load(path, references).network)
    totals = walked.profile.totals
    trained = [totals[f"{role}_params"] for role in ("weight", "bias", "norm")]
    derived = totals | {"params": None if None in trained else sum(trained)}
    for name in SUMS:
        if name not in ("multiplications", "additions"):
            assert quantity.total(quantity.terms(walked, name)) == derived[name], name
    assert len(paths.longest(walked)) == totals["depth"]
    alive = paths.peak(walked)[1]
    elements = sum(walked.facts[layer.name].elements or 0 for layer in alive)
    assert elements == totals["peak_activation_elements"]
    columns, found, _ = table(walked, target(walked))
    if totals["receptive_field_layer"] is None:  # the network reads no image
        assert totals["receptive_field_note"]
    elif totals["receptive_field_h"] is not None:
        for axis in "hw":
            own = [
                dict(zip(columns, row, strict=True)) for row in found if row[0] in (axis, "both")
            ]
            assert own[0]["seen"] == own[-1]["field"] == totals[f"receptive_field_{axis}"]
    else:
        assert found[-1][6] == f"none: {totals['receptive_field_note']}"


@pytest.mark.parametrize("form", ["latex", "markdown", "json", "csv"])
@pytest.mark.parametrize("words", [("alexnet",), ("alexnet/conv1",), ("vgg16+fc-to-conv/fc6",)])
def test_other_formats(form: str, words: tuple[str, ...], whole: Path) -> None:
    answer = archdb("explain", *words, "--format", form, database=whole)
    assert answer.status == 0, answer.err
    assert answer.out
