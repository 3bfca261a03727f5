"""Models of torchvision through torch.onnx, read and held to the recorder's network of the same.

    python benchmarks/onnx_bars.py --most 30          the 30 smallest models
    python benchmarks/onnx_bars.py --dynamo resnet18 swin_t

Of each: weights and multiply-accumulates, of convolutions and linear layers and of products of two
activations, against those of the recorded module; the sequence of convolutions, with filters,
kernel, stride, padding, groups and output; and how many batch norms the exporter folded, whose
parameters and the biases that it made of them account for what is left. Weights are random, so that
no two tensors are equal and stored once; files are deleted at once. Needs torch, torchvision and
onnx, and archdb installed beside them.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from archdb.analysis.profile import Profile, derive, forget
from archdb.errors import ArchdbError
from archdb.sources import torch_libraries as libraries
from archdb.sources.base import Imported, from_onnx, models, read_library
from archdb.sources.report import EXACT, OPEN

DIFFERS, FAILED = "differs", "failed"
#: Sums of parameters beyond which a file does not fit into one protobuf message.
MOST_PARAMETERS = 250_000_000
#: What of a layer is compared, and its output.
OUTPUT = ("out_channels", "out_height", "out_width", "out_shape")
COLUMNS = ("op", "weight_params", "norm_params", "bias_params", "macs", *OUTPUT)
WEIGHTS, OTHERS = "weight_params", ("bias_params", "norm_params")
#: Learned tensors without input.
FREE = frozenset(("parameter",))
#: Work of two activations, which an exporter spells out.
PRODUCTS = frozenset(("matmul", "einsum", "scaled_dot_product_attention"))


def exported(word: str, sizes: list[tuple[int, ...]], place: Path, dynamo: bool) -> Path:
    """An ONNX file of a model whose parameters are all different."""
    import torch

    library, _, model = word.partition(":")
    module = libraries._built(library, model).eval()
    with torch.no_grad():
        for tensor in (*module.parameters(), *module.buffers()):
            if tensor.is_floating_point():
                tensor.uniform_(0.5, 1.5)
    file = place / "model.onnx"
    torch.set_num_threads(1)
    images = tuple(torch.rand(1, *size) for size in sizes)
    torch.onnx.export(module, images, str(file), dynamo=dynamo, verbose=False)
    return file


def convolutions(profile: Profile) -> Iterator[tuple[Any, ...]]:
    """Op, attributes but for the bias, which a folded norm leaves, and output of each."""
    for layer, facts in zip(profile.network.layers, profile.table.dicts(COLUMNS), strict=True):
        if "conv" in layer.op.name:
            given = {k: v for k, v in layer.op.attributes().items() if k != "bias"}
            yield (layer.op.name, str(given), *(facts[name] for name in OUTPUT))


def norms(profile: Profile) -> Counter[str]:
    """Batch norms and their learned numbers, and biases of convolutions."""
    found: Counter[str] = Counter()
    for facts in profile.table.dicts(COLUMNS):
        if facts["op"] == "batch_norm":
            found["norms"] += 1
            found["learned"] += facts["norm_params"]
        elif "conv" in facts["op"]:
            found["biases"] += facts["bias_params"]
    return found


def macs(profile: Profile, products: bool) -> int:
    return sum(
        facts["macs"]
        for facts in profile.table.dicts(COLUMNS)
        if (facts["op"] in PRODUCTS) is products
    )


def learned(profile: Profile, free: bool, *roles: str) -> int:
    """Parameters of these roles of the layers with an input, or of `free` tensors, which have
    none: tables, and what an exporter multiplies and adds behind a norm."""
    table = profile.table.dicts(COLUMNS)
    chosen = (facts for facts in table if (facts["op"] in FREE) is free)
    return sum(facts[role] for facts in chosen for role in roles)


def apart(own: Profile, file: Profile) -> tuple[list[str], str]:
    """What of a file differs from the module, and what is said of its norms."""
    found = []
    mine, theirs = norms(own), norms(file)
    folded = mine["norms"] - theirs["norms"]
    gone, biases = mine["learned"] - theirs["learned"], theirs["biases"] - mine["biases"]
    figures = {
        "weights": [learned(p, False, WEIGHTS) for p in (own, file)],
        "other parameters": [
            learned(own, False, *OTHERS) - gone + biases,
            learned(file, False, *OTHERS),
        ],
        "macs of layers": [macs(p, False) for p in (own, file)],
        "macs of products": [macs(p, True) for p in (own, file)],
    }
    found += [f"{name} {a}, in the file {b}" for name, (a, b) in figures.items() if a != b]
    ours, read = list(convolutions(own)), list(convolutions(file))
    if ours != read:
        pairs = enumerate(zip(ours, read, strict=False))
        place = next((i for i, (one, other) in pairs if one != other), min(len(ours), len(read)))
        found.append(f"{len(ours)} convolutions, in the file {len(read)}, from number {place}")
    if 2 * biases > gone:
        found.append(f"{biases} biases made of {gone} parameters of norms")
    told = f"{folded} norms folded" if folded else "no norm folded"
    tables = [learned(p, True, WEIGHTS, *OTHERS) for p in (own, file)]
    if tables[0] != tables[1]:
        told += f", free tensors of {tables[0]} numbers worked out to {tables[1]}"
    return found, told


def weigh(word: str, dynamo: bool) -> tuple[str, str]:
    """How a model comes out, and what is said of it."""
    try:
        own = read_library(word)
    except ArchdbError as error:
        return FAILED, f"cannot be recorded: {error}".splitlines()[0]
    sizes = [layer.op.shape for layer in own.network if layer.op.source]
    if (own_profile := derive(own.network)).totals["weight_params"] > MOST_PARAMETERS:
        return FAILED, "too large to be exported here"
    with TemporaryDirectory() as place:
        try:
            file = exported(word, sizes, Path(place), dynamo)
        except Exception as error:  # whatever the exporter raises is the answer
            return FAILED, f"torch.onnx: {type(error).__name__} {error}".splitlines()[0]
        try:
            found = from_onnx(file)
        except ArchdbError as error:
            return FAILED, str(error).splitlines()[0]
    return verdict(own_profile, found)


def verdict(own: Profile, found: Imported) -> tuple[str, str]:
    lines = found.report.lines
    if found.report.verdict == OPEN:
        kinds = {str(line.note).partition(":")[0] for line in lines if line.subject == "unknown"}
        return OPEN, ", ".join(sorted(kinds)) or str(found.report.lines[-1])
    different, told = apart(own, derive(found.network))
    if found.report.verdict != EXACT:
        different.append(str(found.report.lines[-1]))
    return (DIFFERS if different else EXACT), "; ".join([*different, told])


def by_size(words: list[str]) -> list[str]:
    """Models that run without choosing boxes, the smallest first."""
    from torchvision.models import get_model_weights

    def size(word: str) -> int:
        weights = get_model_weights(word.partition(":")[2])
        return min((w.meta["num_params"] for w in weights), default=MOST_PARAMETERS)

    skipped = (*libraries.DETECTORS, "quantized")  # the latter are those without the word
    return sorted((w for w in words if not any(part in w for part in skipped)), key=size)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", nargs="*", help="all of torchvision's, where none is named")
    parser.add_argument("--dynamo", action="store_true", help="by PyTorch's newer exporter")
    parser.add_argument("--first", type=int, default=0, help="from this one on")
    parser.add_argument("--most", type=int, help="so many models")
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    words = [f"torchvision:{m}" for m in given.model] or by_size(models("torchvision:all"))
    words = words[given.first :][: given.most]
    ends: Counter[str] = Counter()
    for word in words:
        begun = time.process_time()
        end, told = weigh(word, given.dynamo)
        ends[end] += 1
        print(f"{end:8} {word}: {told} ({time.process_time() - begun:.0f} s)", flush=True)
        forget()
    print(f"torch.onnx, {'dynamo' if given.dynamo else 'TorchScript'}: {dict(ends)}")


if __name__ == "__main__":
    main()
