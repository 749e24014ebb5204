"""Evaluate: how good a model is on a data set's frames, class by class, pixel by pixel."""

from collections.abc import Callable

import streamlit as st

from core.languages import gettext as _
from pages.widgets.shared.front_door import front_door
from pages.widgets.shared.html import html
from pages.widgets.top.title import page_title

front_door()
page_title(
    html("How good is the network, and where is it wrong?"),
    html(
        "A model segments frames whose <strong>true classes are known</strong>, and every pixel is "
        "counted. No single figure says it all: see which classes it confuses, which frames are worst, "
        "and whether it knows when it is wrong."
    ),
)

with st.spinner(_("Loading the network")):
    from core.reports.model_words import other_size_words
    from pages.widgets.evaluate.choice import choose_frames, choose_tasks
    from pages.widgets.evaluate.confusion import follow_cell, show_confusion
    from pages.widgets.evaluate.figures import (
        headline,
        show_boundaries,
        show_calibration,
        show_classes,
        show_comparison,
    )
    from pages.widgets.evaluate.frames import Measured
    from pages.widgets.evaluate.job import evaluations
    from pages.widgets.evaluate.worst import show_worst
    from pages.widgets.segmentation.models import terms
    from pages.widgets.shared.markdown import escape, joined

opened = choose_frames()
follow_cell()
tasks = choose_tasks(opened)
found = evaluations(tasks)
shown = found[0]
if len(found) > 1:
    by_name = {evaluation.model: evaluation for evaluation in found}
    shown = by_name[
        st.segmented_control(
            _("Figures of"),
            list(by_name),
            default=shown.model,
            format_func=escape,
            required=True,
            key="figures_of",
            bind="query-params",
            width="content",
        )
    ]
headline(shown, opened)
task = next(task for task in tasks if task.card.name == shown.model)
other_size = other_size_words(task.card, shown.dataset, shown.split, shown.size)
if words := joined(" ", filter(None, (escape(other_size), terms(task.card)))):
    st.caption(words)
measured = Measured(shown, task.opened, task.card)
TABS: dict[str, Callable[[], None]] = {
    _("Classes"): lambda: show_classes(shown, task.card),
    _("Confusion"): lambda: show_confusion(measured),
    _("Worst frames"): lambda: show_worst(measured),
    _("Calibration"): lambda: show_calibration(shown),
    _("Boundaries"): lambda: show_boundaries(shown, found),
}
if len(found) > 1:
    TABS[_("Compare")] = lambda: show_comparison(*found)
for tab, show in zip(st.tabs(list(TABS), key="results", bind="query-params"), TABS.values(), strict=True):
    if tab.open:
        with tab:
            show()
