"""Charts from a real server on this computer, which behaves badly."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import signal
import ssl
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.chart_server import (
    Server,
    drip,
    drip_header,
    endless,
    in_turn,
    plain,
    redirect,
    reset,
    silent,
    slowly,
    status,
    truncated,
)

from tunelens.base.errors import (
    DataError,
    MissingDependencyError,
    ParameterError,
    TunelensError,
    UnknownNameError,
)
from tunelens.charts.chart import Chart
from tunelens.charts.read import read_chart

SONGS = {"data": {"list": [{"id": 1, "title": "夜曲", "artists": [{"name": "周杰伦"}], "uses": "1.2万"}]}}


def read(path: Path, **options: object) -> Chart:
    return read_chart(path, allow_private=True, **options)  # type: ignore[arg-type]


def test_a_chart_is_read(server: Server, describe) -> None:
    server.on("/top", SONGS)
    chart = read(describe(more='[songs]\nlist = "data.list"\n[fields]\ncreator = "artists[*].name"'))
    song = chart.entries[0]
    assert (song.music_id, song.title, song.creator, song.use_count) == ("1", "夜曲", "周杰伦", 12000)
    assert chart.source == server.url + "/top" and chart.name == "hot"


def test_this_computer_is_not_asked_unless_allowed(server: Server, describe) -> None:
    server.on("/top", SONGS)
    with pytest.raises(DataError, match="no address of the public internet"):
        read_chart(describe())
    assert server.asked == []


@pytest.mark.parametrize(
    "host", ["localhost", "2130706433", "0x7f000001", "127.1", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0"]
)
def test_no_way_to_write_an_address_gets_around_that(server: Server, describe, host: str) -> None:
    server.on("/top", SONGS)
    with pytest.raises(DataError, match=r"no address of the public internet|has no address"):
        read_chart(describe(url=f"http://{host}:{server.server_address[1]}/top"))
    assert server.asked == []


def test_a_name_that_changes_its_address_is_connected_where_it_was_checked(
    server: Server, describe, monkeypatch: pytest.MonkeyPatch
) -> None:
    import socket

    server.on("/top", SONGS)
    answers = iter(["203.0.113.7", "127.0.0.1", "127.0.0.1", "127.0.0.1"])  # first public, then here
    looked_up: list[str] = []

    def rebinding(host: str, port: int, *args: object, **kwargs: object) -> list:
        looked_up.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    connected: list[tuple] = []
    monkeypatch.setattr("tunelens.charts.web.addresses.is_public", lambda address: address.startswith("203."))
    monkeypatch.setattr(socket, "getaddrinfo", rebinding)

    def connect(address: tuple, *args: object, **kwargs: object) -> socket.socket:
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(DataError, match="no address of the public internet"):
        read_chart(describe(url=f"http://rebind.example:{server.server_address[1]}/top"))
    assert [host for host, _ in connected] == ["203.0.113.7"]  # the address that was checked, not the name
    assert server.asked == []


def test_a_redirect_to_this_computer_is_refused_too(server: Server, describe, monkeypatch) -> None:
    server.on("/top", SONGS)
    server.on("/go", redirect(f"http://localhost:{server.server_address[1]}/top"))
    # the first server counts as public, the one it leads to does not
    import tunelens.charts.web.addresses as addresses

    real = addresses.addresses_of
    monkeypatch.setattr(
        "tunelens.charts.web.pinned.addresses_of",
        lambda host, port, **_: real(host, port, allow_private=host == "127.0.0.1"),
    )
    with pytest.raises(DataError, match=r"'localhost' is at .*no address of the public internet"):
        read_chart(describe("/go"))
    assert server.paths() == ["/go"]


def test_proxies_of_the_environment_are_not_used(server: Server, describe, monkeypatch) -> None:
    server.on("/top", SONGS)
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert len(read(describe())) == 1


@pytest.mark.parametrize(
    "reply", [status(500), status(503), status(429), reset], ids=["500", "503", "429", "reset"]
)
def test_what_may_pass_is_tried_again(server: Server, describe, reply) -> None:
    server.on("/top", in_turn(reply, plain(json.dumps(SONGS).encode())))
    assert len(read(describe())) == 1
    assert len(server.asked) == 2


def test_the_wait_that_a_server_asks_for_is_kept(server: Server, describe) -> None:
    server.on("/top", in_turn(status(429, Retry_After="1"), plain(json.dumps(SONGS).encode())))
    start = time.monotonic()
    assert len(read(describe())) == 1
    assert time.monotonic() - start >= 1


def test_a_wait_that_is_too_long_is_not_waited(server: Server, describe) -> None:
    server.on("/top", status(429, Retry_After="86400"))
    with pytest.raises(DataError, match="asking again is allowed only after 86400 s"):
        read(describe())
    assert len(server.asked) == 1


def test_what_does_not_pass_is_told_with_its_count(server: Server, describe) -> None:
    server.on("/top", status(500))
    with pytest.raises(DataError, match=r"/top: the server says 500 .*asked 3 times"):
        read(describe())
    assert len(server.asked) == 3


@pytest.mark.parametrize(("code", "hint"), [(401, True), (403, True), (404, False), (410, False)])
def test_what_will_not_pass_is_asked_once(server: Server, describe, code: int, hint: bool) -> None:
    server.on("/top", status(code))
    with pytest.raises(DataError, match=f"the server says {code}") as caught:
        read(describe())
    assert len(server.asked) == 1 and bool(caught.value.hint) == hint


def test_a_truncated_answer_is_asked_for_again(server: Server, describe) -> None:
    body = json.dumps(SONGS).encode()
    server.on("/top", in_turn(truncated(body, "application/json"), plain(body)))
    assert len(read(describe())) == 1


def test_a_truncated_archive_is_asked_for_again(server: Server, describe) -> None:
    body = gzip.compress(json.dumps(SONGS).encode())
    cut = plain(body[:-12], Content_Encoding="gzip")
    server.on("/top", in_turn(cut, plain(body, Content_Encoding="gzip")))
    assert len(read(describe())) == 1


@pytest.mark.parametrize("reply", [drip(0.05), drip_header, silent], ids=["body", "header", "nothing"])
def test_a_slow_server_is_given_up(server: Server, describe, reply) -> None:
    server.on("/top", reply)
    start = time.monotonic()
    with pytest.raises(DataError, match=r"longer than it may|no answer for too long|ends early"):
        read(describe(limits="answer_s = 0.5\nsilence_s = 0.4\ntotal_s = 1.5"))
    assert time.monotonic() - start < 4


def test_an_endless_answer_is_cut(server: Server, describe) -> None:
    server.on("/top", endless("application/json"))
    with pytest.raises(DataError, match="larger than 100000 bytes"):
        read(describe(limits="body_bytes = 100000"))


def test_an_answer_that_says_it_is_large_is_not_even_begun(server: Server, describe) -> None:
    server.on("/top", b" " * 200_000)
    with pytest.raises(DataError, match="has 200000 bytes; at most 100000"):
        read(describe(limits="body_bytes = 100000"))


def test_a_bomb_is_not_unpacked(server: Server, describe) -> None:
    bomb = gzip.compress(b" " * (64 << 20))  # 64 KB that become 64 MB
    server.on("/top", plain(bomb, Content_Encoding="gzip"))
    with pytest.raises(DataError, match="larger than 1000000 bytes"):
        read(describe(limits="body_bytes = 1000000"))


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip"])
def test_other_packings_are_refused(server: Server, describe, encoding: str) -> None:
    server.on("/top", plain(b"xx", Content_Encoding=encoding))
    with pytest.raises(DataError, match="is packed as"):
        read(describe())


def test_redirects_are_followed_up_to_a_bound(server: Server, describe) -> None:
    server.on("/top", SONGS)
    server.on("/a", redirect("/b"))
    server.on("/b", redirect("/top"))
    server.on("/loop", redirect("/loop"))
    assert len(read(describe("/a"))) == 1
    with pytest.raises(DataError, match="more than 5 redirects"):
        read(describe("/loop"))
    assert server.paths().count("/loop") == 6


@pytest.mark.parametrize(
    "to", ["file:///etc/passwd", "ftp://127.0.0.1/x", "http://me:pw@127.0.0.1/", "gopher://x"]
)
def test_redirects_to_other_schemes_are_refused(server: Server, describe, to: str) -> None:
    server.on("/top", redirect(to))
    with pytest.raises(DataError, match=r"no address of http|a name or a password"):
        read(describe())


def test_secrets_stay_with_the_server_they_are_for(
    server: Server, describe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUNELENS_CHART_TOKEN", "s3cret")
    server.on("/top", SONGS)
    server.on("/here", redirect("/top"))
    server.on("/there", redirect(f"http://localhost:{server.server_address[1]}/top"))
    secret = '[headers]\nAuthorization = "Bearer ${TUNELENS_CHART_TOKEN}"\nX-Plain = "yes"'
    assert any("unencrypted" in note for note in read(describe("/here", secret)).notes)
    read(describe("/there", secret), max_age_s=0)
    told = [(path, headers.get("authorization"), headers["x-plain"]) for path, _, headers in server.asked]
    assert told == [
        ("/here", "Bearer s3cret", "yes"), ("/top", "Bearer s3cret", "yes"),
        ("/there", "Bearer s3cret", "yes"), ("/top", None, "yes"),
    ]  # fmt: skip


def test_no_secret_is_told_or_kept(server: Server, describe, home: Path, monkeypatch) -> None:
    monkeypatch.setenv("TUNELENS_CHART_TOKEN", "s3cret")
    server.on("/top", SONGS)
    more = '[query]\ntoken = "${TUNELENS_CHART_TOKEN}"\n[headers]\nCookie = "${TUNELENS_CHART_TOKEN}"'
    chart = read(describe(more=more))
    assert server.asked[0][1]["token"] == "s3cret"
    chart.save(home / "chart.json")
    server.on("/top", status(500))
    with pytest.raises(DataError) as caught:
        read(describe(more=more), max_age_s=0)
    assert "s3cret" not in str(caught.value) + str(caught.value.hint)
    kept = [path for path in home.rglob("*") if path.is_file() and b"s3cret" in path.read_bytes()]
    assert kept == [] and (home / "cache" / "charts").is_dir()


@pytest.mark.parametrize(
    ("more", "match"),
    [
        ('[headers]\nAuthorization = "Bearer abc"', "holds a credential"),
        ('[headers]\nCookie = "sid=1"', "holds a credential"),
        ('[headers]\nX-Api-Key = "abc${TUNELENS_CHART_X}"', "holds a credential"),
        ('[query]\naccess_token = "abc"', "holds a credential"),
        ('method = "POST"\n[body.user]\npassword = "abc"', "holds a credential"),
        ('method = "POST"\n[[body.all]]\napi_key = "abc"', "holds a credential"),
        ('[headers]\nX-Home = "${HOME}"', "only names with TUNELENS_CHART_"),
        ('[headers]\nHost = "other"', "no header that can be set"),
        ('[headers]\n"X-A" = "a\\r\\nX-B: b"', "control character"),
        ('[headers]\nAuthorization = "Bearer ${TUNELENS_CHART_UNSET}"', "TUNELENS_CHART_UNSET is not set"),
        ('[query]\nday = "{day}"', "'day' has no value"),
        ('[paging]\nkind = "scroll"', "page, offset, cursor, link are known"),
        ('[paging]\nkind = "page"', "paging.parameter is missing"),
        ('[fields]\ntitle = "a[x"', "is no path"),
        ("retries = 3", "unknown key 'retries'"),
        ('[fields]\ntitel = "a"', "unknown field of a chart 'titel'"),
    ],
)
def test_a_wrong_description_is_told(server: Server, describe, more: str, match: str) -> None:
    with pytest.raises((ParameterError, UnknownNameError), match=match):
        read(describe(more=more))
    assert server.asked == []


@pytest.mark.parametrize("name", ["author", "keyword", "sort_key", "genre", "page", "design"])
def test_what_is_no_secret_may_be_written(server: Server, describe, name: str) -> None:
    server.on("/top", SONGS)
    read(describe(more=f'[query]\n{name} = "abc"'))
    assert server.asked[0][1] == {name: "abc"}


@pytest.mark.parametrize("secret", ["s3cret\r\nX: y", "s3cret\x1b", "s3cret🎵"])
def test_a_secret_that_cannot_be_sent_is_not_shown(describe, monkeypatch, secret: str) -> None:
    monkeypatch.setenv("TUNELENS_CHART_TOKEN", secret)
    with pytest.raises(TunelensError) as caught:
        read(describe(more='[headers]\nAuthorization = "Bearer ${TUNELENS_CHART_TOKEN}"'))
    error: BaseException | None = caught.value
    while error is not None:
        assert "s3cret" not in repr(error)
        error = error.__cause__


@pytest.mark.parametrize(
    "url", ["ftp://x/y", "http://", "http://a:b@x/", "http://{host}/", "http://x/${A}", "http://[::1/"]
)
def test_a_wrong_address_is_told(describe, url: str) -> None:
    with pytest.raises(ParameterError, match="url"):
        read(describe(url=url))


def test_html_is_no_chart(server: Server, describe) -> None:
    server.on("/top", b"<html>please log in</html>", "text/html; charset=utf-8")
    with pytest.raises(DataError, match="of type 'text/html'"):
        read(describe())


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe{", b"[" * 100_000, b"", b"9" * 5000], ids=range(5))
def test_wrong_json_is_told(server: Server, describe, body: bytes) -> None:
    server.on("/top", body)
    with pytest.raises(DataError, match="no JSON that can be read"):
        read(describe())


@pytest.mark.parametrize(
    "document", [{}, [], {"data": []}, 7, {"list": [1, 2]}, None, {"data": {"list": {}}}]
)
def test_json_without_songs_is_told(server: Server, describe, document: object) -> None:
    server.on("/top", json.dumps(document).encode())
    with pytest.raises(DataError, match="has no songs at"):
        read(describe(more='[songs]\nlist = "data.list"'))


def test_deep_values_are_no_way_to_break_it(server: Server, describe) -> None:
    deep: object = "x"
    for _ in range(300):
        deep = [{"a": deep}]
    server.on("/top", [{"title": "song", "deep": deep}])
    assert read(describe()).entries[0].title == "song"


def paged(n: int, size: int = 2):
    def reply(handler) -> None:
        page = int(handler.query["page"])
        songs = [{"id": i, "title": f"song {i}"} for i in range((page - 1) * size, min(page * size, n))]
        plain(json.dumps({"songs": songs}).encode())(handler)

    return reply


PAGES = '[paging]\nkind = "page"\nparameter = "page"\nfirst = 1'


def test_pages_are_gone_through(server: Server, describe) -> None:
    server.on("/top", paged(5))
    assert [song.music_id for song in read(describe(more=PAGES))] == ["0", "1", "2", "3", "4"]
    assert [query["page"] for _, query, _ in server.asked] == ["1", "2", "3", "4"]


def test_not_more_pages_than_allowed_are_asked(server: Server, describe) -> None:
    server.on("/top", paged(1000))
    chart = read(describe(more=PAGES + "\nmax_pages = 3"))
    assert len(chart) == 6 and any("more than 3 pages" in note for note in chart.notes)


def test_a_server_that_ignores_pages_is_noticed(server: Server, describe) -> None:
    server.on("/top", {"songs": [{"id": 1, "title": "a"}]})
    chart = read(describe(more=PAGES))
    assert len(chart) == 1 and any("repeats the one before" in note for note in chart.notes)


def test_offsets_and_a_word_for_the_end(server: Server, describe) -> None:
    def reply(handler) -> None:
        at = int(handler.query["start"])
        plain(json.dumps({"list": [{"title": str(at)}], "more": at < 20}).encode())(handler)

    server.on("/top", reply)
    more = '[paging]\nkind = "offset"\nparameter = "start"\nstep = 10\nmore = "more"'
    assert [song.title for song in read(describe(more=more))] == ["0", "10", "20"]


def test_cursors_are_sent_back(server: Server, describe) -> None:
    def reply(handler) -> None:
        at = handler.query.get("after", "a")
        following = {"a": "b", "b": "c", "c": None}[at]
        plain(json.dumps({"list": [{"title": at}], "meta": {"next": following}}).encode())(handler)

    server.on("/top", reply)
    more = '[paging]\nkind = "cursor"\nparameter = "after"\nnext = "meta.next"'
    assert [song.title for song in read(describe(more=more))] == ["a", "b", "c"]


def test_links_are_followed_on_one_server_alone(server: Server, describe) -> None:
    server.on("/top", {"items": [{"title": "a"}], "next": "/second?x=1"})
    server.on("/second", {"items": [{"title": "b"}], "next": "http://other.example/third"})
    more = '[paging]\nkind = "link"\nnext = "next"'
    with pytest.raises(DataError, match="said to be on another server"):
        read(describe(more=more))
    server.on("/second", {"items": [{"title": "b"}], "next": None})
    assert [song.title for song in read(describe(more=more), max_age_s=0)] == ["a", "b"]


@pytest.mark.parametrize("link", ["http://[::1/x", "//[", "http://xn--/"])
def test_a_link_to_no_address_is_told(server: Server, describe, link: str) -> None:
    server.on("/top", {"items": [{"title": "a"}], "next": link})
    with pytest.raises(DataError, match="the next page is said to be"):
        read(describe(more='[paging]\nkind = "link"\nnext = "next"'))


@pytest.mark.parametrize("place", ["http://xn--/", "http://[::1/", "http://\\ud800/"])
def test_a_redirect_to_no_address_is_told(server: Server, describe, place: str) -> None:
    server.on("/top", redirect(place))
    with pytest.raises(DataError, match="no address"):
        read(describe())


def test_a_body_is_posted(server: Server, describe) -> None:
    server.on("/top", SONGS)
    body = '[body]\nday = "{day}"\nn = 10\nsince = 2021-03-01'
    read(describe(more=f'method = "POST"\n[values]\nday = "2021-03-05"\n{body}'))
    assert json.loads(server.bodies[0]) == {"day": "2021-03-05", "n": 10, "since": "2021-03-01"}


def test_values_are_one_step_of_a_path(server: Server, describe) -> None:
    server.on("/top/a%2F..%2Fb", SONGS)
    read(describe("/top/{region}"), values={"region": "a/../b"})
    assert server.paths() == ["/top/a%2F..%2Fb"]
    with pytest.raises(ParameterError, match="'reign' is no place"):
        read(describe("/top/{region}"), values={"reign": "x"})


def test_answers_are_kept_for_a_while(server: Server, describe) -> None:
    server.on("/top", SONGS)
    first, again = read(describe()), read(describe())
    assert len(server.asked) == 1 and again.entries == first.entries
    assert any("from disk" in note for note in again.notes)
    read(describe(), max_age_s=0)
    assert len(server.asked) == 2


def test_no_more_than_so_many_a_second(server: Server, describe, home: Path) -> None:
    server.on("/top", paged(8))
    path = describe(more=PAGES)
    path.write_text(path.read_text().replace("per_second = 100", "per_second = 10"))
    start = time.monotonic()
    read(path)
    assert len(server.asked) == 5 and time.monotonic() - start >= 0.4


def test_a_failure_on_the_way_keeps_the_pages_before(server: Server, describe) -> None:
    good = paged(6)
    server.on("/top", lambda h: status(404)(h) if h.query["page"] == "3" else good(h))
    with pytest.raises(DataError, match="404"):
        read(describe(more=PAGES))
    server.on("/top", good)
    assert len(read(describe(more=PAGES))) == 6
    assert [query["page"] for _, query, _ in server.asked] == ["1", "2", "3", "3", "4"]


def test_a_kill_on_the_way_keeps_the_pages_before(server: Server, describe, home: Path) -> None:
    good = paged(6)
    server.on("/top", lambda h: (slowly(30, good) if h.query["page"] == "3" else good)(h))
    path = describe(more=PAGES)
    code = f"from tunelens.charts.read import read_chart; read_chart({str(path)!r}, allow_private=True)"
    child = subprocess.Popen([sys.executable, "-c", code], env=os.environ.copy())
    deadline = time.monotonic() + 20
    while len(server.asked) < 3 and time.monotonic() < deadline:
        time.sleep(0.02)
    child.send_signal(signal.SIGKILL)
    child.wait(10)
    assert len(server.asked) == 3
    server.on("/top", good)
    assert len(read(path)) == 6
    assert [query["page"] for _, query, _ in server.asked[3:]] == ["3", "4"]


def test_nothing_a_server_says_is_a_crash(server: Server, describe) -> None:
    for body in (
        b'[{"title": 1e999}]',
        b'[{"title": "\\ud800"}]',
        b'[{"\\ud800": "x", "title": "a"}]',
        b'[{"id": NaN}]',
    ):
        server.on("/top", body)
        try:
            chart = read(describe(), max_age_s=0)
            json.dumps(chart.to_dict(), ensure_ascii=False).encode()
        except TunelensError:
            pass


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate that nobody has signed, for localhost alone, with its key."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed: no certificate to test with")
    path = tmp_path / "cert.pem"
    words = (
        "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost"
    )
    command = [openssl, *words.split(), "-keyout", str(tmp_path / "key.pem"), "-out", str(path)]
    subprocess.run(command, check=True, capture_output=True)
    return path


def over_tls(server: Server, certificate: Path) -> str:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_name("key.pem"))
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.on("/top", SONGS)
    return f"https://localhost:{server.server_address[1]}/top"


def test_a_certificate_is_checked_for_the_name_though_the_address_is_asked(
    server: Server, describe, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = over_tls(server, certificate)
    with pytest.raises(DataError, match="its certificate is not trusted"):
        read(describe(url=url))
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert len(read(describe(url=url))) == 1
    with pytest.raises(DataError, match="its certificate is not trusted"):
        read(describe(url=url.replace("localhost", "127.0.0.1")))


def test_a_full_disk_does_not_cost_the_chart(server: Server, describe, home: Path) -> None:
    (home / "cache").write_text("this is no folder")
    server.on("/top", SONGS)
    chart = read(describe())
    assert len(chart) == 1 and any("cannot be kept" in note for note in chart.notes)


def test_without_httpx_it_is_told_what_to_install(describe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "httpx", None)
    with pytest.raises(MissingDependencyError) as caught:
        read(describe())
    assert caught.value.hint == "pip install 'tunelens[charts]'"
