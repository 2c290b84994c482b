"""Lay the whole library out as a map."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tunelens.services.jobs.context import Context
from tunelens.services.library_map import make_map


def run(request: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Do it; `request` has ``projection``, ``features``, ``seed`` and ``fresh``, as `make_map` takes them."""
    made = make_map(context.library, **request, settings=context.settings, progress=context.progress)
    names = ("n", "n_new", "projection", "trust", "made_at")
    return {"stamp": made.stamp, **{name: made.about[name] for name in names}}
