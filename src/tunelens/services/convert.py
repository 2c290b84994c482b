"""`convert`: files and whole folders to plain WAV; names and folders are kept."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tunelens.audio import (
    Clip,
    Unfound,
    decode,
    find_audio,
    listen,
    normalize_loudness,
    write_wav,
)
from tunelens.audio import denoise as without_noise
from tunelens.audio import trim_silence as without_silence
from tunelens.base.errors import ParameterError, TunelensError
from tunelens.base.progress import Progress, Silent


@dataclass(frozen=True)
class ConvertReport:
    """What became of every file.

    Parameters
    ----------
    done : tuple of (Path, Path)
        Source and WAV file.
    failed : tuple of (Path, TunelensError)
        Source and what was wrong with it.
    warnings : tuple of (Path, str)
        Source and what its conversion lacks.
    """

    done: tuple[tuple[Path, Path], ...]
    failed: tuple[tuple[Path, TunelensError], ...]
    warnings: tuple[tuple[Path, str], ...] = ()


@dataclass(frozen=True)
class _Recipe:
    sr: int
    begin_s: float
    end_s: float | None
    mono: bool
    lufs: float | None
    trim_silence: bool
    denoise: bool
    subtype: str
    force: bool

    def __post_init__(self) -> None:
        if self.begin_s < 0 or (self.end_s is not None and self.end_s <= self.begin_s):
            raise ParameterError(
                f"from {self.begin_s} s to {self.end_s} s is no excerpt; 0 <= begin < end is needed"
            )

    @property
    def duration_s(self) -> float | None:
        return None if self.end_s is None else self.end_s - self.begin_s


def convert(
    paths: Iterable[str | os.PathLike[str]],
    out_dir: str | os.PathLike[str],
    *,
    sr: int = 16_000,
    begin_s: float = 0.0,
    end_s: float | None = None,
    mono: bool = True,
    lufs: float | None = None,
    trim_silence: bool = False,
    denoise: bool = False,
    subtype: str = "PCM_16",
    force: bool = False,
    progress: Progress | None = None,
) -> ConvertReport:
    """Convert files and folders to WAV.

    A file keeps its name, and its place below the folder that was named. Where several sources would get
    the same name (``a.mp3`` and ``a.flac``), each keeps its whole name (``a.mp3.wav``, ``a.flac.wav``). A
    file that fails is reported and does not stop the rest.

    Parameters
    ----------
    paths : iterable of path-like
        Files and folders.
    out_dir : path-like
        Folder for the WAV files; made when it is absent.
    sr : int
        Sample rate, Hz.
    begin_s, end_s : float
        The excerpt, seconds.
    mono : bool
        Mix the channels to their mean.
    lufs : float, optional
        Bring to this integrated loudness, LUFS.
    trim_silence, denoise : bool
        Cut silence from both ends; turn steady noise down.
    subtype : str
        Sample format of the WAV files.
    force : bool
        Overwrite WAV files that are there; a source is never overwritten.
    progress : Progress, optional
        Told about every file.

    Returns
    -------
    ConvertReport
        What was done, what failed, and what the conversions lack.

    Raises
    ------
    ParameterError
        The excerpt is impossible, or `out_dir` is a file.
    """
    recipe = _Recipe(sr, begin_s, end_s, mono, lufs, trim_silence, denoise, subtype, force)
    out = Path(out_dir)
    if os.path.exists(out) and not os.path.isdir(out):  # noqa: PTH110, PTH112 - never raise
        raise ParameterError(f"{str(out)!r} is a file; a folder for the WAV files is needed")
    jobs, failed = targets(paths, out)
    return _carry_out(jobs, failed, recipe, progress or Silent())


def _carry_out(
    jobs: Sequence[tuple[Path, Path]],
    failed: list[tuple[Path, TunelensError]],
    recipe: _Recipe,
    progress: Progress,
) -> ConvertReport:
    done: list[tuple[Path, Path]] = []
    warnings: list[tuple[Path, str]] = []
    progress.start(len(jobs), "files")
    try:
        for source, target in jobs:
            try:
                warnings += [(source, text) for text in _convert_one(source, target, recipe)]
                done.append((source, target))
            except TunelensError as error:
                failed.append((source, error))
            progress.advance(str(source), ok=bool(done) and done[-1][0] == source)
    finally:
        progress.finish()
    return ConvertReport(tuple(done), tuple(failed), tuple(warnings))


def _convert_one(source: Path, target: Path, recipe: _Recipe) -> tuple[str, ...]:
    """Convert one file and return what its conversion lacks."""
    if os.path.exists(target):  # noqa: PTH110 - never raises
        if target.samefile(source):
            raise ParameterError(f"{str(source)!r} would be overwritten by its own conversion")
        if not recipe.force:
            raise ParameterError(f"{str(target)!r} exists", hint="use --force to overwrite it")
    warnings: tuple[str, ...] = ()
    if recipe.mono:
        listening = listen(source, sr=recipe.sr, offset_s=recipe.begin_s, duration_s=recipe.duration_s)
        parts = [window.clip.y for window in listening]
        clip, warnings = Clip(np.concatenate(parts), recipe.sr, source=str(source)), listening.warnings
    else:
        clip = decode(source, sr=recipe.sr, offset_s=recipe.begin_s, duration_s=recipe.duration_s)
    write_wav(_prepared(clip, recipe), target, subtype=recipe.subtype, force=recipe.force)
    return warnings


def _prepared(clip: Clip, recipe: _Recipe) -> Clip:
    if recipe.denoise:
        clip = without_noise(clip)
    if recipe.trim_silence:
        clip = without_silence(clip)
    return clip if recipe.lufs is None else normalize_loudness(clip, recipe.lufs)


def targets(
    paths: Iterable[str | os.PathLike[str]], out: Path
) -> tuple[list[tuple[Path, Path]], list[tuple[Path, TunelensError]]]:
    """Return (source, target) for what was found, each target below `out`, and (path, error) for the rest."""
    placed: list[tuple[Path, Path]] = []
    failed: list[tuple[Path, TunelensError]] = []
    for given in map(_whole, paths):
        for found in _found(given, out):
            if isinstance(found, Unfound):
                failed.append((found.path, found.error))
            else:
                place = found.relative_to(given) if _is_folder(given) else Path(found.name)
                placed.append((found, place))
    placed = list(dict(placed).items())
    return [(source, out / name) for source, name in _named(placed)], failed


def _found(given: Path, out: Path) -> Iterator[Path | Unfound]:
    """Walk `given`, leaving out what an earlier run wrote into it."""
    inside = _is_folder(given) and out.resolve().is_relative_to(given.resolve()) and out.exists()
    for found in find_audio([given]):
        own = inside and isinstance(found, Path) and found.resolve().is_relative_to(out.resolve())
        if not own or out.samefile(given):
            yield found


def _whole(path: str | os.PathLike[str]) -> Path:
    if not os.fspath(path):
        raise ParameterError("a path is empty; the name of a file or folder is needed")
    return Path(path)


def _is_folder(path: Path) -> bool:
    return os.path.isdir(path)  # noqa: PTH112 - never raises


def _named(placed: Sequence[tuple[Path, Path]]) -> Iterator[tuple[Path, Path]]:
    """Give each source a name of its own, also where upper and lower case are one."""
    wanted = Counter(str(place.with_suffix(".wav")).casefold() for _, place in placed)
    taken: set[str] = set()
    for source, place in placed:
        name = place.with_suffix(".wav")
        if wanted[str(name).casefold()] > 1:
            name = place.with_name(place.name + ".wav")
        number = 2
        while str(name).casefold() in taken:
            name = place.with_name(f"{place.name}-{number}.wav")
            number += 1
        taken.add(str(name).casefold())
        yield source, name
