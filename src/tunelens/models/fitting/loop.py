"""The rounds of training. skorch turns the crank; what is told here is order, step size, when to stop."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from skorch import NeuralNet
from skorch.callbacks import Callback, GradientNormClipping
from skorch.helper import predefined_split
from torch.utils.data import TensorDataset

from tunelens.base.errors import DataError, ParameterError
from tunelens.base.progress import EPOCHS
from tunelens.models.fitting.batches import BatchPlan
from tunelens.models.fitting.checkpoints import Store, of, under
from tunelens.models.fitting.losses import SoftLoss
from tunelens.models.fitting.schedules import Plateau, share
from tunelens.models.fitting.watch import told, watcher

Float32 = NDArray[np.float32]
Weights = dict[str, NDArray[Any]]
STEEPEST = 5.0
"""Longer gradients are cut to this length, or recurrent nets jump away."""


@dataclass(frozen=True)
class Plan:
    """How a net is trained; see `NetClassifier` for each."""

    batches: BatchPlan
    optimizer: str
    lr: float
    schedule: str
    weight_decay: float
    patience: int | None
    max_epochs: int
    device: str


@dataclass
class Run:
    """How far training has come."""

    epoch: int = 0
    best_epoch: int = 0
    best_loss: float = math.inf
    done: bool = False
    history: list[dict[str, Any]] = field(default_factory=list)
    plateau: Plateau = field(default_factory=Plateau)
    best: Weights = field(default_factory=dict)


def device_of(wanted: str) -> str:
    """Return the device to train on: ``auto`` takes a GPU where there is one.

    Raises
    ------
    ParameterError
        There is no such device.
    """
    if wanted == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    try:
        torch.empty(1, device=wanted)
    except (RuntimeError, AssertionError) as error:
        raise ParameterError(
            f"device {wanted!r} is not to be had: {str(error).splitlines()[0]}", hint="auto, cpu or cuda"
        ) from None
    return wanted


@contextmanager
def reproducible(seed: int, device: str) -> Iterator[None]:
    """Draw by `seed` inside the block and leave the random state and the settings of torch as they were."""
    on_gpu = device.startswith("cuda")
    cudnn = torch.backends.cudnn
    before = cudnn.deterministic, cudnn.benchmark, torch.are_deterministic_algorithms_enabled()
    if on_gpu:
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
        cudnn.deterministic, cudnn.benchmark = True, False
        torch.use_deterministic_algorithms(True, warn_only=True)
    try:
        with torch.random.fork_rng(devices=[torch.device(device)] if on_gpu else []):
            torch.manual_seed(seed)
            yield
    finally:
        cudnn.deterministic, cudnn.benchmark = before[:2]
        torch.use_deterministic_algorithms(before[2])


def train(
    net: Any,
    loss: SoftLoss,
    learn: tuple[Float32, Float32],
    watch: tuple[Float32, Float32] | None,
    plan: Plan,
    *,
    store: Store | None = None,
) -> Run:
    """Train `net`, from its checkpoint if `store` has one.

    Parameters
    ----------
    net : torch module
    loss : SoftLoss
    learn, watch : tuple of ndarray
        Standardised frames (n, t, d) and targets (n, 2 k); those to watch say when to stop.
    plan : Plan
    store : Store, optional

    Returns
    -------
    Run
        With the weights of the best round in `best`: of the last, if there is nothing to watch.

    Raises
    ------
    DataError
        The loss is no longer finite, or the checkpoint is damaged.
    """
    loop = _loop(net, loss, watch, plan)
    loop.initialize()
    rounds = _Rounds(plan, _resumed(loop, store), store, plan.batches.count(len(learn[0])))
    loop.rounds_ = rounds
    loop.callbacks_.append(("rounds", rounds))
    if rounds.run.done:
        return rounds.run
    seen = watcher().progress
    seen.start(plan.max_epochs - rounds.run.epoch, EPOCHS)
    try:
        loop.notify("on_train_begin")
        loop.fit_loop(_dataset(*learn), epochs=plan.max_epochs - rounds.run.epoch)
    except _Enough:
        pass
    finally:
        seen.finish()
    return rounds.run


class _Enough(Exception):  # noqa: N818 - it is none
    """More rounds would be of no use."""


class _Loop(NeuralNet):
    """skorch's loop with our batches."""

    rounds_: _Rounds

    def get_iterator(self, dataset: Any, training: bool = False) -> Any:
        """Return an iterable that makes new batches each time."""
        return _Batches(self, dataset, training)


@dataclass(frozen=True)
class _Batches:
    loop: _Loop
    dataset: Any
    training: bool

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        X, table = (one.numpy() for one in self.dataset.tensors)
        plan, run = self.loop.rounds_.plan.batches, self.loop.rounds_.run
        parts = plan.batches(X, table, run.epoch) if self.training else plan.in_order(X, table)
        for frames, wanted in parts:
            yield torch.from_numpy(frames), torch.from_numpy(wanted)


