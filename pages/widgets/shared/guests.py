"""Who may change something on this server: on an open server, only who comes from this machine."""

from __future__ import annotations

import ipaddress
import os
import socket

import streamlit as st

from core.classroom.store import CLASS
from core.languages import gettext as _
from pages.widgets.shared.markdown import markdown

GUESTS = "STREETSCOPE_GUESTS"
"""With this in the environment, visitors from other machines are guests: they look, and change nothing."""

FOR_STUDENTS = ("", "inside", "about")
"""The addresses that a student may open besides the class itself; the first is Explore's."""

_OFF = ("", "0", "no", "false", "off")
_TEACHER = "admitted_as_teacher"
_ADMITTED = object()
"""What stands for the teacher in a session: nothing that a browser sends can be equal to it."""


def in_class() -> bool:
    """Whether the app is in class mode, as `python -m core class` starts it."""
    return os.environ.get(CLASS, "").strip().lower() not in _OFF


def admit_teacher() -> None:
    """The visitor has typed the PIN: from now on this session may do everything."""
    st.session_state[_TEACHER] = _ADMITTED


def is_teacher() -> bool:
    """Whether the visitor has typed the PIN of the class."""
    return in_class() and st.session_state.get(_TEACHER) is _ADMITTED


def is_student() -> bool:
    """Whether the visitor is in class without being the teacher: they may not even add photos of their own.

    At the computer itself too, where a class may be projected from.
    """
    return in_class() and not is_teacher()


def is_guest() -> bool:
    """Whether the visitor may only look.

    The address is the one that the connection comes from, which nobody can choose. A proxy on this machine
    passes its visitors' addresses on, and the server believes those of no other machine's proxy.
    """
    if in_class():
        return is_student()
    if os.environ.get(GUESTS, "").strip().lower() in _OFF:
        return False
    address = st.context.ip_address
    return address is not None and not is_own_address(address)


def host_only(what: str) -> bool:
    """Whether the visitor may do what only somebody at this computer may; says so to a guest.

    what: as for `host_sentence`.
    """
    if not is_guest():
        return True
    st.caption(markdown(":material/lock: {sentence}", sentence=host_sentence(what)))
    return False


def host_sentence(what: str) -> str:
    """What to tell a guest. what: words of ours for what only others can do, such as "publish a model"."""
    return _("Only somebody at the computer that StreetScope runs on can {what}.").format(what=_(what))


def is_own_address(address: str) -> bool:
    """Whether an address is one of this machine's, whose browser may use any of them.

    False for what is no address.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    if parsed.is_loopback:
        return True
    if parsed.is_unspecified or parsed.is_multicast or str(parsed) == "255.255.255.255":
        return False
    family = socket.AF_INET if parsed.version == 4 else socket.AF_INET6
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((str(parsed), 0))  # an address of somebody else's cannot be bound to
        except OSError:
            return False
    return True
