"""`select_features`: which features tell songs apart, and whether that holds for other songs."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from tunelens.base.card import Card, Shown
from tunelens.base.errors import ParameterError, UnknownNameError
from tunelens.base.extras import require
from tunelens.base.language import say, word
from tunelens.base.progress import Progress, Silent
from tunelens.base.settings import Settings
from tunelens.base.table import Cell, Table
from tunelens.data.registry import ReadOptions
from tunelens.explore.selection import (
    LITERATURE,
    METHODS,
    KeptSelection,
    Selection,
    SelectionComparison,
    SelectOptions,
    compare_selections,
    select,
    stability,
)
from tunelens.explore.selection.comparison import CALLED, LEAST_SONGS
from tunelens.plots.display import Display
from tunelens.plots.selection import ChosenDisplay, GenerationsDisplay, SelectionsDisplay
from tunelens.services.twins import CLIP_S, WAVEFORM, Paired, twins_of

GENETIC = "ga"
DEFAULT = (GENETIC, "greedy", "random", "literature", "all")
OBJECTIVE = (
    "clips, two of every song, whose nearest neighbour among all other clips is not their twin; "
    "squared Euclidean distance of standardised features, ties count as lost"
)


@dataclass(frozen=True)
class SelectionOptions:
    """What is chosen by, and how it is checked.

    Parameters
    ----------
    methods : tuple of str, optional
        Keys of `METHODS`; the first makes the selection that counts, the others stand beside it. If left out:
        the genetic algorithm beside all others for which the features are here.
    search : SelectOptions
        What the searches may spend.
    held_out : float
        Share of the songs that are held out, above 0 and below 1.
    n_splits : int
        Splits by song, and as many by artist, from 2; 0 holds nothing out, and then nothing is promised.
    n_seeds : int
        Runs of the genetic algorithm on all songs, with seeds from `seed` on; the best counts.
    seed : int

    Raises
    ------
    ParameterError, UnknownNameError
        A value is not allowed.
    """

    methods: tuple[str, ...] | None = None
    search: SelectOptions = field(default_factory=SelectOptions)
    held_out: float = 0.5
    n_splits: int = 10
    n_seeds: int = 5
    seed: int = 0

    def __post_init__(self) -> None:
        for name in self.methods or ():
            if name not in METHODS:
                raise UnknownNameError.among("method", name, METHODS)
        if self.methods == ():
            raise ParameterError(f"no method is named; {', '.join(METHODS)} are there")
        if not 0 < self.held_out < 1:
            raise ParameterError(f"held_out is {self.held_out}; a share above 0 and below 1 is allowed")
        if self.n_splits < 0 or self.n_splits == 1:
            raise ParameterError(f"n_splits is {self.n_splits}; 0, or at least 2, is allowed")
        if self.n_seeds < 1:
            raise ParameterError(f"n_seeds is {self.n_seeds}; at least 1 is needed")

    def methods_for(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Return the methods for features of these names."""
        if self.methods is not None:
            return tuple(dict.fromkeys(self.methods))
        return tuple(one for one in DEFAULT if one != "literature" or set(LITERATURE) <= set(names))


