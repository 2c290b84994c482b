"""Nothing outside the roots is let in or opened, however it is called."""

from __future__ import annotations

import builtins
import os
import socket
import sys
import threading
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tunelens.base.errors import NotFoundError, ParameterError
from tunelens.library.identity import path_to_text
from tunelens.services.roots import FILES, Roots

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="makes links")
SECRET = b"secret"
NAMES = (
    "a.wav",
    "专辑",
    "歌 曲.flac",
    "link",
    "loop",
    "out",
    "..",
    ".",
    "",
    "secret",
    "etc",
    "passwd",
    "pipe",
)


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> tuple[Roots, Path]:
    """A root with links of every kind that lead out of it, and a secret beside it."""
    top = tmp_path_factory.mktemp("roots")
    root, outside = top / "music", top / "outside"
    (root / "专辑").mkdir(parents=True)
    outside.mkdir()
    (outside / "secret").write_bytes(SECRET)
    (outside / "a.wav").write_bytes(SECRET)
    (top / "music2").mkdir()  # its name begins as the root's does
    (top / "music2" / "a.wav").write_bytes(SECRET)
    (root / "a.wav").write_bytes(b"sound")
    (root / "专辑" / "歌 曲.flac").write_bytes(b"sound")
    (root / os.fsdecode(b"caf\xe9.wav")).write_bytes(b"sound")
    (root / "inside").symlink_to(root / "专辑")
    (root / "link").symlink_to(outside / "secret")
    (root / "out").symlink_to(outside)
    (root / "up").symlink_to("..")
    (root / "loop").symlink_to(root / "loop")
    os.mkfifo(root / "pipe")
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(root / "socket"))
    return Roots([root]), top


def paths(top: Path) -> st.SearchStrategy[str]:
    """Paths made of names that are there, of dots, and of whatever else."""
    name = st.one_of(st.sampled_from(NAMES), st.text(max_size=8), st.just("x" * 300))
    parts = st.lists(name, max_size=8).map("/".join)
    starts = st.sampled_from(
        (
            "",
            "/",
            "//",
            str(top),
            f"{top}/music",
            f"{top}/music2/",
            f"{top}/music/../outside/",
            "C:\\",
            "\\\\host\\share\\",
            "~/",
            "file://",
        )
    )
    plain = st.tuples(starts, parts).map("".join)
    changes = st.sampled_from(
        (
            str,
            quote,
            lambda text: quote(quote(text)),
            lambda text: text.replace("/", "\\"),
            lambda text: text + "\0.wav",
            lambda text: text.replace(".", "．"),
            lambda text: text.replace("..", "..%2f"),
            lambda text: text * 400,
        )
    )
    return st.tuples(plain, changes).map(lambda pair: pair[1](pair[0]))


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_let_in_lies_inside(places: tuple[Roots, Path], data: st.DataObject) -> None:
    roots, top = places
    text = data.draw(paths(top))
    try:
        found = roots.resolve(text)
    except NotFoundError as error:
        assert str(top / "outside") not in error.message or str(top / "outside") in text
        return
    real = os.path.realpath(found)
    assert real == str(top / "music") or real.startswith(f"{top}/music/")
    assert Path(real).is_dir() or Path(real).is_file()


@pytest.mark.parametrize(
    "text",
    [
        "../outside/secret",
        "/etc/passwd",
        "link",
        "out/secret",
        "up/outside/secret",
        "inside/../../outside/secret",
        "..\\outside\\secret",
        "C:\\Windows\\win.ini",
        "\\\\host\\share\\a.wav",
        "..%2foutside%2fsecret",
        "%2e%2e/outside/secret",
        "..%c0%afoutside/secret",
        "．．/outside/secret",
        "a.wav\0.txt",
        "\0",
        "",
        "x" * 5000,
        "a/" * 3000,
        "loop",
        "loop/a.wav",
        "pipe",
        "socket",
        "/dev/zero",
        "/proc/self/environ",
        "~/.ssh/id_rsa",
        "file:///etc/passwd",
        "http://127.0.0.1/",
        "\ud800",
    ],
)
def test_ways_out_that_are_known_lead_nowhere_and_tell_nothing(places: tuple[Roots, Path], text: str) -> None:
    roots, _ = places
    with pytest.raises(NotFoundError, match="not in the folders of this server"):
        roots.resolve(text)


