"""How photos are added: by drop or file chooser, from the camera, the clipboard or a zip."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import zip_longest
from pathlib import Path
from typing import Literal, NoReturn

import streamlit as st

from core.errors import StreetScopeError
from core.languages import gettext as _
from core.languages import translated
from core.photos.archives import unpacked
from core.photos.endings import ENDINGS
from core.photos.gather.opened import Order
from core.photos.images import MAX_BYTES as MAX_PHOTO_BYTES
from core.photos.photo import read_photo
from pages.widgets.photos import added, waiting
from pages.widgets.photos.listed import ListedPhoto
from pages.widgets.photos.visitor_session import MAX_BYTES, MAX_PHOTOS, VisitorSession, visitor_session
from pages.widgets.shared.front_end import component
from pages.widgets.shared.guests import is_student
from pages.widgets.shared.page_address import camera_allowed

PHOTO_TYPES = [*(each for some in zip_longest(*ENDINGS.values()) for each in some if each), ".zip"]
"""The endings that a file chooser offers, the usual one of each format first."""

_PICTURES = "image/*"
"""Offered too: for pictures of any kind, a phone offers its camera."""

_UPLOADS, _CAMERAS, _TOO_LARGE = "uploads_taken", "cameras_taken", "photos_too_large"
_TAKING, _HEARD = "taking", "refusals_heard"

_mount_taking = component("taking", str(Path(__file__).with_name("taking.py")))

Named = tuple[str, bytes]


def photo_upload() -> None:
    """The uploader behind the strip's button, and behind what is dropped or pasted anywhere on the page.

    The visitor's session has the photos afterwards. The style sheet of the page's top shows the uploader only
    while it sends files. It takes any file, for its own words about others are seen only by a mouse.
    """
    if is_student():
        return
    # A new key empties the uploader: the visitor's session keeps the photos, and the strip shows them.
    key = f"upload_{st.session_state.setdefault(_UPLOADS, 0)}"
    with st.container(key="photo_upload"):
        files = st.file_uploader(
            _("Your street photos, or a zip of them"),
            accept_multiple_files=True,
            max_upload_size=MAX_BYTES // 2**20,
            key=key,
            label_visibility="collapsed",
        )
    if files:
        _take(((file.name, file.getvalue()) for file in files), _UPLOADS)


def listen_for_files() -> None:
    """Accept pictures that are pasted, and files that are dropped, anywhere on the page, but students'."""
    if not is_student():
        _mount(button=False)


def add_photos() -> None:
    """A button to choose photos, for a page without the strip, which has it; and `listen_for_files`."""
    if not is_student():
        _mount(button=True)


def _mount(button: bool) -> None:
    data = {
        "accept": ",".join([_PICTURES, *PHOTO_TYPES]),
        "limit": MAX_BYTES,
        "button": button,
        "heard": st.session_state.get(_HEARD, 0),
    }
    width: Literal["content", "stretch"] = "content" if button else "stretch"
    _mount_taking(key=_TAKING, data=data, width=width, on_refused_change=_refuse)


def camera_input() -> None:
    """Take a photo with this machine's camera."""
    if is_student():
        return
    camera = st.popover(_("Camera"), icon=":material/photo_camera:", on_change="rerun", key="camera_popover")
    if camera.open:  # the browser asks for the camera as soon as this is drawn
        with camera:
            _camera_input()


def _camera_input() -> None:
    """Take a photo; where the browser lets no page use a camera, by a phone's own camera."""
    shot = f"camera_{st.session_state.setdefault(_CAMERAS, 0)}"
    if camera_allowed():
        taken = st.camera_input(_("Take a photo of a street"), key=shot)
        if taken is not None:
            number = st.session_state[_CAMERAS] + 1
            _take([(f"camera-{number}.jpg", taken.getvalue())], _CAMERAS)
        return
    with st.container(width=360):
        st.caption(
            _(
                "Browsers let a page use the camera only over HTTPS or on the machine that runs StreetScope. "
                "On a phone, Upload opens its camera."
            )
        )
        # By kind, not by their endings: a phone then offers its camera beside its files.
        chosen = st.file_uploader(
            _("Take or choose a photo"),
            type="image/*",
            max_upload_size=MAX_PHOTO_BYTES // 2**20,
            key=shot,
        )
    if chosen is not None:
        _take([(chosen.name, chosen.getvalue())], _CAMERAS)


