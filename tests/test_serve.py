"""The query service: every route answers as the method of archdb.api that it stands for, and what
cannot be answered is a problem document with a remedy."""

import gzip
import io
import json
import re
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from command import archdb, process, refused
from conftest import FEW
from starlette.testclient import TestClient

from archdb.api import Database
from archdb.db import spaces
from archdb.queries import last_answers
from archdb.queries.provenance import Release
from archdb.queries.result import Result
from archdb.render import formats
from archdb.serve.address import MEDIA, TABLES
from archdb.serve.answer import Source, target_of
from archdb.serve.app import application
from archdb.serve.listening import listening
from archdb.serve.routes import ROUTES
from archdb.serve.settings import Settings
from archdb.spaces import find

QUIET = Settings(rate=0, quiet=True, answer_time=60, time=30)
BY = ("total", "block", "op", "resolution", "layer")


@pytest.fixture(scope="module")
def client(built: Path) -> Iterator[TestClient]:
    with TestClient(
        application(built, QUIET), base_url="http://localhost", follow_redirects=False
    ) as made:
        yield made


@pytest.fixture(scope="module")
def db(built: Path) -> Iterator[Database]:
    with Database(built, isolated=True) as opened:
        yield opened


def text(client: TestClient, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, answer.text
    return answer.text


# The same answer.


@pytest.mark.parametrize("by", BY)
@pytest.mark.parametrize("name", FEW)
def test_a_network_in_every_text(name: str, by: str, client: TestClient, db: Database) -> None:
    result = db.show(name, by=by)
    query = "" if by == "total" else f"?by={by}"
    for form in ("csv", "tsv", "ndjson"):
        assert text(client, f"/networks/{name}.{form}{query}") == formats.FORMATS[form](result)
    found = json.loads(text(client, f"/networks/{name}.json{query}"))
    assert [tuple(row) for row in found["rows"]] == result.rows
    assert [column["name"] for column in found["columns"]] == result.columns
    assert [column["unit"] for column in found["columns"]] == [c.unit for c in result.schema]
    assert found["row_count"] == len(result)
    assert [note["text"] for note in found["notes"]] == result.notes


@pytest.mark.parametrize("by", BY)
def test_a_comparison(by: str, client: TestClient, db: Database) -> None:
    for pair in (("vgg16", "alexnet"), ("resnet50", "resnet50_v1_5"), ("lenet5", "googlenet")):
        result = db.compare(*pair, by=by)
        query = "" if by == "total" else f"?by={by}"
        assert text(client, f"/compare/{'/'.join(pair)}.csv{query}") == formats.csv(result)


def test_what_is_answered_at_a_glance(db: Database) -> None:
    """Not what a process that can be killed should do: align, derive, rewrite."""
    source = Source(db, Release("", ""))
    light = {
        url: target.route.light(source.database.reader, target.arguments)
        for url in (
            "/networks/vgg16",
            "/compare/vgg16/alexnet.json?by=op",
            "/compare/vgg16/nosuch",
            "/compare/vgg16/alexnet?by=layer",
            "/compare/vgg16/alexnet?input=256",
            "/networks/vgg16+fc-to-conv",
            "/compare/resnet50/resnet50_v1_5",
        )
        for target in [target_of(url)]
    }
    assert list(light.values()) == [True] * 3 + [False] * 4, light


def test_what_is_remembered_is_bounded(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(last_answers, "MOST", 2)
    with Database(built, isolated=True) as opened:
        reader, asked = opened.reader, []
        reader.run_named = lambda question, /, **of: asked.append(of) or Result([], [(1,)])  # type: ignore
        for name in ("a", "b", "a", "c", "a", "b"):
            reader.recall("native", name=name)
        assert len(asked) == 6  # the file may be changed
        reader.dataset = Release("", "")
        asked.clear()
        for name in ("a", "b", "a", "c", "a", "b"):
            reader.recall("native", name=name)
        assert [of["name"] for of in asked] == ["a", "b", "c", "b"]


def test_what_is_derived_for_a_question(client: TestClient, db: Database) -> None:
    rules = db.show("vgg16+fc-to-conv", by="layer")
    assert text(client, "/networks/vgg16+fc-to-conv.csv?by=layer") == formats.csv(rules)
    sized = db.compare("vgg16", "alexnet", input="3x256x256")
    assert text(client, "/compare/vgg16/alexnet.csv?input=3x256x256") == formats.csv(sized)
    explained = db.explain("googlenet/inception_3a/1x1")
    assert text(client, "/networks/googlenet/explain/inception_3a/1x1.csv") == formats.csv(
        explained
    )
    number = db.explain_number("resnet50_v1_5", "4.09G")
    url = "/explain-number.csv?name=resnet50_v1_5&value=4.09G"
    assert text(client, url) == formats.csv(number)
    layer = db.calc("conv2d", "3x227x227", filters=96, kernel=11, stride=4)
    url = "/calc/conv2d.csv?filters=96&input=3x227x227&kernel=11&stride=4"
    assert text(client, url) == formats.csv(layer)
    swept = db.sweep("vgg16", input=("128..256:64",))
    assert text(client, "/sweep.csv?input=128..256:64&name=vgg16") == formats.csv(swept)


def test_forms_for_papers_and_for_other_programs(client: TestClient) -> None:
    assert "| params | " in text(client, "/compare/vgg16/alexnet.md")
    assert "\\begin{tabular}" in text(client, "/compare/vgg16/alexnet.tex")
    assert "@" in text(client, "/networks/vgg16.bib")
    drawing = text(client, "/networks/googlenet/drawing.svg")
    assert drawing.startswith("<svg") and "inception_3a" in drawing
    parquet = pytest.importorskip("pyarrow.parquet")
    body = client.get("/networks/vgg16.parquet").content
    assert parquet.read_table(io.BytesIO(body)).column_names == ["quantity", "unit", "vgg16"]


def test_objects_and_integers_as_text(client: TestClient) -> None:
    found = json.loads(text(client, "/networks/vgg16.json?shape=objects"))
    params = next(row for row in found["rows"] if row["quantity"] == "params")
    assert params == {"quantity": "params", "unit": "parameters", "vgg16": 138_357_544}
    large = "/sql.json?integers=text&q=select 9007199254740991 as a, 9007199254740992 as b"
    assert json.loads(text(client, large))["rows"] == [[9007199254740991, "9007199254740992"]]


def test_what_json_has_no_value_for(client: TestClient) -> None:
    words = "select x'00ff' as a, 1e999 as b, -1e999 as c, null as d, 0.1 as e, {} as f"
    for last in ("1", "'ß'"):
        rows = json.loads(text(client, f"/sql.json?q={words.format(last)}"))["rows"]
        assert rows == [
            ["00ff", "Infinity", "-Infinity", None, 0.1, json.loads(last.replace("'", '"'))]
        ]


def test_an_answer_in_one_piece_and_in_many(client: TestClient) -> None:
    """The first is read where it arrives, the second while it comes."""
    many = (
        "with recursive n(i) as (select 1 union all select i - -1 from n limit {}) select i from n"
    )
    for count in (1, 500, 501, 20_000):
        found = json.loads(text(client, f"/sql.json?q={many.format(count)}"))
        assert found["rows"] == [[i + 1] for i in range(count)]
        assert found["row_count"] == count


def test_the_catalogue_page_by_page(client: TestClient, db: Database) -> None:
    rows, after = [], ""
    while True:
        found = json.loads(text(client, f"/networks.json?{after}limit=5&sort=macs"))
        rows += found["rows"]
        if not found["notes"]:
            break
        after = f"after={found['rows'][-1][0]}&"
    assert [tuple(row) for row in rows] == db.list(sort="macs").rows


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("q=vgg1?_c", ["vgg16_c"]),
        ("q=lenet", ["lenet5", "lenet5_modern", "googlenet"]),
        ("family=nin", ["nin"]),
        ("macs=..1000000", ["lenet5", "lenet5_modern"]),
        ("op=lrn&params=..10000000", ["googlenet"]),
        ("classes=10&q=modern", ["lenet5_modern"]),
    ],
)
def test_what_narrows_the_catalogue(query: str, names: list[str], client: TestClient) -> None:
    found = json.loads(text(client, f"/networks.json?{query}"))
    assert sorted(row[0] for row in found["rows"]) == sorted(names)


