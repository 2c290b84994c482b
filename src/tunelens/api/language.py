"""In which language pictures and reports speak."""

from __future__ import annotations

from typing import Literal

Language = Literal["en", "zh"]
