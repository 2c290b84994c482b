"""The real sets, against what their README and their files say."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from tunelens.data.read import read_dataset
from tunelens.data.registry import ReadOptions


def test_the_fault_filtered_split_of_gtzan(data_dir: Path) -> None:
    tracks = read_dataset(data_dir / "gtzan_features")
    assert tracks.X is not None and tracks.X.shape == (1000, 57) and np.isfinite(tracks.X).all()
    assert tracks.labels.counts() == dict.fromkeys(tracks.labels.classes, 100)
    assert tracks.split is not None
    assert [tracks.split.count(name) for name in ("train", "valid", "test", "")] == [443, 197, 290, 70]
    listed = (data_dir / "gtzan_features" / "test_filtered.txt").read_text().split()
    tests = {Path(one).stem for one in listed}
    assert {
        Path(one).stem for one, split in zip(tracks.ids, tracks.split, strict=True) if split == "test"
    } == tests


def test_moods_with_four_quadrants_and_with_genres(data_dir: Path) -> None:
    tracks = read_dataset(data_dir / "mer4q.csv", options=ReadOptions(label="quadrant"))
    assert (len(tracks), tracks.labels.kind, tracks.labels.classes) == (
        664,
        "single",
        ("Q1", "Q2", "Q3", "Q4"),
    )
    assert tracks.split is None and list(tracks.groups) == ["artist"] and tracks.X is None
    with (data_dir / "mer4q.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    genres = read_dataset(data_dir / "mer4q.csv", options=ReadOptions(label="genres"))
    assert genres.labels.kind == "multi" and len(genres.labels.classes) == 21
    assert genres.labels.values == tuple(frozenset(row["genres"].split("; ")) for row in rows)
    folds = {row["artist"]: row["fold"] for row in rows}
    # the folds were made disjoint by artist: whoever reads artists rightly finds them so, unknown ones aside
    known = [(a, row["fold"]) for a, row in zip(tracks.groups["artist"], rows, strict=True) if a]
    assert len(known) == 662 and all(folds[artist] == fold for artist, fold in known)


def test_reactions_as_amounts(data_dir: Path) -> None:
    tracks = read_dataset(data_dir / "emotify.csv", options=ReadOptions(label="sadness"))
    assert (len(tracks), tracks.labels.kind) == (321, "continuous")
    assert {"artist", "album"} == set(tracks.groups)
    assert read_dataset(data_dir / "emotify.csv").labels.classes == ("classical", "electronic", "pop", "rock")


@pytest.mark.parametrize(
    ("name", "options", "n_found", "kind"),
    [
        ("hit_or_flop_2010s", {}, 6398, "single"),
        ("top_hits_2000_2019", {"time": "year", "label": "popularity"}, 2000, "continuous"),
        ("top_hits_2000_2019", {"kind": "multi", "separator": ","}, 2000, "multi"),
        ("moods", {}, 686, "single"),
        ("tiktok_trending", {}, 6746, "single"),
        ("spotify_top_charts_21", {"label": "peak_rank"}, 1027, "continuous"),
    ],
)
def test_charts_are_matrices(data_dir: Path, name: str, options: dict, n_found: int, kind: str) -> None:
    tracks = read_dataset(data_dir / "hits" / f"{name}.csv", options=ReadOptions(**options))
    assert (tracks.report.n_found, tracks.labels.kind) == (n_found, kind)
    assert tracks.report.n_kept == len(tracks)
    assert not {"key_id", "track_id", "uri", "year", "artist"} & set(tracks.feature_names)
    assert {"danceability", "energy", "tempo"} <= set(tracks.feature_names)
    assert "artist" in tracks.groups
    if "time" in options:
        assert tracks.times is not None and 1998 <= tracks.times.min() <= tracks.times.max() <= 2020
    if kind == "multi":
        assert "pop" in tracks.labels.classes and not any("," in one for one in tracks.labels.classes)
