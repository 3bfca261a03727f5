"""Search spaces: their order, their figures as published, as torch counts, and by another rule."""

import csv
from collections.abc import Iterator
from functools import cache
from itertools import islice, product
from pathlib import Path
from typing import Any

import pytest

from archdb.analysis import conventions
from archdb.analysis.layer_costs import FACT_COLUMNS
from archdb.analysis.profile import Profile, derive
from archdb.errors import NotFoundError
from archdb.model.graph import Layer
from archdb.spaces import REGISTRY, Grid, Point, find
from archdb.spaces.nasbench import CELLS, OPERATIONS, cell_string, live_cell

RECORDED = list(csv.DictReader((Path(__file__).parent / "oracles" / "spaces.csv").open()))
INDEX_1 = (
    "|nor_conv_3x3~0|+|nor_conv_3x3~0|avg_pool_3x3~1|"
    "+|skip_connect~0|nor_conv_3x3~1|skip_connect~2|"
)
ALL_3X3 = (
    "|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|"
    "+|nor_conv_3x3~0|nor_conv_3x3~1|nor_conv_3x3~2|"
)


def point(space: str, number: int) -> Point:
    return next(find(space).points([number]))


@cache
def numbers(space: str) -> dict[str, int]:
    """Each point's number by its name; of the large space, by its string alone."""
    if space == "nasbench201":
        from archdb.spaces.nasbench import order

        cells = (tuple(map(str, CELLS[at].values())) for at in order())
        return {cell_string(cell): number for number, cell in enumerate(cells)}
    if space == "natsbench_size":
        names = (":".join(map(str, p)) for p in product(range(8, 72, 8), repeat=5))
        return {name: number for number, name in enumerate(names)}
    return {p.name: p.number for p in find(space).points(range(find(space).size))}


def params(profile: Profile) -> int:
    return sum(profile.totals[f"{role}_params"] for role in ("weight", "bias", "norm"))


def flops(profile: Profile) -> int:
    """The total by the benchmark's own convention."""
    known = next(c for c in conventions.bundled() if c.name == "nasbench201")
    weights = {(op, quantity): weight for op, quantity, weight in known.rows()}
    return sum(
        weight * row[FACT_COLUMNS.index(quantity)]
        for (op, quantity), weight in weights.items()
        for layer, row in zip(profile.network.layers, profile.rows, strict=True)
        if layer.op.name == op
    )


# Order: what the benchmark's scripts and notebooks say of single indices.


@pytest.mark.parametrize(
    ("number", "name"),
    [
        (
            0,
            "|avg_pool_3x3~0|+|nor_conv_1x1~0|skip_connect~1|"
            "+|nor_conv_1x1~0|skip_connect~1|skip_connect~2|",
        ),
        (1, INDEX_1),
        (9, "|avg_pool_3x3~0|+|none~0|none~1|+|skip_connect~0|none~1|nor_conv_3x3~2|"),
        (
            123,
            "|avg_pool_3x3~0|+|avg_pool_3x3~0|nor_conv_1x1~1|"
            "+|none~0|avg_pool_3x3~1|nor_conv_3x3~2|",
        ),
        (1462, ALL_3X3),
        (
            9930,
            "|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|"
            "+|skip_connect~0|nor_conv_3x3~1|nor_conv_3x3~2|",
        ),
    ],
)
def test_cells_stand_in_the_order_of_the_benchmark(number: int, name: str) -> None:
    assert point("nasbench201", number).name == name


def test_sizes() -> None:
    assert {name: space.size for name, space in REGISTRY.items()} == {
        "darts_cifar": (180 * 7**8) ** 2,
        "darts_imagenet": (180 * 7**8) ** 2,
        "nasbench101": 423_624,
        "nasbench201": 5**6,
        "natsbench_size": 8**5,
        **{
            f"ofa_mobilenet_v3_{width}_k{kernel}": (9**2 + 9**3 + 9**4) ** 5 // 3
            for width in ("w10", "w12")
            for kernel in (3, 5, 7)
        },
        "proxylessnas": 4 * 6**6 * 7**15,
        "vgg_widths": 5 * 4 * 16 * 4,
    }
    assert len(numbers("nasbench201")) == 5**6


def test_sizes_are_numbered_with_the_last_moving_first() -> None:
    assert point("natsbench_size", 12).name == "8:8:8:16:40"  # 12 = 1·8 + 4: NATS-Bench, issue 21


