"""Every class of torch.nn, and networks of transformers built from small configurations, imported.

    python benchmarks/torch_modules.py nn
    python benchmarks/torch_modules.py transformers

Parameters are held to the module's own, multiply-accumulates to half of what torch's flop counter
counts in a forward pass of one sample, every recorded shape to the derived one. What is open is
named; what differs, or fails without a word of its own, is a fault.
"""

from __future__ import annotations

import argparse
import copy
import traceback
import warnings
from collections import Counter
from collections.abc import Callable
from typing import Any

import torch
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils._pytree import tree_map
from torch.utils.flop_counter import FlopCounterMode

from archdb.analysis.profile import derive
from archdb.errors import ArchdbError
from archdb.sources.base import Imported, from_torch
from archdb.sources.report import OPEN
from archdb.sources.torch_inputs import fed


def weigh(build: Callable[[], Any], inputs: list[Any]) -> tuple[str, str]:
    """How one module comes out, and what is said of it."""
    module = build().eval()
    try:
        found = from_torch(module, *inputs)
    except ArchdbError as error:
        return "refused", str(error).splitlines()[0]
    except Exception:
        return "TRACEBACK", traceback.format_exc().splitlines()[-1]
    unknown = sorted({str(line.note) for line in found.report.lines if line.subject == "unknown"})
    if found.report.verdict == OPEN:
        return "open", "; ".join(unknown)
    apart = [f"{what}: {own}, {ours} derived" for what, own, ours in figures(module, inputs, found)]
    lines = [str(line) for line in found.report.lines if line.item == "first that differs"]
    if apart or found.report.verdict != "exact":
        return "DIFFERS", "; ".join([*apart, *lines, found.report.verdict])
    totals = derive(found.network).totals
    return (
        "exact",
        f"{sum(p.numel() for p in module.parameters())} parameters, {totals['macs']} MACs",
    )


def figures(module: Any, inputs: list[Any], found: Imported) -> list[tuple[str, int, int]]:
    """Figures of torch's that the derived ones differ from."""
    totals = derive(found.network).totals
    unread = next((line.stated or 0 for line in found.report.lines if line.item == "never read"), 0)
    learned = sum(totals[f"{role}_params"] for role in ("weight", "bias", "norm"))
    stored = sum(p.numel() for p in module.parameters())
    for device in ("meta", "cpu"):  # some ask for numbers, which the one has not
        counter = FlopCounterMode(display=False)
        args, kwargs = tree_map(
            lambda x: torch.zeros_like(x, device=device) if isinstance(x, torch.Tensor) else x,  # noqa: B023
            fed(inputs, 1)[:2],
        )
        try:
            made = copy.deepcopy(module).to(device)
            with torch.no_grad(), sdpa_kernel(SDPBackend.MATH), counter:
                made(*args, **kwargs)
            break
        except (RuntimeError, NotImplementedError):
            continue
    both = (
        ("parameters", stored, learned + unread),
        ("MACs", counter.get_total_flops() // 2, totals["macs"]),
    )
    return [each for each in both if each[1] != each[2]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("which", choices=("nn", "transformers"))
    parser.add_argument("names", nargs="*", help="these alone")
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    if given.which == "nn":
        from torch_cases import nn_cases as cases_of
    else:
        from transformers_cases import transformers_cases as cases_of
    ends: Counter[str] = Counter()
    for name, case in cases_of().items():
        if given.names and name not in given.names:
            continue
        end, said = (
            ("none", "not run by torch with usual arguments") if case is None else weigh(*case)
        )
        ends[end] += 1
        print(f"{end:9} {name}: {said}", flush=True)
    print(f"torch {torch.__version__}: {dict(ends)}")


if __name__ == "__main__":
    main()
