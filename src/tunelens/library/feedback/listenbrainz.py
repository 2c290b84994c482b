"""Exports of ListenBrainz: the zip, its ``*.jsonl``, or a JSON array of listens as older exports have it.

A listen is a play; a feedback of 1 a like, of -1 a dislike. Feedback that names the recording by identifier
alone borrows artist and title from a listen of the same recording.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from tunelens.base.errors import DataError
from tunelens.library.feedback.documents import (
    NO_JSON,
    check_file,
    dict_of,
    is_zip,
    json_lines,
    load_document,
    open_zip,
    text_of,
    zip_lines,
)
from tunelens.library.feedback.events import LATEST, Event
from tunelens.library.feedback.reports import Fault, Told
from tunelens.library.matching import song_key

SOURCE = "listenbrainz"
NO_SONG, NO_TIME, TAKEN_BACK = "no song", "no time", "neither liked nor disliked any more"
_HEAD_BYTES = 1 << 16
_KINDS = {1: "like", -1: "dislike"}


def recognises(path: Path) -> bool:
    """Is it an export of ListenBrainz?"""
    if is_zip(path):
        with open_zip(path) as archive:
            return bool(_members(archive))
    if path.suffix.lower() == ".json":
        with path.open("rb") as file:
            return b'"track_metadata"' in file.read(_HEAD_BYTES)
    return path.suffix.lower() == ".jsonl"


def read(path: Path, listener: str = "") -> Iterator[Told | Fault]:
    """Yield the events of an export."""
    check_file(path)
    if is_zip(path):
        yield from _archive(path, listener)
    elif path.suffix.lower() == ".json":
        yield from _events(_objects(load_document(path), path.name), listener)
    else:
        with path.open("rb") as file:
            yield from _events(json_lines(file, path.name), listener)


def _archive(path: Path, listener: str) -> Iterator[Told | Fault]:
    with open_zip(path) as archive:
        members = _members(archive)
        if not members:
            raise DataError(f"{str(path)!r} holds no listens/*.jsonl and no feedback.jsonl")
        lines = (line for member in members for line in zip_lines(archive, member))
        yield from _events(lines, listener)


def _members(archive: ZipFile) -> list[str]:
    """Return the members with events, feedback first."""
    names = [name for name in archive.namelist() if name.endswith(".jsonl")]
    kept = [name for name in names if "listens" in name.split("/")[:-1] or _is_feedback(name)]
    return sorted(kept, key=lambda name: (not _is_feedback(name), name))


def _is_feedback(name: str) -> bool:
    return name.rpartition("/")[2] == "feedback.jsonl"


def _objects(document: Any, name: str) -> Iterator[dict[str, Any] | Fault]:
    if isinstance(document, dict):
        payload = dict_of(document.get("payload", document))
        document = payload.get("listens", payload.get("feedback"))
    if not isinstance(document, list):
        raise DataError(f"{name!r} holds no list of listens")
    for number, one in enumerate(document):
        where = f"{name}[{number}]"
        yield one if isinstance(one, dict) else Fault(where, NO_JSON)


def _events(lines: Iterable[dict[str, Any] | Fault], listener: str) -> Iterator[Told | Fault]:
    nameless: dict[str, list[Told]] = {}
    for number, line in enumerate(lines, 1):
        told = line if isinstance(line, Fault) else _told(line, listener, f"entry {number}")
        if isinstance(told, Told) and told.event.title is None:
            nameless.setdefault(told.mbid, []).append(told)
            continue
        yield told
        if isinstance(told, Told):
            yield from (_named(one, told.event) for one in nameless.pop(told.mbid, ()))
    for several in nameless.values():
        yield from several


def _named(told: Told, other: Event) -> Told:
    event = replace(told.event, title=other.title, artist=other.artist, album=other.album)
    return replace(told, event=event)


def _told(line: dict[str, Any], listener: str, where: str) -> Told | Fault:
    if "score" in line:
        return _judgement(line, listener, where)
    facts = _Facts(dict_of(line.get("track_metadata")))
    at = line.get("listened_at")
    if not facts.title or not facts.artist:
        return Fault(where, NO_SONG)
    if not isinstance(at, int) or not 0 < at < LATEST:
        return Fault(where, NO_TIME)
    return _event("play", at, listener, facts, f"{at}/{song_key(facts.artist, facts.title)}")


def _judgement(line: dict[str, Any], listener: str, where: str) -> Told | Fault:
    facts = _Facts(dict_of(line.get("track_metadata")), text_of(line.get("recording_mbid")))
    score, at = line.get("score"), line.get("created")
    name = facts.mbid or text_of(line.get("recording_msid"))
    if not isinstance(score, int) or score not in _KINDS:
        return Fault(where, TAKEN_BACK)
    if not name or not (facts.mbid or facts.title):
        return Fault(where, NO_SONG)
    at = at if isinstance(at, int) and 0 < at < LATEST else 0
    return _event(_KINDS[score], at, listener, facts, f"feedback/{name}")


class _Facts:
    """What ``track_metadata`` says of a song."""

    def __init__(self, metadata: dict[str, Any], mbid: str = "") -> None:
        more, mapped = dict_of(metadata.get("additional_info")), dict_of(metadata.get("mbid_mapping"))
        self.title, self.artist = text_of(metadata.get("track_name")), text_of(metadata.get("artist_name"))
        self.album = text_of(metadata.get("release_name"))
        self.mbid = mbid or text_of(mapped.get("recording_mbid")) or text_of(more.get("recording_mbid"))
        ms = more.get("duration_ms")
        self.duration_s = ms / 1000 if isinstance(ms, int) and 0 < ms < 10**9 else None


def _event(kind: str, at: int, listener: str, facts: _Facts, key: str) -> Told:
    event = Event(
        kind, at, SOURCE, listener=listener, key=f"{listener}/{key}",
        title=facts.title or None, artist=facts.artist or None, album=facts.album or None,
    )  # fmt: skip
    return Told(event, mbid=facts.mbid, duration_s=facts.duration_s)
