"""Seed files: what one says, and what is said of one that is wrong."""

from pathlib import Path
from typing import Any

import pytest

import archdb
from archdb.analysis.inputs import native_inputs
from archdb.analysis.profile import derive
from archdb.errors import DefinitionError
from archdb.sources.reported import bundled_figures
from archdb.sources.toml import Reference, Seed, bundled_files, bundled_references, load
from archdb.spaces import REGISTRY as SPACES

WHOLE_CATALOGUE = True

KNOWN = {
    "lecun1998": Reference(
        "lecun1998", "article", ("LeCun, Yann",), "Title", 1998, None, None, None
    )
}
#: Files in which keys of publications may stand.
PROSE = {".py", ".sql"}
HEADER = {"name": '"net"', "title": '"Net"', "family": '"Nets"', "year": "2000"}


def seed(rows: str = '["a", "relu"]', more: str = "", **header: str) -> str:
    """The text of a seed with these rows; `more` follows its layers in [net]."""
    lines = [f"{key} = {value}" for key, value in (HEADER | header).items() if value]
    return "\n".join([*lines, "[net]", "input = [3, 11, 13]", f"layers = [{rows}]", more])


def source(**words: str) -> str:
    """A seed with one source, its words given or left out."""
    table = ", ".join(f'{key} = "{value}"' for key, value in words.items())
    return seed(source=f"[{{{table}}}]")


def read(tmp_path: Path, text: str | bytes) -> Seed:
    path = tmp_path / "net.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load(path, KNOWN)


def test_a_seed_says_all_this(tmp_path: Path) -> None:
    rows = '["a", "conv2d", {filters = 3, kernel = 1}], ["sum", "add", ["a", "data"]]'
    head = 'auxiliary = [["head", "linear", {units = 2}, ["a"]]]'
    names = {"aliases": '["webs"]', "variant_of": '"base"'}
    cited = '[{claim = "all", cite = "lecun1998", where = "Figure 2"}]'
    found = read(tmp_path, seed(rows, head, **names, source=cited))
    assert (found.name, found.title, found.family, found.year) == ("net", "Net", "Nets", 2000)
    assert (found.aliases, found.variant_of) == (("webs",), "base")
    assert [tuple(each) for each in found.sources] == [("all", "lecun1998", "Figure 2")]
    assert found.references == (KNOWN["lecun1998"],)
    edges = [(each.name, each.inputs, each.auxiliary) for each in found.network]
    assert edges == [
        ("data", (), False),
        ("a", ("data",), False),
        ("sum", ("a", "data"), False),
        ("head", ("a",), True),
    ]


def test_the_input_layer_may_have_the_name_its_source_gives(tmp_path: Path) -> None:
    network = read(tmp_path, seed(more='input_name = "image"')).network
    assert [each.name for each in network] == ["image", "a"]


def test_each_layer_of_an_op_has_what_is_stated_of_all(tmp_path: Path) -> None:
    rows = '["a", "slim_conv2d", {filters = 4, kernel = 3}], ["b", "batch_norm"]'
    stated = read(tmp_path, seed(rows, "each = {batch_norm = {epsilon = 0.5}}")).network
    plain = read(tmp_path, seed(rows)).network
    for layer, before in zip(stated, plain, strict=True):
        norm = layer.op.name == "batch_norm"
        assert layer.op == (before.op.like(epsilon=0.5) if norm else before.op)
    for each, message in (
        ("{batch_nrom = {epsilon = 0.5}}", "'batch_nrom' is the op of no layer"),
        ("{batch_norm = {epsilom = 0.5}}", "has no attribute 'epsilom'"),
        ("{batch_norm = 1}", "'each' needs a table of ops"),
    ):
        with pytest.raises(DefinitionError, match=message):
            read(tmp_path, seed(rows, f"each = {each}"))


