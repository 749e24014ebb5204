"""A page that shows hostile texts in every kind of element that Streamlit reads as Markdown, and in others.

`?show=all` shows every text on its own, in a sentence and as a label; `?show=kinds` one text in each kind of
element; `?show=charts` one in charts. The canary's address, which the texts name, is in the environment.
"""

from __future__ import annotations

import os

import numpy as np
import streamlit as st

from core.reports import charts, run_charts
from core.segmentation.pins import Pin
from core.segmentation.reading import ClassProbability
from pages.widgets.shared.errors import show_error
from pages.widgets.shared.markdown import escape, markdown
from tests.browser.hostile import hostile

CANARY = os.environ["CANARY"]
MANY = (
    "![a](http://{canary}/{kind}) <img src=http://{canary}/{kind}> http://{canary}/{kind} :red[x] $x$ a@b.de"
)
GREY = np.zeros((8, 8, 3), dtype=np.uint8)


def show_all() -> None:
    """Each text in three elements: alone, in a sentence, and as a label."""
    for number, text in enumerate(hostile(CANARY)):
        with st.container(key=f"text_{number}"):
            st.markdown(escape(text))
            st.markdown(markdown("- In **{text}**, :gray[{text}] or {text}: {text}.", text=text))
            st.button(escape(text), key=f"button_{number}")


def show_kinds() -> None:
    """One text in each kind of element; those that Streamlit does not read as Markdown get it as it is."""

    def text(kind: str) -> str:
        return MANY.format(canary=CANARY, kind=kind)

    st.markdown(escape(text("markdown")), help=escape(text("help")))
    st.caption(escape(text("caption")))
    st.header(escape(text("header")), anchor=False)
    st.subheader(escape(text("subheader")))
    show_error(text("error"), escape(text("title")))
    st.warning(escape(text("warning")))
    st.info(escape(text("info")))
    st.success(escape(text("success")))
    st.markdown(markdown(":red-badge[{text}]", text=text("badge")))
    st.metric(escape(text("metric")), escape(text("value")), escape(text("delta")))
    st.table({"column": [escape(text("table"))]})
    st.image(GREY, caption=escape(text("image")), alt=text("alt"))
    st.progress(0.5, escape(text("progress")))
    st.toast(escape(text("toast")), duration="infinite")
    with st.expander(escape(text("expander")), expanded=True):
        st.page_link("https://example.com", label=escape(text("page_link")))
    with st.popover(escape(text("popover"))):
        st.text("Open")
    for tab in st.tabs([escape(text("tab")), "other"]):
        tab.text("In a tab")
    choices = [text("option"), "other"]
    st.segmented_control(escape(text("segmented")), choices, format_func=escape, default=choices[0])
    st.pills(escape(text("pills")), choices, format_func=escape)
    st.radio(escape(text("radio")), choices, format_func=escape)
    st.toggle(escape(text("toggle")))
    st.checkbox(escape(text("checkbox")))
    st.slider(escape(text("slider")), 0, 1)
    st.download_button(escape(text("download")), "x", file_name=text("file"), on_click="ignore")
    st.file_uploader(escape(text("uploader")))
    # Not read as Markdown: the raw text.
    st.selectbox("Plain", choices)
    st.multiselect("Plain", choices, choices[:1])
    st.text_input("Plain", text("input"), placeholder=text("placeholder"))
    st.text_area("Plain", text("area"))
    st.text(text("text"))
    st.code(text("code"), language=None)
    st.json({text("key"): text("json")})
    st.dataframe({text("column"): [text("cell")]}, alt=text("dataframe"))


def show_charts() -> None:
    """The text as the name of a class in charts: on the axis, in the legend, under the mouse, in a file."""
    name = f"</script>{MANY.format(canary=CANARY, kind='chart')} <b>%{{x}}</b> %{{customdata}} $x$"
    pin = Pin(name, "photo", "model", "512", 0, 0, name, 1.0, 0.0, "sure", (ClassProbability(name, 1.0),))
    st.plotly_chart(charts.pins_chart([pin], {}), key="plotly")
    line = run_charts.Line(name, (1.0, 2.0, 3.0), (1.0, 2.0, 3.0), run_charts.BLUE, dots=True)
    chart = run_charts.Chart(name, name, (line,))
    st.echarts_chart(run_charts.option(chart), height=300, key="echarts")
    st.iframe(run_charts.html_page([chart], name), height=600)


SHOWN = {"charts": show_charts, "all": show_all, "kinds": show_kinds}
SHOWN[st.query_params.get("show", "all")]()
st.text("That is all.")
