"""Which file a request means by sound: a track, a path inside the roots, or an upload."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tunelens.base.errors import ParameterError
from tunelens.library.store import Library
from tunelens.services.jobs.uploads import Uploads
from tunelens.services.roots import Roots

WAYS = ("track", "path", "upload")


def find_sound(ref: Mapping[str, Any], library: Library, roots: Roots, uploads: Uploads) -> Path:
    """Return the file that `ref` names by exactly one of ``track``, ``path`` and ``upload``.

    Raises
    ------
    ParameterError
        It names none, or several.
    NotFoundError
        There is no such thing, or it may not be read here.
    """
    given = [way for way in WAYS if ref.get(way) is not None]
    if len(given) != 1:
        raise ParameterError(
            f"{' and '.join(given) or 'nothing'} is given as sound", hint=f"give one of {', '.join(WAYS)}"
        )
    if given == ["track"]:
        return roots.of_track(library.track(int(ref["track"])).path)
    if given == ["upload"]:
        return uploads.path(ref["upload"])
    path = roots.resolve(ref["path"])
    if not path.is_file():
        raise ParameterError(f"{ref['path'][:200]!r} is a folder; a file is needed")
    return path
