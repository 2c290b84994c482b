"""A conditional generative adversarial net that makes up vectors of rare classes.

Goodfellow et al. 2014, conditioned as by Mirza and Osindero 2014, with the hinge loss and spectral norm of
Miyato et al. 2018. It works on few principal components, since rare classes have few rows. Whether it helps
is measured by ``python -m bench generative``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import DataError
from tunelens.base.extras import require
from tunelens.data.balance import Balanced, appended, filled, lacking

Float = NDArray[np.float64]
LATENT = 16
HIDDEN = 64
BATCH = 64
CHECK_EVERY = 100
NARROWEST, WIDEST, FARTHEST = 0.2, 3.0, 2.0


@dataclass(frozen=True)
class Health:
    """How made-up rows of a class compare with its real ones.

    Parameters
    ----------
    spread : float
        Root mean variance as a share of that of the real rows; near 0 the net makes one row again and again.
    shift : float
        Distance of the means, in root mean variances of all rows.
    """

    spread: float
    shift: float

    @property
    def ok(self) -> bool:
        """Are the rows fit to learn from?"""
        return NARROWEST <= self.spread <= WIDEST and self.shift <= FARTHEST


@dataclass(frozen=True, eq=False)
class Generator:
    """A trained net.

    Parameters
    ----------
    net : torch module
    classes : ndarray of str
    mean, scale : ndarray, shape (d,)
        Of the columns.
    axes : ndarray, shape (k, d)
        Principal components; `sizes` holds the deviation along each.
    sizes : ndarray, shape (k,)
    """

    net: Any
    classes: NDArray[Any]
    mean: Float
    scale: Float
    axes: Float
    sizes: Float

    def sample(self, label: Any, n: int, seed: int) -> Float:
        """Return `n` made-up rows of class `label`, shape (n, d)."""
        torch = require("torch")
        noise = torch.randn(n, LATENT, generator=torch.Generator().manual_seed(seed))
        one_hot = torch.from_numpy(np.repeat([self.classes == label], n, axis=0).astype(np.float32))
        with torch.no_grad():
            made = self.net(torch.cat([noise, one_hot], dim=1)).numpy().astype(np.float64)
        return made * self.sizes @ self.axes * self.scale + self.mean

    def health(self, real: Float, made: Float) -> Health:
        """Compare made-up rows of a class with its real rows."""
        own, others = ((rows - self.mean) / self.scale @ self.axes.T / self.sizes for rows in (real, made))
        spreads = [float(np.sqrt(rows.var(axis=0).mean())) for rows in (own, others)]
        # two or three rows say little of their spread, so all rows, with deviation 1, stand in
        base = spreads[0] if len(real) > 5 else 1.0
        shift = float(np.sqrt(((own.mean(axis=0) - others.mean(axis=0)) ** 2).mean()))
        return Health(spreads[1] / max(base, 1e-9), shift)


def train_generator(
    X: Float, y: NDArray[Any], seed: int, *, steps: int = 600, components: int = 24
) -> Generator:
    """Train a net on rows `X` (n, d), finite, with classes `y`.

    Raises
    ------
    DataError
        Training broke down: a loss is not finite.
    MissingDependencyError
        torch is not installed.
    """
    torch = require("torch")
    classes, number = np.unique(y, return_inverse=True)
    mean, scale = X.mean(axis=0), X.std(axis=0)
    scale = np.where(scale > 1e-9, scale, 1.0)
    Z = (X - mean) / scale
    _, sizes, axes = np.linalg.svd(Z, full_matrices=False)
    k = max(1, min(components, int((sizes > 1e-6 * max(sizes[0], 1e-9)).sum())))
    deviation = np.maximum(sizes[:k] / np.sqrt(len(X)), 1e-9)
    points = (Z @ axes[:k].T / deviation).astype(np.float32)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = _play(torch.from_numpy(points), number, steps, seed)
    return Generator(net, classes, mean, scale, axes[:k], deviation)


def _play(points: Any, number: NDArray[np.intp], steps: int, seed: int) -> Any:
    """Let maker and judge learn from each other; classes are drawn alike often."""
    torch = require("torch")
    nn, k, n_classes = torch.nn, points.shape[1], int(number.max()) + 1
    norm = nn.utils.parametrizations.spectral_norm
    maker = nn.Sequential(nn.Linear(LATENT + n_classes, HIDDEN), nn.LeakyReLU(0.2), nn.Linear(HIDDEN, k))
    judge = nn.Sequential(
        norm(nn.Linear(k + n_classes, HIDDEN)), nn.LeakyReLU(0.2), norm(nn.Linear(HIDDEN, 1))
    )
    makers = torch.optim.Adam(maker.parameters(), lr=1e-3, betas=(0.0, 0.9))
    judges = torch.optim.Adam(judge.parameters(), lr=2e-3, betas=(0.0, 0.9))
    rng = np.random.default_rng(seed)
    rows = [np.flatnonzero(number == one) for one in range(n_classes)]
    for step in range(steps):
        drawn = rng.integers(0, n_classes, BATCH)
        real = points[[int(rng.choice(rows[one])) for one in drawn]]
        one_hot = torch.eye(n_classes)[drawn]
        made = maker(torch.cat([torch.randn(BATCH, LATENT), one_hot], dim=1))
        judged = [judge(torch.cat([part, one_hot], dim=1)) for part in (real, made.detach())]
        loss = torch.relu(1 - judged[0]).mean() + torch.relu(1 + judged[1]).mean()
        _learn(judges, loss)
        fooled = -judge(torch.cat([made, one_hot], dim=1)).mean()
        _learn(makers, fooled)
        if step % CHECK_EVERY == 0 and not bool(torch.isfinite(loss + fooled)):
            raise DataError(f"the generator broke down at step {step}: its loss is not finite")
    return maker


def _learn(optimizer: Any, loss: Any) -> None:
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


@dataclass(frozen=True)
class Generative:
    """Rows of rare classes are made up by a net that is trained on the training rows alone."""

    name: str = "gan"
    summary: str = "rows of rare classes made up by a conditional GAN; needs torch"
    steps: int = 600

    def resample(self, X: NDArray[Any], y: NDArray[Any], seed: int) -> Balanced:
        """Return the rows, followed by those made up; a class whose made-up rows are unfit is repeated."""
        wanted = list(lacking(y, self.name))
        if not wanted:
            return Balanced(X, y)
        flat = filled(X)
        generator = train_generator(flat, y, seed, steps=self.steps)
        rng = np.random.default_rng(seed)
        made = []
        for one, rows, missing in wanted:
            new = generator.sample(one, max(missing, 50), seed)
            fit = np.isfinite(new).all() and generator.health(flat[rows], new).ok
            made.append(new[:missing] if fit else flat[rng.choice(rows, missing)])
        labels = [np.full(missing, one, y.dtype) for one, _, missing in wanted]
        return appended(X, y, made, labels)


GAN = Generative()
