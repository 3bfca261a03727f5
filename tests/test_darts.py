"""DARTS' spaces, held to the authors' own modules; and samples of what is too large."""

import csv
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from command import archdb, refused

from archdb.analysis.profile import derive
from archdb.db import build
from archdb.spaces import Point, find
from archdb.spaces.darts import GENOTYPES

RECORDED = list(csv.DictReader((Path(__file__).parent / "oracles" / "darts.csv").open()))


def number(normal: str, reduce: str) -> int:
    """Where a genotype stands: the last axis moves first."""
    nodes = [node.strip("|") for cell in (normal, reduce) for node in cell.split("+")]
    at = 0
    for values, node in zip(GENOTYPES.axes.values(), nodes, strict=True):
        at = at * len(values) + list(values).index(node)
    return at


def point(row: dict[str, str]) -> Point:
    return next(find(row["space"]).points([number(row["normal"], row["reduce"])]))


@pytest.mark.parametrize("row", RECORDED, ids=range(len(RECORDED)))
def test_what_the_authors_modules_come_to(row: dict[str, str]) -> None:
    """DARTS' first and second genotype, and 48 that were drawn; on CIFAR-10 and on ImageNet."""
    found = point(row)
    assert found.name == f"{row['space']}.n{row['normal']}.r{row['reduce']}"
    totals = derive(found.network).totals
    params = sum(totals[f"{role}_params"] for role in ("weight", "bias", "norm"))
    assert (params, totals["buffers"], totals["macs"]) == (
        *(int(row["params"]), int(row["buffers"]), int(row["macs"])),
    )


@pytest.mark.parametrize(("space", "printed"), [("darts_cifar", "3.3"), ("darts_imagenet", "4.7")])
def test_what_the_authors_print(space: str, printed: str) -> None:
    """3.3M and 4.7M model params: README of quark0/darts, of the second genotype."""
    second = [row for row in RECORDED if row["space"] == space][1]
    totals = derive(point(second).network).totals
    params = sum(totals[f"{role}_params"] for role in ("weight", "bias", "norm"))
    assert f"{params / 1e6:.1f}" == printed


@pytest.mark.parametrize("space", ["darts_cifar", "darts_imagenet"])
def test_what_the_authors_found_is_there_by_name(space: str) -> None:
    recorded = [row for row in RECORDED if row["space"] == space][:2]
    assert [*find(space).named] == ["DARTS_V1", "DARTS_V2"]
    assert [*find(space).named.values()] == [
        number(row["normal"], row["reduce"]) for row in recorded
    ]


def test_the_size_is_that_of_the_definition() -> None:
    """Two of the two to five before it for each node, and one of seven operations for each."""
    cell = (1 * 3 * 6 * 10) * 7**8
    assert find("darts_cifar").size == find("darts_imagenet").size == cell**2


def test_a_larger_sample_holds_a_smaller_one() -> None:
    space = find("darts_cifar")
    few, many = space.sample(20, 7), space.sample(50, 7)
    assert few == sorted(set(few)) and len(few) == 20
    assert set(few) < set(many)
    assert space.sample(20, 8) != few
    assert all(0 <= number < space.size for number in many)
    assert find("vgg_widths").sample(1280, 1) == [*range(1280)]


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    path = tmp_path / "archdb.sqlite"
    build.create(path, seeded=False)
    return path


def built(path: Path) -> list[int]:
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute("select number from network order by number")
        return [number for (number,) in found]


def test_a_space_is_sampled(empty: Path) -> None:
    words = ("space", "build", "darts_cifar", "--seed", "7", "--sample")
    assert "darts_cifar: 2 points added, 0 were there" in archdb(*words, "2", database=empty).err
    assert "darts_cifar: 2 points added, 2 were there" in archdb(*words, "4", database=empty).err
    assert built(empty) == find("darts_cifar").sample(4, 7)
    listed = json.loads(archdb("space", "list", "--format", "json", database=empty).out)
    (row,) = [row for row in listed if row["space"] == "darts_cifar"]
    assert (row["wanted"], row["built"]) == (4, 4)
    assert archdb("check", database=empty).status == 0


def test_points_are_given_by_their_numbers(empty: Path) -> None:
    words = ("space", "build", "nasbench101", "--point", "359715", "--point", "3")
    assert "2 points added" in archdb(*words, database=empty).err
    assert built(empty) == [3, 359_715]
    assert "3 points added" in archdb(*words[:3], "--limit", "4", database=empty).err
    assert archdb("check", database=empty).status == 0
    with closing(sqlite3.connect(empty)) as connection, connection:
        connection.execute("pragma foreign_keys = on")
        connection.execute("delete from network where number = 359715")
    answer = archdb("check", database=empty)
    assert "1 of 5 points are missing" in answer.out
    assert "with the options that it had" in answer.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["darts_cifar"], "has 1,076,746,950,455,072,400 points, too many to lay them all"),
        (["darts_cifar", "--limit", "100000000"], "too many to lay them all"),
        (["vgg_widths", "--sample", "2000"], "a sample of 'vgg_widths' has 1 to 1,280 points"),
        (["vgg_widths", "--point", "1280"], "the points of 'vgg_widths' are 0 to 1,279"),
        (["vgg_widths", "--point", "-1"], "the points of 'vgg_widths' are 0 to 1,279"),
        (["vgg_widths", "--point", "vgg"], "'vgg' is no point of 'vgg_widths'"),
        (["proxylessnas", "--point", "proxyless_gpus"], "did you mean proxyless_gpu"),
        (["proxylessnas", "--point", "42x"], "proxyless_cpu, proxyless_gpu, proxyless_mobile"),
        (["vgg_widths", "--limit", "3", "--sample", "3"], "give one of a limit, a sample"),
        (
            ["vgg_widths", "--sample", "3", "--engine", "spark", "--to", "out"],
            "--engine spark lays all points",
        ),
    ],
)
def test_points_that_cannot_be_chosen_are_refused(
    words: list[str], said: str, tmp_path: Path
) -> None:
    path = tmp_path / "none.sqlite"
    refused(archdb("space", "build", *words, database=path), said, status=2)
    assert not path.exists()
