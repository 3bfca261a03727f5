"""Receptive fields, case by case (R), as `archdb explain` answers them on networks of a few rows.

The forward table and the backward recursion are worked out again from their own columns.
"""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from command import Answer, archdb
from drawing import chain, conv
from hypothesis import given
from hypothesis import strategies as st
from paper import worked_out

from archdb.db import build
from archdb.explain.chain import table, target
from archdb.explain.network import trace_network

PLAIN = '["{name}", "conv2d", {{filters = 2, {rest}}}{inputs}]'


def row(name: str, *inputs: str, **attributes: Any) -> str:
    """A convolution as a seed has it."""
    rest = ", ".join(f"{key} = {value}" for key, value in attributes.items())
    named = f", {json.dumps(inputs)}" if inputs else ""
    return PLAIN.format(name=name, rest=rest, inputs=named)


def stack(*kernels: Any, **attributes: Any) -> list[str]:
    return [row(f"c{i}", kernel=k, **attributes) for i, k in enumerate(kernels, start=1)]


def joined(left: dict[str, Any], right: dict[str, Any]) -> list[str]:
    """Two convolutions of the input and their sum."""
    both = [row("left", "data", **left), row("right", "data", **right)]
    return [*both, '["sum", "add", ["left", "right"]]']


NETWORKS = {
    "chain": [
        row("c1", kernel=7, stride=2, padding=3),
        '["pool", "max_pool2d", {kernel = 3, stride = 2, rounding = "ceil"}]',
        row("c2", kernel=3, padding=1),
        row("c3", kernel=5, stride=2, padding=2),
    ],
    "two3": stack(3, 3),
    "three3": stack(3, 3, 3),
    "one5": stack(5),
    "one7": stack(7),
    "oblong": stack([3, 1], [1, 3]),
    "one3": stack(3),
    "dilated": [row(f"d{rate}", kernel=3, dilation=rate) for rate in (1, 2, 4)],
    "padded": stack(3, 3, 3, 3, 3, 3, 3, 3, 3, padding=1),
    "inception": joined({"kernel": 1}, {"kernel": 3, "padding": 1}),
    # (17 - 1) / 2 + 1 = 17 - 9 + 1: the shapes meet, the strides do not
    "strides": joined({"kernel": 1, "stride": 2}, {"kernel": 9}),
    "centres": joined({"kernel": 3, "padding": 1}, {"kernel": 3, "padding": [0, 2, 0, 2]}),
}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of these networks and no others, each with an image of 17×17."""
    place = tmp_path_factory.mktemp("small")
    for name, rows in NETWORKS.items():
        lines = [f'{key} = "{name}"' for key in ("name", "title", "family")]
        layers = ",\n  ".join(rows)
        net = ["year = 2000", "[net]", "input = [1, 17, 17]", f"layers = [\n  {layers},\n]"]
        (place / f"{name}.toml").write_text("\n".join([*lines, *net]), "utf-8")
    database = place / "small.sqlite"
    build.create(database, seeded=False)
    answer = archdb("import", *map(str, sorted(place.glob("*.toml"))), database=database)
    assert answer.status == 0, answer.err
    return database


def asked(name: str, database: Path) -> tuple[list[dict[str, Any]], Answer]:
    words = ("explain", name, "--quantity", "receptive_field", "--format", "json")
    answer = archdb(*words, database=database)
    assert answer.status == 0, answer.err
    return json.loads(answer.out), answer


def field(name: str, database: Path) -> int:
    """The field at the end of the forward table."""
    return int(asked(name, database)[0][-1]["field"])


def check(rows: list[dict[str, Any]]) -> None:
    """Both recursions, and that they meet: what the last sees of the image is its field."""
    for before, here in pairwise(rows):
        assert worked_out(here["forward"]) == here["field"]
        assert here["field"] == before["field"] + (here["kernel"] - 1) * before["effective_stride"]
        assert here["effective_stride"] == before["effective_stride"] * here["stride"]
        assert worked_out(before["backward"]) == before["seen"]
        assert before["seen"] == (here["seen"] - 1) * here["stride"] + here["kernel"]
    assert (rows[0]["field"], rows[-1]["seen"]) == (1, 1)
    assert rows[0]["seen"] == rows[-1]["field"]


def test_r1_forward_table_and_backward_recursion(small: Path) -> None:
    rows, _ = asked("chain", small)
    check(rows)
    assert [r["layer"] for r in rows] == ["data", "c1", "pool", "c2", "c3"]
    # 1 + 6·1 = 7; 7 + 2·2 = 11; 11 + 2·4 = 19; 19 + 4·4 = 35
    assert [r["field"] for r in rows] == [1, 7, 11, 19, 35]
    # backward the last sees its kernel, 5; (5 - 1)·1 + 3 = 7; (7 - 1)·2 + 3 = 15; 14·2 + 7 = 35
    assert [r["seen"] for r in rows] == [35, 15, 7, 5, 1]
    # 3·1 above; 3 + 0·2; 3 + 1·4 = 7; 7 + 2·4 = 15
    assert [r["effective_padding"] for r in rows] == [0, 3, 3, 7, 15]


SLIDES = st.tuples(st.integers(1, 5), st.integers(1, 3), st.integers(0, 2), st.integers(1, 3))


@given(st.lists(SLIDES, min_size=1, max_size=5))
def test_r1_for_every_chain(slides: list[tuple[int, int, int, int]]) -> None:
    ops = [
        conv(1, kernel, stride=stride, padding=padding, dilation=dilation)
        for kernel, stride, padding, dilation in slides
    ]
    walked = trace_network(chain((1, 4000, 4000), *ops))
    columns, rows, _ = table(walked, target(walked))
    check([dict(zip(columns, r, strict=True)) for r in rows])
    assert rows[-1][7] == walked.profile.totals["receptive_field_h"]


def test_r2_padding_is_ignored_and_a_field_may_exceed_the_image(small: Path) -> None:
    assert field("padded", small) == 1 + 9 * 2 == 19 > 17


def test_r3_two_kernels_of_three_see_five_and_three_see_seven(small: Path) -> None:
    assert field("two3", small) == field("one5", small) == 5
    assert field("three3", small) == field("one7", small) == 7


def test_p10_an_asymmetric_stack_sees_as_much_as_the_whole_kernel(small: Path) -> None:
    """Its axes are explained apart: each grows behind another layer."""
    rows, _ = asked("oblong", small)
    high = [r for r in rows if r["axis"] == "h"]
    wide = [r for r in rows if r["axis"] == "w"]
    assert [r["layer"] for r in high] == ["data", "c1"]
    assert [r["layer"] for r in wide] == ["data", "c2"]
    check(high)
    check(wide)
    assert high[-1]["field"] == wide[-1]["field"] == field("one3", small) == 3


def test_r4_a_dilated_kernel_counts_as_its_extent(small: Path) -> None:
    rows, _ = asked("dilated", small)
    check(rows)
    assert [r["kernel"] for r in rows[1:]] == [3, 3 + 2 * 1, 3 + 2 * 3]
    assert rows[-1]["field"] == 1 + 2 + 4 + 8


def test_r5_where_branches_agree_the_field_is_their_union(small: Path) -> None:
    rows, answer = asked("inception", small)
    check(rows)
    assert [r["layer"] for r in rows] == ["data", "right"], "the path with the largest field"
    assert rows[-1]["field"] == max(1, 3)
    assert "where paths meet, the rows follow the one with the largest field" in answer.err


REASONS = {
    "strides": "paths meet in 'sum' with effective strides 2 and 1",
}


@pytest.mark.parametrize(("name", "reason"), REASONS.items())
def test_r5_where_branches_disagree_there_is_a_reason_and_no_field(
    name: str, reason: str, small: Path
) -> None:
    rows, answer = asked(name, small)
    assert [r["layer"] for r in rows] == ["left", "right", "sum"], "what meets, and where"
    assert rows[-1]["forward"] == f"none: {reason}"
    assert rows[-1]["field"] is None
    assert None not in [r["field"] for r in rows[:-1]]
    assert f"sum has no receptive field: {reason}" in answer.err


def test_r5_on_paper(small: Path) -> None:
    united = archdb("explain", "inception/sum", database=small).out
    assert "= max(1, 3) = 3" in united
    apart = archdb("explain", "centres/sum", database=small).out
    assert (
        "from the first pixel of those that meet to the last; they agree on the stride = 4" in apart
    )
