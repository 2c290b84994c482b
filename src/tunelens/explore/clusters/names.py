"""Names of clusters: what sets each apart, and no two the same."""

from __future__ import annotations

from collections.abc import Sequence

from tunelens.explore.clusters.traits import Trait
from tunelens.explore.clusters.vocabulary import meaning

USUAL = 3
LONGEST = 5
Name = tuple[tuple[Trait, ...], int]


def distinct_names(traits: Sequence[tuple[Trait, ...]]) -> list[Name]:
    """Return the traits that name each cluster, and which it is of those that have the same.

    As a rule the three strongest traits that people have words for; of two that mean the same the stronger.
    Clusters that would be called the same get a fourth and a fifth, and then a number.
    """
    worded = [_worded(one) for one in traits]
    lengths = [USUAL] * len(worded)
    for longer in range(USUAL + 1, LONGEST + 1):
        for group in _same(worded, lengths):
            for i in group:
                lengths[i] = longer
    told = [one[:length] for one, length in zip(worded, lengths, strict=True)]
    nth = [1 + sum(_key(told[j]) == _key(told[i]) for j in range(i)) for i in range(len(told))]
    return list(zip(told, nth, strict=True))


def _worded(traits: Sequence[Trait]) -> tuple[Trait, ...]:
    """Return one trait a meaning and a word, those that people have words for if there are any."""
    found: dict[str, Trait] = {}
    words: set[str] = set()
    for one in traits:
        about, told = meaning(one.kind, one.name, one.value, one.difference > 0), one.said()
        if about is not None and about not in found and told not in words:
            found[about] = one
            words.add(told)
    spoken = [one for key, one in found.items() if not key.startswith("?")]
    return tuple(spoken) or tuple(found.values())


def _same(worded: list[tuple[Trait, ...]], lengths: list[int]) -> list[list[int]]:
    groups: dict[tuple[str, ...], list[int]] = {}
    for i, (one, length) in enumerate(zip(worded, lengths, strict=True)):
        groups.setdefault(_key(one[:length]), []).append(i)
    return [group for group in groups.values() if len(group) > 1]


def _key(told: Sequence[Trait]) -> tuple[str, ...]:
    return tuple(one.said() for one in told)
