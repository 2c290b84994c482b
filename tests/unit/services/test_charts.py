"""Files of charts are opened in processes apart: a decoder that dies costs one song."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from tests.chart_server import Server, running, tone

from tunelens.audio.info import AudioInfo, probe
from tunelens.charts.chart import Chart, Entry
from tunelens.services import charts
from tunelens.services.charts import files_of, get_audio, limits_of

DEADLY, HANGING = b"deadly", b"hanging"


@pytest.fixture
def server() -> Iterator[Server]:
    with running() as one:
        yield one


@pytest.fixture
def fragile(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same as `probe`, with a decoder that some bytes crash or hold for ever."""
    monkeypatch.setattr(charts, "probe", probe_or_die)
    monkeypatch.setattr(charts, "PROBE_S", 1.0)


def probe_or_die(path: Path) -> AudioInfo:
    head = path.read_bytes()[:7]
    if head.startswith(DEADLY):
        os.kill(os.getpid(), signal.SIGSEGV)
    if head == HANGING:
        time.sleep(60)
    return probe(path)


@pytest.mark.usefixtures("fragile")
def test_a_file_that_crashes_or_holds_a_decoder_costs_its_song(server: Server, tmp_path: Path) -> None:
    came = {"a": DEADLY, "b": HANGING, "c": tone()}
    entries = (Entry(name, name, audio_url=server.on(f"/{name}", came[name], "audio/wav")) for name in came)
    done = get_audio(
        Chart("hot", tuple(entries)), tmp_path, limits=limits_of(per_second=100), allow_private=True
    )
    assert [item.is_done for item in done.items] == [False, False, True]
    assert "crashes the decoder" in done.items[0].reason
    assert "keeps the decoder too long" in done.items[1].reason
    assert sorted(path.name for path in tmp_path.iterdir()) == ["c [c].wav", "manifest.csv"]


@pytest.mark.usefixtures("fragile")
def test_such_a_file_does_not_keep_others_from_being_found(tmp_path: Path) -> None:
    (tmp_path / "1.mp3").write_bytes(DEADLY)
    with soundfile.SoundFile(tmp_path / "2.flac", "w", 16000, 1) as file:
        file.title, file.artist = "夜曲", "周杰伦"
        file.write(0.1 * np.ones(8000))
    found = files_of(Chart("hot", (Entry("1", "夜曲", "周杰伦"),)), tmp_path)
    assert [(pair.path.name, pair.how) for pair in found.pairs] == [("2.flac", "tags")]
