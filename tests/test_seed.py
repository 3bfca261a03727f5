"""archdb seed: a network as a file that makes the same network: layers, names, blocks, order."""

import json
import tomllib
from pathlib import Path
from typing import Any

import bundled
import networks
import pytest
import recorded
from command import archdb, files, refused
from drawing import data, draw, layer
from hypothesis import given
from op_cases import CASES

import archdb as package
from archdb.analysis.fingerprint import fingerprint
from archdb.errors import ArchdbError
from archdb.model.graph import Block, Network
from archdb.ops import make
from archdb.rewrite import REGISTRY, apply
from archdb.rounding import Written
from archdb.sources import toml, toml_text
from archdb.sources.base import from_graph
from archdb.sources.records import Reference, Seed
from archdb.sources.seed_text import seed_text
from archdb.spaces import REGISTRY as SPACES

WHOLE_CATALOGUE = True
REFERENCES = toml.bundled_references()
#: As in tests/test_rewrite_bundled.py: with each rule every so many networks.
VALUES = {"bottleneck": "16", "dilate": "8", "width": "0.5", "classes": "37"}
RULES = ["=".join(filter(None, [rule, VALUES.get(rule)])) for rule in REGISTRY]
STEP = 4


def bare(network: Network, **said: Any) -> Seed:
    """A seed that says no more of a network than it must."""
    head = {"name": "net", "title": "A net", "family": "Own", "year": 2024, "aliases": ()}
    rest = {"variant_of": None, "classes": None, "differences": (), "sources": ()}
    return Seed(**{**head, **rest, "references": (), **said}, network=network)


def again(seed: Seed) -> Seed:
    return toml.loads(seed_text(seed, REFERENCES.values()).encode(), REFERENCES)


def held(seed: Seed) -> None:
    """All that a seed says is what its text says, to the order of the layers."""
    found = again(seed)
    assert found._replace(network=None) == seed._replace(network=None)  # type: ignore[arg-type]
    assert found.network.layers == seed.network.layers
    assert found.network.blocks == seed.network.blocks
    assert fingerprint(found.network) == fingerprint(seed.network)


# Whatever the network


@pytest.mark.parametrize("name", bundled.NAMES)
def test_every_network_of_the_catalogue(name: str) -> None:
    seed = bundled.seed(name)
    held(seed)
    rows = seed_text(seed, REFERENCES.values()).count("\n  [")
    by_hand = bundled.FILES[name].read_text("utf-8").count("\n  [")
    assert rows <= by_hand, "no figure is spelled out that draws the layers"


@pytest.mark.parametrize("rule", RULES)
def test_what_rules_make_of_them(rule: str) -> None:
    changed = 0
    for name in bundled.NAMES[RULES.index(rule) % STEP :: STEP]:
        try:
            made = apply(bundled.network(name), rule).network
        except ArchdbError:
            continue
        held(bare(made))
        changed += 1
    assert changed


