"""Prints are made while a file is heard, kept with it, and say which tracks are one recording."""

from dataclasses import replace

import numpy as np
import pytest

from tunelens.library.analysis import Analysis
from tunelens.library.prints import Prints, fold
from tunelens.library.prints.quality import best, decides
from tunelens.library.prints.same import families
from tunelens.library.store import Library
from tunelens.services.analyze import analyze_many
from tunelens.services.hear import HearOptions, hear

OPTIONS = HearOptions(models=(), bundles=())


def test_every_track_has_both_prints(shelf):
    ids = shelf.ids.values()
    prints = Prints(shelf.library)
    assert set(prints.peaks(ids)) == set(prints.chroma(ids)) == set(ids)
    assert len(prints.chroma([shelf.ids["two.flac"]])[shelf.ids["two.flac"]]) == pytest.approx(48, abs=2)
    assert prints.count() == 6 and prints.ids("path:two") == [shelf.ids["two.flac"]]


def test_fold_keeps_the_best_file_of_each_recording(shelf):
    library, ids = shelf.library, shelf.ids
    folded = fold(library, ids.values())
    assert folded[ids["一.mp3"]] == folded[ids["one.opus"]] == folded[ids["one.flac"]] == ids["one.flac"]
    assert folded[ids["take.flac"]] == ids["take.flac"]
    assert folded[ids["two.flac"]] == ids["two.flac"]
    assert fold(library, [ids["一.mp3"]]) == {ids["一.mp3"]: ids["一.mp3"]}


def test_an_analysis_keeps_its_prints_through_json_and_library(shelf, tmp_path):
    analysis = hear(shelf.folder / "two.flac", OPTIONS)
    again = Analysis.from_dict(analysis.to_dict())
    assert again.prints == analysis.prints and len(analysis.prints) == 2
    with Library.open(tmp_path / "other.db") as other:
        number = other.put(again)
        assert other.get(number).prints == analysis.prints
        other.put(replace(analysis, prints=()))  # the same content, heard without: nothing is lost
        assert other.get(number).prints == analysis.prints
        other.put(replace(analysis, prints=(), content_sha256="0" * 64))
        assert other.get(number).prints == ()


def test_a_track_heard_before_there_were_prints_gets_them(shelf, tmp_path):
    analysis = hear(shelf.folder / "two.flac", OPTIONS)
    versions = {name: one for name, one in analysis.versions.items() if name != "prints"}
    with Library.open(tmp_path / "old.db") as old:
        number = old.put(replace(analysis, prints=(), versions=versions))
        assert not Prints(old).count()
        report = analyze_many([shelf.folder / "two.flac"], old, jobs=1, engine="inline", options=OPTIONS)
        assert len(report.analyzed) == 1 and set(Prints(old).peaks([number])) == {number}
        assert not analyze_many(
            [shelf.folder / "two.flac"], old, jobs=1, engine="inline", options=OPTIONS
        ).analyzed


def test_rules_of_quality_decide_in_order(shelf):
    library, ids = shelf.library, shelf.ids
    flac, mp3, opus = library.tracks_by_id([ids["one.flac"], ids["一.mp3"], ids["one.opus"]])
    assert decides(flac, mp3).name == "lossless" and decides(mp3, flac) is None
    rich, poor = replace(mp3, bit_rate=320_000), replace(mp3, id=99, bit_rate=128_000)
    assert decides(rich, poor).name == "bit_rate"
    assert (
        decides(replace(opus, codec="opus", bit_rate=128_000), replace(mp3, bit_rate=160_000)).name
        == "bit_rate"
    )
    assert decides(replace(mp3, genre="jazz", year=1999), replace(mp3, id=99)).name == "tags"
    assert decides(mp3, replace(mp3, id=99)).name == "known_longer"
    cut = replace(flac, id=99, duration_s=8.0)
    assert best([cut, mp3]).id == mp3.id  # a third of it, lossless or not, is not the best of it


def test_best_does_not_depend_on_the_order(shelf):
    tracks = list(shelf.library.tracks_by_id(shelf.ids.values()))
    rng = np.random.default_rng(0)
    assert len({best([tracks[i] for i in rng.permutation(len(tracks))]).id for _ in range(10)}) == 1


def test_families_are_the_connected_parts():
    assert families(range(6), [(4, 0), (0, 2), (5, 3)]) == [[0, 2, 4], [1], [3, 5]]
