"""One page that tells the truth, hides nothing, loads nothing and runs nothing that a title smuggles in."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PIL import Image

from tunelens.audio import Clip, probe, write_wav
from tunelens.base.errors import DataError, DecodeError, NotFoundError, ParameterError
from tunelens.features.descriptors import DESCRIPTORS_VERSION, describe_clip
from tunelens.library.analysis import Analysis
from tunelens.library.identity import FileStamp, sha256_of
from tunelens.library.store import Library
from tunelens.models import Tagging
from tunelens.services import report_media
from tunelens.services.report import Note, report

TAGS = ("rock", "jazz", "electronic", "sad", "happy", "guitar", "female vocalists", "80s")
HOSTILE = "<script>alert('x')</script><img src=http://evil.example/x.png onerror=alert(1)> \"'& 两只老虎"
SR, SECONDS = 22050, 16


class Page(HTMLParser):
    """What a browser sees: elements, addresses, text; and that elements are closed in order."""

    VOID = frozenset("area base br col hr img input link meta source track wbr".split())  # noqa: SIM905

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.shown: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open.pop() == tag, f"</{tag}> closes nothing"

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("style", "script"):
            self.shown.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.elements if name == tag]

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.shown).split())


def sound(hz: float, seconds: float = SECONDS) -> Clip:
    t = np.arange(int(SR * seconds)) / SR
    return Clip((0.5 * np.sin(2 * np.pi * hz * t) * np.exp(-6 * (t % 0.5))).astype(np.float32), SR)


def tagging(model: str, loud: int) -> Tagging:
    scores = np.full((5, len(TAGS)), 0.05, np.float32)
    scores[:, loud] = 0.8
    scores[:, 3 + loud % 2] = 0.6
    return Tagging(
        model, "1", TAGS, scores, 3.0 * np.arange(5, dtype=np.float32), 3.0, {"mean": np.zeros(4, np.float32)}
    )


def heard(path: Path, clip: Clip, number: int, title: str | None) -> Analysis:
    info = probe(path)
    return Analysis(
        path=path,
        stamp=FileStamp.of(path),
        content_sha256=sha256_of(path),
        duration_s=clip.duration_s,
        info=replace(info, title=title, artist="夜曲 & Söhne" if title else None),
        descriptors=describe_clip(clip),
        taggings=tuple(tagging(model, number % 3) for model in ("MSD_musicnn", "MTT_musicnn")),
        warnings=("clipped: 0.3% of the samples are at full scale",) if number == 0 else (),
        versions={"descriptors": str(DESCRIPTORS_VERSION), "MSD_musicnn": "1@5", "MTT_musicnn": "1@5"},
    )


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("music")
    names = ["a.wav", "b <b>.wav", "两只老虎.wav", "gone.wav"]
    with Library.open(folder / "library.db") as library:
        for number, name in enumerate(names):
            clip = sound(220 * 2 ** (number / 4))
            path = write_wav(clip, folder / name)
            library.put(heard(path, clip, number, HOSTILE if number == 1 else None))
        (folder / "gone.wav").unlink()
        library.put_failure(folder / "x<i>.mp3", DecodeError("'x<i>.mp3' is not audio", hint="play <it>"))
        yield library


@pytest.fixture(scope="module")
def text(library: Library, tmp_path_factory: pytest.TempPathFactory) -> str:
    first = library.tracks()[0]
    out = report(
        library,
        tmp_path_factory.mktemp("out") / "report.html",
        title="Mine <b>",
        credits={first.path: {"Title": "Named by its credit", "Licence": "CC0", "Origin": "somewhere"}},
        notes=[Note("Moods", "As asked for.", ("Claim", "Holds"), (("calm < loud", "0.9"),))],
    )
    return out.read_text("utf-8")


@pytest.fixture(scope="module")
def page(text: str) -> Page:
    return Page(text)


def test_it_is_well_formed(page: Page) -> None:
    assert page.open == []
    assert page.all("html") == [{"lang": "en"}]
    ids = [attrs["id"] for _, attrs in page.elements if "id" in attrs]
    assert len(ids) == len(set(ids))


def test_it_refers_to_nothing_outside_itself(page: Page, text: str) -> None:
    attributes = [(k, v or "") for _, attrs in page.elements for k, v in attrs.items()]
    addresses = [
        v for k, v in attributes if k in ("src", "href", "xlink:href", "action", "srcset", "poster", "data")
    ]
    assert addresses
    assert all(address.startswith(("#", "data:")) for address in addresses)
    assert not re.search(r"@import|url\(", text)
    ids = {attrs["id"] for _, attrs in page.elements if "id" in attrs}
    assert {a[1:] for a in addresses if a.startswith("#")} <= ids


def test_a_hostile_title_is_text(page: Page) -> None:
    assert "<script>alert('x')</script>" in page.text
    assert len(page.all("script")) == 1
    assert not [attrs for attrs in page.all("img") if not (attrs["src"] or "").startswith("data:")]
    assert not [k for _, attrs in page.elements for k in attrs if k.startswith("on")]
    assert not page.all("b")
    assert "x<i>.mp3" in page.text and "play <it>" in page.text


def test_counts_and_failures_are_told(page: Page, library: Library) -> None:
    assert "Tracks 4" in page.text
    assert "Files that failed 1" in page.text
    assert "'x<i>.mp3' is not audio" in page.text
    assert "No picture: the file is no longer where it was analysed." in page.text
    assert "clipped: 0.3% of the samples are at full scale" in page.text
    assert len(page.all("article")) == 4


def test_credits_and_notes_are_shown(page: Page) -> None:
    for words in (
        "Named by its credit",
        "Licence: CC0",
        "Origin: somewhere",
        "Moods",
        "calm < loud",
        "Mine <b>",
    ):
        assert words in page.text


def test_descriptors_come_with_confidence(page: Page, library: Library) -> None:
    track = library.tracks()[0]
    assert f"{track.tempo_bpm:.1f} BPM" in page.text
    assert f"{round(100 * track.tempo_confidence)} % sure" in page.text
    assert f"{track.loudness_lufs:.1f} LUFS" in page.text


def test_pictures_have_words_and_are_small(page: Page) -> None:
    pictures = page.all("img")
    assert len(pictures) == 3 + 2 * 4
    assert all(attrs["alt"] for attrs in pictures)
    for attrs in pictures:
        content = base64.b64decode((attrs["src"] or "").split(",", 1)[1])
        assert len(content) <= report_media.MOST_PICTURE_BYTES
        Image.open(io.BytesIO(content)).load()
    drawn = [a for tag, a in page.elements if tag == "svg"]
    assert len(drawn) == 3
    assert all(attrs["role"] == "img" and attrs["aria-label"] for attrs in drawn)


def test_the_table_is_there_without_scripts(page: Page) -> None:
    table = next(attrs for attrs in page.all("table") if attrs.get("id") == "tracks")
    assert table
    rows = [attrs for attrs in page.all("tr") if (attrs.get("id") or "").startswith("r")]
    assert len(rows) == 4
    assert "rock" in page.text and "happy" in page.text


def test_snippets_are_short_music(page: Page) -> None:
    sounds = page.all("audio")
    assert len(sounds) == 3
    content = base64.b64decode((sounds[0]["src"] or "").split(",", 1)[1])
    y, sr = soundfile.read(io.BytesIO(content))
    assert len(y) / sr == pytest.approx(report_media.SNIPPET_S, abs=0.2)
    assert np.abs(y).max() > 0.05
    assert len(content) < 120_000


def test_limits_are_kept_and_said(library: Library, tmp_path: Path) -> None:
    text = report(library, tmp_path / "a.html", pictures=1, snippets=0).read_text("utf-8")
    small = Page(text)
    assert len(small.all("article")) == 1
    assert not small.all("audio")
    assert "The first 1 of 4 tracks in detail" in small.text
    assert len([a for a in small.all("tr") if (a.get("id") or "").startswith("r")]) == 4
    none = Page(report(library, tmp_path / "b.html", pictures=0).read_text("utf-8"))
    assert not none.all("article")


def test_a_filter_selects(library: Library, tmp_path: Path) -> None:
    text = report(library, tmp_path / "a.html", where="path:老虎", snippets=0).read_text("utf-8")
    assert len(Page(text).all("article")) == 1
    assert "path:老虎" in Page(text).text


def test_a_file_that_changed_gives_no_picture(library: Library) -> None:
    track = library.tracks()[0]
    assert report_media.why_not(track) == ""
    assert "changed" in report_media.why_not(replace(track, size_bytes=1))


def test_what_cannot_be_written_is_refused(library: Library, tmp_path: Path) -> None:
    taken = tmp_path / "a.html"
    taken.write_text("mine")
    with pytest.raises(ParameterError, match="exists"):
        report(library, taken)
    assert taken.read_text() == "mine"
    with pytest.raises(ParameterError, match=r"\.html"):
        report(library, tmp_path / "a.pdf")
    with pytest.raises(ParameterError, match="negative"):
        report(library, tmp_path / "b.html", pictures=-1)
    with pytest.raises(ParameterError, match="field"):
        report(library, tmp_path / "b.html", where="gnre:x")
    assert [p.name for p in tmp_path.iterdir()] == ["a.html"]


def test_a_track_heard_by_an_older_version_keeps_its_row(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def outdated(_library: Library, _ref: object) -> Analysis:
        raise DataError("descriptors have version 0")

    monkeypatch.setattr(Library, "get", outdated)
    page = Page(report(library, tmp_path / "a.html", snippets=0).read_text("utf-8"))
    assert page.text.count("Heard by another version of Tunelens") == 4
    assert "BPM" in page.text


def test_an_empty_library_is_an_error(tmp_path: Path) -> None:
    with Library.open(tmp_path / "empty.db") as empty, pytest.raises(NotFoundError, match="empty"):
        report(empty, tmp_path / "a.html")


def test_only_failures_still_make_a_page(tmp_path: Path) -> None:
    with Library.open(tmp_path / "bad.db") as bad:
        bad.put_failure(tmp_path / "x.mp3", DecodeError("'x.mp3' is not audio"))
        page = Page(report(bad, tmp_path / "a.html").read_text("utf-8"))
    assert page.open == []
    assert "Files that failed 1" in page.text


def test_progress_is_told_of_every_picture(library: Library, tmp_path: Path) -> None:
    seen: list[tuple[str, object]] = []

    class Watch:
        def start(self, total: int, _what: str) -> None:
            seen.append(("start", total))

        def advance(self, item: str, ok: bool = True) -> None:
            seen.append(("ok" if ok else "bad", item))

        def finish(self) -> None:
            seen.append(("finish", None))

    report(library, tmp_path / "a.html", snippets=0, progress=Watch())
    assert [what for what, _ in seen].count("ok") == 3
    assert [what for what, _ in seen].count("bad") == 1
    assert seen[0] == ("start", 4) and seen[-1] == ("finish", None)
