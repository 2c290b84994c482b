"""Whatever is written into whatever file: it is refused, or it is there and can be taken back to the byte."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.songs import FORMATS, make_songs

from tunelens.base.errors import TunelensError
from tunelens.library.filetags import formats, sound
from tunelens.library.filetags.containers import kind_of
from tunelens.library.filetags.patch import apply_patch, make_patch
from tunelens.library.filetags.plan import Proposal, make_plan
from tunelens.library.filetags.splice import splice
from tunelens.library.filetags.view import FIELDS
from tunelens.library.filetags.writer import writing
from tunelens.library.identity import sha256_of
from tunelens.library.store import Library

TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)
SEVERAL = st.lists(TEXT, min_size=1, max_size=4).map(tuple)
VALUES = st.fixed_dictionaries(
    {},
    optional={
        "genre": SEVERAL,
        "mood": SEVERAL,
        "bpm": st.integers(1, 999).map(lambda bpm: (str(bpm),)),
        "key": st.sampled_from(["C", "C#m", "Bb", "12A"]).map(lambda key: (key,)),
        "energy": st.integers(1, 10).map(lambda level: (str(level),)),
    },
)
EDITS = st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 400), st.binary(max_size=400)), max_size=6)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("tags")
    make_songs(folder)
    with Library.open(folder / "l.db") as library:
        yield folder, library


@given(st.binary(max_size=5000), EDITS)
def test_a_patch_gives_back_the_old_file(old: bytes, edits: list[tuple[int, int, bytes]]):
    new = old
    for at, n, data in edits:
        new = new[:at] + data + new[at + n :]
    back = io.BytesIO()
    apply_patch(io.BytesIO(new), make_patch(io.BytesIO(old), io.BytesIO(new)), back)
    assert back.getvalue() == old


@given(st.binary(max_size=300), st.integers(0, 300), st.integers(0, 300), st.binary(max_size=300))
def test_splicing_is_slicing(old: bytes, a: int, b: int, data: bytes):
    start, end = sorted((min(a, len(old)), min(b, len(old))))
    file = io.BytesIO(old)
    splice(file, start, end, data)
    assert file.getvalue() == old[:start] + data + old[end:]


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(FORMATS), VALUES, VALUES)
def test_what_was_written_is_there_and_undone_it_never_was(place, name, there, values):
    folder, library = place
    path = _fresh(folder, name)
    try:
        formats.write(path, kind_of(path), there)
    except TunelensError:
        _fresh(folder, name)
    _write_and_undo(library, path, values)


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(FORMATS),
    st.lists(st.tuples(st.integers(0, 9000), st.integers(0, 255)), max_size=8),
    VALUES,
)
def test_a_damaged_file_is_refused_or_handled_and_never_damaged_more(place, name, damage, values):
    folder, library = place
    path = _fresh(folder, name)
    raw = bytearray(path.read_bytes())
    for at, byte in damage:
        raw[at % len(raw)] = byte
    path.write_bytes(raw)
    _write_and_undo(library, path, values)


@settings(deadline=None)
@given(st.sampled_from(["mp3", "wav", "aiff", "flac", "ogg", "mp4", "ape"]), st.binary(max_size=2000))
def test_any_bytes_are_read_or_refused(place, kind: str, raw: bytes):
    path = place[0] / "anything"
    starts = {
        "wav": b"RIFF\0\0\0\0WAVE",
        "aiff": b"FORM\0\0\0\0AIFF",
        "flac": b"fLaC",
        "ogg": b"OggS",
        "mp3": b"ID3",
    }
    path.write_bytes(starts.get(kind, b"") + raw)
    for look in (lambda: formats.read(path, kind), lambda: _sound(path, kind), lambda: kind_of(path)):
        with contextlib.suppress(TunelensError):
            look()


def _sound(path: Path, kind: str) -> str:
    with path.open("rb") as file:
        return sound.sound_sha256(file, kind)


def _fresh(folder: Path, name: str) -> Path:
    path = folder / f"copy-{name}"
    path.write_bytes((folder / name).read_bytes())
    return path


def _write_and_undo(library: Library, path: Path, values: dict[str, tuple[str, ...]]) -> None:
    before = path.read_bytes()
    proposals = [Proposal(field, values.get(field, ()), 0.9) for field in FIELDS]
    with writing(library) as writer:
        try:
            plan = make_plan(path, sha256_of(path), proposals, dict.fromkeys(FIELDS, "replace"))
            writer.write(plan)
        except TunelensError:
            assert path.read_bytes() == before
            return
        written = formats.read(path, plan.kind).values
        assert {field: written[field] for field in plan.values} == plan.values
        writer.undo(writer.journal.entries(writer.batch)[-1])
    assert path.read_bytes() == before
