"""`hook`: the part of a song that stands for it, as a WAV file; `prepare`: such excerpts of many songs."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import numpy as np

from tunelens.audio import Clip, listen, stream, write_wav
from tunelens.base.errors import ParameterError, TunelensError
from tunelens.base.files import check_writable
from tunelens.base.progress import Progress, Silent
from tunelens.base.settings import Settings
from tunelens.features.structure import Hook, find_hook
from tunelens.library.identity import FileStamp
from tunelens.services.convert import targets
from tunelens.services.engines import ENGINES, Engine, n_workers
from tunelens.services.excerpts import LONGEST_WHOLE_S, HookReport, Manifest, Prepared, Recipe


def hook(
    path: str | os.PathLike[str],
    out: str | os.PathLike[str] | None = None,
    *,
    duration_s: float = 15.0,
    sr: int = 22050,
    force: bool = False,
    settings: Settings | None = None,
) -> HookReport:
    """Find the part of a recording that stands for it, and write it as a mono WAV file with short fades.

    Parameters
    ----------
    path : path-like
        Any audio file, or a video with a sound track.
    out : path-like, optional
        The WAV file; without it nothing is written.
    duration_s : float
        Length, seconds, 1 to 3600.
    sr : int
        Sample rate, Hz.
    force : bool
        Overwrite `out`.

    Raises
    ------
    ParameterError
        A value is not allowed, or `out` exists and `force` is not set.
    NotFoundError, DecodeError, EmptyAudioError
        The file cannot be heard.

    Examples
    --------
    >>> hook("song.mp3", duration_s=0.5)
    Traceback (most recent call last):
        ...
    tunelens.base.errors.ParameterError: duration_s is 0.5; 1 to 3600 is allowed
    """
    recipe = Recipe("hook", duration_s, sr)
    target = None if out is None else check_writable(Path(out), force=force)
    if target is not None and _is_same(Path(path), target):
        raise ParameterError(f"{os.fspath(path)!r} would be overwritten", hint="name another file")
    return excerpt((Path(path), target), recipe=recipe, settings=settings or Settings.from_env())


def excerpt(item: tuple[Path, Path | None], *, recipe: Recipe, settings: Settings) -> HookReport:
    """Cut one excerpt; `item` is a recording and where to. Worker processes run this function."""
    source, target = item
    found = _place(source, recipe, settings)
    if target is None:
        return HookReport(source, None, found, recipe.sr)
    length = found.end_s - found.start_s
    listening = listen(source, sr=recipe.sr, offset_s=found.start_s, duration_s=length)
    y = np.concatenate([window.clip.y for window in listening])[: round(length * recipe.sr)]
    write_wav(_faded(Clip(y, recipe.sr), recipe.fade_s), target, force=True)
    heard = replace(found, end_s=found.start_s + len(y) / recipe.sr)
    return HookReport(source, target, heard, recipe.sr, listening.warnings)


def _place(source: Path, recipe: Recipe, settings: Settings) -> Hook:
    if recipe.how == "hook":
        return find_hook(stream(source, duration_s=settings.max_duration_s), recipe.duration_s)
    return Hook(0.0, recipe.duration_s if recipe.how == "first" else LONGEST_WHOLE_S, recipe.how)


def _faded(clip: Clip, fade_s: float) -> Clip:
    """Raise from silence and sink into it by half a cosine."""
    n = min(round(fade_s * clip.sr), clip.n_samples // 2)
    if n == 0:
        return clip
    rise = (0.5 - 0.5 * np.cos(np.pi * (np.arange(n) + 0.5) / n)).astype(np.float32)
    y = clip.y.copy()
    y[:n] *= rise
    y[-n:] *= rise[::-1]
    return clip.with_y(y)


def prepare(
    paths: Iterable[str | os.PathLike[str]],
    folder: str | os.PathLike[str],
    *,
    how: str = "hook",
    duration_s: float = 15.0,
    sr: int = 22050,
    force: bool = False,
    jobs: int | None = None,
    engine: str = "local",
    settings: Settings | None = None,
    progress: Progress | None = None,
) -> Prepared:
    """Cut an excerpt of each of many recordings: mono WAV files in one folder, with a manifest.

    What is there and unchanged (recording, recipe, WAV file) is left alone, so that a run that was
    interrupted goes on. A recording that fails never stops the rest.

    Parameters
    ----------
    paths : iterable of path-like
        Files and folders.
    folder : path-like
        Where to; files keep their names and their place below the folders that were named.
    how : {"hook", "first", "whole"}
        See `Recipe`.
    duration_s, sr : float, int
        See `Recipe`.
    force : bool
        Overwrite WAV files that are there and are not of an earlier run.
    jobs, engine : int, str
        Workers, and what runs them.

    Raises
    ------
    ParameterError, UnknownNameError
        A value is not allowed, or `folder` is a file.
    """
    recipe, settings = Recipe(how, duration_s, sr), settings or Settings.from_env()
    place = Path(folder)
    if os.path.exists(place) and not os.path.isdir(place):  # noqa: PTH110, PTH112 - never raise
        raise ParameterError(f"{str(place)!r} is a file; a folder for the excerpts is needed")
    wanted, failed = targets(paths, place)
    run = _Run(recipe, settings, Manifest(place), progress or Silent(), failed=failed)
    run.progress.start(len(wanted), "files")
    try:
        run.look_up(wanted, force=force)
        run.cut(ENGINES[engine], n_workers(jobs, settings))
    finally:
        run.progress.finish()
        run.manifest.tidy()
    done = tuple(run.done[source] for source, _ in wanted if source in run.done)
    return Prepared(place, done, tuple(run.failed))


@dataclass
class _Run:
    """The running tally of one `prepare`."""

    recipe: Recipe
    settings: Settings
    manifest: Manifest
    progress: Progress
    failed: list[tuple[Path, TunelensError]]
    done: dict[Path, HookReport] = field(default_factory=dict)
    todo: dict[Path, Path] = field(default_factory=dict)

    def look_up(self, wanted: Iterable[tuple[Path, Path]], *, force: bool) -> None:
        """Sort out what is there already, and what must not be overwritten."""
        for source, target in wanted:
            kept = None if force else self.manifest.kept(source, self.recipe)
            if kept is not None:
                self._keep(source, kept)
            elif _is_same(source, target):
                hint = "name another folder with --out"
                self._fail(source, ParameterError(f"{str(source)!r} would be overwritten", hint=hint))
            elif force or self.manifest.wrote(target) or not os.path.lexists(target):
                self.todo[source] = target
            else:
                hint = "use --force to overwrite it, or name another folder"
                self._fail(source, ParameterError(f"{str(target)!r} exists", hint=hint))

    def cut(self, engine: Engine, jobs: int) -> None:
        """Cut what is left, keeping each excerpt as it comes."""
        if not self.todo:
            return
        self.manifest.announce(self.todo)
        stamps = {source: _stamp(source) for source in self.todo}
        work = engine.map(
            partial(excerpt, recipe=self.recipe, settings=self.settings),
            list(self.todo.items()),
            jobs=min(jobs, len(self.todo)),
            timeout_s=self.settings.file_timeout_s,
        )
        with closing(work) as outcomes:
            for outcome in outcomes:
                source = outcome.item[0]
                if outcome.error is None:
                    self.manifest.add(outcome.result, self.recipe, stamps[source])
                    self._keep(source, outcome.result)
                else:
                    self._fail(source, outcome.error)

    def _keep(self, source: Path, report: HookReport) -> None:
        self.done[source] = report
        self.progress.advance(str(source))

    def _fail(self, source: Path, error: TunelensError) -> None:
        self.failed.append((source, error))
        self.progress.advance(str(source), ok=False)


def _is_same(source: Path, target: Path) -> bool:
    try:
        return target.samefile(source)
    except OSError:
        return False


def _stamp(source: Path) -> FileStamp | None:
    """Look at a file before it is heard; None where that fails, as hearing it then does."""
    try:
        return FileStamp.of(source)
    except OSError:
        return None
