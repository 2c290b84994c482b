"""Hear one file, or every file of a folder into a library."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from tunelens.audio import Unfound, find_audio
from tunelens.base.errors import ParameterError, TunelensError
from tunelens.base.progress import Progress, Silent
from tunelens.base.version import __version__
from tunelens.library.analysis import Analysis
from tunelens.library.corrections.heads import Heads
from tunelens.library.identity import FileStamp
from tunelens.library.store import Library
from tunelens.services.engines import ENGINES, Engine, Outcome, n_workers
from tunelens.services.feedback import adopt
from tunelens.services.hear import HearOptions, hear
from tunelens.services.plan import Policy, Step, plan


@dataclass(frozen=True)
class ScanReport:
    """What a scan did; every file that was found is in exactly one place, or left by an interruption.

    Parameters
    ----------
    n_files : int
        Files found.
    analyzed : tuple of Path
        Heard and kept.
    skipped : tuple of Path
        Up to date already.
    moved : tuple of Path
        Recognised by their content at a new place; not heard again.
    failed : tuple of (Path, TunelensError)
        Not heard, and why; failures of an earlier scan that would come again are among them.
    interrupted : bool
        Ctrl-C came; what is in `analyzed` is kept.
    seconds : float
        Time it took.
    """

    n_files: int
    analyzed: tuple[Path, ...] = ()
    skipped: tuple[Path, ...] = ()
    moved: tuple[Path, ...] = ()
    failed: tuple[tuple[Path, TunelensError], ...] = ()
    interrupted: bool = False
    seconds: float = 0.0

    @property
    def n_left(self) -> int:
        """Files that an interruption left undone."""
        return self.n_files - len(self.analyzed) - len(self.skipped) - len(self.moved) - len(self.failed)

    def summary(self) -> str:
        """Return one line for a person.

        Examples
        --------
        >>> ScanReport(3, analyzed=(Path("a"),), skipped=(Path("b"), Path("c")), seconds=2.5).summary()
        '3 files: 1 analysed, 2 up to date, 0 failed, in 2.5 s'
        """
        parts = [f"{len(self.analyzed)} analysed", f"{len(self.skipped)} up to date"]
        parts += [f"{len(self.moved)} moved"] if self.moved else []
        parts += [f"{len(self.failed)} failed"]
        parts += [f"interrupted with {self.n_left} left"] if self.interrupted else []
        files = "1 file" if self.n_files == 1 else f"{self.n_files} files"
        return f"{files}: {', '.join(parts)}, in {self.seconds:.1f} s"


def analyze(path: str | Path, options: HearOptions | None = None) -> Analysis:
    """Hear one file, in this process, without a library.

    Parameters
    ----------
    path : str or Path
        The file.
    options : HearOptions, optional
        What to hear; descriptors and the default nets if left out.

    Raises
    ------
    NotFoundError, AudioError
        The file cannot be heard.
    MissingDependencyError
        A net is not here yet.

    Examples
    --------
    >>> import tempfile, numpy as np, soundfile
    >>> from tunelens.services.hear import HearOptions
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     soundfile.write(f"{folder}/tone.wav", np.sin(np.arange(44100) * 0.06), 22050)
    ...     analysis = analyze(f"{folder}/tone.wav", HearOptions(models=()))
    >>> analysis.info.sr, analysis.taggings
    (22050, ())
    """
    return hear(Path(path), options or HearOptions())


def analyze_many(
    paths: Iterable[str | Path],
    library: Library,
    *,
    jobs: int | None = None,
    engine: str = "local",
    options: HearOptions | None = None,
    force: bool = False,
    retry: bool = False,
    progress: Progress | None = None,
) -> ScanReport:
    """Hear what is new, changed or outdated among `paths` and keep it in `library`.

    Parameters
    ----------
    paths : iterable of str or Path
        Files and folders; folders are searched through.
    library : Library
        Where results are kept, each in one transaction as soon as it is there.
    jobs : int, optional
        Worker processes; 0 means one per core; None takes the setting.
    engine : str
        A name in `ENGINES`.
    options : HearOptions, optional
        What to hear.
    force : bool
        Hear again what is up to date, and what failed.
    retry : bool
        Try again the files that failed before, though neither they nor Tunelens changed.
    progress : Progress, optional
        Told of every file.

    Returns
    -------
    ScanReport
        Also after Ctrl-C, which sets `ScanReport.interrupted`: workers are stopped, what is finished is kept.

    Raises
    ------
    MissingDependencyError
        A net is not here yet; no file has been touched.
    DataError
        The library cannot be written; what was finished before is kept.
    """
    started = time.monotonic()
    options = options or HearOptions()
    runner = ENGINES[engine]
    options.require_models()
    scan = _Scan(library, options, _policy(options, force, retry), progress or Silent())
    try:
        scan.look(paths)
        scan.hear(runner, n_workers(jobs, options.settings))
        adopt(library)  # what listeners did with songs that have just arrived
        _label(library, scan.analyzed)
    except KeyboardInterrupt:
        scan.interrupted = True
    return scan.report(time.monotonic() - started)


def _label(library: Library, heard: Sequence[Path]) -> None:
    """Give songs that have just arrived the labels that were learned from what people said of others."""
    if heard and Heads(library).names():
        from tunelens.services.corrections import label_new

        with suppress(TunelensError):  # told of when somebody learns again
            label_new(library, [known.id for known in library.known(heard).values()])


def _policy(options: HearOptions, force: bool, retry: bool) -> Policy:
    return Policy(options.versions(), __version__, force, retry)


def _whole(path: str | Path) -> str:
    if not os.fspath(path):
        raise ParameterError("a path is empty; the name of a file or folder is needed")
    return os.path.abspath(path)  # noqa: PTH100 - absolute() keeps ".."


@contextmanager
def _unbroken() -> Iterator[None]:
    """Hold Ctrl-C back until the block has ended, so that what is kept is what is counted."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    pressed: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: pressed.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if pressed and callable(before):
        before(signal.SIGINT, None)


