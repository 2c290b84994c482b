"""The map over HTTP: points, columns and matches are those of the library; what is known is not sent anew."""

from __future__ import annotations

import json
import shutil
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler

from tests.api.conftest import ADDRESS, SONGS, TestClient
from tunelens.api.app import create_app
from tunelens.api.options import ServeOptions
from tunelens.base.errors import NotFoundError
from tunelens.base.settings import Settings
from tunelens.library import columns
from tunelens.library.store import Library
from tunelens.services import library_map

MAP = "/api/v1/map"


@dataclass
class Drawn:
    """A map, as a program reads it."""

    client: TestClient
    library: Path
    ids: np.ndarray
    points: np.ndarray

    def column(self, name: str, lang: str = "en") -> tuple[dict[str, Any], Any]:
        data = self.client.get(f"{MAP}/columns/{name}", params={"lang": lang}).content
        (length,) = struct.unpack_from("<I", data)
        header, body = json.loads(data[4 : 4 + length]), data[4 + length :]
        assert (4 + length) % 8 == 0, "typed arrays want their data aligned"
        kinds = {"f4": lambda: np.frombuffer(body, "<f4"), "u2": lambda: np.frombuffer(body, "<u2")}
        return header, kinds.get(header["dtype"], lambda: json.loads(body))()

    def facts(self) -> dict[int, Any]:
        with Library.open(self.library, create=False) as catalogue:
            return {row.id: row for row in columns.facts(catalogue)}


def wait_for(client: TestClient, job: dict[str, Any]) -> dict[str, Any]:
    end = time.monotonic() + 60
    while job["state"] in {"queued", "running"}:
        assert time.monotonic() < end, job
        time.sleep(0.05)
        job = client.get(f"/api/v1/jobs/{job['id']}").json()["result"]
    return job


@pytest.fixture(scope="module")
def drawn(api_library: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drawn]:
    home = tmp_path_factory.mktemp("map")
    library = Path(shutil.copy(api_library, home / "music.db"))
    settings = Settings(data_dir=home / "data", cache_dir=home / "cache", offline=True, jobs=1)
    with TestClient(create_app(ServeOptions(library=library, settings=settings)), base_url=ADDRESS) as client:
        before = client.get(MAP).json()["result"]
        assert before["computed"] is False and before["n_tracks"] == len(SONGS)
        refused = client.get(f"{MAP}/points")
        assert refused.status_code == 404 and "jobs/map" in refused.json()["error"]["hint"]
        started = client.post("/api/v1/jobs/map", json={"projection": "pca"})
        assert started.json()["path"] == started.json()["result"]["id"]
        assert started.status_code == 202
        job = wait_for(client, started.json()["result"])
        assert job["state"] == "done", job["error"]
        assert job["result"]["n"] == len(SONGS)
        data = client.get(f"{MAP}/points").content
        magic, version, n, _ = struct.unpack_from("<4sIII", data)
        assert (magic, version, len(data)) == (b"TLMP", 1, 16 + 12 * n)
        points = np.frombuffer(data, "<f4", offset=16 + 4 * n).reshape(n, 2)
        yield Drawn(client, library, np.frombuffer(data, "<i4", count=n, offset=16), points)


def test_points_are_principal_components_of_the_descriptors(drawn: Drawn) -> None:
    """The oracle is scikit-learn, on the numbers of the library; a map may be turned, moved and scaled."""
    facts = drawn.facts()
    assert sorted(drawn.ids.tolist()) == sorted(facts)
    features = drawn.client.get(MAP).json()["result"]["features"]
    X = np.array([[getattr(facts[i], name) for name in features] for i in drawn.ids.tolist()], float)
    X = np.where(np.isnan(X), np.nanmedian(X, axis=0), X)
    flat = PCA(2).fit_transform(StandardScaler().fit_transform(X))

    def distances(points: np.ndarray) -> np.ndarray:
        away = np.linalg.norm(points[:, None] - points[None], axis=2)
        return away / away.max()

    assert np.allclose(distances(drawn.points), distances(flat), atol=1e-5)
    assert drawn.points.min() >= 0 and drawn.points.max() <= 1


def test_columns_are_what_the_library_knows(drawn: Drawn) -> None:
    facts = drawn.facts()
    told = {one["name"]: one for one in drawn.client.get(MAP).json()["result"]["columns"]}
    assert {"genre", "year", "energy", "tempo_bpm", "cluster"} <= told.keys()
    header, energy = drawn.column("energy")
    assert header["kind"] == "number" and header["n"] == len(SONGS)
    assert energy.tolist() == pytest.approx([facts[i].energy for i in drawn.ids.tolist()])
    header, codes = drawn.column("genre")
    genres = [header["labels"][code - 1] if code else None for code in codes.tolist()]
    assert genres == [facts[i].genre or None for i in drawn.ids.tolist()]
    header, titles = drawn.column("title")
    assert titles == [facts[i].title or Path(facts[i].path).stem for i in drawn.ids.tolist()]


