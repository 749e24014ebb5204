"""All photos of a set as thumbnails, to keep or to drop, with the mouse or with keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from functools import lru_cache
from typing import Any

import streamlit as st

from core.errors import PhotoSetError
from core.languages import gettext as _
from core.languages import mark, translated
from core.photos.gather.entry import Entry
from core.photos.gather.sorting import marks
from core.photos.gather.store import PhotoSet, open_set
from pages.widgets.gather.blurring import ask_to_blur
from pages.widgets.gather.work import is_fetching
from pages.widgets.shared.errors import show_error
from pages.widgets.shared.fragments import fragment
from pages.widgets.shared.front_end import component
from pages.widgets.shared.guests import is_guest
from pages.widgets.shared.media import media_url

PAGE = 60

_KEY = "photo_grid"
_SEEN = "photo_grid_seen"
_WANTED = "grid_wanted"
_TICK_SECONDS = 1.5
_SHOWN: Mapping[str, Callable[[Entry], bool]] = {
    mark("All"): lambda entry: True,
    mark("Kept"): lambda entry: entry.kept,
    mark("Dropped"): lambda entry: not entry.kept,
    mark("Marked"): lambda entry: bool(marks(entry)),
}
_TO_GO_OVER = mark("To go over")

_mount = component("photo_grid", __file__)


def photo_grid(photos: PhotoSet) -> None:
    """Show the photos; those that are being fetched appear as they come."""
    fragment(_grid, every=_TICK_SECONDS if is_fetching(photos) else None)(photos)


def _grid(photos: PhotoSet) -> None:
    try:
        _take_decisions(photos)
        taken = [entry for entry in photos.entries() if entry.state == "taken"]
    except PhotoSetError as error:
        show_error(error)
        return
    if not taken:
        return
    to_go_over = {entry.number for entry in photos.to_go_over()}
    shown = _shown(taken, to_go_over)
    _mount(
        key=_KEY,
        data={
            "set": photos.name,
            "label": _("Photos of {name}").format(name=photos.name),
            "readOnly": is_guest(),
            "seen": st.session_state.get(_SEEN, ["", 0]),
            "kept": sum(entry.kept for entry in taken),
            "of": len(taken),
            "photos": [
                _card(photos, entry, slot) | {"toGoOver": entry.number in to_go_over}
                for slot, entry in enumerate(shown)
            ],
        },
        on_decided_change=lambda: None,  # its run takes what was decided
        on_blur_change=_blur,
    )


def _blur() -> None:
    number = st.session_state[_KEY].get("blur")
    if isinstance(number, int):
        ask_to_blur(number)
        st.rerun()


def _shown(taken: Sequence[Entry], to_go_over: Set[int]) -> Sequence[Entry]:
    """Those that the visitor wants to see, a page at a time."""
    ways = [*list(_SHOWN), _TO_GO_OVER] if to_go_over else list(_SHOWN)
    if st.session_state.get(_WANTED) not in ways:
        st.session_state[_WANTED] = "All"
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        wanted = st.segmented_control(
            _("Which photos"),
            ways,
            format_func=_,
            required=True,
            label_visibility="collapsed",
            key=_WANTED,
        )
        if wanted == _TO_GO_OVER:
            found = [entry for entry in taken if entry.number in to_go_over]
        else:
            found = [entry for entry in taken if _SHOWN[wanted or "All"](entry)]
        pages = -(-len(found) // PAGE)
        page = st.pagination(pages, key=f"grid_page_{wanted}") if pages > 1 else 1
    return found[(page - 1) * PAGE : page * PAGE]


def _card(photos: PhotoSet, entry: Entry, slot: int) -> dict[str, Any]:
    try:
        small = _small(photos.name, str(photos.root), entry.file, entry.blurred)
        address = media_url(small, "image/jpeg", f"{_KEY}.{slot}")
    except PhotoSetError:
        address = ""
    return {
        "number": entry.number,
        "name": translated(entry.name),
        "size": f"{entry.width} x {entry.height}",
        "credit": ", ".join(filter(None, (translated(entry.by), entry.licence))),
        "marks": [translated(mark) for mark in marks(entry)],
        "kept": entry.kept,
        "blurred": entry.blurred,
        "address": address,
    }


@lru_cache(maxsize=1024)
def _small(name: str, root: str, file: str, version: int) -> bytes:
    """A thumbnail, some ten kilobytes; the other arguments tell sets and versions apart."""
    photos = open_set(name)
    entry = next((entry for entry in photos.entries() if entry.file == file), None)
    if entry is None:
        raise PhotoSetError(_("This photo is gone."))
    return photos.small(entry)


def _take_decisions(photos: PhotoSet) -> None:
    """Take what the browser has decided, each decision once, however often it is sent."""
    everything = st.session_state.get(_KEY)
    message = everything.get("decided") if isinstance(everything, Mapping) else None
    if not isinstance(message, Mapping) or message.get("set") != photos.name or is_guest():
        return
    window, last = str(message.get("window", ""))[:32], _last(message)
    if [window, last] == st.session_state.get(_SEEN):
        return
    before = st.session_state.get(_SEEN, ["", 0])
    done = before[1] if before[0] == window else 0
    changes = {each["number"]: {"kept": each["kept"]} for each in _decisions(message) if each["id"] > done}
    photos.change(changes)
    st.session_state[_SEEN] = [window, last]


def _decisions(message: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The decisions of a message, which can be anything."""
    found = message.get("list")
    return [
        each
        for each in (found if isinstance(found, list) else [])
        if isinstance(each, Mapping)
        and isinstance(each.get("number"), int)
        and isinstance(each.get("kept"), bool)
        and isinstance(each.get("id"), int)
    ]


def _last(message: Mapping[str, Any]) -> int:
    return max((each["id"] for each in _decisions(message)), default=0)
