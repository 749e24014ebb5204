"""Hide a patch of the photo and see the chosen pixel's probabilities move."""

from __future__ import annotations

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.inside.occlusion import SIDES, Occlusion, Patch, mean_colour, occlude
from core.languages import class_name, filled
from core.languages import gettext as _
from core.segmentation.probabilities import percent
from pages.widgets.explore import reading
from pages.widgets.inside.stage import Bar, ShownPatch, stage
from pages.widgets.inside.subject import Subject
from pages.widgets.shared.markdown import Markdown, markdown
from pages.widgets.viewer.pixel_viewer import Pixel

_SIDE, _PLACE = "inside_side", "inside_patch"
_USUAL = 64
_BARS = 6
"""Classes with a bar: those that have the most, before or after."""


def occlusion_view(subject: Subject) -> None:
    """The photo with a patch to drag, and the probabilities of the chosen pixel before and after."""
    side = st.segmented_control(
        _("Side of the patch, in pixels"),
        SIDES,
        default=_USUAL,
        format_func=_pixels,
        required=True,
        key=_SIDE,
    )
    pixel = subject.pixel()
    patch = _patch(subject, pixel, int(side))
    found = occlude(subject.segmenter, subject.segmentation.image, pixel, patch, _before(subject, pixel))
    stage(
        subject.picture.photo,
        subject.size,
        pixel,
        _("{photo}: press to choose a pixel, drag the patch to hide another part").format(
            photo=subject.photo.name
        ),
        "inside_occlusion",
        subject=subject.key,
        patch=ShownPatch(
            patch.row, patch.col, patch.side, _colour(subject), _("The patch that hides the photo")
        ),
        bars=_bars(subject, found),
        told=_told(subject, found, pixel),
        on_pixel=reading.keep_pixel,
        on_patch=_keep_patch,
    )


def _pixels(side: int) -> Markdown:
    return markdown("{side}", side=side)


def _patch(subject: Subject, pixel: Pixel, side: int) -> Patch:
    """Where the visitor has put it; beside the pixel at first, so that both can be seen."""
    kept: Pixel | None = st.session_state.get(_PLACE)
    height, width = subject.size
    if kept is None:
        row, col = pixel
        middle = min(row + side, height - 1), min(col + side, width - 1)
        first = Patch.around(*middle, side)
        kept = first.row, first.col
    half = side // 2
    row = min(max(kept[0], -half), height - 1 - half)
    col = min(max(kept[1], -half), width - 1 - half)
    return Patch(row, col, side)


def _keep_patch(place: Pixel) -> None:
    st.session_state[_PLACE] = place


def _before(subject: Subject, pixel: Pixel) -> NDArray[np.float32]:
    row, col = pixel
    found: NDArray[np.float32] = subject.segmentation.probabilities(np.array([row]), np.array([col]))[0]
    return found


def _colour(subject: Subject) -> tuple[int, int, int]:
    red, green, blue = mean_colour(subject.segmentation.image).tolist()
    return red, green, blue


def _bars(subject: Subject, found: Occlusion) -> list[Bar]:
    most = np.argsort(-np.maximum(found.before, found.after), kind="stable")[:_BARS]
    names = subject.segmentation.class_list.names
    return [
        Bar(
            class_name(names[number]),
            subject.colour(number),
            float(found.before[number]),
            float(found.after[number]),
        )
        for number in most.tolist()
    ]


def _told(subject: Subject, found: Occlusion, pixel: Pixel) -> str:
    names = subject.segmentation.class_list.names
    was, now = int(found.before.argmax()), int(found.after.argmax())
    words = (
        _("Pixel ({row}, {col}): {old} goes from {before} to {after}.")
        if now == was
        else _("Pixel ({row}, {col}): {old} goes from {before} to {after}, and the pixel becomes {new}.")
    )
    told = filled(
        words,
        row=pixel[0],
        col=pixel[1],
        old=class_name(names[was]),
        before=percent(found.before[was]),
        after=percent(found.after[was]),
        new=class_name(names[now]),
    )
    return f"{told} {_('The patch hides the pixel itself.')}" if found.patch.covers(*pixel) else told
