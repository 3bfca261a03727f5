"""Random small networks for property tests: maps, branches that meet, and a classifier."""

import random
from collections.abc import Callable
from typing import Any

from drawing import data, draw, layer
from hypothesis import strategies as st

from archdb.analysis.profile import derive
from archdb.errors import ShapeError
from archdb.model.graph import Layer, Network
from archdb.ops import Op, make

#: Sides of the maps that networks begin with: large enough for a few strides.
SIDES = st.integers(15, 40)
WIDTHS = st.sampled_from([2, 4, 6, 8])

axes = st.tuples(st.integers(1, 7), st.integers(1, 7))
kernels = st.one_of(st.integers(1, 7).map(lambda k: (k, k)), axes)
strides = st.one_of(st.just((1, 1)), st.tuples(st.integers(1, 3), st.integers(1, 3)))
sides = st.tuples(*[st.integers(0, 4)] * 4)
paddings = st.one_of(sides, st.sampled_from(["same", "valid"]))
roundings = st.sampled_from(["floor", "ceil"])
dilations = st.tuples(st.integers(1, 2), st.integers(1, 2))


def _op(name: str, **kinds: Any) -> st.SearchStrategy[Op]:
    return st.fixed_dictionaries(kinds).map(lambda attributes: make(name, attributes))


def slid(**fixed: Any) -> dict[str, Any]:
    """Attributes of a window."""
    window = {"kernel": kernels, "stride": strides, "padding": paddings, "rounding": roundings}
    return {**window, **{name: st.just(value) for name, value in fixed.items()}}


convs = _op(
    "conv2d",
    **slid(),
    filters=WIDTHS,
    dilation=dilations,
    groups=st.sampled_from([1, 1, 2]),
    bias=st.booleans(),
)
depthwise = _op(
    "depthwise_conv2d",
    **slid(),
    multiplier=st.integers(1, 2),
    dilation=dilations,
    bias=st.booleans(),
)
pools = st.one_of(_op("max_pool2d", **slid()), _op("avg_pool2d", **slid()))
plain = st.sampled_from(
    [make("relu", {}), make("batch_norm", {}), make("lrn", {"size": 3}), make("prelu", {})]
)
norms = st.just(make("batch_norm", {}))


class Growing:
    """A network being drawn, from an input or from a network on: what does not fit on the last
    map is not laid."""

    def __init__(self, *shape: int, after: Network | None = None) -> None:
        given = [Layer("data", make("input", {"shape": shape}))] if after is None else after.layers
        self.layers = list(given)

    @property
    def last(self) -> str:
        return self.layers[-1].name

    def lay(self, op: Op, *sources: str) -> bool:
        name = str(len(self.layers))
        tried = [*self.layers, Layer(name, op, sources or (self.last,))]
        try:
            derive(Network("net", tried))
        except ShapeError:
            return False
        self.layers = tried
        return True

    def network(self) -> Network:
        return Network("net", self.layers)


@st.composite
def chains(draw: Callable[[Any], Any], *kinds: st.SearchStrategy[Op], most: int = 5) -> Network:
    """Ops of these kinds behind each other, on a map of two channels."""
    growing = Growing(2, draw(SIDES), draw(SIDES))
    for op in draw(st.lists(st.one_of(*kinds), min_size=1, max_size=most)):
        growing.lay(op)
    return growing.network()


@st.composite
def graphs(draw: Callable[[Any], Any]) -> Network:
    """Convolutions, pools and what stands between them; units whose branches are added or stacked;
    and fully connected layers at the end."""
    growing = Growing(2, draw(SIDES), draw(SIDES))
    kinds = st.sampled_from(["op", "sum", "stack", "preactivated"])
    for kind in draw(st.lists(kinds, min_size=1, max_size=4)):
        if kind == "op":
            growing.lay(draw(st.one_of(convs, depthwise, pools, plain)))
        elif kind == "preactivated":
            _preactivated(growing)
        else:
            _unit(draw, growing, kind == "sum")
    if draw(st.booleans()):
        growing.lay(make("flatten", {}))
    for units in draw(st.lists(WIDTHS, max_size=2)):
        growing.lay(make("linear", {"units": units, "bias": draw(st.booleans())}))
        growing.lay(draw(plain))
    growing.lay(make("linear", {"units": 5}))
    growing.lay(make("softmax", {}))
    return growing.network()


def _preactivated(growing: Growing) -> None:
    """A unit that begins with a norm of what its shortcut reads too."""
    source = growing.last
    growing.lay(make("batch_norm", {}))
    growing.lay(make("depthwise_conv2d", {"kernel": 3, "padding": 1, "multiplier": 1}))
    growing.lay(make("add", {}), source, growing.last)


def _unit(draw: Callable[[Any], Any], growing: Growing, added: bool) -> None:
    """Two branches from the last layer, with kernels that keep the size, that meet again."""
    source, width = growing.last, draw(WIDTHS)
    ends = []
    for kernel in draw(st.tuples(*[st.sampled_from([1, 3, 5, 7])] * 2)):
        half = kernel // 2
        op = {"filters": width, "kernel": kernel, "padding": half, "bias": draw(st.booleans())}
        growing.lay(make("conv2d", op), source)
        growing.lay(draw(norms))
        ends.append(growing.last)
    growing.lay(make("add" if added else "concat", {}), *ends)
    growing.lay(make("relu", {}))


READS = {"relu": 1, "tanh": 1, "add": 2, "concat": 2}


@st.composite
def small_graphs(drawn: st.DrawFn, most: int = 5) -> Network:
    """An input and a few layers of few kinds, each reading any before it: many are twins."""
    layers = [data(3, 7, 7)]
    for number in range(drawn(st.integers(1, most))):
        op = drawn(st.sampled_from(sorted(READS)))
        inputs = [drawn(st.sampled_from(layers)).name for _ in range(READS[op])]
        layers.append(layer(f"l{number}", op, *inputs))
    return draw(*layers)


def renamed(network: Network) -> Network:
    """The same layers by other names."""
    new = {each.name: f"new name {i}" for i, each in enumerate(network)}
    layers = [
        each._replace(
            name=new[each.name],
            inputs=tuple(new[source] for source in each.inputs),
            weights_of=None if each.weights_of is None else new[each.weights_of],
        )
        for each in network
    ]
    return Network("net", layers, network.blocks)


def reordered(network: Network, seed: int) -> Network:
    """The layers in another order in which each still follows what it reads."""
    waiting, placed, names = list(network), [], set[str]()
    shuffled = random.Random(seed)
    while waiting:
        ready = [each for each in waiting if names.issuperset(each.inputs)]
        placed.append(shuffled.choice(ready))
        names.add(placed[-1].name)
        waiting.remove(placed[-1])
    return Network("net", placed, network.blocks)
