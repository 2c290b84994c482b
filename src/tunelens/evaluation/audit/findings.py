"""What an audit can find, one small class per kind of finding."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any, Literal

SameKind = Literal["exact", "excerpt", "near", "similar"]
SAME: tuple[SameKind, ...] = ("exact", "excerpt", "near")
"""Kinds that are one recording for sure; ``similar`` is a hint only."""


@dataclass(frozen=True)
class Duplicate:
    """Two rows that hold the same.

    Parameters
    ----------
    a, b : str
        Ids of the rows.
    kind : {"exact", "excerpt", "near", "similar"}
        The same bytes (or numbers); two stretches of one file; one recording in two encodings or cuts, by
        fingerprint; or only close in embedding, which a person must judge.
    offset_s : float or None
        How far into `a` the sound of `b` begins, seconds; None where that has no meaning.
    score : float
        1 for exact ones; share of common landmarks; cosine.
    across : bool
        They stand on two sides of the split.
    labels_differ : bool
        They are the same and are not called the same.
    """

    a: str
    b: str
    kind: SameKind
    offset_s: float | None
    score: float
    across: bool = False
    labels_differ: bool = False


@dataclass(frozen=True)
class Leak:
    """One group on two sides of the split.

    Parameters
    ----------
    kind : str
        ``cluster`` (copies of one recording), ``artist``, ``album``...
    group : str
        Which.
    splits : tuple of str
        Where it occurs.
    items : tuple of str
        Ids of its rows.
    """

    kind: str
    group: str
    splits: tuple[str, ...]
    items: tuple[str, ...]


@dataclass(frozen=True)
class WrongLabel:
    """A label that the other rows speak against.

    Parameters
    ----------
    item : str
        Id of the row.
    given, suggested : str
        Labels; for tags ``not TAG`` stands for its absence; for numbers both as text.
    margin : float
        Probability of the suggested label less that of the given one; for numbers how many robust standard
        deviations they are apart.
    """

    item: str
    given: str
    suggested: str
    margin: float


@dataclass(frozen=True)
class FormatLeak:
    """How well the label can be told from one property that has nothing to do with it.

    Parameters
    ----------
    by : str
        The property, say ``bandwidth``; ``jointly`` for all together.
    score : float
        Cross-validated balanced accuracy; its mean over tags; rank correlation for numbers.
    low, high : float
        95 % interval, groups resampled.
    chance : float
        What guessing gives.
    varies : bool
        False where the property is the same for all rows, so that it tells nothing.
    """

    by: str
    score: float
    low: float
    high: float
    chance: float
    varies: bool = True

    @property
    def tells(self) -> bool:
        """Does it tell the label: is the interval above chance by a tenth of the way to perfect?"""
        return self.varies and self.low > self.chance + TELLING * (1 - self.chance)


TELLING = 0.1


@dataclass(frozen=True)
class Fault:
    """A row that is not as it should be.

    Parameters
    ----------
    item : str
        Id of the row, or name of the column.
    kind : str
        ``unreadable``, ``silent``, ``clipped``, ``short``, ``cut off``; ``constant``, ``empty`` or
        ``revealing`` for columns.
    detail : str
        What exactly.
    """

    item: str
    kind: str
    detail: str


def plain(finding: Any) -> dict[str, Any]:
    """Return a finding as a JSON object; None for NaN."""
    found = {
        k: None if isinstance(v, float) and not math.isfinite(v) else v for k, v in asdict(finding).items()
    }
    return found | ({"tells": finding.tells} if isinstance(finding, FormatLeak) else {})
