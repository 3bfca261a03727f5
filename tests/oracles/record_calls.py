"""Records what independent implementations compute in networks whose products hooks do not see.

Run by hand, never by the tests, in an environment with torch (CPU), torchvision, timm,
transformers and SciPy:

    python tests/oracles/record_calls.py            every network of calls_networks.csv
    python tests/oracles/record_calls.py vit_b_16   this one alone; rows of others stay

Each network is built without weights and run once, on torch's meta device or, where the forward
pass looks at values, on the processor, while every product that torch computes is written down:
convolutions, products with a matrix of weights, and products of two activations (attention), which
no module's hook sees. calls_totals.csv has parameters, running
statistics, MACs of the layers with weights and of the others; calls.csv has the products in order,
each with the elements of its output, the parameters that it is first to read, and its MACs. Both
sums together are what torch's FlopCounterMode counts, halved, or nothing is written. Recorded with
the versions that calls_versions.csv names.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from importlib.metadata import version
from math import prod
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import FlopCounterMode

HERE = Path(__file__).parent
LIBRARIES = ("torch", "torchvision", "timm", "transformers")
TOTALS = ["architecture", "library", "input", "params", "buffers", "weight_macs", "product_macs"]
CALLS = ["architecture", "library", "number", "elements", "params", "macs"]
#: Where in the arguments of a product its second factor stands.
SECOND = {"mm": 1, "addmm": 2, "bmm": 1, "baddbmm": 2}

#: Buffers of batch normalisation; scale and shift are among them where it is frozen.
KEPT = ("running_mean", "running_var", ".weight", ".bias")


class Call(NamedTuple):
    """A product as it ran; without parameters it is one of two activations."""

    elements: int
    params: int
    macs: int


class Recorder(TorchDispatchMode):
    """Writes down the products of one forward pass."""

    def __init__(self, model: torch.nn.Module) -> None:
        super().__init__()
        self.stored = {_storage(p) for p in model.parameters()}
        self.read: set[tuple[int, int]] = set()
        self.calls: list[Call] = []
        self.weighted: list[bool] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        out = func(*args, **(kwargs or {}))
        name = func.overloadpacket.__name__
        if name == "convolution":
            assert not args[6], "transposed"
            self._product(args, out, prod(args[1].shape[1:]))
        elif name in SECOND:
            self._product(args, out, args[SECOND[name]].shape[-2])
        elif name == "embedding":
            self._first_read(args)
        elif name == "add" and self.calls and self.calls[-1].elements == out.numel():
            last = self.calls[-1]  # the bias of a product that torch computes without it
            mine = [a for a in args if isinstance(a, torch.Tensor) and a.dim() == 1]
            self.calls[-1] = last._replace(params=last.params + self._first_read(mine))
        assert "scaled_dot_product" not in name, name
        return out

    def _product(self, args: Iterable[Any], out: torch.Tensor, contracted: int) -> None:
        tensors = [a for a in args if isinstance(a, torch.Tensor)]
        self.weighted.append(any(_storage(a) in self.stored for a in tensors))
        params = self._first_read(tensors)
        self.calls.append(Call(out.numel(), params, out.numel() * contracted))

    def _first_read(self, tensors: Iterable[Any]) -> int:
        """How many parameters among these were not read before."""
        found = 0
        for tensor in tensors:
            if isinstance(tensor, torch.Tensor) and _storage(tensor) in self.stored:
                place = _storage(tensor), tensor.storage_offset()
                found += tensor.numel() * (place not in self.read)
                self.read.add(place)
        return found


def _storage(tensor: torch.Tensor) -> int:
    return tensor.untyped_storage()._cdata


def record(
    build: Callable[[], torch.nn.Module], shapes: list[tuple[int, ...]], device: str = "meta"
) -> tuple[tuple[int, ...], list[Call]]:
    """Totals and products; an input of one axis is a text of tokens."""
    with torch.device(device):
        model = build().eval()
        kinds = [torch.long if len(shape) == 1 else torch.float32 for shape in shapes]
        inputs = [torch.zeros(1, *s, dtype=k) for s, k in zip(shapes, kinds, strict=True)]
        recorder, counter = Recorder(model), FlopCounterMode(display=False)
        with torch.no_grad(), sdpa_kernel(SDPBackend.MATH), recorder:
            model(*inputs)
        with torch.no_grad(), sdpa_kernel(SDPBackend.MATH), counter:
            model(*inputs)
    pairs = list(zip(recorder.calls, recorder.weighted, strict=True))
    weights = sum(call.macs for call, weighted in pairs if weighted)
    products = sum(call.macs for call, weighted in pairs if not weighted)
    assert 2 * (weights + products) == counter.get_total_flops()
    params = sum(p.numel() for p in model.parameters())
    kept = [b for name, b in model.named_buffers() if name.endswith(KEPT)]
    return (params, sum(b.numel() for b in kept), weights, products), recorder.calls


def _namespace() -> dict[str, Any]:
    """What a constructor may name: m is torchvision.models, t transformers."""
    import transformers
    from timm import create_model
    from torchvision import models

    return {"m": models, "create_model": create_model, "t": transformers}


def main(only: list[str]) -> None:
    namespace = _namespace()
    totals, calls = [], []
    for row in csv.DictReader((HERE / "calls_networks.csv").open()):
        if only and row["architecture"] not in only:
            continue
        shapes = [tuple(map(int, part.split("x"))) for part in row["input"].split()]
        text = row["constructor"]
        found = record(partial(eval, text, namespace), shapes, row["device"])
        key = row["architecture"], row["library"]
        totals.append((*key, row["input"], *found[0]))
        calls += [(*key, number, *call) for number, call in enumerate(found[1])]
        print(*totals[-1])
    _write("calls_totals.csv", TOTALS, [*_kept("calls_totals.csv", only), *totals])
    _write("calls.csv", CALLS, [*_kept("calls.csv", only), *calls])
    _write("calls_versions.csv", ["library", "version"], [(n, version(n)) for n in LIBRARIES])


def _kept(name: str, only: list[str]) -> Iterator[tuple[str, ...]]:
    """Rows of the networks that are not recorded again."""
    if only and (HERE / name).exists():
        rows = csv.reader((HERE / name).open())
        next(rows)
        yield from (tuple(row) for row in rows if row[0] not in only)


def _write(name: str, header: list[str], rows: Iterable[Iterable[object]]) -> None:
    with (HERE / name).open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


if __name__ == "__main__":
    main(sys.argv[1:])
