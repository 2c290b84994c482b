"""What would change in one file: what is proposed, beside what it has, under a policy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tunelens.library.filetags import formats
from tunelens.library.filetags.containers import kind_of
from tunelens.library.filetags.view import SEVERAL, Values
from tunelens.library.identity import path_to_text

POLICIES = ("keep", "fill", "replace", "append")
"""Leave the field alone; write it where it is empty; write it anyway; add what is not there yet."""

_FLATS = {"Db": "C#", "Eb": "D#", "Gb": "F#", "Ab": "G#", "Bb": "A#", "Cb": "B", "Fb": "E"}
WRITE, SAME, KEEP, LEFT_OUT = "write", "same", "keep", "left out"


@dataclass(frozen=True)
class Proposal:
    """What was heard, for one field.

    Parameters
    ----------
    field : str
        One of `view.FIELDS`.
    values : tuple of str
        What may be written; () when nothing may.
    confidence : float or None
        Calibrated probability, 0 to 1, of the least sure value, or of the best one that may not be written;
        None for what is measured and not judged.
    why : str
        Why nothing may be written.
    """

    field: str
    values: tuple[str, ...] = ()
    confidence: float | None = None
    why: str = ""


@dataclass(frozen=True)
class Change:
    """What happens to one field of one file.

    Parameters
    ----------
    field : str
        One of `view.FIELDS`.
    action : {"write", "same", "keep", "left out"}
        Write it; it says so already; the policy keeps what is there; nothing sure was heard.
    before, after : tuple of str
        What the file says, and what it will say.
    confidence : float or None
        See `Proposal`.
    why : str
        Why it is not written.
    """

    field: str
    action: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    confidence: float | None = None
    why: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the change as a JSON object."""
        return {
            "field": self.field,
            "action": self.action,
            "before": list(self.before),
            "after": list(self.after),
            "confidence": self.confidence,
            "why": self.why,
        }


@dataclass(frozen=True)
class Plan:
    """What would be written into one file.

    Parameters
    ----------
    path : Path
        The file.
    sha256 : str
        Of the content that was heard; other content is not written to.
    kind, format : str
        See `containers.KINDS`; "ID3v2.3", "Vorbis comment", ...
    changes : tuple of Change
        One per field that was asked for.
    """

    path: Path
    sha256: str
    kind: str
    format: str
    changes: tuple[Change, ...]

    @property
    def values(self) -> Values:
        """What is to be written."""
        return {change.field: change.after for change in self.changes if change.action == WRITE}

    def to_dict(self) -> dict[str, Any]:
        """Return the plan as a JSON object."""
        return {
            "path": path_to_text(self.path),
            "format": self.format,
            "changes": [change.to_dict() for change in self.changes],
        }


def make_plan(path: Path, sha256: str, proposals: Iterable[Proposal], policies: Mapping[str, str]) -> Plan:
    """Look into a file and say what would change.

    Raises
    ------
    NotFoundError, DataError
        It has gone, or has tags that cannot be read or written.
    """
    kind = kind_of(path)
    view = formats.read(path, kind)
    changes = tuple(_change(one, view.values[one.field], policies[one.field], kind) for one in proposals)
    return Plan(path, sha256, kind, view.format, changes)


def _change(proposal: Proposal, before: tuple[str, ...], policy: str, kind: str) -> Change:
    field, after = proposal.field, proposal.values
    if field == "bpm" and kind in formats.WHOLE_BPM:
        after = tuple(f"{float(text):.0f}" for text in after)
    if field == "bpm" and before == ("0",):  # what players write for "not known"
        before = ()
    if policy == "keep":
        return Change(field, KEEP, before, before, why="the policy is to keep it")
    if not after:
        return Change(field, LEFT_OUT, before, before, proposal.confidence, proposal.why)
    if policy == "append" and field in SEVERAL:
        after = _joined(before, after)
    if _folded(before, field) == _folded(after, field):
        return Change(field, SAME, before, before, proposal.confidence, "the file says so already")
    if before and (policy == "fill" or (policy == "append" and field not in SEVERAL)):
        return Change(field, KEEP, before, before, proposal.confidence, "the file has one already")
    return Change(field, WRITE, before, after, proposal.confidence)


def _joined(before: tuple[str, ...], after: tuple[str, ...]) -> tuple[str, ...]:
    known = _folded(before)
    return (*before, *(text for text in after if text.casefold() not in known))


def _folded(texts: tuple[str, ...], field: str = "") -> list[str]:
    """Return the values as they are compared: 128.0 beats are 128, and Bbm is A#m."""
    if field == "key":
        return [
            _FLATS.get(text[:2].capitalize(), text[:2]).casefold() + text[2:].casefold() for text in texts
        ]
    if field == "bpm":
        return [_number(text) for text in texts]
    return [text.casefold() for text in texts]


def _number(text: str) -> str:
    try:
        return f"{float(text):g}"
    except ValueError:
        return text
