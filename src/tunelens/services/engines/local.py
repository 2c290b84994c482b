"""The engine of one machine: worker processes that may crash or hang without harm to the rest.

Each worker has a pool of its own (`pebble.ProcessPool` of one process), so no pipe and no lock is shared
between workers: whatever state a dying worker leaves behind is thrown away together with its pool.
One worker is used even for ``jobs=1``, because a time limit and a crash cannot be survived in-process.

Workers come from a fork server on Linux, which has imported the function's module once, and by spawn
elsewhere. They ignore Ctrl-C (the parent decides) and end when their parent does, however it ends.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pebble import ProcessExpired, ProcessPool

from tunelens.base.errors import LateError, ParameterError, WorkerError
from tunelens.services.engines import I, Outcome, R, attempt, unforeseen

ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
STARTS = 3  # a worker that dies before it takes its item this often will never start
LOOK_S = 1.0  # how often to look whether a pool has broken without telling


class Local:
    """Run items in worker processes; a dead or late worker costs its item and is replaced."""

    def map(
        self, function: Callable[[I], R], items: Iterable[I], *, jobs: int = 1, timeout_s: float = 0.0
    ) -> Generator[Outcome, None, None]:
        """Yield the outcomes as they complete; closing the iterator stops the workers.

        Raises
        ------
        WorkerError
            No worker can be started at all.

        Examples
        --------
        >>> [outcome.result for outcome in LOCAL.map(len, ["a", "bb"])]
        [1, 2]
        """
        if jobs < 1:
            raise ParameterError(f"jobs is {jobs}; at least 1 is needed")
        context = _context(function)
        slots = [_Slot(context, function, timeout_s or None) for _ in range(jobs)]
        try:
            yield from _work(slots, iter(items))
        finally:
            with ThreadPoolExecutor(jobs) as stoppers:
                list(stoppers.map(_Slot.stop, slots))


LOCAL = Local()


class Standing:
    """One worker that stays between calls, for a server that is asked one item at a time.

    Parameters
    ----------
    function : callable of one item
        As for `Engine.map`.
    timeout_s : float
        Longest time one item may take, seconds; 0 means no limit.
    """

    def __init__(self, function: Callable[[I], R], timeout_s: float = 0.0) -> None:
        self._slot = _Slot(_context(function), function, timeout_s or None)
        self._alone = threading.Lock()

    def __call__(self, item: I) -> Outcome:
        """Return what becomes of `item`; callers of other threads wait for their turn."""
        with self._alone:
            (outcome,) = _work([self._slot], iter([item]))
            return outcome

    def stop(self) -> None:
        """End the worker; another call starts a new one."""
        with self._alone:
            self._slot.stop()


def _work(slots: list[_Slot], items: Iterator[Any]) -> Generator[Outcome, None, None]:
    """Keep every slot busy; the next item is handed out before the last outcome is yielded."""
    busy = [slot for slot in slots if slot.take(items)]
    while busy:
        wait([slot.task.future for slot in busy if slot.task], timeout=LOOK_S, return_when=FIRST_COMPLETED)
        for slot in [slot for slot in busy if slot.is_settled]:
            outcome = slot.settle()
            if outcome is None:
                continue
            if not slot.take(items):
                busy.remove(slot)
            yield outcome


@dataclass
class _Task:
    item: Any
    future: Future
    start: int = 1


class _Slot:
    """One worker and the item it is on."""

    def __init__(self, context: Any, function: Callable[[Any], Any], timeout_s: float | None) -> None:
        self._context = _Recorded(context)
        self._function = function
        self._timeout_s = timeout_s
        self._pool: ProcessPool | None = None
        self.task: _Task | None = None

    def take(self, items: Iterator[Any]) -> bool:
        """Start on the next item; False when there is none."""
        self.task = None
        for item in items:
            self.task = _Task(item, self._submit(item))
            return True
        return False

    def _submit(self, item: Any) -> Future:
        if self._pool is None or not self._pool.active:
            self._renew()
        assert self._pool is not None
        return self._pool.schedule(attempt, args=(self._function, item), timeout=self._timeout_s)

    def _renew(self) -> None:
        self.stop()
        self._pool = ProcessPool(max_workers=1, initializer=_enter_worker, context=self._context)
        with _ctrl_c_later():
            self._pool.active  # noqa: B018 - asking starts it; interrupted, the worker would be nobody's

    @property
    def is_settled(self) -> bool:
        """Is the item done, or its pool broken so that it never will be?"""
        return self.task is not None and (self.task.future.done() or not self._active())

    def _active(self) -> bool:
        return self._pool is not None and self._pool.active

    def settle(self) -> Outcome | None:
        """Return the outcome; None when the worker died before it took the item, which starts again."""
        assert self.task is not None
        item, future = self.task.item, self.task.future
        if not future.done():
            self._start_again()
            return None
        try:
            return future.result()
        except ProcessExpired as death:
            return self._replace(item, _death(item, death.exitcode))
        except TimeoutError:
            return self._replace(item, _late(item, self._timeout_s))
        except BrokenProcessPool:
            self._start_again()
            return None
        except Exception as error:  # noqa: BLE001 - a result that cannot travel must cost its item only
            return self._replace(item, unforeseen(item, error))

    def _replace(self, item: Any, error: WorkerError) -> Outcome:
        self._renew()
        return Outcome(item, error=error)

    def _start_again(self) -> None:
        assert self.task is not None
        if self.task.start >= STARTS:
            raise WorkerError(
                f"worker processes die at their start ({STARTS} times in a row)",
                hint='a script that starts workers needs its work under: if __name__ == "__main__":',
            )
        self._renew()
        self.task = _Task(self.task.item, self._submit(self.task.item), self.task.start + 1)

    def stop(self) -> None:
        """End the worker, in the middle of its item if need be."""
        if self._pool is not None:
            self._pool.stop()
            self._context.end_all()
            self._pool.join()
            self._pool = None


class _Recorded:
    """A multiprocessing context that can end what it started.

    A pool takes its locks away before it ends its workers; one that is just starting would complain about it.
    """

    def __init__(self, context: Any) -> None:
        self._context = context
        self._started: list[Any] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._context, name)

    def Process(self, **options: Any) -> Any:
        """Return a process that is not started yet."""
        self._started.append(self._context.Process(**options))
        return self._started[-1]

    def end_all(self) -> None:
        """Ask every process that still runs to end."""
        for process in self._started:
            if process.pid is not None and process.is_alive():
                process.terminate()
        self._started.clear()


def _death(item: object, exit_code: int) -> WorkerError:
    cause = _signal_name(-exit_code) if exit_code < 0 else f"exit code {exit_code}"
    hint = "out of memory, most likely: use fewer --jobs" if exit_code == -9 else "the file crashes a decoder"
    return WorkerError(f"{item!s}: the worker died ({cause})", hint=hint)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _late(item: object, timeout_s: float | None) -> LateError:
    return LateError(
        f"{item!s}: not done after {timeout_s:g} s", hint="a higher TUNELENS_FILE_TIMEOUT_S allows more"
    )


def _context(function: Callable[..., Any]) -> Any:
    """Return how workers are started: by a fork server where that is sound, else by spawn."""
    if sys.platform != "linux":
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    module = getattr(function, "func", function).__module__  # a partial hides what it calls
    context.set_forkserver_preload([name for name in (module, "pebble", __name__) if name != "__main__"])
    _start_fork_server()
    return context


def _start_fork_server() -> None:
    """Start it with Ctrl-C blocked, which workers inherit, so that none dies noisily while it imports."""
    from multiprocessing import forkserver, resource_tracker

    resource_tracker.ensure_running()  # starting it later would unblock Ctrl-C again
    with _ctrl_c_later(), _one_thread():
        forkserver.ensure_running()


@contextmanager
def _ctrl_c_later() -> Iterator[None]:
    """Block Ctrl-C for a moment; it is delivered when the block ends."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Numeric libraries read their thread count when they are loaded, so the fork server inherits it."""
    missing = [name for name in ONE_THREAD if name not in os.environ]
    os.environ.update(dict.fromkeys(missing, "1"))
    try:
        yield
    finally:
        for name in missing:
            os.environ.pop(name, None)


def _enter_worker() -> None:
    os.environ.update({name: os.environ.get(name, "1") for name in ONE_THREAD})
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
