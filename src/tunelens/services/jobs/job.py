"""`Job`: what was asked, how far it is, what came of it."""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Self

from tunelens.base.errors import DataError

QUEUED, RUNNING, DONE, FAILED, CANCELLED = STATES = ("queued", "running", "done", "failed", "cancelled")
ENDED = (DONE, FAILED, CANCELLED)
LONGEST_BRIEF = 2000


@dataclass(frozen=True)
class Artifact:
    """A file that a job wrote.

    Parameters
    ----------
    name : str
        Its name, with ``/`` where it is in a folder.
    size_bytes : int
        Its size.
    media_type : str
        What it is, by its suffix.
    """

    name: str
    size_bytes: int
    media_type: str

    @classmethod
    def of(cls, name: str, size_bytes: int) -> Self:
        """Build from what the folder shows.

        Examples
        --------
        >>> Artifact.of("report.html", 3).media_type
        'text/html'
        """
        return cls(name, size_bytes, mimetypes.guess_type(name)[0] or "application/octet-stream")


@dataclass(frozen=True)
class Job:
    """One piece of long work.

    Parameters
    ----------
    id : str
        32 hexadecimal digits.
    kind : str
        A name in `KINDS`.
    request : Mapping
        What was asked.
    state : str
        One of `STATES`.
    created_at, started_at, ended_at : str
        When, ISO 8601, UTC; None for what has not happened.
    progress : Mapping or None
        ``what`` is counted, ``total``, ``done`` and ``failed`` of it, the last ``item``,
        ``eta_s`` seconds left.
    result : Mapping or None
        What came of it; also of a cancelled job, as far as it went.
    error : Mapping or None
        ``code``, ``message`` and ``hint`` of a failed one.
    files : tuple of Artifact
        What it wrote.
    attempts : int
        How often it was begun; a server that was killed begins it again.
    owner : str
        Who asked.

    Examples
    --------
    >>> job = Job(id="0" * 32, kind="analyze", request={"paths": []}, created_at="2030-01-01T00:00:00+00:00")
    >>> Job.from_dict(job.to_dict()) == job, job.ended
    (True, False)
    """

    id: str
    kind: str
    request: Mapping[str, Any]
    created_at: str
    state: str = QUEUED
    started_at: str | None = None
    ended_at: str | None = None
    progress: Mapping[str, Any] | None = None
    result: Mapping[str, Any] | None = None
    error: Mapping[str, Any] | None = None
    files: tuple[Artifact, ...] = ()
    attempts: int = 0
    owner: str = ""

    @property
    def ended(self) -> bool:
        """Will it change no more?"""
        return self.state in ENDED

    def to_dict(self, *, brief: bool = False) -> dict[str, Any]:
        """Return the job as a JSON object; `brief` leaves out what came of it, and a long request."""
        values = asdict(self) | {"files": [asdict(one) for one in self.files]}
        if brief:
            long = len(json.dumps(self.request)) > LONGEST_BRIEF
            values |= {"request": None if long else dict(self.request), "result": None}
        return values

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Build from what `to_dict` returned.

        Raises
        ------
        DataError
            It is something else.
        """
        try:
            files = tuple(Artifact(**one) for one in values["files"])
            job = cls(**{**values, "files": files})
            _check(job)
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise DataError(f"not a job: {type(error).__name__} {error}") from error
        return job


def _check(job: Job) -> None:
    texts = (job.id, job.kind, job.created_at, job.owner)
    if job.state not in STATES or not all(isinstance(text, str) for text in texts):
        raise ValueError(f"state {job.state!r}")
    if not isinstance(job.request, dict) or not isinstance(job.attempts, int):
        raise TypeError("request or attempts")
    if not all(isinstance(one, dict | None) for one in (job.progress, job.result, job.error)):
        raise TypeError("progress, result or error")
    for moment in (job.created_at, job.started_at, job.ended_at):
        if moment is not None:
            datetime.fromisoformat(moment)


def now() -> str:
    """Return the moment as jobs have it: ISO 8601, UTC, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
