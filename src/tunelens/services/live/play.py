"""`play`: a source heard from its begin to its end, at its own pace."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from math import inf

from tunelens.base.errors import ParameterError
from tunelens.services.live.event import Event
from tunelens.services.live.pace import Pace
from tunelens.services.live.sources import Lost, Source
from tunelens.services.live.stream import Live, LiveOptions


def play(
    source: Source, options: LiveOptions | None = None, *, fast: bool = False, for_s: float | None = None
) -> Iterator[Event]:
    """Yield the events of a source, and close it at the end.

    Parameters
    ----------
    source : Source
        From `open_source`.
    options : LiveOptions, optional
        How it is heard.
    fast : bool
        Hear a recording as fast as it goes, and not as fast as it plays.
    for_s : float, optional
        Stop after so many seconds of sound.

    Raises
    ------
    ParameterError
        `for_s` is not above 0, or the source has a rate that is not heard.
    MissingDependencyError
        A net is not here.
    AudioError, DataError
        The source breaks.
    """
    with closing(source):
        if for_s is not None and not 0 < for_s < inf:
            raise ParameterError(f"for_s is {for_s:g}; more than 0 s is needed")
        live = Live(source.sr, source.n_channels, options)
        pace, come, last = Pace(), 0, round((for_s or inf) * source.sr) if for_s else None
        for block in source.blocks:
            if isinstance(block, Lost):
                yield from live.lose(block.seconds)
                continue
            y = block if last is None else block[:, : last - come]
            come += y.shape[1]
            ahead_s = pace.ahead(come / source.sr)
            if source.at_once and not fast:
                time.sleep(max(0.0, ahead_s))
            for event in live.feed(y):
                yield event if source.at_once and fast else event.told_late(-pace.ahead(come / source.sr))
            if come == last:
                return
