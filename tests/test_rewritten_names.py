"""NAME+RULE wherever a network's name is: as if it were stored, and it is not."""

import json
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import pytest
from command import Answer, archdb, files, refused
from test_read_only import as_nobody
from test_structure import loaded_by
from variants import ROWS, put, seed

import archdb as package
from archdb.api import Database
from archdb.db import connection

#: A name with rules, and the words by which the same is stored as 'stored'.
NAMES = [
    ("vgg16+fc-to-conv", ["vgg16", "fc-to-conv"]),
    ("googlenet+drop-aux+stack-3x3@*5x5", ["googlenet", "drop-aux", "stack-3x3@*5x5"]),
    ("resnet18+width=0.5+fold-bn", ["resnet18", "width=0.5", "fold-bn"]),
]
QUESTIONS = [
    *(["show", "NAME", "--by", by] for by in ("total", "op", "block", "resolution", "layer")),
    ["show", "NAME", "--convention", "flop", "--input", "256"],
    ["compare", "alexnet", "NAME"],
    ["compare", "NAME", "alexnet", "--by", "layer", "--convention", "mac"],
    ["explain", "NAME"],
    ["explain", "NAME", "--quantity", "receptive_field"],
    ["explain", "NAME/conv1", "--quantity", "receptive_field"],
    ["sweep", "NAME", "--input", "224,288"],
]


def asked(question: list[str], name: str, database: Path) -> Answer:
    """The answer, with NAME where it speaks of the network."""
    words = [word.replace("NAME", name) for word in question]
    answer = archdb(*words, "--format", "json", database=database)
    return answer._replace(out=answer.out.replace(name, "NAME"))


@pytest.mark.parametrize(("name", "stored"), NAMES, ids=[name for name, _ in NAMES])
def test_every_answer_is_that_of_the_stored_variant(
    database: Path, name: str, stored: list[str]
) -> None:
    was = files(database.parent)
    answers = [asked(question, name, database) for question in QUESTIONS]
    assert files(database.parent) == was
    archdb("rewrite", *stored, "--as", "stored", database=database)
    for question, answer in zip(QUESTIONS, answers, strict=True):
        expected = asked(question, "stored", database)
        assert (answer.status, answer.out) == (expected.status, expected.out), question


def test_fcn_at_384_beside_its_base(built: Path) -> None:
    """vgg16 as a convolution keeps its parameters at 384, and gives a map of 6×6 scores; the
    fully connected one needs others."""
    words = ("vgg16", "vgg16+fc-to-conv", "--input", "384", "--format", "json")
    answer = archdb("compare", *words, database=built)
    params = next(row for row in json.loads(answer.out) if row["quantity"] == "params")
    assert params["vgg16+fc-to-conv"] == 138_357_544
    assert params["vgg16"] == 138_357_544 + 4096 * 512 * (12 * 12 - 7 * 7)
    layers = archdb("show", words[1], "--by", "layer", *words[2:], database=built)
    prob = json.loads(layers.out)[-1]
    assert prob["output"] == "1000x6x6"


def test_lineage_of_what_is_not_stored(built: Path) -> None:
    words = ("show", "vgg16_c+classes=10", "--lineage", "--format", "json")
    answer = archdb(*words, database=built)
    first, *others = json.loads(answer.out)
    assert first == {
        "architecture": "vgg16_c+classes=10",
        "variant_of": "vgg16_c",
        "what": "units",
        "base": "1000",
        "here": "10",
        "layers": '["fc8"]',
        "why": "classes=10",
    }
    assert {row["architecture"] for row in others} == {"vgg16_c"}
    assert "note: vgg16_c is a variant of vgg16\n" in answer.err


def test_two_of_one_base_say_how_they_differ(built: Path) -> None:
    answer = archdb("compare", "resnet18+classes=10", "resnet18+classes=20", database=built)
    assert "resnet18+classes=10 → resnet18+classes=20: units: 10 → 20 in fc1000" in answer.err


