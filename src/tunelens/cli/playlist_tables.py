"""Tables of playlists, transitions and journeys, for the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tunelens.cli.draw import UNKNOWN
from tunelens.cli.plain import printable
from tunelens.library.facts import minutes

if TYPE_CHECKING:
    from tunelens.library.playlists.store import Playlist, Smart
    from tunelens.services.journeys import Journey
    from tunelens.services.mixes import Made, Transition
    from tunelens.services.playlists import Shown


MOST_ROWS = 1000
"""Drawing 100,000 takes minutes."""
_NAMES = ("title", "name", "what")
_NARROWEST = {
    "": 3, "id": 3, "place": 5, "length": 6, "BPM": 3, "key": 10, "alike": 5, "valence": 7, "arousal": 7,
    "wanted": 10, "off by": 6, "changed": 10,
}  # fmt: skip


def length(seconds: float) -> str:
    """Return a length as m:ss, from an hour as h:mm:ss, rounded to the second."""
    whole = round(seconds)
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else minutes(whole)


def draw_playlists(out: Console, found: Iterable[Playlist]) -> None:
    """Print one row per playlist."""
    table = _table(out, "name", "items", "what", "changed")
    for one in found:
        what = _query(one.smart) if one.smart else one.description or ""
        count = UNKNOWN if one.n_items is None else str(one.n_items)
        table.add_row(*_safe(one.name, count, what, one.updated_at[:10]))
    out.print(table)


def _query(smart: Smart) -> str:
    more = f" by {smart.sort}" if smart.sort else ""
    return f"{smart.where or 'everything'}{more}{f', at most {smart.limit}' if smart.limit else ''}"


def draw_shown(out: Console, shown: Shown) -> None:
    """Print the items of one playlist, of a very long one the first."""
    table = _table(out, "place", "id", "title", "length", "BPM", "key", "where")
    for place, item in enumerate(shown.items[:MOST_ROWS], 1):
        track, entry = item.track, item.entry
        known = UNKNOWN if entry.duration_s is None else minutes(entry.duration_s)
        facts = (_bpm(track.tempo_bpm), track.key or UNKNOWN, "") if track else ("", "", "not in the library")
        table.add_row(*_safe(str(place), str(track.id) if track else "", entry.name, known, *facts))
    out.print(table)
    if (more := len(shown.items) - MOST_ROWS) > 0:
        out.print(f"and {more} more; --json and tunelens playlist export give all")


def draw_made(out: Console, made: Made) -> None:
    """Print the tracks of a mix with what happens between each and the one before."""
    table = _table(out, "", "id", "title", "length", "BPM", "key", "alike", "cost")
    steps: Sequence[Transition | None] = [None, *made.transitions]
    for place, (track, step) in enumerate(zip(made.tracks, steps, strict=False), 1):
        between = ("", "", "", "") if step is None else _between(step)
        table.add_row(*_safe(str(place), str(track.id), track.name, minutes(track.duration_s), *between))
    out.print(table)


def _between(step: Transition) -> tuple[str, ...]:
    tempo = " to ".join(_bpm(one) for one in step.tempo)
    keys = " to ".join(one or UNKNOWN for one in step.keys)
    return tempo, keys, f"{1 - step.parts['similarity']:.0%}", f"{step.cost:.2f}"


def draw_journey(out: Console, made: Journey) -> None:
    """Print the steps of a journey, and how far each is from where it should be."""
    table = _table(out, "", "id", "title", "length", "valence", "arousal", "wanted", "off by")
    for place, step in enumerate(made.steps, 1):
        track, here, there = step.track, step.feeling, step.wanted
        at = (f"{here.valence:.2f}{'?' if here.guessed else ''}", f"{here.arousal:.2f}")
        wanted = f"{there.valence:.2f}, {there.arousal:.2f}"
        cells = (str(place), str(track.id), track.name, minutes(track.duration_s), *at, wanted)
        table.add_row(*_safe(*cells, f"{step.deviation:.2f}"))
    out.print(table)


def _bpm(tempo: float | None) -> str:
    return UNKNOWN if tempo is None else f"{tempo:.0f}"


def _table(out: Console, *columns: str) -> Table:
    """Return a table in which names give way to numbers where the terminal is narrow."""
    table = Table(box=None, pad_edge=False)
    for column in columns:
        if column in _NAMES:
            table.add_column(column, overflow="ellipsis", no_wrap=True, max_width=int(0.38 * out.width))
        else:
            table.add_column(column, justify="right", no_wrap=True, min_width=_NARROWEST.get(column, 4))
    return table


def _safe(*cells: str) -> tuple[str, ...]:
    return tuple(escape(printable(cell)) for cell in cells)
