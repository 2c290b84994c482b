"""The job that compares models on the same folds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tunelens.services.compare import ALL, compare
from tunelens.services.jobs.context import Context
from tunelens.services.jobs.datasets import read_tracks
from tunelens.services.jobs.works.evaluate import options_of, write_reports
from tunelens.services.jobs.works.train import recipe_of


def run(request: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Compare ``models``, all that fit if there are none, on ``dataset``; files and options as `evaluate`."""
    named = request.get("models") or ()
    found = compare(
        read_tracks(request["dataset"], context),
        [recipe_of(request, one) for one in named] or ALL,
        options=options_of(request),
        settings=context.settings,
        progress=context.progress,
    )
    write_reports(found, context)
    return found.to_dict()
