"""A frame's truth in the pixel viewer; the chosen pixel stays the same from frame to frame."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.classes import UNLABELLED
from core.datasets import Frame
from core.files import signature
from core.photos import images
from pages.widgets.shared.datasets import OpenedSet
from pages.widgets.viewer.pixel_viewer import Pixel, View, ViewerPicture, pixel_viewer, viewer_picture

PIXEL = "data_pixel"
"""Where the session keeps the last pixel chosen."""
_PIXEL_IN = "data_pixel_in"
"""The (height, width) of the picture it was chosen in: a prediction may be made at another size."""


def truth_picture(opened: OpenedSet, frame: Frame) -> ViewerPicture:
    """A frame for the viewer; DatasetError when it cannot be read."""
    return _truth_picture(opened.key, opened, frame, signature(frame.image), signature(frame.label))


@st.cache_resource(max_entries=12, show_spinner=False)
def _truth_picture(
    key: str, _opened: OpenedSet, frame: Frame, image_signature: str | None, label_signature: str | None
) -> ViewerPicture:
    image, label = _opened.dataset.read(frame)
    classes = _opened.dataset.class_list
    names = [*classes.names]
    colours: list[NDArray[np.uint8] | None] = [*classes.palette]
    if (label == UNLABELLED).any():  # shown as nothing
        label = np.where(label == UNLABELLED, np.uint8(len(names)), label)
        names, colours = [*names, classes.name_of(UNLABELLED)], [*colours, None]
    return viewer_picture(images.encode_jpeg(image), label, names, colours)


def chosen_pixel(picture: ViewerPicture) -> Pixel:
    """The last pixel chosen in any frame; the middle at first."""
    row, col = st.session_state.get(PIXEL, (picture.height // 2, picture.width // 2))
    height, width = st.session_state.get(_PIXEL_IN, (picture.height, picture.width))
    row = (2 * row + 1) * picture.height // (2 * height)
    col = (2 * col + 1) * picture.width // (2 * width)
    return min(row, picture.height - 1), min(col, picture.width - 1)


def choose_pixel(picture: ViewerPicture, pixel: Pixel) -> None:
    """Remember a pixel of a picture for all frames."""
    st.session_state[PIXEL], st.session_state[_PIXEL_IN] = pixel, (picture.height, picture.width)


def truth_viewer(
    picture: ViewerPicture,
    key: str,
    label: str,
    view: View = "overlay",
    link: str | None = None,
    *,
    subject: str,
    marks: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """A viewer that keeps the chosen pixel from frame to frame; with a link, under a `linked_toolbar`.

    subject: the frame's name. marks: as for `pixel_viewer`.
    """
    pixel_viewer(
        picture,
        chosen=chosen_pixel(picture),
        key=key,
        view=view,
        link=link,
        subject=subject,
        toolbar=link is None,
        marks=marks,
        on_choose=partial(choose_pixel, picture),
        label=label,
    )
