"""archdb cite: BibTeX of networks' papers and of the dataset, which a real BibTeX accepts."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import sqlite3
import subprocess
import tomllib
from contextlib import closing
from pathlib import Path

import pytest
from command import archdb, refused

from archdb.dataset.release import Release
from archdb.render.bibtex import bibliography, entry, key_of
from archdb.version import REPOSITORY, __version__

ROOT = Path(__file__).parents[1]
RELEASE = Release("0.1.0", "sha256:" + "0123456789abcdef" * 4)


def cited(*words: str, database: Path) -> str:
    answer = archdb("cite", *words, database=database)
    assert answer.status == 0, answer.err
    return answer.out


def keys(text: str) -> list[str]:
    return re.findall(r"^@\w+\{([^,]+),$", text, re.MULTILINE)


def one(**row: object) -> str:
    """The entry of one citation."""
    whole = {"kind": "misc", "key": "doe2024", "title": "T", "year": 2024, "authors": '["Doe, J."]'}
    nothing = {"venue": None, "doi": None, "url": None}
    return bibliography([{**nothing, **whole, **row}], RELEASE).split("\n\n")[0]


def test_papers_of_networks_then_the_dataset(database: Path) -> None:
    text = cited("vgg16", "alexnet", "vgg19", database=database)
    assert keys(text) == ["simonyan2015", "krizhevsky2012", "archdb"]
    assert "author    = {Krizhevsky, Alex and Sutskever, Ilya and Hinton, Geoffrey E.}," in text


@pytest.mark.parametrize("told", [True, False], ids=["a sentence each", "no sentences"])
def test_the_command_in_a_table_prints_what_it_cites(told: bool, whole: Path) -> None:
    """Of networks and of conventions, whatever the table has notes of."""
    names = ["vgg16", "nin+width=0.5"] if told else ["*"]
    counted = ("mac", "fvcore", "conv_only", "torchvision", "thop_2019")
    asked = [word for name in counted for word in ("--convention", name)]
    table = archdb("list", *names, *asked, "--format", "latex", database=whole).out
    wanted = {key for some in re.findall(r"\\cite\{([^}]*)\}", table) for key in some.split(",")}
    conventions = {
        "convention-fvcore",
        "he2016",
        "zhang2018",
        "torchvision",
        "convention-thop_2019",
    }
    assert wanted == conventions | {"archdb"} | (
        {"simonyan2015", "lin2014caffe"} if told else set()
    )
    (command,) = re.findall("BibTeX of the sources: archdb (.*)", table)
    printed = keys(archdb(*shlex.split(command), database=whole).out)
    assert wanted <= set(printed)


def test_every_convention_is_cited_or_archdbs_own(database: Path) -> None:
    with closing(sqlite3.connect(database)) as client:
        every = client.execute("select name, source from convention").fetchall()
    for name, source in every:
        own = keys(cited("--convention", name, database=database))
        assert (len(own) == 1) == (source == "archdb"), name
    refused(archdb("cite", "--convention", "fvcor", database=database), "did you mean fvcore")


def test_a_stored_variant_cites_its_base(database: Path) -> None:
    for words in (("vgg16", "fc-to-conv", "--as", "mine"), ("mine", "width=0.5", "--as", "half")):
        assert archdb("rewrite", *words, database=database).status == 0
    answer = archdb("cite", "half", database=database)
    assert (keys(answer.out), answer.err) == (["simonyan2015", "archdb"], "")


def test_a_name_with_rules_cites_the_network_before_them(database: Path) -> None:
    answer = archdb("cite", "vgg16+fc-to-conv", "alexnet", database=database)
    assert (keys(answer.out), answer.err) == (["simonyan2015", "krizhevsky2012", "archdb"], "")
    refused(archdb("cite", "vgg17+fc-to-conv", database=database), "vgg16")


def test_a_point_cites_its_space(database: Path) -> None:
    assert archdb("space", "build", "vgg_widths", "--limit", "1", database=database).status == 0
    with closing(sqlite3.connect(database)) as client:
        ((name,),) = client.execute("select name from network where space is not null").fetchall()
    assert keys(cited(name, database=database)) == ["simonyan2015", "archdb"]


SEED = """
name = "two_paths"
title = "Two paths and a sum"
family = "Examples"
year = 2024
[reference.notebook]
authors = ["Doe, Jane"]
title = "Laboratory notebook"
year = 2024
[[source]]
claim = "layer table"
cite = "notebook"
where = "page 12"
[net]
input = [3, 32, 32]
layers = [["fc", "linear", {units = 10}]]
"""


def test_a_network_of_ones_own_cites_what_vouches_for_it(database: Path, tmp_path: Path) -> None:
    """As README's 'Add a network' makes one: it names a source, and no paper."""
    seed = tmp_path / "two_paths.toml"
    seed.write_text(SEED)
    assert keys(cited(str(seed), database=database)) == ["notebook", "archdb"], "not stored"
    assert archdb("import", str(seed), database=database).status == 0
    answer = archdb("cite", "two_paths", database=database)
    assert keys(answer.out) == ["notebook", "archdb"]
    assert answer.err == "note: two_paths names no paper: cited is what vouches for it\n"
    seed.write_text(SEED.replace('title = "Two', 'variant_of = "vgg16"\ntitle = "Two'))
    assert keys(cited(str(seed), database=database)) == ["simonyan2015", "archdb"]
    found = keys(cited(str(seed), "--all", database=database))
    assert found[0] == "notebook" and "simonyan2015" in found


