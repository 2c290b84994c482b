"""A small audio spectrogram transformer."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from tunelens.models.nets.catalogue import Size

PATCH = 16
"""Frames and features of a patch; fewer where there are fewer."""
HEAD_WIDTH = 16


class Ast(nn.Module):
    """Patches of the spectrogram attend to each other (after Gong et al. 2021, small, not pretrained).

    Parameters
    ----------
    size : Size
        Where a patch lies is learned, so the number of frames is fixed; the width is a multiple of 16.
    """

    def __init__(self, size: Size) -> None:
        super().__init__()
        t, d, width = size.n_frames, size.n_features, size.width
        side = min(PATCH, t), min(PATCH, d)
        rows, columns = -(-t // side[0]), -(-d // side[1])
        edge = (rows * side[0] - t + 1) // 2, (columns * side[1] - d + 1) // 2
        self.patches = nn.Conv2d(1, width, side, stride=side, padding=edge)
        self.place = nn.Parameter(torch.randn(1, rows * columns, width) * 0.02)
        self.layers = nn.Sequential(*(_Layer(width, size.dropout) for _ in range(size.n_layers)))
        self.norm = nn.LayerNorm(width)
        self.dropout = nn.Dropout(size.dropout)
        self.head = nn.Linear(width, size.n_outputs)

    def forward(self, X: Tensor) -> Tensor:
        """Return scores (n, n_outputs) of frames (n, n_frames, n_features)."""
        H = self.patches(X[:, None]).flatten(2).transpose(1, 2) + self.place
        return self.head(self.dropout(self.norm(self.layers(H)).mean(dim=1)))


class _Layer(nn.Module):
    """Attention, then a small net at each place; each adds to what it was given."""

    def __init__(self, width: int, dropout: float) -> None:
        super().__init__()
        self.heads = max(1, width // HEAD_WIDTH)
        self.before, self.between = nn.LayerNorm(width), nn.LayerNorm(width)
        self.ask, self.tell = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.think = nn.Sequential(nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width))
        self.dropout = nn.Dropout(dropout)

    def forward(self, H: Tensor) -> Tensor:
        """Return (n, places, width) of the same."""
        H = H + self.dropout(self._attend(self.before(H)))
        return H + self.dropout(self.think(self.between(H)))

    def _attend(self, H: Tensor) -> Tensor:
        parts = self.ask(H).unflatten(2, (3, self.heads, -1))
        query, key, value = (parts[:, :, i].transpose(1, 2) for i in range(3))
        weight = torch.softmax(query @ key.transpose(2, 3) / query.shape[-1] ** 0.5, dim=-1)
        return self.tell((weight @ value).transpose(1, 2).flatten(2))
