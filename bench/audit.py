"""Does the audit find what is wrong: labels that were made wrong here, and the copies in two real sets?

One label in twenty of the 4-genre set is swapped for another at random, five times over. Its own labels are
not all right either (pop and rock overlap), so not every other suspect is a mistake of the audit.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bench.harness import Row, Skip, data_dir, fetch_nets
from tunelens.data.labels import Labels
from tunelens.data.read import read_dataset
from tunelens.data.tracks import Tracks
from tunelens.evaluation.audit.wrong_labels import suspects
from tunelens.models.inputs import parse_input
from tunelens.services.audit import audit
from tunelens.services.vectors import Excerpt, vectors

WRONG = 16
DRAWS = 5
SETS = {"emotify": 2, "mer4q": 1}
"""Pairs of rows that hold one recording: same title by the same artist in the sets' own tables."""


def run() -> Iterator[Row | Skip]:
    folder = data_dir()
    fetch_nets()
    yield _planted(read_dataset(folder / "emotify.csv"))
    for name, known in SETS.items():
        tracks = read_dataset(folder / f"{name}.csv")
        found = [pair for pair in audit(tracks, input="none").duplicates if pair.kind == "near"]
        yield Row(
            name=f"copies in {name}", ours=float(len(found)), theirs=float(known), unit="pairs",
            ratio=float(len(found) == known), floor=1.0,
            note="; ".join(f"{pair.a} {pair.b} {pair.offset_s:+.2f} s" for pair in found),
        )  # fmt: skip


def _planted(tracks: Tracks) -> Row:
    assert tracks.paths is not None
    X = np.array(vectors([Excerpt(path) for path in tracks.paths], parse_input("embedding")), np.float64)
    groups = tracks.group_ids("artist")
    rng = np.random.default_rng(0)
    right, first, total = 0, 0, 0
    for _ in range(DRAWS):
        labels, rows = _with_wrong(tracks, rng)
        found = [odd.item in rows for odd in suspects(X, labels, groups, tracks.ids)]
        right, first, total = right + sum(found), first + sum(found[: 2 * WRONG]), total + len(found)
    return Row(
        name="planted wrong labels found", ours=right / (DRAWS * WRONG), unit="share",
        ratio=right / (DRAWS * WRONG) / 0.6, floor=1.0,
        note=f"{WRONG} of {len(tracks)}; {first / (DRAWS * WRONG):.2f} within the first {2 * WRONG} "
        f"of {total / DRAWS:.0f} suspects",
    )  # fmt: skip


def _with_wrong(tracks: Tracks, rng: np.random.Generator) -> tuple[Labels, set[str]]:
    values = list(tracks.labels.values)
    rows = rng.choice(len(values), WRONG, replace=False)
    for row in rows:
        values[row] = rng.choice([one for one in tracks.labels.classes if one != values[row]]).item()
    return Labels("single", values), {tracks.ids[row] for row in rows}
