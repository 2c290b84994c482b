"""Counting: every track is in exactly one place or said to be in none."""

from __future__ import annotations

from pathlib import Path

import pytest

from tunelens.library.track import TagScore, Track
from tunelens.services.report_overview import MOST_POINTS, overview, tempo_histogram


def track(number: int, *, bpm: float | None = 120.0, tonic: str | None = "A", genre: str = "rock") -> Track:
    tags = (TagScore("net", genre, "genre", 0.9, True), TagScore("net", "sad", "mood", 0.2, False))
    values = dict.fromkeys(
        ["title", "artist", "album", "year", "genre", "container", "codec", "sr", "n_channels", "bit_rate"]
    )
    return Track(
        **values,
        id=number,
        path=Path(f"/music/{number}.mp3"),
        sha256="",
        size_bytes=1,
        mtime_ns=0,
        analyzed_at="",
        duration_s=60.0,
        tempo_bpm=bpm,
        tempo_confidence=0.5,
        tonic=tonic,
        mode="minor" if tonic else None,
        key_confidence=0.5,
        loudness_lufs=-10.0,
        loudness_range_lu=5.0,
        danceability=0.5,
        energy=0.5,
        dynamic_complexity_db=3.0,
        tags=tags if genre else (),
    )


def test_every_track_is_counted_once() -> None:
    seen = overview(
        [track(1), track(2, bpm=None), track(3, tonic=None), track(4, genre="jazz"), track(5, genre="")]
    )
    assert (seen.n_tracks, seen.duration_s) == (5, 300.0)
    assert [(b.label, b.count, b.share) for b in seen.genres] == [("rock", 3, 0.6), ("jazz", 1, 0.2)]
    assert sum(bar.count for bar in seen.genres) + seen.without_genre == 5
    assert (seen.moods, seen.without_mood) == ((), 5), "sad is not likely"
    assert sum(stack.total for stack in seen.tempi) + seen.without_tempo == 5
    assert sum(stack.total for stack in seen.keys) + seen.without_key == 5
    assert {stack.label: stack.counts for stack in seen.keys}["A"] == (0, 4)


def test_rare_tags_are_summed_as_others() -> None:
    seen = overview(track(i, genre=f"genre {i:02d}") for i in range(30))
    assert seen.genres[-1].label == "others"
    assert sum(bar.count for bar in seen.genres) == 30
    assert sum(bar.share for bar in seen.genres) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("bpm", "label"), [(10, "40"), (40, "40"), (119.9, "110"), (120, "120"), (400, "210")]
)
def test_a_tempo_is_in_its_column(bpm: float, label: str) -> None:
    assert [stack.label for stack in tempo_histogram([bpm]) if stack.total] == [label]


def test_a_large_library_gives_few_points() -> None:
    seen = overview(track(i) for i in range(5 * MOST_POINTS + 1))
    assert MOST_POINTS / 2 <= len(seen.points) <= MOST_POINTS
    assert seen.n_tracks == 5 * MOST_POINTS + 1


def test_nothing_is_nothing() -> None:
    seen = overview([])
    assert seen.n_tracks == 0
    assert seen.points == seen.genres == ()
