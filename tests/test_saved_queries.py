"""The saved queries: they run on the catalogue and on a search space, and read no table whole."""

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from command import archdb

from archdb.db import build, spaces
from archdb.queries.sql import defaults, saved, saved_names
from archdb.spaces import find

NAMES = saved_names()
#: Tables with a row for each network, or many: to read one of them whole is a mistake.
LARGE = {"network", "point", "profile", "profile_row", "layer_row", "layer"}


@pytest.fixture(scope="module")
def mixed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The catalogue, and forty points of a space: never written."""
    path = tmp_path_factory.mktemp("mixed") / "archdb.sqlite"
    path.write_bytes(built.read_bytes())
    spaces.build(path, find("nasbench201"), 40)
    return path


@pytest.fixture(scope="module")
def opened(mixed: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(mixed)) as connection:
        yield connection


def values(name: str, space: str | None) -> dict[str, Any]:
    """A query's parameters, its point being one of the space."""
    given = defaults(saved(name))
    if space and "space" in given:
        given["space"] = space
    if "architecture" in given:
        given["architecture"] = next(find("nasbench201").points([1])).name
    return given


def plan(connection: sqlite3.Connection, name: str, space: str | None) -> list[str]:
    statement = f"explain query plan {saved(name)}"
    return [row[3] for row in connection.execute(statement, values(name, space))]


def test_there_are_ten() -> None:
    assert len(NAMES) >= 10


@pytest.mark.parametrize("space", [None, "nasbench201"])
@pytest.mark.parametrize("name", NAMES)
def test_no_table_is_read_whole(name: str, space: str | None, opened: sqlite3.Connection) -> None:
    steps = plan(opened, name, space)
    tables = {table: table for table in LARGE} | dict.fromkeys(("n", "p", "a", "l", "d"), "alias")
    for step in steps:
        found = re.match(r"SCAN (\w+)(?! USING INDEX ix_network_stale)", step)  # of stale ones
        assert not (found and found[1] in tables), steps


def test_a_whole_read_would_be_seen(opened: sqlite3.Connection) -> None:
    steps = opened.execute("explain query plan select sum(kernel_h) from layer l").fetchall()
    assert re.match(r"SCAN l", steps[0][3])


@pytest.mark.parametrize("name", NAMES)
def test_every_query_runs_with_its_defaults(name: str, mixed: Path) -> None:
    answer = archdb("query", "--saved", name, "--format", "json", database=mixed)
    assert answer.status == 0, answer.err
    json.loads(answer.out)


def rows(mixed: Path, name: str, **given: Any) -> list[dict[str, Any]]:
    words = [word for key, value in given.items() for word in ("--param", f"{key}={value}")]
    answer = archdb("query", "--saved", name, *words, "--format", "json", database=mixed)
    found: list[dict[str, Any]] = json.loads(answer.out)
    return found


def test_the_catalogue_and_the_space_are_apart(mixed: Path) -> None:
    here = rows(mixed, "depths", space="nasbench201")
    catalogue = rows(mixed, "depths")
    assert sum(row["networks"] for row in here) == 40
    names = json.loads(archdb("list", "--format", "json", database=mixed).out)
    assert sum(row["networks"] for row in catalogue) == len(names)


def test_the_front_is_what_no_other_beats(mixed: Path) -> None:
    front = rows(mixed, "pareto_front", space="nasbench201")
    listed = archdb("list", "--space", "nasbench201", "--format", "json", database=mixed).out
    points = {(row["macs"], row["params"]) for row in json.loads(listed)}
    expected = {
        (macs, params)
        for macs, params in points
        if not any(m <= macs and p >= params and (m, p) != (macs, params) for m, p in points)
    }
    assert {(row["macs"], row["params"]) for row in front} == expected


