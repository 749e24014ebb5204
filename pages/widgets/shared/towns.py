"""A data set drawn with one click: which town, how far the drawing is, and how to open it."""

from __future__ import annotations

import streamlit as st

from core.jobs import Job
from core.languages import gettext as _
from core.project import data_folder
from core.toytown import TOWNS, toytown
from pages.widgets.shared.dataset_state import SET, select
from pages.widgets.shared.errors import show_error
from pages.widgets.shared.guests import is_guest
from pages.widgets.shared.jobs import jobs, watch
from pages.widgets.shared.markdown import Markdown, escape, markdown

_TOWN = "town_to_draw"
_FRAMES = 120


def _show_words() -> Markdown:
    return markdown("Show it")


def towns_menu() -> None:
    """Offer the towns, each with a sentence; nothing to a guest."""
    if is_guest():
        return
    with st.popover(_("Draw a town"), icon=":material/location_city:"):
        st.markdown(
            _(
                "A program draws the street, so every pixel's class is known. Each town is a data set of "
                "its own."
            )
        )
        name: str = st.radio(
            _("Town"),
            list(TOWNS),
            format_func=_title,
            captions=[escape(_(town.about)) for town in TOWNS.values()],
            key=_TOWN,
        )
        job = jobs().find(_key(name))
        st.button(
            _show_words()
            if (data_folder() / name).exists()
            else markdown("Draw {frames} frames", frames=_FRAMES),
            key="draw_town",
            on_click=_show_or_start,
            args=(name,),
            disabled=job is not None and job.state == "running",
            icon=":material/brush:",
            width="stretch",
        )
        st.caption(_("The drawing goes on when you leave this page."))


def drawing(name: str) -> Job[None]:
    """The work of drawing a town into the data folder; it begins if nobody has begun it."""
    folder = data_folder() / name

    def draw(job: Job[None]) -> None:
        toytown(folder, _FRAMES, progress=job.tell, town=name)

    return jobs().start_once(_key(name), draw)


def forget_drawing(name: str) -> None:
    """Forget how the drawing of a town ended, so that it can begin again."""
    jobs().forget(_key(name))


def show_drawing(besides: str = "") -> None:
    """The progress of each town that is being drawn, or why the drawing ended; besides: of which not."""
    for name, town in TOWNS.items():
        job = jobs().find(_key(name))
        if job is None or name == besides:
            continue
        if job.state == "running":
            title = markdown("Drawing {town}", town=town.title)
            watch(job, title, f"draw_{name}", unit=_("frame"), cancel=not is_guest())
        elif job.state == "failed":
            show_error(job.error, markdown("{town} cannot be drawn", town=town.title))
        elif job.state == "cancelled":
            st.info(markdown("The drawing of {town} was stopped. Nothing of it was kept.", town=town.title))
        elif st.session_state.get(SET) == name:
            forget_drawing(name)
        else:
            _show_finished(name)


def _show_finished(name: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.success(markdown("{town} has been drawn.", town=TOWNS[name].title), icon=":material/check:")
        label = markdown("Show {town}", town=TOWNS[name].title)
        st.button(label, key=f"show_{name}", on_click=_show, args=(name,), type="primary")


def _show_or_start(name: str) -> None:
    if (data_folder() / name).exists():
        _show(name)
        return
    forget_drawing(name)
    drawing(name)


def _show(name: str) -> None:
    forget_drawing(name)
    select(name)


def _title(name: str) -> Markdown:
    return escape(TOWNS[name].title)


def _key(name: str) -> tuple[str, str, str]:
    return "town", name, str(data_folder())
