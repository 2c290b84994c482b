"""What may be written into a file: what was heard, as tags say it, if it is sure enough."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any, Self

from tunelens.base.errors import ParameterError, UnknownNameError
from tunelens.features.key import Key
from tunelens.library.filetags.plan import POLICIES, Proposal
from tunelens.library.filetags.view import FIELDS
from tunelens.library.track import Track
from tunelens.models.prediction import Prediction
from tunelens.services.ask import is_noise

SURE = 0.7
"""Least confidence of what is written, unless another is asked for."""

FROM_BUNDLES = {"genre": "genre", "mood": "mood"}
"""Fields that bundles answer, and which one unless another is named."""

UNKNOWN = "unknown"
NOTATIONS = ("standard", "camelot")


@dataclass(frozen=True)
class TagOptions:
    """How tags are written.

    Parameters
    ----------
    fields : tuple of str
        Which of `FIELDS`.
    policy : Mapping of str to str
        One of `POLICIES` by field; "fill" where none is given.
    min_confidence : Mapping of str to float
        Least probability of a value by field, 0 to 1; `SURE` where none is given.
    sources : Mapping of str to str
        Which bundle says the genre and the mood.
    key_notation : {"standard", "camelot"}
        ``C#m``, or ``12A``.
    keep_mtime : bool
        Leave the time of change of the file as it was.

    Raises
    ------
    UnknownNameError
        No such field, policy or notation.
    ParameterError
        A confidence is not within 0 to 1, or a field is not one that bundles answer.
    """

    fields: tuple[str, ...] = FIELDS
    policy: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    min_confidence: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    sources: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    key_notation: str = "standard"
    keep_mtime: bool = False

    def __post_init__(self) -> None:
        for name in (*self.fields, *self.policy, *self.min_confidence, *self.sources):
            _known("field", name, FIELDS)
        for policy in self.policy.values():
            _known("policy", policy, POLICIES)
        _known("notation", self.key_notation, NOTATIONS)
        for name, least in self.min_confidence.items():
            if not 0 <= least <= 1:
                raise ParameterError(f"the confidence of {name} is {least}; 0 to 1 is needed")
        if strange := set(self.sources) - set(FROM_BUNDLES):
            raise ParameterError(f"{min(strange)} is measured; bundles say {' and '.join(FROM_BUNDLES)}")

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Build from what JSON has of them; what is not there, or an empty list of fields, is as usual.

        Examples
        --------
        >>> TagOptions.from_dict({"fields": ["key"], "where": "genre:jazz"}).fields
        ('key',)
        """
        given = {one.name: values[one.name] for one in fields(cls) if one.name in values}
        chosen = tuple(dict.fromkeys(given.pop("fields", ()))) or FIELDS
        return cls(fields=chosen, **given)

    @property
    def policies(self) -> dict[str, str]:
        """The policy of every field."""
        return {name: self.policy.get(name, "fill") for name in FIELDS}

    def least(self, name: str) -> float:
        """Return the least confidence of a field."""
        return self.min_confidence.get(name, SURE)


def _known(kind: str, name: str, names: tuple[str, ...]) -> None:
    if name not in names:
        raise UnknownNameError.among(kind, name, names)


def propose(track: Track, said: Mapping[str, Prediction], options: TagOptions) -> list[Proposal]:
    """Return one proposal per field that is asked for; what is no music has none."""
    if is_noise(said):
        return [Proposal(name, why="it does not sound like music") for name in options.fields]
    return [_PROPOSE[name](name, track, said, options) for name in options.fields]


def _by_bundle(name: str, _: Track, said: Mapping[str, Prediction], options: TagOptions) -> Proposal:
    bundle = options.sources.get(name, FROM_BUNDLES[name])
    answer = said.get(bundle)
    if answer is None:
        return Proposal(name, why=f"the bundle {bundle!r} was not asked; tunelens analyze asks it")
    if answer.task == "continuous":
        raise ParameterError(f"the bundle {bundle!r} says numbers, which are no {name}")
    if not answer.known:
        return Proposal(name, (), answer.probability, f"unknown, {answer.why}")
    least = options.least(name)
    sure = [label for label in answer.labels if answer.probabilities[label] >= least]
    values = tuple(label for label in sure if label.casefold() != UNKNOWN)
    if not values:
        return Proposal(
            name, (), answer.probability, _below(answer.best or "nothing", answer.probability, least)
        )
    return Proposal(name, values, min(answer.probabilities[label] for label in values))


def _below(text: str, confidence: float | None, least: float) -> str:
    if confidence is None or confidence >= least:
        return f"{text} is no answer of the bundle"
    return f"{text} is {_percent(confidence)} sure, {_percent(least)} is asked for"


def _percent(share: float) -> str:
    """Return a share in percent, never rounded up to what it does not reach."""
    return f"{int(share * 100 + 1e-9)}%"


def _bpm(name: str, track: Track, _: Mapping[str, Prediction], options: TagOptions) -> Proposal:
    if track.tempo_bpm is None:
        return Proposal(name, why="no steady beat was heard")
    text = f"{track.tempo_bpm:.1f}".removesuffix(".0")
    return _measured(name, text, track.tempo_confidence or 0.0, options)


def _key(name: str, track: Track, _: Mapping[str, Prediction], options: TagOptions) -> Proposal:
    if track.tonic is None or track.mode is None:
        return Proposal(name, why="no key was heard")
    camelot = Key(track.tonic, track.mode, 0.0).camelot or ""
    standard = track.tonic + ("m" if track.mode == "minor" else "")
    text = camelot if options.key_notation == "camelot" else standard
    return _measured(name, text, track.key_confidence or 0.0, options)


def _measured(name: str, text: str, confidence: float, options: TagOptions) -> Proposal:
    least = options.least(name)
    if confidence < least:
        return Proposal(name, (), confidence, _below(text, confidence, least))
    return Proposal(name, (text,), confidence)


def _energy(name: str, track: Track, _: Mapping[str, Prediction], __: TagOptions) -> Proposal:
    if track.energy is None or track.loudness_lufs is None:
        return Proposal(name, why="it is silent")
    return Proposal(name, (str(energy_level(track.energy)),))


def energy_level(energy: float) -> int:
    """Return an energy of 0 to 1 on the scale of ten levels that DJ software shows.

    Examples
    --------
    >>> energy_level(0.0), energy_level(0.55), energy_level(1.0)
    (1, 6, 10)
    """
    return min(10, 1 + int(10 * energy))


Propose = Callable[[str, Track, Mapping[str, Prediction], TagOptions], Proposal]
_PROPOSE: dict[str, Propose] = {
    "genre": _by_bundle,
    "mood": _by_bundle,
    "bpm": _bpm,
    "key": _key,
    "energy": _energy,
}
