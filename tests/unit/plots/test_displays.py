"""What every registered picture owes, and that each shows what is there."""

from __future__ import annotations

import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from tunelens.audio import Clip
from tunelens.base.errors import EmptyAudioError, ParameterError
from tunelens.models.tagging import Tagging
from tunelens.plots import PLOTS
from tunelens.plots.axes import clock

FROM_CLIP = [name for name in PLOTS if name != "tags"]


def tone(hz: float, seconds: float = 3.0, sr: int = 22050) -> np.ndarray:
    return (0.5 * np.sin(2 * np.pi * hz * np.arange(int(sr * seconds)) / sr)).astype(np.float32)


CLIPS = {
    "music-like": Clip(tone(220) * (np.arange(66150) % 11025 < 4000), 22050),
    "silence": Clip(np.zeros(22050, np.float32), 22050),
    "one sample": Clip(np.ones(1, np.float32), 22050),
    "two samples": Clip(np.array([1, -1], np.float32), 48000),
    "stereo": Clip(np.stack([tone(440), -tone(440)]), 22050),
    "8 channels": Clip(np.stack([tone(100 * k) for k in range(1, 9)]), 22050),
    "8 kHz": Clip(tone(440, sr=8000), 8000),
    "odd rate": Clip(tone(440, sr=37123), 37123),
    "192 kHz": Clip(tone(440, seconds=0.2, sr=192000), 192000),
    "beyond full scale": Clip(20 * tone(440), 22050),
    "excerpt": Clip(tone(440), 22050, start_s=3700.0),
}


@pytest.mark.parametrize("name", FROM_CLIP)
@pytest.mark.parametrize("case", CLIPS)
def test_every_plot_draws_every_sound(name: str, case: str) -> None:
    clip = CLIPS[case]
    shown = PLOTS[name].from_clip(clip, title="Titel").plot()
    shown.figure_.canvas.draw()
    assert shown.ax_.get_title(loc="left") == "Titel"
    assert shown.ax_.get_title(loc="right") == shown.what != ""
    assert shown.ax_.get_xlabel().startswith("Time (")
    assert shown.ax_.get_ylabel()
    assert shown.ax_.get_xlim() == pytest.approx((clip.start_s, clip.start_s + clip.duration_s))


@pytest.mark.parametrize("name", [n for n in FROM_CLIP if n not in ("ssm", "structure")])
def test_plots_over_time_line_up(name: str) -> None:
    shown = PLOTS[name].from_clip(CLIPS["music-like"]).plot()
    reference = PLOTS["waveform"].from_clip(CLIPS["music-like"]).plot()
    assert shown.ax_.get_position().bounds == reference.ax_.get_position().bounds
    assert shown.ax_.get_xlim() == reference.ax_.get_xlim()


