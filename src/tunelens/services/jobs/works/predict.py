"""The job that asks a bundle about many sounds, or window by window."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tunelens.base.errors import TunelensError
from tunelens.library.identity import path_to_text
from tunelens.services.jobs.context import Context
from tunelens.services.models import named
from tunelens.services.predict import predict


def run(request: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Ask ``bundle`` about ``tracks`` (numbers), ``paths`` and ``uploads``; ``timeline``, ``window_s``.

    A sound that cannot be heard is an answer with an error.
    """
    wanted = [("track", one) for one in request.get("tracks", ())]
    wanted += [(way, one) for way in ("path", "upload") for one in request.get(f"{way}s", ())]
    found, answers = _found(wanted, context), []
    bundle = named(request["bundle"], context.settings)
    good = [one for one in found.values() if isinstance(one, Path)]
    said = predict(
        bundle, good, timeline=bool(request.get("timeline")), window_s=request.get("window_s") or 30.0,
        settings=context.settings, progress=context.progress,
    )  # fmt: skip
    heard = {answer.item: answer for answer in said} if good else {}
    for (way, one), path in found.items():
        error = path if isinstance(path, TunelensError) else heard[str(path)].error
        about = {way: one, "path": "" if isinstance(path, TunelensError) else path_to_text(path)}
        if error is not None:
            answers.append({"ok": False, **about, "error": error.to_dict()})
        else:
            answers.append({"ok": True, **about, "result": heard[str(path)].to_dict()})
    failed = sum(not one["ok"] for one in answers)
    return {"bundle": request["bundle"], "answers": answers, "n_failed": failed}


def _found(wanted: list[tuple[str, Any]], context: Context) -> dict[tuple[str, Any], Path | TunelensError]:
    found: dict[tuple[str, Any], Path | TunelensError] = {}
    for way, one in wanted:
        try:
            found[way, one] = context.sound({way: one})
        except TunelensError as error:
            found[way, one] = error
    return found
