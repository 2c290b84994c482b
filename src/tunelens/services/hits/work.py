"""`Work`: the folder where finished stages are kept, so that a run that was killed goes on."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import file_digest
from pathlib import Path
from typing import Any

from tunelens.base.errors import DataError
from tunelens.base.files import atomic_path
from tunelens.services.hits.keeping import from_plain, to_plain

MOST_KEPT = 6
"""Results of one stage that are kept: going back to a parameter of before costs nothing."""
_WRITTEN = "written.json"


@dataclass(frozen=True)
class Kept:
    """What a stage found in an earlier run.

    Parameters
    ----------
    result : object
        What it found.
    parameters : Mapping
        What it was asked.
    seconds : float
        What it cost.
    made_at : str
        When, ISO 8601, UTC.
    """

    result: Any
    parameters: Mapping[str, Any]
    seconds: float
    made_at: str


@dataclass(frozen=True)
class Work:
    """A folder with results by stage and key, excerpts, and a library of what was heard.

    Every file is whole or absent: it is written beside its place and then moved there.

    Parameters
    ----------
    folder : Path
        Made when something is kept.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     work = Work(Path(folder))
    ...     _ = work.keep("count", "abc", {"songs": 3}, parameters={"k": 2}, seconds=0.1)
    ...     work.load("count", "abc").result, work.load("count", "other")
    ({'songs': 3}, None)
    """

    folder: Path

    @property
    def library(self) -> Path:
        """The library of what was heard in this folder."""
        return self.folder / "library.db"

    def place(self, name: str) -> Path:
        """Return a folder for the files of a stage."""
        return self.folder / name

    def load(self, stage: str, key: str) -> Kept | None:
        """Return what was kept under `key`; None when nothing was, or it is damaged."""
        try:
            held = json.loads(self._path(stage, key).read_text(encoding="ascii"))
            if held["key"] != key:
                return None
            return Kept(from_plain(held["result"]), held["parameters"], held["seconds"], held["made_at"])
        except (OSError, ValueError, KeyError, TypeError, RecursionError, DataError):
            return None

    def keep(
        self, stage: str, key: str, result: Any, *, parameters: Mapping[str, Any], seconds: float
    ) -> Kept:
        """Keep what a stage found, and forget the oldest of many.

        Raises
        ------
        DataError
            The folder cannot be written.
        """
        made_at = datetime.now(UTC).isoformat(timespec="seconds")
        held = {
            "stage": stage, "key": key, "parameters": dict(parameters), "seconds": round(seconds, 3),
            "made_at": made_at, "result": to_plain(result),
        }  # fmt: skip
        with atomic_path(self._path(stage, key)) as temporary:
            temporary.write_text(json.dumps(held), encoding="ascii")
        for old in sorted(self._kept(stage), key=lambda path: -path.stat().st_mtime_ns)[MOST_KEPT:]:
            old.unlink(missing_ok=True)
        return Kept(result, dict(parameters), seconds, made_at)

    def _kept(self, stage: str) -> Iterator[Path]:
        return self.place("stages").glob(f"{stage}-*.json")

    def _path(self, stage: str, key: str) -> Path:
        return self.place("stages") / f"{stage}-{key[:20]}.json"

    def wrote(self, page: Path) -> None:
        """Remember that `page` is ours as it stands: the next run may replace it unasked."""
        known = self._written() | {str(page.absolute()): _digest(page)}
        with atomic_path(self.folder / _WRITTEN) as temporary:
            temporary.write_text(json.dumps(known), encoding="ascii")

    def owns(self, page: Path) -> bool:
        """Was `page` written from this folder, and not changed since?"""
        known = self._written().get(str(page.absolute()))
        return known is not None and page.is_file() and _digest(page) == known

    def _written(self) -> dict[str, str]:
        try:
            known = json.loads((self.folder / _WRITTEN).read_text(encoding="ascii"))
            return known if isinstance(known, dict) else {}
        except (OSError, ValueError):
            return {}


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
