"""Runs: watch a training run as it learns, and compare several."""

import streamlit as st

from core.languages import gettext as _
from pages.widgets.shared.front_door import front_door
from pages.widgets.shared.html import html
from pages.widgets.top.title import page_title

front_door()
page_title(
    html("What has the network learnt so far?"),
    html(
        "A <strong>run</strong> trains a network by a recipe. It continues when you close this page; come "
        "back at any time."
    ),
)

with st.spinner(_("Looking for runs")):
    from core.training.runs.records import list_runs
    from pages.widgets.photos.visitor_session import keep_visitor_session
    from pages.widgets.runs import state as run_state
    from pages.widgets.runs.about import about
    from pages.widgets.runs.compare import compare
    from pages.widgets.runs.epochs import epochs
    from pages.widgets.runs.header import run_button, run_header
    from pages.widgets.runs.monitor import monitor
    from pages.widgets.shared.markdown import markdown

runs = list_runs()
if not runs:
    st.info(
        _("Nothing has been trained here yet. Start a run, then watch it on this page."),
        icon=":material/school:",
    )
    run_state.training_link(markdown("Start one on the Training page"))
    st.stop()

with st.container(horizontal=True, vertical_alignment="bottom"):
    chosen = run_state.choose_run(runs)
    # A link is lower than a button: centred, their texts stand on one line.
    with st.container(horizontal=True, vertical_alignment="center", width="content"):
        run_button(chosen)
        run_state.training_link(markdown("Start another"))
run_header(chosen)
TABS = {_("Monitor"): monitor, _("Epochs"): epochs, _("About"): about, _("Compare"): compare}
for tab, show in zip(st.tabs(list(TABS), key=run_state.TAB, bind="query-params"), TABS.values(), strict=True):
    if tab.open:
        with tab:
            show(chosen)
keep_visitor_session()
