"""The About tab: a run's title and note, its recipe, its environment, and its deletion."""

from __future__ import annotations

import json

import pandas as pd
import streamlit as st

from core.errors import StreetScopeError
from core.file_names import file_name
from core.languages import filled
from core.languages import gettext as _
from core.reports.run_tables import recipe_rows
from core.training.recipes.recipe import to_toml
from core.training.runs.records import RunSummary, RunView, delete_run, label_run, read_run
from pages.widgets.runs.changing import change
from pages.widgets.shared.figures import heads
from pages.widgets.shared.guests import host_only, is_guest


def about(run: RunSummary) -> None:
    """Draw what is known about a run, and what can be changed."""
    try:
        view = read_run(run.id)
    except StreetScopeError:
        st.caption(_("Its files are damaged. It can only be deleted."))
        _end(run)
        return
    left, right = st.columns(2, gap="medium")
    with left:
        _names(run)
        _end(run)
    with right:
        _recipe(view)
    _environment(view)


def _names(run: RunSummary) -> None:
    if not host_only(_("name or delete a run")):
        return
    with st.form("label_form", border=False):
        title = "" if run.title == run.id else run.title
        st.text_input(_("Title"), title, max_chars=100, key=f"title_{run.id}", placeholder=run.id)
        st.text_area(_("Note"), run.note, max_chars=10_000, key=f"note_{run.id}")
        st.form_submit_button(_("Save"), icon=":material/save:", on_click=_label, args=(run.id,))


def _label(run: str) -> None:
    title, note = st.session_state[f"title_{run}"], st.session_state[f"note_{run}"]
    change(lambda run: label_run(run, title=title, note=note), run)


def _end(run: RunSummary) -> None:
    if is_guest():
        return
    with st.popover(_("Delete the run"), icon=":material/delete:", disabled=run.live):
        st.markdown(
            _("This deletes all its files: figures, pictures and weights. Models published from it stay.")
        )
        st.button(
            _("Delete for good"), type="primary", on_click=change, args=(_delete, run.id), key="delete_run"
        )


def _delete(run: str) -> None:
    delete_run(run)
    st.query_params.pop("run", None)


def _recipe(view: RunView) -> None:
    rows = recipe_rows({"value": view})
    st.dataframe(
        pd.DataFrame(rows)[["setting", "value"]],
        hide_index=True,
        placeholder="",
        height=420,
        column_config=heads(("setting", "value")),
        key="recipe_table",
        alt=filled(
            _("Table of the {count} settings of the recipe {name}."), count=len(rows), name=view.recipe.name
        ),
    )
    st.download_button(
        _("Recipe (TOML)"),
        lambda: to_toml(view.recipe),
        f"{file_name(view.recipe.name)}.toml",
        icon=":material/download:",
        on_click="ignore",
    )


def _environment(view: RunView) -> None:
    if view.environment:
        with st.expander(_("What it was trained with"), icon=":material/memory:"):
            st.code(json.dumps(view.environment, indent=1), language=None)
