"""Issue 10, 'What comes from a file is shown, never obeyed' and 'Errors that did not help'.

A database is filled from hostile files, and its names are then set by another SQL client to what
no import takes. Every command is asked in every format; nothing that steers a terminal, a page, a
bibliography, a drawing or a spreadsheet gets through, and what machines read stays exact.
"""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import sqlite3
import unicodedata
from contextlib import closing
from pathlib import Path

import pytest
from command import Answer, archdb, refused, terminal

from archdb.dataset.release import Release
from archdb.errors import ArchdbError, nearest
from archdb.queries.result import Result
from archdb.render import formats
from archdb.render.bibtex import bibliography
from archdb.render.tex_text import escape_tex
from archdb.text import MESSAGE, WORD, clipped, inline, printable

#: Retitles the window, clears it, colours it by C1, rings; ends lines in seven ways; turns the
#: reading direction; shows nothing in five ways.
STEERING = (
    "\x1b]0;owned\x07\x1b[2J\x9b31m\x00\n\r\x0b\x0c\x85\u2028\u2029\u202e\u2066"
    "\u200b\u200d\ufeff\u00ad\u3164\ufe0f\U000e0001"
)
MARKUP = (
    "<script>alert(1)</script><img/src=x/onerror=y>\"'`|](a)[b](c)![d](e)"
    "\\input{f}\\write18{g}{}}{%\\%$\\frac$#35;_&lt;~^%%{init:{}}%%@;--end*"
)
PROSE = f'=1+1 {MARKUP} {STEERING}\nclick n0 href "javascript:x"\n| a | b |\n}}\n% \n# x'
#: A name has neither spaces nor capitals; a plus begins a rule and a slash a layer.
NAME = "".join(f"{MARKUP}{STEERING}".split(" ")).replace("/", ":").lower()
HEAD = '{}\n{}\nyear = 2024\nfamily = "Own"\n'
NET = """
[net]
input = [3, 16, 16]
layers = [
  ["stage", "conv_stage", {width = 4, kernels = [3, 3]}],
  ["a", "conv2d", {filters = 4, kernel = 1}],
  ["sum", "add", ["a", "relustage_2"]],
  ["fc", "linear", {units = 10}],
]
"""


def quoted(text: str) -> str:
    """The text as TOML has it."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def seed(path: Path, name: str, more: str = "", net: str = NET, title: str = PROSE) -> Path:
    header = HEAD.format(f"name = {quoted(name)}", f"title = {quoted(title)}")
    path.write_text(header + more + net, "utf-8")
    return path


SOURCED = f"""
[[source]]
claim = {quoted(PROSE)}
cite = "evil2024"
where = {quoted(PROSE)}
[reference.evil2024]
kind = "article"
authors = [{quoted("Own, " + PROSE)}, {quoted(PROSE)}]
title = {quoted(PROSE)}
year = 2024
venue = {quoted(PROSE)}
doi = {quoted(PROSE)}
url = {quoted(PROSE)}
"""
VARIED = f"""variant_of = "evil"
[[difference]]
what = "kernel"
base = {quoted(PROSE)}
here = {quoted(PROSE + "x")}
layers = [{quoted(PROSE)}]
why = {quoted(PROSE)}
"""


@pytest.fixture(scope="module")
def hostile(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two networks whose prose came from a file, and whose names from another SQL client."""
    place = tmp_path_factory.mktemp("hostile")
    path = Path(shutil.copy(built, place / "archdb.sqlite"))
    base = seed(place / "evil.toml", "evil", f'aliases = ["wicked"]\n{SOURCED}')
    variant = seed(place / "evil2.toml", "evil2", VARIED)
    answer = archdb("import", str(base), str(variant), database=path)
    assert (answer.status, answer.err) == (0, "imported evil\nimported evil2\n")
    with closing(sqlite3.connect(path)) as client, client:
        client.execute("pragma defer_foreign_keys = on")
        client.execute("update citation set key = ? where key = 'evil2024'", [NAME])
        client.execute("update source set citation = ? where citation = 'evil2024'", [NAME])
        client.execute("update network set variant_of = ? where name = 'evil2'", [NAME])
        client.execute("update network set name = ?, family = ? where name = 'evil'", [NAME, NAME])
        client.execute("update alias set name = ? where name = 'wicked'", [NAME + "alias"])
        for table in ("layer", "block"):
            client.execute(f"update {table} set name = ? || name where name <> 'a'", [NAME])
        client.execute("update layer set block = ? || block where block is not null", [NAME])
        client.execute("update block set parent = ? || parent where parent is not null", [NAME])
    return path


