"""How many layers a second archdb derives, against tools that count and tools that infer shapes.

    python benchmarks/derive.py PEERS       with archdb installed for python

PEERS is a Python with torch (CPU), torchvision and whichever of torchinfo, fvcore, ptflops, thop,
onnx and onnx_tool are to be compared; what it lacks is left out. It runs this file itself.

Seven networks, all layers over all time, so that no single small net decides. A layer is for
every tool, archdb too, a leaf module of the torch model. Each side gets its model ready made:
torch models on the meta device where the tool allows it, ONNX graphs in memory. Medians of several
rounds, in processor time and on one thread, because a machine that has other things to do slows
one side more than the other. archdb is measured before and after the others, and three times:
with what it remembers of equal layers, as in a run over many networks; from nothing, its memory
emptied before each pass over the seven; and with its memory emptied before each network.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

NETWORKS = ("alexnet", "vgg16", "resnet50", "resnet152", "googlenet", "inception_v3", "densenet201")
SEEDS = {"alexnet": "alexnet_owt", "resnet50": "resnet50_v1_5", "resnet152": "resnet152_v1_5"}
ROUNDS = 3
Tools = dict[str, Callable[[], None]]


def side(name: str) -> int:
    return 299 if name == "inception_v3" else 224


# In this Python: archdb.


def own() -> dict[str, float]:
    """Seconds of one pass over all networks: remembering, from nothing, and not remembering."""
    from archdb.analysis import profile
    from archdb.sources import toml

    references = toml.bundled_references()
    files = {path.stem: path for path in toml.bundled_files()}
    names = [SEEDS.get(name, name) for name in NETWORKS]
    networks = [
        toml.load(files.get(n, files[m]), references).network
        for n, m in zip(names, NETWORKS, strict=True)
    ]

    def warm() -> None:
        for network in networks:
            profile.derive(network)

    def first() -> None:
        profile.forget()
        warm()

    def cold() -> None:
        for network in networks:
            profile.forget()
            profile.derive(network)

    warm()
    ways = {"archdb": warm, "archdb, from nothing": first, "archdb, each net from nothing": cold}
    return {name: median(way, 9) for name, way in ways.items()}


def median(work: Callable[[], None], rounds: int) -> float:
    taken = []
    for _ in range(rounds):
        begin = time.process_time()
        work()
        taken.append(time.process_time() - begin)
    return statistics.median(taken)


# In the peers' Python.


def peers() -> None:
    """Print, as JSON, the layers of the networks and the seconds of each tool."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        import torch

        torch.set_num_threads(1)
        with contextlib.suppress(ImportError):
            import tvstub  # noqa: F401  (where torchvision lacks its compiled part)
        models = load()
        layers = sum(not [*m.children()] for net, _ in models.values() for m in net.modules())
        found = {}
        for name, tool in {**torch_tools(models), **onnx_tools()}.items():
            try:
                tool()
                found[name] = median(tool, ROUNDS)
            except Exception as error:
                found[f"{name}: {type(error).__name__}"] = None
    json.dump({"layers": layers, "seconds": found}, sys.stdout)


def load(device: str = "meta") -> dict[str, Any]:
    import torch
    import torchvision

    found = {}
    for name in NETWORKS:
        more = {"init_weights": False} if name in ("googlenet", "inception_v3") else {}
        with torch.device(device):
            net = getattr(torchvision.models, name)(weights=None, **more).eval()
            for part in ("aux1", "aux2", "AuxLogits"):
                if hasattr(net, part):
                    setattr(net, part, None)
            if hasattr(net, "aux_logits"):
                net.aux_logits = False
            found[name] = (net, torch.empty(1, 3, side(name), side(name)))
    return found


