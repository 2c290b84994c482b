"""A whole stream: what it says, how soon, that it agrees with `analyze`, and that nothing upsets it."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from tests.music import SR, performance
from tests.sounds import sine

from tunelens.audio import Clip, decode, resample
from tunelens.base.errors import MissingDependencyError, ParameterError
from tunelens.base.settings import Settings
from tunelens.features.descriptors import describe_clip
from tunelens.models import BACKBONES, DEFAULT_BACKBONES
from tunelens.models.bundles import SHIPPED, Bundle
from tunelens.services.live import Event, Live, LiveOptions

DEAF = LiveOptions(models=())


@pytest.fixture(scope="module")
def hearing() -> LiveOptions:
    options = LiveOptions()
    missing = [name for name in DEFAULT_BACKBONES if not BACKBONES[name].available(options.settings)]
    if missing:
        pytest.skip(f"the nets {missing} are not on this machine")
    return options


def heard(y: np.ndarray, options: LiveOptions, sr: int = SR) -> list[Event]:
    return list(Live(sr, 1 if y.ndim == 1 else len(y), options).feed(y))


def test_an_event_comes_every_half_second_and_nothing_before() -> None:
    events = heard(performance(1, 3.3), DEAF)
    assert [event.at_s for event in events] == [0.5, 1.0, 1.5, 2.0, 2.5, 3.0]
    assert heard(np.zeros(100, np.float32), DEAF) == []


def test_tempo_and_key_come_within_seconds_and_stay_right() -> None:
    clip = Clip(performance(3, 25.0, bpm=112), SR)
    events, offline = heard(clip.y, DEAF), describe_clip(clip)
    assert events[8].tempo.bpm is not None, "after 4.5 s"
    assert events[-1].tempo.bpm == pytest.approx(offline.tempo.bpm, rel=0.04)
    assert (events[-1].key.tonic, events[-1].key.mode) == (offline.key.tonic, offline.key.mode)


def test_silence_is_told_and_ends_what_was() -> None:
    y = np.concatenate([sine(440, SR, 3.0), np.zeros(SR * 2, np.float32), sine(311.13, SR, 3.0)])
    events = heard(y, DEAF)
    assert [event.sound for event in events] == [None] * 6 + ["silence"] * 4 + [None] * 6
    quiet, after = events[9], events[10]
    assert (quiet.tempo.reason, quiet.key.reason, quiet.predictions) == ("silence", "silence", {})
    assert quiet.level.momentary_lufs is None
    assert after.change is not None and after.since_s == pytest.approx(5.0, abs=0.01)
    assert events[-1].key.tonic == "D#", "the tone before the silence is forgotten"


def test_music_and_other_sounds_are_told_apart_within_a_second_and_a_half(
    data_dir: Path, hearing: LiveOptions
) -> None:
    """Speech, then jazz, then metal, then rain, then silence: real recordings, cut hard."""
    names = ("clips/198-209-0000.ogg", "rhythm/jazz_0.opus", "rhythm/metal_0.opus", "noise/rain_1.ogg")
    parts = [resample(decode(data_dir / one, mono=True, duration_s=6.0), SR).y for one in names]
    y = np.concatenate([*parts, np.zeros(SR * 2, np.float32)])
    begins = np.cumsum([0, *(len(part) / SR for part in parts)])
    expected = ("not music", "music", "music", "not music", "silence")
    events = heard(y, hearing)
    for sound, begin, end in zip(expected, begins, [*begins[1:], len(y) / SR], strict=True):
        inside = [event for event in events if begin + 1.5 <= event.at_s <= end]
        right = sum(event.sound == sound for event in inside)
        assert right >= 0.9 * len(inside), (sound, [(event.at_s, event.sound) for event in inside])
    told = [event.change.at_s for event in events if event.change is not None]
    for begin in begins[1:4]:
        assert min(abs(at - begin) for at in told) < 1.5, (begin, told)
    assert all(one.label is None for event in events if event.sound == "not music"
               for one in event.predictions.values())  # fmt: skip


@pytest.mark.parametrize("name", ["classical_1", "reggae_0"])
def test_a_stream_says_what_analyze_says_of_the_clip(data_dir: Path, hearing: LiveOptions, name: str) -> None:
    clip = resample(decode(data_dir / "rhythm" / f"{name}.opus", mono=True), SR)
    last, offline = heard(clip.y, hearing)[-1], describe_clip(clip)
    bundle = Bundle.load(SHIPPED / "genre")
    genre = bundle.predict(bundle.input.of_clip(clip)[None])[0]
    assert last.predictions["genre"].best == genre.best
    if last.since_s == 0:  # else only what came since is told
        assert last.tempo.bpm == pytest.approx(offline.tempo.bpm, rel=0.04)
        assert (last.key.tonic, last.key.mode) == (offline.key.tonic, offline.key.mode)


RUBBISH = {
    "nothing but NaN": np.full(SR * 2, np.nan),
    "infinite": np.full(SR * 2, np.inf),
    "beyond all bounds": np.full(SR * 2, 1e38),
    "full scale square": np.sign(np.sin(np.arange(SR * 2))),
    "a constant": np.full(SR * 2, 0.7),
    "smaller than any sound": np.full(SR * 2, 1e-40),
    "one click": np.eye(1, SR * 2, SR)[0],
    "NaN now and then": np.where(np.arange(SR * 2) % 100 == 0, np.nan, 0.1 * np.sin(np.arange(SR * 2) / 5)),
}


@pytest.mark.parametrize("name", RUBBISH)
def test_rubbish_gives_events_of_finite_numbers(name: str, hearing: LiveOptions) -> None:
    events = heard(RUBBISH[name].astype(np.float32), hearing)
    assert len(events) == 4
    numbers: list[float] = []

    def collect(value: object) -> None:
        if isinstance(value, dict):
            [collect(one) for one in value.values()]
        elif isinstance(value, list):
            [collect(one) for one in value]
        elif isinstance(value, float):
            numbers.append(value)

    for event in events:
        collect(event.to_dict())
    assert numbers and np.isfinite(numbers).all()


def test_a_constant_added_changes_no_label(data_dir: Path, hearing: LiveOptions) -> None:
    y = resample(decode(data_dir / "rhythm" / "jazz_0.opus", mono=True, duration_s=5.0), SR).y
    plain, moved = heard(y, hearing)[-1], heard(y + 0.1, hearing)[-1]
    assert (plain.sound, plain.predictions["genre"].best) == (moved.sound, moved.predictions["genre"].best)
    assert (plain.key.tonic, plain.key.mode) == (moved.key.tonic, moved.key.mode)


def test_what_is_lost_is_told_and_something_new_begins() -> None:
    live = Live(SR, 1, DEAF)
    list(live.feed(sine(440, SR, 3.0)))
    list(live.lose(3600.0))
    events = list(live.feed(sine(440, SR, 3.0)))
    assert events[-1].lost_s == 3600.0
    assert events[-1].at_s == pytest.approx(8.0), "two seconds of silence stand for the hour"
    assert any(event.change is not None for event in events)


def test_memory_does_not_grow() -> None:
    live = Live(8000, 1, DEAF)
    y = performance(2, 10.0).astype(np.float32)[:80_000]

    def twenty_seconds() -> int:
        for _ in range(2):
            for _event in live.feed(y):
                pass
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        *_, before = twenty_seconds(), twenty_seconds(), twenty_seconds()
        after = [twenty_seconds() for _ in range(2)]
    finally:
        tracemalloc.stop()
    assert max(after) - before < 20_000, "bytes; the samples of that time are 1,280,000"


@pytest.mark.parametrize("every_s", [0.1, 6.0, float("nan"), -1.0])
def test_odd_beats_are_refused(every_s: float) -> None:
    with pytest.raises(ParameterError, match="every_s"):
        LiveOptions(every_s=every_s)


@pytest.mark.parametrize("every_s", [0.25, 1.0, 5.0])
def test_other_beats_work(every_s: float) -> None:
    events = heard(performance(1, 10.0), LiveOptions(every_s=every_s, models=()))
    assert len(events) == round(10.0 / every_s)


def test_nets_that_are_not_here_are_told(tmp_path: Path) -> None:
    with pytest.raises(MissingDependencyError, match="MSD_musicnn"):
        Live(SR, 1, LiveOptions(settings=Settings(cache_dir=tmp_path)))
