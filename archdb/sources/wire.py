"""The wire format of protocol buffers: fields of a message, read in place.

What a field holds is a slice of the file, so that what is not looked at is never loaded.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from math import isfinite
from typing import NamedTuple

from archdb.errors import DefinitionError

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5


def damaged(what: str) -> DefinitionError:
    """Bytes that are no message."""
    return DefinitionError(what, remedy="is it downloaded whole, and of the format of its name?")


class Field(NamedTuple):
    """A field: its number, its wire type, and a whole number or the bytes that it holds."""

    number: int
    wire: int
    value: int
    data: memoryview

    def text(self) -> str:
        """Its bytes as text; what is not UTF-8 in it is replaced."""
        return bytes(self.data).decode("utf-8", "replace")

    def signed(self) -> int:
        """Its whole number, which may be below zero."""
        return self.value - (1 << 64) if self.value >= 1 << 63 else self.value

    def number32(self) -> float:
        """Its four bytes as a floating-point number."""
        if self.wire != FIXED32:
            raise damaged(f"is damaged: field {self.number} is no number of 32 bits")
        return shortest(struct.unpack("<f", self.value.to_bytes(4, "little"))[0])


_EMPTY = memoryview(b"")


def varint(data: memoryview, at: int) -> tuple[int, int]:
    """A whole number and where it ends; DefinitionError where there is none."""
    value = shift = 0
    while True:
        if at >= len(data) or shift > 63:
            raise damaged(f"is cut off or damaged: a number at byte {at} does not end")
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value & ((1 << 64) - 1), at
        shift += 7


def fields(data: memoryview) -> Iterator[Field]:
    """The fields of a message in their order."""
    at, end = 0, len(data)
    while at < end:
        key, at = varint(data, at)
        number, wire = key >> 3, key & 7
        if number == 0:
            raise damaged("is no protocol buffer, or damaged: a field has the number 0")
        value, inner = 0, _EMPTY
        if wire == VARINT:
            value, at = varint(data, at)
        elif wire == BYTES:
            size, at = varint(data, at)
            if size > end - at:
                raise damaged(
                    f"is cut off or damaged: field {number} has {size} bytes, {end - at} are left"
                )
            inner, at = data[at : at + size], at + size
        elif wire in (FIXED32, FIXED64):
            size = 4 if wire == FIXED32 else 8
            if size > end - at:
                raise damaged("is cut off or damaged: a number is incomplete")
            value, at = int.from_bytes(data[at : at + size], "little"), at + size
        else:
            raise damaged(f"is no protocol buffer, or damaged: wire type {wire}")
        yield Field(number, wire, value, inner)


def packed(field: Field) -> list[int]:
    """Whole numbers of a repeated field, one alone or many in a row."""
    if field.wire != BYTES:
        return [field.signed()]
    found, at = [], 0
    while at < len(field.data):
        value, at = varint(field.data, at)
        found.append(value - (1 << 64) if value >= 1 << 63 else value)
    return found


def packed32(field: Field) -> list[float]:
    """Floating-point numbers of a repeated field, one alone or many in a row."""
    if field.wire != BYTES:
        return [field.number32()]
    count = len(field.data) // 4
    return [shortest(n) for n in struct.unpack(f"<{count}f", field.data[: 4 * count])]


def shortest(number: float) -> float:
    """The decimal that a 32-bit number was written as, such as 1e-06, and not the 64-bit number
    that it equals, 9.999999974752427e-07: the fewest digits that mean the same 32 bits."""
    if not isfinite(number):
        return number
    for digits in range(6, 10):  # nine always do
        written = float(f"{number:.{digits}g}")
        if struct.pack("<f", written) == struct.pack("<f", number):
            return written
    return number
