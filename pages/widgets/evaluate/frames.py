"""Single frames of an evaluation: small pictures in a list, and one of them in the pixel viewer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import streamlit as st

from core.datasets import Frame
from core.errors import StreetScopeError
from core.evaluation.pictures import (
    MARK,
    FramePictures,
    FrameView,
    frame_pictures,
    full_pictures,
    marked_picture,
    view_frame,
)
from core.evaluation.results import SplitEvaluation
from core.files import signature
from core.languages import class_name
from core.languages import gettext as _
from core.models.card import ModelCard
from core.photos import images
from core.segmentation.cache import SharedCache
from pages.widgets.data.three_pictures import three_pictures
from pages.widgets.data.truth import truth_picture
from pages.widgets.evaluate.downloads import stem
from pages.widgets.segmentation.models import loaded_segmenter
from pages.widgets.segmentation.predictions import predict
from pages.widgets.shared.dataset_state import SET
from pages.widgets.shared.datasets import TOYTOWN, OpenedSet
from pages.widgets.shared.errors import show_error
from pages.widgets.shared.markdown import markdown
from pages.widgets.viewer.pixel_viewer import linked_toolbar, pixel_viewer, viewer_picture

_KEPT_BYTES = 192 * 1024**2
"""Memory for frames with their predictions: 200 of CamVid's at half size."""

_EVERYBODY = "everybody"
THUMBNAIL = 156
"""Width in pixels: two fit beside each other on a phone."""


@dataclass(frozen=True)
class Measured:
    """An evaluation with its data set and its model's card."""

    evaluation: SplitEvaluation
    opened: OpenedSet
    card: ModelCard

    def frame(self, number: int) -> Frame:
        """The frame of that number in the evaluation."""
        return self.opened.dataset.frames(self.evaluation.split)[number]  # type: ignore[arg-type]


@st.cache_resource(show_spinner=False)
def _views() -> SharedCache[FrameView]:
    return SharedCache(_KEPT_BYTES, lambda view: view.nbytes)


def frame_view(measured: Measured, frame: Frame) -> FrameView:
    """A frame with truth and prediction; StreetScopeError if it can no longer be read or segmented."""
    dataset, card = measured.opened.dataset, measured.card

    def make() -> FrameView:
        return view_frame(loaded_segmenter(card.name, card.weights_sha256), dataset, frame)

    signatures = (signature(frame.image), signature(frame.label))
    return _views().get(
        _EVERYBODY, (card.weights_sha256, str(frame.image), dataset.longest, *signatures), make
    )


def small_pictures(measured: Measured, frame: Frame) -> FramePictures:
    """Photo, truth, prediction and errors, small."""
    return frame_pictures(frame_view(measured, frame), measured.evaluation.class_list)


def small_marked(measured: Measured, frame: Frame, true: int, predicted: int) -> bytes:
    """A frame with one confusion marked, small."""
    return marked_picture(frame_view(measured, frame), true, predicted)


def show_frame(measured: Measured, frame: Frame) -> None:
    """Photo with truth, prediction and errors in three linked viewers."""
    opened, model = measured.opened, measured.card.name
    try:
        with st.spinner(markdown("{model} is segmenting {frame}", model=model, frame=frame.name)):
            truth, prediction = truth_picture(opened, frame), predict(opened.dataset, frame, model)
    except StreetScopeError as error:
        show_error(error, markdown("{frame} cannot be shown", frame=frame.name), ":material/broken_image:")
        return
    own, said = opened.dataset.class_list, measured.evaluation.class_list
    if own.names != said.names:
        st.caption(
            markdown(
                "The truth shows the data set's own {count} classes. For the errors, they are grouped into "
                "the network's {count2} classes.",
                count=len(own),
                count2=len(said),
            )
        )
    three_pictures("evaluated", frame.name, truth, model, prediction)


def show_confused(measured: Measured, frame: Frame, true: int, predicted: int) -> None:
    """A frame with the pixels of one confusion marked, beside its truth."""
    names = [class_name(name) for name in measured.evaluation.class_names]
    try:
        view = frame_view(measured, frame)
        truth = truth_picture(measured.opened, frame)
    except StreetScopeError as error:
        show_error(error, markdown("{frame} cannot be shown", frame=frame.name), ":material/broken_image:")
        return
    mask = view.confused(true, predicted)
    words = names[true] + (
        _(" predicted as {names}").format(names=names[predicted])
        if true == predicted
        else _(" taken for {names}").format(names=names[predicted])
    )
    marked = viewer_picture(
        images.encode_jpeg(view.image),
        np.where(mask, np.uint8(0), np.uint8(1)),
        (words, _("everything else")),
        (MARK, None),
    )
    state = f"confused_pixel.{marked.identity}"
    pixel = st.session_state.get(state) or _first_marked(mask)
    linked_toolbar(
        "confused", views=("photo", "overlay", "mask"), subject=frame.name, label=_("View of both pictures")
    )
    for column, (title, picture, key) in zip(
        st.columns(2, gap="medium"),
        (
            (_("In {name}").format(name=frame.name), marked, "confused_marked"),
            (_("Truth"), truth, "confused_truth"),
        ),
        strict=True,
    ):
        with column:
            st.markdown(markdown("##### {title}", title=title), anchors=False)
            pixel_viewer(
                picture,
                chosen=pixel,
                key=key,
                link="confused",
                toolbar=False,
                subject=frame.name,
                on_choose=_remember(state),
                label=f"{frame.name}: {title}",
            )


def download_menu(measured: Measured, frame: Frame, cell: tuple[int, int] | None = None) -> None:
    """A frame's pictures as files in full size. cell: class numbers of a confusion that one picture marks."""
    menu = st.popover(_("Download"), icon=":material/download:", on_change="rerun", key="evaluated_downloads")
    if not menu.open:
        return
    try:
        view = frame_view(measured, frame)
    except StreetScopeError as error:
        with menu:
            show_error(error, icon=":material/broken_image:")
        return
    pictures = full_pictures(view, measured.evaluation.class_list)
    if cell is not None:
        pictures = {"marked": marked_picture(view, *cell, width=view.width)} | pictures
    for kind, picture in pictures.items():
        menu.download_button(
            markdown("{kind} (PNG)", kind=kind.capitalize()),
            picture,
            f"{stem(measured.evaluation, frame.name)}-{kind}.png",
            on_click="ignore",
            width="stretch",
            type="tertiary",
        )


def data_page_link(measured: Measured, frame: Frame) -> None:
    """A link to the frame on the Data page."""
    chosen = st.session_state.get(SET, TOYTOWN)
    named = {} if chosen == TOYTOWN else {"set": chosen}
    st.page_link(
        "pages/data.py",
        label=markdown("{frame} on the Data page", frame=frame.name),
        icon=":material/photo_library:",
        query_params=named | {"tab": _("Frame"), "frame": frame.name},
    )


def _remember(state: str) -> Callable[[tuple[int, int]], None]:
    def remember(pixel: tuple[int, int]) -> None:
        for key in [each for each in st.session_state if str(each).startswith("confused_pixel.")]:
            del st.session_state[key]
        st.session_state[state] = pixel

    return remember


def _first_marked(mask: np.ndarray) -> tuple[int, int]:
    """The marked pixel nearest to the middle of all marked ones; the picture's middle if none is marked."""
    places = np.argwhere(mask)
    if not len(places):
        return mask.shape[0] // 2, mask.shape[1] // 2
    nearest = places[np.abs(places - places.mean(axis=0)).sum(axis=1).argmin()]
    return int(nearest[0]), int(nearest[1])
