"""Pretrained hearing: tags and embeddings from nets that others trained.

Examples
--------
>>> DEFAULT_BACKBONES, len(BACKBONES["MSD_musicnn"].tags)
(('MSD_musicnn', 'MTT_musicnn'), 50)
"""

from tunelens.models.backbone import Backbone
from tunelens.models.backbones.onnx_folder import onnx_backbone
from tunelens.models.ear import Ear
from tunelens.models.registry import BACKBONES, DEFAULT_BACKBONES, DEFAULT_PATCHES
from tunelens.models.tagging import Tagging

__all__ = [
    "BACKBONES",
    "DEFAULT_BACKBONES",
    "DEFAULT_PATCHES",
    "Backbone",
    "Ear",
    "Tagging",
    "onnx_backbone",
]
