"""What holds for every source of charts; registering one enrols it here, and asks for an example."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.chart_server import Server, running

from tunelens.base.errors import NotFoundError, TunelensError
from tunelens.charts.chart import Chart, Entry
from tunelens.charts.read import read_chart
from tunelens.charts.registry import CHARTS

SONGS = [
    {"id": "a1", "title": "夜曲", "creator": "周杰伦", "uses": "1.2万", "more": "x"},
    {"id": "a2", "title": "b"},
]
EXPECTED = (
    Entry("a1", "夜曲", "周杰伦", use_count=12_000, more={"more": "x"}),
    Entry("a2", "b"),
)


def table(folder: Path, server: Server) -> Path:
    path = folder / "榜.csv"
    path.write_text("id,title,creator,uses,more\na1,夜曲,周杰伦,1.2万,x\na2,b,,,\n", encoding="utf-8")
    return path


def document(folder: Path, server: Server) -> Path:
    path = folder / "榜.json"
    path.write_text(json.dumps({"data": SONGS}), encoding="utf-8")
    return path


def provider(folder: Path, server: Server) -> Path:
    path = folder / "榜.toml"
    path.write_text(f'name = "榜"\nurl = "{server.on("/top", {"data": SONGS})}"\n', encoding="utf-8")
    return path


EXAMPLES: dict[str, Callable[[Path, Server], Path]] = {"csv": table, "json": document, "http": provider}


@pytest.fixture(params=list(CHARTS))
def name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def path(name: str, home: Path) -> Iterator[Path]:
    with running() as server:
        yield EXAMPLES[name](home, server)


def test_every_source_has_an_example() -> None:
    assert set(EXAMPLES) == set(CHARTS)


def test_listing_imports_nothing() -> None:
    code = (
        "import sys; from tunelens.charts.registry import CHARTS; print(len(list(CHARTS)));"
        "heavy = ('tunelens.charts.sources', 'tunelens.charts.web', 'httpx', 'httpcore', 'sqlalchemy');"
        "print([m for m in sys.modules if m.startswith(heavy)])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [str(len(CHARTS)), "[]"]


def test_it_says_what_it_is(name: str) -> None:
    assert CHARTS[name].name == name
    assert 20 < len(CHARTS[name].summary) < 100 and "\n" not in CHARTS[name].summary


def test_it_reads_what_all_read(name: str, path: Path) -> None:
    chart = read_chart(f"{name}:{path}", allow_private=True)
    assert chart.entries == EXPECTED and chart.name == "榜"
    assert chart.source and chart.fetched_at.endswith("Z") and chart.notes


def test_it_recognises_its_own_and_no_other(name: str, path: Path) -> None:
    assert [one for one in CHARTS if CHARTS[one].recognises(path)] == [name]
    assert read_chart(path, allow_private=True).entries == EXPECTED


def test_it_takes_the_columns_that_a_person_says(name: str, path: Path) -> None:
    song = read_chart(path, fields={"title": "more"}, allow_private=True).entries[0]
    assert song.title == "x" and song.more["title"] == "夜曲"


def test_it_is_saved_and_read_again(name: str, path: Path, tmp_path: Path) -> None:
    chart = read_chart(path, allow_private=True)
    assert Chart.load(chart.save(tmp_path / "kept.json")) == chart


@pytest.mark.parametrize(
    "content", [b"", b"\0" * 100, b"[" * 9999, b"\xff\xfe\xff", b"a,b\n1,2\n", b"name = 'x'"]
)
def test_rubbish_is_an_error_of_ours(name: str, path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(TunelensError):
        read_chart(f"{name}:{path}", allow_private=True)


def test_what_is_not_there_is_told(name: str) -> None:
    with pytest.raises(NotFoundError):
        read_chart(f"{name}:/nowhere/at/all")