# One way to write an address.


@pytest.mark.parametrize(
    ("asked", "place"),
    [
        ("/networks/", "../networks"),
        ("/networks/VGG16", "../networks/vgg16"),
        ("/compare/NIN/VGG16+fc-to-conv", "../../compare/nin/vgg16+fc-to-conv"),
        ("/networks/resnet50?by=total", "../networks/resnet50"),
        ("/compare/VGG16/alexnet.json?by=op&input=", "../../compare/vgg16/alexnet.json?by=op"),
        ("/compare?name=vgg16&name=alexnet", "./compare/vgg16/alexnet"),
        ("/networks?sort=macs&family=VGG", "./networks?family=VGG&sort=macs"),
    ],
)
def test_another_way_leads_to_it(asked: str, place: str, client: TestClient) -> None:
    answer = client.get(asked)
    assert (answer.status_code, answer.headers["location"]) == (301, place)


# What cannot be answered.


@pytest.mark.parametrize(
    ("url", "status", "sign"),
    [
        ("/nope", 404, "no address"),
        ("/networks/vgg61.json", 404, "no network is called 'vgg61'"),
        ("/networks/vgg16.json?bye=op", 400, "no parameter 'bye'"),
        ("/networks/vgg16.json?by=ops", 400, "by cannot be 'ops'"),
        ("/networks/vgg16.json?by=op&by=block", 400, "given twice"),
        ("/networks/vgg16.json?input=axb", 400, "axb"),
        ("/networks/alexnet.json?input=3x8x8", 422, "8"),
        ("/networks/vgg16.json?convention=nope", 404, "no counting convention"),
        ("/networks/vgg16+nope.json", 400, "nope"),
        ("/networks/vgg16/explain/conv9.json", 404, "conv9"),
        ("/networks/..%2f..%2fetc%2fpasswd", 404, "no network"),
        ("/networks/%2fetc%2fpasswd.toml.json", 404, "no network"),
        ("/networks/torchvision:vgg16", 404, "no network"),
        ("/networks/%00", 400, "NUL"),
        ("/networks/%ff", 400, "UTF-8"),
        ("/networks.json?limit=x", 400, "whole number"),
        ("/networks.json?limit=99999999", 400, "at most"),
        ("/networks.json?params=1", 400, "range"),
        ("/networks.json?params=1e99..", 400, "params cannot be"),
        ("/networks.json?after=nope", 404, "among those found"),
        ("/networks.json?sort=nope", 400, "sort"),
        ("/compare/vgg16.json", 400, "two networks"),
        ("/compare/vgg16/vgg16.json", 400, "already"),
        ("/compare/a/b/c/d/e/f/g.json", 400, "six"),
        ("/explain-number.json", 400, "a name and a number"),
        ("/explain-number.json?name=vgg16&value=x", 400, "x"),
        ("/calc/nope", 404, "no op"),
        ("/calc/conv2d.json?input=3x8x8", 400, "filters"),
        ("/rewrite/vgg16.json", 400, "rules"),
        ("/sweep.json?input=9..1&name=vgg16", 400, "9..1"),
        ("/conventions/nope", 404, "nope"),
        ("/spaces/nope", 404, "nope"),
        ("/citations/nope", 404, "nope"),
        ("/schema/nope", 404, "nope"),
        ("/saved/nope", 404, "nope"),
        ("/charts/nope.svg", 404, "address"),
        ("/networks/vgg16/charts/nope.svg", 404, "chart"),
        ("/sql.json", 400, "no statement"),
        ("/sql.json?q=delete from layer", 400, "refused"),
        ("/sql.json?q=select nope", 400, "no such column"),
        ("/sql.json?q=select 1; select 2", 400, "two statements"),
        ("/sql.md?q=select zeroblob(10000001)", 422, "too big"),
        ("/networks?q=" + "x" * 9000, 414, "8192"),
        ("/@0123456789abcdef/networks", 410, "is not here"),
        ("/static/0/archdb.css", 404, "no such file"),
    ],
)
def test_a_problem_says_what_can_be_done(
    url: str, status: int, sign: str, client: TestClient
) -> None:
    answer = client.get(url)
    assert (answer.status_code, answer.headers["content-type"]) == (
        status,
        "application/problem+json",
    )
    problem = answer.json()
    assert sign in problem["detail"]
    assert problem["status"] == status
    assert problem["remedy"]
    assert "Traceback" not in answer.text


