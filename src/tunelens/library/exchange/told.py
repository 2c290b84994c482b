"""What readers of other programs' files yield, and what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tunelens.library.feedback.events import Event
from tunelens.library.feedback.reports import LONGEST_EXAMPLE, MOST_EXAMPLES, Fault
from tunelens.library.feedback.store import Added
from tunelens.library.playlists.entry import Entry


@dataclass(frozen=True)
class Song:
    """What another program says of one song.

    Parameters
    ----------
    where : str
        Its place in the file, for the report.
    path, mbid, title, artist, album : str
        What it is called; "" where nobody says.
    duration_s : float or None
        Length.
    genres : tuple of str
        Its genres, the first first.
    events : tuple of Event
        Its rating, plays, likes; without a track.
    fields : Mapping of str to str
        Columns of the track to fill where its file says nothing.
    """

    where: str
    path: str = ""
    mbid: str = ""
    title: str = ""
    artist: str = ""
    album: str = ""
    duration_s: float | None = None
    genres: tuple[str, ...] = ()
    events: tuple[Event, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)

    @property
    def entry(self) -> Entry:
        """Return it as a line of a playlist."""
        return Entry(
            self.path or None, self.title or None, self.artist or None, self.album or None,
            self.duration_s, mbid=self.mbid or None,
        )  # fmt: skip


@dataclass(frozen=True)
class Listed:
    """A playlist of another program."""

    name: str
    entries: tuple[Entry, ...]
    description: str = ""


@dataclass(frozen=True)
class PlaylistMoved:
    """What became of a playlist.

    Parameters
    ----------
    name : str
        What it is called here.
    n_items, n_matched : int
        Its length, and how many of its songs are in the library.
    state : str
        ``new``, ``changed`` or ``known``.
    """

    name: str
    n_items: int
    n_matched: int
    state: str


@dataclass(frozen=True)
class MoveReport:
    """What became of the songs and playlists of another program; ``found`` is the sum of the next four.

    Parameters
    ----------
    source : str
        The program.
    found, matched, unmatched, ambiguous, dropped
        Songs: all; those whose track is in the library; not in it; could be several. Songs and playlists
        that could not be read, by reason.
    genres_new, genres_known : int
        Tracks that got genres they had not; that had these.
    fields_filled : int
        Tracks about which something was filled in that their file does not say.
    events : Added
        Ratings, plays and likes.
    playlists : tuple of PlaylistMoved
        Playlists.
    examples : tuple of Fault
        Some of the songs that were not matched or dropped.
    dry_run : bool
        Nothing was kept: the counts tell what would be.
    """

    source: str
    found: int = 0
    matched: int = 0
    unmatched: int = 0
    ambiguous: int = 0
    dropped: Mapping[str, int] = field(default_factory=dict)
    genres_new: int = 0
    genres_known: int = 0
    fields_filled: int = 0
    events: Added = field(default_factory=Added)
    playlists: tuple[PlaylistMoved, ...] = ()
    examples: tuple[Fault, ...] = ()
    dry_run: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON knows them."""
        return {
            **vars(self),
            "dropped": dict(self.dropped),
            "events": vars(self.events),
            "playlists": [vars(one) for one in self.playlists],
            "examples": [vars(one) for one in self.examples],
        }


@dataclass
class Tally:
    """The running sums of a move."""

    hows: Counter[str] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)
    genres: Counter[str] = field(default_factory=Counter)
    n_filled: int = 0
    events: Added = field(default_factory=Added)
    playlists: list[PlaylistMoved] = field(default_factory=list)
    examples: list[Fault] = field(default_factory=list)

    def tell(self, fault: Fault) -> None:
        """Keep an example, while there are few."""
        if len(self.examples) < MOST_EXAMPLES:
            self.examples.append(Fault(fault.where[:LONGEST_EXAMPLE], fault.reason))

    def drop(self, fault: Fault) -> None:
        """Count what could not be read."""
        self.dropped[fault.reason] += 1
        self.tell(fault)

    def report(self, source: str, dry_run: bool) -> MoveReport:
        """Return the sums."""
        return MoveReport(
            source=source,
            found=sum(self.hows.values()) + sum(self.dropped.values()),
            matched=self.hows["matched"],
            unmatched=self.hows["unmatched"],
            ambiguous=self.hows["ambiguous"],
            dropped=dict(self.dropped),
            genres_new=self.genres["new"],
            genres_known=self.genres["known"],
            fields_filled=self.n_filled,
            events=self.events,
            playlists=tuple(self.playlists),
            examples=tuple(self.examples),
            dry_run=dry_run,
        )
