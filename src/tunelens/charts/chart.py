"""`Chart`: songs as a chart lists them, whatever file or server it came from."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self

from tunelens.base.errors import DataError, NotFoundError
from tunelens.base.files import atomic_path
from tunelens.base.table import Table
from tunelens.charts.values import MOST
from tunelens.data.tracks import Dropped

FORMAT = "tunelens chart 1"
"""What a saved chart says of itself, under ``format``."""
MOST_BYTES = 512 << 20
DUPLICATE = "duplicate id"


@dataclass(frozen=True)
class Entry:
    """One song of a chart.

    Parameters
    ----------
    music_id : str
        As the source names it, or made of title and creator where it names none; never empty.
    title, creator : str
        "" where unknown.
    duration_s : float or None
        Seconds.
    use_count : int or None
        How often it was used: videos with it, plays, streams; what is counted is the source's to say.
    increase : int or None
        How much `use_count` grew, may be negative.
    rank : int or None
        From 1.
    date : str
        ``YYYY-MM-DD``, ``YYYY-MM`` or ``YYYY``; "" where unknown.
    audio_url : str
        Where its sound is; "" where unknown.
    more : Mapping of str to str
        All that the source says besides, under its own names of columns.

    Examples
    --------
    >>> song = Entry("7", "夜曲", "周杰伦", use_count=12_000, more={"album": "十一月的萧邦"})
    >>> Entry.from_dict(song.to_dict()) == song
    True
    """

    music_id: str
    title: str
    creator: str = ""
    duration_s: float | None = None
    use_count: int | None = None
    increase: int | None = None
    rank: int | None = None
    date: str = ""
    audio_url: str = ""
    more: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def name(self) -> str:
        """Creator and title, as far as they are known; else the id."""
        return " - ".join(part for part in (self.creator, self.title) if part) or self.music_id

    def to_dict(self) -> dict[str, Any]:
        """Return the entry as a JSON object."""
        plain = {item.name: getattr(self, item.name) for item in fields(self)}
        return plain | {"more": dict(self.more)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Build from what `to_dict` returned.

        Raises
        ------
        DataError
            A value is of the wrong kind, or there is no id.
        """
        known = {item.name: values[item.name] for item in fields(cls) if item.name in values}
        wrong = [name for name, value in known.items() if not _fits(name, value)]
        if wrong or not known.get("music_id") or "title" not in known:
            raise DataError(f"an entry of a chart has no usable {', '.join(wrong) or 'music_id and title'}")
        return cls(**known)


_DATE = re.compile(r"(?:\d{4}(?:-\d{2}(?:-\d{2})?)?)?", re.ASCII)
_TEXTS = frozenset({"music_id", "title", "creator", "date", "audio_url"})


def _fits(name: str, value: Any) -> bool:
    if name in _TEXTS:
        return _is_text(value) and (name != "date" or bool(_DATE.fullmatch(value)))
    if name == "more":
        return isinstance(value, dict) and all(_is_text(one) for pair in value.items() for one in pair)
    kinds = (int, float) if name == "duration_s" else (int,)
    # beyond that, and NaN, numbers cannot be written again or overflow where they are counted with
    return value is None or (isinstance(value, kinds) and not isinstance(value, bool) and abs(value) <= MOST)


def _is_text(value: Any) -> bool:
    # halves of characters, which JSON can say, can be neither written nor printed
    return isinstance(value, str) and not any("\ud800" <= char <= "\udfff" for char in value)


