"""One frame with its truth: as an overlay, beside its photo, as a film, and beside a prediction."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.datasets import Frame
from core.errors import DatasetError
from core.file_names import file_name
from core.photos import images
from pages.widgets.data.film import film
from pages.widgets.data.gallery import SPLIT_TITLES
from pages.widgets.data.truth import truth_picture, truth_viewer
from pages.widgets.shared.dataset_state import frame_name, set_frame, write_frame
from pages.widgets.shared.datasets import OpenedSet
from pages.widgets.shared.errors import show_error
from pages.widgets.shared.markdown import Markdown, markdown
from pages.widgets.viewer.pixel_viewer import View

_SHOW, _PICKER = "show", "frame_picker"
_SHOWS = {"truth": "Truth", "beside": "Side by side", "prediction": "Prediction"}


@st.fragment
def one_frame(opened: OpenedSet) -> None:
    """Show the chosen frame; choosing another frame or a pixel runs only this part again."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        frame = frame_picker(opened)
        show = st.segmented_control(
            "Show",
            list(_SHOWS),
            default="truth",
            format_func=lambda show: _SHOWS[show],
            required=True,
            key=_SHOW,
            bind="query-params",
        )
    if film(opened, frame):
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
        for column, view in zip(st.columns(2, gap="medium"), views, strict=True):
            with column:
                truth_viewer(picture, f"beside_{view}", f"{frame.name}, {view}", view=view, link="beside")
    else:
        truth_viewer(picture, "truth", f"{frame.name} with its true classes")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            markdown(
                "{file} · {width} x {height} · {split} · Point at the picture to see the true class; click "
                "a class in the list to show only that class.",
                file=frame.image.name,
                width=picture.width,
                height=picture.height,
                split=SPLIT_TITLES[frame.split].lower(),
            )
        )
        _downloads(opened, frame)


def _downloads(opened: OpenedSet, frame: Frame) -> None:
    """The frame's pictures as files, each made on request."""
    dataset = opened.dataset
    palette = dataset.class_list.full_palette
    menu = st.popover("Download", icon=":material/download:", on_change="rerun", key="frame_downloads")
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


def frame_picker(opened: OpenedSet) -> Frame:
    """Let the visitor choose a frame by its name."""
    frames = {frame.name: frame for frame in opened.dataset.frames()}
    wanted = frame_name()
    name = wanted if wanted in frames else next(iter(frames))
    key = f"{_PICKER}.{name}"
    st.selectbox(
        "Frame",
        list(frames),
        list(frames).index(name),
        key=key,
        on_change=_pick,
        args=(name, key),
        width=300,
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
