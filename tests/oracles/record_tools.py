"""Records what counting tools say of the catalogue's networks, tool by tool.

Run by hand, never by the tests, in the environment of record.py with the tools added:

    python tests/oracles/record_tools.py fvcore ptflops thop …      (all, where none is named)

thop and ultralytics-thop share a package's name, so each needs an environment of its own, or the
other before it on PYTHONPATH: `thop` records the one, `ultralytics_thop` the other, `thop_2019` the
release of September 2019.

A tool is given the models that record.py was given (networks.csv) and single modules (modules.csv)
on one input of zeros, and its total is kept as it says it: tools.csv and tools_modules.csv, with
the tool's version. What is there already is not asked again. The tests compare these files with
the convention of that name; they need no tool.
"""

from __future__ import annotations

import collections
import collections.abc
import contextlib
import csv
import io
import re
import sys
import tempfile
from collections.abc import Callable, Collection, Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import record
import torch

HERE = Path(__file__).parent
#: What is recorded, and the columns of it: totals of networks, and of single modules.
NETWORKS = ("tools.csv", ["convention", "tool", "architecture", "library", "input", "value"])
MODULES = ("tools_modules.csv", ["convention", "tool", "module", "input", "value"])
#: Too slow to run for what they would tell; their smaller sisters are recorded by every tool.
LEFT_OUT = {
    *("efficientnet_b3", "efficientnet_b4", "efficientnet_b5", "efficientnet_b6"),
    *("efficientnet_b7", "convnext_base", "convnext_large", "resnext101_64x4d"),
    *("wide_resnet101_2", "densenet161", "densenet201", "densenet264", "resnet152_v1_5"),
    *("vgg13", "vgg13_bn", "vgg19_bn", "ssd300_vgg16"),
}
#: Of pytorchcv's networks those that have what torchvision's have not.
PYTORCHCV = {"alexnet_ungrouped", "zfnet", "darknet19", "resnet50", "mobilenet_v1"}
PYTORCHCV |= {"shufflenet_v1_g3", "se_resnet50", "densenet_bc_100_k12_cifar10"}

Count = Callable[[torch.nn.Module, torch.Tensor], int]


def fvcore(model: torch.nn.Module, image: torch.Tensor) -> int:
    from fvcore.nn import FlopCountAnalysis

    count = FlopCountAnalysis(model, image)
    return int(count.unsupported_ops_warnings(False).uncalled_modules_warnings(False).total())


def fvcore_activations(model: torch.nn.Module, image: torch.Tensor) -> int:
    """What timm's benchmark calls macts."""
    from fvcore.nn import ActivationCountAnalysis

    count = ActivationCountAnalysis(model, image)
    return int(count.unsupported_ops_warnings(False).uncalled_modules_warnings(False).total())


def ptflops(backend: str) -> Count:
    def count(model: torch.nn.Module, image: torch.Tensor) -> int:
        from ptflops import get_model_complexity_info

        macs, _ = get_model_complexity_info(
            model,
            tuple(image.shape[1:]),
            as_strings=False,
            print_per_layer_stat=False,
            backend=backend,
        )
        return int(macs)

    return count


def thop(model: torch.nn.Module, image: torch.Tensor) -> int:
    from thop import profile

    macs, _ = profile(model, inputs=(image,), verbose=False)
    return int(macs)


def thop_2019(model: torch.nn.Module, image: torch.Tensor) -> int:
    """Its counters are single precision, which rounds them; with double ones none is rounded."""
    collections.Iterable = collections.abc.Iterable  # type: ignore[attr-defined]  # as it was then
    from thop import profile

    torch.set_default_dtype(torch.float64)
    macs, _ = profile(model.double(), inputs=(image.double(),), verbose=False)
    return int(macs)


def mmcv(model: torch.nn.Module, image: torch.Tensor) -> int:
    from mmcv.cnn import get_model_complexity_info

    shape = tuple(image.shape[1:])
    flops, _ = get_model_complexity_info(model, shape, as_strings=False, print_per_layer_stat=False)
    return int(flops)


def torchinfo(model: torch.nn.Module, image: torch.Tensor) -> int:
    from torchinfo import summary

    return int(summary(model, input_data=image, verbose=0).total_mult_adds)


def torch_flop_counter(model: torch.nn.Module, image: torch.Tensor) -> int:
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counter:
        model(image)
    return int(counter.get_total_flops())


def calflops(model: torch.nn.Module, image: torch.Tensor) -> int:
    from calflops import calculate_flops

    if not list(model.parameters()):  # it asks the first of them for its device
        model.register_parameter("unused", torch.nn.Parameter(torch.zeros(1)))
    flops, _, _ = calculate_flops(
        model=model,
        input_shape=tuple(image.shape),
        output_as_string=False,
        print_results=False,
        print_detailed=False,
    )
    return int(flops)


def deepspeed(model: torch.nn.Module, image: torch.Tensor) -> int:
    from deepspeed.profiling.flops_profiler import get_model_profile

    flops, _, _ = get_model_profile(
        model, args=[image], print_profile=False, as_string=False, warm_up=0
    )
    return int(flops)


