"""Is one recording known again in another codec, cut, gain or noise - and is another never taken for it?

Ours are landmarks (`tunelens.features.fingerprint`). The peer is the other school: 32 bits a frame that say
where the energy of neighbouring bands rises (Haitsma, Kalker 2002), compared at every offset by the share of
bits that agree. Both get the same clips, half of them electronic or classical 4-genre clips and half of the
mood set, and the peer gets the threshold at which it raises no false alarm here.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from itertools import combinations, pairwise
from pathlib import Path
from time import process_time

import numpy as np
from numpy.typing import NDArray

from bench.harness import ROOT, Row, Skip, data_dir, timed
from tunelens.audio import Clip, decode, resample
from tunelens.features.fingerprint import Fingerprint, compare, fingerprint
from tunelens.features.fingerprint_index import candidates, same_recordings

N_CLIPS = 40
NEAR_S = 0.1
N_MANY = 5000
N_COPIES = 50
BITS_SR = 5512
Variant = Callable[[Clip, Path], tuple[Clip, float]]
Bits = NDArray[np.float32]


def run() -> Iterator[Row | Skip]:
    yield from _recognition()
    yield from _many()


def _recognition() -> Iterator[Row]:
    clips = list(_clips(data_dir()))
    ours, theirs = [fingerprint(clip) for clip in clips], [bits(clip) for clip in clips]
    pairs = list(combinations(range(len(clips)), 2))
    alarms = [compare(ours[a], ours[b]) for a, b in pairs]
    limit = max(agreement(theirs[a], theirs[b])[0] for a, b in pairs)
    with tempfile.TemporaryDirectory() as folder:
        for name, variant in VARIANTS.items():
            changed = [variant(clip, Path(folder)) for clip in clips]
            found = [compare(one, fingerprint(clip)) for one, (clip, _) in zip(ours, changed, strict=True)]
            us = [
                m.is_same and abs(m.offset_s - at) < NEAR_S for m, (_, at) in zip(found, changed, strict=True)
            ]
            them = [_bits_find(one, *wanted, limit) for one, wanted in zip(theirs, changed, strict=True)]
            yield Row.more(
                f"found again: {name}", float(np.mean(us)), float(np.mean(them)), floor=FLOORS.get(name),
                note=f"{len(clips)} clips; fewest landmarks in common {min(m.n_common for m in found)}",
            )  # fmt: skip
    yield Row(
        name="false alarms", ours=float(sum(m.is_same for m in alarms)), unit="pairs",
        theirs=0.0, ratio=float(not any(m.is_same for m in alarms)), floor=1.0,
        note=f"of {len(pairs)}; most landmarks {max(m.n_common for m in alarms)}; theirs is the limit",
    )  # fmt: skip
    yield Row(
        name="cost of a 30 s clip", ours=timed(lambda: [fingerprint(c) for c in clips]) / len(clips),
        theirs=timed(lambda: [bits(c) for c in clips]) / len(clips),
        note=f"ours {np.mean([len(one) for one in ours]):.0f} landmarks",
    )  # fmt: skip


def _clips(folder: Path) -> Iterator[Clip]:
    """Yield clips of both sets, long enough to be cut."""
    for name in ("emotify", "mer4q"):
        paths = sorted((folder / name).glob("*.opus"))
        clips = (decode(path, mono=True) for path in paths[:: max(1, len(paths) // 24)])
        whole = [clip for clip in clips if clip.n_samples > 25 * clip.sr]
        yield from whole[: N_CLIPS // 2]


def _cut(clip: Clip, begin_s: float, end_s: float) -> Clip:
    return Clip(clip.y[round(begin_s * clip.sr) : round(end_s * clip.sr)], clip.sr)


def _noisy(clip: Clip) -> Clip:
    noise = np.random.default_rng(0).standard_normal(clip.n_samples).astype(np.float32)
    return Clip(clip.y + noise * np.sqrt(np.mean(clip.y**2) / 10), clip.sr)


def _through(clip: Clip, path: Path, sr: int) -> Clip:
    """Encode and decode, by libsndfile what it can write and by FFmpeg the rest."""
    sys.path.insert(0, str(ROOT))
    from tests.sounds import ENCODERS, encode, write

    y = np.clip(resample(clip, sr).y, -1, 1)
    return decode((encode if path.suffix in ENCODERS else write)(path, y, sr), mono=True)


VARIANTS: dict[str, Variant] = {
    "gain -26 dB": lambda clip, _: (Clip(0.05 * clip.y, clip.sr), 0.0),
    "cut 3.217 to 18 s": lambda clip, _: (_cut(clip, 3.217, 18.0), 3.217),
    "mp3": lambda clip, folder: (_through(clip, folder / "a.mp3", 44_100), 0.0),
    "aac": lambda clip, folder: (_through(clip, folder / "a.m4a", 44_100), 0.0),
    "opus": lambda clip, folder: (_through(clip, folder / "a.opus", 48_000), 0.0),
    "vorbis at 32 kHz, cut at 7.03 s": lambda clip, folder: (
        _through(_cut(clip, 7.03, 60.0), folder / "a.ogg", 32_000), 7.03,
    ),
    "8 kHz": lambda clip, _: (resample(clip, 8000), 0.0),
    "white noise, 10 dB below": lambda clip, _: (_noisy(clip), 0.0),
    "5 s": lambda clip, _: (_cut(clip, 11.3, 16.3), 11.3),
    "8 s in noise 10 dB below": lambda clip, _: (_noisy(_cut(clip, 11.3, 19.3)), 11.3),
    "speed + 2 %": lambda clip, _: (Clip(resample(clip, round(clip.sr / 1.02)).y, clip.sr), 0.0),
}  # fmt: skip
FLOORS = {name: 1.0 for name in VARIANTS if not name.startswith("speed")}
"""Ours must find no less than the peer; a change of speed moves every landmark, and is not asked for."""


def bits(clip: Clip) -> Bits:
    """Return the sign of the rise, over time, of energy differences of 33 bands, (32, t) of ±1."""
    y = resample(clip.mono(), BITS_SR).y
    frames = np.lib.stride_tricks.sliding_window_view(y, 2048)[::64]
    edges = np.round(np.geomspace(300, 2000, 34) / BITS_SR * 2048).astype(int)
    power = np.abs(np.fft.rfft(frames * np.hanning(2048).astype(np.float32), axis=1)) ** 2
    energy = np.stack([power[:, a:b].sum(axis=1) for a, b in pairwise(edges)])
    return np.sign(np.diff(np.diff(energy, axis=0), axis=1) + 1e-12).astype(np.float32)


def agreement(a: Bits, b: Bits) -> tuple[float, float]:
    """Return the best share of agreeing bits over all offsets with 3 s in common, and that offset, s."""
    n = 1 << (a.shape[1] + b.shape[1]).bit_length()
    total = np.fft.irfft(np.fft.rfft(a, n, axis=1) * np.conj(np.fft.rfft(b, n, axis=1)), axis=1).sum(axis=0)
    shift = np.arange(-b.shape[1] + 1, a.shape[1])
    common = np.minimum(a.shape[1], b.shape[1] + shift) - np.maximum(0, shift)
    share = np.where(common > 3 * BITS_SR / 64, 0.5 + total[shift] / (2 * 32 * common), 0.0)
    return float(share.max()), float(shift[share.argmax()] * 64 / BITS_SR)


def _bits_find(known: Bits, clip: Clip, at_s: float, limit: float) -> bool:
    share, found_s = agreement(known, bits(clip))
    return share > limit and abs(found_s - at_s) < NEAR_S


def _many() -> Iterator[Row]:
    """Yield what it costs to find the copies among thousands of made-up fingerprints."""
    rng = np.random.default_rng(0)
    prints = [_made_up(rng) for _ in range(N_MANY)]
    prints += [_remnant(one, rng) for one in prints[:N_COPIES]]
    start = process_time()
    found = same_recordings(prints)
    cost = process_time() - start
    planted = {(i, N_MANY + i) for i in range(N_COPIES)}
    right = {(pair.a, pair.b) for pair in found}
    half = prints[: N_MANY // 2]
    yield Row.at_most(f"compare {len(prints)} fingerprints", cost, 20.0)
    yield Row(
        name=f"candidates of {len(half)}",
        ours=timed(lambda: candidates(half)), theirs=timed(lambda: candidates(prints)),
        note="theirs: of twice as many; comparing all with all would take four times as long",
    )  # fmt: skip
    yield Row.at_least(
        f"{N_COPIES} planted copies among them", len(right & planted) / len(planted), 1.0,
        note=f"{len(right - planted)} false ones; a copy keeps 30 % of the landmarks and lacks 4.6 s",
    )  # fmt: skip


def _made_up(rng: np.random.Generator) -> Fingerprint:
    """As many landmarks as 30 s of music have, and as unevenly spread."""
    n = 2300
    first = (10 + 400 * rng.beta(1, 3, n)).astype(int)
    away = np.clip(rng.normal(127, 30, n), 0, 254).astype(int)
    later = np.clip(rng.exponential(12, n), 1, 63).astype(int)
    frames = np.sort(rng.integers(0, 1290, n)).astype(np.int32)
    return Fingerprint((first << 15 | away << 6 | later).astype(np.uint32), frames)


def _remnant(one: Fingerprint, rng: np.random.Generator) -> Fingerprint:
    kept = (rng.random(len(one)) < 0.3) & (one.frames >= 200)
    return Fingerprint(one.hashes[kept], one.frames[kept] - 200)
