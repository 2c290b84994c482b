"""What bundles said of all tracks, as a table: the base that corrections move."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select

from tunelens.library.neighbours.measures import Ids, listed
from tunelens.library.schema import analyses
from tunelens.library.store import Library

_NAMES = re.compile(r"[\w .+-]{1,100}")
_AT_ONCE = 2_000


@dataclass(frozen=True, eq=False)
class Said:
    """What one bundle said of tracks.

    Parameters
    ----------
    task : str
        ``single`` or ``multi``; "" where it said nothing of any track.
    labels : tuple of str
        Its labels, in the order of the alphabet.
    proba : ndarray, shape (n, n_labels)
        Probabilities; rows of NaN where it was not asked.
    """

    task: str
    labels: tuple[str, ...]
    proba: NDArray[np.float64]


def read_said(library: Library, bundle: str, ids: Ids) -> Said:
    """Return what a bundle said of the tracks `ids` when they were analysed; damage counts as nothing."""
    rows: dict[int, dict[str, float]] = {}
    tasks: set[str] = set()
    if _NAMES.fullmatch(bundle):
        for number, text in _texts(library, bundle, ids):
            task, rows[number] = _parsed(text)
            tasks |= {task} if rows[number] else set()
    labels = tuple(sorted({label for said in rows.values() for label in said}))
    proba = np.full((len(ids), len(labels)), np.nan)
    for at, number in enumerate(ids.tolist()):
        if said := rows.get(number):
            proba[at] = [said.get(label, 0.0) for label in labels]
    return Said(max(tasks, default=""), labels, proba)


def _texts(library: Library, bundle: str, ids: Ids) -> list[tuple[int, str]]:
    path = f'$.predictions."{bundle}"'
    said = func.json_extract(analyses.c.document, path)
    query = select(analyses.c.track_id, said).where(analyses.c.track_id.in_(listed(ids)))
    whole = query.where(func.json_valid(analyses.c.document) == 1)
    with library.database.read() as connection:
        paged = connection.execution_options(yield_per=_AT_ONCE)
        return [(row[0], row[1]) for row in paged.execute(whole) if isinstance(row[1], str)]


def _parsed(text: str) -> tuple[str, dict[str, float]]:
    try:
        said = json.loads(text)
        found = {str(label): float(p) for label, p in said["probabilities"].items()}
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return "", {}
    fine = said["task"] in ("single", "multi") and all(0 <= p <= 1 for p in found.values())
    return (said["task"], found) if fine else ("", {})