def steering(text: str, allowed: str = "\n") -> set[str]:
    """What a terminal would obey, or a reader not see; told apart without archdb."""
    kinds = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    return {c for c in text if unicodedata.category(c) in kinds and c not in allowed} | (
        set(text) & {"\u3164", "\ufe0f"}
    )


def asked(*words: str, database: Path) -> Answer:
    """An answer, of which nothing steers the terminal that errors and notes are read on."""
    answer = archdb(*words, database=database)
    assert steering(answer.err) == set(), answer.err
    return answer


FORMATS = ("table", "json", "csv", "tsv", "ndjson", "markdown", "latex")
BY = ("total", "block", "op", "resolution", "layer")
SELECT = "select *, 'x' as \"=1\n| \x1b[2J\" from layer_summary where architecture in (:a, :b)"
QUESTIONS = {
    **{f"show {by}": ("show", NAME, "--by", by, "--all") for by in BY},
    **{f"compare {by}": ("compare", NAME, "evil2", "lenet5", "--by", by, "--all") for by in BY},
    "rules": ("compare", f"{NAME}+width=2", NAME, "--all"),
    "lineage": ("show", "evil2", "--lineage"),
    "alias": ("show", NAME + "alias", "--all"),
    "list": ("list",),
    "family": ("list", "--family", NAME),
    "explain": ("explain", NAME),
    "explain layer": ("explain", f"{NAME}/{NAME}fc"),
    "explain quantity": ("explain", NAME, "--quantity", "macs", "--by", "layer"),
    "explain number": ("explain-number", NAME, "560"),
    "rewrite": ("rewrite", NAME, "width=2"),
    "sweep": ("sweep", NAME, "--input", "16,24"),
    "query": ("query", SELECT, "--param", f"a={NAME}", "--param", "b=evil2"),
    "tables": ("query", "select * from citation, source where citation = key"),
    "check": ("check",),
    "info": ("info",),
    "db info": ("db", "info"),
    "schema": ("schema", "op_summary"),
    "spaces": ("space", "list"),
}
questions = pytest.mark.parametrize("question", QUESTIONS)


@questions
def test_no_format_obeys_what_a_file_says(question: str, hostile: Path) -> None:
    shown_in_every_format(QUESTIONS[question], hostile)


def test_no_difference_between_databases_is_obeyed(built: Path, hostile: Path) -> None:
    shown_in_every_format(("diff", str(built), str(hostile), "--layers"), hostile)


def test_no_published_figure_is_obeyed(whole: Path, tmp_path: Path) -> None:
    """Figures and accuracies, whose networks, families and sources are called anything."""
    database = Path(shutil.copy(whole, tmp_path / "whole.sqlite"))
    with closing(sqlite3.connect(database)) as client, client:
        client.execute("pragma defer_foreign_keys = on")
        words = "printed_as = ?1, note = ?1, place = ?1"
        client.execute(f"update published set {words}", [PROSE])
        client.execute("update published set architecture = ? where architecture = 'vgg16'", [NAME])
        client.execute("update network set variant_of = ? where variant_of = 'vgg16'", [NAME])
        client.execute("update network set name = ? where name = 'vgg16'", [NAME])
        client.execute("update network set family = '_' || ?", [NAME])
        client.execute("update citation set title = ?1, venue = ?1", [PROSE])
    shown_in_every_format(("published", NAME), database)
    picture = tmp_path / "x.svg"
    answer = asked("plot", "accuracy", "-o", str(picture), database=database)
    assert answer.status == 0
    assert steering(picture.read_text("utf-8")) == set()


