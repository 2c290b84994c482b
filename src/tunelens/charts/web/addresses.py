"""Which addresses may be asked: those of the public internet, unless a person allows more."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from tunelens.base.errors import DataError

_NAT64 = IPv6Network("64:ff9b::/96")
_COMPATIBLE = IPv6Network("::/96")


def is_public(address: str) -> bool:
    """Is `address` one of the public internet?

    Not public: this computer, private and link-local networks, carrier-grade NAT, multicast, reserved and
    documentation ranges (the special-purpose registries of IANA, RFC 6890), and IPv6 addresses that carry an
    IPv4 address which is not public: mapped, compatible, 6to4, Teredo and NAT64.

    Examples
    --------
    >>> [is_public(one) for one in ("8.8.8.8", "127.0.0.1", "10.0.0.1", "169.254.169.254", "100.64.0.1")]
    [True, False, False, False, False]
    >>> [is_public(one) for one in ("2606:4700::1111", "::1", "::ffff:127.0.0.1", "64:ff9b::a00:1")]
    [True, False, False, False]
    """
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    carried = _carried(ip) if isinstance(ip, IPv6Address) else None
    if carried is not None:
        return is_public(str(carried))
    odd = ip.is_multicast or ip.is_reserved or ip.is_unspecified or ip.is_loopback or ip.is_link_local
    site = isinstance(ip, IPv6Address) and ip.is_site_local
    return ip.is_global and not odd and not site


def _carried(ip: IPv6Address) -> IPv4Address | None:
    if ip.ipv4_mapped is not None:
        return ip.ipv4_mapped
    if ip.sixtofour is not None:
        return ip.sixtofour
    if ip.teredo is not None:
        return ip.teredo[1]
    return IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _NAT64 or ip in _COMPATIBLE else None


def addresses_of(host: str, port: int, *, allow_private: bool = False) -> list[str]:
    """Return the addresses of `host` that may be asked.

    Every way to write an address (decimal, octal, hexadecimal, shortened) ends here as the address that it
    is, because the check is made on what the name resolved to, and the connection on what was checked.

    Raises
    ------
    OSError
        The name has no address.
    DataError
        It has some, and none of them may be asked.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
    allowed = [one for one in addresses if allow_private or is_public(one)]
    if not allowed:
        raise DataError(
            f"{host!r} is at {', '.join(addresses[:3])}, which is no address of the public internet",
            hint="--allow-private asks servers of this computer and of its network too",
        )
    return allowed
