"""`Jobs`: the queue, the threads that work it off, and who watches."""

from __future__ import annotations

import asyncio
import itertools
import logging
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from secrets import token_hex
from typing import Any

from tunelens.base.errors import (
    BusyError,
    DataError,
    NotFoundError,
    ParameterError,
    TunelensError,
    WorkerError,
)
from tunelens.base.files import lock, unwritten
from tunelens.base.settings import Settings
from tunelens.library.store import Library
from tunelens.models.fitting.watch import watching
from tunelens.services.engines import unforeseen
from tunelens.services.jobs.context import Cancelled, Context, Stop, Watched
from tunelens.services.jobs.job import CANCELLED, DONE, FAILED, QUEUED, RUNNING, Job, now
from tunelens.services.jobs.kinds import KINDS
from tunelens.services.jobs.store import Store, plain
from tunelens.services.jobs.uploads import UploadLimits, Uploads
from tunelens.services.roots import Roots

LOG = logging.getLogger(__name__)
LOOK_S = 0.2
WRITE_S = 2.0
TELL_S = 0.1


@dataclass(frozen=True)
class Limits:
    """How many jobs there may be, and for how long.

    Parameters
    ----------
    workers : int
        Jobs that run at a time.
    max_waiting : int
        Jobs that may wait.
    max_attempts : int
        How often a job is begun that never comes to an end.
    keep_number : int
        Ended jobs that are kept.
    keep_s : float
        How long they are kept, seconds.
    """

    workers: int = 2
    max_waiting: int = 200
    max_attempts: int = 3
    keep_number: int = 500
    keep_s: float = 30 * 86_400.0


