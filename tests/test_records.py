"""What a seed says of its outputs, its classes and its base, and what of that is refused."""

from pathlib import Path

import pytest

from archdb.errors import DefinitionError
from archdb.sources.records import Difference, Seed
from archdb.sources.toml import bundled_references, load

HEADER = 'name = "net"\ntitle = "T"\nfamily = "F"\nyear = 2000\n'
FORK = '["a", "relu"], ["b", "tanh", ["a"]], ["c", "sigmoid", ["a"]]'


def read(tmp_path: Path, header: str = "", rows: str = '["a", "relu"]', more: str = "") -> Seed:
    path = tmp_path / "net.toml"
    path.write_text(
        f"{HEADER}{header}\n[net]\ninput = [3, 11, 13]\nlayers = [{rows}]\n{more}\n", "utf-8"
    )
    return load(path)


def refusal(tmp_path: Path, header: str = "", rows: str = '["a", "relu"]', more: str = "") -> str:
    with pytest.raises(DefinitionError) as caught:
        read(tmp_path, header, rows, more)
    return str(caught.value).removeprefix(f"{tmp_path / 'net.toml'}, ")


# Outputs


def test_the_last_layer_is_the_output_unless_others_are_stated(tmp_path: Path) -> None:
    assert len(read(tmp_path, rows='["a", "relu"], ["b", "tanh"]').network) == 3
    assert len(read(tmp_path, rows=FORK, more='outputs = ["b", "c"]').network) == 4


@pytest.mark.parametrize(
    ("outputs", "left"), [("", "b"), ('outputs = ["b"]', "c"), ('outputs = ["a"]', "b")]
)
def test_a_layer_that_nothing_reads_is_an_output_or_a_mistake(
    outputs: str, left: str, tmp_path: Path
) -> None:
    assert refusal(tmp_path, rows=FORK, more=outputs) == (
        f"layer '{left}': nothing reads it\n  if it is an output: outputs = [\"{left}\", …]"
    )


def test_an_output_may_be_read_as_well(tmp_path: Path) -> None:
    assert read(tmp_path, rows='["a", "relu"], ["b", "tanh"]', more='outputs = ["a", "b"]')


def test_what_only_a_head_reads_leads_nowhere(tmp_path: Path) -> None:
    head = 'auxiliary = [["h", "relu", ["b"]]]'
    assert "layer 'b': nothing reads it" in refusal(tmp_path, rows=FORK, more=head)
    assert read(tmp_path, rows=FORK, more=f'outputs = ["b", "c"]\n{head}')


@pytest.mark.parametrize("name", ["conv1", "h"])
def test_an_output_is_a_layer_outside_heads(name: str, tmp_path: Path) -> None:
    more = f'outputs = ["a", "{name}"]\nauxiliary = [["h", "relu", ["a"]]]'
    assert f"'{name}' is stated as an output, but is no layer" in refusal(tmp_path, more=more)


def test_a_misspelt_output_is_answered_with_the_layer_that_is_meant(tmp_path: Path) -> None:
    rows, more = '["classifier", "relu"]', 'outputs = ["classifier", "clasifier"]'
    assert "did you mean classifier?" in refusal(tmp_path, rows=rows, more=more)


def test_a_slip_in_an_edge_is_told_and_not_what_hangs_because_of_it(tmp_path: Path) -> None:
    rows = '["conv", "relu"], ["b", "tanh", ["convv"]]'
    said = refusal(tmp_path, rows=rows)
    assert "layer 'b': reads 'convv'" in said
    assert "did you mean conv?" in said


# Classes


def test_classes_may_be_left_out(tmp_path: Path) -> None:
    assert read(tmp_path).classes is None
    assert read(tmp_path, "classes = 10").classes == 10


@pytest.mark.parametrize("value", ["0", "-3", '"ten"', "true", "2.5"])
def test_classes_are_counted(value: str, tmp_path: Path) -> None:
    assert "'classes' needs a positive integer" in refusal(tmp_path, f"classes = {value}")


