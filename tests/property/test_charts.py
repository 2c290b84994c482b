"""Names of files, numbers and dates of charts: what holds for every text."""

from __future__ import annotations

import json
import unicodedata
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from ipaddress import IPv4Address, IPv4Network, IPv6Address
from pathlib import Path, PurePosixPath, PureWindowsPath
from tempfile import TemporaryDirectory

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tunelens.base.errors import ParameterError, TunelensError
from tunelens.charts.chart import Chart, Entry
from tunelens.charts.flat import flat, text_of
from tunelens.charts.manifest import Item, is_plain_name, plain_cell, read_manifest, write_manifest
from tunelens.charts.mojibake import repaired
from tunelens.charts.names import LONGEST_BYTES, folded, safe_stem, song_stem, unused
from tunelens.charts.paths import all_at, steps_of
from tunelens.charts.read import read_chart
from tunelens.charts.values import count, date_order, duration, iso_date, rank
from tunelens.charts.web.addresses import is_public
from tunelens.charts.web.fetcher import checked, told

few = settings(max_examples=40, deadline=None)
many = settings(max_examples=100, deadline=None)
anything = st.text(max_size=400)
tricky = st.text(alphabet="./\\:*?\"<>|~ \0\n\u202e\u200f\u0301CONnul1aA夜🎵ﬁİß\ud800[]()-=+@'", max_size=60)
texts = st.one_of(
    anything, tricky, st.sampled_from(["CON", "aux.txt", "COM¹", "nul .mp3", "..", " . ", "~", "-rf"])
)

DEVICES = {"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"} | {
    f"{port}{n}" for port in ("COM", "LPT") for n in "0123456789¹²³"
}


def check_name(name: str) -> None:
    assert name and len(name.encode("utf-8")) <= 255 and len(name.encode("utf-16-le")) // 2 <= 255
    assert not set(name) & set('<>:"/\\|?*') and not name.endswith((" ", "."))
    assert not name.startswith((".", "-", "=", "+", "@", "~", " "))
    assert not any(unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for char in name)
    assert name.split(".", maxsplit=1)[0].rstrip(" ").upper() not in DEVICES
    assert PureWindowsPath(name).parts == PurePosixPath(name).parts == (name,)
    assert unicodedata.is_normalized("NFC", name) and is_plain_name(name)


@many
@given(texts, texts, texts)
@example("", "", "")
@example("A", "CON", "")
@example("", "", "A\x1b\u0300")
@example("", "AUX.0", "")
@example("e" + "\u0301" * 300, "夜" * 400, "x")
def test_every_song_has_a_name_that_every_system_takes(creator: str, title: str, music_id: str) -> None:
    check_name(song_stem(creator, title, music_id) + ".webm")
    assert len(song_stem(creator, title, music_id).encode()) <= LONGEST_BYTES
    plain = safe_stem(title)
    if plain:
        check_name(plain)
        assert safe_stem(plain) == plain


@few
@given(st.lists(st.tuples(tricky, tricky, tricky), max_size=12))
def test_names_of_one_folder_are_unique_and_can_be_made(songs: list[tuple[str, str, str]]) -> None:
    taken: set[str] = set()
    with TemporaryDirectory() as name:
        folder = Path(name)
        for song in songs:
            file = unused(song_stem(*song), ".mp3", taken)
            taken.add(folded(file))
            with (folder / file).open("x"):
                assert (folder / file).resolve().parent == folder.resolve()
        assert len(list(folder.iterdir())) == len(songs) == len(taken)


@many
@given(st.integers(0, 10**14))
def test_counts_are_read_however_they_are_written(n: int) -> None:
    for text in (str(n), f"{n:,}", f" {n} ", f"{n}次", f"+{n:,}", f"{n}.0", chr(0xFF10) + str(n)):
        assert count(text) == n
    assert count(f"-{n}") == -n


SCALES = [("k", 3), ("万", 4), ("w", 4), ("M", 6), ("亿", 8), ("B", 9)]


@many
@given(st.decimals(0, 9999, places=2), st.sampled_from(SCALES))
def test_counts_in_thousands_and_more(value, scale: tuple[str, int]) -> None:
    word, power = scale
    assert count(f"{value}{word}") == round(float(value) * 10**power)


@many
@given(st.integers(1, 359_999))
def test_durations_are_read_however_they_are_written(seconds: int) -> None:
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    written = [
        str(seconds), f"{seconds}s", f"{seconds} 秒", f"{1000 * seconds}ms",
        f"{hours}:{minutes:02d}:{rest:02d}", f"{seconds // 60}:{rest:02d}",
        f"{hours}小时{minutes}分{rest}秒", f"{hours}h {minutes}m {rest}s",
    ]  # fmt: skip
    assert {duration(text) for text in written} == {float(seconds)}
    assert duration(str(1000 * seconds), "ms") == float(seconds)


@many
@given(st.dates(date(1990, 1, 1), date(2099, 12, 31)))
def test_dates_are_read_however_they_are_written(day: date) -> None:
    y, m, d = day.year, day.month, day.day
    at = datetime(y, m, d, 12, tzinfo=UTC).timestamp()
    written = [
        day.isoformat(), f"{y}/{m}/{d}", f"{y}年{m}月{d}日", f"{y}.{m:02d}.{d:02d}", f"{y}{m:02d}{d:02d}",
        f"{day:%d %b %Y}", f"{day:%B} {d}, {y}", f"{day.isoformat()}T12:00:00Z", f"{y}-{m}-{d} 12:00",
    ]  # fmt: skip
    if day >= date(2001, 9, 10):
        written += [f"{at:.0f}", f"{1000 * at:.0f}", f"{1e6 * at:.0f}"]
    assert {iso_date(text) for text in written} == {day.isoformat()}
    assert iso_date(f"{m}/{d}/{y}", "month first") == iso_date(f"{d}.{m}.{y}", "day first") == day.isoformat()


