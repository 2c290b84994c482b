"""A server from Python: `Client` has a method for each operation of the API."""

from __future__ import annotations

from tunelens.client.calls import Calls

__all__ = ["Client"]


class Client(Calls):
    """What a server of Tunelens answers, as Python.

    Each operation of the API is a method of the same name; what it returns is what ``--json`` prints as
    ``result``, and an error of the server is raised as the error that it is here.

    Parameters
    ----------
    address : str
        Where the server listens.
    token : str, optional
        What it wants to be shown.
    timeout_s : float
        Longest wait for an answer, seconds.

    Raises
    ------
    MissingDependencyError
        httpx, of the extra ``client``, is not installed.
    ParameterError
        The address is no HTTP address.

    Examples
    --------
    >>> with Client("http://127.0.0.1:9") as client:
    ...     client.show_library()  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    tunelens.base.errors.WorkerError: 'http://127.0.0.1:9' does not answer: ...
    """
