"""Writing and taking back: bytes, times, permissions, the library, and everything that is refused."""

from __future__ import annotations

import io
import os
import stat
import struct
import sys

import numpy as np
import pytest
from mutagen import id3
from sqlalchemy import update
from tests.songs import id3 as id3_tag
from tests.unit.library.filetags.conftest import SAID, decoded, plan_of, put_tags, read_tags

from tunelens.base.errors import DataError, NotFoundError
from tunelens.library.filetags.journal import Journal
from tunelens.library.filetags.patch import apply_patch
from tunelens.library.filetags.swap import PREFIX
from tunelens.library.filetags.writer import writing
from tunelens.library.identity import FileStamp, sha256_of
from tunelens.library.schema import analyses, journal
from tunelens.library.store import Library
from tunelens.services.plan import Policy, plan

LONG_AGO_NS = 946_684_800_123_456_789


def write(library, path, **options):
    with writing(library) as writer:
        writer.write(plan_of(path), **options)


def undo(library):
    with writing(library) as writer:
        return [writer.undo(entry) for entry in reversed(writer.journal.entries(states=("written",)))]


def states(library):
    return [entry.state for entry in Journal(library).entries()]


def next_step(library, path):
    (step,) = plan([path], library, Policy({"descriptors": "1"}, "0"))
    return step.action


def test_written_and_undone_is_the_same_file_to_the_byte_and_the_nanosecond(song, library, hold):
    os.utime(song, ns=(LONG_AGO_NS, LONG_AGO_NS))
    before, heard = song.read_bytes(), decoded(song)
    hold(song)
    write(library, song)
    assert read_tags(song) == SAID
    np.testing.assert_array_equal(decoded(song), heard)
    assert song.stat().st_mtime_ns != LONG_AGO_NS
    assert next_step(library, song) == "skip"
    undo(library)
    assert song.read_bytes() == before
    assert song.stat().st_mtime_ns == LONG_AGO_NS
    assert next_step(library, song) == "skip"
    assert states(library) == ["undone"]
    assert [path.name for path in song.parent.iterdir()] == [song.name]


def test_the_patch_is_small_beside_the_file(song, library, hold):
    put_tags(song, {"genre": ("Old", "older")})
    before = song.read_bytes()
    hold(song)
    write(library, song)
    (entry,) = Journal(library).entries()
    patch = Journal(library).patch(entry)
    assert len(patch) < 500 + len(before) // 100
    out = io.BytesIO()
    with song.open("rb") as file:
        apply_patch(file, patch, out)
    assert out.getvalue() == before


def test_a_picture_that_moves_within_the_tags_is_not_in_the_patch(take, library, hold):
    path = take("bare.mp3")
    picture = id3.APIC(mime="image/png", type=3, data=np.random.default_rng(3).bytes(200_000))
    genre = id3.TCON(encoding=3, text=["an older and longer genre than the new one"])
    path.write_bytes(id3_tag(4, genre, picture) + path.read_bytes())
    before = path.read_bytes()
    hold(path)
    write(library, path)
    (entry,) = Journal(library).entries()
    assert len(Journal(library).patch(entry)) < 500
    undo(library)
    assert path.read_bytes() == before


def test_id3v1_behind_the_sound_is_no_part_of_it(take, library, hold):
    # FFmpeg hands such a tag to its decoder with the last packet: id3v1v2-combined.mp3 of mutagen was refused
    path = take("bare.mp3")
    path.write_bytes(id3_tag(4) + path.read_bytes()[:-300] + b"TAG" + bytes(124) + b"\xff")
    before = path.read_bytes()
    hold(path)
    write(library, path)
    assert path.read_bytes()[-1] == 8  # Jazz
    undo(library)
    assert path.read_bytes() == before


def test_a_flac_without_comments_gets_them(take, library, hold):
    path = take("song.flac")
    raw = path.read_bytes()
    end = at = 4 + 4 + 34
    last = False
    while not last:
        last, size = bool(raw[at] & 0x80), int.from_bytes(raw[at + 1 : at + 4], "big")
        at += 4 + size
    path.write_bytes(raw[:4] + b"\x80" + raw[5:end] + raw[at:])
    before = path.read_bytes()
    hold(path)
    write(library, path)
    assert read_tags(path) == SAID
    undo(library)
    assert path.read_bytes() == before


@pytest.mark.parametrize("magic", [b"MAC ", b"MP+\x07", b"MPCK", b"OFR ", b"tBaK"])
@pytest.mark.parametrize("end", [b"", b"TAG" + bytes(125)])
def test_what_nobody_here_can_encode_gets_a_tag_behind_its_untouched_bytes(tmp_path, library, magic, end):
    path = tmp_path / "song.ape"
    sound = magic + np.random.default_rng(5).bytes(5000)
    path.write_bytes(sound + end)
    write(library, path)
    assert path.read_bytes().startswith(sound + b"APETAGEX")
    assert read_tags(path) == SAID
    undo(library)
    assert path.read_bytes() == sound + end


