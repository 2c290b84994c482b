"""`Keys`: who may call, kept as hashes; and the sessions of those who have shown a token."""

from __future__ import annotations

import hmac
import secrets
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from hashlib import md5, sha256
from ipaddress import IPv6Address, IPv6Network
from pathlib import Path
from typing import Any

from tunelens.base.errors import BusyError, DataError, NotFoundError, ParameterError
from tunelens.base.files import atomic_path

SHORTEST_TOKEN = 16
LONGEST_TOKEN = 512
ONE = "owner"
MOST_USERS = 10_000


def hashed(token: str) -> str:
    """Return what is kept of a token: its SHA-256, hex.

    A token is long and random, so that its hash cannot be guessed back; nothing slower is needed.
    """
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def new_token() -> str:
    """Return a token that nobody guesses: 256 random bits."""
    return secrets.token_urlsafe(32)


class Keys:
    """Who may call.

    Parameters
    ----------
    hashes : Mapping of str to str
        The hash of each user's token, by name; none means that no token is needed.
    plain : str
        The token itself, where there is one for all: players of music salt it. It is written nowhere.

    Examples
    --------
    >>> keys = Keys.of_token("correct horse battery")
    >>> keys.user_of("correct horse battery"), keys.user_of("wrong"), bool(Keys())
    ('owner', None, False)
    """

    def __init__(self, hashes: Mapping[str, str] | None = None, plain: str = "") -> None:
        self.hashes = dict(hashes or {})
        self.plain = plain

    def __bool__(self) -> bool:
        return bool(self.hashes)

    @classmethod
    def of_token(cls, token: str, name: str = ONE) -> Keys:
        """Build from the one token that everybody shows; `ParameterError` for one that is easily guessed."""
        if not SHORTEST_TOKEN <= len(token) <= LONGEST_TOKEN:
            raise ParameterError(
                f"the token has {len(token)} characters; {SHORTEST_TOKEN} to {LONGEST_TOKEN} are allowed",
                hint=f"this one is good: {new_token()}",
            )
        return cls({name: hashed(token)}, token)

    @classmethod
    def of_file(cls, path: Path) -> Keys:
        """Read a file of users: a name and the hash of a token on each line, as `add_user` writes them.

        Raises
        ------
        NotFoundError
            There is no such file.
        DataError
            A line is something else, or a name comes twice.
        """
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            raise NotFoundError(
                f"there is no file of users at {str(path)!r}", hint="--add-user NAME makes one"
            ) from None
        except (OSError, UnicodeDecodeError) as error:
            raise DataError(f"{str(path)!r} cannot be read: {error}") from error
        hashes: dict[str, str] = {}
        for number, line in enumerate(lines, 1):
            if line.strip() and not line.startswith("#"):
                name, _, digest = line.strip().rpartition(" ")
                if not name or name in hashes or not _is_hash(digest) or len(hashes) >= MOST_USERS:
                    raise DataError(f"{str(path)!r} line {number}: a name, once, and a SHA-256 are needed")
                hashes[name] = digest
        if not hashes:
            raise DataError(f"{str(path)!r} names nobody", hint="--add-user NAME adds a user")
        return cls(hashes)

    def user_of(self, token: str) -> str | None:
        """Return whose token this is; every hash is compared, so that time tells nothing."""
        given = hashed(token[: LONGEST_TOKEN + 1])
        found = [name for name, digest in self.hashes.items() if hmac.compare_digest(given, digest)]
        return found[0] if found else None

    def salted_user_of(self, digest: str, salt: str) -> str | None:
        """Return whose token, with a salt behind it, has this MD5: how OpenSubsonic shows a token."""
        salted = md5(f"{self.plain}{salt}".encode("utf-8", "surrogatepass"), usedforsecurity=False)
        right = hmac.compare_digest(digest.lower().encode("utf-8", "replace"), salted.hexdigest().encode())
        return next(iter(self.hashes)) if self.plain and right else None


def _is_hash(text: str) -> bool:
    return len(text) == 64 and all(digit in "0123456789abcdef" for digit in text)


def add_user(path: Path, name: str) -> str:
    """Add a user to a file of users, or give one a new token; return the token, which is kept nowhere.

    Raises
    ------
    ParameterError
        The name is empty, too long, or has blanks at its ends or a line break in it.
    DataError
        The file is something else, or cannot be written.
    """
    if not 0 < len(name) <= 100 or name != name.strip() or not name.isprintable() or name.startswith("#"):
        raise ParameterError(f"the user's name is {name!r}; 1 to 100 printable characters are allowed")
    hashes = Keys.of_file(path).hashes if path.exists() else {}
    token = new_token()
    hashes[name] = hashed(token)
    with atomic_path(path) as fresh:
        fresh.write_text("".join(f"{one} {digest}\n" for one, digest in hashes.items()), encoding="utf-8")
    path.chmod(0o600)
    return token