class Jobs:
    """Long work over one library.

    Every method may be called from any thread. Work begins with `start`, and only one process at a time
    may have started: it holds a lock beside the jobs.

    Parameters
    ----------
    folder : Path
        Where jobs are kept, see `beside`.
    library : Library
        What they are about.
    settings : Settings, optional
        As for services.
    roots : Roots, optional
        Folders that may be read; none if left out.
    limits : Limits, optional
        How many, how long.
    uploads : UploadLimits, optional
        How much is taken from callers.
    """

    def __init__(
        self,
        folder: Path,
        library: Library,
        settings: Settings | None = None,
        *,
        roots: Roots | None = None,
        limits: Limits | None = None,
        uploads: UploadLimits | None = None,
    ) -> None:
        self.library, self.settings = library, settings or Settings.from_env()
        self.roots, self.limits = roots or Roots(), limits or Limits()
        self.uploads = Uploads(folder / "uploads", uploads)
        self.damaged: dict[str, str] = {}
        self._store = Store(folder)
        self._changed = threading.Condition()
        self._jobs: dict[str, Job] = {}
        self._numbers: dict[str, int] = {}
        self._count = itertools.count(int(time.time() * 1000))  # never what it was before a restart
        self._waiting: deque[str] = deque()
        self._stops: dict[str, Stop] = {}
        self._threads: list[threading.Thread] = []
        self._held = ExitStack()
        self._ending = False

    @staticmethod
    def beside(library: Path) -> Path:
        """Return the folder in which the jobs of a library are kept."""
        return library.with_name(f"{library.name}.jobs")

    # -- life ----------------------------------------------------------------------------------------

    def start(self) -> None:
        """Take over what is kept, and work.

        Raises
        ------
        DataError
            Another process works on the jobs of this library, or their folder cannot be written.
        """
        folder = self._store.folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise unwritten(folder, error) from error
        busy = DataError(
            f"another server works on {str(self.library.path)!r}", hint="use that one, or end it first"
        )
        self._held.enter_context(lock(folder / "lock", busy))
        self._ending = False
        self._take_over()
        self._threads = [
            threading.Thread(target=self._work, name=f"job-{number}", daemon=True)
            for number in range(self.limits.workers)
        ]
        for thread in self._threads:
            thread.start()

    def ask_to_end(self) -> None:
        """Ask all that runs to stop and to be begun again later, and wait for nothing."""
        with self._changed:
            self._ending = True
            for one in self._stops.values():
                one.ask(again=True)
            self._changed.notify_all()

    def stop(self, wait_s: float = 10.0) -> bool:
        """Put what is running back in the queue, and end.

        Returns
        -------
        bool
            False when some job has not listened within `wait_s` seconds; it is begun again at the next start.
        """
        self.ask_to_end()
        until = time.monotonic() + wait_s
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
        ended = not any(thread.is_alive() for thread in self._threads)
        if ended:
            self._held.close()
        return ended

    @property
    def working(self) -> bool:
        """Is there a thread for every worker?"""
        return bool(self._threads) and all(thread.is_alive() for thread in self._threads)

    def _take_over(self) -> None:
        self._store.sweep()
        self.uploads.clear_parts()
        self.uploads.expire()
        for id in self._store.ids():
            try:
                self._set(self._store.read(id))
            except TunelensError as error:
                self.damaged[id] = error.message
                LOG.warning("job %s is left out: %s", id, error.message)
        for job in sorted(self._jobs.values(), key=lambda one: one.created_at):
            if not job.ended:
                self._bring_back(job)
        self._forget_old()

    def _bring_back(self, job: Job) -> None:
        if job.attempts >= self.limits.max_attempts:
            error = WorkerError(
                f"the server ended {job.attempts} times while this job ran",
                hint="it may need more memory than there is; ask for less of it",
            )
            self._settle(replace(job, state=FAILED, ended_at=now(), error=error.to_dict()))
            return
        self._settle(replace(job, state=QUEUED))
        self._waiting.append(job.id)

    # -- asking --------------------------------------------------------------------------------------

    def submit(self, kind: str, request: Mapping[str, Any], owner: str = "") -> Job:
        """Queue a job; it is on disk when this returns.

        Raises
        ------
        UnknownNameError
            No such kind.
        BusyError
            Too many are waiting.
        NoRoomError, DataError
            It cannot be written.
        """
        KINDS[kind]
        job = Job(token_hex(16), kind, plain(request), now(), owner=owner)
        with self._changed:
            if len(self._waiting) >= self.limits.max_waiting:
                raise BusyError(
                    f"{len(self._waiting)} jobs are waiting; {self.limits.max_waiting} are allowed",
                    hint="wait until some are done, or cancel some",
                )
            self._store.add(job)
            self._set(job)
            self._waiting.append(job.id)
        self._forget_old()
        return job

    def get(self, id: str) -> Job:
        """Return a job as it is now; `NotFoundError` where there is none."""
        with self._changed:
            if id not in self._jobs:
                raise NotFoundError(f"there is no job {id[:40]!r}", hint="ended jobs are kept for a month")
            return self._jobs[id]

    def list(
        self, *, state: str | None = None, kind: str | None = None, limit: int = 50, offset: int = 0
    ) -> tuple[tuple[Job, ...], int]:
        """Return a page of the jobs, the newest first, and how many there are."""
        with self._changed:
            found = [
                job
                for job in self._jobs.values()
                if (state is None or job.state == state) and (kind is None or job.kind == kind)
            ]
        found.sort(key=lambda job: (job.created_at, job.id), reverse=True)
        return tuple(found[offset : offset + limit]), len(found)

    def counts(self) -> dict[str, int]:
        """Return how many jobs are in each state."""
        with self._changed:
            states = [job.state for job in self._jobs.values()]
        return {state: states.count(state) for state in (QUEUED, RUNNING, DONE, FAILED, CANCELLED)}

    def cancel(self, id: str) -> Job:
        """Ask a job to stop: at once while it waits, at its next report while it runs.

        Raises
        ------
        NotFoundError
            There is none of this id.
        ParameterError
            It has ended.
        """
        with self._changed:
            job = self.get(id)
            if job.ended:
                raise ParameterError(f"job {id} is {job.state} already", hint="delete it to forget it")
            if id in self._stops:
                self._stops[id].ask()
                return job
            if id in self._waiting:
                self._waiting.remove(id)
            return self._settle(replace(job, state=CANCELLED, ended_at=now()))

    def delete(self, id: str) -> None:
        """Forget a job that has ended, and its files.

        Raises
        ------
        NotFoundError
            There is none of this id.
        ParameterError
            It has not ended.
        """
        with self._changed:
            job = self.get(id)
            if not job.ended:
                raise ParameterError(f"job {id} is {job.state}", hint="cancel it first")
            self._store.remove(id)
            del self._jobs[id], self._numbers[id]
            self._changed.notify_all()

    def folder(self, id: str) -> Path:
        """Return the folder of a job's files; `NotFoundError` where there is no such job."""
        return self._store.files(self.get(id).id)

    def file(self, id: str, name: str) -> Path:
        """Return one of the files that a job has left.

        Raises
        ------
        NotFoundError
            There is no such job, or it has no such file; nothing else is ever named.
        """
        job = self.get(id)
        path = self.folder(id) / name
        if name not in {one.name for one in job.files} or path.is_symlink() or not path.is_file():
            raise NotFoundError(f"job {id} has no file {name[:200]!r}")
        return path

    # -- watching ------------------------------------------------------------------------------------

    def number(self, id: str) -> int:
        """Return the number of a job's last change; `NotFoundError` where there is none."""
        with self._changed:
            self.get(id)
            return self._numbers[id]

    async def watch(
        self, id: str, after: int = 0, *, beat_s: float = 15.0
    ) -> AsyncIterator[tuple[int, Job] | None]:
        """Yield ``(number, job)`` whenever a job has changed, until it has ended or is forgotten.

        Parameters
        ----------
        id : str
            The job.
        after : int
            Number of the change that the watcher has seen last.
        beat_s : float
            Yield None after so many seconds without a change.

        Raises
        ------
        NotFoundError
            There is no such job.
        """
        self.get(id)
        quiet = 0.0
        while True:
            with self._changed:
                job, number = self._jobs.get(id), self._numbers.get(id, 0)
            if job is None:
                return
            if number != after:
                after, quiet = number, 0.0
                yield number, job
            if job.ended or self._ending:
                return
            if quiet >= beat_s:
                quiet = 0.0
                yield None
            await asyncio.sleep(LOOK_S)
            quiet += LOOK_S

    def wait(self, id: str, timeout_s: float | None = None) -> Job:
        """Block until a job has ended, or so many seconds, and return it."""
        with self._changed:
            self._changed.wait_for(lambda: self.get(id).ended, timeout_s)
            return self.get(id)

    # -- working -------------------------------------------------------------------------------------

    def _work(self) -> None:
        while (job := self._next()) is not None:
            try:
                self._run(job)
            except Exception:  # the boundary: a thread that dies would leave the queue to nobody
                LOG.exception("job %s could not be run", job.id)
            finally:
                with self._changed:
                    self._stops.pop(job.id, None)

    def _next(self) -> Job | None:
        with self._changed:
            self._changed.wait_for(lambda: self._ending or self._waiting)
            if self._ending:
                return None
            id = self._waiting.popleft()
            self._stops[id] = Stop()
            return self._jobs[id]

    def _run(self, job: Job) -> None:
        stop = self._stops[job.id]
        job = replace(job, state=RUNNING, started_at=now(), attempts=job.attempts + 1, progress=None)
        self._settle(job)
        ended = self._outcome(job, stop)
        self._settle(self._again(ended) if stop.heard and stop.again else ended)

    @staticmethod
    def _again(job: Job) -> Job:
        """Return a job that the end of the server has interrupted: it waits, and that was no attempt."""
        return replace(
            job, state=QUEUED, ended_at=None, result=None, error=None, attempts=max(0, job.attempts - 1)
        )

    def _outcome(self, job: Job, stop: Stop) -> Job:
        result, error = None, None
        try:
            watched = Watched(self._teller(job.id), stop)
            with watching(on_epoch=watched.learn):
                result = plain(KINDS[job.kind](job.request, self._context(job, stop, watched)))
        except Cancelled:
            pass
        except TunelensError as raised:
            error = raised
        except Exception as raised:  # the boundary: a bug costs one job
            LOG.exception("job %s failed", job.id)
            error = unforeseen(job.kind, raised)
        state = CANCELLED if stop.heard else FAILED if error else DONE
        return replace(
            self.get(job.id),
            state=state,
            ended_at=now(),
            result=result,
            error=error.to_dict() if error and not stop.heard else None,
            files=self._store.artifacts(job.id),
        )

    def _context(self, job: Job, stop: Stop, watched: Watched) -> Context:
        folder = self._store.files(job.id)
        folder.mkdir(exist_ok=True)
        return Context(
            library=self.library,
            settings=self.settings,
            folder=folder,
            roots=self.roots,
            uploads=self.uploads,
            progress=watched,
            check=stop.check,
            note=watched.note,
        )

    def _teller(self, id: str) -> Any:
        """Return what takes the progress of a job: shown soon, written now and then."""
        shown = written = 0.0

        def tell(progress: Mapping[str, Any]) -> None:
            nonlocal shown, written
            moment = time.monotonic()
            last = progress["done"] in (0, progress["total"])
            if moment - shown < TELL_S and not last:
                return
            shown = moment
            job = replace(self.get(id), progress=progress)
            if moment - written >= WRITE_S:
                written = moment
                self._settle(job)
            else:
                self._set(job)

        return tell

    # -- keeping -------------------------------------------------------------------------------------

    def _settle(self, job: Job) -> Job:
        """Keep what has become of a job; a full disk costs the file, not the job."""
        try:
            self._store.keep(job)
        except TunelensError as error:
            LOG.warning("job %s is not on disk as it is: %s", job.id, error.message)
        return self._set(job)

    def _set(self, job: Job) -> Job:
        with self._changed:
            self._jobs[job.id] = job
            self._numbers[job.id] = next(self._count)
            self._changed.notify_all()
        return job

    def _forget_old(self) -> None:
        with self._changed:
            ended = sorted(
                (job for job in self._jobs.values() if job.ended),
                key=lambda one: one.ended_at or "",
                reverse=True,
            )
            oldest = time.time() - self.limits.keep_s
            for place, job in enumerate(ended):
                if place >= self.limits.keep_number or _moment(job) < oldest:
                    try:
                        self.delete(job.id)
                    except TunelensError as error:
                        LOG.warning("job %s is not forgotten: %s", job.id, error.message)


def _moment(job: Job) -> float:
    return datetime.fromisoformat(job.ended_at or job.created_at).timestamp()
