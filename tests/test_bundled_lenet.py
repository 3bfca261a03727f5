"""LeNet-5 row by row, as lecun1998 gives it: trainable parameters and connections."""

import pytest
from bundled import profile

WHOLE_CATALOGUE = True

ROWS = {  # trainable parameters; connections, each with its bias
    "C1": (6 * (5 * 5 + 1), 6 * (5 * 5 + 1) * 28 * 28),
    "S2": (6 * 2, 6 * (2 * 2 + 1) * 14 * 14),
    "C3": (60 * 5 * 5 + 16, (60 * 5 * 5 + 16) * 10 * 10),
    "S4": (16 * 2, 16 * (2 * 2 + 1) * 5 * 5),
    "C5": (120 * (16 * 5 * 5 + 1), 120 * (16 * 5 * 5 + 1)),
    "F6": (84 * (120 + 1), 84 * (120 + 1)),
    "output": (0, 10 * 84),
}
PRINTED = {  # section II.B; the connections of C3 as in the preprint
    "C1": (156, 122_304),
    "S2": (12, 5_880),
    "C3": (1_516, 151_600),  # the journal's 156,000 is a bias for each of the 60 kernels
    "S4": (32, 2_000),
    "C5": (48_120, 48_120),
    "F6": (10_164, 10_164),
    "output": (0, 840),
}


def params(layer: str) -> int:
    row = profile("lenet5").layer(layer)
    return int(row["weight_params"] + row["bias_params"] + row["norm_params"])


def connections(layer: str) -> int:
    """Inputs that are read, with their weight, and biases, of all outputs together.

    A subsampling layer reads its whole window: a sum of n takes n - 1 additions. A radial basis
    function reads one input for each square.
    """
    row = profile("lenet5").layer(layer)
    if row["macs"]:
        return int(row["macs"] + row["bias_adds"])
    if row["bias_adds"]:
        return int(row["adds"] + row["out_elements"] + row["bias_adds"])
    return int(row["muls"])


@pytest.mark.parametrize("layer", ROWS)
def test_the_printed_figures_follow_from_the_architecture(layer: str) -> None:
    assert ROWS[layer] == PRINTED[layer]


@pytest.mark.parametrize("layer", ROWS)
def test_params_of_a_row(layer: str) -> None:
    assert params(layer) == ROWS[layer][0]


@pytest.mark.parametrize("layer", ROWS)
def test_connections_of_a_row(layer: str) -> None:
    assert connections(layer) == ROWS[layer][1]


def test_sums() -> None:
    assert sum(map(params, ROWS)) == 60_000
    assert sum(map(connections, ROWS)) == 340_908


def test_macs_are_connections_without_biases() -> None:
    convs = 6 * 25 * 28 * 28 + 60 * 25 * 10 * 10 + 120 * 16 * 25
    assert profile("lenet5").totals["macs"] == convs + 84 * 120 == 325_680


def test_the_centres_of_the_output_are_fixed() -> None:
    assert profile("lenet5").totals["buffers"] == 10 * 84


def test_c3_reads_three_four_or_six_neighbours() -> None:
    """lecun1998, Table I: 6 maps read 3 neighbours, 6 read 4, 3 read two pairs, one all."""
    c3 = next(layer.op for layer in profile("lenet5").network if layer.name == "C3")
    reads = [sorted(row) for row in c3.connections]
    assert [len(row) for row in reads] == [3] * 6 + [4] * 9 + [6]
    for i in range(6):
        assert reads[i] == sorted((i + step) % 6 for step in range(3))
        assert reads[6 + i] == sorted((i + step) % 6 for step in range(4))
    assert reads[12:15] == [[0, 1, 3, 4], [1, 2, 4, 5], [0, 2, 3, 5]]
