"""A chart that carries audio features, as a collection of songs."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from tunelens.charts.chart import Chart, Entry
from tunelens.data.readers.numbers import is_missing, moment, number
from tunelens.explore.collection import Collection
from tunelens.explore.joining import folded

TONICS = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
OUTCOMES = ("use_count", "increase", "rank")
"""Fields of an entry that tell how it fared, beside what its other columns tell."""
_MOSTLY = 0.9
_OUTCOME = re.compile(
    r"(.*_)?(pop|popularity|rank|position|streams|plays?|playcount|views|likes|shares|comments|followers|"
    r"uses|play_count|use_count|weeks|target|label|votes|sales)|(is_)?(hit|flop)|hits|weeks_on_.*|"
    r".*(热度|排名|名次|播放|点赞|评论|收藏|使用|人气|粉丝).*"
)
_LENGTH = re.compile(r"duration.*|length|length_.*|时长")
_NUMBERING = re.compile(r"(.*_)?(id|ids|uri|url|index|idx|fold|row|编号|isrc)|unnamed.*|href|.*_href")
_YEAR = re.compile(r"(release_)?(year|date)|年份|发行年份|发行日期|日期")
_CODED = ("key", "mode", "time_signature", "explicit")
_RENAMED = {"tempo": "tempo_bpm", "bpm": "tempo_bpm"}
_OF_NAME = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d|s)")
_SHORT = re.compile(r"[_\-. ](\d{2})$")

Floats = NDArray[np.float64]


def songs(chart: Chart) -> Collection:
    """Return the songs of a chart with the numbers that its columns tell of their sound.

    Numbers are features, unless their column tells how the song fared (popularity, rank, ``target``), is a
    code (key, mode, time signature), a year or a number of the row: those are facts, as text, so that
    nothing takes them for sound. The year is that of the entry's date, unless all have one and a column of
    years tells more; else of such a column, else the one that the name of the file tells, which a note says.

    Parameters
    ----------
    chart : Chart

    Returns
    -------
    Collection
        One row per song, see `tunelens.explore.joining.folded`. It may have no feature at all.
    """
    entries = chart.entries
    columns = {name: [_cell(entry, name) for entry in entries] for name in _names(entries)}
    kinds = {name: _kind(name, cells) for name, cells in columns.items()}
    features = _features(entries, columns, kinds)
    years, notes = _years(chart, columns)
    found = Collection(
        chart.name,
        _ids(entries),
        np.column_stack([*features.values()]) if features else np.zeros((len(entries), 0)),
        tuple(features),
        titles=tuple(entry.title for entry in entries),
        artists=tuple(entry.creator for entry in entries),
        years=years,
        facts=_facts(entries, columns, kinds),
        notes=(*chart.notes, *notes),
    )
    return folded(found, [entry.music_id for entry in entries])


def key(name: str) -> str:
    """Return the name of a column as columns are recognised by."""
    return re.sub(r"[\s\-]+", "_", name.strip().casefold())


def _names(entries: Sequence[Entry]) -> dict[str, None]:
    return dict.fromkeys(name for entry in entries for name in entry.more)


def _cell(entry: Entry, name: str) -> str:
    text = entry.more.get(name, "").strip()
    return "" if is_missing(text) else text


def _kind(name: str, cells: Sequence[str]) -> str:
    """Tell what a column is: a feature, a fact, a year, or nothing of use."""
    known = key(name)
    if _YEAR.fullmatch(known):
        return "year"
    if _NUMBERING.fullmatch(known):
        return ""
    if known in _CODED or _OUTCOME.fullmatch(known):
        return "fact"
    filled = [cell for cell in cells if cell]
    numeric = sum(number(cell) is not None for cell in filled)
    return "feature" if filled and numeric >= _MOSTLY * len(filled) else "fact"


def _features(
    entries: Sequence[Entry], columns: Mapping[str, Sequence[str]], kinds: Mapping[str, str]
) -> dict[str, Floats]:
    found: dict[str, Floats] = {}
    for name, cells in columns.items():
        if kinds[name] == "feature":
            values = np.array([_number(cell) for cell in cells])
            called = _RENAMED.get(key(name), name)
            # a table that knows no tempo writes 0
            found[called] = np.where(values > 0, values, np.nan) if called == "tempo_bpm" else values
    lengths = [math.nan if one.duration_s is None else one.duration_s for one in entries]
    if np.isfinite(lengths).any():
        found = {name: values for name, values in found.items() if not _LENGTH.fullmatch(key(name))}
        found["duration_s"] = np.array(lengths, np.float64)
    return {name: values for name, values in found.items() if np.isfinite(values).any()}


def _number(cell: str) -> float:
    value = number(cell) if cell else math.nan
    return math.nan if value is None else value


def _facts(
    entries: Sequence[Entry], columns: Mapping[str, Sequence[str]], kinds: Mapping[str, str]
) -> dict[str, tuple[str, ...]]:
    found = {name: tuple(_told(key(name), cell) for cell in columns[name]) for name in columns
             if kinds[name] == "fact"}  # fmt: skip
    for name in OUTCOMES:
        values = [getattr(entry, name) for entry in entries]
        if name not in found:
            found[name] = tuple("" if value is None else str(value) for value in values)
    return {key(name): values for name, values in found.items() if any(values)}


def _told(name: str, cell: str) -> str:
    value = number(cell) if cell else None
    if name == "key" and value is not None and value in range(12):
        return TONICS[int(value)]
    if name == "mode" and value in (0.0, 1.0):
        return "major" if value else "minor"
    if name == "key" and value == -1:  # Spotify's word for not known
        return ""
    return cell.casefold() if name == "explicit" else cell


def _years(chart: Chart, columns: Mapping[str, Sequence[str]]) -> tuple[Floats, tuple[str, ...]]:
    told = [[entry.date for entry in chart.entries]]
    told += [list(cells) for name, cells in columns.items() if _YEAR.fullmatch(key(name))]
    dated = [np.floor(np.array([moment(cell) for cell in cells], np.float64)) for cells in told]
    known = [years for years in dated if np.isfinite(years).any()]
    if known:
        # a chart of one day says of all its songs the same; when they came out is in another column
        return max(known, key=lambda years: len(np.unique(years[np.isfinite(years)])) > 1), ()
    year = year_of_name(chart.name)
    if year is None:
        return np.full(len(chart), np.nan), ()
    return np.full(len(chart), float(year)), (
        f"the year {year} is the one that the name of {chart.name} tells",
    )


def year_of_name(name: str) -> int | None:
    """Return the one year that a name tells; None where it tells none, more than one, or a decade.

    Examples
    --------
    >>> [year_of_name(name) for name in ("TikTok_songs_2019", "charts_21", "hits_2000_2019", "the 2010s")]
    [2019, 2021, None, None]
    """
    stem = re.sub(r"\.\w{2,7}$", "", name)
    whole = set(_OF_NAME.findall(stem))
    if whole:
        return int(whole.pop()) if len(whole) == 1 else None
    short = _SHORT.search(stem)
    return 2000 + int(short[1]) if short and not re.search(r"\d{4}", stem) else None


def _ids(entries: Sequence[Entry]) -> tuple[str, ...]:
    seen: dict[str, int] = {}
    found = []
    for row, entry in enumerate(entries, 1):
        own = entry.music_id or f"row {row}"
        seen[own] = seen.get(own, 0) + 1
        found.append(own if seen[own] == 1 else f"{own} ({seen[own]})")
    return tuple(found)
