"""Nets with the face of scikit-learn. Importing this imports no torch."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin

from tunelens.base.errors import DataError, MissingDependencyError, ParameterError, UnknownNameError
from tunelens.base.extras import require
from tunelens.data.labels import Task
from tunelens.models.fitting.batches import BatchPlan
from tunelens.models.fitting.held_out import hold_out
from tunelens.models.fitting.schedules import SCHEDULES
from tunelens.models.fitting.sequences import Scale, as_frames, typical_length
from tunelens.models.fitting.targets import Targets
from tunelens.models.nets.catalogue import FAMILIES, NetFamily, Size

Float = NDArray[np.float64]
ROWS_AT_ONCE = 16
OPTIMIZERS = ("adam", "sgd")
_NOT_OF_THE_RUN = {"device", "checkpoint_dir"}
_LIMITS: dict[str, tuple[float, float]] = {
    "lr": (1e-8, 100),
    "weight_decay": (0, 100),
    "dropout": (0, 0.95),
    "valid_share": (0, 0.5),
    "max_epochs": (1, 100_000),
    "batch_size": (2, 1 << 20),
    "mixup": (0, 100),
    "spec_augment": (0, 100),
    "patience": (1, 100_000),
    "label_smoothing": (0, 0.95),
    "width": (1, 4096),
    "n_layers": (1, 24),
    "n_frames": (1, 1 << 20),
    "random_state": (0, (1 << 32) - 1),
}
_WHOLE = {"max_epochs", "batch_size", "spec_augment", "patience", "width", "n_layers", "n_frames"}
_MAY_BE_NONE = {"patience", "width", "n_layers", "n_frames"}


class _Net(BaseEstimator):
    """What classifying and regressing nets share; see `NetClassifier`."""

    net: str
    optimizer: str
    schedule: str
    lr: float
    weight_decay: float
    dropout: float
    patience: int | None
    valid_share: float
    max_epochs: int
    batch_size: int
    mixup: float
    spec_augment: int
    n_frames: int | None
    width: int | None
    n_layers: int | None
    device: str
    checkpoint_dir: str | None
    random_state: int
    onnx_: NDArray[np.uint8]

    def _fit(
        self, X: Any, y: NDArray[Any], task: Task, weight: NDArray[Any] | None, groups: NDArray[Any] | None
    ) -> None:
        self._check()
        require("skorch")
        self._forget()
        frames = as_frames(X, self.n_frames or typical_length(X))
        self._check_rows(len(frames), len(y))
        self.task_, self.vectors_ = task, frames.ndim == 2
        self.n_features_in_, self.n_frames_ = frames.shape[-1], frames.shape[1]
        targets = Targets.of(task, y, weight)
        self.numbers_ = (targets.mean, targets.spread)
        self._train(frames, targets, y, groups)

    def _train(
        self, frames: NDArray[np.float32], targets: Targets, y: NDArray[Any], groups: NDArray[Any] | None
    ) -> None:
        from tunelens.models.fitting import loop
        from tunelens.models.fitting.checkpoints import Store
        from tunelens.models.fitting.losses import SoftLoss

        learn, watch = hold_out(y, groups, self.valid_share, self.random_state)
        scale = Scale.of(frames[learn])
        self.mean_, self.spread_ = scale.mean, scale.spread
        Z, table = scale.apply(frames), targets.table
        plan = self._plan(device := loop.device_of(self.device))
        store = None
        if self.checkpoint_dir is not None:
            parts = {"X": frames, "y": y, "table": table, "groups": groups}
            store = Store.of(self.checkpoint_dir, self._facts(device), parts)
        with loop.reproducible(self.random_state, device):
            net = self._module(table.shape[1] // 2, targets.prior())
            loss = SoftLoss(targets.task, getattr(self, "label_smoothing", 0.0))
            held = None if watch is None else (Z[watch], table[watch])
            run = loop.train(net, loss, (Z[learn], table[learn]), held, plan, store=store)
        self.weights_, self.history_, self.best_epoch_ = run.best, run.history, run.best_epoch

    def _plan(self, device: str) -> Any:
        from tunelens.models.fitting.loop import Plan

        batches = BatchPlan(self.batch_size, self.random_state, self.mixup, self.spec_augment)
        return Plan(
            batches,
            self.optimizer,
            self.lr,
            self.schedule,
            self.weight_decay,
            self.patience,
            self.max_epochs,
            device,
        )

    def _facts(self, device: str) -> dict[str, Any]:
        """Return all that makes a run what it is, its data aside."""
        told = {k: v for k, v in self.get_params().items() if k not in _NOT_OF_THE_RUN}
        json.dumps(told)
        return {**told, "kind": type(self).__name__, "device": device, "torch": require("torch").__version__}

    def _module(self, n_outputs: int, prior: NDArray[np.float32] | None = None) -> Any:
        """Return the untrained net; before it learns it says what is frequent."""
        family, d = self.family_, 1 if self.vectors_ else self.n_features_in_
        width, n_layers = self.width or family.width, self.n_layers or family.n_layers
        made = family.net(Size(self.n_frames_, d, n_outputs, width, n_layers, self.dropout))
        if prior is not None:
            torch = require("torch")
            with torch.no_grad():
                made.head.bias.copy_(torch.from_numpy(prior))
        return made

    @property
    def family_(self) -> NetFamily:
        """The entry of the net."""
        return FAMILIES[self.net]

    def _check(self) -> None:
        if self.net not in FAMILIES:
            raise UnknownNameError.among("net", self.net, FAMILIES)
        for name, allowed in (("optimizer", OPTIMIZERS), ("schedule", SCHEDULES)):
            if getattr(self, name) not in allowed:
                raise ParameterError(
                    f"{name} is {getattr(self, name)!r}; {', '.join(allowed)} are allowed",
                )
        for name in _LIMITS.keys() & self.get_params().keys():
            _check_number(name, getattr(self, name))
        if self.net == "ast" and (self.width or 16) % 16:
            raise ParameterError(f"width is {self.width}; ast takes a multiple of 16")

    def _check_rows(self, n: int, n_labels: int) -> None:
        if n != n_labels:
            raise DataError(f"X has {n} rows, y has {n_labels}")
        if n < 2:
            raise DataError(f"{n} rows are too few to learn from", hint="give at least two")

    def _forget(self) -> None:
        for name in [one for one in vars(self) if one.endswith("_") or one.startswith("_asked")]:
            delattr(self, name)

    def _answers(self, X: Any) -> Float:
        """Return probabilities or numbers, by torch, or by onnxruntime where torch is absent."""
        from sklearn.utils.validation import check_is_fitted

        check_is_fitted(self, "n_features_in_")
        frames = self._known(as_frames(X, self.n_frames_))
        answer = self._asked()
        parts = [answer(frames[i : i + ROWS_AT_ONCE]) for i in range(0, len(frames), ROWS_AT_ONCE)]
        if not parts:
            shape = (0,) if self.task_ == "continuous" else (0, len(self.classes_))
            return np.zeros(shape)
        return np.concatenate(parts).astype(np.float64)

    def _known(self, frames: NDArray[np.float32]) -> NDArray[np.float32]:
        if (frames.ndim == 2) != self.vectors_:
            raise DataError(
                f"X has shape {frames.shape}; the net was trained on "
                f"{'vectors' if self.vectors_ else 'sequences'}"
            )
        if frames.shape[-1] != self.n_features_in_:
            raise DataError(f"X has {frames.shape[-1]} columns; the net was trained on {self.n_features_in_}")
        if not self.family_.any_length and frames.shape[1] != self.n_frames_:
            raise DataError(
                f"X has {frames.shape[1]} frames; {self.net} takes only {self.n_frames_}, as in training",
                hint="give a list of sequences: they are cropped or repeated; or train crnn",
            )
        return np.ascontiguousarray(frames)

    def _asked(self) -> Callable[[NDArray[np.float32]], NDArray[Any]]:
        if not hasattr(self, "_asked_by"):
            try:
                self._asked_by = self._by_torch()
            except MissingDependencyError:
                if getattr(self, "onnx_", None) is None:
                    raise
                self._asked_by = self._by_onnxruntime()
        return self._asked_by

    def _by_torch(self) -> Callable[[NDArray[np.float32]], NDArray[Any]]:
        serving = self._serving()
        from tunelens.models.fitting.serving import ask

        return lambda frames: ask(serving, frames)

    def _serving(self) -> Any:
        torch = require("torch")
        from tunelens.models.fitting.serving import Serving

        self._check()
        try:
            with torch.device("meta"):  # weights that do not fit must not make room for themselves
                net = self._module(len(self.weights_["head.bias"]))
            arrays = {name: torch.from_numpy(np.array(one)) for name, one in self.weights_.items()}
            net.load_state_dict(arrays, assign=True)
        except (RuntimeError, KeyError, TypeError) as error:
            raise DataError(f"the weights do not fit the net: {str(error).splitlines()[0]}") from None
        scale = Scale(self.mean_, self.spread_)
        return Serving(net, scale, self.task_, self.numbers_, self.vectors_).eval()

    def _by_onnxruntime(self) -> Callable[[NDArray[np.float32]], NDArray[Any]]:
        from tunelens.models.bundles.estimators import Net

        return Net(self.onnx_.tobytes(), self.task_, getattr(self, "classes_", ())).proba

    def to_onnx(self) -> bytes:
        """Return the fitted net as an ONNX model that takes raw frames and gives what `predict` rests on.

        Input ``X``: float32 of shape (n, t, d), or (n, d) if it was trained on vectors; NaN is allowed. n is
        free, and t too unless the net is ``ast``. Output ``answers``: probabilities (n, n_classes), or
        numbers (n,).

        Raises
        ------
        MissingDependencyError
            torch is not installed and the model was not made before.
        """
        if getattr(self, "onnx_", None) is None:
            serving = self._serving()
            from tunelens.models.fitting.serving import to_onnx

            shape = (self.n_features_in_,) if self.vectors_ else (self.n_frames_, self.n_features_in_)
            free = ("n", "t") if self.family_.any_length and not self.vectors_ else ("n",)
            # an array, which every way of keeping an estimator can hold
            self.onnx_ = np.frombuffer(to_onnx(serving, (1, *shape), free), np.uint8)
        return self.onnx_.tobytes()

    def __getstate__(self) -> dict[str, Any]:
        """Return what copies and files keep: arrays and the ONNX model, nothing of torch."""
        if hasattr(self, "weights_"):
            self.to_onnx()
        return {k: v for k, v in super().__getstate__().items() if k != "_asked_by"}


class NetClassifier(ClassifierMixin, _Net):
    """A net that tells classes, or tags if `y` is an indicator matrix, from sequences or vectors.

    Parameters
    ----------
    net : str
        A name in `tunelens.models.nets.catalogue.FAMILIES`.
    lr : float
        Largest step.
    optimizer : {"adam", "sgd"}
        AdamW, or SGD with Nesterov momentum 0.9, which wants a larger `lr`.
    schedule : {"cosine", "constant", "one-cycle", "plateau"}
        How the step size changes, see `tunelens.models.fitting.schedules`.
    weight_decay : float
        By how much of itself, times the step, every weight shrinks each step (with sgd: in the gradient).
    dropout : float
        Share of what the net knows that is forgotten while training, 0 to 0.95.
    label_smoothing : float
        Share of each label that is spread over all classes while training.
    patience : int or None
        Rounds without a better loss on the part held out after which training stops; None never stops.
    valid_share : float
        Part of the training data held out, by groups, to say when to stop and which weights to keep.
    max_epochs : int
        Rounds through the data.
    batch_size : int
    mixup : float
        Strength of mixing examples; 0 is off.
    spec_augment : int
        Masks in time and in features for each example of each round; 0 is off.
    n_frames : int or None
        Length to which a *list* of sequences is brought: the middle of longer ones, shorter ones round and
        round; None takes the middle length of the training list.
    width, n_layers : int or None
        Size of the net; None for its default.
    device : str
        ``auto`` takes a GPU where there is one; ``cpu``, ``cuda``, ``cuda:1``.
    checkpoint_dir : str or None
        Where each round is kept, so that the same training goes on after a kill, to the same bits.
    random_state : int

    Attributes
    ----------
    classes_ : ndarray
    history_ : list of dict
        Of each round: epoch, train_loss, valid_loss (None without a part held out), lr, seconds.
    best_epoch_ : int
        The round, from 1, whose weights were kept.
    weights_ : dict of ndarray

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> y = np.array(["low", "high"] * 20)
    >>> X = rng.normal(size=(40, 12, 3)).astype(np.float32) + 2 * (y == "high")[:, None, None]
    >>> net = NetClassifier("cnn1d", width=8, n_layers=1, lr=0.01, max_epochs=10).fit(X, y)
    >>> float((net.predict(X) == y).mean())
    1.0
    """

    def __init__(
        self,
        net: str = "cnn1d",
        *,
        lr: float = 1e-3,
        optimizer: str = "adam",
        schedule: str = "cosine",
        weight_decay: float = 1e-2,
        dropout: float = 0.2,
        label_smoothing: float = 0.0,
        patience: int | None = 15,
        valid_share: float = 0.15,
        max_epochs: int = 60,
        batch_size: int = 16,
        mixup: float = 0.0,
        spec_augment: int = 0,
        n_frames: int | None = None,
        width: int | None = None,
        n_layers: int | None = None,
        device: str = "auto",
        checkpoint_dir: str | None = None,
        random_state: int = 0,
    ) -> None:
        self.net = net
        self.lr = lr
        self.optimizer = optimizer
        self.schedule = schedule
        self.weight_decay = weight_decay
        self.dropout = dropout
        self.label_smoothing = label_smoothing
        self.patience = patience
        self.valid_share = valid_share
        self.max_epochs = max_epochs
        self.batch_size = batch_size
        self.mixup = mixup
        self.spec_augment = spec_augment
        self.n_frames = n_frames
        self.width = width
        self.n_layers = n_layers
        self.device = device
        self.checkpoint_dir = checkpoint_dir
        self.random_state = random_state

    def fit(
        self,
        X: Any,
        y: NDArray[Any],
        sample_weight: NDArray[Any] | None = None,
        groups: NDArray[Any] | None = None,
    ) -> Self:
        """Learn.

        Parameters
        ----------
        X : ndarray, shape (n, t, d) or (n, d), or list of ndarray of shape (t, d)
        y : ndarray, shape (n,) or (n, n_tags)
        sample_weight : ndarray, shape (n,) or (n, n_tags), optional
        groups : ndarray, shape (n,), optional
            Rows of one group are held out together.

        Raises
        ------
        ParameterError
            A parameter is outside what is allowed.
        DataError
            Rows, numbers or classes are not what a net can learn from, or the loss grew without bound.
        MissingDependencyError
            torch or skorch is not installed.
        """
        y = np.asarray(y)
        if y.ndim == 1 and len(found := np.unique(y)) < 2:
            raise DataError(f"all rows are {found.tolist()}; two classes or more are needed")
        self._fit(X, y, "multi" if y.ndim == 2 else "single", sample_weight, groups)
        self.classes_ = np.arange(y.shape[1]) if y.ndim == 2 else np.unique(y)
        return self

    def predict_proba(self, X: Any) -> Float:
        """Return probabilities (n, n_classes): rows sum to 1, or stand for themselves if they are tags."""
        return self._answers(X)

    def predict(self, X: Any) -> NDArray[Any]:
        """Return the most probable class of each row, or the tags more probable than not (n, n_tags)."""
        proba = self._answers(X)
        if self.task_ == "multi":
            return (proba >= 0.5).astype(np.int8)
        chosen: NDArray[Any] = self.classes_[proba.argmax(axis=1)]
        return chosen


class NetRegressor(RegressorMixin, _Net):
    """A net that says a number; parameters and attributes as those of `NetClassifier`, without labels'.

    Examples
    --------
    >>> X = np.random.default_rng(0).normal(size=(40, 12, 3)).astype(np.float32)
    >>> y = 60 + 5 * X.mean(axis=(1, 2))
    >>> net = NetRegressor("gru", width=4, max_epochs=2).fit(X, y)
    >>> net.predict(X).shape, len(net.history_)
    ((40,), 2)
    """

    def __init__(
        self,
        net: str = "cnn1d",
        *,
        lr: float = 1e-3,
        optimizer: str = "adam",
        schedule: str = "cosine",
        weight_decay: float = 1e-2,
        dropout: float = 0.2,
        patience: int | None = 15,
        valid_share: float = 0.15,
        max_epochs: int = 60,
        batch_size: int = 16,
        mixup: float = 0.0,
        spec_augment: int = 0,
        n_frames: int | None = None,
        width: int | None = None,
        n_layers: int | None = None,
        device: str = "auto",
        checkpoint_dir: str | None = None,
        random_state: int = 0,
    ) -> None:
        self.net = net
        self.lr = lr
        self.optimizer = optimizer
        self.schedule = schedule
        self.weight_decay = weight_decay
        self.dropout = dropout
        self.patience = patience
        self.valid_share = valid_share
        self.max_epochs = max_epochs
        self.batch_size = batch_size
        self.mixup = mixup
        self.spec_augment = spec_augment
        self.n_frames = n_frames
        self.width = width
        self.n_layers = n_layers
        self.device = device
        self.checkpoint_dir = checkpoint_dir
        self.random_state = random_state

    def fit(
        self,
        X: Any,
        y: NDArray[Any],
        sample_weight: NDArray[Any] | None = None,
        groups: NDArray[Any] | None = None,
    ) -> Self:
        """Learn numbers `y` of shape (n,); otherwise as `NetClassifier.fit`."""
        y = np.asarray(y, np.float64)
        if y.ndim != 1:
            raise DataError(f"y has shape {y.shape}; (n,) is needed")
        self._fit(X, y, "continuous", sample_weight, groups)
        return self

    def predict(self, X: Any) -> Float:
        """Return a number for each row."""
        return self._answers(X)


def _check_number(name: str, value: Any) -> None:
    if value is None and name in _MAY_BE_NONE:
        return
    low, high = _LIMITS[name]
    kinds = (int, np.integer) if name in _WHOLE else (int, float, np.integer, np.floating)
    if isinstance(value, bool) or not isinstance(value, kinds) or not low <= value <= high:
        whole = " as a whole number" if name in _WHOLE else ""
        raise ParameterError(f"{name} is {value!r}; {low:g} to {high:g}{whole} is allowed")
