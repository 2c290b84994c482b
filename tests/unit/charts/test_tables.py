"""Charts from files: columns in two languages, odd values, and what is said of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tunelens.base.errors import DataError, NotFoundError, ParameterError, UnknownNameError
from tunelens.charts.chart import Chart, Entry, merged
from tunelens.charts.columns import FIELDS, find_fields
from tunelens.charts.mojibake import repaired
from tunelens.charts.read import read_chart
from tunelens.charts.values import duration_unit

CHINESE = (
    "排名,歌曲ID,歌名,歌手,时长,使用人数,涨幅,日期,播放地址,专辑\n"
    "1,a1,夜曲,周杰伦,3:46,1.2万,-120,2021年3月5日,http://x/1.mp3,十一月的萧邦\n"
    "第2名,a2,晴天,周杰伦,4分29秒,3亿,10万+,2021/3/6,,叶惠美\n"
)


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_a_chinese_table(tmp_path: Path, encoding: str, delimiter: str) -> None:
    chart = read_chart(write(tmp_path / "热歌榜.csv", CHINESE.replace(",", delimiter), encoding))
    assert chart.name == "热歌榜"
    assert chart.entries == (
        Entry(
            "a1", "夜曲", "周杰伦", 226.0, 12_000, -120, 1, "2021-03-05", "http://x/1.mp3",
            {"专辑": "十一月的萧邦"},
        ),
        Entry("a2", "晴天", "周杰伦", 269.0, 300_000_000, 100_000, 2, "2021-03-06", "", {"专辑": "叶惠美"}),
    )  # fmt: skip


def test_an_english_table(tmp_path: Path) -> None:
    text = "Track Name,artists,uri,duration_ms,Popularity,Peak Rank\nWow.,Post Malone,sp:1,149520,88,2\n"
    song = read_chart(write(tmp_path / "a.csv", text)).entries[0]
    assert song == Entry(
        "sp:1", "Wow.", "Post Malone", 149.52, rank=2, more={"Popularity": "88", "Peak Rank": "2"}
    )


def test_units_in_the_names_of_columns(tmp_path: Path) -> None:
    text = "歌名,使用量（万）,时长（分钟）,涨幅(%)\n夜曲,1.2,3.5,12\n晴天,3亿,4:30,-5\n"
    a, b = read_chart(write(tmp_path / "a.csv", text))
    assert (a.use_count, a.duration_s, a.increase) == (12_000, 210.0, None)
    assert (b.use_count, b.duration_s, b.more) == (300_000_000, 270.0, {"涨幅(%)": "-5"})


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("duration_ms", "ms"), ("Duration (ms)", "ms"), ("时长(毫秒)", "ms"), ("duration_mins", "min"),
        ("时长（分钟）", "min"), ("duration_s", "s"), ("Length (sec)", "s"), ("时长(秒)", "s"),
        ("length_of_song", "ms"), ("duration", "ms"), ("时长", "ms"),
    ],
)  # fmt: skip
def test_units_of_durations(name: str, unit: str) -> None:
    assert duration_unit(name, ["200000"]) == unit


def test_no_name_of_a_column_says_two_fields() -> None:
    names = [name for words in FIELDS.values() for name in words]
    assert len(set(names)) == len(names)


def test_the_plainest_name_wins_and_the_others_are_kept(tmp_path: Path) -> None:
    text = "id,track_id,name,title,url,play_url\n1,2,name,title,http://page,http://sound\n"
    song = read_chart(write(tmp_path / "a.csv", text)).entries[0]
    assert (song.music_id, song.title, song.audio_url) == ("2", "title", "http://sound")
    assert song.more == {"id": "1", "name": "name", "url": "http://page"}


def test_a_person_may_say_the_columns(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "甲,乙,title\n夜曲,5,x\n")
    song = read_chart(path, fields={"title": "甲", "rank": "乙"}).entries[0]
    assert (song.title, song.rank, song.more) == ("夜曲", 5, {"title": "x"})
    assert read_chart(path, fields={"rank": "乙", "title": "甲", "creator": ""}).entries[0].creator == ""
    with pytest.raises(UnknownNameError, match="unknown column '丙'"):
        read_chart(path, fields={"title": "丙"})
    with pytest.raises(UnknownNameError, match="unknown field of a chart 'titel'"):
        find_fields(["a"], {"titel": "a"})


def test_what_cannot_be_read_is_told_and_kept(tmp_path: Path) -> None:
    text = "title,uses,date,rank,duration\na,many,soon,first,long\nb,5,2021,1,60\n"
    chart = read_chart(write(tmp_path / "a.csv", text))
    song = chart.entries[0]
    assert (song.use_count, song.date, song.rank, song.duration_s) == (None, "", None, None)
    assert song.more == {"uses": "many", "date": "soon", "rank": "first", "duration": "long"}
    for field in ("use_count", "date", "rank", "duration_s"):
        assert any(f"are no {field}" in note for note in chart.notes)


def test_nothing_is_used_less_than_never(tmp_path: Path) -> None:
    chart = read_chart(write(tmp_path / "a.csv", "title,uses,growth\na,-7,-3\nb,0,5\n"))
    assert [(song.use_count, song.increase) for song in chart] == [(None, -3), (0, 5)]
    assert chart.entries[0].more == {"uses": "-7"}


def test_rows_without_a_song_are_dropped_with_their_reason(tmp_path: Path) -> None:
    text = 'title,artist,uses\na,x,1\n,,\n,y,2\n"b,z,3\nc,z\nd,w,4\n'
    chart = read_chart(write(tmp_path / "a.csv", text))
    assert [song.title for song in chart] == ["a", "d"]
    reasons = {one.item: one.reason for one in chart.dropped}
    assert reasons == {
        "line 4": "no title, id or audio", "line 5": "unbalanced quotes", "line 6": "wrong number of cells",
    }  # fmt: skip


def test_ids_that_repeat_are_told_and_kept(tmp_path: Path) -> None:
    chart = read_chart(write(tmp_path / "a.csv", "id,title\n1,a\n1,a\n2,b\n1,c\n"))
    assert len(chart) == 4 and chart.repeated == ("1",)
    assert any("1 ids occur more than once (2 rows" in note for note in chart.notes)
    kept = chart.unique()
    assert [song.title for song in kept] == ["a", "b"]
    assert [one.item for one in kept.dropped] == ["entry 2: a", "entry 4: c"]


def test_a_made_id_is_the_same_for_the_same_song(tmp_path: Path) -> None:
    one = read_chart(write(tmp_path / "a.csv", "title,artist\n夜曲,周杰伦\n夜曲,别人\n"))
    other = read_chart(write(tmp_path / "b.csv", "歌手,歌名\n周杰伦,夜曲\n"))
    assert one.entries[0].music_id == other.entries[0].music_id != one.entries[1].music_id


@pytest.mark.parametrize("title", ["?", "-", "NA", "None", "1999", "3:05", "=1+1"])
def test_odd_titles_are_titles(tmp_path: Path, title: str) -> None:
    assert read_chart(write(tmp_path / "a.csv", f"title,artist\n{title},x\n")).entries[0].title == title


def test_the_order_of_days_is_told_from_the_whole_column(tmp_path: Path) -> None:
    american = read_chart(write(tmp_path / "a.csv", "title,date\na,6/5/2007\nb,7/28/2017\n"))
    european = read_chart(write(tmp_path / "b.csv", "title,date\na,6/5/2007\nb,28/7/2017\n"))
    unclear = read_chart(write(tmp_path / "c.csv", "title,date\na,6/5/2007\n"))
    assert [chart.entries[0].date for chart in (american, european, unclear)] == [
        "2007-06-05",
        "2007-05-06",
        "2007",
    ]


def as_a_program_reads(byte: int, encoding: str) -> str:
    """Return a byte as text; the five that Windows-1252 leaves open are read as Latin-1 has them."""
    try:
        return bytes([byte]).decode(encoding)
    except UnicodeDecodeError:
        return chr(byte)


@pytest.mark.parametrize(
    "text", ["Beyoncé", "周杰伦", "Måneskin", "Обычный", "Señorita — “Live”", "Rosalía €"]
)
@pytest.mark.parametrize("wrong", ["latin-1", "cp1252"])
def test_mis_encoded_text_is_repaired(text: str, wrong: str) -> None:
    spoilt = "".join(as_a_program_reads(byte, wrong) for byte in text.encode())
    assert spoilt != text and repaired(spoilt) == text
    assert repaired(text) == text


def test_a_repair_is_told(tmp_path: Path) -> None:
    chart = read_chart(write(tmp_path / "a.csv", "title,artist\nHalo,BeyoncÃ©\nx,Beyoncé\n"))
    assert [song.creator for song in chart] == ["Beyoncé", "Beyoncé"]
    assert any(note.startswith("1 cells of mis-encoded text are repaired") for note in chart.notes)


@pytest.mark.parametrize(
    "document",
    [
        [{"title": "a", "author": {"nickname": "B"}}],
        {"data": {"list": [{"title": "a", "author": {"nickname": "B"}}], "ads": []}},
    ],
    ids=["a list", "a list inside"],
)
def test_json(tmp_path: Path, document: object) -> None:
    path = write(tmp_path / "a.json", json.dumps(document))
    song = read_chart(path, fields={"creator": "author.nickname"}).entries[0]
    assert (song.title, song.creator) == ("a", "B")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_json_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    path = write(tmp_path / "a.json", '[{"歌名": "夜曲", "歌手": "周杰伦"}]', encoding)
    assert read_chart(path).entries[0].name == "周杰伦 - 夜曲"


@pytest.mark.parametrize("suffix", [".jsonl", ".ndjson", ".json"])
def test_json_lines(tmp_path: Path, suffix: str) -> None:
    chart = read_chart(write(tmp_path / f"a{suffix}", '{"title": "a"}\nrubbish\n\n{"title": "b"}\n'))
    alone = read_chart(write(tmp_path / "alone.jsonl", '{"title": "a"}\n'))
    assert [song.title for song in alone] == ["a"]
    assert [song.title for song in chart] == ["a", "b"] and chart.dropped[0].reason == "no JSON object"


def test_a_saved_chart_is_read_as_it_was(tmp_path: Path) -> None:
    chart = read_chart(write(tmp_path / "热歌榜.csv", CHINESE + ",,,,,,,,,\n,,,,,,,,,x\n"))
    assert chart.dropped
    assert read_chart(chart.save(tmp_path / "saved.json")) == chart == Chart.load(tmp_path / "saved.json")


@pytest.mark.parametrize(
    "damage",
    [
        {"entries": [{}]}, {"entries": [{"music_id": "1"}]}, {"entries": [{"music_id": 1, "title": "a"}]},
        {"entries": ["x"]}, {"entries": [{"music_id": "1", "title": "a", "more": {"b": 1}}]}, {"entries": 1},
        {"entries": [{"music_id": "1", "title": "a", "rank": True}]}, {"dropped": [1]},
        {"entries": [{"music_id": "1", "title": "\ud800"}]},
        {"entries": [{"music_id": "1", "title": "a", "duration_s": float("nan")}]},
        {"entries": [{"music_id": "1", "title": "a", "duration_s": float("inf")}]},
        {"entries": [{"music_id": "1", "title": "a", "use_count": 10**400}]},
        {"entries": [{"music_id": "1", "title": "a", "date": "soon"}]},
    ],
)  # fmt: skip
def test_a_damaged_chart_is_told(tmp_path: Path, damage: dict) -> None:
    good = {"format": "tunelens chart 1", "entries": [{"music_id": "1", "title": "a"}]}
    path = write(tmp_path / "a.json", json.dumps({**good, **damage}))
    with pytest.raises(DataError):
        read_chart(path)


def test_a_chart_is_a_data_frame(tmp_path: Path) -> None:
    frame = read_chart(write(tmp_path / "热歌榜.csv", CHINESE)).table().to_frame()
    assert frame.shape == (2, 10) and list(frame["专辑"]) == ["十一月的萧邦", "叶惠美"]
    assert frame["use_count"].sum() == 300_012_000


def test_a_sheet_is_to_be_saved_as_csv(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        read_chart(write(tmp_path / "热歌榜.xlsx", "PK"))
    assert caught.value.hint == "save the sheet as CSV"


def test_charts_are_merged_with_their_names() -> None:
    a, b = Chart("2020", (Entry("1", "a"),)), Chart("2021", (Entry("1", "a"), Entry("2", "b")))
    both = merged([a, b])
    assert [song.more["chart"] for song in both] == ["2020", "2021", "2021"] and len(both.unique()) == 2


def test_the_top_is_by_rank_where_there_are_ranks() -> None:
    chart = Chart("hot", (Entry("1", "a", rank=3), Entry("2", "b"), Entry("3", "c", rank=1)))
    assert [song.title for song in chart.top(2)] == ["c", "a"]


@pytest.mark.parametrize("text", ["", "title\n", "a,b\n1,2\n", "\x00\x01\x02" * 100])
def test_rubbish_is_told(tmp_path: Path, text: str) -> None:
    with pytest.raises(DataError):
        read_chart(write(tmp_path / "a.csv", text))


def test_what_is_no_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        read_chart(tmp_path / "none.csv")
    with pytest.raises(DataError, match="is no file"):
        read_chart(tmp_path)
    with pytest.raises(DataError, match="is an address"):
        read_chart("https://example.org/top")
    with pytest.raises(DataError, match="is no chart"):
        read_chart(write(tmp_path / "a.xyz", "hello"))
    with pytest.raises(ParameterError, match="is no pair"):
        from tunelens.charts.columns import pairs_from

        pairs_from(["title"])


TABLES = {
    # rows, ids, what else must hold of the first entry
    "TikTok_songs_2019.csv": (223, 221, ("Shake It", "Metro Station", 179.947, None, "")),
    "TikTok_songs_2020.csv": (292, 289, ("Say So", "Doja Cat", 237.893, None, "")),
    "TikTok_songs_2021.csv": (190, 190, ("STAY (with Justin Bieber)", "The Kid LAROI", 141.806, None, "")),
    "hit_or_flop_2010s.csv": (6398, 6378, ("Wild Things", "Alessia Cara", 188.493, None, "")),
    "moods.csv": (686, 686, ("1999", "Prince", 379.266, None, "1982-10-27")),
    "spotify_top_charts_19.csv": (
        1046, 1046, ("Sunflower - Spider-Man: Into the Spider-Verse", "Post Malone, Swae Lee", 158.04, 1, ""),
    ),
    "spotify_top_charts_20.csv": (1139, 1139, ("Blinding Lights", "The Weeknd", 201.573, 1, "")),
    "spotify_top_charts_21.csv": (1027, 1027, ("drivers license", "Olivia Rodrigo", 242.014, 1, "")),
    "tiktok_trending.csv": (6746, 3560, ("Lay It Down Gmix - Main", "Lloyd", 302.186, None, "2011-01-01")),
    "top_hits_2000_2019.csv": (
        2000, 1926, ("Oops!...I Did It Again", "Britney Spears", 211.16, None, "2000"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TABLES)
def test_real_tables_read_sensibly(data_dir: Path, name: str) -> None:
    chart = read_chart(data_dir / "hits" / name)
    rows, ids, first = TABLES[name]
    song = chart.entries[0]
    assert (len(chart), len(chart.unique()), len(chart.dropped)) == (rows, ids, 0)
    assert (song.title, song.creator, song.duration_s, song.rank, song.date) == first
    assert not [one for one in chart if not one.title or one.duration_s is None]
    assert all(20 < one.duration_s < 1800 for one in chart if one.duration_s)
    assert all(0 <= float(one.more["danceability"]) <= 1 for one in chart)
    assert not [note for note in chart.notes if "repaired" in note]  # nothing there needs it: see the docs


def test_a_real_table_that_was_spoilt_is_repaired(data_dir: Path, tmp_path: Path) -> None:
    source = data_dir / "hits" / "TikTok_songs_2020.csv"
    spoilt = source.read_bytes().decode("latin-1")
    assert spoilt != source.read_text("utf-8")
    chart = read_chart(write(tmp_path / "TikTok_songs_2020.csv", spoilt))
    assert chart.entries == read_chart(source).entries
