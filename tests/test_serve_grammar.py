"""Statements that a grammar makes, and addresses that the table of routes makes: each is answered,
with rows or with a problem that has a remedy, and what answers is still there afterwards."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from serving import Served, served

from archdb.serve.address import Route
from archdb.serve.parameters import Parameter, write
from archdb.serve.routes import ROUTES

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc")
WORKERS = 4
#: The service is one for all examples, and what is drawn is large: both are meant.
MANY = settings(suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def service(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    place = Path(shutil.copy(built, tmp_path_factory.mktemp("grammar") / "archdb.sqlite"))
    before = place.read_bytes()
    with served(place, "--time", "1", "--stream-time", "20") as made:
        yield made
        made.settled(WORKERS)
        assert made.client.get("/sql.csv?q=select 1 as a").text == "a\n1\n"
    assert place.read_bytes() == before
    assert [file.name for file in place.parent.iterdir()] == ["archdb.sqlite"]


# A grammar of SQL: enough of it that most statements run, with all that writes, and with ends cut.

NAMES = ("layer_summary", "architecture_summary", "network", "layer", "sqlite_master", "nope")
COLUMNS = ("architecture", "macs", "params", "name", "rowid", "*", "nope")
literal = st.one_of(
    st.integers(-(2**70), 2**70).map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.text(max_size=6).map(lambda text: "'" + text.replace("'", "''") + "'"),
    st.sampled_from(("null", "x'00ff'", ":a", "?", "1e999", "''", "current_timestamp")),
)
FUNCTIONS = (
    *("abs", "hex", "length", "zeroblob", "randomblob", "printf", "char", "unicode", "quote"),
    *("sum", "count", "group_concat", "max", "total", "instr", "replace", "substr", "upper"),
    *("json", "json_array", "json_group_array", "load_extension", "writefile", "readfile"),
    *("likelihood", "sqlite_version", "last_insert_rowid", "changes", "glob", "like", "nope"),
)
SIGNS = ("+", "-", "*", "/", "%", "||", "<", "=", "and", "or", "like", "glob", "in", "is")
expression = st.recursive(
    literal | st.sampled_from(COLUMNS),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(SIGNS), inner)
        .map(" ".join).map(lambda text: f"({text})"),
        st.tuples(st.sampled_from(FUNCTIONS), st.lists(inner, max_size=3))
        .map(lambda pair: f"{pair[0]}({', '.join(pair[1])})"),
        inner.map(lambda one: f"case when {one} then {one} end"),
        inner.map(lambda one: f"(select {one})"),
        inner.map(lambda one: f"cast({one} as integer)"),
    ),
    max_leaves=6,
)  # fmt: skip
table = st.one_of(
    st.sampled_from(NAMES),
    st.sampled_from(("json_each('[1,2]')", "pragma_table_info('layer')", "sqlite_dbpage",
                     "layer_summary a, layer_summary b", "pragma_database_list")),
)  # fmt: skip
select = st.builds(
    lambda what, where, of, more: f"select {', '.join(what)} from {of} where {where} {more}",
    st.lists(expression, min_size=1, max_size=4),
    expression,
    table,
    st.sampled_from(("", "limit 3", "order by 1 desc limit 9", "group by 1", "limit -1",
                     "union select 1", "order by random()", "window w as ()")),
)  # fmt: skip
writing = st.builds(
    lambda form, of, what: form.format(of=of, what=what),
    st.sampled_from((
        "insert into {of} values ({what})", "update {of} set name = {what}", "delete from {of}",
        "drop table {of}", "create table {of} as select {what}", "pragma {of} = {what}",
        "attach {what} as {of}", "vacuum into {what}", "reindex {of}", "analyze {of}",
        "begin; {what}", "replace into {of} select {what}", "create temp view v as select {what}",
        "create trigger t after insert on {of} begin select {what}; end", "detach {of}",
        "with d as (select {what}) delete from {of}", "explain query plan select {what} from {of}",
        "alter table {of} rename to {of}2", "savepoint {of}", "pragma {of}", "select {what}; --",
    )),
    st.sampled_from(NAMES),
    expression,
)  # fmt: skip
endless = st.builds(
    "with recursive n(i) as (select {0} union all select {1} from n) select {2} from n".format,
    literal, expression, expression,
)  # fmt: skip
broken = st.builds(lambda text, at: text[:at], select, st.integers(0, 60))
statement = st.one_of(select, select, select, writing, endless, broken, st.text(max_size=40))


@MANY
@given(statement, st.sampled_from(("json", "csv", "md", "html")))
def test_statements_of_a_grammar(service: Served, text: str, form: str) -> None:
    """A stream may be broken off where it reaches a limit; all else is whole, or a problem."""
    import httpx

    suffix = "" if form == "html" else f".{form}"
    body = text.encode("utf-8", "replace")
    try:
        answer = service.client.post(f"/sql{suffix}", content=body, params={"limit": "50"})
    except httpx.RemoteProtocolError:
        assert form in ("json", "csv")
        return
    assert answer.status_code in (200, 400, 422), answer.text
    assert "Traceback" not in answer.text
    if answer.status_code != 200:
        problem = answer.json()
        assert problem["detail"] and problem["remedy"], answer.text
        assert "stumbled" not in problem["detail"]


# Addresses.

odd = st.one_of(
    st.text(max_size=12),
    st.sampled_from(("vgg16", "alexnet", "conv1_1", "conv2d", "mac", "..", ".", "%", "a/b", "+",
                     "vgg16+width=0.5", "vgg16+width=1e9", "alexnet.csv", "\u202e", "x" * 300,
                     "vgg16+fc-to-conv", "timm:resnet18", "/etc/passwd", "C:\\x", "@0", "~")),
)  # fmt: skip


def value(parameter: Parameter) -> st.SearchStrategy[str]:
    """Words for a parameter: such as it takes, and others."""
    numbers = st.integers(-1, 10**19).map(str)
    fit = {
        "integer": numbers, "number": st.floats(width=16).map(str),
        "flag": st.sampled_from(("yes", "no")), "text": st.sampled_from(("224", "flop", "VGG")),
        "range": st.tuples(numbers, numbers).map("..".join),
    }[parameter.kind]  # fmt: skip
    return st.one_of(fit, st.sampled_from(tuple(parameter.choices) or ("",)), odd)


@st.composite
def address(draw: st.DrawFn) -> str:
    route: Route = draw(st.sampled_from([r for r in ROUTES if not r.is_sql and r.forms]))
    parts = []
    for segment in route.segments:
        count = draw(st.integers(1, 3)) if segment.endswith("*}") else 1
        parts += [draw(odd) if segment[0] == "{" else segment for _ in range(count)]
    form = draw(st.sampled_from(["", *(f".{form}" for form in route.forms), ".zip", ".csv.csv"]))
    taken = () if callable(route.parameters) else route.parameters
    chosen = draw(st.lists(st.sampled_from(taken), max_size=3)) if taken else []
    said = {parameter.name: draw(value(parameter)) for parameter in chosen}
    said |= draw(st.sampled_from(({}, {}, {"shape": "objects"}, {"nonsense": "1"})))
    path = "/".join(quote(part.encode("utf-8", "replace"), safe="+=") for part in parts)
    return f"/{path}{form}" + write(
        {k: v.encode("utf-8", "replace").decode() for k, v in said.items()}
    )


@MANY
@given(address())
def test_addresses_of_the_table_of_routes(service: Served, url: str) -> None:
    answer = service.client.get(url)
    assert answer.status_code in (200, 400, 404, 422), (url, answer.text)
    if answer.status_code != 200:
        assert answer.headers["content-type"] == "application/problem+json", url
        assert answer.json()["detail"] and answer.json()["remedy"], url
        assert "stumbled" not in answer.json()["detail"], (url, answer.text)
