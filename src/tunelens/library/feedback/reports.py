"""What readers of feedback yield, and what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tunelens.library.feedback.events import Event
from tunelens.library.feedback.store import Added

MOST_EXAMPLES = 20
LONGEST_EXAMPLE = 200


@dataclass(frozen=True)
class Told:
    """An event as a file tells it, with what helps to find its track.

    Parameters
    ----------
    event : Event
        The event.
    path, mbid : str
        File and MusicBrainz identifier of the recording; "" where the file does not say.
    duration_s : float or None
        Length.
    """

    event: Event
    path: str = ""
    mbid: str = ""
    duration_s: float | None = None


@dataclass(frozen=True)
class Fault:
    """A place in a file that is no event, and why."""

    where: str
    reason: str


@dataclass(frozen=True)
class ImportReport:
    """What became of a file; ``found == new + changed + known + sum(dropped)``.

    Parameters
    ----------
    format : str
        How the file was read.
    found : int
        Events and faults in the file.
    new, changed, known : int
        Events that were not there, were there with another value, were there exactly so.
    matched, unmatched, ambiguous : int
        Events whose track is known; is not in the library (they wait for it); could be several tracks.
    dropped : Mapping of str to int
        Reasons, and how often.
    examples : tuple of Fault
        Some of what was dropped.
    dry_run : bool
        Nothing was kept; new, changed and known are not told apart then: all are new.
    """

    format: str
    found: int = 0
    new: int = 0
    changed: int = 0
    known: int = 0
    matched: int = 0
    unmatched: int = 0
    ambiguous: int = 0
    dropped: Mapping[str, int] = field(default_factory=dict)
    examples: tuple[Fault, ...] = ()
    dry_run: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON knows them."""
        examples = [{"where": fault.where, "reason": fault.reason} for fault in self.examples]
        return {**vars(self), "dropped": dict(self.dropped), "examples": examples}


class Ledger:
    """Counts while a file is read."""

    def __init__(self) -> None:
        self.dropped: Counter[str] = Counter()
        self.examples: list[Fault] = []
        self.hows: Counter[str] = Counter()
        self.n_told = 0

    def drop(self, fault: Fault) -> None:
        """Count a fault."""
        self.dropped[fault.reason] += 1
        if len(self.examples) < MOST_EXAMPLES:
            self.examples.append(Fault(fault.where[:LONGEST_EXAMPLE], fault.reason))

    def report(self, format: str, added: Added, dry_run: bool) -> ImportReport:
        """Return the sums."""
        absent, ambiguous = self.hows["unmatched"], self.hows["ambiguous"]
        return ImportReport(
            format=format,
            found=self.n_told + sum(self.dropped.values()),
            new=added.new,
            changed=added.changed,
            known=added.known,
            matched=self.n_told - absent - ambiguous,
            unmatched=absent,
            ambiguous=ambiguous,
            dropped=dict(self.dropped.most_common()),
            examples=tuple(self.examples),
            dry_run=dry_run,
        )
