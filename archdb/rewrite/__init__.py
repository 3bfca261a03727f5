"""Networks made from others by rule: one function per rule, each Network → Network and what it left
alone.

    apply(network, "fc-to-conv")                    # Rewritten(network, notes)
    apply(network, ["width=0.5", "fold-bn@conv*"])  # several, each on what the one before it made
    split_name("vgg16+fc-to-conv@fc*")              # ("vgg16", ("fc-to-conv@fc*",))

A rule changes the layers that it is for and whose names match its glob, and says of each that it
leaves alone why. What it promises stands in its docstring, and tests hold it to that on random
networks.
"""

from archdb.rewrite import (  # noqa: F401  (importing a module registers its rules)
    connected,
    kernels,
    pruning,
    strides,
    widths,
)
from archdb.rewrite.applying import Rewritten, apply
from archdb.rewrite.base import REGISTRY, Note, Rule
from archdb.rewrite.names import split_name

__all__ = ["REGISTRY", "Note", "Rewritten", "Rule", "apply", "split_name"]