def shown_in_every_format(words: tuple[str, ...], database: Path) -> None:
    """Asked in each: what people read obeys nothing, what machines read is exact."""
    answers = {form: asked(*words, "--format", form, database=database) for form in FORMATS}
    assert {answer.status for answer in answers.values()} == {int(words == ("check",))}
    out = {form: answer.out for form, answer in answers.items()}
    for form in ("table", "json", "ndjson", "markdown", "latex"):
        assert steering(out[form]) == set(), form
    rows = json.loads(out["json"])
    assert [json.loads(line) for line in out["ndjson"].split("\n")[:-1]] == rows
    header, *records = csv.reader(io.StringIO(out["csv"], newline=""))
    assert records == [["" if v is None else str(v) for v in row.values()] for row in rows]
    assert {len(line.split("\t")) for line in out["tsv"].split("\n")[:-1]} == {len(header)}
    assert out["tsv"].count("\n") == 1 + len(rows)
    table, _, notes = out["markdown"].partition("\n\n")
    lines = table.rstrip("\n").split("\n")
    bars = {re.sub(r"\\.", "", line).count("|") for line in lines}
    assert len(bars) == 1 and len(lines) == 2 + len(rows)
    assert all(line.startswith("- ") for line in notes.strip().split("\n"))
    assert markup(out["markdown"]) == []
    assert out["latex"].count("\\\\\n") >= len(rows)
    assert commands(out["latex"]) <= COMMANDS


def markup(text: str) -> list[str]:
    """HTML, code, links, pictures and formulas of a page of Markdown, but for our own marks."""
    plain = re.sub(r"\\[^\w\s]|</?sup>", "", text)
    return re.findall(r"[<`$]|&\w+;|&#|\]\(|\]\[|\]:", plain)


#: Commands of TeX that a table of ours is made of.
COMMANDS = {
    *("cite", "item", "setlength", "tabcolsep"),  # of notes, and of what is between columns
    *("noindent", "begin", "end", "toprule", "midrule", "bottomrule", "endhead", "smallskip"),
    *("footnotesize", "scriptsize", "small", "raggedright", "par", "textsuperscript", "times"),
    *("cmidrule", "multicolumn", "to", "leq", "geq", "cdot", "lfloor", "rfloor", "usepackage"),
    *("textbraceleft", "textbraceright", "textbackslash", "textasciitilde", "textasciicircum"),
    *("textless", "textgreater", "textbar", "textasciigrave", "dots", "lceil", "rceil", "mu"),
}


def commands(text: str) -> set[str]:
    """The commands of a text of TeX: a name behind a backslash that is not one escaped sign."""
    code = re.sub("^%.*$", "", text, flags=re.MULTILINE)
    return set(re.findall(r"\\([A-Za-z]+)", re.sub(r"\\[\\%$#_&'\"]", "", code)))


@pytest.mark.parametrize("words", [("cite", NAME, "--all"), ("cite", NAME)], ids=["all", "papers"])
def test_bibtex_keeps_every_field_on_its_line(words: tuple[str, ...], hostile: Path) -> None:
    answer = asked(*words, database=hostile)
    assert answer.status == 0
    assert steering(answer.out) == set()
    assert commands(answer.out) <= COMMANDS
    for entry in answer.out.split("\n\n"):
        first, *fields, last = entry.strip().split("\n")
        assert re.fullmatch(r"@(article|misc|inproceedings)\{[A-Za-z0-9:.+/_-]+,", first)
        assert last == "}"
        for field in fields:
            matched = re.fullmatch(r"  [a-z]+ += \{(.*)\},", field)
            assert matched and balanced(matched[1]), field
            assert not re.search(r"(?<!\\)%(?![0-9A-F]{2})", matched[1]), field


def balanced(text: str) -> bool:
    """Whether braces match, as BibTeX counts them: behind a backslash too."""
    depth = 0
    for sign in text:
        depth += {"{": 1, "}": -1}.get(sign, 0)
        if depth < 0:
            return False
    return depth == 0


DOT = r'"([^"\\]|\\.)*"'
DOT_WORDS = rf"\[\w+ = ({DOT}|[a-z0-9.]+)(, \w+ = ({DOT}|[a-z0-9.]+))*\]"
DOT_LINES = (
    r"(//.*|\}|  (rankdir|node|edge) .*;"
    rf"|digraph {DOT} \{{|  comment = {DOT};|  {DOT} -> {DOT}( {DOT_WORDS})?;|\s+{DOT} {DOT_WORDS};"
    rf"|\s+subgraph cluster_\d+ \{{ (\w+ = ({DOT}|[a-z0-9.]+);\s?)*({DOT} {DOT_WORDS};)?|\s+\}})"
)
MERMAID = r"([\w _.,/:×()?+=-]|#\d+;|<br/>)*"
MERMAID_LINES = (
    rf"(%% {MERMAID}|flowchart TB|  classDef .*|\s+end|  n\d+ (-->|-\.->) n\d+"
    rf'|\s+n\d+\["{MERMAID}"\](:::block|:::auxiliary)?|\s+subgraph g\d+\["{MERMAID}"\])'
)


