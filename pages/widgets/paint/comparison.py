"""The network graded on the same picture: photo, yours, its answer and the truth, and what that means."""

from __future__ import annotations

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.classes import UNLABELLED
from core.errors import StreetScopeError
from core.grading.frames import CLASSES, open_frame
from core.grading.grade import Grade, as_painted, grade
from core.languages import class_name
from core.languages import gettext as _
from core.models.store import read_card
from core.photos import images
from core.segmentation.probabilities import percent
from pages.widgets.paint.canvas import Subject, clear_canvas
from pages.widgets.segmentation.models import loaded_segmenter
from pages.widgets.shared.errors import show_error
from pages.widgets.shared.markdown import Markdown, markdown

_NAMED = 5
"""Classes that a mask's description names."""


def grade_network_too(subject: Subject, yours: Grade, model: str) -> Grade | None:
    """The button, and what it shows once it is pressed; the network's grade if that is shown."""
    painting = subject.painting
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if not painting.is_graded and st.button(
            _("Grade the network too"), icon=":material/grading:", type="primary"
        ):
            painting.is_graded = True
            st.rerun(scope="fragment")
        st.button(
            _("Start again"),
            icon=":material/restart_alt:",
            type="tertiary",
            on_click=clear_canvas,
            args=(subject,),
            disabled=painting.version == 0 and not painting.is_graded,
            help=_("Takes everything away; Undo brings it back."),
        )
    if not painting.is_graded:
        st.caption(_("The truth stays hidden until then."))
        return None
    try:
        with st.spinner(_("The network looks at the street")):
            weights = read_card(model).weights_sha256
            labels = _answer(subject.name, model, weights)
    except StreetScopeError as error:
        show_error(error, markdown("The model cannot be used"))
        return None
    network = grade(subject.frame.truth, labels)
    st.markdown(verdict(yours, network))
    mask = _kept_mask(f"{subject.name}.{model}.{weights}", labels)
    _show_pictures(subject, mask, _in_words(labels), yours, network)
    return network


@st.cache_resource(max_entries=8, show_spinner=False)
def _answer(name: str, model: str, weights: str) -> NDArray[np.uint8]:
    """(H, W) what a model says of a frame, in the numbers of CLASSES; once for all sessions."""
    segmenter = loaded_segmenter(model, weights)
    return as_painted(segmenter.segment(open_frame(name).image).labels, segmenter.class_list)


def verdict(yours: Grade, network: Grade) -> Markdown:
    """One sentence on what the two scores mean beside each other."""
    pixels, classes = network.accuracy - yours.accuracy, network.mean_iou - yours.mean_iou
    if pixels > 0 and classes > 0:
        return markdown(
            "**The network is ahead in both figures:** more of its pixels are right, and on average over the "
            "classes, where a pole counts as much as the road, its areas lie closer to the true ones."
        )
    if pixels < 0 and classes < 0:
        return markdown(
            "**You are ahead in both figures:** more of your pixels are right, and on average over the "
            "classes, where a pole counts as much as the road, your areas lie closer to the true ones."
        )
    if pixels > 0 > classes:
        return markdown(
            "**The network has more pixels right, you have the higher mean IoU:** large classes such as Road "
            "decide the first figure; in the second a pole counts as much as the road, and there you do "
            "better."
        )
    if pixels < 0 < classes:
        return markdown(
            "**You have more pixels right, the network has the higher mean IoU:** large classes such as Road "
            "decide the first figure; in the second a pole counts as much as the road, and there it does "
            "better."
        )
    return markdown(
        "**You and the network are level in at least one figure:** accuracy counts pixels, mean IoU counts "
        "every class alike, and only both together say who is ahead."
    )


def _show_pictures(
    subject: Subject, answer: bytes, answer_in_words: str, yours: Grade, network: Grade
) -> None:
    frame = subject.frame
    pictures = (
        (_photo(frame.key, frame.image), markdown("**Photo**"), _("The street that you painted")),
        (
            _mask(subject.painting.mask),
            _figures(markdown("**Yours**"), yours),
            _in_words(subject.painting.mask),
        ),
        (answer, _figures(markdown("**The network's**"), network), answer_in_words),
        (
            _kept_mask(frame.key, frame.truth),
            markdown("**The truth:** black where no class counts"),
            _in_words(frame.truth),
        ),
    )
    with st.container(horizontal=True, gap="small", key="graded"):
        for picture, words, alt in pictures:
            with st.container(width="stretch", gap="xsmall"):  # all four in a line, on a phone in two
                st.image(picture, width="stretch", alt=alt)
                st.caption(words)
    st.caption(_("Now you have seen the truth: what you paint from here on is practice, no longer a test."))


def _figures(whose: Markdown, found: Grade) -> Markdown:
    return markdown(
        "{whose}: {accuracy:.1%} of the pixels, mean IoU {iou:.1%}",
        whose=whose,
        accuracy=found.accuracy,
        iou=found.mean_iou,
    )


def _in_words(labels: NDArray[np.uint8]) -> str:
    """The largest classes of a label map, each with its share of the picture."""
    shares = np.bincount(labels.reshape(-1), minlength=len(CLASSES))[: len(CLASSES)] / labels.size
    largest = [number for number in np.argsort(-shares, kind="stable")[:_NAMED].tolist() if shares[number]]
    said = ", ".join(f"{class_name(CLASSES.names[number])} {percent(shares[number])}" for number in largest)
    return _("Mask, by share of its pixels: {classes}").format(classes=said or _("nothing"))


def _mask(labels: NDArray[np.uint8]) -> bytes:
    """A label map as a picture in the classes' colours, black where there is none."""
    shown = np.where(labels < len(CLASSES), labels, np.uint8(UNLABELLED))
    return images.encode_index_png(shown, CLASSES.full_palette)


@st.cache_resource(max_entries=16, show_spinner=False)
def _kept_mask(key: str, _labels: NDArray[np.uint8]) -> bytes:
    """The same of a label map that no stroke changes. key: identifies it."""
    return _mask(_labels)


@st.cache_resource(max_entries=8, show_spinner=False)
def _photo(key: str, _image: NDArray[np.uint8]) -> bytes:
    return images.encode_jpeg(_image)
