"""Decoding against sounds whose samples are known."""

from __future__ import annotations

import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy.signal import fftconvolve
from tests.sounds import encode, frequency_of, sine, write

from tunelens.audio import DECODERS, decode, probe, stream
from tunelens.audio.decoders import decoder_order
from tunelens.audio.soundfile_decoder import SoundfileDecoder
from tunelens.base.errors import AudioError, DecodeError, EmptyAudioError, ParameterError

SR = 44100
LOSSLESS = [
    ("a.wav", "PCM_16", 2**-15),
    ("a.wav", "PCM_24", 2**-23),
    ("a.wav", "PCM_U8", 2**-6),
    ("a.wav", "FLOAT", 0.0),
    ("a.wav", "DOUBLE", 0.0),
    ("a.aiff", "PCM_16", 2**-15),
    ("a.au", "PCM_24", 2**-23),
    ("a.flac", "PCM_16", 2**-15),
    ("a.flac", "PCM_24", 2**-23),
    ("a.w64", "PCM_16", 2**-15),
    ("a.caf", "PCM_16", 2**-15),
]
FFMPEG = ["a.m4a", "a.mp4", "a.mkv", "a.aac", "a.opus", "a.webm", "a.wma"]


@pytest.fixture
def stereo() -> np.ndarray:
    return np.stack([sine(440.0, SR, 5.0), sine(660.0, SR, 5.0, 0.25)])


def rate_for(name: str) -> int:
    return 48_000 if name.endswith(("opus", "webm")) else SR


def lag_s(part: np.ndarray, whole: np.ndarray, begin: int, sr: int) -> float:
    """How far `part` lies from ``whole[begin:]``, by the best match within 20 ms."""
    reach = sr // 50
    y = whole[begin - reach : begin + part.size + reach]
    match = fftconvolve(y, part[::-1], mode="valid")
    return abs(int(match.argmax()) - reach) / sr


@pytest.mark.parametrize(("name", "subtype", "tolerance"), LOSSLESS)
def test_lossless_formats_give_the_samples_back(
    tmp_path: Path, stereo: np.ndarray, name: str, subtype: str, tolerance: float
) -> None:
    clip = decode(write(tmp_path / name, stereo, SR, subtype))
    assert (clip.sr, clip.y.shape, clip.y.dtype) == (SR, stereo.shape, np.float32)
    assert clip.y.flags.c_contiguous
    np.testing.assert_allclose(clip.y, stereo, atol=tolerance)


@pytest.mark.parametrize("name", ["a.mp3", "a.ogg", *FFMPEG])
def test_lossy_formats_keep_channels_frequency_level_and_length(tmp_path: Path, name: str) -> None:
    sr = rate_for(name)
    y = np.stack([sine(440.0, sr, 5.0), sine(660.0, sr, 5.0, 0.25)])
    maker = write if name in ("a.mp3", "a.ogg") else encode
    clip = decode(maker(tmp_path / name, y, sr))
    assert clip.sr == sr
    # Encoders add up to 0.1 s of delay and padding.
    assert clip.duration_s == pytest.approx(5.0, abs=0.1)
    middle = clip.y[:, sr : 4 * sr]
    assert [frequency_of(x, sr) for x in middle] == pytest.approx([440.0, 660.0], abs=0.05)
    assert [np.abs(x).max() for x in middle] == pytest.approx([0.5, 0.25], rel=0.1)