@pytest.mark.parametrize("layers", [(), ("--layers",)], ids=["blocks", "layers"])
@pytest.mark.parametrize(("form", "line"), [("dot", DOT_LINES), ("mermaid", MERMAID_LINES)])
def test_a_drawing_keeps_its_structure(
    form: str, line: str, layers: tuple[str, ...], hostile: Path
) -> None:
    answer = asked("graph", NAME, "--format", form, *layers, database=hostile)
    assert answer.status == 0
    assert steering(answer.out) == set()
    for drawn in answer.out.rstrip("\n").split("\n"):
        assert re.fullmatch(line, drawn), drawn
    said, body = answer.out.split("\n", 1)
    assert "<script" not in answer.out or form == "dot"  # in quotes, where Graphviz escapes it
    assert form == "dot" or ("&lt;" not in body and "%%{" not in said)
    assert re.findall("&(?!amp;)", body) == []
    assert len(re.findall(r" --> | -> ", body)) == (8 if layers else 5)


@pytest.mark.parametrize("kind", ["depth", "resolution", "receptive-field"])
def test_a_chart_shows_what_is_no_formula(kind: str, hostile: Path, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    picture = tmp_path / "x.svg"
    answer = asked("plot", kind, NAME, "evil2", "lenet5", "-o", str(picture), database=hostile)
    assert answer.status == 0 and f"wrote {picture}" in answer.err
    text = picture.read_text("utf-8")
    assert steering(text) == set()
    assert "<script" not in text
    assert "(1)<" not in text


#: No argument of a process, and no path, holds a NUL.
FILE = NAME.replace("\0", "")


@pytest.mark.parametrize("name", ["a$\\frac$b", "_hidden", "$x$"])
def test_a_name_in_a_chart_is_no_formula_and_has_its_place(
    name: str, database: Path, tmp_path: Path
) -> None:
    pytest.importorskip("matplotlib")
    path = seed(tmp_path / "mine.toml", name, title="Mine")
    assert archdb("import", str(path), database=database).status == 0
    for kind in ("depth", "resolution", "receptive-field"):
        picture = tmp_path / f"{kind}.svg"
        answer = asked("plot", kind, name, "lenet5", "-o", str(picture), database=database)
        assert answer.status == 0, answer.err
        drawn = re.findall(r"<!-- (.*) -->", picture.read_text("utf-8"))
        assert name in [text.strip() for text in drawn], "the text of each label is a comment"


ERRORS = {
    "name": ("show", NAME + "z"),
    "alias": ("compare", "lenet5", NAME[:-3]),
    "layer": ("explain", f"{NAME}/{NAME}fd"),
    "layer alone": ("explain", f"{NAME}/{NAME}"),
    "rule": ("rewrite", NAME, f"{NAME}=1"),
    "glob": ("rewrite", NAME, f"width=2@{NAME[5:]}"),
    "family": ("list", "--family", NAME[1:]),
    "sort": ("list", "--sort", NAME),
    "space": ("list", "--space", NAME),
    "convention": ("show", NAME, "--convention", NAME),
    "input": ("show", NAME, "--input", NAME),
    "too small": ("show", NAME, "--input", "0"),
    "sql": ("query", f"select {NAME}"),
    "saved": ("query", "--saved", NAME),
    "parameter": ("query", "select 1", "--param", f"={NAME}"),
    "file": ("import", FILE),
    "stored": ("rewrite", NAME, "width=2", "--as", NAME),
    "number": ("explain-number", NAME, NAME),
    "verdict": ("published", "--verdict", NAME),
    "source": ("plot", "accuracy", "--source", NAME, "-o", "x.svg"),
    "suffix": ("plot", "depth", NAME, "-o", FILE),
    "quantity": ("explain", NAME, "--quantity", NAME),
    "relation": ("schema", NAME),
    "format": ("list", "--format", NAME),
    "option": ("list", f"--{NAME}"),
    "command": (NAME,),
    "op": ("calc", NAME),
    "calc": ("calc", "relu", "--input", NAME),
    "attribute": ("calc", "conv2d", "--input", "3x8x8", "--filters", NAME, "--kernel", "3"),
    "point": ("space", "build", NAME),
    "database": ("--database", f"/nowhere/{FILE}", "list"),
}


@pytest.mark.parametrize("mistake", ERRORS)
def test_an_error_repeats_and_obeys_nothing(mistake: str, hostile: Path) -> None:
    answer = asked(*ERRORS[mistake], database=hostile)
    assert answer.status in (1, 2), answer
    assert answer.out == ""
    assert "Error: " in answer.err
    assert "Traceback" not in answer.err


LONG = "conv" * 250_000


@pytest.mark.parametrize("mistake", ERRORS)
@pytest.mark.parametrize("word", [LONG, "a b " * 250_000], ids=["one word", "many words"])
def test_a_megabyte_of_a_word_is_answered_in_a_few_lines(
    mistake: str, word: str, hostile: Path
) -> None:
    words = [
        part if part[0] == "-" else part.replace(NAME, word).replace(FILE, word)
        for part in ERRORS[mistake]
    ]
    if all(word not in part for part in words):
        pytest.skip("asks about a stored name")
    answer = archdb(*words, database=hostile)
    assert answer.status in (1, 2)
    assert len(answer.err) < 2 * MESSAGE


@pytest.mark.parametrize("words", [("list", "--format", "csv"), ("show", NAME), ("show", NAME[:9])])
def test_a_terminal_gets_no_sequence_that_is_not_archdbs_own(
    words: tuple[str, ...], hostile: Path
) -> None:
    pytest.importorskip("termios", reason="there are no pseudo-terminals here")
    answer = terminal(*(word.replace("\0", "") for word in words), database=hostile, columns=80)
    ours = re.sub(r"\x1b\[(0|1|1;36)m", "", answer.out)
    assert steering(ours, "\n\r") == set()


def test_an_export_is_exact_and_its_pages_are_safe(hostile: Path, tmp_path: Path) -> None:
    """CSV holds what the database holds, formulas too; what people read obeys nothing."""
    database = Path(shutil.copy(hostile, tmp_path / "copy.sqlite"))
    target = tmp_path / "out"
    answer = asked("export", str(target), "--no-parquet", database=database)
    assert answer.status == 0
    for page in ("README.md", "CITATION.cff", "references.bib", "LICENSE", "SHA256SUMS"):
        assert steering((target / page).read_text("utf-8")) == set(), page
    entries = (target / "references.bib").read_text("utf-8").strip().split("\n\n")
    assert all(balanced(entry) and entry.startswith("@") for entry in entries)
    for name in ("network", "citation", "source", "difference", "layer"):
        with (target / "csv" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            header, *records = csv.reader(file)
        question = f"select title from {name}" if name in ("network", "citation") else None
        if question:
            with closing(sqlite3.connect(database)) as client:
                titles = {title for (title,) in client.execute(question)}
            assert {record[header.index("title")] for record in records} == titles
        assert {len(record) for record in records} == {len(header)}
    assert "\r\n" not in (target / "csv" / "network.csv").read_bytes().decode("utf-8")


def test_completion_offers_no_name_that_steers_the_shell(hostile: Path) -> None:
    env = {"_ARCHDB_COMPLETE": "bash_complete", "COMP_WORDS": "archdb show ", "COMP_CWORD": "2"}
    script = "from archdb.cli import main; main(prog_name='archdb')"
    pytest.importorskip("termios", reason="there are no pseudo-terminals here")
    answer = terminal(database=None, env={**env, "ARCHDB_DATABASE": str(hostile)}, script=script)
    assert "plain,evil2" in answer.out
    assert steering(answer.out) == set()


# Names are refused, prose is kept.

UNSEEN = {"ESC": "\x1b", "NUL": "\0", "CSI": "\x9b", "bidi": "\u202e", "zero": "\u200b"}
PLACES = {
    "name": ("evil", 'name = "v{}"', "'name'"),
    "alias": ("aliases", 'aliases = ["v{}"]', "'aliases'"),
    "family": ('family = "Own"', 'family = "v{}"', "'family'"),
    "base": ("variant", 'variant_of = "v{}"', "'variant_of'"),
    "input": ("[net]", '[net]\ninput_name = "v{}"', "'input_name'"),
    "layer": ('["a", ', '["v{}", ', "row 2 "),
    "block": ('["stage", ', '["v{}", ', "row 1 "),
    "reference": ("[net]", '[reference."v{}"]\ntitle="x"\n[net]', "reference 'v"),
}


@pytest.mark.parametrize("sign", UNSEEN)
@pytest.mark.parametrize("place", PLACES)
def test_a_name_that_nobody_can_read_is_refused(
    place: str, sign: str, database: Path, tmp_path: Path
) -> None:
    old, new, where = PLACES[place]
    new = new.format(json.dumps(UNSEEN[sign])[1:-1])
    path = seed(tmp_path / "evil.toml", "evil", title="Evil")
    text = path.read_text("utf-8")
    if place in ("name", "alias", "base"):
        text = text.replace('name = "evil"', new if place == "name" else f'name = "evil"\n{new}')
    else:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, "utf-8")
    shown = UNSEEN[sign].encode("unicode_escape").decode()
    remedy = f"leave out {shown}"
    before = database.read_bytes()
    refused(archdb("import", str(path), database=database), str(path), where, shown, remedy)
    assert database.read_bytes() == before


def test_a_new_name_of_a_rewritten_network_is_held_to_the_same(database: Path) -> None:
    answer = archdb("rewrite", "lenet5", "width=2", "--as", "l\u200b", database=database)
    refused(answer, "'l\\u200b' cannot be a name", "leave out \\u200b", status=2)


@pytest.mark.parametrize("name", [" evil", "evil ", "evil\u00a0", "ev il"])
def test_a_name_has_no_spaces_around_it_either(name: str, database: Path, tmp_path: Path) -> None:
    path = seed(tmp_path / "evil.toml", name)
    refused(archdb("import", str(path), database=database), "needs a word in lower case")


def test_prose_is_kept_to_the_last_sign(hostile: Path) -> None:
    question = "select title, authors, url from citation where key = :k"
    answer = archdb("query", question, "--param", f"k={NAME}", "--format", "json", database=hostile)
    (row,) = json.loads(answer.out)
    assert (row["title"], row["url"]) == (PROSE, PROSE)
    assert json.loads(row["authors"]) == [f"Own, {PROSE}", PROSE]


# What is written how.


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain – × 网络 é 🙂 \u00a0\u2009", "plain – × 网络 é 🙂 \u00a0\u2009"),
        ("\x1b[2J\x7f\x9b", "\\x1b[2J\\x7f\\x9b"),
        ("a\tb\nc\rd", "a\\tb\\nc\\rd"),
        ("\u202e\u2066\u200b\ufeff\u2028", "\\u202e\\u2066\\u200b\\ufeff\\u2028"),
        ("\ud800\udcff", "\\ud800\\udcff"),
        ("\U000e0001\u3164\ufe0f", "\\U000e0001\\u3164\\ufe0f"),
    ],
)
def test_what_is_not_seen_is_written_as_python_writes_it(text: str, shown: str) -> None:
    assert printable(text) == shown
    assert printable(shown) == shown


