"""From what another program says to the library: which track is meant, and what is new about it.

Genres become tags of their own (``imported:beets``), ratings, plays and likes become events, playlists become
playlists. What was heard is not touched.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

from tunelens.base.batches import batched
from tunelens.base.errors import DataError, NotFoundError, ParameterError
from tunelens.library.exchange import genres
from tunelens.library.exchange.told import Listed, MoveReport, PlaylistMoved, Song, Tally
from tunelens.library.feedback import Event, Feedback
from tunelens.library.feedback.reports import Fault
from tunelens.library.feedback.store import Added
from tunelens.library.matching import AMBIGUOUS, Match, matcher
from tunelens.library.playlists.importing import matched
from tunelens.library.playlists.store import LONGEST_NAME, Item, Playlists, checked_name

if TYPE_CHECKING:
    from tunelens.library.store import Library

BATCH = 500


def move_in(
    library: Library, source: str, told: Iterable[Song | Listed | Fault], *, dry_run: bool = False
) -> MoveReport:
    """Keep what another program says and tell what became of it.

    Parameters
    ----------
    library : Library
        Where it goes.
    source : str
        The program; what it told before is replaced.
    told : iterable of Song, Listed and Fault
        What it says.
    dry_run : bool
        Keep nothing.
    """
    move = _Move(library, source, dry_run)
    for batch in batched(told, BATCH):
        move.songs([one for one in batch if isinstance(one, Song)])
        for one in batch:
            if isinstance(one, Fault):
                move.tally.drop(one)
            elif isinstance(one, Listed):
                move.playlist(one)
    return move.tally.report(source, dry_run)


class _Move:
    """One move, a batch of songs at a time."""

    def __init__(self, library: Library, source: str, dry_run: bool) -> None:
        self.tally = Tally()
        self._library = library
        self._source = source
        self._dry_run = dry_run
        self._held = genres.held(library.database, source)
        self._matcher = matcher(library)
        self._has_genres: set[int] = set()
        self._taken: set[str] = set()

    def songs(self, songs: list[Song]) -> None:
        """Keep what is said of some songs."""
        found = [(song, self._track_of(song)) for song in songs]
        known = [(number, song) for song, number in found if number is not None]
        self._keep_genres((number, genres.clean(song.genres)) for number, song in known)
        self._keep_fields({number: song.fields for number, song in reversed(known) if song.fields})
        self._keep_events(replace(event, track_id=number) for song, number in found for event in song.events)

    def _track_of(self, song: Song) -> int | None:
        found: Match = self._matcher.find(
            path=song.path, mbid=song.mbid, title=song.title, artist=song.artist, album=song.album,
            duration_s=song.duration_s,
        )  # fmt: skip
        how = "matched" if found.id else "ambiguous" if found.how == AMBIGUOUS else "unmatched"
        self.tally.hows[how] += 1
        if found.id is None:
            self.tally.tell(Fault(song.where, found.how))
        return found.id

    def _keep_genres(self, given: Iterable[tuple[int, tuple[str, ...]]]) -> None:
        """Keep what is said first of a track: several songs may mean one, and some say nothing of it."""
        told: dict[int, tuple[str, ...]] = {}
        for number, names in given:
            if names and number not in self._has_genres:
                told.setdefault(number, names)
        self._has_genres |= told.keys()
        new = {number: names for number, names in told.items() if self._held.get(number) != names}
        self.tally.genres["new"] += len(new)
        self.tally.genres["known"] += len(told) - len(new)
        if not self._dry_run:
            genres.keep(self._library.database, self._source, new)
            self._held.update(new)

    def _keep_fields(self, given: Mapping[int, Mapping[str, str]]) -> None:
        database = self._library.database
        if self._dry_run:
            self.tally.n_filled += sum(bool(genres.missing(database, *one)) for one in given.items())
        else:
            self.tally.n_filled += genres.fill(database, given)

    def _keep_events(self, events: Iterator[Event]) -> None:
        if self._dry_run:
            self.tally.events += Added(new=sum(1 for _ in events))
        else:
            self.tally.events += Feedback(self._library).keep(events)

    def playlist(self, listed: Listed) -> None:
        """Keep a playlist; where another has its name, it is named after its program too."""
        try:
            self._keep_playlist(listed)
        except (ParameterError, DataError) as error:
            self.tally.drop(Fault(f"playlist {listed.name[:50]!r}", error.message))

    def _keep_playlist(self, listed: Listed) -> None:
        items = matched(self._library, listed.entries)
        n_matched = sum(item.track is not None for item in items)
        name, state = self._name(listed.name, items)
        if state != "known" and not self._dry_run:
            about = listed.description or None
            Playlists(self._library).create(name, items, description=about, replace=state == "changed")
        self.tally.playlists.append(PlaylistMoved(name, len(items), n_matched, state))

    def _name(self, name: str, items: list[Item]) -> tuple[str, str]:
        """Return under which name it is kept, and whether that is new; no two of one move share a name."""
        for called, mine in self._names(name):
            if called in self._taken:
                continue
            there = self._items(called)
            same = there is not None and list(map(_identity, there)) == list(map(_identity, items))
            if there is None or same or mine:
                self._taken.add(called)
                return called, "new" if there is None else "known" if same else "changed"
        raise AssertionError("names never end")

    def _names(self, name: str) -> Iterator[tuple[str, bool]]:
        """Yield names to keep it under, and whether a playlist of that name is of this program."""
        yield checked_name(name[:LONGEST_NAME]), False
        for number in count(1):
            suffix = self._source if number == 1 else f"{self._source} {number}"
            yield checked_name(f"{name[: LONGEST_NAME - 50]} ({suffix})"), True

    def _items(self, name: str) -> list[Item] | None:
        try:
            return Playlists(self._library).items(name)
        except NotFoundError:
            return None


def _identity(item: Item) -> object:
    return item.track.id if item.track else (item.entry.location, item.entry.title, item.entry.artist)
