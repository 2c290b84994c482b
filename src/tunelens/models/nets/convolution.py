"""Convolutional nets."""

from __future__ import annotations

from itertools import pairwise

from torch import Tensor, nn

from tunelens.models.nets.catalogue import Size
from tunelens.models.nets.parts import block1d, block2d, over_time, widths


class Cnn1d(nn.Module):
    """Convolutions along time; features are channels.

    Parameters
    ----------
    size : Size
        The width is that of the first layer; each layer halves time.
    """

    def __init__(self, size: Size) -> None:
        super().__init__()
        channels = [size.n_features, *widths(size.width, size.n_layers)]
        self.body = nn.Sequential(*(block1d(a, b) for a, b in pairwise(channels)))
        self.dropout = nn.Dropout(size.dropout)
        self.head = nn.Linear(2 * channels[-1], size.n_outputs)

    def forward(self, X: Tensor) -> Tensor:
        """Return scores (n, size.n_outputs) of frames (n, t, d)."""
        return self.head(self.dropout(over_time(self.body(X.transpose(1, 2)).transpose(1, 2))))


class Cnn2d(nn.Module):
    """Convolutions along time and features, of which the last layer is averaged over features.

    Parameters
    ----------
    size : Size
        The width is that of the first layer; each layer halves time and features.
    """

    def __init__(self, size: Size) -> None:
        super().__init__()
        channels = [1, *widths(size.width, size.n_layers)]
        self.body = nn.Sequential(*(block2d(a, b) for a, b in pairwise(channels)))
        self.dropout = nn.Dropout(size.dropout)
        self.head = nn.Linear(2 * channels[-1], size.n_outputs)

    def forward(self, X: Tensor) -> Tensor:
        """Return scores (n, size.n_outputs) of frames (n, t, d)."""
        return self.head(self.dropout(over_time(self.body(X[:, None]).mean(dim=3).transpose(1, 2))))
