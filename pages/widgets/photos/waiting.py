"""Segments the photos that wait, one at a time and beside the page, which answers meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import streamlit as st

from core.errors import StreetScopeError
from core.languages import gettext as _
from core.segmentation.segmentation import Segmentation
from core.segmentation.sizes import WorkingSize
from pages.widgets.photos.listed import ListedPhoto
from pages.widgets.photos.visitor_session import MainClasses, visitor_session
from pages.widgets.segmentation.models import segment, segment_later

_NOW, _STOPPED = "segmented_now", "waiting_photos_stopped"


@dataclass(frozen=True)
class _Work:
    """A photo that is being segmented; what, as in `VisitorSession.main_classes`."""

    what: tuple[str, str, str]
    result: Future[MainClasses]


@st.cache_resource(show_spinner=False)
def _worker() -> ThreadPoolExecutor:
    """One thread for all visitors: each has at most one photo in its queue, so they take turns.

    More would be no faster, and whoever looks at a photo would wait for all of them.
    """
    return ThreadPoolExecutor(1, thread_name_prefix="waiting-photos")


def main_classes(photo: ListedPhoto, model: str, size: WorkingSize) -> MainClasses:
    """The photo's largest classes; empty while it waits."""
    return visitor_session().main_classes.get((photo.key, model, size.name), ())


def note_main_classes(photo: ListedPhoto, model: str, size: WorkingSize) -> None:
    """Keep the largest classes of the photo on screen, which has been segmented already."""
    if not main_classes(photo, model, size):
        found = _largest(lambda: iter([segment(photo.read(), model, size).segmentation]))
        visitor_session().main_classes[photo.key, model, size.name] = found


def waiting_photos(model: str, size: WorkingSize) -> list[ListedPhoto]:
    """The photos that nobody has looked at yet at this size: the visitor's own, and then the samples.

    Of a set only the next one, so that it is there when the visitor comes to it.
    """
    mine = visitor_session()
    photos = sorted(mine.listed(), key=lambda photo: bool(photo.sample))
    if mine.opened():
        here = mine.here().number
        photos = [photo for photo in photos if photo.number > here][:1]
    return [photo for photo in photos if not main_classes(photo, model, size)]


def go_on(photos: list[ListedPhoto], model: str, size: WorkingSize) -> None:
    """Take in what has become of the last photo, and begin the first of these if none is being segmented.

    Called again and again while the page is open; nothing goes on after it was left.
    """
    work: _Work | None = st.session_state.get(_NOW)
    if work is not None and work.result.done():
        if not work.result.cancelled():
            visitor_session().main_classes[work.what] = work.result.result()
        work = None
        photos = [photo for photo in photos if not main_classes(photo, model, size)]
    wanted = {(photo.key, model, size.name) for photo in photos}
    if work is not None and work.what not in wanted and work.result.cancel():
        work = None
    if work is None and photos and not stopped(model, size):
        later = segment_later([photos[0].read], model, size)
        work = _Work((photos[0].key, model, size.name), _worker().submit(_largest, later))
    st.session_state[_NOW] = work


def segmented_now(photo: ListedPhoto, model: str, size: WorkingSize) -> bool:
    """Whether this photo is the one that is being segmented beside the page."""
    work: _Work | None = st.session_state.get(_NOW)
    return work is not None and work.what == (photo.key, model, size.name)


def stop(model: str, size: WorkingSize) -> None:
    """Leave the photos that wait at this size as they are, until somebody looks at them."""
    st.session_state[_STOPPED] = (model, size.name)


def resume() -> None:
    """Segment the photos that wait, at whatever size."""
    st.session_state.pop(_STOPPED, None)


def stopped(model: str, size: WorkingSize) -> bool:
    """Whether the visitor has stopped the photos that wait at this size."""
    return bool(st.session_state.get(_STOPPED) == (model, size.name))


def _largest(segmented: Callable[[], Iterator[Segmentation]]) -> MainClasses:
    """The two largest classes of one photo, or in their place the sentence that it cannot be segmented."""
    try:
        found = next(segmented())
    except StreetScopeError:
        return ((_("cannot be segmented"), 0.0),)
    names = found.class_list.names
    shares = sorted(zip(names, found.class_shares().tolist(), strict=True), key=lambda pair: -pair[1])
    return tuple(shares[:2])
