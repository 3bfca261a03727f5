"""Arithmetic as archdb writes it, worked out again."""

import math
import re

#: Signs on paper, and what computes them.
SIGNS = {"·": "*", "−": "-", "⌊": "floor(", "⌋": ")", "⌈": "ceil(", "⌉": ")"}
FUNCTIONS = {"floor": math.floor, "ceil": math.ceil, "max": max, "gcd": math.gcd}


def worked_out(numbers: str) -> float:
    """The value of '⌊(227 − 11 + 2·0)/4⌋ + 1'."""
    text = re.sub(r"(?<=\d),(?=\d{3})", "", numbers)
    for sign, code in SIGNS.items():
        text = text.replace(sign, code)
    assert re.fullmatch(r"[0-9+\-*/(), a-z]*", text), numbers
    return float(eval(text, {"__builtins__": {}}, FUNCTIONS))
