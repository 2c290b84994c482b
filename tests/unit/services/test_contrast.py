"""Contrasts of sources, and the reports of them."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from tests.libraries import v1

from tunelens.base.errors import DataError, ParameterError, UnknownNameError
from tunelens.library.store import Library
from tunelens.services.contrast import contrasts
from tunelens.services.findings import save_findings


def table(path: Path, *, tempo: float = 0.0, seed: int = 0, n: int = 40, **columns: list[str]) -> Path:
    rng = np.random.default_rng(seed)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["title", "artist", "tempo", "energy", *columns])
        for i in range(n):
            numbers = [f"{120 + tempo + rng.normal(0, 10):.3f}", f"{rng.uniform():.3f}"]
            writer.writerow(
                [f"歌{path.stem}{i}", f"歌手{i}", *numbers, *(one[i] for one in columns.values())]
            )
    return path


def test_two_tables_are_compared_under_the_names_that_are_given(tmp_path: Path) -> None:
    a, b = table(tmp_path / "a.csv", tempo=20), table(tmp_path / "b.csv", seed=1)
    found = contrasts(a, b, names=["热门", "其他"], n_boot=100)
    (one,) = found.contrasts
    assert (found.title, one.a, one.n_a, one.groups_a) == ("热门 and 其他", "热门", 40, 40)
    assert [effect.feature for effect in one.shown] == ["tempo_bpm"]


def test_one_table_is_split_by_a_column_and_corrected_over_all_sides(tmp_path: Path) -> None:
    country = ["cn"] * 20 + ["us"] * 20 + ["fr"] * 20
    a = table(tmp_path / "a.csv", n=60, country=country)
    found = contrasts(a, by="country", n_boot=100)
    assert [one.a for one in found.contrasts] == ["cn", "us", "fr"]
    assert [one.b for one in found.contrasts] == ["≠ cn", "≠ us", "≠ fr"]
    ps = [effect.difference.p for one in found.contrasts for effect in one.effects]
    qs = [effect.q for one in found.contrasts for effect in one.effects]
    assert min(qs) == pytest.approx(min(min(ps) * len(ps), min(qs)))
    assert all("country" not in one.shares for one in found.contrasts)  # it differs by construction
    assert contrasts(a, by="country:cn,us", n_boot=100).contrasts[0].n_b == 20


@pytest.mark.parametrize(
    ("by", "error"),
    [("planet", UnknownNameError), ("country:xx", UnknownNameError), ("country:a,b,c", ParameterError),
     ("year", DataError), ("title", UnknownNameError)],
)  # fmt: skip
def test_what_cannot_be_split_by_is_an_error(tmp_path: Path, by: str, error: type[Exception]) -> None:
    a = table(tmp_path / "a.csv", country=["cn", "us"] * 20)
    with pytest.raises(error):
        contrasts(a, by=by, n_boot=100)


def test_years_are_split_by_ranges(tmp_path: Path) -> None:
    a = table(tmp_path / "a.csv", year=[str(2000 + i // 2) for i in range(40)])
    one = contrasts(a, by="year:2000s,2010..", n_boot=100).contrasts[0]
    assert (one.a, one.n_a, one.b, one.n_b) == ("2000s", 20, "2010..", 20)
    halves = contrasts(a, by="year", n_boot=100).contrasts[0]
    assert halves.n_a + halves.n_b == 40
    with pytest.raises(ParameterError, match="no year"):
        contrasts(a, by="year:long ago", n_boot=100)


def test_what_two_programs_measured_is_not_compared(tmp_path: Path) -> None:
    library = v1(tmp_path / "music.db", copies=20)
    with Library.open(library) as catalogue, catalogue.database.write() as connection:
        connection.exec_driver_sql(
            "UPDATE tracks SET sha256 = 'x' || id, title = 't' || id, artist = 'a' || id"
        )
    found = contrasts(table(tmp_path / "a.csv"), "library", library=library, n_boot=100)
    assert [one.feature for one in found.contrasts[0].effects] == ["tempo_bpm"]
    assert any("two programs" in note for note in found.notes)


def test_neither_or_both_ways_to_have_two_sides_is_an_error(tmp_path: Path) -> None:
    a = table(tmp_path / "a.csv")
    for b, by in ((None, None), (a, "country")):
        with pytest.raises(ParameterError, match="two sources"):
            contrasts(a, b, by=by)
    with pytest.raises(ParameterError, match="3 names"):
        contrasts(a, a, names=["x", "y", "z"])


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_reports_say_it_in_every_form_and_run_no_code_of_strangers(tmp_path: Path, lang: str) -> None:
    evil = ["<script>alert(1)</script>", "=1+1"] * 20
    a = table(tmp_path / "a.csv", genre=evil, tempo=15)
    b = table(tmp_path / "b.csv", genre=["摇滚"] * 40, seed=1)
    found = contrasts(a, b, n_boot=100)
    for suffix in (".html", ".md", ".json", ".csv", ".png", ".svg"):
        assert save_findings(found, tmp_path / f"r{suffix}", lang=lang).stat().st_size > 100
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "http" not in page.replace("http://www.w3.org", "")
    assert ("速度" in page) == (lang == "zh")
    assert json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["contrasts"][0]["n_a"] == 40
    assert (tmp_path / "r.png").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(ParameterError, match="exists"):
        save_findings(found, tmp_path / "r.html")
    with pytest.raises(ParameterError, match=r"ends in '\.exe'"):
        save_findings(found, tmp_path / "r.exe")
