"""Keep playlists: make, change, show, export and import them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tunelens.base.errors import ParameterError, TunelensError, UnknownNameError
from tunelens.base.files import check_writable
from tunelens.library.playlists.entry import Entry, Listing
from tunelens.library.playlists.files import (
    WRITERS,
    check_suffix,
    read_content,
    read_file,
    write_file,
)
from tunelens.library.playlists.importing import matched
from tunelens.library.playlists.store import Item, Playlist, Playlists, Smart, checked_name
from tunelens.library.store import Library
from tunelens.library.track import Track

_PLACES = re.compile(r"(\d{1,6})(?:\.\.(\d{1,6}))?", re.ASCII)


@dataclass(frozen=True)
class Shown:
    """A playlist and what it holds now.

    Parameters
    ----------
    playlist : Playlist
        The playlist.
    items : tuple of Item
        Its places in order.
    """

    playlist: Playlist
    items: tuple[Item, ...]

    @property
    def duration_s(self) -> float:
        """Length of all items of which it is known, seconds."""
        return sum(item.entry.duration_s or 0.0 for item in self.items)

    @property
    def listing(self) -> Listing:
        """The playlist as files have it."""
        entries = tuple(item.entry for item in self.items)
        return Listing(self.playlist.name, self.playlist.description, entries)

    @property
    def absent(self) -> tuple[Entry, ...]:
        """Entries that are not in the library."""
        return tuple(item.entry for item in self.items if item.track is None)

    def to_dict(self) -> dict[str, Any]:
        """Return the playlist as a JSON object, with its items."""
        return {
            **self.playlist.to_dict(),
            "n_items": len(self.items),
            "n_absent": len(self.absent),
            "duration_s": round(self.duration_s, 3),
            "items": [item_dict(place, item) for place, item in enumerate(self.items, 1)],
        }


def item_dict(place: int, item: Item) -> dict[str, Any]:
    """Return one place of a playlist as a JSON object."""
    entry = item.entry
    return {
        "place": place,
        "track_id": item.track and item.track.id,
        "path": entry.location,
        "title": entry.title,
        "artist": entry.artist,
        "duration_s": entry.duration_s,
    }


def list_playlists(library: Library) -> list[Playlist]:
    """Return every playlist, by name."""
    return Playlists(library).all()


def show(library: Library, name: str) -> Shown:
    """Return a playlist with its items; a smart one is asked now.

    Raises
    ------
    NotFoundError
        There is no such playlist.
    """
    kept = Playlists(library)
    return Shown(kept.get(name), tuple(kept.items(name)))


def create(
    library: Library,
    name: str,
    refs: Sequence[str | int] = (),
    *,
    where: str | None = None,
    description: str | None = None,
    force: bool = False,
) -> Shown:
    """Make a playlist of tracks, or of what a filter finds now.

    Parameters
    ----------
    refs : sequence of str or int
        Tracks, as `track_of` takes them.
    where : str, optional
        Adds what this filter finds, by path.
    force : bool
        Replace a playlist of this name.

    Raises
    ------
    ParameterError
        The name is taken or not allowed, or a track is not clear.
    NotFoundError
        A track is not in the library.
    """
    items = _items(library, refs, where)
    Playlists(library).create(name, items, description=description, replace=force)
    return show(library, name)


def add(
    library: Library,
    name: str,
    refs: Sequence[str | int],
    *,
    where: str | None = None,
    at: int | None = None,
) -> Shown:
    """Put tracks before place `at`, or at the end; parameters and errors as in `create`."""
    Playlists(library).add(name, _items(library, refs, where), at=at)
    return show(library, name)


def remove(library: Library, name: str, places: Iterable[str]) -> Shown:
    """Take out places, each ``3`` or ``5..8``.

    Raises
    ------
    ParameterError
        The text is no place, or the playlist has none such.
    """
    Playlists(library).remove(name, [place for text in places for place in _places(text)])
    return show(library, name)


def delete(library: Library, name: str) -> Playlist:
    """Forget a playlist and return what it was."""
    kept = Playlists(library)
    gone = kept.get(name)
    kept.delete(name)
    return gone


def smart(
    library: Library, name: str, query: Smart, *, description: str | None = None, force: bool = False
) -> Shown:
    """Keep a query as a playlist; it is asked anew whenever the playlist is shown or exported."""
    Playlists(library).create_smart(name, query, description=description, replace=force)
    return show(library, name)


@dataclass(frozen=True)
class Exported:
    """A playlist file that was written: where, how many entries, how many of them are not in the library."""

    path: Path
    n_items: int
    n_absent: int

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON knows them."""
        return {"out": str(self.path), "n_items": self.n_items, "n_absent": self.n_absent}


def export(
    library: Library, name: str, out: Path, *, absolute: bool = False, force: bool = False
) -> Exported:
    """Write a playlist as ``.m3u8``, ``.xspf`` or ``.jspf``.

    Raises
    ------
    NotFoundError
        There is no such playlist.
    ParameterError
        Another suffix, or `out` exists and `force` is not set.
    DataError
        `out` cannot be written.
    """
    shown = show(library, name)
    write_file(shown.listing, out, absolute=absolute, force=force)
    return Exported(out, len(shown.items), len(shown.absent))