def onnx_tool(model: torch.nn.Module, image: torch.Tensor) -> int:
    """The model goes through PyTorch's exporter, which leaves batch normalisation as it is."""
    import onnx_tool as tool

    with tempfile.TemporaryDirectory() as place:
        path = str(Path(place) / "model.onnx")
        kept = torch.onnx.TrainingMode.PRESERVE
        torch.onnx.export(
            model, (image,), path, dynamo=False, do_constant_folding=False, training=kept
        )
        graph = tool.Model(path).graph
        graph.shape_infer(None)
        graph.profile()
    return round(graph.macs[0])


#: Convention → the distribution that it is installed from, and how the tool is asked.
TOOLS: dict[str, tuple[str, Count]] = {
    "fvcore": ("fvcore", fvcore),
    "timm_activations": ("fvcore", fvcore_activations),
    "ptflops": ("ptflops", ptflops("pytorch")),
    "ptflops_aten": ("ptflops", ptflops("aten")),
    "thop": ("thop", thop),
    "thop_2019": ("thop", thop_2019),
    "ultralytics_thop": ("ultralytics-thop", thop),
    "mmcv": ("mmcv", mmcv),
    "torchinfo": ("torchinfo", torchinfo),
    "torch_flop_counter": ("torch", torch_flop_counter),
    "calflops": ("calflops", calflops),
    "deepspeed": ("deepspeed", deepspeed),
    "onnx_tool": ("onnx_tool", onnx_tool),
}


def main(wanted: list[str]) -> None:
    for name in wanted or [*TOOLS, "torchvision", "keras_params"]:
        if name == "torchvision":
            record_rows(NETWORKS, metadata())
        elif name == "keras_params":
            record_rows(NETWORKS, keras_params())
        else:
            record_rows(MODULES, counted_modules(name))
            record_rows(NETWORKS, counted_networks(name))


def record_rows(place: tuple[str, list[str]], rows: Iterator[tuple[Any, ...]]) -> None:
    """Each row to the file as soon as it is there."""
    path, columns = HERE / place[0], place[1]
    for row in rows:
        print(*row, flush=True)
        kept = [tuple(old[c] for c in columns) for old in read(path)]
        with path.open("w", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(columns)
            writer.writerows(sorted({*kept, tuple(map(str, row))}))


def read(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    with path.open() as file:
        return list(csv.DictReader(file))


@cache
def names() -> dict[str, Any]:
    """What a constructor may name."""
    return {**record._namespace(), "nn": torch.nn}


def counted_networks(name: str) -> Iterator[tuple[Any, ...]]:
    """The tool's total for each classifier; what it cannot take is left out."""
    known = {
        (row["convention"], row["architecture"], row["library"]) for row in read(HERE / NETWORKS[0])
    }
    for row in networks("torchvision", "pytorchcv"):
        key = (row["architecture"], row["library"])
        if (name, *key) not in known:
            value = asked(name, row["constructor"], row["input"])
            if value is not None:
                yield name, tool(name), *key, row["input"], value


def counted_modules(name: str) -> Iterator[tuple[Any, ...]]:
    """The tool's total for each single module."""
    for row in read(HERE / "modules.csv"):
        constructor = f"nn.Sequential({row['module']})"
        value = asked(name, constructor, row["input"])
        if value is not None:
            yield name, tool(name), row["module"], row["input"], value


def asked(name: str, constructor: str, shape: str) -> int | None:
    """What the tool says, or None where it fails."""
    with torch.device("meta"):  # no time is spent on weights that nobody looks at
        model = eval(constructor, names())
    model = model.to_empty(device="cpu").eval()
    image = torch.zeros(1, *map(int, shape.split("x")))
    try:
        with torch.no_grad(), contextlib.redirect_stdout(io.StringIO()):
            return TOOLS[name][1](model, image)
    except Exception as error:
        print(f"{name} {constructor}: {error!r}", file=sys.stderr)
        return None


def tool(name: str) -> str:
    distribution = TOOLS[name][0]
    return f"{distribution} {version(distribution)}"


def metadata() -> Iterator[tuple[Any, ...]]:
    """torchvision's own figures, in thousand millions at three decimals, at the weights' crop."""
    names()
    from torchvision.models import get_model_weights

    for row in networks("torchvision", left_out=set()):
        called = re.match(r"(?:on_cpu\()?m\.(\w+)(?:\(\)|\)|\(aux_logits)", row["constructor"])
        for weights in get_model_weights(called[1]) if called else ():
            (crop,) = weights.transforms().crop_size
            said = f"torchvision {version('torchvision')} {weights}"
            value = f"{weights.meta['_ops']:.3f}G"
            key = (row["architecture"], "torchvision", f"3x{crop}x{crop}")
            yield "torchvision", said, *key, value


def keras_params() -> Iterator[tuple[Any, ...]]:
    """Parameters as Keras counts them, with what is kept but not trained."""
    import keras

    for row in networks("keras", left_out=set()):
        model = eval(row["constructor"], {"a": keras.applications, "import_": record.import_module})
        key = (row["architecture"], "keras", row["input"])
        yield "keras_params", f"keras {version('keras')}", *key, model.count_params()


def networks(*libraries: str, left_out: Collection[str] = LEFT_OUT) -> list[dict[str, str]]:
    return [
        row
        for row in read(HERE / "networks.csv")
        if row["library"] in libraries
        and row["architecture"] not in left_out
        and (row["library"] != "pytorchcv" or row["architecture"] in PYTORCHCV)
    ]


if __name__ == "__main__":
    main(sys.argv[1:])
