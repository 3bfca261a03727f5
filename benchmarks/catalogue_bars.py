"""Networks of the catalogue that a library builds, imported and compared by structure.

    KERAS_BACKEND=torch python benchmarks/catalogue_bars.py [NAME…]

tests/oracles says which constructor of torchvision, timm or Keras builds which network. What is
imported is aligned with the catalogue's network; each edit between them is of one of the kinds
below, or what the network's seed says that the library differs in, or something else, which is
printed. Needs the libraries, and archdb installed beside them.
"""

from __future__ import annotations

import argparse
import csv
import warnings
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from archdb.analysis.aligned_layer import FIRST_ONLY, SECOND_ONLY, AlignedLayer
from archdb.analysis.alignment import align
from archdb.analysis.profile import Profile, derive, forget
from archdb.errors import ArchdbError
from archdb.model.graph import Network
from archdb.queries.said_of import stated
from archdb.sources.base import Imported, from_keras, from_torch
from archdb.sources.records import Seed
from archdb.sources.toml import bundled_files, bundled_references, load

ORACLES = Path(__file__).parents[1] / "tests" / "oracles"
#: What may follow the last map, in whatever order and form, and what has weights there.
HEAD = frozenset(("softmax", "flatten", "dropout", "global_avg_pool2d", "adaptive_avg_pool2d"))
WEIGHTED = frozenset(("linear", "conv2d"))
#: Attributes that are stated otherwise where the output is of equal shape.
ATTRIBUTES = {"padding": "padding", "rounding": "rounding", "epsilon": "epsilon", "rate": "dropout"}
#: How a seed says that only one of two networks has a layer.
ALONE = {FIRST_ONLY: "removed", SECOND_ONLY: "added"}
EQUAL, STATED, ELSE = "equal", "stated difference only", "else"


def rows(names: list[str]) -> Iterator[dict[str, str]]:
    for file in ("networks.csv", "calls_networks.csv"):
        for row in csv.DictReader((ORACLES / file).open()):
            known = row["library"] in ("torchvision", "timm", "keras")
            if known and (not names or row["architecture"] in names):
                yield row


def catalogue() -> dict[str, Seed]:
    references = bundled_references()
    return {path.stem: load(path, references) for path in bundled_files()}


def imported(row: dict[str, str]) -> Imported:
    constructor, shape = row["constructor"], tuple(map(int, row["input"].split("x")))
    if row["library"] == "keras":
        import keras

        given = {"a": keras.applications, "import_": import_module}
        return from_keras(eval(constructor, given))
    import torch
    from timm import create_model
    from torchvision import models, ops

    def on_cpu(build: Any) -> Any:
        with torch.device("cpu"):
            return build().to("meta")

    given = {"m": models, "ops": ops, "create_model": create_model, "on_cpu": on_cpu}
    with torch.device("meta"):
        module = eval(constructor, given)
    return from_torch(module.eval(), shape)


class Edits:
    """What an import differs in, each edit by the kind that it is of; None where it is of none."""

    def __init__(self, network: Network, found: Network) -> None:
        self.alignment = align(network, found)
        self.outputs = [outputs(derive(one)) for one in (network, found)]

    def kinds(self) -> Iterator[tuple[str | None, AlignedLayer]]:
        for row in self.alignment.rows:
            if row.alone:
                yield self.alone(row), row
            elif row.changes:
                yield from ((self.changed(row, change.what), row) for change in row.changes)

    def alone(self, row: AlignedLayer) -> str | None:
        if row.layer.auxiliary:
            return "auxiliary head"
        name = row.layer.op.name
        if name in HEAD or (name in WEIGHTED and self.one_position(row)):
            return "classifier"
        return "padding" if name == "pad2d" else None

    def one_position(self, row: AlignedLayer) -> bool:
        """Whether a layer is one of those that see no map any more, as a classifier's do."""
        side = row.here is None
        names = [layer.name for layer in self.alignment.networks[side] if not layer.auxiliary]
        rest = names[names.index(row.layer.name) :]
        found = self.outputs[side]
        return all(extent in (None, 1) for name in rest for extent in found[name][1:3])

    def changed(self, row: AlignedLayer, what: str) -> str | None:
        here, there = row.here, row.there
        if here is None or there is None:  # it belongs to one that is written otherwise
            return None
        if here.auxiliary or there.auxiliary:
            return "auxiliary head"
        if here.op.name != there.op.name:
            return "classifier" if {here.op.name, there.op.name} <= HEAD | WEIGHTED else None
        equal = self.outputs[0][here.name] == self.outputs[1][there.name]
        if what == "inputs" and here.op.name == "concat" and equal:
            return "concatenated at once"
        if here.op.name == "resize2d" and equal:
            return "size as a number"
        return ATTRIBUTES.get(what) if equal else None


def outputs(profile: Profile) -> dict[str, tuple[Any, ...]]:
    columns = ("layer", "out_channels", "out_height", "out_width", "out_shape")
    return {row["layer"]: tuple(row.values())[1:] for row in profile.table.dicts(columns)}


def verdict(seed: Seed, library: str, found: Network) -> tuple[str, str]:
    """How an import comes out, and what it differs in. What the seed says that the library differs
    in is stated."""
    told, counts = Counter[str](), Counter[str]()
    said = stated((source.claim for source in seed.sources), library)
    for kind, row in Edits(seed.network, found).kinds():
        text = f"{row.layer.op.name} {', '.join(map(str, row.changes)) or ALONE[row.status]}"
        if kind is not None:
            counts[kind] += 1
        elif text in said:
            counts[f"said of {library}"] += 1
        else:
            told[text] += 1
    if told:
        return ELSE, "; ".join(f"{times} {what}" for what, times in told.most_common())
    return (STATED if counts else EQUAL), ", ".join(
        f"{kind} {times}" for kind, times in counts.most_common()
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", nargs="*", help="all, where none is given")
    parser.add_argument("--first", type=int, default=0, help="from this one on")
    parser.add_argument("--most", type=int, help="so many")
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    known = catalogue()
    chosen = [row for row in rows(given.name) if row["architecture"] in known]
    ends: Counter[str] = Counter()
    for row in chosen[given.first :][: given.most]:
        name = row["architecture"]
        try:
            end, told = verdict(known[name], row["library"], imported(row).network)
        except (ArchdbError, NameError) as error:  # NameError: a patch that record.py alone has
            end, told = "not built", str(error).splitlines()[0]
        ends[end] += 1
        print(f"{end} {name} {row['library']}: {told}", flush=True)
        forget()
    print(dict(ends))


if __name__ == "__main__":
    main()
