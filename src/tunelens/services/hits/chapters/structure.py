"""Where hooks lie, and how a few songs are built."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from tunelens.base.language import say, word
from tunelens.base.table import Table
from tunelens.services.hits.page import Figure, Section, Sheet
from tunelens.services.hits.results import Results
from tunelens.services.hits.stages.structure import LEAST_WHOLE_S, Exemplar, SongHook, Structured

MOST_SHOWN = 300
REPEATED = "repeated"
HOWS = {
    "repeated": word("it comes again"),
    "representative": word("it is most like the rest"),
    "middle": word("the middle, for want of anything to tell by"),
    "whole": word("the recording is no longer"),
}


def structure_chapter(results: Results) -> Section | None:
    """Return the chapter of structure; None where nothing was heard."""
    found = results.structured
    if found is None:
        return None
    sheets = [Sheet("parts", parts_table(found.exemplars), is_folded=True)] if found.exemplars else []
    if found.hooks:
        said = ("why there",)
        sheets.insert(0, Sheet("hooks", hooks_table(found.hooks), said=said, most=MOST_SHOWN, is_long=True))
    return Section(
        "structure", say("Structure and hooks"), tuple(_lines(found)), tuple(_figures(found)), tuple(sheets),
        warnings=_warnings(found),
    )  # fmt: skip


def _lines(found: Structured) -> Iterator[str]:
    if found.hooks:
        n = len(found.hooks)
        again = sum(one.hook.how == REPEATED for one in found.hooks)
        starts = [one.hook.start_s for one in found.hooks]
        yield say(
            "The hook of {again} of {n} songs is a stretch that comes again; half of all hooks begin within "
            "{low} s and {high} s, the middle one at {middle} s.",
            again=again, n=n, low=f"{np.percentile(starts, 25):.0f}", high=f"{np.percentile(starts, 75):.0f}",
            middle=f"{np.median(starts):.0f}",
        )  # fmt: skip
    if found.exemplars:
        yield say(
            "The matrices compare every moment of a song with every other by harmony and timbre: bright "
            "squares on the diagonal are parts, bright stripes beside it are repeats."
        )


def _warnings(found: Structured) -> tuple[str, ...]:
    if found.hooks and not found.is_of_whole_songs:
        return (
            say(
                "At least half of the recordings are shorter than {s} s: where hooks lie in them says "
                "nothing about whole songs.",
                s=f"{LEAST_WHOLE_S:.0f}",
            ),
        )
    return ()


def _figures(found: Structured) -> Iterator[Figure]:
    from tunelens.plots.structure import SsmDisplay

    for number, one in enumerate(found.exemplars, 1):
        built = one.structure
        yield Figure(
            f"ssm_{number}", SsmDisplay(title=one.title, ssm=built.ssm),
            say("{title}: parts {form}.", title=one.title, form=built.form),
            say("Self-similarity matrix of {title} with {n} parts.", title=one.title, n=len(built.segments)),
        )  # fmt: skip


def hooks_table(hooks: Sequence[SongHook]) -> Table:
    """Return a row per song: where its hook lies and why."""
    rows = tuple(
        (
            one.title, one.artist, round(one.hook.start_s, 1), round(one.hook.end_s, 1),
            None if one.duration_s is None else round(one.duration_s, 1), one.hook.repeats or None,
            round(100 * one.hook.coverage) if one.hook.repeats else None,
            HOWS.get(one.hook.how, one.hook.how),
        )
        for one in hooks
    )  # fmt: skip
    columns = (
        word("title"), word("artist"), word("begin (s)"), word("end (s)"), word("recording (s)"),
        word("times it sounds"), word("share of the recording (%)"), word("why there"),
    )  # fmt: skip
    return Table(word("Hooks"), columns, rows)


def parts_table(exemplars: Sequence[Exemplar]) -> Table:
    """Return a row per part of the exemplars."""
    rows = tuple(
        (one.title, segment.label, round(segment.start_s, 1), round(segment.end_s, 1))
        for one in exemplars for segment in one.structure.segments
    )  # fmt: skip
    return Table(word("Parts"), (word("title"), word("part"), word("begin (s)"), word("end (s)")), rows)
