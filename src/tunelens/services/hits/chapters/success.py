"""Whether the sound tells how a song fares, how the sound changed over years, and claims put to the test."""

from __future__ import annotations

from collections.abc import Iterator

from tunelens.base.feature_words import feature_name
from tunelens.base.language import say
from tunelens.charts.hits.claims import HOLDS, NOT, Tested, claims_table
from tunelens.charts.hits.model import HitModel
from tunelens.charts.hits.trends import Trends
from tunelens.services.hits.page import Figure, Section, Sheet
from tunelens.services.hits.results import Results


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
        found.append(_claims(compared.claims))
    if compared.trends is not None:
        found.append(_trends(compared.trends))
    return tuple(found)


def _model(key: str, title: str, made: HitModel) -> Section:
    sheets = [Sheet(key, made.to_table())]
    if made.predicts:
        sheets.append(Sheet(f"{key}_importances", made.importance_table()))
    return Section(key, title, (made.verdict, *made.warnings), sheets=tuple(sheets))


def _claims(tested: tuple[Tested, ...]) -> Section:
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
    return Section(
        "claims", say("Claims put to the test"), tuple(lines), sheets=(Sheet("claims", claims_table(tested)),)
    )


def _trends(made: Trends) -> Section:
    shares = zip(made.shares.values(), made.share_tables(), strict=True)
    sheets = (
        Sheet("trends", made.to_table(), is_folded=not made.shown),
        *(
            Sheet(f"trends_{i}", table, is_folded=not any(one.shown for one in rows))
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
