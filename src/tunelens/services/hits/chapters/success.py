"""Whether the sound tells how a song fares, how the sound changed over years, and claims put to the test."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

from tunelens.base.feature_words import feature_name
from tunelens.base.language import say, word
from tunelens.base.table import Table
from tunelens.charts.hits.baselines import called
from tunelens.charts.hits.claims import HOLDS, NOT, Tested, claims_table
from tunelens.charts.hits.model import FIGURES, HitModel
from tunelens.charts.hits.trends import Trends
from tunelens.evaluation.intervals import Interval
from tunelens.services.hits.page import Figure, Section, Sheet
from tunelens.services.hits.results import Results
from tunelens.services.hits.stages.structure import Structured
from tunelens.services.hits.words import shown

CALLED = {
    "roc_auc": word("ROC-AUC (0.5 by chance)"),
    "brier": word("Brier score (less is better)"),
    "calibration": word("calibration error (less is better)"),
    "rmse": word("error, RMSE (less is better)"),
    "r2": word("R² (explained variance)"),
    "spearman": word("rank correlation"),
}
MODELS = {
    "logistic": word("logistic regression"),
    "ridge": word("ridge regression"),
    "boosting": word("gradient boosting"),
}
WORTH = (word("feature"), word("worth"), word("low"), word("high"))


def success_chapters(results: Results) -> tuple[Section, ...]:
    """Return the chapters of hit models, trends and claims that there are."""
    compared = results.compared
    if compared is None:
        return ()
    found = []
    if compared.model is not None:
        name = feature_name(compared.model.target)
        title = say("Does sound tell the success? ({target})", target=name)
        found.append(_model("model", title, compared.model))
    if compared.membership is not None:
        title = say("Can songs of the chart be told by their sound?")
        found.append(_model("membership", title, compared.membership))
    if compared.claims:
        found.append(_claims(compared.claims, results.structured))
    if compared.trends is not None:
        found.append(_trends(compared.trends))
    return tuple(found)


def _model(key: str, title: str, made: HitModel) -> Section:
    sheets = [Sheet(key, model_table(made), said=("model",))]
    if made.predicts:
        told = say(
            "How much the figure of the best model falls when one feature is shuffled, on songs that were "
            "not learned from."
        )
        worth = replace(made.importance_table(), columns=WORTH, note=told)
        sheets.append(Sheet(f"{key}_importances", worth, is_folded=True))
    return Section(key, title, (made.verdict, *made.warnings), sheets=tuple(sheets))


def model_table(made: HitModel) -> Table:
    """Return a row per model and baseline: each figure with its 95 % interval."""
    names = [metric.name for metric in FIGURES[made.kind]]
    rows = tuple(
        (MODELS.get(one.name, called(one.name, made.kind)), *(_figure(one.figures[name]) for name in names))
        for one in (*made.models, *made.baselines)
    )
    columns = (word("model"), *(CALLED[name] for name in names))
    return Table(word("Models and baselines"), columns, rows, made.method())


def _figure(one: Interval) -> str | None:
    if math.isnan(one.value):
        return None
    if math.isnan(one.low):
        return shown(one.value)
    return f"{shown(one.value)} ({shown(one.low)} – {shown(one.high)})"


def _claims(tested: tuple[Tested, ...], structured: Structured | None) -> Section:
    held = [one.sentence() for one in tested if one.verdict == HOLDS]
    not_so = [one.sentence() for one in tested if one.verdict == NOT]
    open_ones = len(tested) - len(held) - len(not_so)
    lines = []
    if held:
        lines.append(say("It holds: {claims}.", claims=say("; ").join(held)))
    if not_so:
        lines.append(say("It does not hold: {claims}.", claims=say("; ").join(not_so)))
    if open_ones:
        lines.append(say("Of {n} claims nothing can be told.", n=open_ones))
    sheets = (Sheet("claims", claims_table(tested)),)
    clips = structured is not None and bool(structured.hooks) and not structured.is_of_whole_songs
    warning = say(
        "At least half of the recordings are no whole songs: their start is not the start of the song."
    )
    return Section(
        "claims", say("Claims put to the test"), tuple(lines), sheets=sheets,
        warnings=(warning,) if clips else (),
    )  # fmt: skip


def _trends(made: Trends) -> Section:
    shares = zip(made.shares.values(), made.share_tables(), strict=True)
    sheets = (
        Sheet("trends", made.to_table(), is_folded=not made.shown),
        *(
            Sheet(f"trends_{i}", table, said=("name",), is_folded=not any(one.shown for one in rows))
            for i, (rows, table) in enumerate(shares, 1)
        ),
    )
    return Section(
        "trends", say("Over the years"), (made.summary(), *made.notes), tuple(_trend_figures(made)), sheets
    )


def _trend_figures(made: Trends) -> Iterator[Figure]:
    from tunelens.plots.trends import Course, TrendsDisplay

    courses = [
        Course(one.feature, one.years, one.values, one.spread, one.slope, one.verdict, one.shown)
        for one in made.features
    ]
    if courses:
        yield Figure(
            "trends", TrendsDisplay(courses=courses),
            say("Means of every year with 95 % of their error; a dashed line where a trend was shown."),
            say("Courses of {n} features over {first} to {last}.", n=len(courses), first=made.years[0],
                last=made.years[-1]),
            is_wide=True,
        )  # fmt: skip
