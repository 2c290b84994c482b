"""One measured process: it stays warm and hears a file whenever it is asked to."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bench.harness import ROOT, Skip

HERE = Path(__file__).resolve().parent
PEER_PYTHON = ROOT / ".bench-venv" / "bin" / "python"


@dataclass(frozen=True)
class Heard:
    """CPU seconds that a file took, and what was found in it."""

    seconds: float
    found: dict[str, Any]


class Listener:
    """A script of this folder, running; leaving the block ends it.

    A peer that dies is skipped; should ours die, that is a failure (`RuntimeError`).
    """

    def __init__(self, name: str, script: str, *arguments: str, python: Path = PEER_PYTHON) -> None:
        self.name = name
        self._gone: type[Exception] = Skip if python == PEER_PYTHON else RuntimeError
        if not python.is_file():
            raise Skip(f"{name} is not installed: make bench-peers")
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed in __exit__
        self._process = subprocess.Popen(
            [str(python), str(HERE / script), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            cwd=ROOT,
            text=True,
            encoding="utf-8",
        )

    @classmethod
    def ours(cls) -> Self:
        """Start ours, in the environment that runs the bench."""
        return cls("tunelens", "with_tunelens.py", python=Path(sys.executable))

    def hear(self, path: Path) -> Heard:
        """Return what the process answers for `path`; raise when it has died."""
        assert self._process.stdin and self._process.stdout
        try:
            print(path, file=self._process.stdin, flush=True)
        except BrokenPipeError:
            raise self._gone(self._last_words()) from None
        answer = self._process.stdout.readline()
        if not answer:
            raise self._gone(self._last_words())
        return Heard(**json.loads(answer))

    def _last_words(self) -> str:
        code = self._process.wait()
        if code < 0:
            return f"{self.name} dies of {signal.Signals(-code).name} on this machine"
        self._errors.seek(0)
        lines = self._errors.read().decode("utf-8", "replace").strip().splitlines() or ["no message"]
        return f"{self.name} does not run here: {lines[-1]}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()
        self._errors.close()