def test_what_a_rule_leaves_alone_is_told_before_the_answer(built: Path) -> None:
    answer = archdb("compare", "vgg16", "vgg16+stack-3x3@conv1*", database=built)
    told = "vgg16+stack-3x3@conv1*: stack-3x3@conv1* leaves conv1_1, conv1_2 alone: a kernel of 3×3"
    assert answer.err.startswith(f"note: {told}")


def test_aliases_have_rules_too(built: Path) -> None:
    for word in ("VGG_16+fc-to-conv", "vgg_d+fc-to-conv"):
        answer = archdb("show", word, "--format", "json", database=built)
        assert "vgg16+fc-to-conv" in json.loads(answer.out)[0], answer


def test_values_that_are_lists_of_places(built: Path) -> None:
    """A glob may hold what a glob may hold, and a name keeps it."""
    name = "vgg16+bottleneck=16@conv[45]_[!1]"
    rows = json.loads(archdb("show", name, "--by", "layer", "--format", "json", database=built).out)
    added = [row["layer"] for row in rows if row["layer"].endswith("/1x1")]
    assert added == [f"conv{block}_{layer}/1x1" for block in (4, 5) for layer in (2, 3)]


SLASHES = [  # words behind `explain`, what the derivation begins with
    ("googlenet+stack-3x3@inception_3a/5x5/inception_3a/5x5/3x3_1", "Convolution"),
    ("googlenet+stack-3x3@inception_3a/*/inception_3a/5x5/3x3_1", "Convolution"),
    ("googlenet+stack-3x3@*5x5/inception_3a/output", "Maps of equal size stacked"),
    ("googlenet+stack-3x3/inception_3a/5x5", "Convolution"),
    ("googlenet/inception_3a/5x5", "Convolution"),
]


@pytest.mark.parametrize(("words", "begin"), SLASHES, ids=[row[0] for row in SLASHES])
def test_slashes_in_globs_and_in_layers(built: Path, words: str, begin: str) -> None:
    answer = archdb("explain", words, database=built)
    assert answer.status == 0, answer.err
    assert answer.out.startswith(begin)


def test_a_glob_with_a_slash_and_no_layer(built: Path) -> None:
    words = ("googlenet+stack-3x3@inception_3a/5x5", "--quantity", "depth", "--format", "json")
    rows = json.loads(archdb("explain", *words, database=built).out)
    assert "inception_3a/output" not in [row["layer"] for row in rows]
    assert rows[-1]["depth"] == 23  # the longest path now leads through the stack


REFUSED = [  # words, status, signs
    (["show", "vgg16+"], 2, ["'' is no rule", "fc-to-conv"]),
    (["show", "+fold-bn"], 1, ["no network is called ''"]),
    (["show", "vgg17+fold-bn"], 1, ["no network is called 'vgg17'", "vgg16"]),
    (["show", "vgg16+foldbn"], 2, ["'foldbn' is no rule", "did you mean fold-bn"]),
    (["show", "vgg16+width"], 2, ["width needs a positive number"]),
    (["show", "vgg16+width=wide"], 2, ["width needs a positive number", "'wide'"]),
    (["show", "vgg16+fold-bn=1"], 2, ["fold-bn takes no value"]),
    (["show", "vgg16+fold-bn@"], 2, ["a glob of layer names must follow"]),
    (["compare", "vgg16", "vgg16+fold-bn@zz*"], 1, ["no layer has a name like 'zz*'"]),
    (["compare", "vgg16", "vgg16+dilate=8"], 1, ["vgg16+dilate=8, layer 'fc6'", "fc-to-conv"]),
    (["compare", "vgg16+fold-bn", "vgg_16+fold-bn"], 2, ["already in the comparison"]),
    (["show", "vgg16+fc-to-conv", "--input", "64"], 1, ["fc6", "does not fit"]),
    (["show", "vgg16+fc-to-conv", "--convention", "mad"], 1, ["no counting convention"]),
    (["explain", "googlenet+stack-3x3@inception_3a/5x5/none"], 1, ["has no layer 'none'"]),
    (["explain", "googlenet+stack-3x3@none/5x5/none"], 1, ["no layer has a name like 'none'"]),
    (["explain", "vgg16+fc-to-conv/fc9"], 1, ["vgg16+fc-to-conv has no layer 'fc9'", "fc8"]),
    (["derive", "vgg16+fold-bn"], 1, ["archdb rewrite NAME RULE --as NEW_NAME"]),
]


