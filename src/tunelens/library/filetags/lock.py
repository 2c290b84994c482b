"""One process at a time writes tags for one library."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from pathlib import Path

from tunelens.base.errors import DataError
from tunelens.base.files import lock


def only_one(library: Path) -> AbstractContextManager[None]:
    """Hold the lock of `library`, a file beside it; the system lets go of it when the process ends.

    A library that is named by a link has the lock of what the link points to.

    Raises
    ------
    DataError
        Another process holds it, or its folder cannot be written.
    """
    busy = DataError(f"another process is writing tags for {str(library)!r}", hint="wait until it is done")
    return lock(Path(f"{os.path.realpath(library)}.tag-lock"), busy)
