"""A real server as a process, and callers of it: threads with a connection each, or bare sockets."""

from __future__ import annotations

import http.client
import json
import os
import resource
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from bench.harness import ROOT

BOUNDARY = "tunelens-bench"
PREFIX = "/api/v1"


class Served:
    """``tunelens serve`` over one library; killed at the end, if it is still there.

    Parameters
    ----------
    library : Path
        The library.
    words : str
        More options.
    most_file_bytes : int, optional
        No file that the server writes may become larger (RLIMIT_FSIZE): a disk that is full.
    """

    def __init__(self, library: Path, *words: object, most_file_bytes: int | None = None) -> None:
        command = [
            sys.executable,
            "-m",
            "tunelens",
            "serve",
            "--port",
            "0",
            "--no-open",
            "--no-page",
            "--json",
        ]
        command += ["--library", str(library), *map(str, words)]
        self._log = library.with_name("serve.log").open("ab")
        self.process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            cwd=ROOT,
            env=os.environ | {"TUNELENS_OFFLINE": "1"},
        )
        if most_file_bytes is not None:
            resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (most_file_bytes, most_file_bytes))
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, library.with_name("serve.log").read_text("utf-8")[-2000:]
        self.host, _, port = json.loads(line)["result"]["address"].removeprefix("http://").rpartition(":")
        self.port = int(port)
        self._callers: list[Caller] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for caller in self._callers:
            caller.close()
        self.kill()

    def kill(self) -> None:
        """End it as a power cut would, as far as a process can tell."""
        self.process.kill()
        self.process.communicate()
        self._log.close()

    def end(self) -> int:
        """End it as a supervisor does; return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=300)
        return self.process.returncode

    def caller(self) -> Caller:
        """Return one who asks."""
        self._callers.append(Caller(self.host, self.port))
        return self._callers[-1]

    def raw(self, data: bytes, timeout_s: float = 20.0) -> bytes:
        """Send bytes as they are; return what comes back until the server hangs up or falls silent."""
        with socket.create_connection((self.host, self.port), timeout=timeout_s) as wire:
            answer = b""
            try:
                wire.sendall(data)
                wire.shutdown(socket.SHUT_WR)
                while part := wire.recv(65536):
                    answer += part
            except OSError:
                pass
            return answer

    def worked_s(self) -> float:
        """Return the processor seconds that the server itself has taken."""
        import psutil

        times = psutil.Process(self.process.pid).cpu_times()
        return float(times.user + times.system)

    def held(self) -> tuple[float, int, int]:
        """Return what the server holds: memory in MB (its workers too), open files, processes."""
        import psutil

        server = psutil.Process(self.process.pid)
        family = [server, *server.children(recursive=True)]
        memory = sum(one.memory_full_info().uss for one in family) / 1e6
        return memory, server.num_fds(), len(family)


class Caller:
    """One connection, kept alive."""

    def __init__(self, host: str, port: int) -> None:
        self._wire = http.client.HTTPConnection(host, port, timeout=300)

    def ask(
        self, path: str, body: Any = None, *, method: str | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        """Ask once; return status and body."""
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        kind = {} if body is None or isinstance(body, bytes) else {"content-type": "application/json"}
        self._wire.request(
            method or ("GET" if body is None else "POST"), PREFIX + path, data, {**kind, **(headers or {})}
        )
        answer = self._wire.getresponse()
        return answer.status, answer.read()

    def result(self, path: str, body: Any = None, **more: Any) -> Any:
        """Ask once; return the result, or fail with what was said."""
        status, answer = self.ask(path, body, **more)
        assert status < 300, (status, answer[:500])
        return json.loads(answer)["result"]

    def send(self, data: bytes, name: str = "a.wav", kind: str = "sound") -> tuple[int, bytes]:
        """Send a file."""
        headers = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}
        return self.ask(f"/uploads?kind={kind}", form(data, name), headers=headers)

    def close(self) -> None:
        """Hang up."""
        self._wire.close()


def form(data: bytes, name: str = "a.wav") -> bytes:
    """Return a form with one file."""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    return head.encode() + data + f"\r\n--{BOUNDARY}--\r\n".encode()


def wav(seconds: float, sr: int = 8000, seed: int = 0) -> bytes:
    """Return noise as a WAV file."""
    import numpy as np

    y = (3000 * np.random.default_rng(seed).standard_normal(int(seconds * sr))).astype("<i2").tobytes()
    return (
        struct.pack(
            "<4sI4s4sIHHIIHH4sI",
            b"RIFF",
            len(y) + 36,
            b"WAVE",
            b"fmt ",
            16,
            1,
            1,
            sr,
            2 * sr,
            2,
            16,
            b"data",
            len(y),
        )
        + y
    )


@dataclass(frozen=True)
class Load:
    """What many callers met: answers a second, how long each waited, what one cost the server (seconds)."""

    per_s: float
    p50_s: float
    p95_s: float
    worked_s: float
    n: int
    n_failed: int


def load(
    served: Served, ask: Callable[[Caller, int], int], *, callers: int = 8, seconds: float = 8.0
) -> Load:
    """Let several callers ask as fast as they are answered.

    Parameters
    ----------
    served : Served
        Whom.
    ask : callable
        Given a caller and a number that never comes again; returns the status.
    callers, seconds : int, float
        How many, how long.
    """
    waited: list[float] = []
    failed: list[int] = []
    until = time.perf_counter() + seconds

    def work(first: int) -> None:
        caller, number = served.caller(), first
        while time.perf_counter() < until:
            began = time.perf_counter()
            status = ask(caller, number)
            waited.append(time.perf_counter() - began)
            failed.extend([status] if status >= 300 else [])
            number += callers
        caller.close()

    threads = [threading.Thread(target=work, args=(first,)) for first in range(callers)]
    began, worked = time.perf_counter(), served.worked_s()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    waited.sort()
    spent = time.perf_counter() - began
    at = [waited[min(len(waited) - 1, int(share * len(waited)))] for share in (0.5, 0.95)]
    each_s = (served.worked_s() - worked) / len(waited)
    return Load(len(waited) / spent, at[0], at[1], each_s, len(waited), len(failed))
