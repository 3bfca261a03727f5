"""Every class of keras.layers, imported from the configuration of a tiny model of it alone.

    KERAS_BACKEND=torch python benchmarks/keras_layers.py [--record FILE]

Parameters, those that are not trained among them, are held to the model's weights, shapes to those
that its configuration says, multiply-accumulates to half of what torch's flop counter counts. A
class comes out as exact, as open and named, as different (a fault), or as none that a model can
hold: what needs another framework, and what is a part of a layer. What is recorded, the tests
read: tests/foreign/keras/layers.jsonl.
"""

from __future__ import annotations

import argparse
import json
import os
from collections import Counter
from itertools import product
from pathlib import Path
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
import torch
from keras import layers
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from archdb.analysis.profile import derive
from archdb.errors import ArchdbError
from archdb.sources.base import from_keras

MAP, STEPS, VOLUME, VECTOR = (12, 10, 6), (12, 6), (8, 6, 5, 4), (6,)
TOKENS = "tokens"
#: What a class is built with, and the shapes that it reads; others are tried on each in turn.
CASES: dict[str, tuple[dict[str, Any], list[Any]]] = {
    "Activation": ({"activation": "relu"}, [MAP]),
    "AdaptiveAveragePooling1D": ({"output_size": 4}, [STEPS]),
    "AdaptiveAveragePooling2D": ({"output_size": 4}, [MAP]),
    "AdaptiveAveragePooling3D": ({"output_size": 2}, [VOLUME]),
    "AdaptiveMaxPooling1D": ({"output_size": 4}, [STEPS]),
    "AdaptiveMaxPooling2D": ({"output_size": 4}, [MAP]),
    "AdaptiveMaxPooling3D": ({"output_size": 2}, [VOLUME]),
    "AdditiveAttention": ({}, [STEPS, STEPS]),
    "Attention": ({"use_scale": True, "score_mode": "concat"}, [STEPS, STEPS]),
    "Bidirectional": ({"layer": lambda: layers.LSTM(5, return_sequences=True)}, [STEPS]),
    "CategoryEncoding": ({"num_tokens": 7}, [TOKENS]),
    "CenterCrop": ({"height": 6, "width": 4}, [MAP]),
    "Conv1D": ({"filters": 5, "kernel_size": 3}, [STEPS]),
    "Conv1DTranspose": ({"filters": 5, "kernel_size": 3, "strides": 2}, [STEPS]),
    "Conv2D": ({"filters": 5, "kernel_size": 3, "padding": "same", "strides": 2}, [MAP]),
    "Conv2DTranspose": ({"filters": 5, "kernel_size": 3, "strides": 2}, [MAP]),
    "Conv3D": ({"filters": 5, "kernel_size": 3}, [VOLUME]),
    "Conv3DTranspose": ({"filters": 5, "kernel_size": 3, "strides": 2}, [VOLUME]),
    "ConvLSTM1D": ({"filters": 5, "kernel_size": 3}, [(4, 12, 6)]),
    "ConvLSTM2D": (
        {"filters": 5, "kernel_size": 3, "padding": "same", "return_sequences": True},
        [(4, 12, 10, 6)],
    ),
    "ConvLSTM3D": ({"filters": 5, "kernel_size": 2}, [(4, 6, 5, 4, 3)]),
    "Cropping1D": ({"cropping": (1, 2)}, [STEPS]),
    "Cropping2D": ({"cropping": ((1, 2), (0, 3))}, [MAP]),
    "Cropping3D": ({"cropping": 1}, [VOLUME]),
    "Dense": ({"units": 5}, [VOLUME]),
    "DepthwiseConv1D": ({"kernel_size": 3, "depth_multiplier": 2}, [STEPS]),
    "DepthwiseConv2D": ({"kernel_size": 3, "depth_multiplier": 2}, [MAP]),
    "Discretization": ({"bin_boundaries": [0.0, 0.5]}, [VECTOR]),
    "Dot": ({"axes": (1, 2)}, [(4, 5), (7, 4)]),
    "EinsumDense": (
        {"equation": "abc,cd->abd", "output_shape": (12, 5), "bias_axes": "d"},
        [STEPS],
    ),
    "Embedding": ({"input_dim": 20, "output_dim": 5}, [TOKENS]),
    "GRU": ({"units": 5}, [STEPS]),
    "GaussianDropout": ({"rate": 0.5}, [MAP]),
    "GaussianNoise": ({"stddev": 0.5}, [MAP]),
    "GroupNormalization": ({"groups": 3}, [MAP]),
    "GroupQueryAttention": (
        {"head_dim": 4, "num_query_heads": 6, "num_key_value_heads": 2},
        [STEPS, STEPS],
    ),
    "HashedCrossing": ({"num_bins": 5}, [TOKENS, TOKENS]),
    "Hashing": ({"num_bins": 5}, [TOKENS]),
    "IntegerLookup": ({"vocabulary": [1, 2, 3]}, [TOKENS]),
    "LSTM": ({"units": 5}, [STEPS]),
    "Lambda": ({"function": lambda: lambda x: x}, [MAP]),
    "MaxNumBoundingBoxes": ({"max_number": 3}, [STEPS]),
    "MultiHeadAttention": ({"num_heads": 3, "key_dim": 4}, [STEPS, STEPS]),
    "Normalization": ({"mean": 0.5, "variance": 2.0}, [MAP]),
    "PReLU": ({}, [MAP]),
    "Permute": ({"dims": (2, 3, 1)}, [MAP]),
    "RNN": ({"cell": lambda: layers.LSTMCell(5)}, [STEPS]),
    "RandomCrop": ({"height": 6, "width": 4}, [MAP]),
    "RepeatVector": ({"n": 3}, [VECTOR]),
    "Rescaling": ({"scale": 0.5, "offset": 1.0}, [MAP]),
    "Reshape": ({"target_shape": (60, 12)}, [MAP]),
    "Resizing": ({"height": 7, "width": 9}, [MAP]),
    "ReversibleEmbedding": ({"input_dim": 20, "output_dim": 5}, [TOKENS]),
    "RandomColorDegeneration": ({"factor": 0.3}, [(12, 10, 3)]),
    "RandomPosterization": ({"factor": 4}, [(12, 10, 3)]),
    "STFTSpectrogram": ({"frame_length": 16, "frame_step": 8, "fft_length": 16}, [(64, 1)]),
    "MelSpectrogram": ({"fft_length": 32, "sequence_stride": 16, "num_mel_bins": 8}, [(128,)]),
    "SeparableConv1D": ({"filters": 5, "kernel_size": 3}, [STEPS]),
    "SeparableConv2D": ({"filters": 5, "kernel_size": 3}, [MAP]),
    "SimpleRNN": ({"units": 5}, [STEPS]),
    "SpatialDropout1D": ({"rate": 0.5}, [STEPS]),
    "SpatialDropout2D": ({"rate": 0.5}, [MAP]),
    "SpatialDropout3D": ({"rate": 0.5}, [VOLUME]),
    "SpectralNormalization": ({"layer": lambda: layers.Conv2D(5, 3)}, [MAP]),
    "Subtract": ({}, [MAP, MAP]),
    "TimeDistributed": ({"layer": lambda: layers.Conv2D(5, 3)}, [(4, 12, 10, 6)]),
    "UpSampling1D": ({"size": 3}, [STEPS]),
    "UpSampling2D": ({"size": (2, 3), "interpolation": "bilinear"}, [MAP]),
    "UpSampling3D": ({"size": 2}, [VOLUME]),
    "ZeroPadding1D": ({"padding": 1}, [STEPS]),
    "ZeroPadding2D": ({"padding": ((1, 2), (0, 3))}, [MAP]),
    "ZeroPadding3D": ({"padding": 1}, [VOLUME]),
}
#: Classes that are no layer of a model: parts of one, what has no configuration of its own, and
#: what holds the objects of other frameworks.
NONE = (
    *("Input", "InputLayer", "InputSpec", "Layer", "GRUCell", "LSTMCell", "SimpleRNNCell"),
    *(
        "StackedRNNCells",
        "Wrapper",
        "FlaxLayer",
        "JaxLayer",
        "TFSMLayer",
        "TorchModuleWrapper",
        "Pipeline",
    ),
)


