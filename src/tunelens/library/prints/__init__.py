"""What recordings are known again by: landmarks and pitch classes of every track, and finding with them.

`Prints` reads them, `fold` says which tracks are one recording.
"""

from tunelens.library.prints.printer import PRINTS_VERSION, Printer
from tunelens.library.prints.same import fold
from tunelens.library.prints.store import Prints

__all__ = ["PRINTS_VERSION", "Printer", "Prints", "fold"]
