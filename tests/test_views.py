"""The views are what analysts read: in any SQLite client they explain themselves and add up."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from archdb.db import dictionary
from archdb.model.components import TOTALLED

PUBLIC = {
    *("architecture_summary", "layer_summary", "block_summary", "op_summary"),
    *("resolution_summary", "convention_total"),
}
SUMMED = ("params", *(component.name for component in TOTALLED))


@pytest.fixture(scope="module")
def client(built: Path) -> Iterator[sqlite3.Connection]:
    """Plain SQLite, without archdb."""
    with closing(sqlite3.connect(f"{built.as_uri()}?mode=ro", uri=True)) as connection:
        yield connection


def views(client: sqlite3.Connection) -> dict[str, str]:
    return dict(client.execute("select name, sql from sqlite_master where type = 'view'"))


def columns(client: sqlite3.Connection, relation: str) -> list[str]:
    return [column[0] for column in client.execute(f"select * from {relation} limit 0").description]


# They explain themselves.


def test_the_public_views_are_there(client: sqlite3.Connection) -> None:
    assert views(client).keys() >= PUBLIC


def test_the_dictionary_is_the_columns_both_ways(client: sqlite3.Connection) -> None:
    relations = {*views(client), "column_dictionary"}
    actual = [(view, column) for view in relations for column in columns(client, view)]
    listed = client.execute('select relation, "column" from column_dictionary').fetchall()
    assert sorted(listed) == sorted(actual)


def test_it_lists_them_in_their_order(client: sqlite3.Connection) -> None:
    for view in views(client):
        listed = client.execute(
            'select "column" from column_dictionary where relation = ? order by position', [view]
        )
        assert [column for (column,) in listed] == columns(client, view)


def test_it_says_unit_meaning_and_origin_of_each(client: sqlite3.Connection) -> None:
    blank = client.execute(
        "select * from column_dictionary where trim(unit) = '' or trim(meaning) = ''"
        " or origin not in ('stored', 'derived')"
    )
    assert blank.fetchall() == []


def test_what_it_cites_is_a_publication(client: sqlite3.Connection) -> None:
    cited = client.execute(
        "select distinct citation from column_dictionary where citation is not null"
    ).fetchall()
    known = client.execute("select key from citation").fetchall()
    assert ("araujo2019",) in cited
    assert set(cited) <= set(known)


def test_the_text_of_a_view_holds_its_comments(client: sqlite3.Connection) -> None:
    """What the sqlite3 shell shows for `.schema layer_summary`."""
    for view, statement in views(client).items():
        assert statement.splitlines()[1].startswith("-- "), f"{view} says what a row is"
        for column in columns(client, view):
            assert re.search(rf"\b{column},?  -- [^;]+; (stored|derived); \w", statement), column


def test_the_files_are_the_views(client: sqlite3.Connection) -> None:
    assert views(client).keys() == dictionary.views().keys()


def test_every_view_names_the_network_and_the_input(client: sqlite3.Connection) -> None:
    for view in PUBLIC:
        assert columns(client, view)[0] == "architecture"
        assert {"input", "is_native"} <= set(columns(client, view))


# They add up.


@pytest.mark.parametrize(
    "view", ["layer_summary", "op_summary", "block_summary", "resolution_summary"]
)
def test_the_rows_of_each_network_add_up_to_its_totals(view: str, whole: Path) -> None:
    main = "where auxiliary = 0" if view == "layer_summary" else ""
    sums = ", ".join(f"sum({column})" for column in SUMMED)
    with closing(sqlite3.connect(whole)) as client:
        each = f"from {view} {main} group by 1, 2"
        parts = client.execute(f"select architecture, input, {sums} {each}")
        totals = client.execute(
            f"select architecture, input, {', '.join(SUMMED)} from architecture_summary"
        )
        assert sorted(parts) == sorted(totals)


@pytest.mark.parametrize("view", ["op_summary", "block_summary", "resolution_summary"])
def test_groups_hold_every_layer_once(view: str, client: sqlite3.Connection) -> None:
    counted = client.execute(f"select architecture, sum(layers) from {view} group by 1 order by 1")
    layers = client.execute("select architecture, layers from architecture_summary order by 1")
    assert counted.fetchall() == layers.fetchall()


@pytest.mark.parametrize("view", ["op_summary", "block_summary", "resolution_summary"])
def test_a_key_stands_once_for_a_network(view: str, client: sqlite3.Connection) -> None:
    key = view.removesuffix("_summary")
    twice = client.execute(
        f"select architecture, {key}, count(*) as n from {view} group by 1, 2 having n > 1"
    )
    assert twice.fetchall() == []


def test_params_are_their_parts(client: sqlite3.Connection) -> None:
    for view in PUBLIC - {"convention_total"}:
        wrong = client.execute(
            f"select * from {view} where params <> weight_params + bias_params + norm_params"
        )
        assert wrong.fetchall() == []


def test_auxiliary_heads_have_columns_of_their_own(client: sqlite3.Connection) -> None:
    rows = client.execute(
        "select s.architecture, s.aux_params, s.aux_macs, l.params, l.macs"
        " from architecture_summary s join"
        " (select architecture, sum(params) as params, sum(macs) as macs from layer_summary"
        " where auxiliary = 1 group by 1) l using (architecture)"
    ).fetchall()
    assert [row[0] for row in rows] == ["googlenet"]
    for _, params, macs, summed_params, summed_macs in rows:
        assert (params, macs) == (summed_params, summed_macs)


# What single rows say.


def test_a_layer_row_is_the_whole_story(client: sqlite3.Connection) -> None:
    """alexnet's conv2: 256 filters of 5×5 in two groups on 96 maps of 27×27, padded by 2."""
    row = client.execute(
        "select inputs, kernel_h, kernel_w, stride_h, pad_top, pad_right, groups, in_channels,"
        " out_channels, out_height, params, macs, bias_adds, gemm_m, gemm_n, gemm_k,"
        " receptive_field_h, effective_stride_h, effective_padding_h, depth"
        " from layer_summary where architecture = 'alexnet' and layer = 'conv2'"
    ).fetchone()
    field = 11 + (3 - 1) * 4 + (5 - 1) * 8
    assert row == (
        *("pool1", 5, 5, 1, 2, 2, 2, 96),
        *(256, 27, 256 * (48 * 5 * 5 + 1), 256 * 48 * 5 * 5 * 27 * 27, 256 * 27 * 27),
        *(27 * 27, 256 // 2, 48 * 5 * 5),
        *(field, 4 * 2, 2 * 8, 2),
    )


def test_inputs_are_named_in_order(client: sqlite3.Connection) -> None:
    (inputs,) = client.execute(
        "select inputs from layer_summary"
        " where architecture = 'googlenet' and layer = 'inception_3a/output'"
    ).fetchone()
    branches = ("1x1", "3x3", "5x5", "pool_proj")
    assert inputs == ", ".join(f"inception_3a/relu_{branch}" for branch in branches)


def test_a_block_says_what_the_paper_prints(client: sqlite3.Connection) -> None:
    (kind, attributes) = client.execute(
        "select kind, attributes from block_summary"
        " where architecture = 'googlenet' and block = 'inception_3a'"
    ).fetchone()
    assert kind == "inception"
    assert attributes == '{"n1": 64, "n3": 128, "n5": 32, "proj": 32, "r3": 96, "r5": 16}'


def test_units_of_a_stage_know_their_stage(client: sqlite3.Connection) -> None:
    rows = client.execute(
        "select block, parent from block_summary"
        " where architecture = 'resnet50' and kind = 'bottleneck_unit' order by position"
    ).fetchall()
    assert len(rows) == 3 + 4 + 6 + 3
    assert rows[:3] == [("res2a", "res2"), ("res2b", "res2"), ("res2c", "res2")]