def test_the_address_of_archdb_is_one(database: Path) -> None:
    """In the package, in what is published of it, and in what it prints."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert {"Repository", "Homepage", "Documentation", "Changelog"} <= project["urls"].keys()
    assert project["urls"]["Repository"] == project["urls"]["Homepage"] == REPOSITORY
    assert all(url.startswith(REPOSITORY) for url in project["urls"].values())
    cff = (ROOT / "CITATION.cff").read_text("utf-8").splitlines()
    assert f'repository-code: "{REPOSITORY}"' in cff and f"version: {__version__}" in cff
    own = cited(database=database)
    assert f"url          = {{{REPOSITORY}}}," in own
    assert f"version      = {{{__version__}}}," in own


def test_all_sources_on_request(database: Path) -> None:
    text = cited("alexnet", "--all", database=database)
    assert keys(text) == ["krizhevsky2012", "bvlc2012alexnet", "archdb"]
    assert "url    = {https://github.com/BVLC/caffe/tree/master/models/bvlc_alexnet}," in text


def test_the_dataset_alone_says_which_it_is(database: Path) -> None:
    (own,) = cited(database=database).split("\n\n")
    info = json.loads(archdb("info", "--format", "json", database=database).out)
    content = {row["item"]: row["value"] for row in info}["content hash"]
    assert f"note         = {{Version 0.1.0, content {content[:23]}}}," in own
    assert keys(own) == ["archdb"]


def test_an_article_is_taken_apart(database: Path) -> None:
    text = cited("lenet5", database=database)
    for line in (
        "@article{lecun1998,",
        "  journal = {Proceedings of the IEEE},",
        "  volume  = {86},",
        "  number  = {11},",
        "  pages   = {2278--2324},",
        "  doi     = {10.1109/5.726791},",
    ):
        assert line in text.splitlines()


def test_a_preprint_of_a_conference_paper_is_named(database: Path) -> None:
    text = cited("vgg16", database=database)
    assert re.search(
        r"booktitle += \{International Conference on Learning Representations\},", text
    )
    assert re.search(r"eprint += \{1409.1556\},\n +archiveprefix = \{arXiv\},", text)


@pytest.mark.parametrize(
    ("row", "line"),
    [
        ({"authors": '["Dollár, Piotr", "others"]'}, "{Doll{\\'{a}}r, Piotr and others}"),
        ({"authors": '["Facebook AI Research"]'}, "{{Facebook AI Research}}"),
        ({"title": "50% of C_3 & {x}"}, r"{{50\% of C\_3 \& \textbraceleft{}x\textbraceright{}}}"),
        ({"url": "http://x.org/a_b%20c#d"}, "{http://x.org/a_b%20c#d}"),
        ({"url": "http://x.org/{a} b"}, "{http://x.org/%7Ba%7D%20b}"),
        ({"venue": "arXiv:1704.04861"}, "{arXiv:1704.04861}"),
        ({"kind": "inproceedings", "venue": "ECCV, LNCS 9905:21-37"}, "{21--37}"),
    ],
)
def test_signs_and_names(row: dict[str, str], line: str) -> None:
    assert f" = {line}," in one(**row)


def test_keys_are_valid() -> None:
    assert key_of("doe 2024, {a}") == "doe2024a"
    assert key_of("{}") == "unnamed"
    assert entry("software", "x", {"title": "y"}).startswith("@misc{x,")


def test_what_is_not_there(database: Path) -> None:
    refused(archdb("cite", "vgg61", database=database), "no network is called 'vgg61'", "vgg16")


def test_a_network_without_a_paper_is_told(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(
            "update source set claim = 'note' where claim = 'paper' and network_id ="
            " (select id from network where name = 'nin')"
        )
    answer = archdb("cite", "nin", database=database)
    assert keys(answer.out) == ["lin2014", "lin2014caffe", "archdb"]
    assert answer.err == "note: nin names no paper: cited is what vouches for it\n"
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(
            "delete from source where network_id = (select id from network where name = 'nin')"
        )
    answer = archdb("cite", "nin", database=database)
    assert (keys(answer.out), answer.err) == (["archdb"], "note: nin names no source\n")


# The whole catalogue.


@pytest.fixture(scope="module")
def everything(whole: Path) -> str:
    """Every entry that there is."""
    with closing(sqlite3.connect(whole)) as connection:
        names = [name for (name,) in connection.execute("select name from network")]
    return cited(*names, "--all", database=whole)


def value(text: str, start: int) -> int:
    """Where the braces that open at `start` are closed, as BibTeX counts them: escaped or not."""
    assert text[start] == "{"
    depth = 0
    for at in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        if depth == 0:
            return at + 1
    raise AssertionError("a brace is never closed")


def parsed(text: str) -> dict[str, tuple[str, dict[str, str]]]:
    """Kind and fields of each entry by its key; anything else than entries is a fault."""
    found: dict[str, tuple[str, dict[str, str]]] = {}
    at = 0
    while at < len(text):
        head = re.compile(r"\s*@(\w+)\{([A-Za-z0-9:.+/_-]+),\s*").match(text, at)
        assert head, text[at : at + 80]
        kind, key = head.groups()
        assert key not in found, f"{key} twice"
        fields: dict[str, str] = {}
        at = head.end()
        while field := re.compile(r"(\w+) *= *(?=\{)").match(text, at):
            at = value(text, field.end())
            fields[field[1]] = text[field.end() + 1 : at - 1]
            comma = re.compile(r",\s*").match(text, at)
            assert comma, f"{key}: no comma behind {field[1]}"
            at = comma.end()
        end = re.compile(r"\}\s*").match(text, at)
        assert end, f"{key}: {text[at : at + 40]}"
        found[key] = (kind, fields)
        at = end.end()
    return found


@pytest.mark.parametrize("text", ["@misc{a,\n  x = {y\n}\n", "@misc{a,\n  x = {y}\n}\n", "text"])
def test_the_parser_sees_faults(text: str) -> None:
    with pytest.raises(AssertionError):
        parsed(text)


def test_every_entry_can_be_parsed_and_is_whole(everything: str) -> None:
    entries = parsed(everything)
    assert list(entries) == keys(everything)
    assert len(entries) > 50
    for key, (kind, fields) in entries.items():
        assert kind in ("article", "inproceedings", "misc"), key
        assert fields["title"] and fields["author"], key
        if key != "archdb":
            assert re.fullmatch(r"(19|20)\d\d", fields["year"]), key
        where = {"article": "journal", "inproceedings": "booktitle"}.get(kind)
        assert where is None or fields[where], f"{key} does not say where it appeared"
        for name, text in fields.items():
            assert text.isascii(), f"{key}: {name} is for XeTeX alone"
        if "eprint" in fields:
            assert re.fullmatch(r"\d{4}\.\d{4,5}", fields["eprint"]), key
            assert fields["archiveprefix"] == "arXiv", key


def test_authors_are_as_bibtex_takes_them(everything: str) -> None:
    """'Family, Given' or a group in braces, none of whose words is taken for a name's part."""
    for key, (_, fields) in parsed(everything).items():
        plain = re.sub(r"\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}", "x", fields["author"])
        for author in plain.split(" and "):
            assert author in ("others", "x") or author.count(",") == 1, (key, author)


@pytest.mark.skipif(shutil.which("bibtex") is None, reason="there is no BibTeX here (bibtex)")
def test_bibtex_takes_every_entry_of_the_catalogue(
    everything: str, database: Path, tmp_path: Path
) -> None:
    text = cited("--convention", "fvcore", database=database).split("@misc{archdb")[0] + everything
    (tmp_path / "all.bib").write_text(text, "utf-8")
    (tmp_path / "all.tex").write_text(
        "\\documentclass{article}\\begin{document}\\nocite{*}\\bibliographystyle{plain}"
        "\\bibliography{all}\\end{document}"
    )
    for words in (["pdflatex"], ["bibtex"], ["pdflatex", "-halt-on-error"]):
        line = (
            [*words, "all"] if words == ["bibtex"] else [*words, "-interaction=nonstopmode", "all"]
        )
        done = subprocess.run(line, cwd=tmp_path, capture_output=True, check=False)
        assert done.returncode == 0, done.stdout.decode("utf-8", "replace")[-2000:]
    log = (tmp_path / "all.blg").read_text("utf-8", "replace")
    assert "Warning--" not in log and "error message" not in log
    assert (tmp_path / "all.bbl").read_text("utf-8").count("\\bibitem") == len(keys(text))