def test_labels_are_said_in_the_language_that_is_asked_for(drawn: Drawn) -> None:
    english, chinese = (drawn.column("cluster", lang) for lang in ("en", "zh"))
    assert english[1].tolist() == chinese[1].tolist()
    assert english[0]["label"] == "Cluster" and chinese[0]["label"] == "聚类"
    assert not any(label.isascii() for label in chinese[0]["labels"])
    axes = drawn.client.get(MAP, params={"lang": "zh"}).json()["result"]["axes"]
    assert axes[0].startswith("主成分 1")


@pytest.mark.parametrize("query", ["", "genre:jazz", "夜曲", "tempo:<100"])
def test_matches_are_what_a_search_finds(drawn: Drawn, query: str) -> None:
    found = drawn.client.get(f"{MAP}/matches", params={"query": query}).json()["result"]
    tracks = drawn.client.get("/api/v1/tracks", params={"query": query, "limit": 500}).json()["result"]
    assert sorted(found["ids"]) == sorted(one["id"] for one in tracks["items"])
    assert found["total"] == tracks["total"]


def test_what_a_caller_has_is_not_sent_again_until_the_map_is_another(drawn: Drawn) -> None:
    first = drawn.client.get(f"{MAP}/points")
    known = {"If-None-Match": first.headers["etag"]}
    again = drawn.client.get(f"{MAP}/points", headers=known)
    assert again.status_code == 304 and again.content == b""
    asked = {"projection": "pca", "fresh": True}
    wait_for(drawn.client, drawn.client.post("/api/v1/jobs/map", json=asked).json()["result"])
    anew = drawn.client.get(f"{MAP}/points", headers=known)
    assert anew.status_code == 200 and anew.content == first.content, "the same tracks and seed, the same map"


@pytest.mark.parametrize(
    ("path", "status"),
    [("columns/nonsense", 404), ("columns/..%2f..%2fpasswd", 404), ("matches?query=genre:", 400)],
)
def test_what_is_not_there_is_told(drawn: Drawn, path: str, status: int) -> None:
    answer = drawn.client.get(f"{MAP}/{path}")
    assert answer.status_code in {status, 422} and answer.json()["error"]["message"]


def test_a_request_is_checked_before_it_is_queued(drawn: Drawn) -> None:
    for wrong in ({"projection": "mds"}, {"seed": -1}, {"nothing": 1}, {"features": "/etc/passwd"}):
        assert drawn.client.post("/api/v1/jobs/map", json=wrong).status_code == 422


def test_who_joined_and_left_is_told_and_put_among_the_others(api_library: Path, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data", cache_dir=tmp_path / "cache", offline=True)
    with Library.open(Path(shutil.copy(api_library, tmp_path / "music.db"))) as library:
        made = library_map.make_map(library, projection="pca", settings=settings)
        before = dict(zip(made.ids().tolist(), made._array("points").tolist(), strict=True))
        assert library_map.describe(library, settings)["stale"] is False
        gone = int(made.ids()[0])
        analysis = library.get(gone)
        library.remove(gone)
        told = library_map.describe(library, settings)
        assert (told["stale"], told["n_joined"], told["n_gone"]) == (True, 0, 1)
        library.put(analysis)
        told = library_map.describe(library, settings)
        assert (told["n_joined"], told["n_gone"]) == (1, 1)
        again = library_map.make_map(library, projection="pca", settings=settings)
        assert again.about["n_new"] == 1 and library_map.describe(library, settings)["stale"] is False
        after = dict(zip(again.ids().tolist(), again._array("points").tolist(), strict=True))
        (new,) = after.keys() - before.keys()
        assert after[new] == pytest.approx(before[gone], abs=1e-6), "the same sound lies where it lay"
        for one in after.keys() - {new}:
            assert after[one] == pytest.approx(before[one], abs=1e-6)


def test_a_damaged_map_is_none(api_library: Path, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data", cache_dir=tmp_path / "cache", offline=True)
    with Library.open(Path(shutil.copy(api_library, tmp_path / "music.db"))) as library:
        path = library_map.make_map(library, projection="pca", settings=settings).path
        path.write_bytes(path.read_bytes()[:-7] + b"rubbish")
        with pytest.raises(NotFoundError, match="no map"):
            library_map.kept_map(library, settings)
        assert library_map.describe(library, settings)["computed"] is False
