"""By which address a visitor has opened the page, and by which one others can."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Literal
from urllib.parse import SplitResult, urlencode, urlsplit

import streamlit as st

from core.hardware.network import lan_address

SEAT = "seat"
"""The name in an address of the token of a seat in a class: whoever has the token has the seat."""

Reach = Literal["others", "closed", "alone"]
"""Who can open an address: others in the network too; or only this machine, since the app is not open to
others ("closed"), or since there is no network ("alone")."""

_EVERYWHERE = ("", "0.0.0.0", "::")  # noqa: S104 (what an open server is told to listen to)


@dataclass(frozen=True)
class PageLink:
    """An address that opens what the page shows."""

    address: str
    reach: Reach


def page_link() -> PageLink:
    """The page as it is now; call it when the page has written what it shows into its own address."""
    said = {name: st.query_params.get_all(name) for name in st.query_params if name != SEAT}
    here = _opened()._replace(query=urlencode(said, doseq=True))
    return link_for_others(here, str(st.get_option("server.address") or ""), st.get_option("server.port"))


def link_for_others(here: SplitResult, listening: str, port: int) -> PageLink:
    """The address by which others can open the page.

    here: that of the visitor. It is good for others unless it leads to the visitor's own machine.
    listening, port: where the server was told to listen. Errors: none; `reach` says when others cannot.
    """
    if not is_this_machine(here.hostname or "localhost"):
        return PageLink(here.geturl(), "others")
    if is_this_machine(listening):
        return PageLink(here.geturl(), "closed")
    host = lan_address() if listening in _EVERYWHERE else listening
    if host is None:
        return PageLink(here.geturl(), "alone")
    named = f"[{host}]" if ":" in host else host
    return PageLink(here._replace(netloc=f"{named}:{port}").geturl(), "others")


def camera_allowed() -> bool:
    """Whether a browser lets the page use a camera: over HTTPS, or from its own machine.

    Source: W3C, "Secure Contexts", sections 3.1 and 3.2.
    """
    here = _opened()
    return here.scheme == "https" or is_this_machine(here.hostname or "localhost")


def is_this_machine(host: str) -> bool:
    """Whether a host of an address is always the machine of whoever opens it."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _opened() -> SplitResult:
    """The page's address in the visitor's browser, without a query."""
    opened = urlsplit(st.context.url or "http://localhost")
    return opened._replace(path=opened.path or "/")
