"""Order, pages, relevance, what matched, counts, and what listeners said, on shelves known by hand."""

from __future__ import annotations

import itertools
import sqlite3
from contextlib import closing

import pytest

from tunelens.base.errors import ParameterError, QueryError, UnknownNameError
from tunelens.library.facets import FACETS, facets
from tunelens.library.fulltext import fold
from tunelens.library.matches import Match, matches
from tunelens.library.order import SORTS
from tunelens.library.query import condition
from tunelens.library.schema import events, playlist_items, playlists
from tunelens.library.search import search
from tunelens.library.store import Library

QILI = "窗外的麻雀\n在電線桿上多嘴"


@pytest.fixture(scope="module")
def whole(tmp_path_factory, make_once):
    """Five tracks, which no test changes."""
    with Library.open(tmp_path_factory.mktemp("library") / "music.db") as library:
        yield filled(library, make_once)


@pytest.fixture
def shelf(whole, tmp_path):
    """A copy of them."""
    with closing(sqlite3.connect(whole.path)) as source, closing(sqlite3.connect(tmp_path / "a.db")) as copy:
        source.backup(copy)
    with Library.open(tmp_path / "a.db") as library:
        yield library


def filled(library, make):
    shelved = [
        make("a.wav", title="Love", artist="Beyoncé", year=2003, tempo=99.0, key="A minor", genre="R&B"),
        make("b.wav", title="Svefn-g-englar", artist="Sigur Rós", year=1999, tempo=61.0, tags={"rock": 0.6}),
        make("c.wav", title="七里香", artist="周杰倫", album="七里香", year=2004, lyrics=QILI),
        make("d.wav", title="ラブ・ストーリーは突然に", artist="小田和正", tempo=None, genre="Hip-Hop"),
        make("e.wav", title="Hallo", artist="Ann", lyrics="Hello\nAll we need is love",
             tags={"Hip-Hop": 0.9}),
    ]  # fmt: skip
    for analysis in shelved:
        library.put(analysis)
    return library


def found(library: Library, text: str, **how) -> list[int]:
    return [track.id for track in search(library, text, **how).tracks]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("beyonce", [1]),
        ("BEYONCÉ", [1]),
        ("sigur ros", [2]),
        ('"sigur ros"', [2]),
        ("svefn", [2]),
        ("englar", [2]),
        ("杰倫", [3]),
        ("七里", [3]),
        ("周杰伦 电线杆", [3]),
        ("里七", []),
        ("麻雀", [3]),
        ("lyrics:電線桿", [3]),
        ("title:電線桿", []),
        ("ラブ", [4]),
        ("ﾗﾌﾞ", [4]),
        ("らぶ", [4]),
        ("突然に", [4]),
        ("lyrics:love", [5]),
        ("lyrics:lov", [5]),
        ('lyrics:"lov"', []),
        ("has:lyrics", [3, 5]),
        ("genre:r&b", [1]),
        ("genre:hip-hop", [4, 5]),
        ("genre:=hip-hop", [4, 5]),
        ("hip-hop", [4, 5]),
        ("artist:=ann", [5]),
        ("artist:=an", []),
    ],
)
def test_words_of_any_script_are_found(whole, text, expected):
    assert sorted(found(whole, text)) == expected


def test_relevance_puts_a_title_before_a_line_of_lyrics(whole):
    assert found(whole, "love") == [1, 5]
    assert found(whole, "love | sigur | genre:hip-hop") in ([1, 2, 5, 4], [2, 1, 5, 4])
    assert found(whole, "love", sort="-title") == [1, 5]
    assert found(whole, "love", sort="title") == [5, 1]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("", [1, 2, 3, 4, 5]),
        ("-path", [5, 4, 3, 2, 1]),
        ("year", [2, 1, 3, 4, 5]),
        ("-year", [3, 1, 2, 4, 5]),
        ("title", [5, 1, 2, 4, 3]),
        ("relevance", [1, 2, 3, 4, 5]),
        ("tempo,-id", [2, 1, 5, 3, 4]),
        ("-rating,-plays", [2, 1, 5, 3, 4]),
        ("plays", [1, 5, 2, 3, 4]),
    ],
)
def test_orders_put_what_has_no_value_last(shelf, sort, expected):
    tempo = {track.id: track.tempo_bpm for track in shelf.tracks()}
    assert tempo[4] is None
    assert tempo[1] == 99.0
    listen(shelf, ("play", 1, 1, None), ("play", 5, 2, 30), ("rating", 1, 3, 2), ("rating", 2, 4, 5))
    assert found(shelf, "", sort=sort) == expected or sort.startswith("tempo")
    if sort.startswith("tempo"):
        order = found(shelf, "", sort=sort)
        assert [tempo[number] for number in order[:-1]] == sorted(tempo[number] for number in order[:-1])
        assert order[-1] == 4