@dataclass(frozen=True)
class Chart:
    """Songs in the order of their source.

    Parameters
    ----------
    name : str
        What it is called.
    entries : tuple of Entry
        Ids may repeat, as in a table of several playlists; `unique` keeps the first of each.
    source : str
        The file or the address it came from, without secrets.
    fetched_at : str
        When it was read, UTC, ``YYYY-MM-DDTHH:MM:SSZ``.
    dropped : tuple of Dropped
        Rows that were left out, and why.
    notes : tuple of str
        What a person should know: what a column was taken as, what could not be read.

    Examples
    --------
    >>> chart = Chart("hot", (Entry("1", "Sunny"), Entry("2", "夜曲"), Entry("1", "Sunny")))
    >>> len(chart), len(chart.unique()), chart.unique().dropped[0].reason
    (3, 2, 'duplicate id')
    """

    name: str
    entries: tuple[Entry, ...]
    source: str = ""
    fetched_at: str = ""
    dropped: tuple[Dropped, ...] = ()
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    @property
    def repeated(self) -> tuple[str, ...]:
        """Ids that several entries have."""
        counts = Counter(entry.music_id for entry in self.entries)
        return tuple(name for name, n in counts.items() if n > 1)

    def unique(self) -> Self:
        """Return the chart with the first entry of every id; the others are told in `dropped`."""
        kept: dict[str, Entry] = {}
        again: list[Dropped] = []
        for place, entry in enumerate(self.entries, 1):
            if kept.setdefault(entry.music_id, entry) is not entry:
                again.append(Dropped(f"entry {place}: {entry.name}", DUPLICATE))
        return replace(self, entries=tuple(kept.values()), dropped=(*self.dropped, *again))

    def top(self, n: int) -> Self:
        """Return the first `n` entries, by rank where there are ranks."""
        ranked = any(entry.rank is not None for entry in self.entries)
        order = sorted(self.entries, key=_by_rank) if ranked else self.entries
        return replace(self, entries=tuple(order[:n]))

    def columns(self) -> tuple[str, ...]:
        """Return the names that `Entry.more` has anywhere, in the order of the source."""
        return tuple(dict.fromkeys(name for entry in self.entries for name in entry.more))

    def table(self) -> Table:
        """Return all that is told of the songs, a row each; ``table().to_frame()`` is a data frame.

        Examples
        --------
        >>> Chart("hot", (Entry("1", "夜曲", more={"album": "十一月的萧邦"}),)).table().column("album")
        ('十一月的萧邦',)
        """
        own = tuple(item.name for item in fields(Entry) if item.name != "more")
        names = tuple(name for name in self.columns() if name not in own)
        rows = tuple(
            (*(getattr(entry, name) for name in own), *(entry.more.get(name) for name in names))
            for entry in self.entries
        )
        return Table(self.name, (*own, *names), rows, "; ".join(self.notes))

    def to_dict(self) -> dict[str, Any]:
        """Return the chart as a JSON object."""
        return {
            "format": FORMAT, "name": self.name, "source": self.source, "fetched_at": self.fetched_at,
            "entries": [entry.to_dict() for entry in self.entries],
            "dropped": [asdict(one) for one in self.dropped], "notes": list(self.notes),
        }  # fmt: skip

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Build from what `to_dict` returned.

        Raises
        ------
        DataError
            It is no chart.
        """
        if values.get("format") != FORMAT or not isinstance(values.get("entries"), list):
            raise DataError("this is no saved chart", hint=f'a saved chart has "format": "{FORMAT}"')
        try:
            return cls(
                str(values.get("name", "")), tuple(Entry.from_dict(one) for one in values["entries"]),
                str(values.get("source", "")), str(values.get("fetched_at", "")),
                tuple(Dropped(str(one["item"]), str(one["reason"])) for one in values.get("dropped", ())),
                tuple(str(note) for note in values.get("notes", ())),
            )  # fmt: skip
        except (TypeError, KeyError, AttributeError) as error:
            raise DataError(f"a saved chart is damaged: {str(error)[:200]}") from error

    def save(self, path: Path) -> Path:
        """Write the chart as JSON, whole or not at all."""
        with atomic_path(path) as temporary:
            text = json.dumps(self.to_dict(), ensure_ascii=False, indent=1, allow_nan=False)
            temporary.write_text(text + "\n", encoding="utf-8")
        return path

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what `save` wrote.

        Raises
        ------
        NotFoundError, DataError
            There is no such file, or it is no chart.
        """
        document = load_json(path)
        if not isinstance(document, dict):
            raise DataError(f"{str(path)!r} is no saved chart")
        return cls.from_dict(document)


def _by_rank(entry: Entry) -> float:
    return float("inf") if entry.rank is None else entry.rank


def merged(charts: Sequence[Chart], name: str = "merged") -> Chart:
    """Return the entries of several charts one after the other; which chart each is of stands in ``more``.

    Examples
    --------
    >>> both = merged([Chart("2020", (Entry("1", "a"),)), Chart("2021", (Entry("2", "b"),))])
    >>> [entry.more["chart"] for entry in both]
    ['2020', '2021']
    """
    entries = tuple(
        replace(entry, more={**entry.more, "chart": chart.name}) for chart in charts for entry in chart
    )
    dropped = tuple(
        Dropped(f"{chart.name}: {one.item}", one.reason) for chart in charts for one in chart.dropped
    )
    notes = tuple(f"{chart.name}: {note}" for chart in charts for note in chart.notes)
    sources = ", ".join(chart.source for chart in charts if chart.source)
    fetched = max((chart.fetched_at for chart in charts), default="")
    return Chart(name, entries, sources, fetched, dropped, notes)


def load_json(path: Path) -> Any:
    """Read a JSON document of a stranger.

    Raises
    ------
    NotFoundError, DataError
        There is no such file; it is no JSON, larger than `MOST_BYTES`, or nested too deep.
    """
    check_file(path)
    if (size := path.stat().st_size) > MOST_BYTES:
        raise DataError(f"{str(path)!r} has {size} bytes; at most {MOST_BYTES} are read")
    return parse_json(path.read_bytes(), repr(str(path)))


def check_file(path: Path) -> None:
    """Raise what is wrong with a place where a file is needed."""
    if not os.path.lexists(path):
        raise NotFoundError(f"{str(path)!r} does not exist", hint="check the spelling")
    if not os.path.isfile(path):  # noqa: PTH113 - never raises
        raise DataError(f"{str(path)!r} is no file")


def parse_json(content: bytes, what: str) -> Any:
    """Return the document in `content`; `DataError` naming `what` where it is no JSON, or nested too deep.

    JSON is UTF-8 (RFC 8259); what is not is read as GBK, in which older Chinese services write it.

    Examples
    --------
    >>> parse_json('{"标题": "夜曲"}'.encode("gbk"), "an answer")
    {'标题': '夜曲'}
    """
    try:
        try:
            return json.loads(content)
        except UnicodeDecodeError:
            return json.loads(content.decode("gb18030"))
    except (ValueError, RecursionError) as error:
        raise DataError(f"{what} is no JSON that can be read: {str(error)[:200]}") from error
