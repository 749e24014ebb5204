"""Photos of a set go along to other pages: into the visitor's own photos, with their credits."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.errors import StreetScopeError
from core.photos.gather.entry import Entry
from core.photos.gather.store import PhotoSet
from pages.widgets.photos import added
from pages.widgets.photos.input import add_photo
from pages.widgets.photos.visitor_session import MAX_PHOTOS, visitor_session

_ALONG = "photos_taken_along"
"""The keys of the photos that came from a set last."""


def take_along(photos: PhotoSet, entries: Sequence[Entry]) -> None:
    """Put photos in front of the visitor, the first on screen, beside those that they added themselves.

    As many as a visitor can have; those of the set taken along before give way. What cannot be read is named
    on the page that opens.
    """
    mine = visitor_session()
    for key in st.session_state.get(_ALONG, ()):
        mine.remove(key)
    taken: list[str] = []
    refused: list[tuple[str, str]] = []
    for entry in entries[: MAX_PHOTOS - len(mine.photos)]:
        name, credit = f"{entry.number}-{entry.name}", entry.credit or f"from the set {photos.name}"
        try:
            taken.append(add_photo(mine, name, photos.picture(entry), credit))
        except StreetScopeError as error:
            refused.append((name, str(error)))
    st.session_state[_ALONG] = tuple(taken)
    if taken:
        mine.looked_at = taken[0]
    added.keep(added.Added(len(set(taken)), 0, refused, len(mine.photos), MAX_PHOTOS))
