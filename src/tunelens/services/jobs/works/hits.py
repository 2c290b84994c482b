"""The job that goes from a chart to a report."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tunelens.audio import Unfound, find_audio
from tunelens.base.errors import NotFoundError, ParameterError
from tunelens.services.hits import hits
from tunelens.services.jobs.context import Context
from tunelens.services.jobs.datasets import table_of
from tunelens.services.jobs.works.train import chosen

OPTIONS = ("how", "duration_s", "features", "k", "seed", "skip", "title", "against_title", "fields")
TABLES = (".csv", ".tsv", ".json")


def run(request: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Report on ``charts`` (tables: ``path`` or ``upload``) with ``audio`` and ``against``; `OPTIONS`.

    Files, in ``language``: the page ``report.html`` with its map, ``report.md``, ``report.json``. Finished
    stages are kept beside the job until it ends, so that one that was cut short goes on.
    """
    work = context.folder.parent / "work"
    with ExitStack() as open_tables:
        charts = [_chart(one, context, open_tables) for one in request["charts"]]
        report = hits(
            charts, audio=_audio(request.get("audio"), context), against=_against(request, context),
            language=request.get("language") or "en", work=work, library=context.library.path,
            settings=context.settings, progress=context.progress, tell=stages(context.note),
            **chosen(request, OPTIONS),
        )  # fmt: skip
        for suffix in (".html", ".md", ".json"):
            report.save(context.folder / f"report{suffix}", force=True)
        result = report.to_dict()
    shutil.rmtree(work, ignore_errors=True)
    return {name: value for name, value in result.items() if name != "tables"}


def stages(note: Callable[[str], None]) -> Callable[[str], None]:
    """Return what hears of stages as they begin and end, and notes those that begin.

    Examples
    --------
    >>> told = stages(print)
    >>> told("3/8 describe"), told("    done in 2.0 s")
    3/8 describe
    (None, None)
    """
    return lambda text: None if text.startswith(" ") else note(text)


def _chart(asked: Mapping[str, Any], context: Context, open_tables: ExitStack) -> str:
    given = [way for way in ("path", "upload") if asked.get(way) is not None]
    if len(given) != 1:
        raise ParameterError("a chart is one of path and upload")
    if given == ["upload"]:
        return str(open_tables.enter_context(table_of(asked["upload"], context)))
    path = context.roots.resolve(asked["path"])
    if path.suffix.lower() not in TABLES:
        raise ParameterError(f"{path.name!r} is no chart; {', '.join(TABLES)} are read")
    return str(path)


def _audio(text: str | None, context: Context) -> Path | None:
    return None if text is None else _inside(context.roots.resolve(text), context)


def _inside(place: Path, context: Context) -> Path:
    """Return a folder or file of which no link leads outside the roots."""
    for found in find_audio([place]) if place.is_dir() else ():
        path = found.path if isinstance(found, Unfound) else found
        if not context.roots.holds(path):
            raise NotFoundError(f"a link in {place.name!r} leads out of the folders of this server")
    return place


def _against(request: Mapping[str, Any], context: Context) -> str | None:
    """Return what to compare with: the library by a query, or a folder or table inside the roots."""
    asked = request.get("against") or {}
    if asked.get("query") is not None:
        return f"library:{asked['query']}"
    path = asked.get("path")
    return None if path is None else str(_inside(context.roots.resolve(path), context))
