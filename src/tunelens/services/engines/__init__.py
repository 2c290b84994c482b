"""Engines run one function over many items; `local` does so in worker processes of this machine.

Another engine (a cluster) registers itself in the entry-point group ``tunelens.engines``.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from tunelens.base.errors import TunelensError, WorkerError
from tunelens.base.registry import Registry
from tunelens.base.settings import Settings

I = TypeVar("I")  # noqa: E741 - the item
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one item: exactly one of `result` and `error` counts.

    Parameters
    ----------
    item : object
        What the function was called with.
    result : object
        What it returned; None when it failed.
    error : TunelensError or None
        Why it failed.
    """

    item: Any
    result: Any = None
    error: TunelensError | None = None


class Engine(Protocol):
    """What every engine can do."""

    def map(
        self, function: Callable[[I], R], items: Iterable[I], *, jobs: int = 1, timeout_s: float = 0.0
    ) -> Generator[Outcome, None, None]:
        """Yield one `Outcome` per item as they complete, in any order.

        Parameters
        ----------
        function : callable of one item
            A function that can be pickled, as can its items and results.
        items : iterable
            Taken one by one as workers become free, never all at once.
        jobs : int
            Workers.
        timeout_s : float
            Longest time one item may take, seconds; 0 means no limit.
        """


ENGINES: Registry[Engine] = Registry(
    "engine",
    {
        "local": "tunelens.services.engines.local:LOCAL",
        "inline": "tunelens.services.engines.inline:INLINE",
    },
    group="tunelens.engines",
)


def n_workers(jobs: int | None, settings: Settings) -> int:
    """Return how many processes work: `jobs`, else the setting; 0 stands for one per core."""
    wanted = settings.jobs if jobs is None else jobs
    if wanted:
        return wanted
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def attempt(function: Callable[[I], R], item: I) -> Outcome:
    """Call `function`; this is the boundary where a bug costs one item and not the batch."""
    try:
        return Outcome(item, result=function(item))
    except TunelensError as error:
        return Outcome(item, error=error)
    except MemoryError:
        return Outcome(item, error=WorkerError(f"{item!s}: out of memory", hint="use fewer --jobs"))
    except Exception as error:  # noqa: BLE001 - the boundary stated above
        return Outcome(item, error=unforeseen(item, error))


def unforeseen(item: object, error: BaseException) -> WorkerError:
    """Return the error for a failure that no boundary below has mapped."""
    return WorkerError(
        f"{item!s}: {type(error).__name__}: {error}",
        hint="this is a fault of Tunelens; please report it with the file",
    )
