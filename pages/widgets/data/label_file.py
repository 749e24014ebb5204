"""The Label file tab: a label file holds numbers; each is a line number in the class list."""

from __future__ import annotations

import html

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.classes import ClassList
from core.datasets import Frame
from core.datasets.contents.label_window import LabelWindow, class_edge, label_window
from core.errors import DatasetError
from core.files import signature
from pages.widgets.data.frame import frame_picker
from pages.widgets.data.truth import PIXEL, chosen_pixel, truth_picture, truth_viewer
from pages.widgets.shared.datasets import OpenedSet
from pages.widgets.shared.errors import show_error
from pages.widgets.shared.markdown import markdown

_COLOURS = " The label files of this data set hold the colours; StreetScope has turned them into numbers."
_STYLE = """
<style>
.window { border-collapse: collapse; table-layout: fixed; width: 100%; max-width: 27rem; }
.window caption { text-align: start; padding-bottom: 0.4rem; font-size: 0.875rem; }
.window td { font: 0.75rem/1 monospace; }
.window td { border: 1px solid rgb(128 128 128 / 35%); padding: 0; height: 1.7rem; text-align: center; }
.window td.chosen { outline: 3px solid rgb(255 140 0); outline-offset: -2px; }
.codes { columns: 2 9rem; margin: 0; padding: 0; list-style: none; font: 0.8125rem/1.6 monospace; }
.codes li { display: flex; align-items: center; gap: 0.4rem; padding-inline: 0.2rem; opacity: 0.55;
            break-inside: avoid; overflow-wrap: anywhere; }
.codes li.here { opacity: 1; font-weight: 700; }
.codes .chip { flex: none; width: 0.9rem; height: 0.9rem; border: 1px solid rgb(128 128 128 / 60%); }
.codes .number { min-width: 1.6rem; text-align: end; }
</style>
"""


@st.fragment
def show_label_file(opened: OpenedSet) -> None:
    """Part of the label map around the chosen pixel, as numbers and as colours."""
    dataset = opened.dataset
    st.markdown(
        "A label map is a picture file in which every pixel holds a **number** instead of a colour. The "
        "number is a line of the class list (`codes.txt` in fastai's layout), counted from 0. The colours "
        "are only for people; a network learns from the numbers."
        + (_COLOURS if dataset.colour_labels else "")
    )
    frame = frame_picker(opened)
    try:
        picture, label = truth_picture(opened, frame), _label(opened, frame)
    except DatasetError as error:
        show_error(error, markdown("{frame} cannot be shown", frame=frame.name), ":material/broken_image:")
        return
    if PIXEL not in st.session_state:
        st.session_state[PIXEL] = class_edge(label)
    pixel = chosen_pixel(picture)
    window = label_window(label, *pixel)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        truth_viewer(picture, "label_file", f"{frame.name}, choose a pixel", view="mask")
    with right:
        _show_window(window, pixel, dataset.class_list)
    st.markdown(
        f"The class list, {len(dataset.class_list)} lines; the classes in the window are highlighted:"
    )
    st.html(_STYLE + _codes(dataset.class_list, window))


def _show_window(window: LabelWindow, pixel: tuple[int, int], classes: ClassList) -> None:
    name = classes.names[window.numbers[pixel[0] - window.top, pixel[1] - window.left]]
    number = int(window.numbers[pixel[0] - window.top, pixel[1] - window.left])
    st.markdown(
        markdown(
            "Pixel ({row}, {col}) holds **{number}**: line {number} of the list says **{name}**.",
            row=pixel[0],
            col=pixel[1],
            number=number,
            name=name,
        )
    )
    height, width = window.numbers.shape
    place = (
        f"rows {window.top} to {window.top + height - 1}, columns {window.left} to {window.left + width - 1}"
    )
    st.html(_STYLE + _table(window, pixel, classes, f"What the file holds: {place}", numbers=True))
    st.html(_STYLE + _table(window, pixel, classes, "The same pixels in the classes' colours", numbers=False))


def _table(
    window: LabelWindow, pixel: tuple[int, int], classes: ClassList, caption: str, numbers: bool
) -> str:
    rows = []
    for down, values in enumerate(window.numbers.tolist()):
        cells = []
        for along, number in enumerate(values):
            chosen = ' class="chosen"' if (window.top + down, window.left + along) == pixel else ""
            name = html.escape(classes.names[number], quote=True)
            if numbers:
                cells.append(f'<td{chosen} title="{name}">{number}</td>')
            else:
                cells.append(f'<td{chosen} title="{name}" style="background: {_css(classes, number)}"></td>')
        rows.append(f"<tr>{''.join(cells)}</tr>")
    return f'<table class="window"><caption>{html.escape(caption)}</caption>{"".join(rows)}</table>'


def _codes(classes: ClassList, window: LabelWindow) -> str:
    here = set(window.occurring)
    lines = [
        f'<li class="{"here" if number in here else ""}"><span class="number">{number}</span>'
        f'<span class="chip" style="background: {_css(classes, number)}"></span>{html.escape(name)}</li>'
        for number, name in enumerate(classes.names)
    ]
    return f'<ul class="codes" aria-label="Class list">{"".join(lines)}</ul>'


def _css(classes: ClassList, number: int) -> str:
    return "rgb({} {} {})".format(*classes.palette[number])


def _label(opened: OpenedSet, frame: Frame) -> NDArray[np.uint8]:
    return _read_label(opened.key, opened, frame, signature(frame.label))


@st.cache_resource(max_entries=12, show_spinner=False)
def _read_label(key: str, _opened: OpenedSet, frame: Frame, label_signature: str | None) -> NDArray[np.uint8]:
    return _opened.dataset.read_label(frame)
