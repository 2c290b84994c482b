"""The job that says which songs of the library sound in a long file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tunelens.services.identify import identify
from tunelens.services.jobs.context import Context


def run(request: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Look a sound up.

    Parameters
    ----------
    request : Mapping
        The sound (``track``, ``path`` or ``upload``); ``speed`` and ``least`` as for `identify`.
    context : Context
        What is known.

    Raises
    ------
    TunelensError
        The file cannot be heard, or the library knows nothing to find.
    """
    wanted = {name: request[name] for name in ("speed", "least") if request.get(name) is not None}
    path = context.sound(request)
    (found,) = identify(context.library, path, **wanted, settings=context.settings, progress=context.progress)
    if found.error is not None:
        raise found.error
    return found.to_dict()
