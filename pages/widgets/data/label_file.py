"""The Label file tab: a label file holds numbers; each is a line number in the class list."""

from __future__ import annotations

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.classes import UNLABELLED, ClassList
from core.datasets import Frame
from core.datasets.contents.label_window import LabelWindow, class_edge, label_window
from core.errors import DatasetError
from core.files import signature
from core.languages import gettext as _
from core.languages import mark
from pages.widgets.data.frame import frame_picker
from pages.widgets.data.truth import PIXEL, chosen_pixel, truth_picture, truth_viewer
from pages.widgets.shared.datasets import OpenedSet
from pages.widgets.shared.errors import show_error
from pages.widgets.shared.fragments import fragment
from pages.widgets.shared.html import Html, html, joined_html
from pages.widgets.shared.markdown import markdown

_COLOURS = mark(
    " The label files of this data set hold the colours; StreetScope has turned them into numbers."
)
_OTHER_NUMBERS = mark(
    " The class list of this data set gives other numbers; StreetScope counts its lines instead."
)
_IN_COLOURS = mark("The same pixels in the classes' colours")
_STYLE = html("""
<style>
.window {{ border-collapse: collapse; table-layout: fixed; width: 100%; max-width: 27rem; }}
.window caption {{ text-align: start; padding-bottom: 0.4rem; font-size: 0.875rem; }}
.window td {{ font: 0.75rem/1 monospace; }}
.window td {{ border: 1px solid rgb(128 128 128 / 35%); padding: 0; height: 1.7rem; text-align: center; }}
.window td.chosen {{ outline: 3px solid rgb(255 140 0); outline-offset: -2px; }}
.codes {{ columns: 2 9rem; margin: 0; padding: 0; list-style: none; font: 0.8125rem/1.6 monospace; }}
.codes li {{ display: flex; align-items: center; gap: 0.4rem; padding-inline: 0.2rem; opacity: 0.55;
            break-inside: avoid; overflow-wrap: anywhere; }}
.codes li.here {{ opacity: 1; font-weight: 700; }}
.codes .chip {{ flex: none; width: 0.9rem; height: 0.9rem; border: 1px solid rgb(128 128 128 / 60%); }}
.codes .number {{ min-width: 1.6rem; text-align: end; }}
</style>
""")


@fragment
def show_label_file(opened: OpenedSet) -> None:
    """Part of the label map around the chosen pixel, as numbers and as colours."""
    dataset = opened.dataset
    st.markdown(
        _(
            "A label map is a picture file in which every pixel holds a **number** instead of a colour. "
            "The number is a line of the class list (`codes.txt` in fastai's layout), counted from 0. The "
            "colours are only for people; a network learns from the numbers."
        )
        + _(_COLOURS if dataset.colour_labels else _OTHER_NUMBERS if dataset.values else "")
    )
    frame = frame_picker(dataset.frames())
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
        truth_viewer(
            picture,
            "label_file",
            _("{name}, choose a pixel").format(name=frame.name),
            view="mask",
            subject=frame.name,
        )
    with right:
        _show_window(window, pixel, dataset.class_list)
    st.markdown(
        markdown(
            "The class list, {count} lines; the classes in the window are highlighted:",
            count=len(dataset.class_list),
        )
    )
    st.html(joined_html((_STYLE, _codes(dataset.class_list, window))))


def _show_window(window: LabelWindow, pixel: tuple[int, int], classes: ClassList) -> None:
    number = int(window.numbers[pixel[0] - window.top, pixel[1] - window.left])
    if number == UNLABELLED:
        says = markdown("it is **{name}**, and counts nowhere", name=classes.name_of(number))
    else:
        says = markdown(
            "line {number} of the list says **{name}**", number=number, name=classes.name_of(number)
        )
    st.markdown(
        markdown(
            "Pixel ({row}, {col}) holds **{number}**: {says}.",
            row=pixel[0],
            col=pixel[1],
            number=number,
            says=says,
        )
    )
    height, width = window.numbers.shape
    place = _("rows {top} to {top2}, columns {left} to {left2}").format(
        top=window.top, top2=window.top + height - 1, left=window.left, left2=window.left + width - 1
    )
    for caption, numbers in (
        (_("What the file holds: {place}").format(place=place), True),
        (_(_IN_COLOURS), False),
    ):
        st.html(joined_html((_STYLE, _table(window, pixel, classes, caption, numbers=numbers))))


def _table(
    window: LabelWindow, pixel: tuple[int, int], classes: ClassList, caption: str, numbers: bool
) -> Html:
    rows = []
    for down, values in enumerate(window.numbers.tolist()):
        cells = []
        for along, number in enumerate(values):
            chosen = (window.top + down, window.left + along) == pixel
            cells.append(
                html(
                    '<td class="{chosen}" title="{name}" style="{style}">{number}</td>',
                    chosen="chosen" if chosen else "",
                    name=classes.name_of(number),
                    style="" if numbers else f"background: {_css(classes, number)}",
                    number=number if numbers else "",
                )
            )
        rows.append(html("<tr>{cells}</tr>", cells=joined_html(cells)))
    return html(
        '<table class="window"><caption>{caption}</caption>{rows}</table>',
        caption=caption,
        rows=joined_html(rows),
    )


def _codes(classes: ClassList, window: LabelWindow) -> Html:
    here = set(window.occurring)
    lines = (
        html(
            '<li class="{here}"><span class="number">{number}</span>'
            '<span class="chip" style="background: {colour}"></span>{name}</li>',
            here="here" if number in here else "",
            number=number,
            colour=_css(classes, number),
            name=name,
        )
        for number, name in enumerate(classes.names)
    )
    return html(
        '<ul class="codes" aria-label="{label}">{lines}</ul>', label=_("Class list"), lines=joined_html(lines)
    )


def _css(classes: ClassList, number: int) -> str:
    return "rgb({} {} {})".format(*classes.full_palette[number])


def _label(opened: OpenedSet, frame: Frame) -> NDArray[np.uint8]:
    return _read_label(opened.key, opened, frame, signature(frame.label))


@st.cache_resource(max_entries=12, show_spinner=False)
def _read_label(key: str, _opened: OpenedSet, frame: Frame, label_signature: str | None) -> NDArray[np.uint8]:
    return _opened.dataset.read_label(frame)
