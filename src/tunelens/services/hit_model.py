"""`foretell`: does the sound of a source foretell hits? As a report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tunelens.base.errors import TunelensError
from tunelens.base.feature_words import feature_name
from tunelens.base.language import say, word
from tunelens.base.progress import Progress
from tunelens.base.settings import Settings
from tunelens.base.table import Table
from tunelens.charts.hits.baselines import called
from tunelens.charts.hits.model import N_DRAWS, HitModel, hit_model
from tunelens.plots.display import Display
from tunelens.plots.hits import FiguresDisplay
from tunelens.services.collections import gather
from tunelens.services.findings import ShownFindings

_ORDER = word("rank correlation")


@dataclass(frozen=True)
class HitReport(ShownFindings):
    """What was found.

    Parameters
    ----------
    model : HitModel
    notes : tuple of str
        Warnings of the model, and how the songs came about.
    failed : tuple of (Path, TunelensError)
        Files that could not be heard.
    """

    model: HitModel
    notes: tuple[str, ...] = ()
    failed: tuple[tuple[Path, TunelensError], ...] = ()

    @property
    def title(self) -> str:
        """A heading."""
        return f"{self.model.songs}: {feature_name(self.model.target)}"

    def summary(self) -> str:
        """Return the verdict."""
        return self.model.verdict

    def tables(self) -> tuple[Table, ...]:
        """Return models beside baselines, and what features are worth."""
        return self.model.to_table(), self.model.importance_table()

    def displays(self) -> Mapping[str, Display]:
        """Return how well models and baselines order songs."""
        return hit_displays(self.model)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as a JSON object."""
        failed = [{"path": str(path), "error": error.to_dict()} for path, error in self.failed]
        return {**self.model.to_dict(), "notes": list(self.notes), "failed": failed}


def hit_displays(found: HitModel) -> dict[str, Display]:
    """Return pictures of a model: how well models and baselines order songs."""
    name, figure, chance = ("roc_auc", "AUC", 0.5) if found.kind == "single" else ("spearman", _ORDER, 0.0)
    judged = [*found.models, *found.baselines]
    figures = [one.figures[name] for one in judged]
    shown = FiguresDisplay(
        names=[called(one.name, found.kind) for one in judged],
        values=[one.value for one in figures],
        lows=[one.low for one in figures],
        highs=[one.high for one in figures],
        n_models=len(found.models),
        chance=chance,
        figure=say(figure),
        title=f"{found.songs}: {feature_name(found.target)}",
    )
    return {"figures": shown}


def foretell(
    source: str | Path,
    target: str = "target",
    *,
    models: Sequence[str] | None = None,
    features: str | Sequence[str] = "descriptors",
    n_draws: int = N_DRAWS,
    seed: int = 0,
    library: str | Path | None = None,
    settings: Settings | None = None,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> HitReport:
    """Foretell `target` of a source; parameters and errors as `collect` and `hit_model` have them."""
    found = gather(
        source, features=features, library=library, settings=settings, jobs=jobs, progress=progress
    )
    model = hit_model(found.songs, target, models=models, n_draws=n_draws, seed=seed, progress=progress)
    return HitReport(model, (*model.warnings, *found.songs.notes), found.failed)
