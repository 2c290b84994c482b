"""Answers on disk, so that a run that was stopped goes on, and a chart is not asked for twice a day."""

from __future__ import annotations

import hashlib
import json
import os
import time
from pathlib import Path

from tunelens.base.files import atomic_path
from tunelens.charts.web.fetcher import Question

_KEPT_S = 30 * 86_400.0


class Answers:
    """Bodies by what was asked.

    Parameters
    ----------
    folder : Path
        May be deleted at any time.
    max_age_s : float
        Older answers are not given.
    """

    def __init__(self, folder: Path, max_age_s: float) -> None:
        self._folder = folder
        self._max_age_s = max_age_s
        self._tidied = False

    def get(self, question: Question) -> tuple[bytes, float] | None:
        """Return a body that is not too old, and when it came (seconds since 1970), or None."""
        path = self._path(question)
        try:
            at = path.stat().st_mtime
            if not 0 <= time.time() - at < self._max_age_s:
                return None
            return path.read_bytes(), at
        except OSError:
            return None

    def put(self, question: Question, body: bytes) -> None:
        """Keep a body; of others what is a month old goes."""
        path = self._path(question)
        with atomic_path(path) as temporary:
            temporary.write_bytes(body)
        path.chmod(0o600)
        if not self._tidied:
            self._forget()

    def _forget(self) -> None:
        self._tidied = True
        limit = time.time() - max(_KEPT_S, self._max_age_s)
        with os.scandir(self._folder) as found:
            old = [one.path for one in found if one.name.endswith(".json") and one.stat().st_mtime < limit]
        for path in old:
            Path(path).unlink(missing_ok=True)

    def _path(self, question: Question) -> Path:
        # secrets are part of what is asked, so that nobody gets what another token was answered; only their
        # hash is on disk
        asked = [
            question.method, question.url, sorted(question.headers.items()), sorted(question.secrets.items()),
            question.content.hex(),
        ]  # fmt: skip
        digest = hashlib.sha256(json.dumps(asked).encode()).hexdigest()
        return self._folder / f"{digest}.json"