def test_the_library_follows(take, library, hold):
    path = take("song.flac")
    number = hold(path)
    revision = library.revision()
    write(library, path)
    track, analysis = library.track(number), library.get(number)
    assert track.sha256 == analysis.content_sha256 == sha256_of(path)
    assert FileStamp(track.size_bytes, track.mtime_ns) == analysis.stamp == FileStamp.of(path)
    assert track.genre == analysis.info.genre
    assert track.genre.startswith("Jazz")
    assert library.revision() > revision
    undo(library)
    assert library.track(number).genre is None


def test_times_permissions_and_attributes_stay(take, library, hold):
    path = take("bare.mp3")
    path.chmod(0o640)
    try:
        os.setxattr(path, "user.mood", "开心".encode())
        has_attributes = True
    except OSError:
        has_attributes = False
    os.utime(path, ns=(LONG_AGO_NS, LONG_AGO_NS))
    hold(path)
    write(library, path, keep_mtime=True)
    assert read_tags(path) == SAID
    assert path.stat().st_mtime_ns == LONG_AGO_NS
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert not has_attributes or os.getxattr(path, "user.mood") == "开心".encode()
    assert next_step(library, path) == "skip"


def test_a_link_stays_a_link_and_both_tracks_follow(take, library, hold, tmp_path):
    path = take("song.ogg")
    link = tmp_path / "link.ogg"
    link.symlink_to(path)
    hold(path)
    hold(link)
    write(library, link)
    assert link.is_symlink()
    assert read_tags(path) == SAID
    assert [next_step(library, one) for one in (path, link)] == ["skip", "skip"]


def _hard_link(path):
    path.with_name("other name").hardlink_to(path)


def _protect(path):
    path.chmod(0o444)


def _change(path):
    path.write_bytes(path.read_bytes() + b"!")


@pytest.mark.parametrize(
    ("happens", "words"),
    [(_hard_link, "hard links"), (_protect, "write-protected"), (_change, "was changed since")],
)
def test_what_may_not_be_replaced_is_told_and_left(take, library, hold, happens, words):
    path = take("id3v24.mp3")
    hold(path)
    planned = plan_of(path)
    happens(path)
    before = path.read_bytes()
    with writing(library) as writer, pytest.raises(DataError, match=words):
        writer.write(planned)
    assert path.read_bytes() == before
    assert states(library) == []


def test_a_file_that_has_gone_is_told(take, library, hold):
    path = take("id3v24.mp3")
    hold(path)
    planned = plan_of(path)
    path.unlink()
    with writing(library) as writer, pytest.raises(NotFoundError, match="gone"):
        writer.write(planned)


def test_a_file_that_changes_while_it_is_written_to_is_left(take, library, hold):
    path = take("id3v24.mp3")
    hold(path)
    planned = plan_of(path)

    def step(name):
        if name == "noted":
            _change(path)

    with writing(library, step) as writer, pytest.raises(DataError, match="while it was written"):
        writer.write(planned)
    assert path.read_bytes().endswith(b"!")
    assert states(library) == ["pending"]  # nobody can tell: it is neither the old nor the new one


def test_the_journal_is_on_the_disk_before_the_file_is_replaced(take, library, hold):
    path = take("id3v24.mp3")
    hold(path)
    seen = {}

    def step(name):
        seen[name] = (states(library), read_tags(path) == SAID)

    with writing(library, step) as writer:
        writer.write(plan_of(path))
    assert seen["checked"] == ([], False)
    assert seen["noted"] == (["pending"], False)
    assert seen["swapped"] == (["pending"], True)
    assert states(library) == ["written"]


def test_a_comment_that_would_not_survive_is_refused(take, library, hold):
    path = take("song.flac")
    put_tags(path, {"genre": ("xxxx",)})
    path.write_bytes(path.read_bytes().replace(b"GENRE=xxxx", b"TITLE=\xc1\xbd\xd6\xbb"))  # GBK
    hold(path)
    before = path.read_bytes()
    with writing(library) as writer, pytest.raises(DataError, match="would not survive"):
        writer.write(plan_of(path))
    assert path.read_bytes() == before


def test_sound_that_would_not_survive_is_refused(take, library, hold):
    path = take("song.wav")
    raw = path.read_bytes()
    at = raw.index(b"data") + 4
    more = struct.pack("<I", len(raw))  # sound up to the end of the file, whatever comes there
    path.write_bytes(raw[:at] + more + raw[at + 4 :])
    hold(path)
    before = path.read_bytes()
    with writing(library) as writer, pytest.raises(DataError, match="sound would not survive"):
        writer.write(plan_of(path))
    assert path.read_bytes() == before


def test_undo_of_what_somebody_has_restored_is_done(take, library, hold):
    path = take("song.flac")
    before = path.read_bytes()
    hold(path)
    write(library, path)
    path.write_bytes(before)
    undo(library)
    assert states(library) == ["undone"]
    assert next_step(library, path) == "skip"