def test_a_seed_may_bring_its_own_references(tmp_path: Path) -> None:
    own = '[reference.doe2001]\nauthors = ["Doe, Jane"]\ntitle = "Nets"\nyear = 2001'
    cited = '[{claim = "all", cite = "doe2001", where = "Table 1"}]'
    found = read(tmp_path, seed(source=cited) + "\n" + own)
    assert [reference.authors for reference in found.references] == [("Doe, Jane",)]


def lines(*rows: str) -> str:
    return seed(", ".join(rows))


A_RELU = '["a", "relu"]'
CONV = '["a", "conv2d", {filters = 3, kernel = 3'
CITED = {"claim": "all", "where": "Table 1"}

#: What is wrong with it; the seed; what the message must hold: place, fault and remedy.
BAD: list[tuple[str, Any, tuple[str, ...]]] = [
    ("empty", "", ("is empty", "a seed needs name, title, family, year and [net]")),
    ("only spaces", " \n\t\n", ("is empty",)),
    ("not TOML", "name = = 2", ("is not TOML", "line 1")),
    ("nested without end", "x = " + "[" * 5000, ("is not TOML",)),
    ("a number without end", "x = " + "9" * 5000, ("is not TOML",)),
    ("not UTF-8", b"title = '\xff'", ("not UTF-8", "byte 9", "save the file as UTF-8")),
    ("wrong key", seed(titel='"x"'), ("has no attribute 'titel'", "did you mean title?")),
    ("wrong key in [net]", seed(more="layer = []"), ("[net]", "'layer'", "did you mean layers?")),
    ("no [net]", 'name = "n"\ntitle = "t"\nfamily = "f"\nyear = 2000', ("'net' is missing",)),
    ("[net] no table", 'name = "n"\ntitle = "t"\nfamily = "f"\nyear = 2000\nnet = 3', ("a table",)),
    ("no title", seed(title=""), ("'title' is missing", "it needs a word")),
    ("name of two words", seed(name='"My Net"'), ("'name' needs a word in lower case", "'My Net'")),
    ("capital alias", seed(aliases='["NeT"]'), ("'aliases' needs", "lower case", "['NeT']")),
    ("year no integer", seed(year='"1998"'), ("'year' needs a year from 1943", "'1998'")),
    ("year of the abacus", seed(year="1642"), ("'year' needs a year from 1943", "1642")),
    ("year too late", seed(year="20000"), ("'year' is too large: at most 2999",)),
    ("input no shape", seed().replace("[3, 11, 13]", '"3x11"'), ("[net]", "'input'", "'3x11'")),
    ("input of no extents", seed().replace("[3, 11, 13]", "[]"), ("[net]", "'input'", "[]")),
    ("layers no rows", seed('"a"'), ("[net]", "'layers' needs a list of rows such as",)),
    ("row too short", lines('["a"]'), ("row 1 'a'", "needs a name and an op or block")),
    ("empty row", lines(A_RELU, "[]"), ("row 2 ''", "needs a name and an op or block, got []")),
    ("row with a number", lines("[1, 'relu']"), ("row 1", "needs a name and an op or block")),
    ("row with a word too many", lines('["a", "relu", "b"]'), ("row 1 'a'", "inputs in brackets")),
    ("inputs no names", lines('["a", "relu", [1]]'), ("row 1 'a'", "inputs in brackets, got [1]")),
    ("unknown op", lines('["a", "conv2"]'), ("row 1 'a'", "op or block 'conv2'", "mean conv2d")),
    ("unlike any op", lines('["a", "zzz"]'), ("unknown op or block 'zzz'", "written as 'unknown'")),
    ("wrong attribute", lines(CONV + ", strides = 2}]"), ("row 1 'a', conv2d", "mean stride?")),
    ("wrong type", lines(CONV + ', bias = "no"}]'), ("row 1 'a', conv2d", "needs true or false")),
    ("attribute missing", lines('["a", "linear"]'), ("row 1 'a', linear", "it needs a positive")),
    ("block attribute", lines('["a", "conv_stage", {}]'), ("row 1 'a'", "'width' is missing")),
    ("block of two inputs",
     lines(A_RELU, '["b", "conv_stage", {width = 3, kernels = [3]}, ["a", "data"]]'),
     ("row 2 'b'", "a block reads one layer, got 2")),
    ("duplicate name", lines(A_RELU, A_RELU), ("layer 'a'", "two layers", "a name of its own")),
    ("name of the input", lines('["data", "relu"]'), ("layer 'data'", "two layers")),
    ("dangling", lines(A_RELU, '["b", "relu", ["dat"]]'), ("layer 'b'", "'dat'", "mean data")),
    ("cyclic", lines('["a", "relu", ["b"]]', '["b", "relu", ["a"]]'),
     ("cycle: a → b → a", "only what is worked out before it")),
    ("reads a head", lines(A_RELU, '["b", "relu", ["h"]]') + 'auxiliary = [["h", "relu", ["a"]]]',
     ("layer 'b'", "reads 'h'", "auxiliary head")),
    ("bad head", seed(more='auxiliary = [["h", "rely"]]'), ("auxiliary row 1 'h'", "mean relu, ")),
    ("unknown citation", source(**CITED, cite="lecun98"), ("source 1", "mean lecun1998?")),
    ("unlike any citation", source(**CITED, cite="x"), ("cites 'x'", "add a table [reference.x]")),
    ("no citation", source(**CITED), ("source 1", "'cite' is missing", "it needs a word")),
    ("sources no tables", seed(source="[3]"), ("'source' needs tables, got [3]",)),
    ("reference no table", seed(reference="{doe = 3}"), ("reference 'doe'", "needs a table")),
    ("reference without authors", seed(reference='{doe = {title = "x", year = 2000}}'),
     ("reference 'doe'", "'authors' is missing")),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_a_bad_seed_is_refused_with_place_and_remedy(
    tmp_path: Path, text: str | bytes, said: tuple[str, ...]
) -> None:
    with pytest.raises(DefinitionError) as caught:
        read(tmp_path, text)
    message = str(caught.value)
    assert message.startswith(str(tmp_path / "net.toml"))
    assert [part for part in said if part not in message] == []


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match=r"none\.toml: cannot be read: No such file"):
        load(tmp_path / "none.toml")


