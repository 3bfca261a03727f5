"""The pages of the service in a real browser: Debian's chromium, which .ci/run installs."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from serving import Served, served

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium: apt install it")
WHOLE_CATALOGUE = True

#: A page of each template.
TEMPLATES = (
    *("/", "/networks?family=VGG", "/networks/googlenet", "/networks/vgg16?by=layer", "/compare"),
    *("/compare/vgg16/alexnet", "/compare/resnet50/resnet50_v1_5?by=layer", "/calc"),
    *("/networks/vgg16/explain", "/networks/vgg16/explain/conv1_1", "/calc/conv2d"),
    "/explain-number?name=resnet50&value=4.11G",
    "/calc/conv2d?explain=yes&filters=96&input=3x227x227&kernel=11&stride=4",
    *("/rewrite/vgg16?rule=fc-to-conv", "/sweep", "/networks/vgg16/published", "/conventions"),
    *("/conventions/flop", "/spaces", "/citations/he2016", "/schema/layer_summary", "/api"),
    *("/sql", "/sql?q=select architecture, macs from architecture_summary limit 5", "/sql?q=nope"),
    "/networks/vgg61",
)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    from archdb.db import build

    path = tmp_path_factory.mktemp("whole") / "archdb.sqlite"
    build.create(path)
    with served(path, "--time", "30", "--answer-time", "60") as made:
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[sync_api.Browser]:  # type: ignore[name-defined]
    with sync_api.sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield made
        made.close()


class Watched:
    """A page, and what it has complained of or asked of other hosts."""

    def __init__(self, browser, service: Served, **options) -> None:  # type: ignore[no-untyped-def]
        self.service, self.said = service, []
        self.context = browser.new_context(base_url=service.url, **options)
        self.page = self.context.new_page()
        self.page.set_default_timeout(60_000)
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", self._request)

    def _request(self, request) -> None:  # type: ignore[no-untyped-def]
        if not request.url.startswith((self.service.url, "data:")):
            self.said.append(f"asked {request.url}")

    def go(self, url: str) -> None:
        self.page.goto(url)
        missing = [line for line in self.said if "404 (Not Found)" not in line]
        assert missing == [], "a console error, a report of the policy, or another host"
        self.said.clear()


@pytest.fixture
def wide(browser, service: Served) -> Iterator[Watched]:  # type: ignore[no-untyped-def]
    made = Watched(browser, service, viewport={"width": 1280, "height": 900})
    yield made
    assert [line for line in made.said if "404" not in line] == []
    made.context.close()


def test_a_visit(wide: Watched) -> None:
    """Search, network, compare, change; the address says it all, and back and reload work."""
    page = wide.page
    wide.go("/")
    page.get_by_label("words, or a glob").fill("vgg-16")
    page.get_by_role("button", name="Find").click()
    assert page.url.endswith("/networks?q=vgg-16")
    page.get_by_role("link", name="vgg16", exact=True).first.click()
    assert page.url.endswith("/networks/vgg16")
    assert page.locator("h1").inner_text() == "VGG-16 (configuration D)"
    assert "138,357,544" in page.locator("dl.key").inner_text()
    page.get_by_text("Another input, a counting convention, or compare").click()
    page.get_by_label("and").first.fill("alexnet")
    page.get_by_role("button", name="Compare").click()
    assert page.url.endswith("/compare/vgg16/alexnet")
    macs = page.locator("tr", has_text="macs").first
    assert "15,470,264,320" in macs.inner_text() and "724,406,816" in macs.inner_text()
    assert macs.locator("b").inner_text() == "15,470,264,320"
    page.get_by_role("link", name="by op").click()
    assert page.url.endswith("/compare/vgg16/alexnet?by=op")
    page.go_back()
    assert page.url.endswith("/compare/vgg16/alexnet")
    page.reload()
    assert page.locator("h1").inner_text() == "vgg16 and alexnet"


def test_a_number_explained_by_a_link(wide: Watched) -> None:
    wide.go("/explain-number?name=resnet50&value=4.11G")
    first = wide.page.locator("tbody tr").first.inner_text()
    assert "resnet50_v1_5" in first and "4,111,412,224" in first and "timm" in first


def test_the_editor_by_keyboard(wide: Watched) -> None:
    wide.go("/sql")
    editor = wide.page.locator("textarea")
    editor.focus()
    wide.page.keyboard.type("select 6 * 7 as answer")
    wide.page.keyboard.press("Control+Enter")
    wide.page.wait_for_url("**/sql?q=*")
    assert wide.page.locator("tbody td").inner_text() == "42"
    editor.fill("select nope")
    wide.page.get_by_role("button", name="Run").click()
    assert "no such column" in wide.page.get_by_role("alert").inner_text()
    assert editor.input_value() == "select nope"


def test_a_head_sorts(wide: Watched) -> None:
    wide.go("/networks/vgg16?by=layer")
    head = wide.page.locator("th", has_text="params")
    head.click()
    head.click()
    assert wide.page.locator("tbody tr").first.locator("td").first.inner_text() == "fc6"
    assert head.get_attribute("aria-sort") == "descending"


def test_without_javascript(browser, service: Served) -> None:  # type: ignore[no-untyped-def]
    plain = Watched(browser, service, java_script_enabled=False)
    page = plain.page
    plain.go("/compare")
    page.get_by_label("network").fill("vgg16")
    page.get_by_label("and").first.fill("alexnet")
    page.get_by_role("button", name="Compare").click()
    assert page.url.endswith("/compare/vgg16/alexnet")
    plain.go("/sql")
    page.locator("textarea").fill("select 1 as one")
    page.get_by_role("button", name="Run").click()
    assert page.locator("tbody td").inner_text() == "1"
    plain.go("/networks")
    page.get_by_role("link", name="macs").click()
    assert "sort=macs" in page.url
    plain.context.close()


#: The site's script beside the service's answers: what differs, of pairs of networks.
DIFFERING = """async ([pairs, by]) => {
  const get = async (url) => (await fetch(url)).json(), tables = new Map(), wrong = [];
  for (const name of new Set(pairs.flat())) {
    tables.set(name, await get(`/networks/${name}.json?by=${by}`));
  }
  for (const pair of pairs) {
    const theirs = await get(`/compare/${pair.join("/")}.json?by=${by}`);
    const ours = sideBySide(pair, pair.map((name) => tables.get(name)), by);
    const columns = theirs.columns.map((column) => column.name);
    const told = JSON.stringify([columns, theirs.rows]);
    if (JSON.stringify([ours.columns, ours.rows]) !== told) wrong.push(pair);
  }
  return wrong;
}"""


@pytest.mark.parametrize("by", ["total", "op", "resolution"])
def test_the_script_of_a_site_compares_as_the_service_does(wide: Watched, by: str) -> None:
    """Every network with others near and far in the list; all pairs where tests run at length."""
    from archdb.serve import assets

    wide.go("/compare")
    names = [row[0] for row in wide.service.client.get("/networks.json?limit=10000").json()["rows"]]
    at_length = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
    steps = range(1, len(names)) if at_length else (1, 34)
    pairs = [(a, names[(i + step) % len(names)]) for step in steps for i, a in enumerate(names)]
    wide.page.add_script_tag(url=assets.address("site-compare.js"))
    assert wide.page.evaluate(DIFFERING, [pairs, by]) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_narrow_screen(browser, service: Served, scheme: str) -> None:  # type: ignore[no-untyped-def]
    """No page is wider than 360 pixels: what is, scrolls in itself."""
    narrow = Watched(browser, service, viewport={"width": 360, "height": 740}, color_scheme=scheme)
    for url in TEMPLATES:
        narrow.go(url)
        assert narrow.page.evaluate("document.documentElement.scrollWidth") <= 360, url
    narrow.context.close()


def test_dark_is_dark_and_print_leaves_out_what_is_pressed(wide: Watched) -> None:
    wide.go("/compare/vgg16/alexnet")
    background = "getComputedStyle(document.documentElement).backgroundColor"
    assert wide.page.evaluate(background) == "rgb(255, 255, 255)"
    wide.page.emulate_media(color_scheme="dark")
    assert wide.page.evaluate(background) == "rgb(13, 17, 23)"
    wide.page.emulate_media(media="print", color_scheme="light")
    assert not wide.page.locator("nav").first.is_visible()
    assert wide.page.locator("table").first.is_visible()
    wide.go("/explain-number?name=resnet50&value=4.11G")
    assert not wide.page.locator("form").first.is_visible()


def test_what_a_narrow_screen_shows_at_first_sight(browser, service: Served) -> None:  # type: ignore[no-untyped-def]
    """Without scrolling to the side: a ratio, figures of the catalogue, a verdict."""
    narrow = Watched(browser, service, viewport={"width": 360, "height": 740})
    for url, seen in (
        ("/compare/vgg16/alexnet", "tr:has-text('params') td:nth-child(4)"),
        ("/networks?family=VGG", "tbody tr:first-child td:has-text('132,863,336')"),
        ("/networks?family=VGG", "tbody tr:first-child td:has-text('7,609,090,048')"),
        ("/networks/vgg16/published", "tbody tr:first-child td:has-text('agrees')"),
    ):
        narrow.go(url)
        box = narrow.page.locator(seen).first.bounding_box()
        assert box is not None and box["x"] + box["width"] <= 360, (url, box)
    narrow.context.close()


def test_a_box_of_a_drawing_leads_to_its_layers(wide: Watched) -> None:
    """A block to its row, which has them; a layer to its figures step by step."""
    wide.go("/networks/googlenet")
    boxes = wide.page.locator(".drawing svg a")
    boxes.filter(has_text="inception_3a").first.click()
    row = wide.page.locator("tr:target")
    assert "inception_3a" in row.inner_text() and "163,696" in row.inner_text()
    row.locator("summary").click()
    row.get_by_role("link", name="inception_3a/1x1", exact=True).click()
    assert wide.page.url.endswith("/networks/googlenet/explain/inception_3a/1x1")
    wide.page.go_back()
    boxes.filter(has_text="conv1/7x7_s2").first.click()
    assert wide.page.url.endswith("/networks/googlenet/explain/conv1/7x7_s2")


@pytest.mark.skipif(find_spec("axe_playwright_python") is None, reason="axe is not installed")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nobody_is_shut_out(browser, service: Served, scheme: str) -> None:  # type: ignore[no-untyped-def]
    """axe-core finds nothing against any template."""
    import axe_playwright_python

    axe = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
    seen = Watched(browser, service, color_scheme=scheme)
    for url in TEMPLATES:
        seen.go(url)
        seen.page.evaluate(axe)
        found = seen.page.evaluate(
            "axe.run(document).then(found => JSON.stringify(found.violations))"
        )
        faults = [(fault["id"], fault["nodes"][0]["html"][:120]) for fault in json.loads(found)]
        assert faults == [], url
    seen.context.close()
