"""Send the photo just explored to the service, see the answer, and copy the very request."""

from __future__ import annotations

import json
from typing import Any

import streamlit as st

from core.errors import StreetScopeError
from core.languages import filled, translated
from core.languages import gettext as _
from core.models.paths import DEFAULT_MODEL
from core.models.store import list_models
from core.photos.photo import Photo
from core.segmentation.sizes import SIZES, TRAINED
from pages.widgets.photos.visitor_session import visitor_session
from pages.widgets.service import snippets
from pages.widgets.service.keys import made_key
from pages.widgets.service.legend import legend
from pages.widgets.service.state import look, service
from pages.widgets.shared.errors import show_error
from pages.widgets.shared.fragments import fragment
from pages.widgets.shared.markdown import Markdown, escape, markdown
from service.errors import ServiceError
from service.local import Answered

_ANSWER = "service_answer"


def _forms() -> dict[str, Markdown]:
    return {
        "colour": markdown("Colours"),
        "index": markdown("Class numbers"),
        "json": markdown("JSON"),
    }


_SHOWN_CHARACTERS = 4000


def sending() -> None:
    """The form, the request and the answer."""
    st.subheader(_("Send a photo"), anchor=False)
    fragment(_sending)()


def _sending() -> None:
    here = visitor_session().here()
    try:
        photo = here.read()
    except StreetScopeError as error:
        show_error(error)
        return
    with st.form("service_send", border=True):
        left, right = st.columns([1, 2])
        left.image(
            photo.thumbnail,
            caption=escape(photo.name[:80]),
            alt=_("The photo {name}").format(name=photo.name[:80]),
        )
        with right:
            models = list_models() or [DEFAULT_MODEL]
            usual = models.index(DEFAULT_MODEL) if DEFAULT_MODEL in models else 0
            model = st.selectbox(_("Model"), models, usual, filter_mode=None)
            size = st.selectbox(_("Size"), [TRAINED, *SIZES], filter_mode=None)
            form = st.segmented_control(
                _("Answer"),
                list(_forms()),
                default="colour",
                format_func=lambda form: _forms()[form],
                required=True,
            )
            key = st.text_input(
                _("Key"),
                value=made_key(),
                type="password",
                placeholder=_("Without one, this app's own"),
                autocomplete="off",
            )
            send = st.form_submit_button(_("Send"), type="primary", icon=":material/send:")
    words = {"model": model, "size": size, "answer": form}
    if send:
        st.session_state[_ANSWER] = _send(photo, words, key.strip())
    _show_answer(photo)
    _show_request(photo, words)


def _send(photo: Photo, words: dict[str, str], key: str) -> tuple[str, dict[str, str], Answered | str]:
    try:
        with st.spinner(_("The service segments the photo"), show_time=True):
            there = service()
            there.get("/v1/admin/workers")  # one that is stuck says so in two seconds, not after a minute
            return photo.key, words, there.send(photo.data, words, key)
    except ServiceError as error:
        return photo.key, words, translated(error)


def _show_answer(photo: Photo) -> None:
    kept: tuple[str, dict[str, str], Answered | str] | None = st.session_state.get(_ANSWER)
    if kept is None or kept[0] != photo.key:
        return
    words, answered = kept[1:]
    if isinstance(answered, str):
        show_error(answered)
        return
    if answered.problem:
        show_error(answered.problem, markdown("Refused with status {status}", status=answered.status))
        return
    st.caption(
        markdown(
            "Answered in {seconds:.2f} s with {size:.1f} kB of {kind}.",
            seconds=answered.seconds,
            size=len(answered.body) / 1000,
            kind=answered.kind,
        )
    )
    if answered.kind == "image/png":
        kind = (
            _("classes in their colours")
            if words["answer"] == "colour"
            else _("class numbers as index values")
        )
        st.image(
            answered.body,
            alt=_("Mask of {name} at size {size}: {kind}.").format(
                name=photo.name[:80], size=words["size"], kind=kind
            ),
            width=640,
        )
        legend(words["model"])
    else:
        st.code(_shortened(answered.body), language=None, height=320)


def _shortened(body: bytes) -> str:
    """The document for people: the mask's runs alone are thousands of numbers."""
    try:
        document: Any = json.loads(body)
    except ValueError:
        return _("The answer is not JSON.")
    text = json.dumps(_cut(document), indent=1)
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}\n..."


def _cut(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _cut(each) for name, each in value.items()}
    if isinstance(value, list):
        cut = [_cut(each) for each in value[:40]]
        return cut if len(value) <= 40 else [*cut[:8], filled(_("... {count} more"), count=len(value) - 8)]
    return value


def _show_request(photo: Photo, words: dict[str, str]) -> None:
    url = look().url or "http://127.0.0.1:8600"
    curl, python = st.tabs([_("curl"), _("Python")])
    # In one colour: some of Streamlit's for code are too pale to read (WCAG 2.2, 1.4.3).
    curl.code(snippets.curl(url, photo.name, words), language=None, wrap_lines=True)
    python.code(snippets.python(url, photo.name, words), language=None, wrap_lines=True)
    st.caption(_("Both take the key from the environment variable `STREETSCOPE_KEY`."))
