"""What a job is given: the library, where its files go, and a progress that listens for "stop"."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tunelens.base.progress import Progress, Silent
from tunelens.base.settings import Settings
from tunelens.library.identity import escape
from tunelens.library.store import Library
from tunelens.services.jobs.sound import find_sound
from tunelens.services.jobs.uploads import Uploads
from tunelens.services.roots import Roots

LONGEST_ITEM = 300
MOST_ROUNDS = 500
NOTHING: dict[str, Any] = {"what": "", "total": 0, "done": 0, "failed": 0, "item": "", "eta_s": None}
"""The progress of a job that has counted nothing yet."""


class Cancelled(KeyboardInterrupt):
    """Somebody wants the job to stop; services meet it as Ctrl-C, and keep what is finished."""


class Stop:
    """Whether a running job shall end before it is done, and why."""

    def __init__(self) -> None:
        self._asked = threading.Event()
        self.again = False
        self.heard = False

    def ask(self, *, again: bool = False) -> None:
        """Ask the job to stop; `again` when it is to be begun anew later."""
        self.again = again
        self._asked.set()

    def check(self) -> None:
        """Raise `Cancelled` once it has been asked."""
        if self._asked.is_set():
            self.heard = True
            raise Cancelled


class Watched:
    """The progress of a job: counts, estimates what is left, tells, and stops when it must."""

    def __init__(self, tell: Callable[[Mapping[str, Any]], None], stop: Stop) -> None:
        self._tell, self._stop = tell, stop
        self._counts: dict[str, Any] = dict(NOTHING)
        self._beside: dict[str, Any] = {}
        self._began = time.monotonic()

    def note(self, stage: str) -> None:
        """The job has come to a stage, ``3/8 describe`` say; it stays told while counts begin anew."""
        self._beside["stage"] = escape(stage)[:LONGEST_ITEM]
        self._show()
        self._stop.check()

    def learn(self, history: Sequence[Mapping[str, Any]]) -> None:
        """A net has done another round: its loss so far is told as ``[round, train, held out]``."""
        names = ("epoch", "train_loss", "valid_loss")
        self._beside["curve"] = [[one[name] for name in names] for one in history[-MOST_ROUNDS:]]
        self._show()
        self._stop.check()

    def _show(self) -> None:
        self._tell(self._counts | self._beside)

    def start(self, total: int, what: str) -> None:
        """`total` items of `what` are about to be done."""
        self._stop.check()
        self._began = time.monotonic()
        self._counts = NOTHING | {"what": what, "total": total}
        self._show()

    def advance(self, item: str, ok: bool = True) -> None:
        """One item is done; this is where a job ends that was cancelled."""
        counts = self._counts
        done = counts["done"] + 1
        left = max(0, counts["total"] - done)
        spent = time.monotonic() - self._began
        self._counts = counts | {
            "done": done,
            "failed": counts["failed"] + (not ok),
            "item": escape(item)[:LONGEST_ITEM],
            "eta_s": round(spent / done * left, 1),
        }
        self._show()
        self._stop.check()

    def finish(self) -> None:
        """The work is over; never raises, for it is called while errors pass."""


@dataclass(frozen=True)
class Context:
    """What a job is given.

    Parameters
    ----------
    library : Library
        What is known.
    settings : Settings
        Limits, and where nets lie.
    folder : Path
        Whatever is written here can be fetched when the job has ended.
    roots : Roots
        Outside of these nothing is read.
    uploads : Uploads
        What callers have sent.
    progress : Progress
        To be told of everything that is done; a cancelled job ends there.
    check : callable
        Raises `Cancelled` when the job is to stop; for work that has no progress to tell.
    note : callable of str
        To be told of the stage that the job has come to.
    """

    library: Library
    settings: Settings
    folder: Path
    roots: Roots
    uploads: Uploads
    progress: Progress = field(default_factory=Silent)
    check: Callable[[], None] = lambda: None
    note: Callable[[str], None] = lambda _: None

    def sound(self, ref: Mapping[str, Any]) -> Path:
        """Return the file of the sound that a request names, see `find_sound`."""
        return find_sound(ref, self.library, self.roots, self.uploads)
