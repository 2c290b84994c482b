"""Who is let in: hosts, origins, tokens; what answers say to browsers; how much may be sent."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.api.conftest import ADDRESS, TestClient
from tunelens.api.app import create_app
from tunelens.api.keys import Guesses, Keys, add_user, hashed
from tunelens.api.options import ServeOptions
from tunelens.base.errors import BusyError, DataError, NotFoundError, ParameterError
from tunelens.base.settings import Settings

TOKEN = "a token that is long enough"


@pytest.fixture(scope="module")
def options(tmp_path_factory: pytest.TempPathFactory, api_settings: Settings) -> ServeOptions:
    folder = tmp_path_factory.mktemp("guard")
    return ServeOptions(library=folder / "guarded.db", settings=api_settings, page=False)


@pytest.fixture(scope="module")
def locked(options: ServeOptions) -> Iterator[TestClient]:
    """A server that asks for a token."""
    with TestClient(create_app(replace(options, keys=Keys.of_token(TOKEN))), base_url=ADDRESS) as running:
        yield running


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8765", "", "[::2]"]
)
def test_a_name_that_was_made_to_point_here_is_refused(client: TestClient, host: str) -> None:
    answer = client.get("/api/v1/info", headers={"host": host})
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "forbidden"


@pytest.mark.parametrize("host", ["localhost", "localhost:1", "127.0.0.1:8765", "[::1]:8765", "LOCALHOST:80"])
def test_names_of_this_machine_are_ours(client: TestClient, host: str) -> None:
    assert client.get("/api/v1/info", headers={"host": host}).status_code == 200


CROSS = (
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {"origin": "http://127.0.0.1:1"},
    {"origin": "http://localhost.evil.example:8765"},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"origin": "http://127.0.0.1:8765", "sec-fetch-site": "cross-site"},
)


@pytest.mark.parametrize("headers", CROSS, ids=str)
def test_a_page_of_another_site_may_not_write(client: TestClient, headers: dict[str, str]) -> None:
    for method, path in (
        ("POST", "/api/v1/jobs/analyze"),
        ("DELETE", "/api/v1/session"),
        ("POST", "/api/v1/uploads"),
    ):
        answer = client.request(method, path, headers=headers)
        assert answer.status_code == 403, answer.text
    assert "access-control-allow-origin" not in client.get("/api/v1/info", headers=headers).headers


@pytest.mark.parametrize(
    "headers",
    [{}, {"origin": "http://127.0.0.1:8765"}, {"sec-fetch-site": "same-origin"}, {"sec-fetch-site": "none"}],
)
def test_our_own_page_and_programs_may_write(client: TestClient, headers: dict[str, str]) -> None:
    assert client.delete("/api/v1/session", headers=headers).status_code == 204


def test_another_site_may_call_where_it_is_named(options: ServeOptions) -> None:
    site = "https://music.example.org"
    with TestClient(create_app(replace(options, allow_origins=(site,))), base_url=ADDRESS) as running:
        answer = running.delete("/api/v1/session", headers={"origin": site, "sec-fetch-site": "cross-site"})
        assert answer.status_code == 204
        assert answer.headers["access-control-allow-origin"] == site
        asked = {"origin": site, "access-control-request-method": "POST"}
        assert running.options("/api/v1/jobs/analyze", headers=asked).status_code == 200
        other = {"origin": "https://evil.example", "access-control-request-method": "POST"}
        assert running.options("/api/v1/jobs/analyze", headers=other).status_code == 400
        assert running.get("/api/v1/info", headers={"host": "music.example.org"}).status_code == 200


def test_without_a_token_only_the_door_is_seen(locked: TestClient) -> None:
    for path in (
        "/api/v1/tracks",
        "/api/v1/jobs",
        "/api/v1/openapi.json",
        "/metrics",
        "/api/v1/roots",
        "/api/v1/none",
    ):
        answer = locked.get(path)
        assert answer.status_code == 401, path
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.json()["error"]["code"] == "access"
    assert locked.get("/api/v1/health").status_code == 200
    assert "tracks" not in locked.get("/api/v1/health").json()["result"]
    told = locked.get("/api/v1/info").json()["result"]
    assert told["token_needed"] and told["user"] is None and "limits" not in told


@pytest.mark.parametrize(
    "sent",
    [
        "Bearer wrong",
        "Bearer",
        "Bearer ",
        f"Basic {TOKEN}",
        TOKEN,
        f"Bearer {TOKEN}x",
        f"bearer {TOKEN[:-1]}",
    ],
)
def test_a_wrong_token_is_refused(locked: TestClient, sent: str) -> None:
    assert locked.get("/api/v1/tracks", headers={"authorization": sent}).status_code == 401


def test_a_token_opens_the_door_and_so_does_the_cookie_for_it(locked: TestClient) -> None:
    assert locked.get("/api/v1/tracks", headers={"authorization": f"Bearer {TOKEN}"}).status_code == 200
    begun = locked.post("/api/v1/session", json={"token": TOKEN})
    assert begun.json()["result"] == {"user": "owner"}
    cookie = begun.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=strict" in cookie and TOKEN not in cookie
    assert locked.get("/api/v1/info").json()["result"]["user"] == "owner"
    old = locked.cookies["tunelens"]
    assert locked.delete("/api/v1/session").status_code == 204
    locked.cookies.clear()
    assert locked.get("/api/v1/tracks", headers={"cookie": f"tunelens={old}"}).status_code == 401
    assert locked.post("/api/v1/session", json={"token": "wrong"}).status_code == 401


def test_tokens_cannot_be_guessed_quickly() -> None:
    guesses = Guesses(most=3, within_s=60, callers=2)
    for _ in range(3):
        guesses.check("192.0.2.1")
        guesses.wrong("192.0.2.1")
    with pytest.raises(BusyError):
        guesses.check("192.0.2.1")
    guesses.check("192.0.2.2")
    for other in ("192.0.2.2", "192.0.2.3"):
        guesses.wrong(other)
    guesses.check("192.0.2.1")  # forgotten: memory has an end


def test_long_heads_are_refused_and_what_is_allowed_is_not(client: TestClient) -> None:
    long = {"params": {"x": "a" * 40_000}}, {"headers": {"x": "a" * 40_000}}
    for sent in long:
        refused = client.get("/api/v1/info", **sent)
        assert refused.status_code == 431 and refused.json()["error"]["hint"]
    assert client.get("/api/v1/info", params={"x": "a" * 20_000}).status_code == 200


@pytest.mark.parametrize("kind", ["map", "backup"])
def test_a_job_tells_who_asked_for_it(locked: TestClient, kind: str) -> None:
    asked = locked.post(f"/api/v1/jobs/{kind}", headers={"authorization": f"Bearer {TOKEN}"}, json={})
    assert asked.status_code == 202 and asked.json()["result"]["owner"] == "owner"


def test_who_guesses_shuts_nobody_else_out(locked: TestClient) -> None:
    stranger = TestClient(locked.app, ADDRESS, client=("192.0.2.1", 50000))
    statuses = [stranger.post("/api/v1/session", json={"token": "x"}).status_code for _ in range(61)]
    assert statuses == [401] * 60 + [429]
    right = {"authorization": f"Bearer {TOKEN}"}
    assert stranger.get("/api/v1/tracks", headers=right).status_code == 429
    assert locked.get("/api/v1/tracks", headers=right).status_code == 200


def test_users_are_kept_as_hashes(tmp_path: Path) -> None:
    path = tmp_path / "users.txt"
    anna, bo = add_user(path, "安娜"), add_user(path, "Bo B.")
    text = path.read_text("utf-8")
    assert anna not in text and bo not in text and hashed(anna) in text
    keys = Keys.of_file(path)
    assert (keys.user_of(anna), keys.user_of(bo), keys.user_of("")) == ("安娜", "Bo B.", None)
    again = add_user(path, "安娜")
    assert Keys.of_file(path).user_of(anna) is None
    assert Keys.of_file(path).user_of(again) == "安娜"
    if sys.platform != "win32":
        assert path.stat().st_mode & 0o077 == 0, "strangers on this machine have no business with it"


@pytest.mark.parametrize(
    "text", ["", "anna", "anna 123", f"anna {'0' * 64}\nanna {'1' * 64}", f"anna {'x' * 64}", "\xff"]
)
def test_a_bad_file_of_users_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "users.txt"
    path.write_text(text, encoding="latin-1")
    with pytest.raises(DataError, match=r"users\.txt"):
        Keys.of_file(path)
    with pytest.raises(NotFoundError):
        Keys.of_file(tmp_path / "none")


@pytest.mark.parametrize("name", ["", " ", "a\nb", " a", "#a", "x" * 101, "\x1b[2J"])
def test_a_bad_name_of_a_user_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ParameterError):
        add_user(tmp_path / "users.txt", name)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "music.example.org", ""])
def test_beyond_this_machine_a_token_is_needed(host: str) -> None:
    with pytest.raises(ParameterError, match="a token is needed"):
        ServeOptions(host=host)
    assert ServeOptions(host=host, keys=Keys.of_token(TOKEN)).host == host


@pytest.mark.parametrize(
    "site", ["*", "music.example.org", "https://a.example/", "javascript:x", "null", "https://*.a"]
)
def test_a_site_is_named_whole(site: str) -> None:
    with pytest.raises(ParameterError, match="no origin"):
        ServeOptions(allow_origins=(site,))


def test_short_tokens_are_refused() -> None:
    with pytest.raises(ParameterError, match="5 characters"):
        Keys.of_token("12345")


@pytest.mark.parametrize("path", ["/api/v1/info", "/api/v1/none", "/metrics", "/"])
def test_every_answer_tells_browsers_what_pages_may_do(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy and "object-src 'none'" in policy and "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "SAMEORIGIN"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"


def test_a_body_that_is_too_large_is_refused_announced_or_not(client: TestClient) -> None:
    large = b"[" + b" " * (17 * 2**20)
    announced = client.post("/api/v1/jobs/analyze", content=large)
    assert announced.status_code == 413
    assert announced.json()["error"]["code"] == "too_large"
    streamed = client.post("/api/v1/jobs/analyze", content=iter([large[: 2**20]] * 17))
    assert streamed.status_code == 413


def test_what_is_known_is_not_sent_again_until_something_is_written(client: TestClient) -> None:
    first = client.get("/api/v1/tracks", params={"limit": 3})
    tag = first.headers["etag"]
    assert tag.startswith('W/"')
    same = client.get("/api/v1/tracks", params={"limit": 3}, headers={"if-none-match": f'"x", {tag}'})
    assert (same.status_code, same.content) == (304, b"")
    assert client.get("/api/v1/tracks", params={"limit": 4}).headers["etag"] != tag
    house = client.app.state.house
    with house.library.database.write() as connection:
        connection.exec_driver_sql("UPDATE meta SET value = value + 1 WHERE key = 'revision'")
    later = client.get("/api/v1/tracks", params={"limit": 3}, headers={"if-none-match": tag})
    assert later.status_code == 200
    assert later.headers["etag"] != tag


def test_prometheus_is_told_of_routes_and_never_of_what_callers_send(client: TestClient) -> None:
    for number in (1, 2, 87654321):  # sums of seconds are full of nines
        client.get(f"/api/v1/tracks/{number}")
    client.get("/api/v1/whatever-a-caller-invents")
    client.request("INVENTED", "/api/v1/tracks")
    text = client.get("/metrics").text
    assert 'route="/tracks/{number}",status="404"' in text
    assert "invents" not in text and "INVENTED" not in text and "87654321" not in text
    assert 'tunelens_jobs{state="queued"} 0.0' in text
    assert "tunelens_library_tracks 12.0" in text


def test_health_tells_what_is_wrong(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    house = client.app.state.house
    with monkeypatch.context() as patch:
        patch.setattr(house.jobs, "_threads", [])
        sick = client.get("/api/v1/health")
        assert sick.status_code == 503
        assert sick.json()["result"]["checks"]["jobs"] == "no thread works"
        assert client.get("/api/v1/health", params={"live": True}).status_code == 200
    assert client.get("/api/v1/health").json()["result"]["well"]