def test_shapes_that_do_not_meet_are_found_when_the_seed_is_derived(tmp_path: Path) -> None:
    rows = CONV + '}], ["sum", "add", ["a", "data"]]'
    with pytest.raises(DefinitionError, match=r"net, layer 'sum' \(add\): shapes that do not meet"):
        derive(read(tmp_path, seed(rows)).network)


files = pytest.mark.parametrize("path", bundled_files(), ids=lambda path: path.stem)


@files
def test_a_bundled_file_is_called_as_its_network(path: Path) -> None:
    assert load(path, bundled_references()).name == path.stem


@files
def test_a_bundled_network_has_sources_and_an_input(path: Path) -> None:
    found = load(path, bundled_references())
    assert found.sources
    assert all(each.where for each in found.sources)
    assert native_inputs(found.network)


def test_names_aliases_and_bases_of_the_bundled_networks_fit_together() -> None:
    seeds = [load(path, bundled_references()) for path in bundled_files()]
    own = [found.name for found in seeds]
    assert len({*own, *(alias for found in seeds for alias in found.aliases)}) == sum(
        1 + len(found.aliases) for found in seeds
    )
    assert {found.variant_of for found in seeds} - {None} <= set(own)


def test_every_bundled_reference_is_cited() -> None:
    references = bundled_references()
    cited = {each.cite for path in bundled_files() for each in load(path, references).sources}
    files = [path for path in Path(archdb.__file__).parent.rglob("*") if path.suffix in PROSE]
    words = "".join(path.read_text("utf-8") for path in files)  # ops and columns cite too
    cited |= {figure.citation for figure in bundled_figures()}
    assert cited <= set(references)
    cited |= {space.cite for space in SPACES.values()}
    assert {key for key in references if key not in words} <= cited
