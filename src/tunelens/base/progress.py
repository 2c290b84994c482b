"""Progress as a protocol: long work reports, a face draws."""

from __future__ import annotations

from typing import Protocol

EPOCHS = "epochs"
"""What is counted while a net is trained; its items are lines with the loss, made to be shown."""


class Progress(Protocol):
    """What long work calls; the command line draws a bar from it, the API sends events."""

    def start(self, total: int, what: str) -> None:
        """`total` items of `what` are about to be done."""

    def advance(self, item: str, ok: bool = True) -> None:
        """One item is done; `ok` is False when it failed and was kept as an error."""

    def finish(self) -> None:
        """The work is over, whatever its outcome."""


class Silent:
    """The progress that nobody watches."""

    def start(self, total: int, what: str) -> None:
        """Ignore."""

    def advance(self, item: str, ok: bool = True) -> None:
        """Ignore."""

    def finish(self) -> None:
        """Ignore."""
