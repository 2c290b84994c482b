"""Files of strangers: broken, huge, endless, oddly named; nothing of them is left where it is refused."""

from __future__ import annotations

import io
import os
import struct
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.api.conftest import ADDRESS, TestClient
from tunelens.api.app import create_app
from tunelens.api.options import ServeOptions
from tunelens.base.errors import AudioError, BusyError, DataError, NotFoundError, TooLargeError
from tunelens.services.engines.local import Standing
from tunelens.services.jobs import UploadLimits, Uploads
from tunelens.services.sound_check import SoundCheck, SoundLimits

PLACE = "/api/v1/uploads"


def wav(seconds: float = 1.0, sr: int = 8000) -> bytes:
    out = io.BytesIO()
    soundfile.write(out, 0.1 * np.sin(np.arange(int(sr * seconds)) * 0.1), sr, format="WAV")
    return out.getvalue()


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory, api_settings):
    """A server that takes 100 kB and 5 seconds."""
    folder = tmp_path_factory.mktemp("small")
    options = ServeOptions(
        library=folder / "a.db",
        settings=api_settings,
        max_upload_bytes=100_000,
        max_duration_s=5.0,
        page=False,
    )
    with TestClient(create_app(options), base_url=ADDRESS) as running:
        yield running


def send(client, data: bytes, name: str = "a.wav", **params: str):
    return client.post(PLACE, files={"file": (name, data)}, params=params)


def left(client) -> list[str]:
    folder = client.app.state.house.uploads.folder
    return names(folder) if folder.exists() else []


def names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


NAMES = (
    "../../etc/passwd",
    "/etc/passwd",
    "C:\\a.wav",
    "a\0.wav",
    "",
    ".",
    "CON",
    "x" * 4000,
    "两只老虎 🐯.wav",
    "<b>.wav",
    '"q".wav',
    "caf\udce9.wav",
)


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_a_name_is_kept_and_never_used(client, name: str) -> None:
    body = (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="'
        + name.replace("\\", "\\\\").replace('"', '\\"').encode("utf-8", "surrogateescape")
        + b'"\r\n\r\n'
        + wav()
        + b"\r\n--x--\r\n"
    )
    before = set(left(client))
    answer = client.post(PLACE, content=body, headers={"content-type": "multipart/form-data; boundary=x"})
    if answer.status_code != 201:
        assert answer.status_code in (400, 422), answer.text
        assert set(left(client)) == before
        return
    id = answer.json()["result"]["id"]
    assert set(left(client)) - before == {id}
    place = client.app.state.house.uploads.folder / id
    assert names(place) == ["content", "upload.json"]
    assert len(answer.json()["result"]["name"]) <= 255
    client.delete(f"{PLACE}/{id}")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "data"),
        (b"Dear listener", "decode"),
        (wav()[:30], "decode"),
        (os.urandom(5000), "decode"),
        (wav(0.0), "empty_audio"),
        (b"RIFF\xff\xff\xff\xffWAVEfmt " + b"\xff" * 40, "decode"),
    ],
    ids=("empty", "text", "header", "noise", "no samples", "hostile header"),
)
def test_what_is_no_sound_is_refused_and_leaves_nothing(small, data: bytes, code: str) -> None:
    answer = send(small, data)
    assert answer.status_code == 422, answer.text
    assert answer.json()["error"]["code"] == code
    assert left(small) == []


def test_a_message_names_no_place_of_this_machine(small) -> None:
    answer = send(small, b"Dear listener")
    assert str(small.app.state.house.uploads.folder) not in answer.text


def test_what_is_too_large_or_too_long_is_refused(small) -> None:
    assert send(small, wav(4.0, 8000)).status_code == 201
    large = send(small, wav(13.0, 8000)[:150_000])
    assert (large.status_code, large.json()["error"]["code"]) == (413, "too_large")
    huge = small.post(PLACE, files={"file": ("a.wav", bytes(2**20))})
    assert huge.status_code == 413
    long = send(small, wav(5.5, 4000))
    assert (long.status_code, long.json()["error"]["code"]) == (413, "too_large")
    assert len(left(small)) == 1


FORMS = {
    "no form": (b"abc", "application/json"),
    "no boundary": (b"abc", "multipart/form-data"),
    "endless boundary": (b"abc", f"multipart/form-data; boundary={'b' * 300}"),
    "no end": (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nabc',
        "multipart/form-data; boundary=x",
    ),
    "nothing": (b"--x--\r\n", "multipart/form-data; boundary=x"),
    "other field": (
        b'--x\r\nContent-Disposition: form-data; name="other"; filename="a"\r\n\r\nabc\r\n--x--\r\n',
        "multipart/form-data; boundary=x",
    ),
    "no file": (
        b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\nabc\r\n--x--\r\n',
        "multipart/form-data; boundary=x",
    ),
    "two files": (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nabc\r\n' * 2 + b"--x--\r\n",
        "multipart/form-data; boundary=x",
    ),
    "many headers": (
        b"--x\r\n" + b"a: b\r\n" * 100 + b"\r\nabc\r\n--x--\r\n",
        "multipart/form-data; boundary=x",
    ),
    "noise": (b"--x\r\n" + bytes(range(256)) * 10, "multipart/form-data; boundary=x"),
    "empty": (b"", "multipart/form-data; boundary=x"),
}


@pytest.mark.parametrize("name", FORMS)
def test_a_bad_form_is_refused_and_leaves_nothing(small, name: str) -> None:
    before = left(small)
    body, kind = FORMS[name]
    answer = small.post(PLACE, content=body, headers={"content-type": kind})
    assert answer.status_code in (400, 422), answer.text
    assert answer.json()["ok"] is False
    assert left(small) == before


