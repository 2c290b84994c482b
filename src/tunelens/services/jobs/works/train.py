"""The job that trains a model and keeps it as a bundle."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tunelens.models.recipe import Recipe
from tunelens.services.jobs.context import Context
from tunelens.services.jobs.datasets import read_tracks
from tunelens.services.train import TrainOptions, train

OPTIONS = ("input", "protocol", "group", "n_folds", "coverage", "allow_leaks", "seed", "name", "clusters")


def run(request: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Train on ``dataset``; ``model``, ``balance``, ``tune`` of the recipe, `OPTIONS`, and ``force``.

    The bundle is found by its name afterwards; its card is a file of the job.
    """
    tracks = read_tracks(request["dataset"], context)
    done = train(
        tracks, recipe=recipe_of(request), options=TrainOptions(**chosen(request, OPTIONS)),
        settings=context.settings, progress=context.progress, force=bool(request.get("force")),
    )  # fmt: skip
    (context.folder / "card.md").write_text(done.bundle.card(), encoding="utf-8")
    return {**done.to_dict(), "name": done.bundle.folder.name}


def recipe_of(request: Mapping[str, Any], model: str | None = None) -> Recipe:
    """Return the recipe that a request asks for."""
    name = model or request.get("model") or "logistic"
    return Recipe(name, balance=request.get("balance") or "none", tune=int(request.get("tune") or 0))


def chosen(request: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """Return what was asked, without what was left out."""
    return {name: request[name] for name in names if request.get(name) is not None}
