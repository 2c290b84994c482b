"""`hits`: the whole way from a chart to a report, stage by stage."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from tunelens.base.errors import ParameterError
from tunelens.base.language import language as speaking
from tunelens.base.progress import Progress, Silent
from tunelens.base.settings import Settings
from tunelens.services.hits.options import AUTO, STAGES, Options, default_work, stage_names
from tunelens.services.hits.report import HitsReport
from tunelens.services.hits.stage import Context, Outcome, Stage, run_stage
from tunelens.services.hits.stages import WAY
from tunelens.services.hits.work import Work

Tell = Callable[[str], None]


def hits(
    chart: str | Path | Sequence[str | Path],
    *,
    audio: str | Path | None = None,
    against: str | Path | None = None,
    language: str = "en",
    work: str | Path | None = None,
    how: str = "hook",
    duration_s: float = 15.0,
    features: str = AUTO,
    k: int | None = None,
    seed: int = 0,
    skip: str | Iterable[str] = (),
    download: bool = False,
    allow_private: bool = False,
    fields: Sequence[str] = (),
    title: str = "",
    against_title: str = "",
    library: str | Path | None = None,
    jobs: int | None = None,
    force: bool = False,
    settings: Settings | None = None,
    progress: Progress | None = None,
    tell: Tell = lambda _: None,
) -> HitsReport:
    """Find out what the songs of a chart share, and how they differ from other music.

    Acquire, prepare, describe, select, cluster, classify, structure, compare: what each stage finds is kept
    in the work folder under its inputs and parameters. A run that was killed goes on there, and after a
    change only what depends on it is done anew. A stage that cannot be done ends nothing else.

    Parameters
    ----------
    chart : str, Path or sequence of them
        What `tunelens.charts.read.read_chart` reads.
    audio : path-like, optional
        Folder with the sound of its songs. Without it a chart with features as columns is described by these.
    against : str or Path, optional
        The music to compare with: a folder, a table, ``library`` or ``library:QUERY``.
    work : path-like, optional
        Where results are kept; a folder by the chart's name in the current one if left out.
    language, how, duration_s, features, k, seed, download, allow_private, fields
        As of `Options`.
    title, against_title, library, jobs, settings
        As of `Options`.
    skip : str or iterable of str
        Stages that are not wanted.
    force : bool
        Do every stage anew.
    progress : Progress, optional
        Told of every item within a stage.
    tell : callable of str
        Told of every stage as it begins and ends.

    Returns
    -------
    HitsReport
        Tables, pictures, findings; `HitsReport.save` writes the page.

    Raises
    ------
    ParameterError, UnknownNameError
        A value is not allowed.
    NotFoundError, DataError
        The chart cannot be read. All else that goes wrong is told in the report.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> rows = [f"歌{i},歌手{i},{80 + i % 40},{0.3 + i % 7 / 10}" for i in range(30)]
    >>> _ = (folder / "热歌.csv").write_text("\\n".join(["歌名,歌手,tempo,energy", *rows]), encoding="utf-8")
    >>> report = hits(folder / "热歌.csv", work=folder / "work", skip="cluster,compare")
    >>> report.tables["songs"].column("title")[0], report.outcomes["describe"].state
    ('歌0', 'done')
    """
    options = Options(
        _charts(chart), audio=Path(audio) if audio is not None else None,
        against=os.fspath(against) if against is not None else None,
        language=language, how=how, duration_s=duration_s, features=features, k=k, seed=seed,
        skip=stage_names(skip), download=download, allow_private=allow_private, title=title,
        against_title=against_title, fields=tuple(fields),
        library=Path(library) if library is not None else None, jobs=jobs,
        settings=settings or Settings.from_env(),
    )  # fmt: skip
    place = Work(work_folder(options, work))
    context = Context(options, place, progress or Silent())
    with speaking(language):
        for number, stage in enumerate(WAY, 1):
            tell(f"{number}/{len(STAGES)} {stage.name}")
            outcome = run_stage(stage, context, force=force)
            context.outcomes[stage.name] = outcome
            _raise_without_chart(stage, outcome)
            tell(_ended(outcome))
    return HitsReport(options, place.folder, dict(context.outcomes))


def work_folder(options: Options, work: str | Path | None) -> Path:
    """Return where results are kept, absolute.

    Raises
    ------
    ParameterError
        It lies in a folder of songs: excerpts would be taken for songs.
    """
    place = (Path(work) if work is not None else default_work(options.charts)).absolute()
    for songs in (options.audio, options.against):
        if songs is not None and os.path.isdir(songs) and place.is_relative_to(Path(songs).absolute()):  # noqa: PTH112
            raise ParameterError(
                f"the work folder {str(place)!r} lies in {str(songs)!r}, a folder of songs",
                hint="name another folder by --work",
            )
    return place


def _charts(chart: str | Path | Sequence[str | Path]) -> tuple[str, ...]:
    one = isinstance(chart, (str, Path))
    return tuple(map(os.fspath, [chart] if one else chart))  # type: ignore[arg-type]


def _raise_without_chart(stage: Stage, outcome: Outcome) -> None:
    if stage.name == STAGES[0] and outcome.result is None:
        assert outcome.error is not None
        raise outcome.error


def _ended(outcome: Outcome) -> str:
    """Return how a stage ended, for a person at a terminal."""
    told = {"done": f"done in {outcome.seconds:.1f} s", "kept": "kept from an earlier run"}
    why = outcome.error.message if outcome.error else outcome.why.format(**outcome.values)
    return f"    {told.get(outcome.state) or f'{outcome.state}: {why}'}"
