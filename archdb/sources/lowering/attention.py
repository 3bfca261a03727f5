"""Attention that is one call."""

from __future__ import annotations
