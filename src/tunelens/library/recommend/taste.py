"""What the events of a library say of a listener's taste, and of what everybody knows."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from sqlalchemy import func, select

from tunelens.base.errors import NotFoundError
from tunelens.library.feedback import Feedback, Interactions
from tunelens.library.recommend.content import Taste
from tunelens.library.schema import events
from tunelens.library.store import Library

DAY_S = 86_400
LIKE = 4.0
"""Confidence of one like, as `Interactions` has it."""
_LEAST = 0.01


@dataclass(frozen=True)
class Listener:
    """What is known of one listener.

    Parameters
    ----------
    taste : Taste
        Weights are scores of `Feedback`, shrunken where little is known.
    recent : frozenset of int
        Tracks played not long ago.
    """

    taste: Taste = field(default_factory=lambda: Taste({}))
    recent: frozenset[int] = frozenset()


def listener_of(
    library: Library, interactions: Interactions, name: str, *, recent_days: float, now: float | None = None
) -> Listener:
    """Return what events say of a listener.

    Parameters
    ----------
    library : Library
    interactions : Interactions
        Of this library.
    name : str
        "" is the owner of the library; nothing need be known of him.
    recent_days : float
        What was played within so many days is recent; 0 for nothing.
    now : float, optional
        Seconds since 1970.

    Raises
    ------
    NotFoundError
        Nobody of this name did anything.
    """
    if name not in interactions.listeners:
        if name:
            raise NotFoundError(f"no listener {name!r} in the library", hint=_known(interactions))
        return Listener()
    mine = interactions.confidence[interactions.row_of(name)]
    scores = Feedback(library).scores(name)
    sure = dict(zip(interactions.ids[mine.indices].tolist(), mine.data.tolist(), strict=True))
    liked = {id: max(scores[id].value, _LEAST) for id, one in sure.items() if one > 0 and id in scores}
    disliked = {id: max(-scores[id].value, _LEAST) for id, one in sure.items() if one < 0 and id in scores}
    since = (time.time() if now is None else now) - recent_days * DAY_S
    return Listener(Taste(liked, disliked), _played_since(library, name, since))


def _known(interactions: Interactions) -> str:
    names = [repr(name) for name in interactions.listeners if name][:5]
    return f"known: {', '.join(names)}" if names else "tunelens feedback keeps what listeners do"


def _played_since(library: Library, name: str, since: float) -> frozenset[int]:
    plays = select(events.c.track_id).where(
        events.c.kind == "play", events.c.listener == name, events.c.track_id.is_not(None)
    )
    last = plays.group_by(events.c.track_id).having(func.max(events.c.at) > int(since))
    with library.database.read() as connection:
        return frozenset(connection.scalars(last))
