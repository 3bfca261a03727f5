"""Networks that no row of the database holds, as the catalogue lists them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from archdb.analysis.weighing import Convention
from archdb.queries.named import NetworkRef, network_refs
from archdb.queries.profiles import open_profiles

if TYPE_CHECKING:
    from archdb.queries.reader import Reader


def entries(reader: Reader, word: str, counted: Sequence[Convention]) -> Iterator[dict[str, Any]]:
    """The columns of architecture_summary, and totals under conventions, of what a name with rules
    or a file means; nothing, where it is a stored network's name."""
    refs = network_refs(reader, [word])
    if isinstance(refs[0], str):
        return
    with open_profiles(reader, refs) as (one,):
        entry = {**one.totals, "architecture": one.name, "is_native": 1, **_base(reader, refs[0])}
        entry["receptive_field"] = entry["receptive_field_h"]
        yield entry | {each.name: one.layers.main.weigh(each) for each in counted}


def _base(reader: Reader, made: NetworkRef) -> dict[str, Any]:
    """What a network in memory takes over from the stored one that it is made of."""
    if isinstance(made, str) or made.is_outside:
        return {}
    base = made.base.name
    named = reader.run_named("catalogue", pattern=base, family=None, space=None).to_dicts()
    rules = made.network.name.removeprefix(f"{base}+")
    for row in named:
        title = f"{row['title']}, rewritten by {rules}"
        return {"title": title, "family": row["family"], "variant_of": base}
    return {}
