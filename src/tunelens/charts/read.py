"""`read_chart`: a chart from whatever holds it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from tunelens.base.errors import DataError
from tunelens.base.progress import Progress, Silent
from tunelens.base.settings import Settings
from tunelens.charts.chart import Chart, check_file
from tunelens.charts.registry import CHARTS, ChartOptions


def read_chart(
    source: str | Path,
    *,
    fields: Mapping[str, str] | None = None,
    values: Mapping[str, str] | None = None,
    allow_private: bool = False,
    max_age_s: float | None = None,
    settings: Settings | None = None,
    progress: Progress | None = None,
) -> Chart:
    """Read a chart.

    Parameters
    ----------
    source : str or Path
        A table (CSV, TSV, Parquet), a JSON file, a chart that `Chart.save` wrote, or the ``.toml`` of a
        provider; ``csv:FILE``, ``json:FILE``, ``http:FILE.toml`` say which.
    fields, values, allow_private, max_age_s, settings, progress
        As of `ChartOptions`.

    Raises
    ------
    NotFoundError
        There is no such file.
    UnknownNameError
        A field or a column is unknown.
    DataError
        It holds no chart, or the server does not answer with one.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "热歌榜.csv"
    >>> _ = path.write_text("歌名,歌手,时长,使用量,排名\\n夜曲,周杰伦,3:46,1.2万,1\\n", encoding="gbk")
    >>> song = read_chart(path).entries[0]
    >>> song.title, song.creator, song.duration_s, song.use_count, song.rank
    ('夜曲', '周杰伦', 226.0, 12000, 1)
    """
    options = ChartOptions(
        fields or {}, values or {}, allow_private, max_age_s, settings or Settings.from_env(),
        progress or Silent(),
    )  # fmt: skip
    kind, path = _place(source)
    if kind is None:
        kind = next((name for name in CHARTS if CHARTS[name].recognises(path)), None)
    if kind is None:
        sheet = path.suffix.lower() in {".xlsx", ".xls", ".ods", ".numbers"}
        raise DataError(
            f"{str(path)!r} is no chart: no table, JSON, or description of a provider",
            hint="save the sheet as CSV" if sheet else "csv:FILE or json:FILE says what it is",
        )
    return CHARTS[kind].read(path, options)


def _place(source: str | Path) -> tuple[str | None, Path]:
    text = os.fspath(source)
    kind, colon, rest = text.partition(":")
    named = bool(colon) and kind in CHARTS and not os.path.lexists(text)
    path = Path(rest if named else text).expanduser()
    if text.lower().startswith(("http://", "https://")):
        raise DataError(
            f"{text!r} is an address; what its answer means must be described",
            hint="write a .toml as docs/charts.md shows, and name that file",
        )
    check_file(path)
    return (kind if named else None), path
