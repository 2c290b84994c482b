"""`compare`: what sets the chart apart, whether sound tells how a song fares, what changes over years."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np

from tunelens.base.errors import DataError, TunelensError
from tunelens.base.language import say, word
from tunelens.charts.hits.claims import CLAIMS as CLAIMS_TESTED
from tunelens.charts.hits.claims import Tested
from tunelens.charts.hits.model import HitModel
from tunelens.charts.hits.trends import Trends
from tunelens.explore.collection import Collection
from tunelens.explore.contrast import Contrast
from tunelens.services.hits.options import Options
from tunelens.services.hits.stage import Context, NotDoneError, Stage
from tunelens.services.hits.stages.describe import Described
from tunelens.services.hits.stages.structure import Structured

R = TypeVar("R")
N_BOOT = 2000
CORRECTION, CLAIM_CORRECTION = "bh", "holm"
LEVEL = 0.05
N_DRAWS = 500
TARGETS = (
    "target", "popularity", "track_pop", "use_count", "weeks_on_chart", "increase", "peak_rank", "rank",
)  # fmt: skip
"""What tells how a song fared; the first that the chart has is foretold."""
CONTRAST, MODEL, MEMBERSHIP, TRENDS, CLAIMS = "contrast", "model", "membership", "trends", "claims"
PARTS = {
    CONTRAST: word("Effects against the reference"),
    MODEL: word("Model of the success"),
    MEMBERSHIP: word("Telling chart and reference apart"),
    TRENDS: word("Trends"),
    CLAIMS: word("Claims put to the test"),
}
NO_REFERENCE = word("No reference was given (--against).")
NO_TARGET = word("The chart has no column that tells how its songs fared: popularity, uses, rank.")
NOT_FOLLOWED = word("Claims are about sound, and no recordings were followed.")
NO_YEARS = word("The chart tells of fewer than two years.")
TOO_FEW = word("There are too few songs or artists for it.")


@dataclass(frozen=True)
class Compared:
    """What came of comparing; a part that could not be done is None, and `undone` says why.

    Parameters
    ----------
    contrast : Contrast or None
        Of the chart and the reference.
    model : HitModel or None
        Whether sound tells how the songs of the chart fare.
    membership : HitModel or None
        Whether sound tells songs of the chart from those of the reference.
    trends : Trends or None
        What changes over the years of the chart.
    claims : tuple of Tested or None
        Claims that were put to the test.
    undone : Mapping of str to str
        By part, why it was not possible: English text that is said.
    failed : tuple of (str, TunelensError)
        Parts that failed.
    """

    contrast: Contrast | None = None
    model: HitModel | None = None
    membership: HitModel | None = None
    trends: Trends | None = None
    claims: tuple[Tested, ...] | None = None
    undone: Mapping[str, str] | None = None
    failed: tuple[tuple[str, TunelensError], ...] = ()


def _run(context: Context) -> Compared:
    parts: dict[str, Callable[[Context], Any]] = {
        CONTRAST: _contrast, MODEL: _model, MEMBERSHIP: _membership, TRENDS: _trends, CLAIMS: _claims,
    }  # fmt: skip
    found: dict[str, Any] = {}
    undone: dict[str, str] = {}
    failed: list[tuple[str, TunelensError]] = []
    for name, part in parts.items():
        try:
            found[name] = part(context)
        except NotDoneError as error:
            undone[name] = error.text
        except DataError:  # the songs have been read: there are but too few
            undone[name] = TOO_FEW
        except TunelensError as error:
            failed.append((say(PARTS[name]), error))
    return Compared(**found, undone=undone, failed=tuple(failed))


def _reference(context: Context) -> Collection:
    described = context.need(Described)
    if described.reference is None:
        raise NotDoneError(described.why_no_reference or NO_REFERENCE)
    return replace(described.reference, notes=())


def _chart(context: Context) -> Collection:
    """Return the chart without what its reader noted: that is told once."""
    return replace(context.need(Described).chart, notes=())


def _contrast(context: Context) -> Contrast:
    from tunelens.explore.contrast import contrast

    return contrast(
        _chart(context), _reference(context), n_boot=N_BOOT, correction=CORRECTION, level=LEVEL,
        seed=context.options.seed,
    )  # fmt: skip


def _model(context: Context) -> HitModel:
    from tunelens.charts.hits.model import hit_model

    chart = _chart(context)
    target = next((name for name in TARGETS if len(set(chart.facts.get(name, ())) - {""}) > 1), None)
    if target is None:
        raise NotDoneError(NO_TARGET)
    return hit_model(chart, target, n_draws=N_DRAWS, seed=context.options.seed, progress=context.progress)


def _membership(context: Context) -> HitModel:
    from tunelens.charts.hits.apart import told_apart

    return told_apart(
        _chart(context), _reference(context), n_draws=N_DRAWS, seed=context.options.seed,
        progress=context.progress,
    )  # fmt: skip


def _trends(context: Context) -> Trends:
    from tunelens.charts.hits.trends import trends

    chart = _chart(context)
    assert chart.years is not None
    if len(np.unique(chart.years[np.isfinite(chart.years)])) < 2:
        raise NotDoneError(NO_YEARS)
    return trends(chart, correction=CORRECTION, level=LEVEL)


def _claims(context: Context) -> tuple[Tested, ...]:
    from tunelens.charts.hits.claims import weigh

    found = context.have(Structured)
    if found is None or found.followed is None:
        raise NotDoneError(NOT_FOLLOWED)
    others = None if found.others is None else found.others.courses
    return weigh(
        found.followed.courses, others, CLAIMS_TESTED, correction=CLAIM_CORRECTION, level=LEVEL,
        seed=context.options.seed,
    )  # fmt: skip


def _parameters(options: Options) -> dict[str, Any]:
    return {
        "n_boot": N_BOOT, "correction": CORRECTION, "level": LEVEL, "n_draws": N_DRAWS,
        "targets": list(TARGETS),
        "claims": list(CLAIMS_TESTED), "claim_correction": CLAIM_CORRECTION, "seed": options.seed,
        "language": options.language,
    }  # fmt: skip


COMPARE = Stage(
    "compare", _run, _parameters, needs=("describe",), uses=("structure",), version=2
)  # fmt: skip
