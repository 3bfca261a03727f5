"""Layers over sequences: tokens to vectors, and what carries a state from step to step."""

from archdb.errors import ShapeError
from archdb.ops.attributes import Count, Flag
from archdb.ops.base import BIAS, WEIGHT, Op, Tensor, Work, no_work, op, point
from archdb.ops.explained import Formulas
from archdb.ops.rewritable import Origin, stated_by
from archdb.ops.shape import Shape, pretty
from archdb.ops.window import Unbounded

RECURRENT = Unbounded("recurrent: every step sees all steps before it")


def _sequence(x: Shape) -> tuple[int, int]:
    """(length, features), or ShapeError where the input is no sequence of vectors."""
    if len(x) != 2:
        raise ShapeError(f"needs length×features, got {pretty(x)}")
    return x[0], x[1]


@op("embedding")
class Embedding(Op):
    """A vector of `units` features for each token: a row of a table, looked up, not computed."""

    vocabulary: Count
    units: Count

    work = no_work
    window = point
    channels = stated_by("units")

    def out(self, x: Shape) -> Shape:
        if len(x) != 1:
            raise ShapeError(f"needs a sequence of tokens (length), got {pretty(x)}")
        return (x[0], self.units)

    def params(self, x: Shape) -> tuple[Tensor, ...]:
        return (Tensor("table", WEIGHT, (self.vocabulary, self.units)),)

    def formulas(self, *inputs: Shape) -> Formulas:
        return {"out_length": "length", "out_features": "units", "table": "vocabulary · units"}


class Recurrent(Op):
    """Shared by LSTM and GRU: `sequences` gives the state at every step, else only the last."""

    units: Count
    sequences: Flag = True

    channels = stated_by("units")

    def window(self, x: Shape) -> Unbounded:
        return RECURRENT


@op("lstm")
class Lstm(Recurrent):
    """Long short-term memory (hochreiter1997, gers2000) without peepholes.

    With d input features, n units and h outputs a step (n, or the projection's size, sak2014):
    kernel d x 4n, recurrent kernel h x 4n, bias 4n, projection n x h. A step takes three sigmoids
    and two tanh of n, c = f c + i g, and h = o tanh(c).
    """

    projection: Count = None  # type: ignore[assignment]
    bias: Flag = True

    def channels(self, *inputs: Shape) -> Origin:
        return "projection" if self.projection else "units"

    def out(self, x: Shape) -> Shape:
        length, _ = _sequence(x)
        features = self.projection or self.units
        return (length, features) if self.sequences else (features,)

    def params(self, x: Shape) -> tuple[Tensor, ...]:
        outputs = self.projection or self.units
        tensors = [
            Tensor("kernel", WEIGHT, (_sequence(x)[1], 4 * self.units)),
            Tensor("recurrent kernel", WEIGHT, (outputs, 4 * self.units)),
        ]
        if self.projection:
            tensors.append(Tensor("projection", WEIGHT, (self.units, outputs)))
        if self.bias:
            tensors.append(Tensor("bias", BIAS, (4 * self.units,)))
        return tuple(tensors)

    def work(self, out: Shape, x: Shape) -> Work:
        length, features = _sequence(x)
        n, outputs = self.units, self.projection or self.units
        macs = (features + outputs) * 4 * n + (n * outputs if self.projection else 0)
        return Work(
            macs=length * macs,
            bias_adds=length * 4 * n if self.bias else 0,
            adds=length * (3 + 2 * 2 + 1) * n,
            muls=length * (2 * 1 + 2 + 1) * n,
            divisions=length * 5 * n,
            exponentials=length * 5 * n,
        )

    def sums(self, out: Shape, *inputs: Shape) -> int:
        """One for each gate and projected output: what both kernels give goes into one sum."""
        return inputs[0][0] * (4 * self.units + (self.projection or 0))

    def formulas(self, *inputs: Shape) -> Formulas:
        outputs = "projection" if self.projection else "units"
        projected = " + units · projection" if self.projection else ""
        return {
            **{"out_length": "length", "out_features": outputs},
            **{"kernel": "features · 4 · units", "recurrent kernel": f"{outputs} · 4 · units"},
            **{"projection": "units · projection", "bias": "4 · units"},
            "macs": f"length · ((features + {outputs}) · 4 · units{projected})",
            **{"bias_adds": "length · 4 · units", "adds": "length · (3 + 2 · 2 + 1) · units"},
            "muls": "length · (2 + 2 + 1) · units",
            **dict.fromkeys(("divisions", "exponentials"), "length · (3 + 2) · units"),
        }


@op("gru")
class Gru(Recurrent):
    """Gated recurrent unit (cho2014).

    With d input features and n units: kernel d x 3n, recurrent kernel n x 3n, bias 3n; a second
    bias where the reset gate comes after the product (`reset_after`, as cuDNN, PyTorch and Keras
    have it). A step takes two sigmoids and one tanh of n, the reset product, and
    h = (1 - z) g + z h.
    """

    reset_after: Flag = False
    bias: Flag = True

    def out(self, x: Shape) -> Shape:
        length, _ = _sequence(x)
        return (length, self.units) if self.sequences else (self.units,)

    def params(self, x: Shape) -> tuple[Tensor, ...]:
        gates = 3 * self.units
        tensors = [
            Tensor("kernel", WEIGHT, (_sequence(x)[1], gates)),
            Tensor("recurrent kernel", WEIGHT, (self.units, gates)),
        ]
        if self.bias:
            tensors.append(Tensor("bias", BIAS, (gates,)))
            if self.reset_after:
                tensors.append(Tensor("recurrent bias", BIAS, (gates,)))
        return tuple(tensors)

    def work(self, out: Shape, x: Shape) -> Work:
        length, features = _sequence(x)
        n = self.units
        biases = (2 if self.reset_after else 1) if self.bias else 0
        return Work(
            macs=length * (features + n) * 3 * n,
            bias_adds=length * 3 * n * biases,
            adds=length * (2 * 1 + 2 + 2) * n,
            muls=length * (1 + 1 + 2) * n,
            divisions=length * 3 * n,
            exponentials=length * 3 * n,
        )

    def sums(self, out: Shape, *inputs: Shape) -> int:
        """One for each gate: what both kernels give goes into one sum."""
        return inputs[0][0] * 3 * self.units

    def formulas(self, *inputs: Shape) -> Formulas:
        biases = "length · 2 · 3 · units" if self.reset_after else "length · 3 · units"
        return {
            **{"out_length": "length", "out_features": "units"},
            **{"kernel": "features · 3 · units", "recurrent kernel": "units · 3 · units"},
            **{"bias": "3 · units", "recurrent bias": "3 · units"},
            **{"macs": "length · (features + units) · 3 · units", "bias_adds": biases},
            **{"adds": "length · (2 + 2 + 2) · units", "muls": "length · (1 + 1 + 2) · units"},
            **dict.fromkeys(("divisions", "exponentials"), "length · (2 + 1) · units"),
        }
