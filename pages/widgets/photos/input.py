"""How photos are added: by drop or file chooser, from the camera, the clipboard or a zip."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

import streamlit as st

from core.errors import StreetScopeError
from core.photos.archives import is_zip, photos_in_zip
from core.photos.endings import ENDINGS
from core.photos.images import MAX_BYTES as MAX_PHOTO_BYTES
from core.photos.photo import Photo, read_photo
from pages.widgets.photos.visitor_session import MAX_BYTES, MAX_PHOTOS, VisitorSession, visitor_session
from pages.widgets.shared.errors import show_error
from pages.widgets.shared.markdown import markdown
from pages.widgets.shared.page_address import camera_allowed

PHOTO_TYPES = [*(each for some in zip_longest(*ENDINGS.values()) for each in some if each), ".zip"]
"""The usual ending of each format first, as the uploader shows only the first few."""

_SHOWN = 3
"""Errors shown at once; a zip can hold fifty bad files."""

_UPLOADS, _CAMERAS, _REFUSED = "uploads_taken", "cameras_taken", "refused_photos"

_mount_paste = st.components.v2.component(
    "streetscope_paste", js=(Path(__file__).parent / "paste.js").read_text("utf-8")
)

Named = tuple[str, bytes]


def photo_input() -> None:
    """Drop, choose, or take a photo. The visitor's session has the photos afterwards."""
    # A new key empties the uploader: the visitor's session keeps the photos, and the strip shows them.
    key = f"upload_{st.session_state.setdefault(_UPLOADS, 0)}"
    st.file_uploader(
        "Your street photos, or a zip of them",
        type=PHOTO_TYPES,
        accept_multiple_files=True,
        max_upload_size=MAX_BYTES // 2**20,
        key=key,
        on_change=_take_uploads,
        args=(key,),
        width=340,
        help="Drop, choose, or paste a copied picture with Ctrl+V. They stay on the machine that runs "
        "StreetScope, and are deleted within half an hour after you leave.",
    )
    camera = st.popover("Camera", icon=":material/photo_camera:", on_change="rerun", key="camera_popover")
    if camera.open:  # the browser asks for the camera as soon as this is drawn
        with camera:
            _camera_input()


def _camera_input() -> None:
    """Take a photo; where the browser lets no page use a camera, by a phone's own camera."""
    shot = f"camera_{st.session_state.setdefault(_CAMERAS, 0)}"
    if camera_allowed():
        st.camera_input("Take a photo of a street", key=shot, on_change=_take_shot, args=(shot,))
        return
    with st.container(width=360):
        st.caption(
            "Browsers let a page use the camera only over HTTPS or on the machine that runs StreetScope. "
            "On a phone, Upload opens its camera."
        )
        # By kind, not by their endings: a phone then offers its camera beside its files.
        st.file_uploader(
            "Take or choose a photo",
            type="image/*",
            max_upload_size=MAX_PHOTO_BYTES // 2**20,
            key=shot,
            on_change=_take_chosen,
            args=(shot,),
        )


def listen_for_pasted() -> None:
    """Accept a picture that is pasted anywhere on the page."""
    _mount_paste(key="paste", data={"limit": MAX_PHOTO_BYTES}, on_pasted_change=_take_pasted)


def photo_picker() -> Photo:
    """Let the visitor choose one of their photos or a sample; `photo_input` adds new ones."""
    mine = visitor_session()
    photos = mine.all_photos()
    keys = [photo.key for photo in photos]
    chosen = st.selectbox(
        "Photo",
        range(len(photos)),
        keys.index(mine.photo().key),
        format_func=lambda number: photos[number].name,
        width=300,
    )
    photo = photos[chosen]
    mine.look_at(photo.key)
    return photo


def _take_uploads(key: str) -> None:
    files = st.session_state.get(key) or []
    st.session_state[_UPLOADS] += 1
    _take((file.name, file.getvalue()) for file in files)


def _take_shot(key: str) -> None:
    shot = st.session_state.get(key)
    if shot is not None:
        st.session_state[_CAMERAS] += 1
        number = st.session_state[_CAMERAS]
        _take([(f"camera-{number}.jpg", shot.getvalue())])


def _take_chosen(key: str) -> None:
    chosen = st.session_state.get(key)
    if chosen is not None:
        st.session_state[_CAMERAS] += 1
        _take([(chosen.name, chosen.getvalue())])


def _take_pasted() -> None:
    pasted = _pasted_bytes(st.session_state["paste"].get("pasted"))
    if pasted:
        _take([("pasted.png", pasted)])


def _pasted_bytes(value: Any) -> bytes | None:
    """What `paste.js` sent. A browser can send anything, so everything is checked."""
    text = value.get("content") if hasattr(value, "get") else None
    if not isinstance(text, str) or len(text) > MAX_PHOTO_BYTES * 4 // 3 + 4:
        return None
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        return None


def _take(files: Iterable[Named]) -> None:
    """Add files to the visitor's session; keeps the error of each file that cannot be used."""
    refused: list[tuple[str, str]] = []
    for name, content in _unpacked(files):
        if isinstance(content, StreetScopeError):
            refused.append((name, str(content)))
            continue
        try:
            visitor_session().looked_at = add_photo(visitor_session(), name, content)
        except StreetScopeError as error:
            refused.append((name, str(error)))
    st.session_state[_REFUSED] = refused


def _unpacked(files: Iterable[Named]) -> Iterator[tuple[str, bytes | StreetScopeError]]:
    for name, content in files:
        if not is_zip(content):
            yield name, content
            continue
        try:
            yield from photos_in_zip(content)
        except StreetScopeError as error:
            yield name, error


def add_photo(mine: VisitorSession, name: str, content: bytes, credit: str = "") -> str:
    """Add a photo to a visitor's session, if it is not there; its key. StreetScopeError says why it cannot.

    credit: where it is from, if it is not the visitor's own.
    """
    photo = read_photo(name, content, credit=credit)
    if photo.key not in mine.photos:
        if len(mine.photos) >= MAX_PHOTOS:
            raise StreetScopeError(f"There are {MAX_PHOTOS} photos already. Remove some to add others.")
        if mine.nbytes + photo.nbytes > MAX_BYTES:
            raise StreetScopeError(
                f"Your photos would take more than {MAX_BYTES // 2**20} MB together. Remove some first."
            )
        mine.photos[photo.key] = photo
    return photo.key


def show_refused() -> None:
    """Show the errors of the last files added, until others are added."""
    refused: list[tuple[str, str]] = st.session_state.get(_REFUSED, [])
    for name, sentence in refused[:_SHOWN]:
        show_error(sentence, markdown("{file} cannot be used", file=name[:80]), ":material/broken_image:")
    if len(refused) > _SHOWN:
        with st.expander(f"{len(refused) - _SHOWN:d} more files cannot be used"):
            st.dataframe(
                {"file": [n for n, _ in refused[_SHOWN:]], "why": [s for _, s in refused[_SHOWN:]]},
                hide_index=True,
                alt="Files that cannot be used, and the reason for each.",
            )
