"""The chorus that pychorus (MIT) finds: the most repeated stretch of a chromagram of at least 15 s.

Where it finds none it advises a smaller search duration, so it gets 10 s and 5 s.
"""

from __future__ import annotations

from typing import Any

from pychorus.helpers import create_chroma, find_chorus
from worker import serve

LEAST_S = (15, 10, 5)


def hear(path: str) -> dict[str, Any]:
    """Return where it begins; None where none was found."""
    chroma, _, sr, duration_s = create_chroma(path)
    tries = (find_chorus(chroma, sr, duration_s, least_s) for least_s in LEAST_S)
    start_s = next((found for found in tries if found is not None), None)
    return {"start_s": None if start_s is None else float(start_s)}


if __name__ == "__main__":
    serve(hear)
