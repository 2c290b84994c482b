"""Tags in files: what writing and taking back costs, how large the journal gets, and that files come back."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.harness import Row, Skip, data_dir, elapsed

MOST_S = 2.0
MOST_SHARE = 0.01
VALUES = {"genre": ("Jazz", "民谣"), "mood": ("calm",), "bpm": ("128",), "key": ("C#m",), "energy": ("7",)}


def run() -> Iterator[Row | Skip]:
    """Write five fields into real songs of each format, and undo it."""
    songs = sorted((data_dir() / "songs").glob("*.mp3"))
    opus = sorted((data_dir() / "emotify").glob("*.opus"))[: len(songs)]
    with tempfile.TemporaryDirectory() as folder:
        for suffix in ("mp3", "flac", "wav", "aiff", "ogg"):
            yield from _rows(suffix, [_as(song, suffix, Path(folder)) for song in songs])
        yield from _rows("opus", [Path(shutil.copyfile(song, Path(folder) / song.name)) for song in opus])


def _as(song: Path, suffix: str, folder: Path) -> Path:
    """Copy a song, in another format if need be."""
    import soundfile

    to = folder / f"{song.stem}.{suffix}"
    if suffix == "mp3":
        shutil.copyfile(song, to)
        return to
    with (
        soundfile.SoundFile(song) as file,
        soundfile.SoundFile(to, "w", file.samplerate, file.channels) as out,
    ):
        for block in file.blocks(4096):
            out.write(block)
    return to


def _rows(suffix: str, paths: list[Path]) -> Iterator[Row]:
    from tunelens.library.filetags.writer import writing
    from tunelens.library.store import Library

    before = [path.read_bytes() for path in paths]
    with Library.open(paths[0].parent / f"{suffix}.db") as library, writing(library) as writer:
        write_s = elapsed(lambda: [writer.write(_plan(path)) for path in paths]) / len(paths)
        entries = writer.journal.entries()
        patches = sum(len(writer.journal.patch(entry)) for entry in entries)
        undo_s = elapsed(lambda: [writer.undo(entry) for entry in entries]) / len(paths)
    size = sum(map(len, before))
    note = f"{len(paths)} songs of {size / len(paths) / 1e6:.1f} MB"
    yield Row.at_most(f"{suffix}: write", write_s, MOST_S, note=f"per song; {note}")
    yield Row.at_most(f"{suffix}: undo", undo_s, MOST_S, note="per song")
    share = patches / size
    yield Row.at_most(
        f"{suffix}: journal", share, MOST_SHARE, unit="share", note=f"{patches / len(paths):.0f} bytes a song"
    )
    same = sum(path.read_bytes() == old for path, old in zip(paths, before, strict=True)) / len(paths)
    yield Row.at_least(f"{suffix}: as before", same, 1.0)


def _plan(path: Path) -> Any:
    from tunelens.library.filetags.plan import Proposal, make_plan
    from tunelens.library.identity import sha256_of

    proposals = [Proposal(field, values) for field, values in VALUES.items()]
    return make_plan(path, sha256_of(path), proposals, dict.fromkeys(VALUES, "replace"))
