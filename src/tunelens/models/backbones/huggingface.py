"""A net from Hugging Face: CLAP trained on music (Wu et al. 2023), by the extra ``huggingface``.

Weights are read as safetensors only and no code of the repository is run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import MissingDependencyError
from tunelens.base.settings import Settings
from tunelens.models.ear import Ear, Hearing
from tunelens.models.patches import Cut

Float32 = NDArray[np.float32]
_NEEDED = ("torch", "transformers")


@dataclass(frozen=True)
class ClapBackbone:
    """An audio tower of CLAP; gives an ``embedding`` (512) and no tags."""

    name: str
    repository: str
    version: str = "1"
    licence: str = "Apache-2.0"
    sr: int = 48000
    patch_s: float = 10.0
    tags: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        """Where the weights come from."""
        return f"huggingface.co/{self.repository} (Wu et al. 2023)"

    def folder(self, settings: Settings) -> Path:
        """Return where the weights lie."""
        return settings.cache_dir / "huggingface" / self.name

    def available(self, settings: Settings) -> bool:
        """Tell whether the extra is installed and the weights are here."""
        return not _absent() and (self.folder(settings) / "config.json").is_file()

    def pull(self, settings: Settings) -> Path:
        """Fetch the weights by the Hugging Face client and return their folder."""
        _require(self.name)
        folder = self.folder(settings)
        if not self.available(settings):
            _fetch(self.repository, folder, offline=settings.offline)
        return folder

    def listener(self, n_patches: int | None, settings: Settings) -> Ear:
        """Return an ear for one recording."""
        _require(self.name)
        if not self.available(settings):
            raise MissingDependencyError(
                f"the net {self.name} is not here yet", hint=f"run: tunelens models pull {self.name}"
            )
        n_samples = int(self.sr * self.patch_s)
        net = _load(self.folder(settings), self.sr)
        return Ear(
            Hearing(self.name, self.version, self.tags, Cut(self.sr, n_samples, n_samples), net), n_patches
        )


def _absent() -> list[str]:
    return [name for name in _NEEDED if find_spec(name) is None]


def _require(name: str) -> None:
    if absent := _absent():
        raise MissingDependencyError(
            f"the net {name} needs {' and '.join(absent)}, not installed here",
            hint="pip install 'tunelens[huggingface]'",
        )


def _fetch(repository: str, folder: Path, *, offline: bool) -> None:
    from transformers import ClapModel, ClapProcessor

    try:
        model = ClapModel.from_pretrained(repository, use_safetensors=True, local_files_only=offline)
        processor = ClapProcessor.from_pretrained(repository, local_files_only=offline)
    except OSError as error:
        raise MissingDependencyError(
            f"{repository} could not be fetched: {str(error).splitlines()[0]}",
            hint="check the network, or fill the Hugging Face cache on another machine",
        ) from error
    processor.save_pretrained(folder)
    model.save_pretrained(folder, safe_serialization=True)


@lru_cache(maxsize=2)
def _load(folder: Path, sr: int) -> Any:
    import torch
    from transformers import ClapModel, ClapProcessor

    model = ClapModel.from_pretrained(folder, use_safetensors=True, local_files_only=True).eval()
    extractor = ClapProcessor.from_pretrained(folder, local_files_only=True).feature_extractor

    def net(y: Float32) -> Mapping[str, Float32]:
        inputs = extractor(list(y), sampling_rate=sr, return_tensors="pt")
        with torch.inference_mode():
            embedding = model.get_audio_features(**inputs).numpy()
        return {"scores": np.zeros((len(y), 0), np.float32), "embedding": embedding}

    return net


CLAP_MUSIC = ClapBackbone("CLAP_music", "laion/larger_clap_music")
