"""Our hook of a file, decoding included."""

from __future__ import annotations

from typing import Any

from worker import serve

from tunelens.services.hook import hook


def hear(path: str) -> dict[str, Any]:
    """Return where it begins."""
    return {"start_s": hook(path).hook.start_s}


if __name__ == "__main__":
    serve(hear)
