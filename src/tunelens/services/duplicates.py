"""Which files of a library are one recording, and which of them to keep. Nothing is deleted here."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tunelens.base.errors import ParameterError
from tunelens.base.files import atomic_path, check_writable
from tunelens.features.landmarks import Peaks
from tunelens.library.identity import path_to_text
from tunelens.library.prints.quality import best, says_why
from tunelens.library.prints.same import Same, alike, compared, families
from tunelens.library.prints.store import Prints
from tunelens.library.remembered import remembered
from tunelens.library.store import Library
from tunelens.library.track import Track


@dataclass(frozen=True)
class Copy:
    """A file of a recording of which there is a better one.

    Parameters
    ----------
    track : Track
        The file.
    offset_s : float
        How far into the file that is kept this one begins; negative where it begins earlier.
    gain_db : float or None
        How much louder it is; None where either has no loudness.
    share : float
        Share of its spectral peaks that the other has too, 0 to 1.
    identical : bool
        The same bytes.
    why : str
        Why the other is better, in words.
    """

    track: Track
    offset_s: float
    gain_db: float | None
    share: float
    identical: bool
    why: str

    def to_dict(self) -> dict[str, Any]:
        """Return the copy as a JSON object."""
        gain = None if self.gain_db is None else round(self.gain_db, 2)
        return {
            **_named(self.track),
            "offset_s": round(self.offset_s, 2),
            "gain_db": gain,
            "share": round(self.share, 3),
            "identical": self.identical,
            "why": self.why,
        }


@dataclass(frozen=True)
class Group:
    """The files of one recording.

    Parameters
    ----------
    keep : Track
        The best of them.
    copies : tuple of Copy
        The others, by number.
    """

    keep: Track
    copies: tuple[Copy, ...]

    @property
    def spare_bytes(self) -> int:
        """What the copies take."""
        return sum(copy.track.size_bytes for copy in self.copies)

    def to_dict(self) -> dict[str, Any]:
        """Return the group as a JSON object."""
        return {"keep": _named(self.keep), "copies": [copy.to_dict() for copy in self.copies]}


@dataclass(frozen=True)
class Part:
    """A file of which another holds all and more: an excerpt, or a song in a mix. Neither is a duplicate.

    Parameters
    ----------
    part, whole : Track
        The files.
    offset_s : float
        Where in `whole` it begins.
    """

    part: Track
    whole: Track
    offset_s: float

    def to_dict(self) -> dict[str, Any]:
        """Return the part as a JSON object."""
        return {"part": _named(self.part), "whole": _named(self.whole), "offset_s": round(self.offset_s, 2)}


@dataclass(frozen=True)
class Duplicates:
    """What was found.

    Parameters
    ----------
    groups : tuple of Group
        Recordings of which there are several files.
    parts : tuple of Part
        Files that others hold.
    n_tracks, n_without : int
        Tracks that were compared, and those that have no landmarks yet.
    """

    groups: tuple[Group, ...]
    parts: tuple[Part, ...]
    n_tracks: int
    n_without: int

    @property
    def spare_bytes(self) -> int:
        """What the copies take."""
        return sum(group.spare_bytes for group in self.groups)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as a JSON object."""
        return {
            "n_tracks": self.n_tracks,
            "n_without": self.n_without,
            "spare_bytes": self.spare_bytes,
            "groups": [group.to_dict() for group in self.groups],
            "parts": [part.to_dict() for part in self.parts],
        }


@dataclass(frozen=True)
class DuplicatesPage:
    """Some of what was found: groups, those that take the most room first, and as many of the parts.

    Parameters
    ----------
    found : Duplicates
        All.
    limit, offset : int
        How many are shown, after how many.
    """

    found: Duplicates
    limit: int
    offset: int

    def to_dict(self) -> dict[str, Any]:
        """Return the page as a JSON object."""
        some = slice(self.offset, self.offset + self.limit)
        groups = sorted(self.found.groups, key=lambda group: (-group.spare_bytes, group.keep.id))
        return {
            "items": [group.to_dict() for group in groups[some]],
            "total": len(groups),
            "limit": self.limit,
            "offset": self.offset,
            "parts": [part.to_dict() for part in self.found.parts[some]],
            "n_parts": len(self.found.parts),
            **{name: getattr(self.found, name) for name in ("n_tracks", "n_without", "spare_bytes")},
        }


def _named(track: Track) -> dict[str, Any]:
    names = ("id", "title", "artist", "codec", "bit_rate", "sr", "duration_s", "size_bytes")
    return {"path": path_to_text(track.path), **{name: getattr(track, name) for name in names}}


