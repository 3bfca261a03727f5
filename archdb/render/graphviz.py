"""Drawings as files: what the name of one says, and Graphviz's dot where that is to draw it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from archdb.errors import ArchdbError, UsageError

#: What is written into files by these names: text as it is, and pictures that dot draws.
TEXTS = {".dot": "dot", ".gv": "dot", ".mmd": "mermaid"}
PICTURES = (".svg", ".pdf", ".png")
#: The picture that archdb draws itself.
OWN = ".svg"


def form_for(path: Path, form: str | None) -> str:
    """The form that a file of this name is made from: dot for pictures that Graphviz draws, svg for
    one that archdb draws.

    Raises UsageError where the suffix names no kind of drawing or not `form`, ArchdbError where
    only Graphviz could draw it and is not installed.
    """
    suffix = path.suffix.lower()
    if suffix not in (*TEXTS, *PICTURES):
        raise UsageError(
            f"'{path.name}' does not say which kind of drawing it is to be",
            remedy=f"end its name in one of: {', '.join((*PICTURES, *TEXTS))}",
        )
    found = TEXTS.get(suffix)
    if suffix == OWN:
        found = "svg" if form == "svg" or shutil.which("dot") is None else "dot"
    elif found is None:
        _dot(suffix)
        found = "dot"
    if form not in (None, found) and (form, suffix) != ("dot", OWN):
        raise UsageError(
            f"'{path.name}' is no file for --format {form}",
            remedy="leave --format out, or name another file",
        )
    return found


def write(drawn: str, form: str, path: Path) -> None:
    """Write a drawing of this form into a file that `form_for` has looked at."""
    if path.suffix.lower() in PICTURES and form == "dot":
        path.write_bytes(_picture(drawn, path.suffix.lower()))
    else:
        path.write_text(drawn, "utf-8")


def _picture(drawn: str, suffix: str) -> bytes:
    words = [_dot(suffix), f"-T{suffix[1:]}"]
    done = subprocess.run(words, input=drawn.encode(), capture_output=True, check=False)
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip() or f"exit status {done.returncode}"
        raise ArchdbError(
            f"Graphviz's dot could not draw it: {said}",
            remedy="--format svg draws without it",
        )
    return done.stdout


def _dot(suffix: str) -> str:
    """Where the program is."""
    found = shutil.which("dot")
    if found is None:
        raise ArchdbError(
            f"{suffix} files are drawn by Graphviz's dot, which is not installed",
            remedy=f"install Graphviz, or name a file that ends in {OWN}",
        )
    return found