def test_what_is_inside_is_found_by_every_right_name(places: tuple[Roots, Path]) -> None:
    roots, top = places
    music = top / "music"
    names = (
        "a.wav",
        "专辑/歌 曲.flac",
        "专辑/../a.wav",
        "inside/歌 曲.flac",
        os.fsdecode(b"caf\xe9.wav"),
        "专辑",
        ".",
    )
    for name in names:
        whole = path_to_text(music / name)
        assert roots.resolve(whole) == Path(os.path.normpath(music / name))
    assert roots.resolve("a.wav") == music / "a.wav"


def test_nothing_outside_is_opened_or_looked_into(
    places: tuple[Roots, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system is asked nothing about a path whose name alone is outside."""
    roots, top = places
    asked: list[str] = []
    for name in ("stat", "lstat", "open", "readlink", "scandir", "listdir"):
        real = getattr(os, name)

        def watched(path: object = ".", *rest: object, real: object = real, **more: object) -> object:
            asked.append(os.fspath(path) if isinstance(path, str | os.PathLike) else "")
            return real(path, *rest, **more)  # type: ignore[operator]

        monkeypatch.setattr(os, name, watched)
    monkeypatch.setattr(builtins, "open", lambda *_, **__: asked.append("opened"))
    for text in ("../outside/secret", "/etc/passwd", f"{top}/music2/a.wav", "//host/share/a", "/dev/zero"):
        with pytest.raises(NotFoundError):
            roots.resolve(text)
    assert asked == []


def test_a_listing_shows_what_may_be_named_and_no_more(places: tuple[Roots, Path]) -> None:
    roots, top = places
    (root,) = roots.browse()
    assert root.path == top / "music"
    names = [entry.path.name for entry in roots.browse(str(top / "music"))]
    assert names == ["inside", "专辑", "a.wav", os.fsdecode(b"caf\xe9.wav")]
    for text in ("..", "out", str(top), "a.wav"):
        with pytest.raises(NotFoundError):
            roots.browse(text)


def test_tables_are_listed_where_they_are_asked_for(places: tuple[Roots, Path]) -> None:
    roots, top = places
    (top / "music" / "inside" / "榜单.csv").write_text("歌名\n", encoding="utf-8")
    (top / "music" / "inside" / "secret.txt.gpg").write_bytes(b"")
    listed = {
        files: {one.path.name for one in roots.browse(str(top / "music" / "inside"), files)}
        for files in FILES
    }
    assert "榜单.csv" not in listed["audio"]
    assert "榜单.csv" in listed["tables"]
    assert listed["any"] == listed["audio"] | listed["tables"]
    assert not any("secret" in name for name in listed["any"])


def test_a_link_that_changes_while_a_file_is_opened_leads_nowhere(tmp_path: Path) -> None:
    """Somebody swaps a folder for a link again and again: the secret is never read."""
    root, outside = tmp_path / "music", tmp_path / "outside"
    (root / "safe").mkdir(parents=True)
    outside.mkdir()
    (root / "safe" / "a.wav").write_bytes(b"sound")
    (outside / "a.wav").write_bytes(SECRET)
    (root / "link").symlink_to(outside)
    (root / "now").symlink_to("safe")
    roots, over = Roots([root]), threading.Event()

    def swap() -> None:
        while not over.is_set():
            for target in ("safe", "link"):
                (root / "next").symlink_to(target)
                (root / "next").rename(root / "now")

    thread = threading.Thread(target=swap)
    thread.start()
    read = []
    try:
        for _ in range(3000):
            try:
                with roots.open(roots.resolve("now/a.wav")) as file:
                    read.append(file.read())
            except NotFoundError:
                read.append(b"")
    finally:
        over.set()
        thread.join()
    assert SECRET not in read
    assert b"sound" in read


def test_a_root_is_a_folder(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="no folder"):
        Roots([tmp_path / "none"])


@given(st.text(max_size=30))
@example("/")
@settings(max_examples=50, deadline=None)
def test_without_roots_nothing_may_be_named(text: str) -> None:
    with pytest.raises(NotFoundError):
        Roots().resolve(text)
