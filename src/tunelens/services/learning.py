"""What is known in one vocabulary of one library: what people told, what a bundle says, what follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import DataError
from tunelens.library.corrections.base import Said, read_said
from tunelens.library.corrections.correction import checked_vocabulary
from tunelens.library.corrections.heads import Heads
from tunelens.library.corrections.store import Corrections
from tunelens.library.fulltext import tag_word
from tunelens.library.neighbours.space import Space
from tunelens.library.store import Library
from tunelens.models.bundles.files import read_arrays
from tunelens.models.correcting import FAR, FEWEST, MOST_OTHERS, MOST_TOLD, Head, Kind, Told, fit_head

Float = NDArray[np.float64]
LIKELY = 0.5
FEWEST_ARTISTS = 10
"""Fewer than so many artists tell too little of how well was learned."""
MOST_ASKED, N_CANDIDATES = 100, 2_000


@dataclass(frozen=True)
class LabelRow:
    """One label of a vocabulary.

    Parameters
    ----------
    label : str
    holds, denied : int
        Tracks of which people said that it holds, and that it does not.
    known : bool
        Does the base model know it?
    learned : bool
        Could it be learned? A new label needs three examples.
    """

    label: str
    holds: int
    denied: int
    known: bool
    learned: bool


@dataclass(frozen=True)
class LeftOut:
    """How well each told track is answered by what all other artists taught.

    Parameters
    ----------
    n, n_artists : int
        Tracks and artists that could be left out.
    right_before, right_after : int
        Tracks of which all that was told is answered so, by the base model and by what was learned.
    mended, broken : int
        Tracks that became right, and that became wrong.
    low, high : float or None
        Of the share that is right after, 95 %, Wilson's interval.
    p : float or None
        How likely so many mended, or broken, would be by chance (McNemar's exact test).
    verdict : str
        ``better``, ``worse``, ``no difference``, or ``too few to tell``.
    """

    n: int
    n_artists: int
    right_before: int
    right_after: int
    mended: int
    broken: int
    low: float | None
    high: float | None
    p: float | None
    verdict: str


@dataclass(frozen=True)
class Change:
    """A track whose answer is another one now.

    Parameters
    ----------
    id : int
    track : str
    before, after : tuple of str
        Labels: the likeliest, or of tags all above one half.
    sure : float
        Probability of what is new: of the label that came, or that the one that went does not hold.
    """

    id: int
    track: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    sure: float


@dataclass(frozen=True)
class Question:
    """A track that a person should be asked about.

    Parameters
    ----------
    id : int
    track : str
    label : str
        What it is held to be.
    probability : float
        Of that label.
    alternative : str or None
        What it may be else.
    """

    id: int
    track: str
    label: str
    probability: float
    alternative: str | None


@dataclass(frozen=True)
class Outcome:
    """What was learned, how far it reaches, and how well it answers who was left out."""

    head: Head
    reach: str
    left_out: LeftOut


@dataclass(frozen=True, eq=False)
class Room:
    """Everything that is known in one vocabulary of one library."""

    library: Library
    vocabulary: str
    told: Mapping[int, Mapping[str, bool]]
    space: Space
    said: Said

    @classmethod
    def of(cls, library: Library, vocabulary: str, ids: Sequence[int] | None = None) -> Room:
        """Read what is known in a vocabulary, of all tracks or of those `ids`."""
        name = checked_vocabulary(vocabulary)
        space = Space.load(library)
        if ids is not None:
            rows = space.rows_of(np.array(sorted(ids), np.int64))
            space = Space(space.ids[rows], space.matrix[rows])
        return cls(library, name, Corrections(library).told(name), space, read_said(library, name, space.ids))

    @property
    def task(self) -> Kind:
        """One label per track, or any number."""
        return "single" if self.said.task == "single" else "multi"

    @property
    def base_name(self) -> str:
        """The bundle that is corrected; "" for a vocabulary of a person's own."""
        return self.vocabulary if self.said.labels else ""

    @cached_property
    def X(self) -> Float:
        """Return where the tracks lie."""
        return np.asarray(self.space.matrix, np.float64)

    @cached_property
    def base(self) -> Float:
        """Return what the base says; where it was not asked, what it says of the average track."""
        proba = self.said.proba
        if not proba.size:
            return proba
        mean = np.nanmean(proba, axis=0)
        return np.where(np.isfinite(proba), proba, mean)

    @cached_property
    def told_rows(self) -> NDArray[np.intp]:
        """Return the rows of the tracks that were told and heard, the latest `MOST_TOLD`."""
        latest = np.array(list(self.told)[-MOST_TOLD:], np.int64)
        rows = self.space.rows_of(latest)
        return rows[np.linalg.norm(self.X[rows], axis=1) > 0]

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """Return the labels of the base, then those that people added and that can be learned."""
        new = [one for one, (holds, _) in self._counts().items() if one not in self._base_words]
        can = [one for one in new if self._counts()[one][0] >= FEWEST]
        return (*self.said.labels, *(self._names()[one] for one in sorted(can)))

    @cached_property
    def _base_words(self) -> dict[str, str]:
        return {tag_word(one): one for one in self.said.labels}

    def _names(self) -> dict[str, str]:
        own = {tag_word(label): label for said in self.told.values() for label in said}
        return own | self._base_words

    def _counts(self) -> dict[str, tuple[int, int]]:
        """Return of each word how many of the rows were said to be so, and not to be."""
        found: dict[str, tuple[int, int]] = {}
        for row in self.told_rows:
            for label, holds in self.told[int(self.space.ids[row])].items():
                yes, no = found.get(tag_word(label), (0, 0))
                found[tag_word(label)] = yes + holds, no + (not holds)
        return found

    def label_rows(self, learned: Sequence[str]) -> tuple[LabelRow, ...]:
        """Return what was told of each label."""
        words, names = {tag_word(one) for one in learned}, self._names()
        return tuple(
            LabelRow(names[word], yes, no, word in self._base_words, word in words)
            for word, (yes, no) in sorted(self._counts().items(), key=lambda one: (-one[1][0], one[0]))
        )

    def notes(self, learned: Sequence[str]) -> tuple[str, ...]:
        """Return what a person should know of what could not be learned."""
        found = [
            f"{row.label!r} has {row.holds} examples and is not learned yet: {FEWEST} are needed"
            for row in self.label_rows(learned)
            if row.holds and not row.learned
        ]
        lost = len(self.told) - len(self.told_rows)
        return (
            *found,
            *([f"{lost} told tracks are not used: not heard, or more than {MOST_TOLD}"] if lost else []),
        )

    def _said_matrix(self, rows: NDArray[np.intp]) -> Float:
        columns = {tag_word(label): i for i, label in enumerate(self.labels)}
        said = np.full((len(rows), len(columns)), np.nan)
        for at, row in enumerate(rows):
            for label, holds in self.told[int(self.space.ids[row])].items():
                if (column := columns.get(tag_word(label))) is not None:
                    said[at, column] = float(holds)
        return said

    def _artists(self, rows: NDArray[np.intp]) -> NDArray[Any]:
        ids = self.space.ids[rows].tolist()
        names = {track.id: track.artist for track in self.library.tracks_by_id(ids)}
        return np.array([tag_word(names.get(one) or "") or f"#{one}" for one in ids])

    def learn(self) -> Outcome:
        """Learn from what was told; raise `DataError` where none of it was heard."""
        if not len(self.told_rows):
            raise DataError(
                f"no track that was told in {self.vocabulary!r} has been heard",
                hint="tunelens analyze hears them",
            )
        said = self._said_matrix(self.told_rows)
        rows = self.told_rows[np.isfinite(said).any(axis=1)]
        if not len(rows):
            return Outcome(self.blank_head(), "none", _left_out(np.zeros(0), np.zeros(0), np.zeros(0)))
        told = Told(self.X[rows], self.base[rows], self._said_matrix(rows), self._artists(rows))
        head, left = fit_head(told, self.labels, self.task, self._others())
        before = np.concatenate(
            [told.base, np.zeros((len(rows), len(self.labels) - told.base.shape[1]))], axis=1
        )
        fit = (np.isfinite(left) | np.isnan(told.said)).all(axis=1)
        was, now = (_is_right(np.nan_to_num(p[fit]), told.said[fit], self.task) for p in (before, left))
        return Outcome(head, "far" if head.reach == FAR else "near", _left_out(was, now, told.groups[fit]))

    def _others(self) -> Float:
        """Return tracks of which nothing was told, evenly from all."""
        free = np.setdiff1d(np.flatnonzero(np.linalg.norm(self.X, axis=1) > 0), self.told_rows)
        return self.X[free[np.linspace(0, len(free) - 1, min(len(free), MOST_OTHERS)).astype(np.intp)]]

    def blank_head(self) -> Head:
        """Return the base as it is."""
        nothing = np.zeros((0, self.X.shape[1]))
        return Head(self.task, self.said.labels, (), nothing, np.zeros((0, len(self.said.labels))), FAR)

    def kept_head(self) -> Head | None:
        """Return what was learned before, where it still fits what the base says."""
        kept = Heads(self.library).get(self.vocabulary)
        if kept is None:
            return None
        head = Head.from_arrays(read_arrays(kept.model, self.vocabulary))
        fits = head.labels[: head.n_base] == self.said.labels and head.anchors.shape[1] == self.X.shape[1]
        return head if fits else None

    def document(self, outcome: Outcome) -> dict[str, Any]:
        """Return what is noted with a head."""
        facts = {"labels": list(outcome.head.labels), "base": self.base_name, "task": self.task}
        return {
            **facts,
            "reach": outcome.reach,
            "n_told": len(self.told_rows),
            "left_out": asdict(outcome.left_out),
        }

    def answers(self, head: Head) -> Float:
        """Return the probabilities of all tracks, shape (n, k)."""
        blocks = np.array_split(np.arange(len(self.space)), max(1, len(self.space) // 20_000))
        return np.concatenate([head.proba(self.base[rows], self.X[rows]) for rows in blocks])

    def labels_of(self, head: Head) -> dict[int, list[tuple[str, float]]]:
        """Return what each track is labelled with; those of which nothing was heard are left out."""
        chosen = _chosen(self.answers(head), self.task)
        known = np.linalg.norm(self.X, axis=1) > 0
        return {
            int(self.space.ids[row]): [(head.labels[k], p) for k, p in held]
            for row, held in enumerate(chosen)
            if known[row] and held
        }

    def changes(self, head: Head) -> list[tuple[int, tuple[str, ...], tuple[str, ...], float]]:
        """Return the tracks, but those that were told, whose answer is another now, the surest first."""
        after, before = self.answers(head), np.zeros((len(self.space), len(head.labels)))
        before[:, : head.n_base] = self.base
        was, is_now = _chosen(before, self.task), _chosen(after, self.task)
        found = []
        for row in np.setdiff1d(np.arange(len(self.space)), self.told_rows).tolist():
            old, new = {k for k, _ in was[row]}, {k for k, _ in is_now[row]}
            if old != new:
                moved = [after[row, k] for k in new - old] or [1 - after[row, k] for k in old - new]
                names = [tuple(head.labels[k] for k, _ in one[row]) for one in (was, is_now)]
                found.append((int(self.space.ids[row]), names[0], names[1], float(max(moved))))
        return sorted(found, key=lambda one: (-one[3], one[0]))

    def named(
        self, changes: Sequence[tuple[int, tuple[str, ...], tuple[str, ...], float]]
    ) -> tuple[Change, ...]:
        """Return changes with the names of their tracks."""
        names = {one.id: one.name for one in self.library.tracks_by_id([change[0] for change in changes])}
        return tuple(Change(id, names[id], was, now, sure) for id, was, now, sure in changes if id in names)

    def questions(self, head: Head, n: int) -> tuple[Question, ...]:
        """Return the tracks to ask about: unsure ones that are unlike each other and what was told."""
        if not head.labels:
            return ()
        proba = self.answers(head)
        doubt = _doubt(proba, self.task, self._asked_columns(head))
        doubt[np.linalg.norm(self.X, axis=1) == 0] = -1
        doubt[self.told_rows] = -1
        rows = np.argsort(-doubt, kind="stable")[:N_CANDIDATES]
        chosen = _spread(
            self.X[rows[doubt[rows] >= 0]], doubt[rows], self.X[self.told_rows], min(n, MOST_ASKED)
        )
        return self._asked([int(rows[i]) for i in chosen], proba, head)

    def _asked_columns(self, head: Head) -> NDArray[np.intp]:
        """Return the labels that people speak of; all of them while nothing was told."""
        spoken = [i for i, label in enumerate(head.labels) if tag_word(label) in self._counts()]
        return np.array(spoken or range(len(head.labels)), np.intp)

    def _asked(self, rows: Sequence[int], proba: Float, head: Head) -> tuple[Question, ...]:
        tracks = {one.id: one.name for one in self.library.tracks_by_id(self.space.ids[list(rows)])}
        found = []
        for row in rows:
            number, order = int(self.space.ids[row]), np.argsort(-proba[row], kind="stable")
            if number in tracks:
                other = head.labels[order[1]] if len(order) > 1 else None
                likely = float(proba[row, order[0]])
                found.append(Question(number, tracks[number], head.labels[order[0]], likely, other))
        return tuple(found)


def _chosen(proba: Float, task: Kind) -> list[list[tuple[int, float]]]:
    """Return the labels of each row with their probabilities: the likeliest, or all above one half."""
    if not proba.shape[1]:
        return [[] for _ in proba]
    if task == "single":
        best = proba.argmax(axis=1)
        return [[(int(k), float(p[k]))] for k, p in zip(best, proba, strict=True)]
    order = np.argsort(-proba, axis=1, kind="stable")
    return [[(int(k), float(p[k])) for k in ks if p[k] >= LIKELY] for ks, p in zip(order, proba, strict=True)]


def _is_right(proba: Float, said: Float, task: Kind) -> NDArray[np.bool_]:
    """Tell of which rows all that was told is answered so."""
    if task == "single":
        best = proba.argmax(axis=1)
        told = said[np.arange(len(said)), best]
        return np.where((said == 1).any(axis=1), told == 1, told != 0)
    return (np.isnan(said) | ((proba >= LIKELY) == (said == 1))).all(axis=1)


def _left_out(before: NDArray[Any], after: NDArray[Any], groups: NDArray[Any]) -> LeftOut:
    from scipy.stats import binomtest

    n, n_artists = len(before), len(np.unique(groups))
    mended, broken = int((after & ~before).sum()) if n else 0, int((before & ~after).sum()) if n else 0
    right = int(np.sum(after))
    low, high, p, verdict = None, None, None, "too few to tell"
    if n and n_artists >= FEWEST_ARTISTS:
        ends = binomtest(right, n).proportion_ci(0.95, "wilson")
        low, high = float(ends.low), float(ends.high)
        p = float(binomtest(mended, mended + broken).pvalue) if mended + broken else 1.0
        verdict = "no difference" if p >= 0.05 else "better" if mended > broken else "worse"
    return LeftOut(n, n_artists, int(np.sum(before)), right, mended, broken, low, high, p, verdict)


def _doubt(proba: Float, task: Kind, columns: NDArray[np.intp]) -> Float:
    """Return how unsure each row is, 0 to 1."""
    if task == "single" and proba.shape[1] > 1:
        best = np.sort(proba, axis=1)
        return 1 - (best[:, -1] - best[:, -2])
    p = proba[:, columns]
    doubt: Float = (4 * p * (1 - p)).max(axis=1)
    return doubt


def _spread(X: Float, doubt: Float, told: Float, n: int) -> list[int]:
    """Choose rows that are unsure and unlike those that were told or chosen, one after the other."""
    near = np.zeros(len(X))
    if len(told):
        near = (FAR.pull(X, told) / FAR.strength).max(axis=1)
    chosen: list[int] = []
    worth = doubt[: len(X)].copy()
    while len(chosen) < min(n, len(X)):
        best = int(np.argmax(worth * (1 - near)))
        chosen.append(best)
        worth[best] = -1
        near = np.maximum(near, (FAR.pull(X, X[best : best + 1]) / FAR.strength)[:, 0])
    return chosen
