"""What is to become of faces and number plates in a set, and the way through the photos that wait for it."""

from __future__ import annotations

import streamlit as st

from core.errors import PhotoSetError
from core.languages import filled, mark, ngettext
from core.languages import gettext as _
from core.photos.gather.store import PhotoSet
from pages.widgets.gather.blurring import ask_to_blur
from pages.widgets.shared.errors import show_error
from pages.widgets.shared.guests import is_guest
from pages.widgets.shared.markdown import Markdown, markdown

_KEY = "faces_setting"
_SETTINGS = {"on": mark("On"), "off": mark("Off"), "already blurred": mark("Already blurred")}


def _help() -> Markdown:
    return markdown(
        "**On**: somebody goes over each kept photo and blurs who can be recognised. **Off**: nobody asks, "
        "which is fine for photos that only you see. **Already blurred**: the source did it, as Mapillary "
        "and Google Street View do. It stands in the set's table and on its contact sheet."
    )


def faces_setting(photos: PhotoSet) -> None:
    """Let the visitor say it; guests read it. Nothing is there while the set has no photo."""
    if not photos.photos():
        return
    if is_guest():
        st.caption(
            markdown(
                "Faces and number plates: {faces}. {sentence}", faces=photos.faces, sentence=_state(photos)
            )
        )
        return
    st.session_state[_KEY] = photos.faces
    with st.container(horizontal=True, vertical_alignment="center", key="faces_choice"):
        st.caption(_("Faces and number plates"), help=_help(), width="content")
        st.segmented_control(
            _("Faces and number plates"),
            list(_SETTINGS),
            format_func=lambda setting: _(_SETTINGS[setting]),
            required=True,
            label_visibility="collapsed",
            key=_KEY,
            on_change=_say,
            args=(photos,),
        )
        waiting = photos.to_go_over()
        if waiting:
            st.button(
                markdown(
                    "Go over {count}",
                    count=filled(
                        ngettext("{count} photo", "{count} photos", len(waiting)), count=len(waiting)
                    ),
                ),
                on_click=_begin,
                args=(photos,),
                icon=":material/visibility:",
            )
        st.caption(_state(photos), width="content")


def warn_before_giving_away(photos: PhotoSet) -> None:
    """Beside what leaves this machine: how many of its photos nobody has gone over."""
    waiting, kept = len(photos.to_go_over()), len(photos.photos())
    if waiting:
        st.caption(
            markdown(
                ":material/visibility_off: Nobody has looked for faces and number plates in {waiting} of the "
                "{kept} kept photos.",
                waiting=waiting,
                kept=kept,
            )
        )


def _begin(photos: PhotoSet) -> None:
    waiting = photos.to_go_over()  # some may have been dropped since the button was drawn
    if waiting:
        ask_to_blur(waiting[0].number, one_by_one=True)


def _say(photos: PhotoSet) -> None:
    try:
        photos.set_faces(st.session_state[_KEY])
    except PhotoSetError as error:
        show_error(error)


def _state(photos: PhotoSet) -> Markdown:
    if photos.faces == "off":
        return markdown("Switch it on before you give the photos to others.")
    if photos.faces == "already blurred":
        return markdown("The photos' source has blurred them.")
    if not photos.to_go_over():
        return markdown("All kept photos were gone over.")
    return markdown("What you blur is gone from the set for good.")
