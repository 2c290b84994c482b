"""The server under load and under attack: requests a second, p95, and what it loses, leaks or lets through.

A real process is asked over real sockets, from another process on the same machine: what the callers take is
part of the figures. Made-up tracks, as many as TUNELENS_BENCH_TRACKS says (10,000 by default;
`bench.catalogue` says how); TUNELENS_BENCH_FOLDER names a folder in which the library stays.
TUNELENS_BENCH_HOSTILE says how many hostile uploads and requests are sent (1,000 by default).
"""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

from bench.catalogue import FOLDER, N_TRACKS, make
from bench.harness import Row, Skip, fetch_nets
from bench.search import QUERIES
from bench.serving import BOUNDARY, PREFIX, Caller, Load, Served, form, load, wav

N_HOSTILE = int(os.environ.get("TUNELENS_BENCH_HOSTILE", "1000"))
CALLERS = 8
WORK_S = {"search": 0.5, "similar": 0.5, "predict": 0.2}
N_SLOW = 500
MOST_ATTEMPTS = 3
"""A job that was killed so often is given up, see `docs/serve.md`."""


def run() -> Iterator[Row | Skip]:
    """Load first, then faults."""
    with TemporaryDirectory() as folder:
        path = Path(FOLDER or folder) / "music.db"
        if not path.exists():
            make(path, N_TRACKS)
        yield from _loads(path, Path(folder))
        yield from _slow(path)
    for part in (many_uploads, kills, full_disk, hostile):
        with TemporaryDirectory() as folder:
            yield from part(Path(folder))


# -- load ------------------------------------------------------------------------------------------------


def _loads(path: Path, folder: Path) -> Iterator[Row | Skip]:
    """Ask a large library as many people would."""
    songs = _hear(path, folder)
    with Served(path) as served:
        caller = served.caller()
        for name, ask in _questions().items():
            ask(caller, 0)  # the first one loads what the others use
            yield from _told(name, load(served, ask, callers=CALLERS), WORK_S.get(name))
        if isinstance(songs, Skip):
            yield songs
        else:
            yield from _told("predict", load(served, _predictor(songs), callers=CALLERS), WORK_S["predict"])


def _questions() -> dict[str, Any]:
    searches = [f"/tracks?query={quote(query)}&sort={sort}&limit=50" for query, sort in QUERIES.values()]
    return {
        "health": lambda caller, _: caller.ask("/health?live=true")[0],
        "search": lambda caller, n: caller.ask(searches[n % len(searches)] + f"&seed={n}")[0],
        "similar": lambda caller, n: caller.ask(f"/tracks/{1 + n * 97 % N_TRACKS}/similar?n=20")[0],
        "show what is known already (304)": _same,
    }


def _same(caller: Caller, _number: int) -> int:
    if not hasattr(caller, "tag"):
        caller._wire.request("GET", f"{PREFIX}/tracks?limit=50")
        answer = caller._wire.getresponse()
        answer.read()
        caller.tag = answer.headers["etag"]  # type: ignore[attr-defined]
    status, _ = caller.ask("/tracks?limit=50", headers={"if-none-match": caller.tag})  # type: ignore[attr-defined]
    return 200 if status == 304 else 500


def _hear(path: Path, folder: Path) -> list[int] | Skip:
    """Hear a few real files with the nets, into the large library: what `predict` asks of is stored there."""
    from tunelens.library.store import Library
    from tunelens.services.analyze import analyze_many

    try:
        fetch_nets()
    except Skip as why:
        return Skip(f"predict: {why}")
    for number in range(8):
        (folder / f"{number}.wav").write_bytes(wav(10.0, 22050, number))
    with Library.open(path) as library:
        report = analyze_many([folder], library, engine="inline")
        return [library.track(one).id for one in (*report.analyzed, *report.skipped, *report.moved)]


def _predictor(songs: list[int]) -> Any:
    return lambda caller, n: caller.ask("/predict", {"track": songs[n % len(songs)], "bundle": "genre"})[0]


