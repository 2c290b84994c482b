"""Which column of a table is what: asked for, or told from its name. Guesses are noted."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tunelens.audio.find import AUDIO_SUFFIXES
from tunelens.base.errors import DataError, UnknownNameError
from tunelens.data.labels import LEVEL
from tunelens.data.readers.harvest import Harvest
from tunelens.data.readers.numbers import is_missing, moment, number
from tunelens.data.readers.table import Line, Table
from tunelens.data.registry import ReadOptions


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


ROLES: Mapping[str, tuple[str, ...]] = {
    "path": _words(
        "path file filename file_name filepath file_path audio audio_path audio_file location "
        "路径 文件 文件名 音频"
    ),
    "start": _words("start start_s start_time begin begin_s offset offset_s 开始 起始"),
    "end": _words("end end_s end_time stop stop_s 结束"),
    "split": _words("split partition 划分 数据集划分"),
    "artist": _words(
        "artist artist_name artists artist_names artist_id performer singer band "
        "歌手 艺人 艺术家 演唱者 表演者"
    ),
    "album": _words("album album_name album_title release album_id 专辑"),
    "cluster": ("cluster", "duplicate_of", "song_group"),
    "id": _words("id track_id trackid song_id spotify_id uri track_uri isrc 编号"),
    "title": _words("title track track_name song song_name song_title name 标题 歌名 歌曲 曲名"),
    "time": _words("year release_year release_date date 年份 发行年份 发行日期"),
}
GROUP_ROLES = ("artist", "album", "cluster")
LABELS = (
    _words("label labels target class classes 标签 类别"),
    _words("genre genres style styles 风格 流派 曲风"),
    _words("mood moods emotion emotions quadrant tag tags 情绪 心情"),
    ("y",),
)
"""Names of label columns, the plainest first."""
SPLIT_WORDS = {
    **dict.fromkeys(("train", "training", "训练", "训练集"), "train"),
    **dict.fromkeys(("valid", "validation", "val", "dev", "development", "验证", "验证集"), "valid"),
    **dict.fromkeys(("test", "testing", "eval", "evaluation", "测试", "测试集"), "test"),
}
_NOT_HEARD = re.compile(r"(.*_)?(id|ids|uri|url|index|idx|fold|row|编号)|unnamed.*")
_MOSTLY = 0.9


@dataclass(frozen=True)
class Columns:
    """Positions of the columns of a table; None where there is no such column.

    Parameters
    ----------
    label : tuple of int
        More than one for a path of classes.
    groups : Mapping of str to int
        By name of the group.
    """

    label: tuple[int, ...]
    groups: Mapping[str, int]
    path: int | None = None
    start: int | None = None
    end: int | None = None
    split: int | None = None
    time: int | None = None
    id: int | None = None
    title: int | None = None

    @property
    def taken(self) -> set[int]:
        """All of them."""
        single = (self.path, self.start, self.end, self.split, self.time, self.id, self.title)
        return {*self.label, *self.groups.values(), *(one for one in single if one is not None)}


@dataclass
class Facts:
    """What the cells of one column look like."""

    filled: int = 0
    numbers: int = 0
    booleans: int = 0
    sounds: int = 0
    splits: int = 0

    def add(self, cell: str, decimal_comma: bool) -> None:
        """Count `cell`."""
        value = number(cell, decimal_comma)
        if value is not None:
            is_number = not math.isnan(value)
            self.filled += is_number
            self.numbers += is_number
            return
        self.filled += 1
        text = cell.strip()
        if text.lower() in {"true", "false"}:
            self.booleans += 1
        else:
            self.sounds += Path(text).suffix.lower() in AUDIO_SUFFIXES
            self.splits += text.lower() in SPLIT_WORDS

    @property
    def is_numeric(self) -> bool:
        """Are nearly all cells numbers, or all of them true or false?"""
        return self.filled > 0 and (self.numbers >= _MOSTLY * self.filled or self.booleans == self.filled)


def look(table: Table, most: int | None = None) -> list[Facts]:
    """Go through a table, or its first `most` rows, and say what each column holds."""
    facts = [Facts() for _ in table.columns]
    for count, line in enumerate(table.lines()):
        if most is not None and count >= most:
            break
        if not line.fault:
            for one, cell in zip(facts, line.cells, strict=True):
                one.add(cell, table.decimal_comma)
    return facts


def find_role(columns: Sequence[str], role: str) -> int | None:
    """Return the position of the column whose name says `role`, the plainest name first."""
    names = [_key(name) for name in columns]
    return next((names.index(name) for name in ROLES[role] if name in names), None)


def find_path(columns: Sequence[str], facts: Sequence[Facts]) -> int | None:
    """Return the column of files, by its name, else by suffixes of sound in it."""
    named = find_role(columns, "path")
    if named is not None:
        return named
    full = [i for i, one in enumerate(facts) if one.sounds and one.sounds >= _MOSTLY * one.filled]
    return full[0] if full else None


def _key(name: str) -> str:
    return re.sub(r"[\s\-]+", "_", name.strip().lstrip("%").casefold())


def position_of(columns: Sequence[str], name: str) -> int:
    """Return where column `name` is, in any case; `UnknownNameError` where it is not."""
    if name in columns:
        return list(columns).index(name)
    keys = [_key(column) for column in columns]
    if _key(name) in keys:
        return keys.index(_key(name))
    raise UnknownNameError.among("column", name, columns)


class Finder:
    """Finds the columns of one table and notes in `harvest` what it guessed."""

    def __init__(self, table: Table, facts: Sequence[Facts], harvest: Harvest) -> None:
        self.columns = table.columns
        self.facts = facts
        self.harvest = harvest
        self.options: ReadOptions = harvest.options

    def find(self, *, path: int | None = None) -> Columns:
        """Return all columns but the features; `path` is the column of files."""
        roles = {
            "split": self._split(),
            "time": self._time(),
            "id": find_role(self.columns, "id"),
            "title": find_role(self.columns, "title"),
        }
        if path is not None:
            bounds = {role: find_role(self.columns, role) for role in ("start", "end")}
            roles = {**roles, "path": path, **bounds}
        groups = self._groups()
        taken = {position for position in (*roles.values(), *groups.values()) if position is not None}
        label = self._label(taken, prefer_text=path is None)
        kept = {name: position for name, position in roles.items() if position not in label}
        return Columns(
            label, {name: at for name, at in groups.items() if at not in label},
            kept.get("path"), kept.get("start"), kept.get("end"), kept.get("split"), kept.get("time"),
            kept.get("id"), kept.get("title"),
        )  # fmt: skip

    def _note(self, what: str, position: int) -> int:
        self.harvest.note(f"column {self.columns[position]!r} is taken as {what}")
        return position

    def _time(self) -> int | None:
        if self.options.time is not None:
            return position_of(self.columns, self.options.time)
        found = find_role(self.columns, "time")
        return None if found is None else self._note("time", found)

    def _split(self) -> int | None:
        if self.options.split is not None:
            return position_of(self.columns, self.options.split)
        found = find_role(self.columns, "split")
        if found is None or self.facts[found].splits < self.facts[found].filled:
            return None
        return self._note("split", found)

    def _groups(self) -> dict[str, int]:
        if self.options.group:
            return {name: self._group(name) for name in self.options.group}
        found = {role: find_role(self.columns, role) for role in GROUP_ROLES}
        return {role: self._note(f"group {role!r}", at) for role, at in found.items() if at is not None}

    def _group(self, name: str) -> int:
        if name not in self.columns and name in GROUP_ROLES:
            found = find_role(self.columns, name)
            if found is not None:
                return found
        return position_of(self.columns, name)

    def _label(self, taken: set[int], prefer_text: bool) -> tuple[int, ...]:
        if self.options.label is not None:
            if self.options.label in self.columns:
                return (self.columns.index(self.options.label),)
            return tuple(position_of(self.columns, part.strip()) for part in self.options.label.split(LEVEL))
        keys = [_key(name) for name in self.columns]
        for names in LABELS:
            found = [i for i, key in enumerate(keys) if key in names]
            if len(found) == 1:
                return (self._note("label", found[0]),)
            if found:
                raise self._unclear()
        free = [i for i, one in enumerate(self.facts) if i not in taken and one.filled]
        texts = [i for i in free if not (prefer_text and self.facts[i].is_numeric)]
        if len(texts) == 1:
            return (self._note("label", texts[0]),)
        raise self._unclear()

    def _unclear(self) -> DataError:
        shown = ", ".join(self.columns[:40]) + (", ..." if len(self.columns) > 40 else "")
        return DataError(
            f"{self.harvest.name!r}: which column is the label cannot be told; columns: {shown}",
            hint="use --label COLUMN",
        )


def find_features(
    table: Table, facts: Sequence[Facts], columns: Columns, harvest: Harvest
) -> tuple[int, ...]:
    """Return the columns of numbers to learn from and note those that are left out.

    Raises
    ------
    DataError
        There is none.
    """
    if harvest.options.features:
        return tuple(position_of(table.columns, name) for name in harvest.options.features)
    numeric = [i for i, one in enumerate(facts) if one.is_numeric and i not in columns.taken]
    numbering = {i for i in numeric if _NOT_HEARD.fullmatch(_key(table.columns[i]))}
    features = tuple(i for i in numeric if i not in numbering)
    if not features:
        raise DataError(f"{harvest.name!r} has no column of numbers to learn from")
    named = {*columns.taken, *features, find_role(table.columns, "path")}
    unused = [name for i, name in enumerate(table.columns) if i not in named]
    if unused:
        harvest.note(f"columns not used: {', '.join(unused)}")
    return features


def label_cell(line: Line, columns: Columns) -> str:
    """Return the label of a row; levels of several columns are joined as a path."""
    parts = [line.cells[at].strip() for at in columns.label]
    return parts[0] if len(parts) == 1 else LEVEL.join(part for part in parts if not is_missing(part))


def group_cells(line: Line, columns: Columns) -> dict[str, str]:
    """Return the groups of a row; "" where unknown."""
    cells = {name: line.cells[at].strip() for name, at in columns.groups.items()}
    return {name: "" if is_missing(cell) else cell for name, cell in cells.items()}


def time_cell(line: Line, columns: Columns) -> float:
    """Return the year of a row; NaN where unknown."""
    return float("nan") if columns.time is None else moment(line.cells[columns.time])


def split_cell(line: Line, columns: Columns) -> str | None:
    """Return train, valid, test, or "" for an empty cell; None for any other word."""
    text = "" if columns.split is None else line.cells[columns.split].strip().lower()
    return "" if is_missing(text) else SPLIT_WORDS.get(text)
