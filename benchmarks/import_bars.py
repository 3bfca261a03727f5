"""Models of installed libraries, imported and held to the library's own figures.

    python benchmarks/import_bars.py torchvision
    python benchmarks/import_bars.py timm --every 30
    python benchmarks/import_bars.py timm --every 5 --larger 64
    KERAS_BACKEND=torch python benchmarks/import_bars.py keras

Of each model of torchvision and timm: parameters (with those that no call reads) against the
module's own, running statistics against its buffers, multiply-accumulates against half of what
torch's flop counter counts in a forward pass of one image, layers of each kind against torch's
calls in that pass, and every recorded shape against the derived one. Of Keras: parameters against
model.count_params(). What is open is named with the kinds that leave it so; what differs is a
fault. With --larger, images are so many pixels larger on each side than the model's own, of models
that take 128 or more; what the library itself does not take so is counted apart. Needs the library,
and archdb installed beside it.
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
#: Of a model that does not take another size than its own.
FIXED = "fixed size"


#: Torch's functions, and the ops of the layers that they become, each as often as it is called.
#: What torch multiplies by a learned matrix is a linear layer, on a map a convolution of 1×1.
CALLED = {
    "products": (
        "conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d linear matmul"
        " __matmul__ bmm mm einsum",
        "conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d linear matmul"
        " depthwise_conv2d einsum",
    ),
    "attentions": ("scaled_dot_product_attention", "scaled_dot_product_attention"),
    "batch_norm": ("batch_norm", "batch_norm"),
    "layer_norm": ("layer_norm", "layer_norm"),
    "group_norm": ("group_norm", "group_norm"),
    "relu": ("relu", "relu"),
    "gelu": ("gelu", "gelu"),
    "swish": ("silu", "swish"),
    "sigmoid": ("sigmoid", "sigmoid"),
    "hard_swish": ("hardswish", "hard_swish"),
    "softmax": ("softmax", "softmax"),
    "max_pool2d": ("max_pool2d", "max_pool2d"),
    "avg_pool2d": ("avg_pool2d", "avg_pool2d"),
}
#: What PyTorch's packed attention is made of.
PACKED = {"products": 2, "attentions": 1}


def counting() -> Any:
    """A mode that counts torch's functions by name, as add for add_."""
    from torch.overrides import TorchFunctionMode

    class Calls(TorchFunctionMode):
        def __init__(self) -> None:
            super().__init__()
            self.names: Counter[str] = Counter()

        def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None):
            name = getattr(func, "__name__", "")
            self.names[name if name.endswith("__") else name.rstrip("_")] += 1
            return func(*args, **(kwargs or {}))

    return Calls()


def called(names: Counter[str], found: Imported) -> dict[str, tuple[Any, Any]]:
    """How often torch's functions were called, beside the layers that they became. A layer with
    another's weights may be a call of its own, or that other's for one more volume."""
    ops = Counter(layer.op.name for layer in found.network)
    copies = Counter(layer.op.name for layer in found.network if layer.weights_of)
    packed = names["multi_head_attention_forward"]
    counts = {}
    for what, (theirs, ours) in CALLED.items():
        times = sum(names[name] for name in theirs.split()) + packed * PACKED.get(what, 0)
        most = sum(ops[name] for name in ours.split())
        least = most - sum(copies[name] for name in ours.split())
        counts[what] = (times, min(max(times, least), most))
    return counts


def torch_figures(word: str, found: Imported) -> dict[str, tuple[Any, Any]]:
    """The library's figures beside the derived ones."""
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    from archdb.sources import torch_libraries as libraries

    library, _, model = word.partition(":")
    module = libraries._made(library, model).to("meta").eval().requires_grad_(False)
    profile = derive(found.network)
    shapes = [layer.op.shape for layer in found.network if layer.op.source]
    counter, calls = FlopCounterMode(display=False), counting()
    with torch.no_grad(), counter, calls:
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
        **called(calls.names, found),
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


def enlarged(word: str, pixels: int) -> tuple[int, ...] | None:
    """A model's own image, so many pixels larger on each side; None where it takes under 128."""
    import timm

    channels, height, width = timm.get_pretrained_cfg(word.partition(":")[2]).input_size
    return (channels, height + pixels, width + pixels) if min(height, width) >= 128 else None


def weigh(word: str, size: tuple[int, ...] | None = None) -> tuple[str, str, list[str]]:
    """How one model comes out, what is said of it, and the kinds that leave it open."""
    try:
        found = read_library(word, sizes={"": size} if size else None)
    except ArchdbError as error:
        refused = size and "its forward pass fails" in str(error)
        return FIXED if refused else FAILED, str(error).splitlines()[0], []
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
    parser.add_argument("--larger", type=int, default=0, help="timm's at so many pixels more")
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    words = models(f"{given.library}:all")[given.first :: given.every]
    sizes = {word: enlarged(word, given.larger) for word in words} if given.larger else {}
    words = [word for word in words if sizes.get(word, True)]
    ends: Counter[str] = Counter()
    left: Counter[str] = Counter()
    seconds = []
    for word in words:
        begun = time.process_time()
        end, told, kinds = weigh(word, sizes.get(word))
        seconds.append(time.process_time() - begun)
        ends[end] += 1
        left.update(kinds)
        if end not in (EXACT, FIXED):
            print(f"{end:8} {word}: {told}", flush=True)
        forget()
    print(f"{given.library}: {len(words)} models, {dict(ends)}")
    print(f"CPU seconds: median {statistics.median(seconds):.2f}, most {max(seconds):.2f}")
    for kind, count in left.most_common():
        print(f"  left open by {kind}: {count}")


if __name__ == "__main__":
    main()
