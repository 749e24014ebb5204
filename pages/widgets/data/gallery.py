"""Thumbnails of a data set's frames, in pages, as the filter leaves them."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
import streamlit as st

from core.datasets import Frame
from core.datasets.contents.statistics import Statistics
from core.datasets.contents.thumbnails import Thumbnail, keep, thumbnails
from core.languages import class_name, filled, translated
from core.languages import gettext as _
from core.segmentation.probabilities import percent
from pages.widgets.data.frame_filter import (
    SPLIT_TITLES,
    FrameFilter,
    choose_filter,
    filtered,
    warn_of_missing_classes,
)
from pages.widgets.shared.dataset_state import GALLERY_PLACE, REFILTERED, open_frame
from pages.widgets.shared.datasets import OpenedSet, counts
from pages.widgets.shared.fragments import fragment
from pages.widgets.shared.front_end import component
from pages.widgets.shared.jobs import jobs
from pages.widgets.shared.markdown import markdown
from pages.widgets.shared.media import media_url
from pages.widgets.shared.reveal import revealed

PAGE = 24
LEFT_FOR = "gallery_left_for"
"""The frame that has been looked at since the gallery was last on the page."""

_AHEAD = "gallery_ahead"
_KEY = "gallery"
_SHOWN_CLASSES = 3

_mount = component("dataset_gallery", __file__)


def gallery(opened: OpenedSet) -> None:
    """Show the frames that pass the filters, a page at a time."""
    # A container of its own: when the counting ends, what follows stays in place, and a click that is on its
    # way still finds its fragment.
    with st.container():
        counted = counts(opened)
    if counted is not None:
        warn_of_missing_classes(counted)
    _gallery(opened, counted)


@fragment
def _gallery(opened: OpenedSet, counted: Statistics | None) -> None:
    dataset = opened.dataset
    with revealed(GALLERY_PLACE, _("Frames of {name}").format(name=dataset.name), need=640):
        with st.container():
            chosen = choose_filter(opened, counted)
            st.session_state.pop(REFILTERED, None)  # only the Frame tab has a frame to leave for it
        frames = filtered(opened, counted, chosen)
        found = filled(_("{count} of {count2} frames"), count=len(frames), count2=len(dataset.frames()))
        if not frames:
            words = markdown("{found} {words}. Choose less.", found=found, words=chosen.words)
            st.info(words, icon=":material/search_off:")
            return
        back = _left_frame(frames)
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(markdown("**{found}**", found=found), width="content")
            page = _page_picker(opened, frames, chosen, back)
        shown = frames[(page - 1) * PAGE : page * PAGE]
        small = _thumbnails(opened, shown)
        _mount(
            key=_KEY,
            data={
                "label": _("Frames of {name}, page {page}").format(name=dataset.name, page=page),
                "frames": [
                    _card(opened, frame, picture, slot, counted)
                    for slot, (frame, picture) in enumerate(zip(shown, small, strict=True))
                ],
                "back": back and back.name,
            },
            on_open_change=_open,
        )
    _look_ahead(opened, frames[page * PAGE : (page + 1) * PAGE])


def _left_frame(frames: Sequence[Frame]) -> Frame | None:
    """The frame that the visitor comes back from, if it is among these."""
    name = st.session_state.pop(LEFT_FOR, None)
    return next((frame for frame in frames if frame.name == name), None)


def _thumbnails(opened: OpenedSet, frames: Sequence[Frame]) -> list[Thumbnail]:
    """The thumbnails of a page, which a job may be making already."""
    key = _ahead_key(opened, frames)
    if ahead := jobs().find(key):
        ahead.wait()
        jobs().forget(key)
    return thumbnails(opened.dataset, frames)


def _look_ahead(opened: OpenedSet, frames: Sequence[Frame]) -> None:
    """Make the next page's thumbnails while the visitor looks at this one."""
    key = _ahead_key(opened, frames)
    before = st.session_state.get(_AHEAD)
    if before is not None and before != key:
        jobs().forget(before)  # a page that nobody opened
    st.session_state[_AHEAD] = key
    if frames:
        jobs().start_once(key, lambda _: keep(opened.dataset, frames))


def _ahead_key(opened: OpenedSet, frames: Sequence[Frame]) -> Hashable:
    return "look ahead", opened.key, tuple(frame.name for frame in frames)


def _page_picker(opened: OpenedSet, frames: Sequence[Frame], chosen: FrameFilter, back: Frame | None) -> int:
    """Choose a page; at first that of the frame `back`."""
    pages = -(-len(frames) // PAGE)
    if pages < 2:
        return 1
    # New filters make new pages, which start with the first.
    key = f"page.{opened.dataset.name}.{chosen}"
    if back is not None:
        st.session_state[key] = frames.index(back) // PAGE + 1
    return st.pagination(pages, key=key, persist_state="page")


def _card(
    opened: OpenedSet, frame: Frame, picture: Thumbnail, slot: int, counted: Statistics | None
) -> dict[str, Any]:
    facts = [_(SPLIT_TITLES[frame.split]).lower()]
    if counted is not None:
        shares = counted.shares[counted.names.index(frame.name)]
        largest = np.argsort(-shares, kind="stable")[:_SHOWN_CLASSES]
        names = opened.dataset.class_list.names
        facts.append(
            ", ".join(f"{class_name(names[n])} {percent(shares[n])}" for n in largest if shares[n] > 0)
        )
    return {
        "name": frame.name,
        "facts": facts,
        "photo": picture.photo and media_url(picture.photo, "image/jpeg", f"{_KEY}.{slot}.photo"),
        "mask": picture.label and media_url(picture.label, "image/png", f"{_KEY}.{slot}.mask"),
        "trouble": translated(picture.trouble),
    }


def _open() -> None:
    name = st.session_state[_KEY].get("open")
    if isinstance(name, str):
        open_frame(name)
        st.rerun()
