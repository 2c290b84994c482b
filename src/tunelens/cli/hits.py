"""`tunelens hits`: from a chart to one report."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tunelens.base.errors import ParameterError
from tunelens.cli.bar import Bar
from tunelens.cli.face import AsJson, Face, Jobs, LibraryFile, Quiet, example, guarded
from tunelens.cli.plain import printable

if TYPE_CHECKING:
    from rich.console import Console

    from tunelens.services.hits import HitsReport

NAME = "hits"
EPILOG = example(
    "tunelens hits 热歌榜.csv --audio songs/ --against library:year:..2015 --lang zh",
    "tunelens hits TikTok_2019.csv TikTok_2020.csv --against spotify_charts.csv --out report.html",
)
AUTO = "auto"


@guarded
def run(
    charts: Annotated[
        list[str], typer.Argument(metavar="CHART...", help="Table, JSON file, or the .toml of a provider.")
    ],
    field: Annotated[
        list[str] | None,
        typer.Option("--field", metavar="FIELD=COLUMN", help="Which column of the chart a field is."),
    ] = None,
    audio: Annotated[
        Path | None, typer.Option("--audio", "-a", help="Folder with the sound of its songs.")
    ] = None,
    against: Annotated[
        str | None,
        typer.Option("--against", help="What to compare with: a folder, a table, or library:QUERY."),
    ] = None,
    lang: Annotated[str, typer.Option("--lang", help="Language of the report: en or zh.")] = "en",
    out: Annotated[Path, typer.Option("--out", "-o", help="What to write: .html, .md or .json.")] = Path(
        "report.html"
    ),
    work: Annotated[
        Path | None,
        typer.Option("--work", help="Folder that keeps finished stages. Default: the chart's name + .hits."),
    ] = None,
    how: Annotated[
        str, typer.Option("--how", help="What is heard of a song: hook, first (seconds) or whole.")
    ] = "hook",
    duration: Annotated[float, typer.Option("--duration", help="Length of hooks and first seconds.")] = 15.0,
    features: Annotated[
        str,
        typer.Option(
            "--features",
            help="What songs are clustered by: auto, selected, descriptors, waveform, tags, pooled, "
            "embedding, or names.",
        ),
    ] = AUTO,
    k: Annotated[str, typer.Option("--k", help="Number of clusters; auto lets the figures decide.")] = AUTO,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of everything that draws at random.")] = 0,
    skip: Annotated[
        str, typer.Option("--skip", help="Stages that are not wanted, separated by commas.")
    ] = "",
    download: Annotated[
        bool, typer.Option("--download", help="Fetch the sound that the chart has addresses of.")
    ] = False,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Fetch from addresses of this network too.")
    ] = False,
    title: Annotated[str, typer.Option("--title", help="What the chart is called in the report.")] = "",
    against_title: Annotated[
        str, typer.Option("--against-title", help="What the reference is called in the report.")
    ] = "",
    library: LibraryFile = None,
    jobs: Jobs = None,
    force: Annotated[
        bool, typer.Option("--force", help="Overwrite what exists, and do every stage anew.")
    ] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """Find out what the songs of a chart share and how they differ, and write one report about it.

    Finished stages are kept: a run that was stopped goes on, and a change does anew only what depends on it.
    """
    from tunelens.services.hits import hits
    from tunelens.services.hits.options import default_work
    from tunelens.services.hits.report import check_report

    face = Face(as_json, quiet)
    place = (work or default_work(tuple(charts))).absolute()
    check_report(out, place, force=force)
    report = hits(
        charts, fields=field or (), audio=audio, against=against, language=lang, work=place, how=how,
        duration_s=duration,
        features=features, k=_clusters(k), seed=seed, skip=skip, download=download,
        allow_private=allow_private, title=title, against_title=against_title, library=library, jobs=jobs,
        force=force, progress=Bar(face.err),
        tell=lambda text: face.say(printable(text)),
    )  # fmt: skip
    page = report.save(out, force=force)
    result = {"out": str(page), "bytes": page.stat().st_size, **report.to_dict()}
    face.result(str(page), result, lambda console: _draw(console, report, page))
    return report.exit_code


def _clusters(text: str) -> int | None:
    if text == AUTO:
        return None
    if not re.fullmatch("[0-9]{1,3}", text):
        raise ParameterError(f"--k is {text!r}; a whole number from 2 or 'auto' is needed")
    return int(text)


def _draw(console: Console, report: HitsReport, page: Path) -> None:
    for finding in report.findings:
        console.print(printable(f"- {finding.text}"), markup=False)
    for failure in report.failures[:10]:
        what = ": ".join(part for part in (failure.stage, failure.item, failure.why) if part)
        console.print(printable(f"! {what}"), markup=False)
    console.print(printable(f"{page} ({page.stat().st_size / 1e6:.1f} MB)"), markup=False)
