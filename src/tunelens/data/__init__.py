"""Datasets: rows with labels, groups and splits; readers, protocols, balance, augmentation."""

from __future__ import annotations

from tunelens.data.labels import Labels
from tunelens.data.tracks import Dropped, ReadReport, Tracks

__all__ = ["Dropped", "Labels", "ReadReport", "Tracks"]
