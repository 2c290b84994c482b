"""Where sound comes from, on real files, pipes and servers; a sound card stands in for PortAudio alone."""

from __future__ import annotations

import io
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from tests.chart_server import Handler, Reply, Server, plain, redirect, running
from tests.sounds import encode, sine, write

from tunelens.base.errors import (
    AudioError,
    DataError,
    EmptyAudioError,
    MissingDependencyError,
    NotFoundError,
    ParameterError,
)
from tunelens.services.live import LiveOptions, PcmFormat
from tunelens.services.live.play import play
from tunelens.services.live.sources import Lost, open_source

DEAF = LiveOptions(models=())
TONE = sine(440, 44100, 3.0)


@pytest.fixture
def server() -> Any:
    with running() as one:
        yield one


@pytest.fixture(scope="module")
def mp3(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return write(tmp_path_factory.mktemp("radio") / "a.mp3", np.tile(TONE, (2, 1)), 44100).read_bytes()


def keys(name: str | None, **given: Any) -> list[str | None]:
    fast = given.pop("fast", True)
    for_s = given.pop("for_s", None)
    return [event.key.tonic for event in play(open_source(name, **given), DEAF, fast=fast, for_s=for_s)]


def test_a_file_is_heard_fast_or_as_it_plays(tmp_path: Path) -> None:
    path = str(write(tmp_path / "两只老虎.wav", TONE, 44100))
    assert keys(path)[-1] == "A"
    start = time.monotonic()
    assert len(keys(path, fast=False, for_s=1.0)) == 2
    assert 0.7 < time.monotonic() - start < 3


def test_what_is_no_sound_is_told(tmp_path: Path) -> None:
    (tmp_path / "letter.mp3").write_text("no music")
    with pytest.raises(AudioError, match="letter"):
        keys(str(tmp_path / "letter.mp3"))
    with pytest.raises(NotFoundError):
        keys(str(tmp_path / "absent.mp3"))
    with pytest.raises(ParameterError, match="rtsp") as refused:
        keys("rtsp://camera/1")
    assert "ffmpeg" in (refused.value.hint or "")
    with pytest.raises(ParameterError, match="for_s"):
        keys(str(write(tmp_path / "a.wav", TONE, 44100)), for_s=0.0)


def test_a_pipe_is_heard_as_it_comes() -> None:
    data = (np.tile(TONE, (2, 1)).T * 32767).astype("<i2").tobytes()
    assert keys("-", pcm=PcmFormat(44100, "s16le", 2), pipe=io.BytesIO(data))[-1] == "A"
    with pytest.raises(ParameterError, match="rate"):
        keys("-", pipe=io.BytesIO(data))
    with pytest.raises(EmptyAudioError):
        keys("-", pcm=PcmFormat(44100), pipe=io.BytesIO(b"x"))


def radio(data: bytes, kind: str, rate: float = 1e9) -> Reply:
    """Send `data` again and again, without end, at `rate` bytes a second."""

    def reply(handler: Handler) -> None:
        handler.head(200, Content_Type=kind, Connection="close", icy_name="Test FM")
        handler.close_connection = True
        while not handler.server.stopped.is_set():
            for begin in range(0, len(data), 4096):
                handler.wfile.write(data[begin : begin + 4096])
                handler.server.stopped.wait(4096 / rate)

    return reply


def test_radio_is_heard_without_end_until_enough_is_heard(server: Server, mp3: bytes) -> None:
    address = server.on("/stream", radio(mp3, "audio/mpeg"))
    found = keys(address, allow_private=True, for_s=12.0)
    assert (len(found), found[-1]) == (24, "A"), "four times the file: the stream goes on where it ends"
    assert server.asked[0][2]["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    ("suffix", "kind"), [(".ogg", "application/ogg"), (".aac", "audio/aac"), (".webm", "video/webm")]
)
def test_other_kinds_of_radio(server: Server, tmp_path: Path, suffix: str, kind: str) -> None:
    maker: Callable[..., Path] = write if suffix == ".ogg" else encode
    data = maker(tmp_path / f"a{suffix}", sine(440, 48000, 3.0), 48000).read_bytes()
    assert keys(server.on("/x", data, kind), allow_private=True)[-1] == "A"


def test_lists_and_redirects_lead_to_the_sound(server: Server, mp3: bytes) -> None:
    sound = server.on("/sound", plain(mp3, "audio/mpeg"))
    server.on("/moved", redirect(sound))
    for kind, text in (
        ("audio/x-mpegurl", f"#EXTM3U\n#EXTINF:-1,Test\n{server.url}/moved\n"),
        ("audio/x-scpls", f"[playlist]\nNumberOfEntries=1\nFile1={server.url}/moved\n"),
    ):
        address = server.on("/list", text.encode(), kind)
        assert keys(address, allow_private=True)[-1] == "A"


@pytest.mark.parametrize(
    ("kind", "body", "why"),
    [
        ("text/html", b"<html>", "type 'text/html'"),
        ("audio/x-mpegurl", b"#EXTM3U\n#EXT-X-TARGETDURATION:6\nhttp://a/b.ts", "HLS"),
        ("audio/x-mpegurl", b"#EXTM3U\nsong.mp3", "no addresses"),
    ],
)
def test_what_is_no_radio_is_told(server: Server, kind: str, body: bytes, why: str) -> None:
    with pytest.raises(DataError, match=why):
        keys(server.on("/x", body, kind), allow_private=True)


def test_lists_that_lead_to_lists_end(server: Server) -> None:
    address = server.on("/list", f"{server.url}/list".encode(), "audio/x-mpegurl")
    with pytest.raises(DataError, match="lists lead to lists"):
        keys(address, allow_private=True)


def test_rubbish_instead_of_sound_ends(server: Server, rng: np.random.Generator) -> None:
    with pytest.raises(AudioError):
        keys(server.on("/x", rng.bytes(300_000), "audio/mpeg"), allow_private=True)
    with pytest.raises(AudioError):
        keys(server.on("/y", b"", "audio/mpeg"), allow_private=True)


def test_no_private_address_is_asked(server: Server, mp3: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    address = server.on("/sound", plain(mp3, "audio/mpeg"))
    with pytest.raises(DataError, match="no address of the public internet"):
        keys(address)
    # a public server, as far as we can tell, that sends us on to a private one
    monkeypatch.setattr("tunelens.charts.web.addresses.is_public", lambda one: one == "127.0.0.1")
    private = address.replace("127.0.0.1", "127.0.0.2")
    server.on("/moved", redirect(private))
    server.on("/list", private.encode(), "audio/x-mpegurl")
    for place in ("/moved", "/list"):
        with pytest.raises(DataError, match=r"127\.0\.0\.2"):
            keys(server.url + place)
    assert server.paths() == ["/moved", "/list"]


def test_an_address_inside_the_sound_leads_nowhere(server: Server) -> None:
    """FFmpeg would follow what a playlist names, if it were let: it reads what we give it, no more."""
    target = server.on("/secret", b"x", "audio/mpeg")
    body = f"ffconcat version 1.0\nfile {target}\n".encode()
    with pytest.raises(AudioError):
        keys(server.on("/x", body, "audio/mpeg"), allow_private=True)
    assert server.paths() == ["/x"]


def test_a_server_that_falls_silent_ends_it(
    server: Server, mp3: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from tunelens.services.live import radio as room

    monkeypatch.setattr(room, "LIMITS", replace(room.LIMITS, silence_s=0.3))

    def reply(handler: Handler) -> None:
        handler.head(200, Content_Type="audio/mpeg", Connection="close")
        handler.wfile.write(mp3[: len(mp3) // 2])
        handler.server.stopped.wait(5)

    with pytest.raises((DataError, AudioError), match="no answer for too long"):
        keys(server.on("/x", reply), allow_private=True)


# -- the microphone: a sound card is not here, nor is the program that asks it; the rest is ours -----------


class Card:
    """What sounddevice is to us: it calls back from a thread of its own."""

    class PortAudioError(Exception): ...

    def __init__(self, blocks: list[np.ndarray], overflow_at: int = -1) -> None:
        self.blocks, self.overflow_at = blocks, overflow_at
        self.closed = False

    def query_devices(self, device: object, kind: str) -> dict[str, Any]:
        assert kind == "input"
        if device == "absent":
            raise ValueError("No input device matching 'absent'")
        return {"name": "Card", "default_samplerate": 44100.0, "max_input_channels": 6}

    def InputStream(self, *, callback: Callable[..., None], channels: int, **_: object) -> Any:
        assert channels == 2

        def play_blocks() -> None:
            for k, block in enumerate(self.blocks):
                callback(np.tile(block[:, None], (1, 2)), len(block), None, k == self.overflow_at)

        thread = threading.Thread(target=play_blocks)
        return SimpleNamespace(start=thread.start, close=lambda: setattr(self, "closed", True))


def test_a_microphone_is_heard_and_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    card = Card(list(TONE.reshape(-1, 2205)), overflow_at=30)
    monkeypatch.setitem(sys.modules, "sounddevice", card)
    events = list(play(open_source(None), DEAF, for_s=2.9))
    assert events[-1].key.tonic == "A"
    assert events[-1].lost_s == pytest.approx(0.05), "the card said that it lost a block"
    assert card.closed


def test_what_nobody_takes_is_lost_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", Card([np.zeros(2205, np.float32)] * 150))
    source = open_source(None)
    time.sleep(0.3)  # 7.5 s come at once, 5 s may wait
    first = next(source.blocks)
    assert isinstance(first, Lost) and first.seconds == pytest.approx(2.5, abs=0.1)
    source.close()


def test_no_microphone_and_no_library_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", Card([]))
    with pytest.raises(AudioError, match="absent"):
        open_source(None, device="absent")
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    with pytest.raises(MissingDependencyError) as missing:
        open_source(None)
    assert "tunelens[live]" in (missing.value.hint or "")


def test_a_machine_without_portaudio_is_told_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "sounddevice.py").write_text("raise OSError('PortAudio library not found')")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    with pytest.raises(MissingDependencyError, match="PortAudio") as missing:
        open_source(None)
    assert "libportaudio2" in (missing.value.hint or "")
