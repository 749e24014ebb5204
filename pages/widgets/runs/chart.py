"""A run's chart on the page. ECharts updates it in place; Plotly would flicker at every refresh."""

from __future__ import annotations

import streamlit as st

from core.file_names import file_name
from core.reports.run_charts import Chart, enlarged, option
from pages.widgets.shared.markdown import markdown

HEIGHT = 300


def draw(chart: Chart, key: str, alt: str, height: int = HEIGHT, *, large: bool = False) -> None:
    """Draw a chart under its title. alt: the chart in words, with its latest figures.

    large: for a wall, with letters to be read from the last row, and nothing to click.
    """
    st.markdown(markdown("**{title}**", title=chart.title))
    drawn = option(chart, file_name(f"{key}-{chart.title}"))
    st.echarts_chart(enlarged(drawn) if large else drawn, height=height, key=key, alt=alt)
