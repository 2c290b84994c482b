"""`Analysis`: everything that was heard in one file."""

from __future__ import annotations

import math
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from tunelens.audio import AudioInfo
from tunelens.base.card import Card, Shown
from tunelens.features.descriptors import Descriptors
from tunelens.library.identity import FileStamp, path_to_text, text_to_path
from tunelens.models import Tagging
from tunelens.models.prediction import Prediction

ALL_PATCHES = "all"


@dataclass(frozen=True)
class Print:
    """What a recording is known again by, see `tunelens.library.prints`.

    Parameters
    ----------
    kind : str
        "landmarks" or "chroma".
    version : str
        Of what made it.
    data : bytes
        As `Peaks.pack` or `ChromaSequence.pack` writes it.
    """

    kind: str
    version: str
    data: bytes

    def to_dict(self) -> dict[str, str]:
        """Return the print as JSON knows it, `data` in base64."""
        return {"kind": self.kind, "version": self.version, "data": b64encode(self.data).decode()}

    @classmethod
    def from_dict(cls, values: Mapping[str, str]) -> Self:
        """Build from what `to_dict` returned."""
        return cls(values["kind"], values["version"], b64decode(values["data"], validate=True))


@dataclass(frozen=True, eq=False)
class Analysis(Shown):
    """Everything that was heard in one file.

    Parameters
    ----------
    path : Path
        The file, absolute.
    stamp : FileStamp
        Its size and time of change when it was heard.
    content_sha256 : str
        SHA-256 of its content, hex.
    duration_s : float
        What was decoded, seconds.
    info : AudioInfo
        What its header and tags say.
    descriptors : Descriptors
        Tempo, key, loudness and the like.
    taggings : tuple of Tagging
        What each net heard.
    predictions : Mapping of str to Prediction
        What each bundle says of it, by the bundle's name.
    prints : tuple of Print
        What it is known again by.
    warnings : tuple of str
        What is wrong with the recording.
    versions : Mapping of str to str
        What it was heard with: ``{"tunelens": "0.1.0", "descriptors": "1", "MSD_musicnn": "0.1.0@16"}``;
        after ``@`` the number of patches that the net heard, or ``all``.
    """

    path: Path
    stamp: FileStamp
    content_sha256: str
    duration_s: float
    info: AudioInfo
    descriptors: Descriptors
    taggings: tuple[Tagging, ...] = ()
    predictions: Mapping[str, Prediction] = field(default_factory=dict)
    prints: tuple[Print, ...] = ()
    warnings: tuple[str, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)

    def tagging(self, model: str) -> Tagging | None:
        """Return what `model` heard, or None."""
        return next((tagging for tagging in self.taggings if tagging.model == model), None)

    def _card(self) -> Card:
        from tunelens.library.facts import facts_of, title_of

        return Card(title_of(self), facts=facts_of(self))

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON knows it; `path` as `path_to_text` writes it."""
        name = path_to_text(self.path)
        return {
            "path": name,
            "size_bytes": self.stamp.size_bytes,
            "mtime_ns": self.stamp.mtime_ns,
            "content_sha256": self.content_sha256,
            "duration_s": self.duration_s,
            "info": self.info.to_dict() | {"path": name},
            "descriptors": self.descriptors.to_dict(),
            "taggings": [tagging.to_dict() for tagging in self.taggings],
            "predictions": {name: said.to_dict() for name, said in self.predictions.items()},
            "prints": [one.to_dict() for one in self.prints],
            "warnings": list(self.warnings),
            "versions": dict(self.versions),
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Build from what `to_dict` returned."""
        path = text_to_path(values["path"])
        return cls(
            path=path,
            stamp=FileStamp(values["size_bytes"], values["mtime_ns"]),
            content_sha256=values["content_sha256"],
            duration_s=values["duration_s"],
            info=AudioInfo.from_dict(values["info"] | {"path": str(path)}),
            descriptors=Descriptors.from_dict(values["descriptors"]),
            taggings=tuple(Tagging.from_dict(one) for one in values["taggings"]),
            predictions={
                name: Prediction.from_dict(said) for name, said in values.get("predictions", {}).items()
            },
            prints=tuple(Print.from_dict(one) for one in values.get("prints", ())),
            warnings=tuple(values["warnings"]),
            versions=dict(values["versions"]),
        )


def version_of(model_version: str, n_patches: int | None) -> str:
    """Return a model's entry in `Analysis.versions`; None stands for all patches."""
    return f"{model_version}@{ALL_PATCHES if n_patches is None else n_patches}"


def covers(have: Mapping[str, str], want: Mapping[str, str]) -> bool:
    """Is everything in `want` in `have`, in the same version and heard at least as fully?

    Examples
    --------
    >>> covers({"descriptors": "1", "net": "2@all"}, {"descriptors": "1", "net": "2@16"})
    True
    >>> covers({"descriptors": "1", "net": "2@8"}, {"net": "2@16"})
    False
    """
    return all(name in have and _is_enough(have[name], wanted) for name, wanted in want.items())


def _is_enough(have: str, want: str) -> bool:
    (have_version, _, have_patches), (want_version, _, want_patches) = (
        have.partition("@"),
        want.partition("@"),
    )
    return have_version == want_version and _depth(have_patches) >= _depth(want_patches)


def _depth(patches: str) -> float:
    return math.inf if patches == ALL_PATCHES else int(patches or 0)
