"""The job that writes tags into many files, or takes them back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tunelens.services.jobs.context import Context
from tunelens.services.tag import TagOptions, TagReport, tag, undo

MOST_LISTED = 1000


def run(request: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Write or undo; what was written before a stop stays, and can be undone by its batch.

    Parameters
    ----------
    request : Mapping
        ``action``: "write", with ``tracks``, ``where``, ``fields`` and the other options of `TagOptions`; or
        "undo", with ``batch``.
    context : Context
        Which files may be touched.
    """
    if request["action"] == "undo":
        work = undo(context.library, request.get("batch"), progress=context.progress)
    else:
        work = tag(
            context.library,
            request.get("tracks", ()),
            request.get("where", ""),
            TagOptions.from_dict(request),
            write=True,
            allowed=context.roots.of_track,
            progress=context.progress,
        )
    return TagReport.of(work, most=MOST_LISTED).to_dict()
