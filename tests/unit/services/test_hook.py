"""`hook` and `prepare`: excerpts of real files, resumable, and nothing lost or overwritten."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile
from tests.sounds import sine, write

from tunelens.base.errors import DecodeError, NotFoundError, ParameterError, UnknownNameError
from tunelens.services.excerpts import MANIFEST, Manifest, Recipe
from tunelens.services.hook import Prepared, hook, prepare

SR = 22050


@pytest.fixture
def music(tmp_path: Path) -> Path:
    folder = tmp_path / "music"
    (folder / "下").mkdir(parents=True)
    write(folder / "短.wav", sine(440.0, SR, 2.0), SR)
    write(folder / "下" / "long.flac", np.stack([sine(330.0, 44100, 9.0)] * 2), 44100)
    (folder / "broken.mp3").write_text("no music")
    return folder


def cut(*paths: object, out: Path, **options: object) -> Prepared:
    return prepare(paths, out, **{"duration_s": 4.0, "engine": "inline", "sr": 16000, **options})  # type: ignore[arg-type]


@pytest.mark.parametrize(("how", "longest"), [("first", 4.0), ("whole", 9.0), ("hook", 4.0)])
def test_a_folder_becomes_excerpts(music: Path, tmp_path: Path, how: str, longest: float) -> None:
    found = cut(music, out=tmp_path / "出", how=how)
    assert [(path.name, type(error)) for path, error in found.failed] == [("broken.mp3", DecodeError)]
    by_name = {one.source.name: one for one in found.done}
    for name, length in (("短.wav", 2.0), ("long.flac", longest)):
        info = soundfile.info(by_name[name].out)
        assert (info.samplerate, info.channels, info.subtype) == (16000, 1, "PCM_16")
        assert info.duration == pytest.approx(length, abs=0.01)
        assert by_name[name].hook.end_s - by_name[name].hook.start_s == pytest.approx(length, abs=0.01)
    assert by_name["long.flac"].out == tmp_path / "出" / "下" / "long.wav"
    assert json.dumps(found.to_dict())


def test_ends_fade_and_the_middle_is_the_recording(music: Path, tmp_path: Path) -> None:
    one = cut(music / "短.wav", out=tmp_path / "out", how="whole", sr=SR).done[0]
    y, original = soundfile.read(one.out)[0], soundfile.read(music / "短.wav")[0]
    n = round(0.03 * SR)
    assert abs(y[0]) < 1e-3 > abs(y[-1])
    np.testing.assert_allclose(y[n:-n], original[n:-n], atol=1e-4)
    assert np.abs(y[: n // 4]).max() < 0.25 * np.abs(original).max()


def test_what_is_there_and_unchanged_is_left_alone(music: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = cut(music, out=out)
    before = {one.out: one.out.stat().st_mtime_ns for one in first.done if one.out}
    again = cut(music, out=out)
    assert [one.kept for one in again.done] == [True, True]
    assert [one.hook for one in again.done] == [one.hook for one in first.done]
    assert {one.out: one.out.stat().st_mtime_ns for one in again.done if one.out} == before


@pytest.mark.parametrize("change", ["source", "recipe", "excerpt", "gone", "forced"])
def test_what_has_changed_is_cut_again(music: Path, tmp_path: Path, change: str) -> None:
    out, options = tmp_path / "out", {}
    first = cut(music, out=out).done
    long = next(one for one in first if one.source.name == "long.flac")
    assert long.out is not None
    if change == "source":
        os.utime(long.source, ns=(1, 1))
    elif change == "recipe":
        options = {"how": "first"}
    elif change == "excerpt":
        long.out.write_bytes(b"half")
    elif change == "gone":
        long.out.unlink()
    else:
        options = {"force": True}
    again = next(one for one in cut(music, out=out, **options).done if one.source.name == "long.flac")
    assert not again.kept
    assert soundfile.info(again.out).duration == pytest.approx(4.0, abs=0.01)


def test_a_run_that_was_cut_off_goes_on(music: Path, tmp_path: Path) -> None:
    class Killed:
        def start(self, total: int, what: str) -> None: ...
        def advance(self, item: str, ok: bool = True) -> None:
            if ok:
                raise KeyboardInterrupt(item)

        def finish(self) -> None: ...

    with pytest.raises(KeyboardInterrupt):
        cut(music, out=tmp_path / "out", progress=Killed())
    again = cut(music, out=tmp_path / "out")
    assert [one.kept for one in again.done].count(True) == 1
    assert len(again.done) == 2


def test_an_excerpt_that_a_kill_left_without_its_line_is_cut_again(music: Path, tmp_path: Path) -> None:
    out, manifest = tmp_path / "out", tmp_path / "out" / MANIFEST

    def killed(*given) -> None:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Manifest, "add", killed)
        cut(music / "短.wav", out=out)
    assert (out / "短.wav").exists() and manifest.exists()
    again = cut(music / "短.wav", out=out)
    assert not again.failed and not again.done[0].kept


@pytest.mark.parametrize(
    "rubbish", [b"", b"\xff\xfe\n{\n[]\n", b'{"source": 3}\n', b'{"source": "SOURCE"}\n', b"[" * 9999]
)
def test_a_manifest_of_rubbish_is_as_none(music: Path, tmp_path: Path, rubbish: bytes) -> None:
    out = tmp_path / "out"
    out.mkdir()
    source = music / "短.wav"
    (out / MANIFEST).write_bytes(rubbish.replace(b"SOURCE", os.fsencode(source)))
    assert not cut(source, out=out).done[0].kept
    assert cut(source, out=out).done[0].kept


def test_a_manifest_cannot_point_elsewhere(music: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    one = cut(music / "短.wav", out=out).done[0]
    line = json.loads((out / MANIFEST).read_text("utf-8"))
    line["out"], line["out_bytes"] = "../music/短.wav", one.source.stat().st_size
    (out / MANIFEST).write_text(json.dumps(line), "utf-8")
    again = cut(music / "短.wav", out=out)
    assert not any(one.kept for one in again.done)


def test_what_others_wrote_is_not_overwritten(music: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "短.wav").write_bytes(b"mine")
    found = cut(music / "短.wav", out=out)
    assert isinstance(found.failed[0][1], ParameterError)
    assert (out / "短.wav").read_bytes() == b"mine"
    assert not cut(music / "短.wav", out=out, force=True).failed


def test_a_recording_is_never_its_own_excerpt(music: Path) -> None:
    before = (music / "短.wav").read_bytes()
    found = cut(music / "短.wav", out=music, force=True)
    assert "would be overwritten" in found.failed[0][1].message
    assert (music / "短.wav").read_bytes() == before


def test_workers_do_the_same(music: Path, tmp_path: Path) -> None:
    inline = cut(music, out=tmp_path / "a").done
    local = cut(music, out=tmp_path / "b", engine="local", jobs=1).done
    assert [one.hook for one in local] == [one.hook for one in inline]
    assert all(
        a.out.read_bytes() == b.out.read_bytes()
        for a, b in zip(inline, local, strict=True)
        if a.out and b.out
    )


@pytest.mark.parametrize(
    ("options", "kind"),
    [({"how": "chorus"}, UnknownNameError), ({"sr": 0}, ParameterError),
     ({"duration_s": 0.1}, ParameterError), ({"duration_s": float("nan")}, ParameterError)],
)  # fmt: skip
def test_wrong_values_are_refused_before_a_file_is_touched(
    music: Path, tmp_path: Path, options: dict[str, object], kind: type[Exception]
) -> None:
    with pytest.raises(kind):
        cut(music, out=tmp_path / "out", **options)
    assert not (tmp_path / "out").exists()


def test_one_file_is_told_of_without_writing(music: Path, tmp_path: Path) -> None:
    told = hook(music / "下" / "long.flac", duration_s=4)
    assert told.out is None
    written = hook(music / "下" / "long.flac", tmp_path / "a.wav", duration_s=4, sr=16000)
    assert written.hook.start_s == told.hook.start_s
    assert soundfile.info(tmp_path / "a.wav").samplerate == 16000
    with pytest.raises(ParameterError, match="exists"):
        hook(music / "短.wav", tmp_path / "a.wav")
    with pytest.raises(ParameterError, match="would be overwritten"):
        hook(music / "短.wav", music / "短.wav", force=True)
    with pytest.raises(NotFoundError):
        hook(music / "none.wav")


def test_a_recipe_says_what_it_is() -> None:
    assert Recipe().to_dict() == {
        "how": "hook",
        "duration_s": 15.0,
        "sr": 22050,
        "fade_s": 0.03,
        "version": "1",
    }


def test_real_songs_have_hooks(data_dir: Path, tmp_path: Path) -> None:
    found = cut(data_dir / "songs", out=tmp_path, duration_s=15.0)
    assert not found.failed
    hows = [one.hook.how for one in found.done]
    assert hows.count("repeated") >= 3
    assert set(hows) <= {"repeated", "representative"}
    for one in found.done:
        assert soundfile.info(one.out).duration == pytest.approx(15.0, abs=0.01)
        assert one.hook.bpm is None or 60 < one.hook.bpm < 200


def test_what_an_earlier_run_wrote_is_looked_up_in_no_time(tmp_path: Path) -> None:
    """Of 20,000 excerpts each is asked for once; a search through all of them took minutes."""
    lines = [json.dumps({"source": f"/music/{n}.mp3", "out": f"{n}.wav"}) for n in range(20_000)]
    (tmp_path / MANIFEST).write_text("\n".join(lines), "utf-8")
    manifest = Manifest(tmp_path)
    began = time.process_time()
    assert all(manifest.wrote(tmp_path / f"{n}.wav") for n in range(20_000))
    assert not manifest.wrote(tmp_path / "other.wav")
    assert time.process_time() - began < 5
