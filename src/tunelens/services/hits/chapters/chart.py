"""The chart itself: every song, with what is known of it."""

from __future__ import annotations

from collections.abc import Sequence

from tunelens.base.language import say, word
from tunelens.base.table import Cell, Table
from tunelens.explore.collection import Collection
from tunelens.services.hits.page import Section, Sheet
from tunelens.services.hits.results import Results
from tunelens.services.hits.stages.describe import SOUND
from tunelens.services.notes import note

SONGS = "songs"
NUMBERS = ("tempo_bpm", "energy", "danceability", "valence", "loudness_lufs", "loudness")
FACTS = ("key", "genre", "mood")
OUTCOMES = ("rank", "use_count", "increase", "popularity", "track_pop", "peak_rank", "weeks_on_chart")
MOST_SHOWN = 1500


def chart_chapter(results: Results) -> Section:
    """Return the chapter of the chart."""
    acquired, described = results.acquired, results.described
    n = len(acquired.entries)
    rows = sum(len(chart) for chart in acquired.charts)
    lines = [
        say("{n} songs, read from {source}.", n=f"{n:,}", source=say(", ").join(_sources(results))),
    ]
    if rows > n:
        lines.append(say("{n} rows name a song that stood before; each song is counted once.", n=rows - n))
    if results.cut is not None:
        lines.append(say("Sound was found for {n} of {total} songs.", n=acquired.n_with_sound, total=n))
    if acquired.strangers:
        lines.append(
            say("{n} files of the folder belong to no song of the chart.", n=len(acquired.strangers))
        )
    if described is not None:
        lines.append(_how_described(described.source))
    table = songs_table(results)
    return Section(
        "chart", say("The chart"), tuple(lines),
        sheets=(
            Sheet(SONGS, table, said=("key", "genre", "mood"), most=MOST_SHOWN, is_long=True),
            *_notes(results),
        ),
    )  # fmt: skip


def _notes(results: Results) -> tuple[Sheet, ...]:
    """Return what the readers of both sides noted."""
    described = results.described
    if described is None:
        return ()
    sides = [(say("chart"), described.chart)]
    if described.reference is not None:
        sides.append((say("reference"), described.reference))
    rows = tuple((side, note(text)) for side, songs in sides for text in dict.fromkeys(songs.notes))
    if not rows:
        return ()
    table = Table(word("Notes on the data"), (word("side"), word("note")), rows)
    return (Sheet("notes", table, is_folded=True),)


def _sources(results: Results) -> list[str]:
    return [chart.source.rpartition("/")[2] or chart.name for chart in results.acquired.charts]


def _how_described(source: str) -> str:
    if source == SOUND:
        return say(
            "Every number of the sound was heard in excerpts of the recordings, not taken from tables."
        )
    return say("Every number of the sound is the one that the table states; nothing was heard.")


def songs_table(results: Results) -> Table:
    """Return a row per song: what the chart says, and what was heard."""
    songs = results.described.chart if results.described else None
    if songs is None:
        rows = tuple((one.title or one.music_id, one.creator) for one in results.acquired.entries)
        return Table(word("Songs"), (word("title"), word("artist")), rows)
    columns, cells = _columns(songs)
    grouped = results.grouped
    if grouped is not None:
        names = (*grouped.clustering.names, say("in no cluster"))
        columns, cells = (
            (*columns, word("cluster")),
            [*cells, [names[label] for label in grouped.clustering.labels]],
        )
    return Table(word("Songs"), tuple(columns), tuple(zip(*cells, strict=True)))


def _columns(songs: Collection) -> tuple[Sequence[str], list[Sequence[Cell]]]:
    columns: list[str] = [word("title"), word("artist")]
    cells: list[Sequence[Cell]] = [songs.titles, songs.artists]
    assert songs.years is not None
    years = [None if year != year else int(year) for year in songs.years.tolist()]  # noqa: PLR0124 - NaN
    if any(year is not None for year in years):
        columns, cells = [*columns, "year"], [*cells, years]
    for name in (*OUTCOMES, *FACTS):
        if name in songs.facts:
            columns, cells = [*columns, name], [*cells, [_cell(name, text) for text in songs.facts[name]]]
    for name in NUMBERS:
        if name in songs.features:
            values = songs.X[:, songs.features.index(name)].tolist()
            columns = [*columns, name]
            cells = [*cells, [None if value != value else value for value in values]]  # noqa: PLR0124 - NaN
    return columns, cells


def _cell(name: str, text: str) -> Cell:
    if name not in OUTCOMES:
        return text or None
    try:
        value = float(text)
    except ValueError:
        return text or None
    return int(value) if value.is_integer() else value
