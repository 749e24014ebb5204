"""Which addresses are this machine's, and who is a guest."""

from __future__ import annotations

import pytest
import streamlit as st

from pages.widgets.shared import guests

OWN = ["127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1"]
OTHERS = ["192.0.2.77", "8.8.8.8", "2001:db8::7", "::ffff:192.0.2.77", "::", "255.255.255.255"]
NONE = ["", "localhost", "127.0.0.1, 8.8.8.8", "127.0.0.1:80", "1", "300.1.1.1"]


@pytest.mark.parametrize("address", OWN)
def test_loopback_is_this_machine(address):
    assert guests.is_own_address(address)


@pytest.mark.parametrize("address", OTHERS + NONE)
def test_another_address_is_not(address):
    assert not guests.is_own_address(address)


@pytest.mark.parametrize(
    ("switch", "address", "guest"),
    [
        (None, "192.0.2.77", False),
        ("0", "192.0.2.77", False),
        ("1", "192.0.2.77", True),
        ("yes", "192.0.2.77", True),
        ("1", None, False),
        ("1", "127.0.0.1", False),
    ],
)
def test_only_others_are_guests_and_only_where_guests_are_expected(monkeypatch, switch, address, guest):
    monkeypatch.delenv(guests.GUESTS, raising=False)
    if switch is not None:
        monkeypatch.setenv(guests.GUESTS, switch)
    monkeypatch.setattr(type(st.context), "ip_address", property(lambda _: address))
    assert guests.is_guest() is guest
