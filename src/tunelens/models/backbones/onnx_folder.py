"""Anybody's net: a folder with ``manifest.json`` and ``model.onnx``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from tunelens.base.errors import NotFoundError
from tunelens.base.settings import Settings
from tunelens.models.backbones.folder import Manifest, is_net, load_net
from tunelens.models.ear import Ear


@dataclass(frozen=True)
class OnnxFolder:
    """The net in `folder`; its manifest is read on first use."""

    folder: Path

    @cached_property
    def manifest(self) -> Manifest:
        """What the folder says about itself; `BundleError` when it makes no sense."""
        return Manifest.read(self.folder)

    @property
    def name(self) -> str:
        """Its name."""
        return self.manifest.name

    @property
    def version(self) -> str:
        """Its version and the begin of its hash: another net is another version."""
        return f"{self.manifest.version}+{self.manifest.sha256[:8]}"

    @property
    def licence(self) -> str:
        """Of the weights."""
        return self.manifest.licence

    @property
    def source(self) -> str:
        """Where the weights come from."""
        return self.manifest.source

    @property
    def sr(self) -> int:
        """Sample rate it hears at, Hz."""
        return self.manifest.features.sr

    @property
    def tags(self) -> tuple[str, ...]:
        """Its vocabulary."""
        return self.manifest.tags

    @property
    def patch_s(self) -> float:
        """Length of what it hears at once, seconds."""
        return self.manifest.features.cut.patch_s

    def available(self, settings: Settings) -> bool:  # noqa: ARG002 - the protocol's signature
        """Tell whether both files are there."""
        return is_net(self.folder)

    def pull(self, settings: Settings) -> Path:
        """Return the folder; `NotFoundError` when it is gone."""
        if not self.available(settings):
            raise NotFoundError(f"{str(self.folder)!r} does not hold a manifest.json and a model.onnx")
        return self.folder

    def listener(self, n_patches: int | None, settings: Settings) -> Ear:
        """Return an ear for one recording."""
        return Ear(replace(load_net(self.pull(settings)), version=self.version), n_patches)


def onnx_backbone(folder: Path | str) -> OnnxFolder:
    """Return the net in `folder` as a backbone, ready for ``BACKBONES.register(name, ...)``.

    The graph takes ``patches`` (batch, n_frames, n_mels) and gives ``scores`` (batch, n_tags) and any
    number of embeddings (batch, d).

    Raises
    ------
    BundleError
        The manifest makes no sense.
    NotFoundError
        A file is absent.
    """
    backbone = OnnxFolder(Path(folder))
    if not is_net(backbone.folder):
        raise NotFoundError(f"{str(folder)!r} does not hold a manifest.json and a model.onnx")
    backbone.manifest  # noqa: B018 - a manifest that makes no sense is told now
    return backbone
