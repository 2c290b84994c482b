"""What a player asks: the endpoint, its parameters, and who it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.requests import Request

from tunelens.api.house import House
from tunelens.api.keys import ONE, Access, Keys, caller_of
from tunelens.api.subsonic.envelope import (
    BAD_KEY,
    CONFLICT,
    FORBIDDEN,
    GENERIC,
    MISSING,
    NO_SALT,
    WRONG,
    PlayerError,
)


@dataclass(frozen=True)
class Ask:
    """One request of a player.

    Parameters
    ----------
    house : House
    request : Request
    given : Mapping of str to sequence of str
        Parameters of the address and of the form; those of the form count where both name one.
    """

    house: House
    request: Request
    given: Mapping[str, Sequence[str]]

    @property
    def access(self) -> Access:
        """Who may ask; it counts wrong tokens, whichever way they are shown."""
        found: Access = self.request.app.state.access
        return found

    def text(self, name: str, default: str = "") -> str:
        """Return a parameter; the first, where it is there more than once."""
        return self.given.get(name, (default,))[0]

    def needed(self, name: str) -> str:
        """Return a parameter that must be there."""
        if not self.text(name):
            raise PlayerError(MISSING, f"Required parameter '{name}' is missing.")
        return self.text(name)

    def all(self, name: str) -> Sequence[str]:
        """Return every value of a parameter."""
        return self.given.get(name, ())

    def number(self, name: str, default: int, *, low: int = 0, high: int = 500) -> int:
        """Return a whole number; one that is out of range becomes the nearest that is allowed."""
        text = self.text(name) or str(default)
        try:
            return min(max(int(text[:20]), low), high)
        except ValueError:
            raise PlayerError(GENERIC, f"'{name}' is {text[:40]!r}; a whole number is needed.") from None

    def year(self, name: str) -> int | None:
        """Return a year, None where none is given."""
        return self.number(name, 0, high=9999) if self.text(name) else None

    def flag(self, name: str, default: bool) -> bool:
        """Return a yes or no."""
        return self.text(name, str(default)).lower() == "true"

    @property
    def form(self) -> str:
        """Return how the answer is written: json or xml."""
        return "json" if self.text("f", "xml").lower() == "json" else "xml"

    def listener(self) -> str:
        """Return whose feedback it is, once it is known that they may ask; "" is the owner of the library.

        Without keys whoever can reach the server may ask; pages of other sites may not, which is told by the
        headers that browsers set and scripts cannot.
        """
        keys = self.house.options.keys
        if self.text("apiKey") and any(self.text(name) for name in ("u", "p", "t", "s")):
            raise PlayerError(CONFLICT, "Multiple conflicting authentication mechanisms provided")
        if not keys:
            self._require_no_other_site()
            return ""
        user = self._key() if self.text("apiKey") else self._password(keys)
        return "" if user == ONE else user

    def _key(self) -> str:
        user = self.access.user_of(self.text("apiKey"), caller_of(self.request.scope))
        return _known(user, BAD_KEY, "Invalid API key")

    def _password(self, keys: Keys) -> str:
        """Return whose password this is: their token, as it is or salted."""
        name, caller = self.needed("u"), caller_of(self.request.scope)
        if self.text("p") and self.text("t"):
            raise PlayerError(CONFLICT, "Multiple conflicting authentication mechanisms provided")
        if self.text("t"):
            if not keys.plain:
                raise PlayerError(NO_SALT, "Tokens are kept as hashes here: use an API key or a password.")
            user = self.access.salted_user_of(self.text("t"), self.needed("s"), caller)
        else:
            user = self.access.user_of(_decoded(self.needed("p")), caller)
        return _known(user if user in {ONE, name} else None, WRONG, "Wrong username or password")

    def _require_no_other_site(self) -> None:
        headers, options = self.request.headers, self.house.options
        origin, site = headers.get("origin"), headers.get("sec-fetch-site", "none")
        ours = origin is None or origin.partition("://")[2] == headers.get("host", "")
        if origin not in options.allow_origins and not (ours and site in {"none", "same-origin"}):
            raise PlayerError(FORBIDDEN, "Pages of other sites may not ask without a token.")


def _known(user: str | None, code: int, message: str) -> str:
    if user is None:
        raise PlayerError(code, message)
    return user


def _decoded(password: str) -> str:
    """Return a password as it was typed: it may come as the hex of its UTF-8."""
    if not password.startswith("enc:"):
        return password
    try:
        return bytes.fromhex(password[4:]).decode()
    except ValueError:
        return ""
