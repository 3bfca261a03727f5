"""Attributes are declared by annotation, in a module that keeps annotations as text as well."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest

from archdb.blocks.base import DECLARATIONS, NetworkBuilder, block
from archdb.blocks.base import REGISTRY as BLOCKS
from archdb.errors import DefinitionError
from archdb.model.attributes import Count, LaterFlag, Pair
from archdb.model.graph import Layer
from archdb.ops import REGISTRY, Op, make
from archdb.ops.base import no_params, no_work, op, point, same_shape
from archdb.rewrite.base import REGISTRY as RULES
from archdb.rewrite.base import RewriteContext, rule


@pytest.fixture
def declared() -> Iterator[None]:
    """An op, a block and a rule under the name 'textual'."""

    @op("textual")
    class Textual(Op):
        """Its annotations are text."""

        size: Count
        kernel: Pair = (3, 3)
        later: LaterFlag = False

        out = same_shape
        params = no_params
        work = no_work
        window = point

    @block("textual_block")
    def draw(net: NetworkBuilder, name: str, *, width: Count, kernel: Pair = (1, 1)) -> None:
        """A block whose annotations are text."""
        net.add(name, make("textual", {"size": width, "kernel": kernel}))

    @rule("textual-rule")
    def change(context: RewriteContext, *, factor: Count = 2) -> Iterable[Layer]:
        """A rule whose annotations are text."""
        return context.network

    yield
    del REGISTRY["textual"], BLOCKS["textual_block"], DECLARATIONS["textual_block"]
    del RULES["textual-rule"]


@pytest.mark.usefixtures("declared")
def test_an_op_keeps_its_attributes() -> None:
    assert list(REGISTRY["textual"].declaration.attributes) == ["size", "kernel", "later"]
    assert make("textual", {"size": 5, "kernel": 2}).attributes() == {"size": 5, "kernel": (2, 2)}
    with pytest.raises(DefinitionError, match="'size' is missing"):
        make("textual", {})
    with pytest.raises(DefinitionError, match="'size' needs a positive integer, got 0"):
        make("textual", {"size": 0})


@pytest.mark.usefixtures("declared")
def test_a_block_keeps_its_attributes() -> None:
    net = NetworkBuilder()
    net.add("data", make("input", {"shape": (3, 8, 8)}))
    net.row("drawn", "textual_block", {"width": 5, "kernel": 7}, None)
    assert net.network("net").layers[1].op is make("textual", {"size": 5, "kernel": (7, 7)})
    with pytest.raises(DefinitionError, match="'width' needs a positive integer"):
        net.row("again", "textual_block", {"width": "wide"}, None)


@pytest.mark.usefixtures("declared")
def test_a_rule_keeps_its_parameter() -> None:
    assert RULES["textual-rule"].usage == "textual-rule[=FACTOR]"
