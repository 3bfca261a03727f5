"""Darknet's cfg files: totals and shapes as Darknet's own parser has them, and what is refused."""

import re
from math import prod
from pathlib import Path

import pytest

from archdb.analysis.fingerprint import fingerprint
from archdb.analysis.layer_table import params
from archdb.analysis.profile import derive
from archdb.errors import ArchdbError
from archdb.model.graph import Network
from archdb.sources.darknet import parse, read
from tests.bundled import profile

WHOLE_CATALOGUE = True

FILES = Path(__file__).parent / "foreign" / "darknet"
SECTION = re.compile(r"[a-z0-9_]*?_([0-9]+)(_|~|\.|$)")


def recorded() -> dict[str, tuple[list[int], list[int]]]:
    """Totals, and the number of elements that each section gives, by file."""
    lines = (FILES / "totals.txt").read_text("utf-8").splitlines()
    parts = [line.partition("|") for line in lines if not line.startswith("#")]
    return {
        first.split()[0]: (list(map(int, first.split()[1:])), list(map(int, last.split())))
        for first, _, last in parts
    }


def by_section(network: Network) -> dict[int, int]:
    """The elements of the last layer of each section that has one."""
    made = derive(network)
    found = {}
    for layer, facts in zip(made.network.layers, made.facts, strict=True):
        if number := SECTION.match(layer.name):
            assert facts.out is not None
            found[int(number[1])] = prod(facts.out)
    return found


@pytest.mark.parametrize("name", recorded())
def test_totals_and_shapes_are_those_of_darknets_own_parser(name: str) -> None:
    network = read(FILES / f"{name}.cfg").network
    totals, outputs = recorded()[name]
    own = derive(network).totals
    assert [params(own), own["buffers"], own["macs"]] == totals
    sections = by_section(network)
    assert sections == {number: outputs[number] for number in sections}
    assert len(sections) >= len(outputs) - 3


def conv(filters: int, size: int, stride: int = 1) -> str:
    return (
        f"[convolutional]\nbatch_normalize=1\nfilters={filters}\nsize={size}\nstride={stride}\n"
        "pad=1\nactivation=leaky\n"
    )


END = "[convolutional]\nfilters=1000\nsize=1\npad=1\nactivation=linear\n"
NET = "[net]\nheight=256\nwidth=256\nchannels=3\n"


def darknet19() -> str:
    stages = ([32], [64], [128, 64, 128], [256, 128, 256], [512, 256, 512, 256, 512])
    body = "[maxpool]\nsize=2\nstride=2\n".join(
        "".join(conv(n, 1 if at % 2 else 3) for at, n in enumerate(stage))
        for stage in (*stages, [1024, 512, 1024, 512, 1024])
    )
    return f"{NET}{body}{END}[avgpool]\n[softmax]\ngroups=1\n"


def darknet53() -> str:
    unit = "[shortcut]\nfrom=-3\nactivation=linear\n"
    body = conv(32, 3)
    for width, units in ((64, 1), (128, 2), (256, 8), (512, 8), (1024, 4)):
        body += conv(width, 3, 2) + (conv(width // 2, 1) + conv(width, 3) + unit) * units
    return f"{NET}{body}[avgpool]\n{END}[softmax]\ngroups=1\n"


@pytest.mark.parametrize("name", ["darknet19", "darknet53"])
def test_the_released_networks_are_those_of_the_catalogue(name: str) -> None:
    native = profile(name).inputs["data"]
    text = darknet19() if name == "darknet19" else darknet53()
    own = parse(text, name, {"": native}).network
    assert fingerprint(own) == fingerprint(profile(name).network)


def test_heads_are_named_and_steps_are_said() -> None:
    pyramid = read(FILES / "pyramid.cfg").outcome
    assert pyramid.folded == {"yolo": 2, "route": 1}
    assert [note for note in pyramid.notes if "yolo 13" in note and "convolutional_12" in note]
    recurrent = read(FILES / "recurrent.cfg")
    assert any("one step" in note for note in recurrent.outcome.notes)
    assert [layer.name for layer in recurrent.network if layer.op.source] == [
        "data",
        "rnn_0_state",
        "gru_1_state",
        "gru_2_state",
    ]


def test_a_section_that_archdb_does_not_know_leaves_totals_open() -> None:
    text = f"{NET}{conv(4, 3)}[conv_lstm]\noutput=4\n"
    made = parse(text, "new")
    (unknown,) = made.outcome.unknown
    assert (unknown.key, unknown.kind) == ("conv_lstm_1", "conv_lstm")
    totals = derive(made.network).totals
    assert params(totals) is None and totals["macs"] is None


def test_an_activation_without_an_op_leaves_parameters_exact() -> None:
    made = parse(NET + conv(4, 3).replace("leaky", "stair"), "stairs")
    totals = derive(made.network).totals
    assert params(totals) == 3 * 4 * 9 + 2 * 4
    assert [unknown.kind for unknown in made.outcome.unknown] == ["stair"]


WRONG = {
    "": "is empty",
    "height=3\n": "line 1",
    "[convolutional]\nfilters=3\n": "begins with [net]",
    "[net]\nheight=3\n[convolutional]\n": "--input data=",
    NET: "no layer behind it",
    f"{NET}[convolutional]\nfilters=many\n": "[convolutional] 0 (line 5): 'filters' needs",
    f"{NET}[convolutional]\nfilters=-3\n": "filters",
    f"{NET}[convolutional]\nsize=300\n": "does not fit",
    f"{NET}{conv(4, 3)}[shortcut]\nfrom=2\n": "names layer 2",
    f"{NET}{conv(4, 3)}[route]\nlayers=-2\n": "names layer -1",
    f"{NET}{conv(4, 3)}[route]\n": "'layers' needs numbers of layers",
    f"{NET}{conv(6, 3)}[reorg]\nstride=2\n": "do not divide",
    f"{NET}[yolo]\n": "no section that archdb makes a layer of",
    "\0\0": "is not text",
}


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_is_said_with_its_place(text: str, tmp_path: Path) -> None:
    path = tmp_path / "net.cfg"
    path.write_text(text, "utf-8")
    with pytest.raises(ArchdbError) as error:
        read(path)
    assert WRONG[text] in str(error.value)
    assert str(error.value).startswith(str(path))


def test_a_size_for_an_input_that_is_not_there_is_refused() -> None:
    with pytest.raises(ArchdbError, match="has no input 'dta'"):
        parse(NET + conv(4, 3), "net", {"dta": (3, 64, 64)})
