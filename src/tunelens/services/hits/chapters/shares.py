"""Genre and mood shares."""

from __future__ import annotations

from collections.abc import Iterator

from tunelens.base.feature_words import feature_name
from tunelens.base.language import say, word
from tunelens.base.table import Cell, Table
from tunelens.services.hits.page import Figure, Section, Sheet
from tunelens.services.hits.results import Results
from tunelens.services.hits.stages.classify import Shares
from tunelens.services.hits.stages.describe import SOUND
from tunelens.services.hits.words import value_name

MOST_VALUES = 14


def shares_chapter(results: Results) -> Section | None:
    """Return the chapter of genres and moods; None where nothing is known of them."""
    found = results.classified
    if found is None:
        return None
    heard = found.source == SOUND
    lines = (_source(heard), *(_known(one) for one in found.shares))
    warnings = (_guess(),) if heard else ()
    sheets = tuple(
        Sheet(f"shares_{one.fact}", shares_table(one), said=(one.fact,), most=60) for one in found.shares
    )
    return Section(
        "shares", say("Genres and moods"), lines, tuple(map(_figure, found.shares)), sheets, warnings=warnings
    )


def _source(heard: bool) -> str:
    if heard:
        return say(
            "Genres and moods are what the shipped bundles and nets hear in the excerpt; a song counts once, "
            "with its most probable one."
        )
    return say("Genres and moods are those that the table states.")


def _guess() -> str:
    return say(
        "A net's word for a genre or a mood is a guess: it errs for single songs, and shares inherit its "
        "leanings."
    )


def _figure(one: Shares) -> Figure:
    from tunelens.plots.shares import SharesDisplay

    sides = [(one.chart, one.n_chart, say("chart")), (one.reference, one.n_reference, say("reference"))]
    known = [(counts, n, label) for counts, n, label in sides if counts and n]
    display = SharesDisplay(
        names=[value_name(value) for value in one.values[:MOST_VALUES]],
        shares=[[count / n for count in counts[:MOST_VALUES]] for counts, n, _ in known],
        labels=[label for _, _, label in known], counts=[n for _, n, _ in known],
    )  # fmt: skip
    fact = feature_name(one.fact)
    return Figure(
        f"shares_{one.fact}", display, say("Shares of {fact}, with 95 % intervals.", fact=fact),
        say("Bars of the shares of {n} values of {fact}.", n=len(one.values), fact=fact),
    )  # fmt: skip


def _known(one: Shares) -> str:
    return say(
        "{fact}: known of {n} of {total} songs.", fact=feature_name(one.fact), n=f"{one.n_chart:,}",
        total=f"{one.total_chart:,}",
    )  # fmt: skip


def shares_table(one: Shares) -> Table:
    """Return a row per value: songs and shares of the chart, and of the reference."""
    columns = [one.fact, word("songs of the chart"), word("share of the chart (%)")]
    if one.reference:
        columns += [word("songs of the reference"), word("share of the reference (%)")]
    name = word("Shares of genres") if one.fact == "genre" else word("Shares of moods")
    return Table(name, tuple(columns), tuple(_rows(one)))


def _rows(one: Shares) -> Iterator[tuple[Cell, ...]]:
    for i, value in enumerate(one.values):
        row: list[Cell] = [value, one.chart[i], _percent(one.chart[i], one.n_chart)]
        if one.reference:
            row += [one.reference[i], _percent(one.reference[i], one.n_reference)]
        yield tuple(row)


def _percent(count: int, total: int) -> float | None:
    return round(100 * count / total, 1) if total else None
