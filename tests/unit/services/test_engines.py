"""Engines with real worker processes: expressions are evaluated in a worker, so that one may kill itself."""

from __future__ import annotations

import builtins
import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from tunelens.base.errors import ParameterError, UnknownNameError, WorkerError
from tunelens.services.engines import ENGINES

EVAL = builtins.eval
SEGFAULT = "__import__('os').kill(__import__('os').getpid(), __import__('signal').SIGSEGV)"
KILL = "__import__('os').kill(__import__('os').getpid(), __import__('signal').SIGKILL)"
HANG = "__import__('time').sleep(60)"
PID = "__import__('os').getpid()"


def outcomes(items, **options):
    return {outcome.item: outcome for outcome in ENGINES["local"].map(EVAL, items, **options)}


def test_results_come_back_for_every_item():
    done = outcomes([f"{n} * {n}" for n in range(20)], jobs=2)
    assert {item: outcome.result for item, outcome in done.items()} == {
        f"{n} * {n}": n * n for n in range(20)
    }


def test_no_items_is_no_outcome():
    assert outcomes([], jobs=2) == {}


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_worker_that_dies_costs_only_its_item(jobs):
    done = outcomes(["1", SEGFAULT, "2", KILL, "3"], jobs=jobs)
    assert [done[item].result for item in "123"] == [1, 2, 3]
    assert isinstance(done[SEGFAULT].error, WorkerError)
    assert "SIGSEGV" in done[SEGFAULT].error.message
    assert "SIGKILL" in done[KILL].error.message
    assert "--jobs" in done[KILL].error.hint


def test_an_item_that_takes_too_long_costs_only_itself():
    started = time.monotonic()
    done = outcomes(["1", HANG, "2"], jobs=1, timeout_s=1.0)
    assert time.monotonic() - started < 20
    assert [done["1"].result, done["2"].result] == [1, 2]
    assert "not done after 1 s" in done[HANG].error.message
    assert done[HANG].error.code == "late"


def test_errors_keep_their_type_and_bugs_become_worker_errors():
    raised = 'exec(\'from tunelens.base.errors import DecodeError; raise DecodeError("x", hint="y")\')'
    done = outcomes([raised, "1 / 0"], jobs=1)
    assert done[raised].error.to_dict() == {"code": "decode", "message": "x", "hint": "y"}
    assert done["1 / 0"].error.code == "worker"
    assert "ZeroDivisionError" in done["1 / 0"].error.message


def test_a_result_that_cannot_travel_costs_only_its_item():
    done = outcomes(["lambda: 0", "1"], jobs=1)
    assert done["lambda: 0"].error.code == "worker"
    assert done["1"].result == 1


def test_items_are_taken_as_workers_become_free():
    taken = []

    def endless():
        for number in range(10**9):
            taken.append(number)
            yield str(number)

    results = ENGINES["local"].map(EVAL, endless(), jobs=2)
    for _ in range(5):
        next(results)
    results.close()
    assert len(taken) <= 5 + 2


def test_closing_stops_the_workers_in_the_middle_of_their_work():
    results = ENGINES["local"].map(EVAL, [PID, HANG], jobs=1)
    worker = next(results).result
    started = time.monotonic()
    results.close()
    assert time.monotonic() - started < 8
    assert not psutil.pid_exists(worker)


def test_workers_have_one_thread_for_numeric_libraries(monkeypatch):
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)  # a library may have left it in this process
    threads = "__import__('os').environ['OPENBLAS_NUM_THREADS']"
    assert outcomes([threads])[threads].result == "1"
    assert "OPENBLAS_NUM_THREADS" not in os.environ


PARENT = f"""
import builtins
from tunelens.services.engines import ENGINES
if __name__ == "__main__":
    for outcome in ENGINES["local"].map(builtins.eval, [{PID!r}, {PID!r}, {HANG!r}, {HANG!r}], jobs=2):
        print(outcome.result, flush=True)
"""


def _two_workers(tmp_path):
    script = tmp_path / "parent.py"
    script.write_text(PARENT, encoding="utf-8")
    parent = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True)
    return parent, [int(parent.stdout.readline()) for _ in range(2)]


@pytest.mark.skipif(sys.platform != "linux", reason="sends signals")
def test_workers_end_soon_after_a_parent_that_is_killed(tmp_path):
    parent, workers = _two_workers(tmp_path)
    with parent:
        parent.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 5
    while any(psutil.pid_exists(worker) for worker in workers) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(psutil.pid_exists(worker) for worker in workers)


def test_a_script_without_main_guard_is_told_so(tmp_path):
    script = tmp_path / "unguarded.py"
    script.write_text(
        "from tunelens.services.engines import ENGINES\nlist(ENGINES['local'].map(len, ['a']))\n", "utf-8"
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=60)
    assert done.returncode != 0
    assert "__main__" in done.stderr


def test_jobs_below_one_and_unknown_engines_are_named():
    with pytest.raises(ParameterError, match="jobs is 0"):
        outcomes(["1"], jobs=0)
    with pytest.raises(UnknownNameError, match="unknown engine"):
        ENGINES["locl"]
