"""What a reader takes along: what stands out, how sure it is, what cannot be told."""

from __future__ import annotations

from collections.abc import Iterator

from tunelens.base.feature_words import feature_name
from tunelens.base.language import say, word
from tunelens.charts.hits.claims import HOLDS
from tunelens.charts.hits.model import HitModel
from tunelens.explore.contrast import Effect
from tunelens.explore.effects import WORDS
from tunelens.services.hits.page import Finding
from tunelens.services.hits.render import Front
from tunelens.services.hits.results import Results
from tunelens.services.hits.stages.describe import SOUND
from tunelens.services.hits.words import shown, value_name

DIFFERS, SURE, UNKNOWN = "differs", "sure", "unknown"
MOST_EFFECTS = 3


def findings_of(results: Results) -> tuple[Finding, ...]:
    """Return the findings, the weightiest of each kind first."""
    tellers = (_differences, _shares_that_differ, _claims, _trends, _shares, _clusters, _hooks)
    stands_out = [text for tell in tellers for text in tell(results)]
    sure = [*_sureness(results)]
    unknown = [*_limits(results)]
    return (
        *(Finding(DIFFERS, text) for text in stands_out),
        *(Finding(SURE, text) for text in sure),
        *(Finding(UNKNOWN, text) for text in unknown),
    )


def _differences(results: Results) -> Iterator[str]:
    made = results.compared.contrast if results.compared else None
    if made is None:
        return
    if not made.shown:
        yield made.summary()
        return
    if all(one.verdict == WORDS[0] for one in made.shown):
        yield say("The chart sounds much like the reference: what differs, differs hardly.")
    for one in made.shown[:MOST_EFFECTS]:
        yield _difference(one)


def _difference(one: Effect) -> str:
    values: dict[str, str] = {
        "feature": _capital(feature_name(one.feature)), "a": shown(one.mean_a), "b": shown(one.mean_b),
        "size": say(one.verdict),
    }  # fmt: skip
    if (one.mean_a - one.mean_b) * one.difference.delta < 0:
        text = word(
            "{feature} is more often {direction} than in the reference, though the means are {a} "
            "and {b} ({size})."
        )
        return say(text, direction=say("higher") if one.difference.delta > 0 else say("lower"), **values)
    if one.difference.delta > 0:
        return say(
            "{feature} is higher than in the reference: {a} against {b} on average ({size}).", **values
        )
    return say("{feature} is lower than in the reference: {a} against {b} on average ({size}).", **values)


def _shares_that_differ(results: Results) -> Iterator[str]:
    made = results.compared.contrast if results.compared else None
    if made is None:
        return
    shown_ones = [one for rows in made.shares.values() for one in rows if one.shown]
    for one in sorted(shown_ones, key=lambda one: -abs(one.difference.delta))[:MOST_EFFECTS]:
        value = _capital(value_name(one.feature.rpartition(": ")[2]))
        yield say(
            "{value}: {a} of the songs, {b} in the reference ({size}).",
            value=value, a=f"{one.mean_a:.0%}", b=f"{one.mean_b:.0%}", size=say(one.verdict),
        )  # fmt: skip


def _claims(results: Results) -> Iterator[str]:
    tested = results.compared.claims if results.compared else None
    if results.structured is None or not results.structured.is_of_whole_songs:
        return  # the start of an excerpt is not that of its song
    for one in tested or ():
        if one.verdict == HOLDS:
            yield say("{claim}: it holds in {share} of the songs.", claim=_capital(one.sentence()),
                      share=f"{one.share:.0%}")  # fmt: skip


def _trends(results: Results) -> Iterator[str]:
    made = results.compared.trends if results.compared else None
    if made is not None and made.shown:
        yield made.summary()


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _shares(results: Results) -> Iterator[str]:
    for one in results.classified.shares if results.classified else ():
        values = sorted(zip(one.chart, one.values, strict=True), reverse=True)[:3]
        told = say(", ").join(
            f"{value_name(name)} {count / one.n_chart:.0%}" for count, name in values if count
        )
        yield say("Most common of {fact}: {told}.", fact=feature_name(one.fact), told=told)


