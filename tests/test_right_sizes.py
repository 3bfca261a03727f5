"""Issue 10, item 2: what is stated for one size is known at that size only."""

from pathlib import Path

from command import archdb
from drawing import chain

from archdb.analysis.profile import derive
from archdb.model.graph import Network
from archdb.ops import make


def stated() -> Network:
    half = make("conv2d", {"filters": 8, "kernel": 3, "stride": 2, "padding": 1})
    warp = make("unknown", {"kind": "warp", "shape": (8, 16, 16)})
    return chain(
        (3, 32, 32), half, warp, make("conv2d", {"filters": 16, "kernel": 3, "padding": 1})
    )


def test_item_2_a_stated_shape_is_known_at_the_native_input() -> None:
    # 16·16 positions of 16 filters over 8·3·3
    assert derive(stated()).layer("3")["macs"] == 16 * 16 * 16 * 8 * 9 == 294_912


def test_item_2_a_stated_shape_is_open_at_another_input() -> None:
    profile = derive(stated(), (3, 64, 64))
    assert profile.layer("3")["macs"] is None
    assert profile.totals["macs"] is None
    assert profile.totals["note"] == "not counted, so totals are open: 2, 3"
    # 32·32 positions of 8 filters over 3·3·3 are known all the same
    assert profile.layer("1")["macs"] == 32 * 32 * 8 * 27


def test_item_2_where_the_same_arrives_the_shape_is_known() -> None:
    warp = make("unknown", {"kind": "warp", "shape": (4,)})
    linear = make("linear", {"units": 2})
    network = chain((3, 8, 8), make("global_avg_pool2d", {}), warp, linear)
    assert derive(network, (3, 16, 16)).layer("3")["macs"] == 4 * 2


def test_check_names_networks_whose_rows_add_up_to_no_total(database: Path, tmp_path: Path) -> None:
    """Item 2: sums over the layer rows of a network with open totals must not look like one."""
    seed = tmp_path / "half.toml"
    seed.write_text(
        'name = "half"\ntitle = "Half known"\nfamily = "test"\nyear = 2020\n[net]\n'
        "input = [3, 32, 32]\nlayers = [\n"
        '["conv", "conv2d", {filters = 8, kernel = 3}],\n["odd", "unknown", {kind = "fft"}],\n]\n',
        "utf-8",
    )
    assert archdb("import", str(seed), database=database).status == 0
    answer = archdb("check", database=database)
    assert answer.status == 0, "it is no fault"
    assert "totals are open, so that sums over layer rows are none: half" in answer.err
