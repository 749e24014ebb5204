"""The tab Shapes: strokes, lines, rectangles, circles and polygons, drawn on a streamlit-drawable-canvas."""

from __future__ import annotations

import zlib
from typing import Literal
from urllib.parse import urljoin

import numpy as np
import streamlit as st
from streamlit_drawable_canvas import st_canvas

from core.annotation.runs import NOT_REVIEWED, Mask
from core.annotation.store import OpenCorrection
from core.classes import ClassList
from core.errors import StreetScopeError
from core.languages import class_name, mark, translated
from core.languages import gettext as _
from core.photos import images
from pages.widgets.annotate.shapes.canvas import Canvas, colours, sent_drawing
from pages.widgets.annotate.shapes.room import Room, room
from pages.widgets.shared.errors import show_error
from pages.widgets.shared.markdown import Markdown, escape, joined, markdown
from pages.widgets.shared.media import media_url

Tool = Literal["freedraw", "line", "rect", "circle", "polygon"]

_CANVAS, _CHOSEN, _TROUBLE = "shapes_canvas", "shapes_chosen", "shapes_trouble"
_CLASS, _TOOL, _WIDTH = "shapes_class", "shapes_tool", "shapes_width"


def _tools_named() -> dict[Tool, tuple[Markdown, Markdown]]:
    return {
        "freedraw": (markdown(":material/gesture:"), markdown("Freehand")),
        "line": (markdown(":material/horizontal_rule:"), markdown("Line")),
        "rect": (markdown(":material/rectangle:"), markdown("Rectangle")),
        "circle": (markdown(":material/circle:"), markdown("Circle")),
        "polygon": (markdown(":material/pentagon:"), markdown("Polygon")),
    }


def _how() -> dict[Tool, Markdown]:
    return {
        "freedraw": markdown("hold down and draw."),
        "line": markdown("drag from one end to the other."),
        "rect": markdown("drag from one corner to the opposite one."),
        "circle": markdown("drag from one side to the other."),
        "polygon": markdown("click each corner, then the first one again. Then choose the next class."),
    }


_STROKED: tuple[Tool, ...] = ("freedraw", "line")

_OPACITY, _FAINT = 0.6, 0.28
"""Of what is reviewed, and of what is not, over the photo."""

_LIST_WIDTH, _GAP, _NARROW = 240, 24, 640
"""CSS pixels: of the list of classes, and beside it; where the list stands below the picture."""

_LOW_LIST = 260
"""Of the list below the picture."""

_WIDEST = 100
"""Pixels of the picture that a stroke can be wide."""

_NO_COLOUR = (255, 255, 255)

_TALLEST = 0.6
"""Of the window's height."""


def shapes(correction: OpenCorrection, read_only: str = "") -> None:
    """Show a correction to draw shapes on, and take what was drawn since the last run.

    read_only: why nobody may draw, as a sentence; empty to let them.
    """
    take_shapes(read_only)
    with st.container(gap=None):
        found = room()
        if found is not None:  # or its answer is here in a moment
            tool, width = _tools(correction, read_only, words=found.width >= _NARROW)
            _sheet(correction, found, tool, width, read_only)


def _sheet(correction: OpenCorrection, found: Room, tool: Tool, width: int, read_only: str) -> None:
    """The canvas, and the list of classes beside it or below."""
    beside = found.width >= _NARROW
    size = _fitting(correction, found, beside)
    canvas = _canvas(correction, size)
    with st.container(horizontal=beside, gap=None if beside else "small"):
        place = st.container(width=size[1] + _GAP if beside else "stretch")
        with st.container(width=_LIST_WIDTH if beside else "stretch"):
            number = _class_list(correction.class_list, size[0] if beside else _LOW_LIST)
            st.caption(_("A class of your own: name it in the editor."))
    if not canvas.is_current or _turned_to(tool, width, number):
        canvas.empty()
    with place:
        st.caption(escape(read_only) if read_only else joined(" ", (_named(tool), _how()[tool])))
        _draw(canvas, tool, width, number, bool(read_only))
        if trouble := st.session_state.pop(_TROUBLE, ""):
            show_error(trouble, icon=":material/edit_off:")


def take_shapes(read_only: str = "") -> None:
    """Take what the browser has sent of the canvas, also where that is not shown any more."""
    canvas: Canvas | None = st.session_state.get(_CANVAS)
    if canvas is None:
        return
    drawing = sent_drawing(st.session_state.get(_key(canvas)))
    if drawing is None:
        del st.session_state[_CANVAS]  # nothing is on it: it is new, or was away
    elif not read_only and (trouble := canvas.take(drawing)):
        st.session_state[_TROUBLE] = trouble


def leave_shapes(read_only: str = "") -> None:
    """Call where the canvas is not shown: what was drawn last is taken, and the next canvas is empty."""
    take_shapes(read_only)
    st.session_state.pop(_CANVAS, None)


def _named(tool: Tool) -> Markdown:
    return markdown("**{name}:**", name=_tools_named()[tool][1])


def _tools(correction: OpenCorrection, read_only: str, words: bool) -> tuple[Tool, int]:
    """The tool, and the width of its stroke in pixels of the picture. words: whether they have room."""

    def shown(tool: Tool) -> Markdown:
        icon, name = _tools_named()[tool]
        return joined(" ", (icon, name)) if words else icon

    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="shapes_bar"):
        tool: Tool = st.segmented_control(
            _("Shape"),
            list(_tools_named()),
            default="freedraw",
            required=True,
            format_func=shown,
            key=_TOOL,
            label_visibility="collapsed",
            disabled=bool(read_only),
        )
        history = correction.history
        for name, icon, some in (
            (mark("Undo"), ":material/undo:", history.done),
            (mark("Redo"), ":material/redo:", history.undone),
        ):
            st.button(
                icon,
                help=_(name),
                key=f"shapes_{name}",
                on_click=_step,
                args=(correction, name, read_only),
                disabled=bool(read_only) or not some,
                type="tertiary",
            )
        width = st.slider(
            _("Width of the stroke in pixels"),
            1,
            _WIDEST,
            12,
            key=_WIDTH,
            format="%d px",
            width=200,
            label_visibility="collapsed",
            disabled=bool(read_only) or tool not in _STROKED,
        )
    return tool, width


