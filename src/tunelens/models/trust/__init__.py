"""Knowing what it does not know: calibrated probabilities, prediction sets, abstention, novelty."""

from tunelens.models.trust.trust import Decision, Trust, TrustReport

__all__ = ["Decision", "Trust", "TrustReport"]
