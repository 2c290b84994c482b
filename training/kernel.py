"""`KernelHead`: kernel ridge regression on what the nets and the descriptors say of a clip."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from time import perf_counter
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from tunelens.base.progress import Progress
from tunelens.data.labels import Task
from tunelens.models.backbones.graph import Graph
from tunelens.models.material import Material
from tunelens.models.recipe import Fitted

Float = NDArray[np.float64]
FARTHEST = 5.0
"""Standard deviations beyond which a number counts no further."""
SLOPES = (0.5, 50.0)


@dataclass(frozen=True)
class KernelRecipe:
    """How to learn; stands where `tunelens.evaluation` takes a `Recipe`.

    Parameters
    ----------
    n_measures : int
        How many of the last columns are measures: they have a kernel of their own.
    share : float
        Weight of that kernel, 0 to 1.
    n_third, third_share : int, float
        The same of the columns before them, where a third net hears too.
    components : int
        Principal components of each kernel's columns that are kept.
    width : float
        ``exp(-width * d^2)`` with d^2 = 2 for two unrelated clips.
    ridge : float
        Noise that the labels are taken to have.
    balanced : bool
        Every class weighs the same, however rare.
    """

    n_measures: int = 11
    share: float = 0.1
    n_third: int = 0
    third_share: float = 0.45
    components: int = 80
    width: float = 0.5
    ridge: float = 0.6
    balanced: bool = False

    @property
    def model(self) -> str:
        """Its name."""
        return "kernel"

    @property
    def key(self) -> str:
        """All that makes the result what it is, as one line."""
        return "kernel:" + ",".join(f"{name}={value}" for name, value in asdict(self).items())

    def parts(self, width: int) -> list[tuple[int, int, float]]:
        """Return begin, end and weight of the columns of each kernel, given the number of all columns."""
        third, measures = width - self.n_measures - self.n_third, width - self.n_measures
        cuts = [(third, measures, self.third_share), (measures, width, self.share)]
        kept = [(begin, end, share) for begin, end, share in cuts if end > begin]
        rest = 1.0 - sum(share for *_, share in kept)
        return [(0, third, rest), *kept] if third else [(*kept[0][:2], 1.0)]

    def fit(self, material: Material, seed: int = 0, progress: Progress | None = None) -> Fitted:
        """Learn from `material`; nothing in it is random."""
        del seed, progress
        begin = perf_counter()
        head = KernelHead(self, material.task).fit(material.X, material.y, material.classes)
        return Fitted(head, material.classes, material.task, seconds=perf_counter() - begin, model=self.key)


@dataclass
class _Block:
    """Some columns, made comparable: squared distances of two unrelated clips are 2 on the mean."""

    mean: Float
    axes: Float

    @classmethod
    def fit(cls, Z: Float, components: int) -> Self:
        mean = Z.mean(axis=0)
        axes = np.linalg.svd(Z - mean, full_matrices=False)[2][:components].T
        spread = np.sqrt((((Z - mean) @ axes) ** 2).sum(axis=1).mean())
        return cls(_single(mean), _half(axes / max(float(spread), 1e-9)))

    def __call__(self, Z: Float) -> Float:
        projected: Float = (Z - self.mean) @ self.axes
        return projected


def _half(values: Float) -> Float:
    """Round to what is stored, so that the bundle answers as the model does."""
    return values.astype(np.float16).astype(np.float64)


def _single(values: Float) -> Float:
    return values.astype(np.float32).astype(np.float64)


def _kernel(a: Float, b: Float, width: float) -> Float:
    d2 = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1) - 2 * a @ b.T
    return np.exp(-width * np.maximum(d2, 0))


@dataclass
class KernelHead:
    """A classifier with the face of scikit-learn; made by `KernelRecipe.fit`.

    The scores of all classes are the posterior mean of one Gaussian process; `slope`, chosen on closed-form
    leave-one-out scores, turns them into probabilities.
    """

    recipe: KernelRecipe
    task: Task
    classes_: NDArray[Any] = field(default_factory=lambda: np.zeros(0))

    def fit(self, X: NDArray[Any], y: NDArray[Any], classes: tuple[str, ...]) -> Self:
        """Learn from rows `X` (NaN: not known) and `y` as `Labels.y` gives it."""
        X = np.asarray(X, np.float64)
        self.n_features_in_, self.classes_ = X.shape[1], np.array(classes)
        truth = self._truth(y)
        known = np.isfinite(X).any(axis=0)
        self.median = _single(np.nanmedian(np.where(known, X, 0.0), axis=0))
        filled = np.where(np.isfinite(X), X, self.median)
        self.centre, scale = _single(filled.mean(axis=0)), filled.std(axis=0)
        self.scale = _single(np.where(scale > 1e-6, scale, 1.0))
        columns = self._columns(self._standard(X))
        self.blocks = [_Block.fit(Z, self.recipe.components) for Z in columns]
        self.rows = [_half(block(Z)) for block, Z in zip(self.blocks, columns, strict=True)]
        left_out = self._solve(truth)
        self.slope = _slope(left_out, truth, self.task)
        return self

    def _truth(self, y: NDArray[Any]) -> Float:
        if self.task == "multi":
            return np.asarray(y, np.float64)
        return (np.asarray(y)[:, None] == self.classes_).astype(np.float64)

    def _standard(self, X: Float) -> Float:
        Z = (np.where(np.isnan(X), self.median, X) - self.centre) / self.scale
        return np.clip(Z, -FARTHEST, FARTHEST)

    def _columns(self, Z: Float) -> list[Float]:
        return [Z[:, begin:end] for begin, end, _ in self.recipe.parts(Z.shape[1])]

    @property
    def _shares(self) -> list[float]:
        return [share for *_, share in self.recipe.parts(self.n_features_in_)]

    def _similar(self, parts: list[Float]) -> Float:
        return np.sum(
            [
                share * _kernel(part, rows, self.recipe.width)
                for share, part, rows in zip(self._shares, parts, self.rows, strict=True)
            ],
            axis=0,
        )

    def _solve(self, truth: Float) -> Float:
        """Find the weights of the training rows; return what each row would score had it been left out."""
        weight = self._weights(truth)
        self.base = _single(weight @ truth / weight.sum())
        inverse = np.linalg.inv(self._similar(self.rows) + self.recipe.ridge * np.diag(1 / weight))
        dual = inverse @ (truth - self.base)
        self.dual = _single(dual)
        left_out: Float = truth - dual / np.diag(inverse)[:, None]
        return left_out

    def _weights(self, truth: Float) -> Float:
        if not self.recipe.balanced:
            return np.ones(len(truth))
        counts = np.maximum(truth.sum(axis=0), 1)
        weight: Float = truth @ (len(truth) / truth.shape[1] / counts)
        return np.maximum(weight, 1e-3)

    def scores(self, X: NDArray[Any]) -> Float:
        """Return about 1 for a class that a clip has and 0 for one that it has not, shape (n, n_classes)."""
        columns = self._columns(self._standard(np.asarray(X, np.float32).astype(np.float64)))
        parts = [block(Z) for block, Z in zip(self.blocks, columns, strict=True)]
        scores: Float = self._similar(parts) @ self.dual + self.base
        return scores

    def predict_proba(self, X: NDArray[Any]) -> Float:
        """Return probabilities, shape (n, n_classes)."""
        return _linked(self.scores(X), self.slope, self.task)

    def to_onnx(self) -> bytes:
        """Return the model as a net: ``features`` (batch, d) to ``probabilities`` (batch, n_classes)."""
        graph = Graph()
        median, centre, scale, *ends = (
            graph.constant(np.asarray(one))
            for one in (self.median, self.centre, self.scale, -FARTHEST, FARTHEST)
        )
        x = _cast(graph, "features", "DOUBLE")
        x = graph.add("Where", graph.add("IsNaN", x), median, x)
        x = graph.add("Clip", graph.add("Div", graph.add("Sub", x, centre), scale), *ends)
        similar = self._similar_to_rows(graph, x)
        dual = _stored(graph, self.dual, np.float32)
        scores = graph.add("Add", graph.add("MatMul", similar, dual), graph.constant(self.base))
        linked = _link(graph, scores, self.slope, self.task)
        graph.rename(_cast(graph, linked, "FLOAT"), "probabilities")
        return graph.to_bytes(
            {"features": ["batch", self.n_features_in_]}, {"probabilities": ["batch", len(self.classes_)]}
        )

    def _similar_to_rows(self, graph: Graph, x: str) -> str:
        parts = self.recipe.parts(self.n_features_in_)
        near = [self._near(graph, x, i, begin, end) for i, (begin, end, _) in enumerate(parts)]
        return near[0] if len(near) == 1 else graph.add("Sum", *near)

    def _near(self, graph: Graph, x: str, i: int, begin: int, end: int) -> str:
        """Return similarity to every training row by one block of columns, times its share."""
        block, axis, c = self.blocks[i], np.array([1]), graph.constant
        part = graph.add("Slice", x, np.array([begin]), np.array([end]), axis)
        part = graph.add("MatMul", graph.add("Sub", part, c(block.mean)), _stored(graph, block.axes))
        rows = graph.add("Transpose", _stored(graph, self.rows[i]))
        own = graph.add("ReduceSum", graph.add("Mul", part, part), axis, keepdims=1)
        theirs = c((self.rows[i] ** 2).sum(axis=1))
        both = graph.add("MatMul", graph.add("Mul", part, c(np.array(-2.0))), rows)
        d2 = graph.add("Clip", graph.add("Add", graph.add("Add", own, theirs), both), c(np.array(0.0)))
        raised = graph.add("Exp", graph.add("Mul", d2, c(np.array(-self.recipe.width))))
        return graph.add("Mul", raised, c(np.array(self._shares[i])))


def _stored(graph: Graph, values: Float, dtype: Any = np.float16) -> str:
    """Add numbers that fit into a smaller type and return them as float64."""
    return _cast(graph, graph.constant(values.astype(dtype)), "DOUBLE")


def _cast(graph: Graph, x: str, to: str) -> str:
    from onnx import TensorProto

    return graph.add("Cast", x, to=getattr(TensorProto, to))


def _link(graph: Graph, scores: str, slope: float, task: Task) -> str:
    factor = graph.constant(np.array(slope))
    if task == "multi":
        centred = graph.add("Sub", scores, graph.constant(np.array(0.5)))
        return graph.add("Sigmoid", graph.add("Mul", centred, factor))
    return graph.add("Softmax", graph.add("Mul", scores, factor), axis=1)


def _linked(scores: Float, slope: float, task: Task) -> Float:
    if task == "multi":
        return 1 / (1 + np.exp(-slope * (scores - 0.5)))
    raised = np.exp(slope * (scores - scores.max(axis=1, keepdims=True)))
    proba: Float = raised / raised.sum(axis=1, keepdims=True)
    return proba


def _slope(scores: Float, truth: Float, task: Task) -> float:
    """Return the slope that makes the truth likeliest, given scores of rows that were left out."""
    from scipy.optimize import minimize_scalar

    def loss(log_slope: float) -> float:
        proba = np.clip(_linked(scores, float(np.exp(log_slope)), task), 1e-6, 1 - 1e-6)
        said = np.log(proba) * truth
        return -float((said + np.log(1 - proba) * (1 - truth) if task == "multi" else said).mean())

    return float(np.exp(minimize_scalar(loss, bounds=tuple(np.log(SLOPES)), method="bounded").x))
