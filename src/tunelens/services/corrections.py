"""What people say of labels: kept, learned from, and asked for where it teaches most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tunelens.base.errors import NotFoundError, ParameterError
from tunelens.library.corrections.correction import Correction
from tunelens.library.corrections.heads import Heads
from tunelens.library.corrections.store import Corrections, Vocabulary
from tunelens.library.fulltext import tag_word
from tunelens.library.store import Library
from tunelens.library.track import Track
from tunelens.models.bundles.files import pack_arrays
from tunelens.models.correcting import FEWEST
from tunelens.services.learning import Change, LabelRow, LeftOut, Question, Room

MOST_SHOWN, N_ASKED = 500, 10


@dataclass(frozen=True)
class Noted:
    """What a person said of one track, as it is kept."""

    track: Track
    corrections: tuple[Correction, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON knows them."""
        return {
            "id": self.track.id,
            "track": self.track.name,
            "corrections": [one.to_dict() for one in self.corrections],
        }


@dataclass(frozen=True)
class Learned:
    """What learning from corrections gave.

    Parameters
    ----------
    vocabulary : str
    task : str
        ``single`` or ``multi``.
    base : str
        The bundle whose answers were corrected; "" for a vocabulary of a person's own.
    reach : str
        ``near``: corrections move what is very like them; ``far``: leaving artists out showed that they
        teach more; ``none``: there is nothing to learn from.
    labels : tuple of LabelRow
    n_told, n_tracks : int
        Tracks that were told, and all that were answered.
    left_out : LeftOut
    changes : tuple of Change
        The surest first, at most as many as were asked for.
    n_changed : int
        How many there are in all.
    ask : tuple of Question
    notes : tuple of str
        What a person should know.
    """

    vocabulary: str
    task: str
    base: str
    reach: str
    labels: tuple[LabelRow, ...]
    n_told: int
    n_tracks: int
    left_out: LeftOut
    changes: tuple[Change, ...] = ()
    n_changed: int = 0
    ask: tuple[Question, ...] = ()
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON knows them."""
        return asdict(self)


def correct(
    library: Library,
    ref: int | str | Path,
    vocabulary: str,
    *,
    holds: Sequence[str] = (),
    denies: Sequence[str] = (),
    listener: str = "",
) -> Noted:
    """Keep what a person says of a track: labels that hold, and labels that do not.

    Searches see it at once; what follows for other tracks is found by `learn`.

    Raises
    ------
    NotFoundError, ParameterError
        There is no such track, or a label is none, or both holds and does not.
    """
    said = dict.fromkeys(holds, True)
    both = {tag_word(one) for one in holds} & {tag_word(one) for one in denies}
    if both:
        raise ParameterError(f"{sorted(both)[0]!r} cannot both hold and not hold")
    track = library.track(ref)
    kept = Corrections(library).put(track, vocabulary, said | dict.fromkeys(denies, False), listener=listener)
    return Noted(library.track(track.id), tuple(kept))


def take_back(library: Library, ids: Sequence[int] = (), *, vocabulary: str = "") -> list[Correction]:
    """Take back corrections by number; without numbers the last one, of a vocabulary where one is named.

    Raises
    ------
    NotFoundError
        There are none.
    """
    kept = Corrections(library)
    wanted = list(ids)
    if not wanted:
        wanted = [one.id for one in kept.all(vocabulary=vocabulary or None, limit=1) if one.id is not None]
    gone = kept.remove(wanted)
    if not gone:
        raise NotFoundError("there are no such corrections", hint="tunelens label list numbers them")
    return gone


def vocabularies(library: Library) -> list[Vocabulary]:
    """Return the vocabularies in which something was told or learned."""
    return Corrections(library).vocabularies()


def learn(library: Library, vocabulary: str, *, n_changes: int = 50, n_ask: int = N_ASKED) -> Learned:
    """Learn from what people said in a vocabulary, and give every track the labels that follow.

    A vocabulary that is called as a bundle that `analyze` asks (``genre``, ``mood``) starts from what that
    bundle said; any other is a person's own, each of its labels told from everything else in the library.

    Parameters
    ----------
    library : Library
    vocabulary : str
    n_changes, n_ask : int
        How many changes and questions to return.

    Raises
    ------
    NotFoundError
        Nothing was told in the vocabulary.
    DataError
        No track that was told has been heard.
    """
    room = Room.of(library, vocabulary)
    if not room.told:
        raise NotFoundError(
            f"nothing was told in the vocabulary {room.vocabulary!r}", hint="tunelens label set TRACK LABEL"
        )
    learned = room.learn()
    changes = room.changes(learned.head)
    Heads(library).put(
        room.vocabulary, room.document(learned), pack_arrays(learned.head.to_arrays()),
        room.labels_of(learned.head),
    )  # fmt: skip
    shown = changes[: min(n_changes, MOST_SHOWN)]
    return Learned(
        room.vocabulary, room.task, room.base_name, learned.reach, room.label_rows(learned.head.labels),
        len(room.told_rows), len(room.space), learned.left_out, room.named(shown), len(changes),
        room.questions(learned.head, n_ask), room.notes(learned.head.labels),
    )  # fmt: skip


def suggest(library: Library, vocabulary: str, n: int = N_ASKED) -> tuple[Question, ...]:
    """Return which tracks a person should be asked about: answers that are unsure, unlike each other.

    Raises
    ------
    NotFoundError
        Nothing is known in the vocabulary: no bundle, no example.
    """
    room = Room.of(library, vocabulary)
    head = room.kept_head() or room.blank_head()
    if not head.labels:
        raise NotFoundError(
            f"nothing is known in the vocabulary {room.vocabulary!r}",
            hint=f"label {FEWEST} tracks first: tunelens label set TRACK LABEL",
        )
    return room.questions(head, n)


def label_new(library: Library, ids: Sequence[int]) -> int:
    """Give tracks that came after learning the labels that follow; return how many got some."""
    given = 0
    for name in Heads(library).names():
        room = Room.of(library, name, ids)
        head = room.kept_head()
        if head is not None:
            given += Heads(library).add(name, room.labels_of(head))
    return given