def test_every_order_gives_every_track_once(whole):
    for sort in SORTS:
        assert sorted(found(whole, "", sort=sort)) == [1, 2, 3, 4, 5]
        pages = [found(whole, "", sort=f"-{sort}", seed=2, limit=2, offset=at) for at in (0, 2, 4, 6)]
        assert [number for page in pages for number in page] == found(whole, "", sort=f"-{sort}", seed=2)
    assert search(whole, "", limit=2).total == 5


@pytest.mark.parametrize(
    "text", ["love", "love|svefn|七", "(love | genre:rock) id:>0", "lyrics:love|電", "love id:<9"]
)
def test_among_many_some_are_weighed_and_each_is_on_one_page(whole, text, monkeypatch):
    wanted = sorted(found(whole, text))
    monkeypatch.setattr("tunelens.library.order.MOST_WEIGHED", 1)
    for size in (1, 2, 5):
        pages = [found(whole, text, limit=size, offset=at) for at in range(0, 6, size)]
        assert sorted(number for page in pages for number in page) == wanted
        assert [number for page in pages for number in page] == found(whole, text, limit=None)
        assert pages[0][0] == wanted[0]


def test_random_is_the_same_for_a_seed_and_fair_over_seeds(whole):
    assert found(whole, "", sort="random", seed=1) == found(whole, "", sort="random", seed=1)
    n = 1200
    orders = [tuple(found(whole, "", sort="random", seed=seed, limit=2)) for seed in range(n)]
    counts = [orders.count(pair) for pair in itertools.permutations(range(1, 6), 2)]
    chi2 = sum((count - n / 20) ** 2 / (n / 20) for count in counts)
    assert chi2 < 43.8, "99.9 % point of chi-square with 19 degrees of freedom"


@pytest.mark.parametrize("how", [{"limit": -1}, {"offset": -1}, {"sort": "year,-year"}, {"sort": "yaer"}])
def test_what_is_not_an_order_or_page_is_told(whole, how):
    with pytest.raises((ParameterError, UnknownNameError)):
        search(whole, "", **how)


def listen(library: Library, *told: tuple) -> None:
    rows = [
        {"kind": kind, "track_id": track, "at": at, "value": value, "source": "test", "key": f"{kind}{at}"}
        for kind, track, at, value in told
    ]
    with library.database.write() as connection:
        for row in rows:
            connection.execute(events.insert().values(**row))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plays:0", [4, 5]),
        ("plays:>0", [1, 2, 3]),
        ("plays:3", [1]),
        ("plays:1..2", [2]),
        ("-plays:>=3", [2, 4, 5]),
        ("rating:>=4", [1]),
        ("rating:2", [2]),
        ("missing:rating", [3, 4, 5]),
        ("liked:yes", [1]),
        ("liked:no", [2]),
        ("-liked:yes", [2, 3, 4, 5]),
        ("has:liked", [1, 2]),
    ],
)
def test_what_listeners_said_counts_as_they_said_it_last(shelf, text, expected):
    told = [("play", 1, 1, None), ("play", 1, 2, 2), ("play", 2, 3, None), ("play", 3, 4, 3.6)]
    told += [("play", None, 5, None), ("like", None, 6, None)]
    told += [("rating", 1, 10, 1), ("rating", 1, 11, 5), ("rating", 2, 12, 2)]
    told += [("dislike", 1, 20, None), ("like", 1, 21, None), ("like", 2, 22, None), ("dislike", 2, 23, None)]
    listen(shelf, *told)
    assert sorted(found(shelf, text)) == expected


def test_playlists_are_asked_by_name(shelf):
    kept = {"created_at": "", "updated_at": ""}
    with shelf.database.write() as connection:
        for number, (name, kind) in enumerate({"Run": "list", "夜": "list", "New": "smart"}.items(), 1):
            connection.execute(playlists.insert().values(id=number, name=name, kind=kind, **kept))
        for place, (playlist, track) in enumerate([(1, 2), (1, 3), (1, None), (2, 3)]):
            row = {"playlist_id": playlist, "position": place, "track_id": track}
            connection.execute(playlist_items.insert().values(**row))
    assert found(shelf, "playlist:run") == [2, 3]
    assert found(shelf, "playlist:夜") == [3]
    assert found(shelf, "playlist:run -playlist:夜") == [2]
    assert found(shelf, "missing:playlist") == [1, 4, 5]
    with pytest.raises(QueryError, match="no playlist 'ruhn' at character 17") as caught:
        search(shelf, "love | playlist:ruhn")
    assert "run" in caught.value.hint
    with pytest.raises(QueryError, match="smart playlist"):
        search(shelf, "playlist:new")


