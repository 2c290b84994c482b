"""Sound over HTTP: the bytes of the file, in ranges as RFC 9110 has them, and as WAV."""

from __future__ import annotations

import io
import os
from datetime import UTC, datetime
from email.utils import format_datetime, formatdate
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from tests.api.conftest import TestClient
from tests.api.own import API, error, numbers, own_client, result
from tests.sounds import encode
from tunelens.api.ranges import Span, UnsatisfiableError, span_of

KINDS = {"夜曲.flac": "audio/flac", "one.ogg": "audio/ogg", "folk.wav": "audio/wav", "hit.mp3": "audio/mpeg"}


@pytest.fixture(scope="module")
def song(client: TestClient) -> tuple[str, bytes]:
    """The address of a song, and the bytes of its file."""
    number = numbers(client)["夜曲.flac"]
    path = result(client.get(f"{API}/tracks/{number}"))["path"]
    return f"{API}/tracks/{number}/audio", Path(path).read_bytes()


@pytest.mark.parametrize("name", KINDS)
def test_the_whole_file(client: TestClient, api_music: Path, name: str) -> None:
    got = client.get(f"{API}/tracks/{numbers(client)[name]}/audio")
    (path,) = api_music.rglob(name)
    assert got.status_code == 200 and got.content == path.read_bytes()
    assert got.headers["content-type"] == KINDS[name] and got.headers["accept-ranges"] == "bytes"
    assert got.headers["last-modified"] == formatdate(path.stat().st_mtime, usegmt=True)
    assert not got.headers["etag"].startswith("W/")


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=10-99", 10, 100),
        ("bytes=1000-", 1000, None),
        ("bytes=-16", -16, None),
        ("bytes=-99999999", 0, None),
        ("bytes=5-99999999999999999999999999", 5, None),
        ("BYTES = 3-4".replace(" ", ""), 3, 5),
        ("bytes= 3-4 ,, ", 3, 5),
        ("bytes=3-4, 99999999-", 3, 5),
    ],
)
def test_one_range(
    client: TestClient, song: tuple[str, bytes], asked: str, start: int, stop: int | None
) -> None:
    url, data = song
    part = client.get(url, headers={"range": asked})
    assert part.status_code == 206 and part.content == data[start:stop]
    first = start % len(data)
    assert part.headers["content-range"] == f"bytes {first}-{first + len(part.content) - 1}/{len(data)}"
    assert int(part.headers["content-length"]) == len(part.content)


@pytest.mark.parametrize(
    "asked", ["bytes=4-2", "bytes=a-b", "bytes=", "bytes", "items=0-1", "bytes=-", "bytes=0-1,8-9"]
)
def test_the_whole_where_a_range_means_nothing_or_much(
    client: TestClient, song: tuple[str, bytes], asked: str
) -> None:
    url, data = song
    got = client.get(url, headers={"range": asked})
    assert got.status_code == 200 and got.content == data and "content-range" not in got.headers


@pytest.mark.parametrize("asked", ["bytes=99999999-", "bytes=-0", "bytes=99999999-, -0"])
def test_ranges_without_a_byte(client: TestClient, song: tuple[str, bytes], asked: str) -> None:
    url, data = song
    got = client.get(url, headers={"range": asked})
    error(got, 416, "parameter")
    assert got.headers["content-range"] == f"bytes */{len(data)}"


