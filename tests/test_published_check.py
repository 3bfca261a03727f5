"""Published figures beside derived ones: every verdict again by other means, and `archdb check`."""

import csv
import io
import json
import re
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from fnmatch import fnmatchcase
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from bundled import NAMES, profile
from command import archdb, refused

from archdb.analysis import conventions
from archdb.analysis.inputs import native_inputs, resolve_inputs
from archdb.analysis.profile import LAYER_COLUMNS, derive
from archdb.db import reported_figures
from archdb.db.engine import writing
from archdb.errors import DefinitionError
from archdb.queries.sql import checks
from archdb.sources.reported import (
    Explanation,
    Figure,
    bundled_explanations,
    bundled_figures,
)
from archdb.sources.toml import bundled_references
from archdb.sources.written_sum import terms

WHOLE_CATALOGUE = True

FIGURES = {figure.figure: figure for figure in bundled_figures()}
EXPLANATIONS = {explanation.figure: explanation for explanation in bundled_explanations()}
CONVENTIONS = {convention.name: convention for convention in conventions.bundled()}
ACCURACIES = ("top1_error", "top5_error")


def checked(database: Path) -> dict[str, dict[str, Any]]:
    """The rows of published_check, by figure."""
    with closing(sqlite3.connect(database)) as connection:
        connection.row_factory = sqlite3.Row
        return {
            row["figure"]: dict(row) for row in connection.execute("select * from published_check")
        }


@pytest.fixture(scope="module")
def rows(whole: Path) -> dict[str, dict[str, Any]]:
    return checked(whole)


@pytest.fixture
def database(whole: Path, tmp_path: Path) -> Path:
    """A copy of the whole catalogue for one test."""
    return Path(shutil.copy(whole, tmp_path / "archdb.sqlite"))


# Every verdict again, from the seed files alone: no database, no SQL.


def counted(globs: tuple[str, ...], name: str, auxiliary: bool) -> bool:
    """Whether a layer is one of those that a figure is of."""
    if not globs:
        return not auxiliary
    left_out = [glob[1:] for glob in globs if glob.startswith("!")]
    return any(fnmatchcase(name, glob) for glob in globs) and not any(
        fnmatchcase(name, glob) for glob in left_out
    )


@cache
def prices(convention: str) -> dict[str, dict[str, int]]:
    """op -> quantity -> weight."""
    found: dict[str, dict[str, int]] = {}
    for op, quantity, weight in CONVENTIONS[convention].rows():
        found.setdefault(op, {})[quantity] = weight
    return found


def worth(row: dict[str, Any], op: str, convention: str) -> int:
    """Raises KeyError where the convention has no price for the op."""
    params = row["weight_params"] + row["bias_params"] + row["norm_params"]
    return sum(
        weight * (params if quantity == "params" else row[quantity])
        for quantity, weight in prices(convention)[op].items()
    )


def value(figure: Figure, other: Explanation | None = None) -> Any:
    """Ours for a figure, as it is printed or as an explanation says that it is to be read."""
    name = (other and other.architecture) or figure.architecture
    words = (other and other.input) or figure.input
    globs = (other and other.layers) or figure.layers
    convention = (other and other.convention) or figure.convention
    found = profile(name)
    if words and words != found.input:
        found = derive(found.network, resolve_inputs((words,), native_inputs(found.network)))
    columns = [dict(zip(LAYER_COLUMNS, row, strict=True)) for row in found.rows]
    layers = list(zip(found.network.layers, columns, strict=True))
    own = [(at, row) for at, row in layers if counted(globs, at.name, at.auxiliary)]
    if figure.quantity == "depth":
        return len(own) if globs else found.totals["depth"]
    if figure.quantity in ("receptive_field", "effective_stride", "out_height"):
        column = figure.quantity.replace("field", "field_h").replace("stride", "stride_h")
        return max(row[column] for _, row in own)
    try:
        total = sum(worth(row, at.op.name, convention) for at, row in own)
    except KeyError:
        return None
    if figure.unit == "%":
        whole = sum(worth(row, at.op.name, convention) for at, row in layers if not at.auxiliary)
        return Fraction(100 * total, whole)
    bytes_of_one = 4 if figure.quantity == "file_bytes" else 1
    return bytes_of_one * Fraction(total, CONVENTIONS[convention].divisor)


