"""All photos as thumbnails: one is on screen, and visitors can remove their own."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from core.languages import class_name, filled, mark, translated
from core.languages import gettext as _
from core.segmentation.probabilities import percent
from core.segmentation.sizes import WorkingSize
from pages.widgets.photos import added, waiting
from pages.widgets.photos.listed import ListedPhoto
from pages.widgets.photos.visitor_session import MAX_PHOTOS, visitor_session
from pages.widgets.shared.fragments import fragment
from pages.widgets.shared.front_end import component
from pages.widgets.shared.guests import is_student

_KEY = "photo_strip"
_TICK_SECONDS = 0.3
_AROUND = 10
"""Photos on either side of the one on screen whose thumbnails come along with the page."""

_MOST_ASKED = 60
"""Thumbnails that a browser gets at a time: those that it has come to in scrolling."""

_WORDS = {
    "waiting": mark("waiting"),
    "working": mark("segmenting now"),
    "stopped": mark("not segmented"),
    "": "",
}
_WHOLE_RUN, _ANSWERED = "photo_strip_whole_run", "photo_strip_answered"

_mount = component("photo_strip", __file__)


def photo_strip(model: str, size: WorkingSize) -> None:
    """Show the thumbnails. Photos that nobody has looked at yet are segmented beside the page, one by one.

    Those of an open set are segmented when somebody comes to them. The photo on screen has been segmented
    already.
    """
    mine = visitor_session()
    waiting.note_main_classes(mine.here(), model, size)
    left = waiting.waiting_photos(model, size)
    if mine.opened():
        waiting.go_on(left, model, size)
    ticking = bool(left) and not mine.opened() and not waiting.stopped(model, size)
    st.session_state[_WHOLE_RUN] = True
    fragment(_strip, every=_TICK_SECONDS if ticking else None)(model, size, ticking)


def _strip(model: str, size: WorkingSize, ticking: bool) -> None:
    mine = visitor_session()
    if ticking:
        waiting.go_on(waiting.waiting_photos(model, size), model, size)
    left = [] if mine.opened() else waiting.waiting_photos(model, size)
    if ticking and not left:
        st.rerun()  # the whole page: only then the ticks end
    photos, chosen = mine.listed(), mine.here().key
    progress = {
        "done": len(photos) - len(left),
        "of": len(photos),
        "action": "stop" if ticking else "resume",
    }
    _mount(
        key=_KEY,
        data={
            "photos": [_card(photo, model, size) for photo in photos],
            "chosen": chosen,
            "thumbnails": {photo.key: _data_url(photo) for photo in _to_be_seen(photos, chosen)},
            "answered": st.session_state.get(_ANSWERED, 0),
            "progress": progress if left else None,
            "title": _title(photos),
            "adds": mine.opened() is None and not is_student(),
        },
        on_asked_change=lambda: None,  # its run answers
        on_look_change=partial(_act, "look", _look),
        on_remove_change=partial(_act, "remove", _remove),
        on_stop_change=partial(_act, "stop", lambda _: waiting.stop(model, size)),
        on_resume_change=partial(_act, "resume", lambda _: waiting.resume()),
    )


def _title(photos: Sequence[ListedPhoto]) -> str:
    """What the photos are, above all of them."""
    mine = visitor_session()
    if opened := mine.opened():
        return filled(_("{name}: {count} photos"), name=opened.name, count=len(photos))
    own = len(mine.photos)
    return filled(
        _("{own} of your photos (at most {most}), {count} samples"),
        own=own,
        most=MAX_PHOTOS,
        count=len(photos) - own,
    )


def _to_be_seen(photos: Sequence[ListedPhoto], chosen: str) -> Sequence[ListedPhoto]:
    """The photos whose thumbnails go along: those around the chosen one with a run of the whole page, and
    those that the browser has newly asked for. Ticks leave them out: each has three kilobytes.
    """
    around: set[str] = set()
    if st.session_state.pop(_WHOLE_RUN, False):
        keys = [photo.key for photo in photos]
        place = keys.index(chosen)
        around = {*keys[max(place - _AROUND, 0) : place + _AROUND + 1]}
    number, asked = _asked()
    if number != st.session_state.get(_ANSWERED, 0):
        st.session_state[_ANSWERED] = number
        around |= asked
    return [photo for photo in photos if photo.key in around]


def _asked() -> tuple[int, set[str]]:
    """The number and the keys of the browser's last question for thumbnails; it can send anything."""
    everything = st.session_state.get(_KEY)
    message = everything.get("asked") if isinstance(everything, Mapping) else None
    number, keys = (
        (message.get(name) for name in ("number", "keys")) if isinstance(message, Mapping) else (0, 0)
    )
    if not isinstance(number, int) or not isinstance(keys, list):
        return st.session_state.get(_ANSWERED, 0), set()
    return number, {key for key in keys[:_MOST_ASKED] if isinstance(key, str)}


def _card(photo: ListedPhoto, model: str, size: WorkingSize) -> dict[str, Any]:
    known = [
        f"{class_name(name)} {percent(share)}" for name, share in waiting.main_classes(photo, model, size)
    ]
    state = "" if known or photo.number else _state(photo, model, size)
    return {
        "key": photo.key,
        "name": translated(photo.name),
        "size": f"{photo.width} x {photo.height}",
        "facts": ", ".join(known or map(class_name, photo.classes)) or _(_WORDS[state]),
        "waits": bool(state),
        "removable": photo.own,
    }


def _data_url(photo: ListedPhoto) -> str:
    # Not a media file: that may be dropped between two runs in quick succession.
    return "data:image/jpeg;base64," + base64.b64encode(photo.thumbnail()).decode()


def _state(photo: ListedPhoto, model: str, size: WorkingSize) -> str:
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