@dataclass
class _Scan:
    """The running tally of one scan."""

    library: Library
    options: HearOptions
    policy: Policy
    progress: Progress
    n_files: int = 0
    todo: list[Step] = field(default_factory=list)
    analyzed: list[Path] = field(default_factory=list)
    skipped: list[Path] = field(default_factory=list)
    moved: list[Path] = field(default_factory=list)
    failed: list[tuple[Path, TunelensError]] = field(default_factory=list)
    interrupted: bool = False

    def look(self, paths: Iterable[str | Path]) -> None:
        """Find the files and sort them into what must be heard and what need not."""
        for step in plan(self._found(paths), self.library, self.policy):
            match step.action:
                case "hear":
                    self.todo.append(step)
                case "skip":
                    self.skipped.append(step.path)
                case "moved":
                    self.moved.append(step.path)
                case _:
                    self._fail(step)

    def _found(self, paths: Iterable[str | Path]) -> Iterator[Path]:
        for found in find_audio(map(_whole, paths)):
            self.n_files += 1
            if isinstance(found, Unfound):
                self.failed.append((found.path, found.error))
            else:
                yield found

    def _fail(self, step: Step) -> None:
        assert step.error is not None
        self.failed.append((step.path, step.error))

    def hear(self, engine: Engine, jobs: int) -> None:
        """Hear what must be heard, keeping each result as it comes."""
        if not self.todo:
            return
        self.progress.start(len(self.todo), "tracks")
        settings = self.options.settings
        stamps = {step.path: step.stamp for step in self.todo}
        work = engine.map(
            partial(hear, options=self.options),
            self._needed(),
            jobs=min(jobs, len(self.todo)),
            timeout_s=settings.file_timeout_s,
        )
        try:
            with closing(work) as outcomes:
                for outcome in outcomes:
                    with _unbroken():
                        self._keep(outcome, stamps[outcome.item])
        finally:
            self.progress.finish()

    def _needed(self) -> Iterator[Path]:
        """Hand out the files, leaving out those that another process has done since."""
        for step in self.todo:
            known = None if self.policy.force else self.library.known([step.path]).get(step.path)
            if known is not None and known.stamp == step.stamp and self.policy.is_current(known):
                self.skipped.append(step.path)
                self.progress.advance(str(step.path))
            else:
                yield step.path

    def _keep(self, outcome: Outcome, stamp: FileStamp | None) -> None:
        if outcome.error is None:
            self.library.put(outcome.result)
            self.analyzed.append(outcome.item)
        else:
            self.library.put_failure(outcome.item, outcome.error, stamp)
            self.failed.append((outcome.item, outcome.error))
        self.progress.advance(str(outcome.item), ok=outcome.error is None)

    def report(self, seconds: float) -> ScanReport:
        """Return the tally."""
        return ScanReport(
            self.n_files,
            tuple(self.analyzed),
            tuple(self.skipped),
            tuple(self.moved),
            tuple(self.failed),
            self.interrupted,
            seconds,
        )
