"""The job that explains what a bundle says of a sound."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from typing import Any

from tunelens.base.language import language
from tunelens.services.explain import explain
from tunelens.services.jobs.context import Context
from tunelens.services.models import named


def run(request: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Explain what ``bundle`` says of a sound; the rest is as `tunelens.services.explain.explain` takes it.

    Files: ``explanation.png``, in ``language``, and ``explanation.wav``.
    """
    path = context.sound(request)
    wanted = ("target", "start_s", "end_s", "n_segments", "n_bands")
    asked = {name: request[name] for name in wanted if request.get(name) is not None}
    with tempfile.TemporaryDirectory(dir=context.folder) as held, language(request.get("language", "en")):
        found = explain(
            named(request["bundle"], context.settings), path, **asked, out=held,
            settings=context.settings, progress=context.progress,
        )  # fmt: skip
        for written in (found.picture, found.sound):
            if written is not None:
                written.replace(context.folder / f"explanation{written.suffix}")
    return {**found.to_dict(), "picture": "explanation.png", "sound": "explanation.wav"}