def test_a_line_is_one_line() -> None:
    assert inline("a\tb\r\nc\x1b\u2028") == "a b  c\\x1b\\u2028"


def test_a_message_keeps_both_ends_of_what_is_too_long() -> None:
    assert clipped("a" * WORD) == "a" * WORD
    one = clipped(f"no '{'a' * 999}z' is there")
    assert one.startswith("no 'aaa") and one.endswith("az' is there")
    assert len(one) == len("no  is there") + WORD
    many = clipped(f"first {'a b ' * 9999}last")
    assert many.startswith("first a b") and many.endswith("b last")
    assert len(many) == MESSAGE


def test_an_error_in_a_notebook_is_printable_too() -> None:
    error = ArchdbError("no \x1b[2J", remedy="try\n  this\nnot that").at("file\r")
    assert str(error) == "file\\r: no \\x1b[2J\n  try\n  this\\nnot that"


def test_json_is_exact_and_printable() -> None:
    text = formats.json(Result(["x"], [(PROSE,)]))
    assert steering(text) == set()
    assert json.loads(text) == [{"x": PROSE}]


@pytest.mark.parametrize("text", ["a\rb", "\r", "a\r\nb", "\n", 'a"b', "a,b", "", " a "])
def test_csv_is_read_back_field_by_field(text: str) -> None:
    rows = [(text, "next"), ("last", text)]
    written = formats.csv(Result(["a", "b"], rows))
    assert list(csv.reader(io.StringIO(written, newline="")))[1:] == [list(row) for row in rows]
    strict = [re.fullmatch(r'"([^"]|"")*"|[^",\r\n]*', f) for f in _fields(written)]
    assert all(strict), "RFC 4180: a line break stands in quotes"


