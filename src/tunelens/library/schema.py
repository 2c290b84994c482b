"""The tables of a library. `SCHEMA_VERSION` grows with every change to them.

A track is one file. What lists and filters need are columns of ``tracks``; the whole analysis is a JSON
document beside it, its long arrays are float32 blobs in ``vectors``.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)

SCHEMA_VERSION = 1
METADATA = MetaData()


def _of_track(primary: bool = True) -> Column:
    return Column(
        "track_id", ForeignKey("tracks.id", ondelete="CASCADE"), primary_key=primary, nullable=False
    )


meta = Table("meta", METADATA, Column("key", Text, primary_key=True), Column("value", Text, nullable=False))

tracks = Table(
    "tracks",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("path", Text, nullable=False, unique=True),
    Column("size_bytes", BigInteger, nullable=False),
    Column("mtime_ns", BigInteger, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("analyzed_at", Text, nullable=False),
    Column("versions", Text, nullable=False),
    Column("title", Text),
    Column("artist", Text),
    Column("album", Text),
    Column("year", Integer),
    Column("genre", Text),
    Column("container", Text),
    Column("codec", Text),
    Column("sr", Integer),
    Column("n_channels", Integer),
    Column("bit_rate", Integer),
    Column("duration_s", Float),
    Column("tempo_bpm", Float),
    Column("tempo_confidence", Float),
    Column("tonic", Text),
    Column("mode", Text),
    Column("key_confidence", Float),
    Column("loudness_lufs", Float),
    Column("loudness_range_lu", Float),
    Column("danceability", Float),
    Column("energy", Float),
    Column("dynamic_complexity_db", Float),
    Index("tracks_by_sha256", "sha256"),
    Index("tracks_by_size", "size_bytes"),
    sqlite_autoincrement=True,
)

analyses = Table("analyses", METADATA, _of_track(), Column("document", Text, nullable=False))

tags = Table(
    "tags",
    METADATA,
    _of_track(),
    Column("model", Text, primary_key=True),
    Column("tag", Text, primary_key=True),
    Column("group", Text, nullable=False),
    Column("word", Text, nullable=False),
    Column("probability", Float, nullable=False),
    Column("rank", Integer, nullable=False),
    Index("tags_by_word", "word", "probability"),
    sqlite_with_rowid=False,
)

vectors = Table(
    "vectors",
    METADATA,
    _of_track(),
    Column("kind", Text, primary_key=True),
    Column("version", Text, nullable=False),
    Column("layout", Text, nullable=False),
    Column("n_rows", Integer, nullable=False),
    Column("dim", Integer, nullable=False),
    Column("data", LargeBinary, nullable=False),
    Index("vectors_by_kind", "kind"),
)

layouts = Table(
    "layouts", METADATA, Column("id", Text, primary_key=True), Column("names", Text, nullable=False)
)

failures = Table(
    "failures",
    METADATA,
    Column("path", Text, primary_key=True),
    Column("size_bytes", BigInteger),
    Column("mtime_ns", BigInteger),
    Column("code", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("hint", Text),
    Column("failed_at", Text, nullable=False),
    Column("program", Text, nullable=False),
)
