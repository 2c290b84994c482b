"""Operations of the API: jobs.

Written by docs/make_client.py (`make client`) from the OpenAPI of the server: change nothing here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

from tunelens.client.caller import Caller, PathLike, quoted


class JobsCalls(Caller):
    """Operations: jobs."""

    def analyze_files(
        self,
        *,
        paths: Sequence[str] | None = None,
        uploads: Sequence[str] | None = None,
        keep: bool | None = None,
        models: Sequence[str] | None = None,
        force: bool | None = None,
        retry: bool | None = None,
    ) -> dict[str, Any]:
        """Hear files.

        Hear files and folders into the library, and uploads for their own sake or to be kept.

        What is up to date is not heard again. The result tells how many were heard and which failed and
        why; `heard` has the analysis of each upload that is not kept.

        Parameters
        ----------
        paths : Sequence[str]
            Files and folders inside the roots.
        uploads : Sequence[str]
            What `POST /uploads` has given.
        keep : bool
            Uploads become tracks of the library, and are kept for good.
        models : Sequence[str]
            Nets that listen; those that are here if left out, [] for none.
        force : bool
            Hear again what is up to date.
        retry : bool
            Try again what failed before.
        """
        return self._answer(
            "POST",
            "/jobs/analyze",
            body={
                "paths": paths,
                "uploads": uploads,
                "keep": keep,
                "models": models,
                "force": force,
                "retry": retry,
            },
        )

    def list_jobs(
        self,
        *,
        state: Literal["queued", "running", "done", "failed", "cancelled"] | None = None,
        kind: str | None = None,
        limit: int | None = None,
        offset: int | None = None,
    ) -> dict[str, Any]:
        """List jobs.

        List jobs, the newest first, without what was asked and what came of it.

        Parameters
        ----------
        state : Literal['queued', 'running', 'done', 'failed', 'cancelled']
            Only those in this state.
        kind : str
            Only those of this kind.
        limit : int
            How many, at most.
        offset : int
            How many to leave out at the beginning.
        """
        return self._answer(
            "GET", "/jobs", params={"state": state, "kind": kind, "limit": limit, "offset": offset}
        )

    def show_job(self, id: str) -> dict[str, Any]:
        """Show a job.

        Show a job as it is now.

        Parameters
        ----------
        id : str
            What the request for the job has given.
        """
        return self._answer("GET", f"/jobs/{quoted(id)}")

    def end_job(self, id: str) -> Any:
        """Cancel or forget a job.

        Cancel a job that waits or runs (it ends at its next report); forget one that has ended.

        Parameters
        ----------
        id : str
            What the request for the job has given.
        """
        return self._answer("DELETE", f"/jobs/{quoted(id)}")

    def watch_job(self, id: str) -> Iterator[dict[str, Any]]:
        """Watch a job.

        Send the job, as JSON, whenever it changes: ``progress``, ``state`` and, at last, ``done``.

        Parameters
        ----------
        id : str
            What the request for the job has given.
        """
        return self._events(f"/jobs/{quoted(id)}/events")

    def fetch_job_file(self, id: str, name: str, out: PathLike, *, force: bool = False) -> Path:
        """Fetch a file of a job.

        Fetch a file that a job has written; reports open in a sandbox.

        Parameters
        ----------
        id : str
            What the request for the job has given.
        name : str
            A name from `files` of the job.
        out : path
            Where it is written; `force` overwrites.
        """
        return self._fetch(f"/jobs/{quoted(id)}/files/{quoted(name)}", out, force=force)