@pytest.mark.parametrize("codec", ["alac", "pcm_s16le"])
def test_lossless_in_ffmpeg_containers(tmp_path: Path, stereo: np.ndarray, codec: str) -> None:
    suffix = {"alac": ".m4a", "pcm_s16le": ".mkv"}[codec]
    clip = decode(encode(tmp_path / f"a{suffix}", stereo, SR, codec))
    np.testing.assert_allclose(clip.y, stereo, atol=2**-15)


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.aiff", "a.mp3", "a.ogg", "a.m4a", "a.mp4", "a.opus"])
def test_excerpts_are_exact(tmp_path: Path, rng: np.random.Generator, name: str) -> None:
    sr = rate_for(name)
    noise = (0.1 * rng.standard_normal(6 * sr)).astype(np.float32)
    maker = encode if name[2:] in ("m4a", "mp4", "opus") else write
    path = maker(tmp_path / name, noise, sr)
    whole = decode(path).y
    for offset_s in (0.0, 0.5, 3.3, 4.9):
        begin = round(offset_s * sr)
        part = decode(path, offset_s=offset_s, duration_s=0.4)
        assert (part.start_s, part.n_samples) == (offset_s, round(0.4 * sr))
        # Lossy codecs restart their overlap at the jump; a second of preroll makes that inaudible.
        np.testing.assert_allclose(part.y, whole[begin : begin + part.n_samples], atol=2e-3)


@pytest.mark.parametrize("name", ["a.mkv", "a.webm", "a.wma"])
def test_excerpts_of_coarse_formats_lie_within_two_milliseconds(
    tmp_path: Path, rng: np.random.Generator, name: str
) -> None:
    sr = rate_for(name)
    noise = (0.1 * rng.standard_normal(6 * sr)).astype(np.float32)
    path = encode(tmp_path / name, noise, sr)
    part = decode(path, offset_s=3.5, duration_s=0.5)
    assert part.n_samples == sr // 2
    assert lag_s(part.y, decode(path).y, round(3.5 * sr), sr) <= 0.002


@pytest.mark.parametrize("name", ["a.wav", "a.mp3", "a.m4a"])
def test_blocks_join_to_the_whole(tmp_path: Path, stereo: np.ndarray, name: str) -> None:
    path = (encode if name == "a.m4a" else write)(tmp_path / name, stereo, SR)
    blocks = list(stream(path, block_s=0.7))
    assert all(block.duration_s <= 0.7 for block in blocks)
    np.testing.assert_array_equal(np.concatenate([b.y for b in blocks], axis=1), decode(path).y)
    starts = np.cumsum([0.0] + [block.duration_s for block in blocks[:-1]])
    np.testing.assert_allclose([block.start_s for block in blocks], starts)


def test_mono_and_rate(tmp_path: Path, stereo: np.ndarray) -> None:
    path = write(tmp_path / "a.wav", stereo, SR, "FLOAT")
    clip = decode(path, sr=16_000, mono=True)
    assert (clip.sr, clip.y.shape) == (16_000, (80_000,))
    np.testing.assert_allclose(decode(path, mono=True).y, stereo.mean(axis=0), atol=1e-6)


def test_sound_of_a_video(tmp_path: Path, stereo: np.ndarray) -> None:
    path = encode(tmp_path / "clip.mp4", stereo, SR, picture=True)
    info = probe(path)
    assert (info.has_video, info.codec, info.n_channels) == (True, "aac", 2)
    assert frequency_of(decode(path).y[0], SR) == pytest.approx(440.0, abs=0.05)


def test_six_channels_in_aac(tmp_path: Path) -> None:
    y = np.stack([sine(300.0 + 50 * k, SR, 2.0, 0.3) for k in range(6)])
    clip = decode(encode(tmp_path / "a.m4a", y, SR))
    assert clip.n_channels == 6
    assert frequency_of(clip.y[0], SR) == pytest.approx(300.0, abs=0.2)


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("a.wav", "soundfile"),
        ("a.flac", "soundfile"),
        ("a.mp3", "soundfile"),
        ("a.ogg", "soundfile"),
        ("a.opus", "pyav"),
        ("a.m4a", "pyav"),
        ("a.webm", "pyav"),
        ("a.wma", "pyav"),
    ],
)
def test_the_faster_decoder_comes_first(tmp_path: Path, name: str, first: str) -> None:
    y = sine(440.0, 48_000, 1.0)
    path = (write if first == "soundfile" else encode)(tmp_path / name, y, 48_000)
    order = decoder_order(path)
    assert order[0] == first == probe(path).decoder
    assert sorted(order) == sorted(DECODERS)