def _fields(text: str) -> list[str]:
    return re.findall(r'(?:^|(?<=[,\n]))("(?:[^"]|"")*"|[^,\n]*)(?=[,\n])', text)


FORMULAS = ["=1+1", "+1+1", "-1+1", "@sum(a1)", "\t=1", "\r=1", " =1+1", "=cmd|' /c calc'!a0"]
FORMULAS += ["\uff1d1", "-a", "--"]
PLAIN = ["a=1", "-5", "+3.25", "-1,234", "-1.5e-7", "", "'=1", "1-1", "–"]


@pytest.mark.parametrize("form", ["csv", "tsv"])
def test_formulas_are_words_in_a_spreadsheet(form: str, database: Path) -> None:
    """Issue 10: '=1+1', '+…', '-…', '@…' as text are prefixed on request; numbers never are."""
    rows = " union all ".join(f"select {literal(t)}, -5, -2.5" for t in FORMULAS + PLAIN)
    words = ("query", f'with t("=x", n, r) as ({rows}) select * from t', "--format", form)
    plain = archdb(*words, database=database).out
    safe = archdb(*words, "--spreadsheet", database=database).out
    if form == "csv":
        exact, header, *found = (
            *csv.reader([plain.split("\n")[0]]),
            *csv.reader(io.StringIO(safe, newline="")),
        )
        assert exact[0] == "=x" and header[0] == "'=x"
        assert [row[0] for row in found] == [f"'{t}" for t in FORMULAS] + PLAIN
        assert {tuple(row[1:]) for row in found} == {("-5", "-2.5")}
    else:
        prefixed = [line.startswith("'") for line in safe.split("\n")[1:-1]]
        assert prefixed == [True] * len(FORMULAS) + [text.startswith("'") for text in PLAIN]


