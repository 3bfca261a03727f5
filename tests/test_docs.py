"""The pages in docs/ are as generated, link to what is there, and leave nothing out."""

from __future__ import annotations

import importlib.util
import re
import shutil
from pathlib import Path
from types import ModuleType

import pytest

import archdb
from archdb.db import dictionary

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.glob("*.md"))


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    """docs/generate.py, which is a script and in no package."""
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_page_is_as_generated(
    page: Path, generate: ModuleType, request: pytest.FixtureRequest
) -> None:
    text = page.read_text("utf-8")
    if request.config.getoption("--update"):
        page.write_text(generate.generated(text), "utf-8")
    else:
        assert generate.generated(text) == text, "run: python docs/generate.py"


def test_every_generated_part_stands_on_one_page(generate: ModuleType) -> None:
    parts = [name for page in PAGES for _, name, _ in generate.PART.findall(page.read_text())]
    assert sorted(parts) == sorted(generate.PARTS)


def test_the_check_notices_a_stale_page(
    generate: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for page in PAGES:
        shutil.copy(page, tmp_path)
    page = tmp_path / "seeds.md"
    before = page.read_text("utf-8")
    page.write_text(before.replace("`kernel` |", "`kernels` |"), "utf-8")
    assert generate.main(["--check"], tmp_path) == 1
    assert "docs/seeds.md is not as generated" in capsys.readouterr().out
    assert generate.main([], tmp_path) == 0
    assert page.read_text("utf-8") == before


def test_every_quantity_is_explained() -> None:
    page = (DOCS / "quantities.md").read_text("utf-8")
    words = ("name", "text", "year", "flag", "shape", "by convention", "JSON", "number")
    quantities = {
        entry.column
        for entry in dictionary.entries()
        if entry.relation == "architecture_summary" and entry.unit not in words
    }
    assert {name for name in quantities if f"`{name}`" not in page} == set()


@pytest.mark.parametrize("page", [ROOT / "README.md", *PAGES], ids=lambda page: page.name)
def test_links_lead_to_files(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text("utf-8"))
    assert [link for link in links if not (page.parent / link).is_file()] == []


def test_the_readme_leads_to_every_page() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert [page.name for page in PAGES if f"(docs/{page.name})" not in readme] == []


def test_changelog_and_citation_have_this_version() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    citation = (ROOT / "CITATION.cff").read_text("utf-8")
    assert re.findall(r"^## (\S+)", changelog, re.MULTILINE)[0] == archdb.__version__
    assert re.findall(r"^version: (\S+)", citation, re.MULTILINE) == [archdb.__version__]


def test_the_picture_is_as_archdb_draws_it(database: Path, request: pytest.FixtureRequest) -> None:
    """Of the README: what each of ResNet-50's layers costs, at its depth."""
    from archdb.queries import charts
    from archdb.render import chart_svg
    from archdb.serve.drawings import BELOW

    with archdb.open(database) as db:
        chart = db.answer(lambda reader: charts.by_depth(reader, ["resnet50"], None))
    drawn = chart_svg.bars(chart, BELOW["depth"])
    picture = DOCS / "pictures" / "resnet50.svg"
    if request.config.getoption("--update"):
        picture.write_text(drawn, "utf-8")
    assert picture.read_text("utf-8") == drawn


def test_the_picture_of_a_page_is_the_page(
    database: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the README: two networks compared in a browser."""
    from xml.etree import ElementTree

    from archdb.dataset.release import release
    from archdb.serve.answer import Source, answer, target_of

    monkeypatch.syspath_prepend(DOCS)
    from page_picture import picture

    with archdb.open(database) as db:
        source = Source(db, release(db.reader))
        page = answer(source, target_of("/compare/vgg16/alexnet")).body.decode()
    drawn = picture(page, "VGG-16 beside AlexNet, as archdb serve shows them")
    place = DOCS / "pictures" / "compare.svg"
    if request.config.getoption("--update"):
        place.write_text(drawn, "utf-8")
    assert place.read_text("utf-8") == drawn
    text = "".join(ElementTree.fromstring(drawn).itertext())
    assert "138,357,544" in text and "The same" not in text
