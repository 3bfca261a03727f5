"""Keras's layers over sequences in archdb's ops: recurrent ones and wrappers."""

from __future__ import annotations

from typing import Any

from archdb.ops import BIAS, WEIGHT
from archdb.sources.keras_axes import places, settled, stack_along
from archdb.sources.keras_config import MODELS, Node, Part, Value, part_of
from archdb.sources.keras_elementwise import activation_name
from archdb.sources.keras_net import RULES, Call, KerasNet, layer
from archdb.sources.keras_windows import told
from archdb.sources.laying import OpenError
from archdb.sources.lowering.base import UnmappedError

#: The activations of a cell's gates and of what goes through them.
GATES = ("sigmoid", "tanh")
#: How two directions may be merged.
MERGED = ("concat",)
#: Layers that work on each step by themselves.
STEPWISE = ("Dense", "Dropout", "Activation")
#: A layer that is distributed is laid so many times.
MOST_STEPS = 64
CELLS = {"LSTM": "lstm", "GRU": "gru", "SimpleRNN": "rnn", "CuDNNLSTM": "lstm", "CuDNNGRU": "gru"}


@layer(*CELLS)
def recurrent(net: KerasNet, call: Call) -> Value:
    return _recurrent(net, call.one(), call.part, both=False)


def _recurrent(net: KerasNet, value: Value, part: Part, both: bool, more: str = "") -> Value:
    own = part.config
    if own.get("return_state") or (own.get("go_backwards") and not both):
        raise UnmappedError("gives its state, or goes backwards")
    gates = activation_name(own.get("recurrent_activation", "sigmoid"))
    function = activation_name(own.get("activation", "tanh"))
    attributes: dict[str, Any] = {
        "units": own.get("units"),
        "sequences": bool(own.get("return_sequences", False)),
        "bias": bool(own.get("use_bias", True)),
    }
    if part.kind.endswith("GRU"):
        attributes["reset_after"] = bool(own.get("reset_after", part.kind.startswith("CuDNN")))
    if part.kind == "CuDNNLSTM":
        attributes["recurrent_bias"] = True
    if CELLS[part.kind] == CELLS["SimpleRNN"]:
        attributes["activation"] = function
    elif (gates, function) != GATES:
        raise UnmappedError(f"has {gates} and {function} in its cells")
    if both:
        attributes["bidirectional"] = True
    return net.weighted(CELLS[part.kind], value, more=more, **attributes)


@layer("Bidirectional")
def bidirectional(net: KerasNet, call: Call) -> Value:
    """Both directions side by side."""
    inner = part_of(call.config.get("layer"), 0)
    if inner.kind not in CELLS or call.config.get("merge_mode", "concat") not in MERGED:
        raise UnmappedError("merges other than by joining, or no recurrent layer")
    return _recurrent(net, call.one(), inner, both=True)


@layer("RNN")
def of_cells(net: KerasNet, call: Call) -> Value:
    """A layer for each of the cells, all but the last giving every step."""
    own = call.config
    cell = part_of(own.get("cell"), 0)
    stated = cell.config.get("cells") if cell.kind == "StackedRNNCells" else [own.get("cell")]
    cells = [part_of(data, at) for at, data in enumerate(stated or [])]
    kinds = [cell.kind.removesuffix("Cell") for cell in cells]
    if not cells or any(kind not in CELLS for kind in kinds):
        raise UnmappedError(f"has cells of its own: {', '.join(kinds)}")
    value, last = call.one(), len(cells) - 1
    for at, (kind, cell) in enumerate(zip(kinds, cells, strict=True)):
        steps = at < last or bool(own.get("return_sequences"))
        config = {**own, **cell.config, "return_sequences": steps}
        more = "" if at == last else cell.name
        value = _recurrent(net, value, cell._replace(kind=kind, config=config), False, more)
    return value


@layer("TimeDistributed")
def time_distributed(net: KerasNet, call: Call) -> Value:
    """One layer, or model, for each step, with the same weights; one for all where it works on each
    step by itself anyway."""
    inner, value = part_of(call.config.get("layer"), 0), call.one()
    shape = net.shape(value)
    if inner.kind in STEPWISE and len(shape) == 2:
        return _one(RULES[inner.kind](net, call._replace(part=inner)))
    known = inner.kind in RULES or inner.kind in MODELS
    if not known or len(shape) < 2 or net.times * shape[0] > MOST_STEPS:
        raise UnmappedError(f"distributes {inner.kind} over {shape[0]} steps")
    path, at, made = net.path, places(net, len(shape)), []
    left = [axis - 1 for axis in at if axis]
    for step in range(shape[0]):
        net.path = path
        one = net.lay("select", value, more="step", axis=at.index(0), index=step)
        call_of_step = Call(inner, Node([], {}), [settled(net, one, left)])
        made.append(_one(net.inner(call_of_step, path, shape[0])))
    net.path = path
    return stack_along(net, made, 0, "steps")


def _one(made: Value | list[Value]) -> Value:
    several = made if isinstance(made, list) else [made]
    if len(several) != 1:
        raise UnmappedError("gives several tensors")
    return several[0]


@layer("SpectralNormalization")
def wrapped(net: KerasNet, call: Call) -> Value:
    """What is wrapped; the norm of a kernel is divided by in training (miyato2018)."""
    inner = part_of(call.config.get("layer"), 0)
    if inner.kind not in RULES:
        raise UnmappedError(f"wraps {inner.kind}")
    net.net.outcome.note(f"'{net.path}' keeps a vector for training that is not counted")
    return _one(RULES[inner.kind](net, call._replace(part=inner)))


@layer("ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D")
def convolved(net: KerasNet, call: Call) -> Value:
    """Kernels of input and state for four gates (shi2015)."""
    own, filters = call.config, told(call, "filters")
    axes = int(call.part.kind[-2])
    kernel = own.get("kernel_size")
    kernel = kernel if isinstance(kernel, list) else [kernel] * axes
    features = net.shape(call.one())[1 if net.channels_first else -1]
    tensors: list[tuple[str, tuple[int, ...]]] = [
        (WEIGHT, (4 * filters, read, *kernel)) for read in (features, filters)
    ]
    if own.get("use_bias", True):
        tensors.append((BIAS, (4 * filters,)))
    raise OpenError("carries maps from step to step, which archdb has no op for", tensors)