def test_a_grid_is_the_product_of_its_axes() -> None:
    grid = Grid({"a": (2, 3), "b": ("x", "y", "z")})
    assert [tuple(grid[i].values()) for i in range(grid.size)] == [*product((2, 3), "xyz")]


def test_an_unknown_space_is_answered_with_the_nearest() -> None:
    with pytest.raises(NotFoundError, match="nasbench201"):
        find("nasbench")


# Figures as the benchmark prints them.


@pytest.mark.parametrize(
    ("space", "number", "million_params", "million_flops"),
    [
        ("nasbench201", 0, None, "15.64737"),  # NATS-Bench, issue 24
        ("nasbench201", 1, "0.802426", "113.95137"),  # NATS-Bench, issue 36 and its README
        ("natsbench_size", 12, "0.067378", None),  # NATS-Bench, notebook of issue 21
    ],
)
def test_published_figures(
    space: str, number: int, million_params: str | None, million_flops: str | None
) -> None:
    profile = derive(point(space, number).network)
    if million_params is not None:
        assert f"{params(profile) / 1e6:.6f}" == million_params
    if million_flops is not None:
        assert f"{flops(profile) / 1e6:.5f}" == million_flops


@pytest.mark.parametrize(
    ("operation", "million_params", "million_flops"),
    [("none", ("0.073306", "0.079156"), ("7.78305", "7.78890")),
     ("nor_conv_3x3", ("1.531546", "1.537396"), ("220.11969", "220.12554"))],
)  # fmt: skip
def test_the_bounds_of_the_benchmark(
    operation: str, million_params: tuple[str, str], million_flops: tuple[str, str]
) -> None:
    """The least and the most in the benchmark's released file, on CIFAR-10 and on CIFAR-100 (as
    EvoXBench's normalisation has them); ninety classes more are 90·64 weights and 90 biases."""
    number = numbers("nasbench201")[cell_string((operation,) * 6)]
    profile = derive(point("nasbench201", number).network)
    for more, published, published_flops in zip(
        (0, 90 * 65), million_params, million_flops, strict=True
    ):
        assert f"{(params(profile) + more) / 1e6:.6f}" == published
        assert f"{(flops(profile) + more) / 1e6:.5f}" == published_flops


def test_index_1_by_hand() -> None:
    """Three 3×3 convolutions a cell, five cells a stage, two residual blocks between."""

    def conv(kernel: int, before: int, after: int) -> int:
        return kernel * kernel * before * after

    def reduction(c: int) -> int:
        return conv(3, c, 2 * c) + conv(3, 2 * c, 2 * c) + conv(1, c, 2 * c)

    cells = [5 * 3 * conv(3, c, c) for c in (16, 32, 64)]
    norms = 2 * (16 + 5 * 3 * (16 + 32 + 64) + 2 * 32 + 2 * 64 + 64)
    weights = conv(3, 3, 16) + sum(cells) + reduction(16) + reduction(32)
    macs = (
        (conv(3, 3, 16) + cells[0]) * 32 * 32
        + (cells[1] + reduction(16)) * 16 * 16
        + (cells[2] + reduction(32)) * 8 * 8
        + 64 * 10
    )
    profile = derive(point("nasbench201", 1).network)
    assert params(profile) == weights + norms + 64 * 10 + 10 == 802_426
    assert profile.totals["macs"] == macs
    assert flops(profile) == macs + 10 == 113_951_370


@pytest.mark.parametrize("row", RECORDED, ids=lambda row: row["architecture"])
def test_what_torch_counts(row: dict[str, str]) -> None:
    space = row["space"]
    network = point(space, numbers(space)[row["architecture"]])
    assert network.name == row["architecture"]
    profile = derive(network.network)
    found = (params(profile), profile.totals["buffers"], profile.totals["macs"], flops(profile))
    assert found == tuple(int(row[name]) for name in ("params", "buffers", "macs", "flops"))


# What the result depends on.


def live_by_paths(network: Any) -> set[str]:
    """Layers on a path from the input to the result that no `zero` interrupts."""
    layers: dict[str, Layer] = {layer.name: layer for layer in network}

    def paths(name: str) -> Iterator[frozenset[str]]:
        if layers[name].op.constant:
            return
        if not layers[name].inputs:
            yield frozenset({name})
        for source in set(layers[name].inputs):
            for path in found[source]:
                yield path | {name}

    found: dict[str, set[frozenset[str]]] = {}
    for name in layers:
        # Sets on the way are united, or their number would grow without end.
        each = [*paths(name)]
        found[name] = {frozenset().union(*each)} if each else set()
    return set().union(*found[network.layers[-1].name])