def test_the_decoders_agree_on_a_real_song(data_dir: Path) -> None:
    path = data_dir / "songs" / "jazz_music.mp3"
    clips = [_by(name, path, n=20 * SR) for name in DECODERS]
    # libsndfile and FFmpeg may differ in how much of the encoder's delay they cut.
    assert lag_s(clips[0][0][5 * SR : 6 * SR], clips[1][0], 5 * SR, SR) < 0.03


def _by(name: str, path: Path, n: int) -> np.ndarray:
    reader = DECODERS[name].open(path)
    try:
        return np.array(reader.read(n))
    finally:
        reader.close()


class _Breaking:
    """A real reader that goes wrong after its first block, as libsndfile did on a few mp3 files."""

    def __init__(self, path: Path, fault: str) -> None:
        self._reader = SoundfileDecoder().open(path)
        self.facts, self.tags, self.notes = self._reader.facts, {}, []
        self._fault, self._n_reads = fault, 0

    def seek(self, sample: int) -> None:
        if self._fault == "cannot seek":
            raise DecodeError("broken block")
        self._reader.seek(sample)

    def read(self, n: int) -> np.ndarray:
        self._n_reads += 1
        y = self._reader.read(n)
        if self._n_reads == 2:
            if self._fault == "raises":
                raise DecodeError("broken block")
            y = np.full_like(y, np.nan if self._fault == "nan" else 1e20)
        return y

    def close(self) -> None:
        self._reader.close()


@pytest.mark.parametrize(
    ("fault", "offset_s"), [("nan", 0.0), ("huge", 0.0), ("raises", 0.0), ("cannot seek", 5.0)]
)
def test_the_next_decoder_goes_on_where_one_fails(
    tmp_path: Path, rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch, fault: str, offset_s: float
) -> None:
    noise = (0.1 * rng.standard_normal(25 * 8000)).astype(np.float32)
    path = write(tmp_path / "a.wav", noise, 8000)

    class Faulty:
        name = "soundfile"

        def open(self, path: Path) -> _Breaking:
            return _Breaking(path, fault)

    monkeypatch.setitem(DECODERS._loaded, "soundfile", Faulty())
    heard = decode(path, offset_s=offset_s).y
    np.testing.assert_allclose(heard, noise[round(8000 * offset_s) :], atol=2**-15)


@pytest.mark.parametrize(
    "excerpt",
    [{"offset_s": -1.0}, {"offset_s": float("nan")}, {"duration_s": 0.0}, {"duration_s": float("inf")}],
)
def test_impossible_excerpts(tmp_path: Path, excerpt: dict[str, float]) -> None:
    path = write(tmp_path / "a.wav", sine(440.0, 8000, 1.0), 8000)
    with pytest.raises(ParameterError, match="is allowed"):
        decode(path, **excerpt)
    with pytest.raises(ParameterError):
        decode(path, sr=0)


def test_errors_survive_the_way_between_processes() -> None:
    import pickle

    error = pickle.loads(pickle.dumps(EmptyAudioError("'a' is empty", hint="b")))
    assert isinstance(error, AudioError)
    assert error.hint == "b"


def test_importing_audio_loads_no_decoder() -> None:
    heavy = ("av", "soundfile", "soxr", "scipy", "mutagen")
    code = f"import sys, tunelens.audio; print([m for m in {heavy} if m in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_an_implausible_header_is_named_as_the_cause(tmp_path: Path) -> None:
    header = struct.pack(
        "<4sI8sIHHIIHH4sI", b"RIFF", 236, b"WAVEfmt ", 16, 1, 1, 500, 1000, 2, 16, b"data", 200
    )
    (tmp_path / "slow.wav").write_bytes(header + bytes(200))
    with pytest.raises(DecodeError, match="claims 500 Hz; 1000 to 768000 Hz"):
        decode(tmp_path / "slow.wav")
