"""Processes of Python that start warm: forked from one that has loaded the heavy libraries.

Half of a short run of the command line is loading what it needs. Each run here is still a process of its own,
with its own environment, folder, output and exit code.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import json
import os
import runpy
import signal
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

LOADED = (
    "numpy", "scipy.signal", "scipy.stats", "scipy.spatial", "sqlalchemy", "matplotlib.figure",
    "soundfile", "soxr", "matplotlib.backends.backend_agg", "sklearn.pipeline", "sklearn.linear_model",
    "sklearn.ensemble", "av", "pebble", "sklearn.neighbors", "sklearn.model_selection", "sklearn.svm",
    "sklearn.decomposition", "sklearn.cluster", "skops.io", "mutagen", "jinja2", "rich.table",
    "rich.progress", "rich.markup", "typer", "tunelens.cli.app", "tunelens.library.store",
    "tunelens.services.analyze", "tunelens.services.predict", "tunelens.services.evaluate",
)  # fmt: skip
READ_AT_START = ("PYTHON", "LC_", "LANG", "LD_", "OMP_", "MPL")


def run(
    words: list[str | bytes],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] = os.environ,
    timeout_s: float = 120.0,
) -> subprocess.CompletedProcess[bytes]:
    """Run ``python WORDS`` (``-m MODULE ...`` or ``-c CODE``); as `subprocess.run` answers."""
    here = {name: text for name, text in os.environ.items() if name.startswith(READ_AT_START)}
    if {
        name: text for name, text in env.items() if name.startswith(READ_AT_START)
    } != here or sys.platform == "win32":
        command = [sys.executable, *words]
        return subprocess.run(command, capture_output=True, cwd=cwd, env=env, timeout=timeout_s, check=False)
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        asked = {
            "words": [os.fsdecode(word) for word in words],
            "cwd": os.fspath(cwd or Path.cwd()),
            "env": dict(env),
        }
        code = _nursery().ask({**asked, "out": str(out), "err": str(err), "timeout_s": timeout_s})
        return subprocess.CompletedProcess(words, code, out.read_bytes(), err.read_bytes())


class Nursery:
    """The process that has loaded everything and forks."""

    def __init__(self) -> None:
        # A fork of a process with threads may wait for ever for a lock; BLAS and Arrow start some.
        env = os.environ | {"OMP_NUM_THREADS": "1", "JE_ARROW_MALLOC_CONF": "background_thread:false"}
        command = [sys.executable, "-u", __file__]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env)
        atexit.register(self.close)

    def close(self) -> None:
        """End it."""
        with self.process:
            self.process.kill()

    def ask(self, asked: dict[str, object]) -> int:
        """Fork once; return the exit code."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(json.dumps(asked).encode() + b"\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())


_NURSERIES: list[Nursery] = []


def _nursery() -> Nursery:
    if not _NURSERIES or _NURSERIES[0].process.poll() is not None:
        _NURSERIES[:] = [Nursery()]
    return _NURSERIES[0]


def _serve() -> None:
    for name in LOADED:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    tasks = Path("/proc/self/task")
    assert not tasks.exists() or len(list(tasks.iterdir())) == 1
    gc.freeze()
    for line in sys.stdin.buffer:
        print(_forked(json.loads(line)))


def _forked(asked: dict) -> int:
    child = os.fork()
    if not child:
        _become(asked)  # does not come back
    signal.signal(signal.SIGALRM, lambda *_: os.kill(child, signal.SIGKILL))
    signal.setitimer(signal.ITIMER_REAL, asked["timeout_s"])
    _, status = os.waitpid(child, 0)
    signal.setitimer(signal.ITIMER_REAL, 0)
    return os.waitstatus_to_exitcode(status)


def _become(asked: dict) -> NoReturn:
    os.chdir(asked["cwd"])
    os.environ.clear()
    os.environ.update(asked["env"])
    for number, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(asked[name], os.O_WRONLY | os.O_CREAT), number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    sys.stdin, sys.stdout, sys.stderr = (
        os.fdopen(number, mode, encoding="utf-8") for number, mode in enumerate("rww")
    )
    sys.stderr.reconfigure(errors="backslashreplace")
    _end(_code_of(asked["words"]))


def _code_of(words: list[str]) -> int:
    try:
        _start(words)
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001 - as the top of a program does
        traceback.print_exc()
        return 1
    return 0


def _end(code: int) -> NoReturn:
    """End as Python does, but leave what was loaded: taking it apart takes longer than a run."""
    threading._shutdown()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _start(words: list[str]) -> None:
    kind, what, *rest = words
    sys.argv = [sys.argv[0], *rest]
    sys.path[0] = ""
    if kind == "-m":
        runpy.run_module(what, run_name="__main__", alter_sys=True)
    else:
        exec(compile(what, "<string>", "exec"), {"__name__": "__main__"})


if __name__ == "__main__":
    _serve()
