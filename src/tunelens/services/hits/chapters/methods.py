"""How it was done: every parameter, version, seed and test, as the stages state them; how to do it again."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

from tunelens.base.language import say, word
from tunelens.base.table import Table
from tunelens.services.hits.chapters.procedure import how_it_was_done
from tunelens.services.hits.names import parameter_name, parameter_value, stage_name, state_name
from tunelens.services.hits.options import AUTO
from tunelens.services.hits.page import Section, Sheet
from tunelens.services.hits.results import Results
from tunelens.services.hits.versions import versions

PARAMETERS, STAGE_TABLE, VERSIONS = "parameters", "stages", "versions"


def methods_chapter(results: Results) -> Section:
    """Return the chapter of methods."""
    sheets = (
        Sheet(STAGE_TABLE, stages_table(results)),
        Sheet(PARAMETERS, parameters_table(results)),
        Sheet(VERSIONS, versions_table()),
    )
    return Section("methods", say("Methods"), tuple(how_it_was_done(results)), sheets=sheets)


def stages_table(results: Results) -> Table:
    """Return a row per stage: what became of it and what it cost."""
    rows = tuple(
        (
            stage_name(one.stage),
            state_name(one.state),
            round(one.seconds, 1) if one.result is not None else None,
        )
        for one in results.outcomes.values()
    )
    return Table(word("Stages"), (word("stage"), word("state"), word("time (s)")), rows)


def parameters_table(results: Results) -> Table:
    """Return a row per parameter of every stage that has a result."""
    rows = tuple(
        (stage_name(one.stage), parameter_name(name), parameter_value(name, value))
        for one in results.outcomes.values() if one.result is not None
        for name, value in one.parameters.items()
    )  # fmt: skip
    return Table(word("Parameters"), (word("stage"), word("parameter"), word("value")), rows)


def versions_table() -> Table:
    """Return a row per program and library."""
    return Table(word("Versions"), (word("program or library"), word("version")), tuple(versions().items()))


def repeat_chapter(results: Results, work: Path) -> Section:
    """Return the chapter that tells how to do it again, and how to cite it."""
    sources = say(", ").join(chart.source or chart.name for chart in results.acquired.charts)
    version = versions()["Tunelens"]
    lines = (
        say("This command makes the same report from the same files:"),
        say("To cite: Tunelens {version}; chart: {sources}; seed {seed}.", version=version, sources=sources,
            seed=results.options.seed),
    )  # fmt: skip
    return Section(
        "repeat", say("Doing it again"), lines[:1], codes=(command(results, work),), after=lines[1:]
    )


def command(results: Results, work: Path) -> str:
    """Return the command line that repeats the run."""
    asked = results.options
    words = ["tunelens", "hits", *asked.charts]
    told: dict[str, Any] = {
        "--audio": asked.audio, "--against": asked.against, "--lang": asked.language, "--how": asked.how,
        "--duration": f"{asked.duration_s:g}", "--features": asked.features, "--k": asked.k or AUTO,
        "--seed": asked.seed, "--skip": ",".join(sorted(asked.skip)) or None, "--title": asked.title or None,
        "--against-title": asked.against_title or None,
        "--library": asked.library, "--work": work,
    }  # fmt: skip
    words += [part for one in asked.fields for part in ("--field", one)]
    for name, value in told.items():
        if value is not None:
            words += [name, str(value)]
    words += ["--download"] if asked.download else []
    words += ["--allow-private"] if asked.allow_private else []
    return shlex.join(words)
