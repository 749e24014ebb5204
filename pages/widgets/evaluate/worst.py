"""The Worst frames tab: pages of frames with photo, truth, prediction and errors, and one frame in full."""

from __future__ import annotations

import streamlit as st

from core.errors import StreetScopeError
from core.languages import gettext as _
from core.languages import mark
from core.reports import evaluation_tables as tables
from pages.widgets.evaluate.downloads import files, stem
from pages.widgets.evaluate.frames import (
    THUMBNAIL,
    Measured,
    data_page_link,
    download_menu,
    show_frame,
    small_pictures,
)
from pages.widgets.shared.dataset_state import frame_name, set_frame, write_frame
from pages.widgets.shared.errors import show_error
from pages.widgets.shared.fragments import fragment
from pages.widgets.shared.markdown import markdown
from pages.widgets.shared.reveal import reveal_soon, revealed

PAGE = 5
_ORDERS = {
    mark("Highest loss"): ("losses", True),
    mark("Lowest accuracy"): ("accuracies", False),
    mark("Lowest mean IoU"): ("mean_ious", False),
}
_TITLES = (mark("photo"), mark("truth"), mark("prediction"), mark("errors"))
_OPENED, _CLOSED = "worst_frame", "worst_frame_before"
"""Places on the page: the frame that was opened, and its entry in the list once it is closed."""

_LEFT = "worst_left"
"""Which frame was closed last."""


@fragment
def show_worst(measured: Measured) -> None:
    """The opened frame, or the list."""
    names = measured.evaluation.frames.names
    if frame_name() in names:
        _one(measured, names.index(frame_name()))
    else:
        _list(measured)


def _list(measured: Measured) -> None:
    evaluation = measured.evaluation
    st.markdown(
        _(
            "**Loss** is the cross-entropy: how surprised the network is by the truth, on average over the "
            "frame's pixels. Being sure and wrong costs most. The last picture is pale where the network is "
            "right; elsewhere it has the colour of the class that the network predicted. Open a frame to "
            "see which colour is which class."
        )
    )
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        order = st.segmented_control(
            _("First"),
            list(_ORDERS),
            default="Highest loss",
            format_func=_,
            required=True,
            key="worst_by",
            bind="query-params",
        )
        attribute, largest = _ORDERS[order]
        numbers = evaluation.frames.worst_first(getattr(evaluation.frames, attribute), largest).tolist()
        pages = -(-len(numbers) // PAGE)
        key = f"worst_page.{stem(evaluation, order)}"
        # The page is there again when a frame that was opened from it is closed.
        page = st.pagination(pages, key=key, persist_state="page") if pages > 1 else 1
    with st.spinner(_("Segmenting these frames")):
        for place, number in enumerate(numbers[(page - 1) * PAGE : page * PAGE], start=(page - 1) * PAGE + 1):
            name = measured.frame(number).name
            if name == st.session_state.get(_LEFT):
                with revealed(_CLOSED, name, need=160):
                    _entry(measured, number, place)
            else:
                _entry(measured, number, place)
    files(evaluation, stem(evaluation, "frames"), lambda: tables.frame_rows(evaluation, numbers))


def _entry(measured: Measured, number: int, place: int) -> None:
    frame, frames = measured.frame(number), measured.evaluation.frames
    with st.container(border=True, horizontal=True, vertical_alignment="center", gap="xsmall"):
        with st.container(width=300):
            st.markdown(
                markdown(
                    "**{place}. {frame}**  \n{wrong:,} of {counted:,} pixels wrong  \n"
                    "accuracy {accuracy:.1%} · mean IoU {iou:.1%} · loss {loss:.3f}",
                    place=place,
                    frame=frame.name,
                    wrong=frames.wrong[number],
                    counted=frames.counted[number],
                    accuracy=frames.accuracies[number],
                    iou=frames.mean_ious[number],
                    loss=frames.losses[number],
                )
            )
            st.button(
                markdown("Open {frame}", frame=frame.name),
                key=f"open_{number}",
                on_click=_open,
                args=(frame.name,),
                help=_("Truth, prediction and errors in the pixel viewer"),
                icon=":material/zoom_in:",
            )
        try:
            pictures = small_pictures(measured, frame)
        except StreetScopeError as error:
            show_error(error, icon=":material/broken_image:")
            return
        shown = (pictures.photo, pictures.truth, pictures.prediction, pictures.errors)
        for title, picture in zip(_TITLES, shown, strict=True):
            st.image(
                picture,
                caption=markdown("{title}", title=_(title)),
                width=THUMBNAIL,
                alt=f"{frame.name}: {_(title)}",
            )


def _one(measured: Measured, number: int) -> None:
    frame = measured.frame(number)
    write_frame(frame.name)
    with revealed(_OPENED, frame.name, need=640):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                _("All frames"),
                icon=":material/arrow_back:",
                on_click=_close,
                args=(frame.name,),
                key="worst_close",
            )
            data_page_link(measured, frame)
            download_menu(measured, frame)
        row = tables.frame_rows(measured.evaluation, [number])[0]
        st.markdown(
            markdown(
                "**{frame}**: {wrong:,} of {counted:,} pixels wrong, accuracy {accuracy:.1%}, mean IoU "
                "{iou:.1%}, loss {loss:.3f}.",
                frame=frame.name,
                wrong=row["wrong pixels"],
                counted=row["counted pixels"],
                accuracy=row["acc_camvid"] or 0,
                iou=row["mean IoU"] or 0,
                loss=row["loss"] or 0,
            )
        )
        show_frame(measured, frame)


def _open(name: str) -> None:
    set_frame(name)
    reveal_soon(_OPENED)


def _close(name: str) -> None:
    set_frame("")
    st.query_params.pop("frame", None)
    st.session_state[_LEFT] = name
    reveal_soon(_CLOSED)
