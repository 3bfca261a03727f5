"""NAS-Bench-101: its cells in the benchmark's order, and its figures as printed and as torch
counts them."""

import csv
from itertools import pairwise, permutations, product
from pathlib import Path

import pytest

from archdb.analysis.profile import Profile, derive
from archdb.spaces import Point, find
from archdb.spaces.nasbench101 import channels_of, network
from archdb.spaces.nasbench101_cells import SIZE, Cell, cell, module_hash

SPACE = find("nasbench101")
RECORDED = list(csv.DictReader((Path(__file__).parent / "oracles" / "nasbench101.csv").open()))


def point(number: int) -> Point:
    return next(SPACE.points([number]))


def params(profile: Profile) -> int:
    return sum(profile.totals[f"{role}_params"] for role in ("weight", "bias", "norm"))


def rows(text: str) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(map(int, line)) for line in text.split())


def drawn(text: str, labels: tuple[int, ...]) -> Cell:
    """A cell of the rows of an adjacency matrix."""
    columns = zip(*rows(text), strict=True)
    return Cell(tuple(tuple(v for v, bit in enumerate(c) if bit) for c in columns), labels)


def test_there_are_as_many_cells_as_the_benchmark_has() -> None:
    """423,624, the last with seven vertices (ying2019, section 2)."""
    assert SPACE.size == SIZE == 423_624
    assert len(cell(SIZE - 1).reads) == 7
    with pytest.raises(IndexError):
        cell(SIZE)


@pytest.mark.parametrize("row", RECORDED, ids=lambda row: row["number"])
def test_what_plain_enumeration_finds_and_torch_counts(row: dict[str, str]) -> None:
    """Which of isomorphic cells stands for all decides who gets the remainder of channels."""
    found = point(int(row["number"]))
    assert found.name == row["hash"]
    given = cell(int(row["number"]))
    assert given.matrix == rows(row["matrix"])
    assert given.operations == tuple(row["operations"].split())
    profile = derive(found.network)
    counted = (params(profile), profile.totals["buffers"], profile.totals["macs"])
    assert counted == tuple(int(row[name]) for name in ("params", "buffers", "macs"))


def test_all_cells_of_five_vertices_by_plain_enumeration() -> None:
    """Hash by hash, as the benchmark's script does it: all matrices, all labels."""
    seen: dict[str, Cell] = {}
    for size in range(2, 6):
        places = [(a, b) for b in range(size) for a in range(b)]
        for bits in range(2 ** len(places)):
            edges = [place for at, place in enumerate(places) if bits >> at & 1]
            reads = tuple(tuple(a for a, b in edges if b == v) for v in range(size))
            if {a for a, _ in edges} != {*range(size - 1)} or not all(reads[1:]) or len(edges) > 9:
                continue
            for labels in product(range(3), repeat=size - 2):
                seen.setdefault(module_hash(Cell(reads, labels)), Cell(reads, labels))
    assert [cell(number) for number in range(len(seen))] == [*seen.values()]
    assert len(cell(len(seen)).reads) == 6


def test_isomorphic_cells_have_one_hash() -> None:
    """Three vertices between input and output, in every order that a drawing allows."""
    reads = ((), (0,), (0,), (1, 2), (1, 3))
    names = set()
    for to in permutations(range(1, 4)):
        name = (0, *to, 4)
        renamed = {name[v]: tuple(sorted(name[w] for w in reads[v])) for v in range(5)}
        labels = dict(zip(to, (0, 1, 2), strict=True))
        renaming = Cell(tuple(renamed[v] for v in range(5)), tuple(labels[v] for v in (1, 2, 3)))
        names.add(module_hash(renaming))
    assert len(names) == 1
    assert module_hash(Cell(reads, (1, 0, 2))) not in names


def test_the_cell_like_inception() -> None:
    """NASBench.ipynb prints it as the benchmark keeps it, and 2,694,282 trainable parameters; its
    README draws it with the convolutions in another order."""
    kept = drawn("0111100 0000001 0000001 0000001 0000010 0000001 0000000", (0, 1, 2, 0, 0))
    asked = drawn("0111010 0000001 0000001 0000100 0000001 0000001 0000000", (1, 0, 0, 0, 2))
    assert cell(359_715) == kept
    assert module_hash(asked) == module_hash(kept) == point(359_715).name
    assert params(derive(point(359_715).network)) == 2_694_282


def test_the_largest() -> None:
    """49,979,274, as projects that scale the benchmark's figures have it: the input reaches five
    3×3 convolutions in a row, of which only the last is read by the output."""
    largest = drawn("0111100 0010000 0001000 0000100 0000010 0000001 0000000", (0,) * 5)
    assert params(derive(network("largest", largest))) == 49_979_274


def test_the_smallest_by_hand() -> None:
    """Number 0 has only a projection for a module: 1×1 from the module's input."""
    widths = [128, 128, 128, 128, 256, 256, 256, 512, 512, 512]
    modules = sum(a * b + 2 * b for a, b in pairwise(widths))
    stem = 3 * 9 * 128 + 2 * 128
    assert params(derive(point(0).network)) == stem + modules + 512 * 10 + 10 == 882_570


@pytest.mark.parametrize(
    ("matrix", "channels", "found"),
    [  # the benchmark's model_builder_test.py, without the input
        ("0100 0010 0001 0000", 16, [16, 16, 16]),
        ("01 00", 5, [5]),
        ("01100 00010 00010 00001 00000", 8, [8, 8, 8, 8]),
        ("0110 0001 0001 0000", 15, [8, 7, 15]),
        ("01110 00001 00001 00001 00000", 8, [3, 3, 2, 8]),
        ("01000 00110 00001 00001 00000", 9, [5, 5, 4, 9]),
        ("01010 00101 00010 00001 00000", 15, [8, 7, 7, 15]),
    ],
)
def test_channels_of_vertices(matrix: str, channels: int, found: list[int]) -> None:
    given = drawn(matrix, (0,) * (len(matrix.split()) - 2))
    assert channels_of(given, channels)[1:] == found


def test_what_has_a_channel_more_is_cut() -> None:
    """Of 128 channels three vertices have 43, 43 and 42; the first is read by the third."""
    given = drawn("01100 00011 00001 00001 00000", (0, 0, 0))
    laid = {layer.name: layer for layer in network("cut", given)}
    assert laid["stack0.module0.1-3"].op.stop == 42
    assert laid["stack0.module0.3.conv"].inputs == ("stack0.module0.1-3",)


def test_attributes_say_what_the_cell_is() -> None:
    assert point(359_715).attributes == {
        "matrix": "111100.00001.0001.001.10.1",
        "operations": "conv3x3,conv1x1,maxpool3x3,conv3x3,conv3x3",
    }
