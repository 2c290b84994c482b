"""Which waveform statistics tell the songs apart."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tunelens.base.language import say, word
from tunelens.base.table import Table
from tunelens.explore.selection import LITERATURE
from tunelens.services.hits.page import Figure, Section, Sheet
from tunelens.services.hits.results import Results
from tunelens.services.hits.stages.select import Selected


def selection_chapter(results: Results) -> Section | None:
    """Return the chapter of the selection; None without one."""
    found = results.selected
    if found is None:
        return None
    best = found.best
    lines = (
        say(
            "Two clips were taken of each of {n} songs; a choice of the {d} waveform statistics is good when "
            "the clips of a song are nearest neighbours. The genetic algorithm keeps {k}: {names}.",
            n=found.n_songs, d=len(best.among), k=len(best.names), names=say(", ").join(best.names),
        ),
        found.comparison.summary(), *found.comparison.notes,
    )  # fmt: skip
    sheets = (
        Sheet("selections", found.comparison.table(), said=("held out by", "method", "on held-out songs")),
        Sheet("chosen", chosen_table(found), is_folded=True),
    )
    return Section("selection", say("Which numbers tell songs apart"), lines, tuple(_figures(found)), sheets)


def chosen_table(found: Selected) -> Table:
    """Return a row per waveform statistic: who chose it."""
    rows = tuple(
        (name, name in found.names, name in LITERATURE)
        for name in sorted(found.best.among, key=lambda name: (name not in found.names, name))
    )
    columns = (word("statistic"), word("chosen here"), word("one of the 18 of the literature"))
    return Table(word("The 42 waveform statistics"), columns, rows)


def _figures(found: Selected) -> Iterator[Figure]:
    from tunelens.explore.selection.comparison import CALLED
    from tunelens.plots.selection import GenerationsDisplay

    clips = 2 * found.n_songs
    history = found.best.history
    levels = [(say(CALLED[one.method]), one.lost / clips) for one in found.chosen if one is not found.best]
    yield Figure(
        "generations",
        GenerationsDisplay(
            title=say("Genetic algorithm"), levels=levels,
            best=[np.array([one.best for one in history]) / clips],
            mean=[np.array([one.mean for one in history]) / clips],
        ),
        say(
            "How many clips lose their twin, generation by generation, on the songs that the choice is "
            "made on."
        ),
        say("Curve of lost twins over {n} generations.", n=len(history)),
    )  # fmt: skip
