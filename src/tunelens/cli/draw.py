"""Tables of tracks and of one track, for the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tunelens.cli.plain import printable

if TYPE_CHECKING:
    from tunelens.library.analysis import Analysis
    from tunelens.library.track import Track
    from tunelens.models import Tagging
    from tunelens.models.prediction import Prediction

MOST_ROWS = 40
TOP_TAGS = 3
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
        show_header=False, box=None, title=escape(printable(_title(analysis))), title_justify="left"
    )
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in _facts(analysis):
        table.add_row(f"[dim]{name}[/]", escape(printable(value)))
    out.print(table)


def _title(analysis: Analysis) -> str:
    info = analysis.info
    named = " - ".join(part for part in (info.artist, info.title) if part)
    return named or str(analysis.path.name)


def _facts(analysis: Analysis) -> list[tuple[str, str]]:
    heard = analysis.descriptors
    tempo, key, dance = heard.tempo, heard.key, heard.danceability
    others = ", ".join(f"{bpm:.1f}" for bpm, _ in tempo.alternatives)
    rows = [
        ("file", str(analysis.path)),
        ("length", minutes(analysis.duration_s)),
        (
            "tempo",
            _sure(f"{tempo.bpm:.1f} BPM", tempo.confidence) if tempo.bpm else f"unknown: {tempo.reason}",
        ),
        ("or", others),
        ("key", _sure(f"{key.tonic} {key.mode}", key.confidence) if key.tonic else f"unknown: {key.reason}"),
        ("loudness", _loudness(heard.loudness_lufs, heard.loudness_range_lu)),
        ("danceability", _number(dance.value, 2)),
        ("energy", _number(heard.energy, 2)),
        ("dynamics", _number(heard.dynamic_complexity_db, 1, " dB")),
        *((name, said_of(said)) for name, said in analysis.predictions.items()),
        *((f"{group} tags", tags) for group, tags in _tags(analysis.taggings)),
        ("warnings", "; ".join(analysis.warnings)),
    ]
    return [(name, value) for name, value in rows if value]


def said_of(said: Prediction) -> str:
    """Return what a bundle says in one line: the answer with its probability, or why there is none."""
    if said.task == "continuous":
        low, high = said.interval or (said.value, said.value)
        return f"{said.value:.2f} ({low:.2f} to {high:.2f})" if said.known else f"unknown: {said.why}"
    if said.labels:
        return ", ".join(f"{label} {_share(said.probabilities[label])}" for label in said.labels[:TOP_TAGS])
    if said.why or said.best is None:
        return f"unknown: {said.why}"
    return f"none for sure; {said.best} {_share(said.probability)}"


def _tags(taggings: Sequence[Tagging]) -> list[tuple[str, str]]:
    best: dict[str, dict[str, float]] = {}
    for tagging in taggings:
        for group, scored in tagging.grouped().items():
            mine = best.setdefault(group, {})
            for tag, score in scored:
                mine[tag] = max(score, mine.get(tag, 0.0))
    return [(group, _top(scores)) for group, scores in best.items()]


def _top(scores: dict[str, float]) -> str:
    ranked = sorted(scores.items(), key=lambda pair: -pair[1])[:TOP_TAGS]
    return ", ".join(f"{tag} {score:.2f}" for tag, score in ranked)


def minutes(seconds: float) -> str:
    """Return a length as m:ss."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def _number(value: float | None, digits: int, unit: str = "") -> str:
    return UNKNOWN if value is None else f"{value:.{digits}f}{unit}"


def _share(value: float | None) -> str:
    return UNKNOWN if value is None else f"{100 * value:.0f}%"


def _sure(text: str, confidence: float) -> str:
    return f"{text} ({_share(confidence)} sure)"


def _loudness(lufs: float | None, spread_lu: float | None) -> str:
    return "silent" if lufs is None else f"{lufs:.1f} LUFS, range {_number(spread_lu, 1)} LU"
