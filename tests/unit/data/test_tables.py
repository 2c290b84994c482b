"""Tables as people save them: encodings, separators, quotes, names of columns."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from tests.datasets import table, tone

from tunelens.base.errors import DataError, ParameterError, UnknownNameError
from tunelens.data.read import read_dataset
from tunelens.data.readers.table import LONGEST_LINE, MOST_BAD_QUOTES, MOST_COLUMNS, open_table
from tunelens.data.registry import ReadOptions

ROWS = [["文件", "风格", "歌手"], ["晴天.wav", "流行", "周杰伦"], ["été.wav", "古典, 民乐", "卡玛"]]


@pytest.fixture
def songs(tmp_path: Path) -> Path:
    for name in ("晴天", "été", "a", "b"):
        tone(tmp_path / f"{name}.wav")
    return tmp_path


def save(path: Path, rows: list[list[str]], encoding: str, delimiter: str, ending: str) -> Path:
    with path.open("w", encoding=encoding, newline="", errors="replace") as file:
        csv.writer(file, delimiter=delimiter, lineterminator=ending).writerows(rows)
    return path


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_any_encoding_separator_and_line_end(songs: Path, encoding: str, delimiter: str, ending: str) -> None:
    rows = ROWS[:2] if encoding == "gbk" else ROWS
    path = save(songs / "列表.csv", rows, encoding, delimiter, ending)
    tracks = read_dataset(path, options=ReadOptions(separator="/"))
    assert tracks.labels.values == tuple(row[1] for row in rows[1:])
    assert tracks.groups == {"artist": tuple(row[2] for row in rows[1:])}
    assert tracks.ids == tuple(row[0] for row in rows[1:])


def test_western_text_is_not_taken_for_chinese(songs: Path) -> None:
    text = "path,label\na.wav,Crème brûlée\nb.wav,Müller était là, mañana".replace("là, ma", "là ma")
    path = table(songs / "l.csv", *text.split("\n"), encoding="latin-1")
    tracks = read_dataset(path)
    assert tracks.labels.classes == ("Crème brûlée", "Müller était là mañana")
    assert any("Windows-1252" in note for note in tracks.report.notes)


def test_one_broken_byte_does_not_turn_the_table_into_another_alphabet(songs: Path) -> None:
    path = songs / "l.csv"
    path.write_bytes("path,label\na.wav,流行音乐\nb.wav,caf".encode() + b"\xe9\n")
    tracks = read_dataset(path)
    assert tracks.labels.values == ("流行音乐", "caf�")
    assert any("1 bytes are no UTF-8" in note for note in tracks.report.notes)


def test_cells_may_hold_separators_quotes_and_lines(songs: Path) -> None:
    path = table(songs / "l.csv", "path,label", 'a.wav,"say ""hi"", twice"', 'b.wav,"two', "", 'lines"')
    assert [label.split() for label in read_dataset(path).labels.values] == [
        ["say", '"hi",', "twice"],
        ["two", "lines"],
    ]


def test_a_quote_that_is_not_closed_costs_its_line_only(songs: Path) -> None:
    path = table(songs / "l.csv", "path,label", 'a.wav,"rock', "b.wav,jazz", "晴天.wav,pop")
    tracks = read_dataset(path)
    assert tracks.labels.values == ("jazz", "pop")
    assert [(one.item, one.reason) for one in tracks.report.dropped] == [("line 2", "unbalanced quotes")]


def test_a_quoted_word_at_the_beginning_is_no_fault(tmp_path: Path) -> None:
    rows = [f'"Heroes" - {i},0.{i},pop' for i in range(5)]
    assert len(read_dataset(table(tmp_path / "l.csv", "title,energy,label", *rows))) == 5


def test_many_open_quotes_are_no_table(tmp_path: Path) -> None:
    rows = [f'{i},"a' for i in range(2 * MOST_BAD_QUOTES)]
    with pytest.raises(DataError, match="quote that is not closed"):
        read_dataset(table(tmp_path / "l.csv", "x,label", *rows[::2], "1,b", *rows[1::2]), reader="matrix")


def test_lines_of_the_wrong_width_are_dropped_by_number(tmp_path: Path) -> None:
    path = table(tmp_path / "l.csv", "x,y,label", "1,2,a", "", "1,2", "1,2,b,,", "1,2,b,3")
    tracks = read_dataset(path)
    assert tracks.labels.values == ("a", "b")
    assert [(one.item, one.reason) for one in tracks.report.dropped] == [
        ("line 4", "wrong number of cells"), ("line 6", "wrong number of cells"),
    ]  # fmt: skip


def test_bounds(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="columns; at most"):
        open_table(table(tmp_path / "wide.csv", "a" + ",a" * MOST_COLUMNS))
    with pytest.raises(DataError, match="line of more than"):
        list(open_table(table(tmp_path / "long.csv", "a,b", "1," + "x" * LONGEST_LINE)).lines())
    limit = csv.field_size_limit()
    lines = list(open_table(table(tmp_path / "cell.csv", "a,b", "1," + "x" * 5_000_000, "2,y")).lines())
    assert [line.fault for line in lines] == ["cell of more than 4194304 characters", ""]
    assert csv.field_size_limit() == limit


def test_long_cells_among_the_first_rows(tmp_path: Path) -> None:
    long = "x" * 200_000
    path = table(tmp_path / "l.csv", f"energy,label,{long}", f"0.5,rock,{long}", '0.25,jazz,"a', 'b"')
    tracks = read_dataset(path)
    assert tracks.labels.values == ("rock", "jazz") and tracks.feature_names == ("energy",)
    labels = read_dataset(path, options=ReadOptions(label=long))
    assert labels.report.reasons() == {"label of more than 500 characters": 1}
    with pytest.raises(DataError):
        read_dataset(table(tmp_path / "h.csv", "energy,label," + "x" * 5_000_000, "1,a,b"), reader="matrix")


def test_no_names_of_columns(songs: Path) -> None:
    tracks = read_dataset(table(songs / "l.csv", "a.wav,rock", "b.wav,jazz"))
    assert (tracks.ids, tracks.labels.values) == (("a.wav", "b.wav"), ("rock", "jazz"))
    numbers = read_dataset(table(songs / "n.csv", "0.5,1,rock", "0.25,2,jazz"))
    np.testing.assert_array_equal(numbers.X, [[0.5, 1.0], [0.25, 2.0]])
    index = read_dataset(table(songs / "i.csv", ",energy,label", "0,0.5,rock", "1,0.25,jazz"))
    assert index.feature_names == ("energy",)


def test_decimal_commas_of_a_table_with_semicolons(tmp_path: Path) -> None:
    tracks = read_dataset(table(tmp_path / "l.csv", "tempo;energy;label", "120,5;0,5;a", "90;;b"))
    np.testing.assert_array_equal(tracks.X, [[120.5, 0.5], [90, np.nan]])


def test_a_label_that_cannot_be_told_is_an_error_with_the_columns(tmp_path: Path) -> None:
    path = table(tmp_path / "l.csv", "title,mood_a,energy,colour", "t,x,0.5,red", "u,y,0.25,blue")
    with pytest.raises(DataError, match="columns: title, mood_a, energy, colour") as caught:
        read_dataset(path)
    assert "--label" in (caught.value.hint or "")
    assert read_dataset(path, options=ReadOptions(label="Colour")).labels.values == ("red", "blue")
    with pytest.raises(UnknownNameError, match="column 'color'") as unknown:
        read_dataset(path, options=ReadOptions(label="color"))
    assert "colour" in (unknown.value.hint or "")


def test_guesses_are_noted(tmp_path: Path) -> None:
    path = table(tmp_path / "l.csv", "Artist Name,Year,energy,Genre", "X,1999,0.5,a", "Y,2000,0.25,b")
    tracks = read_dataset(path)
    assert tracks.feature_names == ("energy",)
    assert tracks.groups == {"artist": ("X", "Y")} and tracks.times is not None
    notes = " ".join(tracks.report.notes)
    assert all(f"'{name}'" in notes for name in ("Artist Name", "Year", "Genre"))


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["0", "1", "1"], "single"), ([str(i) for i in range(30)], "continuous"),
        (["0.5", "1", ""], "continuous"), (["rock; pop", "jazz"], "multi"),
        (["Rock > Indie", "Jazz"], "hierarchical"), (["1990s", "2000s"], "single"),
    ],
)  # fmt: skip
def test_the_kind_is_told_from_the_cells(tmp_path: Path, cells: list[str], kind: str) -> None:
    rows = [f"{i}.5,{cell}" for i, cell in enumerate(cells)]
    assert read_dataset(table(tmp_path / "l.csv", "energy,label", *rows)).labels.kind == kind


def test_kind_separator_and_level(tmp_path: Path) -> None:
    path = table(tmp_path / "l.csv", "energy,genre,sub", "1.5,Rock,Indie", "2.5,Rock,", "3.5,Jazz,Bop|Cool")
    path_of = ReadOptions(label="genre > sub", kind="hierarchical")
    assert read_dataset(path, options=path_of).labels.values == (
        ("Rock", "Indie"),
        ("Rock",),
        ("Jazz", "Bop|Cool"),
    )
    cut = read_dataset(path, options=ReadOptions(label="genre > sub", kind="hierarchical", level=1))
    assert (cut.labels.kind, cut.labels.values) == ("single", ("Rock", "Rock", "Jazz"))
    tags = read_dataset(path, options=ReadOptions(label="sub", kind="multi", separator="|"))
    assert tags.labels.values == (frozenset({"Indie"}), frozenset({"Bop", "Cool"}))
    assert tags.report.reasons() == {"empty label": 1}
    with pytest.raises(ParameterError, match="level 1 of single labels"):
        read_dataset(path, options=ReadOptions(label="genre", level=1))


def test_rare_classes(tmp_path: Path) -> None:
    rows = [f"{i}.5,{label}" for i, label in enumerate(["a", "a", "b", "a; c", "c; d", "d"])]
    path = table(tmp_path / "l.csv", "energy,label", *rows)
    single = read_dataset(path, options=ReadOptions(kind="single", min_per_class=2))
    assert (single.labels.values, single.report.n_found) == (("a", "a"), 6)
    assert single.report.reasons() == {"class with fewer than 2 rows": 4}
    multi = read_dataset(path, options=ReadOptions(min_per_class=3))
    assert multi.labels.values == (frozenset("a"),) * 3
    with pytest.raises(DataError, match="6 class with fewer than 9 rows"):
        read_dataset(path, options=ReadOptions(min_per_class=9))


def test_a_row_told_twice_with_two_labels_is_told_apart_from_a_repeat(songs: Path) -> None:
    rows = ["a.wav,rock", "a.wav,rock", "a.wav,jazz", "b.wav,jazz"]
    tracks = read_dataset(table(songs / "l.csv", "path,label", *rows))
    assert tracks.report.reasons() == {"duplicate row": 1, "duplicate row with another label": 1}


def test_excerpts(songs: Path) -> None:
    rows = ["a.wav,rock,0,0.02", "a.wav,jazz,0.02,", "a.wav,jazz,0:00,0.01", "a.wav,x,5,1", "a.wav,x,soon,"]
    tracks = read_dataset(table(songs / "l.csv", "path,label,start,end", *rows))
    assert tracks.ids == ("a.wav#0-0.02", "a.wav#0.02-", "a.wav#0-0.01")
    assert (tracks.start_s, tracks.end_s) == ((0.0, 0.02, 0.0), (0.02, None, 0.01))
    assert tracks.report.reasons() == {"excerpt ends before it begins": 1, "unreadable number": 1}


def test_files_are_found_below_audio_by_name(songs: Path) -> None:
    tone(songs / "sound" / "x" / "deep.wav")
    tone(songs / "sound" / "x" / "twice.wav")
    tone(songs / "sound" / "y" / "twice.wav")
    path = table(
        songs / "t" / "l.csv",
        "path,label",
        "deep,rock",
        "C:\\old\\deep.wav,rock",
        "twice,rock",
        "x/twice.wav,a",
    )
    tracks = read_dataset(path, reader="manifest", options=ReadOptions(audio=songs / "sound"))
    assert tracks.ids == ("x/deep.wav", "x/twice.wav")
    assert tracks.report.reasons() == {"duplicate row": 1, "several files of that name": 1}


def test_parquet(songs: Path) -> None:
    arrow = pytest.importorskip("pyarrow")
    import pyarrow.parquet

    columns = {
        "path": ["a.wav", "b.wav", None],
        "tags": [["calm", "sad"], ["calm"], []],
        "artist": ["X", None, "Z"],
    }
    pyarrow.parquet.write_table(arrow.table(columns), songs / "l.parquet")
    tracks = read_dataset(songs / "l.parquet", options=ReadOptions(kind="multi"))
    assert tracks.labels.values == (frozenset({"calm", "sad"}), frozenset({"calm"}))
    assert tracks.groups == {"artist": ("X", "")}
    assert tracks.report.reasons() == {"missing file": 1}
    broken = (songs / "l.parquet").read_bytes()[:-20] + b"x" * 20
    (songs / "broken.parquet").write_bytes(broken)
    with pytest.raises(DataError, match="no Parquet"):
        read_dataset(songs / "broken.parquet", reader="manifest")
