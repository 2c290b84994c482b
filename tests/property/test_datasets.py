"""Whatever is in a table: it comes back as it was, or with a reason; and never another error than ours."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tunelens.base.errors import TunelensError
from tunelens.data.read import read_dataset
from tunelens.data.readers.numbers import is_missing, moment, number, seconds
from tunelens.data.readers.table import open_table
from tunelens.data.registry import ReadOptions

text = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff"), max_size=12)
cells = text | st.sampled_from(['say "hi"', "a\nb", "a,b", "a;b", "风格", "x\ty", '"', "#", "1,5"])
words = cells.filter(lambda cell: not is_missing(cell))
numbers = st.floats(-1e30, 1e30)
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gb18030"]


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(words, numbers, numbers | st.none()), min_size=1, max_size=8),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_what_is_written_is_read(place: Path, rows: list, delimiter: str, ending: str, encoding: str) -> None:
    path = place / "t.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=delimiter, lineterminator=ending)
        writer.writerows([["label", "u", "v"], *rows])
    tracks = read_dataset(
        path, reader="matrix", options=ReadOptions(label="label", kind="single", features=("u", "v"))
    )
    assert tracks.report.n_found == len(rows) and not tracks.report.dropped
    assert tracks.labels.values == tuple(row[0].strip() for row in rows)
    expected = [[row[1], np.nan if row[2] is None else row[2]] for row in rows]
    np.testing.assert_array_equal(tracks.X, np.array(expected, float))


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.lists(cells, min_size=1, max_size=4), min_size=1, max_size=8).map(
        lambda rows: "\n".join(",".join(row) for row in rows)
    ),
    st.sampled_from(ENCODINGS),
)
@example('path,label\n"a,b\n"c",d\n"e', "utf-8")
@example('a,b\n"\n"\n"', "utf-8")
def test_every_line_of_a_broken_table_is_accounted_for(place: Path, content: str, encoding: str) -> None:
    path = place / "t.csv"
    path.write_bytes(content.encode(encoding))
    try:
        table = open_table(path)
        lines = list(table.lines())
    except TunelensError:
        return
    assert all(line.fault or len(line.cells) == len(table.columns) for line in lines)
    held = sum(cell.count("\n") + cell.count("\r") for line in lines for cell in line.cells)
    n_lines = sum(bool(line.strip()) for line in content.splitlines())
    assert len(lines) <= n_lines <= len(lines) + held + 1 + content.count('"') * content.count("\n")
    numbers_of_lines = [line.number for line in lines]
    assert numbers_of_lines == sorted(set(numbers_of_lines))


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=300) | text.map(str.encode),
    st.sampled_from([".csv", ".npy", ".npz", ".xml", ".tsv", ".txt"]),
)
def test_any_bytes_are_read_or_refused(place: Path, content: bytes, suffix: str) -> None:
    path = place / f"t{suffix}"
    path.write_bytes(content)
    try:
        tracks = read_dataset(path)
    except TunelensError:
        return
    assert tracks.report.n_kept == len(tracks)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(cells, cells, cells, cells), min_size=1, max_size=10),
    st.sampled_from([None, "single", "multi", "hierarchical", "continuous"]),
    st.integers(1, 3),
)
def test_every_row_is_kept_or_dropped(place: Path, rows: list, kind: str | None, least: int) -> None:
    path = place / "t.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["id", "label", "artist", "u"], *rows])
    options = ReadOptions(label="label", kind=kind, min_per_class=least, features=("u",))  # type: ignore[arg-type]
    try:
        tracks = read_dataset(path, reader="matrix", options=options)
    except TunelensError:
        return
    assert tracks.report.n_found == len(rows) == len(tracks) + len(tracks.report.dropped)
    if kind in {"single", "multi"}:
        assert min(tracks.labels.counts().values()) >= least


@given(text)
def test_cells_are_numbers_or_none(cell: str) -> None:
    value = number(cell)
    assert value is None or np.isfinite(value) or is_missing(cell)
    length = seconds(cell)
    assert length is None or length >= 0
    assert np.isnan(moment(cell)) or 0 <= moment(cell) < 10_000