def _told(name: str, found: Load, limit_s: float | None) -> Iterator[Row]:
    note = f"{N_TRACKS:,} tracks, {CALLERS} callers, {found.n} answers, {found.n_failed} of them no success"
    yield Row(name=f"{name}: requests a second", ours=found.per_s, unit="1/s", note=note)
    note = f"half wait {1000 * found.p50_s:.0f} ms; by the clock, whatever else the machine does"
    yield Row(name=f"{name}: p95", ours=found.p95_s, unit="s", note=note)
    if limit_s is not None:
        yield Row.at_most(f"{name}: processor time of one", found.worked_s, limit_s)


# -- faults ----------------------------------------------------------------------------------------------


def many_uploads(folder: Path) -> Iterator[Row]:
    """Many send at once."""
    data = [wav(20.0, 22050, seed) for seed in range(4)]
    with Served(folder / "music.db") as served:

        def send(caller: Caller, number: int) -> int:
            status, answer = caller.send(data[number % len(data)], f"歌 {number}.wav")
            if status == 201:
                caller.ask(f"/uploads/{json.loads(answer)['result']['id']}", method="DELETE")
            return status

        found = load(served, send, callers=CALLERS)
        note = f"{len(data[0]) / 1e6:.1f} MB each, decoded once, {CALLERS} callers, {found.n} uploads"
        yield Row(name="uploads a second", ours=found.per_s, unit="1/s", note=note)
        yield Row.at_most("upload: p95", found.p95_s, 10.0)
        yield Row.at_most("uploads that failed", found.n_failed + 1, 1, unit="+1")