@pytest.mark.parametrize("name", SPACES)
def test_points_of_every_space(name: str) -> None:
    space = SPACES[name]
    numbers = range(0, space.size, max(1, space.size // 20))
    for point in space.points(numbers):
        held(bare(point.network))


@pytest.mark.parametrize("name", ["alexnet", "googlenet", "resnet18", "vit_b_32"])
def test_recorded_networks_of_torchvision(name: str) -> None:
    held(bare(from_graph(recorded.load(name), "net", {}).network))


@given(networks.graphs())
def test_random_networks(network: Network) -> None:
    held(bare(network))
    held(bare(networks.renamed(network)))


def test_every_op_in_every_form() -> None:
    for case in CASES:
        said = toml_text.of_op(case.op)
        read = tomllib.loads(f"said = {toml_text.text(said)}", parse_float=Written)["said"]
        assert make(case.op.name, read) is case.op, case.op


# What one would write by hand


def test_it_is_short() -> None:
    network = draw(
        data(3, 9, 9),
        layer("conv", "conv2d", "data", filters=4, kernel=(3, 3), stride=(2, 2), bias=False),
        layer("wide", "conv2d", "conv", filters=4, kernel=(1, 3), padding=(0, 0, 1, 1)),
        layer("norm", "batch_norm", "wide", epsilon=0.001),
        layer("sum", "add", "norm", "conv"),
        layer("fc", "linear", "sum", units=10),
    )
    reference = Reference("own2024", "misc", ("Own, A. and B.",), "Öwn", 2024, None, None, None)
    source = bundled.seed("vgg16").sources[0]
    seed = bare(network, sources=(source._replace(cite="own2024"),), references=(reference,))
    assert (
        seed_text(seed)
        == f"""\
name = "net"
title = "A net"
family = "Own"
year = 2024

[[source]]
claim = "{source.claim}"
cite = "own2024"
where = "{source.where}"

[reference.own2024]
authors = ["Own, A. and B."]
title = "Öwn"
year = 2024

[net]
input = [3, 9, 9]
layers = [
  ["conv", "conv2d", {{filters = 4, kernel = 3, stride = 2, bias = false}}],
  ["wide", "conv2d", {{filters = 4, kernel = [1, 3], padding = [0, 1]}}],
  ["norm", "batch_norm", {{epsilon = 0.001}}],
  ["sum", "add", ["norm", "conv"]],
  ["fc", "linear", {{units = 10}}],
]
"""
    )
    held(seed)


def test_a_block_is_spelled_out_where_no_figure_draws_it() -> None:
    """Also in two places, where layers of another stand between its own."""
    blocks = [Block("outer", "Own", {}), Block("a", "Branch", {"side": "left"}, "outer")]
    rows = [
        layer("one", "relu", "data")._replace(block="a"),
        layer("two", "tanh", "data")._replace(block="outer"),
        layer("three", "relu", "one")._replace(block="a"),
        layer("sum", "add", "two", "three"),
    ]
    seed = bare(Network("net", [data(3, 9, 9), *rows], blocks))
    held(seed)
    assert (
        seed_text(seed).partition("layers = ")[2]
        == """\
[
  ["outer", "Own", [
    ["a", "Branch", {side = "left"}, [
      ["one", "relu"],
    ]],
    ["two", "tanh", ["data"]],
    ["a", "Branch", {side = "left"}, [
      ["three", "relu", ["one"]],
    ]],
  ]],
  ["sum", "add", ["two", "three"]],
]
"""
    )


def test_what_is_rare_is_said() -> None:
    """Several inputs and outputs, axes with names, an op that reads nothing, shared weights."""
    network = draw(
        layer("left", "input", shape=(4, 7, 5), axis_names=("heads", "sequence", "feature")),
        layer("right", "input", shape=(5,)),
        layer("what", "unknown", kind="noise", shape=(5,)),
        layer("a", "linear", "right", units=5),
        layer("b", "linear", "a", units=5)._replace(weights_of="a"),
        layer("sum", "add", "b", "what"),
        layer("other", "relu", "left"),
    )
    text = seed_text(bare(network))
    assert 'input_name = "left"\ninput_axis_names = ["heads", "sequence", "feature"]\n' in text
    assert '  ["what", "unknown", {kind = "noise", shape = [5]}, []],\n' in text
    assert '  ["b", "linear", {units = 5, weights_of = "a"}],\n' in text
    assert 'outputs = ["sum", "other"]\n' in text
    held(bare(network))


@pytest.mark.parametrize(
    ("rows", "sign"),
    [
        ('["b", "Own", {}, ["data"], [["a", "relu"]]]', "row 1 'b': a block that is spelled out"),
        ('["b", "Own", [["a", "rleu"]]]', "row 1 'b', row 1 'a': unknown op or block 'rleu'"),
        ('["b", "Own", [["a", "relu"]]], ["b", "Other", [["c", "relu"]]]', "goes on as another"),
        ('["b", "", [["a", "relu"]]]', "needs a name and an op or block"),
    ],
)
def test_a_block_that_is_not_spelled_out_well(rows: str, sign: str) -> None:
    head = 'name = "net"\ntitle = "A net"\nfamily = "Own"\nyear = 2024\n[net]\ninput = [3, 9, 9]\n'
    with pytest.raises(ArchdbError) as caught:
        toml.loads(f"{head}layers = [{rows}]".encode())
    assert sign in str(caught.value)


# The command


def rows(name: str, database: Path) -> Any:
    columns = "layer, block, op, inputs, out_channels, params, macs, receptive_field_h"
    words = f"select {columns} from layer_summary where architecture = '{name}' order by position"
    return json.loads(archdb("query", words, "--format", "json", database=database).out)


def test_a_variant_goes_from_one_database_to_another(database: Path, tmp_path: Path) -> None:
    before = files(database.parent)
    made = archdb("seed", "vgg16+fc-to-conv@fc6+width=0.5", database=database)
    assert (made.status, made.err.splitlines()[0][:5]) == (0, "note:")
    assert files(database.parent) == before
    other = tmp_path / "other.sqlite"
    other.write_bytes(database.read_bytes())
    given = archdb("import", "-", "--as", "mine", database=other, given=made.out)
    assert given.err == "imported mine\n"
    archdb("rewrite", "vgg16", "fc-to-conv@fc6", "width=0.5", "--as", "mine", database=database)
    assert rows("mine", other) == rows("mine", database)
    header = "select structure, classes, variant_of, title from network where name = 'mine'"
    found = [package.open(path).reader.run(header).rows for path in (database, other)]
    assert found[0] == found[1]
    lineage = [archdb("show", "mine", "--lineage", database=path).out for path in (database, other)]
    assert lineage[0] == lineage[1]
    assert archdb("check", database=other).err == "no faults\n"


def test_names(database: Path) -> None:
    words = archdb("seed", "vgg16+width=0.5@conv5*", database=database).out.splitlines()
    assert words[0] == 'name = "vgg16_width_0.5_conv5"'
    assert 'aliases = ["vgg_16", "vgg_d"]' in archdb("seed", "VGG_D", database=database).out
    copy = archdb("seed", "vgg16", "--as", "my_vgg", database=database).out
    assert copy.startswith('name = "my_vgg"\n')
    assert "aliases" not in copy
    refused(archdb("seed", "vgg61", database=database), "did you mean", "vgg16")
    refused(archdb("seed", "vgg16", "--as", "A B", database=database), "cannot be a name", status=2)


def test_also_of_a_file(database: Path, tmp_path: Path) -> None:
    seed = tmp_path / "mine.toml"
    seed.write_text(archdb("seed", "vgg11", "--as", "mine", database=database).out, "utf-8")
    assert archdb("seed", str(seed), database=database).out == seed.read_text("utf-8")
