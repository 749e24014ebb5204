"""What the class has answered: as a table, as files, and its end."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler

from core.classroom.leading import end_class
from core.classroom.reports import tables as class_tables
from core.classroom.reports.page import class_pdf
from core.classroom.reports.results import Results, results
from core.languages import gettext as _
from core.reports.tables import to_csv
from pages.widgets.classroom.classes import class_store, lesson
from pages.widgets.shared.figures import heads, in_percent, in_table, shown
from pages.widgets.shared.markdown import markdown

_NARROW: dict[str, Any] = {
    name: st.column_config.Column(width=width)
    for name, width in (("step", 150), ("question", 230), ("right answer", 150))
}
"""Widths in pixels that leave the gain in sight."""


def show_results() -> None:
    """Answers before and after discussion, and files of them; drawn when opened."""
    section = st.expander(
        _("Answers so far"), icon=":material/bar_chart:", on_change="rerun", key="class_results"
    )
    if not section.open:
        return
    with section:
        found = results(class_store())
        if found is None or not (found.answered or found.clicked):
            st.caption(_("Nothing has been asked yet."))
            return
        rows = _shown(found)
        st.dataframe(
            _table(rows),
            hide_index=True,
            placeholder="",
            column_config=heads(rows[0], _NARROW),
            alt=_("For each question how many answered it right, before and after discussion."),
        )
        st.caption(
            _(
                "Gain is the share of those who were wrong before the discussion that the class has gained "
                "by it: (after - before) / (1 - before). Counts only: nobody's name is in it."
            )
        )
        _downloads(found)


def _table(rows: list[dict[str, Any]]) -> Styler:
    """The rows as the visitor's language writes numbers."""
    table = in_percent(pd.DataFrame(rows), "right before", "right after")
    return in_table(in_table(table, ".2f", "gain"), ",.0f", "before", "after")


def _shown(found: Results) -> list[dict[str, Any]]:
    """The rows of the file as people read them: steps by their titles."""
    titles = {step.id: step.title for step in lesson(found.lesson, found.language).steps}
    return [
        row | {"step": titles.get(row["step"], row["step"]), "question": _(row["question"])}
        for row in shown(class_tables.class_rows(found))
    ]


def _downloads(found: Results, when: str = "") -> None:
    """The files. when: sets the buttons apart from those that are elsewhere on the page."""
    # Made now, not on demand: this page draws itself again every second, and a file made for a click could be
    # gone before the browser has fetched it.
    csv, pdf = to_csv(class_tables.class_rows(found)), _pdf(found, _title(found))
    with st.container(horizontal=True):
        for name, file, label in (("csv", csv, _("CSV")), ("pdf", pdf, _("PDF"))):
            st.download_button(
                markdown("{label}", label=label),
                file,
                f"class.{name}",
                icon=":material/download:",
                on_click="ignore",
                key=f"class_{name}{when}",
            )


@st.cache_resource(max_entries=2, show_spinner=False, hash_funcs={Results: hash})
def _pdf(found: Results, title: str) -> bytes:
    return class_pdf(found, title)


def _title(found: Results) -> str:
    return lesson(found.lesson, found.language).title


def end_menu() -> None:
    """The end of the class: everything is deleted, after it was saved."""
    with st.popover(_("End the class"), icon=":material/stop_circle:", key="end_class"):
        st.markdown(
            markdown("This deletes seats, answers and pixels for good. Download what you want to keep first.")
        )
        found = results(class_store())
        if found is not None and (found.answered or found.clicked):
            _downloads(found, "_before_end")
        st.button(
            _("Delete everything and end"),
            type="primary",
            key="end_class_now",
            on_click=lambda: end_class(class_store()),
        )