def within(found: Any, interval: tuple[float, float]) -> bool:
    return found is not None and interval[0] <= found < interval[1]


def verdict(figure: Figure, explanation: Explanation | None) -> str:
    status = explanation.status if explanation else None
    no_network = figure.architecture is None or figure.quantity in ACCURACIES
    if no_network or status == "not comparable":
        return "not comparable"
    if within(value(figure), figure.interval()):
        return "agrees"
    if explanation is None or status == "open":
        return "contradicts"
    if status == "erratum":
        return "explained"
    if explanation.sum:
        mine, others = terms(explanation.sum)
        read = others + (value(figure, explanation) if mine else 0)
    else:
        read = value(figure, explanation)
    return "explained" if within(read, explanation.interval(figure)) else "contradicts"


@pytest.mark.parametrize("name", sorted({f.architecture or "" for f in FIGURES.values()}))
def test_verdicts_follow_from_the_seeds(name: str, rows: dict[str, dict[str, Any]]) -> None:
    for figure in FIGURES.values():
        if (figure.architecture or "") == name:
            row = rows[figure.figure]
            assert row["verdict"] == verdict(figure, EXPLANATIONS.get(figure.figure)), row
            if name and figure.quantity not in ACCURACIES:
                ours = value(figure)
                same = None if ours is None else pytest.approx(float(ours), rel=1e-12)
                assert row["derived"] == same, row


def test_every_figure_has_a_verdict_and_none_contradicts_without_a_word(
    rows: dict[str, dict[str, Any]],
) -> None:
    assert rows.keys() == FIGURES.keys()
    assert sum(row["verdict"] != "not comparable" for row in rows.values()) >= 1000
    for row in rows.values():
        if row["verdict"] == "contradicts":
            assert row["explanation"] == "open", row
        if row["verdict"] in ("contradicts", "not comparable"):
            assert row["because"], row


def test_nothing_is_explained_that_agrees(rows: dict[str, dict[str, Any]]) -> None:
    assert [
        r["figure"] for r in rows.values() if r["verdict"] == "agrees" and r["explanation"]
    ] == []
    assert EXPLANATIONS.keys() <= FIGURES.keys()


def test_figures_are_of_networks_that_are_there_and_cite_what_is_listed() -> None:
    assert {f.architecture for f in FIGURES.values() if f.architecture} <= set(NAMES)
    assert {f.citation for f in FIGURES.values()} <= bundled_references().keys()
    assert {f.convention for f in FIGURES.values() if f.convention} <= CONVENTIONS.keys()


#: Of which no source that was read prints a figure.
NOTHING = {
    *("block_conv5x5", "block_conv7x7", "block_dense", "block_fire"),
    *("block_inception_v1", "block_inception_v1_naive"),
    *("block_inception_v3_a", "block_inception_v3_b", "block_inception_v3_c", "block_se"),
    *("block_inverted_residual", "block_resnet_basic", "block_resnet_bottleneck"),
    *("dilated_context_large", "dilated_frontend"),
    *("lenet5_caffe", "lenet5_modern", "lstm_imdb"),
}


def test_every_other_network_has_a_figure() -> None:
    assert set(NAMES) - {f.architecture for f in FIGURES.values()} == NOTHING


