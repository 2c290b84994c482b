"""Places in JSON, as a description of a provider names them.

::

    path  = step { "." name | "[" index "]" | "[*]" | "['" any "']" }
    name  = any characters but . [ ]
    index = a whole number; -1 is the last

``data.songs[*].artists[0].name`` is the name of the first artist of every song. A leading ``$`` or ``$.`` may
stand there, as in JSONPath (RFC 9535), of which this is a small part.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from tunelens.base.errors import ParameterError

LONGEST, MOST_STEPS = 500, 32
_STEP = re.compile(r"\.?(?:([^.\[\]'\"]+)|\[(-?\d{1,6})\]|\[(\*)\]|\['([^']*)'\]|\[\"([^\"]*)\"\])")
Step = str | int | None
"""A key, a place in a list, or None for every member of a list."""


@lru_cache(maxsize=1000)
def steps_of(path: str) -> tuple[Step, ...]:
    """Return the steps of a path.

    Raises
    ------
    ParameterError
        It cannot be read; the hint says the grammar.

    Examples
    --------
    >>> steps_of("data.songs[*].artists[0]['first.name']")
    ('data', 'songs', None, 'artists', 0, 'first.name')
    """
    rest = path.strip().removeprefix("$")
    steps: list[Step] = []
    at = 0
    while at < len(rest):
        found = _STEP.match(rest, at)
        if found is None or len(rest) > LONGEST or len(steps) >= MOST_STEPS:
            raise ParameterError(f"{path[:100]!r} is no path", hint="write data.songs[*].artists[0].name")
        steps.append(_step(found))
        at = found.end()
    return tuple(steps)


def _step(found: re.Match[str]) -> Step:
    name, index, every, single, double = found.groups()
    if every:
        return None
    return int(index) if index is not None else name if name is not None else single or double or ""


def all_at(document: Any, path: str) -> list[Any]:
    """Return what is at `path`, in order; nothing where a step leads nowhere.

    Examples
    --------
    >>> all_at({"a": [{"b": 1}, {"b": 2}, {}]}, "a[*].b")
    [1, 2]
    """
    found = [document]
    for step in steps_of(path):
        found = [member for value in found for member in _members(value, step)]
    return found


def _members(value: Any, step: Step) -> list[Any]:
    if step is None:
        return value if isinstance(value, list) else []
    if isinstance(step, int):
        inside = isinstance(value, list) and -len(value) <= step < len(value)
        return [value[step]] if inside else []
    return [value[step]] if isinstance(value, dict) and step in value else []


def at_path(document: Any, path: str) -> Any:
    """Return the only thing at `path`, a list of several, or None for nothing.

    Examples
    --------
    >>> at_path({"a": [{"b": 1}, {"b": 2}]}, "a[*].b"), at_path({"a": 1}, "b")
    ([1, 2], None)
    """
    found = all_at(document, path)
    several = None in steps_of(path)
    return found if several and found else found[0] if found else None


def list_at(document: Any, path: str) -> list[Any]:
    """Return the list at `path`, whose members ``[*]`` may have named already.

    Examples
    --------
    >>> list_at({"a": [1, 2]}, "a"), list_at({"a": [1, 2]}, "a[*]"), list_at({"a": 3}, "a")
    ([1, 2], [1, 2], [])
    """
    if None in steps_of(path):
        return all_at(document, path)
    found = at_path(document, path)
    return found if isinstance(found, list) else []
