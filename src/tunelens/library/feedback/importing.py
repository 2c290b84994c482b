"""Read a file of feedback into the library: every event once, with its track where that is known."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tunelens.base.errors import DataError, UnknownNameError
from tunelens.library.feedback import lastfm, listenbrainz, spotify, tables
from tunelens.library.feedback.clock import is_to_come
from tunelens.library.feedback.documents import check_file
from tunelens.library.feedback.events import KINDS, Event
from tunelens.library.feedback.reports import Fault, ImportReport, Ledger, Told
from tunelens.library.feedback.store import Added, Feedback
from tunelens.library.feedback.tables import Song
from tunelens.library.matching import AMBIGUOUS, matcher

if TYPE_CHECKING:
    from tunelens.library.store import Library

TO_COME = "a time that is still to come"
FORMATS = ("listenbrainz", "lastfm", "spotify", "csv")
_RECOGNISES: dict[str, Callable[[Path], bool]] = {
    "listenbrainz": listenbrainz.recognises,
    "lastfm": lastfm.recognises,
    "spotify": spotify.recognises,
    "csv": tables.recognises,
}


def import_feedback(
    library: Library,
    path: Path,
    *,
    format: str = "",
    listener: str = "",
    kind: str = "",
    song: Song | None = None,
    dry_run: bool = False,
) -> ImportReport:
    """Keep every event of a file and tell what became of it.

    Parameters
    ----------
    library : Library
        Where events go.
    path : Path
        The file.
    format : str
        One of `FORMATS`; "" to tell it from the file.
    listener : str
        Who did it, where the file does not say; "" is the owner of the library.
    kind : str
        What the rows of a table are, where no column says so: one of `KINDS`.
    song : Song or None
        The song that a whole table is about.
    dry_run : bool
        Keep nothing.

    Raises
    ------
    NotFoundError, DataError
        There is no such file, it is too large, or nothing of the format.
    UnknownNameError
        No such format or kind.
    """
    check_file(path)
    if kind and kind not in KINDS:
        raise UnknownNameError.among("kind of event", kind, KINDS)
    format = _format(path, format)
    ledger = Ledger()
    given = _matched(library, _read(path, format, listener, kind, song), ledger)
    added = _counted(given) if dry_run else Feedback(library).keep(given)
    return ledger.report(format, added, dry_run)


def _format(path: Path, format: str) -> str:
    if not format:
        format = next((name for name in FORMATS if _RECOGNISES[name](path)), "")
        if not format:
            raise DataError(
                f"{str(path)!r}: the format cannot be told", hint=f"use --format with {', '.join(FORMATS)}"
            )
    if format not in FORMATS:
        raise UnknownNameError.among("format of feedback", format, FORMATS)
    return format


def _read(path: Path, format: str, listener: str, kind: str, song: Song | None) -> Iterator[Told | Fault]:
    if format == "csv":
        return tables.read(path, listener, song, kind)
    if format == "lastfm":
        return lastfm.read(path, listener, kind or "play")
    reader = spotify if format == "spotify" else listenbrainz
    return reader.read(path, listener)


def _counted(given: Iterator[Event]) -> Added:
    return Added(new=sum(1 for _ in given))


def _matched(library: Library, found: Iterator[Told | Fault], ledger: Ledger) -> Iterator[Event]:
    """Yield the events with their tracks; `ledger` counts them and what is no event."""
    find = matcher(library).find
    for told in found:
        if isinstance(told, Fault):
            ledger.drop(told)
            continue
        if is_to_come(told.event.at):
            ledger.drop(Fault(told.event.name, TO_COME))
            continue
        ledger.n_told += 1
        event = told.event
        if event.track_id is None:
            same = find(
                path=told.path, mbid=told.mbid, title=event.title, artist=event.artist, album=event.album,
                duration_s=told.duration_s,
            )  # fmt: skip
            if same.id is None:
                ledger.hows["ambiguous" if same.how == AMBIGUOUS else "unmatched"] += 1
            event = replace(event, track_id=same.id)
        yield event
