"""Which picture the Annotate page opens: the visitor's photo, or a data set's frame named in its address."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NoReturn

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.annotation.store import OpenCorrection
from core.datasets import Frame
from core.errors import StreetScopeError
from core.languages import gettext as _
from core.languages import mark, translated
from core.models.store import list_models
from pages.widgets.annotate.editor.reading import Network
from pages.widgets.annotate.opening import Start, called, frame_network, open_frame, open_photo, photo_network
from pages.widgets.annotate.other_sizes import say_of_other_sizes
from pages.widgets.annotate.sets import DATASET, FRAME, set_picker
from pages.widgets.photos.input import add_photos, photo_picker, photo_upload
from pages.widgets.photos.opened_set import follow_set, set_line, write_set
from pages.widgets.segmentation.models import model_picker, or_say_why, segment, warn_of_missing
from pages.widgets.segmentation.sizes import size_picker
from pages.widgets.shared.dataset_state import SET, TAB
from pages.widgets.shared.datasets import OpenedSet, open_named
from pages.widgets.shared.errors import show_error
from pages.widgets.shared.markdown import Markdown, markdown
from pages.widgets.viewer.pixel_viewer import Look, Pixel

Way = Literal["Editor", "Shapes"]
_WAYS: dict[Way, str] = {"Editor": mark("Editor"), "Shapes": mark("Shapes")}
"""What a correction is drawn on with."""

WAY = "annotate_way"
"""The key of its choice."""

_ROW, _COL, _ZOOM = "row", "col", "zoom"
"""Names in the address: the pixel and the part of the picture that the visitor comes from."""

_CAME = "annotate_came"
_NUMBER = re.compile(r"\d{1,4}(\.\d{1,9})?")
_START = "start"


def _starts() -> dict[Start, Markdown]:
    return {
        "prediction": markdown("Start from the prediction"),
        "label": markdown("Start from the label"),
        "nothing": markdown("Start from nothing"),
    }


@dataclass(frozen=True, eq=False)
class Chosen:
    """An open correction. name: of its picture. at, look: the pixel and the part that the visitor left.

    network: what can suggest classes; None without any model. way: what it is drawn on with.
    """

    correction: OpenCorrection
    name: str
    at: Pixel | None
    look: Look | None
    network: Network | None
    way: Way


def choose_picture() -> Chosen:
    """Draw the bar above the editor and open what it says; the script ends here if that cannot be."""
    warn_of_missing("model")
    if FRAME not in st.query_params:
        return _photo()
    name, frame = st.query_params[FRAME], None
    try:
        opened = open_named(st.query_params.get(DATASET, ""))
        frame = (
            next((each for each in opened.dataset.frames() if each.name == name), None) if opened else None
        )
    except StreetScopeError as error:
        st.warning(markdown("{error} A photo is shown instead.", error=error), icon=":material/folder_off:")
        return _photo()
    if opened is None or frame is None:
        words = markdown(
            "There is no frame {frame} in this data set; a photo is shown instead.", frame=name[:80]
        )
        st.warning(words, icon=":material/search_off:")
        return _photo()
    return _frame(opened, frame)


def _photo() -> Chosen:
    follow_set()
    lines = st.container(gap="xsmall")
    with lines:
        order = set_line("queue")
    with lines, _line("annotate_bar"):
        here = photo_picker(label_visibility="collapsed", order=order)
        write_set()
        add_photos()
        start = _start_picker(("prediction", "nothing"))
        model = model_picker(compact=True)
        size = size_picker(model)
    with lines, _line("annotate_line"):
        way, set_name = _way_picker(), set_picker()
        st.space("stretch")
        st.page_link("pages/explore.py", label=_("Back to Explore"), icon=":material/arrow_back:")
    photo_upload()
    waiting = markdown("Segmenting {photo}", photo=translated(here.name)[:80])
    with or_say_why(here.name), st.spinner(waiting, show_time=True):
        photo = here.read()
        segment(photo, model, size)
    try:
        correction = open_photo(set_name, photo, model, size, start)
    except StreetScopeError as error:
        _cannot(error, photo.name)
    say_of_other_sizes(correction, photo, model)
    network = photo_network(photo, model, size)
    return Chosen(correction, photo.name, *_came_with(photo.key, correction), network, way)


def _frame(opened: OpenedSet, frame: Frame) -> Chosen:
    starts: Sequence[Start] = ("label", "prediction", "nothing") if list_models() else ("label", "nothing")
    name = called(opened, frame)
    lines = st.container(gap="xsmall")
    with lines, _line("annotate_bar"):
        st.markdown(markdown("**{name}** of {dataset}", name=name, dataset=opened.dataset.name))
        start = _start_picker(starts)
        model = model_picker(compact=True) if start == "prediction" else ""
    with lines, _line("annotate_line"):
        way, set_name = _way_picker(), set_picker(opened.dataset.root)
        st.space("stretch")
        st.page_link(
            "pages/data.py",
            label=_("Back to the data set"),
            icon=":material/arrow_back:",
            query_params={SET: st.query_params[DATASET], "frame": frame.name, TAB: _("Frame")},
        )
        st.page_link("pages/annotate.py", label=_("Photos"), icon=":material/photo_camera:")
    try:
        with st.spinner(_("Opening the frame")):
            correction = open_frame(set_name, opened, frame, model, start)
    except StreetScopeError as error:
        _cannot(error, name)
    suggesting = model or next(iter(list_models()), "")
    network = frame_network(opened, frame, suggesting) if suggesting else None
    return Chosen(correction, name, *_came_with(frame.name, correction), network, way)


def _line(key: str) -> DeltaGenerator:
    """A line of the bar: what is corrected, and under it how, where it is saved, and the way back."""
    return st.container(horizontal=True, vertical_alignment="center", gap="small", key=key)


def _way_picker() -> Way:
    way: Way = st.segmented_control(
        _("Draw with"),
        list(_WAYS),
        default="Editor",
        format_func=_,
        required=True,
        key=WAY,
        label_visibility="collapsed",
    )
    return way


def _start_picker(starts: Sequence[Start]) -> Start:
    """Let the visitor choose what the mask is before anything is drawn."""
    return st.selectbox(
        _("Start from"),
        starts,
        format_func=lambda start: _starts()[start],
        key=_START,
        label_visibility="collapsed",
        filter_mode=None,  # a phone would show its keyboard
        width=210,
    )


def _cannot(error: StreetScopeError, name: str) -> NoReturn:
    show_error(error, markdown("{name} cannot be corrected", name=name[:80]), ":material/edit_off:")
    st.stop()


def _came_with(subject: str, correction: OpenCorrection) -> tuple[Pixel | None, Look | None]:
    """The pixel and the look that the address named when the visitor came with this photo or frame."""
    asked = {name: st.query_params.pop(name, "") for name in (_ROW, _COL, _ZOOM)}
    if any(asked.values()):
        st.session_state[_CAME] = (subject, asked)
    known, asked = st.session_state.get(_CAME, ("", {}))
    if known != subject:
        return None, None
    height, width = correction.start.shape
    row, col = (int(said[:6]) if (said := asked[name]).isdecimal() else -1 for name in (_ROW, _COL))
    at = (row, col) if 0 <= row < height and 0 <= col < width else None
    parts = [part for part in asked[_ZOOM].split("_") if _NUMBER.fullmatch(part)]
    if len(parts) != 3:
        return at, None
    magnification, left, top = map(float, parts)
    return at, Look(left, top, 1 / max(magnification, 1.0))
