"""Excerpts of recordings: what one is, and the manifest by which an interrupted run goes on."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tunelens.audio.resample import check_rate
from tunelens.base.errors import DataError, ParameterError, TunelensError, UnknownNameError
from tunelens.base.files import atomic_path
from tunelens.features.structure import HOOK_VERSION, Hook
from tunelens.library.identity import FileStamp, escape, path_to_text, text_to_path

MANIFEST = "excerpts.jsonl"
MOST_MANIFEST_BYTES = 1 << 28

HOWS = ("hook", "first", "whole")
FADE_S = 0.03
LONGEST_WHOLE_S = 3600.0


@dataclass(frozen=True)
class Recipe:
    """What is cut out of each recording; small and picklable, it travels to the workers.

    Parameters
    ----------
    how : {"hook", "first", "whole"}
        The part that stands for the song, its begin, or all of it (an hour at most).
    duration_s : float
        Length of a hook or a begin, seconds.
    sr : int
        Sample rate, Hz.
    fade_s : float
        Length of the fades at both ends, seconds.
    """

    how: str = "hook"
    duration_s: float = 15.0
    sr: int = 22050
    fade_s: float = FADE_S

    def __post_init__(self) -> None:
        if self.how not in HOWS:
            raise UnknownNameError.among("part", self.how, HOWS)
        check_rate(self.sr)
        if not 1 <= self.duration_s <= LONGEST_WHOLE_S:
            raise ParameterError(f"duration_s is {self.duration_s:g}; 1 to {LONGEST_WHOLE_S:g} is allowed")
        if not 0 <= self.fade_s <= self.duration_s / 2:
            raise ParameterError(f"fade_s is {self.fade_s:g}; 0 to half of the duration is allowed")

    def to_dict(self) -> dict[str, Any]:
        """Return what makes two excerpts the same, the version of the search for hooks included."""
        return {**asdict(self), "version": HOOK_VERSION}


@dataclass(frozen=True)
class HookReport:
    """One excerpt.

    Parameters
    ----------
    source : Path
        The recording.
    out : Path or None
        The WAV file; None where none was asked for.
    hook : Hook
        Where it lies in the recording, and why there.
    sr : int
        Sample rate of `out`, Hz.
    warnings : tuple of str
        What is wrong with the recording.
    kept : bool
        It was there from an earlier run, and neither the recording nor the recipe has changed.
    """

    source: Path
    out: Path | None
    hook: Hook
    sr: int
    warnings: tuple[str, ...] = ()
    kept: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return the excerpt as a JSON object."""
        return {
            "out": None if self.out is None else path_to_text(self.out),
            "sr": self.sr,
            **self.hook.to_dict(),
            "warnings": list(self.warnings),
            "kept": self.kept,
        }


@dataclass(frozen=True)
class Prepared:
    """Excerpts of many recordings.

    Parameters
    ----------
    folder : Path
        Where they are, with a manifest.
    done : tuple of HookReport
        In the order of the recordings.
    failed : tuple of (Path, TunelensError)
        Recordings of which there is none, and why.
    """

    folder: Path
    done: tuple[HookReport, ...]
    failed: tuple[tuple[Path, TunelensError], ...]

    def to_dict(self) -> dict[str, Any]:
        """Return everything as a JSON object."""
        return {
            "folder": path_to_text(self.folder),
            "done": [{"path": path_to_text(one.source), **one.to_dict()} for one in self.done],
            "failed": [{"path": path_to_text(path), "error": error.to_dict()} for path, error in self.failed],
        }


class Manifest:
    """What earlier runs wrote into a folder: a line of JSON per excerpt, the last of a recording counts.

    A line tells what will be written, another, as soon as it is there, what it is. What cannot be read is as
    if it were not there.

    Parameters
    ----------
    folder : Path
        Where the excerpts are.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._path = folder / MANIFEST
        self._lines = {line["source"]: line for line in _lines_of(self._path)}
        self._written = {folder / text_to_path(str(line.get("out"))) for line in self._lines.values()}

    def kept(self, source: Path, recipe: Recipe) -> HookReport | None:
        """Return the excerpt of `source` if it is there and neither recording nor `recipe` has changed."""
        line = self._lines.get(path_to_text(source))
        try:
            if line is None or line["recipe"] != recipe.to_dict() or line["stamp"] != _stamp(source):
                return None
            out = self.folder / text_to_path(line["out"])
            if not _is_inside(out, self.folder) or out.stat().st_size != line["out_bytes"]:
                return None
            hook = Hook.from_dict(line["hook"])
            return HookReport(source, out, hook, recipe.sr, tuple(map(str, line["warnings"])), kept=True)
        except (OSError, KeyError, TypeError, ValueError):
            return None

    def wrote(self, out: Path) -> bool:
        """Did an earlier run write `out`?"""
        return out in self._written

    def announce(self, wanted: Mapping[Path, Path]) -> None:
        """Note which file each recording will have: what a kill leaves there is ours, and unfinished."""
        lines = [
            {"source": path_to_text(source), "out": escape(str(out.relative_to(self.folder)))}
            for source, out in wanted.items()
        ]
        self._append(lines)

    def add(self, report: HookReport, recipe: Recipe, stamp: FileStamp | None) -> None:
        """Keep one more, at once."""
        assert report.out is not None
        line = {
            "source": path_to_text(report.source),
            "stamp": None if stamp is None else asdict(stamp),
            "recipe": recipe.to_dict(),
            "out": escape(str(report.out.relative_to(self.folder))),
            "out_bytes": report.out.stat().st_size,
            "hook": report.hook.to_dict(),
            "warnings": list(report.warnings),
        }
        self._lines[line["source"]] = line
        self._append([line])

    def _append(self, lines: Sequence[Mapping[str, Any]]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)

    def tidy(self) -> None:
        """Write it anew with one line per recording."""
        if self._lines:
            text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in self._lines.values())
            with atomic_path(self._path) as temporary:
                temporary.write_text(text, encoding="utf-8")


def _lines_of(path: Path) -> Iterator[dict[str, Any]]:
    try:
        if path.stat().st_size > MOST_MANIFEST_BYTES:
            raise DataError(
                f"{str(path)!r} is larger than any manifest", hint="delete it, or name another folder"
            )
        with path.open(encoding="utf-8", errors="replace") as file:
            for text in file:
                line = _parsed(text)
                if isinstance(line, dict) and isinstance(line.get("source"), str):
                    yield line
    except OSError:
        return


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _stamp(path: Path) -> dict[str, int]:
    return asdict(FileStamp.of(path))


def _is_inside(path: Path, folder: Path) -> bool:
    return path.resolve().is_relative_to(folder.resolve())
