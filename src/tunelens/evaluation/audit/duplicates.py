"""Copies: the same bytes, the same recording, or merely close."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tunelens.features.fingerprint import Fingerprint
from tunelens.features.fingerprint_index import same_recordings

CLOSE = 0.97
_BLOCK = 1024
_MOST_CLOSE = 1000


class Same(NamedTuple):
    """Two rows, by number, and how they are the same; see `Duplicate`."""

    a: int
    b: int
    kind: str
    offset_s: float | None
    score: float


class Stretch(NamedTuple):
    """Which bytes and which part of them a row is; `content` None where they could not be read."""

    content: str | None
    start_s: float
    end_s: float | None


def same_files(stretches: Sequence[Stretch]) -> list[Same]:
    """Return rows of the same bytes; each of a family is paired with its first row."""
    families = _families(stretch.content for stretch in stretches)
    return [_pair_of(stretches, rows[0], row) for rows in families for row in rows[1:]]


def _pair_of(stretches: Sequence[Stretch], a: int, b: int) -> Same:
    kind = "exact" if stretches[a] == stretches[b] else "excerpt"
    return Same(a, b, kind, stretches[b].start_s - stretches[a].start_s, 1.0)


def _families(keys: Iterable[Hashable]) -> list[list[int]]:
    rows: dict[Any, list[int]] = defaultdict(list)
    for row, key in enumerate(keys):
        if key is not None:
            rows[key].append(row)
    return [family for family in rows.values() if len(family) > 1]


def same_sound(prints: Sequence[Fingerprint | None], known: Iterable[Same]) -> list[Same]:
    """Return rows that are one recording by fingerprint, and are not known to be one by their bytes."""
    family = clusters(len(prints), known)
    rows = [row for row, one in enumerate(prints) if one is not None and len(one)]
    # copies of the same bytes would only repeat what the first of them finds
    rows = [row for row in rows if family[row] == row or prints[family[row]] is None]
    pairs = same_recordings([one for row in rows if (one := prints[row]) is not None])
    return [
        Same(rows[p.a], rows[p.b], "near", round(p.match.offset_s, 2), round(p.match.share, 3)) for p in pairs
    ]


def same_rows(X: NDArray[np.float64]) -> list[Same]:
    """Return rows of a table that hold the same numbers, NaN being the same as NaN."""
    plain = np.where(np.isnan(X), np.nan, X + 0.0)
    return [
        Same(rows[0], row, "exact", None, 1.0)
        for rows in _families(line.tobytes() for line in plain)
        for row in rows[1:]
    ]


def close_rows(X: NDArray[Any], known: Iterable[Same]) -> list[Same]:
    """Return the rows whose vectors point the same way, closest first: perhaps the same, perhaps not.

    Columns are standardised; rows that are the same for sure, or have a NaN, are left out. All pairs are
    compared, in blocks of one matrix product: 10,000 rows of 400 numbers take seconds.
    """
    unit = _directions(X)
    family = np.array(clusters(len(X), known))
    found: list[Same] = []
    for begin in range(0, len(unit), _BLOCK):
        near = unit[begin : begin + _BLOCK] @ unit[begin:].T
        for a, b in np.argwhere(near >= CLOSE) + begin:
            if a < b and family[a] != family[b]:
                found.append(
                    Same(int(a), int(b), "similar", None, round(float(near[a - begin, b - begin]), 4))
                )
    return sorted(found, key=lambda same: -same.score)[:_MOST_CLOSE]


def _directions(X: NDArray[Any]) -> NDArray[np.float32]:
    heard = np.isfinite(X).all(axis=1)
    if heard.sum() < 3:
        return np.zeros((len(X), 1), np.float32)
    mean, spread = X[heard].mean(axis=0), X[heard].std(axis=0)
    unit = np.where(heard[:, None], (X - mean) / np.where(spread > 0, spread, 1.0), 0.0)
    length = np.linalg.norm(unit, axis=1, keepdims=True)
    return (unit / np.where(length > 0, length, 1.0)).astype(np.float32)


def clusters(n: int, pairs: Iterable[Same]) -> list[int]:
    """Return for each of `n` rows the first row of its family, as the pairs join them.

    Examples
    --------
    >>> clusters(4, [Same(1, 3, "near", 0.0, 1.0)])
    [0, 1, 2, 1]
    """
    parent = list(range(n))

    def root(row: int) -> int:
        while parent[row] != row:
            parent[row] = parent[parent[row]]
            row = parent[row]
        return row

    for pair in pairs:
        a, b = sorted((root(pair.a), root(pair.b)))
        parent[b] = a
    return [root(row) for row in range(n)]


def cluster_names(ids: Sequence[str], pairs: Iterable[Same]) -> tuple[str, ...]:
    """Return the name of each row's family, "" for rows that have none: a group as `Tracks` takes it."""
    first = clusters(len(ids), pairs)
    sizes = np.bincount(first, minlength=len(ids)) if ids else np.zeros(0, int)
    return tuple(f"same as {ids[row]}" if sizes[row] > 1 else "" for row in first)


def on_both_sides(groups: Sequence[str], split: Sequence[str]) -> Iterator[tuple[str, list[int]]]:
    """Yield each group that stands in more than one part of the split, and its rows there."""
    rows = [row for row, part in enumerate(split) if part]
    members: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        if groups[row]:
            members[groups[row]].append(row)
    for group, where in members.items():
        if len({split[row] for row in where}) > 1:
            yield group, where