@dataclass(frozen=True, eq=False)
class SelectionReport(Shown):
    """Features that were chosen, and how far the choice may be believed.

    Parameters
    ----------
    paired : Paired
        The clips.
    selections : tuple of Selection
        On all songs, one for each method; the first counts.
    over_seeds : tuple of Selection
        Runs of the genetic algorithm with one seed after the other; empty where it was not asked for.
    compared : SelectionComparison or None
        On songs held out; None where there were too few songs, or it was not asked for.
    """

    paired: Paired
    selections: tuple[Selection, ...]
    over_seeds: tuple[Selection, ...]
    compared: SelectionComparison | None

    def _card(self) -> Card:
        return Card(self.paired.name, self.summary(), tables=self.tables(), notes=self.notes)

    @property
    def chosen(self) -> Selection:
        """The selection that counts."""
        return self.selections[0]

    @property
    def notes(self) -> tuple[str, ...]:
        """Return what a person should know, in the language of now."""
        n = len(self.paired.twins)
        if self.compared is not None:
            held = self.compared.notes
        elif n < LEAST_SONGS:
            held = (
                say("{n} songs are too few to hold some out; {least} are needed", n=n, least=LEAST_SONGS),
            )
        else:
            held = (say("No songs were held out: how good the choice is for other songs is not known."),)
        return (*self.paired.said_notes(), *held)

    def summary(self) -> str:
        """Return in sentences what was found, in the language of now."""
        said = say(
            "{method} chose {k} of {n} features; on all {songs} songs, those it chose on, {lost} of {clips} "
            "clips lose their twin ({share:.1f}%).",
            method=say(CALLED[self.chosen.method]),
            k=len(self.chosen.names),
            n=len(self.chosen.among),
            songs=self.chosen.n_songs,
            lost=self.chosen.lost,
            clips=2 * self.chosen.n_songs,
            share=100 * self.chosen.share_lost,
        )
        return " ".join([said, *([self.compared.summary([self.chosen.method])] if self.compared else [])])

    def tables(self) -> tuple[Table, ...]:
        """Return the comparison, what was chosen on all songs, and how often each feature was."""
        compared = () if self.compared is None else (self.compared.table(),)
        return (*compared, self._chosen_table(), self._features_table())

    def _chosen_table(self) -> Table:
        columns = (word("method"), word("features"), word("clips lost"), word("clips"), word("lost, %"))
        rows: tuple[tuple[Cell, ...], ...] = tuple(
            (CALLED[one.method], len(one.names), one.lost, 2 * one.n_songs, 100 * one.share_lost)
            for one in self.selections
        )
        note = word("Chosen and counted on the same songs: of new songs these figures promise too much.")
        return Table(word("Chosen on all songs"), columns, rows, note)

    def _features_table(self) -> Table:
        shares = self.shares()
        columns = (word("feature"), word("chosen"), *shares, word("in the literature"))
        often = {name: [100 * share[name] for share in shares.values()] for name in self.chosen.among}
        order = sorted(often, key=lambda name: (-sum(often[name]), name not in self.chosen.names))
        rows: list[tuple[Cell, ...]] = [
            (name, name in self.chosen.names, *often[name], name in LITERATURE) for name in order
        ]
        return Table(word("How often each feature was chosen, %"), columns, tuple(rows), self._stability())

    def shares(self) -> dict[str, dict[str, float]]:
        """Return in what share of runs each feature was chosen: over seeds, and over splits."""
        among = self.chosen.among
        found = {}
        if len(self.over_seeds) > 1:
            counts = np.mean([[name in one.names for name in among] for one in self.over_seeds], axis=0)
            found[word("seeds that chose it")] = dict(zip(among, counts.tolist(), strict=True))
        if self.compared is not None:
            masks = self.compared.of(self.chosen.method).masks
            found[word("splits that chose it")] = dict(zip(among, masks.mean(axis=0).tolist(), strict=True))
        return found

    def _stability(self) -> str:
        if self.compared is None:
            return ""
        value = stability(self.compared.of(self.chosen.method).masks)
        if np.isnan(value) or self.chosen.method in {"all", "literature"}:
            return ""
        return say(
            "Stability over splits: {value:.2f} (1 is the same choice each time, 0 is chance).", value=value
        )

    def displays(self, title: str = "") -> dict[str, Display]:
        """Return the pictures that there is data for: ``generations``, ``chosen``, ``compared``."""
        title = title or self.paired.name
        found: dict[str, Display] = {}
        if self.over_seeds:
            found["generations"] = self._generations(title)
        for name, shares in self.shares().items():
            marked = [one for one in LITERATURE if one in shares]
            legend = (say("others"), say("18 of the literature")) if marked else None
            found["chosen"] = ChosenDisplay(
                names=tuple(shares),
                shares=tuple(shares.values()),
                marked=marked,
                legend=legend,
                title=f"{title} · {say(name)}",
            )
        if self.compared is not None:
            found["compared"] = self._comparison(self.compared, title)
        return found

    def _generations(self, title: str) -> Display:
        n_clips = 2 * self.chosen.n_songs
        runs = sorted(self.over_seeds, key=lambda one: one.lost)
        best, mean = ([np.array([getattr(step, what) for step in run.history]) / n_clips for run in runs]
                      for what in ("best", "mean"))  # fmt: skip
        levels = [
            (say(CALLED[one.method]), one.share_lost) for one in self.selections if one.method != GENETIC
        ]
        return GenerationsDisplay(best=best, mean=mean, levels=levels, title=title)

    def _comparison(self, compared: SelectionComparison, title: str) -> Display:
        ways = compared.ways
        tried = [one for one in compared.tried if one.by == ways[-1]]
        ranges = [one.held() for one in tried]
        by = say("held out by artist") if ways[-1] == "artist" else say("held out by song")
        return SelectionsDisplay(
            names=[say(CALLED[one.method]) for one in tried],
            chosen_on=[float(one.chosen_on.mean()) for one in tried],
            held_out=[one.value for one in ranges],
            low=[one.low for one in ranges],
            high=[one.high for one in ranges],
            drawn=compared.drawn_held_out.mean(axis=0) if compared.drawn_held_out.size else np.zeros(0),
            title=f"{title} · {by}",
        )

    def keep(self, path: str | Path, *, force: bool = False) -> Path:
        """Write the selection as a file that `collect`, `cluster`, `map` and `hits` take as features.

        Raises
        ------
        ParameterError
            The file exists and `force` is not set.
        """
        how: dict[str, Any] = {
            "method": self.chosen.method,
            "seed": self.chosen.seed,
            "objective": OBJECTIVE,
            "lost_where_chosen": self.chosen.lost,
            "n_clips": 2 * self.chosen.n_songs,
            "n_songs": self.chosen.n_songs,
            "source": self.paired.name,
            "among": list(self.chosen.among),
        }
        if self.compared is not None:
            tried = [one for one in self.compared.tried if one.method == self.chosen.method]
            how["held_out"] = {one.by: one.held().to_dict() for one in tried}
            how["verdict"] = {one.by: self.compared.verdict(one) for one in tried}
        kept = KeptSelection(self.chosen.names, self.paired.input, self.paired.version, how)
        return kept.save(Path(path), force=force)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as a JSON object."""
        return {
            "summary": self.summary(),
            "objective": OBJECTIVE,
            "clips": self.paired.to_dict(),
            "selections": [one.to_dict() for one in self.selections],
            "over_seeds": [one.to_dict() for one in self.over_seeds],
            "shares": self.shares(),
            "compared": None if self.compared is None else self.compared.to_dict(),
            "notes": list(self.notes),
        }


def select_features(
    source: str | Paired,
    *,
    options: SelectionOptions | None = None,
    input: str = WAVEFORM,
    clip_s: float = CLIP_S,
    library: Path | None = None,
    read: ReadOptions | None = None,
    audio: Path | None = None,
    jobs: int | None = None,
    engine: str = "local",
    settings: Settings | None = None,
    progress: Progress | None = None,
) -> SelectionReport:
    """Choose features with which two clips of a song find each other, and check them on other songs.

    Parameters
    ----------
    source : str or Paired
        As `twins_of` takes it, or what it gave.
    options : SelectionOptions, optional
    input, clip_s, library, read, audio, jobs, engine, settings
        As in `twins_of`.
    progress : Progress, optional
        Told of files, of generations, and of trials on held-out songs.

    Raises
    ------
    MissingDependencyError
        DEAP is not installed and the genetic algorithm was asked for; no file has been touched.
    DataError, NotFoundError
        As in `twins_of`; or fewer than 2 songs remain.
    """
    options, progress = options or SelectionOptions(), progress or Silent()
    if GENETIC in (options.methods or DEFAULT):
        require("deap.base")
    if not isinstance(source, Paired):
        source = twins_of(
            source,
            input=input,
            clip_s=clip_s,
            library=library,
            options=read,
            audio=audio,
            jobs=jobs,
            engine=engine,
            settings=settings,
            progress=progress,
        )
    return _report(source, options, progress)


def _report(paired: Paired, options: SelectionOptions, progress: Progress) -> SelectionReport:
    methods = options.methods_for(paired.twins.names)
    seeds = _over_seeds(paired, options, progress) if GENETIC in methods else ()
    best = {GENETIC: min(seeds, key=lambda one: (one.lost, len(one.names)))} if seeds else {}
    selections = tuple(best.get(name) or _chosen(paired, name, options, progress) for name in methods)
    compared = _compared(paired, methods, options, progress)
    return SelectionReport(paired, selections, seeds, compared)


def _chosen(paired: Paired, method: str, options: SelectionOptions, progress: Progress) -> Selection:
    return select(paired.twins, method, seed=options.seed, options=options.search, progress=progress)


def _over_seeds(paired: Paired, options: SelectionOptions, progress: Progress) -> tuple[Selection, ...]:
    seeds = range(options.seed, options.seed + options.n_seeds)
    return tuple(
        select(paired.twins, GENETIC, seed=seed, options=options.search, progress=progress) for seed in seeds
    )


def _compared(
    paired: Paired, methods: tuple[str, ...], options: SelectionOptions, progress: Progress
) -> SelectionComparison | None:
    if options.n_splits == 0 or len(paired.twins) < LEAST_SONGS:
        return None
    return compare_selections(
        paired.twins,
        methods,
        held_out=options.held_out,
        n_splits=options.n_splits,
        seed=options.seed,
        options=options.search,
        progress=progress,
    )
