"""Train a model on a dataset, find out honestly how good it is, and save it as a bundle."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tunelens.base.card import Card, Fact, Shown
from tunelens.base.errors import DataError, ParameterError, TunelensError
from tunelens.base.language import say, word
from tunelens.base.progress import Progress
from tunelens.base.settings import Settings
from tunelens.base.table import Table
from tunelens.models.bundles import Bundle, Facts, Manifest
from tunelens.models.bundles.files import check_place
from tunelens.models.bundles.find import bundles_dir
from tunelens.models.inputs import Input, parse_input
from tunelens.models.inputs.table import TableInput
from tunelens.services.vectors import DEFAULT_INPUT, TABLE, Read, material

if TYPE_CHECKING:
    from tunelens.data.splits import Fold
    from tunelens.data.tracks import Tracks
    from tunelens.evaluation.crossval import OutOfFold
    from tunelens.models.material import Material
    from tunelens.models.recipe import Recipe
    from tunelens.models.trust import Trust
    from tunelens.services.clusters import Clustered

DEFAULT_MODEL = "logistic"
FIGURES = {
    "single": ("accuracy", "balanced_accuracy", "f1_macro"),
    "multi": ("mAP", "roc_auc", "f1_macro"),
    "continuous": ("r2", "mae", "spearman"),
}
"""What a card tells of a model, by task."""
FEWEST_ROWS = 4
MOST_REFERENCE_BYTES = 1 << 24
LICENCE = "yours: the weights were trained by you; mind the licence of the data"


@dataclass(frozen=True)
class TrainOptions:
    """How to train.

    Parameters
    ----------
    input : str, optional
        What the model is given, see `parse_input`. If left out: the columns of a table, what the model asks
        for where it hears sequences, else ``embedding``.
    protocol, group : str, optional
        How the model is judged, see docs/splits.md; the most honest way that the data allows if left out.
    n_folds : int
        Parts in which the data is judged.
    coverage : float
        How often sets and intervals shall hold the truth.
    allow_leaks : bool
        Train though rows of one artist, album or recording stand on both sides of a split.
    seed : int
        Of everything random.
    name : str, optional
        Of the model; from dataset and label if left out.
    clusters : bool
        Look for copies of one recording and keep them together; False looks for the same bytes only.
    """

    input: str | None = None
    protocol: str | None = None
    group: str | None = None
    n_folds: int = 5
    coverage: float = 0.9
    allow_leaks: bool = False
    seed: int = 0
    name: str | None = None
    clusters: bool = True

    def __post_init__(self) -> None:
        if self.n_folds < 2:
            raise ParameterError(f"n_folds is {self.n_folds}; at least 2 are needed")
        if self.seed < 0:
            raise ParameterError(f"seed is {self.seed}; 0 or more is needed")
        if not 0 < self.coverage < 1:
            raise ParameterError(f"coverage is {self.coverage}; a number between 0 and 1 is needed")


@dataclass(frozen=True, eq=False)
class Trained(Shown):
    """What training gave.

    Parameters
    ----------
    bundle : Bundle
        The model, loaded from its folder.
    failures : tuple of (Path, TunelensError)
        Files that could not be heard, and why.
    chosen : Mapping of str to object
        Parameters that tuning chose.
    warnings : tuple of str
        What a person should know.
    seconds : float
        Time it took.
    """

    bundle: Bundle
    failures: tuple[tuple[Path, TunelensError], ...] = ()
    chosen: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def manifest(self) -> Manifest:
        """What the bundle says about itself."""
        return self.bundle.manifest

    def _card(self) -> Card:
        told = self.manifest
        rows = tuple((name, one["value"], one["low"], one["high"]) for name, one in told.metrics.items())
        facts = (
            Fact(say("label"), told.label),
            Fact(say("data"), f"{told.data}, {told.n_train:,}"),
            Fact(say("file"), str(self.bundle.folder)),
        )
        table = Table("", (word("figure"), word("value"), word("at least"), word("at most")), rows)
        return Card(told.name, told.protocol, facts, (table,), notes=(*self.warnings, *told.notes))

    def to_dict(self) -> dict[str, Any]:
        """Return everything as a JSON object."""
        return {
            "bundle": str(self.bundle.folder),
            "manifest": self.manifest.to_dict(),
            "chosen": dict(self.chosen),
            "failed": [{"path": str(path), "error": error.to_dict()} for path, error in self.failures],
            "warnings": list(self.warnings),
            "seconds": self.seconds,
        }


def train(
    dataset: str | Path | Tracks,
    out: str | Path | None = None,
    *,
    recipe: Recipe | str = DEFAULT_MODEL,
    options: TrainOptions | None = None,
    jobs: int | None = None,
    engine: str = "local",
    settings: Settings | None = None,
    progress: Progress | None = None,
    force: bool = False,
) -> Trained:
    """Train a model and save it as a bundle that knows how good it is.

    Parameters
    ----------
    dataset : str, Path or Tracks
        As `read_dataset` takes it, or read already.
    out : path-like, optional
        Folder of the bundle; ``bundles/NAME`` in the data folder if left out, where `predict` finds it by
        name.
    recipe : Recipe or str
        How to train, or a model alone, say ``svm:C=10``.
    options : TrainOptions, optional
    jobs, engine
        Workers that hear the files, and what runs them.
    force : bool
        Overwrite a bundle that is there.

    Raises
    ------
    DataError
        The split leaks, there are too few rows, or no file can be heard.
    ParameterError
        The bundle is there already, or model and data do not fit.
    MissingDependencyError
        A net or a library is not here.

    Examples
    --------
    >>> import tempfile
    >>> from tunelens.data.labels import Labels
    >>> from tunelens.data.tracks import Tracks
    >>> rng = np.random.default_rng(0)
    >>> X, y = rng.normal(size=(60, 2)), ["calm", "wild"] * 30
    >>> X[1::2] += 3
    >>> ids = tuple(map(str, range(60)))
    >>> toy = Tracks("toy", Labels("single", y, "mood"), ids, X=X, feature_names=("a", "b"))
    >>> done = train(toy, Path(tempfile.mkdtemp()) / "toy")
    >>> done.bundle.predict(np.array([[3.0, 3.0]]))[0].label
    'wild'
    """
    from tunelens.services.clusters import clustered

    started = time.monotonic()
    options, settings = options or TrainOptions(), settings or Settings.from_env()
    tracks = _tracks(dataset)
    folder = Path(out) if out is not None else bundles_dir(settings) / _name(tracks, options)
    check_place(folder, force=force)
    _require_sense(tracks, recipe, options)
    known = clustered(
        tracks, near=options.clusters, settings=settings, jobs=jobs, engine=engine, progress=progress
    )
    work = _Work.of(known, recipe, options, settings)
    work.require_no_leaks(work.folds(work.tracks))
    read = work.hear(jobs, engine, progress)
    tracks = work.tracks.take(read.rows)
    oof = work.judge(read.material, work.folds(tracks), progress)
    trust = work.trust(oof, read.material)
    fitted = work.recipe.fit(read.material, seed=work.options.seed, progress=progress)
    bundle = Bundle.save(
        folder,
        fitted,
        work.facts(tracks, read, _figures(oof)),
        trust,
        reference=_reference(tracks, read.material),
        sample=read.material.X[:64],
        force=force,
    )
    warnings = tuple(work.warnings())
    return Trained(bundle, tuple(read.failures), fitted.params, warnings, time.monotonic() - started)


@dataclass(frozen=True, eq=False)
class _Work:
    """A dataset, and everything that was decided about it."""

    known: Clustered
    recipe: Recipe
    options: TrainOptions
    settings: Settings
    protocol: str
    group: str | None
    why: str

    @classmethod
    def of(cls, known: Clustered, recipe: Recipe | str, options: TrainOptions, settings: Settings) -> _Work:
        from tunelens.data.splits import honest_protocol, known_group
        from tunelens.models.recipe import Recipe

        protocol, _, why = honest_protocol(known.tracks)
        if options.protocol is not None:
            protocol, why = options.protocol, "asked for"
        made = Recipe(recipe) if isinstance(recipe, str) else recipe
        return cls(known, made, options, settings, protocol, known_group(known.tracks, options.group), why)

    @property
    def tracks(self) -> Tracks:
        """The dataset."""
        return self.known.tracks

    @property
    def input(self) -> str:
        """What the model is given."""
        return input_of(self.tracks, self.recipe, self.options)

    def folds(self, tracks: Tracks) -> list[Fold]:
        """Return the folds that the model is judged on."""
        from tunelens.data.splits import PROTOCOLS

        return PROTOCOLS[self.protocol].folds(
            tracks, n_folds=self.options.n_folds, seed=self.options.seed, group=self.group
        )

    def require_no_leaks(self, folds: Sequence[Fold]) -> None:
        """Raise `DataError` where a group stands on both sides, unless that was allowed."""
        from tunelens.data.splits import known_group

        leaks = self._leaks(folds)
        if leaks and not self.options.allow_leaks:
            shown = "; ".join(leaks[:3])
            raise DataError(
                f"the split {self.protocol!r} of {self.tracks.name} leaks: {len(leaks)} groups stand on both "
                f"sides ({shown}{'; ...' if len(leaks) > 3 else ''}), so the figures would flatter the model",
                hint=f"--protocol grouped keeps rows of one {known_group(self.tracks)} together; "
                "--allow-leaks goes on",
            )

    def _leaks(self, folds: Sequence[Fold]) -> list[str]:
        from tunelens.data.splits import check_leaks

        every = [(leak, fold) for fold in folds for leak in check_leaks(self.tracks, fold)]
        once = {(leak.kind, leak.group): (leak, fold) for leak, fold in every if self._counts(leak.kind)}
        return [self.known.told(leak, fold) for leak, fold in once.values()]

    def _counts(self, kind: str) -> bool:
        """Tell whether this kind of group may not stand on both sides.

        Where artists are kept together, an album of several artists tells next to nothing.
        """
        asked = (self.group or "").split("+")
        return kind in {"artist", "cluster", *asked} or "artist" not in self.tracks.groups

    def hear(self, jobs: int | None, engine: str, progress: Progress | None) -> Read:
        """Turn the dataset into numbers."""
        return material(
            self.tracks,
            self.input,
            augment=self.recipe.augment,
            copies=self.recipe.copies,
            group=self.group,
            seed=self.options.seed,
            jobs=jobs,
            engine=engine,
            settings=self.settings,
            progress=progress,
        )

    def judge(self, heard: Material, folds: Sequence[Fold], progress: Progress | None) -> OutOfFold:
        """Return predictions for rows that the model was not trained on."""
        from tunelens.evaluation.crossval import cross_validate

        return cross_validate(
            heard,
            list(folds),
            self.recipe,
            seeds=(self.options.seed,),
            progress=progress,
            cache_dir=self.settings.cache_dir / "folds",
            data_id=self.tracks.data_id,
        )

    def trust(self, oof: OutOfFold, heard: Material) -> Trust:
        """Learn from those predictions how far to believe the model."""
        from tunelens.models.trust import Trust

        return Trust.fit(
            oof.proba,
            oof.y_true,
            heard.classes,
            heard.task,
            groups=oof.groups,
            X=heard.X[oof.rows],
            coverage=self.options.coverage,
            seed=self.options.seed,
        )

    def facts(self, tracks: Tracks, read: Read, figures: Mapping[str, Mapping[str, Any]]) -> Facts:
        """Return what the bundle tells of its training."""
        notes = [*self.warnings(), *_rare(tracks)]
        if read.failures:
            notes.append(f"{len(read.failures)} files could not be heard and were left out.")
        return Facts(
            _name(tracks, self.options),
            self._input(tracks),
            label=tracks.labels.name,
            recipe=self.recipe.key,
            data=tracks.name,
            data_id=tracks.data_id,
            n_train=len(tracks),
            protocol=self._told(),
            metrics=figures,
            licence=LICENCE,
            sources=(tracks.source,) if tracks.source else (),
            notes=tuple(notes),
        )

    def _input(self, tracks: Tracks) -> Input:
        return TableInput(tracks.feature_names) if self.input == TABLE else parse_input(self.input)

    def _told(self) -> str:
        by = f" by {self.group}" if self.group else ""
        return f"{self.protocol}{by}, {self.options.n_folds} folds, seed {self.options.seed} ({self.why})"

    def warnings(self) -> list[str]:
        """Return what makes the figures worth less."""
        from tunelens.data.splits import caveats

        found = caveats(self.tracks, self.protocol, self.group)
        if self.options.allow_leaks and (leaks := self._leaks(self.folds(self.tracks))):
            found.append(f"The split leaks, so figures are inflated: {'; '.join(leaks[:3])}.")
        return [*found, *self.known.notes]


def _name(tracks: Tracks, options: TrainOptions) -> str:
    """Return the name asked for, or one of dataset and label that is good for a folder."""
    from_data = f"{tracks.name}-{tracks.labels.name}"
    name = options.name or re.sub(r"[^\w.-]+", "-", from_data).strip("-._") or "model"
    if not re.fullmatch(r"[^/\\\0]{1,100}", name) or name.startswith("."):
        raise ParameterError(f"the name {name!r} is not allowed: up to 100 characters without slashes are")
    return name


def _require_sense(tracks: Tracks, recipe: Recipe | str, options: TrainOptions) -> None:
    """Raise before anything is heard where nothing could come of it."""
    from tunelens.data.splits import PROTOCOLS
    from tunelens.models.recipe import Recipe

    classes = tracks.labels.classes
    if tracks.labels.task == "single" and len(classes) < 2:
        raise DataError(
            f"every row of {tracks.name} is {', '.join(classes) or 'without a label'}; "
            "two classes are needed to tell them apart"
        )
    made = Recipe(recipe) if isinstance(recipe, str) else recipe
    _require_shape(input_of(tracks, made, options), made)

    if len(tracks) < FEWEST_ROWS:
        raise DataError(
            f"{tracks.name} has {len(tracks)} rows; at least {FEWEST_ROWS} are needed to train and judge"
        )
    if options.protocol is not None:
        PROTOCOLS[options.protocol]


def _require_shape(input: str, recipe: Recipe) -> None:
    from tunelens.models.catalogue import MODELS, parse_model

    if input == TABLE:
        return
    given = parse_input(input).kind
    for part in parse_model(recipe.model).walk():
        wanted = given if part.members else MODELS[part.name].kind
        if wanted != given:
            raise ParameterError(
                f"the model {part.name!r} learns from a {wanted}, and the input {input!r} is a {given}",
                hint=f"{part.name} goes with --input {MODELS[part.name].default_input}",
            )


def input_of(tracks: Tracks, recipe: Recipe, options: TrainOptions) -> str:
    """Return the input that the model is given; see `TrainOptions`."""
    from tunelens.models.catalogue import MODELS, parse_model

    if options.input is not None:
        return options.input
    if tracks.X is not None:
        return TABLE
    members = [MODELS[part.name] for part in parse_model(recipe.model).walk() if not part.members]
    sequence = next((one.default_input for one in members if one.kind == "sequence"), None)
    return sequence or DEFAULT_INPUT


def _tracks(dataset: str | Path | Tracks) -> Tracks:
    from tunelens.data.read import read_dataset
    from tunelens.data.tracks import Tracks

    return dataset if isinstance(dataset, Tracks) else read_dataset(dataset)


def _rare(tracks: Tracks) -> list[str]:
    rare = [name for name, count in tracks.labels.counts().items() if count < 10]
    if not rare:
        return []
    shown = ", ".join(rare[:8]) + (", ..." if len(rare) > 8 else "")
    return [f"Fewer than 10 examples: {shown}; what is said of them rests on little."]


def _figures(oof: OutOfFold) -> dict[str, dict[str, Any]]:
    """Return each metric with the interval that resampled groups give."""
    from tunelens.evaluation.intervals import bootstrap
    from tunelens.evaluation.metrics import METRICS

    found = {}
    for name in FIGURES[oof.task]:
        one = bootstrap(METRICS[name], oof.y_true, oof.proba, oof.groups, oof.classes)
        found[name] = one.to_dict()
    return found


def _reference(tracks: Tracks, heard: Material) -> dict[str, NDArray[Any]] | None:
    """Return what is kept to find the nearest training clips, unless it is too much."""
    if heard.X.ndim != 2 or 4 * heard.X.size > MOST_REFERENCE_BYTES:
        return None
    labels = [_label(value) for value in tracks.labels.values]
    X = heard.X.astype(np.float32)
    return {"X": X, "ids": np.array(tracks.ids, np.str_), "labels": np.array(labels, np.str_)}


def _label(value: Any) -> str:
    if isinstance(value, frozenset):
        return "; ".join(sorted(value))
    return " > ".join(value) if isinstance(value, tuple) else str(value)
