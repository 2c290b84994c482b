"""The zoo: a bad file gives a typed error or a correct result, never a crash, never an empty success."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from tests.sounds import encode, frequency_of, sine, write

from tunelens.audio import decode, find_audio, listen, probe, stream
from tunelens.audio.find import Unfound
from tunelens.base.errors import AudioError, DecodeError, EmptyAudioError, NotFoundError, TunelensError

SR = 22050


@pytest.fixture
def tone() -> np.ndarray:
    return sine(440.0, SR, 4.0)


@pytest.fixture
def noise(rng: np.random.Generator) -> np.ndarray:
    """Sound that no codec makes small, so that a cut file loses sound and not only its tail of zeros."""
    return (0.1 * rng.standard_normal((2, 10 * SR))).astype(np.float32)


def refuses(path: Path, kind: type[Exception], words: str) -> None:
    """Every way of hearing `path` gives the same typed error, which names the file."""
    ways = (probe, decode, lambda p: list(stream(p)), lambda p: list(listen(p)))
    for way in ways:
        with pytest.raises(kind, match=words) as caught:
            way(path)
        assert path.name.encode(errors="replace").decode() in str(caught.value) or repr(str(path)) in str(
            caught.value
        )


def heard(path: Path) -> tuple[float, tuple[str, ...]]:
    """Seconds that `listen` gives, and its warnings."""
    listening = listen(path, sr=SR)
    windows = list(listening)
    total = sum(window.clip.n_samples for window in windows) / SR
    assert abs(total - listening.duration_s) < 0.01
    assert all(np.isfinite(window.clip.y).all() for window in windows)
    return total, listening.warnings


def cut(path: Path, share: float) -> Path:
    """Cut a file off."""
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    return path


@pytest.mark.parametrize("suffix", ["wav", "mp3", "flac", "m4a", "opus", "xyz"])
def test_empty_file(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"empty.{suffix}"
    path.touch()
    refuses(path, EmptyAudioError, "0 bytes")


@pytest.mark.parametrize("suffix", ["mp3", "wav", "m4a", "ogg", "aac", "ac3"])
def test_text_under_an_audio_name(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"text.{suffix}"
    path.write_text("To be, or not to be, that is the question.\n" * 500)
    refuses(path, DecodeError, "is not audio|could be decoded")


def test_random_bytes_under_an_audio_name(tmp_path: Path, rng: np.random.Generator) -> None:
    for seed in range(5):
        path = tmp_path / f"random{seed}.mp3"
        path.write_bytes(rng.bytes(20_000))
        with pytest.raises(AudioError):
            list(listen(path))


def test_playlists_open_no_other_file(tmp_path: Path, tone: np.ndarray) -> None:
    write(tmp_path / "secret.wav", tone, SR)
    texts = {
        "list.m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\nsecret.wav\n#EXT-X-ENDLIST\n",
        "list.mp3": "ffconcat version 1.0\nfile secret.wav\n",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
        refuses(tmp_path / name, DecodeError, "is not audio")


@pytest.mark.parametrize(
    ("name", "share"),
    [("a.wav", 0.4), ("a.aiff", 0.4), ("a.au", 0.4), ("a.flac", 0.4), ("a.mp3", 0.4)],
)
def test_a_file_that_breaks_off_gives_its_first_part(
    tmp_path: Path, noise: np.ndarray, name: str, share: float
) -> None:
    path = cut(write(tmp_path / name, noise, SR), share)
    whole = 0.1 if name == "a.mp3" else 1e-4
    seconds, warnings = heard(path)
    assert 3.0 < seconds < 4.2
    assert any(f"promises 10.0 s, {seconds:.1f} s could be decoded" in text for text in warnings)
    y = decode(path).y
    assert np.abs(y - noise[:, : y.shape[1]]).max() < 5 * whole


def test_truncated_m4a_without_its_index_is_refused(tmp_path: Path, noise: np.ndarray) -> None:
    refuses(cut(encode(tmp_path / "a.m4a", noise, SR), 0.4), DecodeError, "is not audio")


def test_truncated_m4a_with_its_index_first_gives_its_first_part(tmp_path: Path, noise: np.ndarray) -> None:
    path = cut(encode(tmp_path / "a.m4a", noise, SR, movflags="faststart"), 0.5)
    seconds, warnings = heard(path)
    assert 2.0 < seconds < 6.0
    assert any("promises 10" in text for text in warnings)


def test_truncated_opus_gives_its_first_part(tmp_path: Path, rng: np.random.Generator) -> None:
    noise = (0.1 * rng.standard_normal(48_000 * 8)).astype(np.float32)
    seconds, _ = heard(cut(encode(tmp_path / "a.opus", noise, 48_000), 0.5))
    assert 2.0 < seconds < 6.0


@pytest.mark.parametrize("share", [0.0001, 0.001, 0.003])
@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.mp3", "a.ogg"])
def test_a_stump_is_an_error_or_sound(tmp_path: Path, noise: np.ndarray, name: str, share: float) -> None:
    path = cut(write(tmp_path / name, noise, SR), share)
    try:
        seconds, _ = heard(path)
    except AudioError:
        return
    assert 0 < seconds < 1.0


def test_damage_in_the_middle_keeps_both_sides(
    tmp_path: Path, noise: np.ndarray, rng: np.random.Generator
) -> None:
    path = write(tmp_path / "a.flac", noise, SR)
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 2000] = rng.bytes(2000)
    path.write_bytes(data)
    heard(path)
    y = decode(path).y
    assert y.shape[1] > 9 * SR
    np.testing.assert_allclose(y[:, : 4 * SR], noise[:, : 4 * SR], atol=1e-4)
    np.testing.assert_allclose(y[:, -4 * SR :], noise[:, -4 * SR :], atol=1e-4)


def test_wav_header_that_promises_too_much(tmp_path: Path, tone: np.ndarray) -> None:
    path = write(tmp_path / "lie.wav", tone, SR, "PCM_16")
    data = bytearray(path.read_bytes())
    at = data.index(b"data") + 4
    data[at : at + 4] = struct.pack("<I", 0x7FFFFF00)
    path.write_bytes(data)
    seconds, warnings = heard(path)
    assert seconds == pytest.approx(4.0, abs=0.01)
    assert any("4.0 s could be decoded" in text for text in warnings)


def test_flac_header_that_promises_days_costs_no_memory(tmp_path: Path, tone: np.ndarray) -> None:
    path = write(tmp_path / "lie.flac", tone, SR)
    data = bytearray(path.read_bytes())
    # STREAMINFO: after "fLaC" and a 4-byte header; the low 36 bits of bytes 10-17 are the sample count.
    data[8 + 13] |= 0x0F
    data[8 + 14 : 8 + 18] = b"\xff\xff\xff\xff"
    path.write_bytes(data)
    assert probe(path).duration_s > 1e6
    seconds, warnings = heard(path)
    assert seconds == pytest.approx(4.0, abs=0.01)
    assert any("4.0 s could be decoded" in text for text in warnings)
    assert decode(path).duration_s == pytest.approx(4.0, abs=0.01)


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.aiff", "a.au"])
def test_zero_samples(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    soundfile.write(path, np.empty((0, 1), np.float32), SR)
    refuses(path, AudioError, "no samples|0 bytes")


def test_all_silence_is_heard_and_said(tmp_path: Path) -> None:
    path = write(tmp_path / "silence.wav", np.zeros(SR, np.float32), SR)
    seconds, warnings = heard(path)
    assert seconds == 1.0
    assert any(text.startswith("silent") for text in warnings)


def test_clipping_is_said_with_its_share(tmp_path: Path, tone: np.ndarray) -> None:
    path = write(tmp_path / "loud.wav", np.clip(4.0 * tone, -1, 1), SR)
    # |2 sin| >= 1 on two thirds of the circle.
    assert "clipped: 67% of the samples are at full scale" in heard(path)[1]
    assert heard(write(tmp_path / "fine.wav", tone, SR))[1] == ()


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_float_wav_that_is_not_finite(tmp_path: Path, tone: np.ndarray, value: float) -> None:
    tone[SR : SR + 7] = value
    path = write(tmp_path / "bad.wav", tone, SR, "FLOAT")
    for way in (decode, lambda p: list(stream(p)), lambda p: list(listen(p))):
        with pytest.raises(DecodeError, match=r"bad\.wav.* 7 of \d+ samples are not finite"):
            way(path)


def test_float_wav_in_absurd_units(tmp_path: Path, tone: np.ndarray) -> None:
    path = write(tmp_path / "absurd.wav", tone * np.float32(1e30), SR, "FLOAT")
    with pytest.raises(DecodeError, match="times full scale"):
        decode(path)


def test_a_clip_larger_than_allowed_is_refused(
    tmp_path: Path, tone: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "long.wav", np.tile(tone, 6), SR)
    monkeypatch.setattr(sys.modules["tunelens.audio.decode"], "MOST_CLIP_BYTES", 2**20)
    with pytest.raises(DecodeError, match="as one clip") as caught:
        decode(path)
    assert "stream" in (caught.value.hint or "")
    assert decode(path, duration_s=10.0).duration_s == 10.0


@pytest.mark.parametrize(("sr", "n_channels"), [(500, 1), (768_001, 1), (8000, 65)])
def test_a_rate_or_number_of_channels_that_no_recording_has(tmp_path: Path, sr: int, n_channels: int) -> None:
    path = tmp_path / "absurd.wav"
    soundfile.write(path, np.full((4000, n_channels), 0.1), sr)
    refuses(path, DecodeError, "absurd.wav")


def test_one_sample(tmp_path: Path) -> None:
    path = write(tmp_path / "one.wav", np.array([0.5], np.float32), SR, "FLOAT")
    assert decode(path).y.tolist() == [0.5]
    (window,) = listen(path, sr=SR)
    assert window.clip.y.tolist() == [0.5]
    assert window.is_last


def test_eight_channels(tmp_path: Path) -> None:
    y = np.stack([sine(200.0 * (k + 1), SR, 1.0) for k in range(8)])
    path = write(tmp_path / "eight.wav", y, SR, "FLOAT")
    np.testing.assert_array_equal(decode(path).y, y)
    np.testing.assert_allclose(decode(path, mono=True).y, y.mean(axis=0), atol=1e-6)
    assert heard(path)[0] == 1.0


@pytest.mark.parametrize(("true", "false"), [("wav", "mp3"), ("flac", "wav"), ("mp3", "m4a"), ("ogg", "aac")])
def test_wrong_extension_is_heard_by_its_content(
    tmp_path: Path, tone: np.ndarray, true: str, false: str
) -> None:
    path = write(tmp_path / f"a.{true}", tone, SR).rename(tmp_path / f"a.{false}")
    assert probe(path).container == true
    assert frequency_of(decode(path).y, SR) == pytest.approx(440.0, abs=0.1)


def test_wrong_extension_over_ffmpeg_formats(tmp_path: Path, tone: np.ndarray) -> None:
    path = encode(tmp_path / "a.m4a", tone, SR).rename(tmp_path / "a.wav")
    assert probe(path).codec == "aac"
    assert frequency_of(decode(path).y, SR) == pytest.approx(440.0, abs=0.1)


def test_no_extension(tmp_path: Path, tone: np.ndarray) -> None:
    path = write(tmp_path / "a.flac", tone, SR).rename(tmp_path / "a")
    assert decode(path).duration_s == 4.0


UNREADABLE = """
import os, sys
from tunelens.audio import decode
from tunelens.base.errors import AudioError
import soundfile, soxr, av
os.setgid(65534); os.setuid(65534)
try:
    decode(sys.argv[1])
