"""Pins: pixels that a visitor keeps, to compare and download them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pandas as pd
import streamlit as st

from core.classes import CAMVID_11, CAMVID_32
from core.languages import gettext as _
from core.photos.photo import Photo
from core.reports import charts, tables
from core.segmentation import pins
from core.segmentation.reading import PixelReading
from core.segmentation.segmentation import Segmentation
from core.segmentation.sizes import WorkingSize
from pages.widgets.photos.visitor_session import KeptPin, visitor_session
from pages.widgets.shared.figures import heads, in_percent, in_table
from pages.widgets.shared.plots import show_chart
from pages.widgets.viewer.pixel_viewer import Pixel, ViewerPin

MAX_PINS = 50
_EDITOR, _EDITIONS = "pins_editor", "pins_editions"


def in_picture(photo: Photo, segmentation: Segmentation, size: WorkingSize) -> list[ViewerPin]:
    """The pins of this photo at this size with this model, as flags for the viewer."""
    return [
        ViewerPin(kept.pin.name, kept.pin.row, kept.pin.col)
        for kept in visitor_session().pins
        if (kept.photo, kept.pin.model, kept.pin.size) == (photo.key, segmentation.model_name, size.name)
    ]


def keeper(photo: Photo, segmentation: Segmentation, size: WorkingSize) -> Callable[[Pixel], None] | None:
    """Keeps a pixel of this photo that is pinned in the viewer; None when no more can be kept."""
    if len(visitor_session().pins) >= MAX_PINS:
        return None
    return lambda pixel: _pin(segmentation.read_pixel(*pixel), photo, segmentation.model_name, size.name)


def show_pins() -> None:
    """All pins as a table whose names can be edited, and the network's probabilities at each."""
    kept = visitor_session().pins
    if not kept:
        return
    st.subheader(_("Your pins"), anchor=False)
    left, right = st.columns([3, 2], gap="medium")
    rows = tables.pin_rows([k.pin for k in kept])
    with left:
        st.data_editor(
            in_table(in_percent(pd.DataFrame(rows), "probability"), ".2f", "entropy"),
            # A new key after each edit, so that the table shows the pins and not edits of earlier ones.
            key=f"{_EDITOR}_{st.session_state.setdefault(_EDITIONS, 0)}",
            num_rows="delete",
            hide_index=True,
            disabled=_fixed_columns(kept),
            column_config=heads(
                rows[0], {"entropy": st.column_config.NumberColumn(help=_("In bits: 0 is sure."))}
            ),
            on_change=_edit,
            alt=_("Your pins, each with name, place, class and probability."),
        )
        with st.container(horizontal=True):
            st.download_button(
                _("Pins (CSV)"),
                lambda: tables.to_csv(tables.pin_rows(k.pin for k in kept)),
                "pins.csv",
                icon=":material/download:",
                on_click="ignore",
            )
            st.button(_("Remove all pins"), icon=":material/delete:", on_click=kept.clear)
    with right:
        show_chart(
            charts.pins_chart([k.pin for k in kept], _colours()),
            key="pins_chart",
            alt=_("The most probable classes of each pin, as stacked bars."),
        )


def _pin(reading: PixelReading, photo: Photo, model: str, size: str) -> None:
    mine = visitor_session()
    numbers = {kept.pin.name for kept in mine.pins}
    name = next(n for i in range(1, MAX_PINS + 2) if (n := _("Pin {i}").format(i=i)) not in numbers)
    mine.pins.append(KeptPin(photo.key, pins.pin(name, photo.name, model, size, reading.chosen)))


def _edit() -> None:
    """Rename and remove as edited in the table; its state comes from a browser, so only valid edits count."""
    kept = visitor_session().pins
    edits = st.session_state[f"{_EDITOR}_{st.session_state[_EDITIONS]}"]
    for number, changes in edits["edited_rows"].items():
        name = changes.get("name")
        if int(number) < len(kept) and isinstance(name, str) and name.strip():
            old = kept[int(number)]
            kept[int(number)] = replace(old, pin=replace(old.pin, name=name.strip()[:40]))
    removed = set(edits["deleted_rows"])
    kept[:] = [pin for number, pin in enumerate(kept) if number not in removed]
    st.session_state[_EDITIONS] += 1


def _colours() -> dict[str, tuple[int, int, int]]:
    return {c.name: c.colour for classes in (CAMVID_11, CAMVID_32) for c in classes.classes}


def _fixed_columns(kept: Sequence[KeptPin]) -> list[str]:
    columns = list(tables.pin_rows([k.pin for k in kept])[0])
    return [column for column in columns if column != "name"]
