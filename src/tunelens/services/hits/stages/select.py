"""`select`: which of the waveform statistics tell the songs apart, and whether that holds for other songs."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tunelens.base.errors import TunelensError
from tunelens.base.files import atomic_path
from tunelens.base.language import word
from tunelens.charts.chart import Entry
from tunelens.explore.selection import Genetic, Selection, SelectionComparison
from tunelens.services.hits.options import Options
from tunelens.services.hits.stage import Context, NotDoneError, Stage
from tunelens.services.hits.stages.acquire import Acquired
from tunelens.services.hits.stages.prepare import NO_SOUND

METHOD = "ga"
METHODS = ("all", "literature", "random", "ga")
FEWEST = 12
N_SPLITS = 6
CLIP_S = 15.0
DRAWS = 100
GENETIC = Genetic(population=40, generations=40)
SONGS, LABEL = "songs.csv", "song"
TOO_FEW = word("{n} songs have sound; features are chosen on at least {fewest}.")


@dataclass(frozen=True)
class Selected:
    """The features that were chosen, and what other choices lose.

    Parameters
    ----------
    chosen : tuple of Selection
        Of all songs, one per method.
    comparison : SelectionComparison
        The methods on held-out songs.
    n_songs : int
        Songs of which two clips could be taken.
    failed : tuple of (str, TunelensError)
        Files that gave no two clips.
    """

    chosen: tuple[Selection, ...]
    comparison: SelectionComparison
    n_songs: int
    failed: tuple[tuple[str, TunelensError], ...] = ()

    @property
    def best(self) -> Selection:
        """What the genetic algorithm chose."""
        return next(one for one in self.chosen if one.method == METHOD)

    @property
    def names(self) -> tuple[str, ...]:
        """The chosen features."""
        return self.best.names


def _run(context: Context) -> Selected:
    from tunelens.explore.selection import SelectOptions, compare_selections, select
    from tunelens.services.twins import twins_of

    acquired, options = context.need(Acquired), context.options
    pairs = [(path, entry) for path, entry in zip(acquired.files, acquired.entries, strict=True) if path]
    if not pairs:
        raise NotDoneError(NO_SOUND)
    if len(pairs) < FEWEST:
        raise NotDoneError(TOO_FEW, n=len(pairs), fewest=FEWEST)
    paired = twins_of(
        str(_listed(context.work.folder / SONGS, pairs)), clip_s=CLIP_S, jobs=options.jobs,
        settings=options.settings, progress=context.progress,
    )  # fmt: skip
    if len(paired.twins) < FEWEST:
        raise NotDoneError(TOO_FEW, n=len(paired.twins), fewest=FEWEST)
    effort = SelectOptions(GENETIC, DRAWS)
    chosen = tuple(
        select(paired.twins, method, seed=options.seed, options=effort, progress=context.progress)
        for method in METHODS
    )
    comparison = compare_selections(
        paired.twins, METHODS, n_splits=N_SPLITS, seed=options.seed, options=effort, progress=context.progress
    )
    failed = tuple((str(path), error) for path, error in paired.failures)
    return Selected(chosen, comparison, len(paired.twins), failed)


def _listed(path: Path, pairs: Sequence[tuple[Path, Entry]]) -> Path:
    """Write the songs as a dataset: a list of files is no folder."""
    with atomic_path(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("path", "artist", "label"))
        writer.writerows((str(source.absolute()), entry.creator, LABEL) for source, entry in pairs)
    return path


def _parameters(options: Options) -> dict[str, Any]:
    return {
        "method": METHOD, "methods": list(METHODS), "clip_s": CLIP_S, "splits": N_SPLITS, "draws": DRAWS,
        "seed": options.seed, "fewest": FEWEST, **asdict(GENETIC), "language": options.language,
    }  # fmt: skip


SELECT = Stage("select", _run, _parameters, needs=("acquire",))
