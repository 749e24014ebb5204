"""Keys of other programs: list them, make one, let one open nothing any more."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from core.languages import filled, mark, translated
from core.languages import gettext as _
from pages.widgets.shared.errors import show_error
from pages.widgets.shared.figures import heads
from pages.widgets.shared.markdown import Markdown, markdown
from service.access.keys import SCOPES, USUAL_RATE, Key, KeyStore, Scope
from service.errors import ServiceError
from service.settings import service_folder

_MADE, _TROUBLE, _NAME = "service_key_made", "service_key_trouble", "service_key_name"
_DAYS = {
    mark("Never"): None,
    mark("In a day"): 1,
    mark("In a week"): 7,
    mark("In 30 days"): 30,
    mark("In a year"): 365,
}
_RATES = ("10/minute", USUAL_RATE, "10/second", "100/second")


def _opens() -> dict[Scope, Markdown]:
    return {
        "segment": markdown("segment: masks of photos"),
        "read": markdown("read: single pixels"),
        "admin": markdown("admin: figures and dead letters"),
    }


def made_key() -> str:
    """The key that this visitor has made last and that the page still shows; "" without one."""
    text: str = st.session_state.get(_MADE, "")
    return text


def keys() -> None:
    """All keys that open something, and a form for another one."""
    st.subheader(_("Keys"), anchor=False)
    _show_made()
    if trouble := st.session_state.pop(_TROUBLE, ""):
        show_error(trouble)
    try:
        found = KeyStore(service_folder()).all()
    except ServiceError as error:
        show_error(error)
        return
    now = datetime.now(UTC)
    valid = [key for key in found if key.state(now) == "valid"]
    if valid:
        _list(valid)
    else:
        st.caption(_("No key opens anything yet. A program needs one for each request that it sends."))
    with st.container(horizontal=True):
        _make()
        if valid:
            _revoke(valid)
    if ended := len(found) - len(valid):
        st.caption(
            markdown(
                "Not listed: {number} that expired or were revoked. `python -m service keys list` has them.",
                number=ended,
            )
        )


def _show_made() -> None:
    text = made_key()
    if not text:
        return
    with st.container(border=True):
        st.markdown(
            markdown("**Your new key.** Copy it now: it is not shown again, for only its hash is kept.")
        )
        st.code(text, language=None, wrap_lines=True)
        st.button(_("I have copied it"), on_click=_forget, icon=":material/check:")


def _list(valid: list[Key]) -> None:
    st.dataframe(
        {
            "name": [key.name for key in valid],
            "id": [key.id for key in valid],
            "opens": [", ".join(key.scopes) for key in valid],
            "rate": [key.rate for key in valid],
            "expires": [f"{key.expires:%Y-%m-%d %H:%M}" if key.expires else _("never") for key in valid],
            "made": [f"{key.made:%Y-%m-%d %H:%M}" for key in valid],
        },
        hide_index=True,
        column_config=heads(("name", "id", "opens", "rate", "expires", "made")),
        height="content" if len(valid) < 10 else 360,
        alt=filled(
            _("{count} keys: name, id, what each opens, rate, when it expires and was made (UTC)."),
            count=len(valid),
        ),
    )


def _make() -> None:
    with (
        st.popover(_("Make a key"), icon=":material/add:", key="service_make"),
        st.form("service_make_form", border=False),
    ):
        name = st.text_input(_("Name"), max_chars=60, placeholder=_("Who it is for"), key=_NAME)
        scopes = st.pills(
            _("It opens"),
            SCOPES,
            selection_mode="multi",
            default=SCOPES[:2],
            format_func=lambda scope: _opens()[scope],
        )
        rate = st.selectbox(_("How often it may ask"), _RATES, _RATES.index(USUAL_RATE), filter_mode=None)
        ends = st.selectbox(_("It expires"), list(_DAYS), format_func=_, filter_mode=None)
        if st.form_submit_button(_("Make"), type="primary"):
            _make_now(name, tuple(scopes), rate, _DAYS[ends])
            st.rerun()


def _make_now(name: str, scopes: tuple[Scope, ...], rate: str, days: float | None) -> None:
    if not scopes:
        st.session_state[_TROUBLE] = _("A key has to open something: choose segment, read or admin.")
        return
    try:
        st.session_state[_MADE] = KeyStore(service_folder()).make(name, scopes, rate, days)[1]
    except (ServiceError, OSError) as error:
        st.session_state[_TROUBLE] = translated(error)


def _revoke(valid: list[Key]) -> None:
    with st.popover(_("Revoke a key"), icon=":material/block:", key="service_revoke"):
        by_id = {key.id: key for key in valid}
        chosen = st.selectbox(
            _("Key"),
            list(by_id),
            format_func=lambda identity: f"{by_id[identity].name} ({identity})",
            filter_mode=None,
        )
        sure = st.checkbox(_("Programs that use it are refused from then on"))
        st.button(_("Revoke it"), type="primary", disabled=not sure, on_click=_revoke_now, args=(chosen,))


def _revoke_now(identity: str) -> None:
    try:
        KeyStore(service_folder()).revoke(identity)
    except (ServiceError, OSError) as error:
        st.session_state[_TROUBLE] = translated(error)
        return
    if made_key().startswith(f"ss_{identity}_"):
        _forget()


def _forget() -> None:
    st.session_state.pop(_MADE, None)
