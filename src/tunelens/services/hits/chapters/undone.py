"""What was not done, and why."""

from __future__ import annotations

from collections.abc import Sequence

from tunelens.base.language import say, word
from tunelens.base.table import Table
from tunelens.services.hits.failures import Failure
from tunelens.services.hits.names import stage_name
from tunelens.services.hits.page import Section, Sheet

MOST_SHOWN = 300


def undone_chapter(failures: Sequence[Failure]) -> Section | None:
    """Return the chapter of what failed; None where all was done."""
    if not failures:
        return None
    items = [one for one in failures if one.item and one.counts]
    lines = [
        say("{stage}: {why}", stage=one.item or stage_name(one.stage), why=one.why)
        for one in failures if not one.item or not one.counts
    ]  # fmt: skip
    if items:
        lines.append(say("{n} songs or files failed; the others are not affected.", n=len(items)))
    table = Table(
        word("Failures"),
        (word("stage"), word("song or file"), word("why"), word("the program's own words")),
        tuple((stage_name(one.stage), one.item or None, one.why, _own(one)) for one in failures),
    )
    return Section(
        "undone", say("What was not done"), tuple(lines), sheets=(Sheet("failures", table, most=MOST_SHOWN),)
    )


def _own(failure: Failure) -> str | None:
    if failure.error is None:
        return None
    return " ".join(part for part in (failure.error.message, failure.error.hint) if part)
