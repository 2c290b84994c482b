"""The loop of every process that is measured: a path per line in, CPU seconds and findings per line out.

Standard library only: it runs in the peers' environment and in ours.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any


def serve(hear: Callable[[str], dict[str, Any]]) -> None:
    """Answer each path on stdin with ``{"seconds", "found"}``, on one core, until stdin ends."""
    _stay_on_one_core()
    # Libraries print to stdout as they please: keep the real one for answers, give them stderr.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    for line in sys.stdin:
        start = time.process_time()
        found = hear(line.rstrip("\n"))
        seconds = time.process_time() - start
        answers.write(json.dumps({"seconds": seconds, "found": found}) + "\n")
        answers.flush()


def _stay_on_one_core() -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
