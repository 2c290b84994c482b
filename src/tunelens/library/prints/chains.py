"""Hits of neighbouring stretches that are one song playing on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tunelens.library.prints.sightings import Hit

GAP_S = 15.0
"""A song that is not heard for longer has ended."""

OFF_S = 0.4
"""By how much the position may be off from where playing on would have led."""

SPEED_OFF = 0.011
MOST_COVERED = 0.5
"""A song that another, surer one covers by more is the same sound."""


@dataclass(frozen=True)
class Chain:
    """A song that plays from `start_s` to `end_s`.

    Parameters
    ----------
    hits : tuple of Hit
        In order of time; all of one track.
    """

    hits: tuple[Hit, ...]

    @property
    def id(self) -> int:
        """Number of the track."""
        return self.hits[0].id

    @property
    def start_s(self) -> float:
        """Where it begins to be heard."""
        return min(hit.start_s for hit in self.hits)

    @property
    def end_s(self) -> float:
        """Where it ceases."""
        return max(hit.end_s for hit in self.hits)

    @property
    def surest(self) -> Hit:
        """The hit with the most evidence."""
        return max(self.hits, key=lambda hit: hit.agreement.evidence)

    @property
    def evidence(self) -> float:
        """Of all hits together; stretches overlap, so it is good for comparing only."""
        return sum(hit.agreement.evidence for hit in self.hits)

    @property
    def speed(self) -> float:
        """From the first and the last hit where they lie far apart, else as it was tried."""
        first, last = min(self.hits, key=lambda hit: hit.start_s), max(self.hits, key=lambda hit: hit.start_s)
        apart_s = last.start_s - first.start_s
        if apart_s < 20.0:
            return self.surest.speed
        return (last.position_s - first.position_s) / apart_s

    def takes(self, hit: Hit) -> bool:
        """Is `hit` the same song, played on?"""
        last = self.hits[-1]
        follows_s = hit.start_s - last.start_s
        return (
            hit.id == last.id
            and hit.start_s - self.end_s <= GAP_S
            and abs(hit.speed - last.speed) <= SPEED_OFF
            and abs(hit.position_s - (last.position_s + follows_s * last.speed)) <= OFF_S
        )


def chained(hits: Iterable[Hit]) -> list[Chain]:
    """Return hits as chains."""
    chains: list[Chain] = []
    for hit in sorted(hits, key=lambda hit: hit.start_s):
        for place, chain in enumerate(chains):
            if chain.takes(hit):
                chains[place] = Chain((*chain.hits, hit))
                break
        else:
            chains.append(Chain((hit,)))
    return chains


def told_apart(chains: Iterable[Chain]) -> Iterator[tuple[Chain, tuple[int, ...]]]:
    """Yield the chains that stand for themselves, with the tracks of those that they cover; the surest first.

    A copy of a song in the library, or a loop that fits in several places, matches the same sound.
    """
    kept: list[tuple[Chain, list[int]]] = []
    for chain in sorted(chains, key=lambda chain: -chain.evidence):
        above = next((one for one in kept if _covered(chain, one[0])), None)
        if above is None:
            kept.append((chain, []))
        elif chain.id != above[0].id and chain.id not in above[1]:
            above[1].append(chain.id)
    yield from ((chain, tuple(also)) for chain, also in kept)


def _covered(chain: Chain, by: Chain) -> bool:
    common_s = min(chain.end_s, by.end_s) - max(chain.start_s, by.start_s)
    return common_s > MOST_COVERED * (chain.end_s - chain.start_s)
