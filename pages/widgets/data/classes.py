"""The Classes tab: every class with its colour, meaning, share of the pixels and an example."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from core.classes import CAMVID_11, CAMVID_32, ClassList
from core.datasets.contents.statistics import Statistics, typical_example
from core.datasets.contents.thumbnails import example_crop
from core.errors import DatasetError
from core.file_names import file_name
from core.languages import class_name, filled, mark
from core.languages import gettext as _
from core.photos import images
from core.reports import dataset_tables, tables
from pages.widgets.shared.dataset_state import open_frame, show_frames_with
from pages.widgets.shared.datasets import OpenedSet, counts
from pages.widgets.shared.front_end import component
from pages.widgets.shared.markdown import markdown
from pages.widgets.shared.media import media_url

_KEY = "classes"
_CROP = (240, 320)
"""Height and width of an example."""

_ORDERS = (mark("Most pixels first"), mark("As in the class list"), mark("By CamVid-11"))

_FEW_OTHERS = 3
"""Where a label may be all classes but so many, those are named instead."""

_mount = component("dataset_classes", __file__)


def show_classes(opened: OpenedSet) -> None:
    """A card for each class of the list."""
    counted = counts(opened)
    if counted is None:
        return
    rows = dataset_tables.class_rows(counted)
    occurring = sum(row["pixels"] > 0 for row in rows)
    st.markdown(
        markdown(
            "**{occurring} of the {classes}** classes of {class_list} occur here. Many networks learn only "
            "the {grouped} into which SegNet grouped CamVid's 32; each card says which of them its class "
            "belongs to. **Void** is not a thing: nobody labelled these pixels, and no figure counts it.",
            occurring=occurring,
            classes=len(rows),
            class_list=opened.dataset.class_list.name,
            grouped=len(CAMVID_11),
        )
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        order = st.segmented_control(
            _("Order"), _ORDERS, default=_ORDERS[0], format_func=_, required=True, key="class_order"
        )
        st.download_button(
            _("Classes (CSV)"),
            lambda: tables.to_csv(rows),
            f"{file_name(opened.dataset.name)}-classes.csv",
            icon=":material/download:",
            on_click="ignore",
        )
    with st.spinner(_("Looking for an example of each class")):
        crops = _crops(opened.key, opened, counted)
    _mount(
        key=_KEY,
        data={"classes": [_card(opened, row, crops.get(row["number"])) for row in _ordered(rows, order)]},
        on_frame_change=_open_frame,
        on_gallery_change=_open_gallery,
    )


def _ordered(rows: list[dict[str, Any]], order: str) -> list[dict[str, Any]]:
    if order == _ORDERS[0]:
        return sorted(rows, key=lambda row: -row["pixels"])
    if order == _ORDERS[1]:
        return rows
    groups = {name: place for place, name in enumerate(CAMVID_11.names)}
    return sorted(rows, key=lambda row: (groups.get(row["in CamVid-11"], len(groups)), row["number"]))


def _card(opened: OpenedSet, row: dict[str, Any], crop: tuple[str, bytes] | None) -> dict[str, Any]:
    classes = opened.dataset.class_list
    void = row["number"] == classes.void
    group = row["in CamVid-11"]
    return {
        "number": row["number"],
        "name": class_name(row["class"]),
        "colour": [row["red"], row["green"], row["blue"]],
        "meaning": _(classes.classes[row["number"]].meaning),
        "group": _("never counted")
        if void
        else _("counts as {group}").format(group=class_name(group))
        if group
        else _("in none of the 11"),
        "mayBe": _may_be(classes, row["number"]),
        "facts": filled(
            _("{share:.2%} of the pixels, in {frames} frames"), share=row["share"], frames=row["frames"]
        )
        if row["pixels"]
        else _("does not occur"),
        "pixels": filled(_("{pixels:,} pixels"), pixels=row["pixels"]) if row["pixels"] else "",
        "frame": crop and crop[0],
        "crop": crop and media_url(crop[1], "image/jpeg", f"{_KEY}.{row['number']}"),
    }


def _may_be(classes: ClassList, number: int) -> str:
    """Which of CamVid's 32 classes a pixel with this label may be, where that is not a single one."""
    members = classes.members(CAMVID_32)[number]
    names = [class_name(CAMVID_32.names[each]) for each in members]
    others = [
        class_name(each)
        for place, each in enumerate(CAMVID_32.names)
        if place not in members and place != CAMVID_32.void
    ]
    if len(names) < 2:
        return ""
    if 0 < len(others) <= _FEW_OTHERS:
        return _("a network with finer classes may call it anything but {names}").format(
            names=", ".join(others)
        )
    return _("a network with finer classes may call it {names} or {names2}").format(
        names=", ".join(names[:-1]), names2=names[-1]
    )


@st.cache_resource(max_entries=4, show_spinner=False)
def _crops(key: str, _opened: OpenedSet, _counted: Statistics) -> dict[int, tuple[str, bytes]]:
    """For each class that occurs: an example as JPEG and the frame it is from."""
    crops = {}
    for number in range(len(_opened.dataset.class_list)):
        try:
            example = typical_example(_opened.dataset, _counted, number)
            crop = None if example is None else example_crop(_opened.dataset, example, number)
        except DatasetError:
            continue  # the Check tab names this frame's problem
        if example is not None and crop is not None:
            crops[number] = (example.frame.name, images.encode_jpeg(_enlarged(crop), quality=85))
    return crops


def _enlarged(crop: np.ndarray[Any, np.dtype[np.uint8]]) -> np.ndarray[Any, np.dtype[np.uint8]]:
    height, width = crop.shape[:2]
    scale = min(_CROP[0] / height, _CROP[1] / width)
    return images.resize(crop, max(1, round(height * scale)), max(1, round(width * scale)))


def _open_frame() -> None:
    name = st.session_state[_KEY].get("frame")
    if isinstance(name, str):
        open_frame(name)


def _open_gallery() -> None:
    name = st.session_state[_KEY].get("gallery")
    if isinstance(name, str):
        show_frames_with(name)
