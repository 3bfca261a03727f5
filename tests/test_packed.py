"""What networks share is stored once; points of search spaces are packed, and can be unpacked."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from command import archdb
from migrated import unpacked
from points import LISTED, POINTS
from rows import ask, shown

from archdb.analysis.profile import derive
from archdb.db import build, profile_lists, shared_rows, spaces
from archdb.db.content import content_of, content_of_rows
from archdb.db.engine import driver, writing
from archdb.db.networks import id_of, load
from archdb.db.shared_tables import layer_row, op_row
from archdb.spaces import find

NAME = next(find("nasbench201").points([3])).name
ONE = f"(select id from network where name = '{NAME}')"
UNPACK = f"update network set packed = 0 where name = '{NAME}'"
SHARED = ("fact_row", "field_row", "layer_row", "op_row", "block_row", "resolution_row")


def tamper(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as client, client:
        client.execute("pragma foreign_keys = on")
        for statement in statements:
            client.execute(statement)


# What the lists hold.


@pytest.mark.parametrize("packed", ["not packed", "packed"])
def test_views_say_what_a_walk_says(packed: str, filled: Path) -> None:
    """Layers, and their sums by op, block and resolution, of each network."""
    with closing(sqlite3.connect(filled)) as client:
        names = client.execute(f"select id, name from network where {packed}").fetchall()
        assert len(names) >= POINTS
        for key, name in names:
            table = derive(load(client, key)).table
            for by in ("op", "block", "resolution"):
                found = client.execute(
                    f"select {by}, layers, params, macs, comparisons, out_elements"
                    f" from {by}_summary where architecture = ? and is_native = 1",
                    [name],
                )
                expected = {
                    (
                        *(group_key, len(group)),
                        *map(group.total, ("params", "macs", "comparisons", "out_elements")),
                    )
                    for group_key, group in table.main.groups(by).items()
                }
                assert set(found) == expected
            rows = client.execute(
                "select layer, op, block, auxiliary, macs, depth, receptive_field_h, out_shape"
                " from layer_summary where architecture = ? and is_native = 1 order by position",
                [name],
            ).fetchall()
            columns = ("layer", "op", "block", "auxiliary", "macs", "depth", "receptive_field_h")
            walked = [*map(table.column, columns), table.outputs()]
            assert rows == list(zip(*walked, strict=True))


def test_each_row_is_stored_once(filled: Path) -> None:
    for table in SHARED:
        said = [row[2:] for row in ask(filled, f"select * from {table}")]
        assert len(said) == len(set(said)) > 0
    before = {table: ask(filled, f"select count(*) from {table}") for table in SHARED}
    assert archdb("check", database=filled).status == 0
    assert before == {table: ask(filled, f"select count(*) from {table}") for table in SHARED}


def test_a_resumed_build_finds_the_rows_of_the_one_before(filled: Path, tmp_path: Path) -> None:
    path = tmp_path / "resumed.sqlite"
    build.create(path, seeded=False)
    for limit in (1, 5, POINTS):
        spaces.build(path, find("nasbench201"), limit)
    where = "select * from {} where space = 'nasbench201'"
    for view in LISTED[:4]:
        assert ask(path, where.format(view)) == ask(filled, where.format(view))
    for table in SHARED:
        said = [row[2:] for row in ask(path, f"select * from {table}")]
        assert len(said) == len(set(said))


def test_little_memory_makes_no_doubles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = shared_rows.Recent.__init__
    monkeypatch.setattr(shared_rows.Recent, "__init__", lambda self: made(self, 3))
    path = tmp_path / "small.sqlite"
    build.create(path, seeded=False)
    spaces.build(path, find("nasbench201"), 3)
    for table in SHARED:
        said = [row[2:] for row in ask(path, f"select * from {table}")]
        assert len(said) == len(set(said))
    assert archdb("check", database=path).status == 0


def test_what_is_in_use_is_not_forgotten() -> None:
    recent: shared_rows.Recent[int] = shared_rows.Recent(2)
    for key in range(9):
        recent.put(key, key)
        assert recent.get(0) == 0
    assert recent.get(1) is None


def test_rows_with_one_checksum_are_told_apart(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_rows, "checksum", lambda row: 7)
    rows = [("conv2d", place, *[0] * 16) for place in (1000, 1001, 1000)]
    with writing(file) as connection:
        ids = shared_rows.find_or_add(driver(connection), op_row, rows)
        assert ids[0] == ids[2] != ids[1]
        assert shared_rows.find_or_add(driver(connection), op_row, rows[1:]) == ids[1:]


# Packed points.


def test_points_have_no_rows_of_their_own(filled: Path) -> None:
    for table in ("layer", "edge", "block"):
        of_points = f"select count(*) from {table} t join network n on n.id = t.network_id"
        assert ask(filled, f"{of_points} where n.space is not null") == [(0,)]
    assert ask(filled, "select count(*), sum(packed) from network where space is not null") == [
        (POINTS, POINTS)
    ]
    assert ask(filled, "select sum(packed) from network where space is null") == [(0,)]


@pytest.mark.parametrize("number", range(POINTS))
def test_a_point_is_loaded_as_it_was_laid(number: int, filled: Path) -> None:
    network = next(find("nasbench201").points([number])).network
    with closing(sqlite3.connect(filled)) as client:
        loaded = load(client, id_of(client, network.name))
    assert (loaded.layers, loaded.blocks) == (network.layers, network.blocks)


REFUSED = {
    "a layer": "insert into layer (network_id, position, name, op)"
    f" values ({ONE}, 999, 'x', 'relu')",
    "an edge": f"insert into edge values ({ONE}, 1, 0, 0)",
    "a block": f"insert into block values ({ONE}, 'x', 99, 'x', '{{}}', null)",
    "no profile": f"delete from profile where network_id = {ONE}",
    "another's profile": f"update profile set network_id = 1, input = 'x' where network_id = {ONE}",
    "the profile of another": f"update profile set network_id = {ONE}, input = 'x'"
    " where network_id = (select id from network where name = 'nin')",
    "no lists": "delete from profile_row",
    "other lists": "update profile_row set layers = '[]'",
    "a catalogue network": "update network set packed = 1 where name = 'nin'",
}


@pytest.mark.parametrize("kind", REFUSED)
def test_a_packed_point_is_read_only(kind: str, file: Path) -> None:
    before = shown(file, *LISTED)
    with pytest.raises(sqlite3.IntegrityError, match=r"packed|derived"):
        tamper(file, REFUSED[kind])
    assert shown(file, *LISTED) == before


def test_the_refusal_says_what_to_do(file: Path) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="update network set packed = 0 where name = "):
        tamper(file, REFUSED["a layer"])


def test_unpacked_points_have_the_rows_that_they_were_laid_as(file: Path) -> None:
    before = shown(file, *LISTED)
    tamper(file, "update network set packed = 0")
    with closing(sqlite3.connect(file)) as client:
        for point in find("nasbench201").points(range(POINTS)):
            key = id_of(client, point.name)
            assert content_of(client, key) == content_of_rows(point.network)
    assert ask(file, "select count(*) from network where stale or packed") == [(0,)]
    assert shown(file, *LISTED) == before
    assert archdb("check", database=file).status == 0


def test_an_unpacked_point_can_be_changed(file: Path) -> None:
    params = f"select params from architecture_summary where architecture = '{NAME}'"
    ((before,),) = ask(file, params)
    tamper(file, UNPACK, f"update layer set units = 20 where network_id = {ONE} and op = 'linear'")
    assert ask(file, params) == []
    answer = archdb("show", NAME, database=file)
    assert "derived again, because rows or archdb have changed" in answer.err
    assert ask(file, params) == [(before + 10 * 65,)]
    assert archdb("check", database=file).status == 0


def test_it_can_be_packed_again_with_fresh_figures(file: Path) -> None:
    before = shown(file, *LISTED)
    tamper(file, UNPACK)
    tamper(file, f"update network set packed = 1 where name = '{NAME}'")
    assert ask(file, f"select count(*) from layer where network_id = {ONE}") == [(0,)]
    tamper(file, UNPACK, f"update layer set bias = 1 where network_id = {ONE} and op = 'conv2d'")
    with pytest.raises(sqlite3.IntegrityError, match="with fresh figures: archdb derive"):
        tamper(file, f"update network set packed = 1 where name = '{NAME}'")
    tamper(file, f"update layer set bias = 0 where network_id = {ONE} and op = 'conv2d'")
    archdb("derive", NAME, database=file)
    tamper(file, f"update network set packed = 1 where name = '{NAME}'")
    assert shown(file, *LISTED) == before
    assert archdb("check", database=file).status == 0


@pytest.mark.parametrize(
    "change",
    [
        f"update network set structure = 'x' where name = '{NAME}'",
        f"update network set revision = revision + 3 where name = '{NAME}'",
        f"update profile set macs = 1, depth = 2 where network_id = {ONE}",
        f"update profile set is_native = 0 where network_id = {ONE}",
    ],
)
def test_a_packed_point_is_derived_again_from_its_lists(change: str, file: Path) -> None:
    before = shown(file, *LISTED)
    tamper(file, change)
    assert "derived again" in archdb("show", NAME, database=file).err
    assert shown(file, *LISTED) == before
    assert ask(file, f"select packed from network where name = '{NAME}'") == [(1,)]


def test_a_point_at_another_input(file: Path) -> None:
    assert archdb("show", NAME, "--input", "64", database=file).status == 0
    assert archdb("check", database=file).status == 0
    assert archdb("derive", NAME, database=file).status == 0
    assert len(ask(file, f"select 1 from profile where network_id = {ONE}")) == 2


def test_a_point_that_leaves_its_space_is_found_outside(file: Path) -> None:
    """Though profiles bear the space as well."""
    space = f"select space from architecture_summary where architecture = '{NAME}'"
    assert ask(file, space) == [("nasbench201",)]
    tamper(file, UNPACK, f"update network set space = null, number = null where name = '{NAME}'")
    assert archdb("derive", database=file).status == 0
    assert ask(file, space) == [(None,)]
    members = "select count(*) from cost_summary where space is 'nasbench201'"
    assert ask(file, members) == [(POINTS - 1,)]


def test_a_removed_point_leaves_nothing(file: Path) -> None:
    tamper(file, f"delete from network where name = '{NAME}'")
    for table in ("profile", "profile_row"):
        assert ask(file, f"select count(*) from {table}") == [(18 + POINTS - 1,)]
    spaces.build(file, find("nasbench201"), POINTS)
    assert archdb("check", database=file).status == 0


# Rows that nothing lists, and damage.


def test_what_nothing_lists_is_swept(file: Path) -> None:
    before = shown(file, *LISTED)
    full = {table: ask(file, f"select count(*) from {table}")[0][0] for table in SHARED}
    with writing(file) as connection:
        lists = profile_lists.lists_for(connection)
        point = next(find("nasbench201").points([4000])).network
        lists.of(point, derive(point))
    with writing(file) as connection:
        shared_rows.sweep(driver(connection))
        lists.go_on(driver(connection))
        again = lists.of(point, derive(point))
        assert ask_ids(driver(connection), json.loads(again[0])) == [layer.name for layer in point]
        shared_rows.sweep(driver(connection))
    assert {table: ask(file, f"select count(*) from {table}")[0][0] for table in SHARED} == full
    tamper(file, "delete from network where space is not null", "delete from space")
    assert archdb("db", "repair", database=file).status == 0
    assert ask(file, "select count(*) from layer_row")[0][0] < full["layer_row"]
    left = [row for row in before["layer_summary"] if row[-1] is None]
    assert shown(file, *LISTED)["layer_summary"] == left
    assert archdb("check", database=file).status == 0


def ask_ids(client: sqlite3.Connection, ids: list[int]) -> list[str]:
    names = dict(client.execute("select id, name from layer_row"))
    return [names[key] for key in ids]


@pytest.mark.parametrize(
    ("table", "change", "what"),
    [
        ("layer_row", "delete from layer_row where id = {}", "is missing"),
        ("layer_row", "update layer_row set depth = 77 where id = {}", "is not as it was written"),
        ("op_row", "delete from op_row where id = {}", "is missing"),
        ("op_row", "update op_row set macs = 77 where id = {}", "is not as it was written"),
    ],
)
def test_check_says_which_points_a_damaged_row_touches(
    table: str, change: str, what: str, file: Path
) -> None:
    """A row that this point alone lists."""
    column = {"layer_row": "layers", "op_row": "ops"}[table]
    listed = f"select e.value, x.profile_id from profile_row x, json_each(x.{column}) e"
    ((row, profile),) = ask(
        file,
        f"select value, min(profile_id) from ({listed}) join profile p on p.id = profile_id"
        " join network n on n.id = p.network_id group by value"
        " having count(*) = 1 and min(n.packed) = 1 limit 1",
    )
    ((name,),) = ask(
        file,
        "select n.name from network n join profile p on p.network_id = n.id where p.id = ?",
        profile,
    )
    guards = [f"drop trigger {table}_{event}" for event in ("updated", "deleted")]
    tamper(file, *guards, change.format(row))
    found = json.loads(archdb("check", "--format", "json", database=file).out)
    said = [fault["fault"] for fault in found if fault["check"] == "shared rows"]
    assert said[0].startswith(f"{table} {row} {what}: {name} rest")


# Older files.


def test_an_older_file_with_a_space_is_packed(file: Path, tmp_path: Path) -> None:
    """Revision 0010 with the catalogue, a network of the user's, one of its inputs and a space."""
    seed = tmp_path / "mine.toml"
    seed.write_text(
        'name = "mine"\ntitle = "Mine"\nfamily = "Own"\nyear = 2024\n[net]\ninput = [3, 8, 8]\n'
        'layers = [["conv", "conv2d", {filters = 4, kernel = 3}]]\n',
        "utf-8",
    )
    assert archdb("import", str(seed), database=file).status == 0
    assert archdb("show", "mine", "--input", "16", database=file).status == 0
    before = shown(file, *LISTED)
    unpacked(file)
    assert ask(file, "select count(*) from layer_profile") == [(0,)]
    assert ask(file, f"select count(*) from layer where network_id = {ONE}")[0][0] > 100
    assert archdb("derive", database=file).status == 0
    assert shown(file, *LISTED) == before
    assert ask(file, "select sum(packed) from network") == [(POINTS,)]
    assert ask(file, "select count(*) from layer l join network n on n.id = l.network_id"
               " where n.packed") == [(0,)]  # fmt: skip
    assert archdb("check", database=file).status == 0


# Plans.


@pytest.mark.parametrize("view", LISTED)
@pytest.mark.parametrize(
    "condition",
    [
        "architecture = 'vgg16'",
        "architecture in ('vgg16', 'nin')",
        "space = 'nasbench201'",
        "space is null and is_native = 1",
        "architecture in (select architecture from architecture_summary where family = 'VGG')",
    ],
)
def test_no_plan_looks_through_the_rows_that_are_shared(
    view: str, condition: str, filled: Path
) -> None:
    plan = ask(filled, f"explain query plan select * from {view} where {condition}")
    steps = [step[3] for step in plan]
    assert any(step.startswith(f"SEARCH {table}") for step in steps for table in ("r", "x"))
    scanned = [step for step in steps if step.startswith("SCAN") and "VIRTUAL TABLE" not in step]
    assert not {"SCAN r", "SCAN x", "SCAN f", "SCAN w", "SCAN p", "SCAN n"} & set(scanned)
    assert not any(step.startswith("USE TEMP B-TREE") for step in steps)
    assert layer_row.name not in " ".join(scanned)