def duplicates(library: Library, where: str = "") -> Duplicates:
    """Find the files of one recording, whatever their codec, bit rate, gain and cut.

    Parameters
    ----------
    library : Library
    where : str
        Only among the tracks that match this filter.

    Raises
    ------
    ParameterError
        `where` is not a filter.
    """
    ids = Prints(library).ids(where)
    found = list(_pairs(library, alike(library, ids)))
    tracks = {
        track.id: track for track in library.tracks_by_id({n for pair in found for n in (pair.a, pair.b)})
    }
    pairs = [pair for pair in found if {pair.a, pair.b} <= tracks.keys()]
    groups = tuple(_groups(library, tracks, pairs))
    spare = {copy.track.id for group in groups for copy in group.copies}
    parts = (
        _part(pair, tracks) for pair in pairs if pair.relation == "part" and not {pair.a, pair.b} & spare
    )
    return Duplicates(groups, tuple(parts), len(ids), library.count(where) - len(ids))


def duplicates_page(library: Library, where: str = "", *, limit: int = 50, offset: int = 0) -> DuplicatesPage:
    """Return a page of `duplicates`, which are found once for as long as the library stays as it is."""
    found = remembered(library, ("duplicates", where), lambda: duplicates(library, where))
    return DuplicatesPage(found, limit, offset)


def _pairs(library: Library, near: Sequence[tuple[int, int]]) -> Iterator[Same]:
    """Compare pair by pair; only the peaks of one track and of those beside it are held."""
    prints = Prints(library)
    held: dict[int, Peaks] = {}
    for a, b in sorted(near):
        if a not in held:
            held = prints.peaks([a])
        yield from compared(held | prints.peaks([b]), [(a, b)])


def _groups(library: Library, tracks: dict[int, Track], pairs: list[Same]) -> Iterator[Group]:
    links = [(pair.a, pair.b) for pair in pairs if pair.relation == "copy"]
    for family in families({n for link in links for n in link}, links):
        yield from _split(Prints(library).peaks(family), [tracks[number] for number in family])


def _split(peaks: dict[int, Peaks], family: list[Track]) -> Iterator[Group]:
    """Yield groups whose members are copies of the one that is kept; a chain of pairs need not be one."""
    while len(family) > 1:
        keep = best(family)
        others = {track.id: track for track in family if track is not keep}
        pairs = compared(peaks, ((keep.id, number) for number in others))
        copies = [_copy(keep, others[pair.b], pair) for pair in pairs if pair.relation == "copy"]
        if copies:
            yield Group(keep, tuple(copies))
        named = {keep.id, *(copy.track.id for copy in copies)}
        family = [track for track in family if track.id not in named]


def _copy(keep: Track, other: Track, pair: Same) -> Copy:
    levels = (keep.loudness_lufs, other.loudness_lufs)
    gain_db = None if None in levels else other.loudness_lufs - keep.loudness_lufs  # type: ignore[operator]
    return Copy(
        track=other,
        offset_s=pair.offset_s,
        gain_db=gain_db,
        share=pair.share,
        identical=keep.sha256 == other.sha256,
        why=says_why(keep, other),
    )


def _part(pair: Same, tracks: dict[int, Track]) -> Part:
    a, b = tracks[pair.a], tracks[pair.b]
    if a.duration_s >= b.duration_s:
        return Part(b, a, pair.offset_s)
    return Part(a, b, -pair.offset_s)


def write_script(found: Duplicates, path: Path, *, force: bool = False) -> None:
    """Write a shell script that asks, file by file, whether to delete each copy.

    Raises
    ------
    ParameterError
        It exists and `force` is False, or its name does not end in ``.sh``.
    DataError
        It cannot be written.
    """
    if path.suffix != ".sh":
        raise ParameterError(f"{str(path)!r} should end in .sh: it is a shell script")
    check_writable(path, force=force)
    with atomic_path(path) as temporary:
        temporary.write_bytes(script(found.groups))


def script(groups: Sequence[Group]) -> bytes:
    """Return a shell script that asks, file by file, whether to delete each copy.

    Names are quoted so that no name can be taken for a command, an option or a second name.
    """
    lines = ["#!/bin/sh", "# Asks before each file. Nothing is deleted until you run it and say y.", "set -u"]
    for group in groups:
        lines += ["", f"# kept: {_comment(group.keep.path)}"]
        lines += [_line(group.keep.path, copy) for copy in group.copies]
    return "\n".join([*lines, ""]).encode("utf-8", "surrogateescape")


def _line(keep: Path, copy: Copy) -> str:
    other = copy.track.path
    if os.path.realpath(keep) == os.path.realpath(other):
        return f"# {_comment(other)} is the same file by another name, and is left alone"
    kept, spare = shlex.quote(str(keep)), shlex.quote(str(other))
    return f"# {copy.why}\ntest -f {kept} && rm -i -- {spare}"


def _comment(path: Path) -> str:
    """A name in one line, whatever is in it."""
    return ascii(str(path)) if not str(path).isprintable() else str(path)
