"""Which pretrained nets there are."""

from __future__ import annotations

from tunelens.base.registry import Registry
from tunelens.models.backbone import Backbone

BACKBONES: Registry[Backbone] = Registry(
    "backbone",
    {
        "MSD_musicnn": "tunelens.models.backbones.musicnn:MSD_MUSICNN",
        "MTT_musicnn": "tunelens.models.backbones.musicnn:MTT_MUSICNN",
    },
    group="tunelens.backbones",
)
"""Other packages add theirs by the entry-point group ``tunelens.backbones``."""

DEFAULT_BACKBONES = ("MSD_musicnn", "MTT_musicnn")
DEFAULT_PATCHES = 12
"""Patches per song; ``python -m bench coverage`` shows what more would bring and cost."""
