"""Sounds with a known answer, and files of every kind made from them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import soundfile

ENCODERS = {
    ".m4a": "aac",
    ".mp4": "aac",
    ".mkv": "aac",
    ".aac": "aac",
    ".opus": "libopus",
    ".webm": "libopus",
    ".wma": "wmav2",
}


def sine(freq_hz: float, sr: int, duration_s: float, amplitude: float = 0.5) -> np.ndarray:
    t = np.arange(round(sr * duration_s)) / sr
    return (amplitude * np.sin(2 * np.pi * freq_hz * t)).astype(np.float32)


def write(path: Path, y: np.ndarray, sr: int, subtype: str | None = None, format: str | None = None) -> Path:
    """Write (n,) or (channels, n) by libsndfile, in small blocks: a large one overflows Vorbis' stack."""
    n_channels = 1 if y.ndim == 1 else y.shape[0]
    with (
        path.open("wb") as handle,
        soundfile.SoundFile(
            handle, "w", sr, n_channels, subtype=subtype, format=format or path.suffix[1:].upper()
        ) as file,
    ):
        for begin in range(0, y.shape[-1], 4096):
            file.write(np.ascontiguousarray(y[..., begin : begin + 4096].T))
    return path


def encode(
    path: Path, y: np.ndarray, sr: int, codec: str | None = None, *, picture: bool = False, **options: str
) -> Path:
    """Write (n,) or (channels, n) by FFmpeg; `picture` adds a moving one."""
    import av

    y = np.ascontiguousarray(np.atleast_2d(y))
    layout = {1: "mono", 2: "stereo", 6: "5.1"}[y.shape[0]]
    with av.open(str(path), "w", options=options) as container:
        stream = container.add_stream(codec or ENCODERS[path.suffix], rate=sr)
        stream.layout = layout
        stream.bit_rate = 128_000
        video = _picture_stream(container) if picture else None
        stream.codec_context.open()
        kind = stream.codec_context.format.name
        size = stream.codec_context.frame_size or 1024
        frame = av.AudioFrame.from_ndarray(y, format="fltp", layout=layout)
        frame.sample_rate = sr
        adapt = av.AudioResampler(format=kind, layout=layout, rate=sr, frame_size=size)
        for part in [*adapt.resample(frame), *adapt.resample(None)]:
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
        if video is not None:
            _add_picture(container, video)
    return path


def _picture_stream(container: Any) -> Any:
    video = container.add_stream("mpeg4", rate=10)
    video.width, video.height, video.pix_fmt = 32, 32, "yuv420p"
    return video


def _add_picture(container: Any, video: Any) -> None:
    import av

    for shade in range(10):
        image = np.full((32, 32, 3), 20 * shade, np.uint8)
        container.mux(video.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
    container.mux(video.encode(None))


def frequency_of(y: np.ndarray, sr: int) -> float:
    """Frequency of the strongest partial, Hz, by a parabola through the peak of a windowed spectrum."""
    spectrum = np.log(np.abs(np.fft.rfft(y * np.hanning(y.size))) + 1e-12)
    peak = int(spectrum[1:-1].argmax()) + 1
    low, mid, high = spectrum[peak - 1 : peak + 2]
    return (peak + 0.5 * (low - high) / (low - 2 * mid + high)) * sr / y.size
