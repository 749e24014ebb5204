"""The pictures of a set of corrections: a table, and what can be done with one of them."""

from __future__ import annotations

import streamlit as st

from core.annotation.manifest import Picture
from core.annotation.store import CorrectionSet, remove_correction
from core.errors import StreetScopeError
from core.languages import gettext as _
from pages.widgets.annotate.sets import address
from pages.widgets.shared.errors import show_error
from pages.widgets.shared.guests import is_guest
from pages.widgets.shared.markdown import markdown

_REMOVED = "corrected_removed"


def pictures(found: CorrectionSet, open_key: str) -> None:
    """A table of the pictures of a set, one of which can be chosen. open_key: of the one in the editor."""
    removed = st.session_state.setdefault(_REMOVED, 0)
    chosen = st.dataframe(
        {
            _("Picture"): [picture.name or picture.frame for picture in found.pictures],
            _("Size"): [f"{picture.width} x {picture.height}" for picture in found.pictures],
            _("Reviewed"): [picture.reviewed for picture in found.pictures],
            _("Started from"): [picture.model or _("a label, or nothing") for picture in found.pictures],
        },
        column_config={_("Reviewed"): st.column_config.ProgressColumn(format="percent", max_value=1)},
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        key=f"corrected_{found.name}_{removed}",  # without a row, the choice of it goes too
        alt=_("The pictures that were corrected, and the share of each that is reviewed."),
    ).selection.rows
    if chosen and chosen[0] < len(found.pictures):
        _one(found, found.pictures[chosen[0]], open_key)
        return
    st.caption(
        markdown(
            "They are a data set like any other: {folder} is in the lists of Data, Training and Evaluate. "
            "Choose a row to go on with its picture.",
            folder=found.path.name,
        )
    )


def _one(found: CorrectionSet, picture: Picture, open_key: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(markdown("**{name}**", name=picture.name or picture.frame), width="content")
        if picture.key == open_key:
            st.caption(_("This one is open above."))
            return
        st.page_link(
            "pages/annotate.py",
            label=_("Go on with it"),
            icon=":material/draw:",
            query_params=address(found.name, picture),
        )
        if not is_guest():
            _remove(found, picture)


def _remove(found: CorrectionSet, picture: Picture) -> None:
    with st.popover(_("Remove"), icon=":material/delete:", key=f"remove_{picture.key[:16]}"):
        st.markdown(_("The picture and what was drawn on it will be gone. This cannot be undone."))
        if st.button(_("Remove it from the set"), key="corrected_remove"):
            try:
                remove_correction(found.name, picture.key)
            except StreetScopeError as error:
                show_error(error)
            else:
                st.session_state[_REMOVED] += 1
                st.rerun()
