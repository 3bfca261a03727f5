"""Keras's pools in archdb's ops."""

from __future__ import annotations

from archdb.sources.keras_config import Value
from archdb.sources.keras_net import Call, KerasNet, layer
from archdb.sources.keras_windows import dims, window
from archdb.sources.lowering.base import UnmappedError


@layer("MaxPooling2D", "MaxPool2D", "AveragePooling2D", "AvgPool2D")
@layer("MaxPooling1D", "MaxPool1D", "AveragePooling1D", "AvgPool1D")
@layer("MaxPooling3D", "MaxPool3D", "AveragePooling3D", "AvgPool3D")
def pool(net: KerasNet, call: Call) -> Value:
    op = f"{'max' if call.part.kind.startswith('Max') else 'avg'}_pool{dims(call)}"
    if "pool_length" in call.config:  # of Keras 1
        raise UnmappedError("is of Keras 1")
    return net.lay(op, call.one(), rounding="floor", **window(call, "pool_size"))


@layer(*(f"Adaptive{how}Pooling{axes}D" for how in ("Average", "Max") for axes in (1, 2, 3)))
def adaptive_pool(net: KerasNet, call: Call) -> Value:
    word = "max" if "Max" in call.part.kind else "avg"
    bins = call.config.get("output_size")
    bins = bins[0] if isinstance(bins, list) and len(bins) == 1 else bins
    return net.lay(f"adaptive_{word}_pool{dims(call)}", call.one(), bins=bins)


@layer("GlobalAveragePooling2D", "GlobalAvgPool2D", "GlobalMaxPooling2D", "GlobalMaxPool2D")
def global_pool(net: KerasNet, call: Call) -> Value:
    word = "max" if "Max" in call.part.kind else "avg"
    made = net.lay(f"global_{word}_pool2d", call.one())
    return made._replace(flat=not call.config.get("keepdims", False))


@layer("GlobalAveragePooling1D", "GlobalAvgPool1D", "GlobalMaxPooling1D", "GlobalMaxPool1D")
def global_pool_1d(net: KerasNet, call: Call) -> Value:
    if call.config.get("keepdims"):
        raise UnmappedError("keeps an axis of one step")
    word = "max" if "Max" in call.part.kind else "avg"
    return net.lay(f"global_{word}_pool1d", call.one())


@layer("GlobalAveragePooling3D", "GlobalAvgPool3D", "GlobalMaxPooling3D", "GlobalMaxPool3D")
def global_pool_3d(net: KerasNet, call: Call) -> Value:
    word = "max" if "Max" in call.part.kind else "mean"
    return net.lay(
        f"reduce_{word}", call.one(), axes=[1, 2, 3], keep=bool(call.config.get("keepdims"))
    )
