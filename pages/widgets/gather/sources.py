"""Where photos come from: a list of addresses, a search, files, or a video."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePath
from typing import NoReturn

import streamlit as st

from core.errors import PhotoSetError
from core.languages import filled, ngettext
from core.languages import gettext as _
from core.photos.gather.files import files_in, files_of
from core.photos.gather.gathering import try_again
from core.photos.gather.lists import MAX_BYTES, MOST, read_list
from core.photos.gather.online import is_online
from core.photos.gather.services import EXAMPLE, SERVICES
from core.photos.gather.services import MOST as MOST_FOUND
from core.photos.gather.store import PhotoSet
from core.photos.video.formats import HEAD, is_video
from pages.widgets.gather.sets import set_to_add_to, show_set
from pages.widgets.gather.video import give_video, say_dropped, video_source
from pages.widgets.gather.work import PORT, fetch_found, fetch_waiting, is_fetching, take_files
from pages.widgets.photos import added
from pages.widgets.photos.input import add_photos
from pages.widgets.photos.visitor_session import MAX_BYTES as MAX_UPLOAD
from pages.widgets.shared.errors import show_error
from pages.widgets.shared.guests import host_only
from pages.widgets.shared.markdown import escape, joined, markdown

_GIVEN, _LEFT, _KNOWN, _FILES = "lists_given", "addresses_left", "addresses_known", "gather_files_given"
_LISTS = (".txt", ".csv", ".tsv", ".json")
_PLACEHOLDER = "https://upload.wikimedia.org/…/Jalan_Sudirman.jpg\nhttps://live.staticflickr.com/…/4321.jpg"


def sources(photos: PhotoSet) -> None:
    """Let the visitor add photos to a set; guests only look."""
    if not host_only(_("gather photos")):
        return
    target = set_to_add_to(photos)
    if is_fetching(target) and target.name != photos.name:
        st.caption(
            markdown(
                "Photos are on their way into {name}; others can be added when they are there.",
                name=target.name,
            )
        )
    say_dropped()
    found, listed, files, filmed = st.tabs(
        [_("Search"), _("Addresses"), _("Files"), _("Video")], key="gather_source"
    )
    with found:
        _search(target)
    with listed:
        _addresses(target)
    with files:
        _files(target)
    with filmed:
        if video_source(target):
            _show(target)


def _show(photos: PhotoSet) -> NoReturn:
    """Show the set that photos are on their way into."""
    show_set(photos.name)
    st.rerun()


@st.cache_data(ttl=60, show_spinner=False)
def _online() -> bool:
    return is_online()


def _say_offline() -> None:
    if not _online():
        st.info(
            _(
                "This machine does not reach the internet now. Photos of your own, and the examples, need "
                "none."
            ),
            icon=":material/cloud_off:",
        )


def _search(photos: PhotoSet) -> None:
    _say_offline()
    with st.form("gather_search", border=False, enter_to_submit=True):
        name = st.radio(
            _("Where to search"),
            list(SERVICES),
            format_func=escape,
            captions=[escape(_(service.about)) for service in SERVICES.values()],
            horizontal=True,
        )
        with st.container(horizontal=True, vertical_alignment="bottom"):
            wanted = st.text_input(_("Words to search for"), EXAMPLE, max_chars=200)
            count = st.number_input(_("Photos at most"), 1, MOST_FOUND, 20, width=150)
            pressed = st.form_submit_button(
                _("Find and fetch"), type="primary", icon=":material/search:", disabled=is_fetching(photos)
            )
    st.caption(_("The words that the article searched for are there as an example. No account is needed."))
    if pressed and name is not None:
        fetch_found(photos, SERVICES[name], wanted, int(count))
        _show(photos)


def _files(photos: PhotoSet) -> None:
    st.caption(_("Choose photos or a zip of them, drop them anywhere on this page, or paste one."))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        add_photos()
        with (
            st.form("gather_folder", border=False, enter_to_submit=True),
            st.container(horizontal=True, vertical_alignment="bottom"),
        ):
            folder = st.text_input(
                _("or a folder of this machine"), placeholder=_("/home/me/Pictures/Jakarta")
            )
            pressed = st.form_submit_button(
                _("Take its photos"), icon=":material/folder_open:", disabled=is_fetching(photos)
            )
    # As on Explore: out of sight, and given what is chosen, dropped or pasted.
    with st.container(key="photo_upload"):
        key = f"gather_files_{st.session_state.setdefault(_FILES, 0)}"
        files = st.file_uploader(
            _("Your street photos, or a zip of them"),
            accept_multiple_files=True,
            max_upload_size=MAX_UPLOAD // 2**20,
            key=key,
            label_visibility="collapsed",
        )
    if files and not is_fetching(photos):  # else they stay in the uploader, and their turn comes then
        st.session_state[_FILES] += 1
        if len(files) == 1 and PurePath(files[0].name).suffix.lower() in _LISTS:
            _take(photos, [files[0].getvalue()])  # a list, dropped on the page as photos are
        elif len(files) == 1 and is_video(files[0].read(HEAD)):
            give_video(files[0])
            st.rerun()
        else:
            take_files(photos, files_of([(file.name, file.getvalue()) for file in files]))
            _show(photos)
    added.show_refused()
    if pressed:
        _take_folder(photos, folder)


def _take_folder(photos: PhotoSet, given: str) -> None:
    given = given.strip().strip("\"'")
    if not given:
        show_error(_("Give the full path of a folder with photos."), icon=":material/edit:")
        return
    try:
        files = files_in(Path(given).expanduser())
    except (PhotoSetError, RuntimeError, ValueError) as error:
        known = isinstance(error, PhotoSetError)
        show_error(
            error if known else _("This is no folder; give its full path."), icon=":material/folder_off:"
        )
        return
    take_files(photos, files)
    _show(photos)


def _addresses(photos: PhotoSet) -> None:
    # A new key empties both when their list was taken.
    given = st.session_state.setdefault(_GIVEN, 0)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        text = st.text_area(
            _("Addresses of photos, one a line"),
            placeholder=_PLACEHOLDER,
            key=f"addresses_{given}",
            height=140,
        )
    with right:
        file = st.file_uploader(
            _("or a list as a file: text, CSV or JSON"),
            type=list(_LISTS),
            max_upload_size=MAX_BYTES // 2**20,
            key=f"address_list_{given}",
        )
    with st.container(horizontal=True, vertical_alignment="center"):
        pressed = st.button(
            _("Fetch the photos"), type="primary", icon=":material/download:", disabled=is_fetching(photos)
        )
        _rules()
    if pressed:
        _take(photos, [text, b"" if file is None else file.getvalue()])
    _say_left()


def _take(photos: PhotoSet, given: Sequence[str | bytes]) -> None:
    """Take lists of addresses: what was pasted, a file, or both."""
    lists = [each for each in given if each.strip()]
    if not lists:
        show_error(_("There is no address yet: paste some, one a line."), icon=":material/edit:")
        return
    left: list[str] = []
    known = 0
    try:
        for each in lists:
            read = read_list(each, photos.entries())
            photos.add(read.entries)
            left += read.left
            known += len(read.known) - try_again(photos, read.known)
    except PhotoSetError as error:
        show_error(error)
        return
    st.session_state[_LEFT], st.session_state[_KNOWN] = tuple(left), known
    st.session_state[_GIVEN] += 1
    fetch_waiting(photos)
    _show(photos)


def _say_left() -> None:
    known: int = st.session_state.get(_KNOWN, 0)
    if known:
        words = ngettext(
            "{count} address is in this set already and was not fetched again.",
            "{count} addresses are in this set already and were not fetched again.",
            known,
        )
        st.info(filled(words, count=known), icon=":material/done_all:")
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


def _rules() -> None:
    """What the fetching keeps to, and one more port if the visitor names one."""
    with st.popover(_("How it fetches"), icon=":material/policy:"):
        st.markdown(
            _(
                "Only `http` and `https`, only from public addresses, at most 15 MB and 15 seconds a photo. "
                "A host is asked once a second, eight hosts at a time, and its `robots.txt` is kept to. "
                "StreetScope says who it is."
            )
        )
        st.number_input(
            _("One more port than 80 and 443"),
            min_value=1,
            max_value=65535,
            value=None,
            placeholder=_("none"),
            key=PORT,
        )
