"""Which set corrections are saved in: one of those there are, or a new one."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from core.annotation.manifest import Picture
from core.annotation.names import MAX_SET_NAME, count_pictures, new_set_name, set_name
from core.annotation.store import PREFIX, list_sets, set_folder
from core.languages import filled, ngettext
from core.languages import gettext as _
from pages.widgets.shared.guests import is_guest
from pages.widgets.shared.markdown import Markdown, markdown
from pages.widgets.shared.new_set import new_set_form

ADDRESS = "corrections"
"""The name of the set's choice in the address."""

DATASET, FRAME = "dataset", "frame"
"""Names in the address. Not the Data page's "set": that is a widget's, which goes with it."""

USUAL = "mine"
"""The set that corrections are saved in unless the visitor chooses another one."""

_LAST, _PICKER = "corrections_set", "corrections_picker"


def _help() -> Markdown:
    return markdown(
        "Where corrections are saved. Each set is a data set of its own, which Data, Training and Evaluate "
        "list; what is below the picture is about this set."
    )


def address(set_name: str, picture: Picture) -> dict[str, str]:
    """What the address of the page says that goes on with a picture of a set."""
    return {DATASET: set_folder(set_name).name, FRAME: picture.frame, ADDRESS: set_name}


def set_picker(dataset: Path | None = None) -> str:
    """Let the visitor choose a set of corrections, or begin one; guests choose only.

    The choice is in the address, and stays while the visitor goes from page to page.
    dataset: the folder of the data set whose frame is shown. If that is a set of corrections itself, it is
    the one to go on with.
    """
    own = "" if dataset is None else dataset.name.removeprefix(PREFIX)
    if dataset != set_folder(own):
        own = ""
    asked = st.query_params.get(ADDRESS) or own or st.session_state.get(_LAST, USUAL)
    chosen = set_name(asked[: 2 * MAX_SET_NAME])
    known = [name for name in list_sets() if set_name(name) == name]
    if is_guest() and chosen not in known:
        chosen = USUAL  # opening a picture in a set begins it
    names = list(dict.fromkeys((USUAL, *known, chosen)))
    with st.container(
        horizontal=True,
        wrap=False,
        vertical_alignment="center",
        gap="xsmall",
        width="content",
        key="set_choice",
    ):
        st.caption(_("Saved in"), help=_help(), width="content")
        st.session_state[_PICKER] = chosen
        st.selectbox(
            _("Saved in the set"),
            names,
            format_func=_titled,
            key=_PICKER,
            on_change=_choose,
            label_visibility="collapsed",
            filter_mode=None,  # a phone would show its keyboard
            width=250,
        )
        if not is_guest():
            new_set_form(
                lambda name: _keep(new_set_name(name)),
                markdown(":material/add:"),
                help_text=markdown("A new set"),
                example=_("Motorbikes in Medan"),
                max_name=MAX_SET_NAME,
            )
    _keep(chosen)
    return chosen


def _titled(name: str) -> Markdown:
    count = count_pictures(name)
    if count is None:
        return markdown("{name}, damaged", name=name)
    counted = filled(ngettext("{count} picture", "{count} pictures", count), count=count)
    if not count:
        counted = _("no pictures")
    return markdown("{name}, {counted}", name=name, counted=counted)


def _choose() -> None:
    _keep(st.session_state[_PICKER])


def _keep(name: str) -> None:
    """Remember a set, and write it into the address unless it is the usual one."""
    st.session_state[_LAST] = name
    if name != USUAL:
        st.query_params[ADDRESS] = name
    else:
        st.query_params.pop(ADDRESS, None)
