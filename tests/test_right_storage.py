"""Issue 10, 'Under attack and under load': what a database file holds, and what is said of it."""

from pathlib import Path

import pytest
from command import archdb, files, refused
from hypothesis import given
from hypothesis import strategies as st

from archdb.graph import Layer, Network

SEED = """name = "{name}"
title = "{title}"
family = "Own"
year = 2024
aliases = {aliases}

[net]
input = [3, 8, 8]
layers = [["conv", "conv2d", {{filters = {filters}, kernel = 3}}]]
"""


def seed(place: Path, name: str, *, filters: int = 4, file: str = "", aliases: str = "[]") -> Path:
    """A seed file of a network of one convolution: filters · (3 · 3² + 1) parameters."""
    path = place / f"{file or name}.toml"
    words = {"name": name, "title": name.title(), "filters": filters, "aliases": aliases}
    path.write_text(SEED.format(**words), "utf-8")
    return path


# 'import --replace a.toml b.toml' of one name.


@pytest.mark.parametrize("words", [("import",), ("import", "--replace")], ids=len)
def test_two_files_of_one_name_are_refused(
    words: tuple[str, ...], database: Path, tmp_path: Path
) -> None:
    first, second = (
        seed(tmp_path, "mine", filters=f, file=name) for f, name in ((4, "a"), (5, "b"))
    )
    before = files(database.parent)
    answer = archdb(*words, str(first), str(second), database=database)
    refused(answer, f"{second}: defines the network 'mine', and so does {first}", "another name")
    refused(archdb(*words, str(first), str(first), database=database), f"so does {first}")
    assert files(database.parent) == before


# 'Rows in reverse order: linear, not quadratic'.


class _Counted(str):
    """A name that counts how often it is compared or looked up."""

    looked = 0
    __slots__ = ()

    def __hash__(self) -> int:
        _Counted.looked += 1
        return str.__hash__(self)

    def __eq__(self, other: object) -> bool:
        return str.__eq__(self, other)


def _look_ups(count: int) -> int:
    """How often names are looked up to sort a chain of so many layers, given last first."""
    names = [_Counted(i) for i in range(count)]
    chain = [Layer(names[0], None)]
    chain += [Layer(name, None, (source,)) for source, name in zip(names, names[1:], strict=False)]
    _Counted.looked = 0
    network = Network("net", reversed(chain))
    looked = _Counted.looked
    assert list(network) == chain
    return looked


def test_rows_in_reverse_order_take_linear_time() -> None:
    """Twice the layers take twice the look-ups, and not four times as many."""
    assert _look_ups(4000) <= 2 * _look_ups(2000) + 10
    assert _look_ups(20_000) <= 20 * 20_000


@given(st.lists(st.integers(0, 9), min_size=10, max_size=10), st.permutations(range(11)))
def test_the_order_is_that_of_repeated_passes(readings: list[int], order: list[int]) -> None:
    """Each pass over what is left places, in the order given, whatever can be placed by then."""
    rows = [Layer("0", None)]
    rows += [Layer(str(n), None, (str(s % n),)) for n, s in enumerate(readings, start=1)]
    waiting, expected = [rows[n] for n in order], list[Layer]()
    while waiting:
        for layer in waiting:
            if set(layer.inputs) <= {placed.name for placed in expected}:
                expected.append(layer)
        waiting = [layer for layer in waiting if layer not in expected]
    assert list(Network("net", [rows[n] for n in order])) == expected
