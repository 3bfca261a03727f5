"""Weights that are worked out: a layer that reads its kernel or its bias as further inputs."""

from __future__ import annotations

from typing import ClassVar

from archdb.errors import DefinitionError, ShapeError
from archdb.model.attributes import LaterFlag
from archdb.model.shape import Shape, pretty
from archdb.ops.base import BIAS, Op, Tensor


class Given(Op):
    """Shared by layers of one weight tensor and perhaps a bias, either of which may be an input.

    `kernel_input`: the second input is the weight (standardised, re-parametrised, or of the data),
    `bias_input`: the last input is the bias (of which perhaps a part is learnt). These have their
    parameters in the rows that make them; what is done with them is counted here.
    """

    arity: ClassVar[tuple[int, int | None]] = (1, 3)
    bias: bool
    #: Whether any of its tensors is an input.
    given: bool
    kernel_input: LaterFlag = False
    bias_input: LaterFlag = False

    def check(self) -> None:
        if self.bias_input and not self.bias:
            raise DefinitionError("'bias_input' is a bias, and 'bias' is false").at(self.name)

    def prepare(self) -> None:
        super().prepare()
        self.given = self.kernel_input or self.bias_input
        self.wanted = 1 + self.kernel_input + self.bias_input

    def admit(self, inputs: tuple[Shape, ...]) -> None:
        if len(inputs) != self.wanted:
            raise ShapeError(f"takes {self.wanted} input(s), got {len(inputs)}")

    def check_read(self, read: tuple[Shape, ...], weight: Tensor, filters: int) -> None:
        """ShapeError where a kernel or a bias has another shape than it needs."""
        wanted = [weight.shape] * self.kernel_input + [(filters,)] * self.bias_input
        for x, needed in zip(read, wanted, strict=False):
            if x != needed:
                raise ShapeError(f"reads {pretty(x)} where it needs {pretty(needed)}")

    def own(self, weight: Tensor, filters: int) -> tuple[Tensor, ...]:
        """The tensors that are its own."""
        tensors = [] if self.kernel_input else [weight]
        if self.bias and not self.bias_input:
            tensors.append(Tensor("bias", BIAS, (filters,)))
        return tuple(tensors)
