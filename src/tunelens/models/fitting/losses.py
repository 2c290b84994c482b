"""What training makes small."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from tunelens.data.labels import Task


class SoftLoss(nn.Module):
    """The mean loss of rows with soft, weighted targets.

    Parameters
    ----------
    task : {"single", "multi", "continuous"}
        Cross entropy, binary cross entropy averaged over tags, or squared error.
    smoothing : float
        Of labels while training, 0 to less than 1: that share of every target is spread evenly over the
        classes (Szegedy et al. 2016); of a tag, over yes and no.
    """

    def __init__(self, task: Task, smoothing: float = 0.0) -> None:
        super().__init__()
        self.task, self.smoothing = task, smoothing

    def forward(self, scores: Tensor, table: Tensor) -> Tensor:
        """Return the loss of `scores` (n, k) by a table (n, 2 k), see `Targets`."""
        told, weight = table.chunk(2, dim=1)
        target = told / torch.where(weight > 0, weight, 1.0)
        if self.task == "continuous":
            return (weight * (scores - target) ** 2).mean()
        if self.training and self.smoothing:
            even = 0.5 if self.task == "multi" else 1 / scores.shape[1]
            target = (1 - self.smoothing) * target + self.smoothing * even
        if self.task == "multi":
            each = functional.binary_cross_entropy_with_logits(scores, target, reduction="none")
            return (weight * each).mean()
        each = -(weight * target * functional.log_softmax(scores, dim=1)).sum(dim=1)
        return each.mean()
