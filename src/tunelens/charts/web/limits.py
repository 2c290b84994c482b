"""How much, how long and how often a server is asked."""

from __future__ import annotations

from dataclasses import dataclass, fields

from tunelens.base.errors import ParameterError


@dataclass(frozen=True)
class WebLimits:
    """Bounds of every request.

    Parameters
    ----------
    body_bytes : int
        Largest answer, bytes, after it is unpacked.
    answer_s : float
        Longest time from asking to the last byte, with redirects, seconds.
    silence_s : float
        Longest wait for a connection or for the next bytes, seconds.
    redirects : int
        Most redirects in a row.
    retries : int
        How often a question is repeated that failed for a reason that may pass.
    longest_wait_s : float
        Longest pause between two tries, also where the server asks for a longer one: then it has failed.
    per_second : float
        Requests a second, at most.
    total_s : float
        Longest time of all requests of one run together, seconds.

    Raises
    ------
    ParameterError
        A value is not positive, or beyond what is sensible.

    Examples
    --------
    >>> WebLimits(retries=0).retries
    0
    >>> WebLimits(per_second=0)
    Traceback (most recent call last):
        ...
    tunelens.base.errors.ParameterError: per_second is 0; a number above 0, at most 100, is needed
    """

    body_bytes: int = 32 << 20
    answer_s: float = 120.0
    silence_s: float = 20.0
    redirects: int = 5
    retries: int = 4
    longest_wait_s: float = 60.0
    per_second: float = 2.0
    total_s: float = 3600.0

    def __post_init__(self) -> None:
        for item in fields(self):
            value, (least, most) = getattr(self, item.name), _ALLOWED[item.name]
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not least <= value <= most:
                need = f"a number from {least}" if least == 0 else "a number above 0"
                raise ParameterError(f"{item.name} is {value!r}; {need}, at most {most}, is needed")


_TINY = 1e-3
_ALLOWED: dict[str, tuple[float, float]] = {
    "body_bytes": (1, 4 << 30), "answer_s": (_TINY, 86_400), "silence_s": (_TINY, 3600), "redirects": (0, 20),
    "retries": (0, 20), "longest_wait_s": (0, 3600), "per_second": (_TINY, 100), "total_s": (_TINY, 604_800),
}  # fmt: skip
