"""A stream's music against kinds of sound that its detector has never heard.

    python -m training.live

The shipped detector has learned from all noises there are here, so it is fitted anew, twice, each time
without half of the kinds, and from every eighth piece of music; streams go from music to a kind that was left
out, and back. Nothing has learned from that music, which is GTZAN's.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training import sets
from training.default_model import MUSIC_INPUT, MUSIC_RECIPE
from tunelens.audio import decode, resample
from tunelens.data.labels import Labels
from tunelens.data.tracks import Tracks
from tunelens.models.bundles import Bundle, Facts
from tunelens.models.inputs import parse_input
from tunelens.models.material import Material
from tunelens.services.live import Event, Live, LiveOptions

SR, PART_S, SETTLED_S, EVERY = 22050, 6.0, 1.5, 8
Samples = NDArray[np.float32]


def main() -> None:
    """Print, by kind, how much is told rightly from 1.5 s on, and how late that was told."""
    folder = sets.data_dir()
    tracks, X = _rows(folder)
    right: dict[str, list[bool]] = defaultdict(list)
    late_s: dict[str, list[float]] = defaultdict(list)
    kinds = sorted(set(sets.not_music(folder).groups["artist"]))
    for held_out in (kinds[::2], kinds[1::2]):
        with tempfile.TemporaryDirectory() as place:
            options = LiveOptions(bundles=(str(_fitted(tracks, X, held_out, Path(place) / "music").folder),))
            for kind, noise, music in _pairs(folder, held_out):
                events = list(Live(SR, 1, options).feed(np.concatenate([music, noise, music])))
                _judge(events, kind, len(noise) / SR, right, late_s)
    _print(right, late_s)


def _rows(folder: Path) -> tuple[Tracks, NDArray[np.float32]]:
    """Return music, noises and synthetic noises, with their numbers."""
    known = (sets.clips_of(folder, "emotify", "genre"), sets.clips_of(folder, "mer4q", "quadrant"))
    labels = Labels("single", [sets.MUSIC] * sum(map(len, known)), "kind")
    music, noise = sets.joined("music", known, labels), sets.not_music(folder)
    music, hear = music.take(range(0, len(music), EVERY)), parse_input(MUSIC_INPUT)
    X = [hear.of_file(path) for path in music.paths or ()]
    places = zip(noise.paths or (), noise.start_s or (), noise.end_s or (), strict=True)
    X += [hear.of_file(*place) for place in places]
    synthetic = [hear.of_clip(clip) for clip in sets.noises()]
    kinds = (*music.groups["artist"], *noise.groups["artist"], *["synthetic"] * len(synthetic))
    names = [sets.MUSIC] * len(music) + [sets.NOT_MUSIC] * (len(kinds) - len(music))
    ids = tuple(map(str, range(len(kinds))))
    tracks = Tracks(
        name="music and noise",
        ids=ids,
        labels=Labels("single", names, "kind"),
        paths=tuple(map(Path, ids)),
        groups={"artist": kinds},
    )
    return tracks, np.array([*X, *synthetic])


def _fitted(tracks: Tracks, X: NDArray[np.float32], held_out: list[str], folder: Path) -> Bundle:
    kept = np.array([group not in held_out for group in tracks.groups["artist"]])
    labels = Labels(
        "single", [one for one, there in zip(tracks.labels.values, kept, strict=True) if there], "kind"
    )
    rows = Material(X[kept], labels.y(), np.arange(int(kept.sum())), "single", labels.classes)
    return Bundle.save(folder, MUSIC_RECIPE.fit(rows), Facts("music", parse_input(MUSIC_INPUT)))


def _pairs(folder: Path, kinds: list[str]) -> Iterator[tuple[str, Samples, Samples]]:
    """Yield each sound of these kinds, for six seconds, and some music."""
    songs = sorted((folder / "rhythm").glob("*.opus"))
    noise = sets.not_music(folder)
    places = zip(noise.groups["artist"], noise.paths or (), noise.start_s or (), strict=True)
    for i, (kind, path, start_s) in enumerate(places):
        if kind in kinds:
            song = decode(songs[i % len(songs)], mono=True, duration_s=PART_S)
            sound = decode(path, mono=True, offset_s=start_s or 0.0)
            y = resample(sound, SR).y[: round(PART_S * SR)]
            yield kind, np.resize(y, round(PART_S * SR)), resample(song, SR).y


def _judge(
    events: list[Event],
    kind: str,
    noise_s: float,
    right: dict[str, list[bool]],
    late_s: dict[str, list[float]],
) -> None:
    begins = (0.0, PART_S, PART_S + noise_s, 2 * PART_S + noise_s)
    for name, wanted, begin, end in (
        (kind, (sets.NOT_MUSIC, "silence"), *begins[1:3]),
        (sets.MUSIC, (sets.MUSIC,), *begins[2:]),
    ):
        inside = [event for event in events if begin < event.at_s <= end]
        fits = [event.sound in wanted for event in inside]
        right[name] += [ok for ok, event in zip(fits, inside, strict=True) if event.at_s > begin + SETTLED_S]
        first = next((k for k in range(len(fits)) if all(fits[k : k + 3])), None)
        late_s[name].append(np.inf if first is None else inside[first].at_s - begin)


def _print(right: dict[str, list[bool]], late_s: dict[str, list[float]]) -> None:
    print("| kind, never heard in training | streams | told rightly | median latency, s |")
    print("| --- | --- | --- | --- |")
    for kind in sorted(right):
        share, late = np.mean(right[kind]), np.median(late_s[kind])
        print(f"| {kind} | {len(late_s[kind])} | {share:.2f} | {late:.2f} |")
    others = [one for kind in right if kind != sets.MUSIC for one in right[kind]]
    late = np.concatenate(list(late_s.values()))
    soon = np.mean(late <= SETTLED_S)
    print(f"\nAll kinds but music: {np.mean(others):.3f} told rightly; of {len(late)} begins {soon:.2f} are")
    print(f"told within {SETTLED_S:g} s, the median after {np.median(late):.2f} s")


if __name__ == "__main__":
    main()
