"""Recurrent nets."""

from __future__ import annotations

from itertools import pairwise

from torch import Tensor, nn

from tunelens.models.nets.catalogue import Size
from tunelens.models.nets.parts import block2d, over_time, widths


class _Recurrent(nn.Module):
    """A recurrent layer or more, both ways, read by mean and maximum over time.

    Parameters
    ----------
    size : Size
        The width is the number of units each way; dropout is before the head and between layers.
    """

    unit: type[nn.RNNBase]

    def __init__(self, size: Size) -> None:
        super().__init__()
        between = size.dropout if size.n_layers > 1 else 0.0
        self.body = self.unit(
            size.n_features, size.width, size.n_layers, batch_first=True, bidirectional=True, dropout=between
        )
        self.dropout = nn.Dropout(size.dropout)
        self.head = nn.Linear(4 * size.width, size.n_outputs)

    def forward(self, X: Tensor) -> Tensor:
        """Return scores (n, size.n_outputs) of frames (n, t, d)."""
        return self.head(self.dropout(over_time(self.body(X)[0])))


class Lstm(_Recurrent):
    """Long short-term memory (Hochreiter and Schmidhuber 1997)."""

    unit = nn.LSTM


class Gru(_Recurrent):
    """Gated recurrent units (Cho et al. 2014)."""

    unit = nn.GRU


class Crnn(nn.Module):
    """Convolutions that halve time and features, then gated recurrent units (Choi et al. 2017).

    Parameters
    ----------
    size : Size
        The width is that of the first convolution; the recurrent layer has as many units each way as the
        last convolution has channels.
    """

    def __init__(self, size: Size) -> None:
        super().__init__()
        channels = [1, *widths(size.width, size.n_layers)]
        self.body = nn.Sequential(*(block2d(a, b) for a, b in pairwise(channels)))
        left = -(-size.n_features // 2**size.n_layers)
        self.order = nn.GRU(left * channels[-1], channels[-1], batch_first=True, bidirectional=True)
        self.dropout = nn.Dropout(size.dropout)
        self.head = nn.Linear(4 * channels[-1], size.n_outputs)

    def forward(self, X: Tensor) -> Tensor:
        """Return scores (n, size.n_outputs) of frames (n, t, d)."""
        H = self.body(X[:, None]).transpose(1, 2)
        H = H.reshape(H.shape[0], H.shape[1], self.order.input_size)
        return self.head(self.dropout(over_time(self.order(H)[0])))
