"""Where the passages are kept, as `FOOTNOTE_STORE` says it: a folder, a Chroma server, or Chroma Cloud."""

from __future__ import annotations

import hashlib
import ipaddress
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from rag.errors import SettingsError

_FORMS = "give a folder, http(s)://HOST:PORT, or cloud://TENANT/DATABASE"


@dataclass(frozen=True, slots=True)
class Server:
    """A Chroma server, or Chroma Cloud where `tenant` is set."""

    host: str
    port: int = 0
    secure: bool = False
    tenant: str = ""
    database: str = ""

    @property
    def name(self) -> str:
        """What people are shown; never a key."""
        return f"Chroma Cloud, {self.tenant}/{self.database}" if self.tenant else f"{self.host}:{self.port}"

    @property
    def folder_name(self) -> str:
        """A name for the folder that holds what is derived from it here."""
        digest = hashlib.sha256(repr(self).encode()).hexdigest()[:8]
        return f"{re.sub(r'[^A-Za-z0-9.-]+', '-', self.tenant or self.host)}-{digest}"


def location_of(store: str, default: Path) -> Path | Server:
    """What `store` means; `default` where it is empty.

    Raises:
        SettingsError: for an address that is none.
    """
    scheme, separator, _ = store.partition("://")
    if not separator:
        return _folder(store) if store else default
    if scheme == "cloud":
        parts = store.removeprefix("cloud://").strip("/").split("/")
        if len(parts) != 2 or not all(parts):
            raise SettingsError("FOOTNOTE_STORE names no tenant and database", _FORMS)
        return Server("api.trychroma.com", 443, True, *parts)
    try:
        address = urlsplit(store)
        port = address.port
    except ValueError:
        address, port = urlsplit("//"), None
    if scheme not in ("http", "https") or not address.hostname or address.path.strip("/") or address.username:
        raise SettingsError("FOOTNOTE_STORE is no address of a Chroma server", f"{_FORMS}; keys: FOOTNOTE_STORE_TOKEN")
    return Server(address.hostname, port or (443 if scheme == "https" else 8000), scheme == "https")


def may_be_told(place: str) -> bool:
    """Whether a key of the user's may go to `place`, whoever names it: this machine, OpenAI and Chroma Cloud."""
    scheme, separator, _ = place.partition("://")
    if not separator or scheme == "cloud":
        return True
    try:
        address = urlsplit(place)
        host, port = address.hostname or "", address.port
    except ValueError:
        return False
    return is_loopback(host) or (scheme == "https" and host == "api.openai.com" and port in (None, 443))


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _folder(store: str) -> Path:
    try:
        if "\0" not in store:
            return Path(store).expanduser()
    except RuntimeError:  # ~ of a user that there is not
        pass
    raise SettingsError(f"FOOTNOTE_STORE is {store!r}: no folder can be called so", _FORMS)
