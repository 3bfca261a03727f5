"""Records what the authors' own modules say of released and drawn points of MobileNet-type spaces.

Run by hand, never by the tests, in an environment with torch (CPU), with the paths of checkouts of
mit-han-lab/once-for-all and han-cai/files:

    python tests/oracles/record_mobilenets.py PATH/once-for-all PATH/files

mobilenets.csv is written beside this file: parameters, running statistics, and multiply-accumulates
of convolutions and of the fully connected layer; of what the authors released, and of twenty points
that were drawn for each width that they have released.
"""

from __future__ import annotations

import copy
import csv
import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from record_spaces import figures

sys.path.insert(0, sys.argv[1])
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


def proxylessnas(draw: random.Random) -> Iterator[tuple[str, str, int, Config]]:
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
            yield "proxylessnas", f"proxylessnas.{width}.{chosen}", 224, config


def main() -> None:
    draw = random.Random(2018)
    with FILE.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("space", "architecture", "params", "buffers", "macs"))
        for space, name, side, config in proxylessnas(draw):
            with torch.device("meta"):
                params, buffers, macs, _ = figures(build(config), side)
            writer.writerow((space, name, params, buffers, macs))


if __name__ == "__main__":
    main()
