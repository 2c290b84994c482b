"""Which pretrained nets there are."""

from __future__ import annotations

from tunelens.base.registry import Registry
from tunelens.base.settings import Settings
from tunelens.models.backbone import Backbone


class _Backbones(Registry[Backbone]):
    """The registry of nets, with the folders that a person has put beside the library."""

    def _scan(self) -> None:
        if self._scanned:
            return
        super()._scan()
        for manifest in sorted((Settings.from_env().data_dir / "backbones").glob("*/manifest.json")):
            from tunelens.models.backbones.onnx_folder import OnnxFolder

            self.register(manifest.parent.name, OnnxFolder(manifest.parent))


BACKBONES: Registry[Backbone] = _Backbones(
    "backbone",
    {
        "MSD_musicnn": "tunelens.models.backbones.musicnn:MSD_MUSICNN",
        "MTT_musicnn": "tunelens.models.backbones.musicnn:MTT_MUSICNN",
        "MSD_vgg": "tunelens.models.backbones.musicnn:MSD_VGG",
        "MTT_vgg": "tunelens.models.backbones.musicnn:MTT_VGG",
        "CLAP_music": "tunelens.models.backbones.huggingface:CLAP_MUSIC",
    },
    group="tunelens.backbones",
)
"""Others are added by the entry-point group ``tunelens.backbones``, by `Registry.register`, or as a folder
``backbones/NAME`` in the data folder that holds ``manifest.json`` and ``model.onnx``."""

DEFAULT_BACKBONES = ("MSD_musicnn", "MTT_musicnn")
DEFAULT_PATCHES = 12
"""Patches per song; ``python -m bench coverage`` shows what more would bring and cost."""
