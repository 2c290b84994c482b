"""After any changes a library is sound, and a backup brings back exactly what was there."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.libraries import v1

from tunelens.base.errors import DecodeError, NotFoundError
from tunelens.library.analysis import Analysis
from tunelens.library.identity import FileStamp
from tunelens.library.store import Library
from tunelens.services import upkeep

NAMES = ("/m/a.wav", "/m/两只老虎.wav", "/m/caf\udce9.wav", "/m/100%_'.wav")
names = st.sampled_from(NAMES)
titles = st.one_of(st.none(), st.text(max_size=20))
steps = st.lists(
    st.one_of(
        st.tuples(st.just("put"), names, st.integers(1, 3), titles),
        st.tuples(st.just("remove"), names),
        st.tuples(st.just("move"), names, names),
        st.tuples(st.just("fail"), names, st.integers(1, 3)),
    ),
    max_size=8,
)


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Analysis]:
    """Three real analyses, with the tags of a net."""
    with Library.open(v1(tmp_path_factory.mktemp("heard") / "music.db")) as library:
        return {number: library.get(number) for number in (1, 2, 3)}


def take(library: Library, heard: dict[int, Analysis], step: tuple) -> None:
    what, path = step[0], Path(step[1])
    if what == "put":
        one = heard[step[2]]
        library.put(replace(one, path=path, info=replace(one.info, title=step[3])))
    elif what == "fail":
        library.put_failure(path, DecodeError("no sound"), FileStamp(step[2], 1))
    elif what == "move" and (known := library.known([path]).get(path)):
        library.relocate(known, Path(step[2]), known.stamp)
    elif what == "remove":
        try:
            library.remove(path)
        except NotFoundError:
            assert library.known([path]) == {}


def rows(path: Path) -> dict[str, list]:
    """Everything but the counts of changes, which a restore sets ahead."""
    with closing(sqlite3.connect(path)) as raw:
        tables = ("analyses", "tags", "vectors", "prints", "texts", "failures", "layouts")
        found = {name: sorted(map(repr, raw.execute(f"SELECT * FROM {name}"))) for name in tables}
        columns = [row[1] for row in raw.execute("PRAGMA table_info(tracks)") if row[1] != "revision"]
        return found | {"tracks": list(raw.execute(f"SELECT {', '.join(columns)} FROM tracks ORDER BY id"))}


@settings(max_examples=25, deadline=None)
@given(before=steps, after=steps)
def test_any_changes_leave_a_sound_library_and_a_backup_takes_them_back(heard, before, after):
    with TemporaryDirectory() as folder:
        path, copy = Path(folder) / "music.db", Path(folder) / "copy.db"
        with Library.open(path) as library:
            for step in before:
                take(library, heard, step)
        assert upkeep.check(path).ok
        upkeep.back_up(path, copy)
        then = rows(path)
        assert rows(copy) == then
        with Library.open(path) as library:
            for step in after:
                take(library, heard, step)
            now = library.revision()
        assert upkeep.check(path).ok
        upkeep.restore(copy, path)
        assert rows(path) == then
        with Library.open(path) as library:
            assert library.revision() > now
        assert upkeep.check(path).ok
