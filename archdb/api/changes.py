"""What changes a database: networks imported, stored, laid, and figures derived."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from archdb.api.connected import Connected
from archdb.errors import ArchdbError, DefinitionError, UsageError
from archdb.model.input_spec import InputLike, spec_of

if TYPE_CHECKING:
    from archdb.db.spaces import Built
    from archdb.db.user_networks import Network
    from archdb.queries.reader import Progress
    from archdb.sources.base import Imported

#: What may be done where the name of a network to be imported is taken.
REPLACED = "give it another by --as, or put it in place of the other with --replace"


class Changes(Connected):
    """Each of these writes, all or nothing, through archdb.db."""

    def import_(
        self,
        *files: str | os.PathLike[str] | Imported | bytes,
        replace: bool = False,
        name: str | None = None,
        input: InputLike = None,
        dry_run: bool = False,
        phase: str | None = None,
    ) -> dict[str, list[str]]:
        """Add networks: of files (seeds, ONNX, Keras, Caffe, Darknet), of installed libraries, as
        in 'timm:resnet18', those that archdb.from_torch and its like give, and seeds as bytes; all,
        or none if one is at fault. Returns their names, each with what has to be known of it.

        `name`: what the one network is to be called; `input`: the sizes of its inputs, where the
        file leaves them open; `dry_run`: nothing is stored; `phase`: train or test, of a prototxt.
        """
        from archdb.db.user_networks import load, store
        from archdb.sources.base import read_file
        from archdb.sources.sizes import sizes

        told = sizes(spec_of(input))
        words = list(files)
        if phase is not None:
            words = [read_file(Path(str(word)), name, told, phase) for word in files]
        loaded = load(words, name, told)
        # In a dry run a name that is taken is told, and no error.
        taken = self.names() if dry_run and not replace else ()
        store(
            self.path, loaded, replace=replace or dry_run, dry_run=dry_run
        )  # a taken name is told
        alone = len(loaded) == 1
        return {one.seed.name: list(self._told(one, taken, alone=alone)) for one in loaded}

    def _told(self, one: Network, taken: Collection[str], *, alone: bool) -> Iterator[str]:
        """What has to be known of a network that is imported, or would be."""
        from archdb.analysis.inputs import native_inputs
        from archdb.model.shape import hint

        if one.seed.name in taken:
            yield f"there is a network of that name: {REPLACED}"
        yield from self._relative(one, alone=alone)
        yield from one.report.printed() if one.report else ()
        yield from filter(None, map(hint, native_inputs(one.seed.network).values()))

    def remove(self, *names: str, dry_run: bool = False) -> dict[str, list[str]]:
        """Take networks of one's own away again, all or none; what they are called, each with what
        hangs on it and goes too. `dry_run`: nothing is removed.

        Raises NotFoundError where there is no such network, DefinitionError where one is bundled,
        a point of a search space, or the base of a variant that is not named.
        """
        from archdb.queries.removal import removable

        if dry_run:
            return self.answer(lambda reader: removable(reader, names))
        from archdb.db.engine import writing
        from archdb.db.writer import remove

        with writing(self.path) as connection:  # from here on nobody else can change them
            found = removable(self.reader, names)
            for name in found:
                remove(connection, "name = :name", name=name)
        return found

    def _relative(self, one: Network, *, alone: bool) -> Iterator[str]:
        """What a network from elsewhere is a variant of, where there is one to be said so of."""
        from archdb.queries.introduction import kin

        if alone and one.report is not None:
            yield self.answer(lambda reader: kin(reader, one.seed))

    def store(
        self,
        network: str | Imported,
        *rules: str,
        new_name: str | None = None,
        only: str | None = None,
    ) -> Sequence[str]:
        """Store a network that archdb.from_torch and its like give, or a file's; or, under a new
        name, what rules make of a stored one, as its variant. Returns what has to be known of it:
        the report of an import, what rules left alone.

        Raises DefinitionError where the name is taken or nothing is changed, UsageError where it
        cannot be a name, or rules are given for a network that is not stored.
        """
        from archdb.sources.base import is_outside

        if not rules and (not isinstance(network, str) or is_outside(network)):
            (notes,) = self.import_(network, name=new_name).values()
            return notes
        if new_name is None:
            raise UsageError("a variant needs a name of its own", remedy="new_name='...'")
        return self._store_variant(network, rules, new_name, only)

    def _store_variant(
        self, name: str | Imported, rules: Sequence[str], new_name: str, only: str | None
    ) -> Sequence[str]:
        from archdb.db.engine import writing
        from archdb.db.variants import check_free, check_name
        from archdb.db.writer import insert_seed
        from archdb.queries.named import rewrite_named
        from archdb.queries.seed import variant_seed

        check_name(new_name)
        with writing(self.path) as connection:  # from here on nobody else can change the base
            (made,) = rewrite_named(self.reader, [name], rules, only)
            if made.is_outside:
                raise UsageError(
                    "rules make variants of stored networks", remedy="store it first, without rules"
                ).at(made.base.name)
            if made.network.layers == made.base.layers:
                raise DefinitionError(
                    f"nothing of it is changed, so there is nothing to store as '{new_name}'",
                    remedy="\n  ".join(map(str, made.notes)),
                ).at(made.network.name)
            check_free(connection, new_name)
            insert_seed(connection, variant_seed(self.reader, made, new_name), "imported")
        return list(map(str, made.notes))

    store_rewritten = store  # its name in the first release

    def space_build(
        self,
        name: str,
        limit: int | None = None,
        *,
        sample: int | None = None,
        seed: int = 0,
        points: Iterable[int | str] = (),
        progress: Progress | None = None,
    ) -> Built:
        """Add the points of a search space that are missing: of all, of its first `limit`, of a
        `sample` that is drawn by a `seed`, or of `points` by number or name; how many were added,
        and how many were there."""
        from archdb.db import spaces
        from archdb.spaces import chosen, find

        space = find(name)
        numbers = chosen(space, limit, sample, seed, points)
        return spaces.build(self.path, space, progress=progress or self.progress, numbers=numbers)

    def derive(self, names: Sequence[str] | None = None) -> Sequence[str]:
        """Derive these networks, or all, whether stale or not; returns their names.

        Raises the first fault of rows that define no network.
        """
        from archdb.db import profiles

        every = "select name from network"
        wanted = names if names is not None else self.reader.run(every).column("name")
        for fault in profiles.refresh(self.path, wanted, self.progress).values():
            raise fault
        return wanted

    def derive_at(self, names: Sequence[str], input: InputLike) -> list[tuple[str, str]]:
        """Derive these networks at another input as well, and keep the figures; (name, input)."""
        from archdb.queries.freshness import profiles

        wanted = list(map(self.resolve, names))
        return list(zip(wanted, profiles(self.reader, wanted, spec_of(input)), strict=True))

    def refresh(self) -> dict[str, ArchdbError]:
        """Derive what is stale; the faults, by name, of networks whose rows define none."""
        from archdb.queries.freshness import refresh_stale

        return refresh_stale(self.reader)