class _Rounds(Callback):
    """What happens around each round: random state, step size, the best weights, the checkpoint, the end."""

    def __init__(self, plan: Plan, run: Run, store: Store | None, n_batches: int) -> None:
        self.plan, self.run, self.store, self.n_batches = plan, run, store, n_batches

    def on_epoch_begin(self, net: Any, **_: Any) -> None:  # noqa: ARG002
        """Draw anew, by seed and round alone."""
        words = np.random.SeedSequence([self.plan.batches.seed, self.run.epoch, 1]).generate_state(1)
        torch.manual_seed(int(words[0]))
        self.step = self.run.epoch * self.n_batches

    def on_batch_begin(self, net: Any, training: bool = False, **_: Any) -> None:
        """Set the step size."""
        if not training:
            return
        n_steps = self.plan.max_epochs * self.n_batches
        lr = self.plan.lr * share(self.plan.schedule, self.step, n_steps) * self.run.plateau.share
        for group in net.optimizer_.param_groups:
            group["lr"] = lr
        self.step += 1

    def on_epoch_end(self, net: Any, **_: Any) -> None:
        """Take note of the round, keep what must not be lost, and stop if there is no more to gain."""
        self._note(net)
        self._judge(net)
        if self.store is not None:
            _save(self.store, net, self.run)
        seen = watcher()
        seen.progress.advance(told(self.run.history))
        if seen.on_epoch is not None:
            seen.on_epoch(self.run.history)
        if self.run.done:
            raise _Enough

    def _note(self, net: Any) -> None:
        last = net.history[-1]
        train, held = float(last["train_loss"]), last.get("valid_loss")
        if not math.isfinite(train) or (held is not None and not math.isfinite(held)):
            raise DataError(
                f"in round {self.run.epoch + 1} the loss is {train if held is None else held}: "
                "training has left all bounds",
                hint=f"lower lr, which is {self.plan.lr:g}",
            )
        self.run.epoch += 1
        self.run.history.append(
            {
                "epoch": self.run.epoch,
                "train_loss": train,
                "valid_loss": None if held is None else float(held),
                "lr": float(net.optimizer_.param_groups[0]["lr"]),
                "seconds": round(float(last["dur"]), 3),
            }
        )

    def _judge(self, net: Any) -> None:
        run, last = self.run, self.run.history[-1]
        held = last["valid_loss"]
        if held is None or held < run.best_loss:
            run.best_loss, run.best_epoch = last["train_loss"] if held is None else held, run.epoch
            run.best = weights_of(net.module_)
        if self.plan.schedule == "plateau":
            run.plateau.see(last["train_loss"] if held is None else held)
        waited = run.epoch - run.best_epoch
        late = self.plan.patience is not None and waited >= self.plan.patience
        run.done = late or run.epoch >= self.plan.max_epochs


def weights_of(net: Any) -> Weights:
    """Return the weights of a torch module as arrays of their own."""
    return {name: one.detach().cpu().numpy().copy() for name, one in net.state_dict().items()}


def _load_weights(net: Any, weights: Weights) -> None:
    """Put arrays into a torch module; it must have exactly those, or `RuntimeError`."""
    net.load_state_dict({name: torch.from_numpy(np.array(one)) for name, one in weights.items()})


def _loop(net: Any, loss: SoftLoss, watch: tuple[Float32, Float32] | None, plan: Plan) -> _Loop:
    kinds = {
        "adam": (torch.optim.AdamW, {}),
        "sgd": (torch.optim.SGD, {"optimizer__momentum": 0.9, "optimizer__nesterov": True}),
    }
    kind, options = kinds[plan.optimizer]
    return _Loop(
        net,
        loss,
        optimizer=kind,
        optimizer__weight_decay=plan.weight_decay,
        lr=plan.lr,
        max_epochs=plan.max_epochs,
        train_split=None if watch is None else predefined_split(_dataset(*watch)),
        callbacks=[GradientNormClipping(STEEPEST)],
        callbacks__print_log=None,
        device=plan.device,
        verbose=0,
        **options,
    )


def _dataset(X: Float32, table: Float32) -> Any:
    return TensorDataset(torch.from_numpy(X), torch.from_numpy(table))


def _save(store: Store, net: Any, run: Run) -> None:
    facts = {k: v for k, v in asdict(run).items() if k != "best"}
    state = net.optimizer_.state_dict()["state"]
    moments = {
        f"{number}/{name}": value.detach().cpu().numpy()
        for number, one in state.items()
        for name, value in one.items()
        if value is not None
    }
    net_now = {} if run.done else {**under("net", weights_of(net.module_)), **under("moments", moments)}
    store.save(facts, {**net_now, **under("best", run.best)})


def _resumed(net: Any, store: Store | None) -> Run:
    found = None if store is None else store.load()
    if store is None or found is None:
        return Run()
    facts, arrays = found
    try:
        run = Run(**{**facts, "plateau": Plateau(**facts["plateau"]), "best": of("best", arrays)})
        if not run.done:
            _load_weights(net.module_, of("net", arrays))
            _load_moments(net.optimizer_, of("moments", arrays))
    except (RuntimeError, KeyError, TypeError, ValueError) as error:
        raise store.damaged(str(error).splitlines()[0]) from None
    return run


def _load_moments(optimizer: Any, arrays: Weights) -> None:
    state: dict[int, dict[str, Any]] = {}
    for name, array in arrays.items():
        number, _, key = name.partition("/")
        state.setdefault(int(number), {})[key] = torch.from_numpy(np.array(array))
    optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})