def read(shape: Any) -> Any:
    if shape == TOKENS:
        return keras.Input((12,), dtype="int32")
    return keras.Input(shape)


def model_of(name: str) -> Any:
    """A model of one layer; what keras raises where none can be built."""
    failed: Exception = ValueError("nothing to try")
    for options, several in [CASES[name]] if name in CASES else product(USUAL, READ):
        own = {key: value() if callable(value) else value for key, value in options.items()}
        inputs = [read(shape) for shape in several]
        try:
            made = getattr(layers, name)(**own)
            out = made(*inputs) if name in UNPACKED else made(inputs if inputs[1:] else inputs[0])
            ends = [layers.Activation("tanh")(one) for one in keras.tree.flatten(out)]
            return keras.Model(inputs, ends)
        except Exception as error:  # whatever Keras raises
            failed = error
    raise failed


#: What classes that are not listed are tried with.
USUAL: list[dict[str, Any]] = [
    *({}, {"rate": 0.5}, {"factor": 0.5}, {"pool_size": 2}, {"filters": 5, "kernel_size": 3}),
    *({"height_factor": 0.2}, {"height_factor": 0.2, "width_factor": 0.2}),
]
READ: list[list[Any]] = [[MAP], [STEPS], [VOLUME], [VECTOR], [MAP, MAP]]
#: Layers that are called with several tensors, not with a list of them.
UNPACKED = ("MultiHeadAttention", "GroupQueryAttention")


