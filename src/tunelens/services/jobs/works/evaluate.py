"""The job that judges a model, and writes the report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tunelens.services.compare import Comparison
from tunelens.services.evaluate import EvaluateOptions, Evaluation, evaluate
from tunelens.services.evaluation_report import save_report
from tunelens.services.jobs.context import Context
from tunelens.services.jobs.datasets import read_tracks
from tunelens.services.jobs.works.train import chosen, recipe_of

OPTIONS = ("input", "protocol", "group", "n_folds", "beside_random", "learning", "clusters")


def run(request: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Judge ``model`` on ``dataset``, or where it learned from it on ``test_on``; `OPTIONS`, ``seeds``.

    Files: ``report.html``, ``report.md``, ``report.json``.
    """
    tracks = read_tracks(request["dataset"], context)
    other = read_tracks(request["test_on"], context) if request.get("test_on") else None
    found = evaluate(
        tracks, recipe_of(request), options=options_of(request), test_on=other,
        settings=context.settings, progress=context.progress,
    )  # fmt: skip
    write_reports(found, context)
    return found.to_dict()


def options_of(request: Mapping[str, Any]) -> EvaluateOptions:
    """Return how to judge."""
    first = int(request.get("seed") or 0)
    seeds = tuple(range(first, first + int(request.get("seeds") or 1)))
    return EvaluateOptions(**chosen(request, OPTIONS), seeds=seeds)


def write_reports(found: Evaluation | Comparison, context: Context) -> None:
    """Write the report in every form; a job that runs again writes it anew."""
    for suffix in (".html", ".md", ".json"):
        save_report(found, context.folder / f"report{suffix}", force=True)