def written(library: Library, name: str, format: str) -> bytes:
    """Return what a file of a playlist holds, with whole paths, for it may be put anywhere.

    Parameters
    ----------
    format : str
        m3u8, xspf or jspf.

    Raises
    ------
    NotFoundError
        There is no such playlist.
    UnknownNameError
        No such format.
    """
    formats = [suffix[1:] for suffix in WRITERS]
    if format not in formats:
        raise UnknownNameError.among("format of playlists", format, formats)
    return WRITERS[f".{format}"](show(library, name).listing, None)


def import_file(
    library: Library,
    path: Path,
    *,
    name: str | None = None,
    encoding: str | None = None,
    force: bool = False,
) -> Shown:
    """Read a playlist file into the library; entries that it does not know are kept as they are.

    Parameters
    ----------
    path : Path
        ``.m3u``, ``.m3u8``, ``.xspf`` or ``.jspf``. The files it names are not touched.
    name : str, optional
        What to call it; by default its title, else the name of the file.
    encoding : str, optional
        Of the text of an M3U.
    force : bool
        Replace a playlist of this name.

    Raises
    ------
    NotFoundError
        There is no such file.
    ParameterError
        The suffix, the encoding or the name is not allowed, or the name is taken.
    DataError
        It is broken, too large, or something else.
    """
    return _kept(
        library, read_file(path, encoding=encoding), name or path.stem, named=bool(name), force=force
    )


def import_content(
    library: Library,
    data: bytes,
    path: Path,
    *,
    name: str | None = None,
    encoding: str | None = None,
    force: bool = False,
) -> Shown:
    """Read what was sent as a playlist file; `path` is where it would lie, the rest as in `import_file`."""
    return _kept(
        library, read_content(data, path, encoding=encoding), name or path.stem, named=bool(name), force=force
    )


def _kept(library: Library, listing: Listing, name: str, *, named: bool, force: bool) -> Shown:
    called = checked_name(name if named else listing.title or name)
    items = matched(library, listing.entries)
    Playlists(library).create(called, items, description=listing.description, replace=force)
    return show(library, called)


def import_files(
    library: Library,
    paths: Sequence[str | Path],
    *,
    name: str | None = None,
    encoding: str | None = None,
    force: bool = False,
) -> Iterator[tuple[Path, Shown | TunelensError]]:
    """Read several files as `import_file` does; one that cannot be read does not stop the others.

    Raises
    ------
    ParameterError
        One `name` for several files.
    """
    if name is not None and len(paths) > 1:
        raise ParameterError(f"{len(paths)} playlists cannot all be called {name!r}", hint="leave --name out")
    for path in map(Path, paths):
        try:
            yield path, import_file(library, path, name=name, encoding=encoding, force=force)
        except TunelensError as error:
            yield path, error


@dataclass(frozen=True)
class Keep:
    """Where a list that was made is to stay: as a playlist of the library, as a file, or both.

    Parameters
    ----------
    name : str or None
        Playlist.
    out : Path or None
        File.
    absolute : bool
        Whole locations in the file.
    force : bool
        Replace what is there.
    """

    name: str | None = None
    out: Path | None = None
    absolute: bool = False
    force: bool = False

    def check(self, library: Library) -> None:
        """Refuse, before any work, what could not be kept."""
        if self.name is not None:
            taken = {playlist.name for playlist in Playlists(library).all()}
            if checked_name(self.name) in taken and not self.force:
                raise ParameterError(
                    f"there is a playlist {self.name!r} already", hint="use --force, or another name"
                )
        if self.out is not None:
            check_writable(check_suffix(self.out), force=self.force)

    def keep(self, library: Library, tracks: Sequence[Track], title: str, description: str) -> None:
        """Keep the tracks."""
        items = [Item.of(track) for track in tracks]
        if self.name is not None:
            Playlists(library).create(self.name, items, description=description, replace=self.force)
        if self.out is not None:
            listing = Listing(self.name or title, description, tuple(item.entry for item in items))
            write_file(listing, self.out, absolute=self.absolute, force=self.force)


def track_of(library: Library, ref: str | int) -> Track:
    """Return a track by its number, path, part of its title, or the first digits of its hash.

    A whole number is nothing but the number of a track; no file is looked for.
    """
    if isinstance(ref, int) or not (ref and os.path.lexists(ref)):
        return library.track(ref)
    return library.track(Path(ref).absolute())


def _items(library: Library, refs: Sequence[str | int], where: str | None) -> list[Item]:
    found = [track_of(library, ref) for ref in refs]
    if where is not None:
        found += library.iterate(where)
    return [Item.of(track) for track in found]


def _places(text: str) -> range:
    match = _PLACES.fullmatch(text)
    if match is None:
        raise ParameterError(f"{text!r} is no place; write 3, or 5..8")
    return range(int(match[1]), int(match[2] or match[1]) + 1)
