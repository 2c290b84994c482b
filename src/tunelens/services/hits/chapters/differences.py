"""What sets the chart apart from the reference, feature by feature."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from tunelens.base.language import say, word
from tunelens.base.table import Table
from tunelens.explore.contrast import Contrast
from tunelens.services.hits.page import Figure, Section, Sheet
from tunelens.services.hits.results import Results

MOST_SHORT = 20


def differences_chapter(results: Results) -> Section | None:
    """Return the chapter of the comparison; None where there was none."""
    compared = results.compared
    made = compared.contrast if compared else None
    if made is None:
        return None
    lines = (_sides(made), made.summary(), *made.notes)
    facts = zip(made.shares.values(), made.share_tables(), strict=True)
    shares = [
        Sheet(
            f"contrast_{i}",
            _headed(table, SHARES),
            said=("name",),
            is_folded=not any(one.shown for one in rows),
        )
        for i, (rows, table) in enumerate(facts, 1)
    ]
    effects = Sheet("effects", _headed(made.to_table()), is_long=len(made.effects) > MOST_SHORT)
    return Section(
        "differences", say("Beside the reference"), lines, tuple(_figures(made)), (effects, *shares)
    )


def _sides(made: Contrast) -> str:
    return say(
        "{a}: {n_a} songs by {groups_a} artists. {b}: {n_b} songs by {groups_b} artists.",
        a=made.a, b=made.b, n_a=f"{made.n_a:,}", n_b=f"{made.n_b:,}",
        groups_a=f"{made.groups_a:,}", groups_b=f"{made.groups_b:,}",
    )  # fmt: skip


MEANS = {"first": word("mean of the chart"), "second": word("mean of the reference")}
SHARES = {"first": word("share in the chart"), "second": word("share in the reference")}


def _headed(table: Table, sides: Mapping[str, str] = MEANS) -> Table:
    """Say which side a column is of."""
    return replace(table, columns=tuple(sides.get(name, name) for name in table.columns))


def _figures(made: Contrast) -> Iterator[Figure]:
    from tunelens.plots.effects import EffectsDisplay

    points = [
        (one.feature, one.difference.delta, one.difference.low, one.difference.high, one.shown)
        for one in made.effects
    ]
    yield Figure(
        "effects", EffectsDisplay.from_effects(points, a=made.a, b=made.b),
        say(
            "Points to the right: higher in the chart. Lines are 95 % intervals; a hollow point was not "
            "shown to differ; in the grey band a difference is hardly one."
        ),
        say("Effects of {n} features with intervals; {k} differ.", n=len(points), k=len(made.shown)),
        is_wide=True,
    )  # fmt: skip
