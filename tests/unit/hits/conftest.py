"""A chart with hostile titles and a reference, as tables; reports that the tests of the page share."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tunelens.services.hits import HitsReport, hits

HOSTILE = "<script>alert('x')</script><img src=http://evil.example/x.png onerror=alert(1)> \"'& 两只老虎"
FORMULA = '=HYPERLINK("http://evil.example")|a'
N = 48
SKIPPED = "select,structure"


def write_tables(folder: Path, n: int = N) -> tuple[Path, Path]:
    """Write a chart of two years with 中文 columns and a reference that is slower; both without sound."""
    rng = np.random.default_rng(5)
    chart, reference = folder / "热歌榜.csv", folder / "老歌.csv"
    head = ["歌名", "歌手", "年份", "热度", "danceability", "energy", "tempo", "valence", "genre"]
    for path, tempo in ((chart, 126.0), (reference, 96.0)):
        with path.open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(head)
            for i in range(n):
                title = (
                    {0: HOSTILE, 1: FORMULA}.get(i, f"{path.stem}{i}") if path == chart else f"{path.stem}{i}"
                )
                quick = i % 2
                rows.writerow([
                    title, f"歌手{i % 20}", 2019 + i % 3, int(rng.integers(0, 100)),
                    round(0.3 + 0.4 * quick + rng.normal(0, 0.05), 3), round(float(rng.uniform()), 3),
                    round(tempo + 12 * quick + rng.normal(0, 6), 1), round(float(rng.uniform()), 3),
                    ("pop", "rock")[int(rng.integers(0, 2))],
                ])  # fmt: skip
    return chart, reference


@pytest.fixture(scope="session")
def tables(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return write_tables(tmp_path_factory.mktemp("charts"))


@pytest.fixture(scope="session", params=["en", "zh"])
def report(
    request: pytest.FixtureRequest, tables: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HitsReport]:
    """The whole way on tables, in each language."""
    chart, reference = tables
    work = tmp_path_factory.mktemp("work") / request.param
    yield hits(chart, against=reference, language=request.param, work=work, k=2, skip=SKIPPED)
