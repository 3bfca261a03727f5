"""The documentation site: its generated pages, and links that lead where the site can follow."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

import archdb

ROOT = Path(__file__).parent.parent
pytest.importorskip("mkdocs")


@pytest.fixture(scope="module")
def site() -> ModuleType:
    """docs/site_pages.py, which is a hook of MkDocs and in no package."""
    spec = importlib.util.spec_from_file_location("site_pages", ROOT / "docs" / "site_pages.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["site_pages"] = module
    spec.loader.exec_module(module)
    return module


def test_a_link_of_the_readme_leads_to_the_page_beside_it(site):
    page = site.linked("[questions](docs/database.md#views) [law](LICENSE)", "index.md")
    assert page.startswith("[questions](database.md#views) [law](http")
    assert page.endswith("/LICENSE)")


def test_a_link_of_a_page_that_leaves_docs_leads_to_the_repository(site):
    assert site.target("../seeds/nets/vgg16.toml", "seeds.md") == (
        f"{site.repository()}/seeds/nets/vgg16.toml"
    )
    assert site.target("../README.md", "seeds.md") == "index.md"
    assert site.target("https://a.example/b", "seeds.md") == "https://a.example/b"
    assert site.target("#here", "seeds.md") == "#here"


def test_columns_of_figures_stand_to_the_right(site):
    shown = site.listing(("name", "params"), [("a", 1234), ("b", None)]).splitlines()
    assert shown == ["| name | params |", "| --- | ---: |", "| a | 1,234 |", "| b | – |"]


def test_a_network_has_its_title_sources_totals_blocks_and_figures(site, database):
    with archdb.open(database) as db:
        page = site.network_page(db, "vgg16")
    heads = re.findall(r"^#+ (.*)$", page, flags=re.MULTILINE)
    assert heads[1:4] == ["Sources", "Totals", "Blocks"]
    assert "| params | 138,357,544 | parameters |" in page
    assert "Very Deep Convolutional Networks" in page


def test_a_convention_has_its_prices_and_divides(site):
    from archdb.analysis import conventions

    (mac,) = (one for one in conventions.bundled() if one.name == "mac")
    page = site.convention_page(mac)
    assert page.startswith("# mac\n")
    assert "`conv2d`" in page and "| macs |" in page
    assert site._price({"macs": 2, "adds": 1, "muls": 0}, 2) == "(2 × macs + adds) / 2"
