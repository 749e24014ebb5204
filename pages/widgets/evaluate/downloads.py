"""Files of the Evaluate page: CSV of a table, HTML of a chart, named after what was evaluated."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.evaluation.results import SplitEvaluation
from core.file_names import file_name
from core.languages import gettext as _
from core.reports import tables
from core.reports.evaluation_tables import with_source
from pages.widgets.shared.plots import chart_page_button

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

Rows = list[dict[str, Any]]


def stem(evaluation: SplitEvaluation, what: str) -> str:
    """The name of a file about an evaluation, without its ending."""
    return "-".join(map(file_name, (evaluation.model, evaluation.dataset, evaluation.split, what)))


def files(
    evaluation: SplitEvaluation, name: str, rows: Callable[[], Rows], figure: Figure | None = None
) -> None:
    """Buttons that save a table as CSV and, if there is one, a chart as HTML."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            _("CSV"),
            lambda: tables.to_csv(with_source(evaluation, rows())),
            f"{name}.csv",
            icon=":material/download:",
            on_click="ignore",
            key=f"csv_{name}",
        )
        if figure is not None:
            chart_page_button(figure, name)
