"""What a whole selection of tracks looks like: counts, shares and histograms of the report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tunelens.library.track import Track

TONICS = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
MOST_SHARES = 12
MOST_POINTS = 2000
_TEMPO_STEP = 10
_TEMPO_RANGE = (40, 220)


@dataclass(frozen=True)
class Bar:
    """One bar: what it stands for, and how many tracks."""

    label: str
    count: int
    share: float


@dataclass(frozen=True)
class Stack:
    """One column of a histogram; `counts` stand on each other."""

    label: str
    counts: tuple[int, ...]
    ticked: bool = True

    @property
    def total(self) -> int:
        """Height of the column."""
        return sum(self.counts)


@dataclass(frozen=True)
class Point:
    """One track in the scatter of energy and danceability, both 0 to 1."""

    energy: float
    danceability: float
    name: str
    number: int


@dataclass(frozen=True)
class Overview:
    """Everything above the table of the report.

    Parameters
    ----------
    n_tracks, duration_s
        How many and how long together.
    genres, moods : tuple of Bar
        For how many tracks each tag is the most probable of its group; only tags that count as likely.
    tempi, keys : tuple of Stack
        Histograms; a key has two counts, major and minor.
    without_genre, without_mood, without_tempo, without_key : int
        Tracks that are in no bar or column.
    points : tuple of Point
        At most `MOST_POINTS`, evenly taken.
    """

    n_tracks: int
    duration_s: float
    genres: tuple[Bar, ...]
    moods: tuple[Bar, ...]
    tempi: tuple[Stack, ...]
    keys: tuple[Stack, ...]
    without_genre: int
    without_mood: int
    without_tempo: int
    without_key: int
    points: tuple[Point, ...]


def overview(tracks: Iterable[Track]) -> Overview:
    """Count over `tracks`, which are walked over once."""
    genres, moods, keys = Counter[str](), Counter[str](), Counter[tuple[str, str]]()
    tempi: list[float] = []
    points: list[Point] = []
    n_tracks, duration_s = 0, 0.0
    for track in tracks:
        n_tracks, duration_s = n_tracks + 1, duration_s + track.duration_s
        genres.update(_strongest(track, "genre"))
        moods.update(_strongest(track, "mood"))
        tempi += [track.tempo_bpm] if track.tempo_bpm else []
        keys.update([(track.tonic, track.mode)] if track.tonic and track.mode else [])
        points += _point(track)
    return Overview(
        n_tracks=n_tracks,
        duration_s=duration_s,
        genres=_bars(genres, n_tracks),
        moods=_bars(moods, n_tracks),
        tempi=tempo_histogram(tempi),
        keys=tuple(Stack(t, (keys[t, "major"], keys[t, "minor"])) for t in TONICS),
        without_genre=n_tracks - sum(genres.values()),
        without_mood=n_tracks - sum(moods.values()),
        without_tempo=n_tracks - len(tempi),
        without_key=n_tracks - sum(keys.values()),
        points=tuple(points[:: -(-len(points) // MOST_POINTS) or 1]),
    )


def _strongest(track: Track, group: str) -> list[str]:
    return list(track.likely_tags(group)[:1])


def _point(track: Track) -> list[Point]:
    if track.energy is None or track.danceability is None:
        return []
    return [Point(track.energy, track.danceability, track.name, track.id)]


def _bars(counts: Counter[str], total: int) -> tuple[Bar, ...]:
    best = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    bars = [Bar(name, count, count / total) for name, count in best[:MOST_SHARES]]
    rest = sum(count for _, count in best[MOST_SHARES:])
    return (*bars, Bar("others", rest, rest / total)) if rest else tuple(bars)


def tempo_histogram(tempi: Sequence[float]) -> tuple[Stack, ...]:
    """Count tempi in steps of 10 BPM; what lies outside 40 to 220 is in the outermost columns.

    Examples
    --------
    >>> [(s.label, s.total) for s in tempo_histogram([119.9, 120.0, 129.0]) if s.total]
    [('110', 1), ('120', 2)]
    """
    low, high = _TEMPO_RANGE
    steps = range(low, high, _TEMPO_STEP)
    places = Counter(min(max(int(bpm // _TEMPO_STEP) * _TEMPO_STEP, low), steps[-1]) for bpm in tempi)
    return tuple(Stack(str(bpm), (places[bpm],), bpm % 40 == 0) for bpm in steps)