KNOWN = [  # figure, what archdb derives, its verdict, how the printed digits come about
    ("lecun1998-6", 1516 * 100, "explained", 60 * (25 + 1) * 100),  # 156,000: a bias a kernel
    ("krizhevsky2012-1", 60_965_224, "explained", 60_965_224),  # 60 M: cut off
    ("he2016-3", 3_857_973_248, "explained", 3_857_973_248),  # 3.8 G: cut off
    ("he2016-6", 15_470_264_320, "explained", 15_470_264_320 - 123_633_664),  # 15.3 G: no fc
    ("he2016-7", 19_632_062_464, "agrees", None),  # 19.6 G, and of the same sentence
    ("kerasapplications-16", 25_557_032 + 53_120, "explained", 25_636_712),  # biases kept
    ("torchvision-51", 23_834_568, "explained", 23_834_568 + 3_326_696),  # the auxiliary head
    ("iandola2016-23", (224 - 7) // 2 + 1, "explained", (227 - 7) // 2 + 1),  # 111: from 227
    ("szegedy2015-1", 64 * (7 * 7 * 3 + 1), "explained", 7 * 7 * 3 * 8 + 24 * 64),  # 2.7 K
    ("howard2017-59", 100 * 10_838_016 / 568_740_352, "explained", None),  # 1.19 for 1.91 %
    ("howard2019-1", 216_589_760, "contradicts", None),  # 219 M
    # Nine of the open questions of issue 10, each by another reading of the page.
    ("ioffe2015-1", 11_285_224, "explained", 13_605_608),  # 11,188,224 and a head of 2,417,384
    ("szegedy2016-24", 5_713_216_096, "explained", 4_800_000_000),  # quotes 4.8 G
    ("howard2017-44", 5_713_216_096, "explained", 4_800_000_000),
    ("chollet2017-1", 23_834_568, "explained", 23_626_728),
    ("openmodelzoo-11", 14_090_470_664, "explained", 14_090_470_664 + 2 * 18_903_504),
    ("openmodelzoo-29", 28_589_128, "explained", 28_589_128 + 23),
    ("openmodelzoo-41", None, "explained", 22_227_070_422 - 2 * 768),  # less the class 1001
    ("openmodelzoo-42", 55_843_464, "explained", 30_222_793),
    ("openmodelzoo-84", 1_235_496, "explained", 1_235_496 + 3 + 3),
    ("openmodelzoo-85", 784_692_510, "explained", 784_692_510 - 2 * 3 * 227 * 227),
]


@pytest.mark.parametrize(("figure", "derived", "found", "explained"), KNOWN)
def test_known_stories(
    figure: str,
    derived: float | None,
    found: str,
    explained: int | None,
    rows: dict[str, dict[str, Any]],
) -> None:
    row = rows[figure]
    same = None if derived is None else pytest.approx(derived, rel=1e-12)
    assert row["derived"] == same
    assert row["verdict"] == found
    if explained is not None:
        assert row["explained"] == explained


def test_a_file_is_little_larger_than_its_numbers(rows: dict[str, dict[str, Any]]) -> None:
    """Files whose framing shows in the printed digits: it must be small, and never negative."""
    framed = [
        row
        for row in rows.values()
        if row["quantity"] == "file_bytes" and (row["because"] or "").startswith("a file holds")
    ]
    assert len(framed) > 40
    for row in framed:
        binary = 1 if row["unit"] == "MiB" else 2**20 / 10**6  # MB are often MiB, never less
        assert row["derived"] < row["below"] * binary < 1.1 * row["derived"], row


# The command.


def test_marks_of_figures_that_were_not_read_stand_in_every_format(database: Path) -> None:
    texts = {}
    for form in ("table", "json", "csv", "tsv", "ndjson", "markdown", "latex"):
        answer = archdb("published", "googlenet", "--format", form, database=database)
        assert answer.status == 0, answer.err
        texts[form] = answer.out
    seen = Counter(f.seen for f in FIGURES.values() if f.architecture == "googlenet")
    assert seen["second-hand"] > 20
    for form, text in texts.items():
        for how, times in seen.items():
            if (form, how) != ("table", "source"):  # short: it marks what was not read there
                assert text.count(how) >= times, (form, how)
    table = list(csv.DictReader(io.StringIO(texts["csv"])))
    assert Counter(row["seen"] for row in table) == seen
    assert json.loads(texts["json"])[0].keys() == table[0].keys()


def test_notes_say_how_many_were_not_read(database: Path) -> None:
    answer = archdb("published", "LeNet", database=database)  # an alias of lenet5
    mine = [f for f in FIGURES.values() if f.architecture == "lenet5"]
    assert f"note: 2 of {len(mine)} figures were read where another work quotes them" in answer.err
    assert "in a conversion of the source to text" in answer.err
    assert "memory" not in answer.err


def test_printed_digits_are_kept(database: Path) -> None:
    answer = archdb("published", "resnet152", "--format", "json", database=database)
    assert "11.30" in [row["published"] for row in json.loads(answer.out)]


def test_figures_of_networks_that_are_not_there_are_kept_too(database: Path) -> None:
    words = ("published", "--verdict", "not comparable", "--format", "json")
    table = json.loads(archdb(*words, database=database).out)
    unknown = [row for row in table if row["architecture"] is None]
    assert len(unknown) == sum(f.architecture is None for f in FIGURES.values()) > 200
    assert {row["because"] for row in unknown} == {"not in the catalogue"}
    assert "plain-34" in {row["printed_as"] for row in unknown}
    assert {row["verdict"] for row in table} == {"not comparable"}


def test_refusals(database: Path) -> None:
    refused(archdb("published", "vgg61", database=database), "vgg16")
    wrong = archdb("published", "--verdict", "agreees", database=database)
    refused(wrong, "is no verdict", "agrees", status=2)
    none = archdb("published", "unet", "--verdict", "contradicts", database=database)
    refused(none, "no published figure of unet has the verdict 'contradicts'")


def test_the_table_says_in_few_columns_what_the_other_formats_say_in_many(database: Path) -> None:
    text = archdb("published", "VGG16", database=database).out
    (line,) = [line for line in text.splitlines() if "he2016, Section 4.1" in line]
    assert re.split(r" {2,}", line) == [
        "macs",
        "15.3 G",
        "15.470 G",  # two digits more than are printed
        "explained: counted by conv_only",
        "he2016, Section 4.1 (conversion)",
    ]
    assert "138357544" in text and "138,357,544" in text
    assert text.splitlines()[0].split() == ["figure", "published", "derived", "verdict", "source"]
    both = archdb("published", "--verdict", "contradicts", database=database).out.splitlines()
    assert both[0].split()[0] == "architecture"  # of several networks: which one


def test_a_network_of_which_nothing_is_published(database: Path) -> None:
    refused(archdb("published", "lstm_imdb", database=database), "no published figure of lstm_imdb")


# archdb check.


def changed(database: Path, statement: str) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("pragma foreign_keys = on")
        assert connection.execute(statement).rowcount > 0


OF_VGG = "where figure = 'simonyan2015-5'"  # 138 M params
FAULTS = [
    (f"update published set below = 138000000 {OF_VGG}", "138 M is printed, 138357544 derived"),
    (f"update published set convention = 'parms' {OF_VGG}", "nothing is derived at the input"),
    (f"update published set architecture = 'vgg61' {OF_VGG}", "nothing is derived at the input"),
    (f"""update published set layers = '["conv9*"]' {OF_VGG}""", "nothing is derived at the"),
    (
        "delete from published_explanation where figure = 'he2016-3'",
        "he2016-3: 3.8 G is printed, 3857973248 derived, and nothing explains it",
    ),
    (
        "update published_explanation set below = 3850000000 where figure = 'he2016-3'",
        "he2016-3: 3.8 G is not explained by: truncated",
    ),
]


def faults(database: Path) -> list[tuple[str, str]]:
    """What the part of `archdb check` that is about figures finds."""
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(checks()["published"]).fetchall()


@pytest.mark.parametrize(("statement", "fault"), FAULTS)
def test_what_contradicts_without_a_word_is_a_fault(
    statement: str, fault: str, database: Path
) -> None:
    changed(database, statement)
    ((_, found),) = faults(database)
    assert fault in found


def test_check_counts_the_verdicts_and_lists_faults(
    database: Path, rows: dict[str, dict[str, Any]]
) -> None:
    changed(database, FAULTS[0][0])
    answer = archdb("check", "--format", "json", database=database)
    assert answer.status == 1
    (row,) = json.loads(answer.out)
    assert (row["check"], row["network"]) == ("published", "vgg16")
    assert FAULTS[0][1] in row["fault"]
    count = Counter(row["verdict"] for row in rows.values())
    assert (
        f"{len(rows)} published figures: {count['agrees'] - 1} agree,"
        f" {count['explained']} explained, {count['contradicts'] + 1} contradict"
        f" ({count['contradicts']} open questions), {count['not comparable']} not comparable"
    ) in answer.err


def test_nothing_that_archdb_ships_is_a_fault(whole: Path) -> None:
    assert faults(whole) == []


def test_a_changed_network_changes_its_verdicts(database: Path) -> None:
    changed(
        database,
        "update layer set units = 4095 where name = 'fc7'"
        " and network_id = (select id from network where name = 'vgg16')",
    )
    answer = archdb("published", "vgg16", "--verdict", "contradicts", database=database)
    assert "138357544" in answer.out  # torchvision's, which no longer agrees
    assert not any("simonyan2015-5" in fault for _, fault in faults(database))  # 138 M: it does
    assert any("138357544 count is printed" in fault for _, fault in faults(database))


def test_figures_of_an_imported_network_are_its_importers(database: Path) -> None:
    changed(database, FAULTS[0][0])
    changed(database, "update network set origin = 'imported' where name = 'vgg16'")
    assert faults(database) == []


def test_figures_stay_where_their_network_is_removed(database: Path) -> None:
    changed(database, "delete from network where name = 'unet'")
    row = checked(database)["ronneberger2015-1"]
    assert (row["verdict"], row["derived"]) == ("not comparable", None)


# Files that do not fit together.


@pytest.fixture
def put(database: Path) -> Iterator[Callable[..., None]]:
    def one(explanation: Explanation | None = None, **change: Any) -> None:
        figure = FIGURES["he2016-3"]._replace(**change)
        with writing(database) as connection:
            more = [explanation] if explanation else []
            reported_figures.insert_reported(connection, [figure], more, bundled_references())

    yield one
    assert len(checked(database)) in (1, len(FIGURES))  # all was put, or nothing


def test_what_is_put_replaces_what_was_there(put: Callable[..., None], database: Path) -> None:
    put()
    assert list(checked(database)) == ["he2016-3"]


def test_a_figure_cites_what_is_listed(put: Callable[..., None]) -> None:
    with pytest.raises(DefinitionError, match=r"figure 'he2016-3': cites 'he2061'.*(?s:.)*he2016"):
        put(citation="he2061")


def test_a_network_is_derived_at_the_inputs_of_its_figures(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        there = set(connection.execute("select architecture, input from architecture_summary"))
    stated = {(f.architecture, f.input) for f in FIGURES.values() if f.quantity not in ACCURACIES}
    assert {(name, size) for name, size in stated if name and size} <= there


def test_an_explanation_explains_a_figure(put: Callable[..., None]) -> None:
    with pytest.raises(DefinitionError, match="explains 'he2016-6', which is no figure"):
        put(EXPLANATIONS["he2016-6"])


def test_an_input_that_the_network_cannot_take_is_named(put: Callable[..., None]) -> None:
    with pytest.raises(DefinitionError, match=r"figure 'he2016-3', resnet50"):
        put(input="3x224")
