"""archdb remove: the user's own networks go, with all that hangs on them; others stay."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from command import Answer, archdb, files, refused

import archdb as package

MINE = """
name = "mine"
title = "My network"
family = "Own"
year = 2024
aliases = ["my_net"]

[[source]]
claim = "paper"
cite = "own2024"
where = "all of it"

[reference.own2024]
authors = ["Own, A."]
title = "My network"
year = 2024

[net]
input = [3, 8, 8]
layers = [["conv", "conv2d", {filters = 4, kernel = 3}], ["fc", "linear", {units = 10}]]
"""
#: Tables with a row for each network, layer, figure and so on.
ROWS = "select name from sqlite_master where type = 'table' and name not like 'sqlite%'"


@pytest.fixture
def mine(database: Path, tmp_path: Path) -> Path:
    """A database with the network, and a variant of it."""
    seed = tmp_path / "mine.toml"
    seed.write_text(MINE, "utf-8")
    archdb("import", str(seed), database=database)
    archdb("rewrite", "mine", "fc-to-conv", "--as", "mine_conv", database=database)
    return database


def counts(database: Path) -> dict[str, int]:
    with closing(sqlite3.connect(database)) as client:
        tables = [name for (name,) in client.execute(ROWS)]
        return {t: client.execute(f"select count(*) from {t}").fetchone()[0] for t in tables}


def remove(*words: str, database: Path, given: str = "") -> Answer:
    return archdb("remove", *words, database=database, given=given)


def test_it_goes_with_all_that_hangs_on_it(mine: Path, built: Path) -> None:
    archdb("show", "mine", "--input", "16", database=mine)
    answer = remove("my_net", "mine_conv", "--yes", database=mine)
    assert (answer.status, answer.out) == (0, "")
    assert answer.err.splitlines() == [
        "mine",
        "  My network: 3 layers",
        "  its other names: my_net",
        "  its derived figures, at 3x8x8, 3x16x16",
        "mine_conv",
        "  My network, fc-to-conv: 3 layers",
        "  a variant of mine, which stays unless it is named too",
        "  its derived figures, at 3x8x8",
        "removed mine",
        "removed mine_conv",
    ]
    left = {t: n for t, n in counts(mine).items() if n != counts(built)[t]}
    rows = {table for table in left if table.endswith("_row")}  # shared, and swept by an upgrade
    assert set(left) - rows <= {"citation"}, "publications stay"
    assert archdb("check", database=mine).err == "no faults\n"
    refused(archdb("show", "mine", database=mine), "no network is called 'mine'")


def test_the_name_is_free_again(mine: Path, tmp_path: Path) -> None:
    remove("mine", "mine_conv", "--yes", database=mine)
    assert archdb("import", str(tmp_path / "mine.toml"), database=mine).err == "imported mine\n"


@pytest.mark.parametrize("given", ["n\n", "\n", ""], ids=["no", "nothing", "nobody"])
def test_it_asks_and_stays_unless_told(given: str, mine: Path) -> None:
    before = files(mine.parent)
    answer = remove("mine_conv", database=mine, given=given)
    refused(answer, "remove? [y/N]", "nothing is removed", "--yes removes without asking")
    assert files(mine.parent) == before


def test_it_asks_and_goes_where_told(mine: Path) -> None:
    assert remove("mine_conv", database=mine, given="y\n").err.endswith("removed mine_conv\n")
    assert archdb("show", "mine_conv", database=mine).status == 1


def test_a_variant_keeps_its_base(mine: Path) -> None:
    before = files(mine.parent)
    answer = remove("mine", "--yes", database=mine)
    refused(answer, "mine: is what mine_conv is a variant of", "archdb remove mine mine_conv")
    assert files(mine.parent) == before


def test_what_is_not_ones_own_stays(mine: Path) -> None:
    before = files(mine.parent)
    refused(remove("vgg16", "--yes", database=mine), "vgg16: is bundled with archdb")
    refused(remove("vgg_d", "--yes", database=mine), "vgg16: is bundled with archdb")
    refused(remove("mine_conv", "vgg16", "--yes", database=mine), "vgg16: is bundled with archdb")
    refused(remove("mien", "--yes", database=mine), "no network is called 'mien'", "mine")
    refused(remove(database=mine), "Missing argument", status=2)
    assert files(mine.parent) == before


def test_points_of_a_space_stay(mine: Path) -> None:
    archdb("space", "build", "nasbench201", "--limit", "1", database=mine)
    (name,) = (
        package.open(mine)
        .query("select architecture from space_point limit 1")
        .column("architecture")
    )
    answer = remove(name, "--yes", database=mine)
    refused(answer, f"{name}: is a point of the search space nasbench201 and stays with it")


def test_one_in_place_of_a_bundled_one_keeps_its_variants(mine: Path, tmp_path: Path) -> None:
    """Figures that speak of it are told."""
    seed = tmp_path / "vgg16.toml"
    text = MINE.replace('"mine"', '"vgg16"').replace('aliases = ["my_net"]\n', "")
    seed.write_text(text, "utf-8")
    archdb("import", str(seed), "--replace", database=mine)
    answer = remove("vgg16", "--yes", database=mine)
    refused(answer, "vgg16: is what vgg16_c is a variant of", "vgg16_c: bundled, and stays")


def test_python(mine: Path) -> None:
    with package.open(mine) as database:
        would = database.remove("mine_conv", dry_run=True)
        assert database.resolve("mine_conv") == "mine_conv"
        assert database.remove("mine_conv") == would
        assert list(would) == ["mine_conv"]
        assert "mine_conv" not in database.names()
