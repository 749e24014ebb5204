"""The Confusion tab: which class is taken for which, and the frames with most of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from core.datasets import Frame
from core.errors import StreetScopeError
from core.evaluation.metrics import IntArray, counted_as
from core.evaluation.results import SplitEvaluation
from core.languages import class_name, filled, in_digits
from core.languages import gettext as _
from core.reports import evaluation_charts as charts
from core.reports import evaluation_tables as tables
from pages.widgets.evaluate.downloads import files, stem
from pages.widgets.evaluate.frames import (
    Measured,
    data_page_link,
    download_menu,
    show_confused,
    small_marked,
)
from pages.widgets.shared.errors import show_error
from pages.widgets.shared.figures import heads, shown
from pages.widgets.shared.fragments import fragment
from pages.widgets.shared.markdown import Markdown, escape, markdown
from pages.widgets.shared.plots import saved_chart
from pages.widgets.shared.reveal import reveal_soon, revealed

Cell = tuple[str, str]
"""A true class and a predicted class, by name; empty names stand for the largest confusion."""

_TRUE, _SAID = "true", "said"
"""Names of the two in the address."""

_CELL, _WRITTEN, _FRAME = "confusion_cell", "confusion_written", "confusion_frame"
_SHOWN_FRAMES, _SHOWN_ROWS = 6, 12
_TABLE_HEIGHT, _TABLE_PIXELS = 5, 35
"""Rows of the table that are seen at once, and the height of each."""

_CELL_PLACE, _FRAME_PLACE = "confusion_detail", "confusion_frame_detail"


@fragment
def show_confusion(measured: Measured) -> None:
    """The matrix, beside it the chosen cell in words and small pictures, and below it one frame in full.

    Whatever chooses a cell stands beside what it changes: both fit into a window of 1280 x 800.
    """
    evaluation = measured.evaluation
    rows = tables.confusion_rows(evaluation, wrong_only=True)
    cell = _resolve(evaluation) if rows else None
    numbers = None if cell is None else _numbers(evaluation, cell)
    st.markdown(
        _(
            "Each row is a true class, each column a predicted class. Right predictions lie on the diagonal. "
            "**Choose a cell**, two classes, or a row of the table to see the frames with most such pixels."
        )
    )
    by_row = st.toggle(
        _("Show each row as shares of its true class"),
        value=True,
        key="confusion_by_row",
        help=_("If off, the matrix shows pixel counts, in which road and building outweigh everything."),
    )
    left, right = st.columns([3, 2], gap="medium")
    with left:
        dark, name = st.context.theme.type == "dark", stem(evaluation, "confusion")
        chart = charts.confusion_chart(evaluation, by_row, numbers, dark)
        key = f"chart_confusion.{name}.{by_row}"
        saved_chart(
            chart,
            name,
            _(
                "Confusion matrix: true classes down, predicted classes across. The table beside it says the "
                "same."
            ),
            key,
            lambda: _choose_cell(key, evaluation),
        )
        # The downloaded page is light, whatever the theme.
        taken = charts.confusion_chart(evaluation, by_row, numbers) if dark else chart
        files(evaluation, name, lambda: tables.confusion_rows(evaluation), taken)
    if cell is None or numbers is None:
        right.success(_("There is no mistake in these frames."), icon=":material/check:")
        return
    with right:
        with revealed(_CELL_PLACE, _words(evaluation, *numbers), need=260):
            frames = _frames(measured, *numbers)
        _pickers(evaluation, cell)
        _table(rows[:_SHOWN_ROWS], evaluation)
    if frames:
        _frame(measured, *numbers, frames)


def _table(rows: list[dict[str, Any]], evaluation: SplitEvaluation) -> None:
    st.markdown(_("**The largest confusions**"))
    key = f"table_confusion.{stem(evaluation, 'confusion')}"

    def choose() -> None:
        chosen = st.session_state[key].selection.rows
        if chosen and 0 <= chosen[0] < len(rows):
            _choose((rows[chosen[0]]["true class"], rows[chosen[0]]["predicted"]))

    st.dataframe(
        pd.DataFrame(shown(rows)),
        hide_index=True,
        placeholder="",
        height=(min(len(rows), _TABLE_HEIGHT) + 1) * _TABLE_PIXELS + 2,
        column_config=heads(
            rows[0],
            {
                "pixels": st.column_config.NumberColumn(format="localized"),
                "share of the true class": st.column_config.NumberColumn(
                    _("of the true class"), format="percent"
                ),
            },
        ),
        key=key,
        on_select=choose,
        selection_mode="single-row",
        alt=_(
            "Pairs of a true class and what it was taken for, most pixels first. Select a row to see its "
            "frames; on the keyboard with Shift and Space."
        ),
    )


def follow_cell() -> None:
    """Read the cell that a link or the browser's back button put into the address; for whole runs only."""
    asked = (st.query_params.get(_TRUE, ""), st.query_params.get(_SAID, ""))
    if asked != st.session_state.get(_WRITTEN, ("", "")):
        st.session_state[_CELL] = st.session_state[_WRITTEN] = asked


