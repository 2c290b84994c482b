"""Answers that are kept until anything in the library changes: a page asks the same again and again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from tunelens.library.store import Library

T = TypeVar("T")
MOST = 32
"""Answers of one library; those that were not asked for the longest go."""


@dataclass
class _Answer:
    lock: threading.Lock = field(default_factory=threading.Lock)
    changes: str = ""
    value: Any = None


_KEPT: WeakKeyDictionary[Library, OrderedDict[Hashable, _Answer]] = WeakKeyDictionary()
_LOCK = threading.Lock()


def remembered(library: Library, question: Hashable, answer: Callable[[], T]) -> T:
    """Return what `answer` returned when `question` was asked last, if nothing was committed since.

    Threads that ask the same at once wait for one answer; an error is kept by nobody.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder, Library.open(Path(folder) / "music.db") as library:
    ...     remembered(library, "count", lambda: 1), remembered(library, "count", lambda: 2)
    (1, 1)
    """
    kept = _of(library, question)
    with kept.lock:
        changes = library.changes()  # before it is answered: what comes meanwhile may not be in it
        if kept.changes != changes:
            kept.value = answer()
            kept.changes = changes
        value: T = kept.value
        return value


def _of(library: Library, question: Hashable) -> _Answer:
    with _LOCK:
        answers = _KEPT.setdefault(library, OrderedDict())
        kept = answers.setdefault(question, _Answer())
        answers.move_to_end(question)
        while len(answers) > MOST:
            answers.popitem(last=False)
        return kept
