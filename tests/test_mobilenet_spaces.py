"""MobileNet-type spaces, held to their authors' own modules and to what they and others print."""

import csv
from pathlib import Path

import pytest

from archdb.analysis.profile import Profile, derive
from archdb.spaces import REGISTRY, Point, chosen, find, once_for_all, proxylessnas, space

RECORDED = list(csv.DictReader((Path(__file__).parent / "oracles" / "mobilenets.csv").open()))
RELEASED = {row["released"]: row for row in RECORDED if row["released"]}


def point(row: dict[str, str]) -> Point:
    """The recorded one, by its words."""
    name, *words = row["architecture"].split(".")
    units = words[-1].strip("|").split("|+|")
    if name == "proxylessnas":
        number = proxylessnas.GRID.number([words[0], *(one for u in units for one in u.split("|"))])
    else:
        number = once_for_all.grid(int(row["space"][-1])).number(units)
    return next(find(row["space"]).points([number]))


def params(profile: Profile) -> int:
    return sum(profile.totals[f"{role}_params"] for role in ("weight", "bias", "norm"))


def figures(row: dict[str, str]) -> tuple[int, int, int]:
    """Parameters, buffers and multiply-accumulates at the side of image that is recorded."""
    side = int(row["side"])
    profile = derive(point(row).network, (3, side, side))
    return params(profile), profile.totals["buffers"], profile.totals["macs"]


@pytest.mark.parametrize("row", RECORDED, ids=range(len(RECORDED)))
def test_what_the_authors_modules_come_to(row: dict[str, str]) -> None:
    """What they released, and twenty points that were drawn at each width."""
    assert point(row).name == row["architecture"]
    assert figures(row) == (int(row["params"]), int(row["buffers"]), int(row["macs"]))


@pytest.mark.parametrize(
    ("released", "weights"),
    [
        ("proxyless_cpu", 4361648),
        ("proxyless_gpu", 7119848),
        ("proxyless_mobile", 4080512),
        ("proxyless_mobile_14", 6857568),
    ],
)
def test_what_others_print_of_the_releases(released: str, weights: int) -> None:
    """osmr/imgclsmob, pytorchcv/models/proxylessnas.py, which asserts the number of weights."""
    assert figures(RELEASED[released])[0] == weights


#: README of mit-han-lab/once-for-all: millions of parameters and of multiply-accumulates.
PRINTED = {
    "flops@595M": (9.1, 595),
    "flops@482M": (9.1, 482),
    "flops@389M": (8.4, 389),
    "LG-G8_lat@24ms": (5.8, 230),
    "LG-G8_lat@16ms": (5.8, 151),
    "LG-G8_lat@11ms": (5.0, 103),
    "LG-G8_lat@8ms": (4.1, 74),
    "s7edge_lat@88ms": (6.4, 219),
    "s7edge_lat@58ms": (4.6, 145),
    "s7edge_lat@41ms": (4.7, 96),
    "s7edge_lat@29ms": (3.8, 66),
    "note8_lat@65ms": (5.3, 220),
    "note8_lat@49ms": (6.0, 164),
    "note8_lat@31ms": (4.6, 101),
    "note8_lat@22ms": (4.3, 67),
    "note10_lat@64ms": (9.1, 743),
    "note10_lat@50ms": (9.1, 554),
    "note10_lat@41ms": (9.0, 457),
    "note10_lat@30ms": (7.5, 339),
    "note10_lat@22ms": (5.9, 237),
    "note10_lat@16ms": (4.9, 163),
    "note10_lat@11ms": (4.3, 110),
    "note10_lat@8ms": (3.8, 79),
    "pixel1_lat@143ms": (9.2, 642),
    "pixel1_lat@132ms": (9.2, 593),
    "pixel1_lat@79ms": (8.2, 356),
    "pixel1_lat@58ms": (5.8, 230),
    "pixel1_lat@40ms": (6.0, 162),
    "pixel1_lat@28ms": (5.2, 109),
    "pixel1_lat@20ms": (4.3, 77),
    "pixel2_lat@62ms": (5.8, 208),
    "pixel2_lat@50ms": (4.7, 166),
    "pixel2_lat@35ms": (5.1, 113),
    "pixel2_lat@25ms": (4.1, 79),
}
#: What the same authors' modules come to at the side in the release's run.config; the README
#: prints 74, 163, 79 and 356 million of these.
PRINTED_OTHERWISE = {
    "LG-G8_lat@8ms": 73_471_032,
    "note10_lat@16ms": 162_464_384,
    "note10_lat@8ms": 75_802_880,
    "pixel1_lat@79ms": 355_469_648,
}


