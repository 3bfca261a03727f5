"""`archdb export --site`: links that lead to files, the service's own answers, equal bytes, and
pages that search and compare in a browser without a server behind them."""

from __future__ import annotations

import functools
import hashlib
import html
import http.server
import json
import os
import re
import shutil
import threading
from collections.abc import Iterator
from importlib.util import find_spec
from itertools import permutations
from pathlib import Path
from urllib.parse import quote

import pytest
from command import process

from archdb.api import Database

pytest.importorskip("jinja2")
HERE = Path(__file__).parent
LINK = re.compile(r'<[a-z]+\b[^>]*?\b(?:href|src|action)="([^"]*)"')
CHROMIUM = shutil.which("chromium")


def exported(database: Path, target: Path, **environment: str) -> Path:
    done = process("export", "--site", str(target), database=database, env=environment)
    assert done.status == 0, done.err
    return target


@pytest.fixture(scope="module")
def site(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("site")
    database = Path(shutil.copy(built, place / "archdb.sqlite"))
    return exported(database, place / "out", PYTHONHASHSEED="1", TZ="UTC")


def files(site: Path) -> dict[str, str]:
    return {
        path.relative_to(site).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in site.rglob("*")
        if path.is_file()
    }


def test_every_link_leads_to_a_file(site: Path) -> None:
    found = 0
    for page in site.rglob("*.html"):
        text = page.read_text("utf-8")
        assert "nowhere:" not in text, page
        for link in LINK.findall(text):
            if link.startswith(("https://", "http://", "#", "data:")):
                continue
            path = link.replace("&amp;", "&").partition("#")[0].partition("?")[0]
            assert (page.parent / path).is_file(), f"{page}: {link}"
            found += 1
    assert found > 1000


def test_every_page_is_reached_from_the_start(site: Path) -> None:
    """Without a script; what only a script leads to is no page of its own."""
    seen, todo = set(), [(site / "index.html").resolve()]
    while todo:
        page = todo.pop()
        if page in seen:
            continue
        seen.add(page)
        if page.suffix == ".html":
            for link in LINK.findall(page.read_text("utf-8")):
                if not link.startswith(("https://", "http://", "#", "data:")):
                    path = link.replace("&amp;", "&").partition("?")[0]
                    todo.append((page.parent / path).resolve())
    assert set(site.resolve().rglob("*.html")) <= seen


def test_no_two_files_have_the_same_name_on_any_system(site: Path) -> None:
    names = [name.casefold() for name in files(site)]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[\w.~+=,/-]+", name) for name in names)


def test_tables_are_what_the_service_answers(site: Path, built: Path) -> None:
    """All but where it leads to, which is to files."""
    testclient = pytest.importorskip("starlette.testclient")
    from archdb.serve.app import application
    from archdb.serve.settings import Settings

    names = {"blocks": "block", "layers": "layer", "ops": "op", "resolutions": "resolution"}
    app = application(built, Settings(rate=0, quiet=True, time=60, answer_time=120))
    compared = 0
    with testclient.TestClient(app, base_url="http://127.0.0.1") as client:
        for path in sorted(site.rglob("*.json")):
            stem = path.relative_to(site).as_posix().removesuffix(".json")
            if stem in ("index", "networks") or path.name == "index.json":
                continue
            stem, *values = stem.split(",")
            parent, _, last = stem.rpartition("/")
            if parent.startswith("networks/") and last in names:
                stem, values = parent, [f"by={names[last]}"]
            address = f"/{quote(stem.replace('~', '%'), safe='/%+=')}.json?{'&'.join(values)}"
            asked = client.get(address.replace("~", "%"))
            assert asked.status_code == 200, (address, asked.text)
            ours, theirs = json.loads(path.read_bytes()), asked.json()
            links = ours.pop("links")
            assert all((path.parent / link).is_file() for link in links.values())
            del theirs["links"]
            assert ours == theirs, address
            compared += 1
            if "csv" in links:
                csv = (path.parent / links["csv"]).read_bytes()
                assert csv == client.get(address.replace("~", "%").replace(".json", ".csv")).content
        catalogue = json.loads((site / "networks.json").read_bytes())
        assert catalogue["rows"] == client.get("/networks.json?limit=10000").json()["rows"]
    assert compared > 100


def test_equal_bytes_wherever_it_is_made(site: Path, built: Path, tmp_path: Path) -> None:
    database = Path(shutil.copy(built, tmp_path / "other.sqlite"))
    again = exported(database, tmp_path / "again", PYTHONHASHSEED="7", TZ="Asia/Kolkata", LANG="C")
    assert files(again) == files(site)
    sums = (again / "SHA256SUMS").read_text()
    said = dict(line.split("  ")[::-1] for line in sums.splitlines())
    assert said == {k: v for k, v in files(again).items() if k != "SHA256SUMS"}


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["--site", "--space", "nats"], 2, "--site writes pages"),
        (["--sql-js", "x"], 2, "--sql-js is for a site"),
        (["--site", "--sql-js", "missing"], 1, "is no package sql.js: dist/sql-wasm.js is missing"),
    ],
)
def test_what_cannot_be(
    database: Path, tmp_path: Path, words: list[str], status: int, said: str
) -> None:
    done = process("export", *words, str(tmp_path / "out"), database=database)
    assert done.status == status
    assert said in done.err and "Traceback" not in done.err
    assert not (tmp_path / "out").exists()