def _resolve(evaluation: SplitEvaluation) -> Cell:
    """The cell to show, of classes that exist; writes it into the address."""
    true, said = st.session_state.get(_CELL, ("", ""))
    mistakes = _mistakes(evaluation)
    names = evaluation.class_names
    if true not in _occurring(evaluation):
        true = names[int(mistakes.max(axis=1).argmax())]
    if said not in names:
        said = names[int(mistakes[names.index(true)].argmax())]
    st.session_state[_CELL] = st.session_state[_WRITTEN] = (true, said)
    st.query_params.update({_TRUE: true, _SAID: said})
    return true, said


def _numbers(evaluation: SplitEvaluation, cell: Cell) -> tuple[int, int]:
    true, said = map(evaluation.class_names.index, cell)
    return true, said


def _pickers(evaluation: SplitEvaluation, cell: Cell) -> None:
    """Pickers of both classes, those with the largest confusions first.

    A browser that has not yet received a cell chosen in the matrix sends the pickers' old values with every
    action. So each cell has its own pickers, and only the pickers of the cell on screen count.
    """
    mistakes, names = _mistakes(evaluation), evaluation.class_names
    true, said = cell
    occurring = _occurring(evaluation)
    trues = [names[n] for n in np.argsort(-mistakes.max(axis=1), kind="stable") if names[n] in occurring]
    saids = [names[n] for n in np.argsort(-mistakes[names.index(true)], kind="stable")]
    pickers = ((markdown("True class"), trues, true), (markdown("Taken for"), saids, said))
    label: Markdown
    for column, (label, options, value) in zip(st.columns(2), pickers, strict=True):
        key = f"{label}.{cell}"
        column.selectbox(
            label,
            options,
            options.index(value),
            class_name,
            key=key,
            on_change=_pick,
            args=(cell, options is trues, key),
        )


def _pick(cell: Cell, is_true: bool, key: str) -> None:
    if st.session_state.get(_CELL) == cell:
        picked = st.session_state[key]
        _choose((picked, "") if is_true else (cell[0], picked))


def _mistakes(evaluation: SplitEvaluation) -> IntArray:
    mistakes = evaluation.confusion.copy()
    np.fill_diagonal(mistakes, 0)
    return mistakes


def _occurring(evaluation: SplitEvaluation) -> list[str]:
    trues = evaluation.confusion.sum(axis=1).tolist()
    return [name for name, pixels in zip(evaluation.class_names, trues, strict=True) if pixels]


def _frames(measured: Measured, true: int, said: int) -> list[tuple[Frame, int]]:
    """The chosen cell in words, and the frames with most of it as small pictures.

    Returns all frames that have such pixels with their number, most first.
    """
    evaluation = measured.evaluation
    numbers, pixels = evaluation.frames.confused(true, said)
    st.subheader(escape(_words(evaluation, true, said)), anchor=False)
    if not len(numbers):
        st.info(_("This happens in no frame."), icon=":material/check:")
        return []
    total, of_class = int(pixels.sum()), int(evaluation.confusion[true].sum())
    where = (
        _("the only frame")
        if evaluation.images == 1
        else filled(_("{count} of {images} frames"), count=len(numbers), images=evaluation.images)
    )
    st.markdown(
        markdown(
            "{total:,} pixels in {where}, {share:.1%} of all {name} pixels. Orange marks them. {grouped}",
            total=total,
            where=where,
            share=total / of_class,
            name=class_name(evaluation.class_names[true]),
            grouped=_grouped(measured, true),
        )
    )
    frames = [
        (measured.frame(int(number)), int(count)) for number, count in zip(numbers, pixels, strict=True)
    ]
    grid = st.grid(3, min_column_width=96, gap="xsmall")
    for frame, count in frames[:_SHOWN_FRAMES]:
        with grid.cell():
            _thumbnail(measured, frame, count, true, said)
    return frames