def _clusters(results: Results) -> Iterator[str]:
    found = results.grouped
    if found is None:
        return
    made = found.clustering
    largest = made.clusters[0]
    share = f"{largest.size / len(made.labels):.0%}"
    if made.clear:
        yield say("The songs fall into {k} clear clusters; the largest ({share}) is: {name}.", k=made.k,
                  share=share, name=largest.name)  # fmt: skip
    else:
        yield say("Of {k} groups the largest ({share}) is: {name}.", k=made.k, share=share, name=largest.name)


def _hooks(results: Results) -> Iterator[str]:
    found = results.structured
    if found is not None and found.hooks and found.is_of_whole_songs:
        again = sum(one.hook.how == "repeated" for one in found.hooks)
        yield say(
            "{share} of the songs have a hook that comes again.", share=f"{again / len(found.hooks):.0%}"
        )


def _sureness(results: Results) -> Iterator[str]:
    described = results.described
    if described is not None:
        n = f"{len(described.chart):,}"
        yield (
            say("{n} songs were heard; every number is measured from their sound.", n=n)
            if described.source == SOUND
            else say(
                "{n} songs have numbers; they are what the table states, and nobody has checked them by ear.",
                n=n,
            )
        )  # fmt: skip
    made = results.compared.contrast if results.compared else None
    if made is not None:
        yield say(
            "{k} of {n} features differ beyond chance after correction for {n} tests; songs of one artist "
            "count together.",
            k=len(made.shown), n=len(made.effects),
        )  # fmt: skip
    for judged in _models(results):
        yield judged.verdict
    found = results.grouped
    if found is not None and found.clustering.clear is False:
        yield say("The songs form no clear clusters: the borders between the groups could lie elsewhere.")


def _models(results: Results) -> Iterator[HitModel]:
    compared = results.compared
    if compared is not None and compared.model is not None:
        yield compared.model


def _limits(results: Results) -> Iterator[str]:
    compared = results.compared
    if compared is not None and compared.contrast is not None:
        yield say(
            "Differences are those between these two collections; they do not say what makes a song popular."
        )
    else:
        yield say("Without a reference nothing tells whether any of this is special to the chart.")
    if results.options.how != "whole" and results.cut is not None:
        yield say(
            "What lies outside the excerpts of {s} s was not heard.", s=f"{results.options.duration_s:g}"
        )
    yield say(
        "Marketing, the artist's fame, lyrics and pictures are not in the sound, and not in this report."
    )


def front_of(results: Results, findings: tuple[Finding, ...]) -> Front:
    """Return title, tiles and findings."""
    return Front(
        say("What the songs of {chart} share", chart=results.name),
        _subtitle(results),
        tuple(_tiles(results)),
        findings,
    )


def _subtitle(results: Results) -> str:
    fetched = max((chart.fetched_at for chart in results.acquired.charts), default="")[:10]
    described = results.described
    if described is not None and described.reference is not None:
        name = described.reference.name
        return say("Beside {reference}; the chart was read on {day}.", reference=name, day=fetched)
    return say("The chart was read on {day}.", day=fetched)


def _tiles(results: Results) -> Iterator[tuple[str, str]]:
    described, compared = results.described, results.compared
    yield say("Songs of the chart"), f"{len(results.acquired.entries):,}"
    if described is not None and described.source == SOUND:
        yield say("Songs heard"), f"{len(described.chart):,}"
    if described is not None and described.reference is not None:
        yield say("Songs of the reference"), f"{len(described.reference):,}"
    if results.grouped is not None:
        yield say("Clusters"), str(results.grouped.clustering.k)
    if compared is not None and compared.contrast is not None:
        made = compared.contrast
        yield say("Features that differ"), say("{n} of {total}", n=len(made.shown), total=len(made.effects))
