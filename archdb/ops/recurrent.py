"""Layers that carry a state along a sequence, from step to step."""

from collections.abc import Iterable, Iterator
from math import prod
from typing import Annotated, Any, ClassVar

from archdb.errors import DefinitionError
from archdb.model.attributes import LATER, Count, Flag, LaterFlag, choice, up_to
from archdb.model.shape import Shape
from archdb.model.window import Unbounded
from archdb.ops.base import BIAS, WEIGHT, Op, Tensor, Work, op
from archdb.ops.explained import Formulas
from archdb.ops.rewritable import Origin, stated_by
from archdb.ops.steps import stepped, steps, told

RECURRENT = Unbounded("recurrent: every step sees all steps before it")
Layers = Annotated[int, up_to(1024)]
#: A tensor of a cell: name, role, shape, and what its elements are counted by.
TensorOf = tuple[str, str, Shape, str]


class Recurrent(Op):
    """Shared by all cells. `sequences` gives the state at every step, else only the last.

    `bidirectional`: a second cell of its own tensors runs from the end to the start, and what
    both give is concatenated. `layers`: so many behind each other, each reading all that the one
    before gives at every step (PyTorch's num_layers).
    """

    units: Count
    sequences: Flag = True
    bias: Flag = True
    bidirectional: LaterFlag = False
    layers: Annotated[Layers, LATER] = 1

    #: How many vectors of `units` a step works out of the input and the state.
    gates: ClassVar[int]

    channels = stated_by("units")

    @property
    def outputs(self) -> str:
        """The attribute that says how many features one direction gives."""
        return "units"

    @property
    def biases(self) -> int:
        """How many bias vectors a cell has."""
        return int(self.bias)

    @property
    def multiple(self) -> int:
        return 2 if self.bidirectional else 1

    def as_wide(self, attribute: str, channels: int) -> Any:
        return self.like(**{attribute: channels // self.multiple})

    def window(self, x: Shape) -> Unbounded:
        return RECURRENT

    def out(self, x: Shape) -> Shape:
        features = getattr(self, self.outputs) * self.multiple
        return stepped(self, x, features, each=self.sequences)

    def cells(self, x: Shape) -> Iterator[tuple[str, str, int]]:
        """Each cell: what its tensors' names have behind them, and the features that it reads, in
        the names of a formula and as a number."""
        read, features = "features", steps(self, x)[1]
        for number in range(1, self.layers + 1):
            of = f" of layer {number}" if self.layers > 1 else ""
            yield of, read, features
            if self.bidirectional:
                yield f"{of} backwards", read, features
            features = getattr(self, self.outputs) * self.multiple
            read = f"2 · {self.outputs}" if self.bidirectional else self.outputs

    def cell(self, read: str, features: int) -> Iterator[TensorOf]:
        """The tensors of a cell that reads so many features, which `read` names."""
        wide, outputs = self.gates * self.units, getattr(self, self.outputs)
        yield "kernel", WEIGHT, (features, wide), f"{read} · {self._gates}"
        yield "recurrent kernel", WEIGHT, (outputs, wide), f"{self.outputs} · {self._gates}"
        for name in ("bias", "recurrent bias")[: self.biases]:
            yield name, BIAS, (wide,), self._gates

    def params(self, x: Shape) -> tuple[Tensor, ...]:
        return tuple(
            Tensor(name + of, role, shape)
            for of, read, features in self.cells(x)
            for name, role, shape, _ in self.cell(read, features)
        )

    def step(self) -> dict[str, tuple[int, ...]]:
        """The scalar operations that a step takes for each unit, by kind, in terms that add up."""
        raise NotImplementedError

    def work(self, out: Shape, x: Shape) -> Work:
        """Each weight is used once in each step."""
        length, tensors = steps(self, x)[0], self.params(x)
        macs, biases = (
            sum(prod(tensor.shape) for tensor in tensors if tensor.role == role)
            for role in (WEIGHT, BIAS)
        )
        times = length * self.layers * self.multiple * self.units
        scalar = {kind: times * sum(terms) for kind, terms in self.step().items()}
        return Work(macs=length * macs, bias_adds=length * biases, **scalar)

    def sums(self, out: Shape, *inputs: Shape) -> int:
        """One for each gate: what both kernels give goes into one sum."""
        cells = self.layers * self.multiple * self.gates * self.units
        return steps(self, inputs[0])[0] * cells

    def formulas(self, *inputs: Shape) -> Formulas:
        both = "2 · " if self.bidirectional else ""
        cells = f"length · {both}{'layers · ' if self.layers > 1 else ''}"
        tensors = {
            name + of: formula
            for of, read, features in self.cells(inputs[0])
            for name, _, _, formula in self.cell(read, features)
        }
        twice = "2 · " if self.biases > 1 else ""
        scalar = {
            kind: f"{cells}{_sum(map(str, terms))} · units" for kind, terms in self.step().items()
        }
        macs, biases = f"length · {both}{self._macs(both)}", f"{cells}{twice}{self._gates}"
        counts = {**tensors, "macs": macs, "bias_adds": biases, **scalar}
        out = {"out_length": "length", "out_features": f"{both}{self.outputs}"}
        return told(inputs[0], {**out, **counts})

    @property
    def _gates(self) -> str:
        return f"{self.gates} · units" if self.gates > 1 else "units"

    def _macs(self, both: str) -> str:
        """The weights of the cells of one direction."""

        def weights(read: str) -> str:
            named = self.cell(read, 1)
            return _sum(formula for _, role, _, formula in named if role == WEIGHT)

        if self.layers == 1:
            return weights("features")
        return f"({weights('features')} + (layers − 1) · {weights(both + self.outputs)})"


def _sum(terms: Iterable[str]) -> str:
    """Terms as one factor of a product."""
    several = list(terms)
    return f"({' + '.join(several)})" if len(several) > 1 else several[0]


class TwoBiases(Recurrent):
    """Shared by cells whose frameworks differ in biases. `recurrent_bias`: a second bias vector
    beside the recurrent kernel, as PyTorch and cuDNN have it; Keras has one."""

    recurrent_bias: LaterFlag = False

    def check(self) -> None:
        if self.recurrent_bias and not self.bias:
            raise DefinitionError("'recurrent_bias' is a second bias, and 'bias' is false").at(
                self.name
            )

    @property
    def biases(self) -> int:
        return self.bias * (1 + self.recurrent_bias)


@op("rnn")
class Rnn(TwoBiases):
    """Plain recurrent layer (elman1990): h = tanh(W x + U h + b), or with a ReLU in its place.

    With d input features and n units: kernel d x n, recurrent kernel n x n, bias n.
    `recurrent_bias`: a second one, as PyTorch has it (one unit on one feature: 4 parameters; in
    Keras 3).
    """

    activation: Annotated[str, choice("tanh", "relu")] = "tanh"

    gates = 1

    def step(self) -> dict[str, tuple[int, ...]]:
        if self.activation == "relu":
            return {"comparisons": (1,)}
        return {"adds": (2,), "muls": (1,), "divisions": (1,), "exponentials": (1,)}


@op("lstm")
class Lstm(TwoBiases):
    """Long short-term memory (hochreiter1997, gers2000) without peepholes.

    With d input features, n units and h outputs a step (n, or the projection's size, sak2014):
    kernel d x 4n, recurrent kernel h x 4n, bias 4n, projection n x h. A step takes three sigmoids
    and two tanh of n, c = f c + i g, and h = o tanh(c). `recurrent_bias`: a second bias of 4n, as
    PyTorch has it.
    """

    projection: Count = None  # type: ignore[assignment]

    gates = 4

    @property
    def outputs(self) -> str:
        return "projection" if self.projection else "units"

    def channels(self, *inputs: Shape) -> Origin:
        return self.outputs

    def cell(self, read: str, features: int) -> Iterator[TensorOf]:
        kernel, recurrent, *biases = super().cell(read, features)
        yield from (kernel, recurrent)
        if self.projection:
            yield "projection", WEIGHT, (self.units, self.projection), "units · projection"
        yield from biases

    def step(self) -> dict[str, tuple[int, ...]]:
        """Sigmoids, tanh, the cell, and for products the output too."""
        gates = dict.fromkeys(("divisions", "exponentials"), (3, 2))
        return {"adds": (3, 2 * 2, 1), "muls": (2, 2, 1), **gates}

    def sums(self, out: Shape, *inputs: Shape) -> int:
        """One more for each projected output."""
        cells = steps(self, inputs[0])[0] * self.layers * self.multiple
        return super().sums(out, *inputs) + cells * (self.projection or 0)


@op("gru")
class Gru(TwoBiases):
    """Gated recurrent unit (cho2014).

    With d input features and n units: kernel d x 3n, recurrent kernel n x 3n, bias 3n; a second
    bias where the reset gate comes after the product (`reset_after`, as cuDNN, PyTorch and Keras
    have it), and in ONNX where it comes before, too (`recurrent_bias`). A step takes two sigmoids
    and one tanh of n, the reset product, and h = (1 - z) g + z h.
    """

    reset_after: Flag = False

    gates = 3

    @property
    def biases(self) -> int:
        return self.bias * (1 + (self.reset_after or self.recurrent_bias))

    def step(self) -> dict[str, tuple[int, ...]]:
        """Sigmoids, tanh, and the mean of old and new; for products, the reset too."""
        gates = dict.fromkeys(("divisions", "exponentials"), (2, 1))
        return {"adds": (2, 2, 2), "muls": (1, 1, 2), **gates}
