"""What one does with corrections: let the network learn from them, take them home, bring others in."""

from __future__ import annotations

import streamlit as st

from core.annotation.store import OpenCorrection
from core.languages import gettext as _
from core.languages import mark
from core.models.paths import DEFAULT_MODEL
from core.models.store import list_models
from pages.widgets.annotate.exchange import bring_home, opened_set, take_home
from pages.widgets.annotate.learn import learning
from pages.widgets.annotate.pictures import pictures

_TOLD = "corrections_told"
_NOTHING = mark(
    "Nothing is corrected in this set yet. Draw over what is wrong in the picture, and it appears here."
)


def after_correcting(correction: OpenCorrection) -> None:
    """Tabs under the editor, of which only the open one is drawn. correction: the one in the editor."""
    set_name = correction.set_name
    learn, corrected, out, in_ = st.tabs(
        [
            _("Let the network learn"),
            _("Corrected pictures"),
            _("Take the labels home"),
            _("Bring labels in"),
        ],
        on_change="rerun",
        key="after_correcting",
    )
    if learn.open:
        with learn:
            _learn(set_name, correction.source.model)
    if in_.open:
        with in_:
            bring_home(set_name)
    if corrected.open:
        with corrected:
            found = opened_set(set_name)
            st.caption(_(_NOTHING)) if found is None else pictures(found, correction.key)
    if out.open:
        with out:
            found = opened_set(set_name)
            st.caption(_(_NOTHING)) if found is None else take_home(found)


def show_first_stroke(correction: OpenCorrection) -> None:
    """Run the whole page once something is corrected: until then, the tabs say that nothing is."""
    told = st.session_state.setdefault(_TOLD, set())
    this = correction.set_name, correction.key
    if correction.reviewed and this not in told:
        told.add(this)
        st.rerun()


def _learn(set_name: str, model: str) -> None:
    """model: the one whose answers were corrected; empty when the correction started from something else."""
    known = list_models()
    chosen = next((name for name in (model, DEFAULT_MODEL, *known) if name in known), None)
    if chosen is None:
        st.caption(_("There is no model that could learn: train one first."))
    else:
        learning(set_name, chosen)
