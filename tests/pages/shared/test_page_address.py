"""The address that others in the room are given, and whether a browser lets the page use a camera."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
import streamlit as st

from pages.widgets.shared import page_address
from pages.widgets.shared.page_address import PageLink, camera_allowed, link_for_others

HERE = "http://localhost:8501/?photo=china&hide=Sky&hide=Car"


@pytest.fixture
def lan(monkeypatch):
    """Set this machine's address in the local network."""
    return lambda address: monkeypatch.setattr(page_address, "lan_address", lambda: address)


@pytest.mark.parametrize("listening", ["0.0.0.0", "::", ""])  # noqa: S104
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "app.localhost"])
def test_an_open_server_is_reached_by_its_address_in_the_network(lan, listening, host):
    lan("192.168.1.20")
    link = link_for_others(urlsplit(HERE.replace("localhost:8501", f"{host}:7777")), listening, 8501)

    # The port is the server's own: a tunnel's, by which the visitor may have come, leads nobody else here.
    assert link == PageLink("http://192.168.1.20:8501/?photo=china&hide=Sky&hide=Car", "others")


def test_a_server_that_listens_to_one_address_is_reached_there(lan):
    lan("192.168.1.20")

    assert link_for_others(urlsplit(HERE), "10.0.0.7", 80).address.startswith("http://10.0.0.7:80/?")
    assert link_for_others(urlsplit(HERE), "fd00::2", 80).address.startswith("http://[fd00::2]:80/?")


@pytest.mark.parametrize("here", ["http://192.168.1.20:8501/?row=1", "https://street.school.example/?row=1"])
def test_who_came_by_an_address_that_others_can_use_shares_that_one(lan, here):
    lan("10.0.0.7")

    assert link_for_others(urlsplit(here), "127.0.0.1", 8501) == PageLink(here, "others")


@pytest.mark.parametrize(
    ("listening", "address", "reach"),
    [("127.0.0.1", "192.168.1.20", "closed"), ("localhost", "192.168.1.20", "closed"), ("", None, "alone")],
)
def test_where_nobody_else_can_come_the_link_is_the_visitors_own(lan, listening, address, reach):
    lan(address)

    assert link_for_others(urlsplit(HERE), listening, 8501) == PageLink(HERE, reach)


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("http://localhost:8501/", True),
        ("http://127.0.0.1:8501", True),
        ("http://[::1]:8501/explore", True),
        ("https://street.school.example/", True),
        ("http://192.168.1.20:8501/", False),
        ("http://my-laptop:8501/", False),
        (None, True),
    ],
)
def test_a_camera_needs_https_or_this_machine(monkeypatch, url, allowed):
    monkeypatch.setattr(type(st.context), "url", property(lambda _: url))

    assert camera_allowed() == allowed