# Differences

STATED = {"what": '"stride"', "base": '"2"', "here": '"1"', "layers": '["conv*"]'}


def difference(variant: bool = True, **changed: str) -> str:
    """A header with two differences, the second one changed; a key given as nothing is left out."""
    tables = [STATED, {**STATED, **changed}]
    words = ["variant_of = 'base'"] if variant else []
    for table in tables:
        words += ["[[difference]]", *(f"{key} = {value}" for key, value in table.items() if value)]
    return "\n".join(words)


def test_differences_are_kept_as_they_are_stated(tmp_path: Path) -> None:
    second = {"base": '""', "here": '"lrn"', "what": '"layer"', "layers": '["norm1", "norm2"]'}
    assert read(tmp_path, difference(**second, why='"as in 2012"')).differences == (
        Difference("stride", "2", "1", ("conv*",), ""),
        Difference("layer", "", "lrn", ("norm1", "norm2"), "as in 2012"),
    )


REFUSED = {
    "no base to differ from": ({"variant": False}, "states differences, but no variant_of"),
    "nothing said to differ": ({"what": ""}, "difference 2: 'what' is missing"),
    "no value there": ({"base": ""}, "difference 2: 'base' is missing"),
    "a value that is no text": ({"here": "1"}, "difference 2: 'here' needs text, perhaps empty"),
    "a value that is the same": ({"here": '"2"'}, "difference 2: states no difference: '2' here"),
    "no layers": ({"layers": "[]"}, "difference 2: names no layers\n  layers = [\"*\"] means all"),
    "a layer for a list": ({"layers": '"conv"'}, "difference 2: 'layers' needs a list of words"),
    "a key too many": ({"note": '"x"'}, "difference 2: has no attribute 'note'"),
}  # fmt: skip


@pytest.mark.parametrize("kind", REFUSED)
def test_a_difference_says_what_is_how_in_which_layers(kind: str, tmp_path: Path) -> None:
    changed, said = REFUSED[kind]
    assert said in refusal(tmp_path, difference(**changed))  # type: ignore[arg-type]


def test_differences_are_tables(tmp_path: Path) -> None:
    assert "'difference' needs tables, got [3]" in refusal(
        tmp_path, 'variant_of = "base"\ndifference = [3]'
    )


# The bibliography


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory of reference files in place of the bundled one."""
    monkeypatch.setattr("archdb.sources.toml.bundled", lambda name: tmp_path / name)
    directory = tmp_path / "seeds" / "references"
    directory.mkdir(parents=True)
    return directory


def book(key: str) -> str:
    return f'[{key}]\nauthors = ["Doe, Jane"]\ntitle = "T"\nyear = 2001\n'


def test_the_bibliography_is_all_files_together(shelf: Path) -> None:
    (shelf / "a.toml").write_text(book("doe2001") + book("doe2002"), "utf-8")
    (shelf / "b.toml").write_text(book("doe2003"), "utf-8")
    assert list(bundled_references()) == ["doe2001", "doe2002", "doe2003"]


def test_a_key_stands_in_one_file_only(shelf: Path) -> None:
    (shelf / "a.toml").write_text(book("doe2001"), "utf-8")
    (shelf / "b.toml").write_text(book("doe2002") + book("doe2001"), "utf-8")
    with pytest.raises(DefinitionError) as caught:
        bundled_references()
    assert str(caught.value) == (
        f"{shelf / 'b.toml'}, reference 'doe2001': is in another file as well"
    )


def test_a_fault_in_the_bibliography_names_its_file(shelf: Path) -> None:
    (shelf / "a.toml").write_text(book("doe2001").replace("2001\n", "'x'\n"), "utf-8")
    with pytest.raises(DefinitionError, match=r"a\.toml, reference 'doe2001': 'year' needs"):
        bundled_references()
