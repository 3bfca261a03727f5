"""MobileNet-type spaces, held to their authors' own modules and to what others print."""

import csv
from pathlib import Path

import pytest

from archdb.analysis.profile import Profile, derive
from archdb.spaces import Point, chosen, find
from archdb.spaces.proxylessnas import GRID, WIDTHS

RECORDED = list(csv.DictReader((Path(__file__).parent / "oracles" / "mobilenets.csv").open()))


def point(space: str, name: str) -> Point:
    """By its name, whose words are the values on the axes; the last axis moves first."""
    _, widths, cells = name.split(".")
    words = [widths, *(unit for stage in cells.split("+") for unit in stage.strip("|").split("|"))]
    at = 0
    for values, word in zip(GRID.axes.values(), words, strict=True):
        at = at * len(values) + list(values).index(word)
    return next(find(space).points([at]))


def params(profile: Profile) -> int:
    return sum(profile.totals[f"{role}_params"] for role in ("weight", "bias", "norm"))


@pytest.mark.parametrize("row", RECORDED, ids=range(len(RECORDED)))
def test_what_the_authors_modules_come_to(row: dict[str, str]) -> None:
    """What they released, and twenty points that were drawn at each of its widths."""
    found = point(row["space"], row["architecture"])
    assert found.name == row["architecture"]
    profile = derive(found.network)
    assert (params(profile), profile.totals["buffers"], profile.totals["macs"]) == (
        *(int(row["params"]), int(row["buffers"]), int(row["macs"])),
    )


@pytest.mark.parametrize(
    ("widths", "weights"),
    [("cpu", 4361648), ("gpu", 7119848), ("mobile", 4080512), ("mobile_14", 6857568)],
)
def test_what_others_print_of_the_releases(widths: str, weights: int) -> None:
    """osmr/imgclsmob, pytorchcv/models/proxylessnas.py, which asserts the number of weights."""
    released = next(r for r in RECORDED if r["architecture"].startswith(f"proxylessnas.{widths}."))
    assert params(derive(point("proxylessnas", released["architecture"]).network)) == weights


def test_releases_are_points_by_name() -> None:
    released = [
        row["architecture"]
        for row in RECORDED[:: len(RECORDED) // 4]
        if row["space"] == "proxylessnas"
    ]
    space = find("proxylessnas")
    assert [name.split(".")[1] for name in released] == [*WIDTHS]
    assert [next(space.points([number])).name for number in space.named.values()] == released
    assert chosen(space, points=("proxyless_gpu", "12", 12)) == [12, space.named["proxyless_gpu"]]


def test_the_size_is_that_of_the_definition() -> None:
    """Six kinds of unit, or none but at the head of each of six stages; four widths."""
    assert find("proxylessnas").size == 4 * 6**6 * 7**15


def test_the_first_of_a_search_by_hand() -> None:
    """Of the widths of `mobile` all units k3e3 but those left out, which are all that can be."""
    name = "proxylessnas.mobile." + "+".join(["|k3e3|skip|skip|skip|"] * 5 + ["|k3e3|"])
    macs, side, before = 3 * 32 * 9 * 112**2 + 32 * (9 + 16) * 112**2, 112, 16
    for after, stride in zip((32, 40, 80, 96, 192, 320), (2, 2, 2, 1, 2, 1), strict=True):
        within = 3 * before
        macs += before * within * side**2
        side //= stride
        macs += within * (9 + after) * side**2
        before = after
    macs += 320 * 1280 * 7**2 + 1280 * 1000
    found = point("proxylessnas", name)
    assert derive(found.network).totals["macs"] == macs
    assert [block.name for block in found.network.blocks] == [
        *(f"blocks.{at}" for at in (0, 1, 5, 9, 13, 17, 21)),
    ]