def test_undo_refuses_what_another_program_has_changed(take, library, hold):
    path = take("song.flac")
    hold(path)
    write(library, path)
    put_tags(path, {"genre": ("mine",)})
    mine = path.read_bytes()
    with pytest.raises(DataError, match="another program"):
        undo(library)
    assert path.read_bytes() == mine
    assert states(library) == ["written"]


def test_undo_of_an_earlier_batch_names_the_later_one(take, library, hold):
    path = take("song.flac")
    before = path.read_bytes()
    hold(path)
    write(library, path)
    with writing(library) as writer:
        writer.write(plan_of(path, {"genre": ("Rock",)}))
        first, _ = writer.journal.entries()
        with pytest.raises(DataError, match="by batch 2; undo that first"):
            writer.undo(first)
    undo(library)
    assert path.read_bytes() == before


def test_undo_restores_a_file_whose_permissions_were_changed(take, library, hold):
    path = take("song.flac")
    before = path.read_bytes()
    hold(path)
    write(library, path)
    path.chmod(0o600)
    undo(library)
    assert path.read_bytes() == before
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_that_a_scan_has_found_elsewhere_can_be_undone(take, library, hold, tmp_path):
    path = take("song.flac")
    before = path.read_bytes()
    hold(path)
    write(library, path)
    moved = path.rename(tmp_path / "moved.flac")
    assert next_step(library, moved) == "moved"
    assert undo(library) == [moved]
    assert moved.read_bytes() == before
    assert next_step(library, moved) == "skip"


def test_a_time_beyond_all_times_is_told(take, library, hold):
    path = take("song.flac")
    hold(path)
    try:
        os.utime(path, (1.5e10, 1.5e10))
    except OSError:
        pytest.skip("this disk has no such times")
    if path.stat().st_mtime < 1e10:
        pytest.skip("this disk has no such times")
    with writing(library) as writer, pytest.raises(DataError, match="time of change"):
        writer.write(plan_of(path))


def test_a_name_that_is_not_utf8(take, library, hold, tmp_path):
    path = take("song.flac").rename(tmp_path / os.fsdecode(b"caf\xe9.flac"))
    before = path.read_bytes()
    hold(path)
    write(library, path)
    assert read_tags(path) == SAID
    assert next_step(library, path) == "skip"
    undo(library)
    assert path.read_bytes() == before


def test_a_damaged_row_of_the_library_does_not_stop_the_journal(take, library, hold):
    path = take("song.flac")
    number = hold(path)
    with library.database.write() as connection:
        connection.execute(update(analyses).values(document="{torn"))
    write(library, path)
    assert states(library) == ["written"]
    assert library.track(number).sha256 == sha256_of(path)


def test_only_one_process_writes_for_a_library(library):
    with writing(library), pytest.raises(DataError, match="another process"), writing(library):
        pass


def test_a_library_under_another_name_has_the_same_lock(library, tmp_path):
    link = tmp_path / "elsewhere" / "link.db"
    link.parent.mkdir()
    link.symlink_to(library.path)
    with Library.open(link) as other, writing(library):
        refused = pytest.raises(DataError, match="another process")
        with refused, writing(other):
            pass


def test_an_error_after_the_file_was_replaced_says_that_it_was(take, library, hold):
    path = take("song.flac")
    hold(path)
    planned, before = plan_of(path), path.read_bytes()

    def step(name):
        with library.database.bare() as connection:
            words = "journal BEGIN SELECT RAISE(FAIL, 'full'); END"
            if name == "swapped":
                connection.execute(f"CREATE TRIGGER full BEFORE UPDATE ON {words}")

    with writing(library, step) as writer, pytest.raises(DataError, match="is changed, but"):
        writer.write(planned)
    assert read_tags(path) == SAID
    with library.database.bare() as connection:
        connection.execute("DROP TRIGGER full")
    undo(library)
    assert path.read_bytes() == before


def test_what_a_killed_process_left_is_removed(take, library, hold):
    path = take("song.flac")
    hold(path)
    with writing(library) as writer:
        left = path.with_name(f"{PREFIX}{writer._mark}-x1")
        other = path.with_name(f"{PREFIX}of-another-library")
        left.touch()
        other.touch()
        writer.write(plan_of(path))
    assert not left.exists()
    assert other.exists()


def test_a_damaged_patch_changes_nothing(take, library, hold):
    path = take("song.flac")
    hold(path)
    write(library, path)
    after = path.read_bytes()
    with library.database.write() as connection:
        connection.execute(update(journal).values(patch=b"TLP1 nonsense"))
    with pytest.raises(DataError, match="damaged"):
        undo(library)
    assert path.read_bytes() == after


@pytest.mark.skipif(sys.platform == "win32", reason="sets a limit on the size of files")
def test_a_disk_without_room_is_told_and_nothing_is_left(take, library, hold):
    import resource

    path = take("song.flac")
    hold(path)
    planned, before = plan_of(path), path.read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    with writing(library) as writer:
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) // 2, limits[1]))
        try:
            with pytest.raises(DataError, match="cannot be replaced"):
                writer.write(planned)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert path.read_bytes() == before
    assert [one.name for one in path.parent.iterdir()] == [path.name]
    assert states(library) == []