@pytest.mark.parametrize(
    ("words", "status", "signs"), REFUSED, ids=[" ".join(row[0]) for row in REFUSED]
)
def test_a_name_that_means_nothing_is_refused_in_words(
    database: Path, words: list[str], status: int, signs: list[str]
) -> None:
    was = files(database.parent)
    refused(archdb(*words, database=database), *signs, status=status)
    assert files(database.parent) == was


def test_a_rule_that_is_for_nothing_says_so(built: Path) -> None:
    answer = archdb("compare", "vgg16", "vgg16+drop-aux", database=built)
    assert answer.status == 0
    assert "note: vgg16+drop-aux: drop-aux: there is no layer that it is for" in answer.err


def test_a_network_may_be_called_as_if_it_had_rules(database: Path) -> None:
    """What is stored under a name goes before what rules would make."""
    with Database(database) as opened:
        put(opened, seed("vgg16+fold-bn", ROWS))
    answer = archdb("show", "vgg16+fold-bn", "--format", "json", database=database)
    shown = {row["quantity"]: row["vgg16+fold-bn"] for row in json.loads(answer.out)}
    assert shown["input"] == "4x16x16"


def test_rules_work_on_the_rows_as_they_stand(database: Path) -> None:
    with closing(sqlite3.connect(database)) as client, client:
        client.execute(
            "update layer set units = 20 where name = 'fc8'"
            " and network_id = (select id from network where name = 'vgg16')"
        )
    was = database.read_bytes()
    answer = archdb(
        "show", "vgg16+fc-to-conv", "--by", "layer", "--format", "json", database=database
    )
    assert json.loads(answer.out)[-1]["output"] == "20x1x1"
    assert database.read_bytes() == was


def test_a_database_that_cannot_be_written_is_enough(built: Path) -> None:
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        path = place / "archdb.sqlite"
        path.write_bytes(built.read_bytes())
        path.chmod(0o444)
        place.chmod(0o555)
        with as_nobody():
            words = ("vgg16", "vgg16+fc-to-conv", "--input", "384")
            stored = archdb("compare", "vgg16", "alexnet", "--input", "384", database=path)
            answer = archdb("compare", *words, database=path)
            explained = archdb("explain", "vgg16+fc-to-conv/fc6", database=path)
            swept = archdb("sweep", *words, database=path)
            kept = archdb("rewrite", "vgg16", "fc-to-conv", "--as", "mine", database=path)
        place.chmod(0o755)
    assert [each.status for each in (stored, answer, explained, swept)] == [0, 0, 0, 0]
    refused(kept, "cannot be written")


def test_nothing_is_left_in_the_directory_of_temporary_files(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert archdb("show", "vgg16+fc-to-conv", database=built).status == 0
    assert archdb("show", "vgg16+fc-to-conv", "--input", "64", database=built).status == 1
    assert list(tmp_path.iterdir()) == []


def test_a_number_is_explained_as_of_the_stored_variant(database: Path) -> None:
    """Relatives, published figures and conventions count for it as if it were stored."""
    words = ("134.3M", "--all", "--format", "json")
    made = archdb("explain-number", "vgg16+classes=10", *words, database=database)
    assert made.status == 0, made.err
    archdb("rewrite", "vgg16", "classes=10", "--as", "stored", database=database)
    stored = archdb("explain-number", "stored", *words, database=database)
    assert made.out.replace("vgg16+classes=10", "stored") == stored.out
    assert made.err.replace("vgg16+classes=10", "stored") == stored.err


def test_a_stale_network_beside_it_is_derived_again_and_not_kept(database: Path) -> None:
    with closing(sqlite3.connect(database)) as client, client:
        client.execute(
            "update layer set units = 20 where name = 'fc8'"
            " and network_id = (select id from network where name = 'vgg16')"
        )
    was = database.read_bytes()
    answer = archdb("compare", "vgg16", "vgg16+fc-to-conv", "--format", "json", database=database)
    assert "derived again, because rows or archdb have changed: vgg16\n" in answer.err
    params = next(row for row in json.loads(answer.out) if row["quantity"] == "params")
    assert params["vgg16"] == params["vgg16+fc-to-conv"] == 138_357_544 - 980 * (4096 + 1)
    assert database.read_bytes() == was


#: What `compare vgg16 alexnet` puts to the file, and what a name with rules may add to it: where
#: its base is, the four reads of a definition, its classes, and of what both are variants.
STORED, BESIDE = 30, 12


def statements(database: Path, *words: str) -> list[str]:
    """What a command puts to SQLite, as SQLite itself tells it."""
    traced: list[str] = []
    plain = connection.read_only

    def traced_one(path: Path) -> sqlite3.Connection:
        opened = plain(path)
        opened.set_trace_callback(traced.append)
        return opened

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connection, "read_only", traced_one)
        assert archdb(*words, database=database).status == 0
    return traced


