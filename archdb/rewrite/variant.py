"""What rules have made of a network, as a variant of it: its rules, classes and differences."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archdb.analysis.differences import changes_between, definitions
from archdb.analysis.profile import derive
from archdb.model.graph import Network
from archdb.model.names import PLUS
from archdb.sources.records import Difference


def rules_of(base: Network, network: Network) -> str:
    """The rules, as the name of the network has them."""
    return network.name.removeprefix(base.name + PLUS)


def classes(stated: int | None, base: Network, network: Network) -> int | None:
    """As many as are stated of the base, or as the output now has where a rule has changed that."""
    before, after = (_outputs(one) for one in (base, network))
    return stated if after == before else after


def _outputs(network: Network) -> int | None:
    channels: list[int | None] = derive(network).table.main.column("out_channels")
    return channels[-1]


def differences(base: Network, network: Network) -> Iterator[Difference]:
    """How the layers differ from those of the base, equal changes together."""
    together: dict[tuple[str, str, str], list[str]] = {}
    for change in changes_between(definitions(base), definitions(network)):
        together.setdefault(change[:3], []).append(_literal(change.layer))
    for (what, there, here), layers in together.items():
        yield Difference(what, there, here, tuple(layers), rules_of(base, network))


def _literal(name: str) -> str:
    """A glob that only this name matches."""
    return re.sub(r"([*?[])", r"[\1]", name)
