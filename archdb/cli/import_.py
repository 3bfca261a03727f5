"""archdb import"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from archdb.cli.common import bar, input_option, notify, open_database
from archdb.errors import ArchdbError
from archdb.model.input_spec import InputSpec

if TYPE_CHECKING:
    from archdb.api import Database


@click.command("import")
@click.argument("words", nargs=-1, required=True, metavar="FILE…")
@click.option("--as", "name", metavar="NAME", help="What the network is to be called.")
@input_option("The size of an input that the file leaves open: 384, or 3x384x384.")
@click.option(
    "--phase", type=click.Choice(("train", "test")), help="Of a prototxt file: which of its two."
)
@click.option("--dry-run", is_flag=True, help="Say what it is, and store nothing.")
@click.option("--replace", is_flag=True, help="In place of a network of that name.")
@click.pass_context
def command(
    ctx: click.Context,
    words: tuple[str, ...],
    name: str | None,
    spec: InputSpec,
    phase: str | None,
    dry_run: bool,
    replace: bool,
) -> None:
    """Add networks: from seeds (.toml), ONNX, Caffe (.prototxt) and Darknet (.cfg) files, and from
    installed libraries, as timm:resnet18, timm:resnet* or torchvision:all.

    All of them are added, or none if one is at fault; but of a glob over a library those that
    fail are told and passed over.
    """
    from archdb.sources.base import models

    several = [one for word in words for one in models(word)]
    with open_database(ctx) as database:
        if several != list(words):
            _each(ctx, database, several, dry_run, replace)
            return
        given = [sys.stdin.buffer.read() if w == "-" else w for w in words]
        found = database.import_(
            *given, replace=replace, name=name, input=spec, dry_run=dry_run, phase=phase
        )
        for own, notes in found.items():
            notify(f"{'would import' if dry_run else 'imported'} {own}")
            for note in notes:
                notify(f"  {note}")


def _each(
    ctx: click.Context, database: Database, words: list[str], dry_run: bool, replace: bool
) -> None:
    """Models of libraries, one by one: those that fail are told and passed over."""
    drawn, done = bar(ctx), 0
    for at, word in enumerate(words):
        drawn(at, len(words))
        try:
            for notes in database.import_(word, replace=replace, dry_run=dry_run).values():
                done += 1
                notify(f"{word}: {notes[-1]}")
        except ArchdbError as error:
            notify(f"passed over: {error}")
    drawn(len(words), len(words))
    notify(f"{done} of {len(words)} {'read' if dry_run else 'imported'}")
    if not done:
        raise ArchdbError("none of them could be imported")