except AudioError as error:
    print(type(error).__name__, error)
"""


def test_unreadable_permission(tmp_path: Path, tone: np.ndarray) -> None:
    path = write(tmp_path / "secret.wav", tone, SR)
    path.chmod(0)
    if os.geteuid() != 0:
        refuses(path, AudioError, "permission denied")
        return
    tmp_path.chmod(0o755)
    # Root reads everything: let a process without rights try, from inside the folder that it could not reach.
    result = subprocess.run(
        [sys.executable, "-c", UNREADABLE, path.name],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    if "Error" in result.stderr:
        pytest.skip(f"this system does not let root become nobody: {result.stderr.strip().splitlines()[-1]}")
    assert "AudioError" in result.stdout
    assert "permission denied" in result.stdout


def test_folder_with_an_audio_name(tmp_path: Path, tone: np.ndarray) -> None:
    folder = tmp_path / "x.mp3"
    folder.mkdir()
    refuses(folder, DecodeError, "is a folder")
    inside = write(folder / "a.wav", tone, SR)
    assert list(find_audio([tmp_path])) == [inside]


def test_pipe_and_device_are_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.wav")
    refuses(tmp_path / "pipe.wav", DecodeError, "not a regular file")
    refuses(Path("/dev/zero"), DecodeError, "not a regular file")


def test_symlink_loops(tmp_path: Path, tone: np.ndarray) -> None:
    path = write(tmp_path / "a.wav", tone, SR)
    (tmp_path / "down").mkdir()
    (tmp_path / "down" / "up").symlink_to(tmp_path)
    (tmp_path / "b.wav").symlink_to(tmp_path / "c.wav")
    (tmp_path / "c.wav").symlink_to(tmp_path / "b.wav")
    assert list(find_audio([tmp_path])) == [path, tmp_path / "b.wav", tmp_path / "c.wav"]
    refuses(tmp_path / "b.wav", AudioError, "cannot be opened")


def test_missing_file_and_broken_link(tmp_path: Path) -> None:
    refuses(tmp_path / "none.wav", NotFoundError, "does not exist")
    refuses(tmp_path / "none" / "a.wav", NotFoundError, "does not exist")
    (tmp_path / "link.wav").symlink_to(tmp_path / "gone.wav")
    refuses(tmp_path / "link.wav", NotFoundError, "does not exist")
    (found,) = find_audio([tmp_path / "nowhere"])
    assert isinstance(found, Unfound)
    assert isinstance(found.error, NotFoundError)


def test_folder_without_audio_is_no_empty_success(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("la la")
    (found,) = find_audio([tmp_path])
    assert isinstance(found, Unfound)
    assert "no audio files" in found.error.message


NAMES = [
    "两只老虎.wav",
    "🎵🎶.wav",
    "Ünïcödé – “quotes”.wav",
    " spaces and\ttab .wav",
    "-dash.wav",
    "a:b?*.wav",
]


@pytest.mark.parametrize("name", NAMES)
def test_names(tmp_path: Path, tone: np.ndarray, name: str) -> None:
    path = write(tmp_path / name, tone, SR)
    assert decode(path).source == str(path)
    assert list(find_audio([tmp_path])) == [path]


@pytest.mark.parametrize("suffix", [b".wav", b".mp3", b".m4a"])
def test_name_that_is_not_utf8(tmp_path: Path, tone: np.ndarray, suffix: bytes) -> None:
    plain = tmp_path / ("a" + suffix.decode())
    made = encode(plain, tone, SR) if suffix == b".m4a" else write(plain, tone, SR)
    name = os.fsencode(tmp_path) + b"/caf\xe9 \xff" + suffix
    path = made.rename(os.fsdecode(name))
    assert frequency_of(decode(path).y, SR) == pytest.approx(440.0, abs=0.1)
    assert heard(path)[0] == pytest.approx(4.0, abs=0.1)
    assert list(find_audio([tmp_path])) == [path]


def test_name_with_a_null_byte() -> None:
    with pytest.raises(NotFoundError):
        decode("a\0b.wav")


def test_a_name_is_never_a_protocol(
    tmp_path: Path, tone: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    encode(tmp_path / "x.m4a", tone, SR).rename(tmp_path / "concat:a|b.m4a")
    assert decode("concat:a|b.m4a").duration_s == pytest.approx(4.0, abs=0.1)


def test_video_without_sound(tmp_path: Path) -> None:
    import av

    path = tmp_path / "mute.mp4"
    with av.open(str(path), "w") as container:
        video = container.add_stream("mpeg4", rate=10)
        video.width, video.height, video.pix_fmt = 32, 32, "yuv420p"
        image = np.zeros((32, 32, 3), np.uint8)
        container.mux(video.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        container.mux(video.encode(None))
    refuses(path, EmptyAudioError, "no sound track")


def test_excerpt_beyond_the_end(tmp_path: Path, tone: np.ndarray) -> None:
    for path in (write(tmp_path / "a.wav", tone, SR), encode(tmp_path / "a.m4a", tone, SR)):
        with pytest.raises(EmptyAudioError, match="from 60 s on"):
            decode(path, offset_s=60.0)


@pytest.mark.parametrize(
    "name", ["a.wav", "a.flac", "a.mp3", "a.ogg", "a.aiff", "a.m4a", "a.mkv", "a.opus", "a.wma"]
)
def test_flipped_bytes_never_break_out(tmp_path: Path, rng: np.random.Generator, name: str) -> None:
    noise = (0.2 * rng.standard_normal((2, 24_000))).astype(np.float32)
    maker = encode if name[2:] in ("m4a", "mkv", "opus", "wma") else write
    whole = maker(tmp_path / name, noise, 48_000).read_bytes()
    path = tmp_path / f"flipped{name[1:]}"
    for _ in range(40):
        data = bytearray(whole)
        for at in rng.integers(0, rng.choice([200, len(data)]), 6):
            data[at] = rng.integers(256)
        path.write_bytes(data)
        for way in (
            probe,
            decode,
            lambda p: decode(p, offset_s=0.2, duration_s=0.1),
            lambda p: list(listen(p)),
        ):
            try:
                way(path)
            except TunelensError as error:
                assert path.name in error.message


def test_text_under_a_name_that_is_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"caf\xe9.m4a")
    path.write_text("To be, or not to be, that is the question.\n" * 500)
    refuses(path, DecodeError, "is not audio")
