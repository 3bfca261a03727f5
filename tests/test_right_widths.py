"""Issue 10, item 7: `width` is the multiplier that the family's paper defines, if there is one."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from math import floor
from pathlib import Path

import pytest
from bundled import NAMES
from command import archdb

from archdb.analysis.layer_table import params
from archdb.analysis.profile import derive
from archdb.blocks.widths import (
    PLAIN,
    WIDTHS,
    in_eighths,
    keep_channels,
    not_shrunk,
    scale_channels,
)
from archdb.model.graph import Layer, Network
from archdb.resources import bundled
from archdb.rewrite import apply
from archdb.rewrite.multiplier import Shipped, load_shipped, widths_of
from archdb.sources.toml import bundled_references, load

WHOLE_CATALOGUE = True


@cache
def network(name: str) -> Network:
    return load(bundled("seeds") / "nets" / f"{name}.toml", bundled_references()).network


def drawn(some: Network) -> list[tuple[object, ...]]:
    """All that two networks of equal structure share: ops and edges, whatever layers are called."""
    places = {layer.name: i for i, layer in enumerate(some)}
    return [(layer.op, [places[name] for name in layer.inputs]) for layer in some]


def count(name: str, factor: str) -> int:
    total = params(derive(apply(network(name), f"width={factor}").network).totals)
    assert total is not None
    return total


def divisible(channels: int, factor: Fraction) -> int:
    """Multiples of eight as the authors of MobileNetV2 write them, in fractions."""
    exact = channels * factor
    eighths = max(8, floor(exact + 4) // 8 * 8)
    return eighths + 8 if eighths < Fraction(9, 10) * exact else eighths


# Networks that are shipped at a width.


@pytest.mark.parametrize("one", load_shipped(), ids=lambda one: one.network)
def test_what_is_shipped_at_a_width_is_what_the_rule_makes_or_has_its_reason(one: Shipped) -> None:
    """All others of the catalogue are no width of one another."""
    assert {one.base, one.network} <= set(NAMES)
    made = apply(network(one.base), f"width={one.factor}")
    same = drawn(made.network) == drawn(network(one.network))
    assert same == (one.because is None)
    notes = [note.why for note in made.notes if one.network in note.why]
    assert notes == ([] if same else [f"{one.network}, which is shipped at this width, is another: "
                                      f"{one.because}"])  # fmt: skip


def test_mobilenet_v2_140(whole: Path) -> None:
    """32 × 1.4 = 44.8 → 48; 1280 × 1.4 = 1792; 6,108,776 parameters, as in the same database."""
    made = apply(network("mobilenet_v2"), "width=1.4").network
    convs = [layer.op.filters for layer in made if layer.op.name == "conv2d"]
    assert (convs[0], convs[-2]) == (48, 1792)
    sql = "select distinct params from architecture_summary where architecture = 'mobilenet_v2_140'"
    assert archdb("query", sql, "--format", "csv", database=whole).out == "params\n6108776\n"
    shown = archdb("show", "mobilenet_v2+width=1.4", "--format", "csv", database=whole).out
    assert "\nparams,parameters,6108776\n" in shown


def test_a_note_names_the_shipped_network_that_differs(whole: Path) -> None:
    answer = archdb("show", "shufflenet_v2_x1_0+width=0.50", database=whole)
    assert (
        "shufflenet_v2_x0_5, which is shipped at this width, is another: its channels" in answer.err
    )
    only = archdb("show", "shufflenet_v2_x1_0+width=0.5@stage2*", database=whole)
    assert "shufflenet_v2_x0_5" not in only.err


# Other programs at other widths.

COUNTED = {  # parameters in torchvision 0.29.1 (V2, MnasNet) and timm 1.0 (V3), of their own models
    "mobilenet_v2": [
        *[("0.35", 1_677_128), ("0.5", 1_968_680), ("0.75", 2_636_424)],
        *[("1.3", 5_386_792), ("1.4", 6_108_776), ("2.0", 11_258_088)],
    ],
    "mnasnet1_0": [
        *[("0.35", 1_788_232), ("0.5", 2_218_512), ("0.75", 3_170_208)],
        *[("1.3", 6_282_256), ("1.4", 7_115_728)],
    ],
    "mobilenet_v3_large": [("0.75", 3_993_528)],
    "mobilenet_v3_small": [("0.75", 2_041_872)],
}


@pytest.mark.parametrize(
    ("name", "factor", "total"), [(n, f, t) for n, rows in COUNTED.items() for f, t in rows]
)
def test_other_programs_count_as_much(name: str, factor: str, total: int) -> None:
    assert count(name, factor) == total


def test_wide_residual_networks() -> None:
    """zagoruyko2016, Table 4: WRN-40-8 has 35.7 M; twice WRN-40-4, and its first convolution of 16
    filters stays."""
    assert 35_650_000 <= count("wrn_40_4_cifar10", "2") < 35_750_000
    made = apply(network("wrn_40_4_cifar10"), "width=2").network
    assert next(layer.op.filters for layer in made if layer.op.name == "conv2d") == 16


@pytest.mark.parametrize("factor", ["0.5", "1.1", "1.4", "2"])
@pytest.mark.parametrize("name", ["efficientnet_b0", "mobilenet_v2"])
def test_it_is_what_the_blocks_of_the_seed_draw_at_that_width(
    name: str, factor: str, tmp_path: Path
) -> None:
    """Two ways to one network; but for V2's last convolution, which a seed states."""
    text = (bundled("seeds") / "nets" / f"{name}.toml").read_text("utf-8")
    if name == "mobilenet_v2":
        least = f", width = {max(float(factor), 1)}}}],"
        lines = [
            line.replace("}],", least if "Conv_1" in line else f", width = {factor}}}],")
            if "scaled_conv_slim" in line or "inverted_residual" in line
            else line
            for line in text.splitlines()
        ]
        text = "\n".join(lines)
    path = tmp_path / f"{name}.toml"
    path.write_text(text.replace("width = 1.0", f"width = {factor}"), "utf-8")
    again = load(path, bundled_references()).network
    assert drawn(apply(network(name), f"width={factor}").network) == drawn(again)