def test_conditions(client: TestClient, song: tuple[str, bytes]) -> None:
    url, data = song
    known = client.get(url).headers
    etag, date = known["etag"], known["last-modified"]
    later = format_datetime(datetime(2090, 1, 1, tzinfo=UTC), usegmt=True)
    earlier = format_datetime(datetime(1990, 1, 1, tzinfo=UTC), usegmt=True)
    for headers, status in (
        ({"if-none-match": etag}, 304),
        ({"if-none-match": f'"x", W/{etag}'}, 304),
        ({"if-none-match": "*"}, 304),
        ({"if-none-match": '"x"', "if-modified-since": later}, 200),
        ({"if-modified-since": date}, 304),
        ({"if-modified-since": earlier}, 200),
        ({"if-modified-since": "yesterday"}, 200),
        ({"if-match": '"x"'}, 412),
        ({"if-match": etag}, 200),
        ({"if-unmodified-since": earlier}, 412),
        ({"if-unmodified-since": later}, 200),
    ):
        got = client.get(url, headers=headers)
        assert got.status_code == status, headers
        assert got.content == (data if status == 200 else b"")
    for condition, status in ((etag, 206), (date, 206), ('"x"', 200), (f"W/{etag}", 200), (earlier, 200)):
        got = client.get(url, headers={"range": "bytes=0-3", "if-range": condition})
        assert (got.status_code, got.content) == (status, data[:4] if status == 206 else data), condition


def test_head_tells_and_sends_nothing(client: TestClient, song: tuple[str, bytes]) -> None:
    url, data = song
    got = client.head(url)
    assert (got.status_code, got.content, got.headers["content-length"]) == (200, b"", str(len(data)))
    excerpt = f"{url}?as=wav&start_s=2&duration_s=3"
    looked, heard = client.head(excerpt), client.get(excerpt)
    assert looked.content == b"" and len(heard.content) == int(heard.headers["content-length"])
    assert {name: looked.headers[name] for name in ("content-length", "etag")} == {
        name: heard.headers[name] for name in ("content-length", "etag")
    }


@given(
    st.integers(0, 40),
    st.lists(
        st.tuples(st.integers(0, 50) | st.none(), st.integers(0, 50) | st.none()), min_size=1, max_size=4
    ),
)
def test_spans_are_what_their_bytes_are(size: int, ranges: list[tuple[int | None, int | None]]) -> None:
    """Byte for byte: which of 0..size-1 does each range name, by the words of the RFC?"""
    header = "bytes=" + ",".join(f"{'' if a is None else a}-{'' if b is None else b}" for a, b in ranges)
    invalid = any((a is None and b is None) or (a is not None and b is not None and b < a) for a, b in ranges)
    named = [
        [i for i in range(size) if (i >= size - b if a is None else a <= i <= (size if b is None else b))]
        for a, b in ranges
        if not (a is None and b is None)
    ]
    full = [one for one in named if one]
    try:
        span = span_of(header, size)
    except UnsatisfiableError:
        assert not invalid and not full
        return
    if invalid or len(full) != 1:
        assert span is None
    else:
        assert span == Span(full[0][0], full[0][-1] + 1)


@given(st.text(max_size=40))
def test_no_header_is_too_strange(text: str) -> None:
    try:
        span = span_of(text, 10)
    except UnsatisfiableError:
        return
    assert span is None or 0 <= span.start < span.stop <= 10


@pytest.mark.parametrize("name", ["夜曲.flac", "two.ogg", "miss.mp3"])
def test_as_wav(client: TestClient, api_music: Path, name: str) -> None:
    url = f"{API}/tracks/{numbers(client)[name]}/audio?as=wav"
    whole = client.get(url)
    assert whole.headers["content-type"] == "audio/wav"
    assert int(whole.headers["content-length"]) == len(whole.content)
    heard, sr = soundfile.read(io.BytesIO(whole.content), dtype="int16")
    (path,) = api_music.rglob(name)
    wanted, wanted_sr = soundfile.read(path)
    assert sr == wanted_sr and abs(len(heard) - len(wanted)) <= 0.06 * sr
    n = min(len(heard), len(wanted))
    assert np.abs(heard[:n] / 32768 - np.clip(wanted[:n], -1, 1)).max() < 2e-4
    for start, stop in ((0, 99), (30, 60), (43, 4001), (len(whole.content) - 9, len(whole.content))):
        part = client.get(url, headers={"range": f"bytes={start}-{stop - 1}"})
        assert part.status_code == 206 and len(part.content) == stop - start
        if name.endswith("flac"):  # where a lossy codec is entered, it begins a little differently
            assert part.content == whole.content[start:stop]


