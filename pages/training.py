"""Training: choose data and a recipe, see what will happen, find a learning rate, start, stop and resume."""

import streamlit as st

from core.languages import gettext as _
from pages.widgets.shared.front_door import front_door
from pages.widgets.shared.html import html
from pages.widgets.top.title import page_title

front_door()
page_title(
    html("How does a network learn?"),
    html(
        "It sees labelled pictures again and again, and changes its weights a little after every few. "
        "A <strong>recipe</strong> says how. The recipe called classroom is the quickest, and needs no GPU."
    ),
)

with st.spinner(_("Looking for data sets and runs")):
    from pages.widgets.shared.datasets import choose_dataset
    from pages.widgets.training.lr_find import show_finder
    from pages.widgets.training.plan import plan_and_start
    from pages.widgets.training.recipe import choose_recipe, show_form, show_text
    from pages.widgets.training.runs import show_live, show_runs

begin, live, settings_place, below = (st.container() for _ in range(4))
# The runs first: what stands above them may end the script, for instance while Toytown is being drawn.
with live:
    show_live()
with below:
    show_runs()
with begin:
    opened = choose_dataset()
    given = choose_recipe()
    plan_and_start(given, opened)
with settings_place:
    settings, finder, text = st.tabs(
        [_("Settings"), _("Learning rate"), _("Recipe as text")], key="part", bind="query-params"
    )
if settings.open:
    with settings:
        show_form(given)
if finder.open:
    with finder:
        show_finder(given, opened)
if text.open:
    with text:
        show_text(given)
