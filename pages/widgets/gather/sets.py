"""Which set of photos the page shows: one of those there are, or a new one."""

from __future__ import annotations

import streamlit as st

from core.errors import PhotoSetError
from core.languages import gettext as _
from core.photos.gather.examples import NAME as EXAMPLES
from core.photos.gather.examples import example_set
from core.photos.gather.store import MAX_NAME, PhotoSet, list_sets, open_set, set_name
from pages.widgets.photos.opened_set import IN_GATHER
from pages.widgets.shared.errors import show_error
from pages.widgets.shared.guests import is_guest
from pages.widgets.shared.markdown import Markdown, markdown
from pages.widgets.shared.new_set import new_set_form

_FIRST = "my-streets"
"""The set that photos go into when nobody has begun one."""

_LAST, _PICKER = "photo_set", "photo_set_picker"


def _help() -> Markdown:
    return markdown(
        "Each set is a folder of its own in `data/photos`, with its pictures and a table of them."
    )


def choose_set() -> PhotoSet:
    """Let the visitor choose a set, or begin one; the script ends here if it cannot be read."""
    try:
        example_set()
        chosen = _chosen()
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="photo_set_choice"):
            st.caption(_("Set"), help=_help(), width="content")
            st.session_state[_PICKER] = chosen
            st.selectbox(
                _("Set of photos"),
                list(dict.fromkeys((*list_sets(), chosen))),
                key=_PICKER,
                on_change=_choose,
                label_visibility="collapsed",
                filter_mode=None,  # a phone would show its keyboard
                width=185,
            )
            if not is_guest():
                new_set_form(
                    lambda name: show_set(set_name(name)),
                    markdown("New set"),
                    icon=":material/add:",
                    example=_("Jakarta main roads"),
                    max_name=MAX_NAME,
                )
        photos = open_set(chosen)
        photos.entries()
    except PhotoSetError as error:
        show_error(error, markdown("This set of photos cannot be shown"), ":material/folder_off:")
        st.stop()
    return photos


def set_to_add_to(photos: PhotoSet) -> PhotoSet:
    """The set that new photos go into while this one is shown: the examples stay as they are."""
    return photos if photos.name != EXAMPLES else open_set(_FIRST)


def show_set(name: str) -> None:
    """Show another set. Call from a callback, or before the picker is drawn."""
    st.session_state[_LAST] = name
    st.query_params[IN_GATHER] = name


def _chosen() -> str:
    asked = st.query_params.get(IN_GATHER) or st.session_state.get(_LAST, EXAMPLES)
    known = list_sets()
    began = st.session_state.get(_LAST, "")
    chosen = asked if asked in (*known, began) else EXAMPLES
    if chosen != asked:
        words = markdown("There is no set {name}; another one is shown.", name=asked[:80])
        st.warning(words, icon=":material/search_off:")
    show_set(chosen)
    return str(chosen)


def _choose() -> None:
    show_set(st.session_state[_PICKER])
