"""An address that somebody gave, checked and written as a server expects it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urljoin, urlsplit

import idna

from core.errors import FetchError
from core.languages import sentence

LONGEST = 4096
"""Characters of an address; more than any server here takes."""

_PORTS = {"http": 80, "https": 443}
_UNSAFE = re.compile(r"[\x00-\x20\x7f\\]")
# What may stand in a path and a query as it is (RFC 3986, section 3.3 and 3.4), and "%", which begins an
# escape that whoever wrote the address made already.
_PATH, _QUERY = "/%:@!$&'()*+,;=~-._", "/%:@!$&'()*+,;=~-._?"


@dataclass(frozen=True)
class Address:
    """scheme: "http" or "https". host: in lower case, in ASCII. target: path and query, escaped."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def origin(self) -> str:
        """The address without its path: `https://example.org`, with the port if it is not the usual one."""
        return f"{self.scheme}://{self.netloc}"

    @property
    def netloc(self) -> str:
        """The host as a request names it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    def __str__(self) -> str:
        return self.origin + self.target

    def joined(self, location: str) -> Address:
        """Where a redirect from here leads. FetchError."""
        return parse_address(urljoin(str(self), location.strip()))


def parse_address(text: str) -> Address:
    """The address that a text is, with letters of any language, escaped or not.

    The part after "#" is for browsers and is left out. FetchError says what is wrong.
    """
    text = text.strip()
    if not text or len(text) > LONGEST or _UNSAFE.search(text.replace(" ", "")):
        raise FetchError(sentence("This is no address that a browser could open."))
    try:
        parts = urlsplit(text.replace(" ", "%20"))
        port = parts.port
    except ValueError as error:
        raise FetchError(sentence("This is no address that a browser could open.")) from error
    if parts.scheme not in _PORTS:
        raise FetchError(_not_of_the_web(parts))
    if parts.username is not None or parts.password is not None:
        raise FetchError(sentence("This address holds a name or a password; give one without."))
    if port == 0:
        raise FetchError(sentence("This address names port 0, which no server has."))
    path = quote(parts.path or "/", safe=_PATH)
    query = f"?{quote(parts.query, safe=_QUERY)}" if parts.query else ""
    return Address(parts.scheme, _host(parts.hostname or ""), port or _PORTS[parts.scheme], path + query)


def _not_of_the_web(parts: SplitResult) -> str:
    if not parts.scheme:
        return sentence("This is no address: one begins with http:// or https://.")
    if parts.scheme == "data":
        return sentence("This is a small preview inside the list, not the address of a picture.")
    return sentence(
        "Addresses that begin with {scheme}: are not fetched; give http or https.", scheme=parts.scheme[:20]
    )


def _host(name: str) -> str:
    if not name:
        raise FetchError(sentence("This address names no host."))
    if ":" in name or (name.isascii() and "_" in name):  # an IPv6 address; some hosts have an underscore
        return name.lower()
    try:
        return idna.encode(name, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError) as error:
        raise FetchError(sentence("This address names a host that cannot exist.")) from error