def torch_tools(models: dict[str, Any]) -> Tools:
    """One pass over all models by each tool that is installed."""

    def each(count: Callable[[Any, Any], object]) -> Callable[[], None]:
        def run() -> None:
            for net, given in models.values():
                count(net, given)

        return run

    tools: Tools = {}
    with contextlib.suppress(ImportError):
        import torchinfo

        tools["torchinfo"] = each(
            lambda net, given: torchinfo.summary(net, input_data=given, device="meta", verbose=0)
        )
    with contextlib.suppress(ImportError):
        from fvcore.nn import FlopCountAnalysis

        tools["fvcore"] = each(
            lambda net, given: (
                FlopCountAnalysis(net, given)
                .unsupported_ops_warnings(False)
                .uncalled_modules_warnings(False)
                .total()
            )
        )
    with contextlib.suppress(ImportError):
        from ptflops import get_model_complexity_info

        tools["ptflops"] = each(
            lambda net, given: get_model_complexity_info(
                net,
                tuple(given.shape[1:]),
                input_constructor=lambda size: {"x": given},
                print_per_layer_stat=False,
                as_strings=False,
                backend="pytorch",
            )
        )
    with contextlib.suppress(ImportError):
        from thop import profile

        tools["thop"] = each(lambda net, given: profile(net, (given,), verbose=False))
    with contextlib.suppress(ImportError):
        import torch
        from torch.utils.flop_counter import FlopCounterMode

        def counted(net: Any, given: Any) -> None:
            with FlopCounterMode(display=False), torch.no_grad():
                net(given)

        tools["torch.utils.flop_counter"] = each(counted)
    return tools


def onnx_tools() -> Tools:
    tools: Tools = {}
    with contextlib.suppress(ImportError):
        import onnx

        graphs = [graph(net, given) for net, given in load("cpu").values()]
        light = [onnx.load_from_string(data) for data in graphs]
        for model in light:
            strip(model)

        def shapes() -> None:
            for model in light:
                onnx.shape_inference.infer_shapes(model)

        tools["onnx.shape_inference"] = shapes
        with contextlib.suppress(ImportError):
            import onnx_tool

            whole = [onnx.load_from_string(data) for data in graphs]
            loaded = [
                (onnx_tool.Model(model), side(n)) for model, n in zip(whole, NETWORKS, strict=True)
            ]

            def profiled() -> None:
                import numpy

                for model, size in loaded:
                    given = {"x": numpy.zeros((1, 3, size, size), numpy.float32)}
                    model.graph.shape_infer(given)
                    model.graph.profile()

            tools["onnx_tool"] = profiled
    return tools


def graph(net: Any, given: Any) -> bytes:
    """The network as an ONNX graph, by torch's tracing exporter."""
    import torch

    held = io.BytesIO()
    torch.onnx.export(net, (given,), held, input_names=["x"], dynamo=False)
    return held.getvalue()


def strip(model: Any) -> None:
    """Weights as inputs without data: shape inference reads their shapes only."""
    import onnx

    for tensor in model.graph.initializer:
        model.graph.input.append(
            onnx.helper.make_tensor_value_info(tensor.name, tensor.data_type, tensor.dims)
        )
    del model.graph.initializer[:]


def main(python: str) -> None:
    environment = {**os.environ, "PYTHONPATH": os.environ.get("PEERS_PATH", "")}
    before = own()
    run = subprocess.run(
        [python, __file__, "--peers"], env=environment, capture_output=True, text=True, check=True
    )
    heard = json.loads(run.stdout)
    after = own()
    taken = {name: (before[name] + after[name]) / 2 for name in before} | heard["seconds"]
    fastest = heard["layers"] / taken["archdb"]
    print(f"{heard['layers']:,} leaf modules of {len(NETWORKS)} networks\n")
    print("| tool | layers a second | archdb is faster by |\n| --- | --- | --- |")
    for name, seconds in taken.items():
        if seconds is None:
            print(f"| {name} | – | – |")
        else:
            rate = heard["layers"] / seconds
            print(f"| {name} | {rate:,.0f} | {fastest / rate:.1f} |")


if __name__ == "__main__":
    if "--peers" in sys.argv:
        peers()
    elif len(sys.argv) == 2 and Path(sys.argv[1]).exists():
        main(sys.argv[1])
    else:
        sys.exit(__doc__)
