"""Data: what a labelled data set is, shown with Toytown, CamVid or any set in one of CamVid's layouts."""

import streamlit as st

from core.languages import gettext as _
from pages.widgets.shared.front_door import front_door
from pages.widgets.shared.html import html
from pages.widgets.top.title import page_title

front_door()
page_title(
    html("What does a network learn from?"),
    html(
        "From photos in which people have labelled <strong>every pixel</strong>: each photo comes with a "
        "<em>label map</em> of the same size, which gives the class of every pixel. Pixels that nobody "
        "labelled are <strong>Void</strong> and are never counted."
    ),
)

with st.spinner(_("Looking for data sets")):
    from pages.widgets.data.check import show_check, warn_of_lists
    from pages.widgets.data.classes import show_classes
    from pages.widgets.data.frame import one_frame
    from pages.widgets.data.gallery import gallery
    from pages.widgets.data.label_file import show_label_file
    from pages.widgets.data.statistics import show_statistics
    from pages.widgets.shared.dataset_state import TAB
    from pages.widgets.shared.datasets import choose_dataset

opened = choose_dataset()
warn_of_lists(opened)
TABS = {
    _("Gallery"): gallery,
    _("Frame"): one_frame,
    _("Classes"): show_classes,
    _("Statistics"): show_statistics,
    _("Label file"): show_label_file,
    _("Check"): show_check,
}
for tab, show in zip(st.tabs(list(TABS), key=TAB, bind="query-params"), TABS.values(), strict=True):
    if tab.open:
        with tab:
            show(opened)
