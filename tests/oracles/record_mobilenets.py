"""Records what the authors' own modules say of released and drawn points of MobileNet-type spaces.

Run by hand, never by the tests, in an environment with torch (CPU), with the paths of checkouts of
mit-han-lab/once-for-all and han-cai/files:

    python tests/oracles/record_mobilenets.py PATH/once-for-all PATH/files

mobilenets.csv is written beside this file: parameters, running statistics, and multiply-accumulates
of convolutions and of the fully connected layer; of what the authors released, at the side of image
that they released it for, and of twenty points that were drawn for each width.
"""

from __future__ import annotations

import copy
import csv
import json
import random
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import torch
from record_spaces import figures

sys.path.insert(0, sys.argv[1])
from ofa.imagenet_classification.elastic_nn.networks import OFAMobileNetV3
from ofa.imagenet_classification.networks import get_net_by_name

FILES = Path(sys.argv[2])
FILE = Path(__file__).with_name("mobilenets.csv")
DRAWN = 20
Config = dict[str, Any]


def build(config: Config) -> torch.nn.Module:
    return get_net_by_name(config["name"]).build_from_config(copy.deepcopy(config))


def stages(units: list[str], blocks: list[Config]) -> str:
    """Units by stage: one begins where a block has no shortcut."""
    found: list[list[str]] = []
    for unit, block in zip(units, blocks, strict=True):
        if block["shortcut"] is None:
            found.append([])
        found[-1].append(unit)
    return "+".join(f"|{'|'.join(stage)}|" for stage in found)


def unit(config: Config) -> str:
    if config["name"] == "ZeroLayer":
        return "skip"
    return f"k{config['kernel_size']}e{config['expand_ratio']}"


Row = tuple[str, str, str, int, Config]


def proxylessnas(draw: random.Random) -> Iterator[Row]:
    """What was released, and the same with other units where a search may choose."""
    for width in ("cpu", "gpu", "mobile", "mobile_14"):
        released = json.loads((FILES / f"proxylessnas/proxyless_{width}.config").read_text())
        for at in range(DRAWN + 1):
            config = copy.deepcopy(released)
            before = config["blocks"][0]["mobile_inverted_conv"]["out_channels"]
            for block in config["blocks"][1:]:
                own, shortcut = block["mobile_inverted_conv"], block["shortcut"]
                after = shortcut["out_channels"] if shortcut else own["out_channels"]
                choices = ["conv"] * 6 + ["skip"] * (shortcut is not None)
                if at and draw.choice(choices) == "skip":
                    block["mobile_inverted_conv"] = {"name": "ZeroLayer", "stride": 1}
                elif at:
                    block["mobile_inverted_conv"] = {
                        "name": "MBInvertedConvLayer",
                        "in_channels": before,
                        "out_channels": after,
                        "kernel_size": draw.choice((3, 5, 7)),
                        "stride": own.get("stride", 1),
                        "expand_ratio": draw.choice((3, 6)),
                    }
                before = after
            blocks = config["blocks"][1:]
            chosen = stages([unit(block["mobile_inverted_conv"]) for block in blocks], blocks)
            released_as = f"proxyless_{width}" if not at else ""
            yield "proxylessnas", f"proxylessnas.{width}.{chosen}", released_as, 224, config


def once_for_all(config: Config) -> tuple[str, str]:
    """Space and name of a subnet; its width is that of its stem."""
    blocks = [block | block.get("mobile_inverted_conv", {}) for block in config["blocks"][1:]]
    units = [unit(block.get("conv", block)) for block in blocks]
    width = {16: "w10", 24: "w12"}[config["first_conv"]["out_channels"]]
    name = f"ofa_mobilenet_v3_{width}"
    return f"{name}_{units[0][:2]}", f"{name}.{stages(units, blocks)}"


def once_for_all_released() -> Iterator[Row]:
    for path in sorted(FILES.glob("ofa/ofa_specialized/*/net.config")):
        config = json.loads(path.read_text())
        if config["name"] == "MobileNetV3":
            side = json.loads(path.with_name("run.config").read_text())["image_size"]
            released_as = "@".join(path.parent.name.partition("_top1")[0].rsplit("-", 1))
            yield *once_for_all(config), released_as, side, config


def once_for_all_drawn(draw: random.Random) -> Iterator[Row]:
    for width in (1.0, 1.2):
        whole = OFAMobileNetV3(
            width_mult=width, ks_list=[3, 5, 7], expand_ratio_list=[3, 4, 6], depth_list=[2, 3, 4]
        )
        for _ in range(DRAWN):
            kernels, times = draw.choices((3, 5, 7), k=20), draw.choices((3, 4, 6), k=20)
            whole.set_active_subnet(ks=kernels, e=times, d=draw.choices((2, 3, 4), k=5))
            config = whole.get_active_net_config()
            yield *once_for_all(config), "", 224, config


def main() -> None:
    draw = random.Random(2018)
    with FILE.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("space", "architecture", "released", "side", "params", "buffers", "macs"))
        rows = chain(proxylessnas(draw), once_for_all_released(), once_for_all_drawn(draw))
        for *named, side, config in rows:
            with torch.device("meta"):
                params, buffers, macs, _ = figures(build(config), side)
            writer.writerow((*named, side, params, buffers, macs))


if __name__ == "__main__":
    main()
