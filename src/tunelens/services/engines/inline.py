"""The engine without workers: the items run here, one after the other.

For debuggers and profilers. It enforces no time limit, and a decoder that crashes takes the caller along.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable

from tunelens.services.engines import I, Outcome, R, attempt


class Inline:
    """Run every item in this process; `jobs` and `timeout_s` have no effect."""

    def map(
        self, function: Callable[[I], R], items: Iterable[I], *, jobs: int = 1, timeout_s: float = 0.0
    ) -> Generator[Outcome, None, None]:
        """Yield the outcomes in the order of `items`.

        Examples
        --------
        >>> [outcome.result or outcome.error.code for outcome in INLINE.map(int, ["1", "one"])]
        [1, 'worker']
        """
        del jobs, timeout_s
        for item in items:
            yield attempt(function, item)


INLINE = Inline()
