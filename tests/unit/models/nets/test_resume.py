"""Training that was killed goes on and ends with the same bits."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tunelens.base.errors import DataError
from tunelens.models.fitting.estimators import NetClassifier
from tunelens.models.fitting.watch import watching

CHILD = """
import sys, time
import numpy as np, torch
from tunelens.models.fitting.estimators import NetClassifier
from tunelens.models.fitting.watch import watching
torch.set_num_threads(1)
sys.path.insert(0, {here!r})
from test_resume import OPTIONS, rows
with watching(on_epoch=lambda history: time.sleep(0.2)):
    NetClassifier(**OPTIONS[0], checkpoint_dir=sys.argv[1]).fit(*rows())
"""
OPTIONS: list[dict[str, Any]] = [
    {"net": "crnn", "mixup": 0.4, "spec_augment": 1, "dropout": 0.3},
    {"net": "cnn1d", "optimizer": "sgd", "schedule": "one-cycle", "label_smoothing": 0.1},
    {"net": "lstm", "n_layers": 2, "schedule": "plateau", "lr": 0.5},
    {"net": "ast", "width": 16, "optimizer": "sgd", "schedule": "constant", "valid_share": 0.0},
]
for one in OPTIONS:
    one.update({"max_epochs": 14, "patience": None, "width": one.get("width", 8)})
    one.setdefault("n_layers", 1)


def rows() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.normal(size=(40, 16, 6)).astype(np.float32), rng.choice(["a", "b", "c"], 40)


def same(one: NetClassifier, other: NetClassifier) -> None:
    assert one.weights_.keys() == other.weights_.keys()
    for name, values in one.weights_.items():
        np.testing.assert_array_equal(values, other.weights_[name], err_msg=name)
    for mine, theirs in zip(one.history_, other.history_, strict=True):
        assert {k: v for k, v in mine.items() if k != "seconds"} == {
            k: v for k, v in theirs.items() if k != "seconds"
        }


def rounds_saved(folder: Path) -> int:
    import json

    for path in folder.glob("[!.]*.npz"):
        with np.load(path, allow_pickle=False) as archive:
            return int(json.loads(archive["facts"].tobytes())["epoch"])
    return 0


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no kill -9 on this system")
def test_after_kill_9_the_weights_are_the_same_bit_for_bit(tmp_path: Path) -> None:
    code = CHILD.format(here=str(Path(__file__).parent))
    child = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stderr=subprocess.PIPE)
    deadline = time.monotonic() + 90
    while rounds_saved(tmp_path) < 3 and child.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    os.kill(child.pid, signal.SIGKILL)
    error = child.communicate()[1].decode()
    assert child.returncode == -signal.SIGKILL, error
    done = rounds_saved(tmp_path)
    assert 3 <= done < 14
    seen: list[int] = []
    with watching(on_epoch=lambda history: seen.append(len(history))):
        resumed = NetClassifier(**OPTIONS[0], checkpoint_dir=str(tmp_path)).fit(*rows())
    assert seen == list(range(done + 1, 15))
    same(resumed, NetClassifier(**OPTIONS[0]).fit(*rows()))


class Stop(Exception):  # noqa: N818
    pass


@pytest.mark.parametrize("options", OPTIONS, ids=lambda one: one["net"])
@pytest.mark.parametrize("at", [1, 9])
def test_every_optimizer_and_schedule_goes_on_exactly(tmp_path: Path, options: dict, at: int) -> None:
    def stop(history: Any) -> None:
        if len(history) == at:
            raise Stop

    net = NetClassifier(**options, checkpoint_dir=str(tmp_path))
    with pytest.raises(Stop), watching(on_epoch=stop):
        net.fit(*rows())
    same(net.fit(*rows()), NetClassifier(**options).fit(*rows()))


def test_what_is_finished_is_not_trained_again_and_other_runs_do_not_mix(tmp_path: Path) -> None:
    options = {**OPTIONS[1], "max_epochs": 3, "checkpoint_dir": str(tmp_path)}
    X, y = rows()
    first = NetClassifier(**options).fit(X, y)
    seen: list[int] = []
    with watching(on_epoch=lambda history: seen.append(len(history))):
        same(NetClassifier(**options).fit(X, y), first)
        assert not seen
        NetClassifier(**options).fit(X + 1, y)
        NetClassifier(**{**options, "random_state": 5}).fit(X, y)
        NetClassifier(**options).fit(X, y, groups=np.arange(40) // 2)
    assert seen == [1, 2, 3] * 3
    assert len(list(tmp_path.iterdir())) == 4


@pytest.mark.parametrize("damage", ["cut", "text", "pickle", "other"])
def test_a_damaged_checkpoint_is_named(tmp_path: Path, damage: str) -> None:
    options = {**OPTIONS[1], "max_epochs": 2, "checkpoint_dir": str(tmp_path)}
    NetClassifier(**options).fit(*rows())
    [path] = tmp_path.iterdir()
    if damage == "cut":
        path.write_bytes(path.read_bytes()[:500])
    elif damage == "text":
        path.write_text("not a checkpoint")
    elif damage == "pickle":
        np.savez(path, facts=np.array([print], dtype=object))
    else:
        np.savez(path, facts=np.frombuffer(b'{"epoch": 1, "plateau": {}}', np.uint8), stray=np.zeros(3))
    with pytest.raises(DataError, match="delete it") as caught:
        raise_with_hint(lambda: NetClassifier(**options).fit(*rows()))
    assert path.name in str(caught.value)


def raise_with_hint(work: Any) -> None:
    try:
        work()
    except DataError as error:
        raise DataError(f"{error.message} ({error.hint})") from error
