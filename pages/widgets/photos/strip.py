"""All photos as thumbnails: one is on screen, and visitors can remove their own."""

from __future__ import annotations

import base64
from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from core.errors import StreetScopeError
from core.photos.photo import Photo
from core.segmentation.probabilities import percent
from core.segmentation.sizes import WorkingSize
from pages.widgets.photos.visitor_session import MainClasses, visitor_session
from pages.widgets.segmentation.models import segment
from pages.widgets.shared.front_end import script, style
from pages.widgets.shared.markdown import markdown

_KEY = "photo_strip"
_TICK_SECONDS = 0.2
_FRESH = "photo_strip_fresh"

_mount = st.components.v2.component(
    "streetscope_photo_strip",
    css=style(__file__),
    js=script(__file__),
)


def photo_strip(model: str, size: WorkingSize) -> None:
    """Show the thumbnails. Photos that nobody has looked at yet are segmented one by one, with short pauses.

    The photo on screen has been segmented already; the others follow while the page already answers.
    """
    _note_main_classes(visitor_session().photo(), model, size)
    waiting = any(not _main_classes(photo, model, size) for photo in visitor_session().all_photos())
    st.session_state[_FRESH] = True
    st.fragment(_strip, run_every=_TICK_SECONDS if waiting else None)(model, size)


def _note_main_classes(photo: Photo, model: str, size: WorkingSize) -> None:
    """Keep a photo's largest classes, once; segments the photo if need be."""
    if _main_classes(photo, model, size):
        return
    try:
        result = segment(photo, model, size).segmentation
    except StreetScopeError:
        found: MainClasses = (("cannot be segmented", 0.0),)
    else:
        names = result.class_list.names
        shares = sorted(zip(names, result.class_shares().tolist(), strict=True), key=lambda pair: -pair[1])
        found = tuple(shares[:2])
    visitor_session().main_classes[photo.key, model, size.name] = found


def _strip(model: str, size: WorkingSize) -> None:
    waiting = [photo for photo in visitor_session().all_photos() if not _main_classes(photo, model, size)]
    # A run of the whole page shows what is ready at once; only the ticks after it do the work.
    if waiting and not st.session_state.pop(_FRESH, False):
        _note_main_classes(waiting.pop(0), model, size)
        if not waiting:
            st.rerun()
    _mount(
        key=_KEY,
        data={
            "photos": [_card(photo, model, size) for photo in visitor_session().all_photos()],
            "chosen": visitor_session().photo().key,
        },
        on_look_change=partial(_act, "look", lambda key: visitor_session().look_at(key)),
        on_remove_change=partial(_act, "remove", lambda key: visitor_session().remove(key)),
    )
    if waiting:
        photos = len(visitor_session().all_photos())
        done = photos - len(waiting)
        words = markdown(
            "Segmented {done} of {photos} photos at {size}", done=done, photos=photos, size=size.name
        )
        st.progress(done / photos, words)


def _main_classes(photo: Photo, model: str, size: WorkingSize) -> MainClasses:
    return visitor_session().main_classes.get((photo.key, model, size.name), ())


def _card(photo: Photo, model: str, size: WorkingSize) -> dict[str, Any]:
    classes = [f"{name} {percent(share)}" for name, share in _main_classes(photo, model, size)]
    return {
        "key": photo.key,
        "name": photo.name,
        "size": f"{photo.width} x {photo.height}",
        "classes": ", ".join(classes) or "waiting",
        # Sent along, three kilobytes: a media file may be dropped between two runs in quick succession.
        "thumbnail": "data:image/jpeg;base64," + base64.b64encode(photo.thumbnail).decode(),
        "removable": not photo.sample,
    }


def _act(event: str, act: Callable[[str], None]) -> None:
    """Do what was clicked; then the whole page runs again."""
    key = st.session_state[_KEY].get(event)
    if isinstance(key, str):
        act(key)
        st.rerun()