def literal(text: str) -> str:
    return (
        " || ".join(
            f"char({ord(c)})" if c in "\t\r" else "'" + c.replace("'", "''") + "'" for c in text
        )
        or "''"
    )


def test_a_spreadsheet_reads_csv_or_tsv(database: Path) -> None:
    for form in ("table", "json", "markdown"):
        answer = archdb("list", "--spreadsheet", "--format", form, database=database)
        refused(answer, "--spreadsheet goes with --format csv or tsv", status=2)
    swept = archdb("sweep", "lenet5", "--format", "csv", "--spreadsheet", database=database)
    assert swept.out.startswith("architecture,input,")


@pytest.mark.parametrize("sign", ["[", "*"])
def test_a_row_of_latex_does_not_begin_with_an_argument_of_the_line_before(
    sign: str, database: Path
) -> None:
    text = archdb("query", f"select '{sign}1cm] x' as \"{sign}y\"", "--format", "latex",
                  database=database).out  # fmt: skip
    for line in text.split("\n"):
        assert not line.lstrip().startswith(sign)


@pytest.mark.parametrize("text", ["1\\input{f}e5", "1$x$e-5", "-1&e5", "1e5}", "٣e٣"])
def test_what_only_looks_like_a_power_of_ten_is_text(text: str, database: Path) -> None:
    words = ("query", "select :t as x", "--param", f"t={text}", "--format", "latex")
    answer = archdb(*words, database=database)
    assert commands(answer.out) <= COMMANDS
    assert "times10" not in answer.out


def test_hyphens_are_hyphens_and_dashes_dashes() -> None:
    assert escape_tex("a--b---c–d") == "a-{}-b-{}-{}-c--d"


def test_an_address_keeps_what_addresses_hold() -> None:
    url = "https://x.org/a_b(c)/~d?e=%20f&g#h"
    row = {"key": "k", "kind": "misc", "authors": "[]", "title": "t", "year": 1, "venue": None}
    text = bibliography([{**row, "doi": "10.1/a\n}%z", "url": url}], Release("1", "sha256:0"))
    assert f"url   = {{{url}}}," in text
    assert "doi   = {10.1/a%0A%7D%25z}," in text


# Errors that did not help.


