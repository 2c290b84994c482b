from __future__ import annotations

import numpy as np
import pytest

from tunelens.charts.chart import Chart, Entry
from tunelens.charts.songs import songs


def chart(*rows: dict[str, str], name: str = "hot") -> Chart:
    made = [Entry(str(i), f"song {i}", "Ann", duration_s=180.0 + i, more=row) for i, row in enumerate(rows)]
    return Chart(name, tuple(made))


def test_sound_is_features_and_what_became_of_a_song_is_a_fact() -> None:
    found = songs(
        chart(
            {
                "tempo": "120",
                "energy": "0.5",
                "popularity": "70",
                "热度": "9",
                "key": "9",
                "mode": "0",
                "genre": "流行",
                "year": "2019",
                "track_uri": "spotify:1",
                "chorus_hit": "31.5",
            },
            {
                "tempo": "0",
                "energy": "n/a",
                "popularity": "10",
                "热度": "3",
                "key": "-1",
                "mode": "1",
                "genre": "",
                "year": "2020",
                "track_uri": "spotify:2",
                "chorus_hit": "20",
            },
        )
    )
    assert found.features == ("tempo_bpm", "energy", "chorus_hit", "duration_s")
    assert found.X[0].tolist() == [120.0, 0.5, 31.5, 180.0]
    assert np.isnan(found.X[1, :2]).all()  # a tempo of 0 is none
    assert found.facts["popularity"] == ("70", "10")
    assert found.facts["热度"] == ("9", "3")
    assert found.facts["key"] == ("A", "")
    assert found.facts["mode"] == ("minor", "major")
    assert found.facts["genre"] == ("流行", "")
    assert found.years is not None
    assert found.years.tolist() == [2019, 2020]
    assert not {"year", "track_uri"} & (found.facts.keys() | set(found.features))


def test_the_year_of_a_name_is_taken_and_told() -> None:
    found = songs(chart({"energy": "1"}, name="TikTok_2021"))
    assert found.years is not None
    assert found.years.tolist() == [2021]
    assert "2021" in found.notes[0]
    nothing = songs(chart({"energy": "1"}, name="hits_2000_2019"))
    assert nothing.years is not None
    assert np.isnan(nothing.years).all()


def test_a_chart_without_numbers_is_songs_without_features() -> None:
    found = songs(Chart("hot", (Entry("1", "a"), Entry("2", "b"))))
    assert (len(found), found.features) == (2, ())


@pytest.mark.parametrize("rubbish", ["1e999", "²", "-", "'; DROP TABLE songs", "\x00"])
def test_rubbish_in_a_column_of_numbers_is_missing(rubbish: str) -> None:
    rows = [{"energy": str(i / 20)} for i in range(19)]
    found = songs(chart(*rows, {"energy": rubbish}))
    assert np.isnan(found.X[19, 0])
    assert found.features[0] == "energy"


def test_a_chart_of_one_day_takes_years_from_the_column_that_has_them() -> None:
    def dated(*days: str) -> Chart:
        years = ({"发行年份": "1999"}, {"发行年份": "2012"})
        return Chart(
            "hot",
            tuple(Entry(str(i), f"song {i}", "Ann", date=day, more=years[i]) for i, day in enumerate(days)),
        )

    assert songs(dated("2026-11-20", "2026-11-20")).years.tolist() == [1999, 2012]
    assert songs(dated("2020-01-02", "2021-01-02")).years.tolist() == [2020, 2021]
