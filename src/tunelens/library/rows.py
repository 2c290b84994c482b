"""Between an `Analysis` and the rows that hold it.

The JSON document keeps everything but the long arrays. Those are float32 blobs in ``vectors``: the pooled
descriptors, and of each model the embeddings and the tag timeline. Their names (of descriptors, of tags) are
the same for thousands of tracks and lie once in ``layouts``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunelens.features.pooling import Pooled
from tunelens.library.analysis import Analysis, Print
from tunelens.library.identity import escape, path_to_text
from tunelens.library.query import tag_word
from tunelens.library.track import GROUPS
from tunelens.models import Tagging
from tunelens.models.prediction import Prediction

POOLED = "descriptors"
TIMELINE = "timeline"
FAINTEST = 0.01
OTHER = GROUPS[-1]
IMPORTED = "imported:"
"""Begins the ``model`` of tags that no model heard but another program told; hearing again leaves them."""
UPPER = {"valence": "positive", "arousal": "high"}


def track_row(analysis: Analysis) -> dict[str, Any]:
    """Return the columns of ``tracks``, without path."""
    info, heard = analysis.info, analysis.descriptors
    return {
        "size_bytes": analysis.stamp.size_bytes,
        "mtime_ns": analysis.stamp.mtime_ns,
        "sha256": analysis.content_sha256,
        "versions": json.dumps(dict(analysis.versions), sort_keys=True),
        "title": _text(info.title),
        "artist": _text(info.artist),
        "album": _text(info.album),
        "year": info.year,
        "genre": _text(info.genre),
        "container": info.container,
        "codec": info.codec,
        "sr": info.sr,
        "n_channels": info.n_channels,
        "bit_rate": info.bit_rate,
        "duration_s": analysis.duration_s,
        "tempo_bpm": heard.tempo.bpm,
        "tempo_confidence": heard.tempo.confidence,
        "tonic": heard.key.tonic,
        "mode": heard.key.mode,
        "key_confidence": heard.key.confidence,
        "loudness_lufs": heard.loudness_lufs,
        "loudness_range_lu": heard.loudness_range_lu,
        "danceability": heard.danceability.value,
        "energy": heard.energy,
        "dynamic_complexity_db": heard.dynamic_complexity_db,
        "album_artist": _text(info.album_artist),
        "recording_mbid": _text(info.recording_mbid),
        **affect(analysis.predictions),
    }


def affect(said: Mapping[str, Prediction]) -> dict[str, float | None]:
    """Return valence and arousal, 0 to 1, as the shipped bundles hear them; None of what is no music.

    Each is the calibrated probability of the upper half (positive; high), also where the bundle would rather
    not decide: a probability near one half is what such a song has.
    """
    music = said.get("music")
    heard = said if music is None or (music.known and music.label == "music") else {}
    return {name: _share(heard.get(name), upper) for name, upper in UPPER.items()}


def _share(said: Prediction | None, label: str) -> float | None:
    return None if said is None else said.probabilities.get(label)


def _text(text: str | None) -> str | None:
    return escape(text.replace("\0", " ")).strip() or None if text else None


def tag_rows(taggings: Iterable[Tagging], predictions: Mapping[str, Prediction]) -> list[dict[str, Any]]:
    """Return the rows of ``tags`` for what was heard.

    Of a net, what is at least `FAINTEST` probable; of a bundle, what it decided for. Ranked within each.
    """
    heard = [row for tagging in taggings for row in _tags_of(tagging)]
    return heard + [row for name, said in predictions.items() for row in _labels_of(name, said)]


def _labels_of(bundle: str, said: Prediction) -> Iterator[dict[str, Any]]:
    for rank, label in enumerate(said.labels, 1):
        yield {
            "model": bundle,
            "tag": label,
            "group": bundle if bundle in GROUPS else OTHER,
            "word": tag_word(label),
            "probability": said.probabilities[label],
            "rank": rank,
        }


def _tags_of(tagging: Tagging) -> Iterator[dict[str, Any]]:
    heard = [(p, tag, group) for group, pairs in tagging.grouped().items() for tag, p in pairs]
    for rank, (probability, tag, group) in enumerate(sorted(heard, key=lambda one: (-one[0], one[1])), 1):
        if probability >= FAINTEST:
            yield {
                "model": tagging.model,
                "tag": tag,
                "group": group,
                "word": tag_word(tag),
                "probability": float(probability),
                "rank": rank,
            }


@dataclass(frozen=True, eq=False)
class NamedArray:
    """One row of ``vectors``.

    Parameters
    ----------
    kind, version : str
        "descriptors", "MSD_musicnn/mean", "MSD_musicnn/timeline", ... and the version of what made it.
    names : tuple of str
        Name of each column, or empty.
    values : ndarray of float32, shape (dim,) or (n_rows, dim)
        The values.
    """

    kind: str
    version: str
    names: tuple[str, ...]
    values: NDArray[np.float32]

    @property
    def layout(self) -> str:
        """Key of the names in ``layouts``; "" without names."""
        text = json.dumps(self.names, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:16] if self.names else ""


def arrays_of(analysis: Analysis) -> Iterator[NamedArray]:
    """Yield the long arrays of `analysis`."""
    pooled = analysis.descriptors.pooled
    yield NamedArray(POOLED, analysis.versions.get("descriptors", ""), pooled.names, pooled.values)
    for tagging in analysis.taggings:
        yield NamedArray(f"{tagging.model}/{TIMELINE}", tagging.version, tagging.tags, tagging.scores)
        for name, vector in tagging.embeddings.items():
            yield NamedArray(f"{tagging.model}/{name}", tagging.version, (), vector)


def document_of(analysis: Analysis) -> str:
    """Return `analysis` as JSON without path, prints and what `arrays_of` gives."""
    document = analysis.to_dict()
    del document["descriptors"]["pooled"], document["prints"]
    for tagging in document["taggings"]:
        for name in ("tags", "scores", "embeddings"):
            del tagging[name]
    return json.dumps(document, allow_nan=False, separators=(",", ":"))


def predictions_of(document: str) -> dict[str, Prediction]:
    """Return what bundles said, from what `document_of` wrote."""
    said = json.loads(document).get("predictions", {})
    return {name: Prediction.from_dict(one) for name, one in said.items()}


def restore(
    path: Path, document: str, arrays: Iterable[NamedArray], prints: Iterable[Print] = ()
) -> Analysis:
    """Join what `document_of` and `arrays_of` split, and prints; `path` is where the file is now.

    Raises
    ------
    DataError
        The descriptors are of another version.
    """
    values = json.loads(document)
    held = {array.kind: array for array in arrays}
    pooled = held[POOLED]
    values["path"] = path_to_text(path)
    values["descriptors"]["pooled"] = Pooled(pooled.names, pooled.values[0]).to_dict()
    values["taggings"] = [_complete(tagging, held) for tagging in values["taggings"]]
    return replace(Analysis.from_dict(values), prints=tuple(prints))


def restore_taggings(document: str, arrays: Iterable[NamedArray]) -> tuple[Tagging, ...]:
    """Return the taggings alone, which stay good when descriptors have become outdated."""
    held = {array.kind: array for array in arrays}
    return tuple(Tagging.from_dict(_complete(one, held)) for one in json.loads(document)["taggings"])


def _complete(tagging: dict[str, Any], held: Mapping[str, NamedArray]) -> dict[str, Any]:
    prefix = f"{tagging['model']}/"
    own = {kind.removeprefix(prefix): array for kind, array in held.items() if kind.startswith(prefix)}
    timeline = own.pop(TIMELINE)
    return {
        **tagging,
        "tags": list(timeline.names),
        "scores": timeline.values.tolist(),
        "embeddings": {name: array.values[0].tolist() for name, array in own.items()},
    }
