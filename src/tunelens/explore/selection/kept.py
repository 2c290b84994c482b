"""A selection in a file: which features, of what, chosen how, and how well it did."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tunelens.base.errors import DataError, NotFoundError
from tunelens.base.files import atomic_path, check_writable

FORMAT = "tunelens selection 1"
MOST_BYTES = 1 << 22
MOST_FEATURES = 100_000
LONGEST_NAME = 500


@dataclass(frozen=True)
class KeptSelection:
    """Features that were chosen, for other verbs to take.

    Parameters
    ----------
    features : tuple of str
        Their names.
    input : str
        What they are numbers of, say ``waveform``.
    version : str
        Of that input.
    how : Mapping of str to plain values
        Method, seed, objective, lost twins, held-out figures: for people.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "chosen.json"
    >>> _ = KeptSelection(("amp1std", "power2"), "waveform", "1", {"method": "ga"}).save(path)
    >>> KeptSelection.load(path).features
    ('amp1std', 'power2')
    """

    features: tuple[str, ...]
    input: str
    version: str = ""
    how: Mapping[str, Any] = field(default_factory=dict)

    def save(self, path: Path, *, force: bool = False) -> Path:
        """Write the selection as JSON.

        Raises
        ------
        ParameterError
            The file exists and `force` is not set.
        DataError
            No feature was chosen, or the place cannot be written.
        """
        if not self.features:
            raise DataError(
                f"no feature was chosen, so {str(path)!r} is not written",
                hint="with every choice all clips lose their twin",
            )
        check_writable(path, force=force)
        known = {
            "format": FORMAT,
            "features": list(self.features),
            "input": self.input,
            "version": self.version,
        }
        text = json.dumps({**known, "how": dict(self.how)}, ensure_ascii=False, indent=1, allow_nan=False)
        with atomic_path(path) as temporary:
            temporary.write_text(text + "\n", encoding="utf-8", errors="replace")
        return path

    @classmethod
    def load(cls, path: Path) -> KeptSelection:
        """Read what `save` wrote, or what a person wrote by hand: a format and a list of features are enough.

        Raises
        ------
        NotFoundError
            There is no such file.
        DataError
            It holds no selection, or is larger than one can be.
        """
        values = _object(path)
        features: list[str] = values.get("features", [])
        if values.get("format") != FORMAT or not _are_names(features):
            raise DataError(
                f"{str(path)!r} holds no selection of features",
                hint=f'"format": "{FORMAT}" and "features": a list of names are needed',
            )
        how = values.get("how")
        input, version = (str(values.get(name, ""))[:LONGEST_NAME] for name in ("input", "version"))
        return cls(tuple(features), input, version, how if isinstance(how, dict) else {})


def _object(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            read = file.read(MOST_BYTES + 1)
        values = json.loads(read.decode("utf-8-sig")) if len(read) <= MOST_BYTES else None
    except FileNotFoundError as error:
        raise NotFoundError(f"{str(path)!r} does not exist", hint="check the spelling") from error
    except OSError as error:
        raise DataError(f"{str(path)!r} cannot be read: {error.strerror or error}") from error
    except (ValueError, RecursionError):
        values = None
    return values if isinstance(values, dict) else {}


def _are_names(features: Any) -> bool:
    if not isinstance(features, list) or not 0 < len(features) <= MOST_FEATURES:
        return False
    texts = all(isinstance(name, str) and 0 < len(name) <= LONGEST_NAME for name in features)
    return texts and len(set(features)) == len(features)
