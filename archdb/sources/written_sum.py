"""Sums that an explanation of a published figure writes out: '55*48*96', 'ours - 9600/2'."""

from __future__ import annotations

import ast
import operator
from fractions import Fraction
from typing import Any

from archdb.printed_number import LIMIT

_OPERATORS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}


def evaluate(text: str) -> Fraction:
    """The value of a sum such as '55*48*96'; ValueError where it is anything else."""
    try:
        return _value(ast.parse(text, mode="eval").body)
    except (SyntaxError, KeyError, ArithmeticError, AttributeError, RecursionError, MemoryError):
        raise ValueError(text) from None


def terms(text: str) -> tuple[bool, Fraction]:
    """Whether our own value is the first term, as in 'ours - 9600/2', and the sum of the others."""
    mine = text.startswith(("ours + ", "ours - "))
    return mine, evaluate(f"0{text.removeprefix('ours')}" if mine else text)


def _value(node: Any) -> Fraction:
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return Fraction(node.value)
    left, right = _value(node.left), _value(node.right)
    if isinstance(node.op, ast.Pow) and (right.denominator > 1 or abs(right) > 64 or left > LIMIT):
        raise ValueError(right)
    return Fraction(_OPERATORS[type(node.op)](left, right))
