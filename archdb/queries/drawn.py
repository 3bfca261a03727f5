"""What a drawing of a network shows: nodes and edges, equal units in a row as one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class Node(NamedTuple):
    """A box: what is written in it line by line, the groups around it from the outermost, whether
    it belongs to an auxiliary head, and what it costs (None where that is open)."""

    name: str
    lines: list[str]
    groups: tuple[str, ...]
    auxiliary: bool
    block: bool
    #: Of one unit where it stands for several.
    params: int | None = 0
    macs: int | None = 0
    #: The name of the last of the equal units that it stands for, and how many these are.
    last: str = ""
    units: int = 1


class Outline(NamedTuple):
    """`edges` are pairs of names, the one that is read first; `groups` say what each is."""

    name: str
    input: str
    nodes: list[Node]
    edges: list[tuple[str, str]]
    groups: dict[str, str]


def folded(outline: Outline, structure: Mapping[str, Any]) -> Outline:
    """The same with each run of equal blocks as one node, which has the name of the first.

    Equal are blocks of which `structure` says the same, if each reads the one before it alone and
    nothing else reads that.
    """
    reads: dict[str, list[str]] = {}
    read_by: dict[str, list[str]] = {}
    for source, reader in outline.edges:
        reads.setdefault(reader, []).append(source)
        read_by.setdefault(source, []).append(reader)

    def continues(one: str, other: str) -> bool:
        alone = read_by.get(one) == [other] and reads.get(other) == [one]
        return alone and one in structure and structure[one] == structure.get(other)

    runs: list[list[Node]] = []
    for node in outline.nodes:
        if runs and continues(runs[-1][-1].name, node.name):
            runs[-1].append(node)
        else:
            runs.append([node])
    first = {node.name: run[0].name for run in runs for node in run}
    edges = [(first[a], first[b]) for a, b in outline.edges if first[a] != first[b]]
    nodes = [run[0]._replace(last=run[-1].name, units=len(run)) for run in runs]
    return outline._replace(nodes=nodes, edges=edges)
