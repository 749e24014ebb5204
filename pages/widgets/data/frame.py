"""One frame with its truth: as an overlay, beside its photo, as a film, and beside a prediction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import streamlit as st

from core.datasets import Frame
from core.datasets.contents.statistics import Statistics
from core.errors import DatasetError
from core.file_names import file_name
from core.languages import filled, mark
from core.languages import gettext as _
from core.photos import images
from pages.widgets.data.film import film
from pages.widgets.data.frame_filter import (
    SPLIT_TITLES,
    choose_filter,
    filter_asked_for_classes,
    filtered,
    warn_of_missing_classes,
)
from pages.widgets.data.gallery import LEFT_FOR
from pages.widgets.data.truth import PIXEL, truth_picture, truth_viewer
from pages.widgets.shared.dataset_state import (
    FRAME_PLACE,
    REFILTERED,
    SET,
    frame_name,
    set_frame,
    write_frame,
)
from pages.widgets.shared.datasets import OpenedSet, counts, counts_so_far
from pages.widgets.shared.errors import show_error
from pages.widgets.shared.fragments import fragment
from pages.widgets.shared.markdown import Markdown, markdown
from pages.widgets.shared.reveal import revealed
from pages.widgets.viewer.pixel_viewer import View, linked_toolbar

_SHOW, _PICKER = "show", "frame_picker"
_SHOWS = {"truth": mark("Truth"), "beside": mark("Side by side"), "prediction": mark("Prediction")}


def one_frame(opened: OpenedSet) -> None:
    """Show the chosen frame."""
    with st.container():
        counted = counts(opened) if filter_asked_for_classes() else counts_so_far(opened)
    if counted is not None:
        warn_of_missing_classes(counted)
    _one_frame(opened, counted)


@fragment
def _one_frame(opened: OpenedSet, counted: Statistics | None) -> None:
    """The chosen frame; choosing another frame or a pixel runs only this part again."""
    with revealed(FRAME_PLACE, _("Frame {frame_name}").format(frame_name=frame_name()), need=640):
        _show(opened, counted)


def _show(opened: OpenedSet, counted: Statistics | None) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        place = st.empty()  # the filter, which is drawn after it, decides what can be picked here
        frames, words = _walk(opened, counted)
        show = st.segmented_control(
            _("Show"),
            list(_SHOWS),
            default="truth",
            format_func=lambda show: _(_SHOWS[show]),
            required=True,
            key=_SHOW,
            bind="query-params",
            label_visibility="collapsed",
            width="content",
        )
        with place:
            frame = frame_picker(frames, label_visibility="collapsed", width=200)
        st.session_state[LEFT_FOR] = frame.name
        plays = film(opened, frame, frames, words)
    if plays:
        return
    try:
        picture = truth_picture(opened, frame)
    except DatasetError as error:
        show_error(error, markdown("{frame} cannot be shown", frame=frame.name), ":material/broken_image:")
        return
    if show == "prediction":
        # Here and not above: the network's libraries take seconds to import.
        from pages.widgets.data.prediction import beside_prediction

        beside_prediction(opened, frame)
    elif show == "beside":
        views: tuple[View, View] = ("photo", "mask")
        linked_toolbar("beside", views=(), subject=frame.name, label=_("View of photo and label map"))
        for column, view in zip(st.columns(2, gap="medium"), views, strict=True):
            with column:
                truth_viewer(
                    picture,
                    f"beside_{view}",
                    f"{frame.name}, {view}",
                    view=view,
                    link="beside",
                    subject=frame.name,
                )
    else:
        truth_viewer(
            picture, "truth", _("{name} with its true classes").format(name=frame.name), subject=frame.name
        )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            markdown(
                "{file} · {width} x {height} · {split} · Point at the picture to see the true class; choose "
                "a class in the list to show only that class.",
                file=frame.image.name,
                width=picture.width,
                height=picture.height,
                split=_(SPLIT_TITLES[frame.split]).lower(),
            )
        )
        _correct_link(frame)
        _downloads(opened, frame)


def _correct_link(frame: Frame) -> None:
    """A link to the Annotate page, which opens this frame at the chosen pixel."""
    row, col = st.session_state.get(PIXEL, ("", ""))
    st.page_link(
        "pages/annotate.py",
        label=_("Correct this frame"),
        icon=":material/draw:",
        query_params={
            "dataset": st.session_state[SET],
            "frame": frame.name,
            "row": str(row),
            "col": str(col),
        },
        width="content",
    )


def _walk(opened: OpenedSet, counted: Statistics | None) -> tuple[Sequence[Frame], str]:
    """The frames to step through, and what they have in common.

    They are those of the filter, unless a link led to a frame that does not pass it.
    """
    every = opened.dataset.frames()
    with st.popover(_("Filter"), icon=":material/filter_alt:", width="content"):
        chosen = choose_filter(opened, counted)
        if counted is None:
            st.caption(_("Frames can be chosen by class once their classes are counted."))
        left = filtered(opened, counted, chosen)
        st.markdown(markdown("**{count} of {count2} frames**", count=len(left), count2=len(every)))
    passes = any(frame.name == frame_name() for frame in left)
    refiltered = st.session_state.pop(REFILTERED, False)
    if left and (passes or refiltered or not frame_name()):
        return left, chosen.words
    return every, filled(
        _("(not one of the {count} {words})"), count=len(left), words=chosen.words
    ) if chosen.leaves_out else ""


def _downloads(opened: OpenedSet, frame: Frame) -> None:
    """The frame's pictures as files, each made on request."""
    dataset = opened.dataset
    palette = dataset.class_list.full_palette
    menu = st.popover(_("Download"), icon=":material/download:", on_change="rerun", key="frame_downloads")
    if not menu.open:
        return
    stem = file_name(frame.name)
    files: dict[Markdown, tuple[str, Callable[[], bytes]]] = {
        markdown("Photo (PNG)"): ("photo", lambda: images.encode_png(dataset.read_image(frame))),
        markdown("Label map, numbers (PNG)"): (
            "label",
            lambda: images.encode_index_png(dataset.read_label(frame), palette),
        ),
        markdown("Label map, colours (PNG)"): (
            "colours",
            lambda: images.encode_png(palette[dataset.read_label(frame)]),
        ),
    }
    with menu:
        for label, (kind, make) in files.items():
            st.download_button(
                label, make, f"{stem}-{kind}.png", on_click="ignore", width="stretch", type="tertiary"
            )


def frame_picker(
    choices: Sequence[Frame], label_visibility: Literal["visible", "collapsed"] = "visible", width: int = 300
) -> Frame:
    """Let the visitor choose one of these frames by its name."""
    frames = {frame.name: frame for frame in choices}
    wanted = frame_name()
    name = wanted if wanted in frames else next(iter(frames))
    key = f"{_PICKER}.{name}"
    st.selectbox(
        _("Frame"),
        list(frames),
        list(frames).index(name),
        key=key,
        on_change=_pick,
        args=(name, key),
        label_visibility=label_visibility,
        width=width,
    )
    write_frame(name)
    return frames[name]


def _pick(before: str, key: str) -> None:
    """The visitor has picked another frame.

    A browser that has not yet received a step to the next frame sends the picker's old value with every
    action. So each frame has its own picker, and only the picker of the frame on screen counts.
    """
    if frame_name() == before:
        set_frame(st.session_state[key])
