"""Looking on while a net is trained, from wherever the training was started.

Examples
--------
>>> spark([3.0, 2.0, 1.0, 0.0])
'█▆▃▁'
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from tunelens.base.progress import Progress, Silent

History = Sequence[Mapping[str, Any]]
_LEVELS = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True)
class Watcher:
    """Who looks on.

    Parameters
    ----------
    progress : Progress
        Told of each round, with the losses and the curve so far.
    on_epoch : callable, optional
        Given the history after each round, say a `tunelens.plots.learning.LiveCurve`.
    """

    progress: Progress = field(default_factory=Silent)
    on_epoch: Callable[[History], None] | None = None


_WATCHER: ContextVar[Watcher] = ContextVar("watcher", default=Watcher())  # noqa: B039 - it is frozen


@contextmanager
def watching(
    progress: Progress | None = None, on_epoch: Callable[[History], None] | None = None
) -> Iterator[None]:
    """Look on at every net that is trained inside the block.

    Examples
    --------
    >>> with watching(on_epoch=lambda history: print(history[-1]["train_loss"])):
    ...     watcher().on_epoch([{"train_loss": 0.5}])
    0.5
    """
    token = _WATCHER.set(Watcher(progress or Silent(), on_epoch))
    try:
        yield
    finally:
        _WATCHER.reset(token)


def watcher() -> Watcher:
    """Return who looks on now."""
    return _WATCHER.get()


def told(history: History) -> str:
    """Return the last round as a line: losses, and the curve."""
    last = history[-1]
    held = "" if last["valid_loss"] is None else f", held out {last['valid_loss']:.3f}"
    key = "train_loss" if last["valid_loss"] is None else "valid_loss"
    return f"loss {last['train_loss']:.3f}{held} {spark([one[key] for one in history])}"


def spark(values: Sequence[float], width: int = 24) -> str:
    """Return a curve of at most `width` characters for a terminal, scaled from lowest to highest."""
    step = max(1, -(-len(values) // width))
    shown = [sum(part) / len(part) for part in (values[i : i + step] for i in range(0, len(values), step))]
    low, high = min(shown), max(shown)
    span = (high - low) or 1.0
    return "".join(_LEVELS[round((value - low) / span * (len(_LEVELS) - 1))] for value in shown)
