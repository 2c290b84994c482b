"""The job that hears files: those of folders into the library, uploads for their own sake or to be kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tunelens.audio import Unfound, find_audio
from tunelens.base.errors import NotFoundError, TunelensError
from tunelens.library.identity import path_to_text
from tunelens.services.analyze import ScanReport, analyze_many
from tunelens.services.engines import ENGINES
from tunelens.services.hear import HearOptions, hear
from tunelens.services.jobs.context import Context

MOST_LISTED = 1000


def run(request: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Hear ``paths`` (inside the roots) and ``uploads``.

    Parameters
    ----------
    request : Mapping
        ``paths`` and ``uploads``, lists of str; ``keep``: uploads become tracks of the library; ``models``,
        names of nets or None for the default ones that are here; ``force`` and ``retry`` as for
        `analyze_many`.
    context : Context
        Where the tracks go.
    """
    options = _options(request.get("models"), context)
    uploads = request.get("uploads", ())
    paths = [context.roots.resolve(text) for text in request.get("paths", ())]
    kept = [context.uploads.keep(id) for id in uploads] if request.get("keep") else []
    heard = [] if kept else _hear_uploads(uploads, options, context)
    files, outside = _inside(paths, context)
    report = analyze_many(
        [*files, *kept],
        context.library,
        options=options,
        force=bool(request.get("force")),
        retry=bool(request.get("retry")),
        progress=context.progress,
    )
    return {"models": list(options.models), **_told(report, outside, context), "heard": heard}


def _options(models: Sequence[str] | None, context: Context) -> HearOptions:
    """Return what to hear; a server fetches no nets, so that by default those are heard which are here."""
    from tunelens.models import BACKBONES, DEFAULT_BACKBONES

    if models is None:
        models = [name for name in DEFAULT_BACKBONES if BACKBONES[name].available(context.settings)]
    options = HearOptions(models=tuple(models), settings=context.settings)
    options.require_models()
    return options


def _inside(paths: Sequence[Path], context: Context) -> tuple[list[Path], list[Path]]:
    """Divide what is found into what lies inside the roots and what a link would lead outside."""
    files: list[Path] = []
    outside: list[Path] = []
    for found in find_audio(paths):
        path = found.path if isinstance(found, Unfound) else found
        (files if context.roots.holds(path) else outside).append(path)
    return files, outside


def _hear_uploads(ids: Sequence[str], options: HearOptions, context: Context) -> list[dict[str, Any]]:
    from functools import partial

    names = {context.uploads.path(id): id for id in ids}
    if not names:
        return []
    context.progress.start(len(names), "uploads")
    outcomes = ENGINES["local"].map(
        partial(hear, options=options), names, timeout_s=context.settings.file_timeout_s
    )
    heard = []
    for outcome in outcomes:
        upload = context.uploads.get(names[outcome.item])
        context.progress.advance(upload.name, ok=outcome.error is None)
        said = {"error": outcome.error.to_dict()} if outcome.error else {"result": outcome.result.to_dict()}
        heard.append({"upload": upload.id, "name": upload.name, "ok": outcome.error is None, **said})
    context.progress.finish()
    return heard


def _told(report: ScanReport, outside: Sequence[Path], context: Context) -> dict[str, Any]:
    failed = [*report.failed, *((path, NotFoundError("a link leads out of the folders")) for path in outside)]
    known = context.library.known(report.analyzed[:MOST_LISTED])
    return {
        "summary": report.summary(),
        "n_files": report.n_files + len(outside),
        "n_analyzed": len(report.analyzed),
        "n_skipped": len(report.skipped),
        "n_moved": len(report.moved),
        "n_failed": len(failed),
        "interrupted": report.interrupted,
        "tracks": [one.id for one in known.values()],
        "failed": [_failure(path, error) for path, error in failed[:MOST_LISTED]],
    }


def _failure(path: Path, error: TunelensError) -> dict[str, Any]:
    return {"ok": False, "path": path_to_text(path), "error": error.to_dict()}
