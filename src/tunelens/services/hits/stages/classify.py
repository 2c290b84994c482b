"""`classify`: shares of genres and moods among the songs, as bundles hear them or tables tell them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tunelens.base.language import word
from tunelens.explore.collection import Collection
from tunelens.services.hits.options import Options
from tunelens.services.hits.stage import Context, NotDoneError, Stage
from tunelens.services.hits.stages.describe import Described

FACTS = ("genre", "mood")
NOTHING = word("Neither the nets nor the table tell a genre or a mood of these songs.")


@dataclass(frozen=True)
class Shares:
    """How common each value of a fact is.

    Parameters
    ----------
    fact : str
        "genre" or "mood".
    values : tuple of str
        The commonest first.
    chart, reference : tuple of int
        Songs of each value; () without a reference that knows the fact.
    n_chart, n_reference : int
        Songs of which the fact is known.
    total_chart, total_reference : int
        All songs.
    """

    fact: str
    values: tuple[str, ...]
    chart: tuple[int, ...]
    reference: tuple[int, ...]
    n_chart: int
    n_reference: int
    total_chart: int
    total_reference: int


@dataclass(frozen=True)
class Classified:
    """Shares of genres and moods; `source` says who tells them: "sound" or "table"."""

    shares: tuple[Shares, ...]
    source: str


def _run(context: Context) -> Classified:
    described = context.need(Described)
    found = [_shares(fact, described.chart, described.reference) for fact in FACTS]
    shares = tuple(one for one in found if one is not None)
    if not shares:
        raise NotDoneError(NOTHING)
    return Classified(shares, described.source)


def _shares(fact: str, chart: Collection, reference: Collection | None) -> Shares | None:
    here = _counts(chart.facts.get(fact, ()))
    there = _counts(() if reference is None else reference.facts.get(fact, ()))
    if not here:
        return None
    values = tuple(name for name, _ in (here + there).most_common())
    chart_counts, counts = tuple(here[one] for one in values), tuple(there[one] for one in values)
    return Shares(
        fact, values, chart_counts, counts if there else (),
        here.total(), there.total(), len(chart), 0 if reference is None else len(reference),
    )  # fmt: skip


def _counts(values: Sequence[str]) -> Counter[str]:
    return Counter(value for value in values if value)


def _parameters(options: Options) -> dict[str, Any]:
    del options
    return {"facts": list(FACTS)}


CLASSIFY = Stage("classify", _run, _parameters, needs=("describe",))
