"""The nets of musicnn (Pons & Serra 2019): weights from the package of that name, rebuilt as ONNX.

The package's code is neither installed nor run: only its weights are read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tunelens.base.errors import BundleError, MissingDependencyError
from tunelens.base.packages import Package, fetch, read_member
from tunelens.base.settings import Settings
from tunelens.models.backbones.checkpoint import read_checkpoint
from tunelens.models.backbones.folder import Manifest, is_net, load_net, write_net
from tunelens.models.backbones.graph import Weights
from tunelens.models.backbones.musicnn_graph import musicnn_graph
from tunelens.models.backbones.vgg_graph import MSD_POOLS, MTT_POOLS, vgg_graph
from tunelens.models.ear import Ear
from tunelens.models.logmel import LogMel

PACKAGE = Package(
    name="musicnn",
    version="0.1.0",
    filename="musicnn-0.1.0-py3-none-any.whl",
    sha256="f38a4890c648c1ddbb141c5d96d2b0a8cfcd36746002d896989f7b88beb65cfa",
    size_bytes=29_292_476,
    licence="ISC",
)
FEATURES = LogMel(sr=16000, n_fft=512, hop_length=256, n_mels=96, n_frames=187, gain=10000.0)
GRAPH_VERSION = 1
"""Rises when the same weights would be built into a net with other answers or outputs."""

MSD_TAGS = (
    *("rock", "pop", "alternative", "indie", "electronic", "female vocalists", "dance", "00s"),
    *("alternative rock", "jazz", "beautiful", "metal", "chillout", "male vocalists", "classic rock"),
    *("soul", "indie rock", "Mellow", "electronica", "80s", "folk", "90s", "chill", "instrumental"),
    *("punk", "oldies", "blues", "hard rock", "ambient", "acoustic", "experimental", "female vocalist"),
    *("guitar", "Hip-Hop", "70s", "party", "country", "easy listening", "sexy", "catchy", "funk"),
    *("electro", "heavy metal", "Progressive rock", "60s", "rnb", "indie pop", "sad", "House", "happy"),
)
MTT_TAGS = (
    *("guitar", "classical", "slow", "techno", "strings", "drums", "electronic", "rock", "fast"),
    *("piano", "ambient", "beat", "violin", "vocal", "synth", "female", "indian", "opera", "male"),
    *("singing", "vocals", "no vocals", "harpsichord", "loud", "quiet", "flute", "woman", "male vocal"),
    *("no vocal", "pop", "soft", "sitar", "solo", "man", "classic", "choir", "voice", "new age"),
    *("dance", "male voice", "female vocal", "beats", "harp", "cello", "no voice", "weird", "country"),
    *("metal", "female voice", "choral"),
)


@dataclass(frozen=True)
class Musicnn:
    """One of the nets; `name` is also its folder in the package, `graph` makes ONNX of its weights."""

    name: str
    tags: tuple[str, ...]
    trained_on: str
    graph: Callable[[Weights], bytes] = musicnn_graph
    sr: int = FEATURES.sr
    patch_s: float = FEATURES.cut.patch_s
    version: str = f"{PACKAGE.version}+{GRAPH_VERSION}"
    licence: str = PACKAGE.licence

    @property
    def source(self) -> str:
        """Where the weights come from."""
        return f"{PACKAGE.name} {PACKAGE.version} (Pons & Serra 2019), trained on {self.trained_on}"

    def folder(self, settings: Settings) -> Path:
        """Return where the rebuilt net lies."""
        return settings.cache_dir / "models" / f"{self.name}-{self.version}"

    def available(self, settings: Settings) -> bool:
        """Tell whether the net was rebuilt on this machine."""
        return is_net(self.folder(settings))

    def pull(self, settings: Settings) -> Path:
        """Fetch the weights where needed, rebuild the net and return its folder."""
        folder = self.folder(settings)
        if not is_net(folder):
            write_net(folder, self._manifest, self._build(fetch(PACKAGE, settings)))
        return folder

    def listener(self, n_patches: int | None, settings: Settings) -> Ear:
        """Return an ear for one recording; `MissingDependencyError` when the net was not pulled."""
        if not self.available(settings):
            raise MissingDependencyError(
                f"the net {self.name} is not here yet", hint=f"run: tunelens models pull {self.name}"
            )
        return Ear(load_net(self.folder(settings)), n_patches)

    def _manifest(self, sha256: str) -> Manifest:
        return Manifest(
            name=self.name,
            version=self.version,
            licence=self.licence,
            source=self.source,
            tags=self.tags,
            features=FEATURES,
            sha256=sha256,
        )

    def _build(self, package: Path) -> bytes:
        weights = read_weights(package, self.name)
        try:
            return self.graph(weights)
        except (KeyError, ValueError) as error:
            raise BundleError(f"the weights of {self.name} do not fit its net: {error}") from error


def read_weights(package: Path, name: str) -> Weights:
    """Return the tensors of the net `name` in the package file."""
    index = read_member(package, f"{PACKAGE.name}/{name}/.index")
    return read_checkpoint(index, read_member(package, f"{PACKAGE.name}/{name}/.data-00000-of-00001"))


MSD, MTT = "the Million Song Dataset with Last.fm tags", "MagnaTagATune"
MSD_MUSICNN = Musicnn("MSD_musicnn", MSD_TAGS, MSD)
MTT_MUSICNN = Musicnn("MTT_musicnn", MTT_TAGS, MTT)
MSD_VGG = Musicnn("MSD_vgg", MSD_TAGS, MSD, partial(vgg_graph, pools=MSD_POOLS))
MTT_VGG = Musicnn("MTT_vgg", MTT_TAGS, MTT, partial(vgg_graph, pools=MTT_POOLS))
