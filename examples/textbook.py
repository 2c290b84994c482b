"""What the experiments share: where the data lies, and how a result is told."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

import tunelens
from tunelens.base.errors import MissingDependencyError
from tunelens.data.tracks import Tracks
from tunelens.evaluation.intervals import Interval
from tunelens.services.evaluate import Evaluation

Experiment = Callable[[bool], None]


def run(experiment: Experiment) -> None:
    """Run an experiment from the command line; what is missing is said, and no failure."""
    parser = argparse.ArgumentParser(description=sys.modules[experiment.__module__].__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="a few rows only: does it run? no figures to trust"
    )
    quick = parser.parse_args().quick
    try:
        experiment(quick)
    except MissingDependencyError as error:
        print(f"skipped: {error.message}; {error.hint}")


def read(table: str, label: str, features: tuple[str, ...] = ()) -> Tracks:
    """Read a table of the research data; without the data the experiment ends here."""
    folder = Path(os.environ.get("TUNELENS_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
    if not (folder / table).is_file():
        print(f"skipped: {folder / table} is not here; set TUNELENS_DATA to the folder of the data")
        raise SystemExit(0)
    return tunelens.read_dataset(folder / table, options=tunelens.ReadOptions(label=label, features=features))


def some(tracks: Tracks, per_class: int, seed: int = 0) -> Tracks:
    """Return at most `per_class` rows of every class, drawn at random."""
    order = np.random.default_rng(seed).permutation(len(tracks))
    label = np.array([str(value) for value in tracks.labels.values])[order]
    rows = np.concatenate([order[label == name][:per_class] for name in sorted(set(label))])
    return tracks.take(np.sort(rows))


def judged(tracks: Tracks, model: str, input: str | None = None, n_folds: int = 5) -> Evaluation:
    """Judge a model with artists kept on one side, and by random folds; print both beside a guess."""
    options = tunelens.EvaluateOptions(input=input, n_folds=n_folds, beside_random=True)
    found = tunelens.evaluate(tracks, model, options=options)
    assert found.random is not None
    print(f"\n{model} on {found.input}: {found.n_rows} rows of {found.dataset}, {len(found.classes)} classes")
    _line(f"{found.honest.protocol} by {found.honest.group}", found.honest.figures["accuracy"])
    gain = found.inflation["accuracy"]
    note = f"inflated by {gain:+.3f}" if gain > 0 else f"not inflated here ({gain:+.3f})"
    _line("random folds", found.random.figures["accuracy"], note)
    name, share = commonest(tracks)
    print(f"  {f'always {name!r}':<26} accuracy {share:.3f}")
    return found


def commonest(tracks: Tracks) -> tuple[str, float]:
    """Return the class that most rows have, and their share: the accuracy of a model that always says it."""
    counts = tracks.labels.counts()
    name = max(counts, key=lambda one: counts[one])
    return name, counts[name] / len(tracks)


def learn(lesson: str) -> None:
    """Print what is to be learned."""
    print(f"\nLearn: {lesson}")


def _line(protocol: str, figure: Interval, note: str = "") -> None:
    interval = f"({figure.low:.3f} to {figure.high:.3f})"
    print(f"  {protocol:<26} accuracy {figure.value:.3f} {interval}  {note}".rstrip())
