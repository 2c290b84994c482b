"""Tables of tracks and of one track, for the terminal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tunelens.cli.plain import printable
from tunelens.library.facts import TOP_TAGS, facts_of, minutes, title_of

if TYPE_CHECKING:
    from tunelens.base.card import Fact
    from tunelens.library.analysis import Analysis
    from tunelens.library.track import Track

MOST_ROWS = 40
UNKNOWN = "-"
WIDE = 100


def draw_tracks(out: Console, tracks: Iterable[Track]) -> None:
    """Print one row per track: what it is, and how sure; a narrow terminal shows less of it."""
    wide = out.width >= WIDE
    table = Table(box=None, pad_edge=False)
    table.add_column("id", justify="right", no_wrap=True, min_width=3)
    for name, share in (("title", 0.28), ("tags", 0.2)):
        table.add_column(name, no_wrap=True, overflow="ellipsis", max_width=int(share * out.width) - 2)
    for name in ("length", "BPM", "sure", "key", "sure", "energy", *(("dance", "LUFS") if wide else ())):
        table.add_column(name, justify="right", no_wrap=True, min_width=len(name))
    for track in tracks:
        table.add_row(*_row(track)[: None if wide else -2])
    out.print(table)


def _row(track: Track) -> list[str]:
    tags = dict.fromkeys(tag.tag for tag in track.tags if tag.likely)
    return [
        str(track.id),
        escape(printable(track.name)),
        escape(", ".join(list(tags)[:TOP_TAGS])),
        minutes(track.duration_s),
        _number(track.tempo_bpm, 0),
        _share(track.tempo_confidence) if track.tempo_bpm else "",
        f"{track.tonic} {track.mode[:3]}" if track.tonic and track.mode else UNKNOWN,
        _share(track.key_confidence) if track.key else "",
        _number(track.energy, 2),
        _number(track.danceability, 2),
        _number(track.loudness_lufs, 1),
    ]


def draw_analysis(out: Console, analysis: Analysis) -> None:
    """Print everything that a person wants to read of one track."""
    table = Table(
        show_header=False, box=None, title=escape(printable(title_of(analysis))), title_justify="left"
    )
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for fact in facts_of(analysis):
        table.add_row(f"[dim]{escape(fact.name)}[/]", escape(printable(_sure(fact))))
    out.print(table)


def _number(value: float | None, digits: int, unit: str = "") -> str:
    return UNKNOWN if value is None else f"{value:.{digits}f}{unit}"


def _share(value: float | None) -> str:
    return UNKNOWN if value is None else f"{100 * value:.0f}%"


def _sure(fact: Fact) -> str:
    return fact.text if fact.sure is None else f"{fact.text} ({_share(fact.sure)} sure)"