def weigh(name: str, model: Any) -> tuple[str, str]:
    """How a model of one class comes out, and what is said of it."""
    try:
        found = from_keras(model)
    except ArchdbError as error:
        return "refused", str(error)
    totals, lines = derive(found.network).totals, found.report.lines
    counts = [totals[f"{role}_params"] for role in ("weight", "bias", "norm")]
    counts.append(totals["buffers"])
    derived = None if None in counts else sum(counts)
    own = counted(model, any("not counted" in str(line) for line in lines))
    unknown = [str(line.note) for line in lines if line.subject == "unknown"]
    differs = [line.note for line in lines if line.item == "first that differs"]
    if derived not in (None, own) or differs or (derived is None and not unknown):
        return "differs", f"{own} parameters, {derived} derived; {differs}"
    if unknown:
        return "open", f"{unknown[0]}; parameters {'open' if derived is None else 'exact'}"
    macs = multiplied(model)
    if macs not in (totals["macs"], None):
        return "differs", f"{macs} MACs, {totals['macs']} derived"
    return "exact", f"{own} parameters, {totals['macs']} MACs ({macs} by torch)"


def multiplied(model: Any) -> int | None:
    """Half of what torch's flop counter counts in one sample; None where its backend cannot, or
    runs the first step twice, as of plain recurrent layers, to know the shape."""
    if isinstance(model.layers[-2], layers.SimpleRNN) or type(model.layers[-2]) is layers.RNN:
        return None
    inputs = [
        torch.ones(1, *one.shape[1:], dtype=getattr(torch, one.dtype)) for one in model.inputs
    ]
    counter = FlopCounterMode(display=False)
    try:
        with torch.no_grad(), sdpa_kernel(SDPBackend.MATH), counter:
            model(inputs if inputs[1:] else inputs[0], training=False)
    except Exception:  # whatever a backend raises
        return None
    return counter.get_total_flops() // 2


def counted(model: Any, trained_alone: bool) -> int:
    """Keras's own count; without what is not trained where the report says so."""
    weights = model.trainable_weights if trained_alone else model.weights
    return sum(int(keras.ops.size(tensor)) for tensor in weights)


def recorded(name: str, model: Any, end: str) -> str:
    """A line for the tests: the configuration without what no count depends on, and the count."""
    config = {"class_name": "Functional", "config": json.loads(model.to_json())["config"]}
    line = {"class": name, "end": end, "macs": multiplied(model) if end == "exact" else None}
    line["weights"] = counted(model, name == "SpectralNormalization")
    return json.dumps({**line, "model": stripped(config)}, separators=(",", ":"))


def stripped(value: Any) -> Any:
    """Without initializers and the like, and what is unset."""
    if isinstance(value, list):
        return [stripped(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: stripped(item)
        for key, item in value.items()
        if item is not None and not key.endswith(DROPPED)
    }


RENAMED = "GroupedQueryAttention"
DROPPED = ("initializer", "regularizer", "constraint", "dtype", "build_config", "registered_name")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--record", help="write the configurations to a file")
    given = parser.parse_args()
    ends: Counter[str] = Counter()
    lines = []
    for name in sorted(n for n in dir(layers) if n[:1].isupper()):
        end, said, model = "none", "no layer of a model", None
        try:
            model = None if name in NONE else model_of(name)
        except Exception as error:  # whatever Keras raises
            said = f"{type(error).__name__}: {str(error).splitlines()[0]}"
        if model is not None:
            end, said = weigh(name, model)
            if getattr(layers, name).__name__ in (name, RENAMED) and name != "Lambda":
                lines.append(recorded(name, model, end))
        ends[end] += 1
        print(f"{end:8} {name}: {said}", flush=True)
    if given.record:
        Path(given.record).write_text("\n".join(lines) + "\n", "utf-8")
    print(f"keras {keras.__version__}: {dict(ends)}")


if __name__ == "__main__":
    main()
