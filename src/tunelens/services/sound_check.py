"""Can a stranger's file be decoded, and how long does it sound: asked in a process of its own.

A file that crashes or hangs a decoder costs that process and not the server; what has been decoded once
will be decoded again.
"""

from __future__ import annotations

import queue
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

from tunelens.audio import stream
from tunelens.base.errors import AudioError, LateError, NotFoundError, TooLargeError, WorkerError
from tunelens.library.identity import FileStamp
from tunelens.services.engines.local import Standing

REMEMBERED = 1000


@dataclass(frozen=True)
class SoundLimits:
    """How much sound is taken from strangers.

    Parameters
    ----------
    max_duration_s : float
        Longest sound, seconds.
    decode_s : float
        Longest time that decoding it may take, seconds.
    workers : int
        Files that are looked at at the same time.
    """

    max_duration_s: float = 4 * 3600.0
    decode_s: float = 60.0
    workers: int = 2


class SoundCheck:
    """Workers that decode a file from end to end and tell how long it is.

    Parameters
    ----------
    limits : SoundLimits
        What is allowed.
    """

    def __init__(self, limits: SoundLimits | None = None) -> None:
        self.limits = limits or SoundLimits()
        self._workers = [Standing(_duration, self.limits.decode_s) for _ in range(self.limits.workers)]
        self._free: queue.Queue[Standing] = queue.Queue()
        for one in self._workers:
            self._free.put(one)
        self._known: OrderedDict[tuple[Path, FileStamp], float] = OrderedDict()

    def check(self, path: Path) -> float:
        """Return how long a file sounds, seconds; what was looked at before is not decoded again.

        Raises
        ------
        NotFoundError, AudioError
            It is gone, no sound, crashes a decoder, or takes too long to decode.
        TooLargeError
            It sounds longer than is allowed.
        """
        try:
            key = (path, FileStamp.of(path))
        except OSError:
            raise NotFoundError("the file has gone") from None
        if key not in self._known:
            self._known[key] = self._ask(path)
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return self._known[key]

    def _ask(self, path: Path) -> float:
        worker = self._free.get()
        try:
            outcome = worker((path, self.limits.max_duration_s))
        finally:
            self._free.put(worker)
        if isinstance(outcome.error, LateError):
            raise AudioError(f"the file was not decoded within {self.limits.decode_s:g} s")
        if isinstance(outcome.error, WorkerError):
            raise AudioError("the file crashes a decoder")
        if outcome.error is not None:
            raise outcome.error
        return float(outcome.result)

    def stop(self) -> None:
        """End the workers."""
        for one in self._workers:
            one.stop()


def _duration(item: tuple[Path, float]) -> float:
    path, most_s = item
    heard_s = 0.0
    for clip in stream(path):
        heard_s += clip.duration_s
        if heard_s > most_s:
            raise TooLargeError(
                f"the sound is longer than {most_s:g} s", hint="send a part of it, or raise --max-duration"
            )
    return heard_s
