"""Where photos come from: a list of addresses, a search, or files."""

from __future__ import annotations

import streamlit as st

from core.errors import PhotoSetError
from core.photos.gather.lists import MAX_BYTES, MOST, read_list
from core.photos.gather.store import PhotoSet
from pages.widgets.gather.sets import set_to_add_to
from pages.widgets.gather.work import fetch_waiting, is_fetching
from pages.widgets.shared.errors import show_error
from pages.widgets.shared.guests import host_only
from pages.widgets.shared.markdown import escape, joined, markdown

_GIVEN, _LEFT = "lists_given", "addresses_left"
_PLACEHOLDER = "https://upload.wikimedia.org/…/Jalan_Sudirman.jpg\nhttps://live.staticflickr.com/…/4321.jpg"


def sources(photos: PhotoSet) -> None:
    """Let the visitor add photos to a set; guests only look."""
    if not host_only("gather photos"):
        return
    addresses = st.tabs(["Addresses"], key="gather_source")[0]
    with addresses:
        _addresses(photos)


def _addresses(photos: PhotoSet) -> None:
    # A new key empties both when their list was taken.
    given = st.session_state.setdefault(_GIVEN, 0)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        text = st.text_area(
            "Addresses of photos, one a line",
            placeholder=_PLACEHOLDER,
            key=f"addresses_{given}",
            height=140,
        )
    with right:
        file = st.file_uploader(
            "or a list as a file: text, CSV or JSON",
            type=["txt", "csv", "tsv", "json"],
            max_upload_size=MAX_BYTES // 2**20,
            key=f"address_list_{given}",
        )
    with st.container(horizontal=True, vertical_alignment="center"):
        pressed = st.button(
            "Fetch the photos", type="primary", icon=":material/download:", disabled=is_fetching(photos)
        )
        port = _rules()
    if pressed:
        _take(photos, file.getvalue() if file is not None else text, port)
    _say_left()


def _take(photos: PhotoSet, given: str | bytes, port: int | None) -> None:
    if not given.strip():
        show_error("There is no address yet: paste some, one a line.", icon=":material/edit:")
        return
    try:
        read = read_list(given)
        photos = set_to_add_to(photos)
        photos.add(read.entries)
    except PhotoSetError as error:
        show_error(error)
        return
    st.session_state[_LEFT] = read.left
    st.session_state[_GIVEN] += 1
    fetch_waiting(photos, port)
    st.rerun()


def _say_left() -> None:
    left: tuple[str, ...] = st.session_state.get(_LEFT, ())
    if left:
        named = joined(", ", (escape(address[:120]) for address in left[:3]))
        words = markdown(
            "{count} addresses after the first {most} were left out, from {named} on: give them next.",
            count=len(left),
            most=MOST,
            named=named,
        )
        st.warning(words, icon=":material/list:")


def _rules() -> int | None:
    """What the fetching keeps to, and one more port if the visitor names one."""
    with st.popover("How it fetches", icon=":material/policy:"):
        st.markdown(
            "Only `http` and `https`, only from public addresses, at most 15 MB and 15 seconds a photo. "
            "A host is asked once a second, eight hosts at a time, and its `robots.txt` is kept to. "
            "StreetScope says who it is."
        )
        port = st.number_input(
            "One more port than 80 and 443", min_value=1, max_value=65535, value=None, placeholder="none"
        )
    return None if port is None else int(port)