@pytest.mark.parametrize("number", [1, 9, 123, 200, 333, 4711])
def test_live_totals_leave_out_what_the_result_does_not_depend_on(number: int) -> None:
    profile = derive(point("nasbench201", number).network)
    live = live_by_paths(profile.network)
    rows = [profile.layer(layer.name) for layer in profile.network if layer.name in live]
    assert profile.totals["live_macs"] == sum(row["macs"] for row in rows)
    assert profile.totals["live_params"] == sum(
        row[f"{role}_params"] for row in rows for role in ("weight", "bias", "norm")
    )


def test_a_dead_convolution_is_counted_but_not_live() -> None:
    """Cell 9 is a skip beside dead edges: a 3×3 convolution of zeros in each of 15 cells."""
    profile = derive(point("nasbench201", 9).network)
    dead = sum(5 * (9 * c * c + 2 * c) for c in (16, 32, 64))
    assert params(profile) - profile.totals["live_params"] == dead


def test_a_network_of_which_nothing_arrives_has_nothing_live() -> None:
    number = numbers("nasbench201")["|none~0|+|none~0|none~1|+|none~0|none~1|none~2|"]
    totals = derive(point("nasbench201", number).network).totals
    assert (totals["live_params"], totals["live_macs"]) == (0, 0)


def benchmark_string(operations: tuple[str, ...], zeros: bool) -> str:
    """Which cells the benchmark's authors call isomorphic: equal expressions, skips left out and
    zeros as one sign."""
    nodes = {0: "0"}
    for end, ops in enumerate((operations[:1], operations[1:3], operations[3:]), 1):
        terms = []
        for source, operation in enumerate(ops):
            if zeros and "#" in (nodes[source], "#" if operation == "none" else ""):
                terms.append("#")
            elif operation == "skip_connect":
                terms.append(nodes[source])
            else:
                terms.append(f"({nodes[source]})@{operation}")
        nodes[end] = "+".join(sorted(terms))
    return nodes[3]


def test_the_published_numbers_of_unique_cells() -> None:
    """6,466 of 15,625, and 12,751 where zeros are not looked at (dong2020, section 2)."""
    cells = [*product(OPERATIONS, repeat=6)]
    assert len({benchmark_string(cell, True) for cell in cells}) == 6466
    assert len({benchmark_string(cell, False) for cell in cells}) == 12751


def test_isomorphic_cells_share_their_live_figures() -> None:
    """Edge 1→3 is dead or carries a second zero: the same live graph, another count."""
    one = ("nor_conv_3x3", "none", "none", "skip_connect", "none", "none")
    two = ("none", "nor_conv_3x3", "avg_pool_3x3", "skip_connect", "nor_conv_1x1", "none")
    assert live_cell(one) == live_cell(two) == "identity"
    found = [
        derive(point("nasbench201", numbers("nasbench201")[cell_string(cell)]).network)
        for cell in (one, two)
    ]
    assert len({params(profile) for profile in found}) == 2
    assert len({profile.totals["live_params"] for profile in found}) == 1


def test_a_shared_convolution_is_not_two() -> None:
    """skip(conv x) + conv x reads one convolution twice; conv x + conv(skip x) has two."""
    shared = ("nor_conv_3x3", "none", "skip_connect", "none", "skip_connect", "skip_connect")
    twice = ("skip_connect", "none", "none", "nor_conv_3x3", "nor_conv_3x3", "none")
    assert benchmark_string(shared, False).count("@nor_conv_3x3") == 2
    assert live_cell(shared) != live_cell(twice)


def test_every_space_yields_networks_that_derive() -> None:
    for space in REGISTRY.values():
        for drawn in islice(space.points(range(0, space.size, space.size // 7)), 7):
            profile = derive(drawn.network)
            assert profile.rows[-1][FACT_COLUMNS.index("out_channels")] == space.classes


def test_a_constant_adds_nothing_to_a_receptive_field() -> None:
    """The stem sees 3×3; in a cell of one skip and five dead edges, so does the sum."""
    name = "|none~0|+|none~0|none~1|+|skip_connect~0|none~1|none~2|"
    profile = derive(point("nasbench201", numbers("nasbench201")[name]).network)
    assert profile.layer("stem.bn")["receptive_field_h"] == 3
    assert profile.layer("cell0.3")["receptive_field_h"] == 3
    dead = profile.layer("cell0.2")
    assert dead["receptive_field_h"] is None
    assert dead["receptive_field_note"] == "does not depend on the input"