def test_an_excerpt_as_wav(client: TestClient) -> None:
    url = f"{API}/tracks/{numbers(client)['夜曲.flac']}/audio"
    whole, sr = soundfile.read(io.BytesIO(client.get(url).content), dtype="int16")
    part, _ = soundfile.read(
        io.BytesIO(client.get(url, params={"as": "wav", "start_s": 2, "duration_s": 1.5}).content),
        dtype="int16",
    )
    assert np.array_equal(part, whole[2 * sr : 2 * sr + round(1.5 * sr)])
    error(client.get(url, params={"as": "wav", "start_s": 99}), 400, "parameter")
    error(client.get(url, params={"as": "mp3"}), 422, "parameter")


def test_what_browsers_cannot_play_is_decoded(tmp_path: Path) -> None:
    """Six channels of WMA become one of WAV: nobody mixes them in a browser."""
    music = tmp_path / "music"
    music.mkdir()
    y = 0.2 * np.random.default_rng(1).standard_normal((2, 3 * 44100)).astype(np.float32)
    encode(music / "old.wma", y, 44100)
    soundfile.write(music / "six.wav", np.tile(y[:1].T, (1, 6)), 44100, subtype="FLOAT")
    with own_client(tmp_path, music, ["old.wma", "six.wav"]) as client:
        ids = numbers(client)
        for name, n_channels in (("old.wma", 2), ("six.wav", 1)):
            got = client.get(f"{API}/tracks/{ids[name]}/audio?as=wav")
            info = soundfile.info(io.BytesIO(got.content))
            assert (info.channels, info.samplerate, info.subtype) == (n_channels, 44100, "PCM_16")
            assert info.duration == pytest.approx(3, abs=0.2)


def test_only_sound_is_given_away(tmp_path: Path, api_music: Path) -> None:
    """A library may say of any file that it is a track; a file may change into another, or into a link."""
    secret = tmp_path / "secret.txt"
    secret.write_text("the password is 1234")
    with own_client(tmp_path, api_music, ["folk.wav", "slow.wav"], roots=()) as client:
        ids = numbers(client)
        for name, number in ids.items():
            assert client.get(f"{API}/tracks/{number}/audio").status_code == 200, name
        folk, slow = tmp_path / "songs" / "folk.wav", tmp_path / "songs" / "slow.wav"
        folk.write_text("the password is 1234")
        slow.unlink()
        slow.symlink_to(secret)
        for number in ids.values():
            for query in ("", "?as=wav"):
                got = client.get(f"{API}/tracks/{number}/audio{query}")
                error(got, 422, "decode")
                assert "1234" not in got.text
        slow.unlink()
        error(client.get(f"{API}/tracks/{ids['slow.wav']}/audio"), 404, "not_found")
        os.mkfifo(slow)
        error(client.get(f"{API}/tracks/{ids['slow.wav']}/audio"), 404, "not_found")


def test_tracks_outside_the_roots_are_not_read(tmp_path: Path, api_music: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    with own_client(tmp_path, api_music, ["folk.wav"], roots=(inside,)) as client:
        for query in ("", "?as=wav"):
            error(client.get(f"{API}/tracks/{numbers(client)['folk.wav']}/audio{query}"), 404, "not_found")


def test_a_file_that_is_replaced_is_sent_as_one(tmp_path: Path, api_music: Path) -> None:
    with own_client(tmp_path, api_music, ["folk.wav", "slow.wav"]) as client:
        url = f"{API}/tracks/{numbers(client)['folk.wav']}/audio"
        folk, slow = tmp_path / "songs" / "folk.wav", tmp_path / "songs" / "slow.wav"
        before, etag = folk.read_bytes(), client.get(url).headers["etag"]
        with client.stream("GET", url) as answer:
            slow.replace(folk)
            assert answer.read() == before
        assert client.get(url).headers["etag"] != etag
        assert client.get(url, headers={"range": "bytes=0-9", "if-range": etag}).status_code == 200
