"""archdb import: the user's own networks; a bad seed is named with its fault, to no effect."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from command import archdb, files, refused

HEAD = 'name = "mine"\ntitle = "Mine"\nfamily = "Own"\nyear = 2024\n'
LAYERS = """
  ["conv", "conv2d", {filters = 4, kernel = 3}],
  ["relu", "relu"],
  ["fc", "linear", {units = 10}],
"""


def net(layers: str = LAYERS, shape: str = "[3, 8, 8]", more: str = "") -> str:
    return f"\n[net]\ninput = {shape}\nlayers = [{layers}]\n{more}"


@pytest.fixture
def seed(tmp_path: Path) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text(HEAD + net(), "utf-8")
    return path


def totals(name: str, database: Path) -> dict[str, Any]:
    answer = archdb("show", name, "--format", "json", database=database)
    return {row["quantity"]: row[name] for row in json.loads(answer.out)}


def test_a_network_is_stored_and_derived(seed: Path, database: Path) -> None:
    answer = archdb("import", str(seed), database=database)
    assert (answer.status, answer.out, answer.err) == (0, "", "imported mine\n")
    found = totals("mine", database)
    assert found["params"] == 4 * (3 * 3 * 3 + 1) + 10 * (4 * 6 * 6 + 1)
    assert found["macs"] == 4 * 27 * 6 * 6 + 10 * 4 * 6 * 6
    assert found["comparisons"] == 4 * 6 * 6
    assert archdb("check", database=database).err == "no faults\n"
    assert "mine" in archdb("compare", "mine", "lenet5", database=database).out


def test_several_files_at_once(seed: Path, database: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    text = HEAD.replace("mine", "other") + 'variant_of = "last"\n' + net()
    other.write_text(text, "utf-8")
    last = tmp_path / "last.toml"
    last.write_text(HEAD.replace("mine", "last") + net(), "utf-8")
    answer = archdb("import", *map(str, (seed, other, last)), database=database)
    assert answer.err.splitlines() == ["imported mine", "imported other", "imported last"]


def test_all_of_several_files_or_none(seed: Path, database: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text(HEAD.replace("mine", "bad") + net('["c", "conv2d", {kernel = 3}]'), "utf-8")
    before = files(database.parent)
    refused(archdb("import", str(seed), str(bad), database=database), str(bad), "row 1 'c'")
    assert files(database.parent) == before


def test_names_are_not_given_twice(seed: Path, database: Path) -> None:
    archdb("import", str(seed), database=database)
    before = files(database.parent)
    answer = archdb("import", str(seed), database=database)
    refused(answer, str(seed), "already a network 'mine' (imported)", "--replace")
    seed.write_text(HEAD.replace("mine", "vgg16") + net(), "utf-8")
    refused(archdb("import", str(seed), database=database), "'vgg16' (bundled)")
    assert files(database.parent) == before


def test_one_may_be_put_in_place_of_another(seed: Path, database: Path) -> None:
    archdb("import", str(seed), database=database)
    seed.write_text(seed.read_text("utf-8").replace("filters = 4", "filters = 5"), "utf-8")
    assert archdb("import", "--replace", str(seed), database=database).status == 0
    assert totals("mine", database)["params"] == 5 * 28 + 10 * (5 * 6 * 6 + 1)
    assert archdb("check", database=database).err == "no faults\n"


def test_also_one_that_others_are_variants_of(seed: Path, database: Path) -> None:
    seed.write_text(HEAD.replace("mine", "vgg16") + net(), "utf-8")
    assert archdb("import", "--replace", str(seed), database=database).status == 0
    answer = archdb("check", "--format", "ndjson", database=database)
    faults = [json.loads(line) for line in answer.out.splitlines()]
    assert {(fault["check"], fault["network"]) for fault in faults} == {("lineage", "vgg16_c")}


def test_an_unknown_op_is_stored_and_never_counted_as_nothing(seed: Path, database: Path) -> None:
    layers = '["a", "unknown", {kind = "swish"}], ["fc", "linear", {units = 10}]'
    seed.write_text(HEAD + net(layers), "utf-8")
    assert archdb("import", str(seed), database=database).status == 0
    found = totals("mine", database)
    assert found["params"] is None
    answer = archdb("show", "mine", database=database)
    assert "note: mine: not counted, so totals are open: a" in answer.err


def test_sequences_add_up_by_resolution(seed: Path, database: Path) -> None:
    """A (length, features) map, a shorter one and a vector are three rows, none lost."""
    layers = """["relu", "relu"], ["short", "unknown", {kind = "pool", shape = [5, 8]}],
      ["relu2", "relu"], ["flat", "flatten"], ["fc", "linear", {units = 4}]"""
    seed.write_text(HEAD + net(layers, "[10, 8]"), "utf-8")
    archdb("import", str(seed), database=database)
    words = ("show", "mine", "--by", "resolution", "--format", "json")
    table = json.loads(archdb(*words, database=database).out)
    assert [(row["resolution"], row["layers"]) for row in table] == [
        *[("length 10", 2), ("length 5", 2), ("vector", 2)]
    ]
    both = ("compare", "mine", "lenet5", "--by", "resolution", "--format", "json")
    rows = json.loads(archdb(*both, database=database).out)
    assert sum(row["mine layers"] or 0 for row in rows) == 6


def test_a_layer_may_bear_the_name_of_a_block(seed: Path, database: Path) -> None:
    layers = '["b", "conv_stage", {width = 4, kernels = [3]}], ["b", "relu"]'
    seed.write_text(HEAD + net(layers), "utf-8")
    if archdb("import", str(seed), database=database).status != 0:
        pytest.skip("seeds do not allow it")
    words = ("show", "mine", "--by", "block", "--format", "json")
    table = json.loads(archdb(*words, database=database).out)
    assert [(row["block"], row["layers"]) for row in table] == [("data", 1), ("b", 3)]


# Bad seeds, each with what the error must say.

BAD = {
    "empty": ("", "is empty"),
    "blank": (" \n\n", "is empty"),
    "not TOML": ("name: mine\n", "is not TOML"),
    "half a table": (HEAD + net()[:-20], "is not TOML"),
    "a nesting without end": (HEAD + "x = " + "[" * 5000 + "]" * 5000 + net(), "mine.toml: "),
    "a number without end": (HEAD.replace("2024", "9" * 5000) + net(), "mine.toml: "),
    "no net": (HEAD, "'net' is missing"),
    "no name": (HEAD.replace('name = "mine"', "") + net(), "'name' is missing"),
    "a wrong key": (HEAD + 'titel = "x"\n' + net(), "has no attribute 'titel'\n  did you mean ti"),
    "a wrong type": (HEAD.replace("2024", '"2024"') + net(), "'year' needs a year"),
    "a year before all": (HEAD.replace("2024", "1066") + net(), "'year' needs a year"),
    "a name with a space": (HEAD.replace("mine", "my net") + net(), "'name' needs"),
    "a name in capitals": (HEAD.replace("mine", "Mine", 1) + net(), "'name' needs"),
    "a taken alias": (HEAD + 'aliases = ["vgg_d"]\n' + net(), "'vgg_d' already belongs to 'vgg16'"),
    "an alias that is a name": (HEAD + 'aliases = ["vgg16"]\n' + net(), "belongs to 'vgg16'"),
    "an alias twice": (HEAD + 'aliases = ["a", "a"]\n' + net(), "has the name 'a' twice"),
    "its own alias": (HEAD + 'aliases = ["mine"]\n' + net(), "has the name 'mine' twice"),
    "an unknown base": (HEAD + 'variant_of = "vgg61"\n' + net(), "a variant of 'vgg61'"),
    "its own base": (HEAD + 'variant_of = "mine"\n' + net(), "a variant of itself"),
    "an unknown citation": (
        HEAD + '[[source]]\nclaim = "x"\ncite = "simonyan2051"\nwhere = "y"\n' + net(),
        "source 1: cites 'simonyan2051'",
    ),
    "an unknown op": (HEAD + net('["c", "conv7d", {}]'), "row 1 'c': unknown op or block 'conv7d'"),
    "an unknown attribute": (
        HEAD + net('["c", "conv2d", {filters = 4, kernal = 3}]'),
        "has no attribute 'kernal'\n  did you mean kernel",
    ),
    "a missing attribute": (HEAD + net('["c", "conv2d", {kernel = 3}]'), "'filters' is missing"),
    "a wrong value": (
        HEAD + net('["c", "conv2d", {filters = "many", kernel = 3}]'),
        "'filters' needs a positive integer, got 'many'",
    ),
    "a negative stride": (
        HEAD + net('["c", "conv2d", {filters = 4, kernel = 3, stride = -1}]'),
        "'stride' needs a positive integer",
    ),
    "a number that is none": (HEAD + net('["c", "lrn", {size = 5, alpha = nan}]'), "'alpha'"),
    "a number beyond 64 bits": (
        HEAD + net(f'["c", "conv2d", {{filters = 4, kernel = 3, stride = {10**30}}}]'),
        "row 1 'c'",
    ),
    "counts beyond 64 bits": (
        HEAD + net('["c", "linear", {units = 2000000000}], ["d", "linear", {units = 2000000000}],'
                   '["e", "linear", {units = 2000000000}], ["f", "linear", {units = 2000000000}]'),
        "64 bits",
    ),
    "a row without an op": (HEAD + net('["c"]'), "needs a name and an op"),
    "a dangling input": (HEAD + net('["c", "relu", ["dta"]]'), "reads 'dta'"),
    "a cycle": (HEAD + net('["a", "relu", ["b"]], ["b", "relu", ["a"]]'), "a → b → a"),
    "a layer that reads itself": (HEAD + net('["a", "relu", ["a"]]'), "a → a"),
    "a name given twice": (HEAD + net('["a", "relu"], ["a", "relu"]'), "given to two layers"),
    "shapes that do not meet": (
        HEAD + net('["c", "conv2d", {filters = 4, kernel = 3}], ["s", "add", ["c", "data"]]'),
        "layer 's' (add): shapes that do not meet cannot be added: 4×6×6 and 3×8×8",
    ),
    "a window that does not fit": (
        HEAD + net('["c", "conv2d", {filters = 4, kernel = 9}]'),
        "a 9×9 window does not fit the 8×8 map",
    ),
    "an input that is not an image": (HEAD + net(shape="[3, 8]"), "needs channels×height×width"),
    "an input of nothing": (HEAD + net(shape="[3, 0, 8]"), "'input' needs"),
}  # fmt: skip


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_seed(kind: str, seed: Path, database: Path) -> None:
    text, sign = BAD[kind]
    seed.write_text(text, "utf-8")
    before = files(database.parent)
    for words in (("import", str(seed)), ("import", str(seed), "--dry-run")):
        refused(archdb(*words, database=database), str(seed), sign)
    assert files(database.parent) == before


def test_a_file_that_is_not_utf8(seed: Path, database: Path) -> None:
    seed.write_bytes(seed.read_bytes().replace(b"Mine", b"M\xefne"))
    before = files(database.parent)
    at = len('name = "mine"\ntitle = "M')
    refused(archdb("import", str(seed), database=database), f"byte {at}", "save the file as UTF-8")
    assert files(database.parent) == before


def test_a_seed_on_standard_input(seed: Path, database: Path) -> None:
    text = seed.read_bytes()
    answer = archdb("import", "-", database=database, given=text)
    assert (answer.status, answer.out, answer.err) == (0, "", "imported mine\n")
    answer = archdb("import", "-", "--as", "other", database=database, given=text)
    assert answer.err == "imported other\n"
    assert totals("mine", database) == totals("other", database)


@pytest.mark.parametrize(
    ("given", "sign"),
    [
        (b"", "standard input: is empty"),
        (b"\xff", "standard input: is not UTF-8 text: byte 0"),
        ((HEAD + net('["c", "conv2d", {kernel = 3}]')).encode(), "standard input, row 1 'c'"),
        ((HEAD + net('["c", "linear", {units = 4}, ["x"]]')).encode(), "standard input, mine"),
    ],
)
def test_a_bad_seed_on_standard_input(given: bytes, sign: str, database: Path) -> None:
    before = files(database.parent)
    refused(archdb("import", "-", database=database, given=given), sign)
    assert files(database.parent) == before


def test_what_would_be_imported(seed: Path, database: Path) -> None:
    before = files(database.parent)
    answer = archdb("import", str(seed), "--dry-run", database=database)
    assert (answer.status, answer.err) == (0, "would import mine\n")
    answer = archdb("import", str(seed), "--as", "vgg16", "--dry-run", database=database)
    assert answer.err.splitlines()[0] == "would import vgg16"
    assert "there is a network of that name" in answer.err
    words = ("import", str(seed), "--as", "vgg16", "--replace", "--dry-run")
    assert archdb(*words, database=database).err == "would import vgg16\n"
    seed.write_text(HEAD + net('["c", "conv2d", {filters = 4, kernel = 9}]'), "utf-8")
    refused(archdb("import", str(seed), "--dry-run", database=database), str(seed), "does not fit")
    assert files(database.parent) == before


def test_a_name_that_cannot_be_one(seed: Path, database: Path) -> None:
    answer = archdb("import", str(seed), "--as", "A b", database=database)
    refused(answer, "'A b' cannot be a name", status=2)


def test_a_file_is_looked_at_without_storing_it(seed: Path, database: Path) -> None:
    seed.write_text(HEAD + "classes = 10\n" + net(), "utf-8")
    before = files(database.parent)
    words = ("compare", str(seed), "vgg16", "--format", "json")
    rows = json.loads(archdb(*words, database=database).out)
    found = {row["quantity"]: (row["mine.toml"], row["vgg16"]) for row in rows}
    assert found["params"][0] == 4 * 28 + 10 * (4 * 6 * 6 + 1)
    assert found["classes"] == (10, 1000)
    shown = json.loads(archdb("show", str(seed), "--format", "json", database=database).out)
    assert {row["quantity"]: row["mine.toml"] for row in shown} == {
        q: v for q, (v, _) in found.items()
    }
    assert files(database.parent) == before


def test_what_is_no_file_is_called_what_it_is(tmp_path: Path, database: Path) -> None:
    (tmp_path / "of.onnx").mkdir()
    os.mkfifo(tmp_path / "pipe.onnx")
    for command in ("import", "show"):
        for name, sign in (("of.onnx", "is a directory"), ("pipe.onnx", "no file that can be")):
            refused(archdb(command, str(tmp_path / name), database=database), name, sign, "give a")


def test_no_file_and_no_files(tmp_path: Path, database: Path) -> None:
    missing = tmp_path / "missing.toml"
    refused(archdb("import", str(missing), database=database), "No such file or directory")
    refused(archdb("import", str(tmp_path), database=database), "Is a directory")
    refused(archdb("import", database=database), "Missing argument", status=2)