def photo_picker(
    label_visibility: Literal["visible", "collapsed"] = "visible", order: Order = "number"
) -> ListedPhoto:
    """Let the visitor choose one of their photos or a sample, or of the open set, in this order.

    `add_photos` adds new ones.
    """
    mine = visitor_session()
    photos = mine.listed(order)
    keys = [photo.key for photo in photos]
    chosen = st.selectbox(
        _("Photo"),
        range(len(photos)),
        keys.index(mine.here().key),
        format_func=lambda number: translated(photos[number].name),
        label_visibility=label_visibility,
        width=300,
    )
    photo = photos[chosen]
    mine.look_at(photo.key)
    return photo


def _refuse() -> None:
    """Say that files are too large, which `taking.js` has kept out. A browser can send anything."""
    value = st.session_state[_TAKING].get("refused")
    names = value.get("names") if hasattr(value, "get") else None
    if not isinstance(names, list):
        return
    sentence = _("It is larger than {megabytes} MB. Give a smaller photo, or several smaller zips.").format(
        megabytes=MAX_BYTES // 2**20
    )
    refused = [(str(name)[:200], sentence) for name in names[:MAX_PHOTOS]]
    # The others of the same batch are on their way: what is said of them names these as well.
    st.session_state[_TOO_LARGE] = refused if value.get("others") else []
    st.session_state[_HEARD] = st.session_state.get(_HEARD, 0) + 1
    added.keep(added.Added(0, 0, refused, len(visitor_session().photos), MAX_PHOTOS))


def _take(files: Iterable[Named], count: str) -> NoReturn:
    """Add files to the visitor's session and look at the first; then the page runs again, from its title on.

    Keeps what became of each file. count: the number in the key of the widget that gave them, which the next
    run draws empty. Never a callback: Streamlit ends one that another message interrupts, and calls it no
    second time, so that the files would be lost. A run that is cut short is repeated.
    """
    mine = visitor_session()
    before = set(mine.photos)
    taken: list[str] = []
    refused: list[tuple[str, str]] = [*st.session_state.get(_TOO_LARGE, [])]
    for name, content in unpacked(files):
        if isinstance(content, StreetScopeError):
            refused.append((name, translated(content)))
            continue
        try:
            taken.append(add_photo(mine, name, content))
        except StreetScopeError as error:
            refused.append((name, translated(error)))
    if taken:
        mine.look_at_own(taken[0])
    new = len(set(taken) - before)
    added.keep(added.Added(new, len(taken) - new, refused, len(mine.photos), MAX_PHOTOS))
    waiting.resume()
    st.session_state.pop(_TOO_LARGE, None)
    st.session_state[count] += 1
    st.rerun()


def add_photo(mine: VisitorSession, name: str, content: bytes, credit: str = "") -> str:
    """Add a photo to a visitor's session, if it is not there; its key. StreetScopeError says why it cannot.

    credit: where it is from, if it is not the visitor's own.
    """
    photo = read_photo(name, content, credit=credit)
    if photo.key not in mine.photos:
        if len(mine.photos) >= MAX_PHOTOS:
            raise StreetScopeError(
                _("There are {most} photos already. Remove some to add others.").format(most=MAX_PHOTOS)
            )
        if mine.nbytes + photo.nbytes > MAX_BYTES:
            raise StreetScopeError(
                _("Your photos would take more than {megabytes} MB together. Remove some first.").format(
                    megabytes=MAX_BYTES // 2**20
                )
            )
        mine.photos[photo.key] = photo
    return photo.key
