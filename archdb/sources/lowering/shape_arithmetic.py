"""Arithmetic on shapes, as exporters write it out: Shape → Gather → Concat → Reshape."""

from __future__ import annotations

from collections.abc import Callable

from archdb.sources.lowering.base import Lowering
from archdb.sources.lowering.values import Known
from archdb.sources.neutral import Call

ARITHMETIC: dict[str, Callable[[Lowering, Call], Known | None]] = {}