@pytest.mark.parametrize("name", ["list", "count", "iterate", "prints", "neighbours", "tags", "taste", "mix"])
def test_every_filter_refuses_a_playlist_that_is_not_there(shelf, tmp_path, name):
    from tunelens.library.filetags.whereabouts import numbers
    from tunelens.library.neighbours.choice import Choice
    from tunelens.library.playlists.mix import _matching
    from tunelens.library.playlists.places import Places
    from tunelens.library.prints import Prints

    ways = {
        "list": shelf.tracks,
        "count": shelf.count,
        "iterate": lambda where: list(shelf.iterate(where)),
        "prints": Prints(shelf).ids,
        "neighbours": lambda where: Choice(where).condition(shelf, ()),
        "tags": lambda where: numbers(shelf, where),
        "taste": lambda where: Places.load(shelf, where),
        "mix": lambda where: _matching(shelf, where),
    }
    with pytest.raises(QueryError, match="no playlist 'gone' at character 17"):
        ways[name]("-(love playlist:gone)")


def test_the_case_of_a_playlist_does_not_matter_in_any_script(shelf):
    kept = {"created_at": "", "updated_at": "", "kind": "list"}
    with shelf.database.write() as connection:
        for number, name in enumerate(["Été", "RUN", "run", "Æther"], 1):
            connection.execute(playlists.insert().values(id=number, name=name, **kept))
            row = {"playlist_id": number, "position": 0, "track_id": number}
            connection.execute(playlist_items.insert().values(**row))
    assert found(shelf, "playlist:été") == found(shelf, "playlist:ÉTÉ") == [1]
    assert found(shelf, "playlist:run") == [3]
    assert found(shelf, "playlist:Run") == [2, 3]
    assert [track.id for track in shelf.tracks("-playlist:æther playlist:été|run|æther")] == [1, 3]


def test_a_hit_says_what_matched(whole):
    tracks = whole.tracks()
    said = matches(whole, "love | genre:rock | 杰倫 | lyrics:電線桿 | svefn", tracks)
    assert said[1] == (Match("title", "Love"),)
    assert said[2] == (Match("genre", "rock 0.60"), Match("title", "Svefn-g-englar"))
    assert said[3] == (Match("artist", "周杰倫"), Match("lyrics", "在電線桿上多嘴"))
    assert said[4] == ()
    assert said[5] == (Match("lyrics", "All we need is love"),)
    assert matches(whole, "-love tempo:>0", tracks)[1] == ()


def test_lyrics_of_a_damaged_document_are_not_shown(shelf):
    with shelf.database.write() as connection:
        connection.exec_driver_sql("UPDATE analyses SET document = 'rubbish' WHERE track_id = 5")
    assert matches(shelf, "lyrics:love", shelf.tracks())[5] == ()


@pytest.mark.parametrize("name", FACETS)
@pytest.mark.parametrize("text", ["", "-beyonce"])
def test_a_count_is_what_its_term_finds(whole, name, text):
    (facet,) = facets(whole, text, [name])
    for count in facet.counts:
        assert search(whole, f"({text or 'id:>0'}) {count.term}").total == count.n_tracks, count
    assert facet.n_values == len(facet.counts)


def test_counts_by_facet(whole):
    genre, key, decade = facets(whole, "", ["genre", "key", "decade"])
    assert [(count.value, count.n_tracks) for count in genre.counts] == [
        ("hip hop", 2),
        ("r&b", 1),
        ("rock", 1),
    ]
    assert sum(count.n_tracks for count in key.counts) == 5
    assert [(count.value, count.n_tracks) for count in decade.counts] == [("1990s", 1), ("2000s", 2)]
    assert len(facets(whole, "", ["artist"], most=2)[0].counts) == 2
    with pytest.raises(UnknownNameError, match="facet 'gener'"):
        facets(whole, "", ["gener"])
    with pytest.raises(ParameterError):
        facets(whole, "", ["genre"], most=0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Łódź Ærø Þór Đặng Işık", "lodz aero thor dang isik"),
        ("ＡＢＣ　１２", "abc 12"),
        ("がか", "が か"),
        ("鄧麗君 月亮代表我的心", "邓 丽 君 月 亮 代 表 我 的 心"),
        ("방탄", "방 탄"),
        ("Straße", "strasse"),
        ("ﬁn", "fin"),
    ],
)
def test_fold(text, expected):
    assert fold(text) == expected


@pytest.mark.parametrize(
    ("text", "index"),
    [
        ("love", "texts VIRTUAL TABLE"),
        ("genre:jazz", "COVERING INDEX tags_likely (word=? AND group=?)"),
        ("tempo:90..110", "COVERING INDEX tracks_in_numbers (tempo_bpm>? AND tempo_bpm<?)"),
        ("energy:<0.4", "COVERING INDEX tracks_in_numbers"),
        ("key:Am", "COVERING INDEX tracks_in_numbers"),
        ("missing:mood", "PRIMARY KEY (track_id=?)"),
        ("plays:>3", "events_by_track"),
        ("playlist:x", "sqlite_autoindex_playlist_items_1 (playlist_id=?)"),
    ],
)
def test_queries_use_their_index(whole, text, index):
    from sqlalchemy import func, select
    from sqlalchemy.dialects import sqlite

    from tunelens.library.schema import tracks

    query = select(func.count()).select_from(tracks).where(condition(text))
    sql = str(query.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}))
    with whole.database.read() as connection:
        plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}")]
    assert any(index in step for step in plan), plan
