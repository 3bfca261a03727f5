"""What alignments are held to, whatever networks they are of."""

from archdb.analysis.aligned_layer import FIRST_ONLY, SECOND_ONLY
from archdb.analysis.alignment import Alignment, align
from archdb.analysis.fingerprint import fingerprint
from archdb.analysis.patch import apply, patch
from archdb.model.graph import Network

MIRRORED = {FIRST_ONLY: SECOND_ONLY, SECOND_ONLY: FIRST_ONLY}


def changes(alignment: Alignment) -> list[str]:
    """What is not the same, a line each: '+ bn1', '- pool', 'conv1 stride: 2 → 1'."""
    lines = []
    for row in alignment.rows:
        if row.alone:
            lines.append(f"{'+' if row.here is None else '-'} {row.layer.name}")
        lines += [f"{row.layer.name} {change}" for change in row.changes]
    return lines


def held(first: Network, second: Network) -> Alignment:
    """The alignment of two networks, which makes the second of the first and has a mirror image."""
    alignment = align(first, second)
    forms = alignment.forms
    assert fingerprint(apply(forms[0], patch(alignment))) == fingerprint(forms[1])
    assert sorted(_sides(align(second, first))) == sorted(
        (MIRRORED.get(status, status), there, here, edits)
        for status, here, there, edits in _sides(alignment)
    )
    return alignment


def _sides(alignment: Alignment) -> list[tuple[str, str, str, int]]:
    return [
        (
            row.status,
            row.here.name if row.here else "",
            row.there.name if row.there else "",
            row.edits,
        )
        for row in alignment.rows
    ]