@many
@given(st.lists(st.dates(date(1990, 1, 1), date(2030, 1, 1)), min_size=1, max_size=30), st.booleans())
def test_the_order_of_days_is_never_told_wrong(days: list[date], american: bool) -> None:
    cells = [f"{day.month}/{day.day}/{day.year}" if american else f"{day:%d/%m/%Y}" for day in days]
    order = date_order(cells)
    assert order in ("either", "month first" if american else "day first")
    for cell, day in zip(cells, days, strict=True):
        read = iso_date(cell, order)
        assert read is not None and day.isoformat().startswith(read)


@many
@given(texts)
def test_no_text_breaks_a_parser(text: str) -> None:
    n, seconds, day, place = count(text), duration(text), iso_date(text), rank(text)
    assert n is None or abs(n) <= 10**15
    assert seconds is None or 0 < seconds <= 7 * 86_400
    assert place is None or place >= 1
    if day:
        date.fromisoformat(day + "-01-01"[len(day) - 4 :] if len(day) < 10 else day)


@many
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=80))
def test_text_that_was_spoilt_is_what_it_was(text: str) -> None:
    once = text.encode().decode("latin-1")
    if repaired(text) == text:  # what looks spoilt itself cannot be told from what is
        assert repaired(once) == text
    assert repaired(repaired(text)) == repaired(text)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=30,
)


@few
@given(json_values)
def test_any_json_is_a_chart_or_is_told(document: object) -> None:
    with TemporaryDirectory() as name:
        path = Path(name) / "a.json"
        path.write_text(json.dumps(document))
        with suppress(TunelensError):
            chart = read_chart(path)
            assert Chart.load(chart.save(path)) == chart


@many
@given(json_values, st.text(max_size=20))
def test_any_path_is_walked_or_refused(document: object, path: str) -> None:
    with suppress(ParameterError):
        steps_of(path)
        assert all(isinstance(text_of(value), str) for value in all_at(document, path))
    if isinstance(document, dict):
        assert all(isinstance(cell, str) for pair in flat(document).items() for cell in pair)


field = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


counts = st.none() | st.integers(-(10**15), 10**15)
entries = st.builds(Entry, field.filter(str.strip), field, field, use_count=counts)


@few
@given(st.lists(st.tuples(entries, tricky), max_size=8))
def test_a_manifest_is_read_as_it_was_written(songs: list[tuple[Entry, str]]) -> None:
    items = {item.music_id: item for song, text in songs if (item := Item.of(song, reason=plain_cell(text)))}
    with TemporaryDirectory() as name:
        write_manifest(Path(name), items.values())
        assert read_manifest(Path(name)) == items


@few
@given(st.lists(entries))
def test_a_chart_is_read_as_it_was_saved(songs: list[Entry]) -> None:
    chart = Chart("hot", tuple(songs), "source", "2021-03-05T00:00:00Z", (), ("note",))
    assert Chart.from_dict(json.loads(json.dumps(chart.to_dict()))) == chart
    assert not chart.unique().repeated and len(chart.unique()) == len({one.music_id for one in songs})


NOT_PUBLIC = [
    IPv4Network(one)
    for one in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
        "192.0.0.0/29", "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
        "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    )
]  # fmt: skip
"""Of the special-purpose registry of IANA (RFC 6890 and those after it)."""


@many
@given(st.sampled_from(NOT_PUBLIC), st.integers(0, 2**32 - 1))
def test_addresses_of_special_networks_are_not_public(network: IPv4Network, at: int) -> None:
    ip = network[at % network.num_addresses]
    n = int(ip)
    carriers = [
        ip, IPv6Address((0xFFFF << 32) + n), IPv6Address(n), IPv6Address((0x2002 << 112) + (n << 80)),
        IPv6Address((0x64FF9B << 96) + n), IPv6Address((0x20010000 << 96) + (n ^ 0xFFFFFFFF)),
    ]  # fmt: skip
    assert not any(is_public(str(one)) for one in carriers)


@many
@given(st.ip_addresses(v=4))
def test_other_addresses_are_public(ip: IPv4Address) -> None:
    if not any(
        ip in network for network in [*NOT_PUBLIC, IPv4Network("192.0.0.0/24"), IPv4Network("192.88.99.0/24")]
    ):
        assert is_public(str(ip)) and is_public(f"::ffff:{ip}")


@many
@given(st.one_of(texts, st.tuples(st.sampled_from(["http://", "https://x/", "HTTP:"]), texts).map("".join)))
def test_any_address_is_taken_or_refused(url: str) -> None:
    with suppress(TunelensError):
        assert checked(url).scheme in {"http", "https"} and checked(url).host
    assert "?" not in told(url) and len(told(url)) <= 300


def test_a_day_is_that_of_utc() -> None:
    at = datetime(2021, 3, 5, 23, 59, 59, tzinfo=UTC)
    assert iso_date(f"{at.timestamp():.0f}") == "2021-03-05"
    assert iso_date(f"{(at + timedelta(seconds=1)).timestamp():.0f}") == "2021-03-06"
