"""What a person wants to read of one track: a line for each thing that was heard, and how sure it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from tunelens.base.card import Fact
from tunelens.base.language import say, word
from tunelens.base.table import Table

if TYPE_CHECKING:
    from tunelens.features.descriptors import Descriptors
    from tunelens.library.analysis import Analysis
    from tunelens.library.track import Track
    from tunelens.models import Tagging

TOP_TAGS = 3
COLUMNS = (
    word("id"), word("title"), word("tags"), word("length"), word("tempo (BPM)"), word("sure of the tempo"),
    word("key"), word("sure of the key"), word("energy"),
)  # fmt: skip
SURE = ("sure of the tempo", "sure of the key")
_REASONS = (word("silence"), word("nothing tonal"), word("no pulse"))
_GROUPS = {
    "genre": word("genre tags"),
    "mood": word("mood tags"),
    "instrument": word("instrument tags"),
    "voice": word("voice tags"),
    "era": word("era tags"),
    "other": word("other tags"),
}


def title_of(analysis: Analysis) -> str:
    """Return what to call a recording: artist and title, or the name of the file."""
    info = analysis.info
    return " - ".join(part for part in (info.artist, info.title) if part) or analysis.path.name


def facts_of(analysis: Analysis) -> tuple[Fact, ...]:
    """Return the lines that there are, in the language of now."""
    lines = [
        Fact(say("file"), str(analysis.path)),
        Fact(say("length"), minutes(analysis.duration_s)),
        *_heard(analysis.descriptors),
        *(Fact(name, said.line()) for name, said in analysis.predictions.items()),
        *_tags(analysis.taggings),
        Fact(say("warnings"), "; ".join(analysis.warnings)),
    ]
    return tuple(line for line in lines if line.text)


def tracks_table(tracks: Iterable[Track], name: str = "") -> Table:
    """Return a row for each track: what it is, and how sure."""
    rows = []
    for track in tracks:
        tags = dict.fromkeys(tag.tag for tag in track.tags if tag.likely)
        tempo = track.tempo_confidence if track.tempo_bpm else None
        rows.append(
            (
                track.id, track.name, ", ".join(list(tags)[:TOP_TAGS]), minutes(track.duration_s),
                track.tempo_bpm, tempo, track.key, track.key_confidence if track.key else None, track.energy,
            )
        )  # fmt: skip
    return Table(name, COLUMNS, tuple(rows))


def minutes(seconds: float) -> str:
    """Return a length as m:ss.

    Examples
    --------
    >>> minutes(125.9)
    '2:05'
    """
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def _heard(heard: Descriptors) -> Iterator[Fact]:
    tempo, key = heard.tempo, heard.key
    yield (
        Fact(say("tempo"), f"{tempo.bpm:.1f} BPM", tempo.confidence) if tempo.bpm
        else Fact(say("tempo"), _unknown(tempo.reason))
    )  # fmt: skip
    yield Fact(say("or"), ", ".join(f"{bpm:.1f}" for bpm, _ in tempo.alternatives))
    yield (
        Fact(say("key"), f"{key.tonic} {key.mode}", key.confidence) if key.tonic
        else Fact(say("key"), _unknown(key.reason))
    )  # fmt: skip
    yield Fact(say("loudness"), _loudness(heard.loudness_lufs, heard.loudness_range_lu))
    yield Fact(say("danceability"), _number(heard.danceability.value, 2))
    yield Fact(say("energy"), _number(heard.energy, 2))
    yield Fact(say("dynamics"), _number(heard.dynamic_complexity_db, 1, " dB"))


def _tags(taggings: Sequence[Tagging]) -> Iterator[Fact]:
    best: dict[str, dict[str, float]] = {}
    for tagging in taggings:
        for group, scored in tagging.grouped().items():
            mine = best.setdefault(group, {})
            for tag, score in scored:
                mine[tag] = max(score, mine.get(tag, 0.0))
    for group, scores in best.items():
        ranked = sorted(scores.items(), key=lambda pair: -pair[1])[:TOP_TAGS]
        yield Fact(say(_GROUPS[group]), ", ".join(f"{tag} {score:.2f}" for tag, score in ranked))


def _unknown(reason: str | None) -> str:
    return say("unknown: {why}", why=say(reason or ""))


def _number(value: float | None, digits: int, unit: str = "") -> str:
    return "-" if value is None else f"{value:.{digits}f}{unit}"


def _loudness(lufs: float | None, spread_lu: float | None) -> str:
    if lufs is None:
        return say("silent")
    return say("{lufs} LUFS, range {spread} LU", lufs=f"{lufs:.1f}", spread=_number(spread_lu, 1))
