"""Models of installed libraries, imported and held to the library's own figures.

    python benchmarks/import_bars.py torchvision
    python benchmarks/import_bars.py timm --every 30
    KERAS_BACKEND=torch python benchmarks/import_bars.py keras

Of each model of torchvision and timm: parameters (with those that no call reads) against the
module's own, running statistics against its buffers, multiply-accumulates against half of what
torch's flop counter counts in a forward pass of one image, and every recorded shape against the
derived one. Of Keras: parameters against model.count_params(). What is open is named with the kinds
that leave it so; what differs is a fault. Needs the library, and archdb installed beside it.
"""

from __future__ import annotations

import argparse
import statistics
import time
import warnings
from collections import Counter
from collections.abc import Callable
from typing import Any

from archdb.analysis.profile import derive, forget
from archdb.errors import ArchdbError
from archdb.sources.base import Imported, models, read_library
from archdb.sources.report import OPEN

EXACT, LEFT_OPEN, DIFFERS, FAILED = "exact", "open", "differs", "failed"


def torch_figures(word: str, found: Imported) -> dict[str, tuple[Any, Any]]:
    """The library's figures beside the derived ones."""
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    from archdb.sources import torch_libraries as libraries

    library, _, model = word.partition(":")
    module = libraries._made(library, model).to("meta").eval()
    profile = derive(found.network)
    shapes = [layer.op.shape for layer in found.network if layer.op.source]
    counter = FlopCounterMode(display=False)
    with torch.no_grad(), counter:
        module(*[torch.empty(1, *shape, device="meta") for shape in shapes])
    lines = {(line.subject, line.item): line for line in found.report.lines}
    unread = lines.get(("parameters", "never read"))
    kept = {name for name, _ in module.named_buffers() if "running_" in name}
    read = [line for line in found.report.lines if line.subject == "tensor" and line.derived]
    trained = [profile.totals[f"{role}_params"] for role in ("weight", "bias", "norm")]
    return {
        "params": (
            sum(tensor.numel() for tensor in module.parameters()),
            sum(trained) + (unread.stated or 0 if unread else 0) if None not in trained else None,
        ),
        "buffers": (
            sum(line.stated or 0 for line in read if line.item in kept),
            profile.totals["buffers"],
        ),
        "macs": (counter.get_total_flops() // 2, profile.totals["macs"]),
    }


def keras_figures(word: str, found: Imported) -> dict[str, tuple[Any, Any]]:
    """The library's figures beside the derived ones."""
    import keras

    model = getattr(keras.applications, word.partition(":")[2])(weights=None)
    totals = derive(found.network).totals
    counts = [totals[name] for name in ("weight_params", "bias_params", "norm_params", "buffers")]
    return {"params": (model.count_params(), sum(counts) if None not in counts else None)}


FIGURES: dict[str, Callable[[str, Imported], dict[str, tuple[Any, Any]]]] = {
    "torchvision": torch_figures,
    "timm": torch_figures,
    "keras": keras_figures,
}


def weigh(word: str) -> tuple[str, str, list[str]]:
    """How one model comes out, what is said of it, and the kinds that leave it open."""
    try:
        found = read_library(word)
    except ArchdbError as error:
        return FAILED, str(error).splitlines()[0], []
    kinds = [
        str(line.note).partition(":")[0] for line in found.report.lines if line.subject == "unknown"
    ]
    if found.report.verdict == OPEN:
        return LEFT_OPEN, ", ".join(sorted(set(kinds))), sorted(set(kinds))
    figures = FIGURES[word.partition(":")[0]](word, found)
    apart = [f"{name} {own} derived {ours}" for name, (own, ours) in figures.items() if own != ours]
    if apart or found.report.verdict != EXACT:
        return DIFFERS, "; ".join([*apart, found.report.verdict]), []
    return EXACT, "", []


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, add_help=True)
    parser.add_argument("library", choices=sorted(FIGURES))
    parser.add_argument("--every", type=int, default=1, help="each nth model alone")
    parser.add_argument("--first", type=int, default=0, help="from this one on")
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    words = models(f"{given.library}:all")[given.first :: given.every]
    ends: Counter[str] = Counter()
    left: Counter[str] = Counter()
    seconds = []
    for word in words:
        begun = time.process_time()
        end, told, kinds = weigh(word)
        seconds.append(time.process_time() - begun)
        ends[end] += 1
        left.update(kinds)
        if end != EXACT:
            print(f"{end:8} {word}: {told}", flush=True)
        forget()
    print(f"{given.library}: {len(words)} models, {dict(ends)}")
    print(f"CPU seconds: median {statistics.median(seconds):.2f}, most {max(seconds):.2f}")
    for kind, count in left.most_common():
        print(f"  left open by {kind}: {count}")


if __name__ == "__main__":
    main()