def test_a_table_is_taken_as_it_is(small) -> None:
    answer = send(small, "title,artist\n夜曲,周杰伦\n".encode(), "chart.csv", kind="table")
    assert answer.status_code == 201
    assert answer.json()["result"]["duration_s"] is None


def test_a_full_disk_is_told_and_leaves_nothing(small, monkeypatch: pytest.MonkeyPatch) -> None:
    from tunelens.services.jobs import uploads

    class Full(io.BytesIO):
        def write(self, _: object) -> int:
            raise OSError(28, "No space left on device")

    before = left(small)
    real = Path.open
    monkeypatch.setattr(
        Path,
        "open",
        lambda path, *rest, **more: Full() if path.name == uploads.CONTENT else real(path, *rest, **more),
    )
    answer = send(small, wav())
    assert answer.status_code == 507
    assert answer.json()["error"]["code"] == "no_room"
    monkeypatch.undo()
    assert left(small) == before


def test_uploads_are_few_and_pass_away(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path / "uploads", UploadLimits(max_bytes=10, max_number=2, keep_s=1000.0))
    kept = []
    for _ in range(2):
        coming = uploads.receive("a")
        coming.write(b"12345")
        coming.end()
        kept.append(coming.finish())
    with pytest.raises(BusyError, match="2 uploads"):
        uploads.receive("b")
    old = time.time() - 2000
    os.utime(uploads.folder / kept[0].id, (old, old))
    coming = uploads.receive("c")
    with pytest.raises(NotFoundError):
        uploads.get(kept[0].id)
    coming.write(b"1234567890")
    with pytest.raises(TooLargeError):
        coming.write(b"1")
    coming.drop()
    empty = uploads.receive("d")
    with pytest.raises(DataError, match="empty"):
        empty.end()
    empty.drop()
    assert [one.id for one in uploads.list()] == [kept[1].id]
    assert names(uploads.folder) == [kept[1].id]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"id": 1}', "\0", '{"id": "x", "more": 1}'])
def test_a_damaged_upload_is_none(tmp_path: Path, text: str) -> None:
    uploads = Uploads(tmp_path)
    place = tmp_path / ("a" * 32)
    place.mkdir()
    (place / "upload.json").write_text(text, encoding="utf-8")
    with pytest.raises(NotFoundError):
        uploads.get("a" * 32)
    assert uploads.list() == ()


def test_an_upload_that_is_kept_becomes_a_track(client, tmp_path: Path) -> None:
    from tests.api.conftest import make_song
    from tests.api.test_jobs import ended

    data = make_song(tmp_path / "kept.flac", 33, 99, "Kept for good", seconds=4.0).read_bytes()
    id = send(client, data, "../../evil.flac").json()["result"]["id"]
    asked = client.post("/api/v1/jobs/analyze", json={"uploads": [id], "keep": True, "models": []})
    job = ended(client, asked.json()["result"]["id"])
    house = client.app.state.house
    (number,) = job["result"]["tracks"]
    try:
        track = house.library.track(number)
        assert track.title == "Kept for good"
        assert track.path.parent == house.uploads.kept
        assert client.get(f"/api/v1/tracks/{number}/audio").content == data
    finally:
        house.library.remove(number)


def endless(path: Path, gigabytes: float = 3.5) -> Path:
    """Write a file that takes long to decode and none to make: its samples are a hole."""
    n_bytes = int(gigabytes * 2**30) // 4 * 4
    head = struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        b"RIFF",
        n_bytes + 36,
        b"WAVE",
        b"fmt ",
        16,
        1,
        2,
        8000,
        32000,
        4,
        16,
        b"data",
        n_bytes,
    )
    path.write_bytes(head)
    os.truncate(path, n_bytes + 44)
    return path


def test_a_file_that_takes_too_long_costs_a_worker_and_not_the_server(tmp_path: Path) -> None:
    check = SoundCheck(SoundLimits(max_duration_s=1e9, decode_s=0.3, workers=1))
    try:
        with pytest.raises(AudioError, match=r"not decoded within 0\.3 s"):
            check.check(endless(tmp_path / "long.wav"))
        (tmp_path / "short.wav").write_bytes(wav(2.0))
        assert check.check(tmp_path / "short.wav") == pytest.approx(2.0)
    finally:
        check.stop()


def test_a_worker_that_dies_is_replaced() -> None:
    worker = Standing(os._exit)
    try:
        for _ in range(2):
            assert "the worker died" in str(worker(7).error)
    finally:
        worker.stop()


def test_a_caller_that_hangs_up_is_no_fault_and_leaves_nothing(small) -> None:
    app, before = small.app, left(small)
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nabc'
    coming = iter([{"type": "http.request", "body": head, "more_body": True}, {"type": "http.disconnect"}])
    said: list[object] = []

    async def receive() -> object:
        return next(coming)

    async def send(message: object) -> None:
        said.append(message)

    headers = [(b"host", b"127.0.0.1"), (b"content-type", b"multipart/form-data; boundary=x")]
    scope = {
        "type": "http", "method": "POST", "path": PLACE, "raw_path": PLACE.encode(), "query_string": b"",
        "headers": headers, "http_version": "1.1", "scheme": "http", "root_path": "",
        "server": ("127.0.0.1", 8765),
    }  # fmt: skip
    small.portal.call(app, scope, receive, send)
    assert said == []
    assert left(small) == before
    assert 'route="/uploads",status="499"' in small.get("/metrics").text
