"""What listeners did and said: plays, skips, likes, dislikes, ratings and comments, as events."""

from __future__ import annotations

from tunelens.library.feedback.events import KINDS, Event
from tunelens.library.feedback.interactions import Interactions
from tunelens.library.feedback.scores import Score
from tunelens.library.feedback.store import Feedback

__all__ = ["KINDS", "Event", "Feedback", "Interactions", "Score"]
