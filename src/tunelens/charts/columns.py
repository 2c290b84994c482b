"""Which column of a source is which field of an `Entry`: said by a person, or told from its name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from unicodedata import normalize

from tunelens.base.errors import ParameterError, UnknownNameError


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


FIELDS: Mapping[str, tuple[str, ...]] = {
    "music_id": _words(
        "music_id musicid song_id songid track_id trackid sound_id audio_id spotify_id uri track_uri id isrc "
        "音乐id 歌曲id 曲目id 音乐编号 歌曲编号 编号"
    ),
    "title": _words(
        "title track_name trackname song_name songname song_title track_title music_name music_title "
        "sound_name song track name 标题 歌名 歌曲名 歌曲名称 歌曲 曲名 音乐名 音乐名称 音乐标题 名称"
    ),
    "creator": _words(
        "creator artist_name artist_names artistname artists artist artists_names singer singer_name author "
        "author_name performer band owner 作者 创作者 歌手 歌手名 歌手名称 作者昵称 艺人 "
        "艺术家 演唱者 表演者 原作者 音乐作者"
    ),
    "duration_s": _words(
        "duration_s duration_ms duration_sec duration_seconds duration length length_ms length_s "
        "track_duration song_duration seconds duration_mins duration_min 时长 时长(秒) "
        "时长(毫秒) 音乐时长 歌曲时长 长度"
    ),
    "use_count": _words(
        "use_count uses usage_count user_count usecount usage video_count videos plays play_count playcount "
        "streams stream_count listens views view_count 使用量 使用人数 使用次数 使用数 视频数 使用视频数 "
        "播放量 播放次数 播放数 收听人数 收听次数"
    ),
    "increase": _words(
        "increase increment growth rise delta gain use_increase new_uses 增量 增长 增长量 涨幅 新增 新增量 "
        "新增使用量 增长数"
    ),
    "rank": _words(
        "rank position ranking place chart_position chart_rank current_rank no peak_rank peak_position "
        "排名 名次 排行 位次 序号 最高排名"
    ),
    "date": _words(
        "date chart_date day release_date released publish_date published publish_time published_at "
        "create_time created created_at 日期 上榜日期 榜单日期 发布日期 发布时间 发行日期 发行时间 创建时间 "
        "时间 year 年份 发行年份"
    ),
    "audio_url": _words(
        "audio_url play_url download_url music_url song_url preview_url stream_url track_url audio_link "
        "playurl downloadurl previewurl audio url 音频链接 音频地址 播放地址 播放链接 下载链接 下载地址 "
        "试听链接 试听地址 链接"
    ),
}
"""Names of columns of each field, the plainest first; letters of either case, spaces as underscores."""
ALSO_MORE = frozenset({"year", "年份", "发行年份", "peak_rank", "peak_position", "最高排名"})
"""Columns that fill a field and stay in ``more`` as well: they say something that the field does not."""


_UNIT = re.compile(r"_?\([^()]*\)$")


def key_of(name: str) -> str:
    """Return a name of a column as `FIELDS` has it.

    Examples
    --------
    >>> key_of(" Track Name "), key_of("歌曲 ID"), key_of("时长（秒）")
    ('track_name', '歌曲id', '时长(秒)')
    """
    plain = normalize("NFKC", name).strip().lstrip("%#").casefold()
    joined = re.sub(r"[\s\-]+", "_", plain)
    return re.sub(r"(?<=[\u3040-\u9fff])_(?=\w)", "", joined)


def find_fields(columns: Sequence[str], given: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return which column fills which field.

    Parameters
    ----------
    columns : sequence of str
        Names of columns, of nested JSON with dots between.
    given : Mapping of str to str, optional
        ``field -> column``, as a person says it; these come first, and an empty column means none.

    Raises
    ------
    ParameterError, UnknownNameError
        There is no such field or no such column.

    Examples
    --------
    >>> find_fields(["歌曲ID", "歌名", "歌手", "使用量", "年份"])
    {'music_id': '歌曲ID', 'title': '歌名', 'creator': '歌手', 'use_count': '使用量', 'date': '年份'}
    """
    given = given or {}
    for field, column in given.items():
        _check(field, column, columns)
    taken = set(given.values())
    found = {field: column for field, column in given.items() if column}
    free = [column for column in reversed(columns) if column not in taken]
    by_key = {_bare(key_of(column)): column for column in free} | {key_of(column): column for column in free}
    for field, names in FIELDS.items():
        told = [by_key[name] for name in names if name in by_key]
        if field not in given and told:
            found[field] = told[0]
    return {field: found[field] for field in FIELDS if field in found}


def _bare(key: str) -> str:
    """Return a key without its unit in brackets; a percentage is another thing than what it is of."""
    return key if "%" in key else _UNIT.sub("", key)


def _check(field: str, column: str, columns: Sequence[str]) -> None:
    if field not in FIELDS:
        raise UnknownNameError.among("field of a chart", field, FIELDS)
    if column and column not in columns:
        raise UnknownNameError.among("column", column, columns)


def pairs_from(texts: Sequence[str]) -> dict[str, str]:
    """Return ``name=value`` texts as a mapping.

    Raises
    ------
    ParameterError
        A text has no ``=``.

    Examples
    --------
    >>> pairs_from(["title=曲", "rank="])
    {'title': '曲', 'rank': ''}
    """
    found = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise ParameterError(f"{text!r} is no pair", hint="write name=value, say --field title=曲名")
        found[name.strip()] = value.strip()
    return found
