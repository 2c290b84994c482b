"""`AuditReport`: everything an audit found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tunelens.data.tracks import Tracks
from tunelens.evaluation.audit.findings import Duplicate, Fault, FormatLeak, Leak, WrongLabel, plain
from tunelens.evaluation.audit.names import one_spelling

IMBALANCED = 10.0
"""The largest class has so many times the rows of the smallest."""


@dataclass(frozen=True)
class AuditReport:
    """What is wrong with a dataset.

    Parameters
    ----------
    name : str
        Of the dataset.
    n_rows : int
        Looked at.
    duplicates : tuple of Duplicate
        Same recordings, and close ones.
    leaks : tuple of Leak
        Groups on two sides of the dataset's own split.
    wrong_labels : tuple of WrongLabel
        Suspects, the surest first.
    format_leaks : tuple of FormatLeak
        How well each property of storage tells the label.
    faults : tuple of Fault
        Files and columns that are not as they should be.
    class_counts : Mapping of str to int
        Rows of each class, most first.
    clusters : tuple of str
        For each row the family of copies it belongs to, "" where it has none: a group for `Tracks`.
    ids : tuple of str
        Of the rows.
    input : str
        What wrong labels and likeness were judged by; "" where they were not.
    notes : tuple of str
        What could not be looked at, and why.
    has_split : bool
        The dataset comes with a split of its own, in which leaks were looked for.
    """

    name: str
    n_rows: int
    duplicates: tuple[Duplicate, ...] = ()
    leaks: tuple[Leak, ...] = ()
    wrong_labels: tuple[WrongLabel, ...] = ()
    format_leaks: tuple[FormatLeak, ...] = ()
    faults: tuple[Fault, ...] = ()
    class_counts: Mapping[str, int] = field(default_factory=dict)
    clusters: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    input: str = ""
    notes: tuple[str, ...] = ()
    has_split: bool = False

    @property
    def refuses(self) -> bool:
        """Must nobody train and test by this split?"""
        return bool(self.leaks)

    @property
    def why(self) -> str:
        """What leaks, in one sentence; "" where nothing does.

        Examples
        --------
        >>> AuditReport("toy", 4, leaks=(Leak("artist", "abba", ("test", "train"), ("a", "b")),)).why
        "1 artist on two sides of the split, for example 'abba' with 2 rows in test and train"
        """
        if not self.leaks:
            return ""
        kinds = dict.fromkeys(leak.kind for leak in self.leaks)
        parts = [_some_of([leak for leak in self.leaks if leak.kind == kind]) for kind in kinds]
        return "; ".join(parts)

    @property
    def imbalance(self) -> float | None:
        """Rows of the largest class over those of the smallest; None where there are no classes."""
        counts = self.class_counts.values()
        return max(counts) / min(counts) if counts else None

    def grouped(self, tracks: Tracks) -> Tracks:
        """Return `tracks` with the group ``cluster``, and artists under one spelling each."""
        groups = dict(tracks.groups) | {"cluster": self.clusters}
        if "artist" in groups:
            groups["artist"] = tuple(one_spelling(name) for name in groups["artist"])
        return replace(tracks, groups=groups)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as a JSON object."""
        lists = ("duplicates", "leaks", "wrong_labels", "format_leaks", "faults")
        return {
            "name": self.name,
            "n_rows": self.n_rows,
            "has_split": self.has_split,
            "refuses": self.refuses,
            "why": self.why,
            **{name: [plain(finding) for finding in getattr(self, name)] for name in lists},
            "class_counts": dict(self.class_counts),
            "imbalance": self.imbalance,
            "clusters": {i: c for i, c in zip(self.ids, self.clusters, strict=True) if c},
            "input": self.input,
            "notes": list(self.notes),
        }


def _some_of(leaks: list[Leak]) -> str:
    worst = max(leaks, key=lambda leak: len(leak.items))
    many = f"{len(leaks)} {worst.kind}{'s' if len(leaks) > 1 else ''} on two sides of the split"
    return f"{many}, for example {worst.group!r} with {len(worst.items)} rows in {' and '.join(worst.splits)}"
