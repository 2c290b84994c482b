"""Protocols: which rows a model learns from, and on which it is judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import DataError, ParameterError
from tunelens.base.registry import Registry
from tunelens.data.tracks import JOINT, SPLITS, Dropped, ReadReport, Tracks

if TYPE_CHECKING:
    from tunelens.data.labels import Labels

Rows = NDArray[np.intp]

GROUPS = ("artist", "album")
"""Groups that an honest split keeps together, the first that is known."""
COPIES = "cluster"
"""Group of rows that are one recording; kept together beside any other."""
UNSHARED = "no class that both datasets have"
N_BINS = 5
FILTERED = (443, 197, 290)
"""Tracks of the fault-filtered split of GTZAN: train, valid, test."""


@dataclass(frozen=True, eq=False)
class Fold:
    """One way to cut a dataset.

    Parameters
    ----------
    name : str
        Of the fold.
    train, test : ndarray of int
        Rows to learn from, and rows to be judged on; no row is in both.
    valid : ndarray of int, optional
        Rows to choose by.
    """

    name: str
    train: Rows
    test: Rows
    valid: Rows | None = None


@dataclass(frozen=True)
class Leak:
    """A group that stands on both sides of a fold.

    Parameters
    ----------
    kind : str
        ``artist``, ``album``, ``cluster``, ...
    group : str
        Which.
    items : tuple of str
        Its rows, those to learn from first.
    """

    kind: str
    group: str
    items: tuple[str, ...]


class SplitProtocol(Protocol):
    """A way to cut a dataset into folds."""

    @property
    def name(self) -> str:
        """Its key in `PROTOCOLS`."""

    @property
    def summary(self) -> str:
        """One line for a person."""

    @property
    def inflated(self) -> bool:
        """Does it let what belongs together stand on both sides, so that figures flatter?"""

    def applies(self, tracks: Tracks) -> bool:
        """Tell whether the dataset has what it needs."""

    def folds(
        self, tracks: Tracks, *, n_folds: int = 5, seed: int = 0, group: str | None = None
    ) -> list[Fold]:
        """Return the folds.

        Parameters
        ----------
        tracks : Tracks
        n_folds : int
            How many, from 2; official splits and splits in time have one.
        seed : int
            Of what is drawn.
        group : str, optional
            What must stay together, as `Tracks.group_ids` takes it; `known_group` for ``grouped``.

        Raises
        ------
        DataError
            The dataset has not what is needed, or too few rows, groups or classes.
        ParameterError
            There is no such group, or `n_folds` is under 2.
        """


PROTOCOLS: Registry[SplitProtocol] = Registry(
    "protocol",
    {
        name: f"tunelens.data.protocols:{name.upper()}"
        for name in ("random", "stratified", "grouped", "official", "gtzan_filtered", "time")
    },
    group="tunelens.protocols",
)
"""Every protocol by name."""


def honest_protocol(tracks: Tracks) -> tuple[str, str | None, str]:
    """Return the most honest protocol that the dataset allows, the group it keeps together, and why.

    An official split before the fault-filtered one of GTZAN, before artists, near-duplicates and albums;
    where nothing is known, a stratified split with a warning.

    Examples
    --------
    >>> from tunelens.data.labels import Labels
    >>> toy = Tracks("toy", Labels("single", ["a", "b"]), ("1", "2"), X=np.eye(2), feature_names=("u", "v"))
    >>> honest_protocol(toy)[:2]
    ('stratified', None)
    """
    for name in ("gtzan_filtered", "official"):
        if PROTOCOLS[name].applies(tracks):
            return name, None, PROTOCOLS[name].summary
    known = known_group(tracks)
    if known is not None:
        what = known.replace(JOINT, " or ")
        return "grouped", known, f"rows of one {what} are kept on one side" + _unknown(tracks, known)
    return "stratified", None, _unknown(tracks, None).removeprefix("; ")


def _unknown(tracks: Tracks, group: str | None) -> str:
    if group not in (None, COPIES):
        return ""
    if tracks.is_audio:
        return "; artists are unknown: one may stand on both sides, and figures may flatter"
    return "; groups are unknown: whether rows that belong together stand on both sides cannot be told"


def known_group(tracks: Tracks, first: str | None = None) -> str | None:
    """Return the group that an honest split keeps together, or None.

    Artists, else albums, else any other group, joined with clusters of copies where some are known.

    Parameters
    ----------
    tracks : Tracks
    first : str, optional
        What was asked for instead of artists; copies are joined with it.

    Examples
    --------
    >>> from tunelens.data.labels import Labels
    >>> groups = {"artist": ("Ann", "Bob"), "cluster": ("x", "x")}
    >>> toy = Tracks("toy", Labels("single", ["a", "b"]), ("1", "2"), X=np.eye(2), feature_names=("u", "v"),
    ...              groups=groups)
    >>> known_group(toy), known_group(toy.take([0, 1]), "cluster")
    ('artist+cluster', 'cluster')
    """
    others = (name for name in (*GROUPS, *tracks.groups) if name != COPIES)
    first = first or next((name for name in others if any(tracks.groups.get(name, ()))), None)
    if not any(tracks.groups.get(COPIES, ())) or COPIES in (first or "").split(JOINT):
        return first
    return f"{first}{JOINT}{COPIES}" if first else COPIES


def caveats(tracks: Tracks, protocol: str, group: str | None) -> list[str]:
    """Return what a person should know of a split: what it leaves out, and what it may let through.

    Parameters
    ----------
    tracks : Tracks
    protocol : str
        Its name.
    group : str or None
        What it keeps together, where it keeps anything together.
    """
    found = []
    outside = _outside(tracks, protocol)
    if outside[0]:
        found.append(f"{outside[0]} of {len(tracks)} rows {outside[1]}, and are in no part of the split.")
    if protocol in ("random", "stratified") and known_group(tracks) not in (None, COPIES):
        found.append("Groups are known and not kept together: figures are inflated.")
    elif protocol in ("random", "stratified", "grouped"):
        told = _unknown(tracks, group if protocol == "grouped" else None).removeprefix("; ")
        found += [f"{told[0].upper()}{told[1:]}."] if told else []
    return found


def _outside(tracks: Tracks, protocol: str) -> tuple[int, str]:
    if protocol == "time" and tracks.times is not None:
        return int((~np.isfinite(tracks.times)).sum()), "have no time"
    if protocol == "official" and tracks.split is not None:
        return len(tracks) - sum(tracks.split.count(part) for part in SPLITS), "have no part"
    return 0, ""


def check_leaks(tracks: Tracks, fold: Fold, *, group: str | None = None) -> list[Leak]:
    """Return every group of which rows stand on both sides; rows to choose by count as rows to learn from.

    Parameters
    ----------
    tracks : Tracks
    fold : Fold
    group : str, optional
        Look at this one only; joined groups are called by their first row.

    Examples
    --------
    >>> from tunelens.data.labels import Labels
    >>> labels = Labels("single", ["a", "b", "a"])
    >>> toy = Tracks("toy", labels, ("1", "2", "3"), X=np.eye(3), feature_names=("u", "v", "w"),
    ...              groups={"artist": ("Ann", "Bob", "Ann")})
    >>> check_leaks(toy, Fold("0", np.array([0, 1]), np.array([2])))
    [Leak(kind='artist', group='Ann', items=('1', '3'))]
    """
    learned = fold.train if fold.valid is None else np.concatenate([fold.train, fold.valid])
    found = []
    for kind, values in _kinds(tracks, group).items():
        both = {values[i] for i in learned if values[i]} & {values[i] for i in fold.test}
        for name in sorted(both):
            rows = [
                *(i for i in learned if values[i] == name),
                *(i for i in fold.test if values[i] == name),
            ]
            found.append(Leak(kind, name, tuple(tracks.ids[i] for i in rows)))
    return found


def _kinds(tracks: Tracks, group: str | None) -> Mapping[str, Sequence[str]]:
    if group is None:
        return tracks.groups
    if group in tracks.groups:
        return {group: tracks.groups[group]}
    numbers = tracks.group_ids(group)
    _, first = np.unique(numbers, return_index=True)
    return {group: [tracks.ids[first[number]] for number in numbers]}


def transfer_folds(train: Tracks, test: Tracks) -> tuple[Tracks, list[Fold]]:
    """Return both datasets as one, and the fold that learns from the first and is judged on the second.

    Groups that both name alike stay what they are, so that `check_leaks` finds an artist of both. Of single
    labels, rows of classes that only one of the two has are left out, and the report says so.

    Raises
    ------
    DataError
        Labels are of other kinds, columns differ, or no class is shared.
    """
    if (train.labels.kind, train.is_audio) != (test.labels.kind, test.is_audio):
        raise DataError(
            f"{train.name} has {train.labels.kind} labels and {test.name} {test.labels.kind} ones, or only "
            "one of them has sound; both must be of one kind"
        )
    if not train.is_audio and train.feature_names != test.feature_names:
        raise DataError(f"{train.name} and {test.name} have different columns")
    shared = set(train.labels.classes) & set(test.labels.classes)
    if train.labels.kind != "continuous" and not shared:
        raise DataError(
            f"{train.name} and {test.name} share no class: {', '.join(train.labels.classes[:5])} "
            f"and {', '.join(test.labels.classes[:5])}"
        )
    first, second = (_sharing(one, shared) for one in (train, test))
    n, m = len(first), len(second)
    return joined(first, second), [Fold("transfer", np.arange(n), np.arange(n, n + m))]


def _sharing(tracks: Tracks, classes: set[str]) -> Tracks:
    """Return the rows of these classes; the report tells of the others."""
    rows = _of_classes(tracks.labels, classes)
    lost = [tracks.ids[row] for row in np.setdiff1d(np.arange(len(tracks)), rows)]
    report = tracks.report
    more = tuple(Dropped(f"{tracks.name}: {one}", UNSHARED) for one in lost)
    n_found = report.n_found or len(tracks) + len(report.dropped)
    report = replace(report, n_found=n_found, dropped=(*report.dropped, *more))
    return replace(tracks.take(rows), report=report)


def _of_classes(labels: Labels, classes: set[str]) -> Rows:
    if labels.kind == "continuous":
        return np.arange(len(labels))
    if labels.kind == "multi":
        return np.flatnonzero([bool(row & classes) for row in labels.values])
    return np.flatnonzero([value in classes for value in labels.y().tolist()])


def joined(first: Tracks, second: Tracks) -> Tracks:
    """Return the rows of both, `first` before `second`; ids that clash are prefixed with 1 or 2."""
    from tunelens.data.labels import Labels

    names = [name for name in first.groups if name in second.groups]
    clash = set(first.ids) & set(second.ids)
    ids = [f"{k}/{i}" if clash else i for k, one in ((1, first), (2, second)) for i in one.ids]
    return Tracks(
        f"{first.name} to {second.name}",
        Labels(first.labels.kind, (*first.labels.values, *second.labels.values), first.labels.name),
        tuple(ids),
        X=None if first.X is None or second.X is None else np.concatenate([first.X, second.X]),
        feature_names=first.feature_names if first.X is not None else (),
        groups={name: (*first.groups[name], *second.groups[name]) for name in names},
        source="; ".join(dict.fromkeys(one.source for one in (first, second) if one.source)),
        paths=_both(first, second, "paths"),
        times=_times(first, second),
        report=_reports(first.report, second.report),
        start_s=_both(first, second, "start_s"),
        end_s=_both(first, second, "end_s"),
    )


def _times(first: Tracks, second: Tracks) -> NDArray[np.float64] | None:
    if first.times is None and second.times is None:
        return None
    parts = [np.full(len(one), np.nan) if one.times is None else one.times for one in (first, second)]
    return np.concatenate(parts)


def _reports(first: ReadReport, second: ReadReport) -> ReadReport:
    return ReadReport(
        first.n_found + second.n_found,
        (*first.dropped, *second.dropped),
        tuple(dict.fromkeys((*first.notes, *second.notes))),
    )


def _both(first: Tracks, second: Tracks, column: str) -> tuple[Any, ...] | None:
    values = [getattr(one, column) for one in (first, second)]
    if all(value is None for value in values):
        return None
    parts = [(None,) * len(one) if v is None else v for one, v in zip((first, second), values, strict=True)]
    return (*parts[0], *parts[1])


def check_folds(n_folds: int, available: int, what: str, name: str) -> None:
    """Raise unless there can be `n_folds` folds of `available` things."""
    if n_folds < 2:
        raise ParameterError(f"n_folds is {n_folds}; at least 2 are needed")
    if available < n_folds:
        raise DataError(
            f"{name} has {available} {what}; {n_folds} folds need at least as many",
            hint=f"use {max(available, 2)} folds or fewer" if available >= 2 else f"more {what} are needed",
        )


def strata(labels: Labels) -> NDArray[Any]:
    """Return a class per row, by which folds are made alike.

    Numbers are cut into five bins of equal count; of tags, the rarest one of each row counts.
    """
    if labels.kind == "continuous":
        values = labels.y()
        edges = np.quantile(values, np.linspace(0, 1, N_BINS + 1)[1:-1])
        return np.searchsorted(edges, values).astype(str)
    if labels.kind == "multi":
        counts = labels.counts()
        return np.array([min(row, key=lambda tag: (counts[tag], tag), default="") for row in labels.values])
    return labels.y()


def rarest(values: Sequence[Any]) -> int:
    """Return how often the rarest value occurs."""
    return min(Counter(values).values(), default=0)
