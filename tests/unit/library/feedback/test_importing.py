"""Files of feedback, as the services write them: everything is counted, nothing twice."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from tunelens.base.errors import DataError, NotFoundError, UnknownNameError
from tunelens.library.feedback import Feedback
from tunelens.library.feedback.clock import epoch_s
from tunelens.library.feedback.importing import import_feedback
from tunelens.library.feedback.tables import Song

NOON = 1_700_000_000


@pytest.fixture
def write(tmp_path):
    def made(name: str, text: str, encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return made


@pytest.fixture
def songs(library, make):
    named = {"blue": ("Blue", "Ann"), "rain": ("七里香", "周杰伦"), "help": ("Help!", "The Beatles")}
    return {
        name: library.put(make(f"{name}.wav", hz=200 + 50 * i, title=title, artist=artist))
        for i, (name, (title, artist)) in enumerate(named.items())
    }


def sums(report):
    return (report.found, report.new, report.known, report.matched, report.unmatched, dict(report.dropped))


def kept(library):
    return {(one.kind, one.at, one.title, one.value) for one in Feedback(library).events()}


LISTEN = {
    "listened_at": NOON,
    "track_metadata": {
        "artist_name": "Beatles, The",
        "track_name": "Help! (2009 Remaster)",
        "release_name": "Help!",
        "additional_info": {"duration_ms": 139_000, "recording_msid": "m-1"},
        "mbid_mapping": {"recording_mbid": "r-1"},
    },
}


def test_listenbrainz_zip(library, songs, tmp_path):
    path = tmp_path / "listenbrainz_ann.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("user.json", '{"username": "ann"}')
        other = {"listened_at": NOON + 60, "track_metadata": {"artist_name": "X", "track_name": "Y"}}
        lines = [json.dumps(LISTEN), json.dumps(other), "{broken", json.dumps({"listened_at": 5})]
        archive.writestr("listens/2023/11.jsonl", "\n".join(lines))
        feedback = [
            {"recording_mbid": "r-1", "score": 1, "created": NOON},
            {"recording_mbid": "q", "score": 0},
        ]
        archive.writestr("feedback.jsonl", "\n".join(map(json.dumps, feedback)))
        archive.writestr("pinned_recording.jsonl", "{}")
    report = import_feedback(library, path)
    dropped = {"no JSON object": 1, "no song": 1, "neither liked nor disliked any more": 1}
    assert sums(report) == (6, 3, 0, 2, 1, dropped)
    assert kept(library) == {
        ("play", NOON, "Help! (2009 Remaster)", None),
        ("play", NOON + 60, "Y", None),
        ("like", NOON, "Help! (2009 Remaster)", None),
    }
    assert sums(import_feedback(library, path)) == (6, 0, 3, 2, 1, dropped)


def test_an_older_export_of_listenbrainz_is_the_same_history(library, songs, write):
    first = import_feedback(library, write("a.jsonl", json.dumps(LISTEN) + "\n"))
    again = import_feedback(library, write("b.json", json.dumps([LISTEN])))
    assert (first.new, again.new, again.known) == (1, 0, 1)


@pytest.mark.parametrize(
    "text",
    [
        'Ann,Sky,Blue,"14 Nov 2023 22:13"\nGorillaz,Gorillaz,5/4,"14 Nov 2023 22:20"\n',
        "uts,utc_time,artist,artist_mbid,album,album_mbid,track,track_mbid\n"
        '"1700000000","14 Nov 2023, 22:13","Ann","","Sky","","Blue",""\n'
        '"1700000401","14 Nov 2023, 22:20","Gorillaz","","Gorillaz","","5/4",""\n',
        '"Artist";"Album";"AlbumId";"Track";"Date#ann"\n'
        '"Ann";"Sky";"";"Blue";"1700000000000"\n"Gorillaz";"Gorillaz";"";"5/4";"1700000401000"\n',
    ],
    ids=["lastfm-to-csv", "ghan", "lastfmstats"],
)
def test_csv_of_lastfm(library, songs, write, text):
    report = import_feedback(library, write("scrobbles.csv", text))
    assert report.format == "lastfm"
    assert sums(report) == (2, 2, 0, 1, 1, {})
    events = Feedback(library).events()
    assert [(one.artist, one.album, one.title) for one in events] == [
        ("Gorillaz", "Gorillaz", "5/4"), ("Ann", "Sky", "Blue"),
    ]  # fmt: skip
    assert events[1].track_id == songs["blue"]
    assert events[1].at // 60 == NOON // 60


PAGE = {
    "recenttracks": {
        "track": [
            {
                "artist": {"#text": "Ann"},
                "name": "Blue",
                "album": {"#text": ""},
                "@attr": {"nowplaying": "true"},
            },
            {"artist": {"#text": "Ann", "mbid": ""}, "name": "Blue", "date": {"uts": str(NOON)}},
            {"artist": {"name": "周杰伦"}, "name": "七里香", "date": {"uts": str(NOON + 300)}, "loved": "1"},
            {"artist": {"#text": "Ann"}, "name": "Blue"},
            "rubbish",
        ],
        "@attr": {"user": "ann", "page": "1"},
    }
}


@pytest.mark.parametrize("document", [PAGE, [PAGE], PAGE["recenttracks"]], ids=["page", "pages", "inner"])
def test_json_of_lastfm(library, songs, write, document):
    report = import_feedback(library, write("recent.json", json.dumps(document)), format="lastfm")
    dropped = {"playing now, not yet a play": 1, "no time": 1, "no song": 1}
    assert sums(report) == (5, 2, 0, 2, 0, dropped)


def test_the_same_scrobbles_in_another_format_are_known(library, songs, write):
    import_feedback(library, write("a.csv", 'Ann,Sky,Blue,"14 Nov 2023 22:13"\n'))
    report = import_feedback(library, write("a.json", json.dumps(PAGE)))
    assert (report.format, report.new) == ("lastfm", 1)


def test_loved_tracks_are_likes(library, songs, write):
    loved = {
        "lovedtracks": {"track": {"artist": {"name": "Ann"}, "name": "Blue", "date": {"uts": "1700000000"}}}
    }
    import_feedback(library, write("loved.json", json.dumps(loved)))
    assert kept(library) == {("like", NOON, "Blue", None)}


def test_a_table_with_chinese_columns_in_gbk(library, songs, write):
    names = "歌名,歌手,评分,播放次数,喜欢,评论内容,时间"
    text = f"{names}\n七里香,周杰伦,9,12,是,很好听,2023-11-14 22:13:20\n晴天,周杰伦,5,,,,\n"
    report = import_feedback(library, write("反馈.csv", text, "gb18030"))
    assert sums(report) == (5, 5, 0, 4, 1, {})
    assert kept(library) == {
        ("rating", NOON, "七里香", 4.5), ("play", NOON, "七里香", 12.0), ("like", NOON, "七里香", None),
        ("comment", NOON, "七里香", None), ("rating", 0, "晴天", 2.5),
    }  # fmt: skip


def test_a_table_with_a_kind_of_event(library, songs, write):
    text = (
        "event,title,artist,value,user,time\nplay,Blue,Ann,,bob,1700000000\nskip,Blue,Ann,2,bob,1700000000000\n"
        "喜欢,Blue,Ann,,eve,2023-11-14T22:13:20Z\nexplode,Blue,Ann,,,\nrating,Blue,Ann,,,\nplay,Blue,Ann,,,soon\n"
    )
    report = import_feedback(library, write("events.csv", text))
    assert sums(report) == (
        6, 3, 0, 3, 0,
        {"unknown kind of event": 1, "a rating needs a value": 1, "unreadable time": 1},
    )  # fmt: skip
    assert kept(library) == {
        ("play", NOON, "Blue", None),
        ("skip", NOON, "Blue", 2.0),
        ("like", NOON, "Blue", None),
    }
    assert {one.listener for one in Feedback(library).events()} == {"bob", "eve"}


def test_what_is_said_to_have_been_tomorrow_is_dropped(library, songs, write):
    text = "title,artist,kind,time\nBlue,Ann,like,2999-01-01\nBlue,Ann,dislike,2023-11-14\n"
    report = import_feedback(library, write("a.csv", text))
    assert (report.new, dict(report.dropped)) == (1, {"a time that is still to come": 1})
    assert Feedback(library).scores()[songs["blue"]].value < 0


def test_rubbish_is_shown_in_few_words(library, tmp_path):
    (tmp_path / "a.csv").write_bytes(bytes(range(256)) * 50)
    with pytest.raises(DataError) as told:
        import_feedback(library, tmp_path / "a.csv")
    assert len(str(told.value)) < 500


def test_a_table_of_plays_alone(library, songs, write):
    report = import_feedback(
        library,
        write("log.csv", "artist,track,time\nAnn,Blue,1700000000\nAnn,Blue,1700000300\n"),
        format="csv",
    )
    assert sums(report) == (2, 2, 0, 2, 0, {})


def test_rows_without_a_time_are_told_apart_and_known_again(library, songs, write):
    path = write("log.csv", "title,artist\nBlue,Ann\nBlue,Ann\n")
    assert import_feedback(library, path, kind="like").new == 2
    assert import_feedback(library, path, kind="like").known == 2


def test_comments_on_one_song(library, songs, write):
    path = write(
        "comments.csv",
        "用户ID,评论时间,点赞总数,评论内容\n7,2018-05-24 22:02:07,3,鼓楼\n8,2018-05-24 22:02:07,0,\n",
    )
    with pytest.raises(DataError, match="no column names the song") as told:
        import_feedback(library, path)
    assert "--track" in told.value.hint
    report = import_feedback(library, path, song=Song("鼓楼", "赵雷"))
    assert sums(report) == (2, 1, 0, 0, 1, {"nothing that was done": 1})
    (event,) = Feedback(library).events()
    assert (event.kind, event.listener, event.value, event.text) == ("comment", "7", 3.0, "鼓楼")


def test_real_comments(library, data_dir):
    path = data_dir / "feedback" / "netease_comments_zh.csv"
    report = import_feedback(library, path, song=Song("鼓楼", "赵雷"))
    lines = path.read_bytes().count(b"\r\n")
    assert report.new == lines - 1, "every row but the names"
    assert report.found == report.new + sum(report.dropped.values())
    assert import_feedback(library, path, song=Song("鼓楼", "赵雷")).known == report.new


def test_a_dry_run_keeps_nothing(library, songs, write):
    path = write("log.csv", "title,artist,rating\nBlue,Ann,4\nNo,No,1\n")
    report = import_feedback(library, path, dry_run=True)
    assert sums(report) == (2, 2, 0, 1, 1, {})
    assert Feedback(library).counts() == {}


def test_a_song_that_could_be_two_is_not_guessed(library, songs, make, write):
    library.put(make("other.wav", hz=900, title="Blue", artist="Ann", duration_s=300.0))
    report = import_feedback(library, write("log.csv", "title,artist,rating\nBlue,Ann,4\n"))
    assert (report.matched, report.ambiguous, report.unmatched) == (0, 1, 0)


@pytest.mark.parametrize(
    ("name", "content", "format"),
    [
        ("a.zip", b"PK\x03\x04 no zip", ""),
        ("a.json", b"[" * 100_000, "lastfm"),
        ("a.json", b"", "listenbrainz"),
        ("a.json", b'{"listens": 5}', "listenbrainz"),
        ("a.csv", b"", "csv"),
        ("a.csv", b"\x00\x01\x02" * 999, "csv"),
        ("a.csv", b"x,y\n1,2\n", "lastfm"),
        ("a.mp3", b"ID3", ""),
    ],
)
def test_files_that_are_none_are_told(library, tmp_path, name, content, format):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError):
        import_feedback(library, tmp_path / name, format=format)


def test_what_is_asked_for_must_exist(library, tmp_path, write):
    with pytest.raises(NotFoundError):
        import_feedback(library, tmp_path / "absent.csv")
    with pytest.raises(DataError, match="no file"):
        import_feedback(library, tmp_path)
    path = write("a.csv", "title\nx\n")
    with pytest.raises(UnknownNameError):
        import_feedback(library, path, format="spotfy")
    with pytest.raises(UnknownNameError):
        import_feedback(library, path, kind="hug")


@pytest.mark.parametrize(
    "line",
    [
        b"[1]", b"nul", b'{"score": []}', b'{"score": true}', b'{"track_metadata": []}',
        b'{"listened_at": 1e999, "track_metadata": {"track_name": "a", "artist_name": "b"}}',
        b'{"listened_at": 99999999999999999999, "track_metadata": {"track_name": "a", "artist_name": "b"}}',
        b'{"listened_at": ' + b"9" * 5000 + b"}", b"{" * 5000, b"\xff\xfe", b"x" * (2 << 20),
    ],
    ids=range(11),
)  # fmt: skip
def test_hostile_lines_are_dropped_one_by_one(library, tmp_path, line):
    path = tmp_path / "a.jsonl"
    path.write_bytes(line + b"\n" + json.dumps(LISTEN).encode() + b"\n")
    report = import_feedback(library, path)
    assert (report.new, sum(report.dropped.values())) == (1, 1)


def test_a_damaged_member_does_not_cost_the_others(library, tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("listens/2023/1.jsonl", json.dumps(LISTEN))
        archive.writestr("listens/2023/2.jsonl", json.dumps(LISTEN) * 50)
    data = bytearray(path.read_bytes())
    at = data.index(b"listens/2023/2.jsonl") + 40
    data[at : at + 10] = b"\xff" * 10
    path.write_bytes(data)
    report = import_feedback(library, path)
    assert report.new == 1
    assert "the archive is damaged from here on" in report.dropped


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2018-05-24 22:02:07", 1527199327), ("2018/5/24", 1527120000), ("2018年5月24日 22:02", 1527199320),
        ("2018-05-24T22:02:07.123Z", 1527199327), ("2018-05-24T22:02:07+08:00", 1527170527),
        ("14 Nov 2023, 22:13", 1699999980), ("1700000000", NOON), ("1700000000123", NOON), ("0", 0),
        ("31 Feb 2020 10:00", None), ("2020-13-01", None), ("tomorrow", None), ("", None), ("9" * 16, None),
        ("1960-01-01", None), ("٢٠٢٠-٠١-٠١", None),
    ],
)  # fmt: skip
def test_times(text, expected):
    assert epoch_s(text) == expected


def test_repeated_feedback_without_names_is_counted_every_time(library, write):
    line = json.dumps({"score": 1, "created": NOON, "recording_mbid": "r-9"})
    report = import_feedback(library, write("a.jsonl", f"{line}\n{line}\n"))
    assert (report.found, report.new, report.known) == (2, 1, 1)


def test_the_history_that_spotify_sends(library, songs, write):
    old = [
        {"endTime": "2023-11-14 22:13", "artistName": "Ann", "trackName": "Blue", "msPlayed": 200_000},
        {"endTime": "2023-11-14 22:20", "artistName": "Ann", "trackName": "Blue", "msPlayed": 900},
        {"endTime": "2023-11-14 22:21", "artistName": "A podcast", "trackName": "", "msPlayed": 900_000},
    ]
    new = {
        "master_metadata_track_name": "七里香", "master_metadata_album_artist_name": "周杰伦",
        "master_metadata_album_album_name": "七里香",
    }  # fmt: skip
    extended = [
        {"ts": "2023-11-14T22:13:20Z", "ms_played": 240_000, "skipped": False, **new},
        {"ts": "2023-11-14T22:14:20Z", "ms_played": 5_000, "skipped": True, **new},
        {"ts": "2023-11-14T22:15:20Z", "ms_played": 5_000, "skipped": False, **new},
        {"ts": "soon", "ms_played": 5_000, **new},
        5,
    ]
    report = import_feedback(library, write("StreamingHistory0.json", json.dumps(old)))
    assert (report.format, sums(report)) == ("spotify", (3, 2, 0, 2, 0, {"no song": 1}))
    report = import_feedback(library, write("Streaming_History_Audio_2023.json", json.dumps(extended)))
    reasons = {"heard for less than half a minute, and not skipped": 1, "no time": 1, "no song": 1}
    assert sums(report) == (5, 2, 0, 2, 0, reasons)
    liked = {"tracks": [{"artist": "Ann", "album": "Sky", "track": "Blue", "uri": "spotify:track:x"}, {}]}
    path = write("YourLibrary.json", json.dumps(liked))
    assert sums(import_feedback(library, path)) == (2, 1, 0, 1, 0, {"no song": 1})
    assert import_feedback(library, path).known == 1
    assert sorted((one.kind, one.title) for one in Feedback(library).events()) == [
        ("like", "Blue"), ("play", "Blue"), ("play", "七里香"), ("skip", "Blue"), ("skip", "七里香"),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["5", "{}", '{"tracks": 5}', "[", ""])
def test_other_json_is_no_history_of_spotify(library, write, text):
    with pytest.raises(DataError):
        import_feedback(library, write("YourLibrary.json", text))