@pytest.mark.parametrize("released", PRINTED)
def test_what_the_authors_print_of_the_releases(released: str) -> None:
    weights, _, macs = figures(RELEASED[released])
    assert f"{weights / 1e6:.1f}" == f"{PRINTED[released][0]:.1f}"
    agrees = f"{macs / 1e6:.0f}" == str(PRINTED[released][1])
    assert agrees == (released not in PRINTED_OTHERWISE)
    assert macs == PRINTED_OTHERWISE.get(released, macs)


def test_releases_are_points_by_name() -> None:
    named = {
        name: next(find(one).points([number])).name
        for one in {row["space"] for row in RECORDED}
        for name, number in find(one).named.items()
    }
    assert named == {name: row["architecture"] for name, row in RELEASED.items()}
    assert {*PRINTED} < {*RELEASED}
    gpu = find("proxylessnas").named["proxyless_gpu"]
    assert chosen(find("proxylessnas"), points=("proxyless_gpu", "12", 12)) == [12, gpu]


def test_the_sizes_are_those_of_the_definitions() -> None:
    """ProxylessNAS: six kinds of unit, or none but at the head of each of six stages; four widths.
    Once for all: two to four blocks of nine kinds in each of five units (cai2020, section 3), a
    third of which have the kernel of a space in their first block."""
    assert find("proxylessnas").size == 4 * 6**6 * 7**15
    whole = (9**2 + 9**3 + 9**4) ** 5
    for width in ("w10", "w12"):
        sizes = [find(f"ofa_mobilenet_v3_{width}_k{kernel}").size for kernel in (3, 5, 7)]
        assert sum(sizes) == whole
        assert max(sizes) < 2**63 < whole


def test_a_space_has_no_more_points_than_a_database_numbers() -> None:
    facts = {"title": "All", "family": "All", "year": 2019, "classes": 2, "cite": "cai2020"}
    with pytest.raises(TypeError, match=r"9,223,372,036,854,775,809 points, more than 64 bits"):
        space("all_of_it", **facts, size=2**63 + 1)(lambda numbers: iter(()))
    assert "all_of_it" not in REGISTRY


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
    found = point({"space": "proxylessnas", "architecture": name})
    assert derive(found.network).totals["macs"] == macs
    assert [block.name for block in found.network.blocks] == [
        *(f"blocks.{at}" for at in (0, 1, 5, 9, 13, 17, 21)),
    ]


def test_a_unit_of_once_for_all_is_told_by_depth_kernels_and_expansions() -> None:
    found = point(RELEASED["note10_lat@8ms"])
    assert found.name == "ofa_mobilenet_v3_w10." + "+".join(
        "|" + "|".join(f"k{k}e{e}" for k, e in zip(kernels, times, strict=True)) + "|"
        for kernels, times in (
            (
                str(found.attributes[f"kernels_{unit}"]).split("|"),
                str(found.attributes[f"expansions_{unit}"]).split("|"),
            )
            for unit in range(1, 6)
        )
    )
    assert [found.attributes[f"depth_{unit}"] for unit in range(1, 6)] == [2, 2, 3, 2, 2]
    parts = [block for block in found.network.blocks if block.kind == "once_for_all_unit"]
    assert [block.name for block in parts] == [f"unit_{unit}" for unit in range(1, 6)]