def test_people_get_a_page(client: TestClient) -> None:
    answer = client.get("/networks/vgg61", headers={"accept": "text/html,*/*"})
    assert answer.status_code == 404
    assert "did you mean" in answer.text and 'href="../"' in answer.text


def test_only_reading(client: TestClient) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        answer = client.request(method, "/networks/vgg16")
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


def test_another_host_is_refused(client: TestClient) -> None:
    assert client.get("/health", headers={"host": "evil.example"}).status_code == 421
    assert client.get("/health", headers={"host": "127.0.0.1:8765"}).status_code == 200


def test_a_client_that_asks_too_often(built: Path) -> None:
    app = application(built, QUIET._replace(rate=0.001))  # five at first: the burst
    with TestClient(app, base_url="http://localhost") as client:
        answer = client.get("/health")
        assert (answer.status_code, answer.json()["status"]) == (429, 429)
        assert int(answer.headers["retry-after"]) > 0


# HTTP.


def test_an_answer_that_is_known_is_not_sent_again(client: TestClient) -> None:
    first = client.get("/compare/vgg16/alexnet.json")
    etag = first.headers["etag"]
    again = client.get("/compare/vgg16/alexnet.json", headers={"if-none-match": etag})
    assert (again.status_code, again.content) == (304, b"")
    other = client.get("/compare/vgg16/alexnet.csv", headers={"if-none-match": etag})
    assert other.status_code == 200


