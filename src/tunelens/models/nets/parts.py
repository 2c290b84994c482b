"""What several nets are made of."""

from __future__ import annotations

import torch
from torch import Tensor, nn


def block1d(n_in: int, n_out: int) -> nn.Sequential:
    """Return a convolution that halves time, rounding up, so that no length is too short."""
    return nn.Sequential(
        nn.Conv1d(n_in, n_out, 5, stride=2, padding=2, bias=False), nn.BatchNorm1d(n_out), nn.ReLU()
    )


def block2d(n_in: int, n_out: int) -> nn.Sequential:
    """Return a convolution that halves time and features, rounding up."""
    return nn.Sequential(
        nn.Conv2d(n_in, n_out, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(n_out), nn.ReLU()
    )


def widths(width: int, n_layers: int) -> list[int]:
    """Return channels of each layer: doubled each time, four times the first at most.

    Examples
    --------
    >>> widths(16, 4)
    [16, 32, 64, 64]
    """
    return [width * min(2**i, 4) for i in range(n_layers)]


def over_time(H: Tensor) -> Tensor:
    """Return mean and maximum over the middle axis of (n, t, c): how much, and whether ever."""
    return torch.cat([H.mean(dim=1), H.amax(dim=1)], dim=1)
