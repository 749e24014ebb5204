"""Dead letters: requests that nobody could answer, why, and what to do with them."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import streamlit as st

from core.languages import gettext as _
from core.languages import in_digits, translated
from pages.widgets.service.state import SHOWN_LETTERS, look, service
from pages.widgets.shared.errors import show_error
from pages.widgets.shared.markdown import Markdown, escape, markdown
from service.errors import ServiceError

_TROUBLE = "service_dead_trouble"

_BEGUN = re.compile(r"(\d+) workers began it, and none ended it\.")


def dead_letters() -> None:
    """Draw those that there are; nothing if there are none."""
    if trouble := st.session_state.pop(_TROUBLE, ""):
        show_error(trouble)
    state = look()
    if not state.letters:
        return
    st.subheader(_("Dead letters"), anchor=False)
    st.caption(
        _(
            "Photos that nobody could segment. Send one again once the reason is gone; its answer goes to "
            "whoever sent it, under a new id."
        )
    )
    for letter in state.letters:
        _letter(letter)
    if (more := state.figures["dead"] - len(state.letters)) > 0 and len(state.letters) == SHOWN_LETTERS:
        st.caption(markdown("{more} more: `python -m service dead list`.", more=more))


def _weight(size: int) -> str:
    return f"{in_digits(size / 1000, ',.0f')} kB" if size else _("a large photo")


def _why(reason: str) -> Markdown:
    """Why a letter is dead. A service says it in English, and knows one reason of its own."""
    begun = _BEGUN.fullmatch(reason)
    if begun is None:
        return escape(reason)
    return markdown("{workers} workers began it, and none ended it.", workers=int(begun[1]))


def _letter(letter: dict[str, Any]) -> None:
    number = letter["number"]
    with st.container(border=True):
        st.markdown(
            markdown(
                "**{when}** · model {model} · size {size} · {weight} · from {sender}",
                when=f"{datetime.fromisoformat(letter['when']):%Y-%m-%d %H:%M:%S} UTC",
                model=letter["model"] or _("none"),
                size=letter["size"] or _("none"),
                weight=_weight(letter["bytes"]),
                sender=letter["sender"],
            )
        )
        st.caption(_why(letter["reason"]))
        with st.container(horizontal=True):
            st.button(
                _("Send again"),
                key=f"again_{number}",
                icon=":material/replay:",
                on_click=_resend,
                args=(number,),
            )
            with st.popover(_("Remove"), icon=":material/delete:", key=f"remove_{number}"):
                st.markdown(_("Its photo is gone then."))
                st.button(
                    _("Remove it"), key=f"gone_{number}", type="primary", on_click=_remove, args=(number,)
                )


def _resend(number: int) -> None:
    _do("POST", number)


def _remove(number: int) -> None:
    _do("DELETE", number)


def _do(what: str, number: int) -> None:
    try:
        if what == "POST":
            service().post(f"/v1/admin/dead/{number}/resend")
        else:
            service().delete(f"/v1/admin/dead/{number}")
    except ServiceError as error:
        st.session_state[_TROUBLE] = translated(error)
    look.clear()
