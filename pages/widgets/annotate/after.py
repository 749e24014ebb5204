"""What one does with corrections: let the network learn from them, take them home, bring others in."""

from __future__ import annotations

import streamlit as st

from core.annotation.store import OpenCorrection
from core.models.paths import DEFAULT_MODEL
from core.models.store import list_models
from pages.widgets.annotate.exchange import bring_home, opened_set, pictures, take_home
from pages.widgets.annotate.learn import learning

_TOLD = "corrections_told"
_NOTHING = "Nothing has been corrected yet. Draw over what is wrong in the picture, and it appears here."


def after_correcting(set_name: str, model: str) -> None:
    """Tabs under the editor, of which only the one that is open is drawn.

    model: the one whose answers were corrected; empty when a correction started from something else.
    """
    learn, corrected, out, in_ = st.tabs(
        ["Let the network learn", "Corrected pictures", "Take the labels home", "Bring labels in"],
        on_change="rerun",
        key="after_correcting",
    )
    if learn.open:
        with learn:
            _learn(set_name, model)
    if in_.open:
        with in_:
            bring_home(set_name)
    for tab, show in ((corrected, pictures), (out, take_home)):
        if tab.open:
            with tab:
                found = opened_set(set_name)
                st.caption(_NOTHING) if found is None else show(found)


def show_first_stroke(correction: OpenCorrection) -> None:
    """Run the whole page once something is corrected: until then, the tabs say that nothing is."""
    told = st.session_state.setdefault(_TOLD, set())
    this = correction.set_name, correction.key
    if correction.reviewed and this not in told:
        told.add(this)
        st.rerun()


def _learn(set_name: str, model: str) -> None:
    known = list_models()
    chosen = next((name for name in (model, DEFAULT_MODEL, *known) if name in known), None)
    if chosen is None:
        st.caption("There is no model that could learn: train one first.")
    else:
        learning(set_name, chosen)
