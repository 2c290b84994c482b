"""Tags of a file of more than 2 GiB: nothing counts in 32 bits, and nothing reads it into memory."""

from __future__ import annotations

import os
import resource
import struct
from pathlib import Path

import pytest

from tunelens.library.filetags import formats
from tunelens.library.filetags.journal import Journal
from tunelens.library.filetags.plan import Proposal, make_plan
from tunelens.library.filetags.writer import writing
from tunelens.library.identity import sha256_of
from tunelens.library.store import Library

SIZE = 2_400_000_000
MOST_MB = 150


@pytest.mark.slow
def test_more_than_2_gib_are_written_and_undone_in_little_memory(tmp_path: Path):
    path = tmp_path / "long mix.wav"
    form = struct.pack("<HHIIHH", 1, 2, 48000, 192_000, 4, 16)
    header = b"RIFF" + struct.pack("<I", SIZE + 36) + b"WAVEfmt " + struct.pack("<I", 16) + form
    path.write_bytes(header + b"data" + struct.pack("<I", SIZE))
    os.truncate(path, SIZE + 44)  # a file of silence takes no room on most disks
    before = sha256_of(path)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with Library.open(tmp_path / "l.db") as library, writing(library) as writer:
        writer.write(make_plan(path, before, [Proposal("genre", ("民谣",))], {"genre": "fill"}))
        assert formats.read(path, "wav").values["genre"] == ("民谣",)
        (entry,) = writer.journal.entries()
        assert len(Journal(library).patch(entry)) < 100
        writer.undo(entry)
    assert sha256_of(path) == before
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory) / 1024 < MOST_MB
