"""Darknet's recurrent sections, one step of each: the state that it goes on from is an input.

Darknet builds them of connected or convolutional layers, with an activation and perhaps a batch
normalisation in each, which is no plain recurrent layer. A step is exact in parameters and work.
"""

from __future__ import annotations

from typing import Any

from archdb.sources.darknet import Cfg, Section, section
from archdb.sources.darknet_sections import EPSILON, activate, normalized
from archdb.sources.lowering.base import UnmappedError

NOTE = "recurrent sections are laid as one step; their states are inputs"


def _state(cfg: Cfg, what: str, shape: tuple[int, ...]) -> str:
    """An input that is what the last step left."""
    cfg.net.outcome.note(NOTE)
    return cfg.net.input(f"{cfg.own}_{what}", shape)


def _product(cfg: Cfg, part: Section, x: str, what: str, told: dict[str, Any]) -> str:
    """One of the layers inside: a product of `x`, normalised where the section says so."""
    op = "conv2d" if "filters" in told else "linear"
    cfg.lay(op, x, more=what, bias=not normalized(cfg, part), **told)
    if normalized(cfg, part):
        cfg.lay("batch_norm", more=f"{what}_bn", epsilon=EPSILON)
    return cfg.now


@section("rnn", "crnn")
def rnn(cfg: Cfg, part: Section) -> None:
    """state = f(W x) + f(U state); output = f(V state): f is activation and normalisation.

    The first Darknet has as many hidden features as output, later ones say how many.
    """
    if part.integer("shortcut", 0) or part.integer("logistic", 0):
        raise UnmappedError("with shortcut or logistic goes on from another state")
    x, output = cfg.now, part.integer("output", 1)
    hidden = part.integer("hidden", output)
    if part.kind == "crnn":
        shape = (hidden, *cfg.map()[1:])
        x = cfg.now
    else:
        shape = (hidden,)
    state = _state(cfg, "state", shape)
    sides = []
    for what, source in (("input", x), ("self", state)):
        _product(cfg, part, source, what, _inside(part, hidden))
        outer, cfg.own = cfg.own, f"{cfg.own}_{what}"
        activate(cfg, part, "logistic")
        cfg.own = outer
        sides.append(cfg.now)
    new = cfg.lay("add", *sides, more="sum")
    _product(cfg, part, new, "output", _inside(part, output))
    activate(cfg, part, "logistic")


def _inside(part: Section, features: int) -> dict[str, Any]:
    """The attributes of a layer inside that gives so many features."""
    if part.kind != "crnn":
        return {"units": features}
    size = part.integer("size", 3)
    pad = size // 2 if part.integer("pad", 0) else part.integer("padding", 0)
    stride, groups = part.integer("stride", 1), part.integer("groups", 1)
    told = {"filters": features, "kernel": size, "padding": pad}
    return {**told, "stride": stride, "groups": groups}


def _gate(cfg: Cfg, part: Section, name: str, x: str, state: str, function: str) -> str:
    """The sum of a product of the input and one of the state, through a function."""
    told = {"units": part.integer("output", 1)}
    of_input = _product(cfg, part, x, f"u{name}", told)
    of_state = _product(cfg, part, state, f"w{name}", told)
    cfg.lay("add", of_input, of_state, more=f"{name}_sum")
    return cfg.lay(function, more=name)


@section("gru")
def gru(cfg: Cfg, part: Section) -> None:
    """z, r = σ(U x + W h); g = σ or tanh(U x + W (r h)); h = z h + (1 - z) g."""
    x, state = cfg.now, _state(cfg, "state", (part.integer("output", 1),))
    update = _gate(cfg, part, "z", x, state, "sigmoid")
    reset = _gate(cfg, part, "r", x, state, "sigmoid")
    kept = cfg.lay("multiply", reset, state, more="forgot")
    function = "tanh" if part.integer("tanh", 0) else "sigmoid"
    new = _gate(cfg, part, "h", x, kept, function)
    old = cfg.lay("multiply", update, state, more="old")
    rest = cfg.lay("rescale", update, more="negative", factor=-1)
    rest = cfg.lay("add", rest, more="rest", value=1)
    new = cfg.lay("multiply", rest, new, more="new")
    cfg.lay("add", old, new)


@section("lstm")
def lstm(cfg: Cfg, part: Section) -> None:
    """f, i, o = σ(U x + W h); g = tanh(U x + W h); c = f c + i g; h = o tanh(c)."""
    units = (part.integer("output", 1),)
    x, state, cell = cfg.now, _state(cfg, "state", units), _state(cfg, "cell", units)
    forget, enter, leave = (_gate(cfg, part, gate, x, state, "sigmoid") for gate in "fio")
    new = _gate(cfg, part, "g", x, state, "tanh")
    old = cfg.lay("multiply", forget, cell, more="old")
    new = cfg.lay("multiply", enter, new, more="new")
    cfg.lay("add", old, new, more="c")
    tanh = cfg.lay("tanh", more="c_tanh")
    cfg.lay("multiply", leave, tanh)
