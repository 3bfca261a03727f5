"""What goes with networks that are removed, and which cannot be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from archdb.errors import DefinitionError
from archdb.queries.freshness import first_names

if TYPE_CHECKING:
    from archdb.queries.reader import Reader


def removable(reader: Reader, words: Iterable[str]) -> dict[str, list[str]]:
    """The networks of the user's own that the words mean, each with what hangs on it, in sentences.

    Raises NotFoundError where there is no such network, DefinitionError where one is bundled, a
    point of a search space, or what another network is a variant of that stays.
    """
    names = list(dict.fromkeys(map(reader.resolve, words)))
    found: dict[str, list[str]] = {}
    for name in names:
        (row,) = reader.run_named("removal", name=name).to_dicts()
        _check_origin(name, row["origin"], row["space"])
        variants = reader.run_named("direct_variants", name=name).rows
        _check_variants(name, [variant for variant in variants if variant[0] not in names])
        found[name] = list(_hanging(row))
    return found


def _check_origin(name: str, origin: str, space: str | None) -> None:
    if space is not None:
        raise DefinitionError(
            f"is a point of the search space {space} and stays with it",
            remedy="a file without the space: archdb --database NEW db init",
        ).at(name)
    if origin == "bundled":
        raise DefinitionError(
            "is bundled with archdb, whose tables and figures rest on it; only networks of your"
            " own can be removed"
        ).at(name)


def _check_variants(name: str, variants: list[tuple[str, str]]) -> None:
    if not variants:
        return
    bundled = [variant for variant, origin in variants if origin == "bundled"]
    every = [variant for variant, _ in variants]
    raise DefinitionError(
        f"is what {first_names(every)} {'is a variant' if len(every) == 1 else 'are variants'} of",
        remedy=f"{first_names(bundled)}: bundled, and stays"
        if bundled
        else f"remove them together: archdb remove {' '.join([name, *every])}",
    ).at(name)


def _hanging(row: dict[str, object]) -> Iterator[str]:
    yield f"{row['title']}: {row['layers']} layers"
    if row["aliases"]:
        yield f"its other names: {row['aliases']}"
    if row["base"] is not None:
        yield f"a variant of {row['base']}, which stays unless it is named too"
    if row["inputs"]:
        yield f"its derived figures, at {row['inputs']}"
    if row["figures"]:
        yield f"{row['figures']} published figures speak of it; they stay, beside nothing"
