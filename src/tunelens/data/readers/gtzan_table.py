"""Reader `gtzan_table`: tables of features whose rows are GTZAN's tracks, or thirds of seconds of them."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from pathlib import Path

from tunelens.base.errors import DataError
from tunelens.data.readers.columns import find_path, look
from tunelens.data.readers.gtzan import NAME, SOURCE, splits_beside, tell_splits
from tunelens.data.readers.harvest import Harvest
from tunelens.data.readers.matrix import read_table
from tunelens.data.readers.table import Table, looks_like_table, open_table
from tunelens.data.registry import ReadOptions
from tunelens.data.tracks import Tracks

FILES = ("features_30_sec.csv", "features_3_sec.csv")
_LENGTH = ("length",)


class GtzanTable:
    """``features_30_sec.csv``: a file name, 57 numbers, a label."""

    name = "gtzan_table"
    summary = "a table of features of the GTZAN tracks, with the fault-filtered lists if beside it"

    def recognises(self, path: Path) -> bool:
        """Are the files that the table names called as in GTZAN?"""
        table = _table(path)
        return table is not None and _file_column(table) is not None

    def read(self, source: str | Path, options: ReadOptions) -> Tracks:
        """Read the table; the column ``length`` is of the file, not of the music, and is left out.

        Where a track has several rows (``features_3_sec.csv``) they are one group ``cluster``.
        """
        path = Path(source).expanduser()
        table = _table(path)
        at = _file_column(table) if table else None
        if table is None or at is None:
            raise DataError(f"{str(path)!r} has no column of files such as blues.00000.wav")
        harvest = _GtzanHarvest("gtzan_table", options, SOURCE)
        harvest.splits = splits_beside(table.path.parent, harvest)
        tracks = read_table(table, harvest, leave_out=() if options.features else _LENGTH)
        return replace(tracks, name="gtzan_table")


class _GtzanHarvest(Harvest):
    """Adds to every row what its name tells."""

    splits: dict[str, str]

    def tracks(self, **given: object) -> Tracks:
        """Join rows with lists before they are gathered."""
        matches = [NAME.fullmatch(row.id.rpartition("/")[2]) for row in self.rows]
        names = [match["track"] if match else "" for match in matches]
        rows = zip(self.rows, names, strict=True)
        self.rows = [replace(row, split=self.splits.get(name, "")) for row, name in rows]
        if any(match and match["part"] for match in matches):
            rows = zip(self.rows, names, strict=True)
            self.rows = [replace(row, groups={**row.groups, "cluster": name}) for row, name in rows]
            self.note("rows are parts of tracks; group 'cluster' keeps the parts of one track together")
        tell_splits(self, self.splits)
        return super().tracks(**given)  # type: ignore[arg-type]


def _table(path: Path) -> Table | None:
    """Open `path`, or a file in it that is called as this table usually is."""
    files = [path] if looks_like_table(path) else [path / name for name in FILES]
    file = next((one for one in files if looks_like_table(one)), None)
    if file is None:
        return None
    try:
        return open_table(file)
    except DataError:
        return None


def _file_column(table: Table) -> int | None:
    at = find_path(table.columns, look(table, 20))
    if at is None:
        return None
    rows = islice((line for line in table.lines() if not line.fault), 5)
    names = [line.cells[at].rpartition("/")[2] for line in rows]
    return at if names and all(NAME.fullmatch(name) for name in names) else None


GTZAN_TABLE = GtzanTable()