def _step(correction: OpenCorrection, name: str, read_only: str) -> None:
    if read_only:
        return  # a browser can send anything
    take_shapes()
    try:
        (correction.undo if name == "Undo" else correction.redo)()
    except StreetScopeError as error:
        st.session_state[_TROUBLE] = translated(error)


def _class_list(class_list: ClassList, height: int) -> int:
    """Let the visitor choose what to draw, in a list of that height."""
    palette = dict(enumerate(class_list.palette.tolist()))
    names = dict(enumerate(map(class_name, class_list.names))) | {NOT_REVIEWED: _("Not reviewed (erase)")}

    def shown(number: int) -> Markdown:
        swatch = media_url(_swatch(tuple(palette.get(number, _NO_COLOUR))), "image/png", f"swatch.{number}")
        return markdown("![]({swatch}) {name}", swatch=swatch, name=names[number])

    with st.container(height=height, border=False):
        return st.radio(_("Class"), list(names), format_func=shown, key=_CLASS, label_visibility="collapsed")


@st.cache_resource(max_entries=512, show_spinner=False)
def _swatch(colour: tuple[int, int, int]) -> bytes:
    framed = np.full((16, 16, 3), 144, np.uint8)  # or white would not be seen on white
    framed[1:-1, 1:-1] = colour
    return images.encode_png(framed)


def _turned_to(*chosen: object) -> bool:
    """Whether the visitor has chosen something else since the last run."""
    before = st.session_state.get(_CHOSEN, chosen)
    st.session_state[_CHOSEN] = chosen
    return bool(before != chosen)


def _fitting(correction: OpenCorrection, found: Room, beside: bool) -> tuple[int, int]:
    """(height, width) of the canvas: as large as fits, of the picture's own shape."""
    height, width = correction.start.shape
    space = found.width - (_LIST_WIDTH + _GAP if beside else 0)
    shown = min(space, round(max(found.height * _TALLEST, 240) * width / height))
    return max(round(shown * height / width), 1), max(shown, 1)


def _canvas(correction: OpenCorrection, size: tuple[int, int]) -> Canvas:
    """The canvas on the page, or a new one over this correction."""
    canvas: Canvas | None = st.session_state.get(_CANVAS)
    if canvas is None or canvas.correction is not correction or canvas.size != size:
        canvas = st.session_state[_CANVAS] = Canvas(correction, size)
    return canvas


def _key(canvas: Canvas) -> str:
    """A new photo under the same key would keep the old one's shapes."""
    height, width = canvas.size
    return f"shapes_{canvas.correction.set_name}_{canvas.correction.key}_{width}_{height}"


def _draw(canvas: Canvas, tool: Tool, width: int, number: int, disabled: bool) -> None:
    colour = colours(canvas.correction.class_list)[number]
    scale = canvas.size[1] / canvas.correction.start.shape[1]
    stroked = tool in _STROKED
    st_canvas(
        fill_color=colour,
        stroke_color=colour,
        # An outline would make a shape larger than what was drawn.
        stroke_width=width * scale if stroked else 0,
        background_image=_address(_background(canvas), canvas.correction),
        update_streamlit=True,
        height=canvas.size[0],
        width=canvas.size[1],
        drawing_mode=tool,
        # Another drawing than the last time empties the canvas.
        initial_drawing={"objects": [], "round": canvas.rounds},
        disabled=disabled,
        key=_key(canvas),
    )


def _address(background: bytes, correction: OpenCorrection) -> str | bytes:
    """Where the browser finds the background: what is given in bytes is sent with every run."""
    address = media_url(background, "image/jpeg", "shapes.background")
    return urljoin(page, address) if (page := st.context.url) else background


def _background(canvas: Canvas) -> bytes:
    """The photo, and over it the mask under the shapes; what is not reviewed shows faintly."""
    correction = canvas.correction
    under = zlib.adler32(canvas.under.tobytes()), zlib.adler32(correction.start.tobytes())
    return _blended(correction.key, under, canvas.size, len(correction.class_list), correction, canvas.under)


@st.cache_resource(max_entries=8, show_spinner=False)
def _blended(
    key: str,
    under: tuple[int, int],
    size: tuple[int, int],
    classes: int,
    _correction: OpenCorrection,
    _mask: Mask,
) -> bytes:
    height, width = size
    reviewed = _mask != NOT_REVIEWED
    labels = np.where(reviewed, _mask, _correction.start)
    strength = np.where(reviewed, _OPACITY, np.where(labels == NOT_REVIEWED, 0.0, _FAINT))
    table = np.zeros((256, 3))
    table[:classes] = _correction.class_list.palette
    # Each pixel of the mask keeps its edges, however large the canvas is.
    rows = (np.arange(height) + 0.5) * labels.shape[0] / height
    cols = (np.arange(width) + 0.5) * labels.shape[1] / width
    place = np.ix_(rows.astype(int), cols.astype(int))
    share = strength[place][..., np.newaxis]
    photo = images.resize(_correction.image, height, width)
    mixed = photo * (1 - share) + table[labels[place]] * share
    return images.encode_jpeg(mixed.round().astype(np.uint8), quality=90)