def _frame(measured: Measured, true: int, said: int, frames: list[tuple[Frame, int]]) -> None:
    """One of the frames in full, beside its truth."""
    evaluation = measured.evaluation
    by_name = {frame.name: frame for frame, _ in frames}
    with revealed(
        _FRAME_PLACE, _("{words}, in one frame").format(words=_words(evaluation, true, said)), need=520
    ):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            frame = by_name[_frame_picker({frame.name: count for frame, count in frames})]
            data_page_link(measured, frame)
            download_menu(measured, frame, (true, said))
        show_confused(measured, frame, true, said)
    files(
        evaluation,
        stem(evaluation, f"{evaluation.class_names[true]}-as-{evaluation.class_names[said]}"),
        lambda: tables.confused_rows(evaluation, true, said),
    )


def _grouped(measured: Measured, true: int) -> str:
    """Which of the data set's classes were grouped into the true class; empty if only itself was."""
    name = measured.evaluation.class_names[true]
    own = counted_as(measured.opened.dataset.class_list, measured.evaluation.class_list, true)
    return (
        ""
        if own == [name]
        else _("{name} includes the data set's {names}.").format(
            name=class_name(name), names=", ".join(map(class_name, own))
        )
    )


def _frame_picker(counts: dict[str, int]) -> str:
    """Choose one of the frames; as with the classes, each has its own picker."""
    names = list(counts)
    wanted = st.session_state.get(_FRAME)
    name: str = wanted if wanted in counts else names[0]
    key = f"{_FRAME}.{name}.{st.session_state[_CELL]}"
    st.session_state[_FRAME] = name
    st.selectbox(
        _("Frame"),
        names,
        names.index(name),
        key=key,
        format_func=lambda name: filled(_("{name} · {counts:,} pixels"), name=name, counts=counts[name]),
        width=320,
        on_change=_pick_frame,
        args=(name, key),
    )
    return name


def _pick_frame(before: str, key: str) -> None:
    if st.session_state.get(_FRAME) == before:
        st.session_state[_FRAME] = st.session_state[key]


def _thumbnail(measured: Measured, frame: Frame, pixels: int, true: int, said: int) -> None:
    try:
        picture = small_marked(measured, frame, true, said)
    except StreetScopeError as error:
        show_error(error, icon=":material/broken_image:")
        return
    st.image(
        picture,
        width="stretch",
        alt=_("{name} with the pixels of {words} marked").format(
            name=frame.name, words=_words(measured.evaluation, true, said)
        ),
    )
    st.button(
        f"{in_digits(pixels, ',')} px",
        key=f"confused.{frame.name}",
        help=markdown("Show {frame} in full below", frame=frame.name),
        on_click=_choose_frame,
        args=(frame.name,),
        width="stretch",
    )


def _words(evaluation: SplitEvaluation, true: int, said: int) -> str:
    names = [class_name(name) for name in evaluation.class_names]
    return (
        _("{names} predicted as {names2}").format(names=names[true], names2=names[said])
        if true == said
        else _("{names} taken for {names2}").format(names=names[true], names2=names[said])
    )


def _choose_frame(name: str) -> None:
    st.session_state[_FRAME] = name
    reveal_soon(_FRAME_PLACE)


def _choose(cell: Cell) -> None:
    st.session_state[_CELL] = cell
    st.session_state.pop(_FRAME, None)
    reveal_soon(_CELL_PLACE)


def _choose_cell(key: str, evaluation: SplitEvaluation) -> None:
    """A marker of the matrix was chosen, or none; the browser can send anything."""
    points = st.session_state[key].selection.points
    cell = points[0].get("customdata") if points else None
    if isinstance(cell, dict):  # Plotly's arrays may arrive with their indices as keys
        cell = [cell.get("0"), cell.get("1")]
    if not isinstance(cell, list) or len(cell) != 2:
        return
    names = evaluation.class_names
    if all(isinstance(each, int) and 0 <= each < len(names) for each in cell):
        true, said = cell
        if np.any(evaluation.confusion[true]):
            _choose((names[true], names[said]))