def test_a_seed_may_begin_with_a_byte_order_mark(database: Path, tmp_path: Path) -> None:
    path = seed(tmp_path / "mine.toml", "mine", title="Mine")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert archdb("import", str(path), database=database).err == "imported mine\n"


@pytest.mark.parametrize("way", ["file", "input", "argument"])
def test_sql_may_begin_with_a_byte_order_mark(way: str, database: Path, tmp_path: Path) -> None:
    sql = b"\xef\xbb\xbfselect 7 as x"
    path = tmp_path / "x.sql"
    path.write_bytes(sql)
    words = {"file": ("--file", str(path)), "input": ("--file", "-"), "argument": (sql.decode(),)}
    answer = archdb("query", *words[way], "--format", "csv", database=database, given=sql)
    assert answer.out == "x\n7\n"


@pytest.mark.parametrize(
    "sql", ["-- a\nselect 7 as x", "--\tb\nselect 7 as x", "--c\nselect 7 as x"]
)
@pytest.mark.parametrize(
    "options", [(), ("--limit", "3"), ("--param=k=a b",), ("--param", "k=- 1")]
)
def test_sql_may_begin_with_a_comment(sql: str, options: tuple[str, ...], database: Path) -> None:
    for words in ((sql, *options), (*options, sql), (*options, "--", sql)):
        answer = archdb("query", "--format", "csv", *words, database=database)
        assert answer.out == "x\n7\n", answer


def test_a_slip_of_an_option_is_still_told(database: Path) -> None:
    answer = archdb("query", "--fromat", "csv", "select 1", database=database)
    refused(answer, "'--fromat'", "'--format'", status=2)


@pytest.mark.parametrize("figure", ["-5", "-4.1G", "-.5", "-1e9"])
def test_a_figure_below_zero_is_no_option(figure: str, database: Path) -> None:
    answer = archdb("explain-number", "lenet5", figure, "--all", database=database)
    refused(answer, f"'{figure}' is not a number as papers print them", status=2)


def test_a_name_that_begins_with_a_hyphen(database: Path, tmp_path: Path) -> None:
    path = seed(tmp_path / "mine.toml", "-mine", title="Mine")
    assert archdb("import", str(path), database=database).err == "imported -mine\n"
    refused(archdb("show", "-mine", database=database), "goes behind --", status=2)
    assert archdb("show", "--", "-mine", database=database).status == 0


# 'Did you mean' takes no time and no room.


def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many words difflib is given at each call: the work, whatever the machine."""
    import difflib

    sizes: list[int] = []
    compare = difflib.get_close_matches

    def close(word: str, words: list[str], **options: object) -> list[str]:
        sizes.append(len(words))
        return compare(word, words, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(difflib, "get_close_matches", close)
    return sizes


@pytest.mark.parametrize("glob", ["[" * 100_000, "*a" * 50_000])
def test_a_glob_is_no_longer_than_names_are(glob: str, database: Path, tmp_path: Path) -> None:
    """A hundred thousand brackets take fnmatch ten minutes, in a seed as on the command line."""
    given = VARIED.replace('"evil"', '"lenet5"').replace(
        f"layers = [{quoted(PROSE)}]", "layers = [G]"
    )
    path = seed(tmp_path / "mine.toml", "mine", given.replace("[G]", f"[{quoted(glob)}]"))
    answer = archdb("import", str(path), database=database)
    refused(answer, "difference 1", "globs of at most 1000 signs")
    assert len(answer.err) < 2 * MESSAGE
    refused(archdb("rewrite", "lenet5", f"width=2@{glob}", database=database), "glob", status=2)
    refused(archdb("list", glob, database=database), "no network matches")


def test_the_nearest_of_very_many(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = counted(monkeypatch)
    points = [f"|nor_conv_3x3~0|+|skip_connect~{i}|" for i in range(20_000)]
    remedy = nearest("|nor_conv_3x3~0|+|skip_conect~777|", points)
    assert remedy.startswith("did you mean |nor_conv_3x3~0|+|skip_connect~777|")
    assert nearest("vgg61", [*points, "vgg16"]) == "did you mean vgg16?"
    assert nearest("x" * 10**6, ["x" * 10**6 + "y"]) == "", "no slip is so long"
    assert nearest("vgg61", ["x" * 10**6, "vgg16"]) == "did you mean vgg16?"
    assert max(sizes) <= 300