class Sessions:
    """Those who have shown a token in a browser, by the hash of a random cookie, until the server ends.

    Parameters
    ----------
    keep_s : float
        How long one lasts, seconds.
    most : int
        How many there are, the oldest going first.
    """

    def __init__(self, keep_s: float = 14 * 86_400.0, most: int = 10_000) -> None:
        self.keep_s = keep_s
        self._most = most
        self._users: OrderedDict[str, tuple[str, float]] = OrderedDict()
        self._alone = threading.Lock()

    def begin(self, user: str) -> str:
        """Begin one, and return its cookie."""
        cookie = new_token()
        with self._alone:
            self._users[hashed(cookie)] = (user, time.monotonic() + self.keep_s)
            while len(self._users) > self._most:
                self._users.popitem(last=False)
        return cookie

    def user_of(self, cookie: str) -> str | None:
        """Return whose session this is, while it lasts."""
        with self._alone:
            user, until = self._users.get(hashed(cookie[: LONGEST_TOKEN + 1]), ("", 0.0))
        return user if until > time.monotonic() else None

    def end(self, cookie: str) -> None:
        """End one; nothing happens where there is none."""
        with self._alone:
            self._users.pop(hashed(cookie[: LONGEST_TOKEN + 1]), None)


class Guesses:
    """How often a wrong token was shown of late: guessing must not be quick.

    Parameters
    ----------
    most : int
        Wrong ones that are borne of one caller: who guesses must not shut the others out.
    within_s : float
        In so many seconds.
    callers : int
        Callers that are remembered, the one that was wrong longest ago going first.
    """

    def __init__(self, most: int = 60, within_s: float = 60.0, callers: int = 10_000) -> None:
        self._most, self._within_s, self._callers = most, within_s, callers
        self._wrong: OrderedDict[str, deque[float]] = OrderedDict()
        self._alone = threading.Lock()

    def check(self, caller: str) -> None:
        """Raise `BusyError` while there were too many."""
        with self._alone:
            wrong = self._wrong.get(caller, deque[float]())
            many = len(wrong) == self._most and time.monotonic() - wrong[0] < self._within_s
        if many:
            raise BusyError("too many wrong tokens were shown", hint=f"wait {self._within_s:g} s")

    def wrong(self, caller: str) -> None:
        """Count one."""
        with self._alone:
            self._wrong.setdefault(caller, deque(maxlen=self._most)).append(time.monotonic())
            self._wrong.move_to_end(caller)
            while len(self._wrong) > self._callers:
                self._wrong.popitem(last=False)


def caller_of(scope: Mapping[str, Any]) -> str:
    """Return the address of who asks; of IPv6 the network of 64 bits, which a guesser has as a whole.

    Examples
    --------
    >>> caller_of({"client": ("2001:db8::1:2", 5000)}), caller_of({"client": ("::ffff:192.0.2.7", 5000)})
    ('2001:db8::/64', '192.0.2.7')
    """
    host = str((scope.get("client") or ("",))[0])
    try:
        address = IPv6Address(host)
    except ValueError:
        return host
    return str(address.ipv4_mapped or IPv6Network((address.packed, 64), strict=False))


class Access:
    """Who may call, who has shown so, and how often somebody was wrong.

    Parameters
    ----------
    keys : Keys
        Who may call.
    """

    def __init__(self, keys: Keys) -> None:
        self.keys = keys
        self.sessions = Sessions()
        self._guesses = Guesses()

    def user_of(self, token: str, caller: str) -> str | None:
        """Return whose token this is; `BusyError` when the caller was wrong too often of late."""
        return self._counted(lambda: self.keys.user_of(token), caller)

    def salted_user_of(self, digest: str, salt: str, caller: str) -> str | None:
        """Return whose token was salted; `BusyError` as in `user_of`."""
        return self._counted(lambda: self.keys.salted_user_of(digest, salt), caller)

    def _counted(self, find: Callable[[], str | None], caller: str) -> str | None:
        self._guesses.check(caller)
        user = find()
        if user is None:
            self._guesses.wrong(caller)
        return user
