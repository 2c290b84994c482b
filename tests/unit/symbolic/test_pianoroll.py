"""Piano rolls of files written by mido, by hand, and by enemies."""

from __future__ import annotations

from pathlib import Path

import mido
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tunelens.base.errors import AudioError, DataError, NotFoundError, ParameterError, TunelensError
from tunelens.symbolic.pianoroll import MOST_BYTES, Note, notes, piano_roll


def written(path: Path, *tracks: list, ticks: int = 480, kind: int = 1) -> Path:
    song = mido.MidiFile(type=kind, ticks_per_beat=ticks)
    for messages in tracks:
        track = mido.MidiTrack()
        track.extend(messages)
        song.tracks.append(track)
    song.save(path)
    return path


def on(note: int, time: int = 0, velocity: int = 127, channel: int = 0) -> mido.Message:
    return mido.Message("note_on", note=note, time=time, velocity=velocity, channel=channel)


def off(note: int, time: int = 0, channel: int = 0) -> mido.Message:
    return mido.Message("note_off", note=note, time=time, channel=channel)


def pedal(value: int, time: int = 0) -> mido.Message:
    return mido.Message("control_change", control=64, value=value, time=time)


def tempo(bpm: float, time: int = 0) -> mido.MetaMessage:
    return mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(bpm), time=time)


def test_known_notes_stand_where_they_should(tmp_path: Path) -> None:
    path = written(tmp_path / "歌.mid", [on(60), off(60, 480), on(64, 480, 64), off(64, 240)])
    assert notes(path) == [Note(60, 0.0, 0.5, 127, 0), Note(64, 1.0, 1.25, 64, 0)]
    roll = piano_roll(path, step_s=0.25)
    np.testing.assert_allclose(roll.edges_s, np.arange(6) * 0.25)
    expected = np.zeros((128, 5))
    expected[60, :2], expected[64, 4] = 1.0, 64 / 127
    np.testing.assert_allclose(roll.values, expected, atol=1e-6)


def test_a_note_that_fills_half_a_column_counts_half(tmp_path: Path) -> None:
    roll = piano_roll(
        written(tmp_path / "a.mid", [on(60), off(60, 240), on(62, 720), off(62, 0)]), step_s=0.5
    )
    assert roll.values[60].tolist() == [1.0]  # the file's notes end at 0.25 s, and so do the columns
    longer = written(tmp_path / "b.mid", [on(60), off(60, 240), on(62, 240), off(62, 480)])
    assert piano_roll(longer, step_s=0.5).values[60].tolist() == [0.5, 0.0]


def test_every_change_of_tempo_counts_for_all_tracks(tmp_path: Path) -> None:
    conductor = [tempo(120), tempo(60, 480), tempo(240, 480)]
    path = written(tmp_path / "a.mid", conductor, [on(60, 480), off(60, 480), on(61), off(61, 480)])
    assert notes(path) == [Note(60, 0.5, 1.5, 127, 0), Note(61, 1.5, 1.75, 127, 0)]


def test_mido_plays_as_long(tmp_path: Path, rng: np.random.Generator) -> None:
    """mido's own clock is the oracle of ours."""
    track = [on(60)]
    for _ in range(40):
        track.append(tempo(float(rng.uniform(30, 300)), int(rng.integers(0, 400))))
    track.append(off(60, 100))
    path = written(tmp_path / "a.mid", track, ticks=96)
    assert notes(path)[0].end_s == pytest.approx(mido.MidiFile(path).length, abs=1e-6)


def test_drums_count_only_where_asked_for(tmp_path: Path) -> None:
    path = written(tmp_path / "a.mid", [on(36, channel=9), off(36, 480, channel=9)])
    with pytest.raises(DataError, match="no notes") as caught:
        piano_roll(path)
    assert "drums=True" in (caught.value.hint or "")
    assert piano_roll(path, drums=True).values[36].max() == 1


def test_the_pedal_holds_notes_until_it_is_released(tmp_path: Path) -> None:
    track = [pedal(127), on(60), off(60, 480), on(62), off(62, 480), pedal(0, 480), on(64), off(64, 480)]
    path = written(tmp_path / "a.mid", track)
    assert [note.end_s for note in notes(path)] == [1.5, 1.5, 2.0]
    assert [note.end_s for note in notes(path, pedal=False)] == [0.5, 1.0, 2.0]


def test_a_key_struck_again_begins_anew_and_one_never_released_ends_with_the_file(tmp_path: Path) -> None:
    end = mido.MetaMessage("end_of_track", time=480)
    path = written(tmp_path / "a.mid", [on(60), on(60, 480), on(70), end])
    assert notes(path) == [
        Note(60, 0.0, 0.5, 127, 0),
        Note(60, 0.5, 1.0, 127, 0),
        Note(70, 0.5, 1.0, 127, 0),
    ]


def test_velocity_nought_releases(tmp_path: Path) -> None:
    path = written(tmp_path / "a.mid", [on(60), on(60, 480, velocity=0)])
    assert notes(path) == [Note(60, 0.0, 0.5, 127, 0)]


def test_hours_have_no_more_columns(tmp_path: Path) -> None:
    path = written(tmp_path / "a.mid", [on(60), off(60, 480 * 2 * 3600 * 2)])
    roll = piano_roll(path)
    assert roll.values.shape == (128, 2000)
    assert roll.edges_s[-1] == pytest.approx(7200)
    assert (roll.values[60] == 1).all()


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"RIFF....", "not a MIDI file"), (b"MThd", "breaks off"),
     (b"MThd\0\0\0\6\0\1\0\1\1\340MTrk\0\0\1\0", "."),
     (b"MThd\0\0\0\6\0\2\0\0\1\340", "type 2"), (b"MThd\0\0\0\6\0\1\0\0\347\50", "ticks"),
     (b"MThd" + b"\0" * MOST_BYTES, "MiB")],
)  # fmt: skip
def test_what_is_no_midi_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "a.mid"
    path.write_bytes(content)
    with pytest.raises(DataError, match=words):
        piano_roll(path)


def test_what_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        piano_roll(tmp_path / "none.mid")
    with pytest.raises(AudioError):
        piano_roll(tmp_path)
    with pytest.raises(ParameterError):
        piano_roll(tmp_path / "none.mid", step_s=0)


def test_a_file_that_lasts_for_years_is_refused(tmp_path: Path) -> None:
    slow = mido.MetaMessage("set_tempo", tempo=0xFFFFFF)
    path = written(tmp_path / "a.mid", [slow, on(60), off(60, 0x0FFFFFFF)], ticks=1)
    with pytest.raises(DataError, match="hours"):
        piano_roll(path)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.integers(0, 250), st.integers(0, 255)), min_size=1, max_size=6), st.integers(0, 250)
)
def test_no_damage_surprises(tmp_path: Path, changes: list[tuple[int, int]], cut: int) -> None:
    path = tmp_path / "a.mid"
    key = mido.MetaMessage("key_signature", key="C")
    track = [
        key,
        tempo(90),
        pedal(127),
        *(on(50 + k, 30) for k in range(9)),
        *(off(50 + k, 30) for k in range(9)),
    ]
    data = bytearray(written(path, track).read_bytes())
    for at, value in changes:
        data[4 + at % (len(data) - 4)] = value
    path.write_bytes(data[: max(5, len(data) - cut // 4)])
    try:
        roll = piano_roll(path)
    except TunelensError:
        return
    assert np.isfinite(roll.values).all()
    assert 0 <= roll.values.min() <= roll.values.max() <= 1
    assert (np.diff(roll.edges_s) > 0).all()