def test_sql_js_is_copied_with_its_licence(built: Path, tmp_path: Path) -> None:
    import gzip

    from archdb.serve.site import SQL_JS, export_site

    package = tmp_path / "package"
    for path in SQL_JS:
        (package / path).parent.mkdir(parents=True, exist_ok=True)
        (package / path).write_text(f"the file {path}")
    told = {"name": "sql.js", "version": "1.2.3", "license": "MIT"}
    (package / "package.json").write_text(json.dumps(told))
    empty = tmp_path / "empty.sqlite"
    from archdb.db import build

    build.create(empty, seeded=False)
    export_site(empty, tmp_path / "out", sql_js=package)
    out = tmp_path / "out"
    assert (out / "sql.js" / "LICENSE").read_text() == "the file LICENSE"
    (listed,) = json.loads((out / "sql.js" / "manifest.json").read_text())["packages"]
    assert {key: listed[key] for key in told} == told
    for path, digest in listed["files"].items():
        assert hashlib.sha256((out / path).read_bytes()).hexdigest() == digest
    assert set(listed["files"]) == {f"sql.js/{name}" for name in SQL_JS.values()}
    packed = gzip.decompress((out / "sql.js" / "archdb.sqlite.gz").read_bytes())
    assert packed == (out / "archdb.sqlite").read_bytes()
    assert "site-sql.js" in (out / "sql.html").read_text()


def test_files_of_others_are_copied_from_their_package_alone(site: Path) -> None:
    """The repository holds none: every script and style sheet of the site is archdb's own."""
    from archdb.serve import assets

    own = {name for name in assets.names() if name.endswith((".js", ".css", ".svg"))}
    assert own == set(assets.names())
    scripts = {path.name for path in site.rglob("*.js")} | {p.name for p in site.rglob("*.wasm")}
    assert scripts <= own


def test_a_page_says_what_it_may_load(site: Path) -> None:
    from archdb.serve.assets import POLICY

    for page in site.rglob("*.html"):
        text = html.unescape(page.read_text("utf-8"))
        assert f'http-equiv="Content-Security-Policy" content="{POLICY}"' in text, page
        assert text.index("Content-Security-Policy") < text.index("<link"), page


# In a browser.


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    """A web server that knows nothing but files."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *words: object) -> None:
            pass

    handler = functools.partial(Handler, directory=os.fspath(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def page(address: str):  # type: ignore[no-untyped-def]
    """A page that complains of nothing and asks no other host."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("there is no chromium: apt install it")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        made = browser.new_page(base_url=address, viewport={"width": 360, "height": 740})
        made.set_default_timeout(60_000)
        said: list[str] = []
        made.on("console", lambda message: said.append(message.text))
        made.on("pageerror", lambda error: said.append(str(error)))
        made.on("request", lambda asked: asked.url.startswith(address) or said.append(asked.url))
        yield made
        browser.close()
        assert said == []


def fits(page) -> bool:  # type: ignore[no-untyped-def]
    return bool(page.evaluate("document.documentElement.scrollWidth") <= 360)


def test_a_visit(page) -> None:  # type: ignore[no-untyped-def]
    """Search, network, compare, another way, and back."""
    page.goto("")
    page.get_by_label("words, or a glob").fill("vgg-16")
    page.get_by_role("button", name="Find").click()
    page.wait_for_selector(".chosen")
    assert page.url.endswith("networks.html?q=vgg-16")
    assert page.locator("#total").inner_text() == str(page.locator("tbody tr").count())
    page.get_by_role("link", name="vgg16", exact=True).first.click()
    assert page.url.endswith("networks/vgg16.html") and fits(page)
    page.locator("summary", has_text="Compare").click()
    page.get_by_label("and").first.fill("alexnet")
    page.get_by_role("button", name="Compare").click()
    page.wait_for_selector("table")
    assert page.locator("h1").inner_text() == "vgg16 and alexnet" and fits(page)
    macs = page.locator("tr", has_text="macs").first
    assert "15,470,264,320" in macs.inner_text() and "724,406,816" in macs.inner_text()
    assert macs.locator("b").inner_text() == "15,470,264,320"
    page.get_by_role("link", name="by op").click()
    page.wait_for_url("**by=op*")
    page.wait_for_selector("table")
    page.go_back()
    page.wait_for_selector("table")
    assert page.locator("h1").inner_text() == "vgg16 and alexnet"
    page.goto("compare.html?name=vgg61&name=alexnet")
    assert "no network vgg61" in page.locator(".problem").inner_text()