def test_rules_cost_a_definition_and_no_second_database(built: Path) -> None:
    """A scratch database was filled and put through every question once (343 statements): what is
    traced in memory needs the rows that define its base, and is asked nothing in SQL."""
    stored = statements(built, "compare", "vgg16", "alexnet")
    ruled = statements(built, "compare", "vgg16", "vgg16+fc-to-conv")
    assert len(stored) <= STORED
    assert len(ruled) <= len(stored) + BESIDE


def test_rules_need_no_sqlalchemy(built: Path) -> None:
    words = ["compare", "vgg16", "vgg16+fc-to-conv"]
    called = f"main(['--database', {str(built)!r}, *{words}], standalone_mode=False)"
    assert "sqlalchemy" not in loaded_by(f"from archdb.cli import main; {called}")


@pytest.mark.parametrize("form", ["latex", "markdown"])
def test_a_table_for_papers_says_what_it_was_made_of(built: Path, form: str) -> None:
    words = ("compare", "vgg_16", "vgg16+fc-to-conv+classes=21", "--format", form)
    answer = archdb(*words, database=built)
    assert answer.status == 0, answer.err
    assert "(configuration D), rewritten by fc-to-conv+classes=21, input 3" in answer.out
    if form == "latex":
        assert "archdb cite vgg16\n" in answer.out, "what rules make cites what they were put to"


def test_it_is_drawn(built: Path) -> None:
    answer = archdb("graph", "lenet5_modern+fc-to-conv", "--layers", database=built)
    assert answer.status == 0, answer.err
    assert "5×5" in next(line for line in answer.out.splitlines() if "120×1×1" in line)
    plain = archdb("graph", "lenet5_modern", database=built)
    dataset = answer.out.partition(":")[0]
    assert plain.out.startswith(dataset), "of the same dataset"


def test_it_is_charted(built: Path, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    words = ("vgg16", "vgg16+stack-3x3", "alexnet+stack-3x3", "-o", str(tmp_path / "chart.svg"))
    for kind in ("depth", "resolution", "receptive-field"):
        answer = archdb("plot", kind, *words, database=built)
        assert answer.status == 0, answer.err
        assert "alexnet+stack-3x3" in (tmp_path / "chart.svg").read_text("utf-8")


def test_a_number_of_it_is_explained(built: Path) -> None:
    words = ("explain-number", "vgg16+classes=10", "134.3M", "--format", "json")
    answer = archdb(*words, database=built)
    assert answer.status == 0, answer.err
    found = json.loads(answer.out)[0]
    assert found["architecture"] == "vgg16+classes=10"
    assert found["value"] == 138_357_544 - 990 * (4096 + 1)


def test_from_python(built: Path) -> None:
    with package.open(built) as database:
        result = database.compare("vgg16", "vgg16+fc-to-conv", input=384).to_dicts()
        layers = database.rewrite("vgg16", "fc-to-conv", input=384).to_dicts()
    quantities = {row["quantity"]: row["vgg16+fc-to-conv"] for row in result}
    assert quantities["params"] == layers[-1]["params after"] == 138_357_544
