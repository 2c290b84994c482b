"""The job that copies the library to one file, and proves the copy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tunelens.services import upkeep
from tunelens.services.jobs.context import Context


def run(_: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Back the library up into the folder of the job, with its SHA-256 beside it."""
    to = context.folder / f"{context.library.path.stem}-backup.db"
    made = upkeep.back_up(context.library.path, to, force=True, progress=context.progress)
    return made.to_dict()
