"""What a player shows of a track: the samples themselves say what is right."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest
import soundfile
from matplotlib.figure import Figure

from tests.api.conftest import SECONDS


def get(client, path, **params):
    answer = client.get(f"/api/v1/{path}", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()["result"]


@pytest.fixture(scope="module")
def track(client, api_music):
    """Number and samples of one song that is stored without loss."""
    number = get(client, "tracks", query='"Blue in Two"')["items"][0]["id"]
    y, sr = soundfile.read(api_music / "jazz/blue.flac", dtype="float32")
    return number, y, sr


@pytest.mark.parametrize("points", [1, 7, 100, 4000])
def test_the_waveform_holds_the_extremes_of_the_samples(client, track, points):
    number, y, sr = track
    found = get(client, f"tracks/{number}/waveform", points=points)
    assert found["points"] == len(found["low"]) == len(found["high"]) <= points
    assert found["points"] > points / 2
    assert found["duration_s"] == pytest.approx(len(y) / sr, abs=1e-3)
    assert (min(found["low"]), max(found["high"])) == pytest.approx((y.min(), y.max()), abs=1e-4)
    assert found["peak"] == pytest.approx(np.abs(y).max(), abs=1e-4)
    assert all(-1 <= low <= high <= 1 for low, high in zip(found["low"], found["high"], strict=True))
    if points == 7:  # columns are merged in pairs first, so that they may end a little earlier or later
        parts = np.array_split(y, found["points"])
        assert found["high"] == pytest.approx([part.max() for part in parts], abs=0.1)
        assert found["rms"] == pytest.approx([np.sqrt((part**2).mean()) for part in parts], rel=0.1)


def test_a_waveform_that_was_damaged_in_the_cache_is_made_anew(client, track, api_settings):
    number, *_ = track
    before = get(client, f"tracks/{number}/waveform", points=50)
    kept = list((api_settings.cache_dir / "waveforms").iterdir())
    for path in kept:
        path.write_bytes(path.read_bytes()[:100])
    assert get(client, f"tracks/{number}/waveform", points=50) == before
    assert [path.stat().st_size > 100 for path in kept].count(True) == 1


def test_beats_come_as_often_as_the_song_was_played(client, track):
    found = get(client, f"tracks/{track[0]}/beats")
    assert found["tempo"]["bpm"] == pytest.approx(120, rel=0.04)
    assert np.median(np.diff(found["beats_s"])) == pytest.approx(0.5, abs=0.03)
    assert 0 < found["beats_s"][-1] <= SECONDS


def test_parts_cover_the_song_and_are_found_once(client, track):
    found = get(client, f"tracks/{track[0]}/structure")
    assert found["segments"][0]["start_s"] == 0
    assert found["segments"][-1]["end_s"] == pytest.approx(SECONDS, abs=0.2)
    assert get(client, f"tracks/{track[0]}/structure") == found
    assert client.get(f"/api/v1/tracks/{track[0]}/structure", params={"of": "midi"}).status_code == 422


def test_a_track_that_no_net_heard_has_an_empty_timeline(client, track):
    found = get(client, f"tracks/{track[0]}/timeline")
    assert (found["nets"], found["duration_s"]) == ([], pytest.approx(SECONDS, abs=0.1))


@pytest.mark.parametrize("format", ["png", "svg"])
def test_pictures_speak_and_darken_as_asked_and_are_kept(client, track, format):
    url = f"/api/v1/tracks/{track[0]}/plots/mel.{format}"
    ways = [(lang, theme) for lang in ("en", "zh") for theme in ("light", "dark")]
    asked = [{"lang": lang, "theme": theme, "start_s": 2, "end_s": 6} for lang, theme in ways]
    seen = {way: client.get(url, params=one).content for way, one in zip(ways, asked, strict=True)}
    assert len(set(seen.values())) == 4
    begin = b"\x89PNG" if format == "png" else b"<?xml"
    assert all(one.startswith(begin) and len(one) < 2_000_000 for one in seen.values())
    again = client.get(url, params={"lang": "zh", "theme": "dark", "start_s": 2, "end_s": 6})
    assert again.content == seen["zh", "dark"]
    assert again.headers["content-type"].startswith("image/")
    if format == "svg":
        assert b"#15181e" in again.content
        assert b"script" not in again.content


def test_pictures_that_cannot_be_are_refused(client, track):
    url = f"/api/v1/tracks/{track[0]}/plots"
    assert client.get(f"{url}/nonsense.png").status_code == 404
    assert client.get(f"{url}/mel.gif").status_code == 422
    assert client.get(f"{url}/mel.png", params={"start_s": 5, "end_s": 2}).status_code == 400
    assert client.get(f"{url}/mel.png", params={"start_s": 0, "end_s": 901}).status_code == 400
    assert client.get("/api/v1/tracks/9999/plots/mel.png").status_code == 404
    assert "waveform" in {one["name"] for one in get(client, "plots")["plots"]}


def test_pictures_leave_no_figures_behind(client, track, monkeypatch):
    alive, made, begin = weakref.WeakSet(), [], Figure.__init__

    def watched(self, *args, **options):
        begin(self, *args, **options)
        alive.add(self)
        made.append(id(self))

    monkeypatch.setattr(Figure, "__init__", watched)
    for i in range(6):
        url = f"/api/v1/tracks/{track[0]}/plots/waveform.png"
        assert client.get(url, params={"start_s": i / 100}).status_code == 200
    gc.collect()
    assert len(made) == 6
    assert len(alive) <= 1
