"""Our full set of frame features beside librosa's: the script people write, and an expert's.

All compute rms, zcr, centroid, bandwidth, rolloff, flatness, contrast, mel, mfcc with two deltas, chroma,
tonnetz, onset envelope and tempogram; ours adds flux. The script takes tonnetz as librosa's own example and
the scripts that copy it do, of the harmonic part and through a constant-Q transform; ours is of the STFT
chroma. So the script is also measured with tonnetz of the samples as they are, and without it. One thread,
warm.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from bench.harness import Row, best_of, data_dir, interleaved

SR = 22050
SECONDS = 30


def everything(y: np.ndarray) -> list[np.ndarray]:
    """Compute all of ours."""
    from tunelens.audio.clip import Clip
    from tunelens.features import FEATURES, Frames

    frames = Frames(Clip(y, SR))
    return [FEATURES[name].compute(frames) for name in FEATURES]


def script(y: np.ndarray) -> list[np.ndarray]:
    """Write it as tutorials do: every call begins with the samples."""
    import librosa

    harmonic = librosa.effects.harmonic(y)
    return [*script_without_tonnetz(y), librosa.feature.tonnetz(y=harmonic, sr=SR)]


def script_with_plain_tonnetz(y: np.ndarray) -> list[np.ndarray]:
    """Take tonnetz without separating the harmonic part; a constant-Q transform remains."""
    import librosa

    return [*script_without_tonnetz(y), librosa.feature.tonnetz(y=y, sr=SR)]


def script_without_tonnetz(y: np.ndarray) -> list[np.ndarray]:
    """Leave tonnetz out of the script."""
    import librosa
    from librosa import feature

    mfcc = feature.mfcc(y=y, sr=SR)
    return [
        feature.rms(y=y),
        feature.zero_crossing_rate(y),
        feature.spectral_centroid(y=y, sr=SR),
        feature.spectral_bandwidth(y=y, sr=SR),
        feature.spectral_rolloff(y=y, sr=SR),
        feature.spectral_flatness(y=y),
        feature.spectral_contrast(y=y, sr=SR),
        librosa.power_to_db(feature.melspectrogram(y=y, sr=SR)),
        mfcc,
        feature.delta(mfcc),
        feature.delta(mfcc, order=2),
        feature.chroma_stft(y=y, sr=SR),
        librosa.onset.onset_strength(y=y, sr=SR),
        feature.tempogram(y=y, sr=SR),
    ]


def expert(y: np.ndarray) -> list[np.ndarray]:
    """Compute the transform, the mel spectrogram and each other intermediate once, and pass them on."""
    import librosa
    from librosa import feature

    S = np.abs(librosa.stft(y))
    power = S**2
    mel = feature.melspectrogram(S=power, sr=SR)
    mel_db = librosa.power_to_db(mel)
    mfcc = feature.mfcc(S=mel_db, sr=SR)
    centroid = feature.spectral_centroid(S=S, sr=SR)
    chroma = feature.chroma_stft(S=power, sr=SR)
    onset_env = librosa.onset.onset_strength(S=mel_db, sr=SR)
    return [
        feature.rms(S=S),
        feature.zero_crossing_rate(y),
        centroid,
        feature.spectral_bandwidth(S=S, sr=SR, centroid=centroid),
        feature.spectral_rolloff(S=S, sr=SR),
        feature.spectral_flatness(S=S),
        feature.spectral_contrast(S=S, sr=SR),
        mel_db,
        mfcc,
        feature.delta(mfcc),
        feature.delta(mfcc, order=2),
        chroma,
        feature.tonnetz(chroma=chroma),
        onset_env,
        feature.tempogram(onset_envelope=onset_env, sr=SR),
    ]


def pooled(y: np.ndarray) -> None:
    """Compute what every track in a library gets of this floor."""
    from tunelens.audio.clip import Clip
    from tunelens.features import Frames, pool, waveform_statistics

    clip = Clip(y, SR)
    table = Frames(clip).table()
    pool(table.values, table.names)
    waveform_statistics(clip)


def contour(y: np.ndarray) -> object:
    from tunelens.audio.clip import Clip
    from tunelens.features import f0

    return f0(Clip(y, SR))


def pyin(y: np.ndarray) -> object:
    import librosa

    return librosa.pyin(y, fmin=65.4, fmax=2093.0, sr=SR)


def shares(y: np.ndarray) -> dict[str, float]:
    """Return which part of the one pass over the spectra each step takes."""
    from tunelens.features.frames import REDUCERS
    from tunelens.features.grid import Grid
    from tunelens.features.spectrum import blocks

    grid = Grid(SR)
    held = list(blocks(y, grid))
    seconds = {"transform": best_of(lambda: list(blocks(y, grid)))}
    for name, reduce in REDUCERS.items():
        seconds[name] = best_of(lambda reduce=reduce: [reduce(block, grid) for block in held])
    return {name: taken / sum(seconds.values()) for name, taken in seconds.items()}


def excerpt() -> np.ndarray:
    """Return 30 s from the middle of a whole song, mono at 22.05 kHz."""
    import soundfile
    import soxr

    path = data_dir() / "songs" / "pop_music.mp3"
    rate = soundfile.info(path).samplerate
    y, _ = soundfile.read(path, start=rate * 60, frames=rate * SECONDS, dtype="float32", always_2d=True)
    return soxr.resample(y.mean(axis=1), rate, SR)[: SR * SECONDS]


def run() -> Iterator[Row]:
    y = excerpt()
    peers: tuple[tuple[str, Callable[[np.ndarray], object], float | None, str], ...] = (
        ("script", script, 15.0, "every call from y, tonnetz as in librosa's example"),
        ("script, plain tonnetz", script_with_plain_tonnetz, None, "tonnetz(y=y), no harmonic part before"),
        ("script less tonnetz", script_without_tonnetz, None, "the same without tonnetz on their side"),
        ("expert", expert, 3.0, "one shared STFT, intermediates passed on, no CQT"),
    )
    for name, peer, floor, note in peers:
        pair = interleaved(lambda: everything(y), lambda peer=peer: peer(y), repeats=7)
        yield pair.row(f"all features of 30 s, librosa {name}", floor=floor, note=note)
    short = y[: SR * 5]
    pair = interleaved(lambda: contour(short), lambda: pyin(short), repeats=3)
    yield pair.row("f0 contour of 5 s, librosa pyin", note="same range and hop")
    speed = SECONDS / best_of(lambda: pooled(y), repeats=7)
    yield Row.at_least("pooled table and 42 statistics", speed, 800.0, unit="x real time")
    for name, share in shares(y).items():
        yield Row(name=f"of the pass: {name}", ours=share, unit="share")