def _slow(path: Path) -> Iterator[Row]:
    """Callers that send a byte now and then: does anybody else wait for them?"""
    with Served(path) as served:
        searching = _questions()["search"]
        alone = load(served, searching, callers=2, seconds=4.0)
        wires = [socket.create_connection((served.host, served.port)) for _ in range(N_SLOW)]
        for wire in wires:
            wire.sendall(b"GET /api/v1/tracks HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
        among = load(served, searching, callers=2, seconds=4.0)
        began, open_ = time.perf_counter(), wires
        while open_ and time.perf_counter() - began < 60:
            time.sleep(1.0)
            open_ = [wire for wire in open_ if _alive(wire)]
        spent = time.perf_counter() - began
        for wire in wires:
            wire.close()
    note = f"p95 of a search {alone.p95_s:.3f} s alone, {among.p95_s:.3f} s among {N_SLOW} that never finish"
    yield Row.at_most(
        "slow clients: how much longer others wait", among.p95_s / alone.p95_s, 2.0, unit="x", note=note
    )
    yield Row.at_most("slow clients: all are cut off after", spent, 30.0)


def _alive(wire: socket.socket) -> bool:
    """Send one more byte; the server has hung up where that fails or an end is read."""
    try:
        wire.sendall(b"x")
        wire.setblocking(False)
        return wire.recv(1) != b""
    except BlockingIOError:
        wire.setblocking(True)
        return True
    except OSError:
        return False


def kills(folder: Path, rounds: int = 6) -> Iterator[Row]:
    """Kill the server amid uploads, jobs and writes, again and again; then count what is there."""
    from tunelens.library.store import Library

    music, library = folder / "music", folder / "music.db"
    music.mkdir()
    for number in range(24):
        (music / f"{number:02d}.wav").write_bytes(wav(8.0, 22050, number))
    promised: dict[str, set[str]] = {"jobs": set(), "uploads": set(), "playlists": set()}
    for round_ in range(rounds):
        with Served(library, "--root", music) as served:
            _write_until_killed(served, promised, round_)
    with Served(library, "--root", music) as served:
        lost, states = _count_lost(served.caller(), promised)
        parts = [
            one.name for one in (folder / "music.db.jobs" / "uploads").iterdir() if one.name.startswith(".")
        ]
    with Library.open(library) as opened:
        n_tracks = opened.count()
    n = sum(len(ids) for ids in promised.values())
    what = ", ".join(f"{len(ids)} {name}" for name, ids in promised.items())
    note = f"{n} were acknowledged in {rounds} runs that were killed: {what}"
    yield Row.at_most("kill -9: acknowledged and lost", lost + 1, 1, unit="+1", note=note)
    yield Row.at_most(
        "kill -9: jobs that did not end well", states + 1, 1, unit="+1", note="after the last restart"
    )
    yield Row.at_least("kill -9: tracks of the folder in the library", n_tracks / 24, 1.0)
    yield Row.at_most("kill -9: half uploads that were left", len(parts) + 1, 1, unit="+1")


def _write_until_killed(served: Served, promised: dict[str, set[str]], round_: int) -> None:
    over = threading.Event()

    def writer(what: str, write: Any) -> None:
        caller, number = served.caller(), 0
        while not over.is_set():
            try:
                promised[what].add(write(caller, f"{round_}-{number}"))
            except (OSError, AssertionError, ValueError, Exception):  # noqa: BLE001 - it was killed meanwhile
                caller.close()
                time.sleep(0.05)
                caller = served.caller()
            number += 1
            time.sleep(0.05)

    def playlist(caller: Caller, name: str) -> str:
        caller.result("/playlists", {"name": f"列表 {name}"})
        return f"列表 {name}"

    writes = {
        "jobs": lambda caller, _: caller.result("/jobs/analyze", {"paths": ["."], "models": []})["id"],
        "uploads": lambda caller, name: json.loads(caller.send(wav(3.0, 8000), name)[1])["result"]["id"],
        "playlists": playlist,
    }
    threads = [threading.Thread(target=writer, args=item) for item in writes.items()]
    for thread in threads:
        thread.start()
    time.sleep(random.Random(round_).uniform(0.5, 2.5))
    served.process.send_signal(signal.SIGKILL)
    over.set()
    for thread in threads:
        thread.join()


def _count_lost(caller: Caller, promised: dict[str, set[str]]) -> tuple[int, int]:
    until = time.monotonic() + 180
    while caller.result("/health")["well"] and time.monotonic() < until:
        waiting = (
            caller.result("/jobs?state=queued&limit=1")["total"]
            + caller.result("/jobs?state=running&limit=1")["total"]
        )
        if not waiting:
            break
        time.sleep(0.5)
    states = [caller.ask(f"/jobs/{id}") for id in promised["jobs"]]
    jobs = [json.loads(body)["result"] for status, body in states if status == 200]
    bad = sum(job["state"] != "done" and job["attempts"] < MOST_ATTEMPTS for job in jobs)
    lost = sum(status != 200 for status, _ in states)
    lost += sum(caller.ask(f"/uploads/{id}")[0] != 200 for id in promised["uploads"])
    names = {one["name"] for one in caller.result("/playlists?limit=500")["items"]}
    return lost + len(promised["playlists"] - names), bad


def full_disk(folder: Path) -> Iterator[Row]:
    """A server whose files may not grow: what is said, and does it still answer?"""
    from tunelens.library.store import Library

    library = folder / "music.db"
    Library.open(library).close()
    with Served(library, most_file_bytes=300_000) as served:
        caller = served.caller()
        small = caller.send(wav(2.0))[0]
        statuses = [caller.send(wav(60.0))[0] for _ in range(5)]
        again = caller.send(wav(2.0))[0]
        well = caller.result("/health")["well"]
        left = len(list((folder / "music.db.jobs" / "uploads").iterdir()))
    ok = (small, again, well, left) == (201, 201, True, 2) and statuses == [507] * 5
    note = f"RLIMIT_FSIZE of 300 kB: {statuses}; before and after {small}, {again}; {left} uploads kept"
    yield Row.at_least("full disk: told, and nothing else harmed", float(ok), 1.0, note=note)


def hostile(folder: Path, n: int = N_HOSTILE) -> Iterator[Row]:
    """Broken files, broken forms, broken HTTP: nothing falls over, nothing stays."""
    library = folder / "music.db"
    rng = random.Random(1)
    zoo = _zoo(rng)
    with Served(library) as served:
        caller = served.caller()
        counts: dict[int, int] = {}
        _attack(served, caller, rng, zoo, n // 5, counts)  # what is loaded once is no leak
        before = served.held()
        uploads = folder / "music.db.jobs" / "uploads"
        _attack(served, caller, rng, zoo, n, counts)
        after, alive = served.held(), served.process.poll() is None
        left = len(list(uploads.iterdir())) if uploads.exists() else 0
        well = served.caller().result("/health")["well"]
    said = ", ".join(f"{times} times {status or 'hung up'}" for status, times in sorted(counts.items()))
    broken = sum(times for status, times in counts.items() if status >= 500)
    note = f"{n + n // 5} uploads and requests: {said}"
    yield Row.at_least("hostile: it is alive and well", float(alive and well), 1.0, note=note)
    yield Row.at_most("hostile: answers 5xx", broken + 1, 1, unit="+1")
    note = f"{before[0]:.0f} MB before, {after[0]:.0f} MB after, with its workers"
    yield Row.at_most(
        "hostile: memory that was not given back", after[0] - before[0], 50.0, unit="MB", note=note
    )
    yield Row.at_most(
        "hostile: open files that stay", after[1] - before[1] + 1, 3, unit="+1", note=f"{after[1]} are open"
    )
    yield Row.at_most("hostile: temporary files that stay", left + 1, 1, unit="+1")


def _zoo(rng: random.Random) -> list[bytes]:
    """Return broken files: real ones cut, flipped, stretched; headers that lie; noise; other formats."""
    import io

    import numpy as np
    import soundfile

    y = 0.1 * np.random.default_rng(0).standard_normal(8000)
    whole = []
    for form_, subtype in (
        ("WAV", "PCM_16"),
        ("FLAC", "PCM_16"),
        ("OGG", "VORBIS"),
        ("MP3", "MPEG_LAYER_III"),
        ("AIFF", "PCM_24"),
    ):
        out = io.BytesIO()
        soundfile.write(out, y, 8000, format=form_, subtype=subtype)
        whole.append(out.getvalue())
    found = [
        b"",
        b"RIFF",
        b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f",
        b"<html>",
        b"PK\x03\x04" + bytes(100),
        b"#!/bin/sh\n",
        bytes(5000),
    ]
    for data in whole:
        found += [data[: rng.randrange(len(data))] for _ in range(6)]
        found += [_flipped(data, rng) for _ in range(12)]
        found += [data[:60] + rng.randbytes(2000), data[:44] + b"\xff" * 5000, data + data]
    return found + [rng.randbytes(rng.randrange(1, 5000)) for _ in range(20)]


def _flipped(data: bytes, rng: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.randrange(1, 30)):
        changed[rng.randrange(min(len(changed), 400))] = rng.randrange(256)
    return bytes(changed)


def _attack(
    served: Served, caller: Caller, rng: random.Random, zoo: list[bytes], n: int, counts: dict[int, int]
) -> None:
    for number in range(n):
        if number % 3 == 2:
            answer = served.raw(_strange(rng, zoo))
            status = int(answer[9:12]) if answer[9:12].isdigit() else 0
        else:
            status, body = caller.send(rng.choice(zoo), rng.choice(("a.wav", "../../a", "中" * 50, "a.mp3")))
            if status == 201:
                caller.ask(f"/uploads/{json.loads(body)['result']['id']}", method="DELETE")
        counts[status] = counts.get(status, 0) + 1


def _strange(rng: random.Random, zoo: list[bytes]) -> bytes:
    """Return HTTP as no client speaks it: odd headers, lengths that lie, forms that break off."""
    body = form(rng.choice(zoo))
    length = rng.choice((str(len(body)), "0", "-1", "99999999999999999999", "1e3", "", str(len(body) + 1000)))
    kind = rng.choice(
        (
            f"multipart/form-data; boundary={BOUNDARY}",
            "multipart/form-data",
            "text/plain",
            "x" * 300,
            "multipart/form-data; boundary=",
        )
    )
    extra = rng.choice(
        (
            "",
            "X: " + "y" * 40_000 + "\r\n",
            "X\0: y\r\n",
            "Transfer-Encoding: chunked\r\n",
            "Expect: 100-continue\r\n",
            ": \r\n",
            "Upgrade: websocket\r\nConnection: upgrade\r\n",
        )
    )
    line = rng.choice(
        (
            "POST /api/v1/uploads HTTP/1.1",
            "POST /api/v1/uploads HTTP/9.9",
            "GET /api/v1/../../etc/passwd HTTP/1.1",
            "\0\0\0",
            "PUT /api/v1/uploads HTTP/1.0",
            f"GET /{'a' * 70_000} HTTP/1.1",
            "GET /api/v1/tracks?query=%ff%00&limit=-1 HTTP/1.1",
        )
    )
    head = f"{line}\r\nHost: 127.0.0.1\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n{extra}\r\n"
    cut = rng.randrange(len(body)) if rng.random() < 0.5 else len(body)
    return head.encode("latin-1") + body[:cut]
