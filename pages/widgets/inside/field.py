"""Which pixels the chosen one's answer is made of: the theoretical receptive field, and the effective one."""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.inside.fields import PICTURES, SHARE, Square, average_field, kept_average, square_of
from core.inside.painting import heat
from core.jobs import Job
from core.languages import class_name, filled
from core.languages import gettext as _
from core.photos import images
from pages.widgets.explore import reading
from pages.widgets.inside.stage import Box, stage
from pages.widgets.inside.subject import Subject
from pages.widgets.shared.errors import show_error
from pages.widgets.shared.jobs import jobs, watch
from pages.widgets.shared.markdown import markdown
from pages.widgets.viewer.pixel_viewer import Pixel

Reach = tuple[tuple[int, int], tuple[int, int]]


def field_view(subject: Subject) -> None:
    """The photo under the gradient of the chosen pixel's class, both boxes, and the average of 20 streets."""
    pixel = subject.pixel()
    with st.spinner(_("Tracing the answer back to the photo"), show_time=True):
        gradient = _gradient(subject.key, pixel, subject)
        reach = _theoretical(subject.inspector.model, subject.inspector.weights, pixel, subject)
    square = square_of(gradient, pixel)
    (top, bottom), (left, right) = reach
    number = int(subject.segmentation.labels[pixel])
    name = class_name(subject.segmentation.class_list.names[number])
    told = markdown(
        "Pixel ({row}, {col}), **{name}**: by its layers, the network could use **{wide} x {tall}** pixels "
        "here (dashed). **{share:.0%}** of the gradient lies within **{side} x {side}** (solid).",
        row=pixel[0],
        col=pixel[1],
        name=name,
        wide=right - left,
        tall=bottom - top,
        share=SHARE,
        side=square.side,
    )
    st.markdown(told)
    own, average = st.columns(2, gap="medium")
    with own:
        stage(
            images.encode_jpeg(heat(subject.segmentation.image, gradient), 90),
            subject.size,
            pixel,
            _("{photo} in grey, brighter where it counts for the chosen pixel").format(
                photo=subject.photo.name
            ),
            "inside_field",
            subject=subject.key,
            boxes=[_reach_box(reach, subject.size), _square_box(square)],
            on_pixel=reading.keep_pixel,
        )
        st.caption(_("This photo: the absolute gradient of the class's logit, summed over the colours."))
    with average:
        _average(subject)


@st.cache_data(max_entries=16, show_spinner=False)
def _gradient(key: str, pixel: Pixel, _subject: Subject) -> NDArray[np.float32]:
    number = int(_subject.segmentation.labels[pixel])
    return _subject.inspector.gradient(_subject.segmentation.image, pixel, number)


@st.cache_data(max_entries=256, show_spinner=False)
def _theoretical(model: str, weights: str, pixel: Pixel, _subject: Subject) -> Reach:
    return _subject.inspector.theoretical(pixel)


def _reach_box(reach: Reach, size: tuple[int, int]) -> Box:
    (top, bottom), (left, right) = reach
    height, width = size
    title = _("theoretical: {width} x {height}").format(width=right - left, height=bottom - top)
    return Box(max(top, 0), max(left, 0), min(bottom, height), min(right, width), "reach", title)


def _square_box(square: Square) -> Box:
    half = square.side // 2
    top, left = square.row - half, square.col - half
    return Box(
        top,
        left,
        top + square.side,
        left + square.side,
        "gradient",
        filled(_("{share:.0%} of the gradient"), share=SHARE),
    )


def _average(subject: Subject) -> None:
    """The average over 20 pictures, computed once by a job and kept on disk."""
    longest = max(subject.size)
    kept = kept_average(longest, subject.inspector.key_parts)
    key = ("inside_average", longest, *subject.inspector.key_parts)
    job = jobs().find(key)
    if kept is not None:
        _show_average(kept)
    elif job is not None and job.state == "finished":
        _show_average(job.result)  # there was no room on disk
    elif job is not None and job.state == "running":
        watch(job, markdown("Tracing drawn streets"), "inside_average", unit=_("picture"))
    else:
        if job is not None and job.state == "failed":
            show_error(job.error, markdown("The average could not be computed"))
        st.button(
            markdown("Average over {count} drawn streets", count=PICTURES),
            icon=":material/functions:",
            on_click=_start,
            args=(key, subject, longest),
        )
        st.caption(_("Once for each model and size; it is kept for the next visitor."))


def _start(key: tuple[object, ...], subject: Subject, longest: int) -> None:
    jobs().start(key, partial(_work, subject, longest))


def _work(subject: Subject, longest: int, job: Job[NDArray[np.float32]]) -> NDArray[np.float32]:
    inspector = subject.inspector
    return average_field(inspector.gradient, longest, inspector.key_parts, job.tell)


def _show_average(average: NDArray[np.float32]) -> None:
    height, width = average.shape
    pixel = height // 2, width // 2
    square = square_of(average, pixel)
    grey = np.full((height, width, 3), 255, np.uint8)
    stage(
        images.encode_jpeg(heat(grey, average), 90),
        (height, width),
        pixel,
        filled(
            _("The average over {count} drawn streets, brighter where the middle pixel's answer comes from"),
            count=PICTURES,
        ),
        "inside_field_average",
        subject="average",
        boxes=[_square_box(square)],
    )
    st.caption(
        markdown(
            "The middle pixels of {count} streets of Toytown together: **{share:.0%}** within "
            "**{side} x {side}** pixels.",
            count=PICTURES,
            share=SHARE,
            side=square.side,
        )
    )