@pytest.mark.parametrize("name", FROM_CLIP)
def test_pieces_are_one_recording(name: str) -> None:
    clip = CLIPS["music-like"]
    parts = [Clip(y, clip.sr) for y in np.array_split(clip.y, 5)]
    whole, pieced = PLOTS[name].from_clip(clip), PLOTS[name].from_clip(iter(parts))
    for field in ("values", "low", "high", "f0_hz"):
        if hasattr(whole, field):
            np.testing.assert_allclose(getattr(pieced, field), getattr(whole, field), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("name", FROM_CLIP)
def test_nothing_to_draw_is_an_error(name: str) -> None:
    with pytest.raises(EmptyAudioError):
        PLOTS[name].from_clip(Clip(np.zeros(0, np.float32), 22050))


def test_a_plot_goes_into_axes_that_are_given() -> None:
    figure = Figure()
    FigureCanvasAgg(figure)
    upper, lower = figure.subplots(2, 1, sharex=True)
    clip = CLIPS["music-like"]
    PLOTS["waveform"].from_clip(clip).plot(upper)
    shown = PLOTS["mel"].from_clip(clip).plot(ax=lower)
    assert shown.ax_ is lower
    assert shown.figure_ is figure
    figure.canvas.draw()


def brightest_hz(shown) -> float:
    """Read the middle of the brightest row off the drawn picture itself."""
    drawn = next(c for c in shown.ax_.collections if c.get_array() is not None)
    rows = np.asarray(drawn.get_array()).mean(axis=1)
    edges = drawn.get_coordinates()[:, 0, 1]
    row = int(rows.argmax())
    return float((edges[row] + edges[row + 1]) / 2)


@pytest.mark.parametrize("hz", [60.0, 440.0, 1000.0, 7000.0])
@pytest.mark.parametrize("sr", [22050, 44100])
@pytest.mark.parametrize("scale", ["log", "linear"])
def test_a_sine_is_brightest_at_its_frequency(hz: float, sr: int, scale: str) -> None:
    shown = PLOTS["spectrogram"].from_clip(Clip(tone(hz, sr=sr), sr), scale=scale).plot()
    assert brightest_hz(shown) == pytest.approx(hz, abs=max(hz * 0.02, sr / 800, 16))
    assert shown.values[:, 20:-20].max() == pytest.approx(-6.0, abs=1.5)
    assert shown.ax_.get_ylabel() == "Frequency (Hz)"


def test_mel_is_brightest_at_its_frequency() -> None:
    assert brightest_hz(PLOTS["mel"].from_clip(Clip(tone(1000), 22050)).plot()) == pytest.approx(
        1000, rel=0.05
    )


@pytest.mark.parametrize(("hz", "note"), [(261.63, "C"), (440.0, "A"), (369.99, "F♯")])
def test_chroma_names_the_note(hz: float, note: str) -> None:
    shown = PLOTS["chroma"].from_clip(Clip(tone(hz), 22050)).plot()
    labels = [text.get_text() for text in shown.ax_.get_yticklabels()]
    assert labels[round(brightest_hz(shown))] == note


def test_pitch_follows_a_rising_tone() -> None:
    rising = np.concatenate([tone(220), tone(440)])
    shown = PLOTS["pitch"].from_clip(Clip(rising, 22050))
    middles = (shown.edges_s[1:] + shown.edges_s[:-1]) / 2
    for low, high, hz in ((0.3, 2.7, 220), (3.3, 5.7, 440)):
        part = shown.f0_hz[(middles > low) & (middles < high)]
        assert np.nanmedian(part) == pytest.approx(hz, rel=0.01)


def test_waveform_shows_the_loudest_sample_of_any_channel_where_it_is() -> None:
    y = np.zeros((2, 22050 * 60), np.float32)
    y[1, 22050 * 42] = -0.9
    shown = PLOTS["waveform"].from_clip(Clip(y, 22050))
    column = int(shown.low.argmin())
    assert shown.low[column] == np.float32(-0.9)
    assert shown.edges_s[column] <= 42.0 < shown.edges_s[column + 1]


def test_zero_crossings_are_counted() -> None:
    shown = PLOTS["zcr"].from_clip(Clip(tone(1000), 22050))
    assert np.median(shown.values) == pytest.approx(2 * 1000 / 22050, rel=0.03)


def test_centroid_and_rolloff_of_a_sine_are_its_frequency_and_of_silence_a_gap() -> None:
    for name in ("centroid", "rolloff"):
        shown = PLOTS[name].from_clip(Clip(tone(2000), 22050))
        assert np.median(shown.values) == pytest.approx(2000, rel=0.02)
        assert np.isnan(PLOTS[name].from_clip(CLIPS["silence"]).values).all()


def test_tempogram_is_brightest_at_the_tempo() -> None:
    hop, frames_per_beat = 512, 22
    y = np.zeros(22050 * 15, np.float32)
    y[:: hop * frames_per_beat] = 1
    shown = PLOTS["tempogram"].from_clip(Clip(y, 22050)).plot()
    assert brightest_hz(shown) == pytest.approx(60 * 22050 / (hop * frames_per_beat), rel=0.02)
    assert shown.ax_.get_ylabel() == "Tempo (BPM)"


def test_self_similarity_sees_a_repeat() -> None:
    parts = [tone(220, 5), tone(1661, 5), tone(220, 5)]
    shown = PLOTS["ssm"].from_clip(Clip(np.concatenate(parts), 22050))
    n = len(shown.values)
    first, second, third = (slice(k * n // 3 + n // 10, (k + 1) * n // 3 - n // 10) for k in range(3))
    assert shown.values[first, third].mean() > 0.9 > 0 > shown.values[first, second].mean()
    np.testing.assert_allclose(shown.values, shown.values.T, atol=1e-6)
    np.testing.assert_allclose(np.diag(shown.values), 1, atol=1e-6)


def test_tags_stand_where_they_were_heard() -> None:
    scores = np.array([[0.1, 0.9, 0.0], [0.2, 0.8, 0.1], [0.9, 0.1, 0.0]], np.float32)
    heard = Tagging(
        "net", "1", ("rock", "female vocalists", "sad"), scores, np.array([0, 3, 57], np.float32), 3.0
    )
    shown = PLOTS["tags"].from_tagging(heard, title="Titel", n_tags=2).plot()
    shown.figure_.canvas.draw()
    assert [text.get_text() for text in shown.ax_.get_yticklabels()] == ["female vocalists", "rock"]
    assert shown.edges_s.tolist() == [0.0, 3.0, 31.5, 60.0]
    assert shown.values[1, 2] == np.float32(0.9)
    left = min(text.get_window_extent().x0 for text in shown.ax_.get_yticklabels())
    assert left >= 0, "the longest tag would be cut off"


class Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [v or "" for k, v in attrs if k in ("src", "href", "xlink:href", "data", "action")]

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("name", ["waveform", "mel"])
def test_html_is_one_page_that_needs_nothing_else(tmp_path: Path, name: str) -> None:
    title = "<script>alert(1)</script> 两只老虎 & Co"
    out = PLOTS[name].from_clip(CLIPS["music-like"], title=title).save(tmp_path / "a.html")
    page = Page()
    page.feed(out.read_text("utf-8"))
    assert "svg" in page.tags
    assert "script" not in page.tags
    assert "alert(1)" in page.text
    assert all(a.startswith(("#", "data:")) for a in page.addresses)


def test_png_and_svg_are_written_and_not_overwritten(tmp_path: Path) -> None:
    shown = PLOTS["waveform"].from_clip(CLIPS["music-like"], title="Titel")
    png, svg = shown.save(tmp_path / "a.png"), shown.save(tmp_path / "new" / "a.SVG")
    assert png.read_bytes().startswith(b"\x89PNG")
    assert "<svg" in svg.read_text("utf-8")
    with pytest.raises(ParameterError, match="exists"):
        shown.save(png)
    shown.save(png, force=True)
    with pytest.raises(ParameterError, match=r"\.png, \.svg, \.html"):
        shown.save(tmp_path / "a.bmp")


def test_svg_draws_letters_as_paths(tmp_path: Path) -> None:
    out = PLOTS["waveform"].from_clip(CLIPS["music-like"], title="Titel").save(tmp_path / "a.svg")
    assert "<text" not in out.read_text("utf-8")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0:00"), (59.999, "0:59.999"), (60, "1:00"), (3600, "1:00:00"), (0.5, "0:00.5"), (-5, "-0:05")],
)
def test_clock(seconds: float, text: str) -> None:
    assert clock(seconds) == text


def test_matplotlib_loads_on_first_use_and_its_global_state_is_left_alone() -> None:
    code = (
        "import sys, numpy as np\n"
        "from tunelens.plots import PLOTS\n"
        "from tunelens.audio import Clip\n"
        "shown = PLOTS['mel'].from_clip(Clip(np.ones(9000), 22050), title='A')\n"
        "assert 'matplotlib' not in sys.modules\n"
        "shown.plot()\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
