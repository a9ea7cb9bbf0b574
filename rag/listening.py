"""A door for a server: an address that it listens at."""

from __future__ import annotations

import socket

from rag.errors import UsageError

_BACKLOG = 2048


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens at an address; port 0 is any free one.

    Raises:
        UsageError: for an address that is taken, or is none of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        why = (error.strerror or str(error)).partition(" (")[0]  # behind it stands the address again
        raise UsageError(
            f"{host}:{port} cannot be listened on: {why}",
            "give another --port or --host, or stop what listens there",
        ) from None