def test_it_is_compressed_where_that_is_understood(client: TestClient) -> None:
    plain = client.get("/networks", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    with client.stream("GET", "/networks", headers={"accept-encoding": "gzip"}) as answer:
        body = b"".join(answer.iter_raw())
    assert answer.headers["content-encoding"] == "gzip"
    assert gzip.decompress(body) == plain.content and len(body) < len(plain.content) / 3


def test_rows_of_statements_are_compressed_as_they_come(client: TestClient) -> None:
    """Also where there are so many that they are streamed: 100,000 lines of up to six digits."""
    rows = "with recursive n(i) as (select 1 union all select i+1 from n limit {}) select i from n"
    for count, form in ((3, "csv"), (100_000, "csv"), (1000, "html")):
        url = f"/sql{'' if form == 'html' else '.csv'}?q={rows.format(count)}".replace("+", "%2B")
        plain = client.get(url, headers={"accept-encoding": "gzip;q=0, identity"})
        assert "content-encoding" not in plain.headers and plain.headers["vary"]
        with client.stream("GET", url, headers={"accept-encoding": "br, gzip"}) as answer:
            body = b"".join(answer.iter_raw())
        if count > 3:
            assert answer.headers["content-encoding"] == "gzip"
            assert len(body) < len(plain.content) / 2
            body = gzip.decompress(body)
        assert body == plain.content


def test_pages_of_other_hosts_read_only_where_that_is_allowed(built: Path) -> None:
    for shared in (False, True):
        app = application(built, QUIET._replace(cors=shared))
        with TestClient(app, base_url="http://localhost") as client:
            answer = client.get("/health", headers={"origin": "https://a.example"})
            assert ("access-control-allow-origin" in answer.headers) is shared
            asked = client.options("/sql.json", headers={"access-control-request-method": "POST"})
            assert asked.status_code == (204 if shared else 405)
            assert ("access-control-allow-methods" in asked.headers) is shared


def test_below_a_prefix(built: Path) -> None:
    app = application(built, QUIET._replace(prefix="/archdb"))
    with TestClient(app, base_url="http://localhost", follow_redirects=False) as client:
        assert client.get("/archdb").headers["location"] == "archdb/"
        page = client.get("/archdb/networks/vgg16")
        style = re.search(r'href="(\.\./[^"]+css)"', page.text)
        assert style is not None
        found = client.get(httpx_join("/archdb/networks/vgg16", style[1]))
        assert found.status_code == 200 and found.headers["content-type"].startswith("text/css")
        assert client.get("/archdb/networks/VGG16").headers["location"] == "../networks/vgg16"
        for url in ("/networks/vgg16", "/archdbs", "/"):
            answer = client.get(url)
            assert (answer.status_code, answer.json()["remedy"]) == (404, "/archdb/ is its start")


def test_the_head_alone(client: TestClient) -> None:
    head, whole = client.head("/networks/vgg16.csv"), client.get("/networks/vgg16.csv")
    assert (head.status_code, head.headers["etag"]) == (200, whole.headers["etag"])


def test_a_body_does_not_wait_until_its_head_has_been_received() -> None:
    with (
        listening(Settings(port=0)) as (shared, _),
        socket.create_connection(shared.getsockname()[:2]),
        shared.accept()[0] as taken,
    ):
        assert taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_the_file_and_a_part_of_it(client: TestClient) -> None:
    body = client.get("/archdb.sqlite").content
    assert body.startswith(b"SQLite format 3\0")
    part = client.get("/archdb.sqlite", headers={"range": "bytes=16-31"})
    assert (part.status_code, part.content) == (206, body[16:32])
    none = client.get("/archdb.sqlite", headers={"range": f"bytes={len(body)}-"})
    assert (none.status_code, none.headers["content-range"]) == (416, f"bytes */{len(body)}")
    assert none.json()["remedy"]
    wrong = client.get("/archdb.sqlite", headers={"range": "bytes=9-1,zz,,"})
    assert (wrong.status_code, wrong.json()["remedy"]) == (400, "as in Range: bytes=0-99")


def test_an_address_for_ever(client: TestClient) -> None:
    pinned = client.get("/ready").json()["dataset"]["address"]
    answer = client.get(f"{pinned}/networks/vgg16.csv")
    assert answer.text == text(client, "/networks/vgg16.csv")
    assert "immutable" in answer.headers["cache-control"]


def test_what_every_answer_says(client: TestClient) -> None:
    for url in ("/", "/networks/vgg16.json", "/nope", "/health"):
        headers = client.get(url).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'")
        assert "set-cookie" not in headers and "access-control-allow-origin" not in headers


# Pages.

PAGES = (
    *("/", "/networks", "/networks?desc=yes&family=VGG&sort=macs", "/compare", "/calc", "/api"),
    *(f"/networks/googlenet{by}" for by in ("", "?by=block", "?by=op", "?by=layer")),
    *("/networks/vgg16+fc-to-conv", "/networks/vgg16/layers", "/networks/vgg16/sources"),
    *("/networks/vgg16/lineage", "/networks/vgg16/nearest", "/networks/vgg16?input=256"),
    *("/compare/vgg16/alexnet", "/compare/resnet50/resnet50_v1_5?by=layer&only=differences"),
    *("/compare/vgg11/vgg13/vgg16?by=op", "/networks/vgg16/explain"),
    *("/networks/vgg16/explain?quantity=macs", "/networks/vgg16/explain/conv1_1"),
    *("/explain-number", "/explain-number?name=vgg16&value=138M", "/calc/conv2d"),
    "/calc/conv2d?explain=yes&filters=96&input=3x227x227&kernel=11",
    *("/rewrite/vgg16", "/rewrite/vgg16?rule=fc-to-conv", "/sweep"),
    *("/conventions", "/conventions/flop", "/spaces", "/schema", "/schema/layer_summary"),
    *("/citations/simonyan2015", "/sql", "/sql?q=select 1 as a", "/sql?q=nope", "/saved/depths"),
)


@pytest.mark.parametrize("url", PAGES)
def test_a_page(url: str, client: TestClient) -> None:
    page = text(client, url)
    assert page.count("<h1") == 1 and "</html>" in page
    assert " style=" not in page, "the policy forbids it"
    loaded = re.findall(r'(?:src|href)="(https?:[^"]+)"', page)
    assert all("doi.org" in link or link in page.partition("<main")[2] for link in loaded)
    base = url.partition("?")[0]
    for link in set(re.findall(r'href="(\.[^"#]+)"', page)):
        target = httpx_join(base, link.replace("&amp;", "&"))
        rare = re.search("/published|/citations/|/accuracy", target)  # of which FEW have none
        known = (200, 301, 404) if rare else (200, 301)
        assert client.get(target).status_code in known, (url, link)
        if "static" in target:
            break


def httpx_join(base: str, link: str) -> str:
    from urllib.parse import urljoin

    return urljoin(f"http://localhost{base}", link)


def test_all_pages_are_looked_at() -> None:
    looked_at = {
        route.pattern for url in PAGES for route in ROUTES if route.page and _match(route, url)
    }
    missing = {route.pattern for route in ROUTES if route.page} - looked_at
    assert missing <= {"/published", "/networks/{name}/published", "/spaces/{space}",
                       "/networks/{name}/totals", "/networks/{name}/blocks", "/networks/{name}/ops",
                       "/networks/{name}/resolutions"}  # fmt: skip


def test_points_have_pages(tmp_path: Path, built: Path) -> None:
    """A list of them that the list of spaces leads to, and from there each its own."""
    copy = tmp_path / "points.sqlite"
    shutil.copy(built, copy)
    spaces.build(copy, find("nasbench201"), 3)
    with TestClient(application(copy, QUIET), base_url="http://localhost") as client:
        assert 'href="./spaces/nasbench201"' in text(client, "/spaces")
        page = text(client, "/spaces/nasbench201?limit=2&params=..900K")
        assert 'value="..900000"' in page and "there are more: after=1" in page
        links = set(re.findall(r'href="\.(\./networks/[^"]+)"', page))
        assert len(links) == 2
        of_space = client.get("/networks.json?space=nasbench201&limit=2", follow_redirects=False)
        assert of_space.status_code == 301
        assert of_space.headers["location"] == "./spaces/nasbench201.json?limit=2"
        assert len(client.get("/networks.json?space=nasbench201&limit=2").json()["rows"]) == 2
        refused = client.get("/networks.json?space=nasbench201&family=VGG")
        assert refused.status_code == 400 and "no parameter 'family'" in refused.text
        for link in links:
            assert "<h1" in text(client, httpx_join("/spaces/nasbench201", f".{link}"))


def test_a_row_of_the_catalogue_is_broken_between_its_inputs(tmp_path: Path, built: Path) -> None:
    """Three inputs in one piece would push the figures out of sight."""
    copy = tmp_path / "inputs.sqlite"
    shutil.copy(built, copy)
    two = tmp_path / "two.prototxt"
    given = "".join(
        f"input: '{name}' input_shape {{ dim: 1 dim: 3 dim: 8 dim: 8 }}\n"
        for name in ("one", "two")
    )
    two.write_text(
        f"{given}layer {{ type: 'Eltwise' name: 'e' bottom: 'one' bottom: 'two' top: 'e' }}"
    )
    with Database(copy, isolated=True) as database:
        database.store(str(two))
    with TestClient(application(copy, QUIET), base_url="http://localhost") as client:
        assert "one=3x8x8,<wbr>two=3x8x8" in text(client, "/networks?q=two")


def _match(route: object, url: str) -> bool:
    segments = [part for part in url.partition("?")[0].split("/") if part]
    return route.match(segments) is not None  # type: ignore[attr-defined]


def test_text_of_others_is_no_markup(tmp_path: Path, built: Path) -> None:
    import sqlite3
    from contextlib import closing

    copy = tmp_path / "evil.sqlite"
    shutil.copy(built, copy)
    with closing(sqlite3.connect(copy)) as writer, writer:
        writer.execute("update network set title = '<script>alert(1)</script>' where name='vgg16'")
    with TestClient(application(copy, QUIET), base_url="http://localhost") as client:
        for url in ("/networks", "/networks/vgg16", "/networks/vgg16/drawing.svg"):
            assert "<script>alert" not in client.get(url).text
        assert "&lt;script&gt;alert" in client.get("/networks/vgg16").text


# What describes it.


def test_the_description_has_every_address(client: TestClient) -> None:
    found = client.get("/openapi.json").json()
    assert found["openapi"].startswith("3.1")
    for route in ROUTES:
        own = route.pattern.replace("{names*}", "{name1}/{name2}").replace("*}", "}")
        assert own in found["paths"] or f"{own}.{route.forms[0]}" in found["paths"]
    compare = found["paths"]["/compare/{name1}/{name2}.json"]["get"]["parameters"]
    assert {p["name"] for p in compare} >= {"name1", "name2", "by", "input", "shape"}
    number = found["paths"]["/explain-number.json"]["get"]["parameters"]
    assert {p["name"] for p in number if p.get("required")} == {"name", "value"}
    assert "requestBody" in found["paths"]["/sql.json"]["post"]
    assert set(TABLES) < set(MEDIA)


def test_nothing_is_derived_or_run_where_that_is_off(built: Path) -> None:
    off = QUIET._replace(sql=False, derive=False, download=False)
    with TestClient(application(built, off), base_url="http://localhost") as client:
        for url in ("/sql.json?q=select 1", "/networks/vgg16+fc-to-conv.json", "/archdb.sqlite"):
            assert client.get(url).status_code == 403
        assert client.get("/compare/vgg16/alexnet.json").status_code == 200


# The command.


def test_a_bare_install_is_told_how_to_get_it(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archdb.cli.serve.find_spec", lambda name: None)
    refused(archdb("serve", database=database), "starlette, which is not installed", "[serve]")


@pytest.mark.parametrize(
    ("words", "sign"),
    [
        (("--get", "networks"), "is no address"),
        (("--heap", "much"), "is no size"),
        (("--time", "0"), "0"),
        (("--workers", "0"), "0"),
    ],
)
def test_wrong_words(words: tuple[str, ...], sign: str, database: Path) -> None:
    refused(archdb("serve", *words, database=database), sign, status=2)


def test_one_address_without_a_server(database: Path) -> None:
    answer = process("serve", "--get", "/networks/VGG16.csv", database=database)
    assert (answer.status, answer.out.splitlines()[3]) == (0, "params,parameters,138357544")
    missing = process("serve", "--get", "/nope", database=database)
    assert missing.status == 1 and json.loads(missing.out)["status"] == 404
