"""Many things, some at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def batched(values: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield lists of `size` values, the last one shorter; Python 3.12 has it as `itertools.batched`.

    Examples
    --------
    >>> list(batched("abc", 2))
    [['a', 'b'], ['c']]
    """
    iterator = iter(values)
    while batch := list(islice(iterator, size)):
        yield batch