@pytest.mark.parametrize("by", ["total", "op", "resolution"])
def test_the_script_compares_as_python_does(page, site: Path, built: Path, by: str) -> None:  # type: ignore[no-untyped-def]
    """Every pair of networks, in either order."""
    from archdb.serve.site_targets import networks

    page.goto("compare.html")
    with Database(built, isolated=True, notify=lambda message: None) as database:
        names = networks(database)
        part = {"total": "", "op": "/ops", "resolution": "/resolutions"}[by]
        tables = {
            name: json.loads((site / f"networks/{name}{part}.json").read_bytes()) for name in names
        }
        page.evaluate("tables => { window.tables = tables }", tables)
        found = page.evaluate(
            "([pairs, by]) => pairs.map(p => sideBySide(p, p.map(n => window.tables[n]), by))",
            [list(permutations(names, 2)), by],
        )
        for pair, ours in zip(permutations(names, 2), found, strict=True):
            result = database.compare(*pair, by=by)
            assert ours["columns"] == result.columns
            assert ours["rows"] == [list(row) for row in result.rows], pair


def test_the_script_writes_numbers_as_python_does(page) -> None:  # type: ignore[no-untyped-def]
    from archdb.render.formats import cell

    values = [
        a / b for a in (1, 7, 999_999, 138_357_544, 10**12 + 1) for b in (1, 3, 64, 10**9 + 7)
    ]
    page.goto("compare.html")
    written = page.evaluate("values => values.map(value => said(value, true))", values)
    assert written == [cell(float(value), "ratio") for value in values]


@pytest.mark.skipif(find_spec("axe_playwright_python") is None, reason="axe is not installed")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nobody_is_shut_out(page, scheme: str) -> None:  # type: ignore[no-untyped-def]
    """axe-core finds nothing against any template, nor against what scripts make."""
    import axe_playwright_python

    axe = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
    page.emulate_media(color_scheme=scheme)
    for url in (
        *("index.html", "networks.html", "networks.html?q=vgg*", "networks/googlenet.html"),
        *("networks/vgg16/layers.html", "networks/vgg16/explain.html", "compare.html"),
        *("compare.html?name=vgg16&name=alexnet", "compare.html?name=vgg16&name=nin&by=op"),
        *("conventions.html", "conventions/flop.html", "spaces.html", "schema.html", "sql.html"),
        *("schema/layer_summary.html", "saved/depths.html", "citations/simonyan2015.html"),
    ):
        page.goto(url)
        if "?" in url:
            page.wait_for_selector(".chosen, #comparison table")
        assert fits(page), url
        page.evaluate(axe)
        found = page.evaluate("axe.run(document).then(found => JSON.stringify(found.violations))")
        faults = [(fault["id"], fault["nodes"][0]["html"][:120]) for fault in json.loads(found)]
        assert faults == [], url
    page.emulate_media(color_scheme="light")


@pytest.mark.parametrize(
    "asked",
    [
        {"q": "vgg??"},
        {"q": "resnet 50"},
        {"q": "vgg1[136]*"},
        {"family": "VGG", "params": "133M.."},
        {"op": "lrn", "macs": "..1.5G"},
    ],
)
def test_the_script_finds_what_python_does(page, built: Path, asked) -> None:  # type: ignore[no-untyped-def]
    from archdb.queries.search import search
    from archdb.serve.parameters import write
    from archdb.serve.routes import of_pattern

    known = {p.name: p for p in of_pattern("/networks").parameters}
    values = {name: known[name].read(word) for name, word in asked.items()}
    bounds = {name: values.pop(name, None) for name in ("params", "macs")}
    with Database(built, isolated=True, notify=lambda message: None) as database:
        found = database.answer(
            lambda reader: search(reader, values.pop("q", None), values, bounds)
        )
    page.goto(f"networks.html{write(asked)}")
    page.wait_for_selector(".chosen")
    names = page.locator("tbody tr td:first-child a").all_inner_texts()
    assert names == [row[0] for row in found.page.rows] and names
    lines = page.locator("aside details").first.locator("li").all_text_contents()
    assert lines == [f"{value} {count}" for value, count in found.facets["family"].items()]
