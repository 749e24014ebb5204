"""Thumbnails of a data set's frames, in pages: filtered by split and class, sorted by a class's share."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
import streamlit as st

from core.datasets import SPLITS, Frame, Split
from core.datasets.contents.statistics import Statistics, frames_having, ordered_by_share
from core.datasets.contents.thumbnails import Thumbnail, keep, thumbnails
from pages.widgets.shared.dataset_state import CLASSES, SORT, SPLIT, open_frame
from pages.widgets.shared.datasets import OpenedSet, counts
from pages.widgets.shared.front_end import script, style
from pages.widgets.shared.jobs import jobs
from pages.widgets.shared.media import media_url

PAGE = 24
SPLIT_TITLES = {"all": "All", "train": "Training", "valid": "Validation", "test": "Test"}
_AHEAD = "gallery_ahead"
_KEY = "gallery"
_SHOWN_CLASSES = 3

_mount = st.components.v2.component(
    "streetscope_dataset_gallery",
    css=style(__file__),
    js=script(__file__),
)


def gallery(opened: OpenedSet) -> None:
    """Show the frames that pass the filters, a page at a time."""
    # A container of its own: when the counting ends, what follows stays in place, and a click that is on its
    # way still finds its fragment.
    with st.container():
        counted = counts(opened)
    _gallery(opened, counted)


@st.fragment
def _gallery(opened: OpenedSet, counted: Statistics | None) -> None:
    dataset = opened.dataset
    split = _split_filter(opened)
    with st.container():
        wanted = _class_filters(opened, counted) if counted else ([], None)
    frames = _chosen(opened, split, counted, *wanted)
    found = f"{len(frames)} of {len(dataset.frames())} frames"
    if not frames:
        st.info(f"{found}: none has all of these classes. Remove one.", icon=":material/search_off:")
        return
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"**{found}**", width="content")
        # New filters make new pages, which start with the first.
        page = _page_picker(len(frames), f"page.{opened.dataset.name}.{split}.{wanted}")
    shown = frames[(page - 1) * PAGE : page * PAGE]
    small = _thumbnails(opened, shown)
    _mount(
        key=_KEY,
        data={
            "label": f"Frames of {dataset.name}, page {page}",
            "frames": [
                _card(opened, frame, picture, slot, counted)
                for slot, (frame, picture) in enumerate(zip(shown, small, strict=True))
            ],
        },
        on_open_change=_open,
    )
    _look_ahead(opened, frames[page * PAGE : (page + 1) * PAGE])


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


def _split_filter(opened: OpenedSet) -> Split:
    counted: dict[Split, int] = {split: len(opened.dataset.frames(split)) for split in SPLITS}
    offered: list[Split] = ["all", *(split for split in SPLITS if counted[split])]
    if len(offered) < 3:
        return "all"
    chosen: Split = st.segmented_control(
        "Split",
        offered,
        default="all",
        format_func=lambda split: SPLIT_TITLES[split],
        required=True,
        key=SPLIT,
        help="A network learns from the training frames. It is evaluated on frames that it never saw: on the "
        "validation frames while you work on it, on the test frames at the very end.",
    )
    return chosen


def _class_filters(opened: OpenedSet, counted: Statistics) -> tuple[list[str], str | None]:
    occurring = [
        name
        for name, frames in zip(opened.dataset.class_list.names, counted.frames_with_class(), strict=True)
        if frames
    ]
    left, right = st.columns(2)
    classes = left.multiselect(
        "Frames with",
        occurring,
        key=CLASSES,
        placeholder="any class",
        help="Only frames with at least one pixel of every class chosen here.",
    )
    sort = right.selectbox(
        "Largest share first of",
        occurring,
        index=None,
        key=SORT,
        placeholder="as in the data set",
    )
    return classes, sort


def _chosen(
    opened: OpenedSet, split: Split, counted: Statistics | None, classes: Sequence[str], sort: str | None
) -> list[Frame]:
    frames = opened.dataset.frames()
    if counted is None:
        return list(opened.dataset.frames(split))
    names = opened.dataset.class_list
    chosen = counted.within(split) & frames_having(counted.counts, [names.index(name) for name in classes])
    if sort is None:
        return [frames[number] for number in np.flatnonzero(chosen)]
    return [frames[number] for number in ordered_by_share(counted.shares, names.index(sort), chosen)]


def _page_picker(frames: int, key: str) -> int:
    pages = -(-frames // PAGE)
    return st.pagination(pages, key=key, persist_state="page") if pages > 1 else 1


def _card(
    opened: OpenedSet, frame: Frame, picture: Thumbnail, slot: int, counted: Statistics | None
) -> dict[str, Any]:
    facts = [SPLIT_TITLES[frame.split].lower()]
    if counted is not None:
        shares = counted.shares[counted.names.index(frame.name)]
        largest = np.argsort(-shares, kind="stable")[:_SHOWN_CLASSES]
        names = opened.dataset.class_list.names
        facts.append(", ".join(f"{names[n]} {shares[n]:.0%}" for n in largest if shares[n] > 0))
    return {
        "name": frame.name,
        "facts": facts,
        "photo": picture.photo and media_url(picture.photo, "image/jpeg", f"{_KEY}.{slot}.photo"),
        "mask": picture.label and media_url(picture.label, "image/png", f"{_KEY}.{slot}.mask"),
        "trouble": picture.trouble,
    }


def _open() -> None:
    name = st.session_state[_KEY].get("open")
    if isinstance(name, str):
        open_frame(name)
        st.rerun()
