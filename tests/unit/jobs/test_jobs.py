"""Jobs that are killed, cancelled, damaged, forgotten: what is kept is whole, and what was begun ends."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tunelens.base.errors import BusyError, DataError, NotFoundError, ParameterError, UnknownNameError
from tunelens.base.settings import Settings
from tunelens.library.store import Library
from tunelens.services.jobs import KINDS, Job, Jobs, Limits
from tunelens.services.jobs.store import Store

SERVER = """
import sys, time
from pathlib import Path
from tunelens.library.store import Library
from tunelens.services.jobs import KINDS, Jobs

def slow(request, context):
    context.progress.start(1000, "steps")
    for number in range(1000):
        (context.folder / f"{number:04d}").touch()
        context.progress.advance(str(number))
        time.sleep(0.02)
    return {}

KINDS.register("slow", slow)
with Library.open(sys.argv[1]) as library:
    jobs = Jobs(Jobs.beside(library.path), library)
    jobs.start()
    print("ready", flush=True)
    for line in sys.stdin:
        print(jobs.submit("slow", {"asked": line.strip()}).id, flush=True)
"""


@pytest.fixture
def library(tmp_path: Path, home: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "music.db") as opened:
        yield opened


@pytest.fixture
def jobs(library: Library) -> Iterator[Jobs]:
    made = Jobs(Jobs.beside(library.path), library, Settings(), limits=Limits(workers=2, max_waiting=20))
    made.start()
    yield made
    assert made.stop()


@pytest.fixture
def kinds() -> Iterator[dict[str, Any]]:
    """Kinds of jobs for these tests: each does what its request says."""
    gate = threading.Event()

    def steps(request: Any, context: Any) -> dict[str, Any]:
        context.progress.start(request["n"], "steps")
        for number in range(request["n"]):
            context.progress.advance(f"{number}", ok=number % 2 == 0)
            time.sleep(request.get("each_s", 0.0))
        return {"n": request["n"]}

    def fails(request: Any, context: Any) -> dict[str, Any]:
        raise DataError("the data is wrong", hint="mend it") if request["ours"] else ZeroDivisionError("x")

    def waits(request: Any, context: Any) -> dict[str, Any]:
        gate.wait(10)
        return {}

    def catches(request: Any, context: Any) -> dict[str, Any]:
        done = 0
        try:
            for number in range(10_000):
                context.progress.advance(str(number))
                done += 1
                time.sleep(0.005)
        except KeyboardInterrupt:
            return {"interrupted": True, "done": done}
        return {"interrupted": False}

    mine = {"steps": steps, "fails": fails, "waits": waits, "catches": catches, "slow": steps}
    for name, work in mine.items():
        KINDS.register(name, work)
    yield {"gate": gate}
    gate.set()
    for name in mine:
        KINDS.unregister(name)


def test_a_job_runs_and_is_kept(jobs: Jobs, kinds: Any) -> None:
    job = jobs.submit("steps", {"n": 5}, owner="安娜")
    ended = jobs.wait(job.id, 10)
    assert (ended.state, ended.result, ended.owner, ended.attempts) == ("done", {"n": 5}, "安娜", 1)
    assert ended.progress is not None
    assert (ended.progress["done"], ended.progress["failed"], ended.progress["total"]) == (5, 2, 5)
    assert ended.created_at <= str(ended.started_at) <= str(ended.ended_at)
    kept = Store(jobs._store.folder).read(job.id)
    assert kept == ended


@pytest.mark.parametrize(("ours", "code"), [(True, "data"), (False, "worker")])
def test_a_job_that_fails_says_why(jobs: Jobs, kinds: Any, ours: bool, code: str) -> None:
    ended = jobs.wait(jobs.submit("fails", {"ours": ours}).id, 10)
    assert ended.state == "failed"
    assert ended.error is not None
    assert ended.error["code"] == code
    later = jobs.wait(jobs.submit("steps", {"n": 1}).id, 10)
    assert later.state == "done"


def test_a_waiting_job_is_cancelled_at_once_and_a_running_one_at_its_next_report(
    jobs: Jobs, kinds: Any
) -> None:
    running = [jobs.submit("steps", {"n": 10_000, "each_s": 0.005}) for _ in range(2)]
    waiting = jobs.submit("steps", {"n": 1})
    assert jobs.cancel(waiting.id).state == "cancelled"
    for job in running:
        jobs.cancel(job.id)
        ended = jobs.wait(job.id, 10)
        assert ended.state == "cancelled"
        assert ended.error is None
    with pytest.raises(ParameterError, match="cancelled already"):
        jobs.cancel(waiting.id)


def test_a_cancelled_job_keeps_what_its_service_had_finished(jobs: Jobs, kinds: Any) -> None:
    job = jobs.submit("catches", {})
    while not (jobs.get(job.id).progress or {}).get("done"):
        time.sleep(0.01)
    jobs.cancel(job.id)
    ended = jobs.wait(job.id, 10)
    assert ended.state == "cancelled"
    assert ended.result is not None
    assert ended.result["interrupted"]
    assert ended.result["done"] > 0


def start(library: Path, script: Path) -> subprocess.Popen[str]:
    script.write_text(SERVER, encoding="utf-8")
    command = [sys.executable, str(script), str(library)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def end(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGKILL)
    process.communicate()


def ask(process: subprocess.Popen[str], text: str) -> str:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{text}\n")
    process.stdin.flush()
    return process.stdout.readline().strip()


@pytest.mark.skipif(sys.platform == "win32", reason="sends signals")
def test_what_a_kill_interrupts_is_begun_again_and_ends(library: Library, tmp_path: Path, kinds: Any) -> None:
    process = start(library.path, tmp_path / "server.py")
    ids = [ask(process, f"number {n}") for n in range(4)]
    time.sleep(0.3)
    end(process)
    folder = Jobs.beside(library.path)
    states = [json.loads((folder / id / "job.json").read_text("utf-8"))["state"] for id in ids]
    assert states == ["running", "running", "queued", "queued"]
    KINDS.unregister("slow")
    KINDS.register("slow", lambda request, _: {"echo": request["asked"]})
    jobs = Jobs(folder, library)
    jobs.start()
    ended = [jobs.wait(id, 10) for id in ids]
    assert [job.state for job in ended] == ["done"] * 4
    assert [job.result for job in ended] == [{"echo": f"number {n}"} for n in range(4)]
    assert [job.attempts for job in ended] == [2, 2, 1, 1]
    assert len(ended[0].files) > 0  # what was written before the kill is there
    jobs.stop()


@pytest.mark.skipif(sys.platform == "win32", reason="sends signals")
def test_only_one_server_works_on_a_library(library: Library, tmp_path: Path) -> None:
    process = start(library.path, tmp_path / "server.py")
    try:
        with pytest.raises(DataError, match="another server"):
            Jobs(Jobs.beside(library.path), library).start()
    finally:
        end(process)
    jobs = Jobs(Jobs.beside(library.path), library)
    jobs.start()
    assert jobs.stop()


def test_the_end_of_a_server_puts_jobs_back_and_is_no_attempt(library: Library, kinds: Any) -> None:
    folder = Jobs.beside(library.path)
    first = Jobs(folder, library)
    first.start()
    job = first.submit("steps", {"n": 10_000, "each_s": 0.005})
    while first.get(job.id).state != "running":
        time.sleep(0.01)
    assert first.stop()
    kept = Store(folder).read(job.id)
    assert (kept.state, kept.attempts) == ("queued", 0)


def test_a_job_that_never_ends_is_given_up(library: Library, kinds: Any) -> None:
    store = Store(Jobs.beside(library.path))
    job = Job("a" * 32, "steps", {"n": 1}, "2030-01-01T00:00:00+00:00", state="running", attempts=3)
    store.add(job)
    jobs = Jobs(store.folder, library)
    jobs.start()
    given_up = jobs.get(job.id)
    assert given_up.state == "failed"
    assert given_up.error is not None
    assert "3 times" in given_up.error["message"]
    jobs.stop()


DAMAGE = {
    "empty": b"",
    "half": b'{"id": "',
    "other": b'{"id": 1}',
    "list": b"[]",
    "deep": b"[" * 100_000,
    "no utf-8": b"\xff\xfe{}",
    "state": None,
    "time": None,
    "id": None,
}


@pytest.mark.parametrize("how", DAMAGE)
def test_a_damaged_job_is_left_out_and_told(library: Library, kinds: Any, how: str) -> None:
    store = Store(Jobs.beside(library.path))
    good = Job("b" * 32, "steps", {"n": 1}, "2030-01-01T00:00:00+00:00")
    bad = replace(good, id="a" * 32)
    store.add(good)
    store.add(bad)
    path = store.place(bad.id) / "job.json"
    values = bad.to_dict() | {
        "state": {"state": "lost"},
        "time": {"created_at": "soon"},
        "id": {"id": "../x"},
    }.get(how, {})
    path.write_bytes(DAMAGE[how] if DAMAGE[how] is not None else json.dumps(values).encode())
    jobs = Jobs(store.folder, library)
    jobs.start()
    assert jobs.wait(good.id, 10).state == "done"
    assert list(jobs.damaged) == [bad.id]
    assert bad.id in jobs.damaged[bad.id]
    assert path.exists()
    with pytest.raises(NotFoundError):
        jobs.get(bad.id)
    jobs.stop()


@pytest.mark.parametrize(
    "id",
    [
        "",
        ".",
        "..",
        "../x",
        "/etc/passwd",
        "a" * 31,
        "A" * 32,
        "a" * 32 + "\n",
        "%2e%2e",
        "\0",
        "a/../b",
        "中" * 32,
    ],
)
def test_a_hostile_id_never_leaves_the_folder(jobs: Jobs, id: str) -> None:
    (jobs._store.folder.parent / "x").mkdir()
    (jobs._store.folder.parent / "x" / "job.json").write_text("{}", encoding="utf-8")
    for ask in (jobs.get, jobs.cancel, jobs.delete, jobs.folder, jobs.uploads.get, jobs.uploads.path):
        with pytest.raises(NotFoundError):
            ask(id)
    with pytest.raises(NotFoundError):
        jobs.file(id, "a")
    with pytest.raises(NotFoundError):
        jobs._store.place(id)


def test_only_files_of_the_job_are_given(jobs: Jobs, kinds: Any, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret", encoding="utf-8")

    def writes(request: Any, context: Any) -> dict[str, Any]:
        (context.folder / "deep").mkdir()
        (context.folder / "deep" / "表.csv").write_text("a\n", encoding="utf-8")
        (context.folder / "link").symlink_to(secret)
        return {}

    KINDS.register("writes", writes)
    try:
        job = jobs.wait(jobs.submit("writes", {}).id, 10)
    finally:
        KINDS.unregister("writes")
    assert [(one.name, one.media_type, one.size_bytes) for one in job.files] == [
        ("deep/表.csv", "text/csv", 2)
    ]
    assert jobs.file(job.id, "deep/表.csv").read_text("utf-8") == "a\n"
    for name in ("link", "../job.json", "deep", "deep/../../job.json", str(secret), ""):
        with pytest.raises(NotFoundError):
            jobs.file(job.id, name)


def test_there_are_bounds_to_what_waits(library: Library, kinds: Any) -> None:
    jobs = Jobs(Jobs.beside(library.path), library, limits=Limits(workers=1, max_waiting=2))
    jobs.start()
    first = jobs.submit("waits", {})
    while jobs.get(first.id).state == "queued":
        time.sleep(0.01)
    for _ in range(2):
        jobs.submit("waits", {})
    with pytest.raises(BusyError, match="2 jobs are waiting"):
        jobs.submit("waits", {})
    with pytest.raises(UnknownNameError):
        jobs.submit("nothing", {})
    kinds["gate"].set()
    assert jobs.stop()


def test_old_jobs_are_forgotten(library: Library, kinds: Any) -> None:
    jobs = Jobs(Jobs.beside(library.path), library, limits=Limits(workers=1, keep_number=3))
    jobs.start()
    ids = [jobs.wait(jobs.submit("steps", {"n": 1}).id, 10).id for _ in range(6)]
    jobs.submit("steps", {"n": 1})
    found, total = jobs.list(state="done")
    assert total <= 4
    assert ids[0] not in [job.id for job in found]
    assert not (jobs._store.folder / ids[0]).exists()
    jobs.stop()


def test_a_watcher_sees_every_state_once_and_the_end(jobs: Jobs, kinds: Any) -> None:
    async def watch(id: str) -> list[tuple[int, Job]]:
        return [change async for change in jobs.watch(id) if change is not None]

    id = jobs.submit("steps", {"n": 30, "each_s": 0.02}).id
    with ThreadPoolExecutor(1) as thread:  # a browser of other tests keeps a loop in this one
        seen = thread.submit(lambda: asyncio.run(watch(id))).result()
    numbers = [number for number, _ in seen]
    assert numbers == sorted(set(numbers))
    assert seen[-1][1].state == "done"
    assert len(seen) > 2


def test_a_full_disk_costs_the_file_and_not_the_job(
    jobs: Jobs, kinds: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tunelens.base.files.tempfile.mkstemp", full)
    with pytest.raises(DataError, match="No space") as told:
        jobs.submit("steps", {"n": 1})
    assert told.value.http_status == 507
    assert jobs.list() == ((), 0)
    monkeypatch.undo()
    assert jobs.wait(jobs.submit("steps", {"n": 1}).id, 10).state == "done"
