"""All photos as thumbnails: one is on screen, and visitors can remove their own."""

from __future__ import annotations

import base64
from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from core.photos.photo import Photo
from core.segmentation.probabilities import percent
from core.segmentation.sizes import WorkingSize
from pages.widgets.photos import added, waiting
from pages.widgets.photos.visitor_session import MAX_PHOTOS, visitor_session
from pages.widgets.shared.fragments import fragment
from pages.widgets.shared.front_end import script, style

_KEY = "photo_strip"
_TICK_SECONDS = 0.3
_WHOLE_RUN = "photo_strip_whole_run"

_mount = st.components.v2.component(
    "streetscope_photo_strip",
    css=style(__file__),
    js=script(__file__),
)


def photo_strip(model: str, size: WorkingSize) -> None:
    """Show the thumbnails. Photos that nobody has looked at yet are segmented beside the page, one by one.

    The photo on screen has been segmented already.
    """
    waiting.note_main_classes(visitor_session().photo(), model, size)
    ticking = bool(waiting.waiting_photos(model, size)) and not waiting.stopped(model, size)
    st.session_state[_WHOLE_RUN] = True
    fragment(_strip, every=_TICK_SECONDS if ticking else None)(model, size, ticking)


def _strip(model: str, size: WorkingSize, ticking: bool) -> None:
    if ticking:
        waiting.go_on(waiting.waiting_photos(model, size), model, size)
    left = waiting.waiting_photos(model, size)
    if ticking and not left:
        st.rerun()  # the whole page: only then the ticks end
    # The thumbnails, three kilobytes each, go along with runs of the whole page; the ticks leave them out.
    thumbnails = st.session_state.pop(_WHOLE_RUN, False)
    photos = visitor_session().all_photos()
    progress = {
        "done": len(photos) - len(left),
        "of": len(photos),
        "action": "stop" if ticking else "resume",
    }
    _mount(
        key=_KEY,
        data={
            "photos": [_card(photo, model, size, thumbnails) for photo in photos],
            "chosen": visitor_session().photo().key,
            "progress": progress if left else None,
            "limit": MAX_PHOTOS,
        },
        on_look_change=partial(_act, "look", _look),
        on_remove_change=partial(_act, "remove", _remove),
        on_stop_change=partial(_act, "stop", lambda _: waiting.stop(model, size)),
        on_resume_change=partial(_act, "resume", lambda _: waiting.resume()),
        # A tick has overtaken the thumbnails on their way: the whole page runs again.
        on_missing_change=partial(_act, "missing", lambda _: None),
    )


def _card(photo: Photo, model: str, size: WorkingSize, thumbnail: bool) -> dict[str, Any]:
    classes = [f"{name} {percent(share)}" for name, share in waiting.main_classes(photo, model, size)]
    return {
        "key": photo.key,
        "name": photo.name,
        "size": f"{photo.width} x {photo.height}",
        "classes": ", ".join(classes),
        "state": _state(photo, model, size),
        # Not a media file: that may be dropped between two runs in quick succession.
        "thumbnail": _data_url(photo.thumbnail) if thumbnail else "",
        "removable": not photo.sample,
    }


def _data_url(jpeg: bytes) -> str:
    return "data:image/jpeg;base64," + base64.b64encode(jpeg).decode()


def _state(photo: Photo, model: str, size: WorkingSize) -> str:
    """What becomes of a photo that is not segmented yet."""
    if waiting.stopped(model, size):
        return "stopped"
    return "working" if waiting.segmented_now(photo, model, size) else "waiting"


def _act(event: str, act: Callable[[str], None]) -> None:
    """Do what was clicked; then the whole page runs again."""
    key = st.session_state[_KEY].get(event)
    if isinstance(key, str):
        act(key)
        st.rerun()


def _look(key: str) -> None:
    visitor_session().look_at(key)
    added.forget()


def _remove(key: str) -> None:
    visitor_session().remove(key)
    added.forget()