def test_points_one_attribute_apart_differ_in_one_operation(tmp_path: Path) -> None:
    path = tmp_path / "archdb.sqlite"
    build.create(path, seeded=False)
    spaces.build(path, find("vgg_widths"), 130)
    found = rows(path, "one_attribute_apart", architecture="vgg_s1_n1_w16_k3")
    by_attribute: dict[str, set[str]] = {}
    for row in found:
        by_attribute.setdefault(row["attribute"], set()).add(row["there"])
    # of the first 130 points: n1 (64 points), n2 (64), and w8 of n3; all of one stage
    assert by_attribute == {
        "convolutions": {"2"},
        "kernel": {"1", "5", "7"},
        "width": {str(w) for w in range(8, 136, 8)} - {"16"},
    }


def test_the_costliest_layer_is_the_largest_of_the_layer_rows(mixed: Path) -> None:
    for row in rows(mixed, "most_expensive_layers"):
        statement = (
            "select max(macs) as most from layer_summary"
            f" where architecture = '{row['architecture']}' and is_native = 1 and auxiliary = 0"
        )
        found = json.loads(archdb("query", statement, "--format", "json", database=mixed).out)
        assert row["macs"] == found[0]["most"]
        if row["architecture"] > "d":
            break


#: The same questions of the layer rows, with none of the totals that the saved queries read.
FROM_LAYERS = """
    with layers as (
        select n.id, n.name, l.op, l.kernel_h = 1 and l.kernel_w = 1 as pointwise,
            l.weight_params + l.bias_params + l.norm_params as params, l.macs
        from network n
        join layer_summary l on l.architecture = n.name
        where n.space = 'nasbench201'
    ),
    sums as (
        select id, name, sum(params) as params, sum(macs) as macs,
            sum(params) filter (where op = 'conv2d' and pointwise) as point_params,
            sum(macs) filter (where op = 'conv2d' and pointwise) as point_macs,
            sum(params) filter (where op = 'linear') as linear_params,
            sum(macs) filter (where op = 'linear') as linear_macs
        from layers group by id, name
    )
"""
BY_HAND = {
    "largest_within_budget": """
        select name, params, macs from sums where macs <= 50000000
        order by params desc, macs, name limit 20""",
    "pointwise_share": """
        select name, round(100.0 * point_params / params, 1) as p,
            round(100.0 * point_macs / macs, 1) as m
        from sums order by m desc, name""",
    "fully_connected_share": """
        select name, round(100.0 * linear_params / params, 1) as p,
            round(100.0 * linear_macs / macs, 1)
        from sums order by p desc, name""",
    "attribute_means": """
        select a.value, count(*), round(avg(params)), round(avg(macs)) as m
        from sums join point a on a.network_id = sums.id and a.attribute = 'edge_0_1'
        group by a.value order by m, a.value""",
    "receptive_fields": """
        select receptive_field_h, receptive_field_w,
            iif(receptive_field_h is null, receptive_field_note, null), count(*)
        from profile p join sums on sums.id = p.network_id
        group by 1, 2, 3 order by receptive_field_h is null, 1, 2, 3""",
    "depths": """
        select p.depth, count(*), min(params), max(params), min(sums.macs), max(sums.macs)
        from profile p join sums on sums.id = p.network_id group by 1 order by 1""",
    "isomorphic_points": """
        select a.value, count(*) as points, min(live_params), min(params), max(params), min(name)
        from sums join profile p on p.network_id = sums.id
        join point a on a.network_id = sums.id and a.attribute = 'live_cell'
        group by 1 order by points desc, 1 limit 20""",
}


@pytest.mark.parametrize("name", BY_HAND)
def test_the_layer_rows_give_the_same_answer(
    name: str, mixed: Path, opened: sqlite3.Connection
) -> None:
    found = [tuple(row.values()) for row in rows(mixed, name, space="nasbench201")]
    assert found == opened.execute(FROM_LAYERS + BY_HAND[name]).fetchall()
    assert found


def test_the_name_alone_says_how_it_is_run(built: Path) -> None:
    answer = archdb("query", NAMES[0], database=built)
    assert (answer.status, answer.out) == (1, "")
    assert f"archdb query --saved {NAMES[0]}" in answer.err
