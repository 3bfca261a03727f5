"""Tables for papers: units and scale in the head, a stated rounding, footnotes, and LaTeX that
a real LaTeX accepts."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from command import archdb

from archdb.render.paper_scale import Scale, fraction, scale_of
from archdb.render.tex_text import escape_tex

#: Multiply-accumulates of AlexNet: its five convolutions (two of them in groups), then fc6 to fc8.
ALEXNET_MACS = (
    96 * 3 * 11 * 11 * 55 * 55
    + 256 * 48 * 5 * 5 * 27 * 27
    + (384 * 256 + 384 * 192 + 256 * 192) * 3 * 3 * 13 * 13
    + 9216 * 4096
    + 4096 * 4096
    + 4096 * 1000
)
DOCUMENT = """\\documentclass{article}
\\usepackage{booktabs,longtable,threeparttable}
\\begin{document}
%s
\\end{document}
"""
#: The page of an article is for tables that fit there, this one for all.
LARGE = "\\usepackage[paperwidth=300cm,paperheight=200cm,margin=1cm]{geometry}\n"

needs_latex = pytest.mark.skipif(
    shutil.which("pdflatex") is None, reason="there is no LaTeX here (pdflatex)"
)


def printed(*words: str, form: str, database: Path) -> str:
    answer = archdb(*words, "--format", form, database=database)
    assert answer.status == 0, answer.err
    return answer.out


def typeset(text: str, where: Path, page: str = LARGE) -> str:
    """The log of LaTeX, which must not stop."""
    document = (DOCUMENT % text).replace("\\begin{document}", f"{page}\\begin{{document}}")
    (where / "table.tex").write_text(document, "utf-8")
    words = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "table.tex"]
    done = subprocess.run(words, cwd=where, capture_output=True, check=False)
    log = done.stdout.decode("utf-8", "replace")
    assert done.returncode == 0, log[-2000:]
    return log


# Scale and rounding.


@pytest.mark.parametrize(
    ("values", "unit", "scale"),
    [
        ([15_470_264_320, 724_406_816], "MAC", Scale("G", 9)),  # 15.47 and 0.72
        ([999, 2_386_119], "operations", Scale("k", 3)),  # in M, 999 would be 0.00
        ([138_357_544, 60_965_224], "parameters", Scale("M", 6)),
        ([99_999, 12], "parameters", Scale()),  # all below 100,000: exact
        ([1, 1, 1, 200_000], "elements", Scale()),  # most would be lost: exact
        ([0, None, 500_000_000], "MAC", Scale("G", 9)),  # 0.50
        ([499_999_999], "MAC", Scale("M", 6)),
        ([15_470_264_320], "pixels", Scale()),  # sizes are never scaled
        ([15_470_264_320], "", Scale()),  # nor what nobody knows the unit of
        ([], "MAC", Scale()),
    ],
)
def test_a_scale_leaves_the_figures_their_digits(
    values: list[int | None], unit: str, scale: Scale
) -> None:
    assert scale_of(values, unit) == scale


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (15_470_264_320, "15.47"),
        (1_234_567_890_123, "1,234.57"),
        (5_000_000, "0.01"),  # 0.005: halves go up
        (25_000_000, "0.03"),
        (4_999_999, "< 0.01"),
        (-1_125_000_000, "-1.13"),  # away from zero
        (float("inf"), "inf"),
        (0, "0"),
        (None, "–"),
        (3_857_973_248.5, "3.86"),
    ],
)
def test_rounding_is_exact_and_never_makes_a_nought(value: float | None, cell: str) -> None:
    assert Scale("G", 9).cell(value, "macs") == cell


@pytest.mark.parametrize(
    ("value", "text"),
    [
        *[(2.269452, "2.27"), (0.1145, "0.115"), (0.000041867, "4.19e-5"), (0.0, "0")],
        *[(2.0, "2.00"), (96.2, "96.2"), (12_345.6, "12,345.6"), (123.45, "123.5")],
        *[(136_240_506.66666667, "136,240,506.7"), (9.996, "10.0"), (2.675, "2.68")],
        *[(-0.0, "0"), (1e300, "1.00e300"), (-1e-9, "-1.00e-9"), (float("inf"), "inf")],
    ],
)
def test_a_fraction_has_three_digits_or_a_tenth(value: float, text: str) -> None:
    assert fraction(value) == text


# What stands in a table.


def test_each_quantity_has_its_unit_and_scale(database: Path) -> None:
    text = printed("compare", "vgg16", "alexnet", form="latex", database=database)
    (macs,) = [line for line in text.splitlines() if line.strip().startswith("macs &")]
    assert macs == f"  macs & G MAC & 15.47 & {ALEXNET_MACS / 1e9:.2f} & 21.4 \\\\"
    assert "\\begin{tabular}{@{}llrrr@{}}" in text
    assert [line for line in text.splitlines() if "rule" in line] == [
        "  \\toprule",
        "  \\midrule",
        "  \\midrule",
        "  \\bottomrule",
    ]


def test_networks_share_the_head_of_a_quantity(database: Path) -> None:
    text = printed("compare", "vgg16", "alexnet", "--by", "op", form="latex", database=database)
    assert "\\multicolumn{2}{c}{params (M)}" in text
    assert "\\cmidrule(lr){2-3} \\cmidrule(lr){4-5} \\cmidrule(lr){6-7}" in text
    assert "vgg16\\textsuperscript{a} & alexnet\\textsuperscript{b}" in text


def test_footnotes_name_variant_convention_and_source(database: Path) -> None:
    words = ("compare", "resnet50", "resnet50_v1_5", "alexnet_owt", "--convention", "flop")
    text = printed(*words, form="markdown", database=database)
    notes = [line for line in text.splitlines() if line.startswith("- ")]
    assert "input 3×224×224, after He et al. (2016), Table 1" in notes[0]
    assert "a variant of resnet50 (stride: 2 → 1 in res[345]a" in notes[1]
    assert "a variant of alexnet (" in notes[2]
    assert any(note.startswith("- macs: multiply-accumulates") for note in notes)
    assert any(note.startswith("- flop: Two for each multiply-accumulate") for note in notes)
    assert any("rounded to 2 decimals" in note for note in notes)


def test_an_input_that_changes_a_layer_is_noted_in_the_table(database: Path) -> None:
    words = ("show", "alexnet", "--input", "256")
    answer = archdb(*words, "--format", "markdown", database=database)
    assert "input 3×256×256" in answer.out
    assert "layer fc6 (linear) has" in answer.out
    assert "fc6" not in answer.err, "it is said once"


def test_dataset_and_hash_are_in_both(database: Path) -> None:
    info = archdb("info", "--format", "tsv", database=database).out
    content = dict(line.split("\t") for line in info.splitlines())["content hash"]
    first = printed("show", "nin", form="latex", database=database).splitlines()[0]
    assert first == f"% archdb dataset 0.1.0, content {content}"
    last = printed("show", "nin", form="markdown", database=database).splitlines()[-1]
    assert last == f"- archdb dataset 0.1.0, content {content}"


def test_machine_formats_stay_exact(database: Path) -> None:
    for form in ("json", "csv", "tsv", "ndjson"):
        text = printed("show", "alexnet", form=form, database=database)
        assert str(ALEXNET_MACS) in text
        assert "footnote" not in text and "archdb dataset" not in text


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        ("99999 as params", False),  # below 100,000: exact
        ("100000 as params", True),  # 100.00 k: what k is must be said
        ("100001 as params", True),  # 100.00 k as well
        ("0.5 as x", False),
        ("1.0 / 3 as x", True),
        ("15480102912.0 as x", False),
        ("9007199254740993 as x", False),  # which is no float
    ],
)
def test_rounding_is_told_where_something_is_rounded(
    figures: str, said: bool, database: Path
) -> None:
    text = printed("query", f"select {figures}", form="markdown", database=database)
    assert ("rounded to 2 decimals" in text) == said


def test_a_query_of_ones_own_gets_units_where_names_are_known(database: Path) -> None:
    sql = (
        "select architecture, macs, macs as mine, 0.5 as share from architecture_summary"
        " where architecture = 'vgg16' and is_native"
    )
    lines = printed("query", sql, form="markdown", database=database).splitlines()
    assert lines[0] == "| architecture | macs (G) | mine (G MAC) | share |"
    assert lines[2] == "| vgg16 | 15.47 | 15.47 | 0.500 |"
    assert "VGG-16 (configuration D)" in lines[4]
    assert "- macs, mine (macs): multiply-accumulates" in "".join(lines)


def test_of_many_networks_a_table_does_not_say_each(whole: Path) -> None:
    text = printed("list", form="latex", database=whole)
    assert "\\begin{longtable}" in text and "\\endhead" in text
    assert "textsuperscript{a}" not in text
    assert "booktabs,longtable" in text.splitlines()[1]


def test_numbers_kept_as_text_stand_to_the_right_and_are_not_said_to_be_rounded(
    whole: Path,
) -> None:
    """Published figures keep the digits of their source: '15.3' is no rounding of ours."""
    lines = printed("published", "vgg16", form="markdown", database=whole).splitlines()
    columns = [name.split(" (")[0] for name in lines[0].strip("| ").split(" | ")]
    rules = dict(zip(columns, lines[1].strip("| ").split(" | "), strict=True))
    assert {name for name, rule in rules.items() if rule == "---:"} == {"published", "derived"}
    assert "| 15.3 | G |" in "".join(lines)
    assert not [line for line in lines if "rounded to 2 decimals" in line]


def test_conventions_that_rows_name_are_explained(whole: Path) -> None:
    words = ("explain-number", "resnet50", "4.11G")
    text = printed(*words, form="markdown", database=whole)
    assert "| timm |" in text and "- timm: GMACs of timm's tables" in text
    assert "- thop: " not in text, "no row names it"
    totals = "select * from convention_total where architecture = 'nin'"
    text = printed("query", totals, form="markdown", database=whole)
    assert "| thop |" in text and "- thop: " not in text, "they are all there, and too many"


def test_line_feeds_in_a_name_do_not_break_a_head(database: Path) -> None:
    sql = 'select 1 as "a\nb", 2.5 as c'
    markdown = printed("query", sql, form="markdown", database=database).splitlines()
    assert markdown[:3] == ["| a b | c |", "| ---: | ---: |", "| 1 | 2.50 |"]
    latex = printed("query", sql, form="latex", database=database)
    assert "  a &  \\\\\n  b & c \\\\\n" in latex, "wider than 1, so in two lines"


def test_shapes_and_signs(database: Path) -> None:
    sql = "select '3x224x224' as input, '3x3 of it' as words, -5 as less, 6e-5 as small"
    assert "| 3×224×224 | 3x3 of it | -5 | 6.00e-5 |" in printed(
        "query", sql, form="markdown", database=database
    )
    assert r"3$\times$224$\times$224 & 3x3 of it & $-$5 & $6.00\times10^{-5}$ \\" in printed(
        "query", sql, form="latex", database=database
    )


def test_markdown_keeps_signs_that_would_be_markup(database: Path) -> None:
    sql = "select 'a|b' as x, '<i>' as y, '*z*' as z"
    assert "| a\\|b | \\<i> | \\*z\\* |" in printed(
        "query", sql, form="markdown", database=database
    )
    sql = "select 'a_b' as x, '_c_' as y, '`d` [e](f) [g] &lt;' as z"
    assert "| a_b | \\_c\\_ | \\`d\\` [e\\](f) [g] \\&lt; |" in printed(
        "query", sql, form="markdown", database=database
    )


# TeX.


@pytest.mark.parametrize(
    ("text", "tex"),
    [
        ("100 % & $5 #1 a_b", r"100 \% \& \$5 \#1 a\_b"),
        ("{~^\\}", r"\textbraceleft{}\textasciitilde{}\textasciicircum{}\textbackslash{}"
         r"\textbraceright{}"),
        ("Dollár, Çelik, Michaël", r"Doll{\'{a}}r, {\c{C}}elik, Micha{\"{e}}l"),
        ("naïve Ångström Łódź", r"na{\"{\i}}ve {\AA}ngstr{\"{o}}m {\L}{\'{o}}d{\'{z}}"),
        ("3×224 → 10⁹, a–b\n", r"3$\times$224 $\to$ 10\textsuperscript{9}, a--b "),
        ("深", "深"),
    ],
)  # fmt: skip
def test_signs_are_spelt_out(text: str, tex: str) -> None:
    assert escape_tex(text) == tex


@needs_latex
@pytest.mark.parametrize(
    "words",
    [
        "compare vgg16 alexnet",
        "compare resnet50 resnet50_v1_5 googlenet --by op --convention flop",
        "show googlenet --by block",
        "show lenet5 --by layer",
        "show resnet50_v1_5 --lineage",
        "list",
        "explain-number resnet50 4.11G",
        "schema layer_summary",
        "info",
        "db info",
    ],
)
def test_it_compiles(words: str, database: Path, tmp_path: Path) -> None:
    log = typeset(printed(*words.split(), form="latex", database=database), tmp_path)
    assert "Overfull" not in re.sub(r"Overfull \\vbox.*", "", log)


@needs_latex
def test_published_figures_compile(whole: Path, tmp_path: Path) -> None:
    typeset(printed("published", "vgg16", form="latex", database=whole), tmp_path)


@needs_latex
@pytest.mark.parametrize(
    "words",
    [
        "compare vgg16 alexnet",
        "compare resnet50 resnet50_v1_5 alexnet_owt",
        "compare vgg16 resnet50 --by op",
        "show googlenet --by block",
        "show resnet152",
    ],
)
def test_it_fits_the_page_of_an_article(words: str, database: Path, tmp_path: Path) -> None:
    text = printed(*words.split(), form="latex", database=database)
    assert "wider than a page" not in text
    assert "Overfull" not in typeset(text, tmp_path, page="")


def test_what_is_wider_than_a_page_says_so(database: Path) -> None:
    text = printed("list", form="latex", database=database)
    assert "% wider than a page: choose columns by --columns" in text


@needs_latex
def test_whatever_stands_in_a_cell_compiles(database: Path, tmp_path: Path) -> None:
    accents = "".join(f"{letter}{chr(mark)} " for letter in "aei" for mark in range(0x300, 0x305))
    signs = "".join(map(chr, range(33, 127))) + accents + "×→≤≥·−⌊⌋⌈⌉±°µ\u00a0ßæÆøØłŁıœåÅ⁰¹²³⁴⁵⁶⁷⁸⁹"
    sql = "select '{}' as \"{}\"".format(signs.replace("'", "''"), signs.replace('"', ""))
    typeset(printed("query", sql, form="latex", database=database), tmp_path)


# A table of networks for a paper.

TABLE = (
    *("list", "vgg16", "resnet50", "nin", "alexnet_owt"),
    *("--columns", "params,macs,receptive_field_h,year"),
    *("--convention", "mac", "--convention", "flop"),
)


def test_several_conventions_each_have_a_unit_and_a_note(database: Path) -> None:
    text = printed(*TABLE, form="latex", database=database)
    heads = [line.strip() for line in text.split("\\midrule")[0].rstrip().splitlines()[-3:]]
    assert heads == [
        r"&  &  & receptive\_ &  &  &  \\",
        r"architecture & params & macs & field\_h & year & mac & flop \\",
        r"& (M) & (G) & (pixels) &  & (G) & (G) \\",
    ]
    assert r"vgg16\textsuperscript{a} & 138.36 & 15.47 & 212 & 2014 & 15.47 & 30.97 \\" in text
    assert "\\item[] mac: One for each multiply-accumulate" in text
    assert "\\item[] flop: Two for each multiply-accumulate" in text


def test_keys_are_those_that_cite_prints(database: Path) -> None:
    text = printed(*TABLE, form="latex", database=database)
    (command,) = re.findall(r"BibTeX of the sources: archdb (cite .*)", text)
    bibliography = archdb(*command.split(), database=database).out
    keys = re.findall(r"\\cite\{([^}]*)\}", text)
    assert len(keys) == 5, "one for each network, and archdb's own"
    assert {*keys} <= {*re.findall(r"@\w+\{([^,]*),", bibliography)}


def test_headings_of_ones_own_keep_unit_and_note_and_set_a_scale(database: Path) -> None:
    words = ("--heading", "params=Weights (k)", "--heading", "flop=FLOPs", "--heading", "macs=Work")
    lines = printed(*TABLE, *words, form="markdown", database=database).splitlines()
    assert lines[0].endswith("| Weights (k) | Work (G MAC) | receptive_field_h (pixels) |"
                             " year | mac (G) | FLOPs (G) |")  # fmt: skip
    assert "| 138,357.54 | 15.47 |" in lines[2]
    assert any(line.startswith("- Weights (params): trainable numbers") for line in lines)
    assert any(line.startswith("- FLOPs (flop): Two for each") for line in lines)


def test_headings_of_networks_and_of_rows(database: Path) -> None:
    words = ("compare", "vgg16", "nin", "--heading", "nin=NiN", "--heading", "macs=MACs (M)")
    text = printed(*words, form="markdown", database=database)
    assert "| quantity | unit | vgg16<sup>a</sup> | NiN<sup>b</sup> | ratio |" in text
    assert "| MACs (M) |  | 15,470.26 | 1,100.19 |" in text
    text = printed(*words, "--by", "op", form="markdown", database=database)
    assert "| NiN<sup>b</sup> MACs (M) |" in text


@pytest.mark.parametrize(
    ("words", "sign"),
    [
        (("--heading", "parms=P", "--format", "latex"), "did you mean params"),
        (("--heading", "params=P"), "--heading goes with --format latex or markdown"),
        (("--heading", "params", "--format", "latex"), "needs NAME=TEXT"),
    ],
)
def test_a_heading_of_nothing_is_refused(words: tuple[str, ...], sign: str, database: Path) -> None:
    answer = archdb(*TABLE, *words, database=database)
    assert (answer.status, answer.out) == (2, "") and sign in answer.err


@pytest.mark.parametrize(
    ("column", "head"),
    [
        ("s.macs as work", "work (G MAC)"),
        ("macs 'work'", "work (G MAC)"),
        ('sum(s.params) as "Params (M)"', "Params (M)"),
        ("max( macs ) as [most, of all]", "most, of all (G MAC)"),
        ("/* macs as x, */ macs / 2 as half", "half"),
        ("max(macs, params) as larger", "larger"),
        ("(select 1) as macs", "macs"),
    ],
)
def test_an_alias_in_sql_keeps_its_unit(column: str, head: str, database: Path) -> None:
    sql = (
        f"with w as (select macs as x from layer_summary) select distinct architecture, {column}"
        " from architecture_summary s where architecture = 'vgg16'"
    )
    lines = printed("query", sql, form="markdown", database=database).splitlines()
    assert lines[0] == f"| architecture | {head} |"


def test_a_width_is_said_by_its_factor(whole: Path) -> None:
    shipped, base = "mobilenet_v1_075", "mobilenet_v1"
    text = printed("show", shipped, form="markdown", database=whole)
    assert f"a variant of {base} (width=0.75), after Howard" in text
    words = ("compare", base, shipped, f"{base}+width=0.75")
    text = printed(*words[:3], form="markdown", database=whole)
    assert f"- {base} → {shipped}: width=0.75." in text and "filters" not in text
    text = printed(words[0], base, words[3], form="markdown", database=whole)
    assert f"- {base} → {base}+width=0.75: width=0.75." in text and "filters" not in text


def test_a_stored_rewriting_is_said_by_its_rules(database: Path) -> None:
    words = ("rewrite", "vgg16", "width=0.5", "fc-to-conv", "--as", "mine")
    assert archdb(*words, database=database).status == 0
    text = printed("list", "vgg16", "mine", form="markdown", database=database)
    assert "a variant of vgg16 (width=0.5+fc-to-conv)" in text


def test_a_file_is_a_row_like_any_other(database: Path) -> None:
    seed = Path("seeds/nets/nin.toml").resolve()
    text = printed("list", "nin", str(seed), form="markdown", database=database)
    assert "nin.toml: input 3×224×224." in text


def test_what_pdflatex_stops_at_is_said(database: Path) -> None:
    words = ("query", "select 'α 中 β 文 λ₂' as x", "--format", "latex")
    answer = archdb(*words, database=database)
    assert r"$\alpha$ 中 $\beta$ 文 $\lambda$\textsubscript{2}" in answer.out
    assert "% pdflatex stops at 中文: use xelatex or lualatex" in answer.out
    assert "note: pdflatex stops at 中文" in answer.err
    answer = archdb("query", "select 'α' as x", "--format", "latex", database=database)
    assert "pdflatex" not in answer.out + answer.err


@needs_latex
def test_greek_mathematics_and_stacked_accents_compile(database: Path, tmp_path: Path) -> None:
    signs = "".join(map(chr, range(0x3B1, 0x3CA))).replace("ο", "") + "ΓΔΘΛΞΠΣΦΨΩ"
    sql = f"select '{signs} ∞≈≠∈∑∏√∂∇∼≪≫←↔⇒÷∘⊕⊗⊙′ ‐‑•†‡§¶©®™½„«»¿¡₀₉ ễ ộ ǘ' as x"
    typeset(printed("query", sql, form="latex", database=database), tmp_path)


@needs_latex
@pytest.mark.parametrize(
    "words",
    [
        TABLE,
        (*TABLE, "--heading", "params=Params (M)", "--heading", "receptive_field_h=RF"),
        ("show", "lenet5", "--by", "block"),
        ("list", "vgg*", "--columns", "params,macs,depth"),
    ],
)
def test_it_fits_the_column_of_a_paper(
    words: tuple[str, ...], database: Path, tmp_path: Path
) -> None:
    text = printed(*words, form="latex", database=database)
    assert "% fits a column" in text
    document = (DOCUMENT % text).replace("class{article}", "class[twocolumn]{article}")
    (tmp_path / "table.tex").write_text(document, "utf-8")
    run = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "table.tex"]
    done = subprocess.run(run, cwd=tmp_path, capture_output=True, check=True)
    assert b"Overfull" not in done.stdout