# The rules themselves.


def test_eighths_are_those_of_the_authors() -> None:
    for channels in (*range(1, 200), 320, 960, 1280):
        for hundredths in range(1, 300, 7):
            factor = Fraction(hundredths, 100)
            assert scale_channels(channels, factor) == divisible(channels, factor), (
                channels,
                factor,
            )


def test_what_stays() -> None:
    assert (not_shrunk(1280, 0.5), not_shrunk(1280, 1.4), keep_channels(1280, 3)) == (
        1280,
        1792,
        1280,
    )


def test_expansion_and_squeeze_of_mobilenet_v3() -> None:
    """88/24 of 32 are 117.3: 120. A quarter of 120 are 30: 32; of 24 they are 6: 8."""
    assert in_eighths(88, 24, 32) == divisible(32, Fraction(88, 24)) == 120
    assert (in_eighths(24, 88, 120), in_eighths(8, 16, 24)) == (32, 8)


#: Families whose papers define a multiplier, by one of its networks; all others are scaled plainly.
OWN = {
    *("mobilenet_v2", "mobilenet_v2_140", "mobilenet_v3_large", "mobilenet_v3_small"),
    *("mnasnet1_0", "wrn_16_8_cifar10", "wrn_28_10_cifar10", "wrn_40_4_cifar10"),
    *(f"efficientnet_b{i}" for i in range(8)),
    "efficientnet_v2_s",
}


def test_a_family_states_its_rule_and_all_others_are_plain() -> None:
    found = {name for name in NAMES if widths_of(network(name)) is not PLAIN}
    assert found >= OWN
    assert not found & {"mobilenet_v1", "vgg16", "resnet50", "shufflenet_v2_x1_0", "ghostnet"}
    assert set(WIDTHS) <= {block.kind for name in NAMES for block in network(name).blocks}


@pytest.mark.parametrize("name", sorted(OWN))
def test_a_width_of_one_changes_nothing(name: str) -> None:
    assert apply(network(name), "width=1").network.layers == network(name).layers


def test_the_rule_holds_after_other_rules_and_on_a_glob() -> None:
    """Blocks are known by their kind, also where a rule has changed them."""
    first = apply(network("mobilenet_v2"), "fold-bn+width=1.4").network
    last = apply(network("mobilenet_v2"), "width=1.4+fold-bn").network
    assert first.layers == last.layers
    made = apply(network("mobilenet_v2"), "width=1.4@Conv_1*").network

    def changed(layer: Layer, before: Layer) -> bool:
        return layer.op != before.op

    pairs = zip(made, network("mobilenet_v2"), strict=True)
    assert [a.name for a, b in pairs if changed(a, b)] == ["Conv_1"]
