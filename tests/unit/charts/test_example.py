"""The example and the page say what works."""

from __future__ import annotations

import re
import runpy
import threading
from pathlib import Path

import pytest
from tests.chart_server import tone

from tunelens.charts.columns import FIELDS
from tunelens.charts.download import download
from tunelens.charts.match import match_audio
from tunelens.charts.provider import Paging, Provider, load_provider, provider_of
from tunelens.charts.read import read_chart
from tunelens.charts.values import count, duration, iso_date, rank
from tunelens.charts.web.limits import WebLimits

ROOT = Path(__file__).resolve().parents[3]
EXAMPLE = ROOT / "examples" / "charts"
PAGE = (ROOT / "docs" / "charts.md").read_text("utf-8")


def test_the_example_reads_the_example(home: Path) -> None:
    music = home / "music" / "儿歌"
    music.mkdir(parents=True)
    for i in range(23):
        (music / f"歌 {i:02d}.wav").write_bytes(tone(200 + i))
    server = runpy.run_path(str(EXAMPLE / "server.py"))["serve"](home / "music", 0)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        described = (EXAMPLE / "provider.toml").read_text("utf-8")
        path = home / "provider.toml"
        address = f"127.0.0.1:{server.server_address[1]}"
        quick = described.replace("127.0.0.1:8123", address).replace("per_second = 5", "per_second = 100")
        path.write_text(quick, encoding="utf-8")
        chart = read_chart(path, allow_private=True)
        assert (len(chart), chart.entries[4].title, chart.entries[4].creator) == (23, "歌 04", "儿歌")
        assert chart.entries[4].use_count == 15_000 and chart.entries[4].rank == 5
        done = download(chart.top(2), home / "audio", allow_private=True)
        assert done.n_done == 2
        assert {pair.how for pair in match_audio(chart, home / "audio").pairs} == {"manifest"}
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def test_the_descriptions_on_the_page_are_right() -> None:
    import tomllib

    told = [tomllib.loads(text) for text in re.findall(r"```toml\n(.*?)```", PAGE, re.S)]
    assert len(told) == 2
    assert provider_of(told[0]) == load_provider(EXAMPLE / "provider.toml")
    assert provider_of(told[1]).places == ("kind", "day")


def test_the_names_on_the_page_are_right() -> None:
    rows = {row[0]: row[1] for row in re.findall(r"^\| `(\w+)` \| (.*?) \|", PAGE, re.M) if row[0] in FIELDS}
    assert set(rows) == set(FIELDS)
    for field, names in rows.items():
        for name in names.replace("`", "").replace(",", "").split():
            assert name.casefold() in FIELDS[field], (field, name)


@pytest.mark.parametrize(
    ("field", "read", "expected"),
    [
        ("duration_s", duration, {215.0, 3815.0}),
        ("use_count", count, {12_345, 12_000, 300_000_000, 1_500_000, 2_000, 100_000, 5_000}),
        ("rank", rank, {3}),
        ("date", iso_date, {"2021-03-05"}),
    ],
)
def test_the_examples_of_cells_on_the_page_are_right(field, read, expected: set) -> None:
    row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{field}`"))
    cells = re.findall(r"`([^`]*)`", row.split("|")[3])
    assert cells and {read(cell) for cell in cells} == expected


def test_the_limits_on_the_page_are_right() -> None:
    row = next(line for line in PAGE.splitlines() if line.startswith("| `[limits]`"))
    for name, value in re.findall(r"`(\w+)` \((\d+)\)", row):
        usual = Provider("x", "http://x").max_age_s if name == "max_age_s" else getattr(WebLimits(), name)
        assert usual == int(value), name
    assert WebLimits().body_bytes == 32 << 20 and Paging().max_pages == 100
