"""The protocols behind `PROTOCOLS`."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import DataError
from tunelens.data.splits import FILTERED, Fold, Rows, check_folds, known_group, strata
from tunelens.data.tracks import SPLITS, Tracks

TEST_SHARE = 0.2
_GTZAN = re.compile(r"([a-z]+)\.(\d{5})(?:\.\w+)?$")


@dataclass(frozen=True)
class Drawn:
    """Folds that are drawn at random; `grouped` ones keep groups together."""

    name: str
    summary: str
    inflated: bool
    stratified: bool = False
    grouped: bool = False

    def applies(self, tracks: Tracks) -> bool:
        """Are there groups, where they are needed?"""
        return not self.grouped or known_group(tracks) is not None

    def folds(
        self, tracks: Tracks, *, n_folds: int = 5, seed: int = 0, group: str | None = None
    ) -> list[Fold]:
        """Return `n_folds` folds; every row is in one test part."""
        part = self._part(tracks, n_folds, seed, group)
        return [Fold(str(k), np.flatnonzero(part != k), np.flatnonzero(part == k)) for k in range(n_folds)]

    def _part(self, tracks: Tracks, n_folds: int, seed: int, group: str | None) -> Rows:
        rng = np.random.default_rng(seed)
        if self.grouped:
            return _grouped(tracks, n_folds, rng, group or known_group(tracks))
        check_folds(n_folds, len(tracks), "rows", tracks.name)
        if not self.stratified:
            return _dealt(rng.permutation(len(tracks)), n_folds)
        order = rng.permutation(len(tracks))
        order = order[np.argsort(strata(tracks.labels)[order], kind="stable")]
        return _dealt(order, n_folds)


def _dealt(order: Rows, n_folds: int) -> Rows:
    """Return the part of each row when rows are dealt in turn, in `order`."""
    part = np.empty(len(order), np.intp)
    part[order] = np.arange(len(order)) % n_folds
    return part


def _grouped(tracks: Tracks, n_folds: int, rng: np.random.Generator, group: str | None) -> Rows:
    """Deal whole groups, the largest first, each to the part that needs its classes most.

    The choice minimises the squares of the counts of every class, and of all rows, over the parts.
    """
    if group is None:
        raise DataError(
            f"{tracks.name} names no artist, album or cluster, so nothing can be kept together",
            hint="name a column by --group, or use another protocol",
        )
    numbers = tracks.group_ids(group)
    counts = _counts(tracks, numbers)
    check_folds(n_folds, len(counts), f"groups ({group})", tracks.name)
    shares = counts / np.maximum(counts.sum(axis=0), 1)
    order = rng.permutation(len(counts))
    order = order[np.argsort(-counts[order, -1], kind="stable")]
    held = np.zeros((n_folds, shares.shape[1]))
    part_of = np.empty(len(counts), np.intp)
    for i, number in enumerate(order):
        empty = np.flatnonzero(held[:, -1] == 0)
        choices = empty if len(order) - i <= empty.size else np.arange(n_folds)
        cost = 2 * held[choices] @ shares[number]
        part_of[number] = choices[int(cost.argmin())]
        held[part_of[number]] += shares[number]
    return part_of[numbers]


def _counts(tracks: Tracks, numbers: Rows) -> NDArray[np.float64]:
    """Return rows per group and class, shape (n_groups, n_classes + 1); the last column counts all rows."""
    labels = tracks.labels
    if labels.kind == "multi":
        indicator = labels.y().astype(np.float64)
    else:
        classes, where = np.unique(strata(labels), return_inverse=True)
        indicator = np.eye(len(classes))[where]
    columns = np.column_stack([indicator, np.ones(len(tracks))])
    counts = np.zeros((numbers.max() + 1, columns.shape[1]))
    np.add.at(counts, numbers, columns)
    return counts


@dataclass(frozen=True)
class Given:
    """The split that the dataset itself comes with."""

    name: str
    summary: str
    inflated: bool = False

    def applies(self, tracks: Tracks) -> bool:
        """Does it name rows to learn from and rows to be judged on?"""
        return tracks.split is not None and {"train", "test"} <= set(tracks.split)

    def folds(
        self, tracks: Tracks, *, n_folds: int = 5, seed: int = 0, group: str | None = None
    ) -> list[Fold]:
        """Return one fold, whatever `n_folds`, `seed` and `group`."""
        del n_folds, seed, group
        if not self.applies(tracks):
            raise DataError(
                f"{tracks.name} comes with no split into train and test",
                hint="name its column by --split, or use another protocol",
            )
        split = np.array(tracks.split)
        train, valid, test = (np.flatnonzero(split == name) for name in SPLITS)
        return [Fold(self.name, train, test, valid if valid.size else None)]


@dataclass(frozen=True)
class GtzanFiltered(Given):
    """The fault-filtered, artist-disjoint split of GTZAN, where the dataset is GTZAN and has the lists."""

    def applies(self, tracks: Tracks) -> bool:
        """Are the ids those of GTZAN, and the counts of the split those of its authors?"""
        if not super().applies(tracks) or not all(_GTZAN.search(one) for one in tracks.ids):
            return False
        counts = [(tracks.split or ()).count(name) for name in SPLITS]
        return all(0.9 * want <= have <= want for have, want in zip(counts, FILTERED, strict=True))


@dataclass(frozen=True)
class Past:
    """Learn from the past, be judged on the latest part."""

    name: str
    summary: str
    inflated: bool = False

    def applies(self, tracks: Tracks) -> bool:
        """Are there at least two times?"""
        return tracks.times is not None and len(set(tracks.times[np.isfinite(tracks.times)].tolist())) > 1

    def folds(
        self, tracks: Tracks, *, n_folds: int = 5, seed: int = 0, group: str | None = None
    ) -> list[Fold]:
        """Return one fold: the latest times, about a fifth of the rows, are the test part.

        Rows of one time are never torn apart; rows without one are in neither part.
        """
        del n_folds, seed, group
        if tracks.times is None or not self.applies(tracks):
            raise DataError(
                f"{tracks.name} has no two times, so there is no past and no latest part",
                hint="name the column of years or dates by --time",
            )
        times = tracks.times
        known = np.unique(times[np.isfinite(times)])
        rows = int(np.isfinite(times).sum())
        later = [int((times >= one).sum()) for one in known[1:]]
        border = known[1:][int(np.argmin([abs(n - TEST_SHARE * rows) for n in later]))]
        return [Fold(f"from {border:g}", np.flatnonzero(times < border), np.flatnonzero(times >= border))]


RANDOM = Drawn("random", "rows drawn at random: artists and repeats leak", inflated=True)
STRATIFIED = Drawn(
    "stratified",
    "rows drawn at random, every class in its share: artists leak",
    inflated=True,
    stratified=True,
)
GROUPED = Drawn(
    "grouped",
    "whole artists, albums or clusters, classes shared as evenly as that allows",
    False,
    grouped=True,
)
OFFICIAL = Given("official", "the split that the dataset comes with")
GTZAN_FILTERED = GtzanFiltered(
    "gtzan_filtered",
    "GTZAN without faults and with artists apart: 443 / 197 / 290 (Kereliuk, Sturm, Larsen 2015)",
)
TIME = Past("time", "learn from the past, be judged on the latest fifth")
