"""What holds for every reader of datasets; registering one enrols it here, and asks for an example."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.datasets import EXAMPLES, Example

from tunelens.base.errors import TunelensError, UnknownNameError
from tunelens.data.read import read_dataset
from tunelens.data.registry import DATASETS, ReadOptions
from tunelens.data.tracks import Tracks


@pytest.fixture(params=list(DATASETS))
def name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def example(name: str, tmp_path: Path) -> Iterator[Example]:
    before = sys.modules.get("mirdata")
    yield EXAMPLES[name](tmp_path / "原来 here")
    # the example of mirdata comes with a library of its own
    sys.modules.pop("mirdata", None)
    if before is not None:
        sys.modules["mirdata"] = before


def read(name: str, example: Example) -> Tracks:
    return read_dataset(example.source, reader=name, options=example.options)


def test_every_reader_has_an_example() -> None:
    assert set(EXAMPLES) == set(DATASETS)
    with pytest.raises(UnknownNameError, match="dataset reader 'gtzn'"):
        read_dataset("gtzn:/data")


def test_listing_imports_nothing() -> None:
    code = (
        "import sys; from tunelens.data.registry import DATASETS; print(len(list(DATASETS)));"
        "heavy = ('tunelens.data.readers', 'tunelens.library', 'sqlalchemy');"
        "print([m for m in sys.modules if m.startswith(heavy)])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [str(len(DATASETS)), "[]"]


def test_it_says_what_it_is(name: str) -> None:
    reader = DATASETS[name]
    assert reader.name == name
    assert 20 < len(reader.summary) < 100 and "\n" not in reader.summary


def test_every_row_is_kept_or_dropped_with_the_reason(name: str, example: Example) -> None:
    tracks = read(name, example)
    report = tracks.report
    if example.labels[0] is not None:
        kept = [set(value) if isinstance(value, frozenset) else value for value in tracks.labels.values]
        assert kept == example.labels
    assert len(tracks) == len(example.labels)
    assert report.reasons() == example.dropped
    assert report.n_found == len(tracks) + sum(example.dropped.values())
    assert all(one.item for one in report.dropped)


def test_its_format_is_told_from_the_content(name: str, example: Example) -> None:
    if not example.recognised:
        assert not DATASETS[name].recognises(Path(str(example.source)))
        return
    assert DATASETS[name].recognises(Path(example.source))
    assert next(one for one in DATASETS if DATASETS[one].recognises(Path(example.source))) == name
    told = read_dataset(example.source, options=example.options)
    assert told.data_id == read(name, example).data_id
    assert told.data_id == read_dataset(f"{name}:{example.source}", options=example.options).data_id


def test_ids_are_relative_and_paths_are_there(name: str, example: Example) -> None:
    tracks = read(name, example)
    assert not [one for one in tracks.ids if one.startswith("/") or "\\" in one or "原来" in one]
    assert all(path.is_file() for path in tracks.paths or ())
    assert tracks.is_audio or (tracks.X is not None and tracks.X.shape[1] > 0)
    assert tracks.source and tracks.name


def test_a_moved_dataset_is_the_same(name: str, example: Example, tmp_path: Path) -> None:
    before = read(name, example)
    if name in {"apple_music", "library", "mirdata"}:
        pytest.skip("their sources hold absolute paths")
    shutil.move(tmp_path / "原来 here", tmp_path / "there")
    source = Path(str(example.source).replace("原来 here", "there"))
    audio = example.options.audio and Path(str(example.options.audio).replace("原来 here", "there"))
    moved = read_dataset(source, reader=name, options=ReadOptions(label=example.options.label, audio=audio,
                                                                  split=example.options.split))  # fmt: skip
    assert moved.data_id == before.data_id


@pytest.mark.parametrize(
    "content", [None, b"", b"\xff\xfe\0\1" * 50, b"a,b\n1,2\n", b"{}", b"<plist>", os.urandom(3000)]
)
def test_what_is_none_is_told(name: str, content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / ("some.csv" if content is not None else "folder")
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    DATASETS[name].recognises(path)
    with pytest.raises(TunelensError):
        read_dataset(path, reader=name)


def test_an_unknown_label_is_told(name: str, example: Example) -> None:
    if name == "folder":
        return  # the folders are the labels, whatever they are called
    options = ReadOptions(label="no such label", audio=example.options.audio)
    with pytest.raises(TunelensError) as caught:
        read_dataset(example.source, reader=name, options=options)
    assert "no such label" in str(caught.value) or "empty label" in str(caught.value)
