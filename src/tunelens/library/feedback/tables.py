"""Feedback from a table, with English or Chinese names of columns.

A row tells what its columns say: a comment, a rating, counts of plays and skips, liked or not. A column
``kind`` says it of the whole row. A row with a song and nothing else is a play.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tunelens.base.errors import DataError, ParameterError, UnknownNameError
from tunelens.data.readers.columns import find_role
from tunelens.data.readers.numbers import is_missing, number, seconds
from tunelens.data.readers.table import SUFFIXES, Table, open_table, shown
from tunelens.library.feedback.clock import epoch_s
from tunelens.library.feedback.documents import check_file
from tunelens.library.feedback.events import KINDS, LONGEST_TEXT, Event
from tunelens.library.feedback.reports import Fault, Told

SOURCE = "csv"
NO_SONG, NOTHING, NO_TIME, NO_NUMBER = (
    "no song",
    "nothing that was done",
    "unreadable time",
    "unreadable number",
)
NO_KIND = "unknown kind of event"
SCALES = (5.0, 10.0, 100.0)


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


ROLES: Mapping[str, tuple[str, ...]] = {
    "kind": _words("kind type event action 类型 事件 动作 行为"),
    "at": _words(
        "at time timestamp uts utc_time listened_at played_at last_played created created_at date datetime "
        "时间 评论时间 播放时间 收听时间 最近播放 日期"
    ),
    "text": _words("comment text content review 评论内容 评论 内容 留言"),
    "agreed": _words("likes like_count thumbs_up 点赞总数 点赞数 点赞 赞"),
    "rating": _words("rating stars score user_rating 评分 星级 打分"),
    "plays": _words("plays play_count playcount times_played 播放次数 播放量 收听次数"),
    "skips": _words("skips skip_count skipcount 跳过次数 跳过"),
    "liked": _words("liked like loved love favorite favourite starred 喜欢 收藏 红心"),
    "value": _words("value 值"),
    "listener": _words("listener user user_id userid user_name username 用户id 用户 听众 昵称"),
    "mbid": _words("recording_mbid track_mbid mbid musicbrainz_trackid"),
    "duration": _words("duration duration_s length 时长"),
}
_SHARED = ("title", "artist", "album", "path")
_KIND_WORDS = {
    **{kind: kind for kind in KINDS},
    **dict.fromkeys(("listen", "played", "scrobble", "播放", "收听"), "play"),
    **dict.fromkeys(("skipped", "跳过"), "skip"),
    **dict.fromkeys(("liked", "love", "loved", "favorite", "starred", "喜欢", "收藏"), "like"),
    **dict.fromkeys(("disliked", "hate", "ban", "不喜欢"), "dislike"),
    **dict.fromkeys(("rate", "rated", "评分"), "rating"),
    **dict.fromkeys(("评论", "留言"), "comment"),
}
_YES = frozenset({"1", "true", "yes", "y", "love", "loved", "like", "liked", "是", "喜欢", "♥", "❤", "❤️"})
_NO = frozenset({"-1", "dislike", "disliked", "hate", "ban", "不喜欢", "否"})


@dataclass(frozen=True)
class Song:
    """The song that a whole table is about, where its rows do not say.

    Parameters
    ----------
    title, artist : str
        Its names; "" where each row says it.
    track_id : int or None
        Its track.
    """

    title: str = ""
    artist: str = ""
    track_id: int | None = None

    def __bool__(self) -> bool:
        return bool(self.title) or self.track_id is not None


def recognises(path: Path) -> bool:
    """Has it the name of a table?"""
    return path.suffix.lower() in SUFFIXES


def read(path: Path, listener: str = "", song: Song | None = None, kind: str = "") -> Iterator[Told | Fault]:
    """Yield the events of a table; `kind` says what its rows are where no column does."""
    check_file(path)
    table = open_table(path)
    columns = find_columns(table.columns)
    song = song or Song()
    if not song and not {"title", "path"} & columns.keys():
        raise DataError(
            f"{str(path)!r}: no column names the song; columns: {shown(table.columns)}",
            hint="say which song all rows are about with --track, or --title and --artist",
        )
    rows = _Rows(columns, song, listener, kind, _scale(table, columns.get("rating")))
    for line in table.lines():
        where = f"{path.name}:{line.number}"
        if line.fault:
            yield Fault(where, line.fault)
        else:
            yield from rows.events(line.cells, where)


def find_columns(names: Sequence[str]) -> dict[str, int]:
    """Return which column has which role."""
    keys = [re.sub(r"[\s\-]+", "_", name.strip().casefold()) for name in names]
    own = {
        role: next((keys.index(word) for word in words if word in keys), None)
        for role, words in ROLES.items()
    }
    shared = {role: find_role(names, role) for role in _SHARED}
    found = {role: at for role, at in {**shared, **own}.items() if at is not None}
    return {role: at for role, at in found.items() if role not in _SHARED or at not in _taken(own)}


def _taken(own: Mapping[str, int | None]) -> set[int]:
    return {at for at in own.values() if at is not None}


def _scale(table: Table, position: int | None) -> float:
    """Return how many points the best rating has: 5, 10 or 100, whichever holds the largest of the table."""
    if position is None:
        return SCALES[0]
    cells = (line.cells[position] for line in table.lines() if not line.fault)
    values = (number(cell, table.decimal_comma) for cell in cells)
    largest = max((value for value in values if value is not None and value <= SCALES[-1]), default=0.0)
    return next(scale for scale in SCALES if largest <= scale)


class _Rows:
    """Turns rows into events."""

    def __init__(
        self, columns: Mapping[str, int], song: Song, listener: str, kind: str, scale: float
    ) -> None:
        self._columns = columns
        self._song = song
        self._listener = listener
        self._kind = kind
        self._scale = scale
        self._undated: Counter[str] = Counter()

    def events(self, cells: Sequence[str], where: str) -> Iterator[Told | Fault]:
        """Yield what one row tells."""
        facts = {role: cells[at].strip() for role, at in self._columns.items()}
        facts = {role: "" if role != "text" and is_missing(cell) else cell for role, cell in facts.items()}
        try:
            base = self._base(facts)
            done = list(self._done(facts))
            for kind, value in done:
                yield self._told(facts, replace_kind(base, kind, value, facts))
        except (ParameterError, UnknownNameError) as error:
            yield Fault(where, error.message)

    def _base(self, facts: Mapping[str, str]) -> Event:
        title, artist = facts.get("title", ""), facts.get("artist", "")
        title = title or self._song.title or Path(facts.get("path", "")).stem
        if not title and self._song.track_id is None:
            raise ParameterError(NO_SONG)
        at = epoch_s(facts["at"]) if facts.get("at") else 0
        if at is None:
            raise ParameterError(NO_TIME)
        who = facts.get("listener") or self._listener
        return Event(
            "play", at, SOURCE, listener=who, track_id=self._song.track_id,
            title=title or None, artist=artist or self._song.artist or None, album=facts.get("album") or None,
        )  # fmt: skip

    def _done(self, facts: Mapping[str, str]) -> Iterator[tuple[str, float | None]]:
        """Yield every kind of event of a row, with its value."""
        if kind := facts.get("kind", "") or self._kind:
            yield self._named(kind, facts)
            return
        found = list(self._implied(facts))
        if not found and {"text", "rating", "plays", "skips", "liked"} & self._columns.keys():
            raise ParameterError(NOTHING)
        yield from found or [("play", None)]

    def _named(self, kind: str, facts: Mapping[str, str]) -> tuple[str, float | None]:
        known = _KIND_WORDS.get(kind.casefold())
        if known is None:
            raise ParameterError(NO_KIND)
        role = {"rating": "rating", "play": "plays", "skip": "skips", "comment": "agreed"}.get(known, "value")
        value = _number(facts.get(role) or facts.get("value", ""))
        return known, self._stars(value) if known == "rating" else value

    def _implied(self, facts: Mapping[str, str]) -> Iterator[tuple[str, float | None]]:
        if facts.get("text", "").strip():
            yield "comment", _number(facts.get("agreed", ""))
        if (stars := _number(facts.get("rating", ""))) is not None:
            yield "rating", self._stars(stars)
        for kind, role in (("play", "plays"), ("skip", "skips")):
            if times := _number(facts.get(role, "")):
                yield kind, times
        word = facts.get("liked", "").casefold()
        if word in _YES | _NO:
            yield ("like" if word in _YES else "dislike"), None

    def _stars(self, value: float | None) -> float | None:
        return None if value is None else 5.0 * value / self._scale

    def _told(self, facts: Mapping[str, str], event: Event) -> Told:
        if not event.at:  # rows without a time are told apart by their number among rows that are alike
            self._undated[event.key] += 1
            event = replace(event, key=f"{event.key}/{self._undated[event.key]}")
        duration_s = seconds(facts["duration"]) if facts.get("duration") else None
        return Told(event, facts.get("path", ""), facts.get("mbid", ""), duration_s)


def replace_kind(base: Event, kind: str, value: float | None, facts: Mapping[str, str]) -> Event:
    """Return `base` as an event of another kind, under a key of its own."""
    text = facts.get("text", "")[:LONGEST_TEXT] if kind == "comment" else None
    return replace(base, kind=kind, value=value, text=text, key="")


def _number(cell: str) -> float | None:
    value = number(cell)
    if value is None:
        raise ParameterError(NO_NUMBER)
    return None if math.isnan(value) else value
