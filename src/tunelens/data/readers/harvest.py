"""`Harvest`: rows as a reader finds them, until they are `Tracks`. No row gets lost without a reason."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import DataError
from tunelens.data.labels import Kind, Labels
from tunelens.data.readers.labelling import Unusable, guess_kind, parse_label, warnings_about
from tunelens.data.registry import ReadOptions
from tunelens.data.tracks import Dropped, ReadReport, Tracks

MISSING_FILE = "missing file"
EMPTY_LABEL = "empty label"
UNREADABLE_NUMBER = "unreadable number"
_LONGEST_ITEM = 200


@dataclass(frozen=True, eq=False)
class Row:
    """One row, with its label as the source has it.

    Parameters
    ----------
    item : str
        What to call it in the report: a file, or a line.
    id : str
        Unique name.
    label : str, tuple of str, frozenset of str or float
        A str is taken apart once the kind of the labels is known.
    path, x, groups, split, time, start_s, end_s
        As the columns of `Tracks`.
    """

    item: str
    id: str
    label: Any
    path: Path | None = None
    x: NDArray[np.float64] | None = None
    groups: Mapping[str, str] = field(default_factory=dict)
    split: str = ""
    time: float = math.nan
    start_s: float | None = None
    end_s: float | None = None


class Harvest:
    """Collects rows and the reasons why others are left out."""

    def __init__(self, name: str, options: ReadOptions, source: str = "") -> None:
        self.name = name
        self.options = options
        self.source = source
        self.rows: list[Row] = []
        self.dropped: list[Dropped] = []
        self.notes: list[str] = []

    def keep(self, row: Row) -> None:
        """Add a row."""
        self.rows.append(row)

    def drop(self, item: str, reason: str) -> None:
        """Tell that `item` is left out."""
        self.dropped.append(Dropped(plain(item)[:_LONGEST_ITEM], reason))

    def note(self, text: str) -> None:
        """Add what a person should know."""
        self.notes.append(plain(text))

    def tracks(
        self, *, kind: Kind | None = None, label: str = "label", features: Sequence[str] = ()
    ) -> Tracks:
        """Check labels, drop what cannot be used and return the rest.

        Parameters
        ----------
        kind : str, optional
            Kind that the source implies; what a person asked for comes first, a guess last.
        label : str
            What is labelled.
        features : sequence of str
            Names of the numbers of the rows.

        Raises
        ------
        DataError
            Not one row remains.
        """
        n_found = len(self.rows) + len(self.dropped)
        chosen = self.options.kind or kind or self._guessed_kind(label)
        self._parse_labels(chosen)
        self._drop_repeats()
        labels = self._levelled(Labels(chosen, [row.label for row in self.rows], label))
        labels = self._drop_rare(labels)
        self._check_left(n_found)
        self.notes.extend(warnings_about(labels, self.options.separator))
        report = ReadReport(n_found, tuple(self.dropped), tuple(self.notes))
        return self._assembled(labels, tuple(features), report)

    def _guessed_kind(self, label: str) -> Kind:
        kind = guess_kind([row.label for row in self.rows], self.options.separator)
        self.note(f"labels {label!r} are taken as {kind}")
        return kind

    def _parse_labels(self, kind: Kind) -> None:
        kept = []
        for row in self.rows:
            try:
                kept.append(replace(row, label=parse_label(kind, row.label, self.options.separator)))
            except Unusable as why:
                self.drop(row.item, str(why))
        self.rows = kept

    def _drop_repeats(self) -> None:
        kept: dict[str, Row] = {}
        for row in self.rows:
            first = kept.setdefault(row.id, row)
            if first is not row:
                same = first.label == row.label
                self.drop(row.item, "duplicate row" if same else "duplicate row with another label")
        self.rows = list(kept.values())

    def _levelled(self, labels: Labels) -> Labels:
        return labels if self.options.level is None else labels.at_level(self.options.level)

    def _drop_rare(self, labels: Labels) -> Labels:
        least = self.options.min_per_class
        rare = {name for name, n in labels.counts().items() if n < least}
        if not rare:
            return labels
        self.note(f"classes with fewer than {least} rows: {', '.join(sorted(rare))}")
        if labels.kind == "multi":
            values = [value - rare for value in labels.values]
            keep = [i for i, value in enumerate(values) if value or not labels.values[i]]
            labels = Labels(
                "multi", [value or labels.values[i] for i, value in enumerate(values)], labels.name
            )
        else:
            keep = [i for i, name in enumerate(labels.y().tolist()) if name not in rare]
        for i in sorted(set(range(len(self.rows))) - set(keep)):
            self.drop(self.rows[i].item, f"class with fewer than {least} rows")
        self.rows = [self.rows[i] for i in keep]
        return labels.take(keep)

    def _check_left(self, n_found: int) -> None:
        if n_found == 0:
            raise DataError(f"{plain(self.name)!r} holds no rows")
        if not self.rows:
            reasons = Counter(one.reason for one in self.dropped).most_common()
            told = ", ".join(f"{n} {reason}" for reason, n in reasons)
            hint = "--read audio=FOLDER says where the sound is" if reasons[0][0] == MISSING_FILE else None
            first = self.dropped[0].item
            raise DataError(
                f"{plain(self.name)!r}: not one of {n_found} rows can be used: {told} (the first: {first})",
                hint=hint,
            )

    def _assembled(self, labels: Labels, features: tuple[str, ...], report: ReadReport) -> Tracks:
        rows = self.rows
        numbers = [row.x for row in rows if row.x is not None]
        paths = tuple(row.path for row in rows if row.path is not None)
        times = np.array([row.time for row in rows], np.float64)
        return Tracks(
            name=plain(self.name),
            labels=labels,
            ids=tuple(row.id for row in rows),
            paths=paths if paths else None,
            X=np.array(numbers, np.float64).reshape(len(rows), len(features)) if numbers else None,
            feature_names=features if numbers else (),
            groups=_groups(rows),
            split=_unless_bare(tuple(row.split for row in rows), ""),
            times=None if np.isnan(times).all() else times,
            start_s=_unless_bare(tuple(row.start_s for row in rows), None),
            end_s=_unless_bare(tuple(row.end_s for row in rows), None),
            report=report,
            source=self.source,
        )


def _groups(rows: Sequence[Row]) -> dict[str, tuple[str, ...]]:
    names = dict.fromkeys(name for row in rows for name in row.groups)
    columns = {name: tuple(row.groups.get(name, "") for row in rows) for name in names}
    return {name: column for name, column in columns.items() if any(column)}


def _unless_bare(column: tuple[Any, ...], bare: Any) -> tuple[Any, ...] | None:
    return None if all(value == bare for value in column) else column


def plain(text: str) -> str:
    """Return `text` as text that can be printed: bytes of a name that are no UTF-8 are written out."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
